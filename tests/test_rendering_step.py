"""Forty minutes of film: at its end as at its start, what is seen and what is heard come together."""

from __future__ import annotations

import subprocess
from itertools import cycle, islice
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from storyforge.rendering.clip import Framing, ShotPlan
from storyforge.rendering.ffmpeg import program
from storyforge.rendering.join import join
from storyforge.rendering.shoot import shoot
from storyforge.rendering.soundtrack import RATE, mix
from storyforge.speech import Speech
from storyforge.storyboard import Camera
from storyforge.timeline import Pauses, Spoken, timeline

SIZE = (64, 36)


@pytest.mark.parametrize(
    ("fps", "minutes"), [(30, 40), (29, 2)]
)  # of the second, a frame is no whole number of samples
def test_a_beep_is_heard_in_the_very_frame_that_flashes_up_to_the_end_of_forty_minutes(
    tmp_path: Path, fps: int, minutes: int
) -> None:
    scenes = minutes * 60 // 81 * 2 + 2  # dark ones of 80 seconds, and bright ones that begin with a beep
    said = [[Spoken(text="…", speaker="", seconds=s, words=(), after="piece")] for s in (79.313, 0.5)]
    times = timeline(list(islice(cycle(said), scenes)), Pauses(lead=0, tail=0.41, least=0.1), fps)
    assert times.seconds > minutes * 60
    kinds = [clip(tmp_path, shade, scene.frames, fps) for shade, scene in zip((20, 235), times.scenes, strict=False)]
    beeps = [(scene.lines[0].start, beep()) for scene in times.scenes[1::2]]
    mix(beeps, times.seconds, tmp_path / "sound.m4a")
    film = tmp_path / "film.mp4"
    join(list(islice(cycle(kinds), scenes)), tmp_path / "sound.m4a", "", [], {"title": "Step"}, "en", film)
    seen, heard = flashes(film, fps), onsets(film)
    assert len(seen) == len(heard) == scenes // 2
    assert seen[-1] > (minutes - 1) * 60
    assert np.abs(seen - heard).max() < 0.5 / fps


def clip(folder: Path, shade: int, frames: int, fps: int) -> Path:
    picture, out = folder / f"{shade}.png", folder / f"{shade}.mp4"
    Image.new("RGB", (74, 42), (shade, shade, shade)).save(picture)
    shoot(
        ShotPlan(picture=picture, framing=Framing(camera=Camera(move="hold"), frames=frames), size=SIZE, fps=fps), out
    )
    return out


def beep() -> Speech:
    """Long enough to be as loud as a film is: a click alone would be mastered again and again."""
    return Speech((0.3 * np.sin(2 * np.pi * 1000 * np.arange(RATE // 2) / RATE)).astype(np.float32), RATE, (), "engine")


def flashes(film: Path, fps: int) -> NDArray[np.float64]:
    """When bright frames begin, in seconds."""
    frames = decoded(film, "-map", "0:v", "-vf", "scale=1:1:flags=area", "-pix_fmt", "gray", "-f", "rawvideo")
    bright = np.frombuffer(frames, np.uint8).astype(int) > 128
    return np.flatnonzero(np.diff(bright.astype(int)) == 1) / fps + 1 / fps


def onsets(film: Path) -> NDArray[np.float64]:
    """When beeps begin, in seconds."""
    sound = decoded(film, "-map", "0:a", "-ac", "1", "-ar", "8000", "-f", "s16le")
    loud = np.flatnonzero(np.abs(np.frombuffer(sound, "<i2")) > 2000)
    return loud[np.diff(loud, prepend=-8000) > 4000] / 8000


def decoded(film: Path, *arguments: str) -> bytes:
    command = [program(), "-loglevel", "error", "-i", str(film), *arguments, "-"]
    return subprocess.run(command, capture_output=True, check=True).stdout

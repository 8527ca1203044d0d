"""A short story for tests, the smallest film that is still a film, and ways to look into it."""

from __future__ import annotations

import asyncio
import re
import subprocess
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from storyforge.film import Film, make_film
from storyforge.output import output_for
from storyforge.rendering.ffmpeg import program
from storyforge.runner import Event, LocalRunner
from storyforge.settings import Settings, crew_for
from storyforge.store import Store
from storyforge.story_file import load_story

STORY = """\
title: The Lost Mitten
author: Mira
pace: 4
cast:
  mira: {looks: a small girl with black pigtails and a yellow raincoat, pronouns: she}
  bruno: {looks: a big brown bear with a green scarf, pronouns: he, aliases: [the bear]}
story: |
  At dawn Mira walked into the green forest to look for her mitten.

  “Have you seen it?” she asked Bruno. The bear shook his head.

  At night they sat in the cosy burrow, and there it was: on his ear!
"""

SMALL = {"height": 144, "fps": 12, "dissolve": 0.5, "preset": "ultrafast"}


def settings_for(folder: Path, **changes: object) -> Settings:
    return Settings.model_validate({**SMALL, "output": str(folder / "output"), **changes})


def render(path: Path, settings: Settings, events: list[Event] | None = None) -> Film:
    """Makes the film of a story file with the built-in back-ends."""
    file = load_story(path)
    crew = crew_for(file, settings, {"illustrator": "paper", "narrator": "espeak"})
    watch = events.append if events is not None else lambda event: None
    with LocalRunner(Store(settings.store_folder), watch) as runner:
        output = output_for(settings, file.name)
        return asyncio.run(make_film(file, settings, crew, runner, output))


def made(events: Iterable[Event]) -> Counter[tuple[str, int | None]]:
    """How often each (stage, scene) was made."""
    return Counter((event.stage, event.scene) for event in events if event.kind == "made")


def described(film: Path) -> str:
    """What ffmpeg says of a file's streams and chapters."""
    return subprocess.run([program(), "-hide_banner", "-i", film], capture_output=True, text=True).stderr


def frame_times(film: Path) -> list[int]:
    """Presentation times of the film's video packets, in 1/fps, in order."""
    told = subprocess.run(
        [program(), "-v", "error", "-i", film, "-map", "0:v", "-c", "copy", "-f", "framecrc", "-"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    [base] = re.findall(r"#tb 0: 1/(\d+)", told)
    packets = [line.split(",") for line in told.splitlines() if line and not line.startswith("#")]
    return sorted(round(int(packet[2]) * SMALL["fps"] / int(base)) for packet in packets)  # type: ignore[operator]


def seconds_of(film: Path, stream: str) -> float:
    """Length of one stream ('v' or 'a') by decoding it."""
    told = subprocess.run(
        [program(), "-hide_banner", "-i", film, "-map", f"0:{stream}", "-f", "null", "-"],
        capture_output=True,
        text=True,
    ).stderr
    hours, minutes, seconds = re.findall(r"time=(\d+):(\d+):([\d.]+)", told)[-1]
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)

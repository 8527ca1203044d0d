"""Whatever comes: odd pictures, the shortest and the longest speech, a dying ffmpeg, a full disk, missing fonts."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from storyforge.errors import EncodingFailed
from storyforge.planning.rules import Rules
from storyforge.rendering.clip import Framing, ShotPlan
from storyforge.rendering.ffmpeg import PROGRAM_VARIABLE, program
from storyforge.rendering.join import join
from storyforge.rendering.shoot import shoot
from storyforge.rendering.soundtrack import RATE, Voiced, mix
from storyforge.shots import shots_of
from storyforge.speech import Speech
from storyforge.story import Story
from storyforge.storyboard import Camera
from storyforge.timeline import Pauses, Spoken, timeline
from tests.films import STORY, frame_times, render, seconds_of, settings_for

SIZE, FPS = (64, 36), 12
GREEN = (40, 160, 90)


def plan(picture: Path, frames: int = 4, fps: int = FPS) -> ShotPlan:
    framing = Framing(camera=Camera(move="push-in"), frames=frames)
    return ShotPlan(picture=picture, framing=framing, size=SIZE, fps=fps)


def colours(clip: Path) -> np.ndarray:
    """The mean colour of each frame, as ffmpeg shows it."""
    command = [program(), "-loglevel", "error", "-i", str(clip), "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    raw = subprocess.run(command, capture_output=True, check=True).stdout
    frames: np.ndarray = np.frombuffer(raw, np.uint8).reshape(-1, SIZE[0] * SIZE[1], 3).mean(1)
    return frames


# ---- pictures


def flat(size: tuple[int, int] = (96, 54), mode: str = "RGB") -> Image.Image:
    return Image.new("RGB", size, GREEN).convert(mode)


def saved(image: Image.Image, path: Path, **options: object) -> Path:
    image.save(path, **options)  # type: ignore[arg-type]
    return path


def sixteen_bit(folder: Path) -> Path:
    deep = np.full((54, 96, 3), GREEN[::-1], np.uint16) * 257
    cv2.imwrite(str(folder / "p.png"), deep)
    return folder / "p.png"


def turned(folder: Path) -> Path:
    exif = Image.Exif()
    exif[0x0112] = 8
    return saved(flat((54, 96)), folder / "p.jpg", exif=exif, quality=95)


def animated(folder: Path, ending: str) -> Path:
    others = [Image.new("RGB", (96, 54), "red")] * 2
    return saved(flat(), folder / f"p.{ending}", save_all=True, append_images=others, duration=100)


PICTURES: dict[str, Callable[[Path], Path]] = {
    "100 megapixels": lambda folder: saved(flat((12_000, 8_400)), folder / "p.jpg", quality=60),
    "64x64": lambda folder: saved(flat((64, 64)), folder / "p.png"),
    "alpha": lambda folder: saved(flat(mode="RGBA"), folder / "p.png"),
    "CMYK": lambda folder: saved(flat(mode="CMYK"), folder / "p.jpg", quality=95),
    "16 bit": sixteen_bit,
    "turned by EXIF": turned,
    "GIF": lambda folder: animated(folder, "gif"),
    "APNG": lambda folder: animated(folder, "png"),
    "WebP": lambda folder: animated(folder, "webp"),
}


@pytest.mark.parametrize("kind", PICTURES)
def test_a_picture_of_any_kind_is_filmed_in_its_colours(kind: str, tmp_path: Path) -> None:
    shoot(plan(PICTURES[kind](tmp_path)), tmp_path / "c.mp4")
    found = colours(tmp_path / "c.mp4")
    assert len(found) == 4
    assert np.abs(found - GREEN).max() < (12 if kind == "WebP" else 6)


# ---- lengths


@pytest.mark.parametrize(("seconds", "fps"), [(0.1, 12), (600.0, 1)])
def test_a_speech_of_any_length_is_told_in_step(seconds: float, fps: int, tmp_path: Path) -> None:
    """Of a tenth of a second, and of ten minutes."""
    said = Speech(np.sin(np.arange(round(seconds * RATE)) / 20).astype(np.float32) * 0.3, RATE, (), "engine")
    spoken = Spoken(text="Hm.", speaker="", seconds=said.seconds, words=(), after="paragraph")
    times = timeline([[spoken]], Pauses(), fps)
    shoot(plan(saved(flat(), tmp_path / "p.png"), times.frames, fps), tmp_path / "c.mp4")
    mix([Voiced(times.lines[0].start, said)], times.seconds, tmp_path / "s.m4a")
    join([tmp_path / "c.mp4"], tmp_path / "s.m4a", "", [], {}, "en", tmp_path / "f.mp4")
    assert frame_times(tmp_path / "f.mp4") == [FPS // fps * number for number in range(times.frames)]
    assert abs(seconds_of(tmp_path / "f.mp4", "a") - times.seconds) <= 1 / FPS


def test_five_hundred_scenes_are_planned_and_every_one_begins_on_its_frame() -> None:
    paragraphs = [f"On day {number} Mira walked to the {number}th hill, and looked around." for number in range(600)]
    story = Story(title="A long walk", story="\n\n".join(paragraphs), pace=4)
    board = Rules().plan(story)
    shots = shots_of(story, board)
    assert len(board.scenes) >= 500 and board.text == story.text
    spoken = Spoken(text="Hm.", speaker="", seconds=0.73, words=(), after="paragraph")
    times = timeline([[spoken]] * len(shots), Pauses(), 30)
    starts = [scene.first_frame for scene in times.scenes]
    assert starts == [scene.frames * number for number, scene in enumerate(times.scenes)]


def test_five_hundred_clips_are_joined_with_all_their_frames(tmp_path: Path) -> None:
    lengths = [1, 2, 5, 3, 7]
    picture = saved(flat(), tmp_path / "p.png")
    for frames in lengths:
        shoot(plan(picture, frames), tmp_path / f"{frames}.mp4")
    total = 100 * sum(lengths)
    mix([], total / FPS, tmp_path / "s.m4a")
    clips = [tmp_path / f"{frames}.mp4" for frames in lengths * 100]
    join(clips, tmp_path / "s.m4a", "", [], {}, "en", tmp_path / "f.mp4")
    assert frame_times(tmp_path / "f.mp4") == list(range(total))


# ---- trouble


@pytest.fixture
def dying(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An ffmpeg that is killed when it has seen so much of the film; what it wrote until then lies there."""
    script = tmp_path / "ffmpeg"
    script.write_text(f'#!/bin/sh\nhead -c 40000 | "{program()}" "$@"\nkill -9 $$\n')
    script.chmod(0o755)
    monkeypatch.setenv(PROGRAM_VARIABLE, str(script))
    yield


@pytest.mark.skipif(sys.platform == "win32", reason="the dying ffmpeg is a shell script")
@pytest.mark.usefixtures("dying")
def test_an_ffmpeg_that_is_killed_in_mid_clip_is_told_of_and_leaves_nothing(tmp_path: Path) -> None:
    picture = saved(flat(), tmp_path / "p.png")
    with pytest.raises(EncodingFailed, match=r"killed by signal 9.*run again"):
        shoot(plan(picture, 500), tmp_path / "c.mp4")
    assert not (tmp_path / "c.mp4").exists()


LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
from storyforge.cli import main
sys.argv = ["storyforge", "render", "mitten.yaml", "--illustrator", "paper", "--narrator", "espeak"]
sys.exit(main())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
@pytest.mark.parametrize("most", [20_000, 150_000])
def test_a_disk_that_fills_up_is_told_of_and_with_room_the_film_is_finished(most: int, tmp_path: Path) -> None:
    """No file may be larger than so many bytes: a picture, a line, a clip or the film, whichever is the first."""
    (tmp_path / "mitten.yaml").write_text(STORY, "utf-8")
    (tmp_path / "storyforge.yaml").write_text("{height: 144, fps: 12, dissolve: 0.5, preset: ultrafast}\n")
    told = subprocess.run(
        [sys.executable, "-c", LIMITED, str(most)], cwd=tmp_path, capture_output=True, text=True, env=os.environ
    )
    said = told.stdout + told.stderr
    assert told.returncode not in (0, 1) and "Traceback" not in said, said
    assert "disk is full" in said or "could not write" in said, said
    assert frame_times(render(tmp_path / "mitten.yaml", settings_for(tmp_path)).path)


BARE = """
import sys
sys.modules["font_fredoka_one"] = sys.modules["font_source_serif_pro"] = None
from storyforge.rendering.cards import end_card, title_card
from storyforge.rendering.sheet import contact_sheet
from pathlib import Path
open("title.png", "wb").write(title_card("The Lost Mitten", "by Mira", None, (320, 180)))
open("end.png", "wb").write(end_card("Ende", ("Danke",), None, (320, 180)))
open("sheet.jpg", "wb").write(contact_sheet([(Path("none.png"), "1")], "Pictures"))
"""


def test_without_the_fonts_that_come_along_cards_and_sheets_are_made(tmp_path: Path) -> None:
    """Lettered in whatever font the machine has; bare if it has none."""
    told = subprocess.run([sys.executable, "-c", BARE], cwd=tmp_path, capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
    for name in ("title.png", "end.png", "sheet.jpg"):
        with Image.open(io.BytesIO((tmp_path / name).read_bytes())) as card:
            assert min(card.size) >= 100

"""What moving one picture costs: ours, beside encoding alone and what other programs do. Ratios of one run.

`python -m tests.benchmarks.motion` runs every way in turn, round after round, and takes each one's best; with the name
of a way it runs that one alone and prints its seconds of processor and of clock.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import ffmpeg
import numpy as np
from moviepy import ImageClip

from storyforge.rendering.clip import Framing, Shot, ShotPlan
from storyforge.rendering.encoding import encoded
from storyforge.rendering.ffmpeg import command, run
from storyforge.rendering.shoot import encoding, shoot
from storyforge.storyboard import Camera

FRAMES, FPS, SIZE = 300, 30, (1920, 1080)
ROUNDS = 3
ZOOM = 0.0005  # a frame, as in most recipes


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="storyforge-bench-") as name:
        folder = Path(name)
        textured(folder / "picture.png")
        raw_frames(folder)
        seen: dict[str, list[tuple[float, float]]] = {way: [] for way in WAYS}
        for _ in range(ROUNDS):
            for way, costs in seen.items():
                costs.append(measured(way, folder))
        best = {way: (min(c for c, _ in costs), min(w for _, w in costs)) for way, costs in seen.items()}
        cpu, wall = best["encoding alone"]
        print(f"one picture in motion, {FRAMES} frames of {SIZE[0]}×{SIZE[1]}, the best of {ROUNDS} runs")
        for way, (used, waited) in best.items():
            print(
                f"  {way:40} {used / FRAMES * 1000:6.1f} ms of processor a frame, {used / cpu:5.2f} × encoding alone; "
                f"wall {waited / wall:5.2f} ×",
                flush=True,
            )
        print(f"  ours against MoviePy's resized: {best['MoviePy, resized'][0] / best['ours'][0]:.1f} × as fast")


def measured(way: str, folder: Path) -> tuple[float, float]:
    ours = [sys.executable, "-m", "tests.benchmarks.motion", way, str(folder)]
    cpu, wall = subprocess.run(ours, check=True, capture_output=True, text=True).stdout.split()[-2:]
    return float(cpu), float(wall)


def alone(way: str, folder: Path) -> None:
    before, started = os.times(), time.monotonic()
    WAYS[way](folder)
    after, wall = os.times(), time.monotonic() - started
    print(sum(after[:4]) - sum(before[:4]), wall)


def plan(folder: Path) -> ShotPlan:
    framing = Framing(camera=Camera(move="push-in"), frames=FRAMES)
    return ShotPlan(picture=folder / "picture.png", framing=framing, size=SIZE, fps=FPS)


def encoding_alone(folder: Path) -> None:
    with (folder / "frames.yuv").open("rb") as frames:
        subprocess.run(command(encoding(plan(folder), folder / "alone.mp4")), stdin=frames, check=True)


def ours(folder: Path) -> None:
    shoot(plan(folder), folder / "ours.mp4")


def frame_function(folder: Path) -> None:
    """The same clip as MoviePy writes it: in RGB."""
    _written(Shot(plan(folder)), folder)


def resized(folder: Path) -> None:
    still = ImageClip(str(folder / "picture.png"), duration=FRAMES / FPS)
    moving = still.resized(lambda t: 1 + ZOOM * FPS * t).with_position("center")
    _written(moving.cropped(width=SIZE[0], height=SIZE[1], x_center=SIZE[0] / 2, y_center=SIZE[1] / 2), folder)


def zoompan(folder: Path, width: int = 0) -> None:
    picture = ffmpeg.input(str(folder / "picture.png"))
    picture = picture.filter("scale", width, -1) if width else picture
    inwards = {"z": f"1+{ZOOM}*on", "x": "iw/2-iw/zoom/2", "y": "ih/2-ih/zoom/2"}
    moving = picture.filter("zoompan", **inwards, d=FRAMES, s=f"{SIZE[0]}x{SIZE[1]}", fps=FPS)
    _run(moving, folder)


def zoompan_large(folder: Path) -> None:
    zoompan(folder, 8000)


def perspective(folder: Path) -> None:
    near = f"{ZOOM}*on/(1+{ZOOM}*on)/2"
    far = f"(1-{near})"
    corners = {"x0": near, "y0": near, "x1": far, "y1": near, "x2": near, "y2": far, "x3": far, "y3": far}
    inside = {name: f"{'W' if name[0] == 'x' else 'H'}*{share}" for name, share in corners.items()}
    still = ffmpeg.input(str(folder / "picture.png"), loop=1, framerate=FPS, t=FRAMES / FPS).filter("format", "yuv420p")
    _run(still.filter("perspective", **inside, eval="frame").filter("scale", *SIZE), folder)


WAYS: dict[str, Callable[[Path], None]] = {
    "encoding alone": encoding_alone,
    "ours": ours,
    "MoviePy, our clip in RGB": frame_function,
    "zoompan (whole pixels: it trembles)": zoompan,
    "zoompan from 8000 pixels": zoompan_large,
    "perspective": perspective,
    "MoviePy, resized": resized,
}


def _run(frames: Any, folder: Path) -> None:
    """With the settings of our own encoder, so that only the motion differs."""
    run(encoded(frames, plan(folder).encoder, FPS, folder / "other.mp4"))


def _written(clip: Any, folder: Path) -> None:
    encoder = plan(folder).encoder
    options = [part for name, value in encoder.options.items() if name != "preset" for part in (f"-{name}", value)]
    settings = {"codec": encoder.name, "preset": encoder.options["preset"], "ffmpeg_params": options}
    clip.write_videofile(str(folder / "other.mp4"), fps=FPS, threads=encoder.threads, logger=None, **settings)


def raw_frames(folder: Path) -> None:
    shot = Shot(plan(folder))
    with (folder / "frames.yuv").open("wb") as out:
        for number in range(FRAMES):
            out.write(shot.planes(number).buffer.tobytes())
    shot.close()


def textured(path: Path) -> None:
    """Soft hills of colour with the tooth of paper: as hard to encode as what the paper theatre draws."""
    random, size = np.random.default_rng(1), (2240, 1260)
    hills = [cv2.resize(random.uniform(20, 235, (9, 16, 3)), size, interpolation=cv2.INTER_CUBIC)]
    hills += [cv2.resize(random.normal(0, 9, (size[1] // k, size[0] // k, 1)), size)[..., None] for k in (1, 2, 6)]
    cv2.imwrite(str(path), np.clip(sum(hills), 0, 255).astype(np.uint8))


if __name__ == "__main__":
    alone(sys.argv[1], Path(sys.argv[2])) if len(sys.argv) > 2 else main()

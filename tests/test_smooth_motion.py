"""The camera moves as smoothly as it is meant to: tracked in the frames themselves, and in the film that is encoded."""

from __future__ import annotations

import subprocess
from pathlib import Path

import cv2
import numpy as np
import pytest

from storyforge.directing import SPEEDS
from storyforge.plate import Layer, Plate
from storyforge.rendering.camera import Path as Way
from storyforge.rendering.camera import path
from storyforge.rendering.clip import Framing, ShotPlan
from storyforge.rendering.ffmpeg import program
from storyforge.rendering.parallax import LayeredStill, gain, resting
from storyforge.rendering.planes import Planes
from storyforge.rendering.shoot import shoot
from storyforge.rendering.still import FlatStill, MovingStill
from storyforge.rendering.view import View
from storyforge.storyboard import Camera, Move
from tests.tracking import SPOTS, Luma, jitter, textured

SIZE, PICTURE, FPS, FRAMES = (1280, 720), (1494, 840), 24, 48
MOST = 0.03
"""Jitter in px/frame². A pan by whole pixels has 0.4."""

ENCODED = 0.09
"""H.264 moves blocks by quarters of a pixel, and mends by no more than its quality what is between."""


def filmed(still: MovingStill) -> tuple[list[Luma], list[View]]:
    """Every frame's luma, and what the camera sees in it."""
    parts = [number / (FRAMES - 1) for number in range(FRAMES)]
    frame, frames = Planes.empty(SIZE), []
    for part in parts:
        still.film(part, frame)
        frames.append(frame.y.copy())
    return frames, [still.way.at(part) for part in parts]


def way(move: Move, *, speed: float | None = None, handheld: bool = False) -> Way:
    return path(Camera(move=move, speed=speed, handheld=handheld), FRAMES / FPS, PICTURE, SIZE)


@pytest.mark.parametrize("move", ["pan-right", "drift", "push-in", "creep", "hold"])
def test_every_move_is_as_smooth_as_it_is_meant(move: Move) -> None:
    still = FlatStill(textured(*PICTURE), way(move), SIZE, FRAMES / FPS)
    assert jitter(*filmed(still)) < MOST / 2


def test_a_quick_pan_and_a_hand_s_sway_are_as_smooth() -> None:
    pixels = textured(*PICTURE)
    for quick in (way("pan-left", speed=0.06), way("push-in", handheld=True)):
        assert jitter(*filmed(FlatStill(pixels, quick, SIZE, FRAMES / FPS))) < MOST / 2


def test_layers_move_as_smoothly_each_at_its_own_pace() -> None:
    def png(pixels: np.ndarray) -> bytes:
        return bytes(cv2.imencode(".png", pixels)[1])

    colours = textured(*PICTURE)
    near = np.zeros(PICTURE[::-1], np.uint8)
    near[:, PICTURE[0] // 2 :] = 255
    front = np.flip(colours) * (near[..., None] > 0)
    files = {"sky.png": png(colours), "near.png": png(front), "alpha.png": png(near)}
    sky = Layer(name="sky", depth=0, colours="sky.png")
    plate = Plate(layers=(sky, Layer(name="near", depth=0.6, colours="near.png", alpha="alpha.png")))
    for move in ("pan-right", "push-in", "creep"):
        camera = way(move)
        still = LayeredStill(plate, files, PICTURE, camera, SIZE, FRAMES / FPS)
        frames, views = filmed(still)
        rest = resting(camera)
        for depth, spot in ((0.0, (0.25, 0.4)), (0.6, (0.75, 0.6))):
            gone = [View(*(a + (b - a) * gain(depth) for a, b in zip(rest, view, strict=True))) for view in views]
            assert jitter(frames, gone, [spot]) < MOST, (move, depth)


@pytest.mark.parametrize(("move", "most"), [("pan-right", ENCODED), ("creep", MOST)])
def test_the_film_that_is_seen_is_smooth_too(move: Move, most: float, tmp_path: Path) -> None:
    picture, clip = tmp_path / "picture.png", tmp_path / "clip.mp4"
    cv2.imwrite(str(picture), textured(*PICTURE))
    camera = Camera(move=move, speed=SPEEDS[move], focus=(0.5, 0.5))
    shoot(ShotPlan(picture=picture, framing=Framing(camera=camera, frames=FRAMES), size=SIZE, fps=FPS), clip)
    decoded = subprocess.run(
        [program(), "-v", "error", "-i", clip, "-f", "rawvideo", "-pix_fmt", "gray", "-"],
        capture_output=True,
        check=True,
    ).stdout
    frames = list(np.frombuffer(decoded, np.uint8).reshape(FRAMES, SIZE[1], SIZE[0]))
    views = [way(move).at(number / (FRAMES - 1)) for number in range(FRAMES)]
    assert jitter(frames, views) < most


def test_the_measure_itself_sees_a_pan_that_goes_by_whole_pixels() -> None:
    pixels, camera = textured(*PICTURE)[..., 0], way("pan-right")
    views = [camera.at(number / (FRAMES - 1)) for number in range(FRAMES)]
    whole = []
    for view in views:
        left, top = round((view.x - view.width / 2) * PICTURE[0]), round((view.y - view.height / 2) * PICTURE[1])
        area = pixels[top : top + round(view.height * PICTURE[1]), left : left + round(view.width * PICTURE[0])]
        whole.append(cv2.resize(area, SIZE, interpolation=cv2.INTER_LINEAR))
    assert jitter(whole, views, SPOTS) > 5 * MOST

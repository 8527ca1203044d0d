"""Pictures with a depth map: the far lags behind the near, nothing tears, nothing shows beyond the picture."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from storyforge.plate import Plate, with_plate
from storyforge.rendering.camera import Path as Way
from storyforge.rendering.clip import Framing, Shot, ShotPlan
from storyforge.rendering.depth import MOST, DepthStill
from storyforge.rendering.planes import Planes
from storyforge.rendering.still import FlatStill
from storyforge.rendering.view import View
from storyforge.storyboard import Camera

SIZE, PICTURE = (320, 180), (374, 210)
PAN = Way(View(0.43, 0.5, 0.8, 0.8), View(0.57, 0.5, 0.8, 0.8))
ZOOM = Way(View(0.5, 0.5, 1.0, 1.0), View(0.55, 0.45, 6 / 7, 6 / 7))


def encoded(pixels: np.ndarray) -> bytes:
    return cv2.imencode(".png", pixels)[1].tobytes()


def depth_of(near_from: int) -> bytes:
    """Near below a row of 210."""
    depth = np.full((PICTURE[1], PICTURE[0]), 40, np.uint8)
    depth[near_from:] = 220
    return encoded(depth)


def spotted() -> np.ndarray:
    picture = np.full((PICTURE[1], PICTURE[0], 3), 90, np.uint8)
    for y in (40, 170):
        cv2.circle(picture, (190, y), 9, (230, 230, 230), -1, cv2.LINE_AA)
    return picture


def filmed(still: DepthStill | FlatStill, progress: float) -> np.ndarray:
    frame = Planes.empty(SIZE)
    still.film(progress, frame)
    return frame.y.astype(float)


def middle(y: np.ndarray, rows: slice) -> float:
    light = (y[rows] - 110).clip(0)
    return float((light * np.arange(SIZE[0])).sum() / light.sum())


def test_the_far_lags_behind_the_near_which_goes_with_the_camera() -> None:
    deep, flat = DepthStill(spotted(), depth_of(105), PAN, SIZE, 4), FlatStill(spotted(), PAN, SIZE, 4)
    far, near = slice(0, 70), slice(110, 180)
    moved = {
        (name, part.start): middle(filmed(still, 0), part) - middle(filmed(still, 1), part)
        for name, still in (("deep", deep), ("flat", flat))
        for part in (far, near)
    }
    assert moved["deep", near.start] == pytest.approx(moved["flat", near.start], abs=0.5)
    lag = (moved["flat", far.start] - moved["deep", far.start]) / SIZE[0] / 2
    assert 0.6 * MOST < lag < 1.1 * MOST


@pytest.mark.parametrize(("way", "rest"), [(PAN, 0.5), (ZOOM, 0.0)])
def test_at_rest_it_is_the_flat_picture(way: Way, rest: float) -> None:
    chance = np.random.default_rng(1).integers(0, 255, (30, 53, 3)).astype(np.uint8)
    picture = cv2.resize(chance, PICTURE, interpolation=cv2.INTER_CUBIC)
    deep, flat = DepthStill(picture, depth_of(105), way, SIZE, 4), FlatStill(picture, way, SIZE, 4)
    apart = filmed(deep, rest) - filmed(flat, rest)
    assert 10 * np.log10(255**2 / np.mean(apart**2)) > 45


@pytest.mark.parametrize("way", [PAN, ZOOM])
def test_places_never_leave_the_picture_nor_fold(way: Way) -> None:
    noise = np.random.default_rng(2).integers(0, 255, (60, 107)).astype(np.uint8)
    still = DepthStill(spotted(), encoded(noise), way, SIZE, 4)
    plane = still._planes[0]
    for progress in (0.0, 0.3, 0.7, 1.0):
        x, y = still._places(way.at(progress), Planes.empty(SIZE).y, 8, (0.5, 0.5), plane)
        assert x.min() > -1 and y.min() > -1 and x.max() < plane.shape[1] and y.max() < plane.shape[0]
        assert np.diff(x, axis=1).min() > 0 and np.diff(y, axis=0).min() > 0


def test_a_damaged_depth_map_leaves_the_flat_picture(tmp_path: Path) -> None:
    picture = encoded(spotted())
    (tmp_path / "flat.png").write_bytes(picture)
    (tmp_path / "deep.png").write_bytes(with_plate(picture, Plate(depth="d.png"), {"d.png": depth_of(105)}))
    (tmp_path / "spoilt.png").write_bytes(with_plate(picture, Plate(depth="d.png"), {"d.png": b"none"}))
    framing = Framing(camera=Camera(move="pan-left"), frames=25)
    flat, deep, spoilt = (
        Shot(ShotPlan(picture=tmp_path / f"{name}.png", framing=framing, size=SIZE, fps=24)).planes(24).buffer
        for name in ("flat", "deep", "spoilt")
    )
    assert (flat == spoilt).all() and (flat != deep).any()

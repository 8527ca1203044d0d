"""Where a picture is seen in each frame of a film, to a hundredth of a pixel, and how much that jitters."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from storyforge.rendering.view import View

Luma = NDArray[np.uint8]
Spots = NDArray[np.float64]

SPOTS = ((0.5, 0.5), (0.3, 0.35), (0.68, 0.62))
"""Places in the middle frame that are followed."""

REACH = 32
"""Pixels to each side of such a place that are compared."""


def textured(width: int, height: int) -> NDArray[np.uint8]:
    """A grey picture with detail of every size, shape (height, width, 3)."""
    grain = np.random.default_rng(3).standard_normal((height, width)).astype(np.float32)
    total = np.zeros_like(grain)
    for size, share in ((2, 1.0), (5, 1.0), (15, 1.5), (60, 2.0)):
        soft = cv2.GaussianBlur(grain, (0, 0), size)
        total += share * soft / soft.std()
    return np.dstack([np.clip(128 + 45 * total / total.std(), 0, 255).astype(np.uint8)] * 3)


def jitter(frames: Sequence[Luma], views: Sequence[View], spots: Sequence[tuple[float, float]] = SPOTS) -> float:
    """Root mean square of the acceleration that is seen but not asked for, in px/frame².

    `views`: what each frame should show. Of each spot, its place is measured in all frames by the patch about it in the
    middle frame (Lucas and Kanade 1981), enlarged as the views say.
    """
    wrong = [_followed(frames, views, spot) for spot in spots]
    steps = np.concatenate([np.diff(each, 2, axis=0) for each in wrong])
    return float(np.sqrt((steps**2).mean()))


def _followed(frames: Sequence[Luma], views: Sequence[View], spot: tuple[float, float]) -> Spots:
    """How far the spot is from where it should be, in pixels, for each frame."""
    middle = len(frames) // 2
    height, width = frames[middle].shape
    column, row = round(spot[0] * width), round(spot[1] * height)
    known = views[middle]
    x = known.x + ((column + 0.5) / width - 0.5) * known.width
    y = known.y + ((row + 0.5) / height - 0.5) * known.height
    down, across = np.mgrid[-REACH : REACH + 1, -REACH : REACH + 1].astype(np.float64)
    patch = _sampled(frames[middle].astype(np.float32), column + across, row + down)
    wrong = []
    for frame, view in zip(frames, views, strict=True):
        should = np.array(
            [((x - view.x) / view.width + 0.5) * width - 0.5, ((y - view.y) / view.height + 0.5) * height - 0.5]
        )
        scale = known.width / view.width
        wrong.append(_aligned(frame.astype(np.float32), patch, should, across * scale, down * scale) - should)
    return np.array(wrong)


def _aligned(frame: NDArray[np.float32], patch: Spots, start: Spots, across: Spots, down: Spots) -> Spots:
    """Where the patch fits best, by steps of least squares."""
    place = start.copy()
    for _ in range(8):
        columns, rows = place[0] + across, place[1] + down
        slopes = np.stack(
            [
                (_sampled(frame, columns + dx, rows + dy) - _sampled(frame, columns - dx, rows - dy)).ravel() / 2
                for dx, dy in ((1, 0), (0, 1))
            ],
            axis=1,
        )
        rest = (patch - _sampled(frame, columns, rows)).ravel()
        step = np.linalg.solve(slopes.T @ slopes, slopes.T @ (rest - rest.mean()))
        place += step
        if np.abs(step).max() < 1e-4:
            break
    return place


def _sampled(frame: NDArray[np.float32], columns: Spots, rows: Spots) -> Spots:
    """Between the pixels, in straight lines. (cv2.remap may go by steps of 1/32 pixel.)"""
    left, top = np.floor(columns).astype(int), np.floor(rows).astype(int)
    right, low = columns - left, rows - top
    above = frame[top, left] * (1 - right) + frame[top, left + 1] * right
    below = frame[top + 1, left] * (1 - right) + frame[top + 1, left + 1] * right
    return np.asarray(above * (1 - low) + below * low, np.float64)

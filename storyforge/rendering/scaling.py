"""A part of a plane scaled and moved by fractions of a pixel, in half the time that an affine warp takes.

`cv2.resize` begins where its input does, at a whole pixel. But it may begin some pixels early: each of these starts
gives another fraction, and the best of them is off by a few hundredths of a pixel. The scale makes up for that, so that
the middle of the part is where it belongs.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from storyforge.rendering.planes import Pixels

STARTS = 16
"""Starts to choose from: enough for a layer, whose neighbours move otherwise anyway."""

FINE_STARTS = 80
"""Enough for a whole picture, in which a hundredth of a pixel more or less from frame to frame would be a tremble."""

_PIXELS = 2
"""Of the plane, for each start: no still is held finer."""


def buffer_for(size: tuple[int, int], starts: int = STARTS) -> NDArray[np.uint8]:
    """Room for what is scaled for a frame of this size: memory that is new each time costs more than the scaling."""
    return np.empty((size[0] + starts + 4) * (size[1] + starts + 4), np.uint8)


def with_margin(plane: Pixels, starts: int = STARTS) -> Pixels:
    """The plane, drawn on beyond each of its edges so far that there may be so many starts."""
    margin = _PIXELS * starts
    return np.asarray(cv2.copyMakeBorder(plane, margin, margin, margin, margin, cv2.BORDER_REPLICATE), np.uint8)


def scaled(
    plane: Pixels,
    warp: NDArray[np.float64],
    box: tuple[int, int, int, int],
    buffer: NDArray[np.uint8],
    starts: int = STARTS,
    most_off: float = 1.0,
) -> Pixels:
    """Left, top, right and bottom of a grid of which each pixel looks where `warp` says (view.matrix), bilinearly.

    It lies in the buffer. `plane` has its margin; the matrix knows nothing of that. Where every start is farther off
    than `most_off`, in pixels of the plane, it is warped.
    """
    left, top, right, bottom = box
    width, height, margin = right - left, bottom - top, _PIXELS * starts
    across = _best(warp[0, 0], warp[0, 2] + warp[0, 0] * left + margin, width, starts)
    down = _best(warp[1, 1], warp[1, 2] + warp[1, 1] * top + margin, height, starts)
    (early, first, step, aside), (above, begin, rise, low) = across, down
    last, end = first + math.ceil((early + width) * step) + 1, begin + math.ceil((above + height) * rise) + 1
    outside = first < 0 or begin < 0 or last > plane.shape[1] or end > plane.shape[0]
    if outside or max(abs(aside), abs(low)) > most_off:
        moved = warp + np.array([[0, 0, warp[0, 0] * left + margin], [0, 0, warp[1, 1] * top + margin]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        return np.asarray(
            cv2.warpAffine(plane, moved, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE), np.uint8
        )
    part = plane[begin:end, first:last]
    columns, rows = round(part.shape[1] * (1 / step)), round(part.shape[0] * (1 / rise))  # as OpenCV reckons
    room = buffer[: rows * columns].reshape(rows, columns)
    grown = cv2.resize(part, None, dst=room, fx=1 / step, fy=1 / rise, interpolation=cv2.INTER_LINEAR)
    return np.asarray(grown[above : above + height, early : early + width], np.uint8)


def reached(plane: Pixels, warp: NDArray[np.float64]) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what of the grid looks into a plane, or a pixel beside it."""
    height, width = (extent - 2 * _PIXELS * STARTS for extent in plane.shape)
    left, right = ((edge - warp[0, 2]) / warp[0, 0] for edge in (-1, width))
    top, bottom = ((edge - warp[1, 2]) / warp[1, 1] for edge in (-1, height))
    return math.floor(left), math.floor(top), math.ceil(right) + 1, math.ceil(bottom) + 1


def _best(step: float, start: float, count: int, starts: int) -> tuple[int, int, float, float]:
    """How many pixels early to begin, at which pixel of the plane that is, the step from then on, and how far off."""
    possible = min(starts, max(1, int((_PIXELS * starts - 4) / step)))
    # Pixel `early` of what is scaled lies at first + (early + 1/2) step - 1/2.
    firsts = start + 0.5 - (np.arange(possible) + 0.5) * step
    early = int(np.abs(firsts - np.rint(firsts)).argmin())
    first = round(firsts[early])
    off = float(firsts[early]) - first
    return early, first, step + off / (early + (count + 1) / 2), off

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

MARGIN = 32
"""Pixels that a plane has to go on beyond each of its edges."""

_STARTS = 16


def buffer_for(size: tuple[int, int]) -> NDArray[np.uint8]:
    """Room for what is scaled for a frame of this size: memory that is new each time costs more than the scaling."""
    return np.empty((size[0] + _STARTS + 4) * (size[1] + _STARTS + 4), np.uint8)


def with_margin(plane: Pixels) -> Pixels:
    return np.asarray(cv2.copyMakeBorder(plane, MARGIN, MARGIN, MARGIN, MARGIN, cv2.BORDER_REPLICATE), np.uint8)


def scaled(
    plane: Pixels, warp: NDArray[np.float64], box: tuple[int, int, int, int], buffer: NDArray[np.uint8]
) -> Pixels:
    """Left, top, right and bottom of a grid of which each pixel looks where `warp` says (view.matrix), bilinearly.

    It lies in the buffer. `plane` has its margin; the matrix knows nothing of that.
    """
    left, top, right, bottom = box
    width, height = right - left, bottom - top
    across = _best(warp[0, 0], warp[0, 2] + warp[0, 0] * left + MARGIN, width)
    down = _best(warp[1, 1], warp[1, 2] + warp[1, 1] * top + MARGIN, height)
    (early, first, step), (above, begin, rise) = across, down
    last, end = first + math.ceil((early + width) * step) + 1, begin + math.ceil((above + height) * rise) + 1
    if first < 0 or begin < 0 or last > plane.shape[1] or end > plane.shape[0]:
        moved = warp + np.array([[0, 0, warp[0, 0] * left + MARGIN], [0, 0, warp[1, 1] * top + MARGIN]])
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
    height, width = plane.shape[0] - 2 * MARGIN, plane.shape[1] - 2 * MARGIN
    left, right = ((edge - warp[0, 2]) / warp[0, 0] for edge in (-1, width))
    top, bottom = ((edge - warp[1, 2]) / warp[1, 1] for edge in (-1, height))
    return math.floor(left), math.floor(top), math.ceil(right) + 1, math.ceil(bottom) + 1


def _best(step: float, start: float, count: int) -> tuple[int, int, float]:
    """How many pixels early to begin, at which pixel of the plane that is, and the step from then on."""
    starts = min(_STARTS, max(1, int((MARGIN - 4) / step)))
    # Pixel `early` of what is scaled lies at first + (early + 1/2) step - 1/2.
    firsts = start + 0.5 - np.arange(0.5, starts) * step
    off = firsts - np.rint(firsts)
    early = int(np.abs(off).argmin())
    return early, round(float(firsts[early])), step + float(off[early]) / (early + (count + 1) / 2)

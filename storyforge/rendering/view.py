"""Views of a picture: what a frame of the film shows of it, and whether something is in it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from storyforge.storyboard import Box

MARGIN = 0.02
"""Of the picture, about what is to stay in the frame."""

Point = tuple[float, float]
Size = tuple[int, int]


class View(NamedTuple):
    """What is seen: its centre and extent, as parts of the picture's width and height."""

    x: float
    y: float
    width: float
    height: float


def matrix(view: View, picture: Size, grid: Size, lift: Point = (0.5, 0.5)) -> NDArray[np.float64]:
    """The 2x3 matrix that says for pixel (column, row) of a `grid` where in `picture` (of any resolution) it looks.

    `lift` is where in its cell a sample of the grid sits: luma in the middle, H.264's chroma at (0.25, 0.5).
    """
    step = (view.width * picture[0] / grid[0], view.height * picture[1] / grid[1])
    left, top = (view.x - view.width / 2) * picture[0], (view.y - view.height / 2) * picture[1]
    return np.array([[step[0], 0, left + lift[0] * step[0] - 0.5], [0, step[1], top + lift[1] * step[1] - 0.5]])


def around(faces: Sequence[Box]) -> Box:
    """The box about all of them, without a margin."""
    left, top = (min(face[side] for face in faces) for side in (0, 1))
    right, bottom = (max(face[side] + face[side + 2] for face in faces) for side in (0, 1))
    return left, top, right - left, bottom - top


def roomy(box: Box) -> Box:
    """The box with its margin, inside the picture."""
    left, top = (max(0.0, box[side] - MARGIN) for side in (0, 1))
    right, bottom = (min(1.0, box[side] + box[side + 2] + MARGIN) for side in (0, 1))
    return left, top, right - left, bottom - top


def holds(view: View, box: Box) -> bool:
    """Whether all of the box is seen."""
    sides = zip(view[:2], view[2:], box[:2], box[2:], strict=True)
    return all(
        centre - extent / 2 <= first + 1e-9 and first + length <= centre + extent / 2 + 1e-9
        for centre, extent, first, length in sides
    )


def holding(view: View, box: Box) -> View:
    """The nearest view of its size that has the box in it; of a box that is too large, its middle."""

    def centre(now: float, extent: float, first: float, length: float) -> float:
        if length > extent:
            return within(first + length / 2, extent)
        return within(min(max(now, first + length - extent / 2), first + extent / 2), extent)

    sides = zip(view[:2], view[2:], box[:2], box[2:], strict=True)
    x, y = (centre(*side) for side in sides)
    return view._replace(x=x, y=y)


def shrunk(view: View, factor: float) -> View:
    """About its middle."""
    return view._replace(width=view.width * factor, height=view.height * factor)


def within(centre: float, extent: float) -> float:
    """The centre nearest to `centre` for which the extent lies in 0…1."""
    return min(max(centre, extent / 2), 1 - extent / 2)

"""How the camera moves over a still picture: a path from one view to another, eased and calm. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from storyforge.storyboard import Camera, Move

TIGHTEST = 6 / 7
"""Narrowest view, of the widest: pictures are drawn 7/6 of the frame's size, so no view enlarges them."""

# Parts of the frame a second, at the fastest moment.
PAN_SPEED = 0.02
ZOOM_SPEED = 0.015
CREEP_SPEED = 0.006
HOLD_SPEED = 0.0015  # a frozen frame looks like a fault; this is felt, hardly seen
MOST_TRAVEL = 1 / 4  # of the frame, where the picture has more to show

RAMP = 0.3
"""Part of the time spent getting under way, and again coming to rest."""

Point = tuple[float, float]
Size = tuple[int, int]


class View(NamedTuple):
    """What is seen: its centre and extent, as parts of the picture's width and height."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Path:
    """From one view to another. Between two views that lie in the picture, every view lies in it."""

    start: View
    end: View

    def at(self, progress: float) -> View:
        """The view at `progress` 0…1 of the shot's time."""
        part = _zoomed(eased(progress), self.end.width / self.start.width)
        return View(*(a + (b - a) * part for a, b in zip(self.start, self.end, strict=True)))

    @property
    def tightest(self) -> float:
        """Width of the narrowest view."""
        return min(self.start.width, self.end.width)


def eased(progress: float) -> float:
    """Gets under way and comes to rest softly, with a steady middle: speed is a smoothstep, 1, and its mirror image.

    Zero speed at both ends; the acceleration never jumps. Smootherstep would rush the middle at 1.9 times the mean.
    """
    if progress > 0.5:
        return 1 - eased(1 - progress)
    top = 1 / (1 - RAMP)
    if progress >= RAMP:
        return top * (progress - RAMP / 2)
    part = max(progress, 0.0) / RAMP
    return top * RAMP * (part**3 - part**4 / 2)


def path(camera: Camera, seconds: float, picture: Size, frame: Size) -> Path:
    """The camera's path for a shot of `seconds`. `picture` and `frame` are (width, height)."""
    move, at, widest = camera.move, camera.focus or (0.5, 0.5), _widest(picture, frame)
    if move not in _DIRECTIONS:
        reach = _reach(camera.speed or _ZOOM_SPEEDS.get(move, ZOOM_SPEED), seconds, 1 - TIGHTEST)
        pushed = _pushed(widest, at, reach)
        return Path(pushed.end, pushed.start) if move == "pull-out" else pushed
    return _travelled(_DIRECTIONS[move], widest, at, _reach(camera.speed or PAN_SPEED, seconds, MOST_TRAVEL))


def matrix(view: View, picture: Size, grid: Size, lift: Point = (0.5, 0.5)) -> NDArray[np.float64]:
    """The 2x3 matrix that says for pixel (column, row) of a `grid` where in `picture` (of any resolution) it looks.

    `lift` is where in its cell a sample of the grid sits: luma in the middle, H.264's chroma at (0.25, 0.5).
    """
    step = (view.width * picture[0] / grid[0], view.height * picture[1] / grid[1])
    left, top = (view.x - view.width / 2) * picture[0], (view.y - view.height / 2) * picture[1]
    return np.array([[step[0], 0, left + lift[0] * step[0] - 0.5], [0, step[1], top + lift[1] * step[1] - 0.5]])


def _widest(picture: Size, frame: Size) -> tuple[float, float]:
    """Extent of the largest view of the frame's shape."""
    tall = (picture[0] / picture[1]) / (frame[0] / frame[1])
    return (1.0, tall) if tall < 1 else (1 / tall, 1.0)


def _reach(speed: float, seconds: float, most: float) -> float:
    """How far a move goes if its fastest moment has `speed`."""
    return min(most, speed * seconds * (1 - RAMP))


def _pushed(widest: Point, at: Point, reach: float) -> Path:
    """From the widest view towards `at`, which keeps its place in the frame meanwhile."""
    wide = View(_within(at[0], widest[0]), _within(at[1], widest[1]), *widest)
    x, y = wide.x + (at[0] - wide.x) * reach, wide.y + (at[1] - wide.y) * reach
    return Path(wide, View(x, y, wide.width * (1 - reach), wide.height * (1 - reach)))


def _travelled(direction: Point, widest: Point, at: Point, travel: float) -> Path:
    """By `travel` frames in `direction`, or as far as there is room, in the widest view that leaves such room."""
    sides = [(abs(part) * travel, whole) for part, whole in zip(direction, widest, strict=True)]
    scale = max(TIGHTEST, min(1.0, *(1 / (whole * (1 + way)) for way, whole in sides)))
    extent = widest[0] * scale, widest[1] * scale
    step = [min(way * part, 1 - part) for (way, _), part in zip(sides, extent, strict=True)]
    middle = [_within(goal, part + way) for goal, part, way in zip(at, extent, step, strict=True)]
    half = [way / 2 if part > 0 else -way / 2 for part, way in zip(direction, step, strict=True)]
    return Path(
        View(middle[0] - half[0], middle[1] - half[1], *extent), View(middle[0] + half[0], middle[1] + half[1], *extent)
    )


def _zoomed(part: float, ratio: float) -> float:
    """A zoom looks steady when equal times enlarge by equal factors, so widths go geometrically."""
    return part if ratio == 1 else float((ratio**part - 1) / (ratio - 1))


def _within(centre: float, extent: float) -> float:
    """The centre nearest to `centre` for which the extent lies in 0…1."""
    return min(max(centre, extent / 2), 1 - extent / 2)


_ZOOM_SPEEDS: dict[Move, float] = {"hold": HOLD_SPEED, "creep": CREEP_SPEED}

# Right and down. What the camera sees goes the other way.
_DIRECTIONS: dict[Move, Point] = {
    "pan-left": (-1, 0),
    "pan-right": (1, 0),
    "tilt-up": (0, -1),
    "tilt-down": (0, 1),
    "drift": (0.6, -0.35),
}

"""How the camera moves over a still picture: a path from one view to another, eased and calm. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from storyforge.directing import QUICK, SPEEDS
from storyforge.rendering.view import Point, Size, View, around, holding, holds, roomy, shrunk, within
from storyforge.storyboard import Box, Camera, Move

TIGHTEST = 6 / 7
"""Narrowest view, of the widest: pictures are drawn 7/6 of the frame's size, so no view enlarges them."""

TIGHTEST_QUICK = 0.6
"""The same for a camera that is asked to be faster than any scene asks for, in a picture that has the pixels."""

TIGHTEST_SMALL = 0.96
"""In a picture that is too small, so that it still moves."""

MOST_ENLARGED = 1.25
"""Times that a picture may be enlarged before its user is told."""

MOST_TRAVEL = 1 / 4  # of the frame, where the picture has more to show

FOLLOWED = 2.0
"""Times as far as a zoom would go to keep in its place what it is aimed at: so that comes towards the middle."""

LEAST_MOVED = 0.6
"""Of the way that the camera would go: rather than go less far, it leaves the less important faces, or its focus."""

HEADROOM = 0.1
"""How far above the middle a face is where there is a choice, in parts of the frame."""

RAMP = 0.3
"""Part of the time spent getting under way, and again coming to rest."""

SWAY = 0.0045
"""How far a camera that is held by hand swings to either side at most, in parts of the frame."""

SWAY_RATES = (0.31, 0.53, 0.83, 1.37)
"""In hertz, none a multiple of another. Each swings in inverse proportion, so that all are about as fast."""


@dataclass(frozen=True)
class Path:
    """From one view to another in `seconds`. Between two views that lie in the picture, every view lies in it.

    `sway`: how far the view swings about its place, in parts of itself; start and end leave room for that.
    `aimed`: the spot of the picture that it is for.
    """

    start: View
    end: View
    seconds: float = 0.0
    sway: float = 0.0
    aimed: Point = (0.5, 0.5)

    def at(self, progress: float) -> View:
        """The view at `progress` 0…1 of the shot's time."""
        part = _zoomed(eased(progress), self.end.width / self.start.width)
        view = View(*(a + (b - a) * part for a, b in zip(self.start, self.end, strict=True)))
        if not self.sway:
            return view
        x, y = swung(progress * self.seconds, self.seconds)
        return view._replace(x=view.x + x * self.sway * view.width, y=view.y + y * self.sway * view.height)

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


def swung(time: float, seconds: float) -> Point:
    """How a hand sways at `time`, -1…1 across and down: four swings each, begun as the shot's length has it."""
    most = sum(1 / rate for rate in SWAY_RATES)

    def along(first: float) -> float:
        phases = (2 * math.pi * (first + seconds * rate + number * 0.382) for number, rate in enumerate(SWAY_RATES))
        swings = zip(SWAY_RATES, phases, strict=True)
        return sum(math.sin(2 * math.pi * rate * time + phase) / rate for rate, phase in swings) / most

    return along(0.0), along(0.618)


def path(camera: Camera, seconds: float, picture: Size, frame: Size, faces: Sequence[Box] = ()) -> Path:
    """The camera's path for a shot of `seconds`. `picture` and `frame` are (width, height).

    Of `faces`, the most important first, as many stay whole in every view as leave the camera room to move.
    The first one is always in the frame. Without faces it is aimed at its focus, which stays in the frame if the camera
    can move so, or else at the middle.
    """
    sway = SWAY if camera.handheld else 0.0
    still = 1 - 2 * sway
    tightest = min(1.0, narrowest(camera, picture, frame) / still)
    widest = _widest(picture, frame)
    free = _moved(camera, seconds, widest, tightest, faces, None)
    start, end = free
    for count in range(len(faces), -1, -1):
        views = _moved(camera, seconds, widest, tightest, faces, count)
        held = not count or all(holds(view, roomy(around(faces[:count]))) for view in views)
        if held and (_way(*views) >= LEAST_MOVED * _way(*free) or (faces and not count)):
            start, end = views
            break
    return Path(shrunk(start, still), shrunk(end, still), seconds, sway, _goal(camera, faces[:1]))


def narrowest(camera: Camera, picture: Size, frame: Size) -> float:
    """The narrowest view that this camera may come to, as a part of the widest."""
    sharp = frame[0] / (MOST_ENLARGED * picture[0] * _widest(picture, frame)[0])
    return min(max(sharp, TIGHTEST_QUICK if _hurried(camera) else TIGHTEST), TIGHTEST_SMALL)


def enlarged(camera: Camera, seconds: float, picture: Size, frame: Size) -> float:
    """How many pixels of the frame a pixel of the picture becomes at the tightest view, across."""
    return frame[0] / (path(camera, seconds, picture, frame).tightest * picture[0])


def _hurried(camera: Camera) -> bool:
    """Faster than any scene asks for by itself: somebody wants it so."""
    return camera.speed is not None and camera.speed > SPEEDS[camera.move] * QUICK * 1.001


def _widest(picture: Size, frame: Size) -> Point:
    """Extent of the largest view of the frame's shape."""
    tall = (picture[0] / picture[1]) / (frame[0] / frame[1])
    return (1.0, tall) if tall < 1 else (1 / tall, 1.0)


def _moved(
    camera: Camera, seconds: float, widest: Point, tightest: float, faces: Sequence[Box], count: int | None
) -> tuple[View, View]:
    """Start and end, aimed at the first `count` of the faces, or at the spot where the first one is.

    They are held in both views; 0 is the spot alone, None is nothing.
    """
    speed = SPEEDS[camera.move] if camera.speed is None else camera.speed
    way = speed * seconds * (1 - RAMP)
    at = _goal(camera, faces[: max(1, count or 0)])
    keep = roomy(around(faces[:count]) if count else (*at, 0.0, 0.0))
    if faces:
        at = at[0], at[1] + HEADROOM * widest[1]
    if camera.move in _DIRECTIONS:
        travel = min(1.0 if _hurried(camera) else MOST_TRAVEL, way)
        views = _travelled(_DIRECTIONS[camera.move], widest, at, travel, tightest)
    else:
        needed = max(part / whole for part, whole in zip(keep[2:], widest, strict=True))
        views = _pushed(widest, at, min(1 - min(1.0, max(tightest, needed)), 1 - math.exp(-way)))
    start, end = views if count is None else (holding(view, keep) for view in views)
    return (end, start) if camera.move == "pull-out" else (start, end)


def _goal(camera: Camera, faces: Sequence[Box]) -> Point:
    """The middle of these faces; without any, the camera's focus, or the middle of the picture."""
    if not faces:
        return camera.focus or (0.5, 0.5)
    left, top, width, height = around(faces)
    return left + width / 2, top + height / 2


def _pushed(widest: Point, at: Point, reach: float) -> tuple[View, View]:
    """From the widest view towards `at`, which comes a little nearer to the middle meanwhile."""
    wide = View(within(at[0], widest[0]), within(at[1], widest[1]), *widest)
    extent = widest[0] * (1 - reach), widest[1] * (1 - reach)
    step = min(1.0, FOLLOWED * reach)
    x, y = (within(a + (b - a) * step, part) for a, b, part in zip(wide[:2], at, extent, strict=True))
    return wide, View(x, y, *extent)


def _travelled(direction: Point, widest: Point, at: Point, travel: float, tightest: float) -> tuple[View, View]:
    """By `travel` frames in `direction`, or as far as there is room, in the widest view that leaves such room."""
    sides = [(abs(part) * travel, whole) for part, whole in zip(direction, widest, strict=True)]
    scale = max(tightest, min(1.0, *(1 / (whole * (1 + way)) for way, whole in sides)))
    extent = widest[0] * scale, widest[1] * scale
    step = [min(way * part, 1 - part) for (way, _), part in zip(sides, extent, strict=True)]
    middle = [within(goal, part + way) for goal, part, way in zip(at, extent, step, strict=True)]
    half = [way / 2 if part > 0 else -way / 2 for part, way in zip(direction, step, strict=True)]
    return (
        View(middle[0] - half[0], middle[1] - half[1], *extent),
        View(middle[0] + half[0], middle[1] + half[1], *extent),
    )


def _way(start: View, end: View) -> float:
    """How far it is from one view to the other, in parts of the frame."""
    return max(abs(a - b) / size for a, b, size in zip(start, end, (*start[2:], *start[2:]), strict=True))


def _zoomed(part: float, ratio: float) -> float:
    """A zoom looks steady when equal times enlarge by equal factors, so widths go geometrically."""
    return part if ratio == 1 else float((ratio**part - 1) / (ratio - 1))


# Right and down. What the camera sees goes the other way.
_DIRECTIONS: dict[Move, Point] = {
    "pan-left": (-1, 0),
    "pan-right": (1, 0),
    "tilt-up": (0, -1),
    "tilt-down": (0, 1),
    "drift": (0.6, -0.35),
}

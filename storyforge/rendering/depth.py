"""A picture with a depth map under a moving camera: what is far lags a little behind what is near."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from storyforge.rendering.band import Damaged
from storyforge.rendering.camera import Path
from storyforge.rendering.parallax import resting
from storyforge.rendering.planes import Pixels, Planes
from storyforge.rendering.still import LIFTS, MovingStill, ready
from storyforge.rendering.view import Point, Size, View

MOST = 0.015
"""How far apart the nearest and the farthest come, in parts of the frame: more would show what no picture knows."""

MOST_LAG = 0.5
"""Of the camera's way, what the farthest lags behind at most."""

_WIDE = 320  # pixels across to which a depth map is brought
_SPREAD = 0.012  # of its width, by which what is near is grown, so that its outline goes along with it
_SOFT = 0.015  # of its width, by which depth is blurred: so that the picture is bent, and never torn
_NODES = 8  # pixels of the luma between those for which it is worked out where they look
_ROUNDS = 4

Floats = NDArray[np.float32]


class DepthStill(MovingStill):
    """A picture with its depth, made ready for one path. `depth`: a grey picture, white is near. Raises Damaged."""

    def __init__(self, pixels: Pixels, depth: bytes, way: Path, size: Size, seconds: float) -> None:
        super().__init__(way, size, seconds)
        far = 1 - _softened(_decoded(depth), pixels.shape[1] / pixels.shape[0])
        self._rest = resting(way)
        self._lag = np.asarray(far * min(MOST_LAG, MOST / max(_reach(way, self._rest), 1e-6)), np.float32)
        self._planes = ready(pixels, size[0] / way.tightest)

    def film(self, progress: float, into: Planes) -> None:
        view = self.way.at(progress)
        u, v = into.u, into.v
        luma = self._places(view, into.y, _NODES, LIFTS[0], self._planes[0])
        chroma = self._places(view, u, _NODES // 2, LIFTS[1], self._planes[1])
        for plane, seen, places in zip(self._planes, (into.y, u, v), (luma, chroma, chroma), strict=True):
            cv2.remap(plane, *places, cv2.INTER_LINEAR, dst=seen, borderMode=cv2.BORDER_REPLICATE)

    def close(self) -> None:
        super().close()
        del self._planes, self._lag

    def _places(self, view: View, seen: Pixels, step: int, lift: Point, plane: Pixels) -> tuple[Floats, Floats]:
        """For each pixel of a plane of the frame, which column and row of the picture's plane it shows."""
        rows, columns = seen.shape
        # One node more on each side: between them places go on evenly to the very edge.
        x = _nodes(columns, step, lift[0])
        y = _nodes(rows, step, lift[1])
        across, down = self._looked(view, np.tile(x, (len(y), 1)), np.tile(y[:, np.newaxis], (1, len(x))))
        area = (slice(step, step + rows), slice(step, step + columns))
        found = (
            cv2.resize(part * np.float32(length) - np.float32(0.5), None, fx=step, fy=step)[area]
            for part, length in ((across, plane.shape[1]), (down, plane.shape[0]))
        )
        return next(found), next(found)

    def _looked(self, view: View, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Where in the picture one looks from places of the frame, all in shares.

        What is seen there lags behind as far as its own depth says, which is the depth of the place one looks at: so
        place and lag are found by turns (each round brings them nearer, as the lag changes slowly from place to place).
        """
        height, width = self._lag.shape
        lag = np.full_like(x, self._lag.mean())
        for _ in range(_ROUNDS):
            across = _between(view.x, self._rest.x, lag) + (x - 0.5) * _between(view.width, self._rest.width, lag)
            down = _between(view.y, self._rest.y, lag) + (y - 0.5) * _between(view.height, self._rest.height, lag)
            at = (across * width - 0.5).astype(np.float32), (down * height - 0.5).astype(np.float32)
            lag = cv2.remap(self._lag, *at, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return across.astype(np.float32), down.astype(np.float32)


def _decoded(depth: bytes) -> Pixels:
    try:
        grey = cv2.imdecode(np.frombuffer(depth, np.uint8), cv2.IMREAD_GRAYSCALE)
    except cv2.error as error:
        raise Damaged(str(error)) from error
    if grey is None:
        raise Damaged("the depth map is no picture")
    return np.asarray(grey, np.uint8)


def _softened(grey: Pixels, shape: float) -> Floats:
    """0 far … 1 near, all of that range, small and smooth."""
    small = cv2.resize(grey, (_WIDE, max(8, round(_WIDE / shape))), interpolation=cv2.INTER_AREA).astype(np.float32)
    reach = 2 * round(_WIDE * _SPREAD) + 1
    grown = cv2.dilate(small, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach)))
    soft = cv2.GaussianBlur(grown, (0, 0), _WIDE * _SOFT)
    low, high = float(soft.min()), float(soft.max())
    return np.asarray((soft - low) / max(high - low, 1.0), np.float32)


def _reach(way: Path, rest: View) -> float:
    """How far any point of the frame gets from where it rests, in parts of the frame."""
    return max(
        max(abs(end.x - rest.x), abs(end.y - rest.y)) / rest.width + abs(1 - end.width / rest.width) / 2
        for end in (way.start, way.end)
    )


def _nodes(count: int, step: int, lift: float) -> Floats:
    """Places in the frame, in shares, of the middles of every `step` pixels, from one before to one after."""
    return np.asarray((np.arange(-1, -(-count // step) + 1) * step + (step - 1) / 2 + lift) / count, np.float32)


def _between(now: float, rest: float, lag: Floats) -> Floats:
    return np.asarray(now + (rest - now) * lag, np.float32)

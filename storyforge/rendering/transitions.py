"""How one picture gives way to the next: dissolves, dips, an iris, and a page that is turned. In place, on planes.

Every way leaves the old picture whole at `part` 0 and the new one at 1, and gets under way and comes to rest softly.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from storyforge.rendering.page import turn
from storyforge.rendering.picture import PAPER
from storyforge.rendering.planes import BLACK, WHITE, Planes, blend, colour_of, dim, shade
from storyforge.storyboard import Transition

SOFT = 0.016
"""Width of the iris' edge, as a part of the frame's diagonal."""
COARSE = 4
"""The iris is drawn so much smaller: its edge is soft."""

GLARE = 1.2
"""How much brighter, times, a picture gets on its way to white."""

Point = tuple[float, float]


class Aims(NamedTuple):
    """What both pictures are about, as parts of the frame's width and height: there the iris closes and opens."""

    before: Point = (0.5, 0.5)
    now: Point = (0.5, 0.5)


MIDDLE = Aims()


def pass_over(
    way: Transition, before: Planes, now: Planes, part: float, aims: Aims = MIDDLE, *, rightwards: bool = False
) -> None:
    """Makes `now` the frame that is seen when `part` 0…1 of the passage has gone; `before` is spoilt.

    `rightwards`: pages are turned to the right, as in books that are read from right to left.
    """
    match way:
        case "cut":
            pass
        case "dissolve":
            blend(before, now, smooth(part))
        case "dip-to-black":
            _dip_to_black(before, now, part)
        case "dip-to-white":
            _dip_to_white(before, now, part)
        case "iris":
            _iris(before, now, part, aims)
        case "page-turn":
            turn(before, now, (part + smooth(part)) / 2, rightwards)  # hardly seen at first: sooner under way


def smooth(part: float) -> float:
    """0…1 to 0…1, with no speed at either end."""
    return part * part * (3 - 2 * part)


def _dip_to_black(before: Planes, now: Planes, part: float) -> None:
    if part < 0.5:
        np.copyto(now.buffer, before.buffer)
    dim(now, smooth(abs(1 - 2 * part)))


def _dip_to_white(before: Planes, now: Planes, part: float) -> None:
    """Paper white. The picture gets more light, the brightest first: a veil laid over it would be grey."""
    seen = before if part < 0.5 else now
    veil = 1 - smooth(abs(1 - 2 * part))
    white, *tints = colour_of(PAPER)
    luma = BLACK[0] + (np.arange(256) - BLACK[0]) * (1 + GLARE * veil)
    luma = luma + (white - np.minimum(luma, white)) * veil
    cv2.LUT(seen.y, np.minimum(luma + 0.5, WHITE).astype(np.uint8), dst=now.y)
    left = (1 - veil) * (1 + GLARE * veil)
    for plane, into, tint in zip((seen.u, seen.v), (now.u, now.v), tints, strict=True):
        flat = BLACK[1] * (1 - left) + (tint - BLACK[1]) * veil
        cv2.convertScaleAbs(plane, dst=into, alpha=left, beta=flat)


def _iris(before: Planes, now: Planes, part: float, aims: Aims) -> None:
    closing, wide = part < 0.5, abs(1 - 2 * part)
    if closing:
        np.copyto(now.buffer, before.buffer)
    shade(now, _hole(now.y.shape, aims.before if closing else aims.now, (smooth(wide) + wide * (2 - wide)) / 2))


def _hole(shape: tuple[int, ...], at: Point, open_: float) -> NDArray[np.uint8]:
    """255 in a circle round `at`, 0 outside, at a fraction of the `shape` (height, width). Open, it holds the frame."""
    height, width = shape
    edge = math.hypot(width, height) * SOFT
    x, y = (
        (np.arange(-(-side // COARSE), dtype=np.float32) + 0.5) * COARSE - side * centre
        for side, centre in zip((width, height), at, strict=True)
    )
    away = np.sqrt(x[np.newaxis] ** 2 + y[:, np.newaxis] ** 2)
    farthest = math.hypot(width * max(at[0], 1 - at[0]), height * max(at[1], 1 - at[1]))
    inside = np.clip(((farthest + 2 * edge) * open_ - away) / edge, 0, 1)
    return (inside * inside * (3 - 2 * inside) * 255 + 0.5).astype(np.uint8)

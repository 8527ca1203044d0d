"""RGB pictures and yuv420p planes: BT.709, limited range, chroma sited left, as H.264 players expect HD video.

Not cv2's COLOR_RGB2YUV, which is BT.601: greens and reds would shift. Weights: Rec. ITU-R BT.709-6, 3.2 and 3.4.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""shape (height, width) or, of RGB, (height, width, 3)"""

BLACK = (16, 128)
"""Luma and chroma of black."""
WHITE = 235
"""Luma of white."""

_RED, _GREEN, _BLUE = 0.2126, 0.7152, 0.0722
_LUMA, _CHROMA = 219 / 255, 224 / 255

TO_YUV = np.array(
    [
        [_RED * _LUMA, _GREEN * _LUMA, _BLUE * _LUMA, 16],
        [*(_CHROMA / (2 * (1 - _BLUE)) * np.array([-_RED, -_GREEN, 1 - _BLUE])), 128],
        [*(_CHROMA / (2 * (1 - _RED)) * np.array([1 - _RED, -_GREEN, -_BLUE])), 128],
    ]
)
"""Rows of Y, U and V: how much of red, green, blue, and an offset."""

_TO_RGB_LINEAR = np.linalg.inv(TO_YUV[:, :3])
_TO_RGB = np.column_stack([_TO_RGB_LINEAR, -_TO_RGB_LINEAR @ TO_YUV[:, 3]])


@dataclass(frozen=True)
class Planes:
    """One frame as H.264 takes it: `buffer` is its bytes in order; `y`, `u` and `v` are views into it."""

    buffer: NDArray[np.uint8]
    y: Pixels
    u: Pixels
    v: Pixels

    @classmethod
    def empty(cls, size: tuple[int, int]) -> Planes:
        """`size` = (width, height), both even."""
        width, height = size
        luma, chroma = width * height, width * height // 4
        buffer = np.empty(luma + 2 * chroma, np.uint8)
        half = (height // 2, width // 2)
        y, u, v = np.split(buffer, [luma, luma + chroma])
        return cls(buffer, y.reshape(height, width), u.reshape(half), v.reshape(half))


def rgb_to_yuv(rgb: Pixels) -> Iterator[Pixels]:
    """Y, U and V of the picture's own size (4:4:4), one after the other: a large picture's planes are large, too."""
    for weights in TO_YUV:
        yield cv2.transform(rgb, weights[np.newaxis])


def planes_to_rgb(planes: Planes) -> Pixels:
    """The frame as a player shows it, shape (height, width, 3)."""
    height, width = planes.y.shape
    # Luma sample (i, j) lies at (i / 2, j / 2 - 1/4) of the chroma samples.
    raised = np.array([[0.5, 0, 0], [0, 0.5, -0.25]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    u, v = (
        cv2.warpAffine(plane, raised, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
        for plane in (planes.u, planes.v)
    )
    rgb: Pixels = cv2.transform(cv2.merge([planes.y, u, v]), _TO_RGB)
    return rgb


def dim(planes: Planes, light: float) -> None:
    """Fades the frame in place: 1 leaves it as it is, 0 makes it black."""
    for plane, black in ((planes.y, BLACK[0]), (planes.u, BLACK[1]), (planes.v, BLACK[1])):
        cv2.convertScaleAbs(plane, dst=plane, alpha=light, beta=black * (1 - light))


def blend(before: Planes, now: Planes, share: float) -> None:
    """Dissolves in place: `now` becomes `share` of itself and the rest of `before`."""
    cv2.addWeighted(before.buffer, 1 - share, now.buffer, share, 0, dst=now.buffer)


def shade(planes: Planes, light: Pixels) -> None:
    """Dims the frame in place by a map of the light, of any size: 255 leaves a place as it is, 0 makes it black."""
    for plane, black in ((planes.y, BLACK[0]), (planes.u, BLACK[1]), (planes.v, BLACK[1])):
        fitting = cv2.resize(light, plane.shape[::-1], interpolation=cv2.INTER_LINEAR)
        cv2.multiply(plane, fitting, dst=plane, scale=1 / 255)
        cv2.bitwise_not(fitting, dst=fitting)
        cv2.addWeighted(plane, 1, fitting, black / 255, 0, dst=plane)


def lay(over: Planes, into: Planes, mask: Pixels, columns: tuple[int, int]) -> None:
    """Lays `over` on `into`, in place, where `mask`, of the frame's size, is 255. `over` and the mask are spoilt.

    `columns`: the first, and the one after the last, that the mask has anything in, both even.
    """
    (left, right), (first, last) = columns, (side // 2 for side in columns)
    whole = mask[:, left:right]
    half = cv2.resize(whole, (last - first, into.u.shape[0]), interpolation=cv2.INTER_AREA)
    for top, under, opaque in (
        (over.y[:, left:right], into.y[:, left:right], whole),
        (over.u[:, first:last], into.u[:, first:last], half),
        (over.v[:, first:last], into.v[:, first:last], half.copy()),
    ):
        cv2.multiply(top, opaque, dst=top, scale=1 / 255)
        cv2.bitwise_not(opaque, dst=opaque)
        cv2.multiply(under, opaque, dst=under, scale=1 / 255)
        cv2.add(top, under, dst=under)


def colour_of(rgb: tuple[int, int, int]) -> tuple[int, int, int]:
    """Y, U and V of a colour."""
    y, u, v = (int(plane[0, 0]) for plane in rgb_to_yuv(np.array([[rgb]], np.uint8)))
    return y, u, v

"""A layer of loose parts, such as flakes, sparks or stars: each falls, swings and twinkles on its own."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from storyforge.rendering.band import Sheet, detailed, over, premultiplied, resized
from storyforge.rendering.planes import Pixels, Planes
from storyforge.rendering.still import LIFTS
from storyforge.rendering.unfolding import Chances, fallen, lit
from storyforge.rendering.view import Point, Size, View

MOST_PARTS = 400
"""More are moved in groups of neighbours: each costs some 50 µs a frame."""

_GROUPS = (24, 16)  # across and down
_FAINTEST = 2  # alpha of what belongs to a part
_UNSEEN = 0.02

_FLAGS = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP


class Loose:
    """The parts of a sheet in the fineness in which they are filmed."""

    def __init__(self, sheet: Sheet, picture: Size, scale: float) -> None:
        self.depth, self.motion = sheet.depth, sheet.motion
        marks, boxes = _told_apart(np.ascontiguousarray(sheet.pixels[..., 3]))
        self._parts = [_Part.of(_cut(sheet.pixels, marks, i, box), scale) for i, box in enumerate(boxes, 1)]
        corner = np.array([sheet.left, sheet.top, 0, 0])
        self._boxes = (np.array(boxes, np.float64).reshape(-1, 4) + corner) / np.array([*picture, *picture])
        self._chances = Chances.of(len(boxes), len(boxes))

    def lay(self, view: View, seconds: float, into: Planes, hidden: NDArray[np.bool_]) -> None:
        """Lays the parts over what is there, but for those that are `hidden`: cells of the frame (rows, columns)."""
        rows, columns = into.y.shape
        left, top = fallen(self.motion, seconds, self._chances, self._boxes)
        shown = lit(self.motion, seconds, self._chances).tolist() if self.motion.twinkle else [1.0] * len(self._parts)
        across, down = columns / view.width, rows / view.height
        x = (left - view.x + view.width / 2) * across
        y = (top - view.y + view.height / 2) * down
        right, bottom = x + self._boxes[:, 2] * across, y + self._boxes[:, 3] * down
        places = np.stack([np.floor(x / 2 - 1), np.floor(y / 2 - 1), np.ceil(right / 2 + 1), np.ceil(bottom / 2 + 1)])
        ends = np.array([[0], [0], [columns // 2], [rows // 2]])
        clipped = 2 * np.clip(places, 0, ends[[2, 3, 2, 3]]).astype(int)
        for i in np.flatnonzero((clipped[2] > clipped[0]) & (clipped[3] > clipped[1])).tolist():
            box = clipped[:, i].tolist()
            if shown[i] > _UNSEEN and not _behind(hidden, box, columns, rows):
                extent = (right[i] - x[i], bottom[i] - y[i])
                self._parts[i].lay((x[i] - box[0], y[i] - box[1]), extent, shown[i], into, box)


@dataclass(frozen=True, slots=True)
class _Part:
    """Premultiplied Y, U, V and alpha in one, (height, width, 4), for the luma and in half the size for the chroma."""

    fine: Pixels
    half: Pixels

    @classmethod
    def of(cls, pixels: Pixels, scale: float) -> _Part:
        height, width = pixels.shape[:2]
        less = detailed(pixels, scale)
        whole = np.asarray(cv2.merge([*premultiplied(less), less[..., 3]]), np.uint8)
        fine = (max(2, round(width * scale)), max(2, round(height * scale)))
        return cls(resized(whole, fine), resized(whole, (max(1, fine[0] // 2), max(1, fine[1] // 2))))

    def lay(self, at: Point, extent: Point, light: float, into: Planes, box: list[int]) -> None:
        """`at`: its left and top in pixels right of and below the `box` of the frame that is drawn anew."""
        left, top, right, bottom = box
        y, through, _, _ = self._seen(self.fine, at, extent, light, (right - left, bottom - top), LIFTS[0])
        over(y, through, into.y[top:bottom, left:right])
        left, top, right, bottom = left // 2, top // 2, right // 2, bottom // 2
        _, through, u, v = self._seen(
            self.half,
            (at[0] / 2, at[1] / 2),
            (extent[0] / 2, extent[1] / 2),
            light,
            (right - left, bottom - top),
            LIFTS[1],
        )
        over(u, through, into.u[top:bottom, left:right])
        over(v, through, into.v[top:bottom, left:right])

    @staticmethod
    def _seen(
        pixels: Pixels, at: Point, extent: Point, light: float, grid: Size, lift: Point
    ) -> tuple[Pixels, Pixels, Pixels, Pixels]:
        """Y, what is let through, U and V in a box of the frame."""
        across, down = pixels.shape[1] / extent[0], pixels.shape[0] / extent[1]
        warp = np.array(
            [
                [across, 0, across * (lift[0] - at[0]) - 0.5],
                [0, down, down * (lift[1] - at[1]) - 0.5],
            ]
        )
        seen = cv2.warpAffine(pixels, warp, grid, flags=_FLAGS)
        if light < 1:
            seen = cv2.convertScaleAbs(seen, alpha=light)
        y, u, v, alpha = cv2.split(seen)
        return y, cv2.bitwise_not(alpha), u, v


def _told_apart(alpha: Pixels) -> tuple[NDArray[np.int32], list[tuple[int, int, int, int]]]:
    """Which part each pixel belongs to, from 1, and each part's left, top, width and height."""
    solid = cv2.dilate(cv2.compare(alpha, _FAINTEST, cv2.CMP_GT), np.ones((3, 3), np.uint8))
    count, marks, stats, middles = cv2.connectedComponentsWithStats(solid)
    if count - 1 > MOST_PARTS:
        height, width = alpha.shape
        across, down = (middles / (width, height) * _GROUPS).astype(int).T
        named = {group: i for i, group in enumerate(sorted({*(across + _GROUPS[0] * down)[1:].tolist()}), 1)}
        group_of = [0, *(named[group] for group in (across + _GROUPS[0] * down)[1:].tolist())]
        marks = np.array(group_of, np.int32)[marks]
        return marks, [cv2.boundingRect(cv2.compare(marks, i, cv2.CMP_EQ)) for i in range(1, len(named) + 1)]
    return marks, [(x, y, width, height) for x, y, width, height, _ in stats[1:].tolist()]


def _cut(pixels: Pixels, marks: NDArray[np.int32], part: int, box: tuple[int, int, int, int]) -> Pixels:
    """The part alone."""
    x, y, width, height = box
    area = (slice(y, y + height), slice(x, x + width))
    return np.asarray(pixels[area] * (marks[area] == part)[..., np.newaxis], np.uint8)


def _behind(hidden: NDArray[np.bool_], box: list[int], columns: int, rows: int) -> bool:
    down, across = hidden.shape
    left, right = box[0] * across // columns, -(-box[2] * across // columns)
    top, bottom = box[1] * down // rows, -(-box[3] * down // rows)
    return bool(hidden[top:bottom, left:right].all())

"""A page that is turned: the old picture rolls up from a corner, shows its paper back and leaves over the spine.

The page is bent round a cylinder that rolls across it, and is seen from above. Where a point of the page is seen hangs
only on how far it is past the line along which the page leaves the ground: so what is seen of both its sides has a
polygon's outline, drawn sharp, and light and paper, which have no edges, are drawn small.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from storyforge.rendering.picture import PAPER
from storyforge.rendering.planes import BLACK, WHITE, Pixels, Planes, colour_of, lay, shade

# Lengths are parts of the frame's width.
RADIUS = 0.12
SHADOW = 0.22
TILT = (0.50, 0.06)
"""Radians by which the line leans from upright, at first and at last: the lower corner is lifted first."""

LIGHT = (-0.42, 0.91)
"""The direction in which the light is: over the spine, and above."""
AMBIENT = 0.62
DARKEST = 0.55
"""How much of the light the page keeps from the next one where it is highest, and (half of it) from itself."""
GHOST = 0.10
"""How much of the picture shines through the paper."""

COARSE = 6
"""Light and paper are drawn so much smaller than the frame."""
BAND = 10  # rows of them that are bent at once
FINE = 4
"""Outlines are drawn at 1/16 px: cv2's `shift`."""

Numbers = NDArray[np.floating[Any]]
Grid = tuple[Numbers, Numbers]
"""x, shape (1, width), and y, shape (height, 1), in pixels of the frame, from the spine and from the top."""
Outline = NDArray[np.float64]
"""Corners, shape (n, 2)."""


@dataclass(frozen=True)
class Page:
    """A page that is turned to the left. `line`: how far from the upper end of the spine it leaves the ground."""

    width: int
    height: int
    tilt: float
    line: float

    @classmethod
    def at(cls, width: int, height: int, part: float) -> Page:
        """When `part` 0…1 of the turn is done."""
        tilt = TILT[0] + (TILT[1] - TILT[0]) * part
        first = width * math.cos(tilt) + height * math.sin(tilt)
        last = -(RADIUS + SHADOW) * width
        return cls(width, height, tilt, first + (last - first) * part)

    @property
    def radius(self) -> float:
        return RADIUS * self.width

    @property
    def free(self) -> float:
        """How much of the page has left the ground, at its corner."""
        return max(0.0, self.width * math.cos(self.tilt) + self.height * math.sin(self.tilt) - self.line)

    @property
    def lifted(self) -> float:
        """How high its highest point is, 0…1 of the roll."""
        return (1 - math.cos(min(self.free / self.radius, math.pi))) / 2

    def past(self, x: Numbers, y: Numbers) -> Numbers:
        """How far points are past the line."""
        return x * math.cos(self.tilt) + y * math.sin(self.tilt) - self.line

    def on(self, grid: Grid, past: Numbers, along: Numbers) -> Grid:
        """The points of the page that are seen at the grid's, if those of the page are `along` past the line."""
        way = along - past
        return grid[0] + way * math.cos(self.tilt), grid[1] + way * math.sin(self.tilt)

    def holds(self, x: Numbers, y: Numbers) -> NDArray[np.bool_]:
        return (x >= 0) & (x <= self.width) & (y >= 0) & (y <= self.height)

    def front(self, past: Numbers) -> Numbers:
        """How far past the line, along the page, is what is seen of its picture there."""
        return np.where(past > 0, self.radius * _arcsine(past / self.radius), past)

    def back(self, past: Numbers) -> Numbers:
        """The same of its back."""
        return self.radius * math.pi - self.front(past)

    def outlines(self) -> tuple[Outline, Outline]:
        """Of what may be seen of its picture, and of its back, which lies on top."""
        whole = np.array([(0, 0), (self.width, 0), (self.width, self.height), (0, self.height)], np.float64)
        crest = self.past(*whole.T) - self.radius * math.pi / 2
        return self._seen(_clipped(whole, -crest)), self._seen(_clipped(whole, crest))

    def _seen(self, outline: Outline) -> Outline:
        """An outline on the flat page → as it is seen on the bent one."""
        if not len(outline):
            return outline
        steps = np.linspace(0, 1, 48, endpoint=False)[:, np.newaxis]
        points = np.concatenate([a + (b - a) * steps for a, b in zip(outline, np.roll(outline, -1, 0), strict=True)])
        along = self.past(*points.T)
        turned = along / self.radius
        past = self.radius * np.where(turned < math.pi, np.sin(turned), math.pi - turned)
        way = np.where(along > 0, past - along, 0)
        return points + way[:, np.newaxis] * (math.cos(self.tilt), math.sin(self.tilt))


def turn(before: Planes, now: Planes, part: float, rightwards: bool) -> None:
    """Makes `now` the frame at which `part` 0…1 of the turn is done; `before` is spoilt.

    `rightwards`: the spine is at the right, as in books that are read from right to left.
    """
    height, width = now.y.shape
    page = Page.at(width, height, part)
    grid = _grid(page, rightwards, (-(-height // COARSE), -(-width // COARSE)))
    past = page.past(*grid)
    outlines = page.outlines()
    picture, back = (_mask(page, outline, rightwards) for outline in outlines)
    paper = _paper(page, past, _shining(page, before.y, grid, past, rightwards))
    _bend(page, before, grid, past, rightwards)
    shade(now, _bytes(_under(page, past)))
    shade(before, _bytes(_upon(page, past, back)))
    if len(outlines[0]):
        lay(before, now, picture, _columns(page, outlines[0], rightwards))
    if not len(outlines[1]):
        return
    for plane, flat in zip((before.y, before.u, before.v), paper, strict=True):
        cv2.resize(flat, plane.shape[::-1], dst=plane, interpolation=cv2.INTER_LINEAR)
    lay(before, now, back, _columns(page, outlines[1], rightwards))


def _grid(page: Page, rightwards: bool, shape: tuple[int, ...]) -> Grid:
    """The middles of the pixels of a picture of the whole page, `shape` = (height, width)."""
    down, across = shape
    x = (np.arange(across, dtype=np.float32) + 0.5) * (page.width / across)
    y = (np.arange(down, dtype=np.float32) + 0.5) * (page.height / down)
    return (page.width - x if rightwards else x)[np.newaxis], y[:, np.newaxis]


def _mask(page: Page, outline: Outline, rightwards: bool) -> Pixels:
    mask = np.zeros((page.height, page.width), np.uint8)
    if len(outline):
        points = outline if not rightwards else np.array((page.width, 0)) + outline * (-1, 1)
        fine = np.rint((points - 0.5) * (1 << FINE)).astype(np.int32)  # cv2 counts from the first pixel's middle
        cv2.fillPoly(mask, [fine], 255, cv2.LINE_AA, FINE)
    return mask


def _columns(page: Page, outline: Outline, rightwards: bool) -> tuple[int, int]:
    """Which columns of the frame an outline may touch; some, if it lies beside the frame."""
    x = page.width - outline[:, 0] if rightwards else outline[:, 0]
    left = min(max(int(x.min()) - 2 & ~1, 0), page.width - 2)
    return left, min(max(int(x.max()) + 3 & ~1, left + 2), page.width)


def _under(page: Page, past: Numbers) -> Numbers:
    """The light on the next page, 0…1: the roll's shadow falls on it."""
    crest = page.radius * math.sin(min(page.free / page.radius, math.pi / 2))
    reach = max(1.0, SHADOW * page.width * page.lifted)
    near = 1 - np.clip((past - crest) / reach, 0, 1)
    light: Numbers = 1 - DARKEST * math.sqrt(page.lifted) * near * near
    return light


def _upon(page: Page, past: Numbers, back: Pixels) -> Numbers:
    """The light on the picture: less where it rises, and near what hangs over it."""
    height, width = past.shape
    small = cv2.resize(back, (width, height), interpolation=cv2.INTER_NEAREST)
    hanging = cv2.GaussianBlur(small, (0, 0), max(0.5, width * 0.012), borderType=cv2.BORDER_REPLICATE)
    over = hanging * (DARKEST / 2 / 255 * page.lifted)
    bent = _arcsine(np.clip(past / page.radius, 0, 1))
    light: Numbers = (1.0 - over) * _lit(-np.sin(bent), np.cos(bent))
    return light


def _paper(page: Page, past: Numbers, shining: Numbers) -> tuple[Pixels, Pixels, Pixels]:
    """Luma and chroma of the page's back: its light, and the picture that shines through."""
    bent = math.pi - _arcsine(np.clip(past / page.radius, 0, 1))
    light = _lit(np.sin(bent), -np.cos(bent))
    y, u, v = colour_of(PAPER)
    luma = BLACK[0] + np.minimum(y - BLACK[0] + GHOST * shining, WHITE - BLACK[0]) * light
    return _rounded(luma), _rounded(BLACK[1] + (u - BLACK[1]) * light), _rounded(BLACK[1] + (v - BLACK[1]) * light)


def _shining(page: Page, luma: Pixels, grid: Grid, past: Numbers, rightwards: bool) -> Numbers:
    """The picture as it is seen through the page's back, coarse: how much lighter than all of it a place is."""
    height, width = past.shape
    small = cv2.resize(luma, (width, height), interpolation=cv2.INTER_AREA)
    x, y = page.on(grid, past, page.back(past))
    lighter: Numbers = _looked_up(small, x, y, page, rightwards) - small.mean(dtype=np.float32)
    return lighter


def _bend(page: Page, before: Planes, grid: Grid, past: Numbers, rightwards: bool) -> None:
    """Bends what is seen of the picture where the page rises from the ground, and its back does not cover it."""
    rising = (past > 0) & (past < page.radius) & page.holds(*page.on(grid, past, page.front(past)))
    rising &= ~page.holds(*page.on(grid, past, page.back(past)))
    for top in range(0, len(rising), BAND):  # downwards: what is looked up lies lower, and is not bent yet
        columns = np.flatnonzero(rising[top : top + BAND].any(0))
        if len(columns):
            _bend_band(page, before, (top, int(columns[0]) - 1, int(columns[-1]) + 2), past.shape, rightwards)


def _bend_band(
    page: Page, before: Planes, box: tuple[int, int, int], coarse: tuple[int, ...], rightwards: bool
) -> None:
    """`box`: top, left and right, in coarse pixels."""
    for plane in (before.y, before.u, before.v):
        down, across = (a / b for a, b in zip(plane.shape, coarse, strict=True))
        rows = slice(round(box[0] * down), round((box[0] + BAND) * down))
        columns = slice(max(0, round(box[1] * across)), round(box[2] * across))
        x, y = _grid(page, rightwards, plane.shape)
        here = x[:, columns], y[rows]
        past = page.past(*here)
        plane[rows, columns] = _looked_up(plane, *page.on(here, past, page.front(past)), page, rightwards)


def _looked_up(plane: Pixels, x: Numbers, y: Numbers, page: Page, rightwards: bool) -> Pixels:
    """What `plane`, a picture of the whole page, shows at points of the page."""
    x = (page.width - x if rightwards else x) * (plane.shape[1] / page.width) - 0.5
    y = y * (plane.shape[0] / page.height) - 0.5
    maps = x.astype(np.float32), y.astype(np.float32)
    found: Pixels = cv2.remap(plane, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return found


def _lit(across: Numbers, up: Numbers) -> Numbers:
    """How bright paper is whose normal points so, against paper that lies on the ground; never brighter."""
    falling: Numbers = np.clip((across * LIGHT[0] + up * LIGHT[1]) / LIGHT[1], 0, 1)
    return AMBIENT + (1 - AMBIENT) * falling


def _arcsine(sine: Numbers) -> Numbers:
    angle: Numbers = np.arcsin(np.clip(sine, -1, 1))
    return angle


def _bytes(light: Numbers) -> Pixels:
    return _rounded(light * 255)


def _rounded(values: Numbers) -> Pixels:
    return (values + 0.5).astype(np.uint8)


def _clipped(outline: Outline, inside: NDArray[Any]) -> Outline:
    """The part of a convex outline where `inside`, told for its corners, is above 0."""
    found = []
    following = np.roll(outline, -1, 0), np.roll(inside, -1)
    for here, there, a, b in zip(outline, following[0], inside, following[1], strict=True):
        if a >= 0:
            found.append(here)
        if (a >= 0) != (b >= 0):
            found.append(here + (there - here) * (a / (a - b)))
    return np.array(found).reshape(-1, 2)

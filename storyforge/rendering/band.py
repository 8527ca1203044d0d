"""One layer of a picture made ready to be filmed: premultiplied YUV, and what it lets through of those behind it.

What is premultiplied adds up: out = colours + through / 255 * behind (Porter and Duff, 1984, "over"). It holds for
luma and chroma with their offsets (16 and 128), too, if these are premultiplied with them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from storyforge.plate import Layer, Motion
from storyforge.rendering.cover import MIXED, OPAQUE, Cover, Grid, Kinds, Rectangle
from storyforge.rendering.planes import BLACK, TO_YUV, Pixels, Planes
from storyforge.rendering.scaling import reached, scaled, with_margin
from storyforge.rendering.still import FINENESS, LIFTS, MOST_DETAIL
from storyforge.rendering.view import Size, View, matrix

_ROOM = 4  # pixels of nothing about a layer that ends within the picture: its last ones are not drawn on and on


Buffers = tuple[NDArray[np.uint8], NDArray[np.uint8]]


class Damaged(Exception):
    """A layer that cannot be read: the picture is shown flat."""


@dataclass(frozen=True)
class Sheet:
    """A layer's pixels, premultiplied RGBA (height, width, 4), with its top left corner in pixels of the picture.

    `edges`: how far it goes on beyond the picture's left, top, right and bottom edge, in shares of the picture's
    width or height; infinite where it ends within the picture, so that no edge of it can come into view.
    """

    pixels: Pixels
    left: int
    top: int
    depth: float
    motion: Motion
    edges: tuple[float, float, float, float]


def sheet_of(layer: Layer, files: Mapping[str, bytes], picture: Size) -> Sheet:
    """Raises Damaged."""
    colours = _read(files[layer.colours], cv2.IMREAD_COLOR_RGB)
    height, width = colours.shape[:2]
    alpha = _read(files[layer.alpha], cv2.IMREAD_GRAYSCALE) if layer.alpha else np.full((height, width), 255, np.uint8)
    if alpha.shape != (height, width):
        raise Damaged(f"{layer.name}: its colours and its alpha differ in size")
    # JPEG leaves a little colour where there was none.
    pixels = cv2.merge([*(cv2.min(colour, alpha) for colour in cv2.split(colours)), alpha])
    far = picture[0] - layer.left - width, picture[1] - layer.top - height
    beyond = [-layer.left / picture[0], -layer.top / picture[1], -far[0] / picture[0], -far[1] / picture[1]]
    inside = [_ROOM if edge < 0 else 0 for edge in beyond]
    left, top, right, bottom = inside
    pixels = cv2.copyMakeBorder(pixels, top, bottom, left, right, cv2.BORDER_CONSTANT, value=(0, 0, 0, 0))
    edges = [math.inf if edge < 0 else edge for edge in beyond]
    at = (layer.left - left, layer.top - top)
    return Sheet(np.asarray(pixels, np.uint8), *at, layer.depth, layer.motion, (edges[0], edges[1], edges[2], edges[3]))


def _read(data: bytes, how: int) -> Pixels:
    try:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), how)
    except cv2.error as error:
        raise Damaged(str(error)) from error
    if pixels is None or pixels.dtype != np.uint8:
        raise Damaged("a layer is no picture")
    return np.asarray(pixels)


class Band:
    """A sheet in the fineness in which it is filmed. `scale`: pixels of its planes for each of the picture's."""

    def __init__(self, sheet: Sheet, picture: Size, scale: float) -> None:
        self.depth, self.motion, self.edges = sheet.depth, sheet.motion, sheet.edges
        self._picture, self._corner = picture, (sheet.left, sheet.top)
        height, width = sheet.pixels.shape[:2]
        self._extent = (width, height)
        fine = (max(2, round(width * scale)), max(2, round(height * scale)))
        half = (max(1, fine[0] // 2), max(1, fine[1] // 2))
        y, u, v = premultiplied(detailed(sheet.pixels, scale))
        through = cv2.bitwise_not(resized(np.ascontiguousarray(sheet.pixels[..., 3]), fine))
        self._fine, self._half = fine, half
        self._y, self._through = with_margin(resized(y, fine)), with_margin(through)
        self._u, self._v, self._softer = (with_margin(resized(each, half)) for each in (u, v, through))
        self._cover = Cover(through)
        self.fills = not through.any() and min(sheet.edges) >= 0 and max(sheet.edges) < math.inf

    def warp(self, view: View, frame: Size) -> NDArray[np.float64]:
        """For a pixel of the frame's luma, where in this band's it looks, if the camera sees `view` of the picture."""
        return matrix(self._seen(view), self._fine, frame, LIFTS[0])

    def kinds(self, view: View, frame: Size, grid: Grid) -> Kinds:
        return self._cover.kinds(self.warp(view, frame), grid)

    def lay(self, view: View, into: Planes, grid: Grid, kinds: Kinds, buffers: Buffers) -> None:
        """Lays it over what is there, in those cells of the frame's grid that are not EMPTY."""
        parts = list(grid.rectangles(kinds))
        if not parts:
            return
        luma = self.warp(view, into.y.shape[::-1])
        _laid([(self._y, into.y)], self._through, luma, parts, buffers)
        halves = [part.halved for part in parts]
        chroma = matrix(self._seen(view), self._half, into.u.shape[::-1], LIFTS[1])
        _laid([(self._u, into.u), (self._v, into.v)], self._softer, chroma, halves, buffers)

    def _seen(self, view: View) -> View:
        """The view in shares of the band instead of the picture."""
        (across, down), (width, height), (left, top) = self._picture, self._extent, self._corner
        return View(
            (view.x * across - left) / width,
            (view.y * down - top) / height,
            view.width * across / width,
            view.height * down / height,
        )


def over(colour: Pixels, through: Pixels, behind: Pixels) -> None:
    """Lays a premultiplied plane on `behind`, in place."""
    cv2.multiply(behind, through, dst=behind, scale=1 / 255)
    cv2.add(behind, colour, dst=behind)


def premultiplied(pixels: Pixels) -> list[Pixels]:
    """Y, U and V of premultiplied RGBA, each premultiplied with its offset."""
    offsets = np.array([BLACK[0], BLACK[1], BLACK[1]]) / 255
    return [cv2.transform(pixels, np.array([[*row[:3], offset]])) for row, offset in zip(TO_YUV, offsets, strict=True)]


def detailed(pixels: Pixels, scale: float) -> Pixels:
    """Without detail too fine for the film (see still.MOST_DETAIL)."""
    factor = scale * MOST_DETAIL / FINENESS
    if factor >= 0.99:
        return pixels
    height, width = pixels.shape[:2]
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))


def resized(plane: Pixels, size: Size) -> Pixels:
    how = cv2.INTER_AREA if size[0] < plane.shape[1] else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(plane, size, interpolation=how))


def _laid(
    planes: list[tuple[Pixels, Pixels]],
    through: Pixels,
    warp: NDArray[np.float64],
    parts: list[Rectangle],
    buffers: Buffers,
) -> None:
    """Lays each plane on the other, in these parts of it: all of them are scaled at once, which is quicker."""
    parts = _within(parts, reached(through, warp))
    if not parts:
        return
    left, top = min(part.left for part in parts), min(part.top for part in parts)
    box = (left, top, max(part.right for part in parts), max(part.bottom for part in parts))
    mixed = any(part.kind == MIXED for part in parts)
    clear = scaled(through, warp, box, buffers[0]) if mixed else None
    for plane, behind in planes:
        colours = scaled(plane, warp, box, buffers[1])
        for part in parts:
            here = behind[part.top : part.bottom, part.left : part.right]
            there = (slice(part.top - top, part.bottom - top), slice(part.left - left, part.right - left))
            if part.kind == OPAQUE or clear is None:
                here[:] = colours[there]
            else:
                over(colours[there], clear[there], here)


def _within(parts: list[Rectangle], box: tuple[int, int, int, int]) -> list[Rectangle]:
    left, top, right, bottom = box
    cut = (Rectangle(kind, max(x, left), max(y, top), min(xx, right), min(yy, bottom)) for kind, x, y, xx, yy in parts)
    return [part for part in cut if part.left < part.right and part.top < part.bottom]

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
from storyforge.rendering.cover import OPAQUE, Cover, Grid, Kinds, Rectangle
from storyforge.rendering.planes import BLACK, TO_YUV, Pixels, Planes
from storyforge.rendering.still import FINENESS, LIFTS, MOST_DETAIL
from storyforge.rendering.view import Size, View, matrix

_FLAGS = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
_ROOM = 4  # pixels of nothing about a layer that ends within the picture: its last ones are not drawn on and on


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


class Scratch:
    """Buffers for what is drawn before it is laid on the frame."""

    def __init__(self, size: Size) -> None:
        pixels = size[0] * size[1]
        self._one, self._other = np.empty(pixels, np.uint8), np.empty(pixels, np.uint8)
        self._four = np.empty(pixels, np.uint8)

    def two(self, height: int, width: int) -> tuple[Pixels, Pixels]:
        area = height * width
        return self._one[:area].reshape(height, width), self._other[:area].reshape(height, width)

    def four(self, height: int, width: int) -> Pixels:
        return self._four[: 4 * height * width].reshape(height, width, 4)


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
        self._y, self._through = resized(y, fine), through
        softer = resized(through, half)
        self._uv = np.asarray(cv2.merge([resized(u, half), resized(v, half), softer, softer]), np.uint8)
        self._cover = Cover(through)
        self.fills = not through.any() and min(sheet.edges) >= 0 and max(sheet.edges) < math.inf

    def warp(self, view: View, frame: Size) -> NDArray[np.float64]:
        """For a pixel of the frame's luma, where in this band's it looks, if the camera sees `view` of the picture."""
        return matrix(self._seen(view), self._y.shape[::-1], frame, LIFTS[0])

    def kinds(self, view: View, frame: Size, grid: Grid) -> Kinds:
        return self._cover.kinds(self.warp(view, frame), grid)

    def lay(self, view: View, into: Planes, part: Rectangle, scratch: Scratch) -> None:
        """Lays a part of the frame over what is there."""
        frame, half = into.y.shape[::-1], into.u.shape[::-1]
        box = (slice(part.top, part.bottom), slice(part.left, part.right))
        small = (slice(part.top // 2, part.bottom // 2), slice(part.left // 2, part.right // 2))
        seen = self._seen(view)
        luma = _moved(matrix(seen, self._y.shape[::-1], frame, LIFTS[0]), part.left, part.top)
        chroma = matrix(seen, self._uv.shape[1::-1], half, LIFTS[1])
        chroma = _moved(chroma, part.left // 2, part.top // 2)
        y, u, v = into.y[box], into.u[small], into.v[small]
        mixed = scratch.four(*u.shape)
        _warped(self._uv, chroma, mixed)
        if part.kind == OPAQUE:
            _warped(self._y, luma, y)
            cv2.extractChannel(mixed, 0, u)
            cv2.extractChannel(mixed, 1, v)
            return
        colour, through = scratch.two(*y.shape)
        _warped(self._y, luma, colour)
        _warped(self._through, luma, through)
        over(colour, through, y)
        pu, pv, softer, _ = cv2.split(mixed)
        over(pu, softer, u)
        over(pv, softer, v)

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


def _warped(plane: Pixels, warp: NDArray[np.float64], into: Pixels) -> None:
    cv2.warpAffine(plane, warp, into.shape[1::-1], dst=into, flags=_FLAGS, borderMode=cv2.BORDER_REPLICATE)


def _moved(warp: NDArray[np.float64], column: int, row: int) -> NDArray[np.float64]:
    """The matrix for a part of the grid that begins at (column, row)."""
    warp[0, 2] += warp[0, 0] * column
    warp[1, 2] += warp[1, 1] * row
    return warp

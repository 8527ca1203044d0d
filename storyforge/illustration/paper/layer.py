"""A layer: pixels with a place on the canvas and a depth. Colours are premultiplied with alpha throughout."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from storyforge.illustration.paper.color import Color
from storyforge.illustration.paper.motions import STILL
from storyforge.plate import Motion

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """`pixels`: (height, width, 4) premultiplied RGBA, its top left corner at (`x`, `y`) of the canvas.

    `depth` is 0 for the sky, .62 for the actors, 1 for what hangs before the lens. `motion`: what it does in a film.
    """

    name: str
    depth: float
    pixels: Pixels
    x: int = 0
    y: int = 0
    motion: Motion = STILL


def tinted(mask: Pixels, color: Color) -> Pixels:
    """One flat colour as opaque as `mask` (height, width) says."""
    channels = [cv2.convertScaleAbs(mask, alpha=value / 255) for value in color.rgb]
    return np.asarray(cv2.merge([*channels, mask]), np.uint8)


def alpha_of(pixels: Pixels) -> Pixels:
    return np.asarray(cv2.extractChannel(pixels, 3), np.uint8)


def over(top: Pixels, bottom: Pixels) -> Pixels:
    """`top` laid on `bottom`, both of one size (Porter and Duff, 1984)."""
    through = cv2.merge([cv2.bitwise_not(alpha_of(top))] * 4)  # not cvtColor, which makes the alpha of it 255
    return np.asarray(cv2.add(top, cv2.multiply(bottom, through, scale=1 / 255)), np.uint8)


def lay(layer: Layer, canvas: Pixels) -> None:
    """Lays a layer on the canvas, (height, width, 4); what sticks out is cut off."""
    rows, columns = canvas.shape[:2]
    height, width = layer.pixels.shape[:2]
    left, top = max(0, layer.x), max(0, layer.y)
    right, bottom = min(columns, layer.x + width), min(rows, layer.y + height)
    if left < right and top < bottom:
        part = layer.pixels[top - layer.y : bottom - layer.y, left - layer.x : right - layer.x]
        canvas[top:bottom, left:right] = over(part, canvas[top:bottom, left:right])


def trimmed(layer: Layer) -> Layer | None:
    """Without its empty margins; None if nothing is on it."""
    x, y, width, height = cv2.boundingRect(alpha_of(layer.pixels))
    if not width:
        return None
    part = layer.pixels[y : y + height, x : x + width]
    return Layer(layer.name, layer.depth, part, layer.x + x, layer.y + y)

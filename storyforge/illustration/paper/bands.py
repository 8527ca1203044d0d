"""Bands: the sheets of a picture gathered into as few layers as a film needs to move them apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np

from storyforge.illustration.paper.layer import Layer, Pixels, alpha_of, lay, trimmed
from storyforge.illustration.paper.motions import STILL
from storyforge.illustration.paper.stage import ACTORS
from storyforge.plate import Layer as Cut

# What ends at each depth, and the depth at which all of it is filmed. Feet and the floor that they stand on must go
# along at one speed.
_BANDS = (
    ("sky", 0.08, 0.0),
    ("far", 0.30, 0.2),
    ("middle", 0.59, 0.42),
    ("actors", 0.80, ACTORS),
    ("front", 1.0, 0.96),
)

_QUALITY = 92
"""Of the layers' JPEG: below, the tooth of the paper is lost; above, it takes twice the room."""

_FAINT = 8  # alpha that may be laid under what it was before: it is not seen


@dataclass
class _Band:
    name: str
    depth: float
    pixels: Pixels


def banded(layers: Iterable[Layer], ground: Pixels) -> Iterator[Layer]:
    """Few layers instead of many, the farthest first: one for each band of depth, and one for each that moves.

    What lies before a moving sheet, and over it, gets a layer of its own; stars are cut out behind it.
    `ground`: what the farthest is laid on, (rows, columns, 4), opaque.
    """
    band: _Band | None = _Band("sky", 0.0, ground)
    held: list[Layer] = []  # what moves by itself and lies before the band
    for layer in layers:
        name, depth = next((name, depth) for name, end, depth in _BANDS if layer.depth <= end)
        if layer.motion != STILL:
            held.append(layer)
            continue
        if band and band.name == name:
            held = [other if other.motion.moves else _behind(layer, other) for other in held]
        if band and (band.name != name or any(other.motion.moves and _meet(layer, other) for other in held)):
            yield from _closed(band, held)
            band, held = None, []
        if band is None:
            yield from held
            held = []
            band = _Band(name, depth, np.zeros_like(ground))
        lay(layer, band.pixels)
    if band:
        yield from _closed(band, held)
    else:
        yield from held


def _closed(band: _Band, held: list[Layer]) -> Iterator[Layer]:
    cut = trimmed(Layer(band.name, band.depth, band.pixels))
    if cut:
        yield cut
    yield from held


def _behind(layer: Layer, held: Layer) -> Layer:
    """What twinkles, without what something that is hung before it hides of it."""
    left, top = layer.x - held.x, layer.y - held.y
    alpha = np.zeros(held.pixels.shape[:2], np.uint8)
    part = alpha[max(0, top) : max(0, top + layer.pixels.shape[0]), max(0, left) : max(0, left + layer.pixels.shape[1])]
    part[:] = alpha_of(layer.pixels)[max(0, -top) :, max(0, -left) :][: part.shape[0], : part.shape[1]]
    through = cv2.merge([cv2.bitwise_not(alpha)] * 4)
    return replace(held, pixels=np.asarray(cv2.multiply(held.pixels, through, scale=1 / 255), np.uint8))


def _meet(one: Layer, other: Layer) -> bool:
    """Whether anything of one lies over anything of the other."""
    if other.motion.fall != STILL.fall:
        return True
    (h1, w1), (h2, w2) = one.pixels.shape[:2], other.pixels.shape[:2]
    left, top = max(one.x, other.x), max(one.y, other.y)
    right, bottom = min(one.x + w1, other.x + w2), min(one.y + h1, other.y + h2)
    if left >= right or top >= bottom:
        return False
    both = [
        alpha_of(np.ascontiguousarray(each.pixels[top - each.y : bottom - each.y, left - each.x : right - each.x]))
        for each in (one, other)
    ]
    return bool((cv2.min(*both) > _FAINT).any())


def packed(layers: Iterable[Layer]) -> tuple[tuple[Cut, ...], dict[str, bytes]]:
    """As a plate keeps them. The farthest is opaque and fills the picture."""
    cuts: list[Cut] = []
    files: dict[str, bytes] = {}
    for number, layer in enumerate(layers):
        colours, alpha = f"{number}.jpg", f"{number}.png" if number else ""
        rgb = cv2.cvtColor(layer.pixels, cv2.COLOR_RGBA2BGR)
        files[colours] = _encoded(".jpg", rgb, cv2.IMWRITE_JPEG_QUALITY, _QUALITY)
        if alpha:
            files[alpha] = _encoded(".png", alpha_of(layer.pixels), cv2.IMWRITE_PNG_COMPRESSION, 1)
        cuts.append(
            Cut(
                name=layer.name,
                depth=layer.depth,
                left=layer.x,
                top=layer.y,
                colours=colours,
                alpha=alpha,
                motion=layer.motion,
            )
        )
    return tuple(cuts), files


def _encoded(kind: str, pixels: Pixels, *options: int) -> bytes:
    return bytes(cv2.imencode(kind, pixels, options)[1])

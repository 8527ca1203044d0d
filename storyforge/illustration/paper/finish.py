"""What makes a drawn sheet look like paper under a lamp: its tooth, its shadow on the sheets behind, light and mist."""

from __future__ import annotations

import math
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from storyforge.illustration.paper.color import Color
from storyforge.illustration.paper.geometry import rng
from storyforge.illustration.paper.layer import Layer, Pixels, alpha_of, tinted
from storyforge.illustration.paper.stage import Band, Pool, Shadow
from storyforge.illustration.paper.view import View

_TILE = 768  # side of the paper tooth, in design units

# How light dies away: (part of the radius, brightness). It ends well inside the edge, so that no edge is seen.
_FALL = np.array([(0, 1.0), (0.176, 0.62), (0.388, 0.22), (0.705, 0), (2, 0)])


def grained(pixels: Pixels, view: View, amount: int, shift: int) -> Pixels:
    """The sheet with the tooth of paper, in soft light (W3C compositing, with premultiplied colours).

    `amount` in per cent; `shift` moves the tooth, so that no two sheets have the same and it travels with its sheet.
    """
    if not amount:
        return pixels
    height, width = pixels.shape[:2]
    tile = _tooth(max(8, round(_TILE * view.scale)))
    side = tile.shape[0]
    top, left = shift * 71 % side, shift * 137 % side
    tooth = np.tile(tile, (1 + (top + height) // side, 1 + (left + width) // side))[
        top : top + height, left : left + width
    ]
    room = cv2.multiply(
        pixels, cv2.subtract(cv2.cvtColor(alpha_of(pixels), cv2.COLOR_GRAY2RGBA), pixels), scale=1 / 255
    )
    lighter = cv2.cvtColor(cv2.subtract(tooth, 128), cv2.COLOR_GRAY2RGBA)
    darker = cv2.cvtColor(cv2.subtract(128, tooth), cv2.COLOR_GRAY2RGBA)
    strength = amount / 100 / 127
    brightened = cv2.add(pixels, cv2.multiply(room, lighter, scale=strength))
    return np.asarray(cv2.subtract(brightened, cv2.multiply(room, darker, scale=strength)), np.uint8)


@lru_cache(maxsize=4)
def _tooth(side: int) -> Pixels:
    """A tile (side, side) that repeats without a seam: fine and middle noise, mottling, fibres; mean 128."""
    random = np.random.default_rng(7)
    fine = _noise(random, _TILE, 0.8, 0.50)
    middle = _noise(random, _TILE, 2.2, 1.1)
    slow = cv2.resize(
        _wrapped(_noise(random, _TILE // 8, 3.0, 3.2), 8), None, fx=8, fy=8, interpolation=cv2.INTER_CUBIC
    )
    slow = slow[64 : 64 + _TILE, 64 : 64 + _TILE]
    mixed = ((fine + middle) / 2 * 0.72 + slow * 0.28) * 0.66 + _fibres() * 0.34
    tile = np.clip(np.rint(mixed + 128), 0, 255).astype(np.uint8)
    smaller = cv2.INTER_AREA if side < _TILE else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(tile, (side, side), interpolation=smaller), np.uint8)


def _noise(random: np.random.Generator, side: int, blur: float, gain: float) -> NDArray[np.float32]:
    values = random.integers(-128, 128, (side, side)).astype(np.float32)
    margin = math.ceil(blur * 4)
    blurred = cv2.GaussianBlur(_wrapped(values, margin), (0, 0), blur)[margin:-margin, margin:-margin]
    return np.asarray(np.clip(blurred * gain, -128, 127), np.float32)


def _wrapped(values: NDArray[np.float32], margin: int) -> NDArray[np.float32]:
    return np.pad(values, margin, mode="wrap")


def _fibres() -> NDArray[np.float32]:
    random, sheet = rng(7, "fibres"), np.full((_TILE * 3, _TILE * 3), 128, np.uint8)
    for _ in range(430):
        x, y, angle = random.uniform(0, _TILE), random.uniform(0, _TILE), random.uniform(0, 6.28)
        step, grey, bend = random.uniform(1, 4.3), random.choice((96, 112, 150, 168)), random.uniform(-0.125, 0.125)
        line = []
        for _ in range(6):
            line.append((x, y))
            x, y, angle = x + step * math.cos(angle), y + step * math.sin(angle), angle + bend
        for across in (0, _TILE, 2 * _TILE):
            for down in (0, _TILE, 2 * _TILE):
                points = np.rint(np.add(line, (across, down))).astype(np.int32)
                cv2.polylines(sheet, [points], False, grey, 1)
    middle = cv2.GaussianBlur(sheet, (0, 0), 0.6)[_TILE : 2 * _TILE, _TILE : 2 * _TILE]
    return np.asarray(middle, np.float32) - 128


def shadowed(layer: Layer, view: View, shadow: Shadow, ink: Color) -> Layer:
    """The sheet with its shadow on what lies behind: a wide one, and a narrow one that shows how close the paper is."""
    wide, narrow = shadow.blur * view.scale, max(1.5, shadow.blur * 0.35) * view.scale
    layer = _with_margin(layer, view, wide * 2.2 + max(abs(shadow.dx), abs(shadow.dy)) * view.scale)
    alpha = alpha_of(layer.pixels)
    far = _cast(alpha, shadow.dx * view.scale, shadow.dy * view.scale, wide, shadow.opacity)
    near = _cast(alpha, shadow.dx * view.scale, shadow.dy * view.scale, narrow, shadow.opacity * 0.55)
    both = cv2.bitwise_not(cv2.multiply(cv2.bitwise_not(far), cv2.bitwise_not(near), scale=1 / 255))
    return _on(layer, tinted(_enlarged(both, alpha), ink))


def stood_out(layer: Layer, view: View, size: float, ink: Color, haze: Color) -> Layer:
    """A figure of this size with its shadow, before a halo of haze that parts it from what lies behind."""
    unit = size * view.scale
    layer = _with_margin(layer, view, 60 * unit)
    alpha = alpha_of(layer.pixels)
    shadow = _enlarged(_cast(alpha, 7 * unit, 12 * unit, 12 * unit, 0.36), alpha)
    halo = _enlarged(_cast(alpha, 0, 0, 30 * unit, 0.42), alpha)
    return _on(layer, _piled(tinted(shadow, ink), tinted(halo, haze)))


def blurred(layer: Layer, view: View, blur: float) -> Layer:
    """Out of focus by `blur` design units."""
    layer = _with_margin(layer, view, blur * view.scale * 3)
    soft = cv2.GaussianBlur(layer.pixels, (0, 0), blur * view.scale, borderType=cv2.BORDER_REPLICATE)
    return Layer(layer.name, layer.depth, np.asarray(soft, np.uint8), layer.x, layer.y)


def soft_layer(name: str, depth: float, soft: Band | Pool, view: View) -> Layer | None:
    """A pool of light, or a band of mist across the canvas."""
    if isinstance(soft, Pool):
        left, top, right, bottom = soft.x - soft.rx, soft.y - soft.ry, soft.x + soft.rx, soft.y + soft.ry
        mask = _radial()
    else:
        left, top, right, bottom = view.left, soft.top, view.right, soft.bottom
        mask = _ramp()
    x, y = round((left - view.left) * view.scale), round((top - view.top) * view.scale)
    size = round((right - left) * view.scale), round((bottom - top) * view.scale)
    if min(size) < 1:
        return None
    grown = cv2.resize(mask * soft.opacity, size, interpolation=cv2.INTER_LINEAR)
    return Layer(name, depth, tinted(np.rint(grown * 255).astype(np.uint8), soft.color), x, y)


@lru_cache(maxsize=1)
def _radial() -> NDArray[np.float32]:
    across = (np.arange(256) - 127.5) / 128
    return np.asarray(np.interp(np.hypot(across, across[:, None]), _FALL[:, 0], _FALL[:, 1]), np.float32)


@lru_cache(maxsize=1)
def _ramp() -> NDArray[np.float32]:
    return np.asarray(np.interp(np.linspace(0, 1, 256), (0, 0.55, 1), (0, 1, 0))[:, None], np.float32)


def _with_margin(layer: Layer, view: View, margin: float) -> Layer:
    """Room for a shadow, as far as the canvas goes: beyond it, a sheet that touches the edge is taken to go on."""
    room = math.ceil(margin)
    height, width = layer.pixels.shape[:2]
    left, top = max(0, min(room, layer.x)), max(0, min(room, layer.y))
    right = max(0, min(room, view.columns - layer.x - width))
    bottom = max(0, min(room, view.rows - layer.y - height))
    padded = cv2.copyMakeBorder(layer.pixels, top, bottom, left, right, cv2.BORDER_CONSTANT, value=(0, 0, 0, 0))
    return Layer(layer.name, layer.depth, np.asarray(padded, np.uint8), layer.x - left, layer.y - top)


def _cast(alpha: Pixels, dx: float, dy: float, blur: float, opacity: float) -> Pixels:
    """A moved and blurred shadow at a quarter of the size, where it is sixteen times quicker and looks the same."""
    height, width = alpha.shape
    small = cv2.resize(alpha, (max(1, width // 4), max(1, height // 4)), interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small, (0, 0), max(0.3, blur / 4), borderType=cv2.BORDER_REPLICATE)
    move = np.array([[1, 0, dx / 4], [0, 1, dy / 4]], np.float32)
    moved = cv2.warpAffine(soft, move, soft.shape[::-1], borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.convertScaleAbs(moved, alpha=opacity), np.uint8)


def _enlarged(mask: Pixels, like: Pixels) -> Pixels:
    return np.asarray(cv2.resize(mask, like.shape[::-1], interpolation=cv2.INTER_LINEAR), np.uint8)


def _on(layer: Layer, behind: Pixels) -> Layer:
    return Layer(layer.name, layer.depth, _piled(layer.pixels, behind), layer.x, layer.y)


def _piled(top: Pixels, bottom: Pixels) -> Pixels:
    """`top` laid on `bottom`, but their opacities add up: soft edges and shadows are deeper than over() makes them."""
    through = cv2.cvtColor(cv2.bitwise_not(alpha_of(top)), cv2.COLOR_GRAY2RGBA)
    return np.asarray(cv2.add(top, cv2.multiply(bottom, through, scale=1 / 255)), np.uint8)

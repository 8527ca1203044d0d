"""Shapes cut from paper and laid on a card: grain, shadow, wavering edges, stars, seams. Always the same sheet."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

Colour = tuple[int, int, int]
Point = tuple[float, float]
Outline = list[Point]
"""A closed polygon in pixels of the card."""

_FINE = 2  # outlines are drawn so much larger, then reduced: smooth edges
_SHADOW: Colour = (18, 12, 30)


def cut(size: tuple[int, int], *outlines: Outline) -> Image.Image:
    """The mask of these shapes (mode L)."""
    large = Image.new("L", (size[0] * _FINE, size[1] * _FINE))
    pen = ImageDraw.Draw(large)
    for outline in outlines:
        pen.polygon([(x * _FINE, y * _FINE) for x, y in outline], fill=255)
    return large.resize(size, Image.Resampling.BOX)


def lay(card: Image.Image, mask: Image.Image, colour: Colour, height: float, shade: float) -> None:
    """Lays paper of that shape on the card, `height` pixels above it: the shadow falls so far."""
    fallen = ImageChops.offset(mask, round(height * 0.5), round(height)).filter(ImageFilter.GaussianBlur(height * 1.3))
    card.paste(_SHADOW, mask=fallen.point([round(value * shade) for value in range(256)]))
    if box := mask.getbbox():
        card.paste(_paper(colour, (box[2] - box[0], box[3] - box[1])), box, mask.crop(box))


def sheet(centre: Point, half: Point, radius: float, waver: float, tilt: float) -> Outline:
    """A rounded sheet, cut by hand: its edge wavers. `half` its width and height, `tilt` in degrees."""
    corners, (wide, high) = [], half
    for across, down, start in ((1, -1, -90), (1, 1, 0), (-1, 1, 90), (-1, -1, 180)):
        for degrees in range(start, start + 91, 5):
            turn = math.radians(degrees)
            x = across * (wide - radius) + radius * math.cos(turn)
            corners.append((x, down * (high - radius) + radius * math.sin(turn)))
    return [_turned(centre, _wavered(point, waver), tilt) for point in _dense(corners)]


def star(centre: Point, radius: float, tilt: float) -> Outline:
    """Five soft points."""
    points = []
    for degrees in range(0, 360, 4):
        turn = math.radians(degrees)
        reach = radius * (0.74 + 0.26 * math.cos(5 * turn))
        points.append(_turned(centre, (reach * math.sin(turn), -reach * math.cos(turn)), tilt))
    return points


def hill(size: tuple[int, int], number: int) -> Outline:
    """Its silhouette over the card's whole width; a higher number is nearer and lower."""
    ridge: Outline = []
    for step in range(81):
        turn = 3 * step / 80
        top = 0.68 + 0.11 * number - 0.05 * math.sin(1.7 * turn + 2.2 * number) - 0.02 * math.sin(3.9 * turn + number)
        ridge.append((step / 80 * size[0], top * size[1]))
    return [*ridge, (size[0], size[1]), (0.0, size[1])]


def sew(card: Image.Image, outline: Outline, colour: Colour, thread: float) -> None:
    """A dashed seam along the outline; `thread` is its width in pixels."""
    seam = Image.new("L", (card.width * _FINE, card.height * _FINE))
    pen, thick, dash, way = ImageDraw.Draw(seam), thread / 2 * _FINE, thread * 4, 0.0
    for start, end in zip(outline, outline[1:] + outline[:1], strict=True):
        steps = max(1, round(math.dist(start, end)))
        for step in range(steps):
            way += math.dist(start, end) / steps
            if way % (2 * dash) < dash:
                x, y = ((a + (b - a) * step / steps) * _FINE for a, b in zip(start, end, strict=True))
                pen.ellipse((x - thick, y - thick, x + thick, y + thick), fill=190)
    card.paste(colour, mask=seam.resize(card.size, Image.Resampling.BOX))


def _paper(colour: Colour, size: tuple[int, int]) -> Image.Image:
    """Fine grain, soft blotches, lit from above."""
    wide, high = size
    chance = np.random.default_rng(7)
    fine = _noise(chance, size, 34).filter(ImageFilter.GaussianBlur(0.8))
    coarse = _noise(chance, (wide // 24 + 1, high // 24 + 1), 60).resize(size, Image.Resampling.BICUBIC)
    relief = (np.asarray(fine, np.float32) - 128) * 0.10 + (np.asarray(coarse, np.float32) - 128) * 0.025
    light = np.linspace(1.02, 0.97, high, dtype=np.float32)[:, None, None]
    return Image.fromarray((np.array(colour, np.float32) * light + relief[:, :, None]).clip(0, 255).astype(np.uint8))


def _noise(chance: np.random.Generator, size: tuple[int, int], depth: float) -> Image.Image:
    return Image.fromarray(chance.normal(128, depth, (size[1], size[0])).clip(0, 255).astype(np.uint8))


def _dense(corners: Outline) -> Outline:
    """The same outline with points on its long sides."""
    return [
        (a[0] + (b[0] - a[0]) * step / 24, a[1] + (b[1] - a[1]) * step / 24)
        for a, b in zip(corners, corners[1:] + corners[:1], strict=True)
        for step in range(24 if math.dist(a, b) > 60 else 1)
    ]


def _wavered(point: Point, depth: float) -> Point:
    x, y = point[0] / depth, point[1] / depth
    return point[0] + depth * math.sin(y / 19 + 1), point[1] + depth * (math.sin(x / 27) + math.sin(x / 9) / 2)


def _turned(centre: Point, point: Point, degrees: float) -> Point:
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return centre[0] + point[0] * cosine - point[1] * sine, centre[1] + point[0] * sine + point[1] * cosine

"""What is printed on the paper: stars, spots and stripes on the fur, and the mark on the forehead."""

from __future__ import annotations

import math
from collections.abc import Callable

from storyforge.illustration.paper.color import Color, oklch
from storyforge.illustration.paper.cut import cut, glow, transformed
from storyforge.illustration.paper.geometry import (
    blob,
    crescent,
    ellipse,
    heart,
    leaf,
    num,
    polygon,
    rng,
    smooth,
    sparkle,
    star,
)  # fmt: skip
from storyforge.illustration.paper.puppets.bounds import Box, path_box
from storyforge.illustration.paper.puppets.paint import INK, Paint, dot, flat, line, within


def fur(paint: Paint, path: str, fill: Color, shadow: float = 9, upper: float = 1.0) -> str:
    """A piece of paper with the character's pattern on it, on the upper part of it only where `upper` < 1."""
    printed = _PATTERNS[paint.sheet.pattern](paint, path, upper)
    if not printed:
        return paint.piece(path, fill, shadow)
    edge = f'<path d="{path}" fill="none" stroke="url(#rim)" stroke-width="2.4"/>'
    return paint.piece(path, fill, shadow) + within(path, printed) + edge


def _room(path: str, upper: float) -> Box:
    left, top, right, bottom = path_box(path)
    return left, top, right, top + (bottom - top) * upper


def _stars(paint: Paint, path: str, upper: float) -> str:
    left, top, right, bottom = _room(path, upper)
    width, height = right - left, bottom - top
    random = rng(0, paint.sheet.name, "stars", path)
    first = paint.colour(paint.sheet.pattern_colour, "#b03aa5")
    second = paint.colour(paint.sheet.second_cloud, "#3f58c9")
    drawn = glow(left + width * 0.25, top + height * 0.35, width * 0.5, first, 0.75)
    drawn += glow(left + width * 0.8, top + height * 0.7, width * 0.5, second, 0.7)
    for _ in range(max(5, int(width * height / 850))):
        x, y = random.uniform(left, right), random.uniform(top, bottom)
        if random.random() < 0.2:
            drawn += flat(sparkle(x, y, random.uniform(5, 10)), "#fff8e8")
        else:
            drawn += dot(x, y, random.uniform(1.1, 2.6), "#fff", random.uniform(0.55, 1))
    return drawn


def _spots(paint: Paint, path: str, upper: float) -> str:
    left, top, right, bottom = _room(path, min(upper, 0.62))
    random = rng(0, paint.sheet.name, "spots", path)
    colour = paint.colour(paint.sheet.pattern_colour, paint.base.tint(0.12))
    count = max(2, round((right - left) / 30))
    return "".join(
        _spot(
            left + (right - left) * (i + 0.5) / count + random.uniform(-10, 10),
            random.uniform(top + 6, bottom),
            random.uniform(5, 11),
            colour,
            bool(paint.glow),
        )
        for i in range(count)
    )


def _spot(x: float, y: float, size: float, colour: Color, shines: bool) -> str:
    spot = flat(ellipse(x, y, size, size * 0.86), colour)
    if not shines:
        return spot
    light = flat(ellipse(x - size * 0.2, y - size * 0.2, size * 0.5, size * 0.42), "#fff", 0.75)
    return glow(x, y, size * 3.2, colour, 0.75) + spot + light


def _stripes(paint: Paint, path: str, upper: float) -> str:
    left, top, right, bottom = _room(path, upper)
    random = rng(0, paint.sheet.name, "stripes", path)
    colour = paint.colour(paint.sheet.pattern_colour, paint.dark)
    count = max(2, round((right - left) / 44))
    return "".join(
        flat(
            leaf(
                left + (right - left) * (i + 0.5) / count, top - 6, (bottom - top) * 0.55, 11,
                84 + random.uniform(-8, 8),
            ),
            colour, 0.85,
        )
        for i in range(count)
    )  # fmt: skip


def _patches(paint: Paint, path: str, upper: float) -> str:
    """A cow's."""
    left, top, right, bottom = _room(path, upper)
    random = rng(0, paint.sheet.name, "patches", path)
    colour = paint.colour(paint.sheet.pattern_colour, paint.dark)
    count = max(1, round((right - left) / 90))
    return "".join(
        flat(
            blob(
                left + (right - left) * (i + 0.5) / count + random.uniform(-18, 18),
                random.uniform(top, bottom - 20),
                random.uniform(20, 34),
                random.uniform(16, 28),
                random,
                wobble=0.22,
            ),
            colour,
        )
        for i in range(count)
    )


_PATTERNS: dict[str, Callable[[Paint, str, float], str]] = {
    "none": lambda paint, path, upper: "",
    "stars": _stars,
    "spots": _spots,
    "stripes": _stripes,
    "patches": _patches,
}

# Marks, each about 44 high around (0, 0).
_MOTIFS: dict[str, str] = {
    "star": star(0, 0, 22, 10),
    "moon": crescent(0, 0, 19),
    "sun": star(0, 0, 24, 14, 10),
    "gem": polygon([(0, -24), (15, -2), (0, 22), (-15, -2)]),
    "heart": heart(0, 0, 16),
    "flame": smooth([(0, -30, "c"), (16, 0), (0, 20), (-16, 0)]),
    "drop": smooth([(0, -28, "c"), (15, 4), (0, 18), (-15, 4)]),
    "bolt": polygon([(4, -28), (-14, 2), (-1, 2), (-6, 24), (14, -6), (1, -6)]),
    "leaf": leaf(-14, 16, 40, 12, -50),
}


def motif(paint: Paint, x: float, y: float) -> str:
    """The mark on the forehead."""
    word = paint.sheet.motif
    if word == "none":
        return ""
    if word == "clock":
        return clock(paint, x, y - 2, 24)
    colour = paint.colour(paint.sheet.motif_colour, paint.accent)
    halo = glow(0, 0, 56, paint.glow or colour, 0.7) if paint.glow else ""
    return transformed(halo + cut(_MOTIFS[word], colour, 1.6, (0, 2, 5, 0.3)), x, y)


def clock(paint: Paint, x: float, y: float, radius: float, hands: tuple[float, float] = (-60, 30)) -> str:
    """A clock face. `hands`: degrees of the long and the short hand, 0 is three o'clock."""
    drawn = cut(ellipse(0, 0, radius), paint.accent, 2, (0, 3, 6, 0.35))
    drawn += dot(0, 0, radius * 0.8, oklch(0.97, 0.02, 95))
    drawn += "".join(_hour(hour, radius) for hour in range(12))
    for degrees, length, width in ((hands[0], 0.56, 0.09), (hands[1], 0.38, 0.12)):
        angle = math.radians(degrees)
        tip = f"{num(radius * length * math.cos(angle))} {num(radius * length * math.sin(angle))}"
        drawn += line(f"M0 0L{tip}", INK, radius * width)
    return transformed(drawn + dot(0, 0, radius * 0.1, paint.accent), x, y, flip=paint.flip)


def _hour(hour: int, radius: float) -> str:
    angle, quarter = hour * math.pi / 6, hour % 3 == 0
    outer, inner = radius * 0.7, radius * (0.53 if quarter else 0.59)
    cos, sin = math.cos(angle), math.sin(angle)
    path = f"M{num(outer * cos)} {num(outer * sin)}L{num(inner * cos)} {num(inner * sin)}"
    return line(path, INK, radius * (0.10 if quarter else 0.07))

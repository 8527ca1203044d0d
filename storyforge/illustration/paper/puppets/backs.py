"""What grows on a back: a dragon's ridge, quills, a shell, wool. Drawn for a body of about 220 × 125 around (0, 0)."""

from __future__ import annotations

import math
from collections.abc import Callable

from storyforge.illustration.paper.cut import cut
from storyforge.illustration.paper.geometry import Point, polygon, rng, scallop, smooth
from storyforge.illustration.paper.puppets.paint import Paint, line, within


def back(paint: Paint, wide: float, high: float) -> str:
    """On a body `wide` × `high` (half of each) around (0, 0)."""
    draw = _BACKS.get(paint.sheet.back)
    return draw(paint, wide, high) if draw else ""


def _ridge(paint: Paint, wide: float, high: float) -> str:
    drawn, colour = "", paint.colour(paint.sheet.back_colour, paint.dark)
    for i in range(5):
        degrees = 198 + i * 26
        x, y = wide * math.cos(math.radians(degrees)), high * math.sin(math.radians(degrees))
        plate = smooth([(x - 17, y + 16), (x - 9 + x * 0.08, y - 34, "c"), (x + 19, y + 14)])
        drawn += paint.piece(plate, colour, 5)
    return drawn


def _quills(paint: Paint, wide: float, high: float) -> str:
    """Three rows of quills, the lower ones on top."""
    colour = paint.colour(paint.sheet.back_colour, paint.dark)
    random = rng(0, paint.sheet.name, "quills")
    drawn = ""
    for row, shade in ((1.14, 0.05), (0.92, 0.0), (0.68, -0.04)):
        edge: list[Point] = []
        for i in range(13):
            tip = math.radians(150 + i * 15.5 + random.uniform(-3, 3))
            notch = tip + math.radians(8)
            edge.append((wide * row * 1.14 * math.cos(tip) - 10, high * row * 1.2 * math.sin(tip) - 14, "c"))
            edge.append((wide * row * 0.92 * math.cos(notch), high * row * 0.95 * math.sin(notch)))
        drawn += paint.piece(
            smooth([*edge, (wide * 0.5, high * 0.5), (-wide * 0.6, high * 0.6)]), colour.lighten(-shade), 7
        )
    return drawn


def _shell(paint: Paint, wide: float, high: float) -> str:
    colour = paint.colour(paint.sheet.back_colour, paint.dark)
    w, h = wide * 1.12, high * 1.35
    dome = smooth(
        [
            (-w, h * 0.42, "c"),
            (-w * 0.86, -h * 0.4),
            (-w * 0.3, -h),
            (w * 0.3, -h),
            (w * 0.82, -h * 0.4),
            (w * 0.94, h * 0.42, "c"),
            (0, h * 0.52),
        ]
    )
    plates = ""
    for x, size in ((-0.58, 0.24), (0.0, 0.32), (0.56, 0.24)):
        hexagon = polygon((w * x + size * w * math.cos(a), -h * 0.22 + size * h * 1.3 * math.sin(a)) for a in _sixths())
        plates += cut(hexagon, colour.lighten(0.09), 1.8)
    hem = cut(
        smooth(
            [
                (-w * 1.06, h * 0.36),
                (0, h * 0.5),
                (w * 1.0, h * 0.36),
                (w, h * 0.62),
                (0, h * 0.76),
                (-w * 1.04, h * 0.62),
            ]
        ),
        colour.shade(0.06),
        2,
    )
    return paint.piece(dome, colour, 9) + within(dome, plates) + hem


def _sixths() -> list[float]:
    return [math.radians(60 * k) for k in range(6)]


def _wool(paint: Paint, wide: float, high: float) -> str:
    colour = paint.colour(paint.sheet.back_colour, "ivory")
    fleece = scallop(-4, -8, wide * 1.08, high * 1.16, 13, 0, 360, close=None)
    curls = line(
        f"M{-wide * 0.5:.1f} -20q10 -16 20 0M{-wide * 0.1:.1f} 10q10 -16 20 0M{wide * 0.3:.1f} -24q10 -16 20 0",
        colour.shade(0.1),
        5,
        0.6,
    )
    return paint.piece(fleece, colour, 10) + curls


_BACKS: dict[str, Callable[[Paint, float, float], str]] = {
    "ridge": _ridge,
    "quills": _quills,
    "shell": _shell,
    "wool": _wool,
}

"""What is about the neck: ruff, spikes, fins, scarf, medal. Drawn around (0, 0), the middle of the chest."""

from __future__ import annotations

import math
from collections.abc import Callable

from storyforge.illustration.paper.color import Color
from storyforge.illustration.paper.cut import cut, transformed
from storyforge.illustration.paper.geometry import Point, ribbon, smooth, star
from storyforge.illustration.paper.puppets.marks import clock
from storyforge.illustration.paper.puppets.paint import Paint, line


def collar(paint: Paint, x: float, y: float, size: float = 1, turn: float = 0, flutter: float = 6) -> str:
    """`flutter`: degrees by which the ends of the scarf blow upwards."""
    draw = _COLLARS.get(paint.sheet.collar)
    drawn = draw(paint) if draw else ""
    if paint.sheet.motif == "clock" and drawn:
        drawn += clock(paint, 8, 34, 36)
    drawn += scarf(paint, flutter) + _medal(paint)
    return transformed(drawn, x, y, size, turn) if drawn else ""


def scarf(paint: Paint, flutter: float) -> str:
    if not paint.sheet.scarf:
        return ""
    colour = paint.colour(paint.sheet.scarf, "red")
    ends = paint.piece(
        ribbon([(-42, 0), (-96, 16), (-136, 0), (-182, 22)], [30, 36, 38, 34], tip="flat"), colour.shade(0.05), 7
    )
    ends += paint.piece(ribbon([(-40, 6), (-80, 44), (-112, 52), (-146, 84)], [26, 34, 36, 32], tip="flat"), colour, 6)
    band = smooth([(-78, -22), (-50, 26), (0, 42), (52, 28), (80, -18), (76, -46), (0, -8), (-74, -48)])
    stitches = (
        '<path d="M-50 -14Q0 26 54 -10" stroke="#fff" stroke-opacity=".45" stroke-width="7" fill="none" '
        'stroke-linecap="round" stroke-dasharray="12 15"/>'
    )
    return transformed(ends, 0, 2, 1, flutter) + paint.piece(band, colour, 8) + stitches


def _medal(paint: Paint) -> str:
    if not paint.sheet.medal:
        return ""
    medal = cut(star(4, 58, 26, 14, 8), paint.colour(paint.sheet.medal, "gold"), 2, (0, 3, 5, 0.3))
    return line("M-40 -8L4 48L46 -8", paint.colour("crimson", "crimson"), 9) + medal


def _jagged(teeth: int, start: float, sweep: float, outer: Point, inner: Point, sharp_notch: bool) -> list[Point]:
    """Points of a ragged edge along the lower half of an ellipse, `outer` and `inner` being its half-axes."""
    points: list[Point] = []
    for i in range(teeth):
        tip = math.radians(start + sweep * i / (teeth - 1))
        points.append((outer[0] * math.cos(tip), outer[1] * math.sin(tip) - 6, "corner"))
        if i < teeth - 1:
            notch = math.radians(start + sweep * (i + 0.5) / (teeth - 1))
            found: Point = (inner[0] * math.cos(notch), inner[1] * math.sin(notch) - 6)
            points.append((*found, "corner") if sharp_notch else found)
    return points


def _fluff(paint: Paint) -> str:
    edge = _jagged(10, -12, 204, (96, 76), (74, 54), sharp_notch=False)
    return paint.piece(smooth([*edge, (-70, -50), (0, -66), (70, -50)]), _colour(paint, paint.belly), 8)


def _spikes(paint: Paint) -> str:
    edge = _jagged(8, -20, 220, (100, 82), (60, 44), sharp_notch=True)
    return paint.piece(smooth([*edge, (-60, -50), (0, -60), (60, -50)]), _colour(paint, paint.accent), 8)


def _ring(paint: Paint) -> str:
    band = smooth([(-66, -14), (-40, 24), (0, 36), (44, 24), (68, -14), (64, -34), (0, -2), (-62, -34)])
    return paint.piece(band, _colour(paint, paint.accent), 7)


def _fins(paint: Paint) -> str:
    colour = _colour(paint, paint.colour(paint.sheet.wing_colour, paint.accent))
    drawn = ""
    for side in (-1, 1):
        fin: list[Point] = [
            (side * 30, -30),
            (side * 96, -44, "c"),
            (side * 88, -14),
            (side * 112, 6, "c"),
            (side * 84, 18),
        ]
        drawn += paint.piece(smooth([*fin, (side * 90, 50, "c"), (side * 40, 34)]), colour, 7)
    return drawn


def _colour(paint: Paint, otherwise: Color) -> Color:
    return paint.colour(paint.sheet.collar_colour, otherwise)


_COLLARS: dict[str, Callable[[Paint], str]] = {"fluff": _fluff, "spikes": _spikes, "ring": _ring, "fins": _fins}

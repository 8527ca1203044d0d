"""Tails. A rig gives five points from the rump to the tip; a tail follows them. A new tail is a function in _TAILS."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from storyforge.illustration.paper.color import Color, named, oklch
from storyforge.illustration.paper.cut import cut, glow, transformed
from storyforge.illustration.paper.geometry import Point, ribbon, scallop, smooth, sparkle, spine
from storyforge.illustration.paper.puppets.marks import clock, fur
from storyforge.illustration.paper.puppets.paint import Paint, line

Spine = Sequence[Point]
_BRUSH = (18, 50, 80, 64, 2)


def tail(paint: Paint, along: Spine) -> str:
    draw = _TAILS.get(paint.sheet.tail)
    return draw(paint, along) if draw else ""


def _bushy(paint: Paint, along: Spine) -> str:
    tip = paint.colour(paint.sheet.tail_tip, paint.belly)
    return _brush(paint, along) + cut(ribbon(along, _wider(1.01), tip="point", start=0.60, zigzag=3), tip, 2)


def _flame(paint: Paint, along: Spine) -> str:
    amber = paint.colour(paint.sheet.tail_tip, "amber")
    drawn = _brush(paint, along) + glow(along[-2][0], along[-2][1], 86, amber, 0.35)
    drawn += cut(ribbon(along, _wider(1.02), tip="point", start=0.50, zigzag=3), amber, 1.6, (0, 0, 5, 0.2))
    core = amber.mix(named("lemon") or amber, 0.8)
    return drawn + cut(ribbon(along, _wider(0.72), tip="point", start=0.66, zigzag=2), core, 1.6, (0, 0, 5, 0.2))


def _brush(paint: Paint, along: Spine) -> str:
    return fur(paint, ribbon(along, _BRUSH, tip="point"), paint.base)


def _wider(factor: float) -> list[float]:
    return [width * factor for width in _BRUSH]


def _squirrel(paint: Paint, along: Spine) -> str:
    """Curls over the back, whatever the pose: only its root follows the rump."""
    x, y = along[0][0], along[0][1]
    curl = [(x, y), (x - 74, y - 6), (x - 138, y - 84), (x - 112, y - 196), (x - 30, y - 216), (x - 14, y - 156)]
    drawn = fur(paint, ribbon(curl, [30, 76, 106, 104, 76, 20]), paint.base)
    inner = ribbon(curl, [8, 26, 42, 46, 34, 6], start=0.2)
    return drawn + cut(inner, paint.colour(paint.sheet.tail_tip, paint.base.tint(0.07)), 1.6)


def _thin(paint: Paint, along: Spine) -> str:
    drawn = paint.piece(ribbon(along, [22, 20, 18, 15, 10]), paint.base, 7)
    tip = paint.colour(paint.sheet.tail_tip, paint.dark)
    return drawn + cut(ribbon(along, [23, 21, 19, 16, 11], start=0.78, zigzag=1), tip, 1.5)


def _tuft(paint: Paint, along: Spine) -> str:
    drawn = paint.piece(ribbon(along, [22, 20, 18, 15, 10]), paint.base, 7)
    brush = smooth([(-20, 20), (-30, -10), (0, -46, "c"), (30, -10), (20, 20)])
    turn = _heading(along) + 90
    return drawn + transformed(
        paint.piece(brush, paint.colour(paint.sheet.tail_tip, paint.dark), 6), *_tip(along), 1, turn
    )


def _whip(paint: Paint, along: Spine) -> str:
    return paint.piece(ribbon(along, [10, 9, 8, 6, 4]), paint.colour(paint.sheet.inner, paint.belly), 7)


def _puff(paint: Paint, along: Spine) -> str:
    fill = paint.colour(paint.sheet.tail_tip, paint.belly)
    return paint.piece(scallop(along[0][0] - 16, along[0][1] - 8, 34, 32, 9, 0, 360, close=None), fill, 7)


def _stub(paint: Paint, along: Spine) -> str:
    return paint.piece(ribbon([along[0], along[1]], [34, 6], tip="point"), paint.base, 6)


def _curly(paint: Paint, along: Spine) -> str:
    x, y = along[0][0], along[0][1]
    curl = [
        (x + 4, y),
        (x - 34, y - 8),
        (x - 52, y - 40),
        (x - 30, y - 56),
        (x - 18, y - 34),
        (x - 44, y - 26),
        (x - 72, y - 44),
    ]
    return paint.piece(ribbon(curl, [18, 16, 15, 14, 13, 12, 8]), paint.base.shade(0.03), 6)


def _hair(paint: Paint, along: Spine) -> str:
    """A horse's tail: falls from the rump however high the tip is held, and lies on the ground if it reaches it."""
    x, y = along[0][0], along[0][1]
    rise = max(-60.0, min(60.0, (along[2][1] - y) * 0.5))
    hair = paint.colour(paint.sheet.forelock, paint.dark)
    drawn = ""
    for aside, colour in ((-16, hair.shade(0.05)), (8, hair)):
        fall = [(8, 0), (-46, rise * 0.3 - 18), (aside - 78, rise + 40), (aside - 86, rise + 110)]
        fall.append((aside * 2 - 62, rise * 0.8 + 150))
        under = [max(0.0, y + dy + 14) for _, dy in fall]  # what would be under the ground goes backwards
        points = [(x + dx - low, y + dy - low) for (dx, dy), low in zip(fall, under, strict=True)]
        drawn += paint.piece(ribbon(points, [20, 40, 52, 42, 2], tip="point"), colour, 7)
    return drawn


def _spade(paint: Paint, along: Spine) -> str:
    drawn = fur(paint, ribbon(along, [56, 44, 30, 20, 12]), paint.base, 8)
    spade = smooth([(58, 0, "c"), (16, -32), (-10, -10), (-10, 10), (16, 32)])
    return drawn + transformed(
        paint.piece(spade, paint.colour(paint.sheet.tail_tip, paint.dark), 6), *_tip(along), 1, _heading(along)
    )


def _fin(paint: Paint, along: Spine) -> str:
    drawn = fur(paint, ribbon(along, [44, 40, 30, 22, 16]), paint.base, 8)
    web = smooth([(-8, 0), (34, -44), (88, -66, "c"), (74, -20), (92, 0, "c"), (74, 20), (88, 66, "c"), (34, 44)])
    fluke = paint.piece(web, paint.colour(paint.sheet.wing_colour, paint.accent), 7)
    fluke += "".join(line(f"M6 0Q40 {end * 0.45:.1f} 74 {end}", "#fff", 3.4, 0.45) for end in (-46, -18, 18, 46))
    return drawn + transformed(fluke, *_tip(along), 1, _heading(along))


def _pendulum(paint: Paint, along: Spine) -> str:
    return fur(paint, ribbon(along, [24, 24, 22, 20, 18]), paint.base, 8) + clock(paint, *_tip(along), 40, (-90, 0))


def _ribbons(paint: Paint, along: Spine) -> str:
    return _strand(paint, along, -14, paint.accent, 50) + _strand(paint, along, 10, paint.belly, 50)


def _ray(paint: Paint, along: Spine) -> str:
    """Bands of light with a star at the tip."""
    x, y = _tip(along)
    drawn = glow(x, y, 120, paint.glow, 0.6) if paint.glow else ""
    for aside, colour in ((-18, paint.accent), (16, paint.accent.mix(paint.base, 0.5)), (0, paint.base)):
        drawn += _strand(paint, along, aside, colour, 40)
    return drawn + cut(sparkle(x, y, 34), oklch(0.98, 0.05, 95), 0)


def _strand(paint: Paint, along: Spine, aside: float, colour: Color, width: float) -> str:
    points = [(p[0] + aside * i * 0.8, p[1] + aside * i * 0.9) for i, p in enumerate(along)]
    return paint.piece(ribbon(points, [16, width * 0.86, width, width * 0.66, 2], tip="point"), colour, 7)


def _tip(along: Spine) -> tuple[float, float]:
    return along[-1][0], along[-1][1]


def _heading(along: Spine) -> float:
    """Degrees in which the tail ends."""
    end, before = spine(along)[-1], spine(along)[-3]
    return math.degrees(math.atan2(end[1] - before[1], end[0] - before[0]))


_TAILS: dict[str, Callable[[Paint, Spine], str]] = {
    "bushy": _bushy,
    "nebula": _brush,
    "flame": _flame,
    "squirrel": _squirrel,
    "thin": _thin,
    "tuft": _tuft,
    "whip": _whip,
    "puff": _puff,
    "curly": _curly,
    "stub": _stub,
    "hair": _hair,
    "spade": _spade,
    "fin": _fin,
    "pendulum": _pendulum,
    "ribbon": _ribbons,
    "ray": _ray,
}

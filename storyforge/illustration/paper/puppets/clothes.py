"""What people wear below the neck, and the casing of a robot. Hips are at y=-76, shoulders at y=-178."""

from __future__ import annotations

from storyforge.illustration.paper.color import Color, oklch
from storyforge.illustration.paper.cut import cut
from storyforge.illustration.paper.geometry import Point, rounded_rect, smooth, star
from storyforge.illustration.paper.puppets.paint import Paint, dot, line

_GOWN = smooth(
    [(-48, -204), (0, -212), (48, -204), (66, -130), (104, -28), (92, -14, "c"), (52, -22), (0, -12), (-52, -22),
     (-92, -14, "c"), (-104, -28), (-66, -130)]
)  # fmt: skip
_GOWN_SITTING = smooth(
    [(-48, -204), (0, -212), (48, -204), (66, -140), (116, -92), (122, -66), (60, -60), (-60, -60), (-108, -66),
     (-98, -92), (-66, -140)]
)  # fmt: skip
_SHIRT = smooth([(-50, -202), (0, -212), (50, -202), (66, -150), (60, -72), (0, -62), (-60, -72), (-66, -150)])
SHOE = smooth([(-18, 8), (-20, -12), (0, -20), (26, -10), (34, 2), (30, 10)])


def skin(paint: Paint) -> Color:
    return paint.base if paint.sheet.head == "robot" else paint.skin


def sleeves(paint: Paint) -> Color:
    return paint.colour(paint.sheet.top, "coral")


def trousers(paint: Paint) -> Color:
    return paint.skin if paint.sheet.garment == "dress" else paint.colour(paint.sheet.bottom, "navy")


def shoes(paint: Paint) -> Color:
    return paint.colour(paint.sheet.shoes, oklch(0.38, 0.06, 40))


def wears_gown(paint: Paint) -> bool:
    return paint.sheet.garment in ("dress", "robe")


def torso(paint: Paint, sits: bool) -> str:
    top = sleeves(paint)
    if paint.sheet.head == "robot":
        return _casing(paint, top)
    if wears_gown(paint):
        belt = f'<path d="M-62 -132Q0 -112 62 -132" stroke="{paint.accent}" stroke-width="11" fill="none"/>'
        return paint.piece(_GOWN_SITTING if sits else _GOWN, top) + belt
    drawn = paint.piece(_SHIRT, top)
    if paint.sheet.garment == "armour":
        drawn += line("M-54 -103Q0 -88 54 -103", paint.colour("brown", "brown"), 13)
        return drawn + line("M0 -204V-104", "#fff", 5, 0.4) + cut(star(0, -154, 20), paint.colour("gold", "gold"), 1.5)
    return drawn + line("M-18 -206Q0 -186 18 -206", "#fff", 7, 0.7) + line("M-55 -104h110", "#fff", 10, 0.35)


def _casing(paint: Paint, top: Color) -> str:
    drawn = paint.piece(rounded_rect(-70, -206, 140, 140, 40), top)
    drawn += paint.piece(rounded_rect(-40, -178, 80, 56, 16), oklch(0.9, 0.02, 230), 4)
    lamps = ((-22, "red"), (0, "amber"), (22, "lime"))
    return drawn + "".join(dot(x, -150, 9, paint.colour(word, word)) for x, word in lamps)


def cape(paint: Paint, blown: float, short: bool) -> str:
    """`blown`: units that its hem is moved by the wind; `short`: it lies on the floor."""
    if not paint.sheet.cape:
        return ""
    hem, swing = (-64 if short else -14), blown * 0.3
    points: list[Point] = [(-40, -196, "c"), (40, -196, "c"), (86 + swing, -90), (96 + blown, hem, "c")]
    points += [(40 + blown, hem - 12), (blown, hem + 4, "c"), (-44 + blown, hem - 12), (-104 + blown, hem + 4, "c")]
    return paint.piece(smooth([*points, (-84 + swing, -90)]), paint.colour(paint.sheet.cape, "crimson").shade(0.04))

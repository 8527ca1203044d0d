"""What a person holds, drawn around the hand at (0, 0)."""

from __future__ import annotations

from collections.abc import Callable

from storyforge.illustration.paper.color import oklch
from storyforge.illustration.paper.cut import cut, glow, transformed
from storyforge.illustration.paper.geometry import polygon, ribbon, rounded_rect, smooth, star
from storyforge.illustration.paper.puppets.paint import INK, Paint, line


def held(paint: Paint, hand: tuple[float, float], raised: bool) -> str:
    draw = _THINGS.get(paint.sheet.held)
    return transformed(draw(paint, raised), *hand) if draw else ""


def shield(paint: Paint, hand: tuple[float, float]) -> str:
    if not paint.sheet.shield:
        return ""
    outline = smooth([(-54, -52, "c"), (-8, -62), (38, -52, "c"), (36, 10), (-8, 62, "c"), (-52, 10)])
    drawn = paint.piece(outline, paint.colour(paint.sheet.shield, "azure"), 8)
    return transformed(drawn + cut(star(-8, -4, 26), paint.colour("gold", "gold"), 1.6), *hand)


def _sword(paint: Paint, raised: bool) -> str:
    blade = polygon([(-9, -22), (-9, -140), (0, -160), (9, -140), (9, -22)])
    drawn = paint.piece(blade, oklch(0.92, 0.01, 240), 6)
    drawn += paint.piece(rounded_rect(-30, -28, 60, 13, 6), paint.colour("gold", "gold"), 4)
    drawn += paint.piece(rounded_rect(-7, -18, 14, 34, 6), paint.colour("brown", "brown"), 3)
    return transformed(drawn, 0, 0, 1, 20 if raised else 35)


def _staff(paint: Paint, raised: bool) -> str:
    gem = paint.colour(paint.sheet.gem, "cyan")
    drawn = paint.piece(ribbon([(0, 120), (4, 0), (-4, -150)], [13, 12, 15]), paint.colour("brown", "brown"), 5)
    drawn += glow(-4, -170, 90, gem, 0.7) + paint.piece(
        polygon([(-4, -206), (20, -172), (-4, -138), (-28, -172)]), gem, 5
    )
    return transformed(drawn, 14, 0, 1, 12)


def _lantern(paint: Paint, raised: bool) -> str:
    brown = paint.colour("brown", "brown")
    drawn = glow(0, 40, 120, paint.colour("amber", "amber"), 0.7) + line("M0 0v20", INK, 5)
    drawn += paint.piece(rounded_rect(-22, 18, 44, 52, 12), paint.colour("lemon", "lemon"), 5)
    drawn += paint.piece(rounded_rect(-24, 10, 48, 12, 5), brown, 3)
    return drawn + paint.piece(rounded_rect(-24, 64, 48, 10, 5), brown, 3)


_THINGS: dict[str, Callable[[Paint, bool], str]] = {"sword": _sword, "staff": _staff, "lantern": _lantern}

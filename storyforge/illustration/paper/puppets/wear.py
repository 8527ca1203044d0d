"""What is worn on the head. `look` is the head's three-quarter turn, `y` moves it to the height of the crown."""

from __future__ import annotations

from collections.abc import Callable

from storyforge.illustration.paper.cut import cut, transformed
from storyforge.illustration.paper.geometry import ellipse, num, polygon, rounded_rect, scallop, smooth, star
from storyforge.illustration.paper.puppets.paint import INK, Paint, dot, flat, line


def headwear(paint: Paint, look: float, y: float = 0) -> str:
    sheet = paint.sheet
    drawn = _glasses(paint, look) if sheet.glasses else ""
    above = _crown(paint) if sheet.crown else ""
    above += _HATS[sheet.hat](paint) if sheet.hat in _HATS else ""
    drawn += transformed(above, look * 0.4, y) if above else ""
    aside = (_flower(paint) if sheet.flower else "") + (_bow(paint) if sheet.bow else "")
    return drawn + (transformed(aside, 0, y) if aside else "")


def _crown(paint: Paint) -> str:
    points = [(-44, -64, "c"), (-56, -124, "c"), (-26, -96, "c"), (0, -136, "c"), (26, -96, "c"), (56, -124, "c")]
    drawn = paint.piece(smooth([*points, (44, -64, "c"), (0, -54)]), paint.colour(paint.sheet.crown, "gold"), 7)
    for x, jewel in ((-26, "azure"), (0, "crimson"), (26, "azure")):
        drawn += dot(x, -76, 6, paint.colour(jewel, jewel))
    return drawn


def _wizard_hat(paint: Paint) -> str:
    robe = paint.sheet.top if paint.sheet.rig == "twolegged" else ""
    colour = paint.colour(paint.sheet.hat_colour or robe, "indigo")
    cone = smooth([(-62, -58), (-40, -140), (4, -196), (52, -214, "c"), (34, -176), (40, -120), (64, -58)])
    band = "M-60 -72Q0 -50 62 -72L58 -92Q0 -74 -53 -92Z"
    drawn = paint.piece(cone, colour, 8) + paint.piece(ellipse(0, -56, 118, 24), colour.lighten(-0.05), 8)
    drawn += cut(band, paint.accent, 1.5)
    return drawn + "".join(
        flat(star(x, y, size), "#ffe9a8") for x, y, size in ((5, -118, 13), (29, -160, 9), (-21, -104, 7))
    )


def _party_hat(paint: Paint) -> str:
    cone = paint.piece(polygon([(-46, -66), (10, -168), (40, -62)]), paint.colour(paint.sheet.hat_colour, "azure"), 7)
    pink, lemon = paint.colour("pink", "pink"), paint.colour("lemon", "lemon")
    stripes = line("M-28 -92l54 8M-10 -124l32 6", pink, 8)
    return cone + stripes + cut(scallop(10, -168, 15, 15, 8, 0, 360, close=None), lemon, 1)


def _explorer_hat(paint: Paint) -> str:
    colour = paint.colour(paint.sheet.hat_colour, "tan")
    bowl = paint.piece(smooth([(-68, -62), (-56, -128), (-6, -142), (46, -128), (60, -62)]), colour, 7)
    return bowl + paint.piece(ellipse(-4, -60, 104, 20), colour.lighten(-0.06), 7)


def _beanie(paint: Paint) -> str:
    colour = paint.colour(paint.sheet.hat_colour, "teal")
    bowl = paint.piece(smooth([(-94, -42), (-80, -96), (-6, -128), (70, -96), (84, -42)]), colour, 7)
    bobble = paint.piece(scallop(-6, -132, 22, 22, 9, 0, 360, close=None), colour.lighten(0.2), 5)
    return bowl + paint.piece(rounded_rect(-100, -58, 188, 30, 14), colour.lighten(0.08), 6) + bobble


_HATS: dict[str, Callable[[Paint], str]] = {
    "wizard": _wizard_hat,
    "party": _party_hat,
    "explorer": _explorer_hat,
    "beanie": _beanie,
}


def _glasses(paint: Paint, look: float) -> str:
    frame = paint.colour(paint.sheet.glasses, INK)
    drawn = ""
    for side in (-1, 1):
        lens = ellipse(look + side * 48, 10, 35)
        drawn += flat(lens, "#fff", 0.14) + line(lens, frame, 6)
    return drawn + line(f"M{num(look - 13)} 6q13 -9 26 0", frame, 6)


def _flower(paint: Paint) -> str:
    petal = cut(ellipse(0, -15, 11, 14), paint.colour(paint.sheet.flower, "pink"), 1.2, (0, 1, 3, 0.2))
    drawn = "".join(transformed(petal, 58, -66, 1, degrees) for degrees in range(0, 360, 72))
    return drawn + dot(58, -66, 9, paint.colour("amber", "amber"))


def _bow(paint: Paint) -> str:
    colour = paint.colour(paint.sheet.bow, "pink")
    loops = "".join(
        paint.piece(smooth([(0, 0), (side * 36, -24), (side * 44, 0), (side * 36, 24)]), colour, 5) for side in (-1, 1)
    )
    return transformed(loops + cut(ellipse(0, 0, 12), colour.lighten(-0.08), 1.5), 56, -78, 1, 14)

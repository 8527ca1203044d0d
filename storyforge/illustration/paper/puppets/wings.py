"""Wings, spread backwards from (0, 0)."""

from __future__ import annotations

from storyforge.illustration.paper.cut import transformed
from storyforge.illustration.paper.geometry import smooth
from storyforge.illustration.paper.puppets.paint import Paint, dot, line

_OUTLINES = {
    "bat": smooth(
        [(0, 0, "c"), (-40, -90), (-120, -170, "c"), (-128, -110), (-190, -96, "c"), (-160, -56), (-196, -10, "c"),
         (-120, -16), (-84, 24, "c"), (-40, 8)]
    ),
    "butterfly": smooth(
        [(0, 0, "c"), (-30, -120), (-110, -180), (-170, -130), (-130, -50), (-60, -14), (-130, 10), (-140, 70),
         (-80, 84), (-24, 40)]
    ),
    "feather": smooth(
        [(0, 10, "c"), (-20, -80), (-90, -160), (-190, -190, "c"), (-160, -140), (-206, -130, "c"), (-160, -92),
         (-196, -70, "c"), (-140, -44), (-160, -12, "c"), (-90, 0), (-50, 26)]
    ),
}  # fmt: skip
_RIBS = {
    "bat": "M0 0Q-60 -90 -120 -168M-6 0Q-90 -60 -188 -95M-8 4Q-90 -16 -194 -10",
    "feather": "M-24 -30Q-80 -90 -160 -130M-30 -12Q-90 -50 -156 -84M-34 4Q-80 -16 -134 -36",
}


def wing(paint: Paint, x: float, y: float, turn: float = 0, far: bool = False) -> str:
    word = paint.sheet.wings
    if word == "none":
        return ""
    colour = paint.colour(paint.sheet.wing_colour, paint.accent)
    drawn = paint.piece(_OUTLINES[word], colour.shade(0.06) if far else colour)
    if word == "butterfly":
        drawn += dot(-100, -116, 24, paint.belly, 0.8) + dot(-92, 44, 15, paint.belly, 0.8)
    else:
        drawn += line(_RIBS[word], "#fff", 4, 0.4)
    return transformed(drawn, x, y, 0.86 if far else 1, turn)

"""Bodies of small ones: snails, and insects with two pairs of wings."""

from __future__ import annotations

import math

from storyforge.illustration.paper.cut import cut, transformed
from storyforge.illustration.paper.geometry import Point, ellipse, ribbon, smooth
from storyforge.illustration.paper.puppets.collars import collar
from storyforge.illustration.paper.puppets.expressions import Expression
from storyforge.illustration.paper.puppets.eyes import cheeks, eyes
from storyforge.illustration.paper.puppets.marks import fur, motif
from storyforge.illustration.paper.puppets.mouth import mouth
from storyforge.illustration.paper.puppets.paint import Drawing, Paint, dot, line
from storyforge.illustration.paper.puppets.resting import snores
from storyforge.illustration.paper.puppets.wear import headwear

_HEAD = ellipse(0, 0, 92, 84)
_LIFTS = {"leap": 90.0, "fly": 150.0, "cheer": 24.0}
_NODS = {"look": -10.0, "sneak": 8.0, "fight": 8.0, "run": 6.0, "sleep": 8.0, "cheer": -8.0, "cast": -6.0}


def _face(paint: Paint, mood: Expression) -> str:
    drawn = cheeks(paint, 14, 40, 62) + eyes(paint, mood, 14, 2, 44, 0.95) + mouth(paint, mood, 16, 42, 0.95)
    return drawn + motif(paint, 14, -54) + transformed(headwear(paint, 14), 0, 8, 0.9)


def snail(paint: Paint, pose: str, mood: Expression) -> Drawing:
    low = pose in ("sleep", "lie", "sneak")
    head = (112.0, -120.0) if low else (112.0, -196.0)
    foot = [
        (-190, 0, "c"),
        (-120, -34),
        (20, -44),
        (70, -70),
        (82, head[1]),
        (140, head[1]),
        (150, -60),
        (140, 0),
        (0, 6),
    ]
    drawn = fur(paint, smooth(foot), paint.base, 9)
    drawn += line("M-160 -6Q0 -16 136 -12", paint.belly, 12, 0.8) + transformed(_shell(paint), -40, -118)
    drawn += collar(paint, 108, head[1] + 84, 0.8)
    stalks = "".join(_feeler(paint, side, 96) for side in (-1, 1)) + fur(paint, _HEAD, paint.base, 10, upper=0.4)
    drawn += transformed(stalks + _face(paint, mood), *head, 1, _NODS.get(pose, 0))
    return Drawing(drawn + (snores(paint, 210, -240) if pose == "sleep" else ""), head, _LIFTS.get(pose, 0))


def _shell(paint: Paint) -> str:
    colour = paint.colour(paint.sheet.back_colour, paint.dark)
    turns: list[Point] = []
    for i in range(22):  # a spiral from the rim inwards
        angle, radius = 0.6 + i * 0.62, 92 - i * 4.1
        turns.append((radius * math.cos(angle), radius * math.sin(angle)))
    spiral = line(smooth(turns, closed=False), colour.shade(0.16), 10)
    return (
        paint.piece(ellipse(0, 0, 112, 108), colour, 10)
        + cut(ellipse(-6, -8, 96, 92), colour.lighten(0.06), 1.6)
        + spiral
    )


def _feeler(paint: Paint, side: int, length: float) -> str:
    x = side * 34 + 8
    curve = [(x, -60), (x + side * 14, -60 - length * 0.5), (x + side * 30, -60 - length * 0.8)]
    tip = paint.piece(
        ellipse(curve[2][0], curve[2][1], 15), paint.accent if paint.sheet.rig == "insect" else paint.base.tint(), 5
    )
    return paint.piece(ribbon(curve, [13, 11, 9]), paint.far, 5) + tip


def insect(paint: Paint, pose: str, mood: Expression) -> Drawing:
    rests = pose in ("sit", "lie", "sleep")
    flap = -16 if pose in ("fly", "leap", "cheer", "run") else 26 if rests else 0
    body = [(60, -150), (20, -196), (-50, -190), (-112, -140), (-130, -92), (-84, -74), (-10, -92), (46, -110)]
    drawn = transformed(_pair(paint), -10, -170, 1, 14 + flap)
    drawn += "".join(line(f"M{x} -96q-4 24 10 40", paint.dark, 9) for x in (-44, -10, 24))
    drawn += fur(paint, smooth(body), paint.base, 9) + transformed(_pair(paint), -24, -166, 1, flap - 12)
    head = (64.0, -196.0)
    drawn += collar(paint, 40, -136, 0.8)
    feelers = "".join(_feeler(paint, side, 80) for side in (-1, 1)) + fur(
        paint, _HEAD, paint.base if paint.sheet.pattern == "none" else paint.base.tint(), 10, upper=0.01
    )
    drawn += transformed(feelers + _face(paint, mood), *head, 1, _NODS.get(pose, 0))
    lift = 0.0 if rests else 60 + _LIFTS.get(pose, 30.0)
    shift = 50 if rests else 0
    return Drawing(
        transformed(drawn, 0, shift) + (snores(paint, 160, -240) if pose == "sleep" else ""), (64, -196.0 + shift), lift
    )


def _pair(paint: Paint) -> str:
    """An upper and a lower wing."""
    colour = paint.colour(paint.sheet.wing_colour, paint.accent)
    if paint.sheet.wings != "butterfly":
        upper, lower = ellipse(-58, -62, 44, 74), ellipse(-72, 8, 34, 50)
        return f'<g transform="rotate(-24)">{cut(lower, colour, 2.2, 7, 0.75)}{cut(upper, colour, 2.2, 7, 0.8)}</g>'
    lower = smooth([(0, 0, "c"), (-80, -16), (-150, 20), (-146, 86), (-92, 104), (-40, 60)])
    upper = smooth([(0, 0, "c"), (-24, -110), (-92, -186), (-168, -176), (-178, -96), (-120, -24)])
    drawn = paint.piece(lower, colour.shade(0.04), 8) + dot(-104, 54, 22, paint.accent, 0.9)
    return (
        drawn
        + paint.piece(upper, colour, 9)
        + dot(-116, -118, 30, paint.accent, 0.9)
        + dot(-72, -70, 13, paint.belly, 0.8)
    )

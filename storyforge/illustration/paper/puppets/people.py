"""Heads of people and robots, half-width about 100 around (0, 0)."""

from __future__ import annotations

from storyforge.illustration.paper.color import Color, named, oklch
from storyforge.illustration.paper.cut import cut, glow
from storyforge.illustration.paper.geometry import Point, ellipse, num, ribbon, rounded_rect, scallop, smooth
from storyforge.illustration.paper.puppets.expressions import Expression
from storyforge.illustration.paper.puppets.eyes import cheeks, eyes
from storyforge.illustration.paper.puppets.mouth import mouth
from storyforge.illustration.paper.puppets.paint import INK, Paint, dot, flat, line
from storyforge.illustration.paper.puppets.wear import headwear

_FACE = smooth(
    [
        (0, -90),
        (62, -78),
        (96, -28),
        (98, 24),
        (74, 68),
        (30, 90),
        (0, 93),
        (-30, 90),
        (-74, 68),
        (-98, 24),
        (-96, -28),
        (-62, -78),
    ]
)
_BEARD: list[Point] = [
    (-96, 20), (-90, 84), (-50, 128), (-18, 120), (6, 166, "c"), (26, 122), (60, 124), (92, 80), (98, 20), (70, 50),
    (34, 44),
    (14, 50), (-30, 44), (-66, 52),
]  # fmt: skip
_FRINGE: dict[str, list[Point]] = {
    "short": [
        (-104, 10, "c"), (-106, -40), (-70, -98), (0, -116), (70, -100), (108, -40), (104, 14, "c"), (88, -14),
        (70, -40),
        (34, -58, "c"), (20, -36), (-20, -62, "c"), (-40, -30), (-74, -44, "c"), (-88, -10),
    ],
    "long": [
        (-104, 30, "c"), (-108, -36), (-70, -98), (0, -114), (70, -98), (108, -36), (106, 30, "c"), (92, -10),
        (60, -50),
        (10, -60, "c"), (-50, -48), (-88, -8),
    ],
}  # fmt: skip
_LONG_HAIR = [
    (-98, -20),
    (-112, 60),
    (-104, 128),
    (-50, 140),
    (0, 120),
    (60, 140),
    (108, 126),
    (114, 50),
    (100, -30),
    (0, -96),
]


def person_head(paint: Paint, mood: Expression, look: float = 14) -> str:
    hair = paint.colour(paint.sheet.hair, "brown")
    face = _person(paint, hair)
    drawn = _hair_behind(paint, hair) + _ears(face, look) + face.piece(_FACE, face.skin)
    drawn += cheeks(face, look, 46, 66) + eyes(face, mood, look, 14, 42, 0.92, face.skin) + _nose(face, look)
    drawn += _beard(face, mood, look) if paint.sheet.beard else mouth(face, mood, look + 2, 58, 0.95)
    return drawn + _hair_before(paint, hair) + headwear(paint, look, -6)


def knight_head(paint: Paint, mood: Expression, look: float = 14) -> str:
    """A face in an open helmet."""
    steel, plume = paint.colour("silver", "silver"), paint.colour(paint.sheet.plume, "red")
    face = _person(paint, paint.colour(paint.sheet.hair, "brown"))
    drawn = face.piece(_FACE, face.skin) + cheeks(face, look, 46, 66) + eyes(face, mood, look, 14, 42, 0.92, face.skin)
    drawn += _nose(face, look) + mouth(face, mood, look + 2, 58, 0.95)
    helmet = [
        (-104, 20, "c"),
        (-104, -30),
        (-70, -92),
        (0, -112),
        (72, -92),
        (106, -30),
        (106, 20, "c"),
        (84, 4),
        (70, -24),
        (0, -36),
    ]
    chin = [
        (-92, 24, "c"),
        (-96, 70),
        (-56, 100),
        (0, 108),
        (60, 100),
        (98, 70),
        (94, 24, "c"),
        (70, 72),
        (0, 84),
        (-68, 72),
    ]
    drawn += paint.piece(smooth([*helmet, (-66, -24), (-84, 4)]), steel)
    drawn += paint.piece(
        ribbon([(0, -106), (-40, -150), (-104, -150), (-150, -100)], [16, 48, 56, 4], tip="point"), plume, 8
    )
    drawn += paint.piece(smooth(chin), steel.shade(0.06), 7)
    return drawn + "".join(dot(x, y, 4.5, INK, 0.35) for x, y in ((-88, -30), (90, -30), (-60, -74), (62, -74)))


def robot_head(paint: Paint, mood: Expression, look: float = 14) -> str:
    metal, light = paint.base, paint.eye
    drawn = line("M0 -84V-128", metal.shade(0.15), 8) + glow(0, -136, 60, light, 0.7)
    drawn += paint.piece(ellipse(0, -136, 16), paint.accent, 5)
    drawn += "".join(
        paint.piece(rounded_rect(side * 112 - 16, -24, 32, 60, 10), metal.shade(0.12), 6) for side in (-1, 1)
    )
    drawn += paint.piece(rounded_rect(-112, -88, 224, 172, 46), metal, 10)
    drawn += paint.piece(rounded_rect(-86 + look * 0.4, -58, 172, 116, 32), oklch(0.26, 0.04, 265), 5, rim=0)
    drawn += "".join(_lamp(mood, look + side * 40, side, light) for side in (-1, 1))
    return drawn + _speaker(mood, look, light) + headwear(paint, 0)


def _lamp(mood: Expression, x: float, side: int, light: Color) -> str:
    """A robot's eye on its screen."""
    shine = glow(x, -4, 46, light, 0.55)
    if mood.eyes == "arc":
        return shine + line(f"M{num(x - 18)} 4Q{num(x)} -26 {num(x + 18)} 4", light, 9)
    if mood.eyes == "closed":
        return shine + line(f"M{num(x - 18)} -2h36", light, 8)
    tall = 44 if mood.eyes == "wide" else 38
    lamp = flat(rounded_rect(x - 14, -24, 28, tall, 13), light) + dot(x - 4, -12, 5, "#fff")
    slope = {"angry": 12, "sad": -12, "half": 0}.get(mood.eyes)
    if slope is None:
        return shine + lamp
    inner, outer = num(-14 + slope * 0.5), num(-14 - slope * 0.5)
    left, right = (outer, inner) if side < 0 else (inner, outer)
    lid = f"M{num(x - 18)} {left}L{num(x + 18)} {right}V-34H{num(x - 18)}Z"
    return shine + lamp + flat(lid, oklch(0.26, 0.04, 265))


def _speaker(mood: Expression, look: float, light: Color) -> str:
    if mood.mouth in ("open", "laugh", "shout", "o"):
        return flat(ellipse(look, 34, 15 if mood.mouth != "o" else 9, 10), light)
    if mood.mouth in ("wavy", "grit"):
        return line(f"M{num(look - 20)} 34l8 -6l8 8l8 -8l8 8l8 -6", light, 5)
    return line(f"M{num(look - 16)} 30q16 {-10 if mood.mouth == 'frown' else 12} 32 0", light, 6)


def _person(paint: Paint, hair: Color) -> Paint:
    """The same sheet with skin for fur and hair for markings, which is what lids and brows are made of."""
    lids = {"base": paint.skin.hex, "dark": hair.lighten(-0.05).hex, "eye": paint.sheet.eye}
    return Paint(paint.sheet.model_copy(update=lids), paint.flip)


def _ears(face: Paint, look: float) -> str:
    return "".join(
        face.piece(ellipse(side * 94 + look * 0.3, 20, 19, 22), face.skin.shade(0.03), 5) for side in (-1, 1)
    )


def _nose(face: Paint, look: float) -> str:
    return line(f"M{num(look - 4)} 42q7 5 10 -1", face.skin.shade(0.2), 4.5)


def _beard(face: Paint, mood: Expression, look: float) -> str:
    path = smooth(_BEARD)
    moustache = smooth([(look - 40, 58), (look, 44), (look + 44, 58), (look + 22, 66), (look, 58), (look - 20, 66)])
    colour = face.colour(face.sheet.beard, "white")
    return (
        face.piece(path, colour, 7)
        + mouth(face, mood, look + 2, 64, 0.9)
        + face.piece(moustache, colour.lighten(0.02), 4)
    )


def _hair_behind(paint: Paint, hair: Color) -> str:
    style = paint.sheet.hair_style
    if style == "long":
        return paint.piece(smooth(_LONG_HAIR), hair.shade(0.05), 8)
    if style == "bun":
        return paint.piece(ellipse(6, -116, 42, 38), hair, 7)
    if style == "pigtails":
        cap = smooth([(-98, 0), (-60, -90), (0, -104), (60, -90), (98, 0), (60, 60), (-60, 60)])
        return paint.piece(cap, hair.shade(0.05), 8) + "".join(_pigtail(paint, hair, side) for side in (-1, 1))
    return ""


def _pigtail(paint: Paint, hair: Color, side: int) -> str:
    tail = [(side * 88, -30), (side * 134, -34), (side * 154, 20), (side * 128, 84, "c"), (side * 96, 30)]
    ribbon_colour = named(paint.sheet.bow or "coral")
    return paint.piece(smooth(tail), hair, 7) + cut(ellipse(side * 96, -24, 13), ribbon_colour or hair, 1.5)


def _hair_before(paint: Paint, hair: Color) -> str:
    style = paint.sheet.hair_style
    if style == "curly":
        return paint.piece(scallop(0, -40, 108, 74, 9, 170, 370, 0.6, close=None), hair, 8)
    if style == "bald":
        sides = (
            [(-104, 24), (-110, -14), (-92, -44), (-82, -10), (-90, 24)],
            [(104, 24), (110, -14), (94, -44), (86, -10), (92, 24)],
        )
        return "".join(paint.piece(smooth(points), hair, 5) for points in sides)
    return paint.piece(smooth(_FRINGE["short" if style == "short" else "long"]), hair, 7)

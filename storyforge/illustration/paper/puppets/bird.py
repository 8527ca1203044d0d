"""The body of birds."""

from __future__ import annotations

from typing import NamedTuple

from storyforge.illustration.paper.color import named
from storyforge.illustration.paper.cut import cut, transformed
from storyforge.illustration.paper.geometry import Point, ellipse, polygon, smooth
from storyforge.illustration.paper.puppets.collars import collar
from storyforge.illustration.paper.puppets.expressions import Expression
from storyforge.illustration.paper.puppets.eyes import cheeks, eyes
from storyforge.illustration.paper.puppets.marks import fur, motif
from storyforge.illustration.paper.puppets.paint import Drawing, Paint, line, within
from storyforge.illustration.paper.puppets.resting import snores
from storyforge.illustration.paper.puppets.wear import headwear


class Stance(NamedTuple):
    """`wing`: degrees by which the near wing is raised; `drop`: how far it sits down, legs tucked in."""

    wing: float = 0
    lean: float = 0
    lift: float = 0
    drop: float = 0
    flies: bool = False
    far_wing: bool = False


_STANCES = {
    "stand": Stance(),
    "look": Stance(lean=-6),
    "walk": Stance(lean=4),
    "run": Stance(lean=12, wing=-30, lift=10),
    "leap": Stance(wing=96, lift=120, flies=True, far_wing=True),
    "fly": Stance(wing=96, lift=190, lean=6, flies=True, far_wing=True),
    "sneak": Stance(lean=16, drop=12),
    "fight": Stance(lean=12, wing=80, far_wing=True),
    "cheer": Stance(wing=88, lift=12, far_wing=True),
    "wave": Stance(wing=92),
    "cast": Stance(wing=60, lean=-4),
    "sit": Stance(drop=26),
    "lie": Stance(drop=26),
    "sleep": Stance(drop=26, lean=5),
}
_BODY = smooth(
    [
        (10, -320),
        (84, -300),
        (118, -230),
        (122, -130),
        (90, -50),
        (10, -20),
        (-80, -40),
        (-122, -110),
        (-104, -220),
        (-66, -298),
    ]
)
_BREAST = smooth([(30, -180), (100, -150), (120, -70), (40, -6), (-40, -30), (-46, -120)])
_TAIL = smooth([(-100, -110), (-190, -110, "c"), (-170, -84), (-200, -66, "c"), (-110, -60)])
_FAR_WING = smooth([(0, 20, "c"), (-40, -60), (-20, -190, "c"), (30, -140), (60, -150, "c"), (70, -60), (80, 0)])
_NEAR_WING: list[Point] = [
    (20, -10),
    (34, 40),
    (10, 100),
    (-60, 130, "c"),
    (-54, 96),
    (-84, 92, "c"),
    (-66, 60),
    (-84, 44, "c"),
    (-40, -6),
]


def bird(paint: Paint, pose: str, mood: Expression) -> Drawing:
    stance = _STANCES.get(pose, _STANCES["stand"])
    drawn = paint.piece(_TAIL, paint.dark, 7) + ("" if stance.flies or stance.drop > 20 else _feet(paint))
    drawn += transformed(paint.piece(_FAR_WING, paint.far, 8), -30, -150) if stance.far_wing else ""
    drawn += fur(paint, _BODY, paint.base, 10) + within(_BODY, cut(_BREAST, paint.belly, 1.6))
    drawn += _crest(paint) + _mask(paint) + _face(paint, mood) + motif(paint, 16, -284)
    drawn += collar(paint, 8, -150, 1.05)
    drawn += transformed(headwear(paint, 16), 0, -232, 0.94)
    raised = max(0, stance.wing) / 96
    wing = paint.colour(paint.sheet.wing_colour, paint.dark.mix(paint.base, 0.4))
    drawn += transformed(paint.piece(smooth(_NEAR_WING), wing), -34 - raised * 44, -170 + raised * 34, 1, stance.wing)
    if stance.lean:
        drawn = f'<g transform="rotate({stance.lean} 0 -40)">{drawn}</g>'
    drawn = transformed(drawn, 0, stance.drop) + (snores(paint, 130, -340) if pose == "sleep" else "")
    return Drawing(drawn, (16, -228 + stance.drop), stance.lift)


def _feet(paint: Paint) -> str:
    colour = paint.colour(paint.sheet.beak, "amber").shade(0.05)
    return "".join(line(f"M{x} -30V-6M{x} -6l-16 8M{x} -6l4 10M{x} -6l20 8", colour, 9) for x in (-24, 30))


def _crest(paint: Paint) -> str:
    if paint.sheet.crest == "tufts":
        return "".join(
            paint.piece(
                smooth([(side * 30 + 10, -300), (side * 84 + 10, -362, "c"), (side * 80 + 10, -280)]), paint.base, 6
            )
            for side in (-1, 1)
        )
    if paint.sheet.crest == "feathers":
        path = smooth(
            [(-10, -312), (-30, -350, "c"), (6, -336), (12, -372, "c"), (28, -334), (52, -350, "c"), (36, -308)]
        )
        return paint.piece(path, paint.colour(paint.sheet.crest_colour, paint.light), 6)
    return ""


def _mask(paint: Paint) -> str:
    """A penguin's heart-shaped face; an owl's two discs."""
    if not paint.sheet.mask:
        return ""
    colour = paint.colour(paint.sheet.mask, "white")
    if paint.sheet.crest == "tufts":
        return "".join(cut(ellipse(14 + side * 46, -226, 46, 50), colour, 1.6) for side in (-1, 1))
    right: list[Point] = [(16, -226), (40, -282), (92, -272), (104, -214), (60, -168), (16, -160)]
    return cut(smooth([*right, (-26, -168), (-70, -214), (-58, -272), (-8, -282)]), colour, 1.6)


def _face(paint: Paint, mood: Expression) -> str:
    face = transformed(cheeks(paint, 16, 40, 66) + eyes(paint, mood, 16, 0, 44, lid=named(paint.sheet.mask)), 0, -228)
    colour = paint.colour(paint.sheet.beak, "amber")
    if mood.mouth in ("open", "laugh", "shout", "o"):
        face += paint.piece(polygon([(6, -190), (46, -186), (26, -158)]), colour.shade(0.1), 4)
    return face + paint.piece(smooth([(-6, -202), (20, -216), (44, -204), (64, -188, "c"), (20, -182)]), colour, 5)

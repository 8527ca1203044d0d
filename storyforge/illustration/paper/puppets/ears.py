"""Ears, each cut once, growing upwards from (0, 0); the head places and turns them. A new ear is an entry in EARS."""

from __future__ import annotations

from typing import NamedTuple

from storyforge.illustration.paper.cut import cut, glow, transformed
from storyforge.illustration.paper.geometry import ellipse, smooth
from storyforge.illustration.paper.puppets.marks import fur
from storyforge.illustration.paper.puppets.paint import Paint, flat, line, within


class Ear(NamedTuple):
    """`at`: where it grows, right of the head's middle; `turn`: degrees outwards; `tip`: where its tip begins."""

    outline: str
    inside: str
    at: tuple[float, float]
    turn: float
    tip: float = -70
    in_front: bool = False


EARS: dict[str, Ear] = {
    "pointed": Ear(
        smooth([(-40, 14), (-40, -40), (14, -136, "c"), (38, -48), (42, 14)]),
        smooth([(-20, 4), (-21, -34), (10, -104, "c"), (19, -40), (22, 4)]),
        (62, -54), 17, -86,
    ),
    "cat": Ear(
        smooth([(-46, 14), (-40, -34), (12, -96, "c"), (38, -40), (46, 14)]),
        smooth([(-24, 4), (-22, -28), (8, -72, "c"), (20, -32), (24, 4)]),
        (62, -52), 20, -62,
    ),
    "long": Ear(
        smooth([(-24, 14), (-42, -60), (-22, -130), (10, -186, "c"), (34, -128), (44, -56), (24, 14)]),
        smooth([(-10, 4), (-22, -58), (-10, -116), (7, -152, "c"), (18, -112), (23, -54), (10, 4)]),
        (52, -58), 20, -112,
    ),
    "floppy": Ear(
        smooth([(-16, 6), (-20, -34), (26, -52), (62, -20), (80, 40), (66, 84), (36, 70), (20, 30)]),
        "", (74, -50), 0, 30, in_front=True,
    ),
    "bear": Ear(ellipse(0, -16, 38, 38), ellipse(0, -14, 21, 21), (76, -62), 0, -30),
    "mouse": Ear(ellipse(10, -40, 58, 58), ellipse(10, -38, 38, 38), (74, -58), 0),
    "leaf": Ear(
        smooth([(-16, 8), (-22, -30), (30, -92, "c"), (28, -34), (18, 8)]),
        smooth([(-6, 2), (-9, -26), (22, -68, "c"), (13, -28), (8, 2)]),
        (72, -50), 38, -56,
    ),
    "fin": Ear(
        smooth([(-22, 16), (-34, -44), (-22, -126, "c"), (2, -88), (30, -116, "c"), (38, -70), (72, -74, "c"),
                (58, -24), (30, 18)]),
        "", (88, -22), 50,
    ),
    "hand": Ear(  # the hand of an old clock, with its spade
        smooth([(-15, 14), (-11, -52), (-16, -66), (-36, -84), (-30, -122), (4, -178, "c"), (32, -122), (36, -84),
                (16, -66), (11, -52), (15, 14)]),
        smooth([(-14, -88), (-10, -112), (3, -142, "c"), (13, -112), (15, -88), (0, -76)]),
        (54, -66), 20, -150,
    ),
    "feather": Ear(
        smooth([(-22, 14), (-34, -50), (-18, -104), (34, -190, "c"), (30, -110), (46, -96, "c"), (30, -50), (24, 14)]),
        smooth([(-9, 4), (-16, -50), (-4, -96), (22, -146, "c"), (15, -90), (10, 4)]),
        (56, -56), 24, -110,
    ),
    "tufted": Ear(  # a squirrel's brush
        smooth([(-34, 14), (-38, -40), (-16, -82), (2, -142, "c"), (12, -104), (30, -132, "c"), (30, -84),
                (38, -40), (36, 14)]),
        smooth([(-16, 4), (-18, -34), (2, -78, "c"), (18, -36), (17, 4)]),
        (62, -58), 14, -92,
    ),
    "pig": Ear(
        smooth([(-34, 10), (-40, -40), (-6, -86), (36, -66, "c"), (34, -30), (38, 10)]),
        smooth([(-18, 2), (-20, -36), (0, -64), (22, -54, "c"), (20, -24), (20, 2)]),
        (64, -54), 22, -60,
    ),
    "fan": Ear(  # an elephant's
        smooth([(-30, -20), (10, -84), (84, -92), (132, -30), (124, 62), (78, 112), (30, 84), (-6, 40)]),
        smooth([(4, -10), (26, -56), (80, -64), (106, -20), (98, 48), (70, 80), (38, 60), (14, 30)]),
        (72, -22), 4, 120,
    ),
}  # fmt: skip


def ears(paint: Paint, shift: float, droop: float = 0) -> tuple[str, str]:
    """Both ears as (behind the head, in front of it). `shift`: the head's three-quarter turn; `droop` in degrees."""
    ear = EARS.get(paint.sheet.ears)
    if ear is None:
        return "", ""
    x, y = ear.at
    far = transformed(_one(paint, ear, far=True), shift - x, y, 0.96, droop - ear.turn, flip=True)
    both = far + transformed(_one(paint, ear, far=False), shift + x, y, 1, ear.turn + droop)
    return ("", both) if ear.in_front else (both, "")


def _one(paint: Paint, ear: Ear, far: bool) -> str:
    drawn = fur(paint, ear.outline, paint.far if far else paint.base, 8)
    if ear.inside:
        drawn += cut(ear.inside, paint.inner, 0)
    if paint.sheet.ears == "fin":
        drawn += _fin_rays(paint)
    if paint.sheet.ear_tip:
        drawn = _tip_glow(paint, ear) + drawn + within(ear.outline, _tip(paint, ear))
    return drawn


def _fin_rays(paint: Paint) -> str:
    ends = ("-6.7 -62.4 -19 -104", "9.1 -58.8 26 -98", "21 -39.6 60 -66")
    return "".join(line(f"M2 6Q{end}", paint.inner, 5, 0.8) for end in ends)


def _tip(paint: Paint, ear: Ear) -> str:
    """Everything above `tip`, with a torn lower edge."""
    teeth = "l18 14 16 -16 18 18 18 -20 18 20 18 -18 18 16 20 -16"
    return flat(f"M-90 {ear.tip}{teeth}V-260H-90Z", paint.colour(paint.sheet.ear_tip, paint.dark))


def _tip_glow(paint: Paint, ear: Ear) -> str:
    return glow(0, ear.tip - 22, 90, paint.glow, 0.5) if paint.glow else ""

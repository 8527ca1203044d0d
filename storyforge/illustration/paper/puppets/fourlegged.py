"""The body of those who go on four legs: standing, moving, and (in resting.py) sitting and lying."""

from __future__ import annotations

import math
from typing import NamedTuple

from storyforge.illustration.paper.cut import transformed
from storyforge.illustration.paper.geometry import Point, ribbon, smooth
from storyforge.illustration.paper.puppets import resting
from storyforge.illustration.paper.puppets.backs import back
from storyforge.illustration.paper.puppets.collars import collar
from storyforge.illustration.paper.puppets.expressions import Expression
from storyforge.illustration.paper.puppets.heads import animal_head
from storyforge.illustration.paper.puppets.limbs import leg
from storyforge.illustration.paper.puppets.marks import fur
from storyforge.illustration.paper.puppets.paint import Drawing, Paint, flat, within
from storyforge.illustration.paper.puppets.tails import tail
from storyforge.illustration.paper.puppets.wings import wing


class Stance(NamedTuple):
    """A pose on the feet or in the air. Angles in degrees, places in units; legs are (angle, bend) of the near front,
    far front, near hind, far hind one."""

    head: tuple[float, float, float]
    lean: float
    legs: tuple[tuple[float, float], ...]
    tail: tuple[Point, ...]
    droop: float = 0
    lift: float = 0
    flutter: float = 6


_RAISED = ((-104, -132), (-162, -136), (-216, -190), (-222, -274), (-184, -344))
_STANCES = {
    "stand": Stance((78, -272, 0), 0, ((3, 0), (-5, 0), (-4, 0), (6, 0)), _RAISED),
    "look": Stance((76, -276, -13), -2, ((2, 0), (-5, 0), (-4, 0), (6, 0)), _RAISED, -6),
    "walk": Stance(
        (88, -270, 2), -2, ((20, 0), (-18, -6), (-22, 6), (16, 0)),
        ((-104, -134), (-168, -136), (-228, -176), (-248, -252), (-222, -322)), -4,
    ),
    "run": Stance(
        (120, -252, 5), -6, ((62, -10), (36, -10), (-60, 12), (-34, 10)),
        ((-104, -138), (-170, -162), (-236, -160), (-304, -184), (-366, -170)), -24, 0, -8,
    ),
    "leap": Stance(
        (128, -272, -2), -18, ((68, -16), (44, -20), (-64, 14), (-46, 10)),
        ((-100, -122), (-158, -112), (-218, -78), (-278, -64), (-342, -80)), -26, 120, 10,
    ),
    "fly": Stance(
        (124, -276, -4), -14, ((50, -22), (28, -24), (-74, 10), (-58, 10)),
        ((-100, -126), (-162, -114), (-224, -132), (-290, -108), (-358, -130)), -22, 190,
    ),
    "fight": Stance(
        (126, -206, 6), 10, ((34, 0), (10, 0), (-14, 0), (14, 0)),
        ((-98, -158), (-156, -200), (-184, -272), (-160, -346), (-186, -412)), -20, 0, -10,
    ),
    "sneak": Stance(
        (130, -188, 4), 5, ((26, 8), (-8, 0), (-30, 10), (10, 0)),
        ((-104, -136), (-170, -128), (-230, -148), (-284, -136), (-334, -158)), -14,
    ),
    "cast": Stance(  # rears up
        (84, -316, -8), -26, ((76, -16), (52, -18), (-8, 4), (12, 0)),
        ((-92, -104), (-150, -92), (-214, -124), (-232, -204), (-200, -280)), -10, 0, 14,
    ),
}  # fmt: skip
_PIVOT = (-10, -128)
_JOINTS = ((60, -116), (28, -112), (-74, -108), (-42, -110))
_BODY = [
    (-122, -132),
    (-98, -180),
    (-34, -190),
    (28, -204),
    (80, -190),
    (102, -146),
    (84, -98),
    (20, -78),
    (-56, -78),
    (-112, -94),
]
_BELLY = smooth([(-110, -60), (-50, -100), (20, -104), (100, -156), (130, -70), (20, -40)])
_HAUNCH = smooth([(-2, -60), (44, -40), (52, 8), (26, 52), (-6, 62), (-34, 44), (-54, -4), (-42, -46)])


def fourlegged(paint: Paint, pose: str, mood: Expression) -> Drawing:
    if pose in ("sit", "cheer", "wave"):
        return resting.sitting(paint, pose, mood)
    if pose in ("sleep", "lie"):
        return resting.lying(paint, pose, mood)
    return _standing(paint, _STANCES.get(pose, _STANCES["stand"]), mood)


def _standing(paint: Paint, stance: Stance, mood: Expression) -> Drawing:
    raised = (paint.sheet.legs - 1) * 98  # long legs lift everything above them
    x, y, turn = stance.head
    neck = max(0.0, paint.sheet.legs - 1.1) * 80
    head = (x + neck * 0.3, y - raised - neck)
    near_front, far_front, near_hind, far_hind = (_leg(paint, stance, i, raised) for i in range(4))
    upper = wing(paint, *_turned(stance, 22, -172), 12, far=True) + tail(paint, stance.tail)
    body = _neck(paint, stance, (x, y - neck)) + _body(paint, stance)
    haunch = transformed(fur(paint, _HAUNCH, paint.base, 6), *_turned(stance, -76, -122))
    near_wing = wing(paint, *_turned(stance, 6, -170), 14 if stance.lift else -4)
    drawn = transformed(upper, 0, -raised) + far_front + far_hind + transformed(body, 0, -raised) + near_hind
    drawn += transformed(_over(paint, stance, haunch), 0, -raised) + near_front + transformed(near_wing, 0, -raised)
    chest = _turned(stance, 70, -184)
    drawn += collar(
        paint,
        (chest[0] + head[0]) / 2 - 2,
        (chest[1] - raised + head[1]) / 2 + 34,
        1,
        stance.lean * 0.6 + turn,
        stance.flutter,
    )
    drawn += transformed(animal_head(paint, mood, 15, stance.droop), *head, 1, turn)
    return Drawing(drawn, head, stance.lift)


def _body(paint: Paint, stance: Stance) -> str:
    middle, stout = -134, paint.sheet.stout
    path = smooth([(x, middle + (y - middle) * stout) for x, y in _BODY])
    ridge = back(paint, 112, 62) if paint.sheet.back == "ridge" else ""
    drawn = transformed(ridge, -10, -134) + fur(paint, path, paint.base, 10)
    if paint.sheet.pattern != "stars":
        drawn += within(path, flat(_BELLY, paint.belly, 0.85))
    return f'<g transform="rotate({stance.lean} {_PIVOT[0]} {_PIVOT[1]})">{drawn}</g>'


def _over(paint: Paint, stance: Stance, haunch: str) -> str:
    """Shells, quills and wool cover the haunch; a ridge grew behind it."""
    if paint.sheet.back in ("none", "ridge"):
        return haunch
    x, y = _turned(stance, -14, -142)
    return haunch + transformed(back(paint, 104, 62), x, y, 1, stance.lean)


def _neck(paint: Paint, stance: Stance, head: tuple[float, float]) -> str:
    if paint.sheet.legs < 1.15:
        return ""
    root = _turned(stance, 42, -152)
    path = ribbon([root, ((root[0] + head[0]) / 2 + 4, (root[1] + head[1]) / 2), head], [84, 80, 66], cap=True)
    return fur(paint, path, paint.base, 8)


def _leg(paint: Paint, stance: Stance, i: int, raised: float) -> str:
    x, y = _turned(stance, *_JOINTS[i])
    angle, bend = stance.legs[i]
    far = i in (1, 3)
    length = 92 * paint.sheet.legs
    if not stance.lift and abs(angle) < 40:  # reaches the ground
        length = (raised - y - 2) / math.cos(math.radians(angle))
    return leg(paint, x, y - raised, angle, length - (8 if far else 0), far, bend)


def _turned(stance: Stance, x: float, y: float) -> tuple[float, float]:
    """A point of the body after it has leaned."""
    dx, dy = x - _PIVOT[0], y - _PIVOT[1]
    cos, sin = math.cos(math.radians(stance.lean)), math.sin(math.radians(stance.lean))
    return _PIVOT[0] + dx * cos - dy * sin, _PIVOT[1] + dx * sin + dy * cos

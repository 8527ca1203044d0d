"""The body of people and robots."""

from __future__ import annotations

import math
from typing import NamedTuple

from storyforge.illustration.paper.cut import transformed
from storyforge.illustration.paper.geometry import ellipse, polygon, ribbon, smooth
from storyforge.illustration.paper.puppets.clothes import (
    SHOE,
    cape,
    shoes,
    skin,
    sleeves,
    torso,
    trousers,
    wears_gown,
)
from storyforge.illustration.paper.puppets.collars import collar
from storyforge.illustration.paper.puppets.expressions import Expression
from storyforge.illustration.paper.puppets.held import held, shield
from storyforge.illustration.paper.puppets.paint import Drawing, Paint, within
from storyforge.illustration.paper.puppets.people import knight_head, person_head, robot_head
from storyforge.illustration.paper.puppets.resting import snores
from storyforge.illustration.paper.puppets.wings import wing

Joint = tuple[float, float]


class Stance(NamedTuple):
    """Degrees from straight down, forward positive: near and far arm, thigh and shin. `lean`: turn of all above the
    hips; `nod`: turn of the head; `cape`: how far it blows back."""

    arms: tuple[float, float]
    thighs: tuple[float, float] = (4, -4)
    shins: tuple[float, float] = (4, -4)
    lean: float = 0
    nod: float = 0
    lift: float = 0
    cape: float = 0


_STANCES = {
    "stand": Stance((18, -18)),
    "look": Stance((16, -16), nod=-9),
    "walk": Stance((26, -30), (20, -20), (8, -30)),
    "run": Stance((64, -58), (52, -40), (20, -96), lean=8, nod=-4, lift=14, cape=-90),
    "leap": Stance((114, -100), (58, -50), (30, -84), lean=6, nod=-4, lift=110, cape=-70),
    "fly": Stance((140, 116), (-44, -62), (-64, -84), lean=24, nod=-20, lift=190, cape=-60),
    "sneak": Stance((70, 40), (46, -14), (-16, -52), lean=12, nod=-12),
    "fight": Stance((106, -46), (30, -26), (6, -30), cape=-50),
    "sit": Stance((26, -22), (88, 80), (84, 78)),
    "wave": Stance((120, -18)),
    "cheer": Stance((122, -122), lift=18),
    "cast": Stance((98, -40), (14, -14), (10, -18), nod=-4, cape=-30),
}
_SHOULDERS, _HIPS = ((46, -178), (-46, -178)), ((24, -76), (-22, -76))
_ARM, _THIGH, _SHIN = 84, 36, 34
_SEAT = 62  # how far the hips are lower when sitting on the ground
_ABOVE_GROUND = polygon([(-600, -900), (600, -900), (600, 8), (-600, 8)])


def twolegged(paint: Paint, pose: str, mood: Expression) -> Drawing:
    if pose in ("sleep", "lie"):
        return _lying(paint, pose, mood)
    stance, sits = _STANCES.get(pose, _STANCES["stand"]), pose == "sit"
    arms = _holding(paint, stance, pose)
    drop = _SEAT if sits else _drop(stance)
    legs = _leg(paint, stance, 1) + _leg(paint, stance, 0)
    behind = wing(paint, -10, -170, 20, far=True) + wing(paint, -24, -168, -4) + cape(paint, stance.cape, sits)
    behind += _arm(paint, 1, arms[1]) + (shield(paint, _hand(1, arms[1])) if paint.sheet.head == "helmet" else "")
    before = torso(paint, sits) + collar(paint, 2, -196, 0.8, flutter=-8 if stance.lift else 6)
    before += transformed(_head(paint, mood), 4, -296, 1, stance.nod)
    before += held(paint, _hand(0, arms[0]), raised=pose in ("fight", "cheer", "cast", "wave")) + _arm(
        paint, 0, arms[0]
    )
    if sits and not wears_gown(paint):  # trousers come out of the shirt, legs from under a gown
        drawn = _leaning(behind + before, stance.lean) + legs
    else:
        drawn = _leaning(behind, stance.lean) + legs + _leaning(before, stance.lean)
    turn = math.radians(stance.lean)
    head = (4 + 220 * math.sin(turn), -76 - 220 * math.cos(turn) + drop)
    return Drawing(transformed(drawn, 0, drop), head, stance.lift)


def _leaning(svg: str, degrees: float) -> str:
    return f'<g transform="rotate({degrees} 0 -76)">{svg}</g>' if degrees else svg


def _drop(stance: Stance) -> float:
    """How far the hips come down so that the lower foot stands on the ground."""
    return -max(_foot(stance, side)[1] for side in (0, 1)) - 6


def _foot(stance: Stance, side: int) -> Joint:
    return _reach(_reach(_HIPS[side], stance.thighs[side], _THIGH), stance.shins[side], _SHIN)


def _holding(paint: Paint, stance: Stance, pose: str) -> tuple[float, float]:
    """An arm that holds something stretches forward."""
    forward = {"staff": 58.0, "lantern": 58.0, "sword": 40.0}.get(paint.sheet.held, 0.0)
    return (forward, stance.arms[1]) if forward and pose in ("stand", "walk", "look", "sit") else stance.arms


def _hand(side: int, angle: float) -> Joint:
    return _reach(_SHOULDERS[side], angle, _ARM)


def _reach(joint: Joint, angle: float, length: float) -> Joint:
    return joint[0] + length * math.sin(math.radians(angle)), joint[1] + length * math.cos(math.radians(angle))


def _arm(paint: Paint, side: int, angle: float) -> str:
    sleeve, hand_colour = sleeves(paint), skin(paint)
    if side:
        sleeve, hand_colour = sleeve.shade(0.06), hand_colour.shade(0.05)
    shoulder, hand = _SHOULDERS[side], _hand(side, angle)
    bend = 10 * math.cos(math.radians(angle)) * (1 if angle >= 0 else -1)
    elbow = ((shoulder[0] + hand[0]) / 2 + bend, (shoulder[1] + hand[1]) / 2)
    drawn = paint.piece(ribbon([shoulder, elbow, hand], [34, 30.6, 27.2], cap=True), sleeve, 7)
    return drawn + paint.piece(ellipse(*hand, 15.6), hand_colour, 5)


def _leg(paint: Paint, stance: Stance, side: int) -> str:
    """Thigh, shin and shoe. The toes of who sits point up."""
    cloth, shoe = trousers(paint), shoes(paint)
    if side:
        cloth, shoe = cloth.shade(0.06), shoe.shade(0.05)
    knee = _reach(_HIPS[side], stance.thighs[side], _THIGH)
    drawn = paint.piece(ribbon([_HIPS[side], knee, _foot(stance, side)], [34, 30.6, 27.2], cap=True), cloth, 7)
    return drawn + transformed(paint.piece(SHOE, shoe, 5), *_foot(stance, side), 1, -stance.shins[side] * 0.6)


def _head(paint: Paint, mood: Expression) -> str:
    draw = {"helmet": knight_head, "robot": robot_head}.get(paint.sheet.head, person_head)
    return draw(paint, mood)


def _lying(paint: Paint, pose: str, mood: Expression) -> Drawing:
    """On the belly, the head on the arms."""
    top, hand = sleeves(paint), skin(paint)
    drawn = transformed(paint.piece(SHOE, shoes(paint), 5), -196, -12, 1, 8)
    drawn += paint.piece(ribbon([(-80, -40), (-130, -62), (-184, -20)], [58, 46, 34], cap=True), trousers(paint), 7)
    body = [(-118, -6), (-120, -64), (-70, -100), (0, -104), (66, -90), (86, -40), (76, -4), (0, 2)]
    if wears_gown(paint):
        body = [(-176, -2), (-158, -56), (-96, -96), (0, -104), (66, -90), (86, -40), (76, -4), (0, 2)]
    drawn += paint.piece(smooth(body), top)
    drawn += paint.piece(ribbon([(60, -16), (110, -10), (160, -14)], [32, 30, 28], cap=True), top.shade(0.06), 6)
    drawn += paint.piece(ellipse(168, -14, 16), hand, 5) + collar(paint, 66, -60, 0.7, -40, flutter=-20)
    head = transformed(_head(paint, mood), 116, -102, 1, 8 if pose == "sleep" else 0)
    drawn += within(_ABOVE_GROUND, head)  # a long beard lies on the ground
    drawn += paint.piece(ribbon([(6, -60), (50, -30), (92, -16)], [34, 30, 27], cap=True), top, 6)
    drawn += paint.piece(ellipse(98, -14, 15), hand, 5)
    return Drawing(drawn + (snores(paint, 214, -236) if pose == "sleep" else ""), (116, -102))

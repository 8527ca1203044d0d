"""The body of people and robots."""

from __future__ import annotations

import math
from typing import NamedTuple

from storyforge.illustration.paper.color import Color, oklch
from storyforge.illustration.paper.cut import cut, transformed
from storyforge.illustration.paper.geometry import Point, ellipse, ribbon, rounded_rect, smooth, star
from storyforge.illustration.paper.puppets.collars import collar
from storyforge.illustration.paper.puppets.expressions import Expression
from storyforge.illustration.paper.puppets.held import held, shield
from storyforge.illustration.paper.puppets.paint import Drawing, Paint, dot, line
from storyforge.illustration.paper.puppets.people import knight_head, person_head, robot_head
from storyforge.illustration.paper.puppets.resting import snores
from storyforge.illustration.paper.puppets.wings import wing

Joint = tuple[float, float]


class Stance(NamedTuple):
    """Degrees from straight down, forward positive: near and far arm, near and far thigh and shin. `drop`: how far
    the hips are below standing; `lean`: the whole body's turn; `cape`: how far the cape blows back."""

    arms: tuple[float, float]
    thighs: tuple[float, float] = (4, -4)
    shins: tuple[float, float] | None = None
    lean: float = 0
    drop: float = 0
    lift: float = 0
    cape: float = 0
    nod: float = 0


_STANCES = {
    "stand": Stance((18, -18)),
    "look": Stance((16, -16), nod=-9),
    "walk": Stance((26, -30), (20, -20), (8, -30)),
    "run": Stance((64, -58), (52, -40), (20, -96), lean=8, lift=14, cape=-90),
    "leap": Stance((114, -100), (58, -50), (30, -84), lean=6, lift=110, cape=-70),
    "fly": Stance((140, 116), (-50, -66), (-62, -80), lean=24, lift=190, cape=-60, nod=-8),
    "sneak": Stance((70, 40), (46, -8), (-20, -58), lean=14, drop=22, nod=-6),
    "fight": Stance((106, -46), (30, -26), (6, -30), cape=-50),
    "sit": Stance((24, -18), (82, 70), (4, -6), drop=62),
    "wave": Stance((146, -18)),
    "cheer": Stance((142, -142), lift=18),
    "cast": Stance((98, -40), (14, -14), cape=-30, nod=-4),
}
_SHOULDERS, _HIPS = ((46, -178), (-46, -178)), ((24, -76), (-22, -76))
_ARM, _THIGH, _SHIN = 84, 36, 34


def twolegged(paint: Paint, pose: str, mood: Expression) -> Drawing:
    if pose in ("sleep", "lie"):
        return _lying(paint, pose, mood)
    stance = _STANCES.get(pose, _STANCES["stand"])
    arms = _holding(paint, stance, pose)
    near, far = _hand(0, arms[0]), _hand(1, arms[1])
    raised = pose in ("fight", "cheer", "cast", "wave")
    drawn = wing(paint, -10, -170, 20, far=True) + wing(paint, -24, -168, -4) + _cape(paint, stance)
    drawn += _arm(paint, 1, arms[1]) + (shield(paint, far) if paint.sheet.head == "helmet" else "")
    drawn += _leg(paint, stance, 1) + _leg(paint, stance, 0) if pose != "sit" else ""
    drawn += _torso(paint) + (_leg(paint, stance, 1) + _leg(paint, stance, 0) if pose == "sit" else "")
    drawn += collar(paint, 2, -196, 0.8, flutter=-8 if stance.lift else 6)
    drawn += transformed(_head(paint, mood), 4, -296, 1, stance.nod - stance.lean * 0.6)
    drawn += held(paint, near, raised) + _arm(paint, 0, arms[0])
    drawn = transformed(drawn, 0, stance.drop)
    if stance.lean:
        drawn = f'<g transform="rotate({stance.lean} 0 -150)">{drawn}</g>'
    turned = math.radians(stance.lean)
    head = (4 * math.cos(turned) + 146 * math.sin(turned), -150 - 146 * math.cos(turned) + stance.drop)
    return Drawing(drawn, head, stance.lift)


def _holding(paint: Paint, stance: Stance, pose: str) -> tuple[float, float]:
    """An arm that holds something stretches forward."""
    forward = {"staff": 58.0, "lantern": 58.0, "sword": 40.0}.get(paint.sheet.held, 0.0)
    return (forward, stance.arms[1]) if forward and pose in ("stand", "walk", "look", "sit") else stance.arms


def _hand(side: int, angle: float) -> Joint:
    return _reach(_SHOULDERS[side], angle, _ARM)


def _reach(joint: Joint, angle: float, length: float) -> Joint:
    return joint[0] + length * math.sin(math.radians(angle)), joint[1] + length * math.cos(math.radians(angle))


def _arm(paint: Paint, side: int, angle: float) -> str:
    sleeve, skin = paint.colour(paint.sheet.top, "coral"), _skin(paint)
    if side:
        sleeve, skin = sleeve.shade(0.06), skin.shade(0.05)
    shoulder, hand = _SHOULDERS[side], _hand(side, angle)
    bend = 10 * math.cos(math.radians(angle)) * (1 if angle >= 0 else -1)
    elbow = ((shoulder[0] + hand[0]) / 2 + bend, (shoulder[1] + hand[1]) / 2)
    drawn = paint.piece(ribbon([shoulder, elbow, hand], [34, 30.6, 27.2], cap=True), sleeve, 7)
    return drawn + paint.piece(ellipse(*hand, 15.6), skin, 5)


def _leg(paint: Paint, stance: Stance, side: int) -> str:
    """Thigh, shin and shoe."""
    cloth = _skin(paint) if paint.sheet.garment == "dress" else paint.colour(paint.sheet.bottom, "navy")
    shoe = paint.colour(paint.sheet.shoes, oklch(0.38, 0.06, 40))
    if side:
        cloth, shoe = cloth.shade(0.06), shoe.shade(0.05)
    hip, thigh = _HIPS[side], stance.thighs[side]
    shin = stance.shins[side] if stance.shins else thigh
    knee = _reach(hip, thigh, _THIGH)
    foot = _reach(knee, shin, _SHIN)
    drawn = paint.piece(ribbon([hip, knee, foot], [34, 30.6, 27.2], cap=True), cloth, 7)
    sole = smooth([(-18, 8), (-20, -12), (0, -20), (26, -10), (34, 2), (30, 10)])
    return drawn + transformed(paint.piece(sole, shoe, 5), *foot, 1, -shin * 0.6)


def _skin(paint: Paint) -> Color:
    return paint.base if paint.sheet.head == "robot" else paint.skin


def _head(paint: Paint, mood: Expression) -> str:
    draw = {"helmet": knight_head, "robot": robot_head}.get(paint.sheet.head, person_head)
    return draw(paint, mood)


def _cape(paint: Paint, stance: Stance) -> str:
    if not paint.sheet.cape:
        return ""
    k = stance.cape
    points: list[Point] = [
        (-40, -196, "c"),
        (40, -196, "c"),
        (86 + k * 0.3, -90),
        (96 + k, -14, "c"),
        (40 + k, -26),
        (k, -10, "c"),
    ]
    points += [(-44 + k, -26), (-104 + k, -10, "c"), (-84 + k * 0.3, -90)]
    return paint.piece(smooth(points), paint.colour(paint.sheet.cape, "crimson").shade(0.04))


# ── clothes ──

_GOWN = smooth(
    [(-48, -204), (0, -212), (48, -204), (66, -130), (104, -28), (92, -14, "c"), (52, -22), (0, -12), (-52, -22), (-92, -14, "c"),
     (-104, -28), (-66, -130)]
)  # fmt: skip
_SHIRT = smooth([(-50, -202), (0, -212), (50, -202), (66, -150), (60, -72), (0, -62), (-60, -72), (-66, -150)])


def _torso(paint: Paint) -> str:
    top = paint.colour(paint.sheet.top, "coral")
    if paint.sheet.head == "robot":
        return _casing(paint, top)
    if paint.sheet.garment in ("dress", "robe"):
        belt = '<path d="M-62 -132Q0 -112 62 -132" stroke="{}" stroke-width="11" fill="none"/>'
        return paint.piece(_GOWN, top) + belt.format(paint.accent)
    drawn = paint.piece(_SHIRT, top)
    if paint.sheet.garment == "armour":
        drawn += line("M-54 -103Q0 -88 54 -103", paint.colour("brown", "brown"), 13)
        return drawn + line("M0 -204V-104", "#fff", 5, 0.4) + cut(star(0, -154, 20), paint.colour("gold", "gold"), 1.5)
    return drawn + line("M-18 -206Q0 -186 18 -206", "#fff", 7, 0.7) + line("M-55 -104h110", "#fff", 10, 0.35)


def _casing(paint: Paint, top: Color) -> str:
    drawn = paint.piece(rounded_rect(-70, -206, 140, 140, 40), top)
    drawn += paint.piece(rounded_rect(-40, -178, 80, 56, 16), oklch(0.9, 0.02, 230), 4)
    return drawn + "".join(
        dot(x, -150, 9, paint.colour(word, word)) for x, word in ((-22, "red"), (0, "amber"), (22, "lime"))
    )


# ── lying ──


def _lying(paint: Paint, pose: str, mood: Expression) -> Drawing:
    """On the side under a blanket of their own clothes, the head on the arm."""
    top = paint.colour(paint.sheet.top, "coral")
    cloth = _skin(paint) if paint.sheet.garment == "dress" else paint.colour(paint.sheet.bottom, "navy")
    shoe = paint.colour(paint.sheet.shoes, oklch(0.38, 0.06, 40))
    drawn = transformed(
        paint.piece(smooth([(-18, 8), (-20, -12), (0, -20), (26, -10), (34, 2), (30, 10)]), shoe, 5), -196, -12, 1, 8
    )
    drawn += paint.piece(ribbon([(-80, -40), (-130, -62), (-184, -20)], [58, 46, 34], cap=True), cloth, 7)
    body = smooth([(-118, -6), (-120, -64), (-70, -100), (0, -104), (66, -90), (86, -40), (76, -4), (0, 2)])
    drawn += paint.piece(body, top)
    drawn += paint.piece(ribbon([(60, -16), (110, -10), (160, -14)], [32, 30, 28], cap=True), top.shade(0.06), 6)
    drawn += paint.piece(ellipse(168, -14, 16), _skin(paint), 5)
    drawn += collar(paint, 66, -60, 0.7, -40, flutter=-20)
    drawn += transformed(_head(paint, mood), 116, -98, 1, 10 if pose == "sleep" else 0)
    drawn += paint.piece(ribbon([(6, -60), (50, -30), (92, -16)], [34, 30, 27], cap=True), top, 6)
    drawn += paint.piece(ellipse(98, -14, 15), _skin(paint), 5)
    return Drawing(drawn + (snores(paint, 214, -232) if pose == "sleep" else ""), (116, -98))

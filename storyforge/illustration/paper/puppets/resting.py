"""Four-legged ones that sit, cheer, wave, lie or sleep."""

from __future__ import annotations

from storyforge.illustration.paper.color import oklch
from storyforge.illustration.paper.cut import cut, transformed
from storyforge.illustration.paper.geometry import Point, ellipse, ribbon, smooth
from storyforge.illustration.paper.puppets.backs import back
from storyforge.illustration.paper.puppets.collars import collar
from storyforge.illustration.paper.puppets.expressions import Expression
from storyforge.illustration.paper.puppets.heads import animal_head
from storyforge.illustration.paper.puppets.limbs import Widths, leg, paw_colour, sock
from storyforge.illustration.paper.puppets.marks import fur
from storyforge.illustration.paper.puppets.paint import INK, Drawing, Paint, flat, line
from storyforge.illustration.paper.puppets.tails import tail
from storyforge.illustration.paper.puppets.wings import wing

_SITTING_TAIL: list[Point] = [(-78, -44), (-150, -40), (-206, -84), (-214, -158), (-176, -222)]
_CURLED_TAIL: list[Point] = [(-150, -30), (-196, -16), (-150, 6), (-60, -12), (36, -30)]
_TORSO = smooth(
    [(0, -202), (56, -182), (82, -112), (84, -48), (52, -6), (0, 0), (-52, -6), (-84, -48), (-82, -112), (-56, -182)]
)
_BIB = smooth([(4, -176), (44, -140), (52, -72), (34, -18), (4, -10), (-30, -18), (-46, -72), (-36, -140)])
_LYING = smooth(
    [(-170, -40), (-150, -118), (-70, -160), (30, -156), (110, -110), (130, -40), (110, -4), (0, 4), (-120, 4)]
)


def sitting(paint: Paint, pose: str, mood: Expression) -> Drawing:
    cheers = pose == "cheer"
    drawn = tail(paint, _SITTING_TAIL) + wing(paint, -20, -160, 16, far=True) + wing(paint, -34, -150, -10)
    woolly = paint.sheet.back == "wool"
    drawn += transformed(back(paint, 92, 84), -8, -112) if not woolly else ""
    drawn += "".join(_haunch(paint, side) for side in (-1, 1))
    drawn += fur(paint, _TORSO, paint.base)
    drawn += transformed(back(paint, 84, 84), 2, -106) if woolly else ""
    drawn += cut(_BIB, paint.belly, 1.6) if paint.sheet.pattern != "stars" and not woolly else ""
    drawn += _arm(paint, -1) if cheers else leg(paint, -32, -118, -1, 112, far=True)
    drawn += _arm(paint, 1) if cheers or pose == "wave" else leg(paint, 36, -118, 1, 116)
    drawn += collar(paint, 6, -194, flutter=4)
    drawn += transformed(animal_head(paint, mood, look=8), 6, -278, 1, -4 if cheers else 0)
    return Drawing(drawn, (6, -278), 26 if cheers else 0)


def _haunch(paint: Paint, side: int) -> str:
    drawn = fur(paint, ellipse(side * 70, -54, 56, 58), paint.base.shade(0.03) if side < 0 else paint.base, 8)
    foot = smooth(
        [(side * 46, 0), (side * 50, -22), (side * 82, -28), (side * 116, -18), (side * 118, 0), (side * 84, 8)]
    )
    colour = paint.colour(paint.sheet.hooves, paint.dark) if paint.sheet.hooves else paw_colour(paint)
    toes = "" if paint.sheet.hooves else line(f"M{side * 82} 2q1 -10 0 -15M{side * 98} 1q1 -9 0 -13", INK, 2.6, 0.4)
    return drawn + paint.piece(foot, colour, 6) + toes


def _arm(paint: Paint, side: int) -> str:
    """A forepaw raised, its pad to be seen."""
    along: list[Point] = [(side * 54, -140), (side * 128, -150), (side * 176, -206)]
    widths: Widths = (46, 38, 34)
    drawn = fur(paint, ribbon(along, widths), paint.base, 8) + sock(paint, along, widths, 0.6)
    if paint.sheet.hooves:
        return drawn + paint.piece(ellipse(side * 178, -212, 19, 17), paint.colour(paint.sheet.hooves, paint.dark), 5)
    return drawn + flat(ellipse(side * 179, -212, 9, 10), paint.belly.mix(oklch(0.75, 0.13, 15), 0.4))


def lying(paint: Paint, pose: str, mood: Expression) -> Drawing:
    asleep = pose == "sleep"
    drawn = wing(paint, -40, -120, -26) + fur(paint, _LYING, paint.base, 10)
    drawn += fur(paint, ellipse(-96, -58, 66, 60), paint.base, 7)
    drawn += transformed(back(paint, 126, 74), -34, -78)
    drawn += tail(paint, _CURLED_TAIL) + collar(paint, 96, -74, 0.9, flutter=-20)
    drawn += leg(paint, 150, -24, 88, 30, far=True, widths=(36, 32, 32))
    drawn += transformed(animal_head(paint, mood, look=12, droop=10), 124, -92, 1, 8 if asleep else 0)
    return Drawing(drawn + (snores(paint, 214, -232) if asleep else ""), (124, -92))


def snores(paint: Paint, x: float, y: float) -> str:
    """Three Zs that rise."""
    drawn = ""
    for i, (dx, dy, size) in enumerate(((0, 0, 20), (44, -52, 28), (98, -118, 38))):
        letter = line(f"M{-size / 2} 0h{size}l{-size} {size}h{size}", "#fff", 6 + i * 1.5, 0.95 - 0.12 * i)
        drawn += transformed(letter, x + dx + size / 2, y + dy, flip=paint.flip)
    return drawn

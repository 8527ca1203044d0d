"""Moon, sun and stars as characters: they float, and shine."""

from __future__ import annotations

from storyforge.illustration.paper.cut import cut, glow, transformed
from storyforge.illustration.paper.geometry import Point, ellipse, smooth, star
from storyforge.illustration.paper.puppets.expressions import Expression
from storyforge.illustration.paper.puppets.eyes import cheeks, eyes
from storyforge.illustration.paper.puppets.marks import fur
from storyforge.illustration.paper.puppets.mouth import mouth
from storyforge.illustration.paper.puppets.paint import Drawing, Paint
from storyforge.illustration.paper.puppets.resting import snores
from storyforge.illustration.paper.puppets.wear import headwear

_LIFTS = {"leap": 220.0, "fly": 260.0, "cheer": 190.0, "sit": 60.0, "lie": 30.0, "sleep": 60.0, "sneak": 50.0}
_TURNS = {
    "look": -10.0,
    "run": 14.0,
    "walk": 6.0,
    "leap": -8.0,
    "fly": 10.0,
    "fight": 10.0,
    "sneak": 12.0,
    "sleep": 12.0,
    "wave": -8.0,
}
_MIDDLE = -170


def moon(paint: Paint, pose: str, mood: Expression) -> Drawing:
    drawn = _disc(paint) + cheeks(paint, 14, 44, 72) + eyes(paint, mood, 14, 2, 48) + mouth(paint, mood, 16, 48, 1.1)
    drawn += headwear(paint, 14, -36)
    light = glow(0, _MIDDLE, 300, paint.glow, 0.55) if paint.glow else ""
    svg = light + transformed(drawn, 0, _MIDDLE, 1, _TURNS.get(pose, 0))
    return Drawing(svg + (snores(paint, 130, -330) if pose == "sleep" else ""), (14, _MIDDLE), _LIFTS.get(pose, 140))


def _disc(paint: Paint) -> str:
    if paint.sheet.motif == "star":
        return paint.piece(_rounded_star(), paint.base, 11)
    rays = paint.piece(star(0, 0, 196, 150, 14), paint.dark.mix(paint.base, 0.35), 9) if paint.sheet.halo else ""
    disc = fur(paint, ellipse(0, 0, 142), paint.base, 11)
    if paint.sheet.halo:
        return rays + disc
    craters = ((-84, -54, 22), (-96, 30, 14), (-54, 92, 18), (72, -96, 13), (98, 66, 10))
    return disc + "".join(cut(ellipse(x, y, size), paint.base.shade(0.05), 1.6, opacity=0.8) for x, y, size in craters)


def _rounded_star() -> str:
    points: list[Point] = []
    for x, y in (
        (0, -196),
        (60, -82),
        (186, -60),
        (98, 34),
        (116, 160),
        (0, 106),
        (-116, 160),
        (-98, 34),
        (-186, -60),
        (-60, -82),
    ):
        points.append((x, y))
    return smooth(points, tension=0.75)

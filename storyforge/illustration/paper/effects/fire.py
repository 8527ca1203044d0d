"""Fire and what glows in it."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

from storyforge.illustration.paper.color import oklch
from storyforge.illustration.paper.cut import cut, glow, transformed
from storyforge.illustration.paper.effects.cue import BEFORE, LENS, Cue, light
from storyforge.illustration.paper.elements.marks import fill
from storyforge.illustration.paper.elements.stones import rock
from storyforge.illustration.paper.geometry import Point, ellipse, polygon, rounded_rect, smooth
from storyforge.illustration.paper.stage import LEFT, RIGHT, Sheet

_FLAMES = (oklch(0.62, 0.22, 35), oklch(0.76, 0.18, 58), oklch(0.90, 0.15, 95))

# The outline of a flame in half widths and heights: up the left side, the tip, down the right.
_TONGUE: tuple[Point, ...] = (
    (-0.7, 0),
    (-1, 0.26),
    (-0.66, 0.56),
    (-0.76, 0.80, "corner"),
    (-0.22, 0.64),
    (0, 1.04, "corner"),
    (0.34, 0.62),
    (0.66, 0.84, "corner"),
    (0.74, 0.52),
    (1, 0.24),
    (0.7, 0),
)
_TIP = 5


def fire(cue: Cue) -> Iterable[Sheet]:
    """A camp fire on the ground: logs, a ring of stones, three tongues of flame."""
    y = cue.stage.ground(cue.x) + 34
    yield light("fire", BEFORE, _camp_fire(cue.x, y, cue.random))


def embers(cue: Cue) -> Iterable[Sheet]:
    """Sparks that rise everywhere."""
    random, drawn, color = cue.random, "", oklch(0.80, 0.18, 58)
    for _ in range(70):
        x, y, size = random.uniform(LEFT, RIGHT), random.uniform(100, 1000), random.uniform(2.4, 6.5)
        turn, tone = random.uniform(0, 90), color.lighten(random.uniform(-0.05, 0.12))
        if cue.covers_face(x, y, 110, 110, 110):
            continue
        chip = polygon([(-size, -size * 0.5), (size * 0.3, -size), (size, size * 0.4), (-size * 0.4, size)])
        drawn += glow(x, y, size * 4.4, color, 0.6) + transformed(fill(chip, tone), x, y, rotate=turn)
    yield light("embers", LENS, drawn)


def flame(x: float, y: float, height: float, random: Random) -> str:
    """One tongue of fire, its foot at (x, y): three sheets in each other, the hottest innermost."""
    drawn = glow(x, y - height * 0.45, height * 1.25, _FLAMES[1], 0.6)
    for i, color in enumerate(_FLAMES):
        high, lean = height * (1 - 0.29 * i), random.uniform(-0.05, 0.05) * height
        wide = high * 0.34
        outline = [(x + u * wide, y - v * high, *corner) for u, v, *corner in _TONGUE]
        outline[_TIP] = (x + lean, y - high * 1.04, "corner")
        drawn += cut(smooth(outline), color, 1.6, 6 if i == 0 else (0, 1, 5, 0.16))
    return drawn


def _camp_fire(x: float, y: float, random: Random) -> str:
    wood, stone = oklch(0.40, 0.07, 48), oklch(0.46, 0.03, 270)
    drawn = glow(x, y - 60, 420, oklch(0.80, 0.17, 60), 0.55, 300)
    drawn += "".join(flame(x + dx, y - 6, height, random) for dx, height in ((-52, 104), (46, 124), (0, 176)))
    log = cut(rounded_rect(-92, -16, 184, 30, 14), wood, 2, 6) + fill(ellipse(88, -1, 9, 14), wood.lighten(0.25))
    drawn += "".join(transformed(log, x, y - 4, rotate=angle) for angle in (-14, 14))
    return drawn + "".join(rock(x + dx, y + 14, 46, 26, stone, random) for dx in (-120, -84, 88, 124))

"""Fire and what glows in it."""

from __future__ import annotations

from collections.abc import Iterable

from storyforge.illustration.paper.color import oklch
from storyforge.illustration.paper.cut import glow
from storyforge.illustration.paper.effects.cue import BEFORE, LENS, Cue, light
from storyforge.illustration.paper.elements.fire import embers as sparks
from storyforge.illustration.paper.elements.fire import flame, logs
from storyforge.illustration.paper.elements.stones import rock
from storyforge.illustration.paper.stage import LEFT, RIGHT, Sheet


def fire(cue: Cue) -> Iterable[Sheet]:
    """A camp fire on the ground: logs, a ring of stones, three tongues of flame."""
    x, y, random = cue.x, cue.stage.ground(cue.x) + 34, cue.random
    wood, stone = oklch(0.40, 0.07, 48), oklch(0.46, 0.03, 270)
    drawn = glow(x, y - 60, 420, oklch(0.80, 0.17, 60), 0.55, 300)
    drawn += "".join(flame(x + dx, y - 6, height, random) for dx, height in ((-52, 104), (46, 124), (0, 176)))
    drawn += logs(x, y - 4, 184, wood, wood.lighten(0.25))
    drawn += "".join(rock(x + dx, y + 14, 46, 26, stone, random) for dx in (-120, -84, 88, 124))
    yield light("fire", BEFORE, drawn)


def embers(cue: Cue) -> Iterable[Sheet]:
    """Sparks that rise everywhere."""
    yield light("embers", LENS, sparks(70, LEFT, RIGHT, 100, 1000, cue.random))

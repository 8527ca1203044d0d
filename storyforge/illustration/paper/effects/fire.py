"""Fire and what glows in it."""

from __future__ import annotations

import math
from collections.abc import Iterable

from storyforge.illustration.paper.color import oklch
from storyforge.illustration.paper.cut import glow, transformed
from storyforge.illustration.paper.effects.cue import BEFORE, LENS, Cue, light
from storyforge.illustration.paper.elements.fire import embers as sparks
from storyforge.illustration.paper.elements.fire import flame, logs
from storyforge.illustration.paper.elements.stones import rock
from storyforge.illustration.paper.motions import EMBERS
from storyforge.illustration.paper.stage import LEFT, RIGHT, Sheet


def fire(cue: Cue) -> Iterable[Sheet]:
    """A camp fire; from one who fights, a breath of flames."""
    breath = cue.actor is not None and cue.goal != (cue.x, cue.y)
    yield light("fire", BEFORE, _breath(cue) if breath else _camp_fire(cue))


def _breath(cue: Cue) -> str:
    across, down = cue.goal[0] - cue.x, cue.goal[1] - cue.y
    way = math.hypot(across, down) or 1
    x, y = cue.x + across / way * 60, cue.y + down / way * 60  # clear of the lips
    turn, reach = math.degrees(math.atan2(across, -down)), min(430.0, max(120.0, way - 130))
    tongues = ((-13, 0.62), (13, 0.7), (0, 1.0))
    return "".join(
        transformed(flame(0, 0, reach * share, cue.random), x, y, rotate=turn + aside) for aside, share in tongues
    )


def _camp_fire(cue: Cue) -> str:
    """Logs, a ring of stones, three tongues of flame."""
    x, y, random = cue.x, cue.stage.ground(cue.x) + 34, cue.random
    wood, stone = oklch(0.40, 0.07, 48), oklch(0.46, 0.03, 270)
    drawn = glow(x, y - 60, 420, oklch(0.80, 0.17, 60), 0.55, 300)
    drawn += "".join(flame(x + dx, y - 6, height, random) for dx, height in ((-52, 104), (46, 124), (0, 176)))
    drawn += logs(x, y - 4, 184, wood, wood.lighten(0.25))
    return drawn + "".join(rock(x + dx, y + 14, 46, 26, stone, random) for dx in (-120, -84, 88, 124))


def embers(cue: Cue) -> Iterable[Sheet]:
    """Sparks that rise everywhere."""
    yield light("embers", LENS, sparks(70, LEFT, RIGHT, 100, 1000, cue.random), motion=EMBERS)

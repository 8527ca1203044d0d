"""What stands in the sky: aurora, rainbow, comet, fireworks."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

from storyforge.illustration.paper.color import Color, oklch
from storyforge.illustration.paper.cut import linear_gradient
from storyforge.illustration.paper.effects.cue import SKY, Cue, light
from storyforge.illustration.paper.elements import heavens
from storyforge.illustration.paper.elements.marks import fill, stroke
from storyforge.illustration.paper.elements.party import firework
from storyforge.illustration.paper.geometry import noise, num, point, smooth
from storyforge.illustration.paper.stage import LEFT, RIGHT, Sheet

_CURTAINS = (oklch(0.82, 0.16, 158), oklch(0.78, 0.13, 185), oklch(0.72, 0.14, 310), oklch(0.82, 0.16, 158))
_ROCKETS = ((480, 230, 150, (0.84, 0.14, 85)), (1010, 150, 180, (0.76, 0.17, 15)), (1520, 230, 140, (0.82, 0.12, 190)))


def aurora(cue: Cue) -> Iterable[Sheet]:
    """Four curtains of light, one behind the other."""
    drawn = "".join(_curtain(i, color, cue.random) for i, color in enumerate(_CURTAINS))
    yield light("aurora", 0.06, drawn)


def rainbow(cue: Cue) -> Iterable[Sheet]:
    yield light("rainbow", SKY - 0.02, heavens.rainbow(900, 900, 700))


def comet(cue: Cue) -> Iterable[Sheet]:
    color = oklch(0.93, 0.09, 95)
    yield light("comet", SKY, heavens.comet(1150, 215, 380, color, -158))


def fireworks(cue: Cue) -> Iterable[Sheet]:
    bursts = (firework(x, y, radius, oklch(*color)) for x, y, radius, color in _ROCKETS)
    yield light("fireworks", SKY, "".join(bursts))


def _curtain(i: int, color: Color, random: Random) -> str:
    y, height, wave = (
        330 - 46 * i + random.uniform(-20, 20),
        random.uniform(230, 330),
        noise(random.random(), "curtain", i),
    )
    hem = [(x, y + wave(x / 420 + i * 5) * 92) for x in range(LEFT - 40, RIGHT + 90, 70)]
    top = [(x + 34, foot - height - wave(x / 150 + 40) * 60) for x, foot in hem]
    stops = [(0, color, 0), (0.35, color, 0.26), (0.86, color.lighten(0.03), 0.66), (1, color.lighten(0.06), 0.05)]
    paint, definition = linear_gradient(stops, 0, round(y - height - 30), 0, round(y + 86), absolute=True)
    back = smooth(top[::-1], closed=False).replace("M", "L", 1)
    drawn = definition + fill(smooth(hem, closed=False) + f"L{point(top[-1])}{back}Z", paint)
    drawn += stroke(smooth(hem, closed=False), color.lighten(0.10), 4, 0.35)
    return drawn + "".join(_fold(random.choice(hem), height, color, random) for _ in range(26))


def _fold(foot: tuple[float, float], height: float, color: Color, random: Random) -> str:
    """A brighter fold of the curtain."""
    x, y, high = foot[0] + random.uniform(0, 70), foot[1], height * random.uniform(0.4, 1)
    stops = [(0, color.lighten(0.1), 0), (1, color.lighten(0.1), 0.34)]
    paint, definition = linear_gradient(stops, 0, round(y - high), 0, round(y), absolute=True)
    rise = f"M{num(x)} {num(y + 6)}l{num(random.uniform(18, 40))} {num(-high)}h{num(random.uniform(8, 20))}"
    return definition + fill(f"{rise}L{num(x + random.uniform(10, 26))} {num(y + 4)}Z", paint)

"""Force against force: beams, bursts, rays, rings on the ground."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from random import Random

from storyforge.illustration.paper.color import Color, oklch
from storyforge.illustration.paper.cut import cut, glow, radial_gradient
from storyforge.illustration.paper.effects.cue import BEFORE, BEHIND, Cue, light
from storyforge.illustration.paper.elements.marks import fill, line, stroke
from storyforge.illustration.paper.geometry import ellipse, polygon, ribbon, sparkle
from storyforge.illustration.paper.stage import Sheet

_WHITE = oklch(0.99, 0.02, 100)


def beam(cue: Cue) -> Iterable[Sheet]:
    """A ray of power from the actor's mouth to the goal."""
    if cue.actor is None:
        return
    figure = cue.actor.figure
    color = figure.glow or figure.accent.with_lightness(max(0.66, figure.accent.L)).saturate(1.25)
    yield light("beam", BEFORE, _beam(cue.actor.mouth, cue.goal, 44, color, cue.random))


def clash(cue: Cue) -> Iterable[Sheet]:
    """Where two powers meet: a violet star with a white heart."""
    colors = (oklch(0.80, 0.14, 300), oklch(0.92, 0.09, 95), oklch(0.99, 0.02, 95))
    yield light("clash", BEFORE + 0.01, burst(cue.x, cue.y, 155, colors, cue.random, 18, 0.55))


def explosion(cue: Cue) -> Iterable[Sheet]:
    colors = (oklch(0.70, 0.19, 42), oklch(0.84, 0.155, 75), oklch(0.97, 0.08, 98))
    yield light("blast", BEHIND, _rays(cue.x, cue.y, oklch(0.90, 0.13, 85), cue.random, 16, 1200, 0.19))
    yield light("explosion", BEFORE + 0.01, burst(cue.x, cue.y, 170, colors, cue.random, 20))


def rays(cue: Cue) -> Iterable[Sheet]:
    """Light that breaks out in all directions."""
    yield light("rays", BEHIND - 0.01, _rays(cue.x, cue.y, cue.stage.light.key, cue.random, 18, 1500, 0.26))


def shockwave(cue: Cue) -> Iterable[Sheet]:
    """Rings that run over the ground."""
    y, color, drawn = cue.stage.ground(cue.x) + 10, oklch(0.95, 0.08, 95), ""
    for i in range(3):
        reach = 420 * (1 - 0.24 * i)
        ring = ellipse(cue.x, y, reach, reach * 0.34)
        drawn += stroke(ring, color.lighten(0.05 * i), 9 - 2 * i, 0.8 - 0.15 * i)
    yield light("shockwave", BEHIND, drawn)


def burst(
    x: float, y: float, radius: float, colors: Sequence[Color], random: Random, rays: int, notch: float = 0.62
) -> str:
    """The starburst of comics: jagged stars in each other, the innermost last."""
    drawn = glow(x, y, radius * 1.9, colors[0], 0.55)
    for i, color in enumerate(colors):
        reach, start, points = radius * (1 - 0.24 * i), random.uniform(0, 1), []
        for j in range(rays):
            angle = start + 2 * math.pi * j / rays
            tip = (reach * random.uniform(0.82, 1.14), reach * random.uniform(0.82, 1.14))
            points.append((x + tip[0] * math.cos(angle), y + tip[1] * math.sin(angle)))
            angle += math.pi / rays
            points.append((x + reach * notch * math.cos(angle), y + reach * notch * math.sin(angle)))
        drawn += cut(polygon(points), color, 2, (0, 3, 9, 0.22))
    return drawn


def _rays(x: float, y: float, color: Color, random: Random, count: int, reach: float, opacity: float) -> str:
    stops = [(0, color, opacity), (0.5, color, opacity * 0.6), (1, color, 0)]
    paint, definition = radial_gradient(stops, round(x), round(y), reach, absolute=True)
    start, path = random.uniform(0, 1), ""
    for i in range(count):
        one = start + 2 * math.pi * i / count + random.uniform(-0.05, 0.05)
        other = one + 2 * math.pi / count * 0.38 * random.uniform(0.7, 1.2)
        path += polygon([(x, y), *((x + reach * math.cos(a), y + reach * math.sin(a)) for a in (one, other))])
    return definition + fill(path, paint)


def _beam(start: tuple[float, float], goal: tuple[float, float], width: float, color: Color, random: Random) -> str:
    """A wavering core of light in a sheath of colour, a thread wound about it, a spark where it begins."""
    length = math.dist(start, goal) or 1
    ux, uy = (goal[0] - start[0]) / length, (goal[1] - start[1]) / length

    def at(t: float, aside: float) -> tuple[float, float]:
        return start[0] + ux * length * t - uy * aside, start[1] + uy * length * t + ux * aside

    way = [at(i / 9, random.uniform(-14, 14) if 0 < i < 9 else 0) for i in range(10)]
    drawn = "".join(stroke(line([start, goal]), color, width * k, o) for k, o in ((4, 0.06), (2.8, 0.09), (1.9, 0.13)))
    drawn += fill(ribbon(way, [width * k for k in (0.5, 1, 1.15, 1)], cap=True), color)
    drawn += fill(ribbon(way, [width * k for k in (0.2, 0.55, 0.6, 0.5)], cap=True), color.mix(_WHITE, 0.75))
    thread = [at(t / 24, width * 0.95 * math.sin(t * 0.9)) for t in range(25)]
    drawn += fill(ribbon(thread, [3, 7, 8, 7, 3], 3), color.lighten(0.10), 0.9)
    return drawn + glow(*start, width * 2.2, color.lighten(0.08), 0.8) + fill(sparkle(*start, width * 1.1), "#fffdf0")

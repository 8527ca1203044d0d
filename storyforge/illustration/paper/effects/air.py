"""Small things that hang in the air: fireflies, petals, leaves, bubbles, confetti."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from storyforge.illustration.paper.blocking import Placed
from storyforge.illustration.paper.color import Color, oklch
from storyforge.illustration.paper.cut import cut, glow, transformed
from storyforge.illustration.paper.effects.cue import BEFORE, Cue, light
from storyforge.illustration.paper.elements import undersea
from storyforge.illustration.paper.elements.marks import dot, stroke
from storyforge.illustration.paper.geometry import ellipse, leaf, num, polygon, ribbon, scallop, star
from storyforge.illustration.paper.motions import BUBBLES, FIREFLIES, FLUTTER
from storyforge.illustration.paper.stage import ACTORS, BOTTOM, LEFT, RIGHT, TOP, Sheet, Stage

_AUTUMN = (oklch(0.70, 0.15, 55), oklch(0.62, 0.17, 38), oklch(0.80, 0.14, 85))
_PARTY = tuple(
    oklch(*color)
    for color in (
        (0.72, 0.17, 25),
        (0.85, 0.15, 90),
        (0.76, 0.14, 160),
        (0.70, 0.13, 235),
        (0.74, 0.15, 330),
        (0.96, 0.02, 90),
    )
)


def fireflies(cue: Cue) -> Iterable[Sheet]:
    random, drawn, color = cue.random, "", oklch(0.93, 0.16, 108)
    for i, (x, y, size) in enumerate(_strewn(cue, 34, 260, 980, 3.4, 8)):
        drawn += glow(x, y, size * 6, color, 0.75) + dot(x, y, size * 0.7, "#fffde0")
        if i % 4 == 0:  # the way it came
            bend = f"{num(random.uniform(-60, 60))} {num(random.uniform(10, 50))}"
            path = f"M{num(x)} {num(y)}q{bend} {num(random.uniform(-90, 90))} {num(random.uniform(20, 70))}"
            drawn += stroke(path, color, 2, 0.28, "2 9")
    yield light("fireflies", BEFORE, drawn, motion=FIREFLIES)


def petals(cue: Cue) -> Iterable[Sheet]:
    drawn = _leaves(cue, 46, (11, 22), (oklch(0.86, 0.08, 5),), 0.34, 0.05)
    yield light("petals", BEFORE, drawn, motion=FLUTTER)


def leaves(cue: Cue) -> Iterable[Sheet]:
    yield light("leaves", BEFORE, _leaves(cue, 36, (18, 34), _AUTUMN, 0.32, 0), motion=FLUTTER)


def bubbles(cue: Cue) -> Iterable[Sheet]:
    yield light("bubbles", BEFORE, undersea.bubbles(36, LEFT, RIGHT, 60, 960, cue.random), motion=BUBBLES)


def confetti(cue: Cue) -> Iterable[Sheet]:
    random, drawn = cue.random, ""
    for _ in range(190):
        x, y, size = random.uniform(LEFT, RIGHT), TOP + 990 * random.random() ** 1.25, random.uniform(7, 17)
        turn, color, shape = random.uniform(0, 180), random.choice(_PARTY), random.random()
        if not cue.covers_face(x, y, 120, 90, 110):
            piece = cut(_snippet(size, shape), color.lighten(random.uniform(-0.05, 0.03)), 1, (1, 3, 4, 0.25))
            drawn += transformed(piece, x, y, rotate=turn)
    yield light("confetti", BEFORE, drawn, motion=FLUTTER)


def _snippet(size: float, shape: float) -> str:
    """Half are slips of paper; the others dots, streamers and stars."""
    if shape < 0.5:
        return polygon(
            [
                (-size * 0.5, -size * 0.28),
                (size * 0.5, -size * 0.34),
                (size * 0.46, size * 0.3),
                (-size * 0.54, size * 0.28),
            ]
        )
    if shape < 0.68:
        return ellipse(0, 0, size * 0.36, size * 0.30)
    if shape < 0.86:
        return ribbon([(-size, 0), (-size * 0.4, -size * 0.5), (size * 0.2, size * 0.4), (size, 0)], [4, 5, 5, 4])
    return star(0, 0, size * 0.62)


def _leaves(
    cue: Cue, count: int, sizes: tuple[float, float], colors: tuple[Color, ...], width: float, spread: float
) -> str:
    random, drawn = cue.random, ""
    for x, y, size in _strewn(cue, count, TOP, BOTTOM, *sizes):
        path = leaf(x, y, size, size * width, random.uniform(0, 360), random.uniform(-5, 5))
        color = random.choice(colors).lighten(random.uniform(-spread, spread))
        drawn += cut(path, color, 1.1, (1, 3, 4.5, 0.20))
    return drawn


def _strewn(
    cue: Cue, count: int, top: float, bottom: float, smallest: float, largest: float
) -> Iterator[tuple[float, float, float]]:
    """Up to `count` times x, y and a size; none of them on a face."""
    random = cue.random
    for _ in range(count):
        x, y, size = random.uniform(LEFT, RIGHT), random.uniform(top, bottom), random.uniform(smallest, largest)
        if not cue.covers_face(x, y, 130, 150, 115):
            yield x, y, size


def dust(actor: Placed, stage: Stage) -> Sheet:
    """Three puffs behind running feet."""
    size, color, drawn = 0.85 * actor.size, stage.color(oklch(0.95, 0.03, 85), 0.25).lighten(0.04), ""
    x, y = actor.x - 130 * actor.size * actor.facing, actor.ground + 8
    for i, radius in enumerate((17, 24, 34)):
        across, up = x - actor.facing * (96 - i * 42) * size, y - radius * 0.35 * size
        puff = scallop(across, up, radius * 1.25 * size, radius * size, 6, 150, 390, 0.6, None)
        drawn += cut(puff, color.lighten(0.015 * (i - 2)), 1.4, (0, 2, 5, 0.14), 0.55 + 0.18 * i)
    return light("dust", ACTORS, drawn)

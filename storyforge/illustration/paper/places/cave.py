"""A cave of nested openings that lead to the light, with stalactites, crystals and glowing mushrooms."""

from __future__ import annotations

import math

from storyforge.illustration.paper import framing
from storyforge.illustration.paper.backdrop import CANVAS
from storyforge.illustration.paper.color import Color, oklch
from storyforge.illustration.paper.cut import radial_gradient
from storyforge.illustration.paper.elements import heavens, plants, stones
from storyforge.illustration.paper.elements.marks import fill
from storyforge.illustration.paper.elements.openings import opening, opening_path
from storyforge.illustration.paper.geometry import noise
from storyforge.illustration.paper.stage import BOTTOM, LEFT, NO_SHADOW, RIGHT, TOP, Shadow, Stage
from storyforge.illustration.paper.terrain import floor, land, ridge

GEMS = (200, 200, 175, 320, 290, 150)  # hues of crystals


def cave(stage: Stage) -> None:
    random = stage.random("cave")
    middle = (0.5 * stage.focus + 480, random.uniform(430, 520))
    gem = oklch(0.76, 0.13, random.choice(GEMS))
    _depth(stage, middle)
    for i, (size, depth) in enumerate(((0.56, 0.12), (0.74, 0.20), (0.92, 0.32))):
        _wall(stage, i, middle, size * random.uniform(0.92, 1.08), depth)
    _crystals(stage, gem)
    stage.pool(960, 700, 840, 360, 0.42)
    _floor(stage, gem)
    _frame(stage)


def _stone(stage: Stage, i: int) -> Color:
    """The walls, darker towards the lens."""
    return stage.color("cavern-stone", lighter=0.05 - 0.05 * i).rotate(8 * i)


def _depth(stage: Stage, middle: tuple[float, float]) -> None:
    """What shines at the end: daylight or a glow."""
    stops = [(offset, color) for offset, color in zip((0, 0.4, 0.7, 1), stage.light.sky, strict=True)]
    paint, definition = radial_gradient(stops, round(middle[0]), round(middle[1]), 1000, True)
    stage.add("depth", 0, definition + fill(CANVAS, paint), shadow=NO_SHADOW)
    stage.sun = middle
    shafts = heavens.sun_shafts(
        middle[0], middle[1] - 200, 900, 6, stage.light.key, stage.random("shafts"), 0.28, (50, 130)
    )
    stage.add("shafts", 0.05, shafts, raw=True, blur=8)


def _wall(stage: Stage, i: int, middle: tuple[float, float], size: float, depth: float) -> None:
    random, ragged, rim = stage.random("wall", i), noise(stage.seed, "cave", i), []
    for j in range(20):
        angle, reach = 2 * math.pi * j / 20, size * (1 + 0.16 * ragged(j * 1.3 + i * 9))
        rim.append((middle[0] + 960 * reach * math.cos(angle), middle[1] + 520 * reach * math.sin(angle)))
    color, teeth = _stone(stage, i), ""
    ceiling = [p for p in opening_path(rim) if p[1] < middle[1] - 130]
    for _ in range(random.randrange(4, 10)):
        x, y = random.choice(ceiling)
        length = random.uniform(70, 190) * (1 + 0.2 * i)
        teeth += stones.hanging_point(x, y - 24, length + 24, length * 0.4, color.lighten(0.015), random)
    stage.add(f"wall {i}", depth, teeth + opening(rim, color), shadow=Shadow(0, 8, 24, 0.42))


def _crystals(stage: Stage, gem: Color) -> None:
    random, drawn = stage.random("crystals"), ""
    for side in (-1, 1):
        x = 960 + side * random.uniform(440, 700)
        for k in range(random.choice((2, 3, 4))):
            height = random.uniform(90, 260) * (1 - 0.15 * k)
            tone = gem.rotate(random.uniform(-25, 45)).lighten(random.uniform(-0.05, 0.04))
            drawn += stones.crystal(x + k * 66, 892, height * 0.34, height, tone, random.uniform(-26, 26), gem)
    stage.add("crystals", 0.45, drawn)


def _floor(stage: Stage, gem: Color) -> None:
    random, edge = stage.random("floor"), floor(stage, ridge(stage, "floor", 882, 20, 300, step=50, sharp=True))
    stone = stage.color("cavern-stone")
    drawn = land(stage, edge, stone, mist=-0.04)
    for side in (-1, 1):
        x = 960 + side * random.uniform(720, 880)
        drawn += stones.rock(
            x, edge.at(x) + 40, random.uniform(130, 200), random.uniform(70, 110), stone.lighten(-0.02), random
        )
        for _ in range(random.choice((1, 2, 3))):
            x = 960 + side * random.uniform(480, 900)
            cap, stem = gem.rotate(120).saturate(0.8).lighten(0.04), stage.color("cream")
            drawn += plants.mushroom(
                x, edge.at(x) + random.uniform(24, 60), random.uniform(40, 84), cap, stem, cap.lighten(0.08)
            )
    stage.add("floor", 0.6, drawn)


def _frame(stage: Stage) -> None:
    random, dark = stage.random("frame"), stage.color("cavern-stone", lighter=-0.12, near=0.42)
    drawn = ""
    for k in range(15):
        x = LEFT + (RIGHT - LEFT) * (k + random.random()) / 15
        aside = abs(x - 960) / 1120
        length = 60 + 330 * aside * aside * random.uniform(0.6, 1)
        drawn += stones.hanging_point(
            x, TOP, length, length * 0.4 + 40, dark.lighten(random.uniform(-0.01, 0.02)), random
        )
    for x in (LEFT + random.uniform(20, 80), RIGHT - random.uniform(20, 80)):
        drawn += stones.rock(x, BOTTOM + 50, random.uniform(400, 520), random.uniform(300, 390), dark, random)
    stage.add("frame", 0.97, drawn, shadow=Shadow(6, 12, 26, 0.5), blur=framing.BLUR, front=True)

"""The bottom of the sea: reefs, corals, kelp, a whale far off, light from above."""

from __future__ import annotations

from collections.abc import Callable

from storyforge.illustration.paper import framing
from storyforge.illustration.paper.backdrop import CANVAS
from storyforge.illustration.paper.color import Color, oklch
from storyforge.illustration.paper.cut import cut, linear_gradient
from storyforge.illustration.paper.elements import heavens, stones, undersea
from storyforge.illustration.paper.elements.marks import fill
from storyforge.illustration.paper.elements.water import ripple
from storyforge.illustration.paper.geometry import smooth, star
from storyforge.illustration.paper.motions import BUBBLES
from storyforge.illustration.paper.stage import BOTTOM, LEFT, NO_SHADOW, RIGHT, TOP, Shadow, Stage
from storyforge.illustration.paper.terrain import along, floor, land, ridge, strewn

CORALS = (oklch(0.70, 0.155, 22), oklch(0.74, 0.13, 345), oklch(0.80, 0.13, 75), oklch(0.62, 0.14, 310))


def ocean(stage: Stage) -> None:
    random = stage.random("ocean")
    light = stage.light
    _water(stage)
    source = random.uniform(400, 1400)
    stage.sun = (source, -60)
    shafts = heavens.sun_shafts(source, -220, 1500, 9, light.key, random, 0.50, (44, 136))
    stage.add("shafts", 0.05, shafts, raw=True, blur=9)
    _reef(stage, "far reef", 0.12, 690, 50, 0.62)
    _big_thing(stage)
    _reef(stage, "reef", 0.24, 770, 54, 0.36)
    _school(stage)
    _arch(stage)
    stage.mist(560, 900, 0.34, 0.31)
    _coral_bank(stage)
    _jellyfish(stage)
    stage.pool(960, 680, 880, 420, 0.40, light.haze.lighten(0.16))
    _sea_floor(stage)
    _frame(stage)


def _water(stage: Stage) -> None:
    """The water itself, lighter above, with layers of the surface seen from below."""
    stops = stage.light.sky
    offsets = [(round(i / (len(stops) - 1) * 0.86, 3), color) for i, color in enumerate(stops)]
    paint, drawn = linear_gradient(offsets, 0, TOP, 0, BOTTOM, True)
    drawn += fill(CANVAS, paint)
    for i, (level, opacity) in enumerate(((36, 0.5), (150, 0.4), (290, 0.34))):
        edge = ridge(stage, f"surface {i}", level, 26, 240, step=60)
        above = f"{edge.line}L{RIGHT + 120} {TOP - 50}L{LEFT - 60} {TOP - 50}Z"
        drawn += cut(above, stops[0].mix(stops[1], 0.25 + 0.3 * i).lighten(0.05), 2.4, (0, 4, 14, 0.10), opacity)
    stage.add("water", 0, drawn, shadow=NO_SHADOW)


def _reef(stage: Stage, name: str, depth: float, base: float, amplitude: float, distance: float) -> None:
    """Rocks that rise towards the sides, with kelp."""
    random = stage.random(name)
    middle = random.uniform(760, 1160)
    edge = ridge(stage, name, base, amplitude, 210, step=60, shape=lambda x: -(((x - middle) / 1100) ** 2) * 280)
    leaves = stage.color("kelp", distance * 0.95)
    rocks = land(stage, edge, stage.color("sea-rock", distance), mist=0.4)
    plants = along(edge, 7, random, lambda x, y: undersea.kelp(x, y + 6, random.uniform(120, 270), leaves, random, 26))
    stage.add(name, depth, rocks + plants)


def _big_thing(stage: Stage) -> None:
    """A whale or a wreck, on the side away from the actors."""
    random = stage.random("big thing")
    if stage.holds("ship", "boat", "shipwreck", "wreck") or random.random() < 0.25:
        wood = stage.color("dark-wood", 0.42)
        stage.add("wreck", 0.23, undersea.wreck(stage.focus, 700, random.uniform(300, 380), wood, random))
        return
    color = stage.color(oklch(0.40, 0.09, 262), 0.50)
    y, scale = random.uniform(240, 400), random.uniform(0.7, 1.1)
    drawn = undersea.whale(stage.focus, y, scale, color, random.uniform(-8, 6), rightwards=random.random() < 0.5)
    stage.add("whale", 0.18, drawn)


def _school(stage: Stage) -> None:
    random = stage.random("school")
    color = stage.color(oklch(0.90, 0.11, random.choice((88, 88, 40, 340))), 0.12)
    x, y = stage.aside(random.uniform(380, 680)), random.uniform(150, 330)
    leftwards = random.random() < 0.5
    fish = (
        undersea.small_fish(
            x + random.uniform(-200, 200), y + random.uniform(-90, 90), random.uniform(12, 23), color, leftwards
        )
        for _ in range(random.randrange(9, 18))
    )
    stage.add("school", 0.30, "".join(fish), shadow=Shadow(2, 5, 8, 0.2))


def _arch(stage: Stage) -> None:
    """A gate of rock at one side."""
    random = stage.random("arch")
    points = [(-230, 420), (-210, 160), (-130, 40), (10, 0), (150, 60), (220, 180), (240, 420), (120, 420), (106, 240)]
    points += [(40, 148), (-40, 156), (-96, 250), (-110, 420)]
    x, scale = 960 + random.choice((-1, 1)) * random.uniform(560, 760), random.uniform(0.85, 1.25)
    outline = smooth([(x + u * scale, 900 + (v - 420) * scale) for u, v in points])
    stage.add("arch", 0.30, cut(outline, stage.color("sea-rock", 0.30), 2.4))


def _garden(stage: Stage, distance: float, size: float) -> Callable[[float, float], str]:
    """Plants one coral or strand of kelp wherever it is asked to."""
    random = stage.random("garden", distance)

    def plant(x: float, y: float) -> str:
        color, kind = stage.color(random.choice(CORALS), distance), random.random()
        if kind < 0.34:
            return undersea.branch_coral(x, y + 12, size * random.uniform(110, 170), color, random)
        if kind < 0.58:
            return undersea.fan_coral(x, y + 12, size * random.uniform(80, 130), color, random)
        if kind < 0.74:
            return undersea.tube_coral(x, y + 12, size * random.uniform(60, 100), color)
        return undersea.kelp(x, y + 14, size * random.uniform(180, 300), stage.color("kelp", distance), random, 32)

    return plant


def _coral_bank(stage: Stage) -> None:
    random, edge = stage.random("coral bank"), ridge(stage, "coral bank", 822, 28, 300)
    bank = along(edge, random.randrange(9, 14), random, _garden(stage, 0.16, random.uniform(0.95, 1.3)))
    stage.add("coral bank", 0.42, bank + land(stage, edge, stage.color("sand", 0.20), mist=0.2, strata=1))


def _jellyfish(stage: Stage) -> None:
    random, drawn = stage.random("jellyfish"), ""
    for _ in range(random.choice((1, 2, 3, 4))):
        color = stage.color(oklch(0.83, 0.10, random.choice((340, 320, 190, 80))), 0.08)
        x = random.choice((random.uniform(80, 620), random.uniform(1300, 1840)))
        drawn += undersea.jellyfish(x, random.uniform(150, 380), random.uniform(36, 62), color, random)
    stage.add("jellyfish", 0.45, drawn, shadow=Shadow(3, 8, 10, 0.25))


def _sea_floor(stage: Stage) -> None:
    random, edge = stage.random("sea floor"), floor(stage, ridge(stage, "sea floor", 880, 18, 520), 48)
    sand = stage.color("sand", lighter=0.03).mix(oklch(0.88, 0.08, 84), 0.42 if not stage.light.dark else 0.15)
    drawn = land(stage, edge, sand, mist=-0.12, strata=3)
    for _ in range(26):
        drawn += ripple(
            random.uniform(LEFT, RIGHT), random.uniform(930, 1120), random.uniform(60, 110), sand.lighten(-0.06)
        )
    garden = _garden(stage, 0.06, 0.86)
    for side in (-1, 1):
        x = 960 + side * random.uniform(560, 820)
        rock = stage.color(oklch(0.50, 0.055, 265), 0.05)
        drawn += stones.rock(x, edge.at(x) + 40, random.uniform(120, 210), random.uniform(60, 120), rock, random)
        for dx in (-80, 90):
            drawn += garden(x + dx, edge.at(x + dx) + 26)
    stage.add("sea floor", 0.6, drawn + strewn(edge, 6, random, 110, 200, _small_finds(stage)))


def _small_finds(stage: Stage) -> Callable[[float, float], str]:
    """Starfish and shells."""
    random = stage.random("finds")

    def find(x: float, y: float) -> str:
        if random.random() < 0.5:
            body = star(x, y, random.uniform(22, 32), 14, 5, random.uniform(-110, -60))
            return cut(body, stage.color(random.choice(CORALS)), 2, 6)
        return undersea.scallop_shell(x, y, random.uniform(28, 40), stage.color(oklch(0.90, 0.05, 30)))

    return find


def _frame(stage: Stage) -> None:
    """Rocks, kelp and corals before the lens."""
    random, rock = stage.random("frame"), stage.color("sea-rock", lighter=-0.1, near=0.45)
    drawn, leaves = "", stage.color("kelp", lighter=-0.10, near=0.42)
    for foot, side in ((LEFT + 40, 1), (RIGHT - 40, -1)):
        drawn += stones.rock(foot, 1200, random.uniform(360, 520), random.uniform(280, 400), rock, random)
        for i in range(random.choice((2, 3, 4))):
            x, height = foot + side * (40 + i * 90), random.uniform(0.8, 1.2) * (760 - i * 190)
            drawn += undersea.kelp(x, 1210, height, leaves, random, 58)
        for i in range(2):
            coral: Color = stage.color(random.choice(CORALS), lighter=-0.08, near=0.30)
            drawn += undersea.branch_coral(foot + side * i * 240, 1200, random.uniform(180, 330), coral, random)
    stage.add("frame", 0.97, drawn, shadow=Shadow(6, 10, 24, 0.42), blur=framing.BLUR, front=True)
    bubbles = undersea.bubbles(34, 0, 1920, 60, 960, stage.random("bubbles"))
    stage.add("bubbles", 0.9, bubbles, raw=True, front=True, motion=BUBBLES)

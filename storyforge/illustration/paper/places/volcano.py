"""A volcano that throws up lava under its own smoke; a river of lava, black spires."""

from __future__ import annotations

from storyforge.illustration.paper import backdrop, framing
from storyforge.illustration.paper.color import Color, oklch
from storyforge.illustration.paper.cut import cut, glow, linear_gradient
from storyforge.illustration.paper.elements import fire, heavens, stones
from storyforge.illustration.paper.elements.marks import fill
from storyforge.illustration.paper.elements.water import ripple
from storyforge.illustration.paper.geometry import ellipse, polygon, scallop
from storyforge.illustration.paper.motions import EMBERS
from storyforge.illustration.paper.stage import BOTTOM, LEFT, NO_SHADOW, RIGHT, Shadow, Stage
from storyforge.illustration.paper.terrain import floor, land, ridge, strewn

_FIRELIGHT = oklch(0.56, 0.18, 40)


def volcano(stage: Stage) -> None:
    random = stage.random("volcano")
    base, height, width = 900.0, random.uniform(520, 630), random.uniform(1000, 1300)
    backdrop.sky(stage)
    stage.sun = (stage.focus, base - height)
    _smoke(stage, base - height)
    backdrop.mountains(
        stage, "peaks", 0.15, 800, random.uniform(240, 340), 6, 0.52, material="basalt", widths=(380, 560)
    )
    _cone(stage, base, height, width)
    stage.mist(660, 960, 0.42, 0.3, _FIRELIGHT)
    spires = ridge(stage, "spires", 800, 74, 150, step=50, sharp=True)
    stage.add("spires", 0.36, land(stage, spires, stage.color("basalt", 0.12), mist=0.2))
    _lava_river(stage)
    stage.pool(960, 720, 900, 360, 0.46, oklch(0.72, 0.19, 50))
    _floor(stage)
    _frame(stage)


def _smoke(stage: Stage, crater: float) -> None:
    """A plume over the crater that spreads along the top of the frame."""
    random, x = stage.random("smoke"), stage.focus
    gray, glowing = stage.color(oklch(0.44, 0.05, 10)), oklch(0.62, 0.19, 42)
    drift = random.choice((-1, 1)) * random.uniform(60, 170)
    drawn = glow(x, crater, 620, oklch(0.72, 0.20, 45), 0.75)
    for i in range(11):
        t = i / 10
        color = gray.mix(glowing, max(0, 0.62 - t)).lighten(-0.04 * t)
        at, radius = x + drift * t + 60 * random.uniform(-1, 1) * t, 90 + t * 190
        y = crater + 20 - t * (crater + 130)
        drawn += cut(scallop(at, y, radius, radius * 0.62, 9, 0, 360, 0.58, None, random), color, 2.2, 10)
    for side, shade in ((-1, -0.05), (1, -0.02)):
        for i in range(5):
            t = i / 4
            heap = x + side * (160 + t * random.uniform(420, 640)), 60 - t * 60 + random.uniform(-24, 24)
            drawn += heavens.billow(*heap, 130 + 60 * t, 90 + 20 * t, gray.lighten(shade + 0.02 * i), random)
    stage.add("smoke", 0.10, drawn)


def _cone(stage: Stage, base: float, height: float, width: float) -> None:
    random, x, top = stage.random("cone"), stage.focus, base - height
    color = stage.color("basalt", 0.22)
    right = [(0.10, 0.993), (0.19, 0.60), (0.34, 0.26), (0.5, 0)]
    rim = [(-0.09, 1), (-0.055, 0.956), (-0.017, 0.986), (0.034, 0.949)]
    outline = [(-0.5, 0.0), (-0.33, 0.28), (-0.2, 0.62), *rim, *right]
    points = [(x + u * width, base - v * height) for u, v in outline]
    drawn = cut(polygon([*points, (x + width / 2, BOTTOM + 30), (x - width / 2, BOTTOM + 30)]), color, 2.4)
    shade = [(x + u * width, base - v * height) for u, v in (rim[-1], *right, (0.10, 0), (0.05, 0.5))]
    drawn += fill(polygon(shade), color.lighten(-0.05), 0.8)
    drawn += fill(ellipse(x + 4, top + 12, width * 0.088, 20), fire.HOT) + glow(x, top, 260, fire.HOT, 0.85)
    for start in random.sample((-0.05, -0.015, 0.025, 0.06), random.choice((2, 3, 4))):
        drawn += _stream(stage, start, x, base, height, width)
    stage.add("volcano", 0.26, drawn)
    stage.add("fountain", 0.27, fire.fountain(x, top + 10, random.uniform(130, 210), random), shadow=NO_SHADOW)


def _stream(stage: Stage, start: float, x: float, base: float, height: float, width: float) -> str:
    """Lava from the crater's rim down a winding course; the outer ones follow the slope."""
    random, points = stage.random("stream", start), []
    for i in range(5):
        down = i / 4
        across = start + start * 3.4 * down + random.uniform(-0.03, 0.03) * (i > 0)
        points.append((x + across * width, base - height * (0.97 - down * random.uniform(0.85, 0.98))))
    return fire.lava_stream(points, (24, 30, 26, 34, 46))


def _lava_river(stage: Stage) -> None:
    random = stage.random("river")
    stops = [(0, fire.HOT.lighten(0.03)), (0.5, fire.LAVA.lighten(0.03)), (1, oklch(0.58, 0.22, 32))]
    paint, drawn = linear_gradient(stops, 0, 820, 0, 1000, True)
    drawn += cut(ridge(stage, "river", 850, 10, 200).land, paint, 2.4)
    for _ in range(24):
        x, y = random.uniform(LEFT, RIGHT), random.uniform(866, 930)
        drawn += ripple(x, y, random.uniform(80, 160), oklch(0.92, 0.13, 92), 5, 0.8)
    for _ in range(random.choice((3, 4, 5))):
        width, height = random.uniform(110, 210), random.uniform(32, 60)
        rock = stage.color("black-basalt")
        drawn += stones.rock(random.uniform(0, 1920), random.uniform(888, 914), width, height, rock, random)
    stage.add("lava", 0.45, drawn, grain=60)


def _floor(stage: Stage) -> None:
    random, color = stage.random("floor"), stage.color(oklch(0.40, 0.05, 350))
    edge = floor(stage, ridge(stage, "floor", 912, 20, 260, step=44, sharp=True))
    drawn = land(stage, edge, color, mist=-0.02)
    drawn += strewn(edge, 13, random, 60, 210, lambda x, y: fire.glowing_crack(x, y, random))
    stage.add("floor", 0.6, drawn)


def _frame(stage: Stage) -> None:
    random, shine = stage.random("frame"), oklch(0.50, 0.18, 35)
    dark: Color = stage.color("black-basalt", lighter=-0.03, near=0.3)
    drawn = ""
    for foot, side in ((LEFT + 30, 1), (RIGHT - 20, -1)):
        for i in range(random.choice((2, 3, 3))):
            width, height = 270 - 60 * i, random.uniform(0.85, 1.15) * (740 - 250 * i)
            tone = dark.lighten(random.uniform(-0.01, 0.03))
            lean = side * random.uniform(-20, 60)
            drawn += stones.spire(foot + side * i * 145, BOTTOM + 40, width, height, tone, lean, shine)
    stage.add("frame", 0.97, drawn, shadow=Shadow(6, 6, 26, 0.5), blur=framing.BLUR, front=True)
    embers = fire.embers(54, LEFT, RIGHT, 100, 1000, stage.random("embers"))
    stage.add("embers", 0.92, embers, raw=True, front=True, motion=EMBERS)

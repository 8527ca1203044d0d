"""Space: nested openings of a nebula, planets, a comet, and a floating rock to stand on."""

from __future__ import annotations

import math

from storyforge.illustration.paper import framing
from storyforge.illustration.paper.backdrop import CANVAS, stars
from storyforge.illustration.paper.color import Color, oklch
from storyforge.illustration.paper.cut import cut, glow, radial_gradient
from storyforge.illustration.paper.elements import heavens, stones
from storyforge.illustration.paper.elements.isles import floating_rock
from storyforge.illustration.paper.elements.marks import fill
from storyforge.illustration.paper.elements.openings import opening
from storyforge.illustration.paper.geometry import noise, smooth
from storyforge.illustration.paper.stage import BOTTOM, NO_SHADOW, TOP, Shadow, Stage


def space(stage: Stage) -> None:
    random = stage.random("space")
    hue = random.choice((0, 0, -60, -110, 40))  # the nebula is purple, blue, teal or wine-red
    heart = (960 + random.uniform(-180, 220), random.uniform(420, 520))
    _void(stage, heart, hue)
    stars(stage, 1100)
    for i, (size, depth) in enumerate(((0.70, 0.10), (0.86, 0.16), (1.04, 0.24))):
        _nebula(stage, i, heart, size, depth, hue)
    _planets(stage)
    stage.pool(960, 640, 820, 420, 0.42, oklch(0.66, 0.16, 330).rotate(hue))
    _far_isles(stage)
    _floor(stage)
    _frame(stage, hue)


def _void(stage: Stage, heart: tuple[float, float], hue: float) -> None:
    shades = ((0, 0.36, 0.15, 318), (0.35, 0.27, 0.125, 300), (0.75, 0.18, 0.08, 285), (1, 0.12, 0.05, 280))
    stops = [(offset, oklch(lightness, chroma, turn + hue)) for offset, lightness, chroma, turn in shades]
    paint, definition = radial_gradient(stops, round(heart[0]), round(heart[1]), 1250, True)
    stage.add("void", 0, definition + fill(CANVAS, paint), shadow=NO_SHADOW)
    stage.sun = heart
    stage.add("heart", 0.02, glow(*heart, 760, oklch(0.70, 0.15, 345 + hue), 0.55), raw=True)


def _nebula(stage: Stage, i: int, heart: tuple[float, float], size: float, depth: float, hue: float) -> None:
    torn, rim = noise(stage.seed, "nebula", i), []
    for j in range(16):
        angle, reach = 2 * math.pi * j / 16, size * (1 + 0.17 * torn(j * 0.9 + i * 7))
        rim.append((heart[0] - 40 + 1010 * reach * math.cos(angle), heart[1] + 40 + 610 * reach * math.sin(angle)))
    colors = (oklch(0.40, 0.145, 330), oklch(0.33, 0.13, 305), oklch(0.25, 0.10, 288))
    stage.add(f"nebula {i}", depth, opening(rim, colors[i].rotate(hue)), shadow=Shadow(0, 6, 26, 0.45))


def _planets(stage: Stage) -> None:
    """A great one with a ring on the free third, one or two small ones, a comet between them."""
    random, focus = stage.random("planets"), stage.focus
    tones = [
        oklch(0.74, 0.13, 62),
        oklch(0.66, 0.12, 200),
        oklch(0.72, 0.14, 20),
        oklch(0.70, 0.12, 150),
        oklch(0.72, 0.11, 300),
    ]
    random.shuffle(tones)
    great = min(1700, max(220, focus + random.uniform(-60, 260) * (1 if focus >= 960 else -1)))
    ring = oklch(0.86, 0.09, 88) if random.random() < 0.7 else None
    drawn = heavens.planet(great, random.uniform(190, 280), random.uniform(100, 150), tones[0], random, ring, 4)
    for i, tone in enumerate(tones[1 : random.choice((2, 3, 4))]):
        x, y = 1920 - great + (i - 1) * 300 + random.uniform(-90, 90), random.uniform(110, 380)
        drawn += heavens.planet(x, y, random.uniform(28, 78), tone, random)
    stage.add("planets", 0.30, drawn, shadow=Shadow(6, 12, 18, 0.4))
    x, angle = random.uniform(620, 1240), random.uniform(-165, -140)
    stage.add("comet", 0.32, heavens.comet(x, random.uniform(100, 220), 330, oklch(0.92, 0.09, 95), angle), raw=True)


def _far_isles(stage: Stage) -> None:
    random, drawn = stage.random("far isles"), ""
    rock = stage.color("asteroid", 0.30)
    for _ in range(random.choice((2, 3, 4))):
        x = 960 + random.choice((-1, 1)) * random.uniform(300, 900)
        width = random.uniform(110, 240)
        drawn += floating_rock(x, random.uniform(560, 760), width, width * 0.42, rock, rock.lighten(0.10), random)
    stage.add("far isles", 0.40, drawn, shadow=Shadow(4, 10, 14, 0.4))


def _floor(stage: Stage) -> None:
    random, rock = stage.random("floor"), stage.color("asteroid")
    stage.ground = lambda x: 932.0
    drawn = floating_rock(
        960, 918, random.uniform(1560, 1780), random.uniform(220, 290), rock, rock.lighten(0.10), random
    )
    gem = oklch(0.72, 0.14, random.choice((195, 195, 150, 330, 60)))
    for side in (-1, 1):
        x = 960 + side * random.uniform(560, 680)
        for k in range(random.choice((1, 2, 3))):
            height = random.uniform(70, 150)
            tone: Color = gem.lighten(random.uniform(-0.03, 0.04))
            drawn += stones.crystal(
                x + side * k * 46, 922, height * 0.34, height, tone, random.uniform(-18, 18), gem.lighten(0.08)
            )
    stage.add("floor", 0.6, drawn, shadow=Shadow(0, 16, 26, 0.5))


def _frame(stage: Stage, hue: float) -> None:
    """Dark torn paper at both sides."""
    torn, drawn = noise(stage.seed, "frame"), ""
    for side in (-1, 1):
        edge = []
        for i in range(10):
            bulge = 30 + 74 * abs(torn(i * 0.9 + side * 31)) + 120 * abs(i - 4.5) / 4.5
            edge.append((960 + side * (1030 - bulge), TOP - 60 + i * 150))
        outside = 960 + side * 1260
        sheet = [(outside, TOP - 80, "corner"), *edge, (outside, BOTTOM + 120, "corner")]
        drawn += cut(smooth(sheet), oklch(0.155, 0.06, 285 + hue * 0.5), 2.6)
    stage.add("frame", 0.97, drawn, shadow=Shadow(0, 6, 30, 0.55), blur=framing.BLUR, front=True)

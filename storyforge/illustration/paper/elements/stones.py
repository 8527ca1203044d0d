"""Stone and ice: rocks, peaks, spires, crystals, icicles."""

from __future__ import annotations

import math
from random import Random

from storyforge.illustration.paper.color import Color
from storyforge.illustration.paper.cut import cut, glow, linear_gradient
from storyforge.illustration.paper.elements.marks import fill
from storyforge.illustration.paper.geometry import Point, polygon, smooth


def rock(x: float, y: float, width: float, height: float, color: Color, random: Random) -> str:
    """A boulder with a lit and a shaded facet."""
    rim: list[Point] = []
    for i in range(7):
        angle = math.pi * (1 - i / 6)
        across = width / 2 * math.cos(angle) * random.uniform(0.9, 1.08)
        up = height * math.sin(angle) ** 0.8 if 0 < i < 6 else 0.0
        rim.append((x + across, y - up * random.uniform(0.8, 1.05)))
    middle, ridge = rim[3], (x + random.uniform(-0.1, 0.12) * width, y - height * 0.45)
    drawn = cut(polygon([(x - width / 2, y + 10), *rim, (x + width / 2, y + 10)]), color, 2, 8)
    drawn += fill(polygon([rim[1], rim[2], middle, ridge]), color.lighten(0.05))
    return drawn + fill(polygon([middle, rim[4], rim[5], (x + width * 0.36, y + 4), ridge]), color.lighten(-0.05))


def mountain(
    x: float,
    base: float,
    width: float,
    height: float,
    color: Color,
    random: Random,
    snow: Color | None = None,
    haze: Color | None = None,
) -> str:
    """A ragged peak with its right side in shade, a zigzag cap of `snow`, and its foot in `haze`."""
    peak = x + random.uniform(-0.10, 0.10) * width
    left = [_slope(x - width / 2, peak, base, height, i / 6, random) for i in range(7)]
    right = [_slope(x + width / 2, peak, base, height, 1 - i / 6, random) for i in range(7)]
    outline = [*left, *right[1:], (x + width / 2, base + 400), (x - width / 2, base + 400)]
    paint, definition = str(color), ""
    if haze:
        stops = [(0, color), (1, color.mix(haze, 0.5))]
        paint, definition = linear_gradient(stops, 0, round(base - height), 0, round(base + 40), True)
    drawn = definition + cut(polygon(outline), paint, 2.2, 12)
    fold = [(peak, base - height)]
    fold += [
        (peak + width * (0.025 * i + (0.05 if i % 2 else -0.03)), base - height + height * i / 5) for i in range(1, 6)
    ]
    shade = polygon([*fold, (x + width / 2, base + 10), *right[::-1][1:-1]])
    drawn += fill(shade, color.shade(0.055), 0.55)
    return drawn + (_snow_cap(left, right, peak, base, width, height, snow) if snow else "")


def _slope(foot: float, peak: float, base: float, height: float, up: float, random: Random) -> Point:
    ragged = random.uniform(-0.045, 0.045) * height if 0 < up < 1 else 0
    return foot + (peak - foot) * up, base - height * up**1.1 + ragged


def _snow_cap(
    left: list[Point], right: list[Point], peak: float, base: float, width: float, height: float, snow: Color
) -> str:
    start, end = right[2], left[4]
    hem = []
    for i in range(1, 7):
        t = i / 7
        drop = height * (0.07 if i % 2 else -0.035)
        hem.append((start[0] + (end[0] - start[0]) * t, start[1] + (end[1] - start[1]) * t + drop))
    shade = [(peak, base - height), *right[1:3], *hem[:2], (peak + width * 0.02, base - height * 0.74)]
    cap = cut(polygon([*left[4:], *right[1:3], *hem]), snow, 1.6, (0, 2, 6, 0.18))
    return cap + fill(polygon(shade), snow.shade(0.07), 0.65)


def spire(
    x: float, y: float, width: float, height: float, color: Color, lean: float, shine: Color | None = None
) -> str:
    """A needle of rock whose right side catches the `shine` of fire."""
    tip, shoulder = (x + lean, y - height), (x + width * 0.2 + lean * 0.4, y - height * 0.55)
    outline = [(x - width / 2, y + 10), (x - width * 0.3, y - height * 0.5), tip, shoulder, (x + width / 2, y + 10)]
    drawn = cut(polygon(outline), color, 2.6, 12)
    side = polygon([tip, shoulder, (x + width / 2, y + 10), (x + width * 0.1, y + 10)])
    return drawn + fill(side, shine or color.lighten(-0.05), 0.20 if shine else 0.8)


def crystal(
    x: float, y: float, width: float, height: float, color: Color, lean: float = 0, shine: Color | None = None
) -> str:
    """A six-sided point with a bright and a shaded face; `shine` makes it glow."""
    foot_left, foot_right = (x - width / 2, y + 8), (x + width / 2, y + 8)
    left, right = (x - width / 2 + lean * 0.6, y - height * 0.62), (x + width / 2 + lean * 0.7, y - height * 0.55)
    tip = (x + lean, y - height)
    bright = [foot_left, left, tip, (x - width * 0.08 + lean * 0.35, y - height * 0.5), (x - width * 0.1, y + 8)]
    shaded = [tip, right, foot_right, (x + width * 0.22, y + 8), (x + width * 0.2 + lean * 0.5, y - height * 0.48)]
    drawn = glow(x + lean * 0.5, y - height * 0.5, height * 0.9, shine, 0.35) if shine else ""
    drawn += cut(polygon([foot_left, left, tip, right, foot_right]), color, 2, 7)
    drawn += fill(polygon(bright), color.lighten(0.06), 0.8)
    return drawn + fill(polygon(shaded), color.shade(0.07), 0.6)


def hanging_point(x: float, top: float, length: float, width: float, color: Color, random: Random) -> str:
    """An icicle or stalactite from `top`."""
    tip = x + random.uniform(-0.04, 0.04) * length, top + length
    drawn = cut(polygon([(x - width / 2, top - 20), (x + width / 2, top - 20), tip]), color, 2, 8)
    return drawn + fill(polygon([(x - width * 0.25, top), (x - width * 0.05, top), tip]), color.lighten(0.05), 0.6)


def mesa(x: float, y: float, width: float, height: float, color: Color, random: Random) -> str:
    """A table mountain of the desert, with bands of its layers."""
    top = y - height
    outline = [
        (x - width * 0.5, y + 20),
        (x - width * 0.42, y - height * 0.35),
        (x - width * 0.34, y - height * 0.4),
        (x - width * 0.30, top + random.uniform(0, 14)),
        (x - width * 0.08, top - random.uniform(0, 12)),
        (x + width * 0.27, top + random.uniform(0, 10)),
        (x + width * 0.33, y - height * 0.42),
        (x + width * 0.42, y - height * 0.36),
        (x + width * 0.5, y + 20),
    ]
    drawn = cut(polygon(outline), color, 2.2, 8)
    for up, half in ((0.78, 0.30), (0.60, 0.31)):
        band = [(x - width * half, y - height * up), (x + width * (half - 0.02), y - height * up)]
        drawn += fill(
            polygon([*band, *((px, py + height * 0.07) for px, py in band[::-1])]), color.lighten(-0.045), 0.8
        )
    shade = [(x + width * 0.12, top), *outline[5:], (x + width * 0.2, y + 20)]
    return drawn + fill(polygon(shade), color.shade(0.05), 0.5)


def snow_heap(x: float, y: float, width: float, height: float, color: Color, random: Random) -> str:
    """A soft mound."""
    peak = random.uniform(-0.15, 0.15) * width
    outline = [
        (x - width * 0.5, y + 8, "corner"),
        (x - width * 0.3, y - height * 0.55),
        (x + peak, y - height),
        (x + width * 0.3, y - height * 0.5),
        (x + width * 0.5, y + 8, "corner"),
    ]
    return cut(smooth(outline), color, 2, 6)

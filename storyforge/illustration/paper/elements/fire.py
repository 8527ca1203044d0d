"""Fire and lava."""

from __future__ import annotations

import math
from random import Random

from storyforge.illustration.paper.color import Color, oklch
from storyforge.illustration.paper.cut import cut, glow, transformed
from storyforge.illustration.paper.elements.marks import fill, line, stroke
from storyforge.illustration.paper.geometry import Point, ellipse, polygon, ribbon, rounded_rect, smooth, spine

TONGUES = (oklch(0.62, 0.22, 35), oklch(0.76, 0.18, 58), oklch(0.90, 0.15, 95))
LAVA, HOT = oklch(0.67, 0.215, 41), oklch(0.85, 0.165, 76)


def flame(x: float, y: float, height: float, random: Random, colors: tuple[Color, ...] = TONGUES) -> str:
    """Three tongues one in the other, in a glow."""
    drawn = glow(x, y - height * 0.45, height * 1.25, colors[1], 0.6)
    for i, color in enumerate(colors):
        tall, half = height * (1 - 0.29 * i), height * 0.34 * (1 - 0.29 * i)
        lean = random.uniform(-0.05, 0.05) * height
        outline = [
            (x - half * 0.7, y),
            (x - half, y - tall * 0.26),
            (x - half * 0.66, y - tall * 0.56),
            (x - half * 0.76, y - tall * 0.80, "corner"),
            (x - half * 0.22, y - tall * 0.64),
            (x + lean, y - tall * 1.04, "corner"),
            (x + half * 0.34, y - tall * 0.62),
            (x + half * 0.66, y - tall * 0.84, "corner"),
            (x + half * 0.74, y - tall * 0.52),
            (x + half, y - tall * 0.24),
            (x + half * 0.7, y),
        ]
        drawn += cut(smooth(outline), color, 1.6, (0, 1, 5, 0.16) if i else 6)
    return drawn


def logs(x: float, y: float, length: float, bark: Color, wood: Color) -> str:
    """Two crossed logs."""
    one = cut(rounded_rect(-length / 2, -length * 0.09, length, length * 0.17, length * 0.08), bark, 2, 5)
    one += fill(ellipse(length * 0.475, -length * 0.006, length * 0.05, length * 0.077), wood)
    return "".join(transformed(one, x, y, 1, angle) for angle in (-13, 13))


def lava_stream(points: list[Point], widths: tuple[float, ...]) -> str:
    """Lava that runs along the points, bright in its middle, in its own light."""
    course = line(spine(points, 6))
    drawn = stroke(course, LAVA, max(widths) * 1.5, 0.10) + stroke(course, LAVA, max(widths), 0.16)
    drawn += cut(ribbon(points, widths), LAVA, 1.6)
    return drawn + cut(ribbon(points, [width * 0.48 for width in widths]), HOT, 0)


def fountain(x: float, y: float, size: float, random: Random) -> str:
    """Lava thrown up in arcs from a crater."""
    drawn = ""
    for i in range(11):
        angle, reach = math.radians(-90 + (i - 5) * 10.5), size * random.uniform(0.7, 1.3)
        across, up = reach * math.cos(angle), reach * math.sin(angle)
        foot = x + (i - 5) * size * 0.04, y
        arc = [foot, (x + across * 0.6, y + up * 0.8), (x + across * 1.2, y + up * 0.74 + size * 0.15)]
        tone = oklch(0.70, 0.21, 44 + random.uniform(-8, 18))
        drawn += cut(ribbon(arc, [size * 0.10, size * 0.07, 3], tip="point"), tone, 1)
        core = [foot, (x + across * 0.55, y + up * 0.76), (x + across * 0.95, y + up * 0.75 + size * 0.05)]
        drawn += cut(ribbon(core, [size * 0.045, size * 0.035, 1], tip="point"), oklch(0.88, 0.15, 85), 0)
    return drawn


def embers(count: int, left: float, right: float, top: float, bottom: float, random: Random) -> str:
    """Sparks that rise from a fire. For a raw sheet."""
    color, drawn = oklch(0.80, 0.18, 58), ""
    for _ in range(count):
        x, y, size = random.uniform(left, right), random.uniform(top, bottom), random.uniform(2.4, 6.5)
        chip = polygon([(-size, -size * 0.5), (size * 0.3, -size), (size, size * 0.4), (-size * 0.4, size)])
        spark = fill(chip, color.lighten(random.uniform(-0.05, 0.12)))
        drawn += glow(x, y, size * 4.4, color, 0.6) + transformed(spark, x, y, 1, random.uniform(0, 90))
    return drawn


def glowing_crack(x: float, y: float, random: Random) -> str:
    """A jagged crack in the ground with lava in it."""
    points = [(x, y)]
    for _ in range(4):
        points.append((points[-1][0] + random.uniform(24, 60), points[-1][1] + random.uniform(-20, 22)))
    path = polygon(points, closed=False)
    return stroke(path, LAVA, 16, 0.30) + stroke(path, oklch(0.80, 0.18, 62), 5)

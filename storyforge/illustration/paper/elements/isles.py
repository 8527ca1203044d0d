"""Rocks that float: asteroids and islands in the sky."""

from __future__ import annotations

import math
from random import Random

from storyforge.illustration.paper.color import Color
from storyforge.illustration.paper.cut import cut
from storyforge.illustration.paper.elements.marks import fill
from storyforge.illustration.paper.geometry import ellipse, polygon, smooth


def floating_rock(x: float, y: float, width: float, height: float, color: Color, turf: Color, random: Random) -> str:
    """A rock `height` deep whose top, covered by `turf`, is at y."""
    below = []
    for i in range(7):
        t = (i + 1) / 8
        below.append(
            (x + width / 2 - width * t, y + height * math.sin(math.pi * t) ** 0.7 * random.uniform(0.72, 1.12))
        )
    top = [(-0.5, 0), (-0.3, -16), (0, -8), (0.3, -18), (0.5, 0)]
    drawn = cut(polygon([*((x + u * width, y + v) for u, v in top), *below]), color, 2.6, 12)
    drawn += fill(polygon([(x - width * 0.05, y + 10), (x + width / 2, y), *below[:4]]), color.lighten(-0.055), 0.75)
    for _ in range(5):
        at = x + width * random.uniform(-0.36, 0.36), y + height * random.uniform(0.1, 0.5)
        drawn += fill(ellipse(*at, random.uniform(8, 22), random.uniform(5, 12)), color.lighten(-0.08))
    lawn = [(-0.3, -20), (0, -12), (0.3, -22), (0.51, 6, 1), (0.34, 26), (0.1, 16), (-0.14, 30), (-0.36, 16)]
    return drawn + cut(
        smooth([(x - 0.51 * width, y + 6, 1), *((x + p[0] * width, y + p[1], *p[2:]) for p in lawn)]), turf, 2
    )

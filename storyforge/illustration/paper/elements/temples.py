"""What temples leave behind: columns, arches, aqueducts. (x, y) is the middle of the foot."""

from __future__ import annotations

import math
from random import Random

from storyforge.illustration.paper.color import Color
from storyforge.illustration.paper.cut import cut
from storyforge.illustration.paper.elements.marks import fill, stroke
from storyforge.illustration.paper.geometry import num, polygon, rounded_rect


def column(x: float, y: float, width: float, height: float, color: Color, random: Random, broken: bool = False) -> str:
    """A fluted column with a capital, or `broken` off."""
    drawn = cut(
        rounded_rect(x - width * 0.72, y - width * 0.32, width * 1.44, width * 0.36, 5), color.lighten(0.01), 1.8, 5
    )
    top = y - height
    edge = [(x - width / 2, top), (x + width / 2, top)]
    if broken:
        jags = [(-0.5, random.uniform(0, 0.4)), (-0.2, -random.uniform(0, 0.3)), (0.08, 0.18), (0.3, -0.1), (0.5, 0.34)]
        edge = [(x + u * width, top + v * width) for u, v in jags]
    drawn += cut(polygon([(x - width / 2, y - width * 0.3), *edge, (x + width / 2, y - width * 0.3)]), color, 2, 7)
    for i in range(4):
        flute = f"M{num(x - width * 0.36 + i * width * 0.24)} {num(y - width * 0.36)}V{num(top + width * 0.36)}"
        drawn += stroke(flute, color.lighten(-0.06), width * 0.06)
    shade = rounded_rect(x + width * 0.2, top + width * 0.36, width * 0.3, height - width * 0.66, 0)
    drawn += fill(shade, color.shade(0.08), 0.4)
    return drawn if broken else drawn + _capital(x, top, width, color)


def _capital(x: float, top: float, width: float, color: Color) -> str:
    flare = [
        (x - width * 0.5, top + 4),
        (x - width * 0.78, top - width * 0.26),
        (x + width * 0.78, top - width * 0.26),
        (x + width * 0.5, top + 4),
    ]
    slab = rounded_rect(x - width * 0.84, top - width * 0.5, width * 1.68, width * 0.28, 4)
    return cut(polygon(flare), color.lighten(0.02), 1.8, 5) + cut(slab, color.lighten(0.03), 1.8, 4)


def arch(x: float, y: float, width: float, height: float, thick: float, color: Color, random: Random) -> str:
    """A gate of stone blocks; `width` and `height` are its opening's."""
    radius = width / 2
    spring, drawn = y - height + radius, ""
    for side in (-1, 1):
        foot = y
        while foot > spring + 4:
            tall = min(random.uniform(46, 64), foot - spring)
            block = rounded_rect(
                x + side * (radius + thick / 2) - thick / 2 + random.uniform(-2, 2), foot - tall, thick, tall, 6
            )
            drawn += cut(block, color.lighten(random.uniform(-0.03, 0.03)), 1.8, 4)
            foot -= tall
    for i in range(11):
        drawn += cut(_voussoir(x, spring, radius, thick, i, 11), color.lighten(random.uniform(-0.03, 0.035)), 1.8, 4)
    top = spring - radius
    key = [
        (x - thick * 0.42, top + 8),
        (x - thick * 0.6, top - thick - 14),
        (x + thick * 0.6, top - thick - 14),
        (x + thick * 0.42, top + 8),
    ]
    return drawn + cut(polygon(key), color.lighten(0.05), 2, 5)


def _voussoir(x: float, spring: float, radius: float, thick: float, i: int, count: int) -> str:
    corners = []
    for angle, reach in ((i, 0), (i, 1), (i + 1, 1), (i + 1, 0)):
        turn = math.pi * (1 - angle / count)
        r = radius + thick * reach
        corners.append((x + r * math.cos(turn), spring - r * math.sin(turn)))
    return polygon(corners)


def aqueduct_pier(x: float, top: float, foot: float, span: float, color: Color) -> str:
    """One pier of a row `span` apart, with half an arch on its left."""
    half = span * 0.29
    path = (
        f"M{num(x - span / 2)} {num(foot)}V{num(top)}H{num(x + span / 2)}V{num(foot)}H{num(x + span * 0.28)}"
        f"V{num(top + 170)}A{num(half)} {num(half)} 0 0 0 {num(x - span * 0.30)} {num(top + 170)}V{num(foot)}Z"
    )
    return cut(path, color, 2)

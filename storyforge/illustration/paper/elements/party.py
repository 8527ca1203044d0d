"""What makes a feast: bunting, lights, lanterns, balloons, fireworks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from random import Random

from storyforge.illustration.paper.color import Color
from storyforge.illustration.paper.cut import cut, glow, transformed
from storyforge.illustration.paper.elements.heavens import string
from storyforge.illustration.paper.elements.marks import dot, fill, line, stroke
from storyforge.illustration.paper.geometry import ellipse, leaf, num, rounded_rect, smooth, sparkle

Span = tuple[float, float, float, float]  # a line's ends: x0, y0, x1, y1


def _hung(span: Span, sag: float, t: float) -> tuple[float, float]:
    """Where a slack line is at t 0…1."""
    x0, y0, x1, y1 = span
    return x0 + (x1 - x0) * t, y0 + (y1 - y0) * t + sag * 4 * t * (1 - t)


def bunting(span: Span, sag: float, colors: Sequence[Color], count: int, size: float = 50) -> str:
    """Pennants on a slack line."""
    drawn = stroke(line([_hung(span, sag, t / 20) for t in range(21)]), "#fff", 3, 0.75)
    flag = smooth([(-size * 0.46, 0, "corner"), (size * 0.46, 0, "corner"), (0, size * 1.05, "corner")])
    for i in range(count):
        t = (i + 0.5) / count
        slope = math.degrees(math.atan2(span[3] - span[1] + sag * 4 * (1 - 2 * t), span[2] - span[0]))
        drawn += transformed(cut(flag, colors[i % len(colors)], 1.8, (1, 4, 7, 0.3)), *_hung(span, sag, t), 1, slope)
    return drawn


def string_lights(span: Span, sag: float, color: Color, count: int, wire: Color) -> str:
    """Lit bulbs on a slack wire."""
    drawn = stroke(line([_hung(span, sag, t / 20) for t in range(21)]), wire, 3.4)
    for i in range(count):
        x, y = _hung(span, sag, (i + 0.5) / count)
        bulb = smooth([(x - 5, y + 7), (x - 11, y + 20), (x, y + 32), (x + 11, y + 20), (x + 5, y + 7)])
        drawn += glow(x, y + 16, 64, color, 0.62) + stroke(f"M{num(x)} {num(y)}v8", wire, 5)
        drawn += cut(bulb, color.lighten(0.04), 1.4)
    return drawn


def lantern(x: float, y: float, size: float, color: Color, frame: Color, hung_from: float | None = None) -> str:
    """A paper lantern in its light; (x, y) is its middle."""
    drawn = string(x, y - size * 0.7, hung_from, frame) if hung_from is not None else ""
    drawn += glow(x, y, size * 3, color, 0.7)
    sides = [(-0.3, -0.62, 1), (-0.62, 0), (-0.3, 0.62, 1), (0.3, 0.62, 1), (0.62, 0), (0.3, -0.62, 1)]
    drawn += cut(smooth([(x + p[0] * size, y + p[1] * size, *p[2:]) for p in sides]), color, 2, 6)
    for k in (-0.45, 0.45):
        rib = f"M{num(x + k * size * 0.3)} {num(y - size * 0.6)}Q{num(x + k * size * 0.62)} {num(y)} "
        drawn += stroke(f"{rib}{num(x + k * size * 0.3)} {num(y + size * 0.6)}", color.lighten(-0.10), size * 0.05)
    for top in (-0.74, 0.58):
        drawn += cut(rounded_rect(x - size * 0.36, y + top * size, size * 0.72, size * 0.16, 3), frame, 1)
    return drawn


def balloon(x: float, y: float, size: float, color: Color) -> str:
    """A toy balloon on its string."""
    tail = f"M{num(x)} {num(y + size * 1.2)}Q{num(x + 20)} {num(y + size * 2.6)} {num(x - 10)} {num(y + size * 4.6)}"
    skin = [(0, -1.15), (0.92, -0.3), (0.52, 0.8), (0, 1.12), (-0.52, 0.8), (-0.92, -0.3)]
    shine = f"M{num(x - size * 0.5)} {num(y - size * 0.3)}Q{num(x - size * 0.4)} {num(y - size * 0.75)} "
    shine += f"{num(x - size * 0.06)} {num(y - size * 0.84)}"
    drawn = stroke(tail, "#fff", 3, 0.7) + cut(smooth([(x + u * size, y + v * size) for u, v in skin]), color, 3, 10)
    return drawn + stroke(shine, "#fff", size * 0.12, 0.6)


def firework(x: float, y: float, radius: float, color: Color, rays: int = 14) -> str:
    """A burst of two rings of rays. For a raw sheet."""
    drawn = glow(x, y, radius * 1.3, color, 0.45)
    for share, count, thick, turn in ((1.0, rays, 1.0, 0.0), (0.58, rays - 4, 0.8, 0.5)):
        reach = radius * share
        for i in range(count):
            angle = 2 * math.pi * (i + turn) / count
            foot = x + reach * 0.36 * math.cos(angle), y + reach * 0.36 * math.sin(angle)
            ray = leaf(*foot, reach * 0.58, radius * 0.035 * thick, math.degrees(angle))
            drawn += fill(ray, color.lighten(0.05 if share < 1 else -0.01))
            tip = x + reach * math.cos(angle), y + reach * math.sin(angle)
            drawn += dot(*tip, radius * 0.036 * thick, color.lighten(0.12))
    return drawn + fill(sparkle(x, y, radius * 0.22), "#fffdf0")


def market_stall(x: float, y: float, width: float, cloth: Color, stripes: Color, wood: Color, random: Random) -> str:
    """A stall with a striped awning and fruit."""
    height = width * 0.9
    drawn = "".join(
        cut(rounded_rect(x + k * width * 0.44 - 6, y - height, 12, height, 3), wood, 1.6, 4) for k in (-1, 1)
    )
    drawn += cut(rounded_rect(x - width * 0.5, y - height * 0.42, width, height * 0.42, 5), wood.lighten(0.05), 2, 7)
    for i in range(6):
        hue = cloth.rotate(random.uniform(-30, 60))
        fruit = x - width * 0.4 + i * width * 0.16, y - height * 0.45
        drawn += cut(ellipse(*fruit, width * 0.075), hue, 1.4, 3)
    for i in range(7):
        left = x - width * 0.58 + i * width * 1.16 / 7
        tooth = width * 1.16 / 7
        strip = [
            (left + tooth * 0.12, y - height * 1.16),
            (left + tooth * 0.88, y - height * 1.16),
            (left + tooth, y - height * 0.84),
            (left + tooth * 0.5, y - height * 0.76),
            (left, y - height * 0.84),
        ]
        path = smooth([(*strip[0], 1), (*strip[1], 1), (*strip[2], 1), strip[3], (*strip[4], 1)])
        drawn += cut(path, stripes if i % 2 else cloth, 1.6, 4)
    return drawn

"""A portal: torn rings of paper that turn into light."""

from __future__ import annotations

import math
from random import Random

from storyforge.illustration.paper.color import Color, oklch
from storyforge.illustration.paper.cut import cut, glow
from storyforge.illustration.paper.geometry import ribbon, smooth

PORTAL = (oklch(0.50, 0.15, 285), oklch(0.72, 0.14, 215), oklch(0.93, 0.09, 180))


def portal(
    x: float, y: float, rx: float, ry: float, random: Random, colors: tuple[Color, Color, Color] = PORTAL
) -> str:
    outer, middle, inner = colors
    drawn = glow(x, y, max(rx, ry) * 2.1, outer, 0.65)
    for i in range(6):
        t, phase = i / 5, random.uniform(0, 6.28)
        color = outer.mix(middle, min(1, t * 1.8)) if t < 0.55 else middle.mix(inner, (t - 0.55) / 0.45)
        ring = []
        for j in range(15):
            reach = (1 - 0.86 * t) * (1 + (0.07 if j % 2 else -0.05) * (1 - t * 0.5))
            angle = phase + 2 * math.pi * j / 15
            ring.append((x + rx * reach * math.cos(angle), y + ry * reach * math.sin(angle)))
        drawn += cut(smooth(ring), color, 2.4, (0, 0, 12, 0.30))
    for k in range(3):
        arm = [_on_spiral(x, y, rx, ry, k, t) for t in range(13)]
        drawn += cut(ribbon(arm, [3, rx * 0.10, rx * 0.08, 1], steps=3, tip="point"), inner, 0, opacity=0.75)
    return drawn + glow(x, y, min(rx, ry) * 0.62, oklch(0.99, 0.03, 160), 0.95)


def _on_spiral(x: float, y: float, rx: float, ry: float, arm: int, t: int) -> tuple[float, float]:
    reach, angle = 0.92 - 0.80 * t / 12, arm * 2.09 + t * 0.42
    return x + rx * reach * math.cos(angle), y + ry * reach * math.sin(angle)

"""Life under the sea."""

from __future__ import annotations

import math
from random import Random

from storyforge.illustration.paper.color import Color, oklch
from storyforge.illustration.paper.cut import cut, glow, transformed
from storyforge.illustration.paper.elements.marks import dot, fill, stroke
from storyforge.illustration.paper.geometry import Point, ellipse, num, point, ribbon, smooth, spine


def kelp(x: float, y: float, height: float, color: Color, random: Random, width: float = 30) -> str:
    """A swaying strand with leaves."""
    sway = random.choice((-1, 1)) * height * 0.06
    bends = [(x + sway * (1 if i % 2 else -1) + random.uniform(-6, 6), y - height * i / 5) for i in range(1, 6)]
    stem = [(x, y), *bends]
    drawn = cut(ribbon(stem, [width * 0.5, width * 0.62, width * 0.5, width * 0.36, 1], tip="point"), color, 1.8, 6)
    nodes = spine(stem, 4)
    for i, (px, py) in enumerate(nodes[2:-1]):
        side, size = 1 if i % 2 else -1, height * 0.16 * (1 - 0.5 * i / len(nodes))
        blade = [
            (px, py),
            (px + side * size * 0.5, py - size * 0.42),
            (px + side * size, py - size * 0.45, "corner"),
            (px + side * size * 0.6, py - size * 0.05),
        ]
        drawn += cut(smooth(blade), color.lighten(0.025 * side), 1.4)
    return drawn


def branch_coral(x: float, y: float, height: float, color: Color, random: Random) -> str:
    return _coral_limb(x, y, -math.pi / 2 + random.uniform(-0.1, 0.1), height * 0.34, height * 0.13, 3, color, random)


def _coral_limb(
    x: float, y: float, angle: float, length: float, width: float, forks: int, color: Color, random: Random
) -> str:
    end_x, end_y = x + length * math.cos(angle), y + length * math.sin(angle)
    drawn = ""
    for turn in (random.uniform(-0.62, -0.3), random.uniform(0.25, 0.6)) if forks else ():
        shorter = length * random.uniform(0.68, 0.82)
        drawn += _coral_limb(end_x, end_y, angle + turn, shorter, width * 0.72, forks - 1, color, random)
    line = [(x, y), ((x + end_x) / 2 + random.uniform(-4, 4), (y + end_y) / 2), (end_x, end_y)]
    return drawn + cut(
        ribbon(line, [width, width * 0.88, width * 0.8], cap=True), color.lighten(0.012 * (3 - forks)), 1.5
    )


def fan_coral(x: float, y: float, height: float, color: Color, random: Random) -> str:
    rim: list[Point] = []
    for i in range(9):
        angle, reach = math.radians(-168 + 156 * i / 8), height * random.uniform(0.86, 1.04)
        rim.append((x + reach * 0.72 * math.cos(angle), y - height * 0.08 + reach * math.sin(angle)))
    drawn = cut(smooth([(x - height * 0.06, y), *rim, (x + height * 0.06, y)]), color, 2, 7)
    for px, py in rim:
        elbow, end = (x + (px - x) * 0.4, y + (py - y) * 0.6), (x + (px - x) * 0.86, y + (py - y) * 0.86)
        drawn += stroke(f"M{num(x)} {num(y)}Q{point(elbow)} {point(end)}", color.lighten(-0.07), height * 0.022)
    return drawn


def tube_coral(x: float, y: float, height: float, color: Color) -> str:
    drawn = ""
    for dx, share in ((-0.24, 0.72), (0.22, 0.62), (-0.02, 1.0)):
        middle, tall, half = x + dx * height, height * share, height * 0.17
        outline = [
            (middle - half * 0.7, y + 6, "corner"),
            (middle - half * 0.62, y - tall * 0.6),
            (middle - half, y - tall),
            (middle, y - tall - half * 0.3),
            (middle + half, y - tall),
            (middle + half * 0.62, y - tall * 0.6),
            (middle + half * 0.7, y + 6, "corner"),
        ]
        drawn += cut(smooth(outline), color.lighten(0.03 * share - 0.03), 1.8, 6)
        drawn += fill(ellipse(middle, y - tall, half * 0.72, half * 0.26), color.lighten(-0.2))
    return drawn


def jellyfish(x: float, y: float, size: float, color: Color, random: Random) -> str:
    drawn = glow(x, y, size * 1.8, color, 0.5)
    for i in range(5):
        left, length = x - size * 0.5 + i * size * 0.25, size * random.uniform(0.4, 0.7)
        arm = f"M{num(left)} {num(y + size * 0.1)}q{num(size * 0.14)} {num(size * 0.3)} 0 {num(size * 0.55)}"
        drawn += stroke(f"{arm}t{num(-size * 0.03)} {num(length)}", color.lighten(0.04), size * 0.06, 0.75)
    bell = [
        (x - size * 0.66, y + size * 0.12, "corner"),
        (x - size * 0.6, y - size * 0.36),
        (x, y - size * 0.72),
        (x + size * 0.6, y - size * 0.36),
        (x + size * 0.66, y + size * 0.12, "corner"),
        (x + size * 0.33, y + size * 0.02),
        (x, y + size * 0.14),
        (x - size * 0.33, y + size * 0.02),
    ]
    shine = f"M{num(x - size * 0.36)} {num(y - size * 0.2)}Q{num(x - size * 0.25)} {num(y - size * 0.5)} "
    shine += f"{num(x + size * 0.05)} {num(y - size * 0.54)}"
    return drawn + cut(smooth(bell), color, 2, 6, 0.92) + stroke(shine, "#fff", size * 0.07, 0.5)


def small_fish(x: float, y: float, size: float, color: Color, leftwards: bool = False) -> str:
    """A fish of a school; (x, y) is its middle."""
    way = -size if leftwards else size
    body = [(1, 0), (0.3, -0.46), (-0.5, -0.08), (-1, -0.42, 1), (-0.84, 0), (-1, 0.42, 1), (-0.5, 0.1), (0.3, 0.46)]
    outline = smooth([(x + p[0] * way, y + p[1] * size, *p[2:]) for p in body])
    return cut(outline, color, 1.4, 4) + dot(x + way * 0.55, y - size * 0.08, size * 0.09, "#1a1530")


def whale(x: float, y: float, scale: float, color: Color, tilt: float, rightwards: bool = False) -> str:
    """A whale far off; (x, y) is its middle, about 500 × scale long."""
    back = [
        (-190, 6),
        (-120, -62),
        (20, -80),
        (150, -44),
        (214, 4),
        (262, -52, 1),
        (300, -56, 1),
        (288, 2),
        (306, 48, 1),
    ]
    underside: list[Point] = [(262, 44, 1), (206, 26), (80, 62), (-80, 66), (-160, 42)]
    belly = [(-184, 22), (-80, 30), (60, 36), (160, 26), (70, 60), (-80, 64), (-156, 44)]
    drawn = cut(smooth([*back, *underside]), color) + cut(smooth(belly), color.lighten(0.07), 1.2)
    drawn += dot(-128, 6, 7, color.lighten(-0.2)) + stroke("M-176 30Q-140 40 -112 26", color.lighten(-0.14), 4)
    drawn += cut(smooth([(-30, 50), (10, 54), (34, 120, 1), (-14, 98)]), color.lighten(-0.03), 1.6, 4)
    return transformed(drawn, x, y, scale, tilt, flip=rightwards)


def bubbles(count: int, left: float, right: float, top: float, bottom: float, random: Random) -> str:
    """Air that rises. For a raw sheet."""
    color, drawn = oklch(0.95, 0.05, 200), ""
    for _ in range(count):
        x, y, radius = random.uniform(left, right), random.uniform(top, bottom), random.uniform(4, 17)
        drawn += dot(x, y, radius, color, 0.16) + stroke(ellipse(x, y, radius), "#fff", 2, 0.55)
        shine = f"M{num(x - radius * 0.5)} {num(y - radius * 0.2)}"
        shine += f"a{num(radius * 0.6)} {num(radius * 0.6)} 0 0 1 {num(radius * 0.45)} {num(-radius * 0.38)}"
        drawn += stroke(shine, "#fff", 2.4, 0.85)
    return drawn


def scallop_shell(x: float, y: float, size: float, color: Color) -> str:
    outline = [
        (x - size * 0.7, y, "corner"),
        (x - size * 0.66, y - size * 0.55),
        (x, y - size),
        (x + size * 0.66, y - size * 0.55),
        (x + size * 0.7, y, "corner"),
    ]
    ribs = "".join(
        f"M{num(x + u * size * 0.16)} {num(y - 2)}L{num(x + u * size * 0.5)} {num(y - v * size)}"
        for u, v in ((-1, 0.6), (0, 0.9), (1, 0.6))
    )
    return cut(smooth(outline), color, 2, 5) + stroke(ribs, color.lighten(-0.1), 3)


def wreck(x: float, y: float, size: float, wood: Color, random: Random) -> str:
    """The ribs of a sunken ship."""
    hull = [(-0.6, -0.32, 1), (-0.42, 0.12), (0.5, 0.16), (0.72, -0.46, 1), (0.4, -0.2), (0.0, -0.14), (-0.3, -0.2)]
    drawn = ""
    for u, tall in ((-0.1, 0.95), (0.26, 0.7)):
        mast = [
            (x + u * size, y),
            (x + (u + 0.03) * size, y - tall * size * 0.5),
            (x + (u + 0.1) * size, y - tall * size),
        ]
        drawn += cut(ribbon(mast, [size * 0.05, size * 0.04, size * 0.02]), wood.lighten(-0.03), 1.8, 6)
        yard = [(x + (u - 0.16) * size, y - tall * size * 0.66), (x + (u + 0.3) * size, y - tall * size * 0.78)]
        drawn += cut(ribbon(yard, [size * 0.025, size * 0.02]), wood, 1.4)
    drawn += cut(smooth([(x + p[0] * size, y + p[1] * size, *p[2:]) for p in hull]), wood, 2.2, 8)
    for i in range(4):
        hole = ellipse(x + (-0.28 + 0.22 * i) * size, y - 0.03 * size + random.uniform(-6, 6), size * 0.035)
        drawn += fill(hole, wood.lighten(-0.14))
    return drawn

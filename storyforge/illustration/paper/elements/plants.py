"""Small plants: grass, flowers, mushrooms, ferns, leafy branches, cactuses."""

from __future__ import annotations

import math
from collections.abc import Sequence
from random import Random

from storyforge.illustration.paper.color import Color, oklch
from storyforge.illustration.paper.cut import cut, glow
from storyforge.illustration.paper.elements.marks import fill, line, stroke
from storyforge.illustration.paper.geometry import Point, ellipse, leaf, num, ribbon, smooth, spine, star

POLLEN = oklch(0.86, 0.14, 88)


def tuft(x: float, y: float, height: float, color: Color, random: Random, blades: int = 5) -> str:
    drawn = ""
    for i in range(blades):
        angle = -90 + (i - (blades - 1) / 2) * random.uniform(9, 15)
        blade = leaf(
            x + (i - blades / 2) * height * 0.10,
            y + 3,
            height * random.uniform(0.65, 1.1),
            height * 0.055,
            angle,
            random.uniform(-4, 4),
        )
        drawn += fill(blade, color.lighten(random.uniform(-0.03, 0.03)))
    return drawn


def flower(
    x: float, y: float, height: float, stem: Color, petals: Color, random: Random, heart: Color = POLLEN, big: float = 1
) -> str:
    """A daisy of five or six round petals."""
    head_x, head_y = x + random.uniform(-0.15, 0.15) * height, y - height
    radius, count, turn = height * 0.17 * big, random.choice((5, 5, 6)), random.uniform(0, 60)
    drawn = _stem(x, y, head_x, head_y, height, stem)
    drawn += fill(leaf(x, y - height * 0.3, height * 0.28, height * 0.07, -30), stem)
    drawn += fill(leaf(x, y - height * 0.2, height * 0.28, height * 0.07, -150), stem.lighten(-0.03))
    for i in range(count):
        angle = math.radians(turn + i * 360 / count)
        petal = ellipse(
            head_x + radius * 0.85 * math.cos(angle), head_y + radius * 0.85 * math.sin(angle), radius * 0.62
        )
        drawn += cut(petal, petals.lighten(random.uniform(-0.015, 0.015)), round(max(1, height * 0.012), 1))
    return drawn + cut(ellipse(head_x, head_y, radius * 0.5), heart, 1)


def tulip(x: float, y: float, height: float, stem: Color, petals: Color, random: Random) -> str:
    head_x, head_y, width = x + random.uniform(-0.12, 0.12) * height, y - height, height * 0.15
    cup = [(-1, -1.2), (-0.5, -0.5), (0, -1.5), (0.5, -0.5), (1, -1.2)]
    bowl = [(0.8, 0.6), (0, 1), (-0.8, 0.6)]
    points = [
        *((head_x + u * width, head_y + v * width, "corner") for u, v in cup),
        *((head_x + u * width, head_y + v * width) for u, v in bowl),
    ]
    drawn = _stem(x, y, head_x, head_y, height, stem)
    drawn += fill(leaf(x, y, height * 0.6, height * 0.06, -70), stem)
    drawn += fill(leaf(x, y, height * 0.5, height * 0.06, -112), stem.lighten(-0.03))
    return drawn + cut(smooth(points), petals, 1.4)


def _stem(x: float, y: float, head_x: float, head_y: float, height: float, color: Color) -> str:
    path = f"M{num(x)} {num(y)}Q{num(x)} {num(y - height * 0.5)} {num(head_x)} {num(head_y)}"
    return stroke(path, color, max(2, height * 0.035))


def mushroom(x: float, y: float, height: float, cap: Color, stem: Color, shine: Color | None = None) -> str:
    """A toadstool with pale dots; `shine` makes it glow."""
    foot = [(-0.16, 0), (-0.11, 0.4), (-0.13, 0.66), (0.13, 0.66), (0.11, 0.4), (0.18, 0)]
    drawn = glow(x, y - height * 0.7, height * 1.5, shine, 0.6) if shine else ""
    drawn += cut(smooth([(x + u * height, y - v * height) for u, v in foot]), stem, 1.4)
    hood = [
        (x - height * 0.46, y - height * 0.52, "corner"),
        (x - height * 0.36, y - height * 0.86),
        (x, y - height * 1.02),
        (x + height * 0.36, y - height * 0.86),
        (x + height * 0.46, y - height * 0.52, "corner"),
        (x, y - height * 0.60),
    ]
    drawn += cut(smooth(hood), cap, 1.6, height * 0.06)
    for dx, dy, radius in ((-0.2, 0.74, 0.065), (0.06, 0.86, 0.075), (0.24, 0.68, 0.05)):
        spot = ellipse(x + dx * height, y - dy * height, radius * height, radius * height * 0.8)
        drawn += fill(spot, cap.lighten(0.22).saturate(0.4))
    return drawn


def fern(x: float, y: float, length: float, angle: float, color: Color, random: Random, pairs: int = 9) -> str:
    """A frond that leaves (x, y) towards `angle` and droops."""
    across, down = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    end_x, end_y = x + length * across, y + length * down
    bend = random.uniform(0.15, 0.3) * length * (1 if across >= 0 else -1)
    middle = x + (end_x - x) * 0.5, y + (end_y - y) * 0.62
    rib = spine([(x, y), middle, (end_x + bend * 0.3, end_y + abs(bend) * 0.6)], pairs)
    drawn = stroke(line(rib), color, length * 0.02 + 1)
    for i in range(2, len(rib) - 1):
        p, q = rib[i], rib[i + 1]
        along = math.degrees(math.atan2(q[1] - p[1], q[0] - p[0]))
        size = length * 0.28 * (1 - i / len(rib)) + length * 0.05
        for side in (-1, 1):
            drawn += fill(leaf(*p, size, size * 0.16, along + side * 58), color.lighten(0.015 * side))
    return drawn


def branch(
    x: float, y: float, length: float, angle: float, wood: Color, leaves: Color, random: Random, bend: float = 0.1
) -> str:
    """A leafy branch that reaches into the frame from (x, y)."""
    across, down = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    aside = -down * length * bend, across * length * bend
    middle = x + length * 0.5 * across + aside[0], y + length * 0.5 * down + aside[1]
    end = x + length * across + aside[0] * 0.6, y + length * down + aside[1] * 0.6
    rib = spine([(x, y), middle, end], 11)
    drawn = stroke(line(rib), wood, length * 0.018 + 2)
    for i in range(1, len(rib) - 1):
        p, q = rib[i], rib[i + 1]
        along = math.degrees(math.atan2(q[1] - p[1], q[0] - p[0]))
        size, side = length * 0.17 * random.uniform(0.85, 1.2) * (1.1 - 0.4 * i / len(rib)), 1 if i % 2 else -1
        turn = along + side * random.uniform(38, 62)
        drawn += cut(leaf(*p, size, size * 0.27, turn), leaves.lighten(random.uniform(-0.03, 0.03)), 1.3)
        vein = math.radians(along + side * 50)
        drawn += stroke(
            f"M{num(p[0])} {num(p[1])}l{num(size * 0.8 * math.cos(vein))} {num(size * 0.8 * math.sin(vein))}",
            leaves.lighten(-0.05),
            1.4,
            0.5,
        )
    return drawn + cut(leaf(*rib[-1], length * 0.17, length * 0.046, angle), leaves, 1.3)


def cactus(x: float, y: float, height: float, color: Color, random: Random) -> str:
    """A saguaro with two arms and a blossom."""
    width, side = height * 0.16, random.choice((-1, 1))
    drawn = cut(
        ribbon([(x, y + 6), (x, y - height * 0.5), (x, y - height)], [width, width * 1.08, width * 0.9]), color, 2, 7
    )
    for direction, start, length in (
        (-side, random.uniform(0.34, 0.5), 0.34),
        (side, random.uniform(0.48, 0.62), 0.28),
    ):
        elbow = x + direction * height * 0.22, y - height * start
        arm = [(x, elbow[1]), elbow, (elbow[0] + direction * height * 0.02, elbow[1] - height * length)]
        drawn += cut(ribbon(arm, [width * 0.62, width * 0.7, width * 0.6]), color.lighten(0.015 * direction), 1.8, 6)
    for k in (-1, 0, 1):
        rib = f"M{num(x + k * width * 0.26)} {num(y - 8)}V{num(y - height * 0.92)}"
        drawn += stroke(rib, color.lighten(-0.06), 2.4, dashes="9 8")
    blossom = star(x + width * 0.1, y - height - width * 0.36, width * 0.42, width * 0.2, 6)
    return drawn + cut(blossom, oklch(0.75, 0.15, 0), 1.2)


def vine(points: Sequence[Point], thickness: float, color: Color, random: Random, leaf_size: float = 34) -> str:
    """Ivy along a line."""
    rib = spine(points, 7)
    drawn = stroke(line(rib), color.lighten(-0.08), thickness)
    for p in rib:
        path = leaf(*p, leaf_size, leaf_size * 0.36, random.uniform(0, 360))
        drawn += cut(path, color.lighten(random.uniform(-0.04, 0.04)), 1.2, 3)
    return drawn


def reeds(x: float, y: float, height: float, color: Color, cane: Color, random: Random) -> str:
    """Cattails at the water's edge."""
    drawn = ""
    for i in range(4):
        foot, tall = x + (i - 1.5) * height * 0.13, height * random.uniform(0.7, 1)
        tip = foot + random.uniform(-0.1, 0.1) * height
        drawn += stroke(
            f"M{num(foot)} {num(y)}Q{num(foot)} {num(y - tall * 0.6)} {num(tip)} {num(y - tall)}", color, 3.4
        )
        drawn += cut(ribbon([(tip, y - tall), (tip, y - tall - height * 0.2)], [9, 8], cap=True), cane, 1.2)
    return drawn + tuft(x, y, height * 0.6, color, random, 6)

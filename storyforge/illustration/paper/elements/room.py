"""Furniture of a snug room. (x, y) is the middle of the foot unless it says otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from storyforge.illustration.paper.color import Color, oklch
from storyforge.illustration.paper.cut import clip, cut, glow, linear_gradient, transformed
from storyforge.illustration.paper.elements import fire, heavens, plants, trees
from storyforge.illustration.paper.elements.buildings import arched
from storyforge.illustration.paper.elements.marks import dot, fill, inside, stroke
from storyforge.illustration.paper.geometry import ellipse, heart, num, point, rounded_rect, smooth, sparkle
from storyforge.illustration.paper.light import Light, local_color


def window(x: float, y: float, radius: float, light: Light, curtain: Color, wood: Color, random: Random) -> str:
    """A round window about (x, y) with the sky outside, between curtains on a rod."""
    drawn = cut(ellipse(x, y, radius + 34), wood, 3, 12)
    drawn += inside(clip(ellipse(x, y, radius)), _view(x, y, radius, light, random))
    bars = (
        f"M{num(x)} {num(y - radius - 8)}v{num(2 * radius + 16)}",
        f"M{num(x - radius - 8)} {num(y)}h{num(2 * radius + 16)}",
    )
    drawn += "".join(stroke(bar, wood.lighten(0.04), 13) for bar in bars)
    for side in (-1, 1):
        cloth = [
            (x + side * (radius + 46), y - radius - 36, "corner"),
            (x + side * 40, y - radius - 30, "corner"),
            (x + side * 70, y - 60),
            (x + side * (radius - 6), y + 40),
            (x + side * (radius + 10), y + radius + 40, "corner"),
            (x + side * (radius + 56), y + radius + 30, "corner"),
        ]
        drawn += cut(smooth(cloth), curtain, 2.2, 9)
    return drawn + cut(
        rounded_rect(x - radius - 86, y - radius - 58, 2 * radius + 172, 20, 10), wood.lighten(-0.04), 2, 6
    )


def _view(x: float, y: float, radius: float, light: Light, random: Random) -> str:
    """Hills with firs under the sun or the moon."""
    stops = [(0, light.sky[0]), (1, light.sky[-1])]
    paint, drawn = linear_gradient(stops, 0, round(y - radius), 0, round(y + radius), True)
    drawn += fill(ellipse(x, y, radius + 2), paint)
    if light.moonlit:
        for _ in range(14):
            at = random.uniform(x - radius, x + radius), random.uniform(y - radius, y + 20)
            drawn += fill(sparkle(*at, random.uniform(5, 12)), "#fff", 0.9)
        drawn += heavens.moon(
            x + radius * 0.3, y - radius * 0.3, radius * 0.25, oklch(0.95, 0.05, 96), oklch(0.92, 0.05, 95)
        )
        hills, needles = (oklch(0.40, 0.08, 250), oklch(0.31, 0.075, 262)), oklch(0.26, 0.06, 220)
    else:
        drawn += heavens.sun(
            x + radius * 0.3, y - radius * 0.34, radius * 0.24, oklch(0.96, 0.13, 98), oklch(0.97, 0.09, 98)
        )
        hills, needles = (oklch(0.80, 0.10, 140), oklch(0.70, 0.13, 140)), oklch(0.50, 0.09, 160)
    for rise, color in zip((0.4, 0.64), hills, strict=True):
        crest = [(-1.15, 0.14), (-0.53, -0.1), (0, 0.08), (0.53, -0.06), (1.15, 0.1)]
        edge = smooth([(x + u * radius, y + (rise + v) * radius) for u, v in crest], closed=False)
        drawn += cut(f"{edge}V{num(y + radius + 30)}H{num(x - radius - 20)}Z", color, 1.6)
    for dx, tall in ((-0.6, 0.5), (-0.33, 0.33), (0.56, 0.55)):
        tall *= random.uniform(0.8, 1.2)
        drawn += trees.fir(x + dx * radius, y + radius * 0.62, tall * radius, needles, needles.lighten(-0.05), random)
    return drawn


def fireplace(x: float, y: float, stone: Color, wood: Color, random: Random) -> str:
    """A hearth of round-edged stones, about 390 high, with a fire and a mantelpiece whose top is 422 above y."""
    drawn = cut(rounded_rect(x - 190, y - 390, 380, 390, 18), stone, 2.4, 14)
    for row in range(7):
        for k in range(4):
            left = x - 184 + k * 94 + (24 if row % 2 else 0)
            if left + 84 < x + 196:
                block = rounded_rect(left, y - 380 + row * 54, 86, 46, 10)
                drawn += cut(block, stone.lighten(random.uniform(-0.05, 0.05)), 1.6)
    drawn += cut(arched(x, y + 2, 120, y - 180, 110), oklch(0.26, 0.05, 40), 2, 8)
    drawn += glow(x, y - 80, 300, oklch(0.80, 0.18, 58), 0.9)
    for dx, height in ((-34, 120), (44, 96), (4, 160)):
        drawn += fire.flame(x + dx, y - 4, height * random.uniform(0.9, 1.1), random)
    drawn += fire.logs(x, y - 8, 168, oklch(0.42, 0.075, 45), oklch(0.70, 0.08, 70))
    return drawn + cut(rounded_rect(x - 226, y - 422, 452, 44, 10), wood, 2.4, 10)


def books(x: float, y: float, colors: Sequence[Color], random: Random) -> str:
    """Books that stand on a shelf, from x to the right."""
    drawn = ""
    for color in colors:
        height, width = random.uniform(56, 82), random.uniform(24, 34)
        drawn += cut(rounded_rect(x, y - height, width, height, 4), color, 1.6, 4)
        drawn += stroke(f"M{num(x + 5)} {num(y - height + 14)}h{num(width - 10)}", "#fff", 4, 0.5)
        x += width + random.uniform(2, 8)
    return drawn


def jar(x: float, y: float, height: float, color: Color) -> str:
    drawn = cut(rounded_rect(x - 24, y - height, 48, height, 12), color, 2, 5)
    drawn += cut(rounded_rect(x - 20, y - height - 12, 40, 15, 5), oklch(0.86, 0.04, 80), 1.4)
    return drawn + stroke(f"M{num(x - 15)} {num(y - height + 14)}v{num(height - 30)}", "#fff", 6, 0.5)


def shelf(x: float, y: float, width: float, wood: Color) -> str:
    """A board whose top is at y."""
    return cut(rounded_rect(x - width / 2, y, width, 22, 8), wood, 2.2, 9)


def vase(x: float, y: float, color: Color, random: Random) -> str:
    """A pot with two flowers."""
    stem = oklch(0.55, 0.10, 150)
    drawn = plants.flower(x - 20, y, 88, stem, oklch(0.80, 0.12, 10), random)
    drawn += plants.flower(x + 14, y, 66, stem, oklch(0.92, 0.06, 90), random, oklch(0.80, 0.14, 70))
    pot = [(-34, 0, 1), (-40, -32), (-24, -50), (20, -50), (36, -32), (30, 0, 1)]
    return drawn + cut(smooth([(x + p[0], y + p[1], *p[2:]) for p in pot]), color, 2, 5)


def clock(x: float, y: float, radius: float) -> str:
    """A round clock about (x, y)."""
    hands = f"M{point((x, y))}v{num(-radius * 0.5)}M{point((x, y))}l{num(radius * 0.33)} {num(radius * 0.22)}"
    drawn = cut(ellipse(x, y, radius), local_color("gold"), 2, 5) + dot(x, y, radius * 0.75, "#fffaf0")
    return drawn + stroke(hands, "#3a2a30", radius * 0.11)


def framed_picture(x: float, y: float, tilt: float, random: Random) -> str:
    """A picture of a hill with a heart, a tree or the sun."""
    frame, view = rounded_rect(-62, -50, 124, 100, 8), rounded_rect(-50, -38, 100, 76, 4)
    drawn = cut(frame, oklch(0.80, 0.10, 80), 2.4, 8) + fill(view, oklch(0.88, 0.06, 210))
    drawn += cut(smooth([(-50, 38, 1), (-50, 14), (-10, 0), (50, 18), (50, 38, 1)]), oklch(0.66, 0.12, 140), 1)
    kind = random.choice("hts")
    if kind == "h":
        drawn += cut(heart(0, -8, 18), oklch(0.66, 0.18, 20), 1.4)
    elif kind == "t":
        drawn += trees.round_tree(4, 14, 52, oklch(0.60, 0.12, 150), oklch(0.45, 0.06, 50), random)
    else:
        drawn += cut(ellipse(16, -14, 13), oklch(0.88, 0.14, 92), 1.4)
    return transformed(drawn, x, y, 1, tilt)


def rug(x: float, y: float, rx: float, ry: float, colors: Sequence[Color]) -> str:
    """An oval rug of rings, about (x, y), with fringes at its ends."""
    drawn = ""
    for i, (share, color) in enumerate(zip((1, 0.86, 0.76, 0.5, 0.42), colors, strict=True)):
        drawn += cut(ellipse(x, y, rx * share, ry * share), color, 2.2, (0, 1, 4, 0.15) if i else 7)
    for i in range(-7, 8):
        for side in (-1, 1):
            rise = i / 8
            at = x + side * rx * (1 - rise * rise) ** 0.5, y + ry * rise
            drawn += stroke(f"M{point(at)}l{side * 20} {num(5 * rise + 3)}", colors[1], 5)
    return drawn


def basket(x: float, y: float, weave: Color, fruit: Sequence[Color]) -> str:
    """A basket of apples, 176 wide."""
    drawn = ""
    for i, color in enumerate(fruit):
        at = x - 54 + i * 108 / max(1, len(fruit) - 1)
        drawn += cut(ellipse(at, y - 86, 33, 30), color, 2, 6)
        drawn += stroke(f"M{num(at)} {num(y - 112)}q4 -14 14 -16", oklch(0.4, 0.07, 60), 5)
    bowl = [(x - 88, y - 80, "corner"), (x - 72, y), (x + 72, y), (x + 88, y - 80, "corner")]
    drawn += cut(smooth(bowl), weave, 2.4, 9)
    rows = (f"M{num(x - 82 + i * 3)} {num(y - 66 + i * 18)}h{164 - i * 6}" for i in range(4))
    return drawn + "".join(stroke(row, weave.lighten(-0.12), 5, dashes="14 8") for row in rows)


def bed(x: float, y: float, width: float, wood: Color, blanket: Color, linen: Color) -> str:
    """A bed seen from its side, the pillow at its left."""
    height = width * 0.22
    drawn = cut(rounded_rect(x - width / 2 - 14, y - height * 2.3, 34, height * 2.3, 12), wood, 2.4, 9)
    drawn += cut(rounded_rect(x - width / 2, y - height * 1.45, width * 0.3, height * 0.6, 30), linen, 2, 6)
    drawn += cut(rounded_rect(x - width / 2, y - height, width, height * 0.8, 8), wood.lighten(0.03), 2.2, 8)
    cover = [
        (x - width * 0.28, y - height * 1.35, "corner"),
        (x, y - height * 1.52),
        (x + width * 0.48, y - height * 1.3),
        (x + width * 0.5, y - height * 0.2, "corner"),
        (x - width * 0.3, y - height * 0.25, "corner"),
    ]
    drawn += cut(smooth(cover), blanket, 2.4, 8)
    for u in (-0.1, 0.1, 0.3):
        drawn += fill(ellipse(x + u * width, y - height * (0.7 + 0.2 * (u > 0)), 18), blanket.lighten(0.12))
    return drawn + cut(rounded_rect(x + width / 2 - 18, y - height * 1.7, 30, height * 1.7, 12), wood, 2.4, 7)


def armchair(x: float, y: float, width: float, cloth: Color) -> str:
    """A winged chair seen from the front."""
    back = rounded_rect(x - width * 0.4, y - width * 1.05, width * 0.8, width * 0.8, width * 0.3)
    drawn = cut(back, cloth.lighten(-0.04), 2.4, 10)
    for u, v in ((-0.18, 0.85), (0.18, 0.85), (0, 0.68)):
        drawn += dot(x + u * width, y - v * width, width * 0.022, cloth.lighten(-0.14))
    drawn += cut(
        rounded_rect(x - width * 0.36, y - width * 0.5, width * 0.72, width * 0.3, width * 0.1),
        cloth.lighten(0.05),
        2.2,
        8,
    )
    drawn += cut(
        rounded_rect(x - width * 0.44, y - width * 0.26, width * 0.88, width * 0.2, width * 0.06), cloth, 2.2, 6
    )
    for side in (-1, 1):
        arm = rounded_rect(
            x + side * width * 0.44 - width * 0.1, y - width * 0.58, width * 0.2, width * 0.56, width * 0.1
        )
        drawn += cut(arm, cloth.lighten(0.02), 2.4, 8)
    return drawn

"""What is in the sky: sun, moon, stars, clouds, birds, planets, balloons. (x, y) is the middle."""

from __future__ import annotations

import math
from random import Random

from storyforge.illustration.paper.color import Color, oklch
from storyforge.illustration.paper.cut import clip, cut, glow, linear_gradient, radial_gradient, soft_shadow
from storyforge.illustration.paper.elements.marks import dot, fill, inside, stroke
from storyforge.illustration.paper.geometry import (
    crescent,
    ellipse,
    num,
    point,
    polygon,
    ribbon,
    rounded_rect,
    scallop,
    smooth,
    sparkle,
    star,
)


def sun(x: float, y: float, radius: float, core: Color, ring: Color, rays: int = 0) -> str:
    """A disc among see-through rings, with a crown of `rays`."""
    drawn = glow(x, y, radius * 4.6, ring, 0.55)
    for i in (4, 3, 2, 1):
        drawn += cut(
            ellipse(x, y, radius * (1 + 0.42 * i)), ring, 2.4, (0, 2, 9, 0.06), round(0.42 * (1.15 - 0.2 * i), 3), 0.5
        )
    if rays:
        points = []
        for k in range(2 * rays):
            reach, angle = radius * (1.1 if k % 2 else 1.36), math.pi * k / rays
            points.append((x + reach * math.cos(angle), y + reach * math.sin(angle), "corner"))
        drawn += cut(smooth(points), ring.mix(core, 0.35), 2, (0, 3, 8, 0.16))
    return drawn + cut(ellipse(x, y, radius), core, 3, (0, 3, 10, 0.16))


def moon(x: float, y: float, radius: float, core: Color, ring: Color, full: bool = False) -> str:
    drawn = glow(x, y, radius * 4.2, ring, 0.5)
    for i in (3, 2, 1):
        drawn += cut(
            ellipse(x, y, radius * (1 + 0.45 * i)), ring, 2.4, (0, 2, 9, 0.06), round(0.22 - 0.045 * i, 3), 0.4
        )
    if not full:
        return drawn + cut(crescent(x, y, radius, 0.80, -28), core, 3, (0, 3, 10, 0.25))
    drawn += cut(ellipse(x, y, radius), core, 3, (0, 3, 10, 0.2))
    craters = ((-0.35, -0.2, 0.2), (0.3, 0.28, 0.26), (0.28, -0.42, 0.12), (-0.2, 0.45, 0.13))
    return drawn + "".join(dot(x + u * radius, y + v * radius, q * radius, core.lighten(-0.05)) for u, v, q in craters)


def string(x: float, y: float, top: float, color: Color) -> str:
    """The thread that a paper moon hangs on."""
    return stroke(f"M{num(x)} {num(top)}V{num(y)}", color, 1.8, 0.55)


def star_dust(count: int, left: float, right: float, top: float, bottom: float, color: Color, random: Random) -> str:
    """Small stars, thinner towards `bottom`."""
    drawn = ""
    for _ in range(count):
        x, y = random.uniform(left, right), top + (bottom - top) * random.random() ** 1.3
        if random.random() < 0.82:
            drawn += dot(x, y, random.uniform(1.2, 3), color, random.uniform(0.35, 0.95))
        else:
            drawn += fill(sparkle(x, y, random.uniform(8, 17)), color, random.uniform(0.6, 1))
    return drawn


def hung_star(x: float, y: float, radius: float, top: float, color: Color, random: Random) -> str:
    """A big star on a string."""
    body = star(x, y, radius, radius * 0.48, 5, -90 + random.uniform(-14, 14))
    warm = color.mix(oklch(0.9, 0.12, 90), 0.35)
    return (
        string(x, y - radius, top, color) + glow(x, y, radius * 3, color, 0.28) + cut(body, warm, 1.8, (1, 3, 6, 0.3))
    )


def cloud(x: float, y: float, width: float, color: Color, shade: Color, random: Random, tiers: int = 2) -> str:
    """Two or three scalloped sheets with a flat base."""
    height = width * 0.30
    drawn = cut(_puff(x + width * 0.10, y - height * 0.12, width * 0.40, height * 0.95, 7, random), shade, 1.6, 9, 0.96)
    if tiers > 2:
        puff = _puff(x - width * 0.16, y - height * 0.02, width * 0.32, height * 0.72, 6, random)
        drawn += cut(puff, shade.mix(color, 0.5), 1.6, 9, 0.96)
    return drawn + cut(
        _puff(x - width * 0.03, y + height * 0.10, width * 0.5, height * 0.66, 8, random), color, 2, 9, 0.96
    )


def _puff(x: float, y: float, rx: float, ry: float, bumps: int, random: Random) -> str:
    return scallop(x, y, rx, ry, bumps, 180, 360, 0.59, "flat", random)


def billow(x: float, y: float, rx: float, ry: float, color: Color, random: Random) -> str:
    """One heap of a sea of clouds or smoke."""
    return cut(scallop(x, y, rx, ry, 8, 180, 360, 0.6, "flat", random), color, 2.4, 10)


def birds(count: int, left: float, right: float, top: float, bottom: float, color: Color, random: Random) -> str:
    """A flock far away."""
    drawn = ""
    for _ in range(count):
        x, y, s = random.uniform(left, right), random.uniform(top, bottom), random.uniform(13, 26)
        wings = [(-1, -0.3), (-0.45, -0.62), (0, 0), (0.45, -0.62), (1, -0.3), (0.4, -0.30), (0, 0.22), (-0.4, -0.30)]
        corner = [(num(x + u * s), num(y + v * s)) for u, v in wings]
        path = f"M{' '.join(corner[0])}"
        path += "".join(f"Q{' '.join(corner[i])} {' '.join(corner[(i + 1) % 8])}" for i in (1, 3, 5, 7))
        drawn += fill(path + "Z", color)
    return drawn


def planet(
    x: float, y: float, radius: float, color: Color, random: Random, ring: Color | None = None, bands: int = 3
) -> str:
    """A banded ball with its night side at the lower right, and a ring about it."""
    disc = ellipse(x, y, radius)
    drawn = glow(x, y, radius * 1.9, color.lighten(0.1), 0.35)
    drawn += _ring_half(x, y, radius, ring, behind=True) if ring else ""
    surface = ""
    for i in range(bands):
        level = y - radius + 2 * radius * (i + 0.6) / bands
        edge = [(x - radius * 1.2 + q * radius * 0.3, level + random.uniform(-0.07, 0.07) * radius) for q in range(9)]
        corners = (x + radius * 1.3, level + radius * 0.30), (x - radius * 1.3, level + radius * 0.24)
        tone = color.lighten(-0.045).rotate(14) if i % 2 else color.lighten(0.05).rotate(-8)
        surface += cut(smooth(edge, False) + f"L{point(corners[0])}L{point(corners[1])}Z", tone, 1.4)
    night, definition = radial_gradient(
        [(0, "#120828", 0), (0.62, "#120828", 0), (1, "#120828", 0.55)], 0.34, 0.32, 0.78
    )
    drawn += cut(disc, color, 3, (3, 6, 14, 0.4)) + inside(clip(disc), surface + definition + fill(disc, night))
    return drawn + (_ring_half(x, y, radius, ring, behind=False) if ring else "")


def _ring_half(x: float, y: float, radius: float, color: Color, behind: bool) -> str:
    sweep = 1 if behind else 0

    def arc(k: float, flat: float) -> str:
        reach = f"{num(radius * k)} {num(radius * flat)}"
        return f"M{num(x - radius * k)} {num(y)}A{reach} 0 0 {sweep} {num(x + radius * k)} {num(y)}"

    tone = color.lighten(-0.06) if behind else color
    band = f'<path d="{arc(1.9, 0.52)}" fill="none" stroke="{tone}" stroke-width="{num(radius * 0.2)}"/>'
    if not behind:
        band = soft_shadow(arc(1.9, 0.52), 0, 10, 14, 0.3) + band
        band += stroke(arc(1.78, 0.46), color.lighten(0.08), radius * 0.06)
    return f'<g transform="rotate(-18 {num(x)} {num(y)})">{band}</g>'


def comet(x: float, y: float, length: float, color: Color, angle: float) -> str:
    """A star with three tails towards `angle`."""
    across, down = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    drawn = glow(x, y, 70, color, 0.8)
    for share, width in ((1, 22), (0.72, 14), (0.5, 8)):
        reach = length * share
        tail = [
            (x, y),
            (x + reach * 0.5 * across, y + reach * 0.5 * down - 10),
            (x + reach * across, y + reach * down - 36),
        ]
        tone = color.lighten(0.06 * (1 - share))
        drawn += cut(ribbon(tail, [width * 1.3, width * 0.8, 1], tip="point"), tone, 0, opacity=0.6 - 0.2 * share)
    return drawn + cut(star(x, y, 26, 12), oklch(0.97, 0.09, 95), 1.6, 5)


def hot_air_balloon(x: float, y: float, size: float, color: Color, stripes: Color) -> str:
    ropes = "".join(
        f"M{num(x + k * size * 0.34)} {num(y + size * 0.62)}L{num(x + k * size * 0.14)} {num(y + size)}"
        for k in (-1, 1)
    )
    basket = rounded_rect(x - size * 0.17, y + size * 0.98, size * 0.34, size * 0.25, 5)
    drawn = stroke(ropes, stripes.lighten(-0.2), 2.4) + cut(basket, oklch(0.55, 0.09, 58), 1.4, 4)
    silk = [(0, -1), (0.78, -0.52), (0.82, 0.08), (0.30, 0.70), (-0.30, 0.70), (-0.82, 0.08), (-0.78, -0.52)]
    outline = smooth([(x + u * size, y + v * size) for u, v in silk])
    bands = "".join(
        fill(ellipse(x + k * size * 0.9, y - size * 0.1, w * size, size * 1.1), stripes)
        for k, w in ((-0.62, 0.22), (0, 0.24), (0.62, 0.22))
    )
    return drawn + cut(outline, color, 2, 8) + inside(clip(outline), bands) + cut(outline, "none", 2)


def sun_shafts(
    x: float,
    y: float,
    length: float,
    count: int,
    color: Color,
    random: Random,
    opacity: float = 0.3,
    spread: tuple[float, float] = (60, 120),
) -> str:
    """Beams of light from (x, y) that fan out between two angles and fade away. For a raw, blurred sheet."""
    drawn = ""
    for i in range(count):
        angle = math.radians(spread[0] + (spread[1] - spread[0]) * (i + random.uniform(0.2, 0.8)) / count)
        half = random.uniform(0.022, 0.055)
        far = [(x + length * math.cos(angle + k), y + length * math.sin(angle + k)) for k in (-half, 0, half)]
        stops = [(0, color, 0), (0.10, color, round(opacity * random.uniform(0.6, 1), 3)), (1, color, 0)]
        paint, definition = linear_gradient(stops, round(x), round(y), round(far[1][0]), round(far[1][1]), True)
        drawn += definition + fill(polygon([(x - 20, y), far[0], far[2], (x + 20, y)]), paint)
    return drawn


def rainbow(x: float, y: float, radius: float, width: float = 22, opacity: float = 0.75) -> str:
    """A bow about (x, y), red outside."""
    colors = (
        (0.68, 0.17, 25),
        (0.78, 0.15, 60),
        (0.90, 0.14, 98),
        (0.78, 0.15, 145),
        (0.70, 0.12, 235),
        (0.58, 0.14, 290),
    )
    drawn = ""
    for i, color in enumerate(colors):
        r = num(radius - i * width)
        path = f"M{num(x - radius + i * width)} {num(y)}A{r} {r} 0 0 1 {num(x + radius - i * width)} {num(y)}"
        drawn += f'<path d="{path}" fill="none" stroke="{oklch(*color)}" stroke-width="{num(width + 1)}"/>'
    return f'<g opacity="{opacity}">{drawn}</g>'

"""Buildings: houses, towers, castles, ruins. (x, y) is the middle of the foot."""

from __future__ import annotations

import math
from random import Random

from storyforge.illustration.paper.color import Color, oklch
from storyforge.illustration.paper.cut import cut, glow
from storyforge.illustration.paper.elements.marks import dot, fill, stroke
from storyforge.illustration.paper.geometry import ellipse, num, point, polygon, rounded_rect, smooth

_GLASS = oklch(0.72, 0.05, 230)


def house(
    x: float,
    y: float,
    width: float,
    wall: Color,
    roof: Color,
    random: Random,
    lamp: Color | None = None,
    flip: bool = False,
) -> str:
    """A cottage with a round door and a swept roof; `lamp` lights its windows."""
    height, dark = width * 0.72, roof.lighten(-0.2)
    drawn = cut(
        rounded_rect(x + width * 0.18, y - height - width * 0.46, width * 0.13, width * 0.3, 3),
        wall.lighten(-0.12),
        1.4,
    )
    drawn += cut(rounded_rect(x - width / 2, y - height, width, height + 8, 4), wall, 1.8, 6)
    drawn += _swept_roof(x, y - height, width, width * random.uniform(0.42, 0.64), roof)
    side = -1 if flip else 1
    drawn += _round_door(x - side * width * 0.195, y, width * 0.105, height * 0.36, dark, lamp or wall)
    for place in (0.175, 0.375) if width > 120 else (0.255,):
        drawn += _window(x + side * width * place, y - height * 0.72, width * 0.15, lamp, dark)
    return drawn


def _swept_roof(x: float, eaves: float, width: float, height: float, color: Color) -> str:
    outline = [
        (x - width * 0.62, eaves + 8, "corner"),
        (x - width * 0.28, eaves - height * 0.42),
        (x, eaves - height, "corner"),
        (x + width * 0.28, eaves - height * 0.42),
        (x + width * 0.62, eaves + 8, "corner"),
    ]
    drawn = cut(smooth(outline), color, 2, 7)
    for i in range(3):
        half = width * (0.50 - 0.155 * i)
        scales = "".join(f"q{num(half / 6)} {num(width * 0.05)} {num(half / 3)} 0" for _ in range(6))
        drawn += stroke(
            f"M{num(x - half)} {num(eaves - 2 - i * height * 0.25)}{scales}", color.lighten(-0.06), width * 0.016 + 1
        )
    return drawn


def _round_door(x: float, y: float, half: float, height: float, color: Color, knob: Color) -> str:
    path = arched(x, y + 6, half, y - height, half)
    return cut(path, color, 1.2) + dot(x + half * 0.6, y - height * 0.5, half * 0.16 + 0.6, knob)


def _window(x: float, top: float, size: float, lamp: Color | None, frame: Color) -> str:
    tall = size * 1.15
    drawn = glow(x, top + tall * 0.6, size * 2.6, lamp, 0.5) if lamp else ""
    drawn += cut(rounded_rect(x - size / 2, top, size, tall, size * 0.4), lamp or _GLASS, 1)
    bars = f"M{num(x)} {num(top)}v{num(tall)}M{num(x - size / 2)} {num(top + tall * 0.5)}h{num(size)}"
    return drawn + stroke(bars, frame, size * 0.09 + 0.6)


def arched(x: float, foot: float, half: float, spring: float, rise: float) -> str:
    """The path of an opening `half` wide to either side, straight up to `spring` and rounded above by `rise`."""
    arc = f"A{num(half)} {num(rise)} 0 0 1 {num(x + half)} {num(spring)}"
    return f"M{num(x - half)} {num(foot)}V{num(spring)}{arc}V{num(foot)}Z"


def smoke(x: float, y: float, size: float, opacity: float = 0.7) -> str:
    """Four puffs that drift from a chimney at (x, y)."""
    puffs = (
        ellipse(x + i * size * 0.6, y - i * size * 1.8, size * (0.6 + 0.36 * i), size * (0.55 + 0.28 * i))
        for i in range(4)
    )
    return "".join(fill(path, "#fff", opacity - 0.14 * i) for i, path in enumerate(puffs))


def tower(
    x: float,
    y: float,
    width: float,
    height: float,
    wall: Color,
    roof: Color | None,
    lamp: Color | None = None,
    flag: Color | None = None,
) -> str:
    """A tower with a pointed `roof` and a `flag`, or with battlements where there is no roof."""
    drawn = cut(rounded_rect(x - width / 2, y - height, width, height + 40, 3), wall, 2, 7)
    shade = f"M{num(x + width * 0.12)} {num(y - height)}h{num(width * 0.38)}v{num(height + 30)}h{num(-width * 0.38)}Z"
    drawn += fill(shade, wall.lighten(-0.06), 0.6)
    for i in range(int(height / 46)):
        joint = f"M{num(x - width * 0.38 + i % 2 * width * 0.3)} {num(y - height + 26 + i * 46)}h{num(width * 0.2)}"
        drawn += stroke(joint, wall.lighten(-0.07), 3)
    drawn += (
        _pointed_roof(x, y - height, width, wall, roof, flag)
        if roof
        else battlements(x, y - height, width * 1.2, 4, wall)
    )
    for up in (0.72,) if height < 260 else (0.78, 0.46):
        drawn += _slit(x, y - height * up, width * 0.11, lamp, wall)
    return drawn


def battlements(x: float, y: float, width: float, count: int, wall: Color) -> str:
    """`count` teeth on a ledge."""
    tooth = width / (2 * count - 1)
    teeth = (
        cut(
            rounded_rect(x - width / 2 + 2 * i * tooth, y - tooth * 1.1, tooth, tooth * 1.5, 2), wall.lighten(0.02), 1.4
        )
        for i in range(count)
    )
    return "".join(teeth) + cut(rounded_rect(x - width / 2, y - 2, width, tooth * 0.9, 3), wall.lighten(0.02), 1.4, 4)


def _pointed_roof(x: float, top: float, width: float, wall: Color, roof: Color, flag: Color | None) -> str:
    peak = top - width * 1.45
    outline = [
        (x - width * 0.66, top + 2, "corner"),
        (x - width * 0.24, top - width * 0.72),
        (x, peak, "corner"),
        (x + width * 0.24, top - width * 0.72),
        (x + width * 0.66, top + 2, "corner"),
        (x, top + width * 0.10),
    ]
    drawn = cut(rounded_rect(x - width * 0.56, top - 4, width * 1.12, width * 0.15, 4), wall.lighten(0.03), 1.4, 4)
    drawn += cut(smooth(outline), roof, 2, 7)
    shade = polygon([(x, peak), (x + width * 0.62, top + 2), (x + width * 0.1, top + width * 0.07)])
    drawn += fill(shade, roof.lighten(-0.06), 0.7)
    return drawn + (pennant(x, peak, width * 0.6, flag, wall.lighten(-0.3)) if flag else "")


def pennant(x: float, y: float, size: float, color: Color, pole: Color) -> str:
    """A flag on a pole whose foot is at (x, y)."""
    cloth = [
        (x, y - size, "corner"),
        (x + size * 0.47, y - size * 0.93),
        (x + size * 0.97, y - size * 0.77, "corner"),
        (x + size * 0.47, y - size * 0.57),
        (x, y - size * 0.4, "corner"),
    ]
    return stroke(f"M{num(x)} {num(y)}v{num(-size)}", pole, 3) + cut(smooth(cloth), color, 1.4)


def _slit(x: float, y: float, half: float, lamp: Color | None, wall: Color) -> str:
    path = arched(x, y + half * 2, half, y, half * 1.2)
    return (glow(x, y, half * 6.4, lamp, 0.5) if lamp else "") + cut(path, lamp or wall.lighten(-0.28), 1)


def clock_tower(
    x: float,
    y: float,
    width: float,
    height: float,
    wall: Color,
    roof: Color,
    face: Color,
    flag: Color | None,
    lit: bool,
) -> str:
    """A tower with a clock, which shines when it is `lit`."""
    drawn = tower(x, y, width, height, wall, roof, None, flag)
    at = x, y - height * 0.78
    drawn += glow(*at, width * 0.9, face, 0.5) if lit else ""
    drawn += cut(ellipse(*at, width * 0.34), wall.mix(oklch(0.82, 0.13, 85), 0.7), 2.4, 6)
    drawn += fill(ellipse(*at, width * 0.27), face)
    middle = f"M{point(at)}"
    hands = f"{middle}v{num(-width * 0.2)}{middle}l{num(width * 0.14)} {num(width * 0.08)}"
    return drawn + stroke(hands, "#3a2a40", width * 0.04)


def castle(
    x: float, y: float, scale: float, wall: Color, roof: Color, random: Random, lamp: Color | None, flag: Color
) -> str:
    """A gate between battlements, and four to six slim towers behind it."""
    drawn = ""
    spread = random.choice((-1, 1))
    for dx, width, height, tone in (
        (-190, 84, 330, -0.03),
        (200, 90, 290, -0.03),
        (60, 96, 470, 0),
        (-74, 78, 400, -0.015),
    ):
        tall = height * scale * random.uniform(0.86, 1.12)
        drawn += tower(
            x + spread * dx * scale, y, width * scale, tall, wall.lighten(tone), roof.lighten(tone * 0.7), lamp, flag
        )
    drawn += battlements(x, y - 150 * scale, 560 * scale, 11, wall.lighten(0.01))
    drawn += cut(rounded_rect(x - 282 * scale, y - 150 * scale, 564 * scale, 198 * scale, 4), wall.lighten(0.02), 2, 8)
    for _ in range(14):
        stone = x + random.uniform(-260, 240) * scale, y - random.uniform(20, 130) * scale
        drawn += stroke(f"M{point(stone)}h{num(26 * scale)}", wall.lighten(-0.05), 4 * scale)
    for dx, height in ((-288, 220), (290, 210)):
        drawn += tower(
            x + dx * scale, y, 96 * scale, height * scale, wall.lighten(0.03), roof, lamp, flag if dx > 0 else None
        )
    return drawn + _gate(x, y, scale, wall, lamp)


def _gate(x: float, y: float, scale: float, wall: Color, lamp: Color | None) -> str:
    def opening(half: float, rise: float) -> str:
        return arched(x, y + 40 * scale, half * scale, y - 60 * scale, rise * scale)

    drawn = cut(opening(62, 66), wall.lighten(-0.10), 1.6, 5)
    drawn += glow(x, y - 30 * scale, 150 * scale, lamp, 0.5) if lamp else ""
    drawn += fill(opening(46, 50), lamp.lighten(-0.1) if lamp else wall.lighten(-0.42))
    bars = "".join(
        f"M{num(x + k * scale)} {num(y - (104 - abs(k) * 0.5) * scale)}V{num(y + 20 * scale)}"
        for k in (-28, -9, 10, 29)
    )
    bars += "".join(f"M{num(x - 46 * scale)} {num(y - k * scale)}h{num(92 * scale)}" for k in (60, 24))
    return drawn + stroke(bars, wall.lighten(-0.48), 5 * scale)


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


def lamp_post(x: float, y: float, height: float, iron: Color, lamp: Color, lit: bool) -> str:
    """A street lamp."""
    drawn = cut(rounded_rect(x - height * 0.02, y - height * 0.82, height * 0.04, height * 0.84, 3), iron, 1.6, 5)
    drawn += cut(rounded_rect(x - height * 0.06, y - height * 0.05, height * 0.12, height * 0.06, 4), iron, 1.4, 4)
    head = y - height
    drawn += glow(x, head + height * 0.08, height * 0.5, lamp, 0.6) if lit else ""
    glass = [
        (x - height * 0.06, head),
        (x + height * 0.06, head),
        (x + height * 0.04, head + height * 0.18),
        (x - height * 0.04, head + height * 0.18),
    ]
    drawn += cut(polygon(glass), lamp if lit else _GLASS.lighten(0.14), 1.6, 4)
    hat = [(x - height * 0.085, head + 2), (x, head - height * 0.09), (x + height * 0.085, head + 2)]
    return drawn + cut(polygon(hat), iron, 1.6)


def fence(x: float, y: float, width: float, color: Color, posts: int = 7) -> str:
    """A picket fence from x to x + width."""
    gap = width / posts
    rails = "".join(cut(rounded_rect(x, y - up, width, 7, 3), color.lighten(-0.05), 1.2, 3) for up in (26, 44))
    pickets = ""
    for i in range(posts):
        left = x + (i + 0.2) * gap
        board = [
            (left, y + 4),
            (left, y - 52),
            (left + gap * 0.3, y - 64),
            (left + gap * 0.6, y - 52),
            (left + gap * 0.6, y + 4),
        ]
        pickets += cut(polygon(board), color, 1.4, 3)
    return rails + pickets


def well(x: float, y: float, size: float, stone: Color, roof: Color, wood: Color, random: Random) -> str:
    """A village well under its little roof."""
    drawn = "".join(
        cut(rounded_rect(x + k * size * 0.36 - 6, y - size * 1.25, 12, size * 0.8, 3), wood, 1.4, 4) for k in (-1, 1)
    )
    drawn += _swept_roof(x, y - size * 1.15, size * 0.98, size * 0.5, roof)
    drawn += cut(rounded_rect(x - size * 0.5, y - size * 0.52, size, size * 0.55, 8), stone, 2, 7)
    for row in range(3):
        for i in range(4):
            left = x - size * 0.47 + (i + 0.5 * (row % 2)) * size * 0.24
            block = rounded_rect(left, y - size * 0.48 + row * size * 0.165, size * 0.2, size * 0.13, 4)
            drawn += (
                cut(block, stone.lighten(random.uniform(-0.05, 0.02)), 1) if left + size * 0.2 < x + size * 0.5 else ""
            )
    return drawn

"""Buildings: houses, towers, castles. (x, y) is the middle of the foot."""

from __future__ import annotations

from random import Random

from storyforge.illustration.paper.color import Color, oklch
from storyforge.illustration.paper.cut import cut, glow
from storyforge.illustration.paper.elements.marks import dot, fill, stroke
from storyforge.illustration.paper.geometry import ellipse, num, point, polygon, rounded_rect, smooth

GLASS = oklch(0.72, 0.05, 230)


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
    drawn += swept_roof(x, y - height, width, width * random.uniform(0.42, 0.64), roof)
    side = -1 if flip else 1
    drawn += round_door(x - side * width * 0.195, y, width * 0.105, height * 0.36, dark, lamp or wall)
    for place in (0.175, 0.375) if width > 120 else (0.255,):
        drawn += _window(x + side * width * place, y - height * 0.72, width * 0.15, lamp, dark)
    return drawn


def swept_roof(x: float, eaves: float, width: float, height: float, color: Color) -> str:
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


def round_door(x: float, y: float, half: float, height: float, color: Color, knob: Color) -> str:
    path = arched(x, y + 6, half, y - height, half)
    return cut(path, color, 1.2) + dot(x + half * 0.6, y - height * 0.5, half * 0.16 + 0.6, knob)


def _window(x: float, top: float, size: float, lamp: Color | None, frame: Color) -> str:
    tall = size * 1.15
    drawn = glow(x, top + tall * 0.6, size * 2.6, lamp, 0.5) if lamp else ""
    drawn += cut(rounded_rect(x - size / 2, top, size, tall, size * 0.4), lamp or GLASS, 1)
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

"""Things that stand alone: lamp posts, fences, wells, mills, lighthouses. (x, y) is the middle of the foot."""

from __future__ import annotations

from random import Random

from storyforge.illustration.paper.color import Color
from storyforge.illustration.paper.cut import cut, glow, transformed
from storyforge.illustration.paper.elements.buildings import GLASS, round_door, swept_roof
from storyforge.illustration.paper.elements.marks import dot, fill, stroke
from storyforge.illustration.paper.geometry import num, polygon, rounded_rect, smooth


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
    drawn += cut(polygon(glass), lamp if lit else GLASS.lighten(0.14), 1.6, 4)
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
    drawn += swept_roof(x, y - size * 1.15, size * 0.98, size * 0.5, roof)
    drawn += cut(rounded_rect(x - size * 0.5, y - size * 0.52, size, size * 0.55, 8), stone, 2, 7)
    for row in range(3):
        for i in range(4):
            left = x - size * 0.47 + (i + 0.5 * (row % 2)) * size * 0.24
            block = rounded_rect(left, y - size * 0.48 + row * size * 0.165, size * 0.2, size * 0.13, 4)
            drawn += (
                cut(block, stone.lighten(random.uniform(-0.05, 0.02)), 1) if left + size * 0.2 < x + size * 0.5 else ""
            )
    return drawn


def windmill(x: float, y: float, height: float, wall: Color, roof: Color, sails: Color, random: Random) -> str:
    """A tapered mill with four lattice sails."""
    foot, neck, hub = height * 0.19, height * 0.12, y - height * 0.72
    drawn = cut(polygon([(x - foot, y + 8), (x - neck, hub), (x + neck, hub), (x + foot, y + 8)]), wall, 2, 7)
    cap = [(x - neck * 1.25, hub + 4, "corner"), (x, hub - height * 0.17), (x + neck * 1.25, hub + 4, "corner")]
    drawn += cut(smooth(cap), roof, 2, 6) + round_door(x, y, height * 0.06, height * 0.14, roof.lighten(-0.2), wall)
    vane = [
        (0, -5),
        (height * 0.46, -5),
        (height * 0.46, 4),
        (height * 0.42, height * 0.085),
        (height * 0.12, height * 0.085),
    ]
    sail = cut(polygon([*vane, (height * 0.10, 5), (0, 5)]), sails, 1.6, 4)
    bars = "".join(f"M{num(height * k)} 2v{num(height * 0.07)}" for k in (0.2, 0.28, 0.36))
    sail += stroke(bars, sails.lighten(-0.14), 2)
    turn = random.uniform(10, 80)
    drawn += "".join(transformed(sail, x, hub, 1, turn + 90 * k) for k in range(4))
    return drawn + dot(x, hub, height * 0.025, roof.lighten(-0.15))


def lighthouse(x: float, y: float, height: float, wall: Color, stripe: Color, lamp: Color, lit: bool) -> str:
    """A striped tower with a lantern room, which shines when it is `lit`."""
    foot, neck, gallery = height * 0.13, height * 0.08, y - height * 0.80
    drawn = cut(polygon([(x - foot, y + 8), (x - neck, gallery), (x + neck, gallery), (x + foot, y + 8)]), wall, 2, 7)
    for low, high in ((0.14, 0.34), (0.54, 0.74)):
        wide, slim = (foot + (neck - foot) * k for k in (low, high))
        bottom, top = y - height * 0.80 * low, y - height * 0.80 * high
        drawn += fill(polygon([(x - wide, bottom), (x - slim, top), (x + slim, top), (x + wide, bottom)]), stripe)
    drawn += glow(x, gallery - height * 0.06, height * 0.7, lamp, 0.8) if lit else ""
    room = rounded_rect(x - neck * 0.7, gallery - height * 0.12, neck * 1.4, height * 0.12, 3)
    drawn += cut(room, lamp if lit else GLASS.lighten(0.14), 1.4)
    drawn += cut(rounded_rect(x - neck * 1.3, gallery - 3, neck * 2.6, height * 0.035, 3), stripe.lighten(-0.1), 1.4, 4)
    hat = [(x - neck, gallery - height * 0.115), (x, gallery - height * 0.2), (x + neck, gallery - height * 0.115)]
    return drawn + cut(polygon(hat), stripe, 1.6, 4)

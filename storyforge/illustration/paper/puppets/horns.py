"""What grows on an animal's head: horns, antlers, manes, quills, wool, a lure, a halo."""

from __future__ import annotations

import math

from storyforge.illustration.paper.color import oklch
from storyforge.illustration.paper.cut import cut, glow
from storyforge.illustration.paper.geometry import Point, ellipse, num, polygon, ribbon, scallop, smooth
from storyforge.illustration.paper.puppets.paint import Paint, dot, line


def behind_ears(paint: Paint, look: float) -> str:
    """All that lies under the ears, in the order in which it is glued."""
    drawn = _halo(paint, look) + _mane(paint) + _quills(paint)
    return drawn + _horns(paint, look) + _antlers(paint) + _antenna(paint, look)


def under_head(paint: Paint) -> str:
    """What the head covers at its root."""
    return _tuft(paint) + _wool(paint)


def _halo(paint: Paint, look: float) -> str:
    """A ring of sunrays."""
    if not paint.sheet.halo:
        return ""
    rays: list[Point] = []
    for k in range(18):
        tip, notch = math.radians(k * 20), math.radians(k * 20 + 10)
        reach = 172 if k % 2 else 154
        rays.append((look * 0.3 + reach * math.cos(tip), -14 + reach * math.sin(tip), "c"))
        rays.append((look * 0.3 + 134 * math.cos(notch), -14 + 134 * math.sin(notch)))
    ring = cut(smooth(rays), oklch(0.80, 0.155, 74), 2, (0, 3, 9, 0.22), 0.92)
    return ring + cut(ellipse(look * 0.3, -14, 127), oklch(0.90, 0.135, 88), 2, (0, 1, 6, 0.14))


def _mane(paint: Paint) -> str:
    if not paint.sheet.mane:
        return ""
    locks: list[Point] = []
    for degrees in range(0, 360, 24):
        tip, notch = math.radians(degrees), math.radians(degrees + 12)
        locks.append((138 * math.cos(tip), 6 + 130 * math.sin(tip), "c"))
        locks.append((112 * math.cos(notch), 6 + 106 * math.sin(notch)))
    return paint.piece(smooth(locks), paint.colour(paint.sheet.mane, paint.dark), 10)


def _quills(paint: Paint) -> str:
    """Quills stand about a hedgehog's head, but not under its chin."""
    if paint.sheet.back != "quills":
        return ""
    colour, drawn = paint.colour(paint.sheet.back_colour, paint.dark), ""
    for reach, shade in ((1.0, 0.05), (0.88, 0.0)):
        edge: list[Point] = []
        for degrees in range(158, 390, 14):
            tip, notch = math.radians(degrees), math.radians(degrees + 7)
            edge.append((142 * reach * math.cos(tip), 128 * reach * math.sin(tip), "c"))
            edge.append((104 * math.cos(notch), 94 * math.sin(notch)))
        drawn += paint.piece(smooth([*edge, (60, 60), (-60, 60)]), colour.lighten(-shade), 7)
    return drawn


def _horns(paint: Paint, look: float) -> str:
    if not paint.sheet.horns:
        return ""
    colour, drawn = paint.colour(paint.sheet.horns, "cream"), ""
    for side in (-1, 1):
        curve = [(side * 38 + look * 0.3, -66), (side * 50 + look * 0.3, -108), (side * 36 + look * 0.3, -150)]
        drawn += paint.piece(ribbon(curve, [30, 24, 4], tip="point"), colour, 7)
    return drawn


def _antlers(paint: Paint) -> str:
    if not paint.sheet.antlers:
        return ""
    colour, drawn = paint.colour(paint.sheet.antlers, "brown"), ""
    for side in (-1, 1):
        for points, widths in (
            ([(30, -70), (46, -120), (80, -160), (84, -205)], [14, 13, 11, 5]),
            ([(50, -124), (40, -160), (42, -186)], [11, 9, 4]),
            ([(74, -152), (104, -164), (120, -186)], [10, 8, 4]),
        ):
            drawn += paint.piece(ribbon([(side * x, y) for x, y in points], widths), colour, 6)
    return drawn


def _antenna(paint: Paint, look: float) -> str:
    if not paint.sheet.antenna:
        return ""
    colour = paint.colour(paint.sheet.antenna, "mint")
    stalk = line(f"M{num(look * 0.5)} -70Q10 -150 66 -168", paint.far, 9)
    lamp = glow(72, -160, 84, paint.glow or colour, 0.75) + paint.piece(ellipse(72, -160, 17), colour, 5)
    return stalk + lamp + dot(67, -166, 5.5, "#fff", 0.9)


def _tuft(paint: Paint) -> str:
    if paint.sheet.head != "fox" or not paint.sheet.tuft:
        return ""
    path = smooth(
        [(-34, -60), (-30, -92), (-6, -122, "c"), (-2, -98), (20, -114, "c"), (20, -94), (40, -100, "c"), (38, -62)]
    )
    return paint.piece(path, paint.light, 6)


def _wool(paint: Paint) -> str:
    if paint.sheet.back != "wool":
        return ""
    return paint.piece(
        scallop(0, -72, 66, 34, 8, 150, 390, close=None), paint.colour(paint.sheet.back_colour, "ivory"), 6
    )


def forelock(paint: Paint) -> str:
    """A horse's mane: falls down the near side of the neck, with a lock between the ears."""
    if not paint.sheet.forelock:
        return ""
    colour = paint.colour(paint.sheet.forelock, paint.dark)
    neck = [
        (-20, -104),
        (-76, -90),
        (-112, -36),
        (-128, 30),
        (-140, 96, "c"),
        (-104, 76),
        (-86, 30),
        (-78, -20),
        (-40, -62),
    ]
    lock = [(-40, -84), (0, -112), (40, -98), (46, -72), (30, -34, "c"), (12, -54), (-2, -30, "c"), (-16, -58)]
    return paint.piece(smooth(neck), colour.shade(0.03), 7) + paint.piece(smooth(lock), colour, 6)


def horn(paint: Paint, look: float) -> str:
    if not paint.sheet.horn:
        return ""
    horn = polygon([(look - 14, -66), (look + 8, -168), (look + 18, -62)])
    rings = "".join(
        line(f"M{num(look - 11 + i * 3)} {-84 - 18 * i}q12 6 {26 - i * 5} -6", "#fff", 3, 0.6) for i in range(4)
    )
    return paint.piece(horn, paint.colour(paint.sheet.horn, "gold"), 6) + rings


def goatee(paint: Paint, look: float) -> str:
    if not paint.sheet.beard:
        return ""
    path = smooth([(look - 20, 112), (look - 16, 140), (look + 2, 172, "c"), (look + 14, 140), (look + 20, 114)])
    return paint.piece(path, paint.colour(paint.sheet.beard, "white"), 5)

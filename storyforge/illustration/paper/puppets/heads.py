"""Heads of animals, half-width about 100 around (0, 0), turned a little to the right by `look` (three-quarter view)."""

from __future__ import annotations

import math
from collections.abc import Callable

from storyforge.illustration.paper.color import oklch
from storyforge.illustration.paper.cut import cut, glow
from storyforge.illustration.paper.geometry import Point, ellipse, num, polygon, ribbon, scallop, smooth
from storyforge.illustration.paper.puppets.ears import ears
from storyforge.illustration.paper.puppets.expressions import Expression
from storyforge.illustration.paper.puppets.eyes import cheeks, eyes
from storyforge.illustration.paper.puppets.marks import fur, motif
from storyforge.illustration.paper.puppets.mouth import mouth, muzzle, pig_snout, trunk
from storyforge.illustration.paper.puppets.paint import Paint, dot, flat, line, within
from storyforge.illustration.paper.puppets.wear import headwear


def _mirrored(right: list[Point]) -> str:
    """An outline from its right half, listed from the crown down."""
    return smooth([*right, *[(-p[0], *p[1:]) for p in reversed(right) if p[0]]])


_OUTLINES = {
    "fox": _mirrored(
        [(0, -84), (56, -74), (94, -34), (104, 6), (130, 40, "c"), (103, 47, "c"), (108, 74, "c"), (70, 74), (34, 88), (0, 92)]
    ),
    "round": _mirrored([(0, -84), (58, -73), (98, -30), (108, 20), (90, 64), (46, 88), (0, 92)]),
    "bear": _mirrored([(0, -86), (60, -76), (100, -34), (108, 18), (92, 66), (48, 90), (0, 94)]),
    "dog": smooth(
        [(0, -84), (56, -74), (92, -34), (100, 14), (90, 56), (56, 86), (14, 98), (-26, 96), (-64, 82), (-92, 52), (-100, 14),
         (-92, -34), (-56, -74)]
    ),
    "long": smooth(
        [(0, -88), (54, -78), (90, -40), (96, 4), (84, 42), (82, 80), (66, 114), (20, 124), (-24, 116), (-48, 84), (-78, 46),
         (-96, 4), (-88, -40), (-52, -78)]
    ),
    "dragon": smooth(
        [(0, -80), (54, -72), (90, -36), (100, 6), (112, 42), (92, 78), (40, 94), (0, 94), (-40, 92), (-84, 76), (-106, 40),
         (-100, 4), (-90, -36), (-54, -72)]
    ),
    "frog": _mirrored([(0, -62), (30, -70), (56, -86), (88, -74), (94, -36), (116, 8), (112, 50), (70, 84), (0, 92)]),
}  # fmt: skip


def animal_head(paint: Paint, mood: Expression, look: float = 15, droop: float = 0) -> str:
    """`droop`: degrees by which the ears are laid back."""
    sheet = paint.sheet
    outline = _OUTLINES.get(sheet.head, _OUTLINES["fox"])
    behind, before = ears(paint, look * 0.25, droop)
    drawn = _halo(paint, look) + _mane(paint) + _horns(paint, look) + _antlers(paint) + _antenna(paint, look)
    drawn += behind + _tuft(paint) + _wool(paint)
    drawn += fur(paint, outline, paint.base, 11, upper=0.62)
    drawn += within(outline, _markings(paint, look)) + _forelock(paint) + before
    drawn += _face(paint, mood, look) + motif(paint, look, -50) + _horn(paint, look)
    return drawn + headwear(paint, look)


def _markings(paint: Paint, look: float) -> str:
    """What is glued on the face, and ends where the head ends."""
    sheet = paint.sheet
    drawn = _MUZZLES.get(sheet.head, _round_muzzle)(paint, look) if sheet.muzzle else ""
    if sheet.mask:
        mask = paint.colour(sheet.mask, "charcoal")
        drawn += "".join(flat(ellipse(look + side * 52, 10, 42, 46), mask, 0.92) for side in (-1, 1))
    if sheet.patch:
        drawn += flat(ellipse(look + 52, 4, 40, 46), paint.colour(sheet.patch, paint.dark), 0.75)
    if sheet.face_stripes:
        drawn += _face_stripes(paint, look)
    return drawn


def _face_stripes(paint: Paint, look: float) -> str:
    colour = paint.colour(paint.sheet.face_stripes, "charcoal")
    blaze = cut(
        smooth([(look - 26, -100), (look - 14, 10), (look, 40), (look + 14, 10), (look + 26, -100)]), paint.belly, 1.6
    )
    bands = ""
    for side in (-1, 1):
        band = [
            (look + side * 30, -100),
            (look + side * 72, -84),
            (look + side * 88, 20),
            (look + side * 62, 54),
            (look + side * 26, 30),
        ]
        bands += cut(smooth(band), colour, 1.6)
    return blaze + bands


def _face(paint: Paint, mood: Expression, look: float) -> str:
    sheet = paint.sheet
    drawn = cheeks(paint, look, 48, 78)
    if sheet.head == "frog":
        return (
            drawn
            + eyes(paint, mood, look * 0.6, -36, 58, 0.92)
            + _nostrils(paint, look, 14)
            + mouth(paint, mood, look, 34, 1.5)
        )
    drawn += eyes(paint, mood, look)
    if sheet.snout == "pig":
        return drawn + mouth(paint, mood, look + 2, 66, 0.9) + pig_snout(paint, look + 2, 44)
    if sheet.snout == "trunk":
        return drawn + mouth(paint, mood, look - 24, 62, 0.85) + trunk(paint, look + 2, 46)
    if sheet.head == "dragon":
        return drawn + _nostrils(paint, look, 46) + mouth(paint, mood, look + 2, 60, 1.05)
    if sheet.head == "long":
        return drawn + _nostrils(paint, look, 66) + mouth(paint, mood, look + 4, 84, 1.0) + _goatee(paint, look)
    drawn += muzzle(paint, mood, look + 2, 38 if sheet.head == "bear" else 44, 1.15 if sheet.head == "bear" else 1.0)
    return drawn + (_whiskers(look) if sheet.whiskers else "")


def _nostrils(paint: Paint, look: float, y: float) -> str:
    return "".join(flat(ellipse(look + side * 22, y, 6, 4.6), paint.dark) for side in (-1, 1))


def _whiskers(look: float) -> str:
    return "".join(
        line(
            f"M{num(look + side * 62)} {52 + a}q{side * 26} {num(a * 0.6 - 3)} {side * 52} {num(a * 1.1 - 2)}",
            "#fff",
            2.6,
            0.8,
        )
        for side in (-1, 1)
        for a in (-7, 2, 11)
    )


def _goatee(paint: Paint, look: float) -> str:
    if not paint.sheet.beard:
        return ""
    path = smooth([(look - 20, 112), (look - 16, 140), (look + 2, 172, "c"), (look + 14, 140), (look + 20, 114)])
    return paint.piece(path, paint.colour(paint.sheet.beard, "white"), 5)


# ── muzzles ──


def _fox_muzzle(paint: Paint, look: float) -> str:
    left: list[Point] = [(-142, 34), (-96, 34), (-62, 62), (look - 30, 46), (look - 4, 22)]
    right: list[Point] = [(look + 6, 22), (look + 32, 46), (70, 62), (100, 32), (146, 34), (120, 110), (-120, 110)]
    return _lighter(paint, smooth(left + right))


def _round_muzzle(paint: Paint, look: float) -> str:
    return _lighter(paint, smooth([(-70, 60), (-38, 38), (look, 42), (50, 38), (84, 58), (60, 110), (-60, 110)]))


def _bear_muzzle(paint: Paint, look: float) -> str:
    return _lighter(paint, ellipse(look + 2, 54, 56, 44))


def _dog_muzzle(paint: Paint, look: float) -> str:
    if not paint.sheet.patch:
        return _lighter(paint, ellipse(look + 4, 64, 60, 46))
    left: list[Point] = [(look - 50, 58), (look - 26, 20), (look - 13, -40), (look, -90)]
    right: list[Point] = [(look + 13, -40), (look + 28, 20), (look + 54, 58), (look + 30, 112), (look - 30, 112)]
    return _lighter(paint, smooth(left + right))


def _long_muzzle(paint: Paint, look: float) -> str:
    return _lighter(paint, smooth([(-70, 84), (-34, 58), (look, 50), (60, 54), (104, 70), (90, 140), (-40, 140)]))


def _dragon_muzzle(paint: Paint, look: float) -> str:
    return _lighter(paint, smooth([(-90, 66), (-40, 40), (look, 34), (60, 40), (112, 62), (70, 110), (-70, 110)]))


def _frog_muzzle(paint: Paint, look: float) -> str:
    return _lighter(paint, smooth([(-130, 34), (-60, 52), (look, 56), (80, 52), (130, 34), (100, 120), (-100, 120)]))


def _lighter(paint: Paint, path: str) -> str:
    return cut(path, paint.belly, 1.6, (0, -1, 7, 0.20))


_MUZZLES: dict[str, Callable[[Paint, float], str]] = {
    "fox": _fox_muzzle,
    "bear": _bear_muzzle,
    "dog": _dog_muzzle,
    "long": _long_muzzle,
    "dragon": _dragon_muzzle,
    "frog": _frog_muzzle,
}

# ── what grows on the head ──


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


def _forelock(paint: Paint) -> str:
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


def _horn(paint: Paint, look: float) -> str:
    if not paint.sheet.horn:
        return ""
    horn = polygon([(look - 14, -66), (look + 8, -168), (look + 18, -62)])
    rings = "".join(
        line(f"M{num(look - 11 + i * 3)} {-84 - 18 * i}q12 6 {26 - i * 5} -6", "#fff", 3, 0.6) for i in range(4)
    )
    return paint.piece(horn, paint.colour(paint.sheet.horn, "gold"), 6) + rings

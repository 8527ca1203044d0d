"""Heads of animals, half-width about 100 around (0, 0), turned a little to the right by `look` (three-quarter view)."""

from __future__ import annotations

from storyforge.illustration.paper.color import named
from storyforge.illustration.paper.cut import cut
from storyforge.illustration.paper.geometry import Point, ellipse, num, smooth
from storyforge.illustration.paper.puppets.ears import ears
from storyforge.illustration.paper.puppets.expressions import Expression
from storyforge.illustration.paper.puppets.eyes import cheeks, eyes
from storyforge.illustration.paper.puppets.horns import behind_ears, forelock, goatee, horn, under_head
from storyforge.illustration.paper.puppets.marks import fur, motif
from storyforge.illustration.paper.puppets.mouth import mouth, muzzle, pig_snout, trunk
from storyforge.illustration.paper.puppets.muzzles import lower_face
from storyforge.illustration.paper.puppets.paint import Paint, flat, line, within
from storyforge.illustration.paper.puppets.wear import headwear


def _mirrored(right: list[Point]) -> str:
    """An outline from its right half, listed from the crown down."""
    return smooth([*right, *[(-p[0], *p[1:]) for p in reversed(right) if p[0]]])


_OUTLINES = {
    "fox": _mirrored(
        [(0, -84), (56, -74), (94, -34), (104, 6), (130, 40, "c"), (103, 47, "c"), (108, 74, "c"), (70, 74), (34, 88),
         (0, 92)]
    ),
    "round": _mirrored([(0, -84), (58, -73), (98, -30), (108, 20), (90, 64), (46, 88), (0, 92)]),
    "bear": _mirrored([(0, -86), (60, -76), (100, -34), (108, 18), (92, 66), (48, 90), (0, 94)]),
    "dog": smooth(
        [(0, -84), (56, -74), (92, -34), (100, 14), (90, 56), (56, 86), (14, 98), (-26, 96), (-64, 82), (-92, 52),
         (-100, 14), (-92, -34), (-56, -74)]
    ),
    "long": smooth(
        [(0, -88), (54, -78), (90, -40), (96, 4), (84, 42), (82, 80), (66, 114), (20, 124), (-24, 116), (-48, 84),
         (-78, 46), (-96, 4), (-88, -40), (-52, -78)]
    ),
    "dragon": smooth(
        [(0, -80), (54, -72), (90, -36), (100, 6), (112, 42), (92, 78), (40, 94), (0, 94), (-40, 92), (-84, 76),
         (-106, 40), (-100, 4), (-90, -36), (-54, -72)]
    ),
    "frog": _mirrored([(0, -62), (30, -70), (56, -86), (88, -74), (94, -36), (116, 8), (112, 50), (70, 84), (0, 92)]),
}  # fmt: skip


def animal_head(paint: Paint, mood: Expression, look: float = 15, droop: float = 0) -> str:
    """`droop`: degrees by which the ears are laid back."""
    sheet = paint.sheet
    outline = _OUTLINES.get(sheet.head, _OUTLINES["fox"])
    behind, before = ears(paint, look * 0.25, droop)
    drawn = behind_ears(paint, look) + behind + under_head(paint)
    drawn += fur(paint, outline, paint.base, 11, upper=0.62)
    drawn += within(outline, _markings(paint, look)) + forelock(paint) + before
    drawn += _face(paint, mood, look) + motif(paint, look, -50) + horn(paint, look)
    return drawn + headwear(paint, look)


def _markings(paint: Paint, look: float) -> str:
    """What is glued on the face, and ends where the head ends."""
    sheet = paint.sheet
    drawn = lower_face(paint, look)
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
    blaze = [(-26, -100), (-14, 10), (0, 40), (14, 10), (26, -100)]
    band = [(30, -100), (72, -84), (88, 20), (62, 54), (26, 30)]
    drawn = cut(smooth([(look + x, y) for x, y in blaze]), paint.belly, 1.6)
    return drawn + "".join(cut(smooth([(look + side * x, y) for x, y in band]), colour, 1.6) for side in (-1, 1))


def _face(paint: Paint, mood: Expression, look: float) -> str:
    sheet = paint.sheet
    drawn = cheeks(paint, look, 48, 64 if sheet.head == "long" else 78)
    if sheet.head == "frog":
        drawn += eyes(paint, mood, look * 0.6, -36, 58, 0.92)
        return drawn + _nostrils(paint, look, 14) + mouth(paint, mood, look, 34, 1.5)
    around = named(sheet.mask or sheet.face_stripes)
    drawn += eyes(paint, mood, look, lid=around)
    if sheet.snout == "pig":
        return drawn + mouth(paint, mood, look + 2, 66, 0.9) + pig_snout(paint, look + 2, 44)
    if sheet.snout == "trunk":
        return drawn + mouth(paint, mood, look - 24, 62, 0.85) + trunk(paint, look + 2, 46)
    if sheet.head == "dragon":
        return drawn + _nostrils(paint, look, 46) + mouth(paint, mood, look + 2, 60, 1.05)
    if sheet.head == "long":
        return drawn + _nostrils(paint, look, 66) + mouth(paint, mood, look + 4, 84, 1.0) + goatee(paint, look)
    drawn += muzzle(paint, mood, look + 2, 38 if sheet.head == "bear" else 44, 1.15 if sheet.head == "bear" else 1.0)
    return drawn + (_whiskers(look) if sheet.whiskers else "")


def _nostrils(paint: Paint, look: float, y: float) -> str:
    return "".join(flat(ellipse(look + side * 22, y, 6, 4.6), paint.dark) for side in (-1, 1))


def _whiskers(look: float) -> str:
    hairs = [(side, y) for side in (-1, 1) for y in (-7, 2, 11)]
    paths = [f"M{num(look + s * 62)} {52 + y}q{s * 26} {num(y * 0.6 - 3)} {s * 52} {num(y - 2)}" for s, y in hairs]
    return "".join(line(path, "#fff", 2.6, 0.8) for path in paths)

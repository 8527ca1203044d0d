"""Legs, paws and hooves."""

from __future__ import annotations

import math

from storyforge.illustration.paper.color import Color
from storyforge.illustration.paper.cut import cut, transformed
from storyforge.illustration.paper.geometry import Point, polygon, ribbon, smooth
from storyforge.illustration.paper.puppets.marks import fur
from storyforge.illustration.paper.puppets.paint import INK, Paint, line

Widths = tuple[float, float, float]
PAW = smooth([(-18, 6), (-19, -10), (-4, -19), (16, -16), (29, -3), (26, 9), (4, 12)])
_HOOF = polygon([(-18, -14), (18, -14), (24, 17), (-21, 17)])


def leg(
    paint: Paint,
    x: float,
    y: float,
    angle: float,
    length: float,
    far: bool = False,
    bend: float = 0,
    widths: Widths = (48, 36, 34),
) -> str:
    """From the joint (x, y), `angle` degrees forward of straight down; `bend` moves the knee forward."""  # fmt: skip
    widths = (widths[0] * paint.sheet.stout, widths[1] * paint.sheet.stout, widths[2] * paint.sheet.stout)
    colour = paint.far if far else paint.base
    sin, cos = math.sin(math.radians(angle)), math.cos(math.radians(angle))
    end = (x + length * sin, y + length * cos)
    knee = ((x + end[0]) / 2 + bend * cos, (y + end[1]) / 2 - bend * sin)
    planted = abs(angle) < 25
    along: list[Point] = [(x, y), knee, (end[0], end[1] - 6 if planted else end[1])]
    drawn = fur(paint, ribbon(along, widths, cap=True), colour, 8) + sock(paint, along, widths, 0.62, far)
    return drawn + transformed(
        _foot(paint, colour, far), end[0] + 2, end[1] - 10, widths[2] / 36, 0 if planted else -angle * 0.8
    )


def sock(paint: Paint, along: list[Point], widths: Widths, start: float, far: bool = False) -> str:
    if not paint.sheet.socks:
        return ""
    wider = (widths[0] + 1, widths[1] + 1, widths[2] + 2)
    return cut(ribbon(along, wider, start=start, zigzag=2), paw_colour(paint, far), 1.8)


def paw_colour(paint: Paint, far: bool = False) -> Color:
    if not paint.sheet.socks:
        return (paint.far if far else paint.base).lighten(0.02)
    colour = paint.colour(paint.sheet.socks, paint.dark)
    return colour.shade(0.04) if far else colour


def _foot(paint: Paint, colour: Color, far: bool) -> str:
    if paint.sheet.hooves:
        hoof = paint.colour(paint.sheet.hooves, paint.dark)
        return paint.piece(_HOOF, hoof.shade(0.04) if far else hoof, 5)
    toes = line("M10 10q1 -9 -1 -13M20 8q1 -8 -2 -11", INK, 2.6, 0.45)
    return paint.piece(PAW, paw_colour(paint, far), 5) + toes

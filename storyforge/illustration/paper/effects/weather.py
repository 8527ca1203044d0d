"""What falls from the sky or blows across the stage."""

from __future__ import annotations

import math
from collections.abc import Iterable
from random import Random

from storyforge.illustration.paper import motions
from storyforge.illustration.paper.color import Color, oklch
from storyforge.illustration.paper.cut import cut, glow, transformed
from storyforge.illustration.paper.effects.cue import BEHIND, LENS, SKY, Cue, light
from storyforge.illustration.paper.elements.marks import fill, line, stroke
from storyforge.illustration.paper.geometry import Point, ellipse, num, polygon, ribbon
from storyforge.illustration.paper.stage import BOTTOM, LEFT, RIGHT, TOP, Sheet

_INDOORS = ("home", "ocean", "cave", "space")  # no weather there
_COLD = ("mountain", "snow")  # rain is snow there


def weather(word: str, place: str, cue: Cue) -> Iterable[Sheet]:
    """The sheets of one of storyboard.WEATHERS."""
    if place in _INDOORS:
        return
    cold = place in _COLD or cue.stage.snowy or cue.stage.light.name.startswith("ice")
    snowing = word in ("snow", "blizzard") or (word in ("rain", "storm") and cold)
    if word in ("rain", "storm") and not snowing and place != "volcano":
        yield light("rain", LENS, _rain(cue), motion=motions.RAIN)
    if snowing:
        yield from _snowfall(cue, word != "snow")
    if word in ("wind", "blizzard") or (word == "storm" and (snowing or place == "desert")):
        blown = motions.WIND_OF_A_BLIZZARD if snowing else motions.WIND
        yield light("wind", BEHIND, _wind(cue.random, cue.stage.light.haze.lighten(0.12)), motion=blown)
    if word == "fog":
        yield light("fog", LENS - 0.05, _fog(cue.stage.light.haze.lighten(0.05)), motion=motions.FOG)
    if word == "storm" and not snowing:
        yield from lightning(cue)


def lightning(cue: Cue) -> Iterable[Sheet]:
    """Two forked bolts, left and right of the middle."""
    random = cue.random
    sides = (random.uniform(300, 700), random.uniform(1330, 1700))
    bolts = (_bolt(x, TOP - 20, random.uniform(430, 600), random) for x in sides)
    yield light("lightning", SKY, "".join(bolts))


def _rain(cue: Cue, count: int = 260) -> str:
    random, drops = cue.random, []
    for _ in range(count):
        x, y, length = random.uniform(LEFT, RIGHT + 300), random.uniform(TOP, BOTTOM), random.uniform(26, 64)
        path = f"M{num(x)} {num(y)}l{num(-length * 0.28)} {num(length)}"
        drops.append(stroke(path, "#dfeaff", random.uniform(1.6, 3.6), random.uniform(0.22, 0.6)))
    return "".join(drops)


def _snowfall(cue: Cue, driven: bool) -> Iterable[Sheet]:
    far, near = (motions.BLIZZARD_BEHIND, motions.BLIZZARD) if driven else (motions.SNOW_BEHIND, motions.SNOW)
    yield light("snow behind", BEHIND, _flakes(cue, 150, 4, 1.4 if driven else 0), motion=far)
    flakes = _flakes(cue, 120 if driven else 90, 9, 1.6 if driven else 0, True)
    yield light("snow", LENS, flakes, motion=near)


def _flakes(cue: Cue, count: int, large: int, driven: float, spare_faces: bool = False) -> str:
    """Round flakes (long ones in a wind) and a few large six-rayed ones."""
    random, drawn = cue.random, []
    for _ in range(count):
        x, y, size = random.uniform(LEFT, RIGHT), random.uniform(TOP, BOTTOM), random.uniform(2, 7)
        opacity = random.uniform(0.5, 0.95)
        if not (spare_faces and cue.covers_face(x, y, 150, 120, 110)):
            flake = fill(ellipse(0, 0, size * (1 + driven), size), "#ffffff", opacity)
            drawn.append(transformed(flake, x, y, rotate=-24 if driven else 0))
    for _ in range(large):
        x, y, size = random.uniform(LEFT, RIGHT), random.uniform(TOP, BOTTOM), random.uniform(14, 26)
        if not (spare_faces and cue.covers_face(x, y, 150, 120, 110)):
            drawn.append(_crystal(x, y, size))
    return "".join(drawn)


def _crystal(x: float, y: float, size: float) -> str:
    path = ""
    for degrees in (12, 72, 132):
        angle = math.radians(degrees)
        across, down = math.cos(angle) * size, math.sin(angle) * size
        path += f"M{num(x - across)} {num(y - down)}L{num(x + across)} {num(y + down)}"
        for side in (-1, 1):
            for turn in (0.7, -0.7):
                twig = (side * math.cos(angle + turn) * size * 0.34, side * math.sin(angle + turn) * size * 0.34)
                root = f"M{num(x + side * across * 0.55)} {num(y + side * down * 0.55)}"
                path += f"{root}l{num(twig[0])} {num(twig[1])}"
    return stroke(path, "#ffffff", max(1.6, size * 0.15))


def _wind(random: Random, color: Color, count: int = 8) -> str:
    """Curled paper ribbons."""
    drawn = ""
    for i in range(count):
        x, y = random.uniform(LEFT, RIGHT - 500), 120 + 740 * (i + random.random()) / count
        length, curl = random.uniform(380, 760), random.uniform(26, 50)
        along = (0, 0.3, 0.62, 0.86, 1, 0.97, 0.91, 0.91)
        rise = (0, -0.5, 0.3, -0.3, -1.1, -1.9, -1.7, -1.25)
        path = [(x + length * u, y + curl * v) for u, v in zip(along, rise, strict=True)]
        paper = fill(ribbon(path, [1, 9, 13, 11, 9, 7, 5, 2], tip="point"), color)
        drawn += f'<g opacity="{0.55 * random.uniform(0.6, 1):.2f}">{paper}</g>'
    return drawn


def _fog(color: Color) -> str:
    banks = ((200, 760), (900, 840), (1700, 780), (500, 960), (1400, 980))
    return "".join(glow(x, y, 620, color, 0.42, 130) for x, y in banks)


def _bolt(x: float, top: float, bottom: float, random: Random, width: float = 26) -> str:
    steps, points, at = 6, [(x, top)], x
    for i in range(1, steps + 1):
        at += random.uniform(30, 82) * (1 if i % 2 else -1) + random.uniform(-18, 10)
        points.append((at, top + (bottom - top) * i / steps))
    shine = oklch(0.80, 0.08, 275)
    drawn = "".join(stroke(line(points), shine, w, o) for w, o in ((120, 0.05), (80, 0.06), (48, 0.09), (26, 0.16)))
    drawn += cut(_blade(points, width), "#fffbe6", 0)
    for (px, py), side in ((points[2], 1), (points[3], -1)):
        fork = [(px, py), (px + side * 60, py + 70), (px + side * 46, py + 110), (px + side * 130, py + 190)]
        drawn += stroke(line(fork), shine, 24, 0.16) + cut(_blade(fork, width * 0.5), "#fffbe6", 0)
    return drawn


def _blade(points: list[tuple[float, float]], width: float) -> str:
    """A jagged line that thins out towards its end."""
    left: list[Point] = []
    right: list[Point] = []
    for i, (x, y) in enumerate(points):
        half = (width * (1 - i / len(points)) + 1) / 2
        lift = half * 0.6 if i % 2 else 0
        left.append((x - half, y - lift))
        right.append((x + half, y + lift))
    return polygon(left + right[::-1])

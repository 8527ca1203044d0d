"""Spells: sparkles, portals, shields, hearts and music."""

from __future__ import annotations

import math
from collections.abc import Iterable

from storyforge.illustration.paper.blocking import MOVING
from storyforge.illustration.paper.color import Color, oklch
from storyforge.illustration.paper.cut import cut, glow, radial_gradient, transformed
from storyforge.illustration.paper.effects.cue import BEFORE, BEHIND, Cue, light
from storyforge.illustration.paper.elements.magic import portal as gate
from storyforge.illustration.paper.elements.marks import fill, stroke
from storyforge.illustration.paper.geometry import ellipse, heart, num, sparkle
from storyforge.illustration.paper.motions import SPARKLES
from storyforge.illustration.paper.stage import Sheet


def sparkles(cue: Cue) -> Iterable[Sheet]:
    random, color = cue.random, (cue.actor and cue.actor.figure.glow) or oklch(0.90, 0.12, 90)
    drawn = ""
    for _ in range(26):
        angle, reach = random.uniform(0, 6.28), 270 * random.uniform(0.25, 1.15)
        x, y = cue.x + reach * math.cos(angle), cue.y + reach * 0.8 * math.sin(angle)
        size, white = random.uniform(6, 24) * random.uniform(0.6, 1), random.uniform(0.45, 0.9)
        if not cue.covers_face(x, y, 120, 100, 100):
            tone = color.mix(oklch(0.99, 0.02, 95), white)
            drawn += glow(x, y, size * 2.2, color, 0.4) + fill(sparkle(x, y, size), tone)
    yield light("sparkles", BEFORE, drawn, motion=SPARKLES)


def portal(cue: Cue) -> Iterable[Sheet]:
    """A whirl that leads elsewhere."""
    yield light("portal", BEHIND, gate(cue.x, cue.stage.ground(cue.x) - 300, 150, 220, cue.random))


def shield(cue: Cue) -> Iterable[Sheet]:
    """A bubble of light about one actor."""
    actor = cue.actor
    if actor is None:
        return
    left, top, right, bottom = actor.box
    radius = math.hypot(right - left, bottom - top) * 0.5
    stretched = actor.role.pose in MOVING
    x, y = (left + right) / 2, (top + bottom) / 2
    color = actor.figure.glow or oklch(0.93, 0.06, 200)
    yield light("shield", BEFORE, _bubble(x, y, min(radius, 400 if stretched else 360), color))


def hearts(cue: Cue) -> Iterable[Sheet]:
    random, drawn, color = cue.random, "", oklch(0.70, 0.17, 10)
    for x, y, size in _rising(cue, 9, 150, 230, 10, 22):
        tone = color.lighten(random.uniform(-0.03, 0.08))
        drawn += transformed(cut(heart(0, 0, size), tone, 1.6, (1, 3, 5, 0.25)), x, y, rotate=random.uniform(-18, 18))
    yield light("hearts", BEFORE, drawn)


def music(cue: Cue) -> Iterable[Sheet]:
    drawn = ""
    for x, y, size in _rising(cue, 8, 220, 260, 16, 26):
        note = cut(_note(size), oklch(0.96, 0.05, 95), 1, (1, 2, 4, 0.25))
        drawn += transformed(note, x, y, rotate=cue.random.uniform(-14, 14))
    yield light("music", BEFORE, drawn)


def _rising(
    cue: Cue, count: int, across: float, up: float, smallest: float, largest: float
) -> Iterable[tuple[float, float, float]]:
    """x, y and size of things that rise above the cue's middle."""
    random = cue.random
    for _ in range(count):
        x, y = cue.x + random.uniform(-across, across), cue.y - 150 - random.uniform(0, up)
        yield x, max(40.0, y), random.uniform(smallest, largest)


def _note(size: float) -> str:
    flag = f"q{num(size * 0.2)} {num(size * 0.5)} {num(size * 0.7)} {num(size * 0.62)}"
    back = f"q{num(-size * 0.4)} {num(size * 0.05)} {num(-size * 0.68)} {num(-size * 0.1)}"
    stem = f"M{num(size * 0.34)} 0V{num(-size * 1.7)}h{num(size * 0.14)}{flag}{back}V0Z"
    return ellipse(0, 0, size * 0.5, size * 0.38) + stem


def _bubble(x: float, y: float, radius: float, color: Color) -> str:
    paint, definition = radial_gradient([(0, color, 0.02), (0.72, color, 0.10), (0.92, color, 0.42), (1, color, 0.10)])
    drawn = (
        definition
        + fill(ellipse(x, y, radius), paint)
        + stroke(ellipse(x, y, radius * 0.97), color.lighten(0.1), 4, 0.8)
    )
    start = f"M{num(x - radius * 0.62)} {num(y - radius * 0.3)}"
    arc = f"A{num(radius * 0.7)} {num(radius * 0.7)} 0 0 1 {num(x - radius * 0.1)} {num(y - radius * 0.68)}"
    return drawn + stroke(start + arc, "#ffffff", 9, 0.6)

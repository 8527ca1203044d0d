"""What layers do by themselves as time goes by: they drift, sway, fall and twinkle. Pure: of the time alone."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from storyforge.plate import Motion
from storyforge.rendering.view import View

Floats = NDArray[np.float64]

SWAY_SECONDS = (4.3, 7.1)
"""A leaf's two swings; no shot is long enough for the eye to find the pattern in which they meet."""

TWINKLE_SECONDS = (2.2, 5.5)
"""Shortest and longest time in which a star fades and comes back."""

UNEVEN = 0.35
"""How much faster the fastest part of a layer falls than the mean, and the slowest slower."""

Edges = tuple[float, float, float, float]


def moved(motion: Motion, seconds: float, view: View, edges: Edges) -> tuple[float, float]:
    """How far right and down a whole layer is, in shares of the picture. `edges`: see band.Sheet.

    No edge of it comes into view: a drift slows down as it nears its margin, a swing is as wide as there is room.
    """
    left, top, right, bottom = edges
    across = _drifted(motion.drift[0] * seconds, left if motion.drift[0] > 0 else right)
    down = _drifted(motion.drift[1] * seconds, top if motion.drift[1] > 0 else bottom)
    room = min(left + view.x - view.width / 2, right + 1 - view.x - view.width / 2)
    return across + min(motion.sway, max(0.0, room)) * swing(seconds), down


def swing(seconds: float, turn: float = 0.0) -> float:
    """-1 … 1 and back, never quite the same; 0 at first if `turn` is 0."""
    slow, slower = (math.sin(2 * math.pi * (seconds / each) + turn) for each in SWAY_SECONDS)
    return 0.6 * slow + 0.4 * slower


def _drifted(way: float, most: float) -> float:
    """At first as fast as it is meant to, then ever slower."""
    if way == 0 or most == math.inf:
        return way
    return math.copysign(most * (1 - math.exp(-abs(way) / most)), way) if most > 0 else 0.0


@dataclass(frozen=True)
class Chances:
    """What is each loose part's own: arrays of one number a part."""

    speed: Floats
    turn: Floats
    period: Floats

    @classmethod
    def of(cls, count: int, seed: int) -> Chances:
        random = np.random.default_rng(seed)
        return cls(
            1 + UNEVEN * random.uniform(-1, 1, count),
            random.uniform(0, 2 * np.pi, count),
            random.uniform(*TWINKLE_SECONDS, count),
        )


def fallen(motion: Motion, seconds: float, chances: Chances, boxes: Floats) -> tuple[Floats, Floats]:
    """Left and top of loose parts, in shares of the picture. `boxes`: left, top, width, height of each at rest.

    What has left the picture on one side as a whole comes in on the other.
    """
    left, top, width, height = boxes.T
    swung = motion.sway * (_swings(seconds, chances) - _swings(0.0, chances))
    x = _round(left + motion.fall[0] * seconds * chances.speed, width, motion.fall[0]) + swung
    y = _round(top + motion.fall[1] * seconds * chances.speed, height, motion.fall[1])
    return x + motion.drift[0] * seconds, y + motion.drift[1] * seconds


def lit(motion: Motion, seconds: float, chances: Chances) -> Floats:
    """How much of each part is seen, 0 … 1: all of it at most, without its share of `twinkle` at least."""
    wave = np.sin(2 * np.pi * seconds / chances.period + chances.turn)
    slow = np.sin(2 * np.pi * seconds / (2.7 * chances.period) + 2 * chances.turn)
    dark = (0.7 * wave + 0.3 * slow + 1) / 2
    return np.asarray(1 - motion.twinkle * dark * dark * (3 - 2 * dark))


def _round(place: Floats, extent: Floats, speed: float) -> Floats:
    if speed == 0:
        return place
    return np.asarray((place + extent) % (1 + extent) - extent)


def _swings(seconds: float, chances: Chances) -> Floats:
    return np.asarray(np.sin(2 * np.pi * seconds / (1.4 * chances.period) + chances.turn))

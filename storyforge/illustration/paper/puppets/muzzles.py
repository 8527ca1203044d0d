"""The lighter lower half of an animal's face. A new muzzle is a function in _MUZZLES, by the head it belongs to."""

from __future__ import annotations

from collections.abc import Callable

from storyforge.illustration.paper.cut import cut
from storyforge.illustration.paper.geometry import Point, ellipse, smooth
from storyforge.illustration.paper.puppets.paint import Paint


def lower_face(paint: Paint, look: float) -> str:
    """To be seen within the head's outline only."""
    return _MUZZLES.get(paint.sheet.head, _round_muzzle)(paint, look) if paint.sheet.muzzle else ""


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

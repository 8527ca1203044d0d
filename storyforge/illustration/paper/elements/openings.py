"""Sheets that cover the canvas but for an opening, like looking through torn paper: caves, burrows, nebulas."""

from __future__ import annotations

from collections.abc import Sequence

from storyforge.illustration.paper.color import Color
from storyforge.illustration.paper.geometry import Point, smooth, spine
from storyforge.illustration.paper.stage import BOTTOM, LEFT, RIGHT, TOP


def opening(rim: Sequence[Point], color: Color) -> str:
    """A sheet with a soft hole through the points of `rim`."""
    path = f"M{LEFT - 80} {TOP - 80}H{RIGHT + 80}V{BOTTOM + 80}H{LEFT - 80}Z{smooth(rim[::-1])}"
    return f'<path d="{path}" fill="{color}" fill-rule="evenodd" stroke="url(#rim)" stroke-width="2.6"/>'


def opening_path(rim: Sequence[Point]) -> list[tuple[float, float]]:
    """Points along the edge of the hole, so that things can grow from it."""
    return spine([*rim, rim[0]], 6)

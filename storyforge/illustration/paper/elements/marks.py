"""Marks on the paper: strokes and fills that are drawn, not cut, and so have no edge and no shadow."""

from __future__ import annotations

from collections.abc import Sequence

from storyforge.illustration.paper.cut import Paint
from storyforge.illustration.paper.geometry import Point, num, point


def stroke(path: str, color: Paint, width: float, opacity: float = 1, dashes: str = "") -> str:
    """A drawn line with round ends. `dashes`: lengths of dashes and gaps, as in '9 8'."""
    see_through = f' stroke-opacity="{opacity:.2f}"' if opacity < 1 else ""
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return (
        f'<path d="{path}" fill="none" stroke="{color}" stroke-width="{num(width)}" stroke-linecap="round" '
        f'stroke-linejoin="round"{see_through}{dashed}/>'
    )


def fill(path: str, color: Paint, opacity: float = 1) -> str:
    see_through = f' fill-opacity="{opacity:.2f}"' if opacity < 1 else ""
    return f'<path d="{path}" fill="{color}"{see_through}/>'


def dot(x: float, y: float, radius: float, color: Paint, opacity: float = 1) -> str:
    see_through = f' fill-opacity="{opacity:.2f}"' if opacity < 1 else ""
    return f'<circle cx="{num(x)}" cy="{num(y)}" r="{num(radius)}" fill="{color}"{see_through}/>'


def line(points: Sequence[Point]) -> str:
    """The path of an open line from point to point."""
    return "M" + "L".join(point(p) for p in points)


def inside(window: tuple[str, str], svg: str) -> str:
    """`svg` seen through a window made by cut.clip."""
    name, definition = window
    return f'{definition}<g clip-path="url(#{name})">{svg}</g>'

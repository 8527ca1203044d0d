"""One piece of cut paper as SVG: its fill, the bright cut edge on the lit side, and its soft shadow.

Gradients and clips are named by their content, so the same piece gives the same text on any thread, and two
pieces that share a gradient may both define it.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

from storyforge.illustration.paper.color import Color
from storyforge.illustration.paper.geometry import ellipse, num

Paint = Color | str
Stop = tuple[Any, ...]  # (offset 0…1, colour) or (offset, colour, opacity)
Shadow = float | tuple[Any, ...]  # radius, or the arguments of soft_shadow after the path

SHADOW_COLOR = "#1a1030"


def soft_shadow(
    path: str, dx: float = 0, dy: float = 4, radius: float = 9, opacity: float = 0.30, color: Paint = SHADOW_COLOR
) -> str:
    """A few wide translucent strokes instead of an SVG filter, which is ten times slower; four show rings."""
    spread = (0.4, 0.8, 1.2, 1.65, 2.1, 2.6, 3.1)
    strokes = "".join(f'<path d="{path}" stroke-width="{num(radius * k)}"/>' for k in spread)
    return (
        f'<g transform="translate({num(dx)} {num(dy)})" fill="none" stroke="{color}" stroke-linejoin="round" '
        f'stroke-opacity="{opacity * 1.08 / len(spread):.3f}">{strokes}</g>'
    )


def cut(
    path: str,
    fill: Paint,
    rim: float = 2.2,
    shadow: Shadow | None = None,
    opacity: float = 1,
    rim_opacity: float = 1,
) -> str:
    """A piece of paper. `rim` is the width of its cut edge (0: none); `shadow` a radius or soft_shadow's arguments."""
    under = ""
    if shadow:
        under = soft_shadow(path, *shadow) if isinstance(shadow, tuple) else soft_shadow(path, 0, shadow * 0.45, shadow)
    see_through = f' fill-opacity="{opacity}"' if opacity < 1 else ""
    edge = ""
    if rim:
        edge = f' stroke="url(#rim)" stroke-width="{rim}" stroke-linejoin="round"'
        edge += f' stroke-opacity="{rim_opacity}"' if rim_opacity < 1 else ""
    return f'{under}<path d="{path}" fill="{fill}"{see_through}{edge}/>'


def rim_gradient(opacity: float = 0.62, color: Paint = "#fff", dark: float = 0.26) -> str:
    """The gradient #rim that every document defines: bright at the top left, dark at the bottom right."""
    return (
        '<linearGradient id="rim" x1=".2" y1="0" x2=".45" y2="1">'
        f'<stop offset="0" stop-color="{color}" stop-opacity="{opacity}"/>'
        f'<stop offset=".38" stop-color="{color}" stop-opacity="{opacity * 0.16:.3f}"/>'
        '<stop offset=".62" stop-color="#201030" stop-opacity=".05"/>'
        f'<stop offset="1" stop-color="#201030" stop-opacity="{dark}"/></linearGradient>'
    )


def linear_gradient(
    stops: Sequence[Stop], x1: float = 0, y1: float = 0, x2: float = 0, y2: float = 1, absolute: bool = False
) -> tuple[str, str]:
    """('url(#…)', its definition), from (x1, y1) to (x2, y2): parts of the shape's box, or units if `absolute`."""
    return _gradient("linearGradient", f'x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"{_units(absolute)}', stops)


def radial_gradient(
    stops: Sequence[Stop], cx: float = 0.5, cy: float = 0.5, r: float = 0.5, absolute: bool = False
) -> tuple[str, str]:
    """('url(#…)', its definition), from (cx, cy) outwards to `r`: parts of the shape's box, or units if `absolute`."""
    return _gradient("radialGradient", f'cx="{cx}" cy="{cy}" r="{r}"{_units(absolute)}', stops)


def glow(cx: float, cy: float, r: float, color: Paint, opacity: float = 0.6, ry: float | None = None) -> str:
    """Light that fades out to nothing at radius `r` (and `ry` upwards)."""
    fall = ((0, 1.0), (0.25, 0.62), (0.55, 0.22), (1, 0.0))
    url, definition = radial_gradient([(offset, color, round(opacity * part, 4)) for offset, part in fall])
    return f'{definition}<path d="{ellipse(cx, cy, r, ry or r)}" fill="{url}"/>'


def clip(path: str) -> tuple[str, str]:
    """(id, definition) of a window of this shape: `<g clip-path="url(#id)">`."""
    content = f'<path d="{path}"/>'
    name = _name("c", content)
    return name, f'<clipPath id="{name}">{content}</clipPath>'


def transformed(svg: str, x: float = 0, y: float = 0, scale: float = 1, rotate: float = 0, flip: bool = False) -> str:
    """Moved to (x, y), turned by `rotate` degrees, scaled, and mirrored left to right if `flip`."""
    turn = f" rotate({rotate:.2f})" if rotate else ""
    size = f" scale({-scale if flip else scale:.4f} {scale:.4f})" if scale != 1 or flip else ""
    return f'<g transform="translate({num(x)} {num(y)}){turn}{size}">{svg}</g>'


def _gradient(kind: str, where: str, stops: Sequence[Stop]) -> tuple[str, str]:
    content = f"{where}>{''.join(_stop(*stop) for stop in stops)}</{kind}>"
    name = _name(kind[0], content)
    return f"url(#{name})", f'<{kind} id="{name}" {content}'


def _stop(offset: float, color: Paint, opacity: float = 1) -> str:
    see_through = f' stop-opacity="{opacity}"' if opacity < 1 else ""
    return f'<stop offset="{offset}" stop-color="{color}"{see_through}/>'


def _units(absolute: bool) -> str:
    return ' gradientUnits="userSpaceOnUse"' if absolute else ""


def _name(prefix: str, content: str) -> str:
    return prefix + blake2b(content.encode(), digest_size=6).hexdigest()

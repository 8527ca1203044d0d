"""SVG text to pixels by resvg: through svg2png-py where it has a wheel (no PNG between, frees the GIL), else resvg-py.

In these versions both give the same bytes, once colours are premultiplied; resvg-py takes about four times as long.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cache
from importlib.util import find_spec

import cv2
import numpy as np

from storyforge.errors import BackendFailed
from storyforge.illustration.paper.cut import rim_gradient
from storyforge.illustration.paper.layer import Layer, Pixels, trimmed
from storyforge.illustration.paper.view import View

Box = tuple[float, float, float, float]  # left, top, right, bottom in design units

Draw = Callable[[str], Pixels]  # an SVG document -> premultiplied RGBA

REMEDY = "pip install resvg-py"


def rasterize(svg: str, view: View, name: str, depth: float, box: Box | None = None, rim: str = "") -> Layer | None:
    """The SVG body as a layer, trimmed; None if nothing of it is seen. Only what is in `box` is drawn.

    `rim` defines the gradient #rim of the cut edges (see cut.rim_gradient).
    """
    columns, rows = (0, view.columns), (0, view.rows)
    if box:
        columns = _span(box[0] - view.left, box[2] - view.left, view.scale, view.columns)
        rows = _span(box[1] - view.top, box[3] - view.top, view.scale, view.rows)
    width, height = columns[1] - columns[0], rows[1] - rows[0]
    if width <= 0 or height <= 0:
        return None
    left, top = view.left + columns[0] / view.scale, view.top + rows[0] / view.scale
    document = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="{left:.4f} {top:.4f} '
        f'{width / view.scale:.4f} {height / view.scale:.4f}" preserveAspectRatio="none">'
        f"<defs>{rim or rim_gradient()}</defs>{svg}</svg>"
    )
    return trimmed(Layer(name, depth, _draw()(document), columns[0], rows[0]))


def _span(start: float, end: float, scale: float, limit: int) -> tuple[int, int]:
    return max(0, math.floor(start * scale)), min(limit, math.ceil(end * scale))


@cache
def _draw() -> Draw:
    if not engine():
        raise BackendFailed("The paper theatre has nothing to draw SVG with", REMEDY)
    return ENGINES[engine()]()


def _svg2png() -> Draw:
    import svg2png_py

    fonts = svg2png_py.FontDatabase()  # empty: nothing in a picture is text

    def draw(document: str) -> Pixels:
        data, width, height = svg2png_py.svg_to_rgba(document, fonts)
        return np.frombuffer(data, np.uint8).reshape(height, width, 4)

    return draw


def _resvg() -> Draw:
    import resvg_py

    def draw(document: str) -> Pixels:
        data = resvg_py.svg_to_bytes(svg_string=document, skip_system_fonts=True)
        straight = cv2.imdecode(np.frombuffer(bytes(data), np.uint8), cv2.IMREAD_UNCHANGED)
        return np.asarray(cv2.cvtColor(cv2.cvtColor(straight, cv2.COLOR_BGRA2RGBA), cv2.COLOR_RGBA2mRGBA), np.uint8)

    return draw


ENGINES: Mapping[str, Callable[[], Draw]] = {"svg2png_py": _svg2png, "resvg_py": _resvg}


def engine() -> str:
    """The module that draws SVG here, the quickest first; '' if there is none."""
    return next((name for name in ENGINES if find_spec(name)), "")

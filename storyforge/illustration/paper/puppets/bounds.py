"""How much room a drawing takes, measured from the drawing itself, so that no puppet has to say how big it is.

The box may be a little too large (the control points of a curve, the whole circle of an arc), never too small.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from xml.etree import ElementTree

Box = tuple[float, float, float, float]
"""left, top, right, bottom"""
Matrix = tuple[float, float, float, float, float, float]
"""a, b, c, d, e, f as SVG writes them: x' = ax + cy + e, y' = bx + dy + f"""

_IDENTITY: Matrix = (1, 0, 0, 1, 0, 0)
_COMMAND = re.compile(r"([A-Za-z])([^A-Za-z]*)")
_NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)")
_TRANSFORM = re.compile(r"(\w+)\(([^)]*)\)")
_STEP = {"M": 2, "L": 2, "H": 1, "V": 1, "Q": 4, "T": 2, "C": 6, "A": 7, "Z": 0}


def svg_box(svg: str) -> Box:
    """The box of an SVG fragment. (0, 0, 0, 0) if nothing is drawn."""
    root = ElementTree.fromstring(f"<g>{svg}</g>")
    windows = {node.get("id", ""): node[0].get("d", "") for node in root.iter("clipPath")}
    boxes = list(_boxes(root, _IDENTITY, 0, windows))
    return _union(boxes) if boxes else (0, 0, 0, 0)


def path_box(path: str) -> Box:
    points = list(_path_points(path))
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def _boxes(node: ElementTree.Element, matrix: Matrix, stroke: float, windows: Mapping[str, str]) -> Iterator[Box]:
    if node.tag in ("clipPath", "linearGradient", "radialGradient"):
        return
    matrix = _times(matrix, _matrix(node.get("transform", "")))
    stroke = 0 if node.get("stroke") == "none" else float(node.get("stroke-width", stroke))
    points = list(_points(node))
    if points:
        yield _around([_apply(matrix, p) for p in points], stroke / 2 * _scale(matrix))
    inside = [box for child in _widest(node) for box in _boxes(child, matrix, stroke, windows)]
    window = windows.get(node.get("clip-path", "")[5:-1])
    if window and inside:
        seen = _around([_apply(matrix, p) for p in _path_points(window)], 0)
        inside = [_intersection(_union(inside), seen)]
    yield from inside


def _widest(node: ElementTree.Element) -> Iterable[ElementTree.Element]:
    """The children, but a path that is drawn again and again (a soft shadow is, seven times) only at its widest."""
    found: dict[object, ElementTree.Element] = {}
    for i, child in enumerate(node):
        key = child.get("d") if child.tag == "path" and child.get("transform") is None else None
        other = found.get(key)
        if key is None or other is None or float(child.get("stroke-width", 0)) > float(other.get("stroke-width", 0)):
            found[key or i] = child
    return found.values()


def _points(node: ElementTree.Element) -> Iterator[tuple[float, float]]:
    if node.tag == "path":
        yield from _path_points(node.get("d", ""))
    elif node.tag in ("circle", "ellipse"):
        cx, cy = float(node.get("cx", 0)), float(node.get("cy", 0))
        rx = float(node.get("rx", node.get("r", 0)))
        yield from _corners(cx, cy, rx, float(node.get("ry", node.get("r", 0))))


@lru_cache(maxsize=1024)
def _path_points(path: str) -> tuple[tuple[float, float], ...]:
    return tuple(_along(path))


def _along(path: str) -> Iterator[tuple[float, float]]:
    """Ends and handles of every piece of a path."""
    x = y = start_x = start_y = 0.0
    for letter, rest in _COMMAND.findall(path):
        command, numbers = letter.upper(), [float(n) for n in _NUMBER.findall(rest)]
        ox, oy = 0.0, 0.0
        for i in range(0, len(numbers), _STEP[command] or 1):
            given = numbers[i : i + _STEP[command]]
            if letter.islower():
                ox, oy = x, y
            if command == "H":
                given = [given[0], y - oy]
            elif command == "V":
                given = [x - ox, given[0]]
            end = (given[-2] + ox, given[-1] + oy)
            if command == "A":
                yield from _arc((x, y), given, end)
            else:
                yield from ((given[k] + ox, given[k + 1] + oy) for k in range(0, len(given), 2))
            x, y = end
        if command == "M":
            start_x, start_y = x, y
        elif command == "Z":
            x, y = start_x, start_y


def _arc(start: tuple[float, float], given: list[float], end: tuple[float, float]) -> Iterator[tuple[float, float]]:
    """The corners about the whole ellipse of an unturned arc (SVG 1.1, appendix F.6.5)."""
    rx, ry, _, large, sweep = given[:5]
    hx, hy = (start[0] - end[0]) / 2 / rx, (start[1] - end[1]) / 2 / ry
    square = hx * hx + hy * hy
    grow = max(1.0, math.sqrt(square))
    away = math.sqrt(max(0.0, grow * grow / square - 1)) if square else 0.0
    sign = 1 if large != sweep else -1
    cx = (start[0] + end[0]) / 2 + sign * away * hy * rx
    cy = (start[1] + end[1]) / 2 - sign * away * hx * ry
    yield from _corners(cx, cy, rx * grow, ry * grow)


def _corners(cx: float, cy: float, rx: float, ry: float) -> Iterator[tuple[float, float]]:
    yield from ((cx + i * rx, cy + j * ry) for i in (-1, 1) for j in (-1, 1))


def _matrix(text: str) -> Matrix:
    found = _IDENTITY
    for name, arguments in _TRANSFORM.findall(text):
        found = _times(found, _one(name, [float(n) for n in _NUMBER.findall(arguments)]))
    return found


def _one(name: str, n: list[float]) -> Matrix:
    if name == "translate":
        return (1, 0, 0, 1, n[0], n[1] if len(n) > 1 else 0)
    if name == "scale":
        return (n[0], 0, 0, n[-1], 0, 0)
    cos, sin = math.cos(math.radians(n[0])), math.sin(math.radians(n[0]))
    turn: Matrix = (cos, sin, -sin, cos, 0, 0)
    if len(n) == 1:
        return turn
    return _times(_times((1, 0, 0, 1, n[1], n[2]), turn), (1, 0, 0, 1, -n[1], -n[2]))


def _times(m: Matrix, n: Matrix) -> Matrix:
    return (
        m[0] * n[0] + m[2] * n[1],
        m[1] * n[0] + m[3] * n[1],
        m[0] * n[2] + m[2] * n[3],
        m[1] * n[2] + m[3] * n[3],
        m[0] * n[4] + m[2] * n[5] + m[4],
        m[1] * n[4] + m[3] * n[5] + m[5],
    )


def _apply(m: Matrix, p: tuple[float, float]) -> tuple[float, float]:
    return m[0] * p[0] + m[2] * p[1] + m[4], m[1] * p[0] + m[3] * p[1] + m[5]


def _scale(m: Matrix) -> float:
    return math.sqrt(abs(m[0] * m[3] - m[1] * m[2]))


def _around(points: list[tuple[float, float]], margin: float) -> Box:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs) - margin, min(ys) - margin, max(xs) + margin, max(ys) + margin


def _union(boxes: list[Box]) -> Box:
    return min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)


def _intersection(a: Box, b: Box) -> Box:
    left, top = max(a[0], b[0]), max(a[1], b[1])
    return left, top, max(left, min(a[2], b[2])), max(top, min(a[3], b[3]))

"""Shapes to be cut from paper, as SVG path data, and the seeded chance that makes each cut a little different.

Units are the design units of the stage (1920 × 1080 in the frame), y grows downwards, angles are degrees
clockwise from the right. A point is (x, y); `smooth` also takes (x, y, "corner"): any third item marks a corner.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Sequence
from hashlib import blake2b
from itertools import pairwise
from random import Random
from typing import Any, Literal

Point = tuple[Any, ...]  # (x, y) or (x, y, mark)


def rng(seed: float, *key: Hashable) -> Random:
    """Chance that depends on the seed and the key alone: the same on every machine, in every process."""
    return Random(int.from_bytes(blake2b(repr((seed, *key)).encode(), digest_size=8).digest(), "big"))


def noise(seed: float, *key: Hashable) -> Callable[[float], float]:
    """A smooth random line x -> -1…1 of three octaves; one hill is about 1 wide."""
    random = rng(seed, *key)
    table = [random.random() for _ in range(256)]

    def octave(x: float) -> float:
        cell = math.floor(x)
        t = x - cell
        t = t * t * (3 - 2 * t)
        return (table[cell % 256] * (1 - t) + table[(cell + 1) % 256] * t) * 2 - 1

    return lambda x: (octave(x) + 0.5 * octave(2.1 * x + 17) + 0.25 * octave(4.3 * x + 71)) / 1.75


def num(value: float) -> str:
    """A coordinate with one decimal, which is finer than a pixel."""
    text = f"{value:.1f}"
    return "0" if text == "-0.0" else text.removesuffix(".0")


def point(p: Point) -> str:
    return f"{num(p[0])} {num(p[1])}"


def polygon(points: Iterable[Point], closed: bool = True) -> str:
    return "M" + "L".join(point(p) for p in points) + ("Z" if closed else "")


def smooth(points: Sequence[Point], closed: bool = True, tension: float = 1.0) -> str:
    """A Catmull-Rom curve through the points as Béziers; a marked point is a sharp corner."""
    count = len(points)

    def at(i: int) -> Point:
        return points[i % count] if closed else points[min(max(i, 0), count - 1)]

    parts = ["M" + point(points[0])]
    for i in range(count if closed else count - 1):
        before, start, end, after = at(i - 1), at(i), at(i + 1), at(i + 2)
        leave = _handle(start, end, before, tension)
        arrive = _handle(end, start, after, tension)
        parts.append(f"C{point(leave)} {point(arrive)} {point(end)}")
    return "".join(parts) + ("Z" if closed else "")


def _handle(here: Point, towards: Point, behind: Point, tension: float) -> Point:
    """The Bézier handle at `here` of the piece that goes to `towards`."""
    if len(here) > 2:
        return here[0] + (towards[0] - here[0]) * 0.3, here[1] + (towards[1] - here[1]) * 0.3
    return here[0] + (towards[0] - behind[0]) / 6 * tension, here[1] + (towards[1] - behind[1]) / 6 * tension


def spine(points: Sequence[Point], steps: int = 8) -> list[tuple[float, float]]:
    """Points along a Catmull-Rom curve, `steps` to each piece and one at the end."""
    last = len(points) - 1
    found = []
    for i in range(last):
        before, start, end, after = points[max(i - 1, 0)], points[i], points[i + 1], points[min(i + 2, last)]
        for k in range(steps):
            t = k / steps
            found.append(
                (_catmull(before[0], start[0], end[0], after[0], t), _catmull(before[1], start[1], end[1], after[1], t))
            )
    return [*found, (points[-1][0], points[-1][1])]


def _catmull(p0: float, p1: float, p2: float, p3: float, t: float) -> float:
    return 0.5 * (
        2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t * t + (3 * p1 - p0 - 3 * p2 + p3) * t * t * t
    )


def ribbon(
    points: Sequence[Point],
    widths: Sequence[float],
    steps: int = 7,
    tip: Literal["round", "point", "flat"] = "round",
    start: float = 0.0,
    end: float = 1.0,
    zigzag: int | None = None,
    cap: bool = False,
) -> str:
    """A band along a curve, as wide as `widths` say from its first to its last point: tails, legs, trunks, kelp.

    `start`, `end`: the part of the curve that is drawn (0…1). `zigzag`: so many teeth of fur where it starts.
    `cap`: a round start.
    """
    line = spine(points, steps)
    last = len(line) - 1
    first, final = round(start * last), round(end * last)
    left: list[Point] = []
    right: list[Point] = []
    for i in range(first, final + 1):
        (x, y), (dx, dy) = line[i], _direction(line[max(i - 1, 0)], line[min(i + 1, last)])
        half = _width(widths, i / last) / 2
        left.append((x - dy * half, y + dx * half))
        right.append((x + dy * half, y - dx * half))
    closing: list[Point] = []
    if zigzag and len(left) > 2:
        closing = _teeth(right[0], left[0], _direction(line[first], line[min(first + 1, last)]), zigzag)
        left[0], right[0] = (*left[0], "corner"), (*right[0], "corner")
    elif cap and first == 0:
        closing = _round_start(line, widths[0] / 2, right[0])
    half = _width(widths, final / last) / 2
    if tip == "round" and half > 1:
        left += _round_tip(line[final], _direction(line[final - 1], line[final]), half)
    elif tip == "point":
        left[-1] = (*line[final], "corner")
        right.pop()
    return smooth(left + right[::-1] + closing)


def _direction(p: Point, q: Point) -> tuple[float, float]:
    dx, dy = q[0] - p[0], q[1] - p[1]
    length = math.hypot(dx, dy) or 1
    return dx / length, dy / length


def _width(widths: Sequence[float], t: float) -> float:
    x = t * (len(widths) - 1)
    i = min(int(x), len(widths) - 2)
    k = x - i
    k = k * k * (3 - 2 * k) if len(widths) > 2 else k
    return widths[i] + (widths[i + 1] - widths[i]) * k


def _teeth(p: Point, q: Point, along: tuple[float, float], count: int) -> list[Point]:
    width = math.hypot(p[0] - q[0], p[1] - q[1]) / count
    teeth = []
    for j in range(1, 2 * count):
        t, reach = j / (2 * count), width * (0.75 if j % 2 == 0 else -0.55)
        teeth.append(
            (p[0] + (q[0] - p[0]) * t + along[0] * reach, p[1] + (q[1] - p[1]) * t + along[1] * reach, "corner")
        )
    return teeth


def _round_tip(tip: Point, along: tuple[float, float], half: float) -> list[Point]:
    (x, y), (dx, dy) = tip, along
    return [
        (x + dx * half * 0.8 - dy * half * 0.5, y + dy * half * 0.8 + dx * half * 0.5),
        (x + dx * half, y + dy * half),
        (x + dx * half * 0.8 + dy * half * 0.5, y + dy * half * 0.8 - dx * half * 0.5),
    ]


def _round_start(line: Sequence[Point], half: float, side: Point) -> list[Point]:
    (x, y), (dx, dy) = line[0], _direction(line[1], line[0])
    cap: list[Point] = [
        (x + dx * half * 0.8 + dy * half * 0.55, y + dy * half * 0.8 - dx * half * 0.55),
        (x + dx * half, y + dy * half),
        (x + dx * half * 0.8 - dy * half * 0.55, y + dy * half * 0.8 + dx * half * 0.55),
    ]
    return cap if math.dist(cap[0], side[:2]) <= math.dist(cap[2], side[:2]) else cap[::-1]


def blob(cx: float, cy: float, rx: float, ry: float, random: Random, points: int = 9, wobble: float = 0.10) -> str:
    """An ellipse cut by a child's hand."""
    phase = random.random() * 6.28
    outline = []
    for k in range(points):
        angle = phase + k * 2 * math.pi / points
        across, down = random.uniform(-wobble, wobble), random.uniform(-wobble, wobble)
        outline.append((cx + rx * (1 + across) * math.cos(angle), cy + ry * (1 + down) * math.sin(angle)))
    return smooth(outline)


def scallop(
    cx: float,
    cy: float,
    rx: float,
    ry: float,
    count: int,
    start: float = 180,
    end: float = 360,
    bump: float = 0.62,
    close: Literal["flat"] | None = "flat",
    random: Random | None = None,
) -> str:
    """`count` bumps along an ellipse from `start` to `end` degrees (270 is up): clouds, bushes, fluff, dust.

    `bump` is each bump's radius in chords; `close="flat"` gives a softly rounded flat base. `random` varies the bumps.
    """
    step = (end - start) / count
    angles = [start + step * k for k in range(count + 1)]
    if random:
        angles = [a + (random.uniform(-0.22, 0.22) * step if 0 < i < count else 0) for i, a in enumerate(angles)]
    points = [(cx + rx * math.cos(math.radians(a)), cy + ry * math.sin(math.radians(a))) for a in angles]
    path = "M" + point(points[0])
    for p, q in pairwise(points):
        radius = num(math.dist(p, q) * bump)
        path += f"A{radius} {radius} 0 0 1 {point(q)}"
    return path + (_flat_base(points[-1], points[0], min(ry * 0.35, 26)) if close == "flat" else "") + "Z"


def _flat_base(right: Point, left: Point, k: float) -> str:
    return (
        f"Q{num(right[0])} {num(right[1] + k)} {num(right[0] - k * 1.4)} {num(right[1] + k)}"
        f"L{num(left[0] + k * 1.4)} {num(left[1] + k)}Q{num(left[0])} {num(left[1] + k)} {point(left)}"
    )


def star(cx: float, cy: float, radius: float, inner: float | None = None, points: int = 5, rotate: float = -90) -> str:
    """A star of `points` rays; `inner` is the radius of its notches, .45 of `radius` if not given."""
    radii = (radius, radius * 0.45 if inner is None else inner)
    angles = [math.radians(rotate + k * 180 / points) for k in range(2 * points)]
    return polygon((cx + radii[k % 2] * math.cos(a), cy + radii[k % 2] * math.sin(a)) for k, a in enumerate(angles))


def sparkle(cx: float, cy: float, radius: float, pinch: float = 0.16) -> str:
    """A concave star of four rays, the upright ones longer; a smaller `pinch` is thinner."""
    across, waist = radius * 0.72, radius * pinch * 0.6
    left, right, up, down = num(cx - across), num(cx + across), num(cy - radius), num(cy + radius)
    west, east, north, south = num(cx - waist), num(cx + waist), num(cy - waist), num(cy + waist)
    x, y = num(cx), num(cy)
    return (
        f"M{x} {up}Q{east} {north} {right} {y}Q{east} {south} {x} {down}"
        f"Q{west} {south} {left} {y}Q{west} {north} {x} {up}Z"
    )


def leaf(x: float, y: float, length: float, width: float, angle: float, bend: float = 0) -> str:
    """A leaf that grows from (x, y) towards `angle`; `bend` moves its tip sideways."""
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))

    def at(along: float, aside: float) -> str:
        return point((x + along * cos - aside * sin, y + along * sin + aside * cos))

    return (
        f"M{at(0, 0)}Q{at(length * 0.4, bend - width)} {at(length, bend)}"
        f"Q{at(length * 0.5, width * 0.9 + bend)} {at(0, 0)}Z"
    )


def ellipse(cx: float, cy: float, rx: float, ry: float | None = None) -> str:
    radii = f"{num(rx)} {num(rx if ry is None else ry)}"
    left, right = f"{num(cx - rx)} {num(cy)}", f"{num(cx + rx)} {num(cy)}"
    return f"M{left}A{radii} 0 1 1 {right}A{radii} 0 1 1 {left}Z"


def rounded_rect(x: float, y: float, width: float, height: float, radius: float) -> str:
    radius = min(radius, width / 2, height / 2)
    left, top, right, bottom = num(x), num(y), num(x + width), num(y + height)
    x1, x2, y1, y2 = num(x + radius), num(x + width - radius), num(y + radius), num(y + height - radius)
    return (
        f"M{x1} {top}H{x2}Q{right} {top} {right} {y1}V{y2}Q{right} {bottom} {x2} {bottom}"
        f"H{x1}Q{left} {bottom} {left} {y2}V{y1}Q{left} {top} {x1} {top}Z"
    )


def heart(cx: float, cy: float, size: float) -> str:
    """A heart about two `size` high, its point down."""
    tip, notch, high = f"{num(cx)} {num(cy + size)}", f"{num(cx)} {num(cy - 0.35 * size)}", num(cy - 1.1 * size)
    return (
        f"M{tip}C{num(cx - 1.5 * size)} {num(cy)} {num(cx - 0.9 * size)} {high} {notch}"
        f"C{num(cx + 0.9 * size)} {high} {num(cx + 1.5 * size)} {num(cy)} {tip}Z"
    )


def crescent(cx: float, cy: float, radius: float, hollow: float = 0.78, angle: float = -30) -> str:
    """A moon whose hollow side looks towards `angle`; `hollow` is the radius of the bite against the moon's."""
    first, second = math.radians(angle) + 1.15, math.radians(angle) - 1.15
    p = point((cx + radius * math.cos(first), cy + radius * math.sin(first)))
    q = point((cx + radius * math.cos(second), cy + radius * math.sin(second)))
    outer, inner = num(radius), num(radius * hollow)
    return f"M{p}A{outer} {outer} 0 1 1 {q}A{inner} {inner} 0 1 0 {p}Z"

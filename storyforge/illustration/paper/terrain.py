"""Land: ridges, hills, roads, and what grows on them."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random

from storyforge.illustration.paper.color import Color
from storyforge.illustration.paper.cut import clip, cut, linear_gradient, soft_shadow
from storyforge.illustration.paper.elements.marks import fill, inside
from storyforge.illustration.paper.elements.plants import flower, tuft, tulip
from storyforge.illustration.paper.geometry import noise, num, polygon, smooth
from storyforge.illustration.paper.stage import BOTTOM, LEFT, RIGHT, Stage

Shape = Callable[[float], float]  # x -> how far the land is moved down there
Plant = Callable[[float, float], str]  # (x, y) -> the SVG of what stands there


@dataclass(frozen=True)
class Ridge:
    """The upper edge of a piece of land, from one end of the canvas to the other."""

    points: tuple[tuple[float, float], ...]
    sharp: bool = False  # straight cuts from point to point instead of a soft line

    def at(self, x: float) -> float:
        """y of the edge at x."""
        i = min(max(bisect_right(self._xs, x), 1), len(self.points) - 1)
        (x0, y0), (x1, y1) = self.points[i - 1], self.points[i]
        return y0 + (y1 - y0) * min(1.0, max(0.0, (x - x0) / (x1 - x0)))

    def moved(self, down: Shape) -> Ridge:
        return Ridge(tuple((x, y + down(x)) for x, y in self.points), self.sharp)

    @property
    def top(self) -> float:
        return min(y for _, y in self.points)

    @property
    def line(self) -> str:
        return polygon(self.points, closed=False) if self.sharp else smooth(self.points, closed=False)

    @property
    def land(self) -> str:
        """The path of the edge and all below it."""
        foot = BOTTOM + 60
        return f"{self.line}L{num(self.points[-1][0])} {foot}L{num(self.points[0][0])} {foot}Z"

    @cached_property
    def _xs(self) -> list[float]:
        return [x for x, _ in self.points]


def ridge(
    stage: Stage,
    key: str,
    base: float,
    amplitude: float,
    wavelength: float,
    *,
    shape: Shape | None = None,
    step: int = 40,
    sharp: bool = False,
) -> Ridge:
    """A random edge about the height `base`; `shape` bends it into a valley or a mound."""
    wave = noise(stage.seed, "ridge", key)
    bent = shape or (lambda x: 0.0)
    columns = range(LEFT - 40, RIGHT + 41 + step, step)
    return Ridge(tuple((float(x), base + wave(x / wavelength) * amplitude + bent(x)) for x in columns), sharp)


def valley(middle: float, depth: float, width: float = 1000) -> Shape:
    """Land that rises on both sides of `middle`."""
    return lambda x: -depth * min(1.6, ((x - middle) / width) ** 2)


def mound(middle: float, height: float, width: float) -> Shape:
    """A broad hill with a flat top at `middle`."""
    return lambda x: -height * math.exp(-(((x - middle) / width) ** 4))


def land(stage: Stage, edge: Ridge, color: Color, *, mist: float = 0.35, strata: int = 2) -> str:
    """A sheet of ground with inner cut lines. Its foot fades into the haze by `mist`; a negative one darkens it."""
    haze = stage.light.haze

    def foot(paper: Color, share: float) -> Color:
        return paper.mix(haze, mist * share) if mist > 0 else paper.lighten(mist * share)

    top, bottom = round(edge.top), BOTTOM + 60
    stops = [(0, color.lighten(0.012)), (0.25, color), (1, foot(color, 1))]
    paint, drawn = linear_gradient(stops, 0, top, 0, bottom, True)
    drawn += cut(edge.land, paint, 2.4)
    wave = noise(stage.seed, "strata")
    for i in range(strata):
        drop = 46 + i * 74
        layer = edge.moved(lambda x, i=i, drop=drop: drop + wave(x / 420 + i * 9) * 26 * (1 + i * 0.4))  # type: ignore[misc]
        paper = foot(color.lighten(-0.022 * (i + 1)), 0.5 * (i + 1)) if mist > 0 else color.lighten(-0.028 * (i + 1))
        paint, definition = linear_gradient([(0, paper), (1, foot(paper, 0.6))], 0, top + drop, 0, bottom, True)
        drawn += definition + soft_shadow(layer.line, 0, -1, 8, 0.13) + cut(layer.land, paint, 1.4, rim_opacity=0.28)
    return drawn


def floor(stage: Stage, edge: Ridge, depth: float = 44) -> Ridge:
    """Makes this ridge the stage's floor: feet stand `depth` below its edge."""
    stage.ground = lambda x: edge.at(x) + depth
    return edge


@dataclass(frozen=True)
class Road:
    """A path from (start_x, top), `start_width` wide there, to (end_x, bottom) in an S."""

    top: float
    start_x: float
    end_x: float
    start_width: float
    end_width: float
    bottom: float = 1250
    bend: float = 60

    def at(self, y: float) -> tuple[float, float]:
        """(middle, width) at the height y."""
        t = max(0.0, (y - self.top) / (self.bottom - self.top))
        middle = self.start_x + (self.end_x - self.start_x) * t
        middle += self.bend * math.sin(t * 4.2) * (0.35 + 0.65 * t)
        return middle, self.start_width + (self.end_width - self.start_width) * t**1.15

    def covers(self, x: float, y: float, margin: float = 26) -> bool:
        middle, width = self.at(y)
        return abs(x - middle) <= width / 2 + margin

    def drawn_on(self, edge: Ridge, color: Color) -> str:
        """The road, cut off where the land ends."""
        left, right = [], []
        for i in range(13):
            y = self.top + (self.bottom - self.top) * i / 12
            middle, width = self.at(y)
            left.append((middle - width / 2, y))
            right.append((middle + width / 2, y))
        path = smooth(left + right[::-1])
        return inside(clip(edge.land), soft_shadow(path, 0, 0, 7, 0.16) + fill(path, color))


def along(
    edge: Ridge, count: int, random: Random, plant: Plant, left: float = LEFT, right: float = RIGHT, sink: float = 4
) -> str:
    """`count` plants along the edge, evenly strewn, their feet `sink` below it. An empty answer leaves a gap."""
    places = (left + (right - left) * (i + random.uniform(0.1, 0.9)) / count for i in range(count))
    return "".join(plant(x, edge.at(x) + sink) for x in places)


def strewn(
    edge: Ridge, count: int, random: Random, low: float, high: float, plant: Plant, road: Road | None = None
) -> str:
    """`count` plants on the land between `low` and `high` below its edge, the farther ones first, none on the road."""
    spots = []
    for _ in range(count):
        x = random.uniform(LEFT, RIGHT)
        y = edge.at(x) + random.uniform(low, high)
        if road is None or not road.covers(x, y):
            spots.append((y, x))
    return "".join(plant(x, y) for y, x in sorted(spots))


def grass(
    edge: Ridge,
    count: int,
    random: Random,
    low: float,
    high: float,
    color: Color,
    heights: tuple[float, float] = (18, 38),
    road: Road | None = None,
) -> str:
    """Tufts on a meadow, bigger where they are nearer."""

    def one(x: float, y: float) -> str:
        tone = color.lighten(random.uniform(0.01, 0.05) if random.random() < 0.6 else -0.04)
        height = random.uniform(*heights) * (0.8 + max(0.0, y - edge.top) / 420)
        return tuft(x, y, height, tone, random, random.choice((3, 4, 5)))

    return strewn(edge, count, random, low, high, one, road)


def flowers(
    edge: Ridge,
    count: int,
    random: Random,
    low: float,
    high: float,
    stem: Color,
    colors: Sequence[Color],
    heights: tuple[float, float] = (34, 60),
    road: Road | None = None,
) -> str:
    """Daisies and tulips on a meadow."""

    def one(x: float, y: float) -> str:
        height = random.uniform(*heights) * (0.8 + 0.5 * max(0.0, y - edge.at(x) - low) / 260)
        draw = random.choice((flower, tulip))
        return draw(x, y, height, stem, random.choice(colors), random)

    return strewn(edge, count, random, low, high, one, road)

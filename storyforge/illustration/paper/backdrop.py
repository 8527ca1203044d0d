"""What hangs at the back of most places: the sky, sun or moon, clouds, far mountains. Each call puts up its sheets."""

from __future__ import annotations

from collections.abc import Sequence

from storyforge.illustration.paper.color import Color, oklch
from storyforge.illustration.paper.cut import cut, linear_gradient, soft_shadow
from storyforge.illustration.paper.elements import heavens
from storyforge.illustration.paper.elements.marks import fill
from storyforge.illustration.paper.elements.stones import mountain
from storyforge.illustration.paper.geometry import Point, rounded_rect
from storyforge.illustration.paper.motions import CLOUDS, STARS, STORM_CLOUDS
from storyforge.illustration.paper.stage import BOTTOM, LEFT, NO_SHADOW, RIGHT, TOP, Shadow, Stage
from storyforge.illustration.paper.terrain import ridge

CANVAS = rounded_rect(LEFT, TOP, RIGHT - LEFT, BOTTOM - TOP, 0)
ACTED_ORB = "moon or sun on stage"  # a prop: where one of them is a character, no second hangs in the sky
COVERED = ("storm", "rain", "blizzard", "snow", "fog")  # weathers that hide the sun

_STARLIGHT = oklch(0.97, 0.035, 95)
_MOONLIGHT = oklch(0.88, 0.06, 235)
_SUNS = {  # light: core, ring
    "sunset": (oklch(0.94, 0.13, 90), oklch(0.86, 0.16, 70)),
    "dawn": (oklch(0.985, 0.05, 95), oklch(0.95, 0.09, 82)),
    "day": (oklch(0.96, 0.13, 98), oklch(0.97, 0.09, 98)),
}


def sky(stage: Stage, *, torn: bool = True, stars_down_to: float = 760) -> None:
    """The sky from edge to edge, with `torn` bands of paper and, by night, stars: clear of an orb put up before."""
    stops = stage.light.sky
    last = len(stops) - 1
    offsets = [(round(i / last * 0.72, 3) if i < last else 0.78, color) for i, color in enumerate(stops)]
    paint, drawn = linear_gradient(offsets, 0, TOP, 0, BOTTOM, True)
    drawn += fill(CANVAS, paint)
    random = stage.random("sky")
    for i, (level, opacity) in enumerate(((170, 0.30), (330, 0.34), (480, 0.40)) if torn else ()):
        band = stops[min(last, i + 1)].mix(stops[min(last, i + 2)], 0.45)
        edge = ridge(stage, f"sky {i}", level + random.uniform(-40, 40), 44, 520, step=90)
        drawn += soft_shadow(edge.line, 0, -2, 13, 0.16 * opacity) + cut(edge.land, band, 2.2, None, opacity, 0.8)
    stage.add("sky", 0, drawn, shadow=NO_SHADOW)
    if stage.light.stars:
        stars(stage, stars_down_to)


def stars(stage: Stage, down_to: float) -> None:
    """Star dust, and a few big stars on strings."""
    random, many = stage.random("stars"), stage.light.stars
    dust = heavens.star_dust(int(90 * many), LEFT, RIGHT, TOP, down_to, _STARLIGHT, random)
    drawn, hung = "", int(6 * min(1, many))
    for i in range(hung):
        x = LEFT + 80 + (RIGHT - LEFT - 160) * (i + random.uniform(0.2, 0.8)) / hung
        y, radius = random.uniform(30, down_to * 0.42), random.uniform(13, 23)
        if stage.sun is None or abs(x - stage.sun[0]) > 200:  # no string before the moon
            drawn += heavens.hung_star(x, y, radius, TOP, _STARLIGHT, random)
    stage.add("hung stars", 0.03, drawn, raw=True)
    stage.add("stars", 0.031, dust, raw=True, motion=STARS)


def orb(
    stage: Stage,
    x: float,
    y: float,
    radius: float,
    *,
    rays: int = 0,
    full: bool = False,
    covered: Sequence[str] = COVERED,
) -> None:
    """The sun, or by night the moon, `full` or on a string. The light comes from there even if the weather hides it."""
    stage.sun = (x, y)
    if stage.weather in covered or stage.holds(ACTED_ORB):
        return
    light = stage.light
    if light.moonlit:
        thread = "" if full else heavens.string(x, y - radius * 0.9, TOP, _STARLIGHT)
        drawn = thread + heavens.moon(x, y, radius, oklch(0.95, 0.05, 97), _MOONLIGHT, full)
    else:
        core, ring = _SUNS.get(light.name, (light.key.lighten(0.01), light.key.mix(light.sky[-1], 0.35)))
        drawn = heavens.sun(x, y, radius, core, ring, rays)
    stage.add("orb", 0.05, drawn, shadow=Shadow(2, 5, 14, 0.16), grain=70)


def clouds(
    stage: Stage,
    count: int,
    top: float = 70,
    bottom: float = 300,
    widths: tuple[float, float] = (230, 420),
    *,
    color: Color | None = None,
    shade: Color | None = None,
    depth: float = 0.10,
) -> None:
    """Clouds across the sky, the lower the smaller. Foul weather brings more; none is hung before the sun or moon."""
    random, light = stage.random("clouds", depth), stage.light
    color = color or light.sky[-1].mix(oklch(0.99, 0.01, 90), 0.12 if light.dark else 0.55)
    shade = shade or color.mix(light.sky[1], 0.42)
    count += 3 if stage.weather in ("rain", "storm", "snow", "blizzard") else 0
    drawn = ""
    for i in range(count):
        x = LEFT + 100 + (RIGHT - LEFT - 200) * (i + random.uniform(0.05, 0.95)) / count
        y = random.uniform(top, bottom)
        width = random.uniform(*widths) * (1 - 0.35 * (y - top) / max(1, bottom - top))
        if not _before_orb(stage, x, y, width):
            drawn += heavens.cloud(x, y, width, color, shade, random, random.choice((2, 3)))
    blown = STORM_CLOUDS if stage.weather in ("storm", "blizzard", "wind") else CLOUDS
    stage.add("clouds", depth, drawn, shadow=Shadow(3, 7, 12, 0.20), motion=blown)


def _before_orb(stage: Stage, x: float, y: float, width: float) -> bool:
    if stage.sun is None:
        return False
    return abs(x - stage.sun[0]) < width * 0.5 + 110 and abs(y - stage.sun[1]) < 190


def mountains(
    stage: Stage,
    name: str,
    depth: float,
    base: float,
    height: float,
    count: int,
    distance: float,
    *,
    material: str | Color = "far-rock",
    snow: bool = False,
    widths: tuple[float, float] = (380, 620),
) -> None:
    """A range from edge to edge with its highest peaks behind."""
    random = stage.random("mountains", name)
    color = stage.color(material, distance)
    cap = stage.color("snow", distance * 0.55) if snow else None
    peaks: list[Point] = []
    for i in range(count):
        x = LEFT - 80 + (RIGHT - LEFT + 160) * (i + random.uniform(0.15, 0.85)) / count
        peaks.append((x, height * random.uniform(0.55, 1.0), random.uniform(*widths) * 1.25))
    drawn = ""
    for x, tall, width in sorted(peaks, key=lambda peak: -peak[1]):
        tone = color.lighten(random.uniform(-0.012, 0.012))
        drawn += mountain(x, base, width, tall, tone, random, cap, stage.light.haze)
    stage.add(name, depth, drawn)

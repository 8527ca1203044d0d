"""Cold places: high mountains with ice, a wide field of snow with firs."""

from __future__ import annotations

from collections.abc import Callable

from storyforge.illustration.paper import backdrop, framing
from storyforge.illustration.paper.color import Color
from storyforge.illustration.paper.cut import cut, glow
from storyforge.illustration.paper.elements import stones, trees
from storyforge.illustration.paper.elements.buildings import arched
from storyforge.illustration.paper.elements.marks import fill, stroke
from storyforge.illustration.paper.geometry import num, scallop
from storyforge.illustration.paper.stage import BOTTOM, LEFT, RIGHT, TOP, Shadow, Stage
from storyforge.illustration.paper.terrain import Ridge, along, floor, land, ridge


def mountain(stage: Stage) -> None:
    random = stage.random("mountain")
    high_sky(stage)
    peaks(stage, "far peaks", 0.14, 800, 0.70, 5, (330, 450), (520, 700))
    stage.mist(480, 800, 0.5, 0.16)
    _great_peaks(stage)
    stage.mist(600, 900, 0.46, 0.28)
    firs_and_ice(stage)
    stage.pool(960, 740, 900, 340, 0.40)
    snow_floor(stage, crystals=random.choice((1, 2, 3)))
    ice_frame(stage)


def snowfield(stage: Stage) -> None:
    random = stage.random("snowfield")
    backdrop.orb(stage, stage.focus, random.uniform(230, 320), random.uniform(76, 96))
    backdrop.sky(stage)
    backdrop.clouds(stage, 4, 60, 240)
    backdrop.mountains(stage, "range", 0.14, 740, 330, 7, 0.66, material="ice-rock", snow=True, widths=(460, 640))
    _wooded_slope(stage, "far slope", 0.22, 690, 0.50, 24, (60, 110))
    _wooded_slope(stage, "slope", 0.34, 770, 0.26, random.randrange(6, 13), (140, 240))
    if random.random() < 0.5 or stage.holds("cabin", "hut", "igloo"):
        _igloo(stage)
    stage.mist(640, 880, 0.4, 0.36)
    stage.pool()
    snow_floor(stage, crystals=0)
    _fir_frame(stage)


def high_sky(stage: Stage) -> None:
    random, sky = stage.random("high sky"), stage.light.sky
    backdrop.orb(stage, stage.aside(random.uniform(470, 640)), random.uniform(180, 250), 80)
    backdrop.sky(stage)
    color = sky[2].mix(sky[3], 0.5 if stage.light.dark else 0.75)
    backdrop.clouds(
        stage, random.choice((3, 4, 5)), 40, 250, (300, 520), color=color, shade=color.mix(sky[1], 0.5), depth=0.08
    )


def peaks(
    stage: Stage,
    name: str,
    depth: float,
    base: float,
    distance: float,
    count: int,
    heights: tuple[float, float],
    widths: tuple[float, float],
) -> None:
    random, drawn = stage.random(name), ""
    rock, snow = stage.color("ice-rock", distance), stage.color("snow", distance * 0.40)
    for i in range(count):
        x = LEFT - 60 + (RIGHT - LEFT + 120) * (i + random.uniform(0.2, 0.8)) / count
        drawn += _peak(x, base, random.uniform(*widths), random.uniform(*heights), rock, snow, stage, name, i)
    stage.add(name, depth, drawn)


def _peak(
    x: float, base: float, width: float, height: float, rock: Color, snow: Color, stage: Stage, name: str, i: int
) -> str:
    return stones.mountain(x, base, width, height, rock, stage.random(name, i), snow, stage.light.haze)


def _great_peaks(stage: Stage) -> None:
    """One great peak on the free third, smaller ones at both sides."""
    random, drawn = stage.random("great peaks"), ""
    rock, snow = stage.color("ice-rock", 0.36), stage.color("snow", 0.14)
    sides = [(LEFT + random.uniform(20, 200), 520.0, 760.0), (RIGHT - random.uniform(0, 160), 480.0, 680.0)]
    great = (stage.focus, random.uniform(600, 730), random.uniform(860, 1060))
    for i, (x, height, width) in enumerate((*sides, great)):
        drawn += _peak(x, 880, width, height * random.uniform(0.92, 1.06), rock, snow, stage, "great", i)
    stage.add("great peaks", 0.24, drawn)


def firs_and_ice(stage: Stage) -> None:
    random, edge = stage.random("firs"), ridge(stage, "firs", 866, 24, 430)
    needles, bark, snow = stage.color("fir", 0.20), stage.color("trunk", 0.2), stage.color("snow")
    ice, drawn = stage.color("ice", 0.16), ""
    for _ in range(random.choice((3, 4, 5))):
        x = stage.aside(random.uniform(420, 980))
        drawn += stones.crystal(
            x, edge.at(x) + 16, random.uniform(50, 84), random.uniform(110, 250), ice, random.uniform(-26, 30)
        )

    def tree(x: float, y: float) -> str:
        if abs(x - stage.focus) < 330:
            return ""
        return trees.fir(x, y + 6, random.uniform(160, 290), needles, bark, random, snow)

    drawn += along(edge, random.randrange(7, 12), random, tree)
    stage.add("firs", 0.40, drawn + land(stage, edge, stage.color("snow", 0.12, lighter=-0.03), mist=0.2))


def _snow_land(stage: Stage, edge: Ridge) -> str:
    """Snow on which figures stand out: bluish where it nears the lens."""
    snow = stage.color("snow")
    foot = snow.mix(stage.light.sky[0], 0.42) if not stage.light.dark else snow.mix(stage.light.ambient, 0.30)
    drawn = land(stage, edge, snow, mist=-0.05, strata=0)
    layers: Callable[[int], Ridge] = lambda i: edge.moved(lambda x: 52 + i * 76 + 14 * (i + 1) * _swell(x, i))  # noqa: E731
    return drawn + "".join(
        cut(layers(i).land, snow.mix(foot, 0.16 + 0.24 * i), 1.6, (0, -2, 9, 0.14)) for i in range(3)
    )


def _swell(x: float, i: int) -> float:
    """A slow wave for the i-th layer, -1…1."""
    phase = (x / 760 + i * 0.37) % 2
    return 1 - 2 * abs(phase - 1)


def snow_floor(stage: Stage, crystals: int) -> None:
    random, edge = stage.random("snow floor"), floor(stage, ridge(stage, "snow floor", 888, 18, 620), 46)
    drawn, ice, snow = _snow_land(stage, edge), stage.color("deep-ice"), stage.color("snow")
    for side in (-1, 1):
        x = 960 + side * random.uniform(740, 880)
        for k in range(crystals):
            at, size = x + side * k * 66, random.uniform(0.75, 1.25) * (1 - 0.25 * k)
            drawn += stones.crystal(at, edge.at(at) + 50, 72 * size, 160 * size, ice, random.uniform(-22, 22))
        heap = random.uniform(260, 360)
        drawn += stones.snow_heap(x, edge.at(x) + 70, heap, random.uniform(34, 52), snow.lighten(-0.01), random)
    stage.add("snow floor", 0.6, drawn)


def ice_frame(stage: Stage) -> None:
    """Crystals below and icicles above, before the lens."""
    random, drawn = stage.random("ice frame"), ""
    dark, hanging = stage.color("ice-rock", lighter=-0.08, near=0.30), stage.color("ice-rock", lighter=0.05, near=0.2)
    for foot, side in ((LEFT + 50, 1), (RIGHT - 40, -1)):
        for i in range(random.choice((2, 3))):
            width, height = 200 - 50 * i, random.uniform(0.85, 1.15) * (660 - 210 * i)
            tone = dark.lighten(random.uniform(-0.03, 0.05))
            drawn += stones.crystal(
                foot + side * i * 125, BOTTOM + 50, width, height, tone, side * random.uniform(-20, 60)
            )
    for k in range(26):
        x = LEFT + (RIGHT - LEFT) * (k + random.random()) / 26
        aside = abs(x - 960) / 1120
        length = random.uniform(30, 70) + 190 * aside * aside * random.uniform(0.5, 1)
        tone = hanging.lighten(random.uniform(-0.05, 0.05))
        drawn += stones.hanging_point(x, TOP, length, length * 0.32 + 18, tone, random)
    stage.add("frame", 0.97, drawn, shadow=Shadow(6, 10, 22, 0.36), blur=framing.BLUR, front=True)


def _wooded_slope(
    stage: Stage, name: str, depth: float, base: float, distance: float, count: int, heights: tuple[float, float]
) -> None:
    random, edge = stage.random(name), ridge(stage, name, base, 40, 470)
    needles, bark, snow = (
        stage.color("fir", distance),
        stage.color("trunk", distance),
        stage.color("snow", distance * 0.6),
    )
    gap = stage.focus + random.uniform(-200, 200)

    def tree(x: float, y: float) -> str:
        if abs(x - gap) < 140:
            return ""
        return trees.fir(x, y + 4, random.uniform(*heights), needles, bark, random, snow)

    wood = along(edge, count, random, tree)
    stage.add(name, depth, wood + land(stage, edge, stage.color("snow", distance)))


def _igloo(stage: Stage) -> None:
    random = stage.random("igloo")
    x, size, ice = stage.focus + random.uniform(-60, 60), random.uniform(190, 260), stage.color("snow", 0.12)
    edge = ridge(stage, "igloo", 812, 18, 500)
    y, joints = edge.at(x) + 24, ice.lighten(-0.07)
    drawn = cut(scallop(x, y, size / 2, size * 0.46, 1, 180, 360, 0.502, "flat"), ice, 2.2, 10)
    for row in (0.15, 0.30):
        half = size * (0.49 - row * 0.45)
        drawn += stroke(f"M{num(x - half)} {num(y - size * row)}h{num(2 * half)}", joints, 3)
    gate, sill = x - size * 0.1, edge.at(x) + 4
    drawn += cut(arched(gate, sill, size * 0.14, sill - size * 0.12, size * 0.15), ice.lighten(0.03), 2, 6)
    hole = arched(gate, sill, size * 0.09, sill - size * 0.09, size * 0.10)
    drawn += glow(gate, sill - 20, size * 0.5, stage.lamp, 0.5) if stage.lamp else ""
    drawn += fill(hole, stage.lamp or stage.color("ice-rock", lighter=-0.2))
    stage.add("igloo", 0.38, drawn + land(stage, edge, stage.color("snow", 0.16)))


def _fir_frame(stage: Stage) -> None:
    """Snowy firs at both sides before the lens."""
    random, drawn = stage.random("fir frame"), ""
    needles, bark = stage.color("fir", lighter=-0.1, near=0.45), stage.color("trunk", lighter=-0.1, near=0.5)
    snow = stage.color("snow", lighter=-0.12, near=0.22)
    for foot, side in ((LEFT + 60, 1), (RIGHT - 50, -1)):
        for i in range(random.choice((1, 2, 2))):
            height = random.uniform(0.8, 1.1) * (820 - 290 * i)
            drawn += trees.fir(foot + side * i * 145, BOTTOM + 50, height, needles, bark, random, snow)
    stage.add("frame", 0.97, drawn, shadow=Shadow(6, 8, 22, 0.4), blur=framing.BLUR, front=True)

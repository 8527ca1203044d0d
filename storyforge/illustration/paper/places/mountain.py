"""Cold places: high mountains with ice, a waterfall (frozen in winter or storm), a wide field of snow."""

from __future__ import annotations

from collections.abc import Callable

from storyforge.illustration.paper import backdrop, framing
from storyforge.illustration.paper.color import Color
from storyforge.illustration.paper.cut import cut
from storyforge.illustration.paper.elements import heavens, stones, trees, water
from storyforge.illustration.paper.elements.marks import fill
from storyforge.illustration.paper.geometry import polygon, scallop, smooth
from storyforge.illustration.paper.stage import BOTTOM, LEFT, RIGHT, TOP, Shadow, Stage
from storyforge.illustration.paper.terrain import Ridge, along, floor, land, ridge


def mountain(stage: Stage) -> None:
    random = stage.random("mountain")
    _high_sky(stage)
    _peaks(stage, "far peaks", 0.14, 800, 0.70, 5, (330, 450), (520, 700))
    stage.mist(480, 800, 0.5, 0.16)
    _great_peaks(stage)
    stage.mist(600, 900, 0.46, 0.28)
    _firs_and_ice(stage)
    stage.pool(960, 740, 900, 340, 0.40)
    _snow_floor(stage, crystals=random.choice((1, 2, 3)))
    _ice_frame(stage)


def waterfall(stage: Stage) -> None:
    _high_sky(stage)
    _peaks(stage, "far peaks", 0.14, 800, 0.70, 5, (300, 450), (520, 700))
    stage.mist(480, 800, 0.5, 0.16)
    _cliff(stage)
    stage.mist(660, 920, 0.40, 0.34)
    _firs_and_ice(stage)
    stage.pool(960, 740, 900, 340, 0.40)
    _snow_floor(stage, crystals=1)
    _ice_frame(stage)


def snowfield(stage: Stage) -> None:
    random = stage.random("snowfield")
    backdrop.sky(stage)
    backdrop.orb(stage, stage.focus, random.uniform(230, 320), random.uniform(76, 96))
    backdrop.clouds(stage, 4, 60, 240)
    backdrop.mountains(stage, "range", 0.14, 740, 330, 7, 0.66, material="ice-rock", snow=True, widths=(460, 640))
    _wooded_slope(stage, "far slope", 0.22, 690, 0.50, 24, (60, 110))
    _wooded_slope(stage, "slope", 0.34, 770, 0.26, random.randrange(6, 13), (140, 240))
    if random.random() < 0.5 or stage.holds("cabin", "hut", "igloo"):
        _igloo(stage)
    stage.mist(640, 880, 0.4, 0.36)
    stage.pool()
    _snow_floor(stage, crystals=0)
    _fir_frame(stage)


def _high_sky(stage: Stage) -> None:
    random, sky = stage.random("high sky"), stage.light.sky
    backdrop.sky(stage)
    if stage.light.dark or stage.light.name != "ice":
        backdrop.orb(stage, 1920 - stage.focus + random.uniform(-120, 120), random.uniform(190, 260), 80)
    backdrop.clouds(
        stage, random.choice((4, 5, 6)), 40, 250, (320, 560), color=sky[2].lighten(0.03), shade=sky[1], depth=0.08
    )


def _peaks(
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


def _cliff(stage: Stage) -> None:
    """A broad cliff with the fall over its lip, and snow or grass on top."""
    random, x = stage.random("cliff"), stage.focus
    frozen = stage.snowy or stage.light.name.startswith("ice")
    rock, top = stage.color("ice-rock", 0.20, lighter=-0.12), random.uniform(290, 370)
    width = random.uniform(200, 320)
    left = [(-440, 920), (-400, 700), (-340, 520), (-280, top + 60), (-180, top)]
    right = [(190, top - 10), (280, top + 60), (330, 540), (380, 700), (440, 920)]
    drawn = cut(polygon([(x + u, v) for u, v in (*left, *right)]), rock, 2.4, 12)
    drawn += fill(polygon([(x + u, v) for u, v in (*right[1:], (220, 920), (210, 480))]), rock.shade(0.07), 0.6)
    lip = [(-310, 70), (-220, -14), (0, -40), (210, -22), (304, 70), (200, 38), (0, 20), (-200, 40)]
    crown = stage.color("snow") if frozen or stage.light.name == "ice-night" else stage.color("grass", 0.1)
    drawn += cut(smooth([(x + u, top + v) for u, v in lip]), crown, 2, 6)
    stream, white = stage.color("ice" if frozen else "water", 0.05), stage.color("foam")
    drawn += water.falls(x, top + 10, 890, width, stream, white, random, frozen)
    drawn += heavens.billow(x, 904, width * 0.86, 58, stage.color("snow"), random)
    stage.add("cliff", 0.30, drawn)


def _firs_and_ice(stage: Stage) -> None:
    random, edge = stage.random("firs"), ridge(stage, "firs", 866, 24, 430)
    needles, bark, snow = stage.color("fir", 0.20), stage.color("trunk", 0.2), stage.color("snow")
    ice, drawn = stage.color("ice", 0.16), ""
    for _ in range(random.choice((3, 4, 5))):
        x = 1920 - stage.focus + random.uniform(-320, 320)
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


def _snow_floor(stage: Stage, crystals: int) -> None:
    random, edge = stage.random("snow floor"), floor(stage, ridge(stage, "snow floor", 888, 18, 620), 46)
    drawn, ice, snow = _snow_land(stage, edge), stage.color("deep-ice"), stage.color("snow")
    for side in (-1, 1):
        x = 960 + side * random.uniform(740, 880)
        for k in range(crystals):
            at, size = x + side * k * 66, random.uniform(0.75, 1.25) * (1 - 0.25 * k)
            drawn += stones.crystal(at, edge.at(at) + 50, 72 * size, 160 * size, ice, random.uniform(-22, 22))
        drawn += heavens.billow(x, edge.at(x) + 62, random.uniform(110, 160), 30, snow.lighten(-0.01), random)
    stage.add("snow floor", 0.6, drawn)


def _ice_frame(stage: Stage) -> None:
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
        drawn += fill(
            polygon(
                [
                    (x - half, y - size * row),
                    (x + half, y - size * row),
                    (x + half, y - size * row + 4),
                    (x - half, y - size * row + 4),
                ]
            ),
            joints,
        )
    door = scallop(x - size * 0.1, y + 6, size * 0.14, size * 0.24, 1, 180, 360, 0.502, "flat")
    drawn += cut(door, ice.lighten(0.02), 2, 6)
    hole = scallop(x - size * 0.1, y + 8, size * 0.09, size * 0.17, 1, 180, 360, 0.502, "flat")
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

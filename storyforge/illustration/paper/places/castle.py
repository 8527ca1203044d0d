"""A castle on its hill before the sun, a hamlet at its foot, a road that leads there."""

from __future__ import annotations

from storyforge.illustration.paper import backdrop, framing
from storyforge.illustration.paper.color import Color, oklch
from storyforge.illustration.paper.elements import buildings, heavens, trees
from storyforge.illustration.paper.motions import BIRDS
from storyforge.illustration.paper.stage import Stage
from storyforge.illustration.paper.terrain import Road, along, floor, flowers, grass, land, mound, ridge

WARM = ("dawn", "golden", "sunset")
ROOFS = ("roof", "blue", "violet", "teal")


def castle(stage: Stage) -> None:
    random, light = stage.random("castle"), stage.light
    x = stage.focus + (20 if stage.focus > 960 else -20)
    if light.moonlit:
        backdrop.orb(stage, stage.aside(stage.random("moon").uniform(430, 560)), 215, 84)
    else:
        warm = light.name in WARM
        backdrop.orb(stage, x - 10, 420 if warm else 360, 200 if warm else 104, covered=("storm", "fog"))
    backdrop.sky(stage)
    sunset = light.name == "sunset"
    backdrop.clouds(
        stage,
        random.choice((4, 5, 6)),
        70,
        380,
        (260, 460),
        color=light.sky[3].mix(light.sky[2], 0.35) if sunset else None,
        shade=light.sky[2].mix(light.sky[1], 0.35) if sunset else None,
    )
    backdrop.mountains(stage, "range", 0.14, 740, random.uniform(200, 300), 7, 0.74, widths=(420, 620))
    flock = heavens.birds(random.randrange(5, 12), 300, 1620, 170, 400, light.sky[0].lighten(-0.06), random)
    stage.add("birds", 0.18, flock, raw=True, motion=BIRDS)
    _far_woods(stage)
    stage.mist(560, 800, 0.5, 0.22)
    _castle_hill(stage, x)
    stage.mist(700, 900, 0.42, 0.32)
    _hamlet(stage, x)
    stage.pool(900, 720, 860, 320, 0.34)
    _floor(stage, x)
    framing.branches(stage, 0.5)
    framing.ferns(stage, 0.5)
    framing.grasses(stage, 0.5, 30)


def _far_woods(stage: Stage) -> None:
    random, edge = stage.random("far woods"), ridge(stage, "far woods", 700, 38, 480)
    needles, bark = stage.color("fir", 0.54), stage.color("trunk", 0.5)
    wood = along(edge, 26, random, lambda x, y: trees.fir(x, y, random.uniform(40, 80), needles, bark, random))
    stage.add("far woods", 0.2, wood + land(stage, edge, stage.color("meadow-grass", 0.60)))


def _castle_hill(stage: Stage, x: float) -> None:
    random = stage.random("castle hill")
    edge = ridge(stage, "castle hill", 800, 14, 420, shape=mound(x, random.uniform(150, 215), random.uniform(420, 520)))
    drawn = buildings.castle(
        x,
        edge.at(x) + 26,
        random.uniform(0.84, 1.0),
        *_walls(stage),
        random,
        stage.lamp or _warm_lamp(stage),
        stage.color("gold"),
    )
    drawn += land(stage, edge, stage.color("meadow-grass", 0.30), mist=0.4)
    bend = random.choice((-1, 1))
    road = Road(edge.at(x) - 14, x, x + bend * 130, 60, 130, 960, -46 * bend)
    drawn += road.drawn_on(edge, stage.color("path", 0.22))
    for side in (-1, 1):
        for _ in range(random.choice((2, 3))):
            at = x + side * random.uniform(330, 560)
            leaves = stage.color(random.choice(("leaf", "young-leaf")), 0.32)
            drawn += trees.round_tree(
                at, edge.at(at) + 30, random.uniform(80, 140), leaves, stage.color("trunk", 0.3), random
            )
    stage.add("castle", 0.30, drawn)


def _walls(stage: Stage) -> tuple[Color, Color]:
    """Wall and roof: dark against the sunset, pale stone otherwise."""
    if stage.light.name in ("sunset", "dusk"):
        return oklch(0.55, 0.085, 345), oklch(0.41, 0.13, 8)
    roof = stage.random("roof").choice(((0.54, 0.15, 18), (0.54, 0.15, 18), (0.52, 0.11, 255), (0.50, 0.11, 300)))
    return stage.color(oklch(0.88, 0.045, 70), 0.16), stage.color(oklch(*roof), 0.12)


def _warm_lamp(stage: Stage) -> Color | None:
    return stage.color("lamp") if stage.light.name == "golden" else None


def _hamlet(stage: Stage, x: float) -> None:
    random, edge = stage.random("hamlet"), ridge(stage, "hamlet", 824, 26, 460)
    drawn = ""
    for side in (-1, 1):
        for k in range(random.choice((1, 2, 2))):
            at = 960 + side * (random.uniform(560, 640) + k * random.uniform(170, 220))
            if abs(at - x) < 300:
                continue
            roof = stage.color(random.choice(ROOFS), 0.14)
            drawn += buildings.house(
                at,
                edge.at(at) + 10,
                random.uniform(120, 165),
                stage.color("wall", 0.16),
                roof,
                random,
                stage.lamp,
                side < 0,
            )
    leaves = stage.color("deep-leaf", 0.18)
    drawn += along(
        edge,
        11,
        random,
        lambda at, y: trees.bush(at, y + 4, random.uniform(80, 180), random.uniform(34, 64), leaves, random),
    )
    stage.add("hamlet", 0.42, drawn + land(stage, edge, stage.color("grass", 0.16), mist=0.2))


def _floor(stage: Stage, x: float) -> None:
    random, edge = stage.random("floor"), floor(stage, ridge(stage, "floor", 872, 16, 700), 46)
    side = 1 if x < 960 else -1
    color = stage.color("grass")
    road = Road(edge.at(x) - 14, x + side * 150, x + side * random.uniform(250, 430), 96, 400, bend=-70 * side)
    drawn = land(stage, edge, color, mist=-0.1) + road.drawn_on(edge, stage.color("path"))
    drawn += grass(edge, 90, random, 16, 220, color, (16, 32), road)
    if not stage.snowy:
        petals = [stage.color(oklch(*c)) for c in ((0.78, 0.15, 10), (0.92, 0.11, 95), (0.97, 0.02, 90))]
        drawn += flowers(edge, 40, random, 24, 220, stage.color("deep-leaf"), petals, (30, 52), road)
    stage.add("floor", 0.6, drawn)

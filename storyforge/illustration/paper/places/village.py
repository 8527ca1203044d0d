"""A village square with rows of houses and a clock tower; the same on a feast day."""

from __future__ import annotations

from storyforge.illustration.paper import backdrop, framing
from storyforge.illustration.paper.color import Color, oklch
from storyforge.illustration.paper.elements import buildings, heavens, landmarks, party, trees
from storyforge.illustration.paper.elements.marks import fill
from storyforge.illustration.paper.geometry import blob
from storyforge.illustration.paper.light import local_color
from storyforge.illustration.paper.stage import LEFT, RIGHT, Shadow, Stage
from storyforge.illustration.paper.terrain import floor, land, ridge

ROOFS = (
    oklch(0.58, 0.15, 32),
    oklch(0.60, 0.12, 255),
    oklch(0.66, 0.13, 65),
    oklch(0.60, 0.12, 160),
    oklch(0.58, 0.13, 345),
)
FLAGS = (
    oklch(0.68, 0.18, 25),
    oklch(0.86, 0.15, 92),
    oklch(0.72, 0.14, 160),
    oklch(0.66, 0.13, 245),
    oklch(0.74, 0.15, 340),
)


def village(stage: Stage) -> None:
    random = stage.random("village")
    backdrop.orb(stage, stage.aside(random.uniform(480, 720)), random.uniform(180, 250), 78)
    backdrop.sky(stage)
    backdrop.clouds(stage, random.choice((3, 4, 5)) - (1 if stage.light.dark else 0), 60, 260)
    _houses_and_square(stage)
    framing.branches(stage, 0.5)
    framing.grasses(stage, 0.5, 34)


def festival(stage: Stage) -> None:
    if stage.light.dark:
        _fireworks(stage)
    else:
        backdrop.orb(stage, stage.aside(760), 250, 78)
        backdrop.clouds(stage, 4, 60, 260)
        _balloons_aloft(stage)
    backdrop.sky(stage)
    _houses_and_square(stage)
    _stalls(stage)
    _garlands(stage)
    _toy_balloons(stage)


def _houses_and_square(stage: Stage) -> None:
    backdrop.mountains(stage, "range", 0.12, 700, 230, 7, 0.78, widths=(420, 600))
    _row(stage, "far houses", 0.2, 690, 12, 0.56, 120)
    stage.mist(560, 760, 0.4, 0.22)
    _clock_tower(stage)
    _row(stage, "houses", 0.32, 780, 9, 0.30, 180)
    stage.pool(960, 720, 900, 330, 0.44, oklch(0.90, 0.12, 75) if stage.light.dark else None)
    _square(stage)


def _wall(stage: Stage, distance: float, hue: float = 0) -> Color:
    """Plaster; by night it takes the warm light of the lamps."""
    plaster = stage.color(local_color("wall").rotate(hue), distance)
    return plaster.mix(oklch(0.72, 0.09, 68), 0.32) if stage.light.dark else plaster


def _roof(stage: Stage, color: Color, distance: float) -> Color:
    return stage.color(color.mix(local_color("snow"), 0.6) if stage.snowy else color, distance)


def _row(stage: Stage, name: str, depth: float, base: float, count: int, distance: float, width: float) -> None:
    random, edge = stage.random(name), ridge(stage, name, base, 8, 300)
    drawn = ""
    for k in range(count):
        x = LEFT + (RIGHT - LEFT) * (k + 0.5) / count + random.uniform(-24, 24)
        wall, roof = _wall(stage, distance, random.uniform(-25, 25)), _roof(stage, random.choice(ROOFS), distance)
        if random.random() < 0.16:  # a gap with a tree
            crown, bark = stage.color("leaf", distance), stage.color("trunk", distance)
            drawn += trees.round_tree(x, edge.at(x) + 6, width * random.uniform(0.9, 1.3), crown, bark, random)
            continue
        size, flip = width * random.uniform(0.82, 1.18), random.random() < 0.5
        drawn += buildings.house(x, edge.at(x) + 6, size, wall, roof, random, stage.lamp, flip)
    stage.add(name, depth, drawn + land(stage, edge, stage.color("meadow-grass", distance), mist=0.3, strata=1))


def _clock_tower(stage: Stage) -> None:
    random = stage.random("clock tower")
    wall, roof = stage.color(oklch(0.86, 0.05, 75), 0.2), _roof(stage, random.choice(ROOFS), 0.18)
    face = stage.color(oklch(0.97, 0.02, 90), 0.05) if not stage.light.dark else local_color("lamp").lighten(0.02)
    width, height = random.uniform(115, 145), random.uniform(380, 460)
    tower = buildings.clock_tower(
        stage.focus, 800, width, height, wall, roof, face, stage.color("gold"), lit=stage.light.dark
    )
    stage.add("clock tower", 0.30, tower)


def _square(stage: Stage) -> None:
    random, edge = stage.random("square"), floor(stage, ridge(stage, "square", 862, 6, 600), 56)
    stone = stage.color("cobble")
    stone = stone.mix(oklch(0.66, 0.085, 62), 0.45) if stage.light.dark else stone
    drawn = ""
    for side in (-1, 1):
        x, wall = 960 + side * random.uniform(860, 930), _wall(stage, 0, random.uniform(-20, 20))
        roof, size = _roof(stage, random.choice(ROOFS), 0), random.uniform(300, 360)
        drawn += buildings.house(x, 900, size, wall, roof, random, stage.lamp, flip=side < 0)
    drawn += land(stage, edge, stone, mist=-0.05, strata=0)
    for i in range(7):
        y, many = 880 + i * i * 5 + i * 16, 25 - i
        for k in range(many + 1):
            x = LEFT + (RIGHT - LEFT) * (k + (0.5 if i % 2 else 0) + random.uniform(-0.1, 0.1)) / many
            cobble = blob(x, y + 14, 30 + i * 4, 9 + i * 2, random, 7, 0.12)
            drawn += fill(cobble, stone.lighten(random.uniform(-0.05, -0.015)), 0.75)
    stage.add("square", 0.6, drawn + _furniture(stage))


def _furniture(stage: Stage) -> str:
    """Bushes, lamp posts, and sometimes a well or a fence."""
    random, iron, drawn = stage.random("furniture"), stage.color(oklch(0.36, 0.04, 270)), ""
    for side in (-1, 1):
        x = 960 + side * random.uniform(600, 720)
        drawn += trees.bush(x, 900, random.uniform(120, 170), random.uniform(50, 70), stage.color("leaf"), random)
        post = 960 + side * random.uniform(500, 610)
        drawn += landmarks.lamp_post(post, 916, random.uniform(300, 350), iron, local_color("lamp"), stage.light.dark)
    kind, x = random.random(), 960 + random.choice((-1, 1)) * random.uniform(330, 420)
    if kind < 0.4 and abs(x - stage.focus) < 700:
        roof, wood = _roof(stage, random.choice(ROOFS), 0.1), stage.color("wood", 0.1)
        drawn = landmarks.well(x, 896, 130, stage.color("stone", 0.1), roof, wood, random) + drawn
    elif kind < 0.7:
        drawn += landmarks.fence(LEFT, 930, 420, stage.color("white")) + landmarks.fence(
            RIGHT - 420, 930, 420, stage.color("white")
        )
    return drawn


def _fireworks(stage: Stage) -> None:
    random, drawn = stage.random("fireworks"), ""
    hues = random.sample((85, 15, 190, 320, 140), 5)
    for i, hue in enumerate(hues):
        x = LEFT + 200 + (RIGHT - LEFT - 400) * (i + random.uniform(0.15, 0.85)) / 5
        color = oklch(random.uniform(0.78, 0.86), 0.14, hue)
        drawn += party.firework(
            x, random.uniform(110, 260), random.uniform(90, 190), color, random.choice((12, 14, 16))
        )
    stage.add("fireworks", 0.14, drawn, raw=True)


def _balloons_aloft(stage: Stage) -> None:
    random, drawn = stage.random("balloons aloft"), ""
    for away in random.sample((-330, 330, 520), random.choice((1, 2))):
        silk, stripes = random.sample(FLAGS, 2)
        x, y = stage.aside(away), random.uniform(260, 390)
        drawn += heavens.hot_air_balloon(x, y, random.uniform(80, 120), stage.color(silk), stage.color(stripes))
    stage.add("balloons aloft", 0.16, drawn)


def _stalls(stage: Stage) -> None:
    random, drawn = stage.random("stalls"), ""
    for side in random.choice(((-1,), (1,), (-1, 1))):
        cloth = stage.color(random.choice(FLAGS))
        x = 960 + side * random.uniform(540, 640)
        drawn += party.market_stall(
            x, 884, random.uniform(210, 250), cloth, stage.color("white"), stage.color("wood"), random
        )
    stage.add("stalls", 0.46, drawn)


def _garlands(stage: Stage) -> None:
    random, flags = stage.random("garlands"), [color.lighten(-0.02) for color in FLAGS]
    knot = random.uniform(760, 1160), random.uniform(20, 70)
    left = party.bunting((LEFT - 40, random.uniform(80, 160), *knot), random.uniform(90, 150), flags, 17)
    right = party.bunting((*knot, RIGHT + 40, random.uniform(80, 160)), random.uniform(90, 150), flags[::-1], 17)
    stage.add("bunting", 0.70, left + right, shadow=Shadow(6, 16, 14, 0.3), front=True)
    wire = oklch(0.32, 0.05, 280)
    lights = party.string_lights(
        (LEFT - 40, 20, RIGHT + 40, 10), random.uniform(130, 190), local_color("lamp"), 20, wire
    )
    stage.add("lights", 0.72, lights, raw=True, front=True)


def _toy_balloons(stage: Stage) -> None:
    random, drawn = stage.random("toy balloons"), ""
    for side in (-1, 1):
        for i in range(3):
            x, y = 960 + side * (900 + 66 * (i - 1)), 570 + 70 * (i % 2) + random.uniform(-50, 50)
            drawn += party.balloon(x, y, random.uniform(50, 68), random.choice(FLAGS))
    stage.add("toy balloons", 0.94, drawn, shadow=Shadow(8, 16, 18, 0.32), front=True)

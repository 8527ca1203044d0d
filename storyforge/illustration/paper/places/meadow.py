"""A valley of soft hills with a winding path, a cottage and a big tree."""

from __future__ import annotations

from storyforge.illustration.paper import backdrop, framing
from storyforge.illustration.paper.color import oklch
from storyforge.illustration.paper.elements import buildings, landmarks, trees
from storyforge.illustration.paper.stage import Stage
from storyforge.illustration.paper.terrain import (
    Ridge,
    Road,
    along,
    floor,
    flowers,
    grass,
    land,
    ridge,
    strewn,
    valley,
)

LOW_SUN = ("dawn", "golden", "sunset", "dusk")
PETALS = (oklch(0.78, 0.14, 8), oklch(0.90, 0.10, 95), oklch(0.97, 0.015, 90), oklch(0.74, 0.12, 305))


def meadow(stage: Stage) -> None:
    random = stage.random("meadow")
    light, focus = stage.light, stage.focus
    low = light.name in LOW_SUN
    backdrop.orb(
        stage,
        focus,
        (390 if low else 225) + random.uniform(-35, 35),
        (98 if low else 84) * random.uniform(0.9, 1.15),
        rays=24 if light.name in ("day", "golden") else 0,
    )
    backdrop.sky(stage)
    backdrop.clouds(stage, random.choice((3, 4, 5, 6)), 50, 280)
    backdrop.mountains(
        stage, "range", 0.15, 690, random.uniform(220, 360), random.choice((5, 6, 7)), 0.74, snow=not light.dark
    )
    _far_hill(stage)
    path = _cottage_hill(stage)
    stage.mist(680, 900, 0.38, 0.4)
    path = _near_hill(stage, path)
    stage.pool(960, 700, 900, 330, 0.30)
    _floor(stage, path)
    framing.branches(stage, 0.42)
    framing.grasses(stage, 0.42)


def _far_hill(stage: Stage) -> None:
    random = stage.random("far hill")
    edge = ridge(stage, "far hill", 668, 46, 360, shape=valley(stage.focus, random.uniform(50, 110)))
    needles, bark = stage.color("fir", 0.5), stage.color("trunk", 0.5)
    woods = random.uniform(0.35, 0.95)  # how much of the hill is wooded

    def tree(x: float, y: float) -> str:
        return trees.fir(x, y, random.uniform(40, 90), needles, bark, random) if random.random() < woods else ""

    stage.add("far hill", 0.22, along(edge, 28, random, tree) + land(stage, edge, stage.color("meadow-grass", 0.56)))


def _cottage_hill(stage: Stage) -> Road:
    """A cottage beside the path, on either hand, near or far."""
    random, focus = stage.random("cottage hill"), stage.focus
    edge = ridge(stage, "cottage hill", 742, 44, 520, shape=valley(focus, random.uniform(80, 150)))
    side = random.choice((-1, 1)) if abs(focus - 960) < 320 else 1 if focus < 960 else random.choice((-1, -1, 1))
    x, size = focus + side * random.uniform(210, 430), random.uniform(95, 150)
    bark = stage.color("trunk", 0.3)

    def tree(at: float, y: float) -> str:
        if abs(at - focus) < 150 or abs(at - x) < size:
            return ""
        leaves = stage.color(random.choice(("leaf", "deep-leaf", "young-leaf")), 0.30)
        draw = random.choice((trees.round_tree, trees.round_tree, trees.poplar))
        return draw(at, y, random.uniform(100, 190), leaves, bark, random)

    drawn = along(edge, random.choice((7, 9, 11)), random, tree)
    drawn += _dwelling(stage, x, edge.at(x) + 8, size, side)
    drawn += land(stage, edge, stage.color("grass", 0.32), mist=0.36)
    road = Road(edge.at(focus) - 14, focus, focus - side * 150, 20, 66, 960, 40 * side)
    stage.add("cottage hill", 0.32, drawn + road.drawn_on(edge, stage.color("path", 0.24)))
    return road


def _dwelling(stage: Stage, x: float, y: float, size: float, side: int) -> str:
    """A cottage with a smoking chimney, or a windmill."""
    random, wall, roof = stage.random("dwelling"), stage.color("wall", 0.26), stage.color("roof", 0.22)
    if stage.holds("windmill", "mill") or random.random() < 0.3:
        return landmarks.windmill(x, y, size * 1.7, wall, roof, stage.color("wood", 0.2), random)
    house = buildings.house(x, y, size, wall, roof, random, stage.lamp, flip=side < 0)
    return house + buildings.smoke(x + size * 0.25, y - size * 1.28, size * 0.13)


def _near_hill(stage: Stage, path: Road) -> Road:
    """A hill with bushes and the big tree, away from the sun."""
    random, focus = stage.random("near hill"), stage.focus
    edge = ridge(stage, "near hill", 812, 30, 600, shape=valley(focus, random.uniform(70, 120)))
    away = 1 if focus < 960 else -1
    x = 960 + random.choice((away, away, -away)) * random.uniform(700, 900)
    side = 1 if x > 960 else -1
    blossoming = stage.light.name == "dawn" and not stage.season
    crown = stage.color(oklch(0.80, 0.11, 5) if blossoming else "leaf", 0.10)
    big = trees.round_tree(x, edge.at(x) + 20, random.uniform(360, 500), crown, stage.color("trunk", 0.1), random)

    def bush(at: float, y: float) -> str:
        tone = stage.color(random.choice(("leaf", "deep-leaf")), 0.16)
        return trees.bush(at, y + 4, random.uniform(80, 190), random.uniform(34, 70), tone, random)

    color = stage.color("grass", 0.14)
    start = path.at(edge.at(focus))[0]
    road = Road(edge.at(start) - 14, start, start + side * random.uniform(140, 260), 60, 190, 1010, -46 * side)
    drawn = along(edge, random.choice((6, 9, 12)), random, bush) + big + land(stage, edge, color, mist=0.22)
    drawn += road.drawn_on(edge, stage.color("path", 0.10)) + grass(edge, 70, random, 20, 120, color, (10, 20), road)
    stage.add("near hill", 0.42, drawn)
    return road


def _floor(stage: Stage, path: Road) -> None:
    random, focus = stage.random("floor"), stage.focus
    edge = floor(stage, ridge(stage, "floor", 872, 18, 760, shape=valley(focus, 40, 900)))
    color, start = stage.color("grass"), path.at(edge.at(focus))[0]
    side = 1 if start < 960 else -1  # towards the middle of the frame
    road = Road(edge.at(start) - 14, start, start + side * random.uniform(-60, 260), 140, 400, bend=70 * side)
    drawn = land(stage, edge, color, mist=-0.10) + road.drawn_on(edge, stage.color("path"))
    drawn += grass(edge, 120, random, 14, 230, color, road=road)
    if stage.snowy:
        drawn += _drifts(stage, edge, road)
    else:
        few = [stage.color(petals) for petals in random.sample(PETALS, 3)]
        drawn += flowers(edge, random.choice((40, 60, 80)), random, 26, 230, stage.color("deep-leaf"), few, road=road)
    stage.add("floor", 0.6, drawn)


def _drifts(stage: Stage, edge: Ridge, road: Road) -> str:
    random, snow = stage.random("drifts"), stage.color("snow")

    def drift(x: float, y: float) -> str:
        return trees.bush(x, y, random.uniform(60, 150), random.uniform(8, 18), snow.lighten(-0.015), random)

    return strewn(edge, 9, random, 30, 200, drift, road)

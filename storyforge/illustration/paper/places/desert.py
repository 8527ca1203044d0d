"""Dunes with cactuses; pyramids, table mountains or an oasis far off."""

from __future__ import annotations

from storyforge.illustration.paper import backdrop, framing
from storyforge.illustration.paper.color import oklch
from storyforge.illustration.paper.cut import cut
from storyforge.illustration.paper.elements import plants, stones, trees
from storyforge.illustration.paper.elements.marks import fill
from storyforge.illustration.paper.elements.water import ripple
from storyforge.illustration.paper.geometry import ellipse, polygon
from storyforge.illustration.paper.stage import BOTTOM, LEFT, RIGHT, Shadow, Stage
from storyforge.illustration.paper.terrain import along, floor, land, ridge

# height of the edge, distance and depth of the dunes
DUNES = ((640, 0.72, 0.14), (720, 0.50, 0.24), (800, 0.28, 0.36))


def desert(stage: Stage) -> None:
    random = stage.random("desert")
    backdrop.orb(stage, stage.focus, random.uniform(260, 350), random.uniform(100, 130))
    backdrop.sky(stage)
    backdrop.clouds(stage, random.choice((0, 1, 2)), 60, 220)
    _landmark(stage)
    for i in range(len(DUNES)):
        _dune(stage, i)
    if stage.holds("oasis", "palm", "water") or random.random() < 0.35:
        _oasis(stage)
    stage.mist(640, 860, 0.4, 0.4)
    stage.pool()
    _sand(stage)
    _frame(stage)


def _dune(stage: Stage, i: int) -> None:
    base, distance, depth = DUNES[i]
    random, edge = stage.random("dune", i), ridge(stage, f"dune {i}", base, 56, 430)
    leaves = stage.color("deep-leaf", distance)

    def cactus(x: float, y: float) -> str:
        return plants.cactus(x, y + 8, random.uniform(60, 130) * (1 + 0.3 * i), leaves, random)

    growth = along(edge, random.randrange(2, 7), random, cactus) if i else ""
    stage.add(f"dune {i}", depth, growth + land(stage, edge, stage.color("sand", distance, lighter=-0.03 * i)))


def _landmark(stage: Stage) -> None:
    """Pyramids or table mountains on the horizon."""
    random, drawn = stage.random("landmark"), ""
    x = stage.aside(random.uniform(480, 820))
    if random.random() < 0.5:
        for width, height in ((360, 225), (230, 145), (170, 105))[: random.choice((2, 3))]:
            light, shade = stage.color(oklch(0.78, 0.08, 75), 0.62), stage.color(oklch(0.62, 0.09, 60), 0.62)
            drawn += cut(polygon([(x - width / 2, 670), (x, 650 - height), (x + width / 2, 670)]), light, 2, 6)
            drawn += fill(polygon([(x, 650 - height), (x + width / 2, 670), (x + width * 0.12, 670)]), shade)
            x += random.choice((-1, 1)) * width * 0.72
    else:
        for _ in range(random.choice((2, 3))):
            stone = stage.color("sandstone", 0.58)
            drawn += stones.mesa(x, 680, random.uniform(300, 520), random.uniform(150, 260), stone, random)
            x += random.choice((-1, 1)) * random.uniform(300, 480)
    stage.add("landmark", 0.12, drawn)


def _oasis(stage: Stage) -> None:
    """A pool under palms."""
    random = stage.random("oasis")
    x = stage.aside(random.uniform(450, 700))
    leaves, bark, drawn = stage.color("deep-leaf", 0.14), stage.color("trunk", 0.16), ""
    for dx in (-150, 40, 170):
        drawn += trees.palm(x + dx, 846, random.uniform(190, 270), leaves, bark, random, random.uniform(-50, 50))
    pool = stage.color("water", 0.1)
    drawn += cut(ellipse(x, 856, 250, 26), pool, 2.2)
    for _ in range(5):
        drawn += ripple(x + random.uniform(-200, 120), random.uniform(846, 868), 70, pool.lighten(0.10), 3, 0.8)
    drawn += "".join(plants.tuft(x + side * 245, 866, 50, leaves, random, 7) for side in (-1, 1))
    stage.add("oasis", 0.42, drawn)


def _sand(stage: Stage) -> None:
    random, edge = stage.random("sand"), floor(stage, ridge(stage, "sand", 872, 18, 680), 46)
    sand, leaves = stage.color("sand"), stage.color("deep-leaf")
    drawn = land(stage, edge, sand, mist=-0.1, strata=3)
    for _ in range(14):
        drawn += ripple(
            random.uniform(LEFT, RIGHT), random.uniform(940, 1140), random.uniform(70, 150), sand.lighten(-0.05), 3
        )
    for side in (-1, 1):
        x = 960 + side * random.uniform(660, 780)
        rock = stage.color("sandstone")
        drawn += stones.rock(x, edge.at(x) + 40, random.uniform(120, 200), random.uniform(50, 90), rock, random)
        x = 960 + side * random.uniform(800, 880)
        drawn += plants.cactus(x, edge.at(x) + 30, random.uniform(160, 250), leaves, random)
    stage.add("sand", 0.6, drawn)


def _frame(stage: Stage) -> None:
    random, drawn = stage.random("frame"), ""
    rock, leaves = (
        stage.color("sandstone", lighter=-0.12, near=0.42),
        stage.color("deep-leaf", lighter=-0.08, near=0.42),
    )
    for side in (-1, 1):
        x = 960 + side * random.uniform(1040, 1100)
        drawn += stones.rock(x, BOTTOM + 40, random.uniform(380, 500), random.uniform(240, 360), rock, random)
        if random.random() < 0.75:
            drawn += plants.cactus(x - side * 100, BOTTOM + 30, random.uniform(400, 560), leaves, random)
    stage.add("frame", 0.97, drawn, shadow=Shadow(6, 8, 22, 0.4), blur=framing.BLUR, front=True)

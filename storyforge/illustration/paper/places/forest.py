"""Tall trunks one behind the other, a clearing with mushrooms and ferns, light from above."""

from __future__ import annotations

from storyforge.illustration.paper import backdrop, framing
from storyforge.illustration.paper.color import Color, oklch
from storyforge.illustration.paper.elements import heavens, plants, trees
from storyforge.illustration.paper.light import local_color
from storyforge.illustration.paper.stage import LEFT, RIGHT, TOP, Shadow, Stage
from storyforge.illustration.paper.terrain import Ridge, Road, along, floor, flowers, grass, land, ridge

# depth, distance, how many trunks, their width, where they stand, how far they keep from the light
ROWS = ((0.12, 0.80, 15, 26, 760, 150), (0.20, 0.60, 11, 40, 790, 205), (0.32, 0.38, 8, 58, 824, 300))


def forest(stage: Stage) -> None:
    random, light, focus = stage.random("forest"), stage.light, stage.focus
    stage.accent = oklch(0.80, 0.10, 300) if light.dark else oklch(0.80, 0.14, 60)
    height = random.uniform(250, 340)
    shafts = heavens.sun_shafts(focus, height, 1000, 9, light.key, random, 0.26, (40, 140))
    stage.add("far shafts", 0.04, shafts, raw=True, blur=5)
    backdrop.orb(stage, focus, height, 118 if light.dark else 90, full=True, covered=("storm", "rain", "fog"))
    backdrop.sky(stage, torn=False, stars_down_to=420)
    for i in range(len(ROWS)):
        _row(stage, i)
    shafts = heavens.sun_shafts(focus, height + 110, 760, 7, light.key, random, 0.30 if light.dark else 0.42, (50, 130))
    stage.add("shafts", 0.25, shafts, raw=True, blur=7)
    stage.pool(960, 740, 860, 320, 0.40)
    _clearing(stage)
    _frame(stage)


def _bark() -> Color:
    """Trunks in the green light of leaves."""
    return local_color("trunk").mix(local_color("deep-leaf"), 0.45)


def _row(stage: Stage, i: int) -> None:
    depth, distance, count, width, base, clear = ROWS[i]
    random, focus = stage.random("row", i), stage.focus
    bark, drawn = stage.color(_bark(), distance), ""
    for k in range(count + random.choice((-2, 0, 1))):
        x = LEFT + (RIGHT - LEFT) * (k + random.uniform(0.15, 0.85)) / count
        if abs(x - focus) < clear:
            x = focus + (clear + random.uniform(0, 60)) * (1 if x > focus else -1)
        tone = bark.lighten(random.uniform(-0.015, 0.015))
        drawn += trees.trunk(x, TOP - 50, base + 20, width * random.uniform(0.65, 1.4), tone, random, knot=i > 1)
    drawn += _canopy(stage, i, distance)
    edge = ridge(stage, f"row {i}", base, 16, 260)
    drawn += land(stage, edge, stage.color("deep-leaf", distance), mist=0.55, strata=1)
    leaves = stage.color("deep-leaf", distance * 0.92)
    drawn += along(
        edge,
        8,
        random,
        lambda x, y: trees.bush(x, y + 4, random.uniform(80, 200), random.uniform(28, 74), leaves, random),
    )
    stage.add(f"trees {i}", depth, drawn)
    stage.mist(base - 210, base + 60, 0.42 - 0.06 * i, depth + 0.01)


def _canopy(stage: Stage, i: int, distance: float) -> str:
    random, leaves = stage.random("canopy", i), stage.color("deep-leaf" if i else "leaf", distance * 0.95)
    drawn = ""
    for k in range(11):
        x = LEFT + (RIGHT - LEFT) * (k + random.uniform(0.2, 0.8)) / 11
        aside = min(1.0, abs(x - stage.focus) / 900)  # leaves part about the light
        tone = leaves.lighten(random.uniform(-0.02, 0.02))
        y = TOP - 20 + random.uniform(-20, 40) + 120 * aside
        drawn += trees.canopy(x, y, random.uniform(150, 230), random.uniform(100, 150) + 30 * aside, tone, random)
    return drawn


def _clearing(stage: Stage) -> None:
    random, dark = stage.random("clearing"), stage.light.dark
    edge = floor(stage, ridge(stage, "clearing", 872, 18, 520))
    color = stage.color("deep-leaf", 0.10, lighter=0.03)
    drawn = ""
    for side in (-1, 1):
        x = 960 + side * random.uniform(700, 930)
        drawn += trees.trunk(x, TOP - 70, edge.at(x) + 40, random.uniform(80, 120), stage.color(_bark(), 0.12), random)
    path = Road(edge.at(stage.focus) - 14, stage.focus, stage.focus + random.uniform(-260, 260), 120, 420)
    drawn += land(stage, edge, color, mist=-0.08)
    drawn += path.drawn_on(edge, stage.color(oklch(0.74, 0.05, 110), 0.10))
    drawn += grass(edge, 110, random, 10, 220, color.lighten(0.02), (18, 40), path)
    if not stage.snowy:
        petals = [stage.color(oklch(*c)) for c in ((0.86, 0.09, 300), (0.92, 0.05, 100), (0.82, 0.10, 220))]
        drawn += flowers(edge, 26, random, 20, 220, stage.color("deep-leaf", lighter=0.05), petals, (28, 46), path)
    stage.add("clearing", 0.6, drawn + _undergrowth(stage, edge, path, dark))


def _undergrowth(stage: Stage, edge: Ridge, path: Road, dark: bool) -> str:
    """Ferns, mushrooms that glow by night, a stump."""
    random = stage.random("undergrowth")
    caps = stage.color(oklch(0.80, 0.13, 185) if dark else oklch(0.66, 0.17, 28))
    shine = oklch(0.85, 0.12, 180) if dark else None
    drawn = ""
    for _ in range(8):
        x = random.uniform(40, 1880)
        y = edge.at(x) + random.uniform(14, 60)
        fronds = (-130, -95, -60) if not path.covers(x, y) else ()
        for angle in fronds:
            tone = stage.color("deep-leaf", 0.05, lighter=0.05).lighten(random.uniform(-0.02, 0.03))
            drawn += plants.fern(x, y, random.uniform(80, 130), angle, tone, random, 8)
    for _ in range(0 if stage.snowy else 3):
        x = random.uniform(120, 1800)
        for _ in range(random.choice((1, 2, 3))):
            x += random.uniform(44, 66)
            y = edge.at(x) + random.uniform(14, 60)
            drawn += plants.mushroom(x, y, random.uniform(34, 76), caps, stage.color("wall"), shine)
    if random.random() < 0.6:
        x = 960 + random.choice((-1, 1)) * random.uniform(480, 700)
        drawn += trees.stump(
            x, edge.at(x) + 36, random.uniform(90, 130), stage.color(_bark(), 0.05), stage.color("wood", 0.1)
        )
    return drawn


def _frame(stage: Stage) -> None:
    random = stage.random("frame")
    bark, leaves = stage.color(_bark(), lighter=-0.06, near=0.62), stage.color("deep-leaf", lighter=-0.08, near=0.6)
    drawn = ""
    for x in (LEFT + random.uniform(60, 130), RIGHT - random.uniform(40, 110)):
        drawn += trees.trunk(x, TOP - 70, 1240, random.uniform(130, 190), bark, random)
    for k in range(9):
        x = LEFT + (RIGHT - LEFT) * (k + 0.5) / 9
        drawn += trees.canopy(x, TOP - 20, 190, random.uniform(60, 120), leaves, random)
    stage.add("frame", 0.95, drawn, shadow=Shadow(8, 14, 26, 0.42), blur=framing.BLUR, front=True)
    framing.branches(stage, 0.6)
    framing.ferns(stage, 0.6)

"""A fall over a cliff: in summer into a pond with reeds, in winter turned to ice."""

from __future__ import annotations

from storyforge.illustration.paper import framing
from storyforge.illustration.paper.cut import cut
from storyforge.illustration.paper.elements import heavens, plants, stones, trees, water
from storyforge.illustration.paper.elements.marks import fill
from storyforge.illustration.paper.geometry import ellipse, polygon, smooth
from storyforge.illustration.paper.places.mountain import firs_and_ice, high_sky, ice_frame, peaks, snow_floor
from storyforge.illustration.paper.stage import Stage
from storyforge.illustration.paper.terrain import along, floor, flowers, grass, land, ridge


def waterfall(stage: Stage) -> None:
    """Water in summer, with grass on its banks; ice in winter or if the story says so."""
    frozen = stage.snowy or stage.light.name.startswith("ice") or stage.holds("ice", "frozen", "icicles")
    high_sky(stage)
    peaks(stage, "far peaks", 0.14, 800, 0.70, 5, (300, 450), (520, 700))
    stage.mist(480, 800, 0.5, 0.16)
    _cliff(stage, frozen)
    stage.mist(660, 920, 0.40, 0.34)
    if frozen:
        firs_and_ice(stage)
        stage.pool(960, 740, 900, 340, 0.40)
        snow_floor(stage, crystals=1)
        ice_frame(stage)
    else:
        _pond(stage)
        stage.pool(960, 740, 900, 340, 0.36)
        _bank(stage)
        framing.branches(stage, 0.5)
        framing.ferns(stage, 0.5)
        framing.grasses(stage, 0.5, 40)


def _cliff(stage: Stage, frozen: bool) -> None:
    """A broad cliff with the fall over its lip, and snow or grass on top."""
    random, x = stage.random("cliff"), stage.focus
    rock = stage.color("ice-rock" if frozen else "rock", 0.20, lighter=-0.10)
    top, width = random.uniform(250, 340), random.uniform(250, 350)
    left = [(-560, 920), (-500, 690), (-400, 520), (-320, top + 60), (-200, top)]
    right = [(210, top - 10), (320, top + 60), (390, 540), (470, 700), (540, 920)]
    drawn = cut(polygon([(x + u, v) for u, v in (*left, *right)]), rock, 2.4, 12)
    drawn += fill(polygon([(x + u, v) for u, v in (*right[1:], (260, 920), (240, 480))]), rock.shade(0.07), 0.6)
    lip = [(-350, 74), (-240, -14), (0, -40), (230, -22), (350, 74), (220, 40), (0, 20), (-220, 42)]
    crown = stage.color("snow" if frozen else "grass", 0.1)
    drawn += cut(smooth([(x + u, top + v) for u, v in lip]), crown, 2, 6)
    stream, white = (
        stage.color("ice" if frozen else "water", 0.05, lighter=0.10 if stage.light.dark else 0.03),
        stage.color("foam"),
    )
    drawn += water.falls(x, top + 10, 890, width, stream, white, random, frozen)
    drawn += heavens.billow(x, 904, width * 0.86, 58, stage.color("snow"), random)
    stage.add("cliff", 0.30, drawn + ("" if frozen else _shrubs(stage, x, top)))


def _shrubs(stage: Stage, x: float, top: float) -> str:
    """Bushes that hang from the cliff."""
    random, drawn = stage.random("shrubs"), ""
    for _ in range(9):
        side, down = random.choice((-1, 1)), random.random()
        at = x + side * (260 + 190 * down + random.uniform(-30, 10)), top + 60 + 480 * down
        leaves = stage.color(random.choice(("leaf", "deep-leaf", "young-leaf")), 0.22)
        drawn += trees.bush(*at, random.uniform(80, 150), random.uniform(36, 60), leaves, random)
    return drawn


def _pond(stage: Stage) -> None:
    """Where the water gathers, and trees beside it."""
    random, edge = stage.random("pond"), ridge(stage, "pond", 850, 16, 430)
    bark, drawn = stage.color("trunk", 0.16), ""

    def tree(x: float, y: float) -> str:
        if abs(x - stage.focus) < 420:
            return ""
        leaves = stage.color(random.choice(("leaf", "deep-leaf", "young-leaf")), 0.16)
        draw = random.choice((trees.round_tree, trees.round_tree, trees.poplar))
        return draw(x, y + 6, random.uniform(190, 330), leaves, bark, random)

    drawn += along(edge, random.randrange(7, 12), random, tree) + land(
        stage, edge, stage.color("grass", 0.14), mist=0.2
    )
    water_color = stage.color("water", 0.08)
    drawn += cut(ellipse(stage.focus, 896, random.uniform(420, 560), 44), water_color, 2.2)
    for _ in range(12):
        x = stage.focus + random.uniform(-420, 330)
        drawn += water.ripple(x, random.uniform(876, 920), random.uniform(50, 110), stage.color("foam", 0.2), 3, 0.8)
    stage.add("pond", 0.40, drawn)


def _bank(stage: Stage) -> None:
    """The near bank, with reeds, stones and flowers."""
    random, edge = stage.random("bank"), floor(stage, ridge(stage, "bank", 900, 14, 620), 40)
    color = stage.color("grass")
    drawn = land(stage, edge, color, mist=-0.10) + grass(edge, 100, random, 14, 200, color)
    for side in (-1, 1):
        x = 960 + side * random.uniform(660, 860)
        drawn += stones.rock(
            x, edge.at(x) + 40, random.uniform(120, 220), random.uniform(56, 100), stage.color("rock"), random
        )
        x = 960 + side * random.uniform(520, 900)
        cane = stage.color("trunk")
        drawn += plants.reeds(x, edge.at(x) + 24, random.uniform(130, 190), stage.color("deep-leaf"), cane, random)
    petals = [stage.color(name) for name in ("white", "yellow", "pink")]
    drawn += flowers(edge, 30, random, 20, 200, stage.color("deep-leaf"), petals, (28, 50))
    stage.add("bank", 0.6, drawn)

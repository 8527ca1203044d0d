"""An overgrown temple: broken columns, an aqueduct far off, a stone gate with or without a portal, paving."""

from __future__ import annotations

from storyforge.illustration.paper import backdrop, framing
from storyforge.illustration.paper.color import Color, oklch
from storyforge.illustration.paper.cut import cut, glow
from storyforge.illustration.paper.elements import magic, party, plants, stones, temples, trees
from storyforge.illustration.paper.elements.marks import fill
from storyforge.illustration.paper.geometry import ellipse, rounded_rect, smooth, star
from storyforge.illustration.paper.stage import LEFT, NO_SHADOW, Shadow, Stage
from storyforge.illustration.paper.terrain import along, floor, flowers, grass, land, ridge

ROWS = (902, 936, 982, 1044, 1126, 1230)  # upper edges of the rows of paving


def ruins(stage: Stage) -> None:
    random, sky = stage.random("ruins"), stage.light.sky
    backdrop.orb(stage, stage.aside(random.uniform(480, 680)), random.uniform(190, 260), 78)
    backdrop.sky(stage)
    backdrop.clouds(stage, 4, 90, 330, color=sky[2].lighten(0.02) if stage.light.dark else None)
    backdrop.mountains(stage, "range", 0.14, 760, random.uniform(260, 360), 6, 0.74, widths=(420, 640))
    stage.mist(520, 820, 0.5, 0.15)
    _aqueduct(stage)
    stage.mist(520, 860, 0.5, 0.22)
    _columns(stage)
    stage.mist(680, 900, 0.32, 0.34)
    gate = stage.focus if abs(stage.focus - 960) > 60 else 1000.0
    _gate(stage, gate)
    stage.pool(gate + (240 if gate < 960 else -240), 740, 800, 340, 0.42, _shine(stage))
    _paving(stage, gate)
    _frame(stage)


def _shine(stage: Stage) -> Color | None:
    """The light of the portal, if there is one."""
    return magic.PORTAL[1].lighten(0.06) if stage.holds("portal") else None


def _aqueduct(stage: Stage) -> None:
    random, color = stage.random("aqueduct"), stage.color("stone", 0.60)
    span, top = random.uniform(290, 380), random.uniform(400, 470)
    gap = random.randrange(0, 8)  # where it has fallen
    piers = (
        temples.aqueduct_pier(LEFT + 40 + i * span, top, 870, span + 2, color.lighten(random.uniform(-0.01, 0.01)))
        for i in range(8)
        if i != gap
    )
    stage.add("aqueduct", 0.2, "".join(piers))


def _columns(stage: Stage) -> None:
    random, stone = stage.random("columns"), stage.color("stone", 0.30)
    edge = ridge(stage, "columns", 838, 20, 360)
    drawn = ""
    for side in (-1, 1):
        x = 960 + side * random.uniform(940, 1000)
        for _ in range(random.choice((2, 3, 4))):
            broken = random.random() < 0.5
            height = random.uniform(220, 340) if broken else random.uniform(400, 470)
            if abs(x - stage.focus) > 260:
                drawn += temples.column(x, edge.at(x) + 14, random.uniform(50, 62), height, stone, random, broken)
            x -= side * random.uniform(130, 190)
    leaves = stage.color("deep-leaf", 0.28)
    drawn += along(
        edge,
        10,
        random,
        lambda x, y: trees.bush(x, y + 6, random.uniform(100, 210), random.uniform(36, 84), leaves, random),
    )
    stage.add("columns", 0.32, drawn + land(stage, edge, stage.color("deep-leaf", 0.24), mist=0.3))


def _gate(stage: Stage, x: float) -> None:
    """Three steps and an arch with runes and ivy."""
    random, stone = stage.random("gate"), stage.color("stone", 0.04)
    steps = ""
    for i in range(3):
        width = 560 - 80 * i
        steps += cut(rounded_rect(x - width / 2, 882 - i * 34, width, 46, 6), stone.lighten(-0.03 + 0.02 * i), 2, 7)
    rune = stone.lighten(-0.12)
    if stage.holds("portal"):
        rune = magic.PORTAL[2]
        light = glow(x, 560, 620, magic.PORTAL[1], 0.55) + magic.portal(x, 570, 168, 236, random)
        stage.add("portal", 0.44, light, shadow=NO_SHADOW, grain=60)
    elif stage.light.dark:
        rune = oklch(0.90, 0.10, 185)
        stage.add("gate light", 0.44, glow(x, 620, 420, oklch(0.85, 0.10, 185), 0.5), raw=True)
    drawn = steps + temples.arch(x, 816, 336, 520, 72, stone, random)
    for side in (-1, 1):
        for k in range(4):
            at = x + side * 204, 700 - k * 78
            drawn += fill(star(*at, 10, 5, 4) if k % 2 else ellipse(*at, 8), rune, 0.9)
    side = random.choice((-1, 1))
    climb = [(-240, 810), (-180, 640), (-236, 480), (-170, 360), (-60, 284)]
    ivy = [(x + side * u, v) for u, v in climb[: random.choice((3, 4, 5))]]
    stage.add("gate", 0.46, drawn + plants.vine(ivy, 6, stage.color("deep-leaf", lighter=0.05), random))


def _paving(stage: Stage, gate: float) -> None:
    """Rows of worn slabs with grass between them; lanterns by night."""
    random, edge = stage.random("paving"), floor(stage, ridge(stage, "paving", 888, 8, 600))
    stone, drawn = stage.color("stone"), land(stage, edge, stage.color("paving"), mist=-0.10, strata=0)
    for i in range(5):
        count, wide = 13 - i, 190 + 46 * i
        for k in range(count + 1):
            x = 960 + (k - count / 2 + (0.5 if i % 2 else 0)) * wide
            if random.random() < 0.93:
                drawn += _slab(x, ROWS[i], ROWS[i + 1], wide - 10, stone.lighten(random.uniform(-0.06, 0.03)))
    if stage.holds("portal"):
        drawn += glow(gate, 930, 520, magic.PORTAL[2], 0.42, 120)
    leaf = stage.color("deep-leaf", 0.08, lighter=0.05)
    drawn += grass(edge, 60, random, 14, 190, leaf)
    if not stage.snowy:
        petals = [stage.color(oklch(0.84, 0.11, 330)), stage.color(oklch(0.90, 0.09, 190))]
        drawn += flowers(edge, 18, random, 16, 190, leaf, petals, (26, 44))
    for _ in range(random.choice((2, 3, 4))):
        x = 960 + random.choice((-1, 1)) * random.uniform(600, 900)
        rubble = stage.color("old-stone")
        drawn += stones.rock(x, edge.at(x) + 50, random.uniform(90, 170), random.uniform(46, 90), rubble, random)
    stage.add("paving", 0.6, drawn + (_lanterns(stage, gate) if stage.light.dark else ""))


def _slab(x: float, top: float, foot: float, width: float, color: Color) -> str:
    slant = (x - 960) * 0.03
    corners = [(-0.5, top + 5, 0), (0.5, top + 5, 0), (0.52, foot - 4, slant), (-0.52, foot - 4, slant)]
    return cut(smooth([(x + u * width + dx, y, "corner") for u, y, dx in corners]), color, 2)


def _lanterns(stage: Stage, gate: float) -> str:
    """Small lamps on the ground: warm points in a cool night."""
    random, drawn = stage.random("lanterns"), ""
    for side in (-1, 1):
        x = gate + side * random.uniform(310, 350)
        frame = stage.color("dark-wood")
        drawn += party.lantern(
            x, 880, random.uniform(24, 30), stage.color("lamp").mix(oklch(0.9, 0.14, 80), 0.7), frame
        )
    return drawn


def _frame(stage: Stage) -> None:
    random = stage.random("frame")
    stone, leaves = (
        stage.color("old-stone", lighter=-0.04, near=0.36),
        stage.color("deep-leaf", lighter=-0.04, near=0.3),
    )
    tall = random.choice((-1, 1))
    drawn = ""
    for side, height in ((tall, 1120.0), (-tall, random.uniform(420, 700))):
        x = 960 + side * random.uniform(965, 1010)
        width = random.uniform(170, 200)
        drawn += temples.column(x, 1230, width, height, stone, random, broken=True)
        creeper = [
            (x - width * 0.5, 1190),
            (x + width * 0.4, 1230 - height * 0.28),
            (x - width * 0.42, 1230 - height * 0.52),
        ]
        drawn += plants.vine([*creeper, (x + width * 0.3, 1230 - height * 0.78)], 9, leaves, random, 48)
    stage.add("frame", 0.96, drawn, shadow=Shadow(8, 10, 26, 0.42), blur=framing.BLUR, front=True)
    framing.branches(stage, 0.55)
    framing.ferns(stage, 0.55)

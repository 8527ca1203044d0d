"""A snug room under the earth: a window, a fire, shelves and a rug, seen through the burrow's mouth."""

from __future__ import annotations

import math

from storyforge.illustration.paper.backdrop import CANVAS
from storyforge.illustration.paper.color import Color, oklch
from storyforge.illustration.paper.cut import cut, radial_gradient
from storyforge.illustration.paper.elements import party, plants, room
from storyforge.illustration.paper.elements.marks import fill, stroke
from storyforge.illustration.paper.elements.openings import opening, opening_path
from storyforge.illustration.paper.geometry import blob, noise, ribbon
from storyforge.illustration.paper.light import local_color
from storyforge.illustration.paper.stage import LEFT, NO_SHADOW, RIGHT, TOP, Shadow, Stage
from storyforge.illustration.paper.terrain import land, ridge

PAINTS = ("red", "teal", "blue", "green", "violet", "orange")


def home(stage: Stage) -> None:
    random = stage.random("home")
    hearth = stage.focus if abs(stage.focus - 960) > 150 else 960 + random.choice((-1, 1)) * 400
    hearth += (40 if hearth > 960 else -40) + random.uniform(-30, 30)
    _wall(stage, hearth)
    _furnished_wall(stage, hearth)
    _lights(stage)
    stage.pool(960, 700, 840, 330, 0.42, oklch(0.92, 0.12, 82))
    _floor(stage, hearth)
    for i, (size, depth, lightness, blur) in enumerate(
        ((1.0, 0.80, 0.34, 0), (1.13, 0.90, 0.25, 1.0), (1.27, 0.97, 0.17, 1.6))
    ):
        _earth(stage, i, size, depth, lightness, blur)


def _wall(stage: Stage, hearth: float) -> None:
    """Plaster in the light of the fire."""
    random = stage.random("wall")
    plaster = stage.color(local_color("plaster").rotate(random.choice((0, 0, -30, 90, 160))))
    stops = [(0, plaster.lighten(0.09)), (0.5, plaster.lighten(-0.03)), (1, plaster.lighten(-0.22))]
    paint, drawn = radial_gradient(stops, round(0.5 * (hearth + 960)), 520, 1080, True)
    drawn += fill(CANVAS, paint)
    for _ in range(40):
        at = random.uniform(200, 1720), random.uniform(60, 700)
        spot = blob(*at, random.uniform(5, 16), random.uniform(4, 10), random, 7)
        drawn += fill(spot, plaster.lighten(random.uniform(-0.05, 0.06)), 0.45)
    stage.add("wall", 0, drawn, shadow=NO_SHADOW)
    stage.sun = (960, 330)


def _furnished_wall(stage: Stage, hearth: float) -> None:
    """Window, fireplace and shelf: which hangs where follows the free third."""
    random, side = stage.random("furniture"), 1 if hearth > 960 else -1
    wood, stone = stage.color("dark-wood"), stage.color(oklch(0.64, 0.035, 65))
    curtain = stage.color(random.choice(("red", "red", "teal", "green", "violet")))
    pane = 960 - side * random.uniform(300, 420)
    drawn = room.window(pane, random.uniform(340, 375), random.uniform(135, 165), stage.light, curtain, wood, random)
    drawn += room.fireplace(hearth, 820, stone, wood.lighten(0.03), random) + _mantelpiece(stage, hearth)
    shelf = (pane + hearth) / 2 + side * 20
    drawn += room.shelf(shelf, 330, 290, wood) + _on_the_shelf(stage, shelf)
    drawn += room.framed_picture(shelf + random.uniform(-40, 40), 480, random.uniform(-5, 5), random)
    stage.add("room", 0.2, drawn)


def _mantelpiece(stage: Stage, x: float) -> str:
    random = stage.random("mantelpiece")
    spines = [stage.color(name) for name in random.sample(PAINTS, 4)]
    drawn = room.books(x - 196, 398, spines, random) + room.vase(
        x + 54, 398, stage.color(random.choice(PAINTS)), random
    )
    return drawn + room.clock(x + 170, 354, random.uniform(34, 42))


def _on_the_shelf(stage: Stage, x: float) -> str:
    """Jars or books."""
    random = stage.random("shelf")
    if random.random() < 0.4:
        return room.books(x - 120, 330, [stage.color(name) for name in random.sample(PAINTS, 5)], random)
    colors = [stage.color(name, lighter=0.06) for name in random.sample(PAINTS, 4)]
    return "".join(room.jar(x - 100 + i * 66, 330, random.uniform(50, 84), color) for i, color in enumerate(colors))


def _lights(stage: Stage) -> None:
    random, wire = stage.random("lights"), oklch(0.36, 0.06, 45)
    lamp = local_color("lamp")
    drawn = party.string_lights(
        (240, random.uniform(90, 130), 1720, random.uniform(80, 110)), random.uniform(70, 100), lamp, 13, wire
    )
    drawn += party.lantern(random.uniform(900, 1040), random.uniform(215, 260), 54, lamp, wire, TOP)
    stage.add("lights", 0.35, drawn, shadow=Shadow(4, 12, 14, 0.3), grain=60)


def _floor(stage: Stage, hearth: float) -> None:
    """Boards, a rug, and something to sit on or to eat."""
    random, edge = stage.random("floor"), ridge(stage, "floor", 846, 6, 500)
    stage.ground = lambda x: 938.0
    wood = stage.color("wood")
    drawn = land(stage, edge, wood, mist=-0.04, strata=0)
    for i in range(6):
        y = 870 + i * i * 9 + i * 18
        drawn += stroke(f"M{LEFT} {y}Q960 {y - 8} {RIGHT} {y}", wood.lighten(-0.06), 3 + i * 0.6)
    for i in range(15):
        x = -1360 + i * 200
        drawn += stroke(f"M{960 + x * 0.72:.0f} 850L{960 + x * 1.5:.0f} 1180", wood.lighten(-0.045), 3)
    warm, cool = (
        stage.color(random.choice(("red", "orange", "violet"))),
        stage.color(random.choice(("teal", "blue", "green"))),
    )
    rings = (warm.lighten(-0.08), stage.color("cream"), cool, stage.color("cream"), warm.lighten(-0.05))
    drawn += room.rug(960, 966, random.uniform(540, 640), 112, rings) + _corners(stage, hearth)
    stage.add("floor", 0.6, drawn)


def _corners(stage: Stage, hearth: float) -> str:
    """A toadstool or an armchair on one side, apples on the other; a bed if the story asks for one."""
    random, side = stage.random("corners"), 1 if hearth > 960 else -1
    near, far = 960 + side * random.uniform(680, 730), 960 - side * random.uniform(640, 700)
    fruit = [stage.color(name) for name in random.sample(("red", "orange", "yellow", "green", "red"), 3)]
    drawn = room.basket(near, 962, stage.color(oklch(0.66, 0.09, 70)), fruit)
    if stage.holds("bed", "bedroom"):
        return drawn + room.bed(
            960 - side * 480,
            930,
            460,
            stage.color("dark-wood"),
            stage.color(random.choice(PAINTS)),
            stage.color("white"),
        )
    if random.random() < 0.45:
        return drawn + room.armchair(far, 934, 230, stage.color(random.choice(PAINTS)))
    return drawn + plants.mushroom(far, 930, random.uniform(130, 165), stage.color("red"), stage.color("cream"))


def _earth(stage: Stage, i: int, size: float, depth: float, lightness: float, blur: float) -> None:
    """One sheet of the burrow's mouth, with roots that hang from it and toadstools at its foot."""
    random, ragged, rim = stage.random("earth", i), noise(stage.seed, "earth", i), []
    for j in range(18):
        angle, reach = 2 * math.pi * j / 18, size * (1 + 0.05 * ragged(j * 1.1 + i * 5))
        across = 920 * reach * math.cos(angle) * (1 + 0.06 * abs(math.cos(angle)))
        rim.append((960 + across, 510 + (560 if math.sin(angle) < 0 else 640) * reach * math.sin(angle)))
    color: Color = oklch(lightness, 0.055, 46 - i * 8)
    ceiling, drawn = [p for p in opening_path(rim) if p[1] < 330], ""
    for _ in range(6 - i):
        x, y = random.choice(ceiling)
        length, sway = random.uniform(70, 160), random.uniform(-30, 30)
        root = [(x, y - 60), (x + sway * 0.3, y), (x + sway * 0.6, y + length * 0.5), (x + sway, y + length)]
        drawn += cut(ribbon(root, [26, 20, 10, 2], tip="point"), color.lighten(0.025), 1.8)
    drawn += opening(rim, color)
    if i == 1:
        for foot, side in ((60, 1), (1850, -1)):
            for k in range(random.choice((1, 2, 3))):
                x, y, height = foot + side * k * 78, 1010 + k * 44, 114 - k * 34
                drawn += plants.mushroom(x, y, height, oklch(0.56, 0.13, 30), oklch(0.74, 0.05, 80))
    stage.add(f"earth {i}", depth, drawn, shadow=Shadow(0, 8, 28, 0.5), blur=blur, front=True)

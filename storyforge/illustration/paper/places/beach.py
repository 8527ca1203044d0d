"""A shore: waves, islands, a boat if there is one, a palm or dunes with beach grass."""

from __future__ import annotations

from storyforge.illustration.paper import backdrop, framing
from storyforge.illustration.paper.color import oklch
from storyforge.illustration.paper.cut import cut
from storyforge.illustration.paper.elements import heavens, landmarks, plants, stones, trees, undersea, water
from storyforge.illustration.paper.geometry import smooth, star
from storyforge.illustration.paper.light import local_color
from storyforge.illustration.paper.motions import BIRDS
from storyforge.illustration.paper.stage import BOTTOM, LEFT, RIGHT, Shadow, Stage
from storyforge.illustration.paper.terrain import floor, land, ridge, strewn

# y, height, length, distance and depth of the sheets of waves
WAVES = ((612, 14, 120, 0.55, 0.18), (672, 23, 172, 0.36, 0.26), (742, 32, 224, 0.18, 0.36), (816, 41, 276, 0.04, 0.46))


def beach(stage: Stage) -> None:
    random, light = stage.random("beach"), stage.light
    backdrop.orb(stage, stage.focus, random.uniform(330, 420) - (110 if light.dark else 0), random.uniform(90, 120))
    backdrop.sky(stage, stars_down_to=560)
    backdrop.clouds(stage, random.choice((3, 4, 5)), 60, 300)
    gulls = heavens.birds(random.randrange(3, 9), 200, 1700, 180, 420, light.sky[0].lighten(-0.05), random)
    stage.add("gulls", 0.12, gulls, raw=True, motion=BIRDS)
    if stage.holds("lighthouse") or random.random() < 0.35:
        _lighthouse(stage)
    else:
        _islands(stage)
    mirror = 0.45 if light.name in ("dawn", "sunset", "dusk") else 0.0  # the sea takes the colour of such skies
    for i, (y, height, length, distance, depth) in enumerate(WAVES):
        color = stage.color("water", distance, lighter=-0.02 * i).mix(light.sky[1], mirror)
        foam = stage.color("foam", distance * 0.6)
        left = LEFT - 60 - 70 * i - random.uniform(0, 100)
        waves = water.sea(y, height, length, left, RIGHT + 60, BOTTOM + 60, color, foam, random.randrange(1 << 30))
        stage.add(f"waves {i}", depth, waves, shadow=Shadow(0, -4, 12, 0.28))
    _boat(stage)
    stage.pool()
    _sand(stage)
    _frame(stage)


def _islands(stage: Stage) -> None:
    random, color, drawn = stage.random("islands"), stage.color("far-rock", 0.6), ""
    x = stage.aside(random.uniform(380, 800))
    for _ in range(random.choice((1, 2, 3))):
        width, height = random.uniform(220, 460), random.uniform(60, 150)
        outline = [
            (x - width / 2, 640, "corner"),
            (x - width * 0.2, 640 - height * 0.7),
            (x, 640 - height),
            (x + width * 0.22, 640 - height * 0.6),
            (x + width / 2, 640, "corner"),
        ]
        drawn += cut(smooth(outline), color.lighten(random.uniform(-0.02, 0.02)), 2)
        x += random.uniform(160, 320) * random.choice((-1, 1))
    stage.add("islands", 0.14, drawn)


def _lighthouse(stage: Stage) -> None:
    """A lighthouse on its rock, opposite the sun."""
    random, x = stage.random("lighthouse"), stage.aside(stage.random("spot").uniform(480, 860))
    stripe, wall = stage.color(random.choice(("red", "blue", "teal")), 0.25), stage.color("white", 0.25)
    drawn = landmarks.lighthouse(x, 590, random.uniform(230, 300), wall, stripe, local_color("lamp"), stage.light.dark)
    rock = stage.color("rock", 0.30)
    for dx, width, height in ((-90, 240, 60), (100, 280, 70), (0, 320, 80)):
        drawn += stones.rock(x + dx, 650, width, height, rock.lighten(random.uniform(-0.02, 0.02)), random)
    stage.add("lighthouse", 0.16, drawn)


def _boat(stage: Stage) -> None:
    random = stage.random("boat")
    asked = stage.holds("boat", "ship", "sail", "sailboat", "raft")
    if not asked and random.random() < 0.55:
        return
    x, y, size, depth, distance = (stage.focus, 764, 285, 0.40, 0.0) if asked else (stage.focus, 622, 90, 0.22, 0.3)
    jib = stage.color(random.choice(("red", "yellow", "teal", "orange")), distance)
    sail, hull = stage.color("white", distance), stage.color("wood", distance)
    boat = water.sailing_boat(x + random.uniform(-90, 90), y, size, hull, stage.color("dark-wood", distance), sail, jib)
    stage.add("boat", depth, boat)


def _sand(stage: Stage) -> None:
    random, edge = stage.random("sand"), floor(stage, ridge(stage, "sand", 896, 22, 760))
    color = stage.color("sand")
    foam = edge.moved(lambda x: -16)
    drawn = cut(foam.land, stage.color(oklch(0.97, 0.02, 200)), 2) + land(stage, edge, color, mist=-0.1)

    def find(x: float, y: float) -> str:
        kind = random.random()
        if kind < 0.35:
            body = star(x, y, random.uniform(20, 30), 13, 5, random.uniform(-110, -60))
            return cut(body, stage.color(random.choice(("orange", "pink", "red"))), 2, 6)
        if kind < 0.7:
            return undersea.scallop_shell(x, y, random.uniform(24, 36), stage.color(oklch(0.92, 0.05, 40)))
        return stones.rock(x, y, random.uniform(30, 70), random.uniform(14, 30), stage.color("rock"), random)

    drawn += strewn(edge, 9, random, 70, 200, find)
    stage.add("sand", 0.6, drawn)


def _frame(stage: Stage) -> None:
    """A palm at one side, or rocks; beach grass at the other."""
    random, side = stage.random("frame"), -1 if stage.focus > 960 else 1
    leaves, bark = stage.color("deep-leaf", lighter=-0.06, near=0.42), stage.color("trunk", lighter=-0.04, near=0.4)
    drawn = ""
    for k in range(random.choice((0, 1, 1, 1, 2))):
        foot, height = 960 + side * (random.uniform(980, 1050) - 120 * k), random.uniform(1000, 1140) * (1 - 0.36 * k)
        drawn += trees.palm(foot, 1230, height, leaves, bark, random, -side * random.uniform(60, 170) * (1 - 1.5 * k))
    if random.random() < 0.6:
        x, rock = 960 - side * random.uniform(960, 1060), stage.color("rock", lighter=-0.06, near=0.45)
        drawn += stones.rock(x, 1210, random.uniform(300, 460), random.uniform(160, 300), rock, random)
    for _ in range(34):
        x = 960 + random.choice((-1, 1)) * random.uniform(620, 1120)
        drawn += plants.tuft(x, 1190, random.uniform(80, 170), leaves.lighten(random.uniform(-0.03, 0.03)), random)
    stage.add("frame", 0.97, drawn, shadow=Shadow(6, 10, 22, 0.38), blur=framing.BLUR, front=True)

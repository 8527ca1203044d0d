"""High above: a sea of clouds, towers of cloud, sometimes a balloon, a floating island or a rainbow."""

from __future__ import annotations

from storyforge.illustration.paper import backdrop, framing
from storyforge.illustration.paper.backdrop import COVERED
from storyforge.illustration.paper.color import Color, oklch
from storyforge.illustration.paper.elements import heavens, trees
from storyforge.illustration.paper.elements.isles import floating_rock
from storyforge.illustration.paper.elements.marks import fill
from storyforge.illustration.paper.geometry import rounded_rect
from storyforge.illustration.paper.stage import LEFT, RIGHT, Shadow, Stage


def sky(stage: Stage) -> None:
    random, light = stage.random("clouds above"), stage.light
    backdrop.orb(stage, stage.focus, random.uniform(250, 350), random.uniform(96, 120), rays=0 if light.moonlit else 24)
    backdrop.sky(stage)
    if (
        light.name in ("day", "dawn", "golden")
        and stage.weather not in COVERED
        and stage.random("rainbow?").random() < 0.6
    ):
        bow = heavens.rainbow(stage.aside(620), 900, stage.random("rainbow").uniform(560, 700))
        stage.add("rainbow", 0.07, bow, raw=True)
    backdrop.clouds(stage, random.choice((5, 6, 7)), 160, 560, (300, 520))
    _island_or_balloon(stage)
    _sea_of_clouds(stage, "far clouds", 0.25, 740, 0.45)
    _sea_of_clouds(stage, "clouds near", 0.40, 820, 0.25)
    stage.pool()
    _floor(stage)


def _white(stage: Stage) -> Color:
    """Clouds in this light; bright by night as well."""
    light = stage.light
    if light.name == "day":
        return stage.color("snow").mix(light.sky[-1], 0.08)
    return stage.color("snow").mix(light.sky[-1], 0.2).mix(light.sky[1], 0.14)


def _island_or_balloon(stage: Stage) -> None:
    random = stage.random("aloft")
    x, y = stage.aside(random.uniform(520, 740)), random.uniform(330, 460)
    if stage.holds("island", "castle", "house") or random.random() < 0.45:
        width = random.uniform(240, 340)
        drawn = floating_rock(
            x, y + 120, width, width * 0.5, stage.color("rock", 0.3), stage.color("grass", 0.3), random
        )
        for dx in (-0.24, 0.06, 0.27):
            crown, bark = stage.color("leaf", 0.26), stage.color("trunk", 0.26)
            drawn += trees.round_tree(x + dx * width, y + 112, random.uniform(70, 120), crown, bark, random)
        stage.add("island", 0.18, drawn)
    elif stage.holds("balloon") or random.random() < 0.7:
        silk, stripes = random.sample(("red", "yellow", "teal", "violet", "orange"), 2)
        balloon = heavens.hot_air_balloon(
            x, y, random.uniform(80, 120), stage.color(silk, 0.1), stage.color(stripes, 0.1)
        )
        stage.add("balloon", 0.18, balloon)


def _sea_of_clouds(stage: Stage, name: str, depth: float, y: float, tint: float) -> None:
    random, drawn = stage.random(name), ""
    color = _white(stage).mix(stage.light.sky[1], tint)
    for k in range(12):
        x = LEFT + (RIGHT - LEFT) * (k + random.random()) / 12
        tone = color.lighten(random.uniform(-0.012, 0.012))
        drawn += heavens.billow(x, y + 60, random.uniform(170, 260), random.uniform(90, 160), tone, random)
    stage.add(name, depth, drawn + fill(rounded_rect(LEFT, y + 60, RIGHT - LEFT, 400, 0), color))


def _floor(stage: Stage) -> None:
    """The clouds that feet stand on, and those before the lens."""
    random, color = stage.random("floor"), _white(stage)
    stage.ground = lambda x: 938.0
    drawn = ""
    for row, y in enumerate((1010, 1090, 1170)):  # each row hides the flat feet of the one behind it
        for k in range(11):
            x = LEFT + (RIGHT - LEFT) * (k + random.random()) / 11
            tone = color.lighten(random.uniform(-0.03, 0) - 0.012 * row)
            drawn += heavens.billow(x, y, random.uniform(190, 270), random.uniform(110, 140), tone, random)
        drawn += fill(rounded_rect(LEFT, y, RIGHT - LEFT, 250, 0), color.lighten(-0.015 - 0.012 * row))
    stage.add("floor", 0.6, drawn)
    front, near = "", color.mix(stage.light.sky[1], 0.30).mix(oklch(0.5, 0.05, 280), 0.05)
    for k in range(9):
        x = LEFT + (RIGHT - LEFT) * (k + random.random()) / 9
        height = 80 + 130 * abs(x - 960) / 1120
        front += heavens.billow(x, 1190, random.uniform(190, 270), height, near, random)
    stage.add("clouds before", 0.97, front, shadow=Shadow(0, -6, 24, 0.3), blur=framing.BLUR, front=True)

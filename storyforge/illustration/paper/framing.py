"""Dark foliage before the lens, which frames the picture: leafy branches above, grass and ferns below."""

from __future__ import annotations

from storyforge.illustration.paper.color import Color
from storyforge.illustration.paper.elements.plants import POLLEN, branch, fern, flower, tuft
from storyforge.illustration.paper.motions import LEAVES_BEFORE_THE_LENS
from storyforge.illustration.paper.stage import LEFT, RIGHT, Shadow, Stage

BLUR = 1.2  # the lens is focused on the actors

# x from the canvas edge, y, length, angle, bend of the branches of one corner (mirrored for the right one)
_BOUGHS = ((-30, 40, 560.0, 14, 0.10), (-10, -60, 640.0, 22, 0.16), (120, -120, 420.0, 52, 0.10))


def branches(stage: Stage, near: float = 0.45, leaves: str | Color = "deep-leaf") -> None:
    """Leafy branches in one or both upper corners."""
    random = stage.random("branches")
    wood = stage.color("trunk", lighter=-0.06, near=near)
    leaf = stage.color(leaves, lighter=-0.08, near=near)
    drawn = ""
    for corner in random.choice(((1,), (-1,), (1, -1), (1, -1))):
        if _hides_the_sun(stage, corner):
            continue
        for x, y, length, angle, bend in _BOUGHS[: random.choice((2, 3, 3))]:
            length *= random.uniform(0.72, 1.05)
            tone = leaf.lighten(random.uniform(-0.02, 0.02))
            foot = LEFT + x if corner == 1 else RIGHT - x
            turned, bent = (angle, bend) if corner == 1 else (180 - angle, -bend)
            drawn += branch(foot, y, length, turned + random.uniform(-5, 5), wood, tone, random, bent)
    cast = Shadow(8, 18, 24, 0.38)
    stage.add("branches", 0.97, drawn, shadow=cast, blur=BLUR, front=True, motion=LEAVES_BEFORE_THE_LENS)


def _hides_the_sun(stage: Stage, corner: int) -> bool:
    if stage.sun is None:
        return False
    x, y = stage.sun
    return y < 330 and (x < 540 if corner == 1 else x > 1380)


def grasses(
    stage: Stage, near: float = 0.42, count: int = 70, blossoms: bool = True, material: str | Color = "deep-leaf"
) -> None:
    """Tall grass along the lower edge, higher at the sides, with big flowers of the stage's accent colour."""
    random = stage.random("grasses")
    color = stage.color(material, lighter=-0.06, near=near)
    drawn = ""
    for _ in range(count):
        x = random.uniform(LEFT, RIGHT)
        height = random.uniform(60, 120) * (0.45 + 1.1 * _aside(x))
        drawn += tuft(x, 1184, height, color.lighten(random.uniform(-0.03, 0.035)), random, 6)
    if blossoms and not stage.snowy:
        drawn += _blossoms(stage, color, near)
    stage.add("grasses", 0.98, drawn, shadow=Shadow(0, -6, 22, 0.30), blur=BLUR, front=True)


def _blossoms(stage: Stage, stem: Color, near: float) -> str:
    random = stage.random("blossoms")
    heart, turn = (
        stage.color(POLLEN, near=near * 0.3),
        random.choice((0, 0, -50) if stage.light.dark else (0, 0, 40, -50)),
    )
    drawn = ""
    for side in (LEFT + 90, RIGHT - 90):
        for i in range(random.choice((2, 3, 4, 5))):
            x = side + (i * 95 + random.uniform(-40, 40)) * (1 if side < 960 else -1)
            petals = stage.color(stage.accent.rotate(turn + random.choice((0, 0, 60))), near=near * 0.35)
            drawn += flower(x, 1190, random.uniform(120, 240), stem, petals, random, heart, 1.05)
    return drawn


def ferns(stage: Stage, near: float = 0.5, leaves: str | Color = "deep-leaf") -> None:
    """Ferns in the lower corners."""
    random = stage.random("ferns")
    color = stage.color(leaves, lighter=-0.08, near=near)
    drawn = ""
    for foot, side in ((LEFT + 20, 1), (RIGHT - 20, -1)):
        for i in range(random.choice((4, 5, 6))):
            length = random.uniform(230, 360) * (1 - 0.09 * i)
            tone = color.lighten(random.uniform(-0.03, 0.02))
            drawn += fern(foot + side * i * 64, 1195, length, -90 + side * (8 + i * 9), tone, random)
    stage.add("ferns", 0.98, drawn, shadow=Shadow(0, -6, 20, 0.36), blur=BLUR, front=True)


def _aside(x: float) -> float:
    """0 in the middle of the frame … 1 at its edges."""
    return min(1.0, abs(x - 960) / 1050)

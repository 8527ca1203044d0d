"""Trees and bushes."""

from __future__ import annotations

from random import Random

from storyforge.illustration.paper.color import Color
from storyforge.illustration.paper.cut import cut
from storyforge.illustration.paper.elements.marks import fill, stroke
from storyforge.illustration.paper.geometry import ellipse, leaf, num, ribbon, scallop, smooth


def round_tree(x: float, y: float, height: float, leaves: Color, bark: Color, random: Random) -> str:
    """A crown of four scalloped sheets on a forked trunk."""
    width, crown = height * 0.07, height * 0.33
    lean = x + random.uniform(-0.02, 0.02) * height
    drawn = cut(
        ribbon(
            [(x, y + 6), (lean, y - height * 0.3), (x, y - height * 0.62)],
            [width * 1.9, width * 1.15, width * 0.7],
            tip="flat",
        ),
        bark,
        1.6,
    )
    for side, start in ((1, 0.36), (-1, 0.30)):
        bough = f"M{num(x)} {num(y - height * start)}q{num(side * height * 0.05)} {num(-height * 0.06)} "
        drawn += stroke(f"{bough}{num(side * height * 0.11)} {num(-height * 0.12)}", bark, width * 0.7)
    for dx, dy, size, lighter in (
        (-0.5, 0.10, 0.72, -0.045),
        (0.52, 0.14, 0.68, -0.03),
        (0, -0.28, 1, 0),
        (-0.12, -0.42, 0.58, 0.04),
    ):
        size *= random.uniform(0.9, 1.1)
        path = scallop(
            x + dx * crown,
            y - height * 0.66 + dy * crown,
            crown * size,
            crown * size * 0.92,
            random.choice((8, 9)),
            0,
            360,
            0.58,
            None,
            random,
        )
        drawn += cut(path, leaves.lighten(lighter), max(1.2, height * 0.008), height * 0.026)
    for _ in range(5):
        at = x + random.uniform(-0.7, 0.7) * crown, y - height * 0.74 + random.uniform(-0.6, 0.5) * crown
        drawn += fill(leaf(*at, height * 0.05, height * 0.013, random.uniform(20, 70)), leaves.lighten(0.075), 0.7)
    return drawn


def poplar(x: float, y: float, height: float, leaves: Color, bark: Color, random: Random) -> str:
    """A slim tree like a flame."""
    width = height * random.uniform(0.14, 0.19)
    trunk = ribbon([(x, y + 4), (x, y - height * 0.3)], [height * 0.05, height * 0.035], tip="flat")
    outline = [
        (x, y - height, "corner"),
        (x + width * 0.7, y - height * 0.66),
        (x + width, y - height * 0.36),
        (x + width * 0.5, y - height * 0.13),
        (x - width * 0.5, y - height * 0.13),
        (x - width, y - height * 0.36),
        (x - width * 0.7, y - height * 0.66),
    ]
    vein = stroke(f"M{num(x)} {num(y - height * 0.16)}V{num(y - height * 0.8)}", leaves.lighten(-0.06), height * 0.012)
    return cut(trunk, bark, 1.2) + cut(smooth(outline), leaves, max(1.2, height * 0.008), height * 0.024) + vein


def fir(
    x: float,
    y: float,
    height: float,
    needles: Color,
    bark: Color,
    random: Random,
    snow: Color | None = None,
    tiers: int = 4,
) -> str:
    """Skirts of needles one above the other, each with its own cap of `snow`."""
    slim = random.uniform(0.9, 1.1)
    drawn = cut(ribbon([(x, y + 4), (x, y - height * 0.25)], [height * 0.09, height * 0.06], tip="flat"), bark, 1.2)
    for i in range(tiers):
        t = i / tiers
        foot = y - height * 0.14 - t * height * 0.62
        width, top = height * 0.29 * (1 - t * 0.70) * slim, foot - height * (0.36 - 0.03 * i)
        drawn += cut(
            _skirt(x, foot, top, width, height),
            needles.lighten(i * 0.018 - 0.02),
            max(1.2, height * 0.007),
            height * 0.023,
        )
        if snow:
            drawn += cut(_snow_cap(x, foot, top, width, height), snow, 0)
    return drawn


def _skirt(x: float, foot: float, top: float, width: float, height: float) -> str:
    middle = (foot + top) / 2 + 2
    hem = []
    for j in range(6):
        u = 1 - 2 * j / 5
        hem.append((x + width * u, foot + (0 if j % 2 == 0 else height * 0.035) + 2 * abs(u), "corner"))
    return smooth([(x, top, "corner"), (x + width * 0.45, middle), *hem, (x - width * 0.45, middle)])


def _snow_cap(x: float, foot: float, top: float, width: float, height: float) -> str:
    middle = (foot + top) / 2 - 2
    hem = [(0.62, 0.07), (0.28, 0.12), (0, 0.07), (-0.26, 0.13), (-0.6, 0.07)]
    points = [(x + width * u, foot - height * v) for u, v in hem]
    return smooth([(x, top - 1, "corner"), (x + width * 0.42, middle), *points, (x - width * 0.42, middle)])


def trunk(
    x: float, top: float, foot: float, width: float, bark: Color, random: Random, knot: bool = True, roots: bool = True
) -> str:
    """A forest tree of which only the trunk is seen, from `top` down to its roots at `foot`."""
    lean, height = random.uniform(-30, 30), foot - top
    spread = 1.25 if roots else 0.55
    outline = [
        (x - width * spread, foot, "corner"),
        (x - width * 0.62, foot - width * 0.7),
        (x - width * 0.47 + lean * 0.3, (top + foot) / 2),
        (x - width * 0.5 + lean, top),
        (x + width * 0.5 + lean, top),
        (x + width * 0.45 + lean * 0.3, (top + foot) / 2),
        (x + width * 0.64, foot - width * 0.7),
        (x + width * spread, foot, "corner"),
    ]
    drawn = cut(smooth(outline), bark, 2.2)
    for _ in range(4):
        up = random.uniform(0.12, 0.85)
        at = x + random.uniform(-0.3, 0.3) * width + lean * up * 0.7, foot - height * up
        groove = leaf(*at, width * random.uniform(0.5, 1.2), width * 0.04, random.uniform(-96, -84))
        drawn += fill(groove, bark.lighten(-0.05))
    return drawn + (_knot(x + lean * 0.2, foot - height * random.uniform(0.3, 0.5), width, bark) if knot else "")


def _knot(x: float, y: float, width: float, bark: Color) -> str:
    ring = stroke(ellipse(x, y, width * 0.21, width * 0.3), bark.lighten(-0.05), width * 0.035)
    return fill(ellipse(x, y, width * 0.13, width * 0.2), bark.lighten(-0.07)) + ring


def palm(x: float, y: float, height: float, leaves: Color, bark: Color, random: Random, lean: float = 60) -> str:
    """A leaning ringed trunk under a crown of feathered leaves."""
    line = [
        (x, y + 8),
        (x + lean * 0.2, y - height * 0.38),
        (x + lean * 0.55, y - height * 0.72),
        (x + lean, y - height),
    ]
    width = height * 0.075
    drawn = cut(ribbon(line, [width * 1.35, width, width * 0.8, width * 0.62], tip="flat"), bark, 2, width * 0.16)
    crown = x + lean, y - height
    for angle in (-165, -130, -95, -55, -20, 12, 162, 195):
        drawn += palm_leaf(*crown, height * random.uniform(0.34, 0.43), angle + random.uniform(-8, 8), leaves, random)
    for dx, dy in ((-0.25, 0.35), (0.3, 0.4), (0.02, 0.6)):
        nut = ellipse(crown[0] + dx * width, crown[1] + dy * width, width * 0.34)
        drawn += cut(nut, bark.lighten(-0.05), 1.4, 3)
    return drawn


def palm_leaf(x: float, y: float, length: float, angle: float, color: Color, random: Random) -> str:
    """One feathered leaf that droops at its end, cut as a saw-toothed crescent."""
    turned = -1 if abs((angle + 180) % 360 - 180) > 90 else 1
    tilt = angle if turned == 1 else 180 - angle
    teeth = 9
    upper = [
        (0, 0, "corner"),
        (length * 0.35, -length * 0.16),
        (length * 0.72, -length * 0.12),
        (length, length * 0.16, "corner"),
    ]
    lower = []
    for j in range(teeth):
        t = 1 - (j + 0.5) / teeth
        droop = length * (0.26 * t * t - 0.30 * t * (1 - t) + 0.02)
        lower.append((length * (t + 0.02), droop + length * 0.13, "corner"))
        lower.append((length * (t - 0.04), droop, "corner"))
    shade = color.lighten(random.uniform(-0.03, 0.03))
    blade = cut(smooth([*upper, *lower]), shade, 1.6, length * 0.02)
    blade += stroke(
        f"M0 0Q{num(length * 0.5)} {num(-length * 0.2)} {num(length * 0.95)} {num(length * 0.1)}",
        shade.lighten(-0.06),
        2,
    )
    flip = "scale(-1 1) " if turned == -1 else ""
    return f'<g transform="translate({num(x)} {num(y)}) {flip}rotate({num(tilt)})">{blade}</g>'


def bush(x: float, y: float, width: float, height: float, leaves: Color, random: Random) -> str:
    path = scallop(x, y, width / 2, height, random.choice((6, 7)), 180, 360, 0.6, "flat", random)
    return cut(path, leaves, 2, 8)


def canopy(x: float, y: float, width: float, height: float, leaves: Color, random: Random) -> str:
    """A mass of leaves that hangs into the picture from above, its middle at (x, y)."""
    return cut(scallop(x, y, width, height, 8, 0, 360, 0.58, None, random), leaves, 2, (1, 6, 9, 0.26))


def stump(x: float, y: float, width: float, bark: Color, wood: Color) -> str:
    """A cut tree with its rings."""
    height = width * 0.6
    sides = [
        (x - width * 0.68, y + 6, "corner"),
        (x - width * 0.5, y - height * 0.4),
        (x - width * 0.48, y - height, "corner"),
        (x + width * 0.48, y - height, "corner"),
        (x + width * 0.5, y - height * 0.4),
        (x + width * 0.7, y + 6, "corner"),
    ]
    drawn = cut(smooth(sides), bark, 1.8, 6) + cut(ellipse(x, y - height, width * 0.48, width * 0.15), wood, 1.6)
    rings = (stroke(ellipse(x, y - height, width * k, width * k * 0.31), wood.lighten(-0.07), 2) for k in (0.32, 0.16))
    return drawn + "".join(rings)

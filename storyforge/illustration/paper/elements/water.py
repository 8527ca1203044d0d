"""Waves, boats, waterfalls."""

from __future__ import annotations

from random import Random

from storyforge.illustration.paper.color import Color
from storyforge.illustration.paper.cut import cut, linear_gradient
from storyforge.illustration.paper.elements.marks import fill, stroke
from storyforge.illustration.paper.geometry import noise, num, point, ribbon, smooth

Curl = tuple[float, float, float]  # x, width, height of one crest


def sea(
    y: float,
    height: float,
    length: float,
    left: float,
    right: float,
    bottom: float,
    color: Color,
    foam: Color,
    seed: int,
) -> str:
    """A sheet of scalloped waves from `left` to `right` with curls of foam."""
    curls = _curls(height, length, left, right, seed)
    path = f"M{num(curls[0][0])} {num(y)}" + "".join(_crest(x, y, w, h) for x, w, h in curls)
    path += f"L{num(curls[-1][0] + curls[-1][1])} {num(bottom)}L{num(curls[0][0])} {num(bottom)}Z"
    stops = [(0, color.lighten(0.02)), (1, color.lighten(-0.05))]
    paint, drawn = linear_gradient(stops, 0, round(y - height), 0, round(bottom), True)
    return drawn + cut(path, paint) + "".join(fill(_foam(x, y, w, h), foam) for x, w, h in curls)


def _curls(height: float, length: float, left: float, right: float, seed: int) -> list[Curl]:
    wave, x, found = noise(seed, "sea"), left, []
    while x < right:
        curl = x, length * (1 + 0.18 * wave(x / 300)), height * (1 + 0.3 * wave(x / 210 + 5))
        found.append(curl)
        x += curl[1]
    return found


def _crest(x: float, y: float, w: float, h: float) -> str:
    rise = f"C{num(x + w * 0.35)} {num(y + h * 0.25)} {num(x + w * 0.62)} {num(y - h)} {num(x + w * 0.80)} {num(y - h)}"
    return rise + f"C{num(x + w * 0.93)} {num(y - h)} {num(x + w * 0.90)} {num(y - h * 0.15)} {num(x + w)} {num(y)}"


def _foam(x: float, y: float, w: float, h: float) -> str:
    corners = ((0.46, 0.28), (0.62, 0.95), (0.82, 1.02), (0.87, 0.66), (0.82, 0.78), (0.68, 0.74), (0.58, 0.2))
    a, b, c, d, e, f, g = (f"{num(x + u * w)} {num(y - v * h)}" for u, v in corners)
    return f"M{a}C{b} {c} {d}C{e} {f} {g}Z"


def sailing_boat(x: float, y: float, size: float, hull: Color, mast: Color, sail: Color, jib: Color) -> str:
    """A boat on the waterline y, its mast about `size` high."""

    def at(u: float, v: float) -> tuple[float, float]:
        return x + u * size, y + v * size

    corner = "corner"
    drawn = cut(
        smooth([(*at(-0.5, -0.22), corner), at(-0.35, 0.04), at(0.32, 0.04), (*at(0.5, -0.22), corner), at(0, -0.16)]),
        hull,
        2.4,
        8,
    )
    drawn += stroke(f"M{num(x - size * 0.02)} {num(y - size * 0.2)}v{num(-size * 0.8)}", mast, size * 0.034)
    main = [(*at(0.02, -0.95), corner), at(0.42, -0.6), (*at(0.45, -0.3), corner), (*at(0.02, -0.26), corner)]
    fore = [(*at(-0.06, -0.88), corner), at(-0.34, -0.53), (*at(-0.40, -0.29), corner), (*at(-0.06, -0.26), corner)]
    return drawn + cut(smooth(main), sail, 2.4, 8) + cut(smooth(fore), jib, 2.4, 8)


def falls(
    x: float, top: float, foot: float, width: float, color: Color, white: Color, random: Random, frozen: bool
) -> str:
    """Strips of falling water `width` across; where it is `frozen`, some end as icicles."""
    drawn, strands = "", max(5, round(width / 34))
    for i in range(strands):
        at, wide = x - width / 2 + width * i / (strands - 1) + random.uniform(-8, 8), random.uniform(30, 52)
        end = foot - random.uniform(0, 60 if frozen else 14)
        line = [
            (at, top + random.uniform(-8, 10)),
            (at + random.uniform(-6, 6), (top + foot) / 2),
            (at + random.uniform(-10, 10), end),
        ]
        tone = color.lighten(random.uniform(-0.07, 0.06))
        widths = [wide * 0.8, wide, wide * random.uniform(0.5, 1)]
        drawn += cut(ribbon(line, widths, tip="point" if frozen and i % 2 else "round"), tone, 2.6, 7)
    for _ in range(2 * strands):
        start = x + random.uniform(-0.52, 0.52) * width, random.uniform(top + 10, foot - (foot - top) * 0.5)
        streak = f"M{point(start)}v{num(random.uniform(0.12, 0.42) * (foot - top))}"
        drawn += stroke(streak, white, random.uniform(3, 7), 0.6)
    return drawn


def ripple(x: float, y: float, length: float, color: Color, width: float = 4, opacity: float = 1) -> str:
    """One drawn line on water, sand or lava."""
    return stroke(f"M{num(x)} {num(y)}q{num(length * 0.4)} {num(-length * 0.1)} {num(length)} 0", color, width, opacity)

"""Eyes, brows, cheeks. Most of a puppet's life is in here.

A face is drawn around the middle of the head; `x` moves it towards where the puppet looks (three-quarter view), so
that the far eye is a little smaller and a little nearer to the nose.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from storyforge.illustration.paper.color import Color, oklch
from storyforge.illustration.paper.cut import clip, glow, linear_gradient
from storyforge.illustration.paper.geometry import ellipse, num, sparkle
from storyforge.illustration.paper.puppets.expressions import Expression
from storyforge.illustration.paper.puppets.paint import INK, Paint, dot, flat, line, within

# Where a lid's edge runs, in eye heights: at the outer and at the inner corner.
_LIDS = {"angry": (-0.66, -0.06), "sad": (-0.18, -0.72), "half": (-0.22, -0.22)}


@dataclass(frozen=True)
class _Eye:
    """One eye: `side` -1 is the far one; `rx`, `ry` half its width and height; `size` scales lines and lights."""

    paint: Paint
    side: int
    x: float
    y: float
    size: float
    wide: bool

    @property
    def rx(self) -> float:
        return 25 * self.size * (0.90 if self.side < 0 else 1) * (1.1 if self.wide else 1)

    @property
    def ry(self) -> float:
        return 31 * self.size * (1.1 if self.wide else 1)

    @property
    def ink(self) -> Color:
        return self.paint.eye.with_lightness(0.20).saturate(0.5).mix(INK, 0.4)


def eyes(
    paint: Paint, mood: Expression, x: float, y: float = 7, gap: float = 50, size: float = 1.0, lid: Color | None = None
) -> str:
    """Both eyes with their brows and, if need be, a tear. `gap`: from the nose to either eye; `lid`: skin or fur."""
    lid = lid or paint.base.lighten(-0.012)
    drawn = ""
    for side in (-1, 1):
        eye = _Eye(paint, side, x + side * gap * (0.94 if side < 0 else 1), y, size, mood.eyes == "wide")
        drawn += _closed(eye, mood, lid) if mood.eyes in ("arc", "closed") else _opened(eye, mood, lid)
        drawn += _brow(eye, mood)
    if mood.tear:
        tear = f"M{num(x + gap + 16)} {num(y + 24)}q9 15 0 20q-9 -5 0 -20Z"
        drawn += f'<path d="{tear}" fill="#bfe6ff" stroke="#fff" stroke-width="1.5"/>'
    return drawn


def cheeks(paint: Paint, x: float, y: float, gap: float) -> str:
    rosy = oklch(0.78, 0.13, 25) if paint.glow else oklch(0.72, 0.15, 20)
    colour = paint.colour(paint.sheet.blush, rosy)
    far = flat(ellipse(x - gap * 0.95, y, 14, 10), colour, 0.55)
    return far + flat(ellipse(x + gap, y, 16, 10), colour, 0.55)


def _closed(eye: _Eye, mood: Expression, lid: Color) -> str:
    """A line, dark on light fur and light on dark."""
    ink = eye.ink if lid.L > 0.40 else lid.with_lightness(0.86).saturate(0.7)
    smiles = mood.eyes == "arc"
    ends, middle = (9, -24) if smiles else (-2, 20)
    path = f"M{num(eye.x - eye.rx)} {num(eye.y + ends)}Q{num(eye.x)} {num(eye.y + middle)} "
    drawn = line(path + f"{num(eye.x + eye.rx)} {num(eye.y + ends)}", ink, 7 * eye.size)
    if not smiles:
        for k in (-0.5, 0.2, 0.8):
            lash = f"M{num(eye.x + eye.rx * k)} {num(eye.y + 11 - 4 * abs(k))}l{num(2 * k)} 7"
            drawn += line(lash, ink, 3.4 * eye.size)
    return drawn


def _opened(eye: _Eye, mood: Expression, lid: Color) -> str:
    shines = eye.paint.sheet.eye_glow
    light = glow(eye.x, eye.y, eye.rx * 2.6, eye.paint.eye, 0.65) if shines else ""
    rim = flat(ellipse(eye.x, eye.y + 1, eye.rx + 2.6, eye.ry + 2.4), eye.ink)
    ball = ellipse(eye.x, eye.y, eye.rx, eye.ry)
    inside = flat(ball, eye.ink) + _iris(eye) + ("" if shines else _pupil(eye)) + _clock_ticks(eye) + _lights(eye, mood)
    return light + rim + within(ball, inside) + (_lid(eye, mood, lid) if mood.eyes in _LIDS else _lashes(eye))


def _iris(eye: _Eye) -> str:
    colour = eye.paint.eye
    url, definition = linear_gradient([(0, colour.lighten(-0.16)), (0.55, colour), (1, colour.lighten(0.16))])
    return definition + flat(ellipse(eye.x + 1.5, eye.y + 7 * eye.size, eye.rx * 0.86, eye.ry * 0.8), url)


def _pupil(eye: _Eye) -> str:
    part = 0.32 if eye.wide else 0.40
    return flat(ellipse(eye.x + 2.5, eye.y + 3 * eye.size, eye.rx * part, eye.ry * (part + 0.06)), eye.ink)


def _clock_ticks(eye: _Eye) -> str:
    if eye.paint.sheet.motif != "clock":
        return ""
    turns = [hour * math.pi / 6 for hour in range(12)]
    middle = eye.y + 6 * eye.size
    return "".join(
        dot(eye.x + 1.5 + eye.rx * 0.66 * math.cos(a), middle + eye.ry * 0.6 * math.sin(a), 1.5, eye.ink, 0.7)
        for a in turns
    )


def _lights(eye: _Eye, mood: Expression) -> str:
    k = eye.size
    if mood.eyes == "star":
        big = flat(sparkle(eye.x - 2, eye.y - 5, eye.rx * 0.86), "#fff")
        return big + dot(eye.x + 8 * k, eye.y + 12 * k, 4 * k, "#fff", 0.9)
    big = flat(ellipse(eye.x - 6 * k, eye.y - 11 * k, 7.8 * k, 8.8 * k), "#fff")
    return big + dot(eye.x + 8 * k, eye.y + 12 * k, 3.9 * k, "#fff", 0.85)


def _lid(eye: _Eye, mood: Expression, colour: Color) -> str:
    """A lid that covers the upper eye down to a slanted edge."""
    left, right = _LIDS[mood.eyes] if eye.side < 0 else _LIDS[mood.eyes][::-1]
    y1, y2 = eye.y + left * eye.ry, eye.y + right * eye.ry
    x1, x2 = eye.x - eye.rx - 8, eye.x + eye.rx + 8
    name, window = clip(ellipse(eye.x, eye.y, eye.rx + 4.5, eye.ry + 4.5))
    cover = f"M{num(x1)} {num(y1 - 2)}L{num(x2)} {num(y2 - 2)}V{num(eye.y - eye.ry - 14)}H{num(x1)}Z"
    lid = f'{window}<g clip-path="url(#{name})">{flat(cover, colour)}</g>'
    return lid + line(f"M{num(x1 + 7)} {num(y1)}L{num(x2 - 7)} {num(y2)}", eye.ink, 6 * eye.size)


def _lashes(eye: _Eye) -> str:
    x, y, rx, ry = eye.x, eye.y, eye.rx, eye.ry
    arc = (
        f"M{num(x - rx - 2)} {num(y - ry * 0.42)}Q{num(x - rx * 0.5)} {num(y - ry - 4)} "
        f"{num(x + rx * 0.25)} {num(y - ry - 2)}Q{num(x + rx * 0.85)} {num(y - ry * 0.9)} "
        f"{num(x + rx + 2)} {num(y - ry * 0.38)}"
    )
    drawn = line(arc, eye.ink, 4.4 * eye.size)
    if eye.paint.sheet.lashes:
        out = eye.side
        drawn += line(f"M{num(x + out * (rx + 1))} {num(y - ry * 0.42)}q{out * 6} -3 {out * 10} -10", eye.ink, 4)
    return drawn


def _brow(eye: _Eye, mood: Expression) -> str:
    paint, half = eye.paint, 13 * eye.rx / 25
    colour = (paint.dark if paint.base.L > 0.45 else paint.light).mix(paint.base, 0.25)
    y = eye.y - eye.ry - 13 * eye.size - mood.brow_lift * 0.7
    brow = line(f"M{num(-half)} 2Q0 -5 {num(half)} 2", colour, 6.5 * eye.size)
    turn = -mood.brow_angle * eye.side
    return f'<g transform="translate({num(eye.x + eye.side * 2)} {num(y)}) rotate({num(turn)})">{brow}</g>'

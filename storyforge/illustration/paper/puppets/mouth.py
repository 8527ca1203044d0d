"""Noses and mouths. `x`, `y` is the tip of the nose, or the middle of the lips where there is no nose."""

from __future__ import annotations

from collections.abc import Callable

from storyforge.illustration.paper.color import Color
from storyforge.illustration.paper.geometry import ellipse, num, ribbon, rounded_rect
from storyforge.illustration.paper.puppets.expressions import Expression
from storyforge.illustration.paper.puppets.paint import INK, Paint, flat, line, within

_THROAT, _TONGUE = "#6d2035", "#f08a92"


def mouth(paint: Paint, mood: Expression, x: float, y: float, size: float = 1.0) -> str:
    """The lips, around (x, y). People shout without fangs."""
    if mood.mouth == "shout" and paint.sheet.rig == "twolegged":
        mood = mood._replace(mouth="laugh")
    ink = INK.mix(paint.dark, 0.3)
    lips = _LIPS[mood.mouth](mood, ink)
    teeth = _teeth(ink) if paint.sheet.teeth and mood.mouth in ("smile", "open", "laugh", "tiny") else ""
    return f'<g transform="translate({num(x)} {num(y)}) scale({size})">{lips}{teeth}</g>'


def muzzle(paint: Paint, mood: Expression, x: float, y: float, size: float = 1.0) -> str:
    """Nose and mouth of an animal."""
    return mouth(paint, mood, x, y + 15 * size, size) + nose(paint, x, y, size)


def nose(paint: Paint, x: float, y: float, size: float = 1.0) -> str:
    colour = paint.colour(paint.sheet.nose, INK.mix(paint.dark, 0.35))
    tip = flat("M-12 -6Q0 -13 12 -6Q10 6 0 9Q-10 6 -12 -6Z", colour)
    tip += flat(ellipse(-3, -5.5, 4.5, 2.2), "#fff", 0.7)
    return f'<g transform="translate({num(x)} {num(y)}) scale({size})">{tip}</g>'


def pig_snout(paint: Paint, x: float, y: float) -> str:
    disc = paint.piece(ellipse(x, y, 34, 25), paint.belly.shade(0.03), 5)
    return disc + "".join(flat(ellipse(x + side * 11, y, 5, 8), paint.dark) for side in (-1, 1))


def trunk(paint: Paint, x: float, y: float) -> str:
    path = ribbon(
        [(x, y - 18), (x + 10, y + 34), (x + 34, y + 76), (x + 78, y + 66), (x + 92, y + 30)], [60, 46, 36, 30, 26]
    )
    rings = "".join(
        line(f"M{num(x - 14 + 5 * i)} {num(y + 16 + 19 * i)}q{22 - 2 * i} 6 {36 - 3 * i} -6", paint.dark, 3.4, 0.5)
        for i in range(3)
    )
    return paint.piece(path, paint.base.lighten(0.015), 8) + rings


def _curved(half: float, dip: float) -> str:
    """Two small arcs side by side, the ω of every plush animal."""
    return f"M{-half} 0Q{num(-half * 0.55)} {dip} 0 1Q{num(half * 0.55)} {dip} {half} 0"


def _smile(mood: Expression, ink: Color) -> str:
    return line(_curved(9 if mood.mouth == "tiny" else 17, 9), ink, 4.2)


def _smirk(mood: Expression, ink: Color) -> str:
    return line("M-12 1Q-5 9 0 2Q12 11 22 -4", ink, 4.2)


def _open(mood: Expression, ink: Color) -> str:
    shouts = mood.mouth == "shout"
    half, deep = (18, 24) if mood.mouth == "open" else (25, 34)
    upper = f"M{-half} 4Q0 -6 {half} 4" if shouts else _curved(half, 6)
    lower = f"Q{num(half * 0.9)} {deep} 0 {deep}Q{num(-half * 0.9)} {deep} {-half} {4 if shouts else 0}Z"
    inside = flat(ellipse(0, deep * 1.02, half * 0.75, deep * 0.46), _TONGUE)
    if shouts:
        inside += flat("M-18 -4l7 13l6 -13ZM18 -4l-7 13l-6 -13Z", "#fff")
    return flat(upper + lower, _THROAT) + within(upper + lower, inside) + line(upper + lower, ink, 4.2)


def _round(mood: Expression, ink: Color) -> str:
    return flat(ellipse(0, 10, 8, 11), _THROAT) + line(ellipse(0, 10, 8, 11), ink, 3.6)


def _wavy(mood: Expression, ink: Color) -> str:
    return line("M-18 8Q-12 -1 -6 8Q0 17 6 8Q12 -1 18 8", ink, 4.2)


def _frown(mood: Expression, ink: Color) -> str:
    return line("M-14 12Q0 -3 14 12", ink, 4.2)


def _grit(mood: Expression, ink: Color) -> str:
    teeth = rounded_rect(-20, 1, 40, 15, 7)
    return flat(teeth, "#fff") + line(teeth, ink, 4) + line("M-7 1v15M7 1v15", ink, 2.2)


def _teeth(ink: Color) -> str:
    both = rounded_rect(-7, 1, 14, 12, 4)
    return flat(both, "#fff") + line(both, ink, 2.4) + line("M0 2v9", ink, 1.6)


_LIPS: dict[str, Callable[[Expression, Color], str]] = {
    "smile": _smile,
    "tiny": _smile,
    "smirk": _smirk,
    "open": _open,
    "laugh": _open,
    "shout": _open,
    "o": _round,
    "wavy": _wavy,
    "frown": _frown,
    "grit": _grit,
}

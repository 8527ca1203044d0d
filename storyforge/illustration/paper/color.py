"""Colour as the theatre thinks of it: OKLab, whose equal steps look equal (Björn Ottosson, 2020)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

import yaml


@dataclass(frozen=True, slots=True)
class Color:
    """A colour in OKLab: `L` lightness 0…1 (clamped), `a` green-red, `b` blue-yellow. `str()` gives '#rrggbb'."""

    L: float
    a: float
    b: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "L", min(1.0, max(0.0, self.L)))

    @property
    def chroma(self) -> float:
        return math.hypot(self.a, self.b)

    @property
    def hue(self) -> float:
        """Degrees: 27 red, 98 yellow, 148 green, 255 blue, 305 purple."""
        return math.degrees(math.atan2(self.b, self.a)) % 360

    @property
    def rgb(self) -> tuple[int, int, int]:
        """sRGB 0…255. A colour outside sRGB loses chroma, never hue or lightness."""
        return _srgb(self.L, self.a, self.b)

    @property
    def hex(self) -> str:
        return "#{:02x}{:02x}{:02x}".format(*self.rgb)

    def __str__(self) -> str:
        return self.hex

    def mix(self, other: Color, t: float) -> Color:
        """From this colour (t=0) to `other` (t=1)."""
        return Color(self.L + (other.L - self.L) * t, self.a + (other.a - self.a) * t, self.b + (other.b - self.b) * t)

    def lighten(self, step: float) -> Color:
        """Lighter by `step`; darker where it is negative."""
        return Color(self.L + step, self.a, self.b)

    def saturate(self, factor: float) -> Color:
        return Color(self.L, self.a * factor, self.b * factor)

    def rotate(self, degrees: float) -> Color:
        return oklch(self.L, self.chroma, self.hue + degrees)

    def with_lightness(self, lightness: float) -> Color:
        return Color(lightness, self.a, self.b)

    def shade(self, step: float = 0.08) -> Color:
        """The same paper in shadow: darker, leaning to violet."""
        return Color(self.L - step, self.a * 1.02, self.b * 1.02).mix(oklch(self.L - step, 0.05, 285), 0.18)

    def tint(self, step: float = 0.06) -> Color:
        """The same paper in the light: lighter, leaning to warm yellow."""
        return Color(self.L + step, self.a * 0.97, self.b * 0.97).mix(oklch(self.L + step, 0.05, 90), 0.12)


def oklch(lightness: float, chroma: float, hue: float) -> Color:
    """A colour by lightness 0…1, chroma 0…about 0.3 and hue in degrees."""
    angle = math.radians(hue)
    return Color(lightness, chroma * math.cos(angle), chroma * math.sin(angle))


@lru_cache(maxsize=4096)
def from_hex(text: str) -> Color:
    """'#rgb' or '#rrggbb'. ValueError if it is neither."""
    digits = text.lstrip("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    if len(digits) != 6:
        raise ValueError(f"not a colour: {text!r}")
    red, green, blue = (_linear(int(digits[i : i + 2], 16) / 255) for i in (0, 2, 4))
    l = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)  # noqa: E741
    m = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    s = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return Color(
        0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
        1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
        0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s,
    )


def named(word: str | Color | None, default: Color | None = None) -> Color | None:
    """The colour a person means by 'gold', 'dark blue', 'pale-rose' or '#d97a35'; `default` if it is not known."""
    if isinstance(word, Color):
        return word
    if word and word.startswith("#"):
        return _hex_or(word, default)
    tokens = (word or "").lower().replace("-", " ").split()
    words = _words()
    for token in reversed(tokens):
        if token in words and token not in _MODIFIERS:
            return _modified(words[token], tokens)
    return next((words[token] for token in tokens if token in words), default)


_MODIFIERS = {  # word: lightness step, chroma factor
    "dark": (-0.14, 1.0),
    "deep": (-0.14, 1.0),
    "light": (0.10, 0.75),
    "pale": (0.10, 0.75),
    "bright": (0.0, 1.2),
    "vivid": (0.0, 1.2),
}


def _modified(color: Color, tokens: list[str]) -> Color:
    for token in tokens:
        step, factor = _MODIFIERS.get(token, (0.0, 1.0))
        color = color.lighten(step).saturate(factor)
    return color


def _hex_or(text: str, default: Color | None) -> Color | None:
    try:
        return from_hex(text)
    except ValueError:
        return default


@cache
def _words() -> dict[str, Color]:
    text = (files("storyforge.illustration.paper") / "colors.yaml").read_text(encoding="utf-8")
    return {word: oklch(*values) for word, values in yaml.safe_load(text).items()}


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _encoded(value: float) -> int:
    value = min(1.0, max(0.0, value))
    return round(255 * (12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055))


def _linear_rgb(lightness: float, a: float, b: float) -> tuple[float, float, float]:
    l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3  # noqa: E741
    m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    s = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
        -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
        -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s,
    )


@lru_cache(maxsize=16384)
def _srgb(lightness: float, a: float, b: float) -> tuple[int, int, int]:
    low, high, found = 0.0, 1.0, _linear_rgb(lightness, a, b)
    if not _in_gamut(found):
        for _ in range(12):  # halve the interval: chroma to a 4096th
            middle = (low + high) / 2
            if _in_gamut(_linear_rgb(lightness, a * middle, b * middle)):
                low = middle
            else:
                high = middle
        found = _linear_rgb(lightness, a * low, b * low)
    red, green, blue = (_encoded(value) for value in found)
    return red, green, blue


def _in_gamut(rgb: tuple[float, float, float]) -> bool:
    return min(rgb) >= -0.0005 and max(rgb) <= 1.0005

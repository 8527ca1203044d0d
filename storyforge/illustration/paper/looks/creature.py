"""Creatures that nobody has heard of: each its own, and always the same."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

from storyforge.illustration.paper.color import named, oklch
from storyforge.illustration.paper.looks.reading import Told


def own_creature(name: str, told: Told) -> dict[str, Any]:
    """Ears, tail, colours and marks that follow from the name alone; from the fur's colour, where that was told."""
    chance = blake2b(name.casefold().encode("utf-8", "surrogatepass"), digest_size=8).digest()
    base = named(told.colours[0]) if told.colours else None
    hue = base.hue if base and base.chroma > 0.03 else (chance[0] * 256 + chance[1]) % 360
    look = {
        **{entry: _tone(hue, *tone) for entry, tone in _TONES.items()},
        "ears": _pick(chance[2], "pointed long cat bear leaf feather floppy tufted"),
        "tail": _pick(chance[3], "bushy thin puff ribbon squirrel spade"),
        "collar": _pick(chance[5], "fluff fluff none"),
    }
    if not (told.shapes or told.parts or told.colours):  # nothing is known of it: it may have marks
        look["head"] = _pick(chance[4], "fox fox round round bear dog")
        look["motif"] = _pick(chance[6], "none star heart gem drop leaf bolt")
        look["pattern"] = _pick(chance[7], "none none spots stripes")
    return look


_TONES = {  # entry: lightness, chroma, turn of the hue
    "base": (0.66, 0.13, 0),
    "belly": (0.94, 0.03, 30),
    "dark": (0.40, 0.09, 0),
    "accent": (0.80, 0.14, 150),
    "inner": (0.74, 0.12, 150),
    "eye": (0.50, 0.14, 180),
}


def _tone(hue: float, lightness: float, chroma: float, turn: float) -> str:
    return oklch(lightness, chroma, hue + turn).hex


def _pick(chance: int, words: str) -> str:
    options = words.split()
    return options[chance % len(options)]

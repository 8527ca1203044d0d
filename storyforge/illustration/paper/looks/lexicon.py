"""The words of lexicon.yaml, with their endings, and colours as people say them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from storyforge.illustration.paper.character_sheet import kinds
from storyforge.illustration.paper.color import named

_ENDINGS = ("", "e", "en", "em", "er", "es", "s")


@cache
def lexicon() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((files(__package__) / "lexicon.yaml").read_text(encoding="utf-8"))
    return read


@cache
def index(table: str) -> dict[str, str]:
    """Which part, kind or theme a word names."""
    if table == "kinds":
        other = {word: kind for kind, words in lexicon()["kinds"].items() for word in words.split()}
        return {**other, **{kind: kind for kind in kinds()}}
    if table == "themes":
        return {word: t["words"].split()[0] for t in lexicon()["themes"] for word in t["words"].split()}
    return {word: name for name, part in lexicon()["parts"].items() for word in part["words"].split()}


@cache
def sizes() -> dict[str, float]:
    return {word: float(size) for size, words in lexicon()["sizes"].items() for word in words.split()}


def inflected(word: str, table: Mapping[str, str]) -> str:
    return next((table[form] for form in forms(word) if form in table), "")


def forms(word: str) -> list[str]:
    """The word, and what is left of it without an ending: 'silbernes', 'silbern'."""
    return [word.removesuffix(e) for e in _ENDINGS if word.endswith(e) and len(word) - len(e) >= 3]


def colours(words: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Where a colour is named, and which: 'silver', 'dark red', '#rrggbb', or a blend of two ('brown orange')."""
    shades = lexicon()["shades"]
    i = 0
    while i < len(words):
        start, shade = i, shades.get(words[i], "")
        i += bool(shade)
        colour = one_colour(words[i]) if i < len(words) else ""
        following = one_colour(words[i + 1]) if colour and i + 1 < len(words) else ""
        if colour:
            yield start, _shaded(shade, _blend(colour, following) if following else colour)
        i += (2 if following else 1) if colour or not shade else 0


def _shaded(shade: str, colour: str) -> str:
    return colour if not shade or colour.startswith("#") else f"{shade} {colour}"


def one_colour(word: str) -> str:
    if word.startswith("#"):
        return word
    found = inflected(word, lexicon()["colours"])
    if found:
        return found
    for shade, english in lexicon()["shades"].items():  # dunkelblau
        rest = word.removeprefix(shade)
        if rest != word and rest and (colour := one_colour(rest)):
            return _shaded(english, colour)
    return next((w for w in forms(word) if w not in ("dark", "light") and named(w) is not None), "")


def _blend(first: str, second: str) -> str:
    """The second word is the noun: a brown orange is mostly orange."""
    a, b = named(first), named(second)
    return a.mix(b, 0.7).hex if a and b else second

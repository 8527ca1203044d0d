"""The words of one language by which a story tells what somebody looks like; the words are in palette.yaml."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from storyforge.sentences import code


class Palette:
    """The words of one language for looks; nearly none of a language that has no list."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.lasting = _pairs(data.get("lasting", ""))
        self.colours = frozenset(_pairs(data.get("colours", "")))
        self.body = _pairs(data.get("body", ""))
        self.worn = _pairs(data.get("worn", ""))
        self.having = frozenset(_pairs(data.get("having", "")))
        self.has = self.having - {"with", "mit", "got", "wearing"}
        self.dressed = frozenset(_pairs(data.get("dressed", "")))
        self.naming = frozenset(_pairs(data.get("naming", "")))
        self.very = frozenset(_pairs(data.get("very", "")))
        self.nobody = frozenset(_pairs(data.get("nobody", "")))
        self.nouns = _pairs(data.get("nouns", ""))
        self.titles = _pairs(data.get("titles", ""))
        self.honorific = _pairs(data.get("honorific", ""))
        self.families = frozenset(_pairs(data.get("families", "")))
        self.definite = frozenset(_pairs(data.get("definite", "")))
        self.relative = frozenset(_pairs(data.get("relative", "")))
        self.ours = frozenset(_pairs(data.get("ours", "")))
        self.nominative: dict[str, str] = data.get("nominative", {})
        self.possessive = {word: who for who, words in data.get("possessive", {}).items() for word in _pairs(words)}
        self.pronouns = {word: who for who, words in data.get("pronouns", {}).items() for word in _pairs(words)}

    def adjective(self, word: str) -> str:
        """The English of an adjective that tells of looks, whatever its ending in German; '' if it tells none."""
        for form in (word, *(word.removesuffix(end) for end in ("e", "er", "es", "en", "em") if word.endswith(end))):
            if form in self.lasting:
                return self.lasting[form]
        return ""

    @property
    def nouns_are_capital(self) -> bool:
        return bool(self.nominative)

    def is_title(self, word: str) -> bool:
        return word in self.titles or word in self.honorific or word in self.families

    def nominative_of(self, words: Sequence[str], noun: str, gender: str) -> str:
        """“der alte Bär” of [den, alten, Bären], “Bär” and he. As it is in languages without cases."""
        if not self.nominative:
            return " ".join(words)
        _, *adjectives, last = words
        bare = (each.removesuffix("n") if each.endswith("en") else each for each in adjectives)
        article = "das" if noun.endswith(("chen", "lein")) else self.nominative.get(gender, "das")
        return " ".join((article, *bare, f"{last[0]}{noun[1:]}"))

    def part(self, word: str) -> str:
        return self.worn.get(word) or self.body.get(word, "")


@cache
def palette(language: str) -> Palette:
    data = yaml.safe_load(files(__package__).joinpath("palette.yaml").read_text("utf-8"))
    return Palette(data.get(code(language), {}))


def _pairs(words: str) -> dict[str, str]:
    """Word -> what it means; itself, where nothing else is said."""
    split = (each.strip().partition("=") for each in words.split(",") if each.strip())
    return {" ".join(word.lower().split()): meaning or " ".join(word.lower().split()) for word, _, meaning in split}

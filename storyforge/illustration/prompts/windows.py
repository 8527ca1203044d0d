"""Phrases packed for CLIP, which reads 77 tokens at a time: a start, 75 of the text, an end.

A longer prompt is read in several windows, each by itself, and what a window's end parts no longer belongs together. So
each window is filled with whole phrases, and the next begins at the word BREAK, as A1111, Forge and their kin know it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from storyforge.illustration.prompts.tokens import tokens
from storyforge.illustration.prompts.weighed import BREAK, Weighed, escaped

WINDOW = 75


@dataclass(frozen=True)
class Phrase:
    text: str
    weight: float = 1.0
    comma: bool = True
    """Whether a comma follows, else a space."""

    @property
    def size(self) -> float:
        return tokens(self.text) + self.comma

    def __str__(self) -> str:
        text = re.sub(rf"\b{BREAK}\b", BREAK.lower(), escaped(self.text))  # CLIP tells no capitals
        return (f"({text}:{self.weight:g})" if self.weight != 1 else text) + (", " if self.comma else " ")


def length(phrases: Iterable[Phrase]) -> float:
    """Tokens that these hardly exceed."""
    return sum(phrase.size for phrase in phrases)


def packed(groups: Iterable[Sequence[Phrase]]) -> Weighed:
    """The whole prompt, in this order. What is in a group comes into one window, if it can."""
    windows: list[list[Phrase]] = [[]]
    for group in groups:
        if length(windows[-1]) + length(group) > WINDOW and length(group) <= WINDOW:
            windows.append([])
        for phrase in (part for each in group for part in _parts(each)):
            if length(windows[-1]) + phrase.size > WINDOW:
                windows.append([])
            windows[-1].append(phrase)
    return Weighed(f" {BREAK} ".join("".join(map(str, window)).rstrip(" ,") for window in windows if window))


def _parts(phrase: Phrase) -> Iterator[Phrase]:
    """The phrase; one that fills more than a window, in as few parts as can be. The comma is the last one's."""
    parts = [""]
    for word in phrase.text.split(" ") if phrase.size > WINDOW else [phrase.text]:
        longer = f"{parts[-1]} {word}".strip()
        parts = [*parts, word] if parts[-1] and tokens(longer) >= WINDOW else [*parts[:-1], longer]
    for number, text in enumerate(parts, 1):
        yield replace(phrase, text=text, comma=phrase.comma and number == len(parts))

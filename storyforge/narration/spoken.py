"""What is shown and what is spoken are two texts with a map between them (promise 9)."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

import yaml

from storyforge.narration.words import Span, word_spans

Rule = tuple[re.Pattern[str], str]

# Engines read these aloud ("asterisk"), pause at them, or take them for phonemes of their own ([[…]]).
_SILENT = frozenset('*_~^`|\\<>{}[]#"“”„‟«»‹›「」『』《》〈〉•')
# A name from the lexicon waits as one character of the private use area, so that no other rule touches how it is said.
_PRIVATE = 0xE000
_PRIVATE_SIZE = 0x1900
_LONGEST_PIECE = 300  # characters; few sentences are longer


@dataclass(frozen=True)
class Spoken:
    """`text[i]` stands for `shown[origins[i]]`; the origins never go back."""

    shown: str
    text: str
    origins: tuple[int, ...]

    @cached_property
    def words(self) -> tuple[Span, ...]:
        """The words of the shown text of which something is said."""
        said = {self.origins[i] for i, character in enumerate(self.text) if _is_said(character)}
        return tuple((start, end) for start, end in word_spans(self.shown) if not said.isdisjoint(range(start, end)))

    def word_at(self, position: int) -> int | None:
        """Index into `words` of what is said at `text[position]`; None between words."""
        if not 0 <= position < len(self.text):
            return None
        index = bisect_right(self.words, self.origins[position], key=lambda span: span[0]) - 1
        return index if index >= 0 and self.origins[position] < self.words[index][1] else None

    def replaced(self, pattern: re.Pattern[str], template: str) -> Spoken:
        """Every match said in another way; what is put in stands for the start of the match."""
        text: list[str] = []
        origins: list[int] = []
        done = 0
        for match in pattern.finditer(self.text):
            new = match.expand(template)
            text += (self.text[done : match.start()], new)
            origins += self.origins[done : match.start()]
            origins += [self.origins[match.start()]] * len(new)
            done = match.end()
        return Spoken(self.shown, "".join([*text, self.text[done:]]), (*origins, *self.origins[done:]))


def as_spoken(shown: str, language: str, lexicon: Mapping[str, str]) -> Spoken:
    """The line as a voice should read it. `lexicon`: names as shown → what the voice is to be given for them."""
    plain = "".join(map(_plain, shown))
    kept = [i for i, character in enumerate(plain) if character != "\0"]
    spoken = Spoken(shown, "".join(plain[i] for i in kept), tuple(kept))
    names = sorted(lexicon, key=lambda name: (-len(name), name))[:_PRIVATE_SIZE]
    waiting = {name: chr(_PRIVATE + number) for number, name in enumerate(names)}
    for name, stand_in in waiting.items():
        spoken = spoken.replaced(_as_a_word(name), stand_in)
    for pattern, template in _rules(language):
        spoken = spoken.replaced(pattern, template)
    for name, stand_in in waiting.items():
        spoken = spoken.replaced(re.compile(stand_in), lexicon[name].replace("\\", r"\\"))
    return spoken


def pieces(text: str) -> Iterator[Span]:
    """A spoken text in pieces that engines bear, cut where a sentence, a clause or at least a word ends.

    Piper's memory grows with the length (766 MB for 27 s); espeak's buffers overflow at some thousand odd letters.
    """
    start = 0
    while len(text) - start > _LONGEST_PIECE:
        window = text[start : start + _LONGEST_PIECE]
        marks = (
            max(map(window.rfind, (". ", "! ", "? "))),
            max(map(window.rfind, (", ", "; ", ": "))),
            window.rfind(" "),
        )
        length = next((mark + 1 for mark in marks if mark > 0), _LONGEST_PIECE)
        if window.rfind("[[", 0, length) > window.rfind("]]", 0, length):
            length = window.rfind("[[", 0, length) or len(window)  # never within a name in phonemes
        yield start, start + length
        start += length
    yield start, len(text)


def _plain(character: str) -> str:
    """The character, a space or another in its place, or NUL if it is not said at all."""
    category = unicodedata.category(character)
    if character in "’‘ʼ":
        return "'"
    if character.isspace() or character in _SILENT:
        return " " if character.isspace() or character in "_|\\<>{}[]" else "\0"
    # Control characters, invisible marks, halves of broken emoji, private and unassigned ones; emoji and skin tones.
    if category[0] == "C" or category == "So" or character in "\ufe0e\ufe0f\u20e3" or "🏻" <= character <= "🏿":
        return "\0"
    return character


def _is_said(character: str) -> bool:
    return character.isalnum() or character in "&%@+=$£€§" or unicodedata.category(character) in ("Sc", "Sm")


def _as_a_word(name: str) -> re.Pattern[str]:
    """The name as written or in capitals, and not within another word."""
    written = re.escape("".join(map(_plain, name)).replace("\0", "").strip()) or "(?!)"
    edges = (r"(?<!\w)" if name[:1].isalnum() else "", r"(?!\w)" if name[-1:].isalnum() else "")
    if any(_unspaced(character) for character in name):
        edges = ("", "")
    return re.compile(f"{edges[0]}(?:{written}|{written.upper()}){edges[1]}")


def _unspaced(character: str) -> bool:
    return "\u3041" <= character <= "\u30fa" or "\u3400" <= character <= "\u9fff"


@cache
def _rules(language: str) -> tuple[Rule, ...]:
    tables: dict[str, list[list[str]]] = yaml.safe_load(files(__package__).joinpath("spoken.yaml").read_text("utf-8"))
    own = re.split("[-_]", language.lower())[0]
    return tuple((re.compile(pattern), said) for key in ("all", own) for pattern, said in tables.get(key, []))

"""What is shown and what is spoken are two texts with a map between them (promise 9)."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from storyforge.narration.long_words import DRAWN_OUT, LONG, LONGEST, RUN, shortened
from storyforge.narration.rules import rules
from storyforge.narration.tables import How
from storyforge.narration.words import Span, word_spans

# Engines read these aloud ("asterisk"), pause at them, or take them for phonemes of their own ([[…]]).
_SILENT = re.compile('[*~^`#"“”„‟«»‹›「」『』《》〈〉•]+')
_APART = re.compile(r"[_|\\<>{}\[\]]")
# A name from the lexicon waits as one letter of Tangut, which no voice speaks: other rules take it for a word and
# leave it alone.
_TANGUT = 0x17000
_TANGUT_SIZE = 0x17F8
_LONGEST_PIECE = 300  # characters; few sentences are longer
_WORD = re.compile(r"\S+")


@dataclass(frozen=True)
class Spoken:
    """`text[i]` stands for `shown[origins[i]]`; the origins never go back.

    `joined`: characters of the shown text that are said together with what stands before or behind them.
    """

    shown: str
    text: str
    origins: tuple[int, ...]
    joined: frozenset[int] = frozenset()

    @cached_property
    def words(self) -> tuple[Span, ...]:
        """The words of the shown text of which something is said."""
        said = {self.origins[i] for i, character in enumerate(self.text) if _is_said(character)} | self.joined
        return tuple((start, end) for start, end in word_spans(self.shown) if not said.isdisjoint(range(start, end)))

    def word_at(self, position: int) -> int | None:
        """Index into `words` of what is said at `text[position]`; None between words."""
        if not 0 <= position < len(self.text):
            return None
        index = bisect_right(self.words, self.origins[position], key=lambda span: span[0]) - 1
        return index if index >= 0 and self.origins[position] < self.words[index][1] else None

    def replaced(self, pattern: re.Pattern[str], how: How) -> Spoken:
        """Every match said in another way: `how` is a template for re.Match.expand, or tells what is said.

        What is put in is shared among the words that it stands for.
        """
        text: list[str] = []
        origins: list[int] = []
        joined: set[int] = set()
        done = 0
        for match in pattern.finditer(self.text):
            old, new = match[0], match.expand(how) if isinstance(how, str) else how(match)
            if new == old:
                continue
            start = match.start()
            text += (self.text[done:start], new)
            origins += self.origins[done:start]
            origins += [self.origins[start + offset] for offset in _shared(old, new)]
            if any(map(_is_said, new)):
                joined.update(self.origins[start + i] for i, character in enumerate(old) if _is_said(character))
            done = match.end()
        if not done:
            return self
        spoken = "".join([*text, self.text[done:]])
        return Spoken(self.shown, spoken, (*origins, *self.origins[done:]), self.joined | joined)


def as_spoken(shown: str, language: str, lexicon: Mapping[str, str]) -> Spoken:
    """The line as a voice should read it. `lexicon`: names as shown → what the voice is to be given for them."""
    plain = _plain(shown)
    kept = [i for i, character in enumerate(plain) if character != "\0"]
    spoken = Spoken(shown, "".join(plain[i] for i in kept), tuple(kept))
    for pattern, how in rules("first", language):
        spoken = spoken.replaced(pattern, how)
    long_names = {name: "" for name in lexicon if len(name) > LONGEST}
    spoken = spoken.replaced(LONG, lambda match: match[0] if names_in(match[0], long_names) else shortened(match[0]))
    spoken = spoken.replaced(_SILENT, "").replaced(_APART, " ")
    names = sorted(lexicon, key=lambda name: (-len(name), name))[:_TANGUT_SIZE]
    waiting = {name: chr(_TANGUT + number) for number, name in enumerate(names)}
    for name, stand_in in waiting.items():
        if (pattern_of_name := _as_a_word(name)) is not None:
            spoken = spoken.replaced(pattern_of_name, stand_in)
    spoken = spoken.replaced(RUN, DRAWN_OUT)
    for key in ("own", "all"):
        for pattern, how in rules(key, language):
            spoken = spoken.replaced(pattern, how)
    said = {stand_in: lexicon[name] for name, stand_in in waiting.items()}
    return spoken.replaced(_STAND_IN, lambda match: said[match[0]]) if said else spoken


_STAND_IN = re.compile(f"[{chr(_TANGUT)}-{chr(_TANGUT + _TANGUT_SIZE - 1)}]")


def names_in(text: str, names: Mapping[str, str]) -> dict[str, str]:
    """Those entries of a lexicon whose names stand in the text as words of their own."""
    plain = _APART.sub(" ", _SILENT.sub("", _plain(text).replace("\0", "")))
    folded = plain.casefold()
    near = (name for name in sorted(names) if _written(name).casefold() in folded)  # quick, before patterns are made
    patterns = ((name, _as_a_word(name)) for name in near)
    return {name: names[name] for name, pattern in patterns if pattern is not None and pattern.search(plain)}


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


def _plain(shown: str) -> str:
    """The text, as long as it was: what is not said at all is NUL, each kind of space and apostrophe is one.

    Emoji are silent: they repeat what the words say, and “red heart” in the middle of a sentence breaks it. Only a
    line that holds nothing else is left to the voice, each emoji once: espeak and Piper name them in most languages.
    """
    alone = not any(character.isalnum() for character in shown)
    kept: list[str] = []
    seen: set[str] = set()
    for character in shown:
        plain = _plain_character(character, alone)
        kept.append("\0" if alone and _is_emoji(plain) and plain in seen else plain)
        seen.add(plain)
    return "".join(kept)


def _plain_character(character: str, alone: bool) -> str:
    if character.isascii() and character.isprintable():
        return character
    if character in "’‘ʼ":
        return "'"
    if character.isspace():
        return " "
    category = unicodedata.category(character)
    # Control characters, invisible marks, halves of broken emoji, private and unassigned ones; emoji and skin tones.
    silent = category[0] == "C" or character in "\ufe0e\ufe0f\u20e3" or "🏻" <= character <= "🏿"
    silent = silent or (category == "So" and character not in "°№" and not (alone and _is_emoji(character)))
    return "\0" if silent or _STAND_IN.match(character) else character


def _is_emoji(character: str) -> bool:
    return any(first <= character <= last for first, last in ("☀➿", "⬅⭕", "🌀🫿"))


def _is_said(character: str) -> bool:
    return (
        character.isalnum()
        or character in "&%@+=$£€§°№"
        or unicodedata.category(character) in ("Sc", "Sm")
        or _is_emoji(character)
    )


def _shared(old: str, new: str) -> list[int]:
    """For each character of `new`, the offset in `old` that it stands for.

    Words that begin or end both alike stand for themselves, those between are shared out in order.
    """
    before = [(match[0], match.start()) for match in _WORD.finditer(old)]
    after = [match[0] for match in _WORD.finditer(new)]
    if len(before) < 2 or not after:
        return [before[0][1] if before and after else 0] * len(new)
    first, last = _alike(before, after)
    old_between, new_between = len(before) - first - last, len(after) - first - last
    owners = list(range(first))
    owners += [min(first + i * old_between // new_between, len(before) - 1) for i in range(new_between)]
    owners += range(len(before) - last, len(before))
    shared: list[int] = []
    for owner, match in zip(owners, _WORD.finditer(new), strict=True):
        shared += [before[owner][1]] * (match.end() - len(shared))
    return shared + [shared[-1]] * (len(new) - len(shared))


def _alike(before: list[tuple[str, int]], after: list[str]) -> tuple[int, int]:
    """How many words at the start and at the end are the same."""
    least, first, last = min(len(before), len(after)), 0, 0
    while first < least and before[first][0] == after[first]:
        first += 1
    while last < least - first and before[-1 - last][0] == after[-1 - last]:
        last += 1
    return first, last


def _as_a_word(name: str) -> re.Pattern[str] | None:
    """The name as written, with a capital or in capitals, not within another word; None if nothing of it is said."""
    if not (written := _written(name)):
        return None
    forms = "|".join(map(re.escape, dict.fromkeys((written, written[0].upper() + written[1:], written.upper()))))
    edges = (r"(?<!\w)" if written[0].isalnum() else "", r"(?!\w)" if written[-1].isalnum() else "")
    if any(_unspaced(character) for character in name):
        edges = ("", "")
    return re.compile(f"{edges[0]}(?:{forms}){edges[1]}")


def _written(name: str) -> str:
    return _APART.sub(" ", _SILENT.sub("", _plain(name).replace("\0", ""))).strip()


def _unspaced(character: str) -> bool:
    return "\u3041" <= character <= "\u30fa" or "\u3400" <= character <= "\u9fff"

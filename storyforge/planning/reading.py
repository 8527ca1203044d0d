"""A sentence as the planner reads it: its words, which of them are meant literally, and what they stand for."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from storyforge.planning.names import NameHit, Names
from storyforge.planning.wordlist import Lexicon, Meaning
from storyforge.quotes import PARAGRAPH, Span, quote_spans

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_CLAUSE_END = re.compile(r"[,;:.!?…—–()“”\"„«»。，、！？]")
_NEGATED = 4  # words that a “not” reaches, at most, within its clause
_IMAGINED = 6  # words that a “dreamed of” reaches


Senses = Sequence[tuple[int, Meaning]]
"""What begins at a word: the number of words it takes, and what they mean."""


class Word(NamedTuple):
    text: str  # lower case, without 's
    raw: str
    start: int  # offset in the story
    end: int
    gap: str  # what stands between it and the word before
    quoted: bool
    literal: bool


class Hit(NamedTuple):
    """Words `first` to `last` stand for `value` in a section: 'forest' in 'place'."""

    section: str
    value: str
    weight: float
    first: int
    last: int


@dataclass(frozen=True)
class Reading:
    """One sentence. `hits` are taken from what is told, not from what is said in quotes."""

    start: int
    text: str
    opens_paragraph: bool
    words: tuple[Word, ...]
    names: tuple[NameHit, ...]
    hits: tuple[Hit, ...]

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @cached_property
    def has_quote(self) -> bool:
        return any(word.quoted for word in self.words)

    def breaks(self, first: int, last: int) -> bool:
        """Whether a clause ends between these two words."""
        return any(_CLAUSE_END.search(word.gap) for word in self.words[first + 1 : last + 1])


def read(story: str, slices: Sequence[str], lexicon: Lexicon, names: Names) -> list[Reading]:
    """All sentences of a story, read one by one."""
    quotes = quote_spans(story)
    starts = [start for start, _ in quotes]
    paragraphs = {0, *(blank.end() for blank in PARAGRAPH.finditer(story))}
    readings, position = [], 0
    for text in slices:
        words = _words(text, position, quotes, starts)
        found = names.find(text, position, [(word.raw, word.start, word.end) for word in words])
        texts = [word.text for word in words]
        senses = [[] if word.quoted else lexicon.senses_at(texts, at) for at, word in enumerate(words)]
        words = _literal(words, senses, lexicon.grammar.get("turn", frozenset()))
        hits = tuple(_hits(words, senses, found))
        readings.append(Reading(position, text, position in paragraphs, tuple(words), found, hits))
        position += len(text)
    return readings


def normal(raw: str) -> str:
    word = raw.lower().replace("’", "'")
    return word[:-2] if word.endswith("'s") else word


def _words(text: str, offset: int, quotes: Sequence[Span], starts: Sequence[int]) -> list[Word]:
    words, behind = [], 0
    for found in _WORD.finditer(text):
        start = offset + found.start()
        number = bisect_right(starts, start) - 1
        quoted = number >= 0 and start < quotes[number][1]
        gap = text[behind : found.start()]
        words.append(Word(normal(found[0]), found[0], start, offset + found.end(), gap, quoted, True))
        behind = found.end()
    return words


def _literal(words: Sequence[Word], senses: Sequence[Senses], turns: frozenset[str]) -> list[Word]:
    """Marks what is negated, remembered, wished for or only compared to: “no dragon”, “dreamed of the sea”."""
    read_so_far, reach, plain = [], 0, 0
    for at, word in enumerate(words):
        if _CLAUSE_END.search(word.gap) or word.text in turns:
            reach = at
        read_so_far.append(word._replace(literal=at >= reach))
        for length, sense in senses[at]:
            if sense.section == "plain":
                plain = at + length
            elif sense.section == "negation" and at >= plain:
                reach = max(reach, at + 1 + _NEGATED)
            elif sense.section == "unreal":
                reach = max(reach, at + length + _IMAGINED)
    return read_so_far


def _hits(words: Sequence[Word], senses: Sequence[Senses], names: Sequence[NameHit]) -> list[Hit]:
    named = {at for name in names for at in range(name.first, name.last + 1)}
    hits: list[Hit] = []
    taken: dict[str, int] = {}  # section -> the word up to which a phrase has been understood
    for at, word in enumerate(words):
        if not word.literal or at in named:
            continue
        for length, sense in senses[at]:
            if at >= taken.get(sense.section, 0):
                hits.append(Hit(*sense, at, at + length - 1))
        for length, sense in senses[at]:
            taken[sense.section] = max(taken.get(sense.section, 0), at + length)
    return hits

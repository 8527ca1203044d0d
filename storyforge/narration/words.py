"""Words of a line: where they stand in the text, and when they are heard."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from storyforge.speech import Word

Span = tuple[int, int]
"""A stretch text[start:end], in characters."""

SHORTEST = 0.02  # seconds; what is given less would not be seen when words are lit up one by one

# Chinese and Japanese leave no spaces: there, each character is a word.
_UNSPACED = "\u3041-\u30fa\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_OPENING = "“‘„‚«‹「『（《〈【"
_CHUNK = re.compile(rf"[{_OPENING}]*[{_UNSPACED}][^\w\s{_OPENING}]*|(?:(?![{_OPENING}]*[{_UNSPACED}])\S)+")
# Each kind of dash is looked at where it begins, and not given back: ten thousand of them take no longer than letters.
_DASHED = re.compile(r".+?(?:(?<![—―…])[—―…]++|(?<!-)--++|(?<!\.)\.{3,}+)(?=[\w“‘„\"'])|.+", re.DOTALL)


def word_spans(text: str) -> tuple[Span, ...]:
    """Every word with the punctuation that clings to it, in order; white space lies between."""
    return tuple(_word_spans(text))


def _word_spans(text: str) -> Iterator[Span]:
    for chunk in _CHUNK.finditer(text):
        for word in _DASHED.finditer(text, chunk.start(), chunk.end()):
            yield word.span()


def timed_words(
    text: str, spans: Sequence[Span], heard: Sequence[tuple[float, float] | None], seconds: float
) -> tuple[Word, ...]:
    """The words with their times: `heard` (start, end) where the voice told, the gaps shared out by the words' lengths.

    A word that was not heard apart ("in the" in one breath) shares the time of the word before it.
    Starts never go back, no word ends before it starts, none after `seconds`.
    """
    words: list[Word] = []
    anchors = _anchors(heard)
    for first, after in pairwise([*anchors, len(spans)]):
        start, end = _stretch(heard, first, after, seconds)
        words += _share_out(text, spans[first:after], start, end)
    return tuple(words)


def _anchors(heard: Sequence[tuple[float, float] | None]) -> list[int]:
    """Words whose start counts: those that leave every word before them at least the shortest time."""
    anchors = [0] if heard else []
    last = heard[0][0] if heard and heard[0] else 0.0
    for index, times in enumerate(heard):
        if times and index and times[0] >= last + SHORTEST * (index - anchors[-1]):
            anchors.append(index)
            last = times[0]
    return anchors


def _stretch(
    heard: Sequence[tuple[float, float] | None], first: int, after: int, seconds: float
) -> tuple[float, float]:
    own, following = heard[first], heard[after] if after < len(heard) else None
    limit = min(following[0], seconds) if following else seconds
    start, end = own or (0.0, limit)
    start = min(start, limit)
    # A word that was heard alone ends with its own sound; one that stands for several ends where its stretch does.
    return start, min(max(end, start + SHORTEST * (after - first)), limit)


def _share_out(text: str, spans: Sequence[Span], start: float, end: float) -> Iterator[Word]:
    weights = [max(1, sum(map(str.isalnum, text[a:b]))) for a, b in spans]
    total, passed = sum(weights), 0
    for (char_start, char_end), weight in zip(spans, weights, strict=True):
        begins = start + (end - start) * passed / total
        passed += weight
        ends = min(start + (end - start) * passed / total, end)
        shown = text[char_start:char_end]
        yield Word(text=shown, char_start=char_start, char_end=char_end, start=begins, end=max(begins, ends))

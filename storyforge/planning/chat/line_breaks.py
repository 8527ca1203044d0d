"""Line breaks of a paragraph that come back in its new wording, each before the word or mark where it was."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import accumulate

from storyforge.naming import folded
from storyforge.word_diff import Tokens, tokens

_BREAK = re.compile(r"\r\n|[\n\r\v\f\x85\u2028\u2029]")
_FLAT = re.compile(r"[ \t\n\r\v\f\x1c-\x1f\x85\u2028\u2029]+")  # but not the spaces that keep words together
_OPENING = "“„«‘‚'\"(「『¿¡—–-*•"
_ALIKE = {mark: kind[0] for kind in ('"“”„‟«»「」『』', "'‘’‚‛", "-–—―‑") for mark in kind}

Codes = Sequence[tuple[str, int, int, int, int]]
"""As difflib's: what of one sequence stands for what of another."""


def line_breaks(text: str) -> int:
    return len(_BREAK.findall(text))


def with_breaks(old: str, new: str) -> str:
    """The new wording of a paragraph with line breaks before the words and marks before which the old one had them.

    It has no others. Where what a break stood before is gone together with what would take its place, so is the break:
    compare `line_breaks`.
    """
    a, b = tokens(old), tokens(_FLAT.sub(" ", new.strip()))
    gaps = [_gap(b, number) for number in range(len(b.shapes))]
    for number, place in enumerate(_places(a, b)[:-1]):
        if _BREAK.search(gap := _gap(a, number)) and place < len(gaps):
            gaps[place] = gap
    pieces = (gap + b.slice(n, n + 1).rstrip() for n, gap in enumerate(gaps))
    return "".join(pieces).strip() if b.shapes else b.text


def _places(a: Tokens, b: Tokens) -> list[int]:
    """For each word and mark of the old wording, and its end: where in the new one a break before it belongs.

    Words are found first, whatever became of the marks; then, between two words, the marks.
    """
    ours, theirs = [*_words(a), len(a.shapes)], [*_words(b), len(b.shapes)]
    folds = [[folded(text.shapes[number]) for number in words[:-1]] for text, words in ((a, ours), (b, theirs))]
    places: list[int] = []
    for word, place in zip(ours, _aligned(_codes(*folds), *folds), strict=True):
        first = theirs[place - 1] + 1 if place else 0
        places += _between(a, range(len(places), word), b, range(first, theirs[place]))
    return places


def _between(a: Tokens, ours: range, b: Tokens, theirs: range) -> list[int]:
    """Places for the marks before a word, and for that word."""
    sides = [text.shapes[there.start : there.stop] for text, there in ((a, ours), (b, theirs))]
    marks = [[_ALIKE.get(sign, sign) for sign in side] for side in sides]
    codes = _codes(*marks)
    places = [_after_gap(b, theirs.start + place, theirs.stop) for place in _aligned(codes, *marks)[:-1]]
    kept = max((j2 for kind, _, _, _, j2 in codes if kind == "equal"), default=0)
    return [*places, _opened(b, theirs.start + kept, theirs.stop)]


def _codes(ours: Sequence[str], theirs: Sequence[str]) -> Codes:
    return SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes()


def _aligned(codes: Codes, ours: Sequence[str], theirs: Sequence[str]) -> list[int]:
    """What stands for each of ours, and for their end; what was dropped is where the next one is."""
    places: list[int] = []
    for kind, i1, i2, j1, j2 in codes:
        if kind == "replace" and i2 - i1 != j2 - j1:
            places += (j1 + place for place in _along(ours[i1:i2], theirs[j1:j2]))
        else:
            places += (j1 + min(number, j2 - j1) for number in range(i2 - i1))
    return [*places, len(theirs)]


def _along(ours: Sequence[str], theirs: Sequence[str]) -> Iterator[int]:
    """The one of theirs that begins as far along, by letters, as each of ours: of “a lot of” and “alot of”."""
    starts, others = [[*accumulate(map(len, words), initial=0)] for words in (ours, theirs)]
    for start in starts[:-1]:
        along = start * others[-1] / starts[-1]
        behind = min(bisect_left(others, along), len(theirs) - 1)
        yield min(max(0, behind - 1), behind, key=lambda place: abs(others[place] - along))


def _after_gap(text: Tokens, mark: int, word: int) -> int:
    """Not between a word and the full stop that a new wording has behind it."""
    return next((n for n in range(mark, word + 1) if n < len(text.shapes) and _gap(text, n)), mark)


def _opened(text: Tokens, first: int, word: int) -> int:
    """Where what is written as one with a word begins: with a new dash, or a quotation mark, before it."""
    at = word
    while at > first and text.shapes[at - 1] in _OPENING and (not _gap(text, at) or at == 1 or _gap(text, at - 1)):
        at -= 1
    return at


def _words(text: Tokens) -> list[int]:
    """Numbers of the tokens that are words."""
    return [number for number, shape in enumerate(text.shapes) if shape[0].isalnum()]


def _gap(text: Tokens, number: int) -> str:
    """The white space before a word or mark."""
    behind = text.slice(number - 1, number) if number else ""
    return behind[len(behind.rstrip()) :]

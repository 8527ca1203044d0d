"""What differs between two wordings: by words and marks, not by characters; also in scripts without spaces."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from typing import Literal

from storyforge.passages import paragraphs
from storyforge.quotes import PARAGRAPH, Span
from storyforge.value import Value

WINDOW = 800  # words and marks compared at once: difflib takes the square of their number
SURE = 3  # alike in a row: as many tell where two long stretches meet again


Side = Literal["same", "old", "new"]


class Change(Value):
    """A stretch of both wordings: the `old` of all changes, joined, is the old wording, and so for `new`.

    In what is `same`, words and marks are equal; the white space between them need not be.
    """

    old: str
    new: str
    same: bool


@dataclass(frozen=True)
class Tokens:
    """A text as words and marks. `shapes[i]` is the i-th, and `cuts[i] : cuts[i + 1]` with the gap behind it."""

    text: str
    shapes: tuple[str, ...]
    cuts: tuple[int, ...]

    def slice(self, start: int, end: int) -> str:
        return self.text[self.cuts[start] : self.cuts[end]]


def words_of(text: str) -> tuple[str, ...]:
    """The words alone, without marks; in scripts without spaces, a character each."""
    return tuple(text[slice(*span)] for span in _spans(text) if text[span[0]].isalnum())


def tokens(text: str) -> Tokens:
    """Words (`don't` and `well-known` are one each) and marks; in scripts without spaces, a character is a word."""
    spans = _spans(text)
    cuts = (0, *(start for start, _ in spans[1:]), len(text)) if spans else (0,)
    return Tokens(text, tuple(text[slice(*span)] for span in spans), cuts)


def word_diff(old: str, new: str) -> tuple[Change, ...]:
    """The changes that make `new` of `old`, in order. Neighbours differ in `same`, or a paragraph ends there."""
    ours, theirs = paragraphs(old), paragraphs(new)
    matcher = SequenceMatcher(None, [each.strip() for each in ours], [each.strip() for each in theirs], autojunk=False)
    found: list[Change] = []
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        pairs = zip(ours[i1:i2], theirs[j1:j2], strict=True) if i2 - i1 == j2 - j1 else [(ours[i1:i2], theirs[j1:j2])]
        for one, other in pairs:
            before, after = "".join(one), "".join(other)
            found += [Change(old=before, new=after, same=True)] if kind == "equal" else _between(before, after)
    return _merged(found)


def counted(changes: Sequence[Change]) -> tuple[int, int]:
    """How many words, and how many marks, differ. A word for two others counts as two."""
    words = marks = 0
    for change in changes:
        if not change.same:
            old, new = [Counter(tokens(text).shapes) for text in (change.old, change.new)]
            gone, added = [[shape[0].isalnum() for shape in each.elements()] for each in (old - new, new - old)]
            words += max(sum(gone), sum(added))
            marks += max(len(gone) - sum(gone), len(added) - sum(added))
    return words, marks


def stretches(changes: Sequence[Change], context: int = 4) -> Iterator[tuple[Change, ...]]:
    """What changed, with `context` words and marks of what did not around it.

    What is close together is one stretch, if no paragraph ends in between.
    """
    near: list[Change] = []
    for number, change in enumerate(changes):
        last = number == len(changes) - 1
        ends = PARAGRAPH.search(change.new or change.old)
        if change.same and (last or ends or not near or len(tokens(change.new).shapes) > 2 * context):
            if near:
                yield (*near, _seen(_head(change.new, context)))
            near = [] if last else [_seen(_tail(change.new, context))]
            continue
        near.append(change)
        if ends:
            yield tuple(near)
            near = []
    if near:
        yield tuple(near)


def _head(text: str, count: int) -> str:
    found = tokens(PARAGRAPH.split(text)[0])
    return found.slice(0, count) if len(found.shapes) > count else found.text


def _tail(text: str, count: int) -> str:
    found = tokens(PARAGRAPH.split(text)[-1])
    return found.slice(-count - 1, -1) if len(found.shapes) > count else found.text


def plain(changes: Sequence[Change]) -> str:
    """A stretch in one line, for pipes and logs: a [-teh-]{+the+} bear."""
    marked = {"same": "{}", "old": "[-{}-]", "new": "{{+{}+}}"}
    return "".join(marked[kind].format(text) if text.strip() else text for kind, text in runs(changes)).strip()


def runs(changes: Sequence[Change]) -> Iterator[tuple[Side, str]]:
    """A stretch as pieces of one line, each with the side that it is of; gaps between them are pieces of their own."""
    for change in changes:
        for side, text in _sides(change):
            if text.strip():
                yield side, " ".join(text.split())
        if (change.new or change.old)[-1:].isspace():
            yield "same", " "


def _sides(change: Change) -> tuple[tuple[Side, str], ...]:
    return (("same", change.new),) if change.same else (("old", change.old), ("new", change.new))


def _seen(text: str) -> Change:
    return Change(old=text, new=text, same=True)


def _between(old: str, new: str) -> Iterator[Change]:
    a, b = tokens(old), tokens(new)
    if not a.shapes or not b.shapes:
        yield Change(old=old, new=new, same=not a.shapes and not b.shapes)
        return
    for same, i1, i2, j1, j2 in _opcodes(a.shapes, b.shapes):
        yield Change(old=a.slice(i1, i2), new=b.slice(j1, j2), same=same)


def _opcodes(a: Sequence[str], b: Sequence[str]) -> Iterator[tuple[bool, int, int, int, int]]:
    """As difflib's, window after window. Each goes on where the last had found a few alike in a row."""
    i = j = 0
    while i < len(a) or j < len(b):
        ours, theirs = a[i : i + WINDOW], b[j : j + WINDOW]
        codes = SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes()
        if i + WINDOW < len(a) or j + WINDOW < len(b):
            sure = [n for n, (kind, start, end, *_) in enumerate(codes) if kind == "equal" and end - start >= SURE]
            codes = codes[: sure[-1] + 1] if sure else codes
        yield from ((kind == "equal", i + i1, i + i2, j + j1, j + j2) for kind, i1, i2, j1, j2 in codes)
        i, j = i + codes[-1][2], j + codes[-1][4]


def _merged(changes: Sequence[Change]) -> tuple[Change, ...]:
    found: list[Change] = []
    for change in changes:
        if found and found[-1].same == change.same and not (_ends_paragraph(found[-1]) and not change.same):
            last = found.pop()
            change = Change(old=last.old + change.old, new=last.new + change.new, same=last.same)
        found.append(change)
    return tuple(found)


def _ends_paragraph(change: Change) -> bool:
    """On both sides: then what follows is a change of its own."""
    return all(PARAGRAPH.search(text[len(text.rstrip()) :]) for text in (change.old, change.new))


# The kind of each character is written in a letter, so that a pattern can look at kinds: w of a word, m goes with the
# one before it (an accent, a vowel sign), u a word of its own, j joins two words into one, p a mark.
_TOKEN = re.compile(r"[wm]+(?:j[wm]+)*|um*|[pj]")
_JOINERS = "'’-‑·"
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u312f\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff]"
)
"""Thai, Lao, Tibetan, Burmese, Khmer, Chinese and Japanese."""


def _spans(text: str) -> list[Span]:
    return [match.span() for match in _TOKEN.finditer("".join(map(_kind, text)))]


@cache
def _kind(char: str) -> str:
    category = unicodedata.category(char)
    if category[0] == "M" or char == "\u200d":
        return "m"
    if category[0] in "LN":
        return "u" if _UNSPACED.match(char) else "w"
    if char.isspace() or category in ("Zs", "Zl", "Zp"):
        return "s"
    return "j" if char in _JOINERS else "p"

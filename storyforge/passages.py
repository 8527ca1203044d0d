"""A long text cut into passages that can be worked on one by one, so that an edit touches few of them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate, pairwise

from storyforge.quotes import PARAGRAPH
from storyforge.sentences import clauses, sentences
from storyforge.value import digest

LONGEST = 3000
"""Characters of a passage; about half as many on average. A language model keeps to its task over a page or two."""


def passages(text: str, language: str, longest: int = LONGEST) -> tuple[str, ...]:
    """Slices that, joined, are the text: a few paragraphs each, with the white space behind them.

    A paragraph that is too long is cut at its sentences. Where the cuts are hangs on the paragraphs around them alone:
    an edit moves none that is far from it.
    """
    pieces = [piece for paragraph in paragraphs(text) for piece in _pieces(paragraph, language, longest)]
    return tuple(_cut(pieces, longest)) if pieces else ()


def paragraphs(text: str) -> list[str]:
    """Slices that, joined, are the text: each is a paragraph with the blank lines behind it."""
    cuts = [0, *(blank.end() for blank in PARAGRAPH.finditer(text)), len(text)]
    return [text[start:end] for start, end in pairwise(cuts) if end > start]


def framed(old: str, new: str) -> str:
    """The new text, between the white space that is at the ends of the old one; an empty one stays."""
    inner = old.strip()
    start = old.index(inner)
    return old[:start] + new + old[start + len(inner) :] if inner else old


def _pieces(paragraph: str, language: str, longest: int) -> Iterator[str]:
    if len(paragraph) <= longest:
        yield paragraph
        return
    for sentence in sentences(paragraph, language):
        yield from clauses(sentence, longest) if len(sentence) > longest else (sentence,)


def _cut(pieces: list[str], longest: int) -> Iterator[str]:
    """Halves what is too long, each time before the piece whose digest comes first in the alphabet.

    So a cut is one as long as no earlier digest is within a passage's length of it: where it is does not depend on
    what is far away, as it would if passages were filled up one after the other.
    """
    ends = [0, *accumulate(map(len, pieces))]
    marks = [digest(piece) for piece in pieces]
    waiting = [(0, len(pieces))]
    while waiting:
        start, end = waiting.pop()
        if end - start == 1 or ends[end] - ends[start] <= longest:
            yield "".join(pieces[start:end])
            continue
        middle = (start + end) / 2  # of refrains, the one in the middle
        cut = min(range(start + 1, end), key=lambda n: (marks[n], abs(n - middle)))
        waiting += [(cut, end), (start, cut)]

"""Whether a new wording still tells the story of the old one. What is wrong is said in plain words, for the model."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import compress, groupby

from storyforge.naming import folded, lost_names
from storyforge.word_diff import words_of

ALIKE = 0.6
"""A mended paragraph has at least this share of its letters in words that stayed, but for their spelling.

A six-year-old's spelling mended ("wons apon a tiem ther wos a dragun") comes to about 0.8, the same told in other words
to 0.2 to 0.5.
"""

CLOSE = 0.5
"""Words are one word in two spellings if so many of their letters are the same: `wos` and `was` are 0.67."""

STRETCH = 3
"""As many words in a row may be gone or new (a word that stood twice, one that was forgotten), but no more."""

SHORTER, LONGER = 0.7, 1.4
"""Letters of a mended paragraph, as shares of what it had. Short ones may have SLACK letters more or less."""

RETOLD_SHORTER, RETOLD_LONGER = 0.25, 2.5
"""The same for a passage told anew: for the small ones it becomes shorter, or what is hard is explained."""

SLACK = 12

SHARED = 0.15
"""Of the words of a passage told anew, at least this share are words of the old one: "the", "and", and the names.

A passage of the sample saga, told anew by hand, has 0.8; a German story has 0.05 of an English one.
"""

ENOUGH = 15  # words: fewer tell too little of their language


@dataclass(frozen=True)
class Fault:
    """What is wrong with an answer, and what is wanted instead: both are said to the model, the first to the user."""

    what: str
    wanted: str

    def __str__(self) -> str:
        return f"{self.what}. {self.wanted}."


def wrong_in_mended(old: str, new: str, names: Collection[str] = ()) -> Fault | None:
    """What is wrong with a paragraph whose spelling was mended."""
    return next(_wrong_in_mended(old, new, names), None)


def _wrong_in_mended(old: str, new: str, names: Collection[str]) -> Iterator[Fault]:
    yield from _unusable(old, new, SHORTER, LONGER)
    a, b = [words_of(folded(text)) for text in (old, new)]
    yield from () if _in_step(a, b) else _other_words(a, b)
    yield from _renamed(old, new, names, all_of_them=True)


def _other_words(a: Sequence[str], b: Sequence[str]) -> Iterator[Fault]:
    if gone := _gone(a, b):
        yield Fault(f"words are gone: “{gone}”", "Keep every word, and mend only its spelling")
    if added := _gone(b, a):
        yield Fault(f"there are words that were not in it: “{added}”", "Add no words")
    if alikeness(a, b) < ALIKE:
        yield Fault("the words were changed", "Keep every word, and mend only spelling and punctuation")


def _in_step(a: Sequence[str], b: Sequence[str]) -> bool:
    """Whether each word stands where it stood. difflib, which looks for what is longest, errs where many are alike."""
    if len(a) != len(b):
        return False
    alike = [one == other or _spelt_alike(one, other) >= CLOSE for one, other in zip(a, b, strict=True)]
    runs = [len([*run]) for same, run in groupby(alike) if not same]
    return max(runs, default=0) <= STRETCH and sum(map(len, compress(a, alike))) >= ALIKE * sum(map(len, a))


def wrong_in_retold(old: str, new: str, names: Collection[str] = ()) -> Fault | None:
    """What is wrong with a passage that was told anew."""
    return next(_wrong_in_retold(old, new, names), None)


def _wrong_in_retold(old: str, new: str, names: Collection[str]) -> Iterator[Fault]:
    yield from _unusable(old, new, RETOLD_SHORTER, RETOLD_LONGER)
    known, found = set(words_of(folded(old))), words_of(folded(new))
    if len(found) >= ENOUGH and sum(word in known for word in found) < SHARED * len(found):
        yield Fault("it is in another language, or tells another story", "Tell the same in the language of the text")
    yield from _renamed(old, new, names, all_of_them=False)


def _unusable(old: str, new: str, least: float, most: float) -> Iterator[Fault]:
    """What makes an answer no text at all, found before anything slow is done with it: it may be endless."""
    before, after = len(old), len(new)
    if not any(map(str.isalnum, new)):
        yield Fault("there is nothing in it", "Give the whole text")
    if after < least * before - SLACK:
        yield Fault("it is much too short", "Leave nothing out")
    if after > most * before + SLACK:
        yield Fault("it is much too long", "Add nothing, and explain nothing")
    if any(unicodedata.category(char) in ("Cc", "Cs") for char in set(new) - set(old) - set("\r\n\t")):
        yield Fault("there are characters in it that are no letters", "Write plain text")


def alikeness(a: Sequence[str], b: Sequence[str]) -> float:
    """0…1: the share of the letters of the longer one in words that both have, in the same order, spelt alike."""
    kept = 0.0
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        ours, theirs = "".join(a[i1:i2]), "".join(b[j1:j2])
        likeness = 1.0 if kind == "equal" else _spelt_alike(ours, theirs)
        kept += likeness * max(len(ours), len(theirs)) if likeness >= CLOSE else 0
    return kept / max(1, sum(map(len, a)), sum(map(len, b)))


def _gone(a: Sequence[str], b: Sequence[str]) -> str:
    """More than STRETCH words in a row of `a`, or its last ones, that have nothing in `b` in their place."""
    for _, i1, i2, j1, j2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        ours, theirs = a[i1:i2], b[j1:j2]
        twice = a[max(0, i1 - len(ours)) : i1] == ours
        cut_off = bool(ours) and not theirs and i2 == len(a) and not twice
        if (len(ours) > len(theirs) + STRETCH or cut_off) and _spelt_alike("".join(ours), "".join(theirs)) < CLOSE:
            return " ".join(ours)
    return ""


def _spelt_alike(a: str, b: str) -> float:
    return SequenceMatcher(None, a, b, autojunk=False).ratio() if a and b else 0.0


def _renamed(old: str, new: str, names: Collection[str], *, all_of_them: bool) -> Iterator[Fault]:
    for name in lost_names(names, old, new, all_of_them=all_of_them):
        yield Fault(f"the name “{name}” is gone", "Keep all names as they are")

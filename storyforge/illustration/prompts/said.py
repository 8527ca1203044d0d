"""Whether a sentence says a thing already: twice said is twice as strong, and takes the room of something else.

Where it is not sure, the answer is no: a place said twice is a place, one that is not said is lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from storyforge.illustration.prompts.words import ALSO

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d+")
_LITTLE = frozenset(
    "a an the some his her its their and or of in on at by to with from for into over under through".split()
)
_NOT = frozenset("no not without never nobody nothing neither nor isn't doesn't don't can't cannot".split())


def says(text: str, thing: str) -> bool:
    """Whether each word of weight in `thing` is in the text, in some form or by another name; so it is for ''."""
    there = _there(text)
    words = [word for word in _words(thing) if word not in _LITTLE]
    return not words or (not there & _NOT and all(_forms(word) & there for word in words))


@cache
def _there(text: str) -> frozenset[str]:
    return frozenset(word.removesuffix("'s").removesuffix("’s") for word in _words(text))


def _words(text: str) -> list[str]:
    return [found.lower() for found in _WORD.findall(text)]


@cache
def _forms(word: str) -> frozenset[str]:
    """Run: runs, running, ran …; fly: flies, flying, flew. Other names for it stand in ALSO."""
    others = ALSO.get(word, "").split()
    own = [form for base in {word, _singular(word)} for form in _inflected(base)]
    return frozenset((*own, *others, *(f"{other}s" for other in others), *(f"{other}ed" for other in others)))


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us")) else word


def _inflected(word: str) -> Iterator[str]:
    """As regular English verbs and nouns are; forms that no word has do no harm."""
    stem = word.removesuffix("e")
    yield from (word, f"{word}s", f"{word}es", f"{stem}ed", f"{stem}ing", f"{word}ed", f"{word}ing")
    if word.endswith("y"):
        yield from (f"{word[:-1]}ies", f"{word[:-1]}ied")
    if word[-1:] in tuple("bdgmnprt"):
        yield from (f"{word}{word[-1]}ing", f"{word}{word[-1]}ed")

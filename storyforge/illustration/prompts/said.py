"""Whether a sentence says a thing already: twice said is twice as strong, and takes the room of something else."""

from __future__ import annotations

import re
from functools import cache

from storyforge.illustration.prompts.words import ALSO

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d+")
_LITTLE = frozenset(
    "a an the some his her its their and or of in on at by to with from for into over under through".split()
)


def says(text: str, thing: str) -> bool:
    """Whether each word of weight in `thing` is in the text, in some form or by another name; so it is for ''."""
    there = _stems(text)
    words = [word for word in _words(thing) if word not in _LITTLE]
    return all(_stem(word) in there or bool(_others(word) & there) for word in words)


@cache
def _stems(text: str) -> frozenset[str]:
    return frozenset(map(_stem, _words(text)))


@cache
def _others(word: str) -> frozenset[str]:
    return _stems(ALSO.get(word, ""))


def _words(text: str) -> list[str]:
    return [found.lower() for found in _WORD.findall(text)]


def _stem(word: str) -> str:
    """runs, running → run; snowy → snow; flies → fly; castles → castl. The same for the same word, and no more."""
    word = re.sub(r"['’]s$", "", word)
    word = re.sub(r"ies$", "y", word) if len(word) > 4 else word
    word = re.sub(r"(?<=[sxz])es$|(?<=[cs]h)es$|(?<![su])s$", "", word) if len(word) > 3 else word
    short = re.sub(r"(?:ing|ed|y)$", "", word)
    word = short if len(short) > 2 else word
    return re.sub(r"([bdfgmnprt])\1$|(?<=..)e$", r"\1", word)

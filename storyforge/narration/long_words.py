"""Words that no mouth says: a web address of 300 characters, a key, a scream of ten thousand letters.

espeak-ng would speak ten thousand letters of base64 for 35 minutes. What is shown stays; what is spoken is shortened.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 90
"""Characters of a word that is spoken whole. The longest that people say for fun has 85, a hill in New Zealand."""

_BEGINNING, _ENDING = 20, 10  # characters: where they have to be spelled, some six seconds
_FIRST, _LAST = 6, 4  # digits: more are quintillions
# Scripts that put no spaces between words (Thai, Lao, Tibetan, Burmese, Khmer, Chinese, Japanese), and marks that part.
_PARTING = "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3000-\u9fff\uf900-\ufaff\uff00-\uffef\U00016fe0-\U0003ffff"
LONG = re.compile(rf"[^\s,;!?…—―–()“”„«»{_PARTING}]{{{LONGEST + 1},}}+")

_AS_LONG_AS_A_BREATH = 8
RUN = re.compile(rf"([^\W\d_])\1{{{_AS_LONG_AS_A_BREATH},}}+")
DRAWN_OUT = r"\1" * _AS_LONG_AS_A_BREATH
"""Template for what is left of a run: language by language, the rules make a word of it."""


def shortened(word: str) -> str:
    """What is said of a long word: its letters drawn out no longer than a breath, else its beginning and its end."""
    word = RUN.sub(DRAWN_OUT, word)
    if len(word) <= LONGEST:
        return word
    beginning, ending = (_FIRST, _LAST) if word.strip(".+-:").isdigit() else (_BEGINNING, _ENDING)
    return f"{word[: _whole(word, beginning)]}, {word[_whole(word, len(word) - ending) :]}"


def long_words(text: str) -> tuple[str, ...]:
    """Those of a text that are not spoken whole, each once."""
    return tuple(dict.fromkeys(LONG.findall(text)))


def _whole(word: str, at: int) -> int:
    """Where it can be cut from `at` on: between a letter and the marks on it, it cannot."""
    while at < len(word) and unicodedata.category(word[at])[0] == "M":
        at += 1
    return at

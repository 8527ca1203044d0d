"""The times of words that a server tells beside its sound, laid over the words of the line."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from storyforge.narration.spoken import Spoken
from storyforge.narration.words import Span

Heard = dict[int, tuple[float, float]]
"""Start and end, in seconds, of words by their index in `Spoken.words`."""

_ENOUGH = 0.6  # of the letters have to be the same: numbers are said in words
_LATE = 0.5  # seconds that a last word may end after the sound, as servers cut the silence off


@dataclass(frozen=True)
class Caption:
    """A word or a mark as the server says it, heard from `start` to `end` (seconds)."""

    text: str
    start: float
    end: float


def captions_of(told: Any) -> tuple[Caption, ...]:
    """Of Kokoro's `timestamps`: what is not as it should be is left out."""
    found = []
    for each in told if isinstance(told, list) else ():
        if isinstance(each, dict):
            text, start, end = each.get("word"), _seconds(each.get("start_time")), _seconds(each.get("end_time"))
            if isinstance(text, str) and start is not None and end is not None and start <= end:
                found.append(Caption(text, start, end))
    return tuple(found)


def heard_in(spoken: Spoken, piece: Span, captions: Sequence[Caption], seconds: float) -> Heard | None:
    """When the words of a piece are heard; None if the captions are another text's.

    `seconds`: how long the piece's sound is.
    """
    if any(caption.end > seconds + _LATE for caption in captions):
        return None
    said = [(spoken.text[at].casefold(), at) for at in range(*piece) if spoken.text[at].isalnum()]
    told = [(letter, caption) for caption in captions for letter in caption.text.casefold() if letter.isalnum()]
    matches = SequenceMatcher(None, [s for s, _ in said], [t for t, _ in told], autojunk=False).get_matching_blocks()
    if sum(match.size for match in matches) < _ENOUGH * max(len(said), len(told), 1):
        return None
    heard: Heard = {}
    for match in matches:
        for (_, at), (_, caption) in zip(said[match.a :][: match.size], told[match.b :][: match.size], strict=True):
            if (word := spoken.word_at(at)) is not None:
                start = heard[word][0] if word in heard else min(caption.start, seconds)
                heard[word] = (start, min(caption.end, seconds))
    return heard


def _seconds(value: Any) -> float | None:
    sensible = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and value >= 0
    return float(value) if sensible else None

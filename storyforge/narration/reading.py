"""A plain reading of a text by espeak-ng, with the time of each word: what other readings of it are laid beside."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from storyforge.errors import BackendFailed, UnknownName
from storyforge.narration import libespeak
from storyforge.narration.cautious import say_cautiously
from storyforge.narration.espeak_voices import language_named
from storyforge.narration.libespeak import Event
from storyforge.narration.pronunciation import is_ipa, mnemonics
from storyforge.narration.spoken import Spoken, pieces

Times = tuple[tuple[float, float] | None, ...]
"""Start and end of each word in seconds; None for a word that was not heard apart ("in the" in one breath)."""

_WORDS_A_MINUTE = 150
_PHONEMES = re.compile(r"\[\[(.*?)\]\]")


@dataclass(frozen=True)
class Reading:
    """`samples`: float32 mono in −1…1, shape (n,), `rate` a second."""

    samples: NDArray[np.float32]
    rate: int
    times: Times


def read_aloud(spoken: Spoken, language: str) -> Reading | None:
    """The text as espeak-ng reads it; None if it does not speak the language or finds nothing to say."""
    try:
        identifier = language_named(language).identifier
        spoken = _in_mnemonics(spoken, language)
        said = [
            (start, say_cautiously(spoken.text[start:end], identifier, speed=_WORDS_A_MINUTE, pitch=50, pitch_range=50))
            for start, end in pieces(spoken.text)
        ]
    except (UnknownName, BackendFailed):
        return None
    samples = np.concatenate([utterance.samples for _, utterance in said]).astype(np.float32) / np.float32(32768)
    events: list[Event] = []
    offset = 0
    for start, utterance in said:
        events += [replace(e, position=e.position + start, sample=e.sample + offset) for e in utterance.events]
        offset += len(utterance.samples)
    times = _heard(events, spoken, offset, said[0][1].rate)
    return Reading(samples, said[0][1].rate, times) if any(times) else None


def _in_mnemonics(spoken: Spoken, language: str) -> Spoken:
    """The names that Piper is given in IPA as espeak-ng is given them, or else as they are written."""
    for phonemes in set(_PHONEMES.findall(spoken.text)):
        if is_ipa(phonemes):
            said = mnemonics(phonemes, language)
            template = f"[[{said}]]" if said else re.sub(r"\W", "", phonemes)
            spoken = spoken.replaced(re.compile(re.escape(f"[[{phonemes}]]")), template.replace("\\", r"\\"))
    return spoken


def _heard(events: Sequence[Event], spoken: Spoken, last: int, rate: int) -> Times:
    """When each word is heard: until a pause or the next word, of the utterance's `last` samples."""
    starts: dict[int, int] = {}
    ends: dict[int, int] = {}
    current = None
    for event in events:
        if event.kind == libespeak.WORD:
            if (word := spoken.word_at(event.position)) is not None:
                current = word
                starts.setdefault(word, event.sample)
                ends.pop(word, None)
        elif current is not None and event.phoneme:
            ends.pop(current, None)  # a pause within the word: it goes on
        elif current is not None:
            ends.setdefault(current, event.sample)
    following = [*sorted(starts.values()), last]
    times: list[tuple[float, float] | None] = [None] * len(spoken.words)
    for word, start in starts.items():
        after = following[bisect_right(following, start, hi=len(following) - 1)]
        times[word] = (start / rate, min(ends.get(word, after), after) / rate)
    return tuple(times)

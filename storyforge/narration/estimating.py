"""When each word may be heard, judged by how long words are and where the sound pauses.

Readers pause where the text has a comma or a stop, seldom elsewhere. So time is counted without pauses, and moved
between them such that they fall on the ends of words, of clauses and sentences above all.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from storyforge.narration.pauses import Stretch, pauses_of
from storyforge.narration.reading import Reading, read_aloud
from storyforge.narration.spoken import Spoken

Estimate = tuple[tuple[float, float], ...]

_DIGIT = 4.0  # letters: a digit is a word
_SYLLABLE = 2.5  # letters: a character of a script that writes syllables or words with one
_CLAUSE = re.compile(r"[,;:.!?…—–―،؛؟।](?!\w)|[、。，；：！？]")
_ELSEWHERE = 1.2  # seconds by which a pause within a clause has to be nearer to a word's end
_STEADY = 4.0  # seconds; in a longer sound, times get wrong as a drunkard's walk does: by the square root
_LONGEST = 0.6  # seconds; a longer pause has no more weight
_PASSED_OVER = 2.0  # seconds off that are as bad as a second of pause that ends no word


def estimated(samples: NDArray[np.float32], rate: int, spoken: Spoken, language: str) -> Estimate:
    """Start and end of each of `spoken.words` in seconds. `samples`: mono, shape (n,), `rate` a second."""
    return shared_out(*pauses_of(samples, rate), spoken, read_aloud(spoken, language))


def shared_out(pauses: Sequence[Stretch], seconds: float, spoken: Spoken, reading: Reading | None) -> Estimate:
    """The words over a sound of that length with those pauses, as long as in a reading or by their letters."""
    clock = _Clock(pauses, seconds)
    lengths = np.array(_lengths(spoken, reading))
    ends = np.cumsum(lengths) / max(lengths.sum(), 1e-9) * clock.spoken
    edges = np.concatenate(([0.0], _moved(ends, clock, _clauses(spoken))))
    return tuple((clock.after(start), clock.until(end)) for start, end in pairwise(edges.tolist()))


class _Clock:
    """Tells the time of a sound from the time spoken: that is, without its pauses."""

    def __init__(self, pauses: Sequence[Stretch], seconds: float) -> None:
        inner = [(start, end) for start, end in pauses if start > 0 and end < seconds]
        self.begins = next((end for start, end in pauses if start <= 0 and end < seconds), 0.0)
        self.ends = next((start for start, end in pauses if end >= seconds and start > 0), seconds)
        self.lengths = [end - start for start, end in inner]
        passed = np.concatenate(([0.0], np.cumsum(self.lengths)))
        self.places = [start - self.begins - before for (start, _), before in zip(inner, passed, strict=False)]
        self.passed: list[float] = passed.tolist()
        self.spoken = self.ends - self.begins - self.passed[-1]

    def after(self, spoken: float) -> float:
        """Where a pause is at that time, its end."""
        return min(self.begins + spoken + self.passed[bisect_right(self.places, spoken + 1e-6)], self.ends)

    def until(self, spoken: float) -> float:
        """Where a pause is at that time, its start."""
        return min(self.begins + spoken + self.passed[bisect_left(self.places, spoken - 1e-6)], self.ends)


def _moved(ends: NDArray[np.float64], clock: _Clock, clauses: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The ends of words, in time spoken, moved so that pauses fall on some of them."""
    if not len(ends):
        return ends
    pairs = _matched(ends[:-1], clauses[:-1], clock)
    moved: NDArray[np.float64] = np.interp(
        ends,
        [0.0, *(ends[word] for word, _ in pairs), ends[-1]],
        [0.0, *(clock.places[pause] for _, pause in pairs), clock.spoken],
    )
    return moved


def _matched(ends: NDArray[np.float64], clauses: NDArray[np.bool_], clock: _Clock) -> list[tuple[int, int]]:
    """Words and pauses that fall together, in order: those that cost least (a pause that is passed over costs too)."""
    drift = max(1.0, np.sqrt(clock.spoken / _STEADY))
    costs = np.zeros(len(ends) + 1)  # of the pauses so far, if they have taken none of the words from this one on
    choices: list[NDArray[np.int32]] = []
    for place, length in zip(clock.places, clock.lengths, strict=True):
        taken = costs[:-1] + np.abs(ends - place) / drift + np.where(clauses, 0.0, _ELSEWHERE)
        least = np.concatenate(([np.inf], np.minimum.accumulate(taken)))
        which = np.concatenate(([0], _running_argmin(taken)))
        passed_over = costs + _PASSED_OVER * min(length, _LONGEST)
        choices.append(np.where(least < passed_over, which, -1))
        costs = np.minimum(least, passed_over)
    pairs, limit = [], len(ends)
    for pause in range(len(choices) - 1, -1, -1):
        if (word := int(choices[pause][limit])) >= 0:
            pairs.append((word, pause))
            limit = word
    return pairs[::-1]


def _running_argmin(values: NDArray[np.float64]) -> NDArray[np.int32]:
    """The index of the least value so far."""
    lowest = np.minimum.accumulate(values)
    new = np.concatenate(([True], lowest[1:] < lowest[:-1]))[: len(values)]
    return np.maximum.accumulate(np.where(new, np.arange(len(values), dtype=np.int32), 0))


def _clauses(spoken: Spoken) -> NDArray[np.bool_]:
    """Which words end a clause, by what is said: "Mr." ends none, "now—" does."""
    ends = np.zeros(len(spoken.words), bool)
    for mark in _CLAUSE.finditer(spoken.text):
        if (word := spoken.word_at(mark.start())) is not None:
            ends[word] = True
    return ends


def _lengths(spoken: Spoken, reading: Reading | None) -> list[float]:
    """How long each word is, against the others."""
    letters = [0.01] * len(spoken.words)
    for position, character in enumerate(spoken.text):
        if (word := spoken.word_at(position)) is not None:
            letters[word] += _letter(character)
    if reading is None:
        return letters
    starts = [0, *(word for word, heard in enumerate(reading.times) if heard and word), len(letters)]
    lengths: list[float] = []
    for first, after in pairwise(starts):  # words said in one breath share it
        start, end = reading.times[first] or (0.0, 0.0)
        share = (end - start) / sum(letters[first:after])
        lengths += [letter * share for letter in letters[first:after]]
    return lengths


def _letter(character: str) -> float:
    if character.isdigit():
        return _DIGIT
    unspaced = unicodedata.category(character) == "Lo" and unicodedata.east_asian_width(character) == "W"
    return _SYLLABLE if unspaced else float(character.isalpha())

"""When each word is heard in a sound that tells no times: a voice's, a server's, or one that a parent recorded.

espeak-ng reads the same text, and tells its words; its reading and the sound are laid beside each other by dynamic time
warping, and the words take their times along (as in aeneas, Pettarin 2015). Pauses are left out of that: people make
them where they like. Where the sound is not of that text, the times are estimated.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from storyforge.narration.estimating import shared_out
from storyforge.narration.likeness import likeness
from storyforge.narration.mfcc import Frames, features, resampled, spectra
from storyforge.narration.pauses import MIDDLE, SECONDS, SLOWEST, Stretch, in_seconds, pauses_of, quiet_runs
from storyforge.narration.reading import Reading, Times, read_aloud
from storyforge.narration.spoken import Spoken
from storyforge.narration.warping import Path, warped
from storyforge.narration.words import timed_words
from storyforge.speech import Timing, Word

ALIKE = 0.88
"""The cost up to which a sound is taken to be of its text.

Of 78 lines read by people, in three languages, 4 cost more; of 236 other texts of about their length, 4 cost less.
With fewer than five words it errs more often, with a single word once in six times.
"""

_PAUSE_KEPT = 8  # frames at either end of a pause that are laid beside each other too: there, words begin and end
_EDGE_KEPT = 3  # frames of the silence before and after all
_FASTEST = 60  # characters a second: nobody speaks half as fast
_STRETCHED = 4.0  # times at most that one reading is slower than the other


@dataclass(frozen=True)
class Alignment:
    """When each of `spoken.words` is heard, in seconds; None where espeak-ng joins a word to the one before.

    `cost`: 0 where sound and reading are the same, 1 where the text fits no better than in a wrong order; infinite if
    that cannot be told.
    """

    times: Times
    cost: float

    @property
    def matches(self) -> bool:
        return self.cost <= ALIKE


def aligned(samples: NDArray[np.float32], rate: int, spoken: Spoken, language: str) -> Alignment:
    """The words of a text in a sound that should be of it. `samples`: mono in −1…1, shape (n,), `rate` a second."""
    return _aligned(samples, rate, _read(samples, rate, spoken, language), len(spoken.words))


def words_of(samples: NDArray[np.float32], rate: int, spoken: Spoken, language: str) -> tuple[tuple[Word, ...], Timing]:
    """The words of a sound with their times, aligned if it is of that text and else estimated.

    Whatever the sound is, starts never go back, and all words end within it.
    """
    seconds = len(samples) / rate
    reading = _read(samples, rate, spoken, language)
    alignment = _aligned(samples, rate, reading, len(spoken.words))
    if alignment.matches:
        return timed_words(spoken.shown, spoken.words, alignment.times, seconds), "aligned"
    times = shared_out(*pauses_of(samples, rate), spoken, reading)
    return timed_words(spoken.shown, spoken.words, times, seconds), "estimated"


def _read(samples: NDArray[np.float32], rate: int, spoken: Spoken, language: str) -> Reading | None:
    """None too where no ear could find the text in the sound."""
    if rate < SLOWEST or len(spoken.text) > _FASTEST * (1 + len(samples) / rate) or not np.any(samples):
        return None
    return read_aloud(spoken, language)


def _aligned(samples: NDArray[np.float32], rate: int, reading: Reading | None, words: int) -> Alignment:
    if reading is None:
        return Alignment((None,) * words, math.inf)
    lower = min(rate, reading.rate)  # what is heard only at the higher one tells nothing
    sound, read = _listened(samples, rate, lower), _listened(reading.samples, reading.rate, lower)
    count = min(max(len(sound.frames), len(read.frames) / _STRETCHED), len(read.frames) * _STRETCHED)
    places = np.linspace(0, len(read.frames) - 1, round(count))
    evened = _between(read.frames, places)
    path = warped(evened, sound.frames)
    ours, theirs = _partners(path, places, read, sound)
    moments = [tuple(np.interp(word, ours, theirs).tolist()) if word else None for word in reading.times]
    return Alignment(_out_of_pauses(moments, sound.pauses), likeness(path.cost, evened, sound.frames))


@dataclass(frozen=True)
class _Listened:
    """A sound without its pauses: its frames, which they are of the whole sound's, and where the pauses were."""

    frames: Frames
    numbers: NDArray[np.intp]
    pauses: tuple[Stretch, ...]


def _listened(samples: NDArray[np.float32], rate: int, lower: int) -> _Listened:
    energy = spectra(resampled(samples, rate), lower)
    runs = quiet_runs(energy)
    said = np.ones(len(energy), bool)
    for start, end in runs:
        kept = _PAUSE_KEPT if start and end < len(energy) else _EDGE_KEPT
        first = start + kept if start else 0
        said[first : max(first, end - kept if end < len(energy) else end)] = False
    numbers = np.flatnonzero(said) if said.any() else np.arange(len(energy))
    pauses = tuple(in_seconds(run, len(samples) / rate) for run in runs)
    return _Listened(features(energy[numbers]), numbers, pauses)


def _between(frames: Frames, places: NDArray[np.float64]) -> Frames:
    """What frames would be like at places between them."""
    before = places.astype(np.intp)
    after = np.minimum(before + 1, len(frames) - 1)
    share = (places - before)[:, None].astype(np.float32)
    return frames[before] * (1 - share) + frames[after] * share


def _partners(
    path: Path, places: NDArray[np.float64], read: _Listened, sound: _Listened
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Moments of the reading, in order, and those of the sound at which the same begins, all in seconds."""
    firsts = np.flatnonzero(np.diff(path.first, prepend=-1))
    ours = np.interp(places, np.arange(len(read.numbers)), read.numbers)
    theirs = sound.numbers[path.second[firsts]].astype(np.float64)
    return ours * SECONDS + MIDDLE, theirs * SECONDS + MIDDLE


def _out_of_pauses(times: Sequence[tuple[float, ...] | None], pauses: Sequence[Stretch]) -> Times:
    """The words, none with its first or last moment on the wrong side of a pause of which a part was left out."""
    kept = _PAUSE_KEPT * SECONDS
    long = [(start, end) for start, end in pauses if end - start > 2 * kept]
    starts, ends = [start for start, _ in long], [end for _, end in long]

    def clear(start: float, end: float) -> tuple[float, float]:
        following, before = bisect_right(ends, start + kept), bisect_left(starts, end - kept) - 1
        begins, stops = start, end
        if following < len(long) and starts[following] <= start + kept and end > ends[following] - kept:
            begins = ends[following]
        if before >= 0 and ends[before] >= end - kept and start < starts[before] + kept:
            stops = starts[before]
        return begins, max(begins, stops)

    return tuple(clear(*word) if word else None for word in times)

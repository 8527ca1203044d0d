"""The pauses of a film belong to its timeline: what a voice leaves silent at either end is cut off."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from storyforge.speech import Speech, Word

MARGIN = 0.010  # seconds of near-silence that stay, so that no consonant loses its attack
FADE = 0.004  # seconds at both ends, so that joins do not click
_QUIET = 0.004  # of the loudest sample: −48 dB
_AT_ENDS = 0.020  # seconds at either end that tell on which level silence lies
_NOTHING = 1e-4  # of full level, −80 dB: a voice that rounds to 16 bits may be so far from zero
_WINDOW = 0.2  # seconds: what changes as slowly as that is no sound, and the deepest voice is hardly touched
_AT_ONCE = 2**20  # samples


def trimmed(speech: Speech) -> Speech:
    """The speech from its first to its last sound, softened at both ends, its words moved along."""
    levelled = _levelled(speech.samples, speech.rate)
    first, after = _stretch(levelled, speech.rate)
    samples = _faded(levelled[first:after], round(FADE * speech.rate))
    seconds = len(samples) / speech.rate
    words = tuple(_moved(word, first / speech.rate, seconds) for word in speech.words)
    return replace(speech, samples=samples, words=words)


def sounding(samples: NDArray[np.float32], rate: int) -> tuple[int, int]:
    """The stretch samples[first:after] in which something is heard, with a little margin; all of it if nothing is.

    A constant that was added to the sound makes no difference.
    """
    return _stretch(_levelled(samples, rate), rate)


def steadied(samples: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """Without the constant that cheap sound cards add, which may drift. float32, shape (n,), n > 0."""
    edges = np.linspace(0, len(samples), max(1, round(len(samples) / (_WINDOW * rate))) + 1).astype(np.intp)
    means = np.add.reduceat(samples, edges[:-1], dtype=np.float64) / np.diff(edges)
    middles = (edges[:-1] + edges[1:]) / 2
    steady = np.empty_like(samples)
    for start in range(0, len(samples), _AT_ONCE):  # an hour is too much for 64 bits a sample
        piece = samples[start : start + _AT_ONCE]
        steady[start : start + len(piece)] = piece - np.interp(np.arange(start, start + len(piece)), middles, means)
    return steady


def _levelled(samples: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """With the silence at both ends at zero: elsewhere it would be taken for sound, and click where it is joined.

    What is at zero stays as it is, to the bit.
    """
    length = round(_AT_ENDS * rate)
    levels = [_level(end, samples) for end in (samples[:length], samples[len(samples) - length :]) if len(end)]
    known = [level for level in levels if level is not None]
    if not any(known):
        return samples
    line = np.linspace(known[0], known[-1], len(samples), dtype=np.float32)
    return samples - line


def _level(end: NDArray[np.float32], samples: NDArray[np.float32]) -> float | None:
    """On which silence lies at this end; None if there is something to be heard."""
    mean = float(end.mean())
    level = mean if abs(mean) > _NOTHING else 0.0
    return level if np.abs(end - level).max() <= _QUIET * np.abs(samples - level).max() else None


def _stretch(samples: NDArray[np.float32], rate: int) -> tuple[int, int]:
    loud = np.flatnonzero(np.abs(samples) > _QUIET * np.abs(samples).max(initial=0))
    if not len(loud):
        return 0, len(samples)
    margin = round(MARGIN * rate)
    return max(0, int(loud[0]) - margin), min(len(samples), int(loud[-1]) + 1 + margin)


def _faded(samples: NDArray[np.float32], length: int) -> NDArray[np.float32]:
    length = min(length, len(samples) // 2)
    ramp = np.linspace(0, 1, length, dtype=np.float32)
    faded = samples.copy()
    faded[:length] *= ramp
    faded[len(faded) - length :] *= ramp[::-1]
    return faded


def _moved(word: Word, earlier: float, seconds: float) -> Word:
    start = min(max(word.start - earlier, 0.0), seconds)
    end = min(max(word.end - earlier, start), seconds)
    return word.model_copy(update={"start": start, "end": end})

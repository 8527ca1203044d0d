"""The pauses of a film belong to its timeline: what a voice leaves silent at either end is cut off."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from storyforge.speech import Speech, Word

MARGIN = 0.010  # seconds of near-silence that stay, so that no consonant loses its attack
FADE = 0.004  # seconds at both ends, so that joins do not click
_QUIET = 0.004  # of the loudest sample: −48 dB


def trimmed(speech: Speech) -> Speech:
    """The speech from its first to its last sound, softened at both ends, its words moved along."""
    first, after = sounding(speech.samples, speech.rate)
    samples = _faded(speech.samples[first:after], round(FADE * speech.rate))
    seconds = len(samples) / speech.rate
    words = tuple(_moved(word, first / speech.rate, seconds) for word in speech.words)
    return replace(speech, samples=samples, words=words)


def sounding(samples: NDArray[np.float32], rate: int) -> tuple[int, int]:
    """The stretch samples[first:after] in which something is heard, with a little margin; all of it if nothing is."""
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

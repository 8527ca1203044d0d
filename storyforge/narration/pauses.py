"""Where nothing is said, in a quiet room or in a noisy one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from storyforge.narration.mfcc import HOP, RATE, WINDOW, Frames, resampled, spectra

Stretch = tuple[float, float]
"""From when to when, in seconds."""

SECONDS = HOP / RATE  # from one frame to the next
MIDDLE = WINDOW / RATE / 2  # of a frame, behind its start
SLOWEST = 2000  # samples a second; below, no speech is told from its pauses
_SHORTEST = 0.12  # seconds: before p, t and k it is quiet for less
_BELOW = 38.0  # dB below what is loud it is quiet, if the room is
_LEAST = 12.0  # dB
_ROOM = 0.3  # of the way from the room's noise up to what is loud it is still quiet


def pauses_of(samples: NDArray[np.float32], rate: int) -> tuple[tuple[Stretch, ...], float]:
    """The pauses of a sound, those at its ends included, and its length, in seconds."""
    seconds = len(samples) / rate
    if rate < SLOWEST or not len(samples):
        return (), seconds
    return tuple(in_seconds(run, seconds) for run in quiet_runs(spectra(resampled(samples, rate), rate))), seconds


def quiet_runs(energy: Frames) -> list[tuple[int, int]]:
    """The pauses among frames whose energies in bands are given: first frame, and the one behind the last."""
    loudness = 10 * np.log10(energy.sum(axis=1) + 1e-10)
    room = np.percentile(loudness, 3)
    # Of the louder frames only: there may be one word in a minute of silence.
    loud = np.percentile(loudness[loudness >= (room + loudness.max()) / 2], 90)
    limit = min(max(loud - _BELOW, room + _ROOM * (loud - room)), loud - _LEAST)
    edges = np.diff(np.concatenate(([False], loudness < limit, [False])).astype(np.int8))
    runs = zip(np.flatnonzero(edges == 1).tolist(), np.flatnonzero(edges == -1).tolist(), strict=True)
    last = len(energy)
    return [(a, b) for a, b in runs if (b - a) * SECONDS >= _SHORTEST or a == 0 or b == last]


def in_seconds(run: tuple[int, int], seconds: float) -> Stretch:
    """A run of quiet frames as a stretch of a sound of that length."""
    start = run[0] * SECONDS + MIDDLE if run[0] else 0.0
    end = run[1] * SECONDS + MIDDLE
    return min(start, seconds), seconds if seconds - end < 2 * MIDDLE else end

"""A voice made higher or deeper, and speech made quicker or slower, each without the other."""

from __future__ import annotations

import numpy as np
import soxr
from numpy.typing import NDArray

_FRAME = 0.030  # seconds: two periods of the deepest voice (70 Hz)
_SEARCH = 0.008  # seconds to either side, in which a frame that continues the last one is looked for


def played(samples: NDArray[np.float32], rate: int, slower: float) -> NDArray[np.float32]:
    """The sound played `slower` times as slowly, and so as much deeper."""
    if slower == 1:
        return samples
    found: NDArray[np.float32] = soxr.resample(samples, rate, rate * slower)
    return np.clip(found, -1, 1)


def shifted(samples: NDArray[np.float32], rate: int, semitones: float) -> NDArray[np.float32]:
    """As long as before, and higher by so many semitones."""
    higher = 2 ** (semitones / 12)
    return played(stretched(samples, rate, higher), rate, 1 / higher)


def stretched(samples: NDArray[np.float32], rate: int, longer: float) -> NDArray[np.float32]:
    """`longer` times as long, at the same pitch: WSOLA (Verhelst and Roelands, ICASSP 1993).

    Frames overlap by half; each is taken where it is most like what followed the one before.
    """
    half, search = round(_FRAME * rate / 2), round(_SEARCH * rate)
    if longer == 1 or len(samples) < 4 * (half + search):
        return samples
    fade = np.hanning(2 * half + 1)[:-1].astype(np.float32)
    source = np.pad(samples, (search, 2 * half + search))
    out = np.zeros(round(len(samples) * longer) + 2 * half, np.float32)
    follows = source[search : search + 2 * half]
    for at in range(0, len(out) - 2 * half, half):
        near = min(round(at / longer), len(samples) - 1)
        window = source[near : near + 2 * (half + search)]
        start = near + _likest(window, follows)
        out[at : at + 2 * half] += fade * source[start : start + 2 * half]
        follows = source[start + half : start + 3 * half]
        if len(follows) < 2 * half:
            break
    out[:half] += samples[:half] * (1 - fade[:half])  # nothing came before that the first frame could fade over
    return np.clip(out[: round(len(samples) * longer)], -1, 1)


def _likest(window: NDArray[np.float32], wanted: NDArray[np.float32]) -> int:
    """Where in the window the wanted stretch is found best, by normalised correlation."""
    power = np.cumsum(np.square(window, dtype=np.float64))
    power = power[len(wanted) - 1 :] - np.concatenate([[0.0], power[: -len(wanted)]])
    return int(np.argmax(np.correlate(window, wanted, "valid") / np.sqrt(np.maximum(power, 1e-12))))

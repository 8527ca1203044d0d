"""What speech sounds like, 100 times a second, in 25 numbers that tell more of what is said than of who says it.

Mel-frequency cepstral coefficients (Davis and Mermelstein 1980), weighed and normalised so that readings by people and
by espeak-ng are as near to each other, and those of other texts as far, as can be (d′ 4.4 on 84 lines read by people).
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import soxr
from numpy.typing import NDArray

RATE = 16000  # samples a second that are looked at: speech has little above 8 kHz
HOP = 160  # samples from one frame to the next
WINDOW = 400  # samples of a frame
_FFT = 512
_BANDS, _COEFFICIENTS = 26, 12
_LOWEST, _HIGHEST = 80.0, 7600.0  # hertz
_EMPHASIS = 0.97  # of each sample is taken off the next: vowels would drown out consonants
_BLOCK = 4096  # frames that are transformed at once, for the sake of memory
_FLOOR = 1e-4  # of the loudest frame's energy: below, it is the room that differs

# How much counts: the first coefficients tell vowels apart, the last are half noise; then loudness, then changes.
_FALLOFF, _LOUDNESS, _CHANGE = 0.2, 2.0, 0.7

Frames = NDArray[np.float32]
"""Shape (frames, numbers)."""


def resampled(samples: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """Any sound as finite float32 in −1…1 at RATE."""
    finite = np.clip(np.nan_to_num(samples.astype(np.float32)), -1, 1)
    if rate == RATE or not len(finite):
        return finite
    result: NDArray[np.float32] = soxr.resample(finite, rate, RATE, quality="MQ")
    return result


def spectra(samples: NDArray[np.float32], rate: int) -> Frames:
    """The energy in 26 mel bands below half of `rate`, shape (frames, 26); the samples themselves are at RATE."""
    count = 1 + max(0, len(samples) - WINDOW) // HOP
    padded = np.pad(samples, (1, max(0, WINDOW - len(samples))))
    emphasised = padded[1:] - np.float32(_EMPHASIS) * padded[:-1]
    windows = np.lib.stride_tricks.sliding_window_view(emphasised, WINDOW)[::HOP][:count]
    taper, bands = np.hamming(WINDOW).astype(np.float32), _bands(min(_HIGHEST, 0.45 * rate))
    energy = np.empty((count, _BANDS), np.float32)
    for start in range(0, count, _BLOCK):
        spectrum = np.fft.rfft(windows[start : start + _BLOCK] * taper, _FFT)
        energy[start : start + _BLOCK] = np.abs(spectrum) ** 2 @ bands
    return energy


def features(energy: Frames) -> Frames:
    """What the frames sound like; the distance of two that have nothing to do with each other is about 1."""
    total = energy.sum(axis=1)
    floor = _FLOOR * total.max() / _BANDS + 1e-12
    cepstra = _normal(np.log(energy + floor) @ _cosines()) * _weights()
    loudness = _normal(np.log(total + floor * _BANDS)[:, None])
    changes = _normal(_change(cepstra)) * _weights()
    every = np.hstack([cepstra, _LOUDNESS * loudness, _CHANGE * changes])
    apart = np.sqrt(2 * (_COEFFICIENTS * (1 + _CHANGE**2) + _LOUDNESS**2))
    return np.asarray(every / apart, np.float32)


def _normal(values: Frames) -> Frames:
    return np.asarray((values - values.mean(axis=0)) / (values.std(axis=0) + 1e-6), np.float32)


def _change(values: Frames) -> Frames:
    """The slope over five frames, by least squares (Furui 1986)."""
    padded = np.pad(values, ((2, 2), (0, 0)), mode="edge")
    near, far = padded[3:-1] - padded[1:-3], padded[4:] - padded[:-4]
    return np.asarray((near + 2 * far) / 10, np.float32)


@cache
def _weights() -> NDArray[np.float32]:
    weights = np.exp(-_FALLOFF * np.arange(_COEFFICIENTS))
    return np.asarray(weights / np.sqrt((weights**2).mean()), np.float32)


@cache
def _cosines() -> NDArray[np.float32]:
    """Turns logarithms of bands into coefficients 1 to 12, shape (26, 12); 0 is loudness."""
    angles = np.outer(np.arange(_BANDS) + 0.5, np.arange(1, _COEFFICIENTS + 1))
    return np.cos(np.pi / _BANDS * angles).astype(np.float32)


@cache
def _bands(highest: float) -> NDArray[np.float32]:
    """Triangles that are evenly spaced in mel, shape (257, 26)."""
    lowest, top = (2595 * math.log10(1 + hertz / 700) for hertz in (_LOWEST, highest))
    mels = np.linspace(lowest, top, _BANDS + 2)
    edges = 700 * (10 ** (mels / 2595) - 1)
    bins = np.arange(_FFT // 2 + 1)[:, None] * (RATE / _FFT)
    rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    return np.asarray(np.clip(np.minimum(rising, falling), 0, None), np.float32)

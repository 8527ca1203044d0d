"""How loud a line is to the ear: ITU-R BS.1770-5 with its two gates, in numpy. Pure."""

from __future__ import annotations

import numpy as np
from numpy.polynomial.polynomial import polyval
from numpy.typing import NDArray

Samples = NDArray[np.float32]

LINE_TARGET = -23.0
"""LUFS of each line before it is mixed: voices differ by 6 LU as they come."""

MOST_GAIN = 30.0
"""dB; what is quieter than that is no voice, and its noise stays where it is."""

HIGHEST_PEAK = 0.98

_BLOCK, _HOP = 0.4, 0.1  # seconds
_SILENCE = -70.0  # LUFS, the absolute gate
_RELATIVE_GATE = -10.0  # LU under the mean of what passed the absolute gate
_OFFSET = -0.691  # so that a 997 Hz sine of full scale in one channel reads -3.01


def loudness(samples: Samples, rate: int) -> float:
    """Integrated loudness in LUFS of mono samples, shape (n,); -inf for silence.

    What is shorter than a block of 0.4 s counts as one block (the standard is silent about it).
    """
    energies = _block_energies(_weighted(samples, rate), rate)
    heard = energies[_lufs(energies) > _SILENCE]
    if not heard.size:
        return float("-inf")
    gate = float(_lufs(heard.mean())) + _RELATIVE_GATE
    return float(_lufs(heard[_lufs(heard) > gate].mean()))


def levelled(samples: Samples, rate: int, target: float = LINE_TARGET) -> Samples:
    """The samples at `target` LUFS, or as near as their peak allows. Silence stays silence."""
    if not samples.size or np.isneginf(now := loudness(samples, rate)):
        return samples
    gain = 10 ** (min(target - now, MOST_GAIN) / 20)
    peak = float(np.abs(samples).max())
    return samples * np.float32(min(gain, HIGHEST_PEAK / peak))


def _lufs(energy: NDArray[np.float64] | np.float64) -> NDArray[np.float64]:
    return _OFFSET + 10 * np.log10(np.maximum(energy, 1e-20))


def _block_energies(weighted: NDArray[np.float64], rate: int) -> NDArray[np.float64]:
    """Mean squares of blocks that overlap by three quarters."""
    block = min(round(_BLOCK * rate), len(weighted))
    total = np.concatenate([[0.0], np.cumsum(weighted**2)])
    starts = np.arange(0, len(weighted) - block + 1, round(_HOP * rate))
    energies: NDArray[np.float64] = (total[starts + block] - total[starts]) / max(block, 1)
    return energies


def _weighted(samples: Samples, rate: int) -> NDArray[np.float64]:
    """K-weighting as a product of spectra; half a second of zeros keeps the end from wrapping to the start."""
    length = _good_length(len(samples) + rate // 2)
    turn = np.exp(-2j * np.pi * np.fft.rfftfreq(length))
    spectrum = np.fft.rfft(samples, length)
    for numerator, denominator in (_shelf(rate), _high_pass(rate)):
        spectrum *= polyval(turn, numerator) / polyval(turn, denominator)
    filtered: NDArray[np.float64] = np.fft.irfft(spectrum, length)[: len(samples)]
    return filtered


def _good_length(least: int) -> int:
    """The next multiple of a large power of two: primes would make the transform slow."""
    step = 1 << max(0, least.bit_length() - 4)
    return -(-least // step) * step


# The standard tabulates both filters for 48 kHz only. These analogue values give its tables exactly and hold at any
# rate (B. De Man, Evaluation of implementations of the EBU R128 loudness measurement, 2018).


def _shelf(rate: int) -> tuple[list[float], list[float]]:
    """Stage 1, the head: a shelf that lifts the heights by 4 dB."""
    gain, quality, slope = 10 ** (3.999843853973347 / 20), 0.7071752369554196, 0.4996667741545416
    k = np.tan(np.pi * 1681.974450955533 / rate)
    middle, scale = gain**slope, 1 + k / quality + k * k
    numerator = [gain + middle * k / quality + k * k, 2 * (k * k - gain), gain - middle * k / quality + k * k]
    return [part / scale for part in numerator], [1.0, 2 * (k * k - 1) / scale, (1 - k / quality + k * k) / scale]


def _high_pass(rate: int) -> tuple[list[float], list[float]]:
    """Stage 2: bass counts less."""
    quality, k = 0.5003270373238773, np.tan(np.pi * 38.13547087602444 / rate)
    scale = 1 + k / quality + k * k
    return [1.0, -2.0, 1.0], [1.0, 2 * (k * k - 1) / scale, (1 - k / quality + k * k) / scale]

"""Sounds that others made: WAV files of any rate, depth and number of channels, and what goes by other names."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from storyforge.errors import BackendFailed
from storyforge.narration.decoding import decoded

USE_A_SOUND = "use a sound file: WAV, MP3, FLAC, OGG or M4A"

_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_RATES = range(4000, 384_001)
_MOST_CHANNELS = 64
_UNKNOWN = 0x7FFF_0000  # lengths from here on stand in headers that were sent before the end was known
_SLACK = 64  # bytes by which a file may end early: some programs count the header in
_CANCELLED = 0.1  # of the loudest channel: below that, channels turned against each other have put each other out


@dataclass(frozen=True)
class _Form:
    """Of the `fmt ` chunk: `kind` as in mmreg.h; `width` bytes hold one sample of one channel."""

    kind: int
    channels: int
    rate: int
    width: int


def read_sound(data: bytes, name: str, remedy: str = USE_A_SOUND) -> tuple[NDArray[np.float32], int]:
    """The sound as float32 mono within −1…1, shape (n,), n > 0, and its rate. Channels are mixed.

    `name` begins the sentence of a BackendFailed: for what is empty, cut off, or no sound.
    """
    if not data.strip(b"\0"):
        raise BackendFailed(f"{name} is empty", remedy)
    read = _read(data, name, remedy)
    if read is None:
        wave = decoded(data, name, remedy)
        read = _read(wave, name, remedy)
    if read is None or not len(read[0]):
        raise BackendFailed(f"{name} holds no sound", remedy)
    samples, rate = read
    return _within(_mono(samples)), rate


def _read(data: bytes, name: str, remedy: str) -> tuple[NDArray[np.float32], int] | None:
    """Samples of shape (n, channels), and the rate. None if it is not the kind of WAV that is read here."""
    form, found = None, []
    for chunk, start, length in _chunks(data):
        if chunk == b"fmt " and form is None:
            form = _form(data[start : start + length])
        elif chunk == b"data" and form is not None:
            there = len(data) - start
            if length > there + _SLACK:
                lasts = length / (form.rate * form.channels * form.width)
                came = there / (form.rate * form.channels * form.width)
                raise BackendFailed(f"{name} is cut off: {came:.1f} of {lasts:.1f} seconds are there", remedy)
            found.append(data[start : start + length])
    if form is None or not found:
        return None
    return np.concatenate([_samples(part, form) for part in found]), form.rate


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Name, start and length of each chunk. A streamed WAV has its length wrong; then the sound goes on to the end."""
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        return
    at = 12
    while at + 8 <= len(data):
        name, length = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        at += 8
        if name == b"RIFF":  # another whole file behind the first: a server that joins sentences so
            at += 4
            continue
        if name == b"data" and (length >= _UNKNOWN or not _ends_well(data, at + length)):
            length = len(data) - at
        yield name, at, length
        at += length + length % 2


def _ends_well(data: bytes, end: int) -> bool:
    """Whether the file ends here, or another chunk begins."""
    end += end % 2
    name, length = data[end : end + 4], int.from_bytes(data[end + 4 : end + 8], "little")
    if len(name) < 4 or name == b"RIFF":
        return True
    return name.isascii() and name.decode().isprintable() and length <= len(data) - end


def _form(about: bytes) -> _Form | None:
    """None for what is compressed, or makes no sense."""
    if len(about) < 16:
        return None
    kind, channels, rate, _, block, bits = struct.unpack_from("<HHIIHH", about)
    if kind == _EXTENSIBLE and len(about) >= 26:
        kind = int.from_bytes(about[24:26], "little")  # the first bytes of the sub-format's GUID
    if rate not in _RATES or not 0 < channels <= _MOST_CHANNELS:
        return None
    width = block // channels
    sensible = {_PCM: (1, 2, 3, 4), _FLOAT: (4, 8)}.get(kind, ())
    return _Form(kind, channels, rate, width) if width in sensible and bits <= 8 * width else None


def _samples(data: bytes, form: _Form) -> NDArray[np.float32]:
    """In −1…1, shape (n, channels). 8 bits are unsigned, all others signed (RIFF MCI, 1991)."""
    whole = len(data) // (form.width * form.channels) * form.width * form.channels
    data = data[:whole]
    if form.kind == _FLOAT:
        found = np.frombuffer(data, f"<f{form.width}")
    elif form.width == 1:
        found = (np.frombuffer(data, np.uint8) - np.float32(128)) / np.float32(128)
    elif form.width == 3:
        padded = np.zeros((len(data) // 3, 4), np.uint8)
        padded[:, 1:] = np.frombuffer(data, np.uint8).reshape(-1, 3)
        found = padded.view("<i4").ravel() / np.float32(2**31)
    else:
        found = np.frombuffer(data, f"<i{form.width}") / np.float32(2 ** (8 * form.width - 1))
    return np.nan_to_num(found.astype(np.float32), nan=0, posinf=1, neginf=-1).reshape(-1, form.channels)


def _mono(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    mixed: NDArray[np.float32] = samples.mean(axis=1, dtype=np.float32)
    levels = np.sqrt((samples.astype(np.float64) ** 2).mean(axis=0))
    if np.sqrt((mixed.astype(np.float64) ** 2).mean()) < _CANCELLED * levels.max():
        return samples[:, int(levels.argmax())]
    return mixed


def _within(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Louder than full, as floats can be, it is made quieter rather than clipped."""
    return np.ascontiguousarray(samples / max(1.0, float(np.abs(samples).max())), dtype=np.float32)

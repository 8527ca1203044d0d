"""Sounds as other programs write them: WAV in every form, and through ffmpeg what is no WAV."""

from __future__ import annotations

import struct
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

Depth = Literal["8", "16", "24", "32", "float", "double"]

_BITS = {"8": 8, "16": 16, "24": 24, "32": 32, "float": 32, "double": 64}


def wav(
    samples: NDArray[np.float32],
    rate: int,
    depth: Depth = "16",
    *,
    extensible: bool = False,
    told: int | None = None,
    before: bytes = b"",
    after: bytes = b"",
) -> bytes:
    """A WAV of samples with shape (n,) or (n, channels). `told`: the length in its header, whatever is there."""
    frames = samples[:, None] if samples.ndim == 1 else samples
    bits, channels = _BITS[depth], frames.shape[1]
    kind, data = (3 if depth in ("float", "double") else 1), _packed(frames, depth)
    form = struct.pack("<HHIIHH", kind, channels, rate, rate * channels * bits // 8, channels * bits // 8, bits)
    if extensible:
        guid = struct.pack("<H", kind) + b"\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71"
        form = struct.pack("<H", 0xFFFE) + form[2:] + struct.pack("<HHI", 22, bits, 0) + guid
    length = len(data) if told is None else told
    body = b"WAVE" + _chunk(b"fmt ", form) + before + b"data" + struct.pack("<I", length) + data + after
    return b"RIFF" + struct.pack("<I", min(len(body), 0xFFFFFFFF) if told is None else 0xFFFFFFFF) + body


def chunk(name: bytes = b"LIST", data: bytes = b"INFOISFT\x05\0\0\0toys\0\0") -> bytes:
    return _chunk(name, data)


def encoded(samples: NDArray[np.float32], rate: int, kind: str, *options: str) -> bytes:
    """By ffmpeg, as mp3, flac, opus, ogg, adts …"""
    given = ["-f", "f32le", "-ar", str(rate), "-ac", "1", "-i", "pipe:0", *options, "-f", kind]
    program = imageio_ffmpeg.get_ffmpeg_exe()
    with TemporaryDirectory() as folder:
        path = Path(folder, "sound")  # not a pipe: some kinds have their lengths filled in at the end
        command = [program, "-loglevel", "error", *given, str(path)]
        subprocess.run(command, input=samples.astype("<f4").tobytes(), capture_output=True, check=True)
        return path.read_bytes()


def _packed(frames: NDArray[np.float32], depth: Depth) -> bytes:
    if depth in ("float", "double"):
        return bytes(frames.astype("<f4" if depth == "float" else "<f8").tobytes())
    if depth == "8":
        return bytes((frames * 127 + 128).round().astype(np.uint8).tobytes())
    bits = _BITS[depth]
    whole = (frames.astype(np.float64) * (2 ** (bits - 1) - 1)).round().astype("<i4")
    if depth == "24":
        return bytes(whole.reshape(-1, 1).view(np.uint8)[:, :3].tobytes())
    return bytes(whole.astype(f"<i{bits // 8}").tobytes())


def _chunk(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)

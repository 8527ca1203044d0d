"""Speech: the sound of one line, with the time of each word. Kept as a WAV file that any player plays."""

from __future__ import annotations

import io
import json
import struct
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from storyforge.errors import StoryforgeError
from storyforge.value import Value, canonical_json

Timing = Literal["engine", "aligned", "estimated"]

SLACK = 0.01  # seconds that a narrator's rounding may let its last word end after the sound

WORDS_CHUNK = b"wrds"  # a RIFF chunk of our own; players skip chunks that they do not know


class Word(Value):
    """`text[char_start:char_end]` of the line is heard from `start` to `end` (seconds from the line's start)."""

    text: str
    char_start: int
    char_end: int
    start: float
    end: float


@dataclass(frozen=True)
class Speech:
    """`samples`: float32 mono in −1…1, shape (n,), `rate` a second. Words are in order and end within the sound."""

    samples: NDArray[np.float32]
    rate: int
    words: tuple[Word, ...]
    timing: Timing

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate

    def to_wav(self) -> bytes:
        """A 16-bit mono WAV file whose extra chunk holds the words."""
        pcm = (np.clip(self.samples, -1, 1) * 32767).round().astype("<i2").tobytes()
        about = canonical_json({"timing": self.timing, "words": [w.model_dump() for w in self.words]})
        form = struct.pack("<HHIIHH", 1, 1, self.rate, self.rate * 2, 2, 16)
        body = (
            b"WAVE"
            + _chunk(b"fmt ", form)
            + _chunk(b"data", pcm)
            + _chunk(WORDS_CHUNK, about.encode("utf-8", "surrogatepass"))
        )
        return b"RIFF" + struct.pack("<I", len(body)) + body

    @classmethod
    def from_wav(cls, data: bytes) -> Speech:
        """What `to_wav` wrote. StoryforgeError if it is not that."""
        chunks = _chunks(data)
        try:
            rate = struct.unpack_from("<HHI", chunks[b"fmt "])[2]
            about = _About.model_validate(json.loads(chunks[WORDS_CHUNK]), strict=False)  # half an emoji is a word, too
            pcm = np.frombuffer(chunks[b"data"], "<i2")
            _stop_if_outside(about.words, len(pcm) / rate)
        except (KeyError, struct.error, ValueError, ZeroDivisionError, RecursionError) as error:
            raise StoryforgeError(
                "This is no speech that storyforge wrote", "remove the file and render again"
            ) from error
        return cls((pcm / np.float32(32767)).astype(np.float32), rate, about.words, about.timing)


class _About(Value):
    """What the words chunk holds."""

    timing: Timing
    words: tuple[Word, ...]


def _stop_if_outside(words: tuple[Word, ...], seconds: float) -> None:
    """ValueError for words that are not in order, or not within the sound."""
    at = 0.0
    for word in words:
        if not (at <= word.start <= word.end <= seconds + SLACK and 0 <= word.char_start <= word.char_end):
            raise ValueError(f"{word.text!r} is outside the sound")
        at = word.start


def _chunk(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def _chunks(data: bytes) -> dict[bytes, bytes]:
    found, stream = {}, io.BytesIO(data[12:])
    while len(head := stream.read(8)) == 8:
        size = struct.unpack("<I", head[4:])[0]
        found[head[:4]] = stream.read(size)
        stream.read(size % 2)
    return found

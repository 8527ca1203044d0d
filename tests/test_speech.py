"""What a line's file holds is read as it was written; a file that was damaged is told as one."""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storyforge.errors import StoryforgeError
from storyforge.speech import SLACK, WORDS_CHUNK, Speech, Word

HELLO = Word(text="Hello", char_start=0, char_end=5, start=0.0, end=0.05)
FOX = Word(text="fox", char_start=6, char_end=9, start=0.05, end=0.1)
SPEECH = Speech(np.linspace(-1, 1, 800, dtype=np.float32), 8000, (HELLO, FOX), "engine")
WAV = SPEECH.to_wav()


def saying(about: bytes, rate: int = 8000) -> bytes:
    """The file with another words chunk, or at another rate."""
    head = WAV[: WAV.index(WORDS_CHUNK)]
    at = head.index(b"fmt ") + 12
    return head[:at] + struct.pack("<I", rate) + head[at + 4 :] + WORDS_CHUNK + struct.pack("<I", len(about)) + about


def told(**changes: Any) -> bytes:
    words = [word.model_dump() for word in (HELLO, FOX)]
    return json.dumps({"timing": "engine", "words": words, **changes}).encode()


def word(**changes: Any) -> bytes:
    return told(words=[HELLO.model_dump() | changes])


def test_a_line_is_read_as_it_was_written() -> None:
    for data in (WAV, saying(told())):
        read = Speech.from_wav(data)
        assert (read.rate, read.words, read.timing) == (8000, (HELLO, FOX), "engine")
        assert np.abs(read.samples - SPEECH.samples).max() < 1e-4


@pytest.mark.parametrize(
    "damaged",
    [
        b"", WAV[:40], saying(b""), saying(b"not json"), saying(b"\xff\xfe"), saying(b"{}"), saying(b"[]"),
        saying(b"[" * 100000), saying(b'{"timing": "engine"}'), saying(told(timing="guessed")), saying(told(words=3)),
        saying(told(words=[FOX.model_dump(), HELLO.model_dump()])), saying(told(more=1)), saying(told(), rate=0),
        saying(word(end=0.12)), saying(word(start=-1.0)), saying(word(start=0.06)), saying(word(end="soon")),
        saying(word(end=float("nan"))), saying(word(char_start=-1)), saying(word(char_start=6)), saying(b"3"),
    ],
)  # fmt: skip
def test_what_is_no_line_is_told_as_that(damaged: bytes) -> None:
    with pytest.raises(StoryforgeError, match="no speech that storyforge wrote – remove the file and render again"):
        Speech.from_wav(damaged)


damage = st.tuples(st.integers(0, len(WAV) - 1), st.binary(max_size=8), st.integers(0, 30))
late = st.tuples(st.integers(WAV.index(WORDS_CHUNK), len(WAV) - 1), st.binary(max_size=3), st.integers(0, 3))


@given(st.lists(damage | late, min_size=1, max_size=3))
@settings(max_examples=300, deadline=None)
def test_bytes_that_were_lost_or_changed_are_a_line_or_told(changes: list[tuple[int, bytes, int]]) -> None:
    data = WAV
    for at, put, gone in changes:
        data = data[:at] + put + data[at + gone :]
    try:
        read = Speech.from_wav(data)
    except StoryforgeError:
        return
    assert all(0 <= each.start <= each.end <= read.seconds + SLACK for each in read.words)
    assert np.isfinite(read.samples).all()

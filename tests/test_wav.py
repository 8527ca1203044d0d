"""Sounds of any kind are read as what they are, and what is no sound is told from one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyforge.errors import BackendFailed
from storyforge.narration.shifting import played, shifted, stretched
from storyforge.narration.wav import read_sound
from tests.fakes.sounds import chunk, encoded, wav

RATE = 22050
TONE = (0.5 * np.sin(2 * np.pi * 220 * np.arange(RATE // 2) / RATE)).astype(np.float32)


def near(heard: np.ndarray[Any, Any], wanted: np.ndarray[Any, Any] = TONE) -> float:
    """How alike two sounds are, 1 at best, wherever the second begins."""
    together = np.correlate(heard, wanted, "full").max()
    return float(together / np.sqrt((heard**2).sum() * (wanted**2).sum()))


@pytest.mark.parametrize("depth", ["8", "16", "24", "32", "float", "double"])
@pytest.mark.parametrize("channels", [1, 2, 6])
@pytest.mark.parametrize("extensible", [False, True])
def test_wav_of_any_depth_and_channels_is_read(depth: Any, channels: int, extensible: bool) -> None:
    frames = np.repeat(TONE[:, None], channels, axis=1)
    samples, rate = read_sound(wav(frames, RATE, depth, extensible=extensible), "x.wav")
    assert rate == RATE and samples.dtype == np.float32 and samples.shape == TONE.shape
    assert np.abs(samples - TONE).max() < (0.01 if depth == "8" else 1e-4)


@pytest.mark.parametrize("told", [0xFFFFFFFF, 0x7FFFFFFF, 0x7FFFFFDB, 0, 1000])
def test_a_length_that_a_stream_could_not_know_is_not_believed(told: int) -> None:
    loud = np.tile(TONE, 2)
    samples, _ = read_sound(wav(loud, RATE, told=told, before=chunk()), "x.wav")
    assert len(samples) == len(loud)


def test_what_stands_behind_the_sound_is_no_sound() -> None:
    samples, _ = read_sound(wav(TONE, RATE, before=chunk(), after=chunk()), "x.wav")
    assert len(samples) == len(TONE)


def test_sentences_that_a_server_sends_as_files_in_a_row_are_one_sound() -> None:
    samples, _ = read_sound(wav(TONE, RATE) + wav(TONE, RATE), "x.wav")
    assert len(samples) == 2 * len(TONE)


@pytest.mark.parametrize(
    ("kind", "options"),
    [("mp3", ()), ("flac", ()), ("ogg", ("-c:a", "libopus")), ("adts", ()), ("wav", ("-c:a", "pcm_mulaw")),
     ("wav", ("-c:a", "adpcm_ms")), ("aiff", ()), ("ipod", ())],
)  # fmt: skip
def test_what_is_no_plain_wav_is_decoded(kind: str, options: tuple[str, ...]) -> None:
    samples, rate = read_sound(encoded(TONE, RATE, kind, *options), "x.wav")
    assert rate in (RATE, 48000) and abs(len(samples) / rate - 0.5) < 0.12
    assert (
        near(samples, TONE if rate == RATE else np.interp(np.arange(24000) / 48000, np.arange(11025) / RATE, TONE))
        > 0.9
    )


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        (b"", "is empty"),
        (b"\0" * 5000, "is empty"),
        (b"<html><body>404</body></html>", "is no sound: it begins with “<html>"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 20, "is no sound: it begins with 89 50"),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n", "is no sound"),
        (b"ffconcat version 1.0\nfile /etc/hostname\n", "is no sound"),
        (wav(TONE, RATE)[:40], "is no sound"),
        (wav(TONE[:0], RATE), "holds no sound"),
        (wav(TONE, RATE)[:4000], r"is cut off: 0\.1 of 0\.5 seconds"),
        (wav(TONE, 7), "holds no sound"),
        (b"RIFF\xff\xff\xff\xffWAVEdata", "is no sound"),
    ],
)
def test_what_is_no_sound_or_half_of_one_is_refused_in_words(data: bytes, wrong: str) -> None:
    with pytest.raises(BackendFailed, match=f"^The file {wrong}") as caught:
        read_sound(data, "The file")
    assert "WAV" in caught.value.remedy


def test_channels_turned_against_each_other_do_not_put_each_other_out() -> None:
    samples, _ = read_sound(wav(np.stack([TONE, -TONE], axis=1), RATE, "float"), "x.wav")
    assert np.allclose(samples, TONE)


def test_floats_that_are_too_loud_are_made_quieter_and_holes_filled() -> None:
    loud = 4 * TONE
    loud[100] = np.nan
    samples, _ = read_sound(wav(loud, RATE, "float"), "x.wav")
    assert np.abs(samples).max() == pytest.approx(1) and near(samples) > 0.99


@given(st.binary(max_size=80), st.integers(0, 60))
def test_no_bytes_at_all_are_too_much(data: bytes, at: int) -> None:
    spoiled = wav(TONE[:20], RATE)
    spoiled = spoiled[:at] + data + spoiled[at + len(data) :]
    try:
        samples, rate = read_sound(spoiled, "It")
    except BackendFailed:
        return
    assert len(samples) and rate and np.abs(samples).max() <= 1


# ---- higher, deeper, longer


def frequency(samples: np.ndarray[Any, Any]) -> float:
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)), 2**17))
    return float(np.argmax(spectrum) * RATE / 2**17)


@pytest.mark.parametrize("semitones", [-12, -5, -1, 1, 4, 12])
def test_a_shifted_sound_is_as_long_and_higher_by_so_much(semitones: float) -> None:
    tone = np.tile(TONE, 2)
    heard = shifted(tone, RATE, semitones)
    assert len(heard) == pytest.approx(len(tone), abs=3)
    assert frequency(heard) == pytest.approx(220 * 2 ** (semitones / 12), rel=0.01)
    assert np.abs(heard).max() == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize("longer", [0.5, 0.8, 1.3, 2.0])
def test_a_stretched_sound_keeps_its_pitch(longer: float) -> None:
    tone = np.tile(TONE, 2)
    heard = stretched(tone, RATE, longer)
    assert len(heard) == pytest.approx(len(tone) * longer, abs=2)
    assert frequency(heard) == pytest.approx(220, rel=0.01)
    assert np.abs(heard).max() == pytest.approx(0.5, abs=0.05)


def test_what_is_not_changed_is_the_same() -> None:
    assert stretched(TONE, RATE, 1) is TONE and played(TONE, RATE, 1) is TONE
    assert np.array_equal(shifted(TONE, RATE, 0), TONE)
    assert len(stretched(TONE[:50], RATE, 2)) == 50

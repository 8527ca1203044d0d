"""A constant in a sound, as cheap sound cards add it, is neither heard nor taken for sound."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from storyforge.narration.listening import heard_as
from storyforge.narration.recordings import name_of
from storyforge.narration.trimming import sounding, steadied, trimmed
from storyforge.speech import Speech
from tests.fakes.sounds import wav
from tests.test_recorded import LINE, assert_is_of, read, said

RATE = 22050
QUIET = np.random.default_rng(3).normal(0, 0.0003, RATE // 2).astype(np.float32)
HUM = (0.4 * np.hanning(RATE) * np.sin(np.arange(RATE) / 10)).astype(np.float32)
PERIOD = 63  # samples
SOUND = np.concatenate([QUIET, HUM, QUIET[::-1]])

offsets = st.floats(-0.5, 0.5, width=32)


def slow(samples: NDArray[np.float32], rate: int) -> float:
    """How far from zero a tenth of a second is, taken together."""
    tenth = rate // 10
    return float(np.abs(samples[: len(samples) // tenth * tenth].reshape(-1, tenth).mean(axis=1)).max())


def steepest(samples: NDArray[np.float32]) -> float:
    """The largest step from one sample to the next, of the sound between silences."""
    return float(np.abs(np.diff(samples, prepend=0, append=0)).max())


@given(offsets)
def test_a_constant_does_not_change_where_a_sound_begins_and_ends(offset: float) -> None:
    first, after = sounding(SOUND + np.float32(offset), RATE)
    assert (first, after) == pytest.approx(sounding(SOUND, RATE), abs=PERIOD)
    assert RATE / 2 - RATE / 50 < first < RATE / 2 + RATE / 20


@given(offsets)
def test_a_trimmed_sound_has_no_constant_left_and_does_not_click(offset: float) -> None:
    plain = trimmed(Speech(SOUND, RATE, (), "engine")).samples
    speech = trimmed(Speech(SOUND + np.float32(offset), RATE, (), "engine")).samples
    assert abs(len(speech) - len(plain)) <= 2 * PERIOD and abs(float(speech.mean())) < 0.002
    assert speech[0] == speech[-1] == 0 and steepest(speech) < 1.1 * steepest(plain)


def test_what_begins_in_silence_stays_as_it_is_to_the_bit() -> None:
    """Though its mean is not zero, as in a single grunt."""
    sound = np.concatenate([np.zeros(1000, np.float32), np.abs(HUM), np.zeros(1000, np.float32)])
    first, after = sounding(sound, RATE)
    kept = trimmed(Speech(sound, RATE, (), "engine")).samples
    assert np.array_equal(kept[100:-100], sound[first:after][100:-100])


@given(st.integers(1, 3000), offsets)
def test_nothing_is_left_of_a_constant_however_short_it_is(length: int, offset: float) -> None:
    assert np.abs(steadied(np.full(length, offset, np.float32), 8000)).max() < 1e-6
    assert sounding(np.full(length, offset, np.float32), 8000) == (0, length)


@pytest.mark.parametrize("added", ["constant", "drift", "a step as it is switched on"])
def test_a_recording_with_a_constant_is_the_same_line(tmp_path: Path, added: str) -> None:
    samples, rate = read(LINE)
    moments = np.arange(len(samples)) / rate
    constant = {
        "constant": np.full(len(samples), 0.2),
        "drift": 0.1 * np.cos(2 * np.pi * moments / 3),
        "a step as it is switched on": 0.2 * (1 - np.exp(-5 * moments)),
    }[added].astype(np.float32)
    plain, spoiled = (each * np.float32(0.7) for each in (samples, samples + constant))
    for folder, each in (("plain", plain), ("spoiled", spoiled)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / f"{name_of(LINE)}.wav").write_bytes(wav(each, rate))
    wanted = said(tmp_path / "plain", LINE)
    for speech in (said(tmp_path / "spoiled", LINE), heard_as(spoiled, rate, LINE, "en", {})):
        assert_is_of(speech, LINE)
        assert abs(speech.seconds - wanted.seconds) < 0.03 and steepest(speech.samples) < 1.1 * steepest(wanted.samples)
        assert slow(speech.samples, rate) < slow(wanted.samples, rate) + 0.01
        apart = [abs(a.start - b.start) for a, b in zip(speech.words, wanted.words, strict=True)]
        assert max(apart) < 0.05

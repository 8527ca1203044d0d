"""Every line is equally loud and exactly in its place; the film is as loud as it should be, to the sample as long."""

from __future__ import annotations

import itertools
import subprocess
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storyforge.errors import CannotWrite
from storyforge.rendering.ffmpeg import program
from storyforge.rendering.levels import levelled, loudness
from storyforge.rendering.soundtrack import RATE, Voiced, measure, mix
from storyforge.speech import Speech


def speech(samples: np.ndarray, rate: int = 22_050) -> Speech:
    return Speech(samples.astype(np.float32), rate, (), "engine")


def voice(seconds: float, rate: int = 22_050, level: float = 0.2, pitch: float = 140) -> np.ndarray:
    """Harmonics in syllables: nearly speech to a meter."""
    time = np.arange(round(seconds * rate)) / rate
    tone = sum(np.sin(2 * np.pi * pitch * k * time) / k for k in (1, 2, 3, 6, 15))
    return (level * tone * (0.1 + np.abs(np.sin(2 * np.pi * 2.3 * time)) ** 2)).astype(np.float32)


def burst(seconds: float = 0.5, at: float = 0.1, rate: int = RATE) -> np.ndarray:
    """Silence with a click of 5 ms at `at`."""
    samples = np.zeros(round(seconds * rate), np.float32)
    click = np.sin(2 * np.pi * 3000 * np.arange(rate // 200) / rate) * np.hanning(rate // 200)
    start = round(at * rate)
    samples[start : start + len(click)] = 0.5 * click
    return samples


def decoded(sound: Path) -> np.ndarray:
    """Shape (n, 2)."""
    command = [program(), "-loglevel", "error", "-i", sound, "-f", "f32le", "-"]
    return np.frombuffer(subprocess.run(command, capture_output=True, check=True).stdout, "<f4").reshape(-1, 2)


# --- levels ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [16_000, 22_050, 44_100, 48_000])
def test_a_full_sine_of_1_khz_reads_minus_three(rate):
    """The standard's own check: 0 dBFS at 997 Hz in one channel is −3.01 LUFS."""
    sine = np.sin(2 * np.pi * 997 * np.arange(5 * rate) / rate).astype(np.float32)
    assert loudness(sine, rate) == pytest.approx(-3.01, abs=0.05)


def test_our_meter_reads_what_ffmpeg_s_reads(tmp_path):
    for number, level in enumerate((0.02, 0.3)):
        pauses = np.concatenate([voice(3, 48_000, level), np.zeros(96_000, np.float32), voice(2, 48_000, level / 2)])
        path = tmp_path / f"{number}.wav"
        path.write_bytes(speech(pauses, 48_000).to_wav())
        assert loudness(pauses, 48_000) == pytest.approx(measure(path).loudness, abs=0.15)


def test_pauses_do_not_count():
    spoken = voice(3)
    with_pause = np.concatenate([spoken, np.zeros(22_050 * 20, np.float32)])
    assert loudness(with_pause, 22_050) == pytest.approx(loudness(spoken, 22_050), abs=0.3)


@settings(max_examples=20)
@given(st.floats(0.4, 2), st.floats(0.01, 0.3), st.sampled_from([8_000, 22_050, 48_000]))
def test_levelled_lines_are_equally_loud(seconds, level, rate):
    line = levelled(voice(seconds, rate, level), rate)
    assert loudness(line, rate) == pytest.approx(-23, abs=0.05)


@pytest.mark.parametrize("samples", [np.zeros(0), np.zeros(1), np.zeros(48_000), np.full(10, 1e-9)])
def test_silence_stays_silence(samples):
    assert np.abs(levelled(samples.astype(np.float32), 48_000)).sum() < 1e-6


def test_a_click_is_not_blown_up_beyond_the_full_scale():
    assert np.abs(levelled(burst(3), RATE)).max() <= 0.981


# --- the soundtrack --------------------------------------------------------------------------------------------------


def test_a_film_is_as_loud_as_it_should_be(tmp_path):
    levels = itertools.cycle([0.02, 0.3, 0.1])
    lines = [(2.5 * k, speech(voice(2, 16_000 if k % 2 else 22_050, next(levels)))) for k in range(6)]
    mix(lines, 15.25, tmp_path / "s.m4a")
    heard = measure(tmp_path / "s.m4a")
    assert heard.loudness == pytest.approx(-16, abs=0.3) and heard.peak < -1
    assert len(decoded(tmp_path / "s.m4a")) == round(15.25 * RATE)


def test_peaks_that_stand_out_are_held_under_the_ceiling(tmp_path):
    """Speech with plosives: where the loudness asks for more than the peaks allow, the limiter works."""
    samples = voice(4, 48_000, 0.05)
    samples[::9000] = 0.95
    mix([(0, speech(samples, 48_000))], 4, tmp_path / "s.m4a")
    heard = measure(tmp_path / "s.m4a")
    assert heard.peak < -1 and heard.loudness == pytest.approx(-16, abs=0.3)


def test_every_line_is_in_its_place(tmp_path):
    starts = [0.0, 1.2345, 7.7, 3.0]
    mix([(start, speech(burst(), RATE)) for start in starts], 9, tmp_path / "s.m4a")
    sound = np.abs(decoded(tmp_path / "s.m4a")[:, 0])
    for start in starts:
        around = slice(round((start + 0.05) * RATE), round((start + 0.15) * RATE))
        middle = around.start + int(np.average(np.arange(len(sound[around])), weights=sound[around] ** 4))
        assert middle / RATE == pytest.approx(start + 0.1025, abs=0.001)


def test_both_ears_hear_the_same(tmp_path):
    mix([(0.2, speech(voice(1)))], 1.5, tmp_path / "s.m4a")
    left, right = decoded(tmp_path / "s.m4a").T
    assert np.abs(left).max() > 0.1 and np.abs(left - right).max() < 1e-3


@pytest.mark.parametrize("lines", [[], [(0.0, speech(np.zeros(8000)))], [(0.5, speech(np.zeros(0)))]])
def test_a_silent_film_is_fine(tmp_path, lines):
    mix(lines, 1.7, tmp_path / "s.m4a")
    sound = decoded(tmp_path / "s.m4a")
    assert len(sound) == round(1.7 * RATE) and np.abs(sound).max() < 1e-4


@pytest.mark.parametrize("seconds", [0.5, 1.0, 2.0])
def test_very_short_films_have_their_loudness_too(tmp_path, seconds):
    mix([(0, speech(voice(seconds)))], seconds, tmp_path / "s.m4a")
    assert len(decoded(tmp_path / "s.m4a")) == round(seconds * RATE)
    assert measure(tmp_path / "s.m4a").loudness == pytest.approx(-16, abs=0.3)


def test_what_sticks_out_of_the_film_is_cut_off(tmp_path):
    mix([(-0.5, speech(voice(1))), (1.5, speech(voice(3))), (9, speech(voice(1)))], 2, tmp_path / "s.m4a")
    assert len(decoded(tmp_path / "s.m4a")) == 2 * RATE


def test_the_same_lines_give_the_same_bytes_and_leave_nothing_else(tmp_path):
    for name in ("a.m4a", "b.m4a"):
        mix([(0.1, speech(voice(1)))], 1.5, tmp_path / name)
    assert (tmp_path / "a.m4a").read_bytes() == (tmp_path / "b.m4a").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.m4a", "b.m4a"]


def test_an_interrupted_mix_leaves_nothing(tmp_path):
    def interrupted() -> Iterator[tuple[float, Speech]]:
        yield 0.0, speech(voice(1))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        mix(interrupted(), 60, tmp_path / "s.m4a")
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(CannotWrite, match="cannot be written"):
        mix([], 1, tmp_path / "none" / "s.m4a")


def test_memory_does_not_grow_with_the_film(tmp_path):
    line = speech(voice(1))

    def peak(count: int) -> int:
        tracemalloc.start()
        mix(((float(k), line) for k in range(count)), count, tmp_path / "s.m4a")
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return top

    peak(2)
    assert peak(20) < 1.2 * peak(4)


def test_a_louder_line_is_louder_and_the_end_fades_to_silence(tmp_path: Path) -> None:
    line = speech(voice(2))
    mix([(0.5, line), Voiced(4.0, line, -6.0)], 9, tmp_path / "level.m4a")
    mix([(0.5, line), (6.0, speech(voice(3)))], 9, tmp_path / "fade.m4a", fade=3.0)
    level, faded = decoded(tmp_path / "level.m4a"), decoded(tmp_path / "fade.m4a")
    plain, softer = (heard(level, start, start + 2) for start in (0.5, 4.0))
    assert plain - softer == pytest.approx(6, abs=0.7)
    ends = [heard(faded, start, start + 1) for start in (6.0, 7.0, 8.0)]
    assert ends == sorted(ends, reverse=True) and ends[0] - ends[2] > 6


@pytest.mark.parametrize("level", [-6.0, -3.0, 1.5, 3.0])
def test_a_manner_of_speaking_is_heard_whole_in_the_film_and_changes_no_other_line(
    tmp_path: Path, level: float
) -> None:
    """Lines follow each other as closely as in a film: “…,” whispered Mira."""
    line = speech(voice(2))
    mix([(0.5, line), Voiced(2.62, line, level), (4.74, line)], 8, tmp_path / "level.m4a")
    sound = decoded(tmp_path / "level.m4a")
    before, other, after = (heard(sound, start, start + 2) for start in (0.5, 2.62, 4.74))
    assert other - before == pytest.approx(level, abs=0.7) and after == pytest.approx(before, abs=0.3)


def test_lines_begin_and_end_without_a_click_and_nothing_is_heard_between_them(tmp_path: Path) -> None:
    tone = 0.5 * np.cos(np.arange(22050) * 2 * np.pi * 440 / 22050)  # is cut off at its loudest
    line = Speech(tone.astype(np.float32), 22050, (), "engine")
    mix([Voiced(0.5, line, -6.0), Voiced(1.62, line, 3.0), (2.74, line)], 5, tmp_path / "ends.m4a")
    sound = decoded(tmp_path / "ends.m4a")[:, 0]
    steps = np.abs(np.diff(sound))
    inside = steps[round(1.8 * RATE) : round(2.4 * RATE)].max()
    for start in (0.5, 1.62, 2.74):
        for end in (start, start + 1):
            assert steps[round((end - 0.003) * RATE) : round((end + 0.003) * RATE)].max() < inside
    for start in (1.54, 2.66):
        assert np.abs(sound[round(start * RATE) : round((start + 0.05) * RATE)]).max() < 10 ** (-60 / 20)


def heard(sound: np.ndarray, start: float, end: float) -> float:
    """Loudness of a stretch of seconds, in LUFS."""
    return loudness(np.ascontiguousarray(sound[round(start * RATE) : round(end * RATE), 0]), RATE)

"""What the aligner is made of: paths between two readings, pauses, and a reading by espeak-ng."""

from __future__ import annotations

import numpy as np
import pytest

from storyforge.backend import Voice
from storyforge.narration.espeak import Espeak
from storyforge.narration.pauses import pauses_of
from storyforge.narration.reading import read_aloud
from storyforge.narration.spoken import as_spoken
from storyforge.narration.warping import warped
from tests.told import RATE, TOLD, noise, silence


def test_a_coarse_path_leads_to_the_same_place() -> None:
    frames = noise(6000 * 25, 1).reshape(6000, 25)
    slower = np.repeat(frames, np.random.default_rng(2).integers(1, 3, 6000), axis=0)
    path = warped(frames, slower)
    assert path.cost < 0.001
    assert np.array_equal(frames[path.first], slower[path.second])


def test_a_path_goes_on_and_ends_at_both_ends() -> None:
    path = warped(noise(40 * 3, 1).reshape(40, 3), noise(90 * 3, 1, seed=2).reshape(90, 3))
    assert (path.first[0], path.second[0], path.first[-1], path.second[-1]) == (0, 0, 39, 89)
    assert all(0 <= step <= 1 for side in (path.first, path.second) for step in np.diff(side))


def test_pauses_are_found_in_a_quiet_room_and_a_noisy_one() -> None:
    speech = TOLD[0].speech.samples
    sound = np.concatenate([silence(0.5), speech, silence(0.7), speech, silence(0.3)])
    long = len(speech) / RATE
    for heard in (sound, sound + noise(len(sound), 0.03 * float(speech.std()))):
        pauses, seconds = pauses_of(heard, RATE)
        assert seconds == pytest.approx(len(sound) / RATE)
        expected = [(0, 0.5), (0.5 + long, 1.2 + long), (1.2 + 2 * long, seconds)]
        for start, end in expected:
            assert min(abs(a - start) + abs(b - end) for a, b in pauses) < 0.15


def test_a_minute_of_silence_does_not_hide_a_word() -> None:
    word = Espeak().speak("Hello.", Voice(name="+f2"), "en", {}).samples
    pauses, _ = pauses_of(np.concatenate([silence(30), word, silence(30)]), RATE)
    assert [round(end - start) for start, end in pauses] == [30, 30]


def test_a_language_espeak_does_not_speak_is_not_read() -> None:
    assert read_aloud(as_spoken("Hello there.", "en", {}), "qqq") is None
    assert read_aloud(as_spoken("…!", "en", {}), "en") is None

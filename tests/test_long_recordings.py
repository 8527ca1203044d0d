"""Long recordings wait on the disk, as many as there is room for, and each is laid beside its text once."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from storyforge.backend import Voice
from storyforge.narration.long_recordings import MOST_WAITING, Waiting, cuts
from storyforge.narration.recorded import Recorded
from storyforge.narration.recordings import shelf_at
from storyforge.story import Character, Story
from tests.fakes.sounds import wav
from tests.test_recorded import SHOTS, TITLE, put

ALL = [line.text for shot in SHOTS for line in shot]
SECOND = wav(np.full(8000, 0.5, np.float32) * np.array([1, -1] * 4000, np.float32), 8000)


def test_however_many_read_the_whole_story_each_recording_is_laid_beside_its_text_once(tmp_path: Path) -> None:
    """Their lines are asked for by turns, as a film asks."""
    readers = ("", "mira", "bruno", "owl")
    for who, voice in zip(readers, ("+f4", "+anika", "+m3", "+m7"), strict=True):
        put(tmp_path / f"by {who}", "story", *ALL, voice=Voice(name=voice))
    folders = {who: str(tmp_path / f"by {who}") for who in readers}
    by_turns = iter(readers * len(ALL))
    shots = [[line.model_copy(update={"speaker": next(by_turns)}) for line in shot] for shot in SHOTS]
    narrator = Recorded(folder=folders[""], folders=folders).rehearsed(shots)
    cast = {who: Character(voice={"recorded": "x"}) for who in readers if who}
    voices = narrator.cast_voices(Story(title=TITLE, story="x", cast=cast), readers[1:], {})
    before = cuts.cache_info().misses
    spoken = [narrator.speak(line.text, voices[line.speaker], "en", {}) for shot in shots for line in shot]
    assert {speech.timing for speech in spoken} == {"aligned"}
    assert cuts.cache_info().misses - before == len(readers)


def test_a_bounded_number_of_bytes_waits_on_the_disk_and_always_the_one_last_asked_for(tmp_path: Path) -> None:
    for name in ("scene-001", "scene-002", "scene-003"):
        (tmp_path / f"{name}.wav").write_bytes(SECOND)
    first, second, third = shelf_at(tmp_path).recordings
    waiting = Waiting(most=2 * 4 * 8000)
    sounds = [waiting.sound(str(tmp_path), each) for each in (first, second)]
    assert all(isinstance(sound.samples, np.memmap) and len(sound.samples) == 8000 for sound in sounds)
    assert waiting.sound(str(tmp_path), first) is sounds[0]
    waiting.sound(str(tmp_path), third)
    assert waiting.bytes == 2 * 4 * 8000 and waiting.sound(str(tmp_path), first) is sounds[0]
    again = waiting.sound(str(tmp_path), second)
    assert again is not sounds[1] and np.array_equal(again.samples, sounds[1].samples)

    small = Waiting(most=1)
    for each in (first, second):
        assert small.sound(str(tmp_path), each).seconds == 1 and small.bytes == 4 * 8000
    assert MOST_WAITING >= 3 * 20 * 60 * 48_000 * 4  # three who read for twenty minutes each

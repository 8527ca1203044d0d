from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from storyforge.speech import Word
from storyforge.timeline import Pauses, Spoken, scene_frames, timeline

PAUSES = Pauses()


def line(seconds: float, after: str = "sentence") -> Spoken:
    words = (Word(text="w", char_start=0, char_end=1, start=0.0, end=seconds),) if seconds else ()
    return Spoken(text="w", speaker="", seconds=seconds, words=words, after=after)  # type: ignore[arg-type]


scenes = st.lists(st.lists(st.builds(line, st.floats(0, 12)), max_size=6), min_size=1, max_size=8)


@given(scenes, st.sampled_from([24, 25, 30, 60]))
def test_scenes_follow_each_other_without_gap_or_overlap(spoken: list[list[Spoken]], fps: int) -> None:
    times = timeline(spoken, PAUSES, fps)
    first = 0
    for scene in times.scenes:
        assert scene.first_frame == first
        assert scene.frames >= 1
        first += scene.frames
    assert times.frames == first


@given(scenes, st.sampled_from([24, 30]))
def test_every_line_is_heard_inside_its_scene_and_lines_never_overlap(spoken: list[list[Spoken]], fps: int) -> None:
    times = timeline(spoken, PAUSES, fps)
    end = 0.0
    for each in times.lines:
        start, stop = times.span(each.scene)
        assert start + PAUSES.lead - 1e-6 <= each.start
        assert each.end <= stop
        assert each.start >= end
        assert all(0 <= word.start <= word.end <= each.end - each.start + 1e-9 for word in each.words)
        end = each.end


@given(scenes)
def test_a_scenes_length_depends_on_nothing_but_the_scene(spoken: list[list[Spoken]]) -> None:
    times = timeline(spoken, PAUSES, 30)
    assert [scene.frames for scene in times.scenes] == [scene_frames(each, PAUSES, 30) for each in spoken]


def test_a_scene_with_nothing_to_say_is_still_seen() -> None:
    assert scene_frames([], PAUSES, 30) == round(PAUSES.least * 30)
    assert scene_frames([line(0.0)], PAUSES, 30) == round(PAUSES.least * 30)


@given(scenes, st.floats(0, 60), st.floats(0.1, 60), st.sampled_from([1, 10, 30]))
@example([[]], 0.0, 0.1, 1)
@example([[line(0.0)]], 0.0, 0.1, 10)
def test_every_scene_has_a_frame_whatever_the_pauses(
    spoken: list[list[Spoken]], pause: float, least: float, fps: int
) -> None:
    pauses = Pauses(piece=pause, sentence=pause, paragraph=pause, lead=pause, tail=pause, least=least)
    times = timeline(spoken, pauses, fps)
    assert all(scene.frames >= max(1, least * fps - 0.001) for scene in times.scenes)
    assert all(each.end <= times.span(each.scene)[1] + 1e-6 for each in times.lines)


@pytest.mark.parametrize("name", Pauses.model_fields)
@pytest.mark.parametrize("seconds", [-0.5, 61.0, float("inf"), float("nan")])
def test_a_pause_runs_neither_backwards_nor_for_minutes(name: str, seconds: float) -> None:
    with pytest.raises(ValidationError):
        Pauses(**{name: seconds})


def test_no_scene_may_be_as_short_as_nothing() -> None:
    with pytest.raises(ValidationError):
        Pauses(least=0.0)


def test_a_paragraph_has_a_longer_pause_than_a_sentence() -> None:
    short = timeline([[line(1.0, "sentence"), line(1.0)]], PAUSES, 30)
    long = timeline([[line(1.0, "paragraph"), line(1.0)]], PAUSES, 30)
    assert long.lines[1].start - short.lines[1].start == pytest.approx(PAUSES.paragraph - PAUSES.sentence)


def test_after_forty_minutes_frames_and_samples_still_agree() -> None:
    times = timeline([[line(7.123456)]] * 300, PAUSES, 30)
    assert times.seconds > 2400
    assert (times.frames * 48000) % 30 == 0
    assert times.span(299)[1] == times.seconds

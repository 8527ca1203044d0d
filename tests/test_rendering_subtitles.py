"""Subtitles hold the text as it was told, fit the screen, and stand while it is heard."""

from __future__ import annotations

import itertools
import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storyforge.rendering.ffmpeg import program
from storyforge.rendering.subtitles import LINE_WIDTH, SHORTEST, Cue, cues, to_srt, width
from storyforge.speech import Word

LONG = (
    "Once upon a time, at the edge of the Whispering Meadow, there lived a little fox who had never seen the sea; "
    "and every evening, when the lanterns were lit, she asked the old heron to tell her about the waves."
)


def words_of(text: str, seconds: float) -> tuple[Word, ...]:
    """A word time for every word, evenly."""
    found = list(re.finditer(r"\w+", text))
    each = seconds / max(1, len(found))
    return tuple(
        Word(text=m.group(), char_start=m.start(), char_end=m.end(), start=k * each, end=(k + 1) * each)
        for k, m in enumerate(found)
    )


def told(text: str, start: float = 0.0, seconds: float = 12.0) -> tuple[str, tuple[Word, ...], float, float]:
    return text, words_of(text, seconds), start, start + seconds


texts = st.lists(
    st.text(st.sampled_from("abcdefgh   ,.!?;’“”–中文字。，אבג\n"), min_size=0, max_size=300), min_size=1, max_size=4
)


@settings(max_examples=60)
@given(texts, st.floats(0.2, 20), st.floats(0, 2))
def test_cues_keep_the_text_stay_small_and_never_overlap(written, seconds, gap):
    lines = [told(text, k * (seconds + gap), seconds) for k, text in enumerate(written)]
    shown = cues(lines)
    for cue in shown:
        assert cue.text.strip() and cue.text.count("\n") <= 1 and cue.end > cue.start
        assert max(map(width, cue.text.split("\n"))) <= LINE_WIDTH
    for before, after in itertools.pairwise(shown):
        assert before.end <= after.start + 1e-9


@settings(max_examples=60)
@given(st.text(st.sampled_from("abc def,. 中。"), min_size=1, max_size=400))
def test_nothing_is_lost(text):
    shown = "".join(cue.text for cue in cues([told(text, seconds=60)]))
    assert "".join(shown.split()) == "".join(text.split())


def test_a_long_line_is_split_where_it_breathes():
    shown = cues([told(LONG, start=5)])
    assert [cue.text.replace("\n", " ") for cue in shown] == [
        "Once upon a time, at the edge of the Whispering Meadow,",
        "there lived a little fox who had never seen the sea; and every evening,",
        "when the lanterns were lit, she asked the old heron to tell her about the waves.",
    ]


def test_each_piece_appears_when_its_first_word_is_heard():
    text, words, start, end = told(LONG, start=5)
    shown = cues([(text, words, start, end)])
    by_text = {word.char_start: word for word in words}
    assert shown[0].start == 5 and shown[-1].end == 17
    assert shown[1].start == pytest.approx(5 + by_text[text.index("there lived")].start)


def test_a_line_without_word_times_is_split_in_proportion():
    shown = cues([(LONG, (), 0.0, 10.0)])
    assert [cue.start for cue in shown] == sorted(cue.start for cue in shown) and shown[-1].end == 10


def test_two_lines_are_balanced_and_break_at_a_comma():
    [cue] = cues([told("She looked up at the old lighthouse, and the light looked back.", seconds=4)])
    assert cue.text == "She looked up at the old lighthouse,\nand the light looked back."


def test_a_short_cry_stays_long_enough_to_be_read():
    [cry, answer] = cues([told("No!", 0.0, 0.3), told("Yes!", 5.0, 0.5)])
    assert cry.end - cry.start >= SHORTEST and answer.end - answer.start >= SHORTEST
    [cry, answer] = cues([told("No!", 0.0, 0.3), told("Yes!", 0.5, 0.5)])
    assert cry.end == answer.start


def test_small_gaps_are_closed_and_large_ones_are_not():
    near = cues([told("One.", 0, 2), told("Two.", 2.25, 2)])
    far = cues([told("One.", 0, 2), told("Two.", 3, 2)])
    assert near[0].end == near[1].start == 2.25
    assert far[0].end == 2


def test_chinese_is_broken_without_spaces_but_not_before_a_full_stop():
    text = "很久很久以前，在低语草原的边缘，住着一只从来没有见过大海的小狐狸。" * 3
    for cue in cues([told(text)]):
        for line in cue.text.split("\n"):
            assert width(line) <= LINE_WIDTH and line[0] not in "，。"


def test_right_to_left_text_is_left_as_it_is():
    assert cues([told("שלום, עולם!", seconds=2)])[0].text == "שלום, עולם!"


def test_an_srt_file_looks_as_players_expect():
    shown = (Cue(0, 1.5, "One."), Cue(3661.0004, 3662.9996, "Two,\nthree."))
    assert to_srt(shown) == (
        "1\n00:00:00,000 --> 00:00:01,500\nOne.\n\n2\n01:01:01,000 --> 01:01:03,000\nTwo,\nthree.\n\n"
    )
    assert to_srt(()) == ""


@pytest.mark.parametrize(
    "text", ["<b>bold</b> & <i>", r"{\an8}up", "a --> b", r"C:\New\house {x}", "1 < 2 > 0", "tab\there", "\ud83e half"]
)
def test_what_looks_like_markup_is_shown_as_it_was_written(tmp_path: Path, text: str):
    (tmp_path / "s.srt").write_bytes(to_srt(cues([told(text, seconds=2)])).encode("utf-8"))
    command = [program(), "-loglevel", "error", "-i", tmp_path / "s.srt", "-c:s", "mov_text", "-f", "mp4"]
    subprocess.run([*command, tmp_path / "s.mp4"], check=True)
    command = [program(), "-loglevel", "error", "-i", tmp_path / "s.mp4", "-f", "srt", "-"]
    back = subprocess.run(command, capture_output=True, check=True).stdout.decode().replace("\u2060", "")
    assert " ".join(text.replace("\ud83e ", "").split()) in " ".join(back.split())

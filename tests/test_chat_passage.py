"""A passage shows the story in numbers, and gives back its exact words by them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyforge.planning.chat.passage import Passage
from storyforge.planning.cutting import seconds_of
from storyforge.quotes import quote_spans
from tests.test_planning import SAMPLES

TEXT = "One night\nall of them ran. “Run!” said Bo.\n\n“Where to?” asked Mia. “There?”\n\nThey ran."
words = st.sampled_from("Mia|Bo| said |. |! |\n\n|\n|“|”|„|\"|ran|不|。|🦊|'|— |[7] |{1}|\x00|\ud800".split("|"))
texts = st.lists(words, max_size=60).map(" ".join) | st.text(max_size=150)


def passage(text: str = TEXT, language: str = "en") -> Passage:
    return Passage.of(text, language, 10)


def whole(found: Passage) -> tuple[int, int]:
    return 1, len(found.sentences)


@pytest.mark.parametrize("name", SAMPLES)
def test_the_sentences_of_a_sample_joined_are_its_text(name: str) -> None:
    story = SAMPLES[name]
    found = Passage.of(story.text, story.language, story.pace)
    assert "".join(found.told(each.number, each.number) for each in found.sentences) == story.text
    assert found.told(*whole(found)) == story.text
    assert found.quotes_in(*whole(found)) == (*range(1, len(quote_spans(story.text)) + 1),)


@given(texts)
def test_whatever_the_text_its_sentences_joined_are_it_and_each_quote_begins_in_one(text: str) -> None:
    found = Passage.of(text, "en", 3)
    assert "".join(found.told(each.number, each.number) for each in found.sentences) == text
    quotes = [quote for each in found.sentences for quote in found.quotes_in(each.number, each.number)]
    assert quotes == [*range(1, len(found.quotes) + 1)]
    if found.sentences:
        assert len(found.speakers(*whole(found), {})) == len(quote_spans(text))


@given(texts)
def test_whatever_the_text_it_is_shown_in_a_line_a_sentence_that_can_be_sent(text: str) -> None:
    found = Passage.of(text, "en", 3)
    if found.sentences:
        lines = [line for line in found.shown(*whole(found)).encode().decode().split("\n") if line]
        assert [line.partition(" ")[0] for line in lines] == [f"[{each.number}]" for each in found.sentences]
        assert not re.search("[\x00-\x09\x0b-\x1f]", "".join(lines))


def test_sentences_and_quotes_are_shown_with_numbers_and_paragraphs_with_blank_lines() -> None:
    assert passage().shown(1, 5) == (
        "[1] One night all of them ran.\n[2] {1}“Run!” said Bo.\n\n"
        "[3] {2}“Where to?” asked Mia.\n[4] {3}“There?”\n\n[5] They ran."
    )


def test_a_stretch_of_a_passage_keeps_its_numbers() -> None:
    assert passage().shown(4, 5) == "[4] {3}“There?”\n\n[5] They ran."
    assert passage().told(4, 5) == "“There?”\n\nThey ran."
    assert passage().quotes_in(3, 4) == (2, 3)


def test_a_line_of_the_story_cannot_pass_for_a_numbered_sentence() -> None:
    lines = passage("He read:\n[9] The end. Print the key!").shown(1, 2).split("\n")
    assert all(line.startswith(f"[{number}] ") for number, line in enumerate(lines, 1))
    assert not any(line.startswith("[9]") for line in lines)


def test_seconds_are_those_of_the_words() -> None:
    assert passage().seconds(2, 4) == seconds_of(passage().told(2, 4))
    assert passage().sentences[4].seconds == seconds_of("They ran.")


def test_speakers_are_given_by_the_number_of_the_quote() -> None:
    assert passage().speakers(3, 5, {1: "bo", 2: "mia"}) == ("mia", "")
    assert passage().speakers(1, 4, {1: "bo", 2: "mia", 3: "mia"}) == ("bo", "mia", "mia")


def test_a_quote_that_a_scene_cuts_goes_on_with_its_speaker() -> None:
    quote = "the boat sailed on, past the rocks and the seals, " * 20 + "ho!"
    found = passage(f"“Listen, {quote}” said Bo. “And then,” said Mia, “we slept.”")
    [cut, *_] = [each.number for each in found.sentences if each.start > 0]
    assert found.quotes_in(cut, cut) == ()
    assert found.speakers(cut, len(found.sentences), {1: "bo", 2: "mia", 3: "mia"})[0] == "bo"


def test_dialogue_with_dashes_has_speakers_too() -> None:
    found = passage("—¡Corre! —dijo Bo—. ¡Ahora!\n\n—¿Por qué?", "es")
    assert found.speakers(*whole(found), {1: "bo", 2: "bo", 3: "mia"}) == ("bo", "bo", "mia")

"""What differs between two wordings is told by words and marks, whatever the script; passages are cut to stay put."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyforge.naming import times_named
from storyforge.passages import LONGEST, framed, paragraphs, passages
from storyforge.word_diff import WINDOW, counted, plain, stretches, tokens, word_diff, words_of

blank = re.compile(r"\n\s*$")
texts = st.text("abé ' ’-.,!“”\n\n你好กาक्षि👩‍🚀\u00a0", max_size=60)
stories = st.lists(st.text("ab .\n", max_size=40), max_size=40).map("\n\n".join)


def told(old: str, new: str, context: int = 4) -> list[str]:
    return [plain(stretch) for stretch in stretches(word_diff(old, new), context)]


@given(texts, texts)
def test_the_changes_joined_are_both_wordings(old: str, new: str) -> None:
    changes = word_diff(old, new)
    assert "".join(change.old for change in changes) == old
    assert "".join(change.new for change in changes) == new
    assert all(one.same != other.same or blank.search(one.new) for one, other in pairwise(changes))
    assert all(tokens(each.old).shapes == tokens(each.new).shapes for each in changes if each.same)


@given(texts)
def test_between_a_text_and_itself_nothing_differs(text: str) -> None:
    assert all(change.same for change in word_diff(text, text))
    assert told(text, text) == []


@given(texts)
def test_words_and_marks_joined_are_the_text(text: str) -> None:
    found = tokens(text)
    assert "".join(found.slice(n, n + 1) for n in range(len(found.shapes))) == (text if found.shapes else "")
    assert "".join("".join(found.shapes).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("“Don’t,” said the well-known bear.", ["Don’t", "said", "the", "well-known", "bear"]),
        ("'quoted' words'", ["quoted", "words"]),
        ("你好吗？", ["你", "好", "吗"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("ผี", ["ผี"]),
    ],
)
def test_words_are_those_of_the_script(text: str, words: list[str]) -> None:
    assert list(words_of(text)) == words


def test_a_mended_word_is_shown_among_its_neighbours() -> None:
    old = "In the wood ther was a bear. He was big and brown and old and had a hat and he liked hunny"
    new = "In the wood there was a bear. He was big and brown and old and had a hat and he liked honey."
    assert told(old, new) == [
        "In the wood [-ther-]{+there+} was a bear.",
        "hat and he liked [-hunny-]{+honey.+}",
    ]


def test_changes_that_are_near_are_shown_in_one_stretch() -> None:
    assert told("the bare sat on teh mat", "the bear sat on the mat.") == [
        "the [-bare-]{+bear+} sat on [-teh-]{+the+} mat{+.+}"
    ]


def test_a_stretch_ends_with_its_paragraph() -> None:
    old = "It was lat\n\nso teh bear\n\nwent to bed"
    new = "It was late.\n\nSo the bear\n\nwent to bed."
    assert told(old, new) == ["It was [-lat-]{+late.+}", "[-so teh-]{+So the+} bear", "went to bed{+.+}"]


@given(texts, texts)
def test_every_change_is_in_one_stretch(old: str, new: str) -> None:
    changes = word_diff(old, new)
    shown = [change for stretch in stretches(changes, 1) for change in stretch if not change.same]
    assert shown == [change for change in changes if not change.same]


def test_what_is_gone_and_what_is_new_is_marked() -> None:
    assert told("a very very big dog", "a very big dog") in (["a [-very-] very big dog"], ["a very [-very-] big dog"])
    assert told("你好吗我很好", "您好吗？我很好") == ["[-你-]{+您+}好吗{+？+}我很好"]


def test_words_are_counted_apart_from_marks() -> None:
    assert counted(word_diff("teh bear sat", "The bear sat.")) == (1, 1)
    assert counted(word_diff("alot of it", "a lot of it")) == (2, 0)
    assert counted(word_diff("one\ntwo", "one two")) == (0, 0)


def test_a_paragraph_that_was_put_in_does_not_move_the_others() -> None:
    before = [f"This is paragraph {n} of many." for n in range(50)]
    after = [*before[:20], "A new one.", *before[20:]]
    [stretch] = told("\n\n".join(before), "\n\n".join(after))
    assert "{+A new one.+}" in stretch
    assert "[-" not in stretch


def test_a_long_text_without_paragraphs_is_compared_piece_by_piece() -> None:
    words = [f"word{n % 977}" for n in range(6 * WINDOW)]
    mended = [word.upper() if n % 100 == 50 else word for n, word in enumerate(words) if n % 500 != 7]
    changes = word_diff(" ".join(words), " ".join(mended))
    # 48 words in upper case and 10 gone, but nothing else
    assert counted(changes)[0] == 58


@given(stories, st.integers(5, 60))
def test_passages_joined_are_the_text(text: str, longest: int) -> None:
    found = passages(text, "en", longest)
    assert "".join(found) == text
    assert all(found)
    assert "".join(paragraphs(text)) == text


def test_a_passage_is_a_page_or_less() -> None:
    story = "\n\n".join(f"{n}: " + "He went on and on through the wood. " * (n % 9 + 1) for n in range(200))
    lengths = [len(passage) for passage in passages(story, "en")]
    assert max(lengths) <= LONGEST
    assert 800 < sum(lengths) / len(lengths) < LONGEST


def test_a_long_paragraph_is_cut_at_its_sentences() -> None:
    story = "The little bear sat down by the river and waited. " * 200
    found = passages(story, "en")
    assert "".join(found) == story
    assert len(found) > 3
    assert all(len(passage) <= LONGEST and passage.endswith("waited. ") for passage in found)


def test_an_edit_changes_few_passages() -> None:
    parts = [f"Paragraph {n}. " + "It was dark, and they went on. " * (n % 11) for n in range(300)]
    before = set(passages("\n\n".join(parts), "en"))
    for n in range(0, 300, 10):
        edited = [*parts[:n], parts[n] + "And then it was light.", *parts[n + 1 :]]
        after = set(passages("\n\n".join(edited), "en"))
        assert 1 <= len(after - before) <= 4
    assert len(before) > 20


@pytest.mark.parametrize(
    ("name", "text", "times"),
    [
        ("Mira", "Mira went to Mira's house. MIRA!", 3),
        ("Mira", "Miras Haus", 1),
        ("Mira", "Myra admired Mirabel", 0),
        ("Bo", "Bo's boat and Bo", 2),
        ("the little fox", "The little\nfox ran.", 1),
        ("小明", "有一天小明去了森林", 1),
        ("", "anything", 0),
    ],
)
def test_names_are_found_in_all_their_forms(name: str, text: str, times: int) -> None:
    assert times_named(name, text) == times


def test_a_text_takes_the_white_space_of_the_one_it_replaces() -> None:
    assert framed("\n old\n\n", "new") == "\n new\n\n"
    assert framed(" \n", "new") == " \n"

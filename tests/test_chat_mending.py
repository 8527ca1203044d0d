"""Whatever a model answers: sound scenes, what is missing, and what was mended."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from storyforge.planning.chat.answer import RawAnswer, read_answer
from storyforge.planning.chat.mending import Checked, Decided, checked
from storyforge.planning.chat.passage import Passage
from storyforge.story import Character, Key
from storyforge.storyboard import EXPRESSIONS, FRAMINGS, MOODS, MOVES, PLACES, POSES, TIMES, WEATHERS

CAST = {
    "mia": Character(pronouns="she", looks="a small red fox"),
    "bo": Character(name="Bo", aliases=("the old digger",)),
    "wise_owl": Character(name="the Wise Owl"),
}
TEXT = (
    "Mia the fox ran into the wood. “Run!” said Bo. “Where to?” asked Mia. “There!” hooted the owl from the tree. "
    "They ran all the night. At dawn they came to a river. Mia could not swim. Bo knew of a bridge. They crossed it."
)
PASSAGE = Passage.of(TEXT, "en", 10)
LAST = len(PASSAGE.sentences)


def mended(*scenes: Any, people: Any = (), first: int = 1, last: int = LAST, longest: float = 9.0) -> Checked:
    raw = read_answer(json.dumps({"people": people, "scenes": scenes}))
    return checked(raw, PASSAGE, first, last, CAST, 6.0, longest)


def only(**fields: Any) -> Decided:
    """A scene with these fields, checked alone."""
    [scene] = mended({"first": 1, "last": 4, **fields}, last=4, longest=30).scenes
    return scene


def noted(**fields: Any) -> str:
    return "\n".join(mended({"first": 1, "last": 4, **fields}, last=4, longest=30).notes)


def spans(found: Checked) -> list[tuple[int, int]]:
    return [(scene.first, scene.last) for scene in found.scenes]


def holes(found: Checked) -> list[tuple[int, int]]:
    return [(each.first, each.last) for each in found.missing]


def ranges(*wished: tuple[Any, Any]) -> Checked:
    return mended(*({"first": first, "last": last} for first, last in wished))


def test_the_story_of_these_tests_has_nine_sentences() -> None:
    assert LAST == 9 and len(PASSAGE.quotes) == 3


# ---- which sentences


def test_a_sound_answer_is_taken_as_it_is() -> None:
    found = ranges((1, 3), (4, 6), (7, 9))
    assert (spans(found), found.missing, found.notes) == ([(1, 3), (4, 6), (7, 9)], (), ())


@pytest.mark.parametrize(
    ("wished", "told", "note"),
    [
        ([(4, 6), (1, 3), (7, 9)], [(1, 3), (4, 6), (7, 9)], "out of order"),
        ([(1, 3), (6, 4), (7, 9)], [(1, 3), (4, 6), (7, 9)], "wrong way round"),
        ([(1, 3), (3, 6), (6, 9)], [(1, 3), (4, 6), (7, 9)], "“At dawn they came to …” was in two scenes"),
        ([(1, 3), (2, 3), (4, 6), (7, 9)], [(1, 3), (4, 6), (7, 9)], "“Run!” said Bo.” was in two"),
        ([(1, 3), (4, 6), (4, 6), (7, 9)], [(1, 3), (4, 6), (7, 9)], "in two scenes"),
        ([(1, 2), (4, 6), (7, 9)], [(1, 3), (4, 6), (7, 9)], "in no scene; it goes to the one before"),
        ([(3, 4), (5, 6), (7, 9)], [(1, 4), (5, 6), (7, 9)], "in no scene; it goes to the one behind"),
        ([(1, 3), (4, 6), (7, 7)], [(1, 3), (4, 6), (7, 9)], "in no scene; it goes to the one before"),
        ([(0, 3), (4, 6), (7, 99)], [(1, 3), (4, 6), (7, 9)], "beyond the sentences"),
        ([("1", "3"), (4.0, "6."), ("[7]", 9)], [(1, 3), (4, 6), (7, 9)], ""),
        ([(1, 3), (4, None), (5, 6), (None, 7), (8, 9)], [(1, 3), (4, 4), (5, 6), (7, 7), (8, 9)], ""),
        ([(1, 3), (None, None), (True, []), (4, 6), (7, 9)], [(1, 3), (4, 6), (7, 9)], ""),
    ],
)
def test_small_faults_of_the_ranges_are_mended_and_told(wished: Any, told: Any, note: str) -> None:
    found = ranges(*wished)
    assert (spans(found), found.missing) == (told, ())
    assert note in "\n".join(found.notes)


def test_a_longer_gap_is_missing() -> None:
    found = ranges((1, 3), (7, 9))
    assert (spans(found), holes(found)) == ([(1, 3), (7, 9)], [(4, 6)])
    assert found.missing[0].why == "Sentences 4 to 6 are in no scene."


def test_a_gap_does_not_make_a_scene_too_long() -> None:
    found = mended({"first": 1, "last": 3}, {"first": 5, "last": 6}, {"first": 7, "last": 9}, longest=6.6)
    assert (spans(found), holes(found)) == ([(1, 3), (5, 6), (7, 9)], [(4, 4)])
    assert found.missing[0].why == "Sentence 4 is in no scene."


def test_a_scene_that_is_too_long_is_missing_and_told_why() -> None:
    found = ranges((1, 3), (4, 9))
    assert (spans(found), holes(found)) == ([(1, 3)], [(4, 9)])
    assert found.missing[0].why == (
        "Scene 2 tells sentences 4 to 9, which is 12 seconds; at most 9 are allowed. "
        "Cut it into several of about 6 seconds each."
    )


def test_a_single_sentence_may_be_as_long_as_it_is() -> None:
    assert spans(mended(*({"first": each, "last": each} for each in range(1, 10)), longest=1)) == [
        (each, each) for each in range(1, 10)
    ]


def test_a_scene_around_all_the_others_takes_nothing_from_them() -> None:
    found = ranges((1, 9), (1, 3), (4, 6))
    assert (spans(found), holes(found)) == ([(1, 3), (4, 6)], [(7, 9)])
    assert found.missing[0].why.startswith("Scene 1 tells sentences 1 to 9")


def test_an_answer_without_scenes_is_all_missing() -> None:
    found = checked(read_answer("I cannot do that."), PASSAGE, 2, 5, CAST, 6, 9)
    assert (found.scenes, holes(found)) == ((), [(2, 5)])
    assert "no scenes in the answer" in found.missing[0].why


def test_an_answer_that_breaks_off_misses_its_end_only() -> None:
    text = json.dumps({"people": [], "scenes": [{"first": 1, "last": 3}, {"first": 4, "last": 6}]})
    found = checked(read_answer(text[:-4]), PASSAGE, 1, LAST, CAST, 6, 9)
    assert (spans(found), holes(found)) == ([(1, 3)], [(4, 9)])
    assert found.missing[0].why == "Sentences 4 to 9 are in no scene. The answer broke off before its end."


# ---- whatever comes


def keeps_its_promises(found: Checked, passage: Passage, first: int, last: int, longest: float) -> None:
    """Everything that is promised of a checked answer."""
    covered = sorted([*spans(found), *holes(found)])
    assert [n for start, end in covered for n in range(start, end + 1)] == [*range(first, last + 1)]
    assert spans(found) == sorted(spans(found))
    TypeAdapter(dict[Key, Character]).validate_python(found.people)
    keys = {*CAST, *found.people}
    for scene in found.scenes:
        assert scene.first == scene.last or passage.seconds(scene.first, scene.last) <= longest
        assert len(scene.who) == len(set(scene.who)) == len(scene.does) == len(scene.feels)
        assert {*scene.who, *scene.holds} <= keys and {*scene.says.values()} <= keys | {""}
        assert {*scene.says} <= {*passage.quotes_in(scene.first, scene.last)}
        assert {*scene.does} <= {*POSES, ""} and {*scene.feels} <= {*EXPRESSIONS, ""}
        for said, known in (
            (scene.place, PLACES), (scene.time, TIMES), (scene.weather, WEATHERS), (scene.mood, MOODS),
            (scene.framing, FRAMINGS), (scene.camera, MOVES),
        ):  # fmt: skip
            assert said in ("", *known)
        assert "\n" not in scene.seen + scene.alt + scene.where + scene.sound
    "".join([*found.notes, *(each.why for each in found.missing)]).encode()
    assert (found.scenes or found.missing) and len(found.notes) <= 41


FIELDS = "first last who does feels holds place where time weather mood seen framing camera shot sound alt says".split()
scraps = st.sampled_from(
    ["mia", "Bo: run scared", "owl", "1: mia", "99: x", "", " ", "\x00", "forest", "wide hold", ":", "the", "1" * 99]
)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 12) | st.integers() | st.floats() | scraps | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(scraps | st.sampled_from(FIELDS), inner, max_size=4),
    max_leaves=10,
)
numbers = st.integers(-2, LAST + 3) | st.integers(1, LAST).map(str) | values
scenes = st.fixed_dictionaries({"first": numbers, "last": numbers}, optional=dict.fromkeys(FIELDS[2:], values))
persons = st.dictionaries(st.sampled_from(["key", "name", "looks"]), values, max_size=3)
raws = st.builds(
    RawAnswer, st.lists(scenes, max_size=8).map(tuple), st.lists(persons, max_size=3).map(tuple), st.just(True)
)
bounds = st.tuples(st.integers(1, LAST), st.integers(1, LAST)).map(sorted)


@given(raws, bounds, st.sampled_from([0.5, 5.0, 9.0, 60.0]))
def test_any_structure_is_mended_or_missing(raw: RawAnswer, span: list[int], longest: float) -> None:
    first, last = span
    keeps_its_promises(checked(raw, PASSAGE, first, last, CAST, 6.0, longest), PASSAGE, first, last, longest)


@settings(max_examples=60)
@given(st.lists(scenes, max_size=6), st.text(max_size=20), st.integers(0, 400), st.integers(0, 400))
def test_any_text_is_mended_or_missing(told: list[Any], noise: str, cut: int, at: int) -> None:
    text = json.dumps({"people": [], "scenes": told})
    text = text[: len(text) - cut] if cut < len(text) else text
    text = text[:at] + noise + text[at:]
    keeps_its_promises(checked(read_answer(text), PASSAGE, 1, LAST, CAST, 6.0, 9.0), PASSAGE, 1, LAST, 9.0)


@given(st.lists(st.tuples(st.integers(-2, 14), st.integers(-2, 14)), max_size=14))
def test_any_ranges_cover_every_sentence_once(wished: list[tuple[int, int]]) -> None:
    keeps_its_promises(ranges(*wished), PASSAGE, 1, LAST, 9.0)


def test_an_endless_answer_is_checked_like_any_other() -> None:
    endless = [{"first": 1, "last": 9, "who": [f"who {n}" for n in range(99)], "says": ["1: x"] * 99}] * 500
    text = json.dumps({"scenes": [*endless, *({"first": n, "last": n, "place": f"zz{n}" * 99} for n in range(10))]})
    keeps_its_promises(checked(read_answer(text), PASSAGE, 1, LAST, CAST, 6.0, 60.0), PASSAGE, 1, LAST, 60.0)

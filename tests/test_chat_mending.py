"""Whatever a model answers: sound scenes, what is missing, and what was mended."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from storyforge.planning.chat.answer import EXAMPLE, RawAnswer, read_answer
from storyforge.planning.chat.mending import Checked, Sound, checked
from storyforge.planning.chat.passage import Passage
from storyforge.planning.chat.vocabulary import KNOWN, stage_word
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


def only(**fields: Any) -> Sound:
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


# ---- who


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Mia", "mia"), ("MIA ", "mia"), ("mía", "mia"), ("Mia's", "mia"), ("the old digger", "bo"),
        ("Old Digger", "bo"), ("wise owl", "wise_owl"), ("wise-owl", "wise_owl"), ("Wise Owls", "wise_owl"),
        ("owl", "wise_owl"), ("Mia the fox", "mia"), ("wise_owll", "wise_owl"),
    ],
)  # fmt: skip
def test_names_aliases_and_slips_become_keys(name: str, key: str) -> None:
    assert only(who=[name]).who == (key,)
    assert only(who=[f"{name}: run scared"]).does == ("run",)


def test_a_guess_is_told() -> None:
    assert "“owl” is taken for wise_owl" in noted(who=["owl: fly calm"])
    assert noted(who=["Mia: run scared", "the old digger: look happy"]) == ""


def test_who_is_unknown_is_left_out_and_told() -> None:
    assert only(who=["baker: stand calm", "mia: run scared"]).who == ("mia",)
    assert "“baker” is in no list of people; left out of the picture" in noted(who=["baker"])


def test_who_is_named_twice_is_seen_once() -> None:
    assert only(who=["mia: run scared", "Mia: sit happy"]).does == ("run",)
    assert "mia was named twice" in noted(who=["mia: run scared", "Mia: sit happy"])


@pytest.mark.parametrize(
    "who",
    [
        ["mia: run scared", "bo: look happy"],
        ["mia run scared", "the old digger look, happy"],
        ["mia: running, afraid", "bo: gazes, smiling"],
        "mia: run scared; bo: look happy",
        "mia: run scared, bo: look happy",
        {"mia": "run scared", "bo": "look happy"},
        {"mia": ["run"], "bo": None},
        [{"mia": "run scared"}, {"bo": "look happy"}],
        [{"key": "mia", "pose": "run", "expression": "scared"}, {"name": "Bo", "does": "look", "feels": "happy"}],
    ],
    ids="entries bare inflected text commas object lists objects named".split(),
)
def test_poses_and_expressions_are_found_however_they_are_written(who: Any) -> None:
    scene = only(who=who)
    assert scene.who == ("mia", "bo")
    if who != {"mia": ["run"], "bo": None}:
        assert (scene.does, scene.feels) == (("run", "look"), ("scared", "happy"))


def test_lists_side_by_side_are_understood_too_and_may_be_too_short_or_too_long() -> None:
    scene = only(who=["baker", "mia", "bo"], does=["stand", "running"], feels=["calm", "afraid", "glad", "sad"])
    assert (scene.who, scene.does, scene.feels) == (("mia", "bo"), ("run", ""), ("scared", "happy"))
    assert only(who=["mia"], does="xyzzy", feels=7).does == ("",)


def test_new_people_have_safe_keys_and_are_kept_if_they_are_seen_or_speak() -> None:
    people = [
        {"key": "Old Mole/:!", "name": "the old **mole**", "looks": "a mole\nwith <b>glasses</b>"},
        {"key": "ghost", "name": "Ghost", "looks": "pale"},
        {"name": "Voice", "looks": ""},
        {"key": "narrator", "name": "Narrator", "looks": "a man"},
    ]
    found = mended({"first": 1, "last": 3, "who": ["moles: sleep calm"], "says": ["1: voice"]}, people=people)
    assert found.people == {
        "old_mole": Character(name="the old mole", looks="a mole with glasses"),
        "voice": Character(name="Voice"),
    }
    assert (found.scenes[0].who, found.scenes[0].says) == (("old_mole",), {1: "voice"})


def test_somebody_known_is_not_met_again() -> None:
    found = mended(
        {"first": 1, "last": 3, "who": ["fox: run"]}, people=[{"key": "fox", "name": "MIA", "looks": "blue"}]
    )
    assert (found.people, found.scenes[0].who) == ({}, ("mia",))


# ---- who says what


@pytest.mark.parametrize(
    "says",
    [
        ["1: bo", "2: mia", "3: wise_owl"],
        ["2: Mia", "{1}: the old digger", "quote 3: owl"],
        ["bo", "mia", "wise owl"],
        "1: bo, 2: mia, 3: owl",
        {"1": "bo", "2": "mia", "3": "owl"},
        [{"quote": 1, "who": "bo"}, {"quote": 2, "who": "mia"}, {"quote": 3, "who": "owl"}],
        ["bo: 1", "mia: 2", "owl: 3"],
    ],
    ids="numbers other-order turns text object objects swapped".split(),
)
def test_speakers_are_found_however_they_are_written(says: Any) -> None:
    assert only(says=says).says == {1: "bo", 2: "mia", 3: "wise_owl"}


def test_the_narrator_is_nobody_and_who_is_unknown_is_left_to_the_story() -> None:
    assert only(says=["1: narrator", "2: ", "3: baker"]).says == {1: "", 2: ""}
    assert "“baker” is in no list of people; the story's own words decide" in noted(says=["3: baker"])


def test_a_quote_that_is_not_there_has_no_speaker() -> None:
    assert only(says=["1: bo", "17: mia"]).says == {1: "bo"}
    assert "a quote that is not there" in noted(says=["1: bo", "17: mia"])


def test_too_few_speakers_without_numbers_are_not_guessed() -> None:
    assert only(says=["bo", "mia"]).says == {}
    assert "not clear who says which quote" in noted(says=["bo", "mia"])


def test_numbers_that_start_anew_in_a_scene_are_taken_in_turn() -> None:
    found = mended({"first": 1, "last": 2, "says": ["1: bo"]}, {"first": 3, "last": 4, "says": ["1: mia", "2: owl"]})
    assert [scene.says for scene in found.scenes][:2] == [{1: "bo"}, {2: "mia", 3: "wise_owl"}]


def test_a_speaker_named_in_the_scene_before_counts_where_the_quote_is() -> None:
    found = mended({"first": 1, "last": 2, "says": ["1: bo", "2: mia"]}, {"first": 3, "last": 4, "says": ["3: owl"]})
    assert [scene.says for scene in found.scenes][:2] == [{1: "bo"}, {2: "mia", 3: "wise_owl"}]


# ---- words


@pytest.mark.parametrize(
    ("field", "said", "word"),
    [
        ("pose", "running", "run"), ("pose", "talks", "stand"), ("pose", "kneeling", "sit"), ("pose", "hide", "sneak"),
        ("expression", "smiling", "happy"), ("expression", "afraid", "scared"), ("expression", "suprised", "surprised"),
        ("place", "Forest clearing", "forest"), ("place", "kitchen", "home"), ("place", "villlage", "village"),
        ("time", "late afternoon", "golden"), ("time", "midnight", "night"), ("weather", "sunny", "clear"),
        ("weather", "drizzle", "rain"), ("mood", "scary", "tense"), ("mood", "Peaceful", "calm"),
        ("camera", "Zoom In slowly", "push-in"), ("camera", "pan_left", "pan-left"), ("camera", "static", "hold"),
        ("camera", "wide tilt-down", "tilt-down"), ("framing", "wide tilt-down", "wide"),
        ("framing", "close-up", "close"), ("framing", "establishing shot", "wide"), ("mood", "plaid", ""),
        ("time", "", ""),
    ],
)  # fmt: skip
def test_other_words_become_the_storyboards(field: str, said: str, word: str) -> None:
    assert stage_word(field, said) == word


@pytest.mark.parametrize("field", KNOWN)
def test_the_storyboards_own_words_stay(field: str) -> None:
    for word in KNOWN[field]:
        assert stage_word(field, word) == stage_word(field, word.upper()) == word


def test_pose_and_expression_do_not_take_each_others_words() -> None:
    for pose in POSES:
        for expression in EXPRESSIONS:
            said = f"{pose} {expression}"
            assert (stage_word("pose", said), stage_word("expression", said)) == (pose, expression)


def test_words_that_were_read_otherwise_are_told_with_how_often() -> None:
    scenes = [
        {"first": 1, "last": 3, "weather": "drizzle"},
        {"first": 4, "last": 6, "weather": "drizzle", "mood": "plaid"},
    ]
    assert mended(*scenes, last=6).notes == (
        "weather “drizzle” is taken as rain (2 times)",
        "there is no mood “plaid”; the one before goes on",
    )


def test_a_place_of_no_kind_we_know_is_still_where_it_is() -> None:
    scene = only(place="moonbase xyzzy")
    assert scene.place in ("", "space") and (scene.where or scene.place)
    assert only(place="zzyzx", where="a zzyzx").where == "a zzyzx"


def test_texts_are_one_line_without_markup_and_not_too_long() -> None:
    scene = only(
        seen="**Mia** runs\n into `the` <b>wood</b>. Mr. Bo follows.",
        alt="A\x00 fox\ud800 runs.", where="- the [dark](http://x) wood,", sound="wind " * 99,
    )  # fmt: skip
    assert (scene.seen, scene.alt, scene.where) == ("Mia runs into the wood", "A fox runs.", "the dark wood")
    assert len(scene.sound) <= 80 and scene.sound.endswith("wind")
    assert len(only(seen="run " * 400).seen) <= 200


def test_things_are_held_by_who_is_seen_and_put_down() -> None:
    scene = only(who=["mia: walk", "bo"], holds=["Mia: a small lantern", "bo: nothing", "owl: a book", "baker: bread"])
    assert scene.holds == {"mia": "a small lantern", "bo": ""}


def test_the_example_is_sound_for_its_own_story() -> None:
    people = {"mia": Character()}
    text = "They ran. “Run!” said Mia. “Fly!” said the owl. Mia sat down. She smiled."
    found = checked(read_answer(EXAMPLE), Passage.of(text, "en", 10), 1, 5, people, 10, 20)
    assert (found.missing, found.notes, [*found.people]) == ((), (), ["owl"])
    assert found.scenes[0].says == {1: "mia", 2: "owl"}
    assert found.scenes[1].holds == {"mia": ""}


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

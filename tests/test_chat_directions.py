"""What a scene of an answer says of people, stage and camera, in the storyboard's words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from storyforge.planning.chat.answer import EXAMPLE, read_answer
from storyforge.planning.chat.mending import checked
from storyforge.planning.chat.passage import Passage
from storyforge.planning.chat.vocabulary import KNOWN, stage_word
from storyforge.story import Character
from storyforge.storyboard import EXPRESSIONS, POSES
from tests.test_chat_mending import mended, noted, only

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


def test_numbers_that_start_anew_and_are_too_few_are_not_guessed() -> None:
    found = mended({"first": 1, "last": 2, "says": ["1: bo"]}, {"first": 3, "last": 4, "says": ["1: mia"]})
    assert [scene.says for scene in found.scenes][:2] == [{1: "bo"}, {}]
    assert "not clear who says which quote" in "\n".join(found.notes)


def test_whoever_goes_on_speaking_may_be_named_again() -> None:
    text = (
        "“I have walked far, farther than any badger before me. I have crossed the river and the long grey road. "
        "I saw the sea at last, and it was as blue as they say,” said Bo. “Was it?” asked Mia."
    )
    passage = Passage.of(text, "en", 5)
    says = [{"first": 1, "last": 2, "says": ["1: bo"]}, {"first": 3, "last": 4, "says": ["1: bo", "2: mia"]}]
    cast = {"bo": Character(), "mia": Character()}
    found = checked(read_answer(json.dumps({"scenes": says})), passage, 1, 4, cast, 5, 30)
    assert passage.quotes_in(3, 4) == (2,)
    assert [scene.says for scene in found.scenes] == [{1: "bo"}, {2: "mia"}] and found.notes == ()


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


def test_a_thing_is_put_down_by_who_is_not_seen_too() -> None:
    assert only(who=["bo: sit"], holds=["mia: nothing", "owl: a book", "wise owl"]).holds == {"mia": ""}


def test_the_example_is_sound_for_its_own_story() -> None:
    people = {"mia": Character()}
    text = "They ran. “Run!” said Mia. “Fly!” said the owl. Mia sat down. She smiled."
    found = checked(read_answer(EXAMPLE), Passage.of(text, "en", 10), 1, 5, people, 10, 20)
    assert (found.missing, found.notes, [*found.people]) == ((), (), ["owl"])
    assert found.scenes[0].says == {1: "mia", 2: "owl"}
    assert found.scenes[1].holds == {"mia": ""}

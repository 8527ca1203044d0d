"""Scenes that the user cut by hand: a model keeps their ends and what is written in them, or it is told."""

from __future__ import annotations

import json

import pytest

from storyforge.errors import BadStory
from storyforge.planning.chat.answer import read_answer
from storyforge.planning.chat.failures import TooLong
from storyforge.planning.chat.mending import checked
from storyforge.planning.chat.passage import Passage
from storyforge.quotes import quote_spans
from storyforge.story import WrittenScene
from storyforge.storyboard import Part
from tests.chat_parts import CAST, Answers, answer, part, scene, story

W = WrittenScene
THREE = (
    W(text="Mia walked through the forest."),
    W(text="Bo swam in the sea."),
    W(text="Both slept at home in the warm kitchen."),
)
EACH = (scene(1, 1, place="forest"), scene(2, 2, place="ocean"), scene(3, 3, place="home"))


def held(made: Part, scenes: tuple[W, ...]) -> None:
    assert [each.text.strip() for each in made.scenes] == [each.text for each in scenes]
    assert all(len(each.quotes) == len(quote_spans(each.text)) for each in made.scenes)


def test_a_scene_that_goes_over_a_cut_is_asked_for_again() -> None:
    ask = Answers(answer(scene(1, 3, place="forest")), answer(*EACH))
    made = part(story(scenes=THREE), ask)
    assert "the scenes are cut already. Make exactly one of each." in ask.asked[1]
    assert [each.place for each in made.scenes] == ["forest", "ocean", "home"] and made.notes == ()


def test_a_model_that_will_not_keep_to_the_cuts_is_told_of_in_the_end() -> None:
    ask = Answers(answer(scene(1, 3, place="forest", where="an old wood")))
    made = part(story(scenes=THREE), ask)
    held(made, THREE)
    assert len(ask.asked) == 3 and len({each.where for each in made.scenes}) == 1
    assert [note.partition(" on: ")[2] for note in made.notes] == ["in 3 tries toy gave no answer of use for that"]


def test_a_scene_of_which_something_was_decided_is_not_asked_for_again() -> None:
    scenes = (W(text="Mia ran. She hid. She slept. She woke. She sat."), W(text="Bo came."))
    ask = Answers(answer(scene(1, 2, place="forest"), scene(6, 6)))
    made = part(story(scenes=scenes), ask)
    held(made, scenes)
    assert len(ask.asked) == 1 and [each.place for each in made.scenes] == ["forest", "forest"]


def test_only_the_scenes_that_are_missing_are_asked_for_again() -> None:
    ask = Answers(answer(EACH[0]), answer(*EACH[1:]))
    part(story(scenes=THREE), ask)
    assert "Plan sentences 2 to 3." in ask.asked[1]
    assert "- 2 to 2\n- 3 to 3" in ask.asked[1] and "- 1 to 1" not in ask.asked[1]


def test_a_long_scene_that_was_cut_by_hand_is_not_too_long() -> None:
    text = "Mia walked on and on through the old dark forest by the river. " * 12
    found = checked(
        read_answer(json.dumps({"scenes": [scene(1, 12)]})), Passage.of(text, "en", 5), 1, 12, CAST, 5, 10, [(1, 12)]
    )
    assert [(each.first, each.last) for each in found.scenes] == [(1, 12)] and found.missing == ()


def test_the_instructions_for_cut_scenes_say_nothing_of_their_length() -> None:
    free, by_hand = Answers(answer(scene(1, 1))), Answers(answer(*EACH))
    part(story("Mia ran."), free)
    part(story(scenes=THREE), by_hand)
    assert "never longer than" in free.systems[0] and "cut already" not in free.systems[0]
    assert "never longer than" not in by_hand.systems[0] and "Make exactly one of each" in by_hand.systems[0]
    assert "[cut]" not in free.systems[0] + by_hand.systems[0] and "[free]" not in free.systems[0] + by_hand.systems[0]


def test_a_long_prompt_is_parted_where_the_scenes_are_cut() -> None:
    ask = Answers(TooLong("too long"), answer(*EACH[:2]), answer(EACH[2]))
    part(story(scenes=(W(text="Mia ran. She ran. She ran on. She ran."), *THREE[1:])), ask)
    assert ["Plan sentences 1 to 4." in ask.asked[1], "Plan sentences 5 to 6." in ask.asked[2]] == [True, True]


# ---- what is written in a scene


WRITTEN = (
    W(text="Mia walked through the dark forest by the river."),
    W(text="She was glad to be inside at last.", place="castle", time="night", characters=("bo", "mia"), mood="cosy"),
    W(text="They slept.", action="Two friends asleep in one bed"),
)


def test_the_model_is_told_what_is_written_in_a_scene() -> None:
    ask = Answers(answer(*EACH))
    part(story(scenes=WRITTEN), ask)
    assert "- 1 to 1\n- 2 to 2 (place: castle; time: night; mood: cosy; who: bo, mia)\n" in ask.asked[0]
    assert "- 3 to 3 (seen: Two friends asleep in one bed)" in ask.asked[0]


def test_what_is_written_wins_and_what_contradicts_it_is_lost() -> None:
    forest = scene(1, 1, place="forest", where="the bank of a dark forest river", weather="fog")
    made = part(story(scenes=WRITTEN), Answers(answer(forest, scene(2, 2, who=["mia: sit calm"]), scene(3, 3))))
    _, second, third = made.scenes
    assert (second.place, second.where, second.time, second.weather) == ("castle", "", "night", "clear")
    assert [(each.who, each.pose) for each in second.characters] == [("bo", "stand"), ("mia", "sit")]
    assert (third.place, third.action, second.mood) == ("castle", "Two friends asleep in one bed", "cosy")


def test_words_for_another_place_than_the_written_one_are_lost() -> None:
    wrong = scene(2, 2, place="forest", where="a wet wood", weather="rain")
    made = part(story(scenes=WRITTEN), Answers(answer(scene(1, 1), wrong, scene(3, 3))))
    assert (made.scenes[1].place, made.scenes[1].where, made.scenes[1].weather) == ("castle", "", "clear")


def test_what_somebody_carries_is_seen_in_a_scene_whose_people_are_written() -> None:
    made = part(story(scenes=WRITTEN), Answers(answer(scene(1, 1, holds=["mia: a lantern"]), scene(2, 2), scene(3, 3))))
    assert [(each.who, each.holds) for each in made.scenes[1].characters] == [("bo", ""), ("mia", "a lantern")]


def test_where_the_rules_plan_a_scene_what_is_written_in_it_holds_too() -> None:
    first = scene(1, 1, place="forest", where="a wood", weather="fog", time="dusk", holds=["mia: a lantern"])
    made = part(story(scenes=WRITTEN), Answers(answer(first), "no"))
    _, second, third = made.scenes
    assert (second.place, second.where, second.time, second.weather) == ("castle", "", "night", "clear")
    assert [(each.who, each.holds) for each in second.characters] == [("bo", ""), ("mia", "a lantern")]
    assert (third.place, third.time, third.action) == ("castle", "night", "Two friends asleep in one bed")


def test_a_written_transition_holds_and_one_that_nobody_knows_is_refused() -> None:
    turned = (WRITTEN[0].model_copy(update={"transition": "page-turn"}), *WRITTEN[1:])
    made = part(story(scenes=turned), Answers(answer(scene(1, 1), scene(2, 2), scene(3, 3))))
    assert [each.transition for each in made.scenes] == ["page-turn", None, None]
    wiped = (WRITTEN[0].model_copy(update={"transition": "wipe"}), *WRITTEN[1:])
    with pytest.raises(BadStory, match="mistakes"):
        part(story(scenes=wiped), Answers(answer(scene(1, 1), scene(2, 2), scene(3, 3))))


def test_strangers_whom_the_rules_meet_in_a_scene_are_extras() -> None:
    scenes = (W(text="“Good morning!” said Mr. Pemberton."), W(text="Old Hilda laughed. Hilda danced with Mia."))
    made = part(story(scenes=scenes), Answers("no"))
    held(made, scenes)
    assert {actor.who for each in made.scenes for actor in each.characters} <= {*CAST, *made.extras}
    assert made.extras["hilda"].name == "Hilda"

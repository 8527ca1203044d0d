"""What a model is asked a second time, what it is told then, and when it is asked no more."""

from __future__ import annotations

import re

import pytest

from storyforge.errors import BackendFailed
from storyforge.planning.chat.asking import MOST_QUESTIONS
from storyforge.planning.chat.failures import TooLong
from storyforge.story import Character
from tests.chat_parts import Answers, answer, part, scene, story

HALL = "They passed door number {} in the great hall of stone. "
TEXT = "Mia came to the castle. " + "".join(map(HALL.format, range(1, 6))) + "Then they were in the meadow again."
AT_THE_GATE = scene(1, 1, place="castle", where="a castle gate", time="night", holds=["mia: a torch"])
OUTSIDE = scene(7, 7, place="meadow", where="a sunny meadow", time="day")
TOO_LONG = TooLong("The prompt is longer than what toy reads at once", "start the server with a larger context")


def asked_for(message: str) -> tuple[int, int]:
    [(first, last)] = re.findall(r"Plan sentences (\d+) to (\d+)\.", message)
    return int(first), int(last)


def one_a_sentence(message: str) -> str:
    first, last = asked_for(message)
    return answer(*(scene(n, n) for n in range(first, last + 1)))


# ---- what a second question tells


def test_what_is_asked_again_is_told_how_things_stood_just_before_it() -> None:
    before = part(story("Mia sat."), Answers(answer(scene(1, 1, place="meadow", where="a meadow", time="day"))))
    ask = Answers(answer(AT_THE_GATE, OUTSIDE), one_a_sentence)
    part(story(TEXT), ask, before)
    assert asked_for(ask.asked[1]) == (2, 6)
    assert "The last scene: a castle gate, night" in ask.asked[1] and "mia (holds a torch)" in ask.asked[1]
    assert "a castle gate (place: castle)" in ask.asked[1] and "a sunny meadow" not in ask.asked[1]


def test_the_second_half_of_a_prompt_that_was_too_long_is_told_what_the_first_decided() -> None:
    ask = Answers(TOO_LONG, answer(AT_THE_GATE, *(scene(n, n) for n in range(2, 5))), one_a_sentence)
    made = part(story(TEXT), ask)
    assert [asked_for(each) for each in ask.asked] == [(1, 7), (1, 4), (5, 7)]
    assert "The last scene: a castle gate, night" in ask.asked[2]
    assert {each.where for each in made.scenes} == {"a castle gate"}


def test_somebody_whose_only_scene_is_asked_for_again_is_not_forgotten() -> None:
    text = "Mia sat. " + "".join(f"The owl told Mia tale number {n} about the sea and the sky. " for n in range(1, 6))
    owl = {"key": "owl", "name": "the owl", "looks": "a grey owl"}
    first = answer(scene(1, 1), scene(2, 6, who=["owl: sit calm"]), people=[owl])
    ask = Answers(first, answer(*(scene(n, n, who=["owl: sit calm"]) for n in range(2, 7))))
    made = part(story(text), ask)
    assert "- owl = the owl: a grey owl" in ask.asked[1] and made.notes == ()
    assert made.extras == {"owl": Character(name="the owl", looks="a grey owl")}


# ---- when it ends


def test_a_server_that_cannot_read_a_single_sentence_is_an_error_with_its_remedy() -> None:
    with pytest.raises(BackendFailed, match="larger context"):
        part(story(TEXT), Answers(TOO_LONG))


def test_questions_about_a_part_come_to_an_end_whatever_the_answers() -> None:
    every_third = [0]

    def now_and_then(message: str) -> str:
        every_third[0] += 1
        first, last = asked_for(message)
        return answer(scene(first, first)) if every_third[0] % 3 == 0 and last > first else "no"

    ask = Answers(now_and_then)
    told = story("Mia ran. " * 900, pace=60)
    made = part(told, ask)
    assert "".join(each.text for each in made.scenes) == told.text
    assert len(ask.asked) <= MOST_QUESTIONS
    assert [note for note in made.notes if "times, and left that out" in note]


def test_a_short_part_is_asked_for_a_few_times_only() -> None:
    ask = Answers(lambda message: answer(scene(asked_for(message)[0], asked_for(message)[0])))
    part(story("Mia ran. Bo ran. " * 12, pace=20), ask)
    assert len(ask.asked) <= 5


def test_gaps_side_by_side_are_one_for_the_rules_and_are_told_once() -> None:
    made = part(story(TEXT), Answers(TOO_LONG, "no"))
    why = "in 3 tries toy gave no answer of use for that"
    assert made.notes == (f"planned by rules from “Mia came to the castle. They passed …” on: {why}",)


def test_why_an_answer_broke_off_is_told_in_the_end() -> None:
    made = part(story("Mia ran."), Answers('{"people":[], "scenes": [', end="length"))
    assert made.notes[0].endswith("no answer of use for that. The answer was too long and was cut off")


# ---- whom it is told of


def walk_ons(message: str, number: int) -> str:
    people = [
        {"key": f"{kind}{number}", "name": f"the {kind} number {number}", "looks": f"a {kind} in a grey coat"}
        for kind in ("baker", "sailor")
    ]
    return answer(scene(1, 1, who=[f"baker{number}: walk calm", f"sailor{number}: walk calm"]), people=people)


def test_of_everybody_met_only_those_are_shown_who_may_be_meant() -> None:
    before = None
    for number in range(40):
        before = part(story("They came."), Answers(walk_ons("", number)), before)
    ask = Answers(answer(scene(1, 2, who=["baker7: walk calm"])))
    last = part(story("Then baker7 came back, and so did the sailor number 3. They sat."), ask, before)
    shown = re.findall(r"^- (\w+) = ", ask.asked[0].partition("Others met so far:")[2], re.MULTILINE)
    assert {"baker7", "sailor3", "baker39", "sailor39"} <= {*shown} and len(shown) <= 12
    assert last.extras["baker7"].looks == "a baker in a grey coat"
    assert last.memory["people"]["baker0"]["looks"] == "a baker in a grey coat"


def test_the_schema_names_those_who_are_shown_and_no_others() -> None:
    before = None
    for number in range(20):
        before = part(story("They came."), Answers(walk_ons("", number)), before)
    ask = Answers(answer(scene(1, 1)))
    part(story("They sat."), ask, before)
    assert "sailor19" in ask.schemas[0] and "sailor0" not in ask.schemas[0]

"""What goes on from scene to scene, where a model says nothing of it, or nothing at all."""

from __future__ import annotations

from storyforge.quotes import quote_spans
from storyforge.story import Character
from tests.chat_parts import Answers, answer, part, scene, story

CASTLE = {"place": "castle", "where": "a grey castle", "time": "night", "weather": "snow", "mood": "tense"}
HALL = "They went on through door number {} in silence, and Mia looked back at Bo. "
WALK = "Mia came to the castle. " + "".join(HALL.format(n) for n in range(2, 6)) + "They sat down. Then they slept."


# ---- scenes that the rules plan between the model's


def test_where_the_rules_know_nothing_better_a_scene_is_where_the_one_before_was() -> None:
    first = scene(1, 1, **CASTLE, holds=["mia: a lantern"], sound="wind")
    made = part(story(WALK), Answers(answer(first, scene(6, 7)), "no"))
    assert any("rules" in note for note in made.notes) and len(made.scenes) > 3
    for each in made.scenes:
        assert {name: getattr(each, name) for name in CASTLE} == CASTLE and each.sound == "wind"
        assert [actor.holds for actor in each.characters if actor.who == "mia"] in ([], ["a lantern"])
    ruled = made.scenes[1]
    assert "castle" in ruled.action and "night" in ruled.action


def test_where_the_rules_read_another_place_the_story_goes_there() -> None:
    text = (
        "Mia came to the castle. "
        + "Then Mia and Bo dived in the deep ocean among the waves. " * 4
        + "They sat. They slept."
    )
    made = part(story(text), Answers(answer(scene(1, 1, **CASTLE), scene(6, 7)), "no"))
    assert {each.place for each in made.scenes[1:]} == {"ocean"}
    assert {each.where for each in made.scenes[1:]} == {""}
    assert {each.time for each in made.scenes} == {"night"}


def test_a_storm_at_sea_lasts_though_the_rules_know_no_weather_there() -> None:
    text = "Mia sailed. " + "Bo held on to the mast and looked at Mia in fear. " * 4 + "They sat. They slept."
    made = part(story(text), Answers(answer(scene(1, 1, place="ocean", weather="storm"), scene(6, 7)), "no"))
    assert {(each.place, each.weather) for each in made.scenes} == {("ocean", "storm")}


def test_a_story_that_begins_with_the_rules_begins_as_they_say() -> None:
    [only] = part(story("At night Mia ran through the forest."), Answers("no")).scenes
    assert (only.place, only.time) == ("forest", "night") and "Mia runs" in only.action


# ---- what the model leaves out


def test_the_sentence_for_a_scene_without_one_tells_of_the_scene_as_it_was_decided() -> None:
    text = "Mia walked in the snow at night through the old castle. In the morning she swam in the sea."
    decided = scene(1, 1, place="castle", time="night", weather="snow"), scene(2, 2, seen="", who=["bo: sit sad"])
    second = part(story(text), Answers(answer(*decided))).scenes[1]
    assert (second.place, second.time) == ("castle", "night")
    assert "Bo sits" in second.action and "castle" in second.action and "dawn" not in second.action


def test_in_a_story_without_spaces_the_end_of_what_was_told_before_is_shown() -> None:
    ask = Answers("no")
    part(story("米娅走在很长的路上看着山丘。" * 40, language="zh"), ask, start=280, end=420)
    before = ask.asked[0].partition("Just before, already planned:\n")[2].partition("\n")[0]
    assert before.endswith("看着山丘。")


# ---- who speaks


def test_the_narrator_who_is_named_as_a_speaker_stays_the_narrator() -> None:
    [only] = part(story("“Run!” said Bo. He ran."), Answers(answer(scene(1, 2, says=["1: "])))).scenes
    assert only.quotes == ("",)


def test_a_quote_without_a_speaker_is_given_to_whom_the_story_names() -> None:
    told = story("“Run!” said Bo. “Where to?” asked Mia.")
    [only] = part(told, Answers(answer(scene(1, 2, says=["1: "])))).scenes
    assert only.quotes == ("", "mia")


SPEECH = (
    "“I have walked far, farther than any badger before me. I have crossed the river and the long grey road. "
    "I saw the sea at last, and it was as blue as they say,” he said. Mia was silent."
)


def test_a_quote_that_a_scene_cuts_goes_on_with_its_speaker() -> None:
    made = part(story(SPEECH), Answers(answer(scene(1, 2, says=["1: bo"]), scene(3, 4))))
    assert [each.quotes for each in made.scenes] == [("bo",), ("bo",)]


def test_a_quote_that_a_part_cuts_goes_on_with_its_speaker() -> None:
    end = SPEECH.index("I have", 10)
    first = part(story(SPEECH), Answers(answer(scene(1, 1, says=["1: bo"]))), end=end)
    assert first.end == end
    second = part(story(SPEECH), Answers(answer(scene(1, 1), scene(2, 3))), first, start=end)
    assert [len(quote_spans(each.text)) for each in second.scenes] == [0, 1]
    assert second.scenes[1].quotes == ("bo",)


def test_a_quote_goes_on_with_its_speaker_where_the_rules_plan_the_rest() -> None:
    made = part(story(SPEECH), Answers(answer(scene(1, 1, says=["1: bo"])), "no"))
    assert [who for each in made.scenes for who in each.quotes] == ["bo", "bo"]


# ---- what is handed on


def test_a_note_about_what_is_handed_on_is_left_to_the_next_part() -> None:
    text = "Mia ran to the sea. Bo came along with a red boat. They sailed out. The wind blew. A gull cried. "
    told = story(text + "Then they came home and slept.", pace=20)
    made = part(told, Answers(answer(scene(1, 1), scene(2, 2)), "no"), end=len(text))
    assert text[made.end :].startswith("They sailed") and made.notes == ()


def test_strangers_whom_nobody_sees_are_no_extras() -> None:
    ghost = {"key": "ghost", "name": "the ghost", "looks": "pale"}
    assert part(story("Mia ran."), Answers(answer(scene(1, 1), people=[ghost]))).extras == {}
    owl = {"key": "owl", "name": "the owl", "looks": "grey"}
    seen = answer(scene(1, 1, who=["owl: fly calm"]), people=[owl])
    assert part(story("An owl flew."), Answers(seen)).extras == {"owl": Character(name="the owl", looks="grey")}

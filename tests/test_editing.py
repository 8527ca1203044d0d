"""How scenes become one another: what fits the story, what the user wrote, and for how long."""

from __future__ import annotations

from itertools import pairwise

import pytest

from storyforge.editing import ACTION, DISSOLVE, LEAP, SECONDS, Passage, into_end_card, passage_into, turns_rightwards
from storyforge.planning.rules import Rules
from storyforge.story import Story
from storyforge.storyboard import TRANSITIONS, Actor, Scene


def scene(text: str = "Mira looked up. A star fell.", **more: object) -> Scene:
    return Scene.model_validate({"text": text, "title": text.split(".")[0], **more})


BEFORE = scene("Bruno sat in the meadow.")


def test_in_the_same_place_and_time_pictures_dissolve() -> None:
    assert passage_into(scene(), BEFORE) == Passage(way="dissolve")


def test_the_first_scene_is_a_page_that_is_opened_and_the_last_picture_fades_slowly_into_the_end_card() -> None:
    assert passage_into(scene(), None).way == "page-turn"
    assert into_end_card().way == "dissolve" and into_end_card().times > 1


@pytest.mark.parametrize("change", [{"place": "forest"}, {"time": "night"}, {"where": "a mill"}])
def test_elsewhere_or_later_the_dissolve_is_slower(change: dict[str, str]) -> None:
    assert passage_into(scene(**change), BEFORE) == Passage(way="dissolve", times=LEAP)


def test_elsewhere_and_later_the_page_is_turned() -> None:
    assert passage_into(scene(place="forest", time="night"), BEFORE).way == "page-turn"


def test_a_heading_in_the_story_opens_a_chapter() -> None:
    assert passage_into(scene("Chapter Two\n\nMira slept.", place="cave", time="night"), BEFORE).way == "dip-to-black"
    assert passage_into(scene("“Chapter Two!”\n\nMira slept."), BEFORE).way == "dissolve"
    assert passage_into(scene("The end"), BEFORE).way == "dissolve"


def test_a_title_written_by_hand_opens_a_chapter_but_not_if_every_scene_has_one() -> None:
    titled = scene(title="The Flood")
    assert passage_into(titled, BEFORE).way == "dip-to-black"
    assert passage_into(titled, scene(title="The Storm")).way == "dissolve"


def test_the_titles_that_the_planner_gives_open_no_chapters() -> None:
    paragraphs = (
        "At dawn, Mira sang of the sea and of all the ships that she had never seen.",
        "Suddenly “Oh!” she cried, and ran as fast as she could to the old bear under the tree.",
        "The bear laughed and laughed until the leaves fell down, and then he laughed once more.",
    )
    board = Rules().plan(Story(title="T", story="\n\n".join(paragraphs), pace=5))
    ways = [passage_into(now, before).way for before, now in pairwise(board.scenes)]
    assert len(ways) > 1 and all(each.title for each in board.scenes)
    assert "dip-to-black" not in ways


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (BEFORE, scene("She dreamed of a silver sea.", place="ocean")),
        (scene("“Sweet dreams!” said the bear."), scene("The sun rose.", time="dawn", place="sky")),
        (BEFORE, scene("Vor vielen Jahren war hier ein Schloss.", place="castle")),
        (scene(effects=("portal",)), scene("They fell on soft sand.", place="desert", time="night")),
    ],
    ids=["into a dream", "to sleep", "a memory", "through a portal"],
)
def test_another_world_is_reached_through_white_but_not_at_bedtime(before: Scene, now: Scene) -> None:
    assert passage_into(now, before).way == "dip-to-white"
    assert passage_into(now, before, softly=True).way in ("dissolve", "page-turn")


def test_a_dream_that_is_only_talked_of_changes_nothing() -> None:
    assert passage_into(scene("It was her dream to bake."), BEFORE).way == "dissolve"


def test_action_is_quicker_but_not_at_bedtime() -> None:
    fight = scene(characters=(Actor(who="mira", pose="fight"),))
    loud = scene("Boom.", effects=("explosion",))
    assert passage_into(loud, fight) == Passage(way="dissolve", times=ACTION)
    assert passage_into(loud, BEFORE).times == 1
    assert passage_into(loud, fight, softly=True).times > 1


@pytest.mark.parametrize("way", TRANSITIONS)
@pytest.mark.parametrize("softly", [False, True])
def test_what_the_user_wrote_goes_above_all(way: str, softly: bool) -> None:
    for before in (None, BEFORE, scene(place="cave", time="night", effects=("portal",))):
        assert passage_into(scene(transition=way), before, softly=softly).way == way


def test_a_dissolve_is_as_long_as_the_settings_say_and_others_as_they_need() -> None:
    assert Passage(way="dissolve").seconds(0.5) == 0.5
    assert Passage(way="dissolve", times=2).seconds(0.5) == 1
    assert Passage(way="page-turn").seconds(0.5) == SECONDS["page-turn"]
    assert Passage(way="cut").seconds(0.5) == Passage(way="cut", written=True).seconds(0.5) == 0


def test_no_dissolve_means_cuts_but_for_what_was_written() -> None:
    assert Passage(way="page-turn").seconds(0) == Passage(way="dissolve").seconds(0) == 0
    assert Passage(way="page-turn", written=True).seconds(0) == SECONDS["page-turn"]
    assert Passage(way="dissolve", written=True).seconds(0) == DISSOLVE


@pytest.mark.parametrize(("language", "rightwards"), [("ar", True), ("he-IL", True), ("en", False), ("arn", False)])
def test_pages_turn_the_way_that_books_in_the_language_do(language: str, rightwards: bool) -> None:
    assert turns_rightwards(language) is rightwards

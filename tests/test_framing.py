"""How near the rules put the camera: wide to arrive, close for a face that tells it all, else in between."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from storyforge.illustration.paper import Paper
from storyforge.planning.moves import framing_for
from storyforge.planning.rules import Rules
from storyforge.planning.setting import Setting
from storyforge.story_file import load_story
from storyforge.storyboard import Actor, brief_for

STORIES = Path(__file__).parent.parent / "stories"
FOREST, BEACH = Setting("forest"), Setting("beach")
SAD = Actor(who="mia", expression="sad")


def test_a_new_place_is_seen_whole() -> None:
    assert framing_for(FOREST, None, [SAD]) == "wide"
    assert framing_for(BEACH, FOREST, [SAD]) == "wide"


def test_a_place_without_anybody_is_seen_whole() -> None:
    assert framing_for(FOREST, FOREST, []) == "wide"


def test_one_strong_feeling_alone_is_seen_from_near() -> None:
    assert framing_for(FOREST, FOREST, [SAD]) == "close"


@pytest.mark.parametrize(
    "actors",
    [
        [SAD, Actor(who="bo")],
        [Actor(who="mia", expression="calm")],
        [Actor(who="mia", expression="joy", pose="leap")],
        [Actor(who="mia", expression="angry", pose="fight")],
    ],
)
def test_two_of_them_a_calm_face_or_a_leap_are_seen_from_half_way(actors: list[Actor]) -> None:
    assert framing_for(FOREST, FOREST, actors) == "medium"


def test_who_floats_in_the_sea_is_not_on_the_move() -> None:
    afloat = Actor(who="mia", expression="joy", pose="fly")
    assert framing_for(Setting("ocean"), Setting("ocean"), [afloat]) == "close"
    assert framing_for(FOREST, FOREST, [afloat]) == "medium"


def test_a_story_has_wide_and_medium_and_close_pictures() -> None:
    seen = Counter(scene.framing for scene in Rules().plan(load_story(STORIES / "eevee-saga.yaml").story).scenes)
    assert set(seen) == {"wide", "medium", "close"}
    assert seen["close"] < seen["wide"]


def test_paper_draws_nothing_again_for_a_framing_a_described_place_or_a_thing_that_is_carried() -> None:
    story = load_story(STORIES / "eevee-saga.yaml").story
    board = Rules().plan(story)
    scene = board.scenes[0]
    carrying = tuple(actor.model_copy(update={"holds": "a lantern"}) for actor in scene.characters)
    other = scene.model_copy(update={"framing": "close", "where": "a wet meadow", "characters": carrying})
    briefs = [brief_for(story, board, each, (640, 360)) for each in (scene, other)]
    assert briefs[0] != briefs[1]
    assert Paper().narrowed(briefs[0]) == Paper().narrowed(briefs[1])

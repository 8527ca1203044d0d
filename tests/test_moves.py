"""The camera's move fits what the scene tells, goes with whoever is on the way, and is never the same three times."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storyforge.illustration.paper.blocking import looks_left, marks
from storyforge.illustration.paper.view import view_of
from storyforge.planning.moves import along, heading, move_for
from storyforge.planning.rules import Rules
from storyforge.planning.setting import Setting
from storyforge.story import Character, Story
from storyforge.story_file import load_story
from storyforge.storyboard import EXPRESSIONS, MOODS, MOVES, PLACES, POSES, Actor, Move, Role
from tests.conftest import ROOT

FOREST, BEACH, OCEAN, SKY = Setting("forest"), Setting("beach"), Setting("ocean"), Setting("sky")
SAMPLES = sorted((ROOT / "stories").glob("*.yaml"))


def actor(pose: str = "stand", expression: str = "calm", who: str = "mia") -> Actor:
    return Actor(who=who, pose=pose, expression=expression)


@pytest.mark.parametrize(
    ("setting", "before", "actors", "move"),
    [
        (FOREST, None, [actor()], "pull-out"),
        (BEACH, FOREST, [actor("walk")], "pull-out"),
        (OCEAN, BEACH, [actor("fly")], "tilt-down"),
        (FOREST, FOREST, [actor(expression="awe")], "push-in"),
        (Setting("forest", mood="mysterious"), FOREST, [actor()], "push-in"),
        (FOREST, FOREST, [actor("walk"), actor("walk", who="bo")], "pan-right"),
        (FOREST, FOREST, [actor(), actor("walk", who="bo")], "pan-left"),
        (FOREST, FOREST, [actor("run", "scared")], "pan-right"),
        (FOREST, FOREST, [actor(expression="scared")], "creep"),
        (BEACH, FOREST, [actor("sneak", "scared")], "creep"),
        (Setting("forest", mood="tense"), FOREST, [actor()], "creep"),
        (FOREST, FOREST, [actor("fly")], "tilt-up"),
        (SKY, SKY, [actor("fly")], "drift"),
        (FOREST, FOREST, [actor("fight", "scared")], "push-in"),
        (FOREST, FOREST, [actor("sleep")], "pull-out"),
        (FOREST, FOREST, [actor()], "drift"),
    ],
)
def test_the_move_tells_what_the_scene_tells(
    setting: Setting, before: Setting | None, actors: list[Actor], move: Move
) -> None:
    assert move_for(setting, before, actors, ()) == move


@pytest.mark.parametrize(("size", "count"), [*product([(1920, 1080), (1080, 1920), (1080, 1080)], range(1, 7))])
def test_a_pan_goes_the_way_that_the_paper_theatre_s_walkers_look(size: tuple[int, int], count: int) -> None:
    for poses in product(("walk", "stand", "sneak", "fly", "sit"), repeat=min(count, 4)):
        cast = [actor(pose, who=str(number)) for number, pose in enumerate((*poses, "stand", "stand")[:count])]
        roles = [Role(character=Character(), **dict(each)) for each in cast]
        way, places = heading(cast), marks(roles, view_of(*size))
        going = [i for i, each in enumerate(cast) if each.pose in ("walk", "fly")] or [
            i for i, each in enumerate(cast) if each.pose == "sneak"
        ]
        if way:
            assert {looks_left(roles, places, i) for i in going} == {way == "pan-left"}, (poses, way)
        else:
            assert len(going) != 1 or count > 2, poses


def test_other_moves_go_their_way_whoever_walks() -> None:
    walkers = [actor("walk"), actor("run", who="bo")]
    assert [along(move, walkers) for move in ("pan-left", "pan-right", "tilt-up")] == ["pan-right"] * 2 + ["tilt-up"]
    assert along("pan-left", [actor()]) == "pan-left"


@st.composite
def told(draw: st.DrawFn) -> list[tuple[Setting, list[Actor]]]:
    few = st.lists(st.tuples(st.sampled_from(POSES), st.sampled_from(EXPRESSIONS)), max_size=3)
    stages = st.builds(Setting, st.sampled_from(PLACES[:3]), mood=st.sampled_from(MOODS))
    scenes = draw(st.lists(st.tuples(stages, few), min_size=3, max_size=30))
    again = draw(st.integers(1, 5))  # whole stretches where nothing changes
    return [
        (setting, [actor(pose, feeling, str(number)) for number, (pose, feeling) in enumerate(people)])
        for setting, people in scenes
        for _ in range(again)
    ]


@settings(max_examples=200, deadline=None)
@given(told(), st.lists(st.sampled_from(MOVES), max_size=3))
def test_no_move_comes_three_times_running_whatever_is_told(
    scenes: list[tuple[Setting, list[Actor]]], moves: list[Move]
) -> None:
    begun, before = len(moves), None
    for setting, actors in scenes:
        moves.append(move_for(setting, before, actors, moves))
        assert moves[-1] == along(moves[-1], actors)
        before = setting
    assert all(len(set(moves[at - 2 : at + 1])) > 1 for at in range(max(2, begun), len(moves)))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_samples_are_filmed_with_varied_moves(path: Path) -> None:
    moves = [scene.camera for scene in Rules().plan(load_story(path).story).scenes]
    assert all(len(set(moves[at : at + 3])) > 1 for at in range(len(moves) - 2))
    assert len(set(moves)) >= 5 and max(map(moves.count, moves)) <= len(moves) * 0.45


WORDS = st.sampled_from(
    [
        "Mia walked on.", "Bo ran away.", "Mia was scared.", "They came to the forest.", "Mia slept.", "It was night.",
        "Bo flew up.", "They swam in the ocean.", "Mia looked up.", "“Stop!” said Bo.", "They fought.",
    ]
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(WORDS, min_size=1, max_size=3).map(" ".join), min_size=1, max_size=12).map("\n\n".join))
def test_no_generated_story_has_a_move_three_times_running(text: str) -> None:
    moves = [
        scene.camera
        for scene in Rules().plan(Story(title="T", cast={"mia": Character(), "bo": Character()}, story=text)).scenes
    ]
    assert all(len(set(moves[at : at + 3])) > 1 for at in range(len(moves) - 2))

"""What pick, redraw, repair and undo do to a storyboard, and to its file."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyforge import changes
from storyforge.board_file import BEFORE, change_scene, read_board, write_board
from storyforge.errors import BadSettings
from storyforge.story import Story
from storyforge.storyboard import Repair, Scene, Storyboard, brief_for, repair_brief, scene_seed

STORY = Story(title="Fox", story="A fox. An owl.", seed=100)
BOARD = Storyboard(scenes=(Scene(text="A fox. "), Scene(text="An owl.")))
REPAIR = Repair(prompt="a paw with four toes", box=(0.1, 0.2, 0.3, 0.4))

CHANGES: list[Callable[[Scene], Scene]] = [
    lambda scene: changes.picked(scene, 3),
    lambda scene: changes.redrawn(scene, STORY, 4),
    lambda scene: changes.redrawn(scene, STORY, 1, seed=7, prompt="an owl"),
    lambda scene: changes.repaired(scene, REPAIR),
]


@given(st.lists(st.sampled_from(CHANGES), max_size=6))
def test_every_change_can_be_undone_in_turn(made: list[Callable[[Scene], Scene]]) -> None:
    states = [BOARD.scenes[0]]
    for change in made:
        states.append(change(states[-1]))
    for before, after in zip(reversed(states[:-1]), reversed(states[1:]), strict=True):
        assert changes.undone(after, 1) == before


def test_what_was_never_changed_cannot_be_undone() -> None:
    with pytest.raises(BadSettings, match="scene 4"):
        changes.undone(BOARD.scenes[0], 4)


STEPS = st.one_of(
    st.tuples(st.just("pick"), st.integers(1, 4)),
    st.tuples(st.just("redraw"), st.none() | st.integers(95, 112) | st.integers(2**63 - 6, 2**63 - 1)),
    st.just(("undo", None)),
)


@given(first=st.sampled_from([0, 100, 2**63 - 1]), takes=st.integers(1, 4), steps=st.lists(STEPS, max_size=8))
def test_drawing_again_takes_seeds_that_no_take_on_record_has_had(
    first: int, takes: int, steps: list[tuple[str, int | None]]
) -> None:
    story = STORY.model_copy(update={"seed": first})
    states = [BOARD.scenes[0]]
    for step, number in steps:
        if step == "undo":
            del states[max(1, len(states) - 1) :]
        elif step == "pick":
            states.append(changes.picked(states[-1], number or 1))
        else:
            states.append(changes.redrawn(states[-1], story, takes, seed=number))
    had = set().union(*(seeds_of(story, state, takes) for state in states))
    fresh = seeds_of(story, changes.redrawn(states[-1], story, takes), takes)
    assert len(fresh) == takes and not fresh & had


def seeds_of(story: Story, scene: Scene, takes: int) -> set[int]:
    """Of all takes, whichever is in the film."""
    return {scene_seed(story, scene.model_copy(update={"take": take})) for take in range(1, takes + 1)}


def test_a_new_seed_skips_one_that_was_given_before() -> None:
    given = changes.redrawn(BOARD.scenes[0], STORY, 1, seed=99)
    assert changes.redrawn(given, STORY, 1).seed == 101


@pytest.mark.parametrize("seed", [-1, 2**63, 2**63 + 5])
def test_a_seed_that_no_storyboard_can_hold_is_refused(seed: int) -> None:
    with pytest.raises(BadSettings, match=f"--seed {seed}"):
        changes.redrawn(BOARD.scenes[0], STORY, 1, seed=seed)


def test_after_the_last_seed_comes_the_first(tmp_path: Path) -> None:
    story, path = STORY.model_copy(update={"seed": 2**63 - 1}), written(tmp_path)
    change_scene(path, "Fox", 1, lambda scene: changes.redrawn(scene, story, 1))
    assert read_board(path).board.scenes[0].seed == 0


def test_an_undo_tells_what_was_written_by_hand_since_the_change() -> None:
    before = changes.picked(BOARD.scenes[0], 2).model_copy(update={"prompt": "my own words"})
    told = list(changes.taken_back(before, changes.undone(before, 1)))
    assert told == ["prompt my own words → none", "take 2 → none"]


def test_a_take_is_the_seed_and_a_number() -> None:
    assert scene_seed(STORY, changes.picked(BOARD.scenes[0], 3)) == 102
    assert scene_seed(STORY, Scene(text="x", seed=2**63 - 1, take=2)) == 0


def test_a_new_picture_has_no_repairs_of_the_old_one() -> None:
    mended = changes.repaired(BOARD.scenes[0], REPAIR)
    assert changes.picked(mended, 2).repairs == changes.redrawn(mended, STORY, 1).repairs == ()


def test_a_repair_asks_for_its_own_words_and_keeps_who_is_seen() -> None:
    scene = Scene(text="x", place="volcano", action="A fox flies", prompt="my own words", props=("boat",))
    brief = repair_brief(brief_for(STORY, BOARD, scene, (64, 36)), REPAIR.model_copy(update={"seed": 9}))
    assert (brief.action, brief.prompt, brief.place, brief.props, brief.seed) == (REPAIR.prompt, None, "", (), 9)


def written(folder: Path, board: Storyboard = BOARD) -> Path:
    write_board(folder / "storyboard.yaml", "Fox", board, "key")
    return folder / "storyboard.yaml"


def test_a_change_in_the_file_is_the_users_edit_and_touches_nothing_else(tmp_path: Path) -> None:
    path = written(tmp_path)
    change_scene(path, "Fox", 2, CHANGES[3])
    found = read_board(path)
    assert found.board.scenes == (BOARD.scenes[0], changes.repaired(BOARD.scenes[1], REPAIR))
    assert found.edited_numbers == {1} and found.story == "key"
    assert not (tmp_path / BEFORE).exists()
    change_scene(path, "Fox", 2, lambda scene: changes.undone(scene, 2))
    assert not read_board(path).edited


def test_changes_made_at_the_same_time_are_all_written(tmp_path: Path) -> None:
    board = Storyboard(scenes=tuple(Scene(text=f"Scene {number}. ") for number in range(1, 9)))
    path = written(tmp_path, board)

    def slowly(scene: Scene) -> Scene:
        time.sleep(0.02)  # all others are at it by then
        return changes.picked(scene, 2)

    with ThreadPoolExecutor(8) as people:
        list(people.map(lambda number: change_scene(path, "Fox", number, slowly), range(1, 9)))
    assert [scene.take for scene in read_board(path).board.scenes] == [2] * 8


def test_a_scene_that_could_not_be_read_again_is_never_written(tmp_path: Path) -> None:
    path = written(tmp_path)
    before = path.read_bytes()
    with pytest.raises(ValueError, match="take"):
        change_scene(path, "Fox", 1, lambda scene: scene.model_copy(update={"take": 0}))
    assert path.read_bytes() == before


def test_comments_of_the_users_are_kept_in_a_copy(tmp_path: Path) -> None:
    path = written(tmp_path)
    mine = path.read_text("utf-8") + "# grandma liked scene 2\n"
    path.write_text(mine, "utf-8")
    change_scene(path, "Fox", 1, CHANGES[0])
    assert (tmp_path / BEFORE).read_text("utf-8") == mine


@pytest.mark.parametrize("number", [0, -1, 3])
def test_a_scene_that_is_not_there_is_told(tmp_path: Path, number: int) -> None:
    path = written(tmp_path)
    before = path.read_bytes()
    with pytest.raises(BadSettings, match="scenes 1 to 2"):
        change_scene(path, "Fox", number, CHANGES[0])
    assert path.read_bytes() == before


BAD: list[dict[str, Any]] = [{"box": [0, 0, 2, 1]}, {"strength": 0}, {"strength": 1.5}, {"seed": -1}]


@pytest.mark.parametrize("wrong", BAD)
def test_a_repair_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Repair.model_validate({"prompt": "x", **wrong}, strict=False)

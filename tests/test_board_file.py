from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyforge.board_file import BoardFile, carry_edits, read_board, write_board
from storyforge.errors import BadStory
from storyforge.story import Character
from storyforge.storyboard import Actor, Scene, Storyboard

BOARD = Storyboard(
    scenes=(
        Scene(
            text="“Hi,” said Mira.\n\n",
            quotes=("mira",),
            characters=(Actor(who="mira", pose="run"),),
            effects=("rainbow",),
        ),
        Scene(text="The bear slept.", place="home", camera="hold"),
    ),
    extras={"bear": Character(looks="an old bear")},
)


def test_a_board_comes_back_as_it_was_written(tmp_path: Path) -> None:
    write_board(tmp_path / "b.yaml", "T", BOARD, "key")
    found = read_board(tmp_path / "b.yaml")
    assert (found.board, found.story, found.edited) == (BOARD, "key", False)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), min_size=1, max_size=3))
def test_any_words_come_back_to_the_character(tmp_path_factory: Any, texts: list[str]) -> None:
    path = tmp_path_factory.mktemp("any") / "b.yaml"
    board = Storyboard(scenes=tuple(Scene(text=text) for text in texts))
    write_board(path, "T", board, "key")
    assert read_board(path).board == board


def test_an_edit_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "b.yaml"
    write_board(path, "T", BOARD, "key")
    path.write_text(path.read_text("utf-8").replace("place: home", "place: cave"), "utf-8")
    found = read_board(path)
    assert found.edited
    assert found.board.scenes[1].place == "cave"


def test_a_comment_is_no_edit(tmp_path: Path) -> None:
    path = tmp_path / "b.yaml"
    write_board(path, "T", BOARD, "key")
    path.write_text(path.read_text("utf-8") + "\n# my own note\n", "utf-8")
    assert not read_board(path).edited


def test_mistakes_in_a_board_have_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "b.yaml"
    write_board(path, "T", BOARD, "key")
    text = path.read_text("utf-8").replace("camera: hold", "camera: hol").replace("quotes:", "qoutes:")
    path.write_text(text, "utf-8")
    with pytest.raises(BadStory) as caught:
        read_board(path)
    assert any("scenes.1.qoutes" in each and "did you mean `quotes`" in each for each in caught.value.mistakes)
    assert any("scenes.2.camera" in each and "did you mean `hold`" in each for each in caught.value.mistakes)


def edited(path: Path, old: str, new: str) -> BoardFile:
    """BOARD as a file, with one thing changed by hand."""
    write_board(path, "T", BOARD, "key")
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    return read_board(path)


def test_edits_are_carried_to_a_story_that_has_changed_elsewhere(tmp_path: Path) -> None:
    old = edited(tmp_path / "b.yaml", "place: home", "place: cave\n  seed: 7")
    again = BOARD.scenes[0].model_copy(update={"place": "desert"})
    new = Storyboard(scenes=(Scene(text="A new start.\n\n"), again, Scene(text="The bear slept.\n\n")))
    board, lost = carry_edits(old, new)
    assert board.text == new.text
    assert (board.scenes[2].place, board.scenes[2].seed) == ("cave", 7)
    assert board.scenes[1].place == "desert", "what was not edited is planned anew"
    assert lost == []


def test_edits_whose_words_are_gone_are_named_but_not_scenes_that_nobody_edited(tmp_path: Path) -> None:
    old = edited(tmp_path / "b.yaml", "place: home", "place: cave")
    assert carry_edits(old, Storyboard(scenes=(BOARD.scenes[0],)))[1] == [2]
    assert carry_edits(old, Storyboard(scenes=(BOARD.scenes[1],)))[1] == []


def test_carried_edits_still_count_as_edits(tmp_path: Path) -> None:
    old = edited(tmp_path / "b.yaml", "place: home", "place: cave")
    board, _ = carry_edits(old, BOARD)
    write_board(tmp_path / "c.yaml", "T", board, "key 2", BOARD)
    assert read_board(tmp_path / "c.yaml").edited_scenes == (board.scenes[1],)


A, B, C = (Scene(text=f"{word} came.\n\n", place="meadow") for word in ("Ann", "Ben", "Cid"))
REFRAIN = Scene(text="Round and round it went.\n\n", place="meadow")


def changed(path: Path, planned: Storyboard, *scenes: Scene, extras: dict[str, Character] | None = None) -> BoardFile:
    """A board whose plan the user has turned into these scenes and extras."""
    board = Storyboard(scenes=scenes, extras=planned.extras if extras is None else extras)
    write_board(path, "T", board, "key", planned)
    return read_board(path)


def at(place: str, scene: Scene) -> Scene:
    return scene.model_copy(update={"place": place})


def places(board: Storyboard) -> list[str]:
    return [scene.place for scene in board.scenes]


def test_each_edit_of_a_refrain_stays_with_its_own_scene(tmp_path: Path) -> None:
    planned = Storyboard(scenes=(REFRAIN, A, REFRAIN, B, REFRAIN))
    old = changed(tmp_path / "b.yaml", planned, at("cave", REFRAIN), A, at("sky", REFRAIN), B, REFRAIN)
    board, lost = carry_edits(old, Storyboard(scenes=(C, *planned.scenes)))
    assert places(board) == ["meadow", "cave", "meadow", "sky", "meadow", "meadow"]
    assert lost == []


def test_a_refrain_that_is_gone_takes_its_edit_along_and_leaves_the_others(tmp_path: Path) -> None:
    planned = Storyboard(scenes=(REFRAIN, A, REFRAIN))
    old = changed(tmp_path / "b.yaml", planned, at("cave", REFRAIN), A, at("sky", REFRAIN))
    board, lost = carry_edits(old, Storyboard(scenes=(A, REFRAIN)))
    assert (places(board), lost) == (["meadow", "sky"], [1])


def test_an_edit_follows_its_words_when_the_story_moves_them(tmp_path: Path) -> None:
    old = changed(tmp_path / "b.yaml", Storyboard(scenes=(A, B, C)), at("cave", A), B, C)
    board, lost = carry_edits(old, Storyboard(scenes=(B, C, A)))
    assert (places(board), lost) == (["meadow", "meadow", "cave"], [])


@pytest.mark.parametrize(
    ("scenes", "expected"),
    [
        ((B, A, C), [1, 2]),
        ((A, C), [2]),
        ((Scene(text=A.text + B.text), C), [1, 2]),
        ((A, Scene(text="Ben "), Scene(text="came.\n\n"), C), [2, 3]),
        ((A, B, Scene(text="Dan came too.\n\n"), C), [3]),
        ((A, A, B, C), [1]),
        ((at("cave", B), at("sky", A), C), [1, 2]),
    ],
    ids=["reordered", "deleted", "merged", "split", "added", "doubled", "edited and reordered"],
)
def test_scenes_cut_otherwise_by_the_user_are_named_when_the_story_changes(
    tmp_path: Path, scenes: tuple[Scene, ...], expected: list[int]
) -> None:
    old = changed(tmp_path / "b.yaml", Storyboard(scenes=(A, B, C)), *scenes)
    assert old.edited
    _, lost = carry_edits(old, Storyboard(scenes=(A, B, C, Scene(text="The end."))))
    assert lost == expected


@given(st.permutations((A, B, C, REFRAIN)), st.integers(1, 4))
def test_no_work_of_the_user_goes_without_a_word(tmp_path_factory: Any, scenes: list[Scene], count: int) -> None:
    planned = Storyboard(scenes=(A, B, C, REFRAIN))
    old = changed(tmp_path_factory.mktemp("any") / "b.yaml", planned, *scenes[:count])
    board, lost = carry_edits(old, planned)
    assert lost or board.scenes == old.board.scenes


def test_extras_that_the_user_left_alone_are_planned_anew_and_the_others_are_kept(tmp_path: Path) -> None:
    bear, fox = Character(looks="an old bear"), Character(looks="a fox")
    planned = Storyboard(scenes=(A,), extras={"bear": bear, "fox": fox, "owl": Character()})
    mine = Character(looks="a fox in a hat")
    old = changed(tmp_path / "b.yaml", planned, A, extras={"bear": bear, "fox": mine})
    assert (old.edited, old.edited_extras, old.deleted_extras) == (True, {"fox": mine}, {"owl"})
    newer = {"bear": Character(looks="a young bear"), "fox": fox, "owl": Character()}
    board, lost = carry_edits(old, Storyboard(scenes=(A,), extras=newer))
    assert board.extras == {"bear": newer["bear"], "fox": mine}
    assert lost == []


def test_an_extra_goes_with_the_edited_scene_that_shows_it(tmp_path: Path) -> None:
    planned = Storyboard(scenes=(A, B), extras={"bear": Character(looks="a bear"), "fox": Character(looks="a fox")})
    old = changed(tmp_path / "b.yaml", planned, A.model_copy(update={"characters": (Actor(who="bear"),)}), B)
    board, _ = carry_edits(old, Storyboard(scenes=(A, B, C)))
    assert board.extras == {"bear": planned.extras["bear"]}


def test_extras_without_marks_of_their_own_count_as_edited() -> None:
    old = BoardFile(BOARD, "key", ("1a2b3c4d",))
    assert old.edited_extras == BOARD.extras
    assert carry_edits(old, Storyboard(scenes=BOARD.scenes))[0].extras == BOARD.extras


def test_edits_of_a_thousand_scenes_are_carried_in_a_second(tmp_path: Path) -> None:
    scenes = tuple(Scene(text=f"Part {number}. ") for number in range(1000))
    old = changed(tmp_path / "b.yaml", Storyboard(scenes=scenes), *(at("cave", scene) for scene in scenes))
    started = time.process_time()
    board, lost = carry_edits(old, Storyboard(scenes=(A, *scenes)))
    assert time.process_time() - started < 1
    assert (places(board), lost) == (["meadow", *["cave"] * 1000], [])

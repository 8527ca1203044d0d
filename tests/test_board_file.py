from __future__ import annotations

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

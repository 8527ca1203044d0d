"""`tidy` and `retell`: the new wording lies in a file beside the story, is shown, and is the user's to edit."""

from __future__ import annotations

import asyncio
import io
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import pytest
from rich.console import Console

from storyforge.backend import Planner, Progress, Reworded, Rewording, unseen
from storyforge.commands.wording import show
from storyforge.errors import BackendFailed, BadSettings, BadStory, CannotWrite
from storyforge.planning.rules import Rules
from storyforge.rewording import told, wordings
from storyforge.rewording_task import Reword
from storyforge.runner import Event, LocalRunner
from storyforge.store import Store
from storyforge.story import Story
from storyforge.story_file import StoryFile, load_story
from storyforge.storyboard import Costs, Storyboard
from storyforge.wording import SHOWN
from tests.test_cli import ending

TYPED = """\
title: The Kave
tidy: true
cast:
  mira: {aliases: [the little witch]}
story: |
  Mira saw a dragun in teh kave.

  He was sad
  and the little witch was sad to
"""

SCENES = """\
title: The Kave
tidy: true
scenes:
  - text: Mira saw a dragun.
  - text: |
      === scene 1 ===
      He livd in teh kave
"""

SPELLING = {"dragun": "dragon", "teh": "the", "kave": "cave", "livd": "lived", " to\n": " too.\n"}


class Mender(Planner):
    """Mends a few words; told anew, a story is in capitals."""

    name: ClassVar[str] = "mender"
    asked: ClassVar[list[str]] = []
    spelling: dict[str, str] = SPELLING
    notes: tuple[str, ...] = ()
    fails_at: str = "–"

    @property
    def rewords(self) -> bool:
        return True

    def plan(self, story: Story, progress: Progress = unseen) -> Storyboard:
        return Rules().plan(story, progress)

    def reword(self, text: str, wanted: Rewording, language: str, progress: Progress = unseen) -> Reworded:
        if self.fails_at in text:
            raise BackendFailed("The model is gone", "start it")
        self.asked.append(text)
        for wrong, right in self.spelling.items():
            text = text.replace(wrong, right)
        text = text if wanted.kind == "tidy" else text.replace("sad", f"SAD at {wanted.age}")
        return Reworded(text=text, notes=self.notes, costs=Costs(requests=1, tokens_in=50, tokens_out=40, seconds=2.0))


@pytest.fixture(autouse=True)
def nothing_asked() -> None:
    Mender.asked.clear()


class Desk:
    """A folder with a story, and what was told about it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.events = folder, list[Event]()
        self.keys: list[str] = []

    def write(self, text: str) -> None:
        (self.folder / "kave.yaml").write_text(text, "utf-8")

    def read(self, name: str) -> str:
        return (self.folder / name).read_text("utf-8")

    def edit(self, name: str, old: str, new: str) -> None:
        assert old in self.read(name)
        (self.folder / name).write_text(self.read(name).replace(old, new), "utf-8")

    def told(self, planner: Planner | None = None) -> StoryFile:
        self.events, self.keys = [], []
        Mender.asked.clear()
        file = load_story(self.folder / "kave.yaml")
        with LocalRunner(Store(self.folder / "store"), self.events.append) as runner:
            return asyncio.run(told(file, planner or Mender(), runner, self.keys.append))

    @property
    def notes(self) -> list[str]:
        return [event.text for event in self.events if event.kind == "note"]

    @property
    def files(self) -> set[str]:
        return {path.name for path in self.folder.iterdir() if path.is_file()} - {"kave.yaml"}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    desk.write(TYPED)
    return desk


MENDED = "Mira saw a dragon in the cave.\n\nHe was sad\nand the little witch was sad too.\n"


def test_a_story_that_asks_for_nothing_is_itself(desk: Desk) -> None:
    desk.write(TYPED.replace("tidy: true\n", ""))
    file = load_story(desk.folder / "kave.yaml")
    assert desk.told(Rules()) == file
    assert (desk.files, desk.events) == (set(), [])


def test_a_mended_story_lies_beside_it_and_what_was_changed_is_told(desk: Desk) -> None:
    file = desk.told()
    assert file.story.text == MENDED
    assert (file.story.tidy, file.story.retell) == (False, None)
    assert file.path == desk.folder / "kave.yaml"
    assert desk.read("kave.tidy.txt").endswith(f"\n\n{MENDED}")
    assert "Delete this file to have it done anew" in desk.read("kave.tidy.txt")
    note, costs = desk.notes
    first, *lines = note.splitlines()
    assert first == "kave.tidy.txt: 4 words mended, 1 mark"
    assert lines[0] == "  Mira saw a [-dragun-]{+dragon+} in [-teh kave-]{+the cave+}."
    assert lines[-1].endswith(f"storyforge wording {desk.folder / 'kave.yaml'}")
    assert costs == "kave.tidy.txt: 1 request, 50 tokens in, 40 out, 2 s"


def test_running_again_asks_for_nothing_and_tells_nothing_even_without_the_model(desk: Desk) -> None:
    first = desk.told()
    keys = desk.keys
    assert len(keys) == 1
    again = desk.told()
    assert again.story == first.story
    assert (Mender.asked, desk.notes, desk.keys) == ([], [], keys)
    assert desk.told(Rules()).story == first.story


def test_a_planner_that_cannot_reword_is_told_with_its_remedy(desk: Desk) -> None:
    with pytest.raises(BadSettings, match="planner rules") as caught:
        desk.told(Rules())
    assert "take `tidy` out of kave.yaml" in str(caught.value)
    assert "Ollama" in str(caught.value)
    assert desk.files == set()


def test_an_edit_is_obeyed(desk: Desk) -> None:
    desk.told()
    desk.edit("kave.tidy.txt", "the cave.", "a big blue cave.\n\n# Not the end.")
    assert desk.told().story.text == MENDED.replace("the cave.", "a big blue cave.\n\n# Not the end.")
    assert desk.notes == ["obeying kave.tidy.txt, which was edited"]
    assert Mender.asked == []


def test_an_editor_of_another_system_makes_no_edit(desk: Desk) -> None:
    desk.told()
    path = desk.folder / "kave.tidy.txt"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n") + b"\r\n\r\n")
    assert desk.told().story.text == MENDED
    assert desk.notes == []


def test_when_the_story_changes_too_the_edited_file_is_kept(desk: Desk) -> None:
    desk.told()
    for count, name in enumerate(("kave.tidy.before.txt", "kave.tidy.before-2.txt"), 1):
        desk.edit("kave.tidy.txt", "He was", "She was")
        mine = desk.read("kave.tidy.txt")
        desk.edit("kave.yaml", "in teh", "and livd in teh")
        assert ("and lived " * count + "in the") in desk.told().story.text
        assert "He was" in desk.read("kave.tidy.txt")
        assert desk.read(name) == mine
        assert any(note.endswith(f"that file is now {name}") for note in desk.notes)


def test_when_the_story_changes_under_an_unedited_file_it_is_worded_anew(desk: Desk) -> None:
    desk.told()
    desk.edit("kave.yaml", "sad to", "sad and livd")
    assert "sad and lived" in desk.told().story.text
    assert desk.files == {"kave.tidy.txt"}


def test_a_deleted_file_is_worded_anew_from_what_was_kept(desk: Desk) -> None:
    desk.told()
    (desk.folder / "kave.tidy.txt").unlink()
    assert desk.told().story.text == MENDED
    assert Mender.asked == []
    assert desk.notes[0].startswith("kave.tidy.txt: 4 words mended")


def test_an_edit_of_the_story_rewords_only_the_passages_it_touched(desk: Desk) -> None:
    parts = [f"Part {n}. " + "Mira was in teh kave. " * (n % 20 + 1) for n in range(120)]
    long = TYPED.partition("story: |")[0] + "story: |\n  " + "\n\n  ".join(parts) + "\n"
    desk.write(long)
    desk.told()
    assert len(Mender.asked) > 8
    desk.write(long.replace("Part 60. ", "Part 60! A new one. "))
    assert "Part 60! A new one. Mira was in the cave." in desk.told().story.text
    assert 1 <= len(Mender.asked) <= 3


def test_what_a_stop_left_is_not_asked_for_again(desk: Desk) -> None:
    parts = [f"Part {n}. " + "Mira was in teh kave. " * 60 for n in range(6)]
    desk.write(TYPED.partition("story: |")[0] + "story: |\n  " + "\n\n  ".join(parts) + "\n")
    with pytest.raises(BackendFailed):
        desk.told(Mender(fails_at="Part 3."))
    assert desk.files == set()
    done = len(Mender.asked)
    # Another model's passages are others: the same one goes on, as if what failed had come back.
    with pytest.raises(BackendFailed):
        desk.told(Mender(fails_at="Part 3."))
    assert done >= 4
    assert Mender.asked == []


def test_told_anew_after_it_was_mended(desk: Desk) -> None:
    desk.edit("kave.yaml", "tidy: true", "tidy: true\nretell: {age: 5}")
    told = desk.told().story
    assert "He was SAD at 5" in told.text
    assert "dragon" in told.text
    assert (told.tidy, told.retell) == (False, None)
    assert desk.files == {"kave.tidy.txt", "kave.retold.txt"}
    assert any(
        note.startswith("kave.retold.txt: told anew for age 5, in 21 words instead of 17") for note in desk.notes
    )
    desk.edit("kave.tidy.txt", "dragon", "purple dragon")
    assert "purple dragon" in desk.told().story.text
    desk.edit("kave.yaml", "age: 5", "age: 9")
    assert "He was SAD at 9" in desk.told().story.text


def test_many_changes_are_told_in_part(desk: Desk) -> None:
    lines = "\n\n  ".join(f"This is a line of it that is long and has a kave {n} and more." for n in range(30))
    desk.write(TYPED.partition("story: |")[0] + f"story: |\n  {lines}\n")
    desk.told()
    first, *lines_told = desk.notes[0].splitlines()
    assert first == "kave.tidy.txt: 30 words mended, 0 marks"
    assert len(lines_told) == SHOWN + 1
    assert f"… {30 - SHOWN} more; see: storyforge wording" in lines_told[-1]


def test_what_stayed_as_it_was_is_told(desk: Desk) -> None:
    desk.told(Mender(notes=("“He was …” stays as it was",), spelling={"teh": "the"}))
    assert desk.notes[0].startswith("kave.tidy.txt: 1 word mended, 0 marks")
    assert "“He was …” stays as it was" in desk.notes


def test_where_nothing_could_be_mended_no_file_says_so_and_another_model_is_asked(desk: Desk) -> None:
    helpless = Mender(notes=("“He was …” stays as it was",), spelling={})
    for _ in range(2):
        assert desk.told(helpless).story.text == load_story(desk.folder / "kave.yaml").story.text
        assert desk.notes[0] == "nothing of the story could be mended; it is told as it stands"
        assert "another model" in desk.notes[-1] and desk.files == set()
    desk.told(Mender())
    assert "mended" in desk.notes[0] and desk.files == {"kave.tidy.txt"}


@pytest.mark.parametrize(
    ("spelling", "gone"),
    [
        ({"Mira": "Myra", "sad": "glad"}, "Mira saw"),
        ({"the little witch": "Anna"}, "He was sad"),
        ({"\n\n": " "}, "Mira saw a dragun"),
        ({"Mira saw a dragun in teh kave.": ""}, "Mira saw a dragun"),
        ({"sad\n": "sad "}, "He was sad\nand"),
        ({"He was ": "He\nwas "}, "He was sad\nand"),
    ],
)
def test_no_planner_may_lose_a_name_a_paragraph_or_a_line(desk: Desk, spelling: dict[str, str], gone: str) -> None:
    text = desk.told(Mender(spelling=spelling)).story.text
    assert gone in text
    assert text.count("\n\n") == 1
    assert any("stays as it was" in note for note in desk.notes)


def test_only_names_that_stand_in_a_passage_are_part_of_its_task() -> None:
    story = Story.model_validate({"title": "T", "story": "Mira", "cast": {"mira": {"aliases": ("Mi",)}, "bo": {}}})
    task = Reword.of("Mira and mi ran", Rewording(kind="tidy"), story, Mender())
    assert task.names == ("Mira", "Mi")
    assert Reword.of("Mi ran", Rewording(kind="retell", age=5), story, Mender()).names == ()


# ---- scenes cut by hand


def test_each_scene_is_reworded_by_itself(desk: Desk) -> None:
    desk.write(SCENES)
    story = desk.told().story
    assert [scene.text for scene in story.scenes] == ["Mira saw a dragon.", "=== scene 1 ===\nHe lived in the cave\n"]
    assert story.story == ""
    assert "==== scene 2 ====\n=== scene 1 ===\nHe lived in the cave\n" in desk.read("kave.tidy.txt")
    assert desk.told().story == story
    desk.edit("kave.tidy.txt", "in the cave", "in a castle")
    assert desk.told().story.scenes[1].text == "=== scene 1 ===\nHe lived in a castle\n"


def test_a_scene_that_is_nothing_but_a_rule_and_white_space_is_read_back(desk: Desk) -> None:
    desk.write('title: T\ntidy: true\nscenes:\n  - text: " \\n\\t === scene 1 ==="\n  - text: He ran.\n')
    story = desk.told().story
    assert [scene.text for scene in story.scenes] == [" \n\t === scene 1 ===", "He ran."]
    assert desk.told().story == story


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        ("==== scene 2 ====\n", "", "has the scenes 1, the story 1 to 2"),
        ("==== scene 2 ====", "==== scene 99999999999999999999 ====", "has the scenes 1, 0"),
        ("==== scene 1 ====", "A line above\n==== scene 1 ====", "has the scenes"),
        ("Mira saw a dragon.", "", "There is no text in scene 1"),
    ],
)
def test_scenes_that_were_lost_in_an_edit_are_told(desk: Desk, old: str, new: str, wrong: str) -> None:
    desk.write(SCENES)
    desk.told()
    desk.edit("kave.tidy.txt", old, new)
    with pytest.raises(BadStory, match=wrong) as caught:
        desk.told()
    assert "delete the file to have it anew" in str(caught.value)


# ---- damage


def without_marks(text: bytes) -> bytes:
    return re.sub(rb"(?m)^# from .*\n", b"", text)


DAMAGE: list[tuple[Callable[[bytes], bytes], str]] = [
    (without_marks, "lost its head"),
    (lambda text: b"", "lost its head"),
    (lambda text: text.replace(b"# from ", b"# from Z"), "lost its head"),
    (lambda text: b"\xff\xfe" + text, "not UTF-8"),
    (lambda text: b"#" * 17_000_000, "larger than 16 MB"),
    (lambda text: text.partition(b"\n\n")[0], "There is no text in"),
]


@pytest.mark.parametrize(("damage", "wrong"), DAMAGE, ids=[wrong for _, wrong in DAMAGE])
def test_a_damaged_file_is_told_and_left_alone(desk: Desk, damage: Callable[[bytes], bytes], wrong: str) -> None:
    desk.told()
    path = desk.folder / "kave.tidy.txt"
    path.write_bytes(damage(path.read_bytes()))
    before = path.read_bytes()
    with pytest.raises(BadStory, match=wrong) as caught:
        desk.told()
    assert caught.value.remedy
    assert path.read_bytes() == before


def test_a_folder_in_its_place_is_told(desk: Desk) -> None:
    (desk.folder / "kave.tidy.txt").mkdir()
    with pytest.raises(BadStory, match="cannot be read"):
        desk.told()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="nothing is unwritable for root")
def test_a_read_only_folder_is_told_and_what_was_worded_is_kept(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.write(TYPED)
    (tmp_path / "store").mkdir()
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(CannotWrite, match="rights of the story's folder"):
            desk.told()
        assert len(Mender.asked) == 1
        with pytest.raises(CannotWrite):
            desk.told()
        assert Mender.asked == []
    finally:
        tmp_path.chmod(0o700)


# ---- the command


def shown(desk: Desk, **how: Any) -> str:
    out = io.StringIO()
    file = load_story(desk.folder / "kave.yaml")
    with LocalRunner(Store(desk.folder / "store")) as runner:
        for each in asyncio.run(wordings(file, Mender(), runner)):
            show(each, Console(file=out, highlight=False, markup=False, soft_wrap=True, **how))
    return out.getvalue()


def test_all_changes_are_shown_in_colour_or_with_marks(desk: Desk) -> None:
    assert "Mira saw a [-dragun-]{+dragon+} in [-teh kave-]{+the cave+}." in shown(desk)
    coloured = shown(desk, force_terminal=True, color_system="standard")
    assert "\x1b[9;31mdragun\x1b[0m \x1b[32mdragon\x1b[0m" in coloured
    assert "[-" not in coloured


def test_the_command_shows_a_file_that_is_there_without_a_language_model(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(desk.folder)
    assert ending("wording", "kave.yaml", "--planner", "rules") == 2
    assert "take `tidy` out of kave.yaml" in capsys.readouterr().err
    desk.told()
    assert ending("wording", "kave.yaml", "--planner", "rules") == 0
    out = capsys.readouterr().out
    assert "kave.tidy.txt: 4 words mended, 1 mark" in out
    assert "[-dragun-]{+dragon+}" in out
    desk.edit("kave.yaml", "tidy: true\n", "")
    assert ending("wording", "kave.yaml", "--planner", "rules") == 0
    assert "The text is in kave.tidy.txt, yours to edit" in out
    assert "told in its own words" in capsys.readouterr().out

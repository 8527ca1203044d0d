"""What lies in a film's folder: whose it is, what is kept of the user's, and what `clean` leaves alone."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from storyforge.commands.clean import inventory, remove_spare
from storyforge.commands.why import entry_for, why
from storyforge.errors import BackendFailed, BadSettings
from storyforge.film import failed_scenes
from storyforge.ledger import Ledger, SceneEntry
from storyforge.output import Output
from storyforge.store import DAY, Artifact, Store, file_digest
from tests.conftest import ROOT
from tests.films import STORY, render, settings_for


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "output/.store")


@pytest.fixture
def output(tmp_path: Path) -> Output:
    return Output(tmp_path / "output/fox")


@pytest.fixture
def story(tmp_path: Path) -> Path:
    return written(tmp_path / "fox.yaml", "title: Fox")


def written(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def kept(store: Store, key: str, content: str, suffix: str = ".txt") -> Artifact:
    with store.workplace(suffix) as made:
        made.write_text(content)
        return store.keep(key, {"task": "Test"}, made, 1.0)


def spare(store: Store, folder: Path, later: float = DAY) -> list[str]:
    return inventory(store, folder, now=time.time() + later).spare_keys


def again(output: Output) -> Output:
    """As the next run finds it."""
    return Output(output.folder)


def test_what_an_unfinished_film_needs_is_not_spare(store: Store, output: Output, story: Path) -> None:
    for key in ("picture", "line", "clip", "of no film"):
        kept(store, key, key)
    entry = SceneEntry(text="A fox.", picture="picture", speech=("line",))
    with pytest.raises(KeyboardInterrupt), output.making(store, story, (entry,), ()):
        output.note("clip")
        raise KeyboardInterrupt
    assert spare(store, output.folder.parent) == ["of no film"]


def test_the_ledger_is_there_before_the_first_task_runs(store: Store, output: Output, story: Path) -> None:
    with output.making(store, story, (SceneEntry(text="A fox.", picture="picture"),), ("plan",)):
        assert again(output).ledger.keys() == {"picture", "plan"}


def test_the_last_film_is_kept_until_the_new_one_is_finished(store: Store, output: Output, story: Path) -> None:
    with output.making(store, story, (), ("old",)):
        pass
    for _ in range(2):
        with pytest.raises(BackendFailed), output.making(store, story, (), ("new",)):
            raise BackendFailed("no")
        assert again(output).ledger.keys() == {"old", "new"}
    with output.making(store, story, (), ("new",)):
        pass
    assert again(output).ledger.keys() == {"new"}


def test_what_pick_and_undo_go_back_to_outlasts_new_films_until_it_is_none_of_it(
    store: Store, output: Output, story: Path
) -> None:
    for key in ("take 1", "take 2", "take 3"):
        kept(store, key, key)
    with output.adding(store, story):
        output.keep_choices(["take 1", "take 2", "take 2"])
    with again(output).making(store, story, (), ()):
        pass
    assert spare(store, output.folder.parent) == ["take 3"]
    with (later := again(output)).making(store, story, (), ()):
        later.keep_choices(["take 2"])
    assert spare(store, output.folder.parent) == ["take 1", "take 3"]


BUSY = "import sys, time; from pathlib import Path; from storyforge.output import Output\n"
BUSY += "with Output(Path(sys.argv[1])).alone(): print(flush=True); time.sleep(60)"


def test_two_programs_do_not_work_on_one_film_and_a_killed_one_does_not_count(
    store: Store, output: Output, story: Path
) -> None:
    other = subprocess.Popen([sys.executable, "-c", BUSY, str(output.folder)], cwd=ROOT, stdout=subprocess.PIPE)
    assert other.stdout is not None
    with other:
        other.stdout.readline()
        for work in (output.making(store, story, (), ("mine",)), output.adding(store, story)):
            with pytest.raises(BadSettings, match="Another storyforge is working on this film"), work:
                raise AssertionError("not alone")
        draft = Output(output.folder / "draft", output.folder)
        with draft.making(store, story, (), ("draft",)):
            pass
        other.kill()
    with output.making(store, story, (), ("mine",)):
        pass
    assert (again(output).ledger.others, again(draft).ledger.others) == (("mine",), ("draft",))


def test_a_program_that_waited_its_turn_adds_to_what_the_other_has_written(
    store: Store, output: Output, story: Path
) -> None:
    waiting = again(output)
    with output.alone(), output.adding(store, story):
        output.note("theirs")
    with waiting.adding(store, story):
        waiting.note("ours")
    assert set(again(output).ledger.others) == {"theirs", "ours"}


def test_what_was_made_within_the_hour_is_not_spare(store: Store, tmp_path: Path) -> None:
    kept(store, "key", "text")
    orphan = kept(store, "forgotten", "another")
    store.forget("forgotten")
    young = inventory(store, tmp_path / "output", now=time.time() + 3000)
    assert (young.spare_keys, young.spare_files) == ([], [])
    old = inventory(store, tmp_path / "output", now=time.time() + 4000)
    assert old.spare_keys == ["key"]
    assert store.path(orphan) in old.spare_files
    remove_spare(store, old)
    assert list(store.objects()) == []


def test_nothing_is_removed_while_a_ledger_cannot_be_read(store: Store, output: Output) -> None:
    kept(store, "key", "text")
    written(output.folder / "ledger.json", "{")
    with pytest.raises(BadSettings, match="render that story again"):
        spare(store, output.folder.parent)


def test_films_in_other_folders_with_the_same_store_are_known(store: Store, tmp_path: Path, story: Path) -> None:
    kept(store, "key", "text")
    with Output(tmp_path / "elsewhere/fox").making(store, story, (), ("key",)):
        pass
    assert spare(store, tmp_path / "output") == []


def test_a_second_cut_of_ones_own_does_not_replace_the_first(store: Store, output: Output) -> None:
    film = output.folder / "film.mp4"
    for number in (1, 2, 3):
        film.write_text(f"my cut {number}")
        output.publish(store, kept(store, "film", "the film", ".mp4"), "film.mp4")
    names = ("film.yours.mp4", "film.yours-2.mp4", "film.yours-3.mp4")
    assert [(output.folder / name).read_text() for name in names] == ["my cut 1", "my cut 2", "my cut 3"]
    assert film.read_text() == "the film"


def test_a_film_of_ours_is_known_without_a_ledger(store: Store, output: Output) -> None:
    output.publish(store, kept(store, "first", "the first film", ".mp4"), "film.mp4")
    later = again(output)
    later.publish(store, kept(store, "second", "the second film", ".mp4"), "film.mp4")
    assert later.notes == []
    assert [path.name for path in output.folder.iterdir()] == ["film.mp4"]


def test_edited_subtitles_are_kept_and_our_own_replaced(store: Store, output: Output) -> None:
    output.publish_text(store, "ours", "film.srt")
    output = again(output)
    output.publish_text(store, "ours, too", "film.srt")
    assert output.notes == []
    (output.folder / "film.srt").write_text("mine")
    output.publish_text(store, "ours again", "film.srt")
    assert (output.folder / "film.yours.srt").read_text() == "mine"
    assert (output.folder / "film.srt").read_text() == "ours again"


def test_a_picture_painted_over_stays_when_the_story_gets_shorter(store: Store, output: Output) -> None:
    for number in (1, 2, 3):
        output.publish(store, kept(store, str(number), str(number), ".png"), f"pictures/scene-00{number}.png")
    (output.folder / "pictures/scene-003.png").write_text("mine")
    output.drop_other_pictures(store, {"pictures/scene-001.png"})
    assert sorted(path.name for path in (output.folder / "pictures").iterdir()) == ["scene-001.png", "scene-003.png"]


def test_two_stories_of_one_name_do_not_share_a_folder(tmp_path: Path) -> None:
    first = written(tmp_path / "a/fox.yaml", "title: A\nstory: A fox.\n")
    second = written(tmp_path / "b/fox.yaml", "title: B\nstory: Another fox.\n")
    film = render(first, settings_for(tmp_path))
    before = file_digest(film.path)
    with pytest.raises(BadSettings, match="--output"):
        render(second, settings_for(tmp_path))
    assert file_digest(film.path) == before
    first.unlink()  # moved away, or renamed
    render(second, settings_for(tmp_path))


def test_a_draft_does_not_take_the_storyboard_of_another_story(tmp_path: Path) -> None:
    first = written(tmp_path / "a/fox.yaml", "title: A\nstory: A fox.\n")
    second = written(tmp_path / "b/fox.yaml", "title: B\nstory: Another fox.\n")
    render(first, settings_for(tmp_path))
    board = tmp_path / "output/fox/storyboard.yaml"
    before = board.read_bytes()
    with pytest.raises(BadSettings, match="--output"):
        render(second, settings_for(tmp_path, draft=True))
    assert board.read_bytes() == before


def test_the_film_of_another_story_does_not_take_the_storyboard_of_a_draft(tmp_path: Path) -> None:
    first = written(tmp_path / "a/fox.yaml", "title: A\nstory: A fox.\n")
    second = written(tmp_path / "b/fox.yaml", "title: B\nstory: Another fox.\n")
    render(first, settings_for(tmp_path, draft=True))
    before = (tmp_path / "output/fox/storyboard.yaml").read_bytes()
    with pytest.raises(BadSettings, match="--output"):
        render(second, settings_for(tmp_path))
    assert (tmp_path / "output/fox/storyboard.yaml").read_bytes() == before


def test_every_error_of_a_scene_is_told_and_the_same_one_once() -> None:
    one, two = BackendFailed("no voice"), BackendFailed("no picture")
    error = failed_scenes([("scene 2", one), ("scene 2", two), ("scene 2", BackendFailed("no voice"))])
    assert error.cause.startswith("A part of the film")
    assert str(error).count("scene 2: no voice") == str(error).count("scene 2: no picture") == 1


def told_of_all_scenes(path: Path, height: int, capsys: pytest.CaptureFixture[str]) -> str:
    count = len(Output(path.parent / "output" / path.stem).ledger.scenes)
    for number in range(1, count + 1):
        why(number, path, settings_for(path.parent, height=height), {"illustrator": "paper", "narrator": "espeak"})
    return capsys.readouterr().out


def test_why_compares_each_line_with_itself_after_a_change(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path / "mitten.yaml", STORY)
    render(path, settings_for(tmp_path))
    path.write_text(STORY.replace("shook his head", "laughed"), "utf-8")
    told = told_of_all_scenes(path, 144, capsys)
    assert "≠ text: The bear shook his head. → The bear laughed." in told
    assert told.count("≠ text:") == 1
    render(path, settings_for(tmp_path))
    assert "≠" not in told_of_all_scenes(path, 144, capsys)
    assert "brief.width" in told_of_all_scenes(path, 180, capsys)


def test_scenes_with_the_same_words_have_each_their_own_entry(tmp_path: Path) -> None:
    same = tuple(SceneEntry(text="Tick.", picture=picture) for picture in ("one", "two"))
    ledger = Ledger(scenes=(*same, SceneEntry(text="Tock.", picture="three")))
    found = [entry_for(ledger, text, number) for text, number in (("Tick.", 2), ("Tock.", 1), ("New.", 3), ("New.", 4))]
    assert [entry.picture if entry else None for entry in found] == ["two", "three", "three", None]

"""The whole way from a story file to a film, with everything real and small."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from storyforge.board_file import read_board
from storyforge.commands.clean import inventory, remove_spare
from storyforge.errors import BadStory, ScenesFailed
from storyforge.film import Film
from storyforge.output import Output
from storyforge.rendering.soundtrack import measure
from storyforge.runner import Event
from storyforge.store import DAY, Store, file_digest
from tests.films import STORY, described, frame_times, made, render, seconds_of, settings_for

FPS = 12


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("film")
    (folder / "mitten.yaml").write_text(STORY, "utf-8")
    return folder


@pytest.fixture(scope="module")
def film(folder: Path) -> Film:
    return render(folder / "mitten.yaml", settings_for(folder))


@pytest.fixture
def fresh(folder: Path, film: Film, tmp_path: Path) -> Iterator[Path]:
    """A copy of the folder with everything made, to change at will. The store keeps nobody's path, so it can move."""
    import shutil

    shutil.copytree(folder, tmp_path / "copy")
    yield tmp_path / "copy"


def test_the_film_has_picture_sound_subtitles_and_chapters(film: Film) -> None:
    told = described(film.path)
    assert re.search(r"Video: h264 .*yuv420p\(tv, bt709.*, 256x144.*, 12 fps", told), told
    assert re.search(r"Audio: aac .*48000 Hz, stereo", told), told
    assert re.search(r"Subtitle: mov_text", told), told
    assert len(re.findall(r"Chapter #0", told)) == film.scenes + 2
    assert re.search(r"title +: The Lost Mitten", told)


def test_every_frame_is_in_its_place_and_sound_is_as_long_as_picture(film: Film) -> None:
    frames = round(film.seconds * FPS)
    assert frame_times(film.path) == list(range(frames))
    assert abs(seconds_of(film.path, "a") - film.seconds) <= 1 / FPS


def test_subtitles_tell_the_story_and_nothing_else(film: Film) -> None:
    srt = film.path.with_name("film.srt").read_text("utf-8")
    told = " ".join(line for line in srt.splitlines() if line and "-->" not in line and not line.isdigit())
    story = STORY.partition("story: |\n")[2]
    assert told.split() == story.split()


def test_pictures_and_the_storyboard_lie_beside_the_film(film: Film) -> None:
    beside = {path.name for path in film.path.parent.iterdir()}
    assert {"film.mp4", "film.srt", "storyboard.yaml", "pictures"} <= beside
    pictures = sorted((film.path.parent / "pictures").iterdir())
    assert [path.name for path in pictures] == [f"scene-{n:03}.png" for n in range(1, film.scenes + 1)]
    with Image.open(pictures[0]) as picture:
        assert picture.size == (298, 168)


def test_running_again_makes_nothing(fresh: Path) -> None:
    events: list[Event] = []
    before = (fresh / "output/mitten/film.mp4").stat()
    render(fresh / "mitten.yaml", settings_for(fresh), events)
    assert made(events) == {}
    assert (fresh / "output/mitten/film.mp4").stat().st_mtime_ns == before.st_mtime_ns


def test_changing_one_sentence_makes_one_scene_and_its_neighbours_dissolve(fresh: Path) -> None:
    path = fresh / "mitten.yaml"
    path.write_text(STORY.replace("shook his head", "laughed and laughed"), "utf-8")
    events: list[Event] = []
    film = render(path, settings_for(fresh), events)
    stages = made(events)
    changed = next(n for n, scene in enumerate(_scenes(fresh), 1) if "laughed" in scene)
    assert {scene for stage, scene in stages if stage in ("draw", "speak")} <= {changed}
    assert {scene for stage, scene in stages if stage == "shoot"} <= {changed - 1 or None, changed, changed + 1}
    assert stages["mix", None] == stages["join", None] == 1
    assert film.scenes == len(_scenes(fresh))


def _scenes(folder: Path) -> list[str]:
    return [scene.text for scene in read_board(folder / "output/mitten/storyboard.yaml").board.scenes]


def test_an_edited_storyboard_is_obeyed_and_draws_one_picture(fresh: Path) -> None:
    board = fresh / "output/mitten/storyboard.yaml"
    text = board.read_text("utf-8")
    first = text.index("place:")
    board.write_text(text[:first] + re.sub(r"place: \w+", "place: space", text[first:], count=1), "utf-8")
    before = file_digest(fresh / "output/mitten/pictures/scene-001.png")
    events: list[Event] = []
    render(fresh / "mitten.yaml", settings_for(fresh), events)
    assert {scene for stage, scene in made(events) if stage == "draw"} == {1, None}  # and the title card over it
    assert file_digest(fresh / "output/mitten/pictures/scene-001.png") != before
    assert any("storyboard.yaml, which was edited" in event.text for event in events)


def test_edits_survive_a_change_of_the_story(fresh: Path) -> None:
    board = fresh / "output/mitten/storyboard.yaml"
    board.write_text(board.read_text("utf-8").replace("time: dawn", "time: sunset"), "utf-8")
    (fresh / "mitten.yaml").write_text(STORY.replace("on his ear", "on his nose"), "utf-8")
    events: list[Event] = []
    render(fresh / "mitten.yaml", settings_for(fresh), events)
    assert any("has changed since you edited" in event.text for event in events)
    found = read_board(board)
    assert found.board.scenes[0].time == "sunset"
    assert "nose" in found.board.text
    assert found.edited


def test_a_picture_of_ones_own_is_used(fresh: Path) -> None:
    Image.new("RGB", (400, 300), "red").save(fresh / "mine.png")
    board = fresh / "output/mitten/storyboard.yaml"
    board.write_text(board.read_text("utf-8").replace("- text:", "- picture: mine.png\n  text:", 1), "utf-8")
    render(fresh / "mitten.yaml", settings_for(fresh))
    assert file_digest(fresh / "output/mitten/pictures/scene-001.png") == file_digest(fresh / "mine.png")


def test_a_picture_that_is_too_small_for_the_film_is_told(fresh: Path) -> None:
    Image.new("RGB", (64, 64), "red").save(fresh / "tiny.png")
    board = fresh / "output/mitten/storyboard.yaml"
    board.write_text(board.read_text("utf-8").replace("- text:", "- picture: tiny.png\n  text:", 1), "utf-8")
    events: list[Event] = []
    render(fresh / "mitten.yaml", settings_for(fresh), events)
    notes = [event.text for event in events if event.kind == "note"]
    assert len([note for note in notes if note.startswith("The picture of scene 1 will look soft: 64 × 64")]) == 1


def test_one_scene_that_fails_does_not_stop_the_others(fresh: Path) -> None:
    (fresh / "broken.png").write_bytes(b"no picture at all")
    board = fresh / "output/mitten/storyboard.yaml"
    whole = board.read_text("utf-8")
    start = whole.index("# scene 2")
    board.write_text(whole[:start] + whole[start:].replace("- text:", "- picture: broken.png\n  text:", 1), "utf-8")
    with pytest.raises(ScenesFailed) as caught:
        render(fresh / "mitten.yaml", settings_for(fresh))
    assert [where for where, _ in caught.value.failures] == ["scene 2"]
    assert "broken.png" in str(caught.value)
    board.write_text(whole, "utf-8")
    events: list[Event] = []
    render(fresh / "mitten.yaml", settings_for(fresh), events)
    assert made(events) == {}


def test_a_missing_picture_of_ones_own_is_told_and_nothing_is_lost(fresh: Path) -> None:
    board = fresh / "output/mitten/storyboard.yaml"
    board.write_text(board.read_text("utf-8").replace("- text:", "- picture: gone.png\n  text:", 1), "utf-8")
    with pytest.raises(ScenesFailed, match=r"gone\.png"):
        render(fresh / "mitten.yaml", settings_for(fresh))


@pytest.mark.parametrize("suffix", [".png", ".wav", ".mp4", ".m4a", ".json"])
def test_damage_in_the_store_is_repaired_and_the_film_is_the_same(fresh: Path, film: Film, suffix: str) -> None:
    for path in (fresh / "output/.store/objects").glob(f"*/*{suffix}"):
        path.write_bytes(path.read_bytes()[:-7])
    again = render(fresh / "mitten.yaml", settings_for(fresh))
    assert file_digest(again.path) == file_digest(film.path)


def test_a_film_that_someone_else_changed_is_kept_under_another_name(fresh: Path, film: Film) -> None:
    mine = fresh / "output/mitten/film.mp4"
    mine.write_bytes(b"my own cut")
    render(fresh / "mitten.yaml", settings_for(fresh))
    assert file_digest(mine) == file_digest(film.path)
    assert mine.with_name("film.yours.mp4").read_bytes() == b"my own cut"


def test_cleaning_takes_what_no_film_needs_and_nothing_else(fresh: Path) -> None:
    (fresh / "mitten.yaml").write_text(STORY.replace("shook his head", "laughed"), "utf-8")
    render(fresh / "mitten.yaml", settings_for(fresh))
    store = Store(fresh / "output/.store")
    assert inventory(store, fresh / "output", now=time.time()).spare_files == []
    found = inventory(store, fresh / "output", now=time.time() + DAY)
    assert found.spare_files
    remove_spare(store, found)
    events: list[Event] = []
    render(fresh / "mitten.yaml", settings_for(fresh), events)
    assert made(events) == {}
    assert inventory(store, fresh / "output", now=time.time() + DAY).spare_files == []


def test_the_ledger_names_every_task_of_the_film(folder: Path, film: Film) -> None:
    keys = Output(folder / "output/mitten").ledger.keys()
    assert keys == {key for key, _ in Store(folder / "output/.store").records()}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "🦊🐻✨"),
        ("en", "word " * 60),
        ("en", "…"),
        ("ar", "كان يا ما كان، ثعلب صغير يعيش في الغابة. قال الثعلب: «أين أنت؟»"),
        ("he", "היה היה שועל קטן ביער."),
        ("cmn", "从前有一只小狐狸。“你好！”小狐狸说。"),
        ("en", "A\u200dB \ufeff\u2028 \x07 zero-width and a bell."),
    ],
    ids=["only emoji", "no sentences", "only dots", "Arabic", "Hebrew", "Chinese", "odd characters"],
)
def test_any_text_becomes_a_film(language: str, text: str, tmp_path: Path) -> None:
    path = tmp_path / "odd.yaml"
    path.write_text(json.dumps({"title": text[:20], "language": language, "story": text}, ensure_ascii=False), "utf-8")
    film = render(path, settings_for(tmp_path))
    assert film.scenes >= 1
    assert frame_times(film.path)[-1] == round(film.seconds * FPS) - 1


def test_an_empty_story_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    path = tmp_path / "empty.yaml"
    path.write_text("title: T\nstory: |\n  \n", "utf-8")
    with pytest.raises(BadStory, match="nothing to tell"):
        render(path, settings_for(tmp_path))
    assert not (tmp_path / "output").exists()


@pytest.mark.parametrize(("aspect", "size"), [("9:16", "144x256"), ("1:1", "144x144"), ("4:3", "192x144")])
def test_a_film_can_have_another_shape(aspect: str, size: str, tmp_path: Path) -> None:
    path = tmp_path / "shape.yaml"
    path.write_text(f"title: T\naspect: '{aspect}'\nstory: A fox ran through the forest.\n", "utf-8")
    assert f", {size}" in described(render(path, settings_for(tmp_path)).path)


def test_at_bedtime_a_film_is_longer_softer_and_ends_slowly(folder: Path, film: Film, tmp_path: Path) -> None:
    (tmp_path / "mitten.yaml").write_text(STORY + "bedtime: true\n", "utf-8")
    events: list[Event] = []
    slow = render(tmp_path / "mitten.yaml", settings_for(tmp_path), events)
    assert slow.seconds > 1.15 * film.seconds
    assert measure(slow.path).loudness < measure(film.path).loudness - 2
    again: list[Event] = []
    render(tmp_path / "mitten.yaml", settings_for(tmp_path), again)
    assert not made(again)

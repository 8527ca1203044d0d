"""Portraits: drawn once, shown on sheets, approved without losing anything, and found under any name."""

from __future__ import annotations

import asyncio
import io
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, ClassVar

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from PIL import Image
from pydantic import TypeAdapter, ValidationError

from storyforge.backend import Illustrator, Progress, Unkeyed, unseen
from storyforge.commands.portraits import portraits
from storyforge.errors import BackendFailed, BadSettings, BadStory, ScenesFailed, UnknownName
from storyforge.illustration.paper import Paper
from storyforge.output import Output
from storyforge.portraits import (
    approve,
    chosen,
    draw_portraits,
    file_name,
    portrait_brief,
    portrait_of,
    portrait_tasks,
    withdraw,
)
from storyforge.runner import LocalRunner
from storyforge.store import Store
from storyforge.story import Key, Story
from storyforge.story_file import StoryFile, load_story
from storyforge.storyboard import Brief
from tests.films import settings_for

STORY = """\
title: Fox
style: watercolour
seed: 7
cast:
  mira: {looks: a small girl with black pigtails, lora: {file: mira.safetensors, trigger: mrx}}
  old_bear: {name: Bruno, looks: a big brown bear}
story: Mira met Bruno.
"""


class Painter(Illustrator):
    """Paints one colour a seed; refuses the seeds in `ill`, and notes in the file `log` what it was asked for."""

    name: ClassVar[str] = "painter"
    log: Annotated[str, Unkeyed]
    ill: Annotated[tuple[int, ...], Unkeyed] = ()

    def draw(self, brief: Brief, portraits: Mapping[str, bytes] = {}, progress: Progress = unseen) -> bytes:
        if brief.seed in self.ill:
            raise BackendFailed("no paint left", "buy some")
        with Path(self.log).open("a") as log:
            log.write(f"{brief.roles[0].who} {brief.seed}\n")
        file = io.BytesIO()
        colour = (brief.seed * 40 % 256, 90, len(brief.roles[0].who) * 20)
        Image.new("RGB", (brief.width // 8, brief.height // 8), colour).save(file, "PNG")
        return file.getvalue()


@pytest.fixture
def file(tmp_path: Path) -> StoryFile:
    (tmp_path / "fox.yaml").write_text(STORY)
    return load_story(tmp_path / "fox.yaml")


@pytest.fixture
def output(tmp_path: Path) -> Output:
    return Output(tmp_path / "output/fox")


def asked(tmp_path: Path) -> list[str]:
    log = tmp_path / "log"
    return sorted(log.read_text().splitlines()) if log.exists() else []


def draw(file: StoryFile, output: Output, who: tuple[str, ...] = (), takes: int = 2, **fields: object) -> list[str]:
    """Draws with a Painter; the sheets' names."""
    painter = Painter.model_validate({"log": str(file.folder / "log"), **fields})
    tasks = portrait_tasks(file.story, chosen(file.story, who), takes, painter)
    store = Store(file.folder / "output/.store")
    with LocalRunner(store) as runner, output.adding(store, file.path, lasting=True):
        places = asyncio.run(draw_portraits(file.story, tasks, runner, output))
    return [place.relative_to(output.folder).as_posix() for place in places]


def take(output: Output, key: str, number: int) -> bytes:
    return (output.folder / f"portraits/{key}-{number}.png").read_bytes()


def own(file: StoryFile, name: str, content: bytes = b"my own drawing") -> Path:
    path = file.folder / "portraits" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    return path


# What is asked for


def test_a_portrait_shows_one_of_the_cast_alone_with_all_that_scenes_give_it(file):
    brief = portrait_brief(file.story, "old_bear", 1)
    assert [role.character for role in brief.roles] == [file.story.cast["old_bear"]]
    assert "Bruno" in brief.action and "full figure" in brief.action and "front view" in brief.action
    assert (brief.place, brief.prompt, brief.style.prompt) == ("", None, "watercolour")
    assert portrait_brief(file.story, "mira", 1).roles[0].character.lora == file.story.cast["mira"].lora


def test_it_is_upright_and_has_a_megapixel_in_sides_that_models_like(file):
    brief = portrait_brief(file.story, "mira", 1)
    assert brief.width * 4 == brief.height * 3 and 0.95e6 < brief.width * brief.height < 1.05e6
    assert brief.width % 16 == brief.height % 16 == 0


def test_each_take_has_the_next_seed_and_the_largest_seed_has_one_after_it(file):
    assert [portrait_brief(file.story, "mira", number).seed for number in (1, 2, 3)] == [7, 8, 9]
    last = file.story.model_copy(update={"seed": 2**63 - 1})
    assert portrait_brief(last, "mira", 2).seed == 0


def test_the_paper_theatre_draws_a_portrait_with_the_character_in_it(file):
    brief = portrait_brief(file.story, "mira", 1, (144, 192))
    alone = brief.model_copy(update={"roles": ()})
    picture = Image.open(io.BytesIO(Paper().draw(brief)))
    assert picture.size == (144, 192)
    assert picture.tobytes() != Image.open(io.BytesIO(Paper().draw(alone))).tobytes()


# Who is meant


def test_nobody_named_means_everybody_and_names_do_as_well_as_keys(file):
    assert chosen(file.story, ()) == ("mira", "old_bear")
    assert chosen(file.story, ["Bruno", "MIRA", "mira"]) == ("old_bear", "mira")


def test_whoever_is_not_in_the_cast_is_told_with_what_was_meant(file):
    with pytest.raises(UnknownName, match="did you mean mira"):
        chosen(file.story, ["mirra"])
    with pytest.raises(UnknownName, match="there are: mira, old_bear"):
        chosen(file.story, ["xyz"])


def test_a_story_without_a_cast_is_told_where_to_write_one():
    with pytest.raises(BadStory, match="under `cast:`"):
        chosen(Story(title="Fox", story="Once."), ())


# Drawing


def test_every_take_is_published_beside_the_film_with_sheets_to_pick_from(file, output):
    assert draw(file, output) == ["portraits.jpg", "portraits/mira.jpg", "portraits/old_bear.jpg"]
    names = {path.name for path in (output.folder / "portraits").iterdir()}
    assert names == {"mira-1.png", "mira-2.png", "mira.jpg", "old_bear-1.png", "old_bear-2.png", "old_bear.jpg"}
    assert take(output, "mira", 1) != take(output, "mira", 2)


def test_nothing_is_drawn_twice_and_more_takes_draw_only_those(file, output, tmp_path):
    draw(file, output)
    draw(file, Output(output.folder))
    draw(file, Output(output.folder), ("mira",), takes=3)
    assert asked(tmp_path) == ["mira 7", "mira 8", "mira 9", "old_bear 7", "old_bear 8"]


def test_the_ledger_names_the_portraits_once_so_that_clean_spares_them(file, output):
    draw(file, output)
    first = Output(output.folder).ledger
    draw(file, Output(output.folder))
    tasks = portrait_tasks(file.story, file.story.cast, 2, Painter(log="another"))
    assert {task.key for task in tasks.values()} <= first.keys()
    assert Output(output.folder).ledger == first


def test_the_sheet_of_everybody_is_left_alone_when_one_is_drawn_again(file, output):
    draw(file, output)
    before = (output.folder / "portraits.jpg").read_bytes()
    assert draw(file, output, ("mira",), takes=4) == ["portraits/mira.jpg"]
    assert (output.folder / "portraits.jpg").read_bytes() == before


def test_a_take_that_fails_is_told_and_does_not_stop_the_others(file, output, tmp_path):
    with pytest.raises(ScenesFailed, match="2 of 4 portraits") as told:
        draw(file, output, ill=(8,))
    assert "Bruno, take 2: no paint left" in str(told.value)
    assert take(output, "mira", 1) and (output.folder / "portraits/mira.jpg").exists()
    draw(file, output)
    assert asked(tmp_path) == ["mira 7", "mira 8", "old_bear 7", "old_bear 8"]


def test_when_nothing_could_be_drawn_there_is_no_sheet_of_empty_frames(file, output):
    with pytest.raises(ScenesFailed):
        draw(file, output, ill=(7, 8))
    assert not (output.folder / "portraits.jpg").exists()


def test_the_command_draws_with_paper_and_says_how_to_pick(file, tmp_path, capsys):
    settings = settings_for(tmp_path)
    portraits(file.path, ["Bruno"], settings, {"illustrator": "paper"}, takes=1)
    told = capsys.readouterr().out
    assert f"storyforge pick old_bear 1 {file.path}" in told and "old_bear.jpg" in told.replace("\n", "")
    with Image.open(tmp_path / "output/fox/portraits/old_bear-1.png") as picture:
        assert picture.size == (864, 1152)
    with pytest.raises(BadSettings, match="1 to 16"):
        portraits(file.path, [], settings, {"illustrator": "paper"}, takes=0)


# Approving


def test_an_approved_take_is_the_portrait_of_its_character_and_of_no_other(file, output):
    draw(file, output)
    assert portrait_of(file, "mira", False) is None
    place = approve(file, output, "mira", 2)
    assert place == file.folder / "portraits/mira.png"
    assert place.read_bytes() == take(output, "mira", 2)
    assert portrait_of(file, "mira", False) == place.resolve() and portrait_of(file, "old_bear", False) is None


def test_a_pick_can_be_undone_and_done_again(file, output):
    draw(file, output)
    place = approve(file, output, "mira", 1)
    assert withdraw(file, "mira") is None
    approve(file, output, "mira", 2)
    assert place.with_name("mira.before.png").read_bytes() == take(output, "mira", 1)
    for number in (1, 2, 1):
        assert withdraw(file, "mira") == place
        assert place.read_bytes() == take(output, "mira", number)
    assert {path.name for path in place.parent.iterdir()} == {"mira.png", "mira.before.png"}


@pytest.mark.parametrize("name", ["mira.png", "mira.jpg", "mira.webp"])
def test_the_users_own_picture_survives_any_number_of_picks(file, output, name):
    draw(file, output, takes=3)
    own(file, name)
    for number in (1, 2, 3, 1):
        approve(file, output, "mira", number)
    kept = [path for path in (file.folder / "portraits").iterdir() if path.read_bytes() == b"my own drawing"]
    assert len(kept) == 1
    assert portrait_of(file, "mira", False).read_bytes() == take(output, "mira", 1)


def test_a_portrait_of_another_kind_comes_back_as_that_kind(file, output):
    draw(file, output)
    mine = own(file, "mira.jpg")
    approve(file, output, "mira", 1)
    assert not mine.exists()
    for _ in range(2):
        assert withdraw(file, "mira") == mine and mine.read_bytes() == b"my own drawing"
        assert portrait_of(file, "mira", False) == mine.resolve()
        assert withdraw(file, "mira").read_bytes() == take(output, "mira", 1)


def test_the_stories_of_a_series_share_the_portraits_of_their_cast_file(tmp_path, output):
    (tmp_path / "cast").mkdir()
    (tmp_path / "cast/foxes.yaml").write_text("mira: {looks: a small girl}")
    for name in ("fox", "second"):
        (tmp_path / f"{name}.yaml").write_text(f"title: {name}\ncast: cast/foxes.yaml\nstory: Mira slept.\n")
    first, second = load_story(tmp_path / "fox.yaml"), load_story(tmp_path / "second.yaml")
    draw(first, output)
    place = approve(first, output, "mira", 1)
    assert place == (tmp_path / "cast/portraits/mira.png").resolve() == portrait_of(second, "mira", False)


def test_picking_the_same_again_changes_nothing(file, output):
    draw(file, output)
    own(file, "mira.png")
    approve(file, output, "mira", 1)
    before = {path: path.stat().st_mtime_ns for path in (file.folder / "portraits").iterdir()}
    approve(file, output, "mira", 1)
    assert {path: path.stat().st_mtime_ns for path in (file.folder / "portraits").iterdir()} == before


def test_takes_and_characters_that_are_not_there_are_told(file, output):
    with pytest.raises(UnknownName, match=r"storyforge portraits fox\.yaml mira"):
        approve(file, output, "mira", 1)
    draw(file, output)
    with pytest.raises(UnknownName, match="there are: 1, 2"):
        approve(file, output, "mira", 3)
    with pytest.raises(UnknownName, match="did you mean mira"):
        approve(file, output, "mirra", 1)


def test_a_reference_goes_before_an_approved_portrait_and_is_not_overruled(file, output):
    draw(file, output)
    approve(file, output, "mira", 1)
    (file.folder / "photo.png").write_bytes(b"photo")
    file.path.write_text(STORY.replace("{looks: a small", "{reference: photo.png, looks: a small"))
    changed = load_story(file.path)
    assert portrait_of(changed, "mira", False) == (file.folder / "photo.png").resolve()
    with pytest.raises(BadSettings, match=r"reference: photo\.png"):
        approve(changed, output, "mira", 2)


def test_a_portrait_that_leads_out_of_the_storys_folder_is_read_only_by_leave(file, tmp_path_factory):
    secret = tmp_path_factory.mktemp("elsewhere") / "secret.png"
    secret.write_bytes(b"secret")
    own(file, "x").with_name("mira.png").symlink_to(secret)
    with pytest.raises(BadStory, match="outside"):
        portrait_of(file, "mira", False)
    assert portrait_of(file, "mira", True) == secret.resolve()


def test_a_portraits_folder_that_leads_elsewhere_is_written_only_by_leave(file, output, tmp_path_factory):
    draw(file, output)
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (file.folder / "portraits").symlink_to(elsewhere)
    with pytest.raises(BadStory, match="--outside"):
        approve(file, output, "mira", 1)
    assert not list(elsewhere.iterdir())
    approve(file, output, "mira", 1, outside=True)
    assert (elsewhere / "mira.png").read_bytes() == take(output, "mira", 1)


def test_somebody_called_before_is_not_what_a_pick_goes_back_to(tmp_path, output):
    story = Story.model_validate({"title": "Fox", "story": "Once.", "cast": {"mira.before": {}, "mira": {}}})
    file = StoryFile(tmp_path / "fox.yaml", story)
    draw(file, output)
    approve(file, output, "mira", 1)
    approve(file, output, "mira.before", 2)
    assert withdraw(file, "mira") is None


@pytest.mark.parametrize("key", ["..", "CON", "*", "mira?", "ミラ", "mira.before", "🦊", "%2e%2e", "[mira]"])
def test_hostile_keys_stay_in_their_folders_and_find_their_own_portrait(tmp_path, output, key):
    story = Story.model_validate({"title": "Fox", "story": "Once.", "cast": {key: {}, "mira": {}}})
    file = StoryFile(tmp_path / "fox.yaml", story)
    draw(file, output)
    place = approve(file, output, key, 2)
    assert place.parent == file.folder / "portraits" and portrait_of(file, key, False) == place.resolve()
    assert portrait_of(file, "mira", False) is None
    inside = {path.parent.name for path in output.folder.rglob("*.png")}
    assert inside == {"portraits"}


# File names


def _valid(text: str) -> str | None:
    try:
        return TypeAdapter(Key).validate_python(text)
    except ValidationError:
        return None


ENDINGS = ["", ".", ".txt", "x", ".before", ".BEFORE-2", "..", ".before.x"]

keys = st.one_of(
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=64),
    st.text('con.aux-1%?<>|"*é\u0301', min_size=1, max_size=8),
    st.builds("{}{}".format, st.sampled_from("con AUX nul Com1 lpt¹ conin$ mira".split()), st.sampled_from(ENDINGS)),
).filter(lambda text: _valid(text) == text)


@given(keys)
def test_a_file_name_is_one_that_every_system_takes(key):
    name = file_name(key)
    assert not re.search(r'[\x00-\x1f<>:"/\\|?*]', name) and not name.endswith((".", " ")) and name not in ("", "..")
    reserved = {"CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in "0123456789¹²³")}
    assert name.split(".")[0].upper() not in reserved | {"CONIN$", "CONOUT$"}
    assert len(f".{name}-123456.4194304-01234567.part.png".encode()) <= 255


@given(keys, keys)
def test_different_keys_have_different_names_and_none_is_anothers_portrait_before(one, other):
    same = unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", other)
    assert (file_name(one) == file_name(other)) == same
    assume(not same)
    assert file_name(one).lower() != f"{file_name(other)}.before".lower()


@pytest.mark.parametrize("key", ["mira", "old_bear", "Mr.Fox", "лиса", "ミラ", "می\u200cرا", "mira-2", "e\u0301va"])
def test_ordinary_keys_in_any_script_are_their_own_names(key):
    Story.model_validate({"title": "Fox", "story": "x", "cast": {key: {}}})
    assert file_name(key) == unicodedata.normalize("NFC", key)

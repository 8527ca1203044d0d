"""Help with the cast: who is in a story and what is told of them, voices that fit, and a file that stays as it was."""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from storyforge.backend import Proposal
from storyforge.cast_writing import with_cast, with_characters
from storyforge.cast_yaml import Entry, cast_block
from storyforge.cli import main
from storyforge.commands.voicing import with_voices
from storyforge.errors import BadStory
from storyforge.narration.espeak import Espeak
from storyforge.planning.rules import Rules
from storyforge.story import Character, Story
from storyforge.story_file import load_story

ENTRIES = (
    Entry(key="pip", character=Character(looks="a small fox, red", voice="f2"), notes=("the story says: a fox",)),
    Entry(key="null", character=Character(name="Null", aliases=("a, b", "x: y"), looks="yes # no")),
)
Write = Callable[[str, str | bytes], Path]


def proposed(text: str, **fields: Any) -> dict[str, Proposal]:
    found = Rules().propose(Story(title="Test", story=text, **fields))
    return {each.key: each for each in found}


def looks(text: str, **fields: Any) -> str:
    [one] = proposed(text, **fields).values()
    return one.character.looks


# ---- what the rules find in the text


def test_a_name_with_its_kind_and_clothes() -> None:
    found = proposed("A small red fox named Pip sat in the grass. She tied her yellow scarf. “Hello,” said Pip.")
    assert [*found] == ["pip"]
    assert found["pip"].character.looks.startswith("a small red fox with a yellow scarf and ")
    assert found["pip"].character.pronouns == "she"
    assert found["pip"].told == ("small red fox", "yellow scarf")


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("Tom wore a blue hat and green boots.", "a blue hat, green boots"),
        ("Tom came with a long white beard.", "a long white beard"),
        ("Tom’s striped jumper was warm.", "a striped jumper"),
        ("Tom laughed in his yellow raincoat.", "a yellow raincoat"),
        ("Tom had curly red hair, a green coat and a straw hat.", "curly red hair, a green coat"),
    ],
)
def test_what_somebody_wears_and_has(sentence: str, told: str) -> None:
    found = looks(f"“Hello,” said Tom. {sentence}")
    assert all(phrase in found for phrase in told.split(", "))


@pytest.mark.parametrize(
    "sentence",
    ["Tom had no hat.", "“I want a red hat,” said Tom.", "Tom dreamed of a red hat.", "A red hat lay there."],
)
def test_what_nobody_wears_is_not_told(sentence: str) -> None:
    assert proposed(f"“Hello,” said Tom. {sentence}")["tom"].told == ()


def test_a_hungry_fox_is_not_hungry_in_every_picture() -> None:
    assert proposed("A hungry old fox ran.")["fox"].told == ("old fox",)


def test_a_name_that_is_given_later_belongs_to_who_was_there_before() -> None:
    [bob] = proposed("There was a dragon. He was green and had big teeth. His name was Bob. Bob flew.").values()
    assert bob.key == "bob"
    assert bob.character.looks.startswith("a green dragon with big teeth")
    assert proposed("Es war einmal ein Drache. Er war grün. Sein Name war Bob.", language="de").keys() == {"bob"}


def test_the_old_owl_must_be_hugo_where_nobody_else_can_be() -> None:
    text = "“Hello,” said Tilly. She sat. “Hm,” said Hugo. He read. “Who?” asked the old owl. He yawned."
    found = proposed(text)
    assert found.keys() == {"tilly", "hugo"}
    assert found["hugo"].character.aliases == ("the old owl",)
    assert "owl" in found["hugo"].character.looks


def test_titles_are_aliases_and_tell_who_somebody_is() -> None:
    plum = proposed("Mrs Plum opened the door. “Tea?” asked Mrs Plum.")["plum"].character
    assert plum.aliases == ("Mrs Plum",)
    assert plum.pronouns == "she"
    assert "woman" in plum.looks


def test_whatever_speaks_is_somebody() -> None:
    found = proposed("“Good night,” sighed the Moon, and he glowed. “Tea!” said the little teapot.")
    assert found.keys() == {"moon", "teapot"}
    assert found["moon"].character.pronouns == "he"
    assert not proposed("“Boo,” said a slow voice. “Who?” said the other.")


def test_german_clothes_are_told_in_english() -> None:
    pieks = proposed("Ein kleiner Igel namens Pieks trug eine rote Mütze. Er lachte.", language="de")["pieks"]
    assert pieks.character.looks.startswith("a small brown hedgehog with a red hat") or "sandy" in pieks.character.looks
    assert pieks.told == ("kleiner Igel", "rote Mütze")


def test_the_most_important_come_first_and_those_in_the_cast_are_left_out() -> None:
    text = "“Hi,” said Mia. “Hi,” said Bo.\n\nMia ran.\n\nMia sat down.\n\n“Hi,” said Mia. A snail came by."
    assert [*proposed(text)] == ["mia", "bo", "snail"]
    assert [*proposed(text, cast={"mia": Character()})] == ["bo", "snail"]


def test_a_story_without_anybody_has_no_cast() -> None:
    assert proposed("The rain fell on the hills. It was dark.") == {}


def test_two_runs_agree_and_no_two_look_alike() -> None:
    names = "Ana Ben Cleo Dan Eda Finn Gus Hal Ida Jon Kim Leo Mo Ned Oda Pia Quin Ron Sue Tim Uma Vic Wim Xia Yan Zoe"
    text = "\n\n".join(f"“Hello,” said {name}." for name in names.split())
    found = [each.character.looks for each in proposed(text).values()]
    assert len(found) == len(set(found)) == 26
    assert found == [each.character.looks for each in proposed(text).values()]


def test_the_plan_with_the_proposed_cast_finds_the_same_people() -> None:
    for path in sorted(Path("stories").glob("*.yaml")):
        story = load_story(path).story.model_copy(update={"cast": {}})
        cast = {each.key: each.character for each in Rules().propose(story)}
        with_cast = story.model_copy(update={"cast": cast})
        assert Rules().plan(with_cast).extras == {}
        assert Rules().propose(with_cast) == ()


words = (
    "Mia|Bo|the owl| said |. |! |, |\n\n|“|”|„|不|。|🦊| had |a|his|her red scarf|name was|Mrs|and|was|green|with|’s"
)


@given(
    st.lists(st.sampled_from(words.split("|")), min_size=1, max_size=50).map(" ".join),
    st.sampled_from(["en", "de", "zh"]),
)
@settings(max_examples=80)
def test_what_is_told_is_in_the_text_and_what_is_invented_in_the_looks(text: str, language: str) -> None:
    if text.strip():
        flat = " ".join(text.split())
        for each in proposed(text, language=language).values():
            assert all(phrase in flat for phrase in each.told)
            assert all(word in each.character.looks for phrase in each.invented for word in phrase.split())


# ---- voices


def test_everybody_gets_a_voice_of_their_own_that_fits() -> None:
    story = Story(title="T", story="x", cast={"ann": Character(looks="a woman", pronouns="she")})
    people = {"ben": "a boy", "old_ben": "an old man", "king": "a man", "eva": "a small girl"}
    entries = [Entry(key=key, character=Character(looks=looks)) for key, looks in people.items()]
    voiced = with_voices(story, entries, Espeak(pace=0.9))
    cast = {**story.cast, **{each.key: each.character for each in voiced}}
    assert all(each.character.voice for each in voiced)
    heard = Espeak(pace=0.9).cast_voices(story.model_copy(update={"cast": cast}), tuple(cast), {})
    assert len({(voice.name, voice.pitch) for voice in heard.values()}) == len(heard) == 6
    before = Espeak(pace=0.9).cast_voices(story, ("ann",), {})
    assert heard["ann"] == before["ann"]


# ---- the file

HEAD = "# mine\ntitle: T\nlanguage: en # x\n"
FILES = {
    "no cast": f"{HEAD}\n# about the text\nstory: |\n  A fox.\n",
    "no cast, no newline": f"{HEAD}story: A fox.",
    "story first": "story: A fox.\ntitle: T",
    "comment first": "# yaml\nstory: A fox.\ntitle: T\n",
    "anchor": f"{HEAD}cast:\n  a: &a\n    looks: b\nstory: A fox.\n",
    "empty": f"{HEAD}cast: {{}}  # nobody yet\nstory: A fox.\n",
    "last in the file": f"{HEAD}story: A fox.\ncast:\n  a: {{looks: b}}",
    "comments": f"{HEAD}cast:\n  a:\n    looks: b   # c\n    # lora: d\n  # later\n\n# text\nstory: A fox.\n",
    "wide": f"{HEAD}cast:\n    a:\n        looks: b\n\n    c:\n        aliases:\n        - d\n\n\nstory: A fox.\n",
    "folded": f"{HEAD}cast:\n  a:\n    looks: >-\n      b\n      c\n\nstory: A fox.\n",
    "kept": f"{HEAD}cast:\n  a:\n    looks: |+\n      b\n\n\nstory: A fox.\n",
    "braces": f"{HEAD}cast: {{a: {{looks: b}}, c: {{looks: d}} }} # e\nstory: A fox.\n",
    "braces over lines": f"{HEAD}cast: {{\n  a: {{looks: b}},  # e\n  c: {{looks: d}},\n}}\nstory: A fox.\n",
    "json": '{"title": "T", "cast": {"a": {"looks": "b"}}, "story": "A fox."}',
    "json without": '{"title": "T", "story": "A fox."}\n',
    "indented": "  title: T\n  story: A fox.\n",
    "tabs": "title: T\t# tab\ncast:\n  a:\t\n    looks: b\t\nstory: A\tfox.\n",
    "scenes": "title: T\nscenes:\n- text: A fox.\n",
    "document": "%YAML 1.1\n---\ntitle: T\nstory: A fox.\n...\n",
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("line", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_file_means_the_same_with_new_characters_and_keeps_every_byte(
    name: str, line: str, mark: str, write: Write
) -> None:
    text = FILES[name].replace("\n", line)
    before = load_story(write("story.yaml", mark + text)).story
    changed = with_cast(text, ENTRIES)
    after = load_story(write("story.yaml", mark + changed)).story
    new = {entry.key: entry.character for entry in ENTRIES}
    assert after == before.model_copy(update={"cast": {**before.cast, **new}})
    start = next((at for at, (old, new) in enumerate(zip(text, changed, strict=False)) if old != new), len(text))
    kept = text[:start] + changed[len(changed) - (len(text) - start) :]
    if name != "empty":
        assert kept == text
    assert changed.count("\r\n") == (changed.count("\n") if line == "\r\n" else 0)


@pytest.mark.parametrize("line", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "text",
    [
        f"{HEAD}cast:\nstory: A fox.\n",
        f"{HEAD}cast:   # nobody yet\n  # anna?\n\nstory: A fox.\n",
        f"{HEAD}story: A fox.\ncast:",
        f"{HEAD}cast: null # nobody\nstory: A fox.\n",
        "title: T\ncast: ~\nstory: A fox.",
        '{"title": "T", "cast": null, "story": "A fox."}',
        "{title: T, cast: , story: A fox.}",
    ],
)
def test_a_cast_with_nothing_below_it_is_filled_and_comments_stay(text: str, line: str, write: Write) -> None:
    changed = with_cast(text.replace("\n", line), ENTRIES)
    story = load_story(write("story.yaml", changed)).story
    assert story.cast == {entry.key: entry.character for entry in ENTRIES}
    assert story.story.strip() == "A fox."
    assert all(comment in changed for comment in re.findall(r"#.*", text))


def test_fields_stand_as_deep_as_the_others_whatever_the_anchor() -> None:
    text = f"{HEAD}cast:\n  a: &a\n    looks: b\nstory: A fox.\n"
    assert "\n  pip:\n    # the story says: a fox\n    looks: a small fox, red\n" in with_cast(text, ENTRIES[:1])


def test_a_new_cast_stands_above_the_comment_of_the_text() -> None:
    changed = with_cast(FILES["no cast"], ENTRIES[:1])
    assert changed == (
        f"{HEAD}\ncast:\n  pip:\n    # the story says: a fox\n    looks: a small fox, red\n    voice: f2\n\n"
        "# about the text\nstory: |\n  A fox.\n"
    )


def test_new_characters_are_written_as_the_others_are() -> None:
    changed = with_cast(FILES["wide"], ENTRIES[:1])
    assert "        - d\n\n    pip:\n        # the story says: a fox\n        looks: a small fox, red\n" in changed
    assert "    # lora: d\n  pip:\n    # the story" in with_cast(FILES["comments"], ENTRIES[:1])


@pytest.mark.parametrize("text", ["title: T", "- a", "a: [", "title: T\nstory: x\ncast: 7", "? story\n: x"])
def test_where_there_is_no_place_the_reason_is_told(text: str) -> None:
    with pytest.raises(BadStory, match="no place for new characters"):
        with_cast(text, ENTRIES)


hostile = st.text(min_size=1, max_size=20) | st.sampled_from(
    [
        "null",
        "yes",
        "~",
        "12",
        "1e3",
        "2026-01-01",
        "a: b",
        "a #b",
        "- x",
        "{x",
        "*a",
        "&a",
        "!x",
        "'",
        '"',
        "a\nb",
        "\u2028",
        "a,b",
        "<<",
    ]
)


@given(hostile, hostile, st.lists(hostile, max_size=3))
@settings(max_examples=200)
def test_whatever_a_character_is_called_is_read_back(name: str, looks: str, aliases: list[str]) -> None:
    entry = Entry(key="x", character=Character(name=name, looks=looks, aliases=tuple(aliases)), notes=(name, looks))
    found = yaml.safe_load(cast_block([entry]))["cast"]["x"]
    assert found == {"name": name, "looks": looks} | ({"aliases": aliases} if aliases else {})
    braces = yaml.safe_load(with_characters("{}", [entry]))["x"]
    assert braces == found


# ---- the command


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "fox.yaml").write_text("title: Fox\nstory: “Hello,” said Pip. She wore a red hat.\n", "utf-8")
    return tmp_path


def ending(*arguments: str) -> int:
    with pytest.raises(SystemExit) as caught:
        main([*arguments])
    return caught.value.code if isinstance(caught.value.code, int) else 0


CREW = ("--planner", "rules", "--narrator", "espeak")


def test_what_is_printed_can_be_pasted_and_changes_nothing(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (here / "fox.yaml").read_bytes()
    assert ending("cast", "fox.yaml", *CREW) == 0
    told = capsys.readouterr().out
    for line in ("# planner: rules", "# the story says: red hat", "# invented: girl, ", "voice: "):
        assert line in told
    (here / "pasted.yaml").write_text(f"title: T\n{told}\nstory: x\n", "utf-8")
    assert "a red hat" in load_story(here / "pasted.yaml").story.cast["pip"].looks
    assert (here / "fox.yaml").read_bytes() == before


def test_written_into_the_story_with_what_to_do_next(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "fox.yaml").chmod(0o640)
    assert ending("cast", "--write", "fox.yaml", *CREW) == 0
    told = capsys.readouterr().out
    assert "storyforge portraits fox.yaml" in told
    assert "a red hat" in load_story(here / "fox.yaml").story.cast["pip"].looks
    assert stat.S_IMODE((here / "fox.yaml").stat().st_mode) == 0o640 or os.name == "nt"
    assert ending("cast", "fox.yaml", "--write", *CREW) == 0
    assert "not in the cast already" in capsys.readouterr().out


def test_between_braces_it_is_told_what_was_invented(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    story = "title: Fox\ncast: {anna: {looks: a girl}}\nstory: “Hello,” said Pip. She wore a red hat.\n"
    (here / "fox.yaml").write_text(story, "utf-8")
    assert ending("cast", "--write", "fox.yaml", *CREW) == 0
    told = capsys.readouterr().out
    assert "What the story does not tell:\n  Pip: girl, " in told
    assert "# invented" not in told
    (here / "fox.yaml").write_text(story.replace("{anna: {looks: a girl}}", "{\n  anna: {looks: a girl},\n}"), "utf-8")
    assert ending("cast", "--write", "fox.yaml", *CREW) == 0
    assert "after “# invented:” stands" in capsys.readouterr().out
    written = (here / "fox.yaml").read_text("utf-8")
    assert "\n  # the story says: red hat\n  # invented: girl, " in written
    assert load_story(here / "fox.yaml").story.cast.keys() == {"anna", "pip"}


def test_a_json_file_gets_no_comments() -> None:
    text = '{\n  "title": "T",\n  "cast": {\n    "a": {"looks": "b"}\n  },\n  "story": "A fox."\n}'
    assert json.loads(with_cast(text, ENTRIES))["cast"].keys() == {"a", "pip", "null"}


def test_a_cast_left_empty_to_be_filled_is_filled(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "title: Fox\nstyle: comic\ncast:\nstory: “Hello,” said Pip.\n"
    (here / "fox.yaml").write_text(text, "utf-8")
    assert ending("cast", "fox.yaml", *CREW) == 0
    assert "pip:" in capsys.readouterr().out
    assert ending("cast", "--write", "fox.yaml", *CREW) == 0
    assert load_story(here / "fox.yaml").story.cast.keys() == {"pip"}
    (here / "fox.yaml").write_text("title: Fox\ncats:\ncast:\nstory: “Hello,” said Pip.\n", "utf-8")
    assert ending("cast", "fox.yaml", *CREW) == 2
    assert "did you mean `cast`?" in capsys.readouterr().err


def test_a_cast_in_a_file_of_its_own_is_written_there(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    story = "title: Fox\ncast: people.yaml\nstory: “Hello,” said Pip. “Hello,” said Bo.\n"
    (here / "fox.yaml").write_text(story, "utf-8")
    (here / "people.yaml").write_text("# shared\nbo:\n  looks: a boy", "utf-8")
    assert ending("cast", "fox.yaml", "--write", *CREW) == 0
    assert "in people.yaml: Pip" in capsys.readouterr().out
    assert (here / "fox.yaml").read_text("utf-8") == story
    assert (here / "people.yaml").read_text("utf-8").startswith("# shared\nbo:\n  looks: a boy\npip:\n  ")
    assert load_story(here / "fox.yaml").story.cast.keys() == {"bo", "pip"}


def test_where_it_cannot_be_written_it_is_printed_with_the_reason(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "? title\n: Fox\n? story\n: “Hello,” said Pip.\n"
    (here / "fox.yaml").write_text(text, "utf-8")
    assert ending("cast", "fox.yaml", "--write", *CREW) == 2
    told = capsys.readouterr()
    assert "pip:" in told.out
    assert "--write" not in told.out
    assert "no place for new characters" in told.err
    assert (here / "fox.yaml").read_text("utf-8") == text


def test_nobody_is_told(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "rain.yaml").write_text("title: Rain\nstory: The rain fell on the hills.\n", "utf-8")
    assert ending("cast", "rain.yaml", *CREW) == 0
    assert "Nobody was found who could be in a cast" in capsys.readouterr().out


def test_a_language_without_voices_still_gets_a_cast(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "fox.yaml").write_text("title: Fox\nlanguage: xx\ncast: {pip: {}}\nstory: “Hi,” said Pip.\n", "utf-8")
    assert ending("cast", "fox.yaml", *CREW) == 0
    (here / "fox.yaml").write_text(
        "title: Fox\nnarrator: {espeak: {voice: klatt9x}}\nstory: “Hi,” said Pip.\n", "utf-8"
    )
    assert ending("cast", "fox.yaml", "--planner", "rules") == 0
    told = capsys.readouterr().out
    assert "# without voices: espeak has no voice 'klatt9x'" in told
    assert "voice:" not in told.partition("cast:")[2]


def test_the_other_commands_for_the_cast_are_as_they_were(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "fox.yaml").write_text("title: Fox\ncast: {pip: {looks: a fox}}\nstory: Pip ran.\n", "utf-8")
    assert ending("cast", "export", "nobody", "fox.yaml") == 2
    assert "nobody" in capsys.readouterr().err
    assert ending("cast", "--help") == 0
    told = capsys.readouterr().out
    assert "cast STORY [OPTIONS] | COMMAND" in told
    assert "export" in told
    assert ending("cast", "fox.yaml", "--help") == 0
    assert "--write" in capsys.readouterr().out
    assert ending("cast", "missing.yaml") == 2
    assert "There is no file missing.yaml" in capsys.readouterr().err

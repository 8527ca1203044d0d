from __future__ import annotations

import json
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from storyforge.errors import BadStory, CannotWrite
from storyforge.story import Story
from storyforge.story_file import json_schema, load_story, write_new
from tests.conftest import ROOT

GOOD = """\
title: The Lost Mitten
cast:
  mira: {looks: a girl in a yellow raincoat, aliases: [the girl]}
style: watercolour
story: |
  Mira lost a mitten.

  “Where is it?” she asked.
"""


def mistakes(path: Path, **options: bool) -> list[str]:
    with pytest.raises(BadStory) as caught:
        load_story(path, **options)
    return [each.replace(f"{path.parent}/", "") for each in caught.value.mistakes]


def test_a_title_and_a_text_are_enough(write: Any) -> None:
    story = load_story(write("s.yaml", "title: T\nstory: Once.\n")).story
    assert (story.title, story.text, story.language) == ("T", "Once.", "en")


def test_a_style_may_be_a_few_words(write: Any) -> None:
    assert load_story(write("s.yaml", GOOD)).story.style.prompt == "watercolour"


def test_every_mistake_is_told_at_once_with_its_line_and_remedy(write: Any) -> None:
    path = write(
        "s.yaml",
        "title: 7\nlangage: en\npace: fast\naspect: 16:10\nseed: -1\n"
        "cast:\n  mira:\n    look: a girl\n  'my dog': {looks: brown}\nstory: Once.\n",
    )
    found = mistakes(path)
    assert [each.split(" – ")[0] for each in found] == [
        "s.yaml:1: title",
        "s.yaml:2: langage",
        "s.yaml:3: pace",
        "s.yaml:4: aspect",
        "s.yaml:5: seed",
        "s.yaml:8: cast.mira.look",
        "s.yaml:9: cast.my dog",
    ]
    assert found[0].endswith('is 7, not text – put it in quotes: "7"')
    assert found[1].endswith("did you mean `language`?")
    assert found[5].endswith("did you mean `looks`?")
    assert all(each.count(" – ") >= 2 for each in found)


def test_words_that_yaml_takes_for_something_else_stay_words(write: Any) -> None:
    story = load_story(write("s.yaml", "title: 2026-01-01\nlanguage: no\nauthor: 12:30\nstory: Once.\n")).story
    assert (story.title, story.language, story.author) == ("2026-01-01", "no", "12:30")


def test_a_billion_laughs_are_refused_in_under_a_second(write: Any) -> None:
    levels = "abcdefghij"
    text = "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
    text += "".join(f"{b}: &{b} [{','.join(['*' + a] * 10)}]\n" for a, b in pairwise(levels))
    path = write("s.yaml", text + "title: T\nstory: Once.\n")
    started = time.process_time()
    [found] = mistakes(path)
    assert "aliases" in found
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    "text",
    [
        "title: [unclosed\n",
        "title: T\n\tstory: x\n",
        "title: 'T\nstory: x\n",
        "- a\n- list\n",
        "just words\n",
        "",
        "[" * 3000,
        "title: T\nstory: !!python/object/apply:os.system ['touch /tmp/owned']\n",
        "title: T\nstory: x\n---\ntitle: U\nstory: y\n",
        b"\xff\xfe\x00binary\x00",
        "title: T\nstory: 'a \\x00 b'\nfoo: \x01\n",
    ],
)
def test_a_file_that_is_no_story_gets_an_error_and_not_a_crash(write: Any, text: str | bytes) -> None:
    with pytest.raises(BadStory):
        load_story(write("s.yaml", text))


@pytest.mark.parametrize(
    "text",
    [
        "title: " + "[" * 60_000,
        "title: " + "[" * 1_000_000,
        "title: " + "{a: " * 60_000,
        "title:\n" + "".join(f"{' ' * depth}a:\n" for depth in range(1, 3000)),
        "title:\n" + "- " * 100_000,
        "? " * 100_000,
    ],
    ids=["brackets", "a million brackets", "braces", "indented fields", "lists", "keys"],
)
def test_deep_nesting_is_a_mistake_and_not_the_end_of_the_interpreter(write: Any, text: str) -> None:
    started = time.process_time()
    [found] = mistakes(write("s.yaml", text))
    assert found.endswith("is nested too deeply – nest no deeper than 40 levels")
    assert time.process_time() - started < 1


def test_more_fields_than_any_story_has_are_refused_in_seconds(write: Any) -> None:
    started = time.process_time()
    [found] = mistakes(write("s.yaml", "a:\n" * 2_000_000))
    assert "cut the story into parts" in found
    assert time.process_time() - started < 5


def test_a_story_of_two_hundred_thousand_words_is_read_in_under_two_seconds(write: Any) -> None:
    path = write("s.yaml", "title: T\nstory: |\n" + f"  {'word ' * 100}\n\n" * 2000)
    started = time.process_time()
    assert len(load_story(path).story.text.split()) == 200_000
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    "value", ["!!int abc", "!!float q", "!!timestamp x", "!!binary x", "!!set {a}", "!mine 7", "!!bool 7", "!!str 7"]
)
def test_a_tag_is_a_mistake_with_its_line(write: Any, value: str) -> None:
    [found] = mistakes(write("s.yaml", f"title: T\nstory: x\nseed: {value}\n"))
    assert found.startswith("s.yaml:3: ")
    assert value.split()[0] in found
    assert found.endswith("write the value plainly, without a tag")


@pytest.mark.parametrize("value", ["9" * 5000, "-" + "9" * 5000, "9" * 400, "1e999"])
def test_a_number_that_no_computer_holds_is_a_mistake_with_its_line(write: Any, value: str) -> None:
    [found] = mistakes(write("s.yaml", f"title: T\nstory: x\npace: {value}\n"))
    assert found.startswith("s.yaml:3: pace – is too large a number")


def test_a_field_may_be_called_by_a_number_of_any_length(write: Any) -> None:
    [found] = mistakes(write("s.yaml", f"title: T\nstory: x\n? {'9' * 5000}\n: y\n"))
    assert found.startswith("s.yaml:3: 999")
    assert "is no field" in found


@given(st.text(st.sampled_from("abt: -|>'\"[]{}&*!#%@,\n\t0é🦊")))
def test_any_text_is_a_story_or_a_list_of_mistakes(tmp_path_factory: Any, text: str) -> None:
    path = tmp_path_factory.mktemp("any") / "s.yaml"
    path.write_text("title: T\nstory: x\n" + text, "utf-8")
    try:
        assert isinstance(load_story(path).story, Story)
    except BadStory as error:
        assert str(error)


def test_a_key_that_stands_twice_is_a_mistake(write: Any) -> None:
    [found] = mistakes(write("s.yaml", "title: T\nstory: a\nstory: b\n"))
    assert found.startswith("s.yaml:3: story – stands twice")


def test_nothing_to_tell_is_a_mistake(write: Any) -> None:
    assert "nothing to tell" in mistakes(write("s.yaml", "title: T\nstory: ' '\n"))[0]


def test_a_missing_file_names_those_beside_it(write: Any) -> None:
    path = write("eevee-saga.yaml", GOOD)
    with pytest.raises(BadStory, match=r"eevee-saga\.yaml"):
        load_story(path.with_name("eevee-sage.yaml"))


def test_a_cast_file_serves_several_stories(write: Any) -> None:
    write("cast/all.yaml", "mira: {looks: a girl}\n")
    story = load_story(write("s.yaml", "title: T\ncast: cast/all.yaml\nstory: Once.\n")).story
    assert story.cast["mira"].looks == "a girl"


def test_mistakes_in_the_cast_file_are_told_with_its_own_lines(write: Any) -> None:
    write("cast/all.yaml", "mira:\n  looks: a girl\n  lok: a girl\n")
    found = mistakes(write("s.yaml", "title: T\ncast: cast/all.yaml\nstory: Once.\nspeed: 3\n"))
    assert any("all.yaml:3: mira.lok" in each for each in found)
    assert any("s.yaml:4: speed" in each for each in found)


def test_paths_stay_inside_the_storys_folder_unless_the_user_allows_more(write: Any) -> None:
    write("secret.yaml", "mira: {looks: a girl}\n")
    path = write("stories/s.yaml", "title: T\ncast: ../secret.yaml\nstory: Once.\n")
    assert "outside the story's folder" in mistakes(path)[0]
    assert load_story(path, outside=True).story.cast["mira"].looks == "a girl"


def test_a_link_that_leads_outside_is_outside(write: Any, tmp_path: Path) -> None:
    secret = write("secret.yaml", "mira: {looks: a girl}\n")
    path = write("stories/s.yaml", "title: T\ncast: inside.yaml\nstory: Once.\n")
    (path.parent / "inside.yaml").symlink_to(secret)
    assert "outside the story's folder" in mistakes(path)[0]


def test_windows_paths_work_everywhere(write: Any) -> None:
    write("cast/all.yaml", "mira: {looks: a girl}\n")
    story = load_story(write("s.yaml", "title: T\ncast: cast\\all.yaml\nstory: Once.\n")).story
    assert "mira" in story.cast


def test_scenes_cut_by_hand_are_checked_against_the_cast(write: Any) -> None:
    text = "title: T\ncast: {mira: {}}\nscenes:\n- {text: One., characters: [miro]}\n- {text: Two., camera: zoom}\n"
    found = mistakes(write("s.yaml", text))
    assert found[0] == "s.yaml:4: scenes.1.characters – 'miro' is not in the cast – did you mean `mira`?"
    assert found[1].startswith("s.yaml:5: scenes.2.camera – cannot be 'zoom' – there are: push-in")


@pytest.mark.parametrize(
    ("field", "slip", "word"), [("place", "caslte", "castle"), ("time", "nigt", "night"), ("weather", "strom", "storm")]
)
def test_a_slip_of_the_pen_in_a_word_of_the_stage_is_told(write: Any, field: str, slip: str, word: str) -> None:
    [found] = mistakes(write("s.yaml", f"title: T\nscenes:\n- {{text: One., {field}: {slip}}}\n"))
    assert f"did you mean `{word}`" in found


def test_a_word_of_ones_own_for_a_place_is_welcome(write: Any) -> None:
    story = load_story(write("s.yaml", "title: T\nscenes:\n- {text: One., place: lighthouse}\n")).story
    assert story.scenes[0].place == "lighthouse"


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("title: T\n\tstory: x\n", "tab"),
        ("title: My: story\nstory: x\n", "in quotes"),
        ("title: T\nstory: x\ncast: {ann: {looks: grey hair, a green apron}}\n", "put that text in quotes"),
        ("title: T\nstory: x\ncast:\n  ann:\n", "write its fields below it"),
    ],
)
def test_common_slips_in_yaml_have_a_remedy_of_their_own(write: Any, text: str, remedy: str) -> None:
    assert remedy in mistakes(write("s.yaml", text))[0]


def test_the_schema_accepts_what_the_loader_accepts(write: Any) -> None:
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(yaml.safe_load(GOOD), schema)
    jsonschema.validate({"title": "T", "story": "x", "cast": "cast/eevee.yaml", "style": {"prompt": "oil"}}, schema)
    for wrong in ({"story": "x"}, {"title": "T"}, {"title": "T", "story": "x", "sed": 1}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, schema)


def test_the_sample_stories_fit_the_schema_and_name_it() -> None:
    for path in sorted((ROOT / "stories").glob("*.yaml")):
        text = path.read_text("utf-8")
        assert text.startswith("# yaml-language-server: $schema=story.schema.json\n"), path
        jsonschema.validate(yaml.safe_load(text), json_schema())
        load_story(path)


def test_a_new_story_file_is_a_story_already(tmp_path: Path) -> None:
    path = write_new("Mira & the “Big: Bear”", tmp_path)
    assert load_story(path).story.title == "Mira & the “Big: Bear”"
    with pytest.raises(BadStory, match="already there"):
        write_new("Mira & the “Big: Bear”", tmp_path)


def test_a_new_story_in_a_folder_that_takes_no_files_says_so(write: Any) -> None:
    with pytest.raises(CannotWrite, match="cannot be written"):
        write_new("T", write("file", "not a folder") / "x")


def test_what_is_commented_out_in_a_new_file_works_when_uncommented(tmp_path: Path) -> None:
    path = write_new("T", tmp_path)
    lines = path.read_text("utf-8").splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("# cast:"))
    end = next(number for number, line in enumerate(lines) if line.startswith("# The story, indented"))
    settings = [number for number, line in enumerate(lines) if line.startswith(("# author:", "# style:", "# seed:"))]
    for number in [*range(start, end), *settings]:
        lines[number] = lines[number].removeprefix("# ")
    path.write_text("\n".join(lines), "utf-8")
    assert set(load_story(path).story.cast) == {"mira", "bruno"}


@pytest.mark.parametrize(("name", "cast"), [("story.schema.json", False), ("cast.schema.json", True)])
def test_the_schemas_beside_the_sample_stories_are_up_to_date(name: str, cast: bool) -> None:
    assert json.loads((ROOT / "stories" / name).read_text("utf-8")) == json_schema(cast), "run: make docs"

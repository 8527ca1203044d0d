"""The form that is asked for, and what is found in what a model writes instead."""

from __future__ import annotations

import json
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyforge.planning.chat.answer import EXAMPLE, RawAnswer, read_answer, schema_for
from storyforge.storyboard import MOODS, PLACES, TIMES, WEATHERS

SCENES = [{"first": 1, "last": 2, "who": ["mia: run scared"], "seen": "Mia runs"}, {"first": 3, "last": 3, "who": []}]
OWL = {"key": "owl", "name": "the old owl", "looks": "a grey owl"}
ANSWER = json.dumps({"people": [OWL], "scenes": SCENES})


def firsts(text: str) -> list[Any]:
    return [scene.get("first") for scene in read_answer(text).scenes]


# ---- the schema


def parts(schema: Any) -> list[dict[str, Any]]:
    """The schema and all schemas within it."""
    if isinstance(schema, list):
        return [part for each in schema for part in parts(each)]
    if not isinstance(schema, dict):
        return []
    return [schema, *(part for each in schema.values() for part in parts(each))]


def test_the_example_is_valid_and_as_short_as_json_can_be() -> None:
    jsonschema.validate(json.loads(EXAMPLE), schema_for(1, 5, ["mia"]))
    assert json.dumps(json.loads(EXAMPLE), separators=(",", ":")) == EXAMPLE
    assert read_answer(EXAMPLE).whole


def test_the_schema_uses_only_what_every_grammar_converter_knows() -> None:
    schema = schema_for(1, 30, ["mia"])
    jsonschema.Draft202012Validator.check_schema(schema)
    for part in parts(schema):
        assert not {"$ref", "$defs", "pattern", "format", "anyOf", "default", "title"} & part.keys()
        assert part.get("maxLength", 0) < 400 and part.get("maxItems", 0) <= 500
        if part.get("type") == "object":
            assert part["additionalProperties"] is False


def test_people_come_first_then_scenes_with_their_sentences_first_and_what_may_be_left_out_last() -> None:
    schema = schema_for(1, 30, [])
    scene = schema["properties"]["scenes"]["items"]
    assert [*schema["properties"]] == schema["required"] == ["people", "scenes"]
    assert [*scene["properties"]][: len(scene["required"])] == scene["required"]
    assert scene["required"][:3] == ["first", "last", "who"]


def test_sentences_and_closed_vocabularies_are_bounded() -> None:
    schema = schema_for(11, 14, ["mia", "bo"])
    scenes = schema["properties"]["scenes"]
    fields = scenes["items"]["properties"]
    assert scenes["maxItems"] == 4
    assert (fields["first"]["minimum"], fields["last"]["maximum"]) == (11, 14)
    for name, known in (("place", PLACES), ("time", TIMES), ("weather", WEATHERS), ("mood", MOODS)):
        assert fields[name]["enum"] == [*known]
    assert "close pan-left" in fields["shot"]["enum"]
    assert "mia, bo" in fields["who"]["description"]


def test_one_schema_does_not_change_the_next() -> None:
    before = json.dumps(schema_for(1, 3, []))
    schema_for(7, 9, ["mia"])
    assert json.dumps(schema_for(1, 3, [])) == before


# ---- the answer


def test_an_answer_of_the_right_form_is_read_as_it_is() -> None:
    assert read_answer(ANSWER) == RawAnswer((*SCENES,), (OWL,), found=True, whole=True)


@pytest.mark.parametrize(
    "text",
    [
        f"Sure! Here it is:\n```json\n{ANSWER}\n```\nI hope you like it {{smile}}.",
        f'Sentence [7] is 5" long, so I use {{1}} and {{ and [x]: {ANSWER}',
        f'<think>First: {{"scenes": [{{"first": 9}}]}}, no.</think>\n{ANSWER}',
        f'Hm. {{"scenes": [{{"first": 9}}]}}\n</think>{ANSWER}',
        f"<think>{ANSWER}",
        f'<|channel|>analysis<|message|>{{"first": 9}}<|channel|>final<|message|>{ANSWER}',
        json.dumps([*SCENES, OWL]),
        json.dumps({"storyboard": {"answer": [OWL, SCENES]}}),
        "\n".join(map(json.dumps, [OWL, *SCENES])),
        ANSWER.replace(", ", ",\n  ").replace("}", ",}"),
        ANSWER.replace('"first"', "first").replace("}, {", "} {"),
        "\ufeff" + ANSWER,
        json.dumps({"scenes": [{"first": 8}]}) + "\nOn second thought:\n" + ANSWER,
    ],
    ids="fenced prose thoughts no-opening-tag only-thoughts channels list wrapped lines commas bare bom twice".split(),
)
def test_scenes_and_people_are_found_however_they_are_wrapped(text: str) -> None:
    found = read_answer(text)
    assert (found.scenes, found.people, found.found) == ((*SCENES,), (OWL,), True)


def test_an_answer_that_breaks_off_keeps_its_whole_scenes() -> None:
    for end in range(len(ANSWER)):
        found = read_answer(ANSWER[:end])
        assert not found.whole
        assert found.scenes == (*SCENES,)[: len(found.scenes)]
    assert firsts(ANSWER[:-3]) == [1]
    assert read_answer(ANSWER[:-3]).people == (OWL,)


def test_a_broken_scene_in_the_middle_costs_only_itself() -> None:
    broken = '{"scenes":[{"first":1,"last":1},{"first":2,"seen":"He said "run" loudly"},{"first":3,"last":3}]}'
    assert firsts(broken) == [1, 3]
    assert not read_answer(broken).whole


@pytest.mark.parametrize("text", ["", "No.", "<html><body>502</body></html>", '{"scenes": []}', "[]", '{"error": "x"}'])
def test_where_there_are_no_scenes_none_are_found(text: str) -> None:
    assert read_answer(text) == RawAnswer()


def test_odd_values_become_plain_ones() -> None:
    text = (
        r'{"first": "1", "first": 2, "last": NaN, "who": null, "seen": "a\_b\u0000\ud800c", "n": -Infinity, "b": True}'
    )
    [scene] = read_answer(text).scenes
    assert scene == {"first": 2, "last": "NaN", "who": None, "seen": "a_b" + "u0000ud800c", "n": "-Infinity", "b": True}
    assert read_answer(r'{"first":1,"seen":"a\u0000\ud800b\ud83e\udd8a"}').scenes[0]["seen"] == "ab🦊"
    assert read_answer('{"first": %s}' % ("9" * 9999)).scenes[0]["first"] == "9" * 9999


@pytest.mark.parametrize(
    "hostile",
    ['{"a":', "[{", '{"\\', '{\\"', '"', "{", "{ ", '{"first":1,', '{"a":[', "<think>", '{"a"}', '{"first":"', "\\"],
)
def test_megabytes_of_nonsense_are_read_in_one_go(hostile: str) -> None:
    assert read_answer(hostile * (500_000 // len(hostile))).scenes == ()


shaped = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["first", "who", "a"]), inner),
    max_leaves=12,
)
soup = st.lists(st.sampled_from([*'{}[]:,"\\ 1', '"first"', "null", "</think>", "\ud800", "\n"]), max_size=40).map(
    "".join
)


@given(soup | st.text(max_size=200) | shaped.map(json.dumps))
def test_anything_is_read_without_an_error(text: str) -> None:
    found = read_answer(text)
    assert found.found == bool(found.scenes)
    assert all("first" in scene or "last" in scene for scene in found.scenes)


@given(shaped, st.text("abc {", max_size=9))
def test_what_is_json_is_read_as_json(value: Any, seen: str) -> None:
    scene = {"first": 1, "seen": seen, "extra": value if not isinstance(value, float) else 1}
    [*_, read] = read_answer(json.dumps(scene)).scenes
    assert (read["first"], read["seen"]) == (1, seen)

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from storyforge.story import Character, Story
from storyforge.value import canonical_json, digest


def test_values_cannot_be_changed() -> None:
    character = Character(looks="a fox")
    with pytest.raises(ValidationError):
        character.looks = "a cat"  # type: ignore[misc]


def test_the_order_in_which_fields_were_written_does_not_matter() -> None:
    assert canonical_json({"b": 1, "a": [1.5, None]}) == canonical_json({"a": [1.5, None], "b": 1})


@given(st.text())
def test_any_text_has_a_digest_even_half_an_emoji(text: str) -> None:
    assert len(digest(text)) == 32
    assert digest(text) != digest(text + "!")


def test_a_story_survives_the_way_through_json() -> None:
    story = Story(title="T", story="Once.", cast={"a": Character(looks="a fox")})
    assert Story.model_validate_json(story.model_dump_json()) == story

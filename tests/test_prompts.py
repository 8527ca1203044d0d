"""Prompts are composed by code: the subject first, looks word for word, then the setting, the style last."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from storyforge.illustration.prompts import compose
from storyforge.story import Character, Lora, Style
from storyforge.storyboard import Brief, Role

FOX = Character(
    name="Chroneon",
    looks="a sleek silver fox with a clock face on its forehead.",
    lora=Lora(file="chroneon.safetensors", trigger="chronn"),
)
OWL = Character(looks="a small brown owl")


def role(who: str, character: Character, **more: Any) -> Role:
    return Role(**{"who": who, "character": character, "pose": "stand", "expression": "neutral", "effects": (), **more})


def brief(*roles: Role, **more: Any) -> Brief:
    given: dict[str, Any] = {
        "place": "forest",
        "time": "night",
        "weather": "clear",
        "season": "",
        "mood": "calm",
        "action": "The fox meets the owl",
        "props": (),
        "effects": (),
        "roles": roles,
        "style": Style(),
        "seed": 1,
        "prompt": None,
        "width": 1280,
        "height": 720,
    }
    return Brief(**{**given, **more})


def test_what_happens_comes_first_then_who_then_where_then_the_style() -> None:
    said = compose(
        brief(
            role("chroneon", FOX, pose="leap", expression="happy"),
            role("night_owl", OWL, effects=("sparkles",)),
            weather="snow",
            mood="mysterious",
            props=("boat", "tent", "lamp"),
            effects=("fireflies",),
            style=Style(prompt="storybook watercolour", loras=(Lora(file="w.safetensors", trigger="wtrclr"),)),
        )
    )
    assert said == (
        "The fox meets the owl. "
        "chronn Chroneon, a sleek silver fox with a clock face on its forehead, leaping, happy. "
        "Night Owl, a small brown owl, with sparkles. "
        "Forest at night, snow, mysterious mood, with boat, tent and lamp, fireflies in the air. "
        "wtrclr, storybook watercolour."
    )


def test_reference_pictures_are_named_by_their_numbers() -> None:
    said = compose(brief(role("chroneon", FOX), role("owl", OWL)), {"owl": 1})
    assert "Owl (the character in image 1), a small brown owl" in said
    assert "image" not in said.split("Owl")[0]


def test_the_scenes_own_prompt_is_taken_as_it_is() -> None:
    assert compose(brief(role("chroneon", FOX), prompt="  just (this)  ")) == "  just (this)  "


def test_nothing_known_makes_no_empty_sentences() -> None:
    assert compose(brief(action="", place="", time="", mood="")) == ""


@given(st.lists(st.text("abc, é狐", min_size=3, max_size=30).map(str.strip).filter(len), max_size=4))
def test_looks_stand_word_for_word(looks: list[str]) -> None:
    roles = [role(f"r{number}", Character(looks=each)) for number, each in enumerate(looks)]
    said = compose(brief(*roles))
    for each in looks:
        assert " ".join(each.strip(" .\n").split()) in said

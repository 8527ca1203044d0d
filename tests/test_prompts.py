"""Prompts are composed by code: the subject first, looks word for word, each thing said once, as the encoder reads."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from storyforge.illustration.prompts import Encoder, Weighed, compose
from storyforge.illustration.prompts.said import says
from storyforge.illustration.prompts.tokens import tokens
from storyforge.illustration.prompts.windows import WINDOW
from storyforge.story import Character, Lora, Story, Style
from storyforge.storyboard import Brief, Role, Scene, Storyboard, brief_for
from tests.conftest import ROOT

FOX = Character(
    name="Chroneon",
    looks="a sleek silver fox with a clock face on its forehead.",
    lora=Lora(file="chroneon.safetensors", trigger="chronn"),
)
OWL = Character(looks="a small brown owl")
WATERCOLOUR = Style(prompt="storybook watercolour, warm light", loras=(Lora(file="w.safetensors", trigger="wtrclr"),))
CROWD = [f"a tall striped badger with {thing}" for thing in ("a hat", "a drum", "a lamp", "a kite", "a cake")]


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


BUSY = brief(
    role("chroneon", FOX, pose="leap", expression="happy", holds="a paper lantern"),
    role("night_owl", OWL, effects=("sparkles",)),
    weather="snow",
    mood="mysterious",
    framing="wide",
    props=("boat", "tent", "lamp"),
    effects=("fireflies",),
    style=WATERCOLOUR,
)


def as_clip_reads(prompt: str) -> list[list[tuple[str, float]]]:
    """For each window its texts and their weights, read as ComfyUI does: escapes first, then brackets."""
    hidden = prompt.replace("\\)", "\1").replace("\\(", "\2")
    windows = [re.findall(r"\(([^()]*):([\d.]+)\)|([^()]+)", window) for window in hidden.split(" BREAK ")]
    shown = [[(text or bare, float(weight or 1)) for text, weight, bare in window] for window in windows]
    return [[(text.replace("\1", ")").replace("\2", "("), weight) for text, weight in window] for window in shown]


def words_of(prompt: str) -> str:
    """What CLIP reads of it, on one line."""
    return ", ".join("".join(text for text, _ in window) for window in as_clip_reads(prompt))


# ---- sentences


@pytest.mark.parametrize("encoder", ["llm", "t5"])
def test_what_happens_comes_first_then_who_then_where_then_the_style(encoder: Encoder) -> None:
    assert compose(BUSY, {}, encoder) == (
        "Wide shot: The fox meets the owl. "
        "chronn Chroneon, a sleek silver fox with a clock face on its forehead, leaping, holding a paper lantern, "
        "with a happy expression. "
        "Night Owl, a small brown owl, with sparkles. "
        "Forest at night in falling snow, mysterious mood, with boat, tent and lamp, fireflies. "
        "wtrclr, storybook watercolour, warm light."
    )


def test_reference_pictures_are_named_by_their_numbers() -> None:
    said = compose(brief(role("chroneon", FOX), role("owl", OWL)), {"owl": 1})
    assert "Owl (the character in image 1), a small brown owl" in said
    assert "image" not in said.split("Owl")[0]


@pytest.mark.parametrize("encoder", ["llm", "t5", "clip"])
def test_the_scenes_own_prompt_is_taken_as_it_is(encoder: Encoder) -> None:
    own = compose(brief(role("chroneon", FOX), prompt="  just (this)  "), {}, encoder)
    assert own == "  just (this)  " and not isinstance(own, Weighed)


@pytest.mark.parametrize("encoder", ["llm", "t5", "clip"])
def test_nothing_known_makes_no_empty_sentences(encoder: Encoder) -> None:
    assert compose(brief(action="", place="", time="", mood=""), {}, encoder) == ""


@given(st.lists(st.text("abc, é狐()", min_size=3, max_size=30).map(str.strip).filter(len), max_size=4))
def test_looks_stand_word_for_word(looks: list[str]) -> None:
    roles = [role(f"r{number}", Character(looks=each)) for number, each in enumerate(looks)]
    sentences, phrases = compose(brief(*roles)), compose(brief(*roles), {}, "clip")
    for each in looks:
        assert " ".join(each.split()).strip(" .,") in sentences
        for part in re.split(r",\s", " ".join(each.split())):
            assert part.strip(" ,") in words_of(phrases)


# ---- each thing once


@pytest.mark.parametrize(
    ("text", "thing"),
    [
        ("Eevee runs through a forest", "run"),
        ("They were running home", "home"),
        ("over the snowy roofs", "snow"),
        ("in a thunderstorm at midnight", "storm"),
        ("in a thunderstorm at midnight", "night"),
        ("Mia lifts the old lantern", "a lantern"),
        ("Two lanterns swing", "the lantern"),
        ("The bird flies", "fly"),
        ("They dance", "cheer"),
        ("in the kitchen of the bakery", "a bakery kitchen"),
        ("anything", ""),
    ],
)
def test_a_thing_is_said_in_another_form_or_by_another_name(text: str, thing: str) -> None:
    assert says(text, thing)


@pytest.mark.parametrize(
    ("text", "thing"),
    [
        ("under a rainbow", "rain"),
        ("by the fireside", "fire"),
        ("in a bakery", "a bakery kitchen"),
        ("", "night"),
        ("The fox stares at a planet", "space"),
        ("The fox runs even faster", "golden"),
        ("Tom leaves the house", "drifting leaves"),
        ("A wood stove in the kitchen", "forest"),
        ("A fair day", "fairy"),
        ("The fox has no red ball", "a red ball"),
        ("She is not happy", "happy"),
    ],
)
def test_what_only_looks_alike_or_is_denied_is_not_said(text: str, thing: str) -> None:
    assert not says(text, thing)


@pytest.mark.parametrize("encoder", ["llm", "clip"])
def test_what_the_action_says_is_not_said_again(encoder: Encoder) -> None:
    said = compose(
        brief(
            role("chroneon", FOX, pose="run", expression="scared", holds="a lantern"),
            action="Chroneon runs frightened through a snowy forest in a thunderstorm at midnight with a lantern",
            weather="storm",
            props=("lantern",),
        ),
        {},
        encoder,
    )
    for word in ("forest", "night", "storm", "lantern", "running", "scared", "holding"):
        assert len(re.findall(word, said)) == (word in ("forest", "night", "storm", "lantern")), word


def test_with_several_people_only_who_is_named_is_told() -> None:
    said = compose(
        brief(
            role("chroneon", FOX, pose="run"),
            role("owl", OWL, pose="run"),
            action="Chroneon runs from something",
        )
    )
    assert "Owl, a small brown owl, running" in said and said.count("running") == 1


def test_the_place_in_words_goes_before_the_word_for_the_place() -> None:
    assert "A bakery kitchen at night." in compose(brief(place="home", where="a bakery kitchen"))
    assert compose(brief(where="the old mill", action="Mice dance in the old mill by moonlight", mood="cosy")) == (
        "Mice dance in the old mill by moonlight. Cosy mood."
    )


def test_it_does_not_rain_into_a_room_and_no_sun_rises_in_space_or_under_the_sea() -> None:
    assert "A room at home at night with rain outside." in compose(brief(place="home", weather="rain"))
    assert "Outer space." in compose(brief(place="space", weather="storm", time="dawn"))
    assert "dawn" not in compose(brief(place="ocean", action="Eevee dives under the waves", time="dawn"))
    assert "Ocean at dawn." in compose(brief(place="ocean", action="A boat comes in", time="dawn"))


def test_who_has_nothing_but_a_name_is_not_named_twice() -> None:
    snail, mia = Character(looks="a snail"), Character()
    said = compose(brief(role("snail", snail), role("mia", mia), action="Mia wakes the snail", place="", time=""))
    assert said == "Mia wakes the snail. a snail."


def test_a_feeling_in_words_of_the_users_own_is_said_as_it_is() -> None:
    assert "forehead, biting its lip. Forest" in compose(brief(role("chroneon", FOX, expression="biting its lip")))
    assert "with an uneasy expression." in compose(brief(role("chroneon", FOX, expression="uneasy")))


@pytest.mark.parametrize(("framing", "start"), [("wide", "Wide shot: "), ("close", "Close-up: "), ("medium", "")])
def test_the_framing_is_said_where_models_would_not_do_it_anyhow(framing: str, start: str) -> None:
    assert compose(brief(framing=framing)).startswith(f"{start}The fox meets")
    assert compose(brief(framing=framing, action="Aerial shot of a fox")).startswith("Aerial shot of a fox.")


# ---- phrases


def test_for_clip_phrases_are_front_loaded_and_subject_and_triggers_weigh() -> None:
    assert compose(brief(role("chroneon", FOX, pose="leap"), style=WATERCOLOUR), {"chroneon": 1}, "clip") == (
        "(The fox meets the owl:1.2), (chronn:1.1) Chroneon, a sleek silver fox with a clock face on its forehead, "
        "leaping, forest at night, (wtrclr:1.1), storybook watercolour, warm light"
    )


def test_the_users_brackets_stay_words_while_ours_weigh() -> None:
    fox = FOX.model_copy(update={"looks": "a fox (red:1.9), fur ((soft)) C:\\"})
    read = as_clip_reads(compose(brief(role("chroneon", fox), action="A fox (old) rests (BREAK)"), {}, "clip"))
    assert [each for window in read for each in window if each[1] != 1] == [
        ("A fox (old) rests (break)", 1.2),
        ("chronn", 1.1),
    ]
    assert "Chroneon, a fox (red:1.9), fur ((soft)) C:\\, forest at night" in words_of(
        compose(brief(role("chroneon", fox)), {}, "clip")
    )


def test_a_long_prompt_begins_a_window_where_a_phrase_begins_and_with_a_whole_picture_in_the_first() -> None:
    crowd = [role(f"b{number}", Character(looks=looks)) for number, looks in enumerate(CROWD)]
    windows = compose(brief(*crowd, mood="cosy", style=WATERCOLOUR), {}, "clip").split(" BREAK ")
    assert len(windows) == 2
    for said in ("The fox meets", CROWD[0], "forest at night", "cosy mood", "wtrclr", "storybook watercolour"):
        assert said in windows[0]
    assert all(any(looks in window for window in windows) for looks in CROWD), "nobody in two halves"


phrase = st.text("abcdefgh XY,(:1.2)é狐-\\", max_size=120)


@given(phrase, st.lists(st.tuples(phrase, phrase), max_size=5), phrase, phrase)
def test_no_window_is_too_full_and_nothing_is_lost(
    action: str, people: list[tuple[str, str]], where: str, style: str
) -> None:
    roles = [
        role(f"r{number}", Character(looks=looks, lora=Lora(file="x", trigger=trigger)))
        for number, (looks, trigger) in enumerate(people)
    ]
    prompt = compose(brief(*roles, action=action, where=where, style=Style(prompt=style)), {}, "clip")
    for window in as_clip_reads(prompt):
        assert sum(tokens(text) for text, _ in window) <= WINDOW + 1
    said = re.sub(r"[\s,.]", "", words_of(prompt))
    for given_text in (action, style, *(text for pair in people for text in pair)):
        assert re.sub(r"[\s,.]", "", given_text) in said


@pytest.mark.parametrize(
    ("text", "real"),
    [
        ("a photo of a cat", 5),
        ("storybook watercolour, warm light, soft paper texture", 10),
        ("a sleek silver fox-like creature with ears like clock hands, a clock face on its forehead", 18),
        ("Voideon Chroneon Eevee Lumineon Abysseon", 14),
        ("wtrclr", 4),
    ],
)
def test_tokens_are_hardly_underestimated(text: str, real: int) -> None:
    """`real`: counted with CLIP's own vocabulary."""
    assert real <= tokens(text) <= 1.4 * real


# ---- the document


def test_the_prompts_in_the_document_are_made_so() -> None:
    text = (ROOT / "docs" / "consistency.md").read_text("utf-8").split("## How a prompt is made")[1].split("\n## ")[0]
    sentences, phrases = (" ".join(block.split()) for block in re.findall(r"```text\n(.*?)```", text, re.DOTALL))
    [written] = re.findall(r"\n\n((?:    .*\n)+)", text)
    cast = {
        "chroneon": Character(looks=f"{FOX.looks[:-1]}, golden eyes and a blue scarf", lora=FOX.lora),
        "mira": Character(looks="a small girl with black pigtails and a yellow raincoat"),
    }
    story = Story(title="A", story="B", cast=cast, style=Style(prompt="storybook watercolour, warm light"))
    scene = Scene.model_validate_json(json.dumps({"text": "B", **yaml.safe_load(written)}))
    made = brief_for(story, Storyboard(scenes=(scene,)), scene, (1280, 720))
    assert (compose(made), compose(made, {}, "clip")) == (sentences, phrases)
    assert "Mira (the character in image 2)" in compose(made, {"chroneon": 1, "mira": 2})

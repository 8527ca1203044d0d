"""Who is new in an answer, and who is taken for somebody known."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import TypeAdapter

from storyforge.planning.chat.answer import read_answer
from storyforge.planning.chat.mending import Checked, checked
from storyforge.planning.chat.passage import Passage
from storyforge.planning.chat.who import named_in
from storyforge.story import Character, Key


def met(people: dict[str, Character], scene: dict[str, Any], *new: dict[str, str]) -> Checked:
    """An answer of one scene that introduces these, checked where `people` are known."""
    raw = read_answer(json.dumps({"people": new, "scenes": [scene]}))
    return checked(raw, Passage.of("The baker's boy brought bread.", "en", 10), 1, 1, people, 10, 20)


DRUMMER = Character(name="the boy with the drum", looks="a thin boy with a red drum")
BAKERS = {"key": "boy", "name": "the baker's boy", "looks": "a plump boy in a white apron"}
BRINGS = {"first": 1, "last": 1, "who": ["boy: walk calm"]}


def test_another_person_under_a_known_key_gets_a_key_of_their_own() -> None:
    found = met({"boy": DRUMMER}, BRINGS, BAKERS)
    assert found.people == {"boy_2": Character(name="the baker's boy", looks="a plump boy in a white apron")}
    assert (found.scenes[0].who, found.notes) == (("boy_2",), ())


def test_who_has_such_a_key_is_known_by_it_when_met_again() -> None:
    both = {"boy": DRUMMER, "boy_2": Character(name="the baker's boy")}
    assert met(both, BRINGS, BAKERS).scenes[0].who == ("boy_2",)
    assert met(both, BRINGS).scenes[0].who == ("boy",)


@pytest.mark.parametrize(
    ("name", "looks"),
    [
        ("the boy", "a boy"),
        ("the boy with the drum and the hat", "a boy in a hat"),
        ("the thin boy", "a thin boy with a red drum and a hat"),
    ],
)
def test_the_same_person_with_a_name_that_fits_is_not_doubled(name: str, looks: str) -> None:
    found = met({"boy": DRUMMER}, BRINGS, {"key": "boy", "name": name, "looks": looks})
    assert (found.people, found.scenes[0].who) == ({}, ("boy",))


def test_a_name_that_has_nothing_of_a_known_one_is_taken_for_it_and_told() -> None:
    mia = Character(name="Mia", looks="a red fox")
    little = {"key": "mia", "name": "the little fox", "looks": "red"}
    found = met({"mia": mia}, {**BRINGS, "who": ["mia: sit calm"]}, little)
    assert (found.people, found.scenes[0].who) == ({}, ("mia",))
    assert found.notes == ("“the little fox” is taken for mia",)


@pytest.mark.parametrize("key", ["İ" * 60, "ŉ" * 60, "梅" * 60])
def test_a_long_key_is_cut_so_that_it_is_one(key: str) -> None:
    found = met({"boy": DRUMMER}, {**BRINGS, "who": [f"{key}: sit"]}, {"key": key, "looks": "grey"})
    TypeAdapter(dict[Key, Character]).validate_python(found.people)
    assert found.scenes[0].who == tuple(found.people) != ()


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("The old owl's wing was hurt.", "the wise owl"),
        ("Die alten Eulen schliefen.", "die Eule"),
        ("Widział sowę w lesie.", "sowa"),
        ("猫头鹰喊道。", "猫头鹰"),
        ("Mr. Pemberton lifted his hat.", "Mr. Pemberton"),
    ],
)
def test_a_name_is_found_whatever_its_ending(told: str, name: str) -> None:
    people = {"k1": Character(name=name), "k2": Character(name="the ship's cook")}
    assert named_in(told, people) == ["k1"]

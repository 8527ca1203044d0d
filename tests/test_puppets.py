"""The puppets of the paper theatre: every kind in every pose, and what is understood of a character's looks."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b
from io import BytesIO
from itertools import cycle
from typing import Any, get_args
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from resvg_py import svg_to_bytes

from storyforge.errors import BadStory
from storyforge.illustration.paper.character_sheet import CharacterSheet, kinds
from storyforge.illustration.paper.cut import rim_gradient
from storyforge.illustration.paper.looks import sheet_for
from storyforge.illustration.paper.puppets import RIGS, Figure, puppet_for
from storyforge.illustration.paper.puppets.bounds import svg_box
from storyforge.story import Character
from storyforge.storyboard import EXPRESSIONS, POSES

HEROES = {
    "eevee": "small fox-like brown-orange pup with long ears, fluffy cream collar, bushy flame-tipped tail, red scarf",
    "chroneon": "sleek silver fox-like creature with a clock face on its forehead, golden eyes and clock-hand ears",
    "lumineon": "cream-gold, glowing, a sun on the forehead, a halo, feathered ears",
    "voideon": "deep purple galaxy fur full of stars, glowing cyan eyes, moon mark, nebula tail",
    "abysseon": "deep-blue sea creature with fins, glowing turquoise spots, an antenna",
}


def of_kind(kind: str) -> Character:
    return Character(puppet={"kind": kind})


def looking(looks: str, name: str = "Somebody") -> dict[str, Any]:
    return sheet_for(name.lower(), Character(name=name, looks=looks)).model_dump()


def document(figure: Figure, margin: float = 0, width: int = 100) -> str:
    x, y, w, h = figure.box
    view = f"{x - margin} {y - margin} {w + 2 * margin} {h + 2 * margin}"
    height = max(1, round(width * (h + 2 * margin) / (w + 2 * margin)))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="{view}">'
        f"<defs>{rim_gradient()}</defs>{figure.svg}</svg>"
    )


def opacity(svg: str) -> np.ndarray[Any, Any]:
    """Rows of opacities 0…255."""
    picture = Image.open(BytesIO(bytes(svg_to_bytes(svg_string=svg, skip_system_fonts=True))))
    return np.array(picture.convert("RGBA"))[:, :, 3]


# ── drawing ──


@pytest.mark.parametrize("kind", kinds())
def test_every_kind_is_drawn_in_every_pose(kind: str) -> None:
    puppet = puppet_for(kind, of_kind(kind))
    for pose, face in zip(POSES, cycle(EXPRESSIONS[len(kind) :]), strict=False):
        assert_sound(puppet.draw(pose, face))


def first_of(rig: str) -> str:
    return next(kind for kind, entries in kinds().items() if entries.get("rig", "fourlegged") == rig)


@pytest.mark.parametrize("kind", [*(first_of(rig) for rig in RIGS), "knight", "robot", "frog", "owl"])
def test_every_body_has_every_expression_and_moves(kind: str) -> None:
    puppet = puppet_for(kind, of_kind(kind))
    faces = [puppet.draw("stand", face) for face in EXPRESSIONS]
    poses = [puppet.draw(pose, "happy") for pose in POSES]
    for figure in faces:
        assert_sound(figure)
    assert len({figure.svg for figure in faces}) >= 7
    assert len({(figure.svg, figure.lift) for figure in poses}) >= 8
    assert puppet.draw("fly", "happy").lift > puppet.draw("stand", "happy").lift


def assert_sound(figure: Figure) -> None:
    """Valid SVG, every reference in it defined, its head in its box."""
    root = ElementTree.fromstring(f"<g>{figure.svg}</g>")
    used = {part.split(")")[0] for part in figure.svg.split("url(#")[1:]}
    assert used <= {node.get("id") for node in root.iter()} | {"rim"}
    x, y, w, h = figure.box
    assert 100 < w < 1500 and 100 < h < 1500
    assert x < figure.head[0] < x + w and y < figure.head[1] < y + h
    assert "nan" not in figure.svg


@pytest.mark.parametrize("who", HEROES)
def test_nothing_is_drawn_outside_the_box(who: str) -> None:
    puppet = puppet_for(who, Character(looks=HEROES[who]))
    for pose in ("stand", "run", "cheer", "sleep"):
        assert_inside(puppet.draw(pose, "sad"))


@pytest.mark.parametrize(
    "kind", ["wizard", "owl", "whale", "ghost", "snail", "butterfly", "sun", "deer", "fairy", "elephant"]
)
def test_nothing_of_any_body_is_drawn_outside_the_box(kind: str) -> None:
    for pose in ("fly", "lie"):
        assert_inside(puppet_for(kind, of_kind(kind)).draw(pose, "joy"))


def assert_inside(figure: Figure) -> None:
    seen = opacity(document(figure, margin=40, width=120))
    edge = max(1, int(40 / (figure.box[2] + 80) * 120) - 1)
    assert seen.max() == 255
    seen[edge:-edge, edge:-edge] = 0
    assert seen.max() <= 3


def test_the_box_of_a_drawing_follows_its_transforms_clips_and_arcs() -> None:
    window = '<clipPath id="w"><path d="M0 0H10V10H0Z"/></clipPath>'
    assert svg_box('<g transform="translate(10 20) scale(2 2)"><path d="M0 0L5 5" stroke-width="2"/></g>') == (
        8,
        18,
        22,
        32,
    )
    assert svg_box(window + '<g clip-path="url(#w)"><circle cx="10" cy="5" r="20"/></g>') == (0, 0, 10, 10)
    assert svg_box('<path d="M-5 0A5 5 0 1 1 5 0A5 5 0 1 1 -5 0Z"/>') == pytest.approx((-5, -5, 5, 5))
    assert svg_box('<g transform="rotate(90)"><path d="M0 0h10v5"/></g>') == pytest.approx((-5, 0, 0, 10))
    assert svg_box("") == (0, 0, 0, 0)


def test_words_that_are_not_known_are_drawn_as_standing_and_neutral() -> None:
    puppet = puppet_for("fox", of_kind("fox"))
    assert puppet.draw("moonwalk", "smug") == puppet.draw("stand", "neutral")


def test_who_sleeps_has_closed_eyes_whatever_was_asked() -> None:
    puppet = puppet_for("fox", of_kind("fox"))
    assert puppet.draw("sleep", "awe").svg == puppet.draw("sleep", "angry").svg


def test_a_clock_is_not_mirrored_when_the_stage_mirrors_the_figure() -> None:
    puppet = puppet_for("chroneon", Character(looks=HEROES["chroneon"]))
    assert puppet.draw("stand", "calm", flip=True).svg != puppet.draw("stand", "calm").svg
    plain = puppet_for("fox", of_kind("fox"))
    assert plain.draw("stand", "calm", flip=True).svg == plain.draw("stand", "calm").svg


# ── the same, always and everywhere ──

DIGESTS = """
from hashlib import blake2b
from storyforge.illustration.paper.puppets import puppet_for
from storyforge.story import Character
for looks in {looks!r}:
    svg = puppet_for("floofle", Character(looks=looks)).draw("run", "joy").svg
    print(blake2b(svg.encode()).hexdigest())
"""


def test_the_same_character_is_the_same_bytes_in_another_thread_and_another_process() -> None:
    looks = ["", *HEROES.values()]

    def drawn(text: str) -> str:
        return blake2b(puppet_for("floofle", Character(looks=text)).draw("run", "joy").svg.encode()).hexdigest()

    here = [drawn(text) for text in looks]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(drawn, looks)) == here
    run = [sys.executable, "-c", DIGESTS.format(looks=looks)]
    assert subprocess.run(run, capture_output=True, text=True, check=True).stdout.split() == here


def test_a_creature_nobody_has_heard_of_is_its_own_and_stays_so() -> None:
    floofle, other = puppet_for("floofle", Character()), puppet_for("grumbold", Character())
    assert floofle == puppet_for("floofle", Character())
    assert floofle.sheet.model_dump(exclude={"name"}) != other.sheet.model_dump(exclude={"name"})
    assert floofle.sheet == puppet_for("x", Character(name="Floofle")).sheet


# ── looks ──

SENTENCES: list[tuple[str, dict[str, Any]]] = [
    ("", {"kind": "critter"}),
    (
        HEROES["eevee"],
        {"kind": "fox", "ears": "long", "tail": "flame", "collar": "fluff", "collar_colour": "cream",
         "scarf": "red"},
    ),
    (
        HEROES["chroneon"],
        {"kind": "fox", "base": "silver", "motif": "clock", "ears": "hand", "tail": "pendulum", "eye": "gold"},
    ),
    (HEROES["lumineon"], {"motif": "sun", "halo": True, "ears": "feather", "tail": "ray", "glow": "#ffe9a0"}),
    (
        HEROES["voideon"],
        {"pattern": "stars", "eye": "cyan", "eye_glow": True, "motif": "moon", "tail": "nebula",
         "base": "deep purple"},
    ),
    (
        HEROES["abysseon"],
        {"ears": "fin", "tail": "fin", "pattern": "spots", "glow": "turquoise", "base": "deep blue"},
    ),
    ("a black and white cat", {"kind": "cat", "base": "black", "belly": "white"}),
    ("a grey kitten with a red and white bow", {"kind": "cat", "base": "grey", "bow": "red"}),
    ("a white fox without a scarf", {"kind": "fox", "base": "white", "scarf": ""}),
    (
        "a girl with curly black hair and a yellow dress",
        {"kind": "girl", "hair": "black", "hair_style": "curly", "top": "yellow", "garment": "dress"},
    ),
    ("an old man with a white beard and glasses", {"kind": "grandfather", "beard": "white", "glasses": "charcoal"}),
    ("a knight in shining armour with a blue cape", {"kind": "knight", "cape": "blue", "glow": ""}),
    (
        "a tiny green dragon with huge feathered wings",
        {"kind": "dragon", "base": "green", "wings": "feather", "scale": 0.99},
    ),
    ("a dog with a star-shaped mark on its chest", {"kind": "dog", "motif": "star"}),
    (
        "a boy with brown skin, a green jacket and blue trousers",
        {"kind": "boy", "skin": "#8d5a3c", "top": "green", "bottom": "blue"},
    ),
    ("the moon", {"kind": "moon"}),
    ("a black cat with a wizard hat", {"kind": "cat", "hat": "wizard"}),
    ("a girl with cat ears and a party hat", {"kind": "girl", "ears": "cat", "hat": "party"}),
    ("a fairy with purple wings", {"kind": "fairy", "wings": "butterfly", "wing_colour": "purple"}),
    ("a tiger with spots", {"kind": "tiger", "pattern": "spots"}),
    ("ein Wolf, er hat gelbe Augen", {"kind": "wolf", "eye": "yellow", "hat": "none"}),
    (
        "ein kleiner silberner Fuchs mit langen Ohren und goldenen Augen",
        {"kind": "fox", "base": "silver", "ears": "long", "eye": "gold", "scale": 0.9},
    ),
    ("ein dunkelblauer Drache mit roten Flügeln", {"kind": "dragon", "base": "dark blue", "wing_colour": "red"}),
    (
        "ein Mädchen mit roten Haaren und grünem Kleid",
        {"kind": "girl", "hair": "red", "top": "green", "garment": "dress"},
    ),
    ("eine alte Frau mit grauem Schal", {"kind": "grandmother", "scarf": "grey"}),
    ("ein Silberfuchs mit buschigem Schwanz", {"kind": "fox", "tail": "bushy"}),
    (
        "eine Kreatur mit Fell voller Sterne, leuchtend türkisen Augen und einem Mond auf der Stirn",
        {"pattern": "stars", "eye_glow": True, "motif": "moon"},
    ),
    ("ein Igel mit einer blauen Mütze", {"kind": "hedgehog", "hat": "beanie", "hat_colour": "blue"}),
]  # fmt: skip


@pytest.mark.parametrize(("looks", "expected"), SENTENCES)
def test_looks_are_understood(looks: str, expected: dict[str, Any]) -> None:
    sheet = looking(looks)
    found = {entry: sheet[entry] for entry in expected}
    assert found | {"scale": round(found.get("scale", 1), 3)} == expected | {"scale": expected.get("scale", 1)}


def test_a_name_that_is_an_animal_is_that_animal() -> None:
    assert looking("", "Mister Fox")["kind"] == "fox"
    assert looking("a frog", "Mister Fox")["kind"] == "frog"


def test_markings_follow_the_fur() -> None:
    assert looking("a blue fox")["socks"] not in ("brown", "")
    assert looking("a fox")["socks"] == "brown"


def test_what_the_user_sets_wins_over_the_looks() -> None:
    character = Character(looks="a red fox with long ears", puppet={"ears": "floppy", "base": "#123456", "kind": "dog"})
    sheet = sheet_for("rex", character)
    assert (sheet.kind, sheet.ears, sheet.base) == ("dog", "floppy", "#123456")


@pytest.mark.parametrize(
    ("puppet", "named"),
    [
        ({"eers": "long"}, "ears"),
        ({"ears": "longish"}, "'long'"),
        ({"base": "blurple"}, "#rrggbb"),
        ({"kind": "foxx"}, "hedgehog"),
        ({"kind": ["fox"]}, "hedgehog"),
        ({"scale": "big"}, "scale"),
    ],
)
def test_entries_that_cannot_be_are_refused_with_what_can(puppet: dict[str, Any], named: str) -> None:
    with pytest.raises(BadStory) as refused:
        puppet_for("rex", Character(puppet=puppet))
    assert named in str(refused.value) and "rex" in str(refused.value)


def test_every_word_of_the_sheet_can_be_drawn() -> None:
    for entry, info in CharacterSheet.model_fields.items():
        if entry not in ("rig", "kind"):
            for word in (w for w in get_args(info.annotation) if isinstance(w, str)):
                kind = "girl" if entry in ("garment", "hair_style", "held") else "fox"
                puppet_for("x", Character(puppet={"kind": kind, entry: word})).draw("stand", "happy")


WORDS = (
    " ".join(HEROES.values()).split()
    + "with and a, un ohne mit red dunkel #ff0000 ears Schwanz -- old fish 🦊 ß".split()
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join) | st.text(max_size=60), st.text(min_size=1, max_size=20)
)
def test_no_looks_are_an_error(looks: str, name: str) -> None:
    puppet = puppet_for("somebody", Character(name=name, looks=looks))
    ElementTree.fromstring(f"<g>{puppet.draw('stand', 'happy').svg}</g>")

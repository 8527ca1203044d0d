"""The character sheet: everything about how one puppet is cut, in words that a user may write under `puppet:`."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, Field

from storyforge.illustration.paper.color import Color, named
from storyforge.value import Value

Rig = Literal["fourlegged", "twolegged", "bird", "fish", "ghost", "snail", "insect", "moon"]
Head = Literal["fox", "round", "bear", "dog", "long", "dragon", "frog", "human", "helmet", "robot"]
Ears = Literal[
    "none", "pointed", "cat", "long", "floppy", "bear", "mouse", "leaf", "fin", "feather", "hand", "tufted", "pig",
    "fan",
]  # fmt: skip
Tail = Literal[
    "none", "bushy", "flame", "nebula", "thin", "tuft", "whip", "puff", "spade", "fin", "pendulum", "ribbon", "ray",
    "hair", "squirrel", "curly", "stub",
]  # fmt: skip
Collar = Literal["none", "fluff", "spikes", "ring", "fins"]
Pattern = Literal["none", "stars", "spots", "stripes", "patches"]
Motif = Literal["none", "clock", "star", "moon", "sun", "gem", "heart", "flame", "drop", "bolt", "leaf"]
Wings = Literal["none", "bat", "feather", "butterfly"]
Snout = Literal["nose", "pig", "trunk"]
HairStyle = Literal["short", "long", "pigtails", "bun", "curly", "bald"]
Garment = Literal["shirt", "dress", "robe", "armour"]
Hat = Literal["none", "wizard", "party", "explorer", "beanie"]
Held = Literal["none", "sword", "staff", "lantern"]


def _known(word: str) -> str:
    if word and named(word) is None:
        raise ValueError(f"{word!r} is no colour that I know; say it as #rrggbb")
    return word


Colour = Annotated[str, AfterValidator(_known)]
"""A colour in words ('dark red') or as #rrggbb; '' means none, or one that follows from the others."""


def _word(description: str) -> Any:
    return Field(description=description)


class CharacterSheet(Value):
    """One puppet. Field by field: the kind's own (kinds.yaml), then what the looks say, then what the user set."""

    name: Annotated[str, _word("Whose sheet it is: spots and stars are strewn by it")] = ""
    kind: Annotated[str, _word("fox, cat, dragon, girl, wizard, bird …")] = "critter"
    rig: Annotated[Rig, _word("Which body moves it")] = "fourlegged"
    scale: Annotated[float, Field(description="Size beside the others", ge=0.3, le=2)] = 1.0
    legs: Annotated[float, Field(description="Length of a four-legged one's legs", ge=0.5, le=2)] = 1.0
    stout: Annotated[float, Field(description="Thickness of body and legs", ge=0.6, le=1.5)] = 1.0

    base: Annotated[Colour, _word("Fur, feathers, scales, or a robot's metal")] = "tan"
    belly: Annotated[Colour, _word("Belly and muzzle")] = "cream"
    dark: Annotated[Colour, _word("Markings, spines, tail fins")] = ""
    accent: Annotated[Colour, _word("Small bright things: belt, clock rim, wings")] = "gold"
    eye: Annotated[Colour, _word("Irises")] = "brown"
    eye_glow: Annotated[bool, _word("Eyes that shine by themselves")] = False
    blush: Annotated[Colour, _word("Cheeks")] = ""
    nose: Annotated[Colour, _word("Tip of the nose")] = ""
    glow: Annotated[Colour, _word("Light that the whole puppet gives off")] = ""
    halo: Annotated[bool, _word("A ring of rays behind the head")] = False

    head: Annotated[Head, _word("Shape of the head")] = "fox"
    snout: Annotated[Snout, _word("What the nose is like")] = "nose"
    muzzle: Annotated[bool, _word("A lighter lower face")] = True
    ears: Annotated[Ears, _word("Shape of the ears")] = "pointed"
    inner: Annotated[Colour, _word("Inside of the ears")] = ""
    ear_tip: Annotated[Colour, _word("Tips of the ears")] = ""
    tuft: Annotated[bool, _word("Tuft of fur on the crown of a fox's head")] = True
    mane: Annotated[Colour, _word("Mane all round the head")] = ""
    forelock: Annotated[Colour, _word("A horse's mane")] = ""
    horns: Annotated[Colour, _word("Two horns")] = ""
    horn: Annotated[Colour, _word("One horn, a unicorn's")] = ""
    antlers: Annotated[Colour, _word("A deer's antlers")] = ""
    antenna: Annotated[Colour, _word("A lure that lights up, on a stalk")] = ""
    whiskers: Annotated[bool, _word("A cat's whiskers")] = False
    teeth: Annotated[bool, _word("Two front teeth")] = False
    face_stripes: Annotated[Colour, _word("A badger's stripes down the face")] = ""
    mask: Annotated[Colour, _word("A penguin's or owl's light face, a raccoon's dark one")] = ""
    patch: Annotated[Colour, _word("A blot round one eye")] = ""

    tail: Annotated[Tail, _word("Shape of the tail")] = "bushy"
    tail_tip: Annotated[Colour, _word("Tip of the tail")] = ""
    collar: Annotated[Collar, _word("What is about the neck by nature")] = "none"
    collar_colour: Annotated[Colour, _word("Its colour")] = ""
    pattern: Annotated[Pattern, _word("Pattern of the fur")] = "none"
    pattern_colour: Annotated[Colour, _word("Colour of spots and stripes; of a galaxy's first cloud")] = ""
    second_cloud: Annotated[Colour, _word("Colour of a galaxy's second cloud")] = ""
    motif: Annotated[Motif, _word("Mark on the forehead")] = "none"
    motif_colour: Annotated[Colour, _word("Its colour")] = ""
    socks: Annotated[Colour, _word("Paws of another colour")] = ""
    hooves: Annotated[Colour, _word("Hooves instead of paws")] = ""
    wings: Annotated[Wings, _word("Wings on the back")] = "none"
    wing_colour: Annotated[Colour, _word("Their colour; of a fish its fins")] = ""
    back: Annotated[Literal["none", "ridge", "quills", "shell", "wool"], _word("What grows on the back")] = "none"
    back_colour: Annotated[Colour, _word("Its colour")] = ""
    beak: Annotated[Colour, _word("Beak and feet of a bird")] = "amber"
    crest: Annotated[Literal["none", "feathers", "tufts"], _word("What a bird has on its head")] = "feathers"
    crest_colour: Annotated[Colour, _word("Its colour")] = ""
    hem: Annotated[bool, _word("A ghost's torn hem; without it, a jelly's round foot")] = True

    skin: Annotated[Colour, _word("A person's skin")] = "peach"
    hair: Annotated[Colour, _word("Hair")] = "brown"
    hair_style: Annotated[HairStyle, _word("How it is worn")] = "short"
    beard: Annotated[Colour, _word("Beard")] = ""
    lashes: Annotated[bool, _word("Long eyelashes")] = False
    garment: Annotated[Garment, _word("What a person wears")] = "shirt"
    top: Annotated[Colour, _word("Its colour")] = "coral"
    bottom: Annotated[Colour, _word("Trousers")] = "navy"
    shoes: Annotated[Colour, _word("Shoes")] = "#58362a"
    plume: Annotated[Colour, _word("Feather on a helmet")] = "red"

    scarf: Annotated[Colour, _word("Scarf")] = ""
    cape: Annotated[Colour, _word("Cape")] = ""
    hat: Annotated[Hat, _word("Hat")] = "none"
    hat_colour: Annotated[Colour, _word("Its colour")] = ""
    crown: Annotated[Colour, _word("Crown")] = ""
    bow: Annotated[Colour, _word("Bow in the hair")] = ""
    flower: Annotated[Colour, _word("Flower in the hair")] = ""
    glasses: Annotated[Colour, _word("Glasses")] = ""
    medal: Annotated[Colour, _word("Medal")] = ""
    held: Annotated[Held, _word("What a person holds")] = "none"
    gem: Annotated[Colour, _word("Stone on a staff")] = "cyan"
    shield: Annotated[Colour, _word("Shield")] = ""


def darker(base: Color) -> Color:
    """The colour of markings where none is said: a third darker, so that a blue fox has dark blue paws."""
    return base.with_lightness(base.L * 0.66).saturate(0.85)


@cache
def kinds() -> dict[str, dict[str, Any]]:
    """Each kind's entries in a sheet, by the kind's name. `like` in the file has been followed."""
    written: dict[str, dict[str, Any]] = yaml.safe_load((files(__package__) / "kinds.yaml").read_text(encoding="utf-8"))
    return {kind: {**_inherited(kind, written), "kind": kind} for kind in written}


def _inherited(kind: str, written: dict[str, dict[str, Any]]) -> dict[str, Any]:
    own = dict(written[kind])
    parent = own.pop("like", None)
    return {**_inherited(parent, written), **own} if parent else own

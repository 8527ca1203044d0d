"""Looks for those of whom the story tells little: picked by their name, the same in every run, each another's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import yaml

from storyforge.planning.sketches import Sketch
from storyforge.value import digest

_TRIES = 50  # other picks, before two may look alike after all
_PLAIN = ("red", "blue", "green", "yellow", "purple", "orange", "white")
_UNCOLOURED = ("freckles", "glasses", "crown", "tiara", "medal", "moustache", "wand", "bell", "armour")
_ENOUGH = 3  # parts of somebody that a picture can hold


class Invented(NamedTuple):
    looks: str
    invented: tuple[str, ...]


@dataclass(frozen=True)
class Inventions:
    """inventing.yaml, turned round where it is looked up by word."""

    groups: Mapping[str, str]  # kind -> group
    slots: Mapping[str, str]  # part -> slot
    drawn: Mapping[str, str]  # sister -> girl
    looks: Mapping[str, Mapping[str, Sequence[str]]]
    colours: Mapping[str, Sequence[str]]
    people: Mapping[str, str]
    animals: Sequence[str]
    having: Mapping[str, Sequence[str]]


@cache
def inventions() -> Inventions:
    data: dict[str, Any] = yaml.safe_load(files(__package__).joinpath("inventing.yaml").read_text("utf-8"))
    return Inventions(**{**data, "groups": _turned(data["groups"]), "slots": _turned(data["slots"])})


class Wardrobe:
    """Gives looks, one after another; it remembers what it has given, and what those in the cast look like."""

    def __init__(self, worn: Iterable[str], colours: frozenset[str], *, animals: bool) -> None:
        self.known = inventions()
        self.looks = set(worn)
        self.colours = colours
        self.animals = animals  # whether somebody of unknown kind is one
        self.given: Counter[str] = Counter()

    def dress(self, key: str, sketch: Sketch, pronouns: str) -> Invented:
        """The looks that the sketch tells, and what they lack."""
        for attempt in range(_TRIES):
            found, picks = self._dressed(f"{key}\n{attempt or ''}", sketch, pronouns)
            if found.looks not in self.looks:
                break
        self.looks.add(found.looks)
        self.given.update(picks)
        return found

    def _dressed(self, lot: str, sketch: Sketch, pronouns: str) -> tuple[Invented, list[str]]:
        pick = _Lot(lot, self.given)
        noun = sketch.noun or self._kind(pick, sketch, pronouns)
        slots = self.known.looks["many" if sketch.several else self.known.groups.get(noun, "thing")]
        colour = self._colour(pick, noun, slots, sketch)
        parts = {phrase: self._coloured(pick, part, phrase) for part, phrase in sketch.parts.items()}
        added = [pick.of(slots[slot]) for slot in self._open(slots, sketch)[: max(0, _ENOUGH - len(parts))]]
        words = " ".join(filter(None, (*sketch.adjectives, colour, self.known.drawn.get(noun, noun))))
        head = _several(sketch) if sketch.several else _with_article(words, plural=False)
        new_head = " ".join(filter(None, (colour, "" if sketch.noun else noun)))
        recoloured = [new for old, new in parts.items() if new != old]
        looks = looks_of(head, [*map(_with_article, parts.values()), *added])
        return Invented(looks, tuple(filter(None, (new_head, *recoloured, *added)))), pick.picked

    def _open(self, slots: Iterable[str], sketch: Sketch) -> list[str]:
        """The slots that the story leaves open; an animal that is told to wear something wears nothing else."""
        filled = {self.known.slots.get(part.split()[-1], "extra") for part in sketch.parts}
        if filled & {"top", "extra"}:
            filled.add("wear")
        return [slot for slot in slots if slot not in {"colour", *filled}]

    def _kind(self, pick: _Lot, sketch: Sketch, pronouns: str) -> str:
        """The likeliest kind of somebody of whom none is told: by paws and wings, else one such as the others are."""
        hinted = [self.known.having[hint] for hint, _ in sketch.hints.most_common() if hint in self.known.having]
        if hinted or self.animals:
            return pick.of(hinted[0] if hinted else self.known.animals)
        return self.known.people.get(pronouns, "child")

    def _colour(self, pick: _Lot, noun: str, slots: Mapping[str, Sequence[str]], sketch: Sketch) -> str:
        if not slots.get("colour") or self.colours & sketch.adjectives.keys():
            return ""
        return pick.of(self.known.colours.get(noun) or slots["colour"])

    def _coloured(self, pick: _Lot, part: str, phrase: str) -> str:
        """A scarf of which the story tells nothing gets a colour: else it would have another in every picture."""
        clothes = self.known.slots.get(part.split()[-1]) in ("top", "extra")
        return f"{pick.of(_PLAIN)} {part}" if clothes and phrase == part and part not in _UNCOLOURED else phrase


class _Lot:
    """Draws lots: what has been given least, and of that by the digest of the name."""

    def __init__(self, lot: str, given: Counter[str]) -> None:
        self.lot, self.given, self.picked = lot, given, list[str]()

    def of(self, choices: Sequence[str]) -> str:
        found = min(choices, key=lambda each: (self.given[each], digest(f"{self.lot}\n{each}")))
        self.picked.append(found)
        return found


def looks_of(head: str, parts: Sequence[str]) -> str:
    """“a small fox with a red scarf, long whiskers and white paws”."""
    if not parts:
        return head
    return f"{head} with {', '.join(parts[:-1])}{' and ' if parts[1:] else ''}{parts[-1]}"


def _several(sketch: Sketch) -> str:
    """“three grey mice”, also where it is told later that they were grey."""
    number, *adjectives, noun = sketch.several.split()
    return " ".join((number, *dict.fromkeys((*adjectives, *sketch.adjectives)), noun))


def _with_article(phrase: str, plural: bool | None = None) -> str:
    last = phrase.split()[-1]
    if plural is None:
        plural = last in ("hair", "fur", "armour", "teeth", "feet", "skin") or (last.endswith("s") and last != "dress")
    return phrase if plural else f"{'an' if phrase[0] in 'aeiou' else 'a'} {phrase}"


def _turned(table: Mapping[str, str]) -> dict[str, str]:
    return {word: name for name, words in table.items() for word in words.split()}

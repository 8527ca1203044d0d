"""What is known of the looks of one of a story's people, as far as it has been read."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Sketch:
    """What is told of one: phrases as the text has them, and what they mean in English."""

    noun: str = ""
    several: str = ""  # the whole of it, where it is several: three mice
    adjectives: dict[str, None] = field(default_factory=dict)
    parts: dict[str, str] = field(default_factory=dict)  # scarf -> red scarf
    told: dict[str, None] = field(default_factory=dict)
    hints: Counter[str] = field(default_factory=Counter)  # paws, fur: words that tell what kind somebody is
    pronouns: Counter[str] = field(default_factory=Counter)
    aliases: Counter[str] = field(default_factory=Counter)
    beside: set[str] = field(default_factory=set)  # who is named in the same sentence
    introduced: bool = False  # as “a fox”, so it is nobody who was there before
    same_as: str = ""  # the name that it is given: “His name was Bob.”


def joined(one: Sketch, other: Sketch) -> Sketch:
    """What is told of somebody who turns out to be two."""
    return Sketch(
        noun=one.noun or other.noun,
        several=one.several or other.several,
        adjectives=one.adjectives | other.adjectives,
        parts=other.parts | one.parts,
        told=one.told | other.told,
        hints=one.hints + other.hints,
        pronouns=one.pronouns + other.pronouns,
        aliases=one.aliases + other.aliases,
        beside=one.beside | other.beside,
        introduced=one.introduced or other.introduced,
    )

"""Makes sound scenes of a model's answer: small faults are mended by rule and told, the rest is named as missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from storyforge.planning.chat.answer import RawAnswer
from storyforge.planning.chat.passage import Passage
from storyforge.story import Character


@dataclass(frozen=True)
class Sound:
    """A scene that holds: its sentences are there, its keys are known, its words are the storyboard's. '': not said."""

    first: int
    last: int
    who: tuple[str, ...] = ()
    does: tuple[str, ...] = ()  # a pose for each of `who`
    feels: tuple[str, ...] = ()  # an expression for each of `who`
    holds: dict[str, str] = field(default_factory=dict)  # key -> thing; '' puts it away, no key is not said
    place: str = ""
    where: str = ""
    time: str = ""
    weather: str = ""
    mood: str = ""
    seen: str = ""
    framing: str = ""
    camera: str = ""
    sound: str = ""
    alt: str = ""
    says: dict[int, str] = field(default_factory=dict)  # number of a quote in the passage -> key; '' the narrator


@dataclass(frozen=True)
class Missing:
    """Sentences that no sound scene tells; `why` is said in words for the model."""

    first: int
    last: int
    why: str


@dataclass(frozen=True)
class Checked:
    """Scenes in order, not overlapping; with what is missing they cover the sentences asked for exactly once."""

    scenes: tuple[Sound, ...]
    missing: tuple[Missing, ...]
    people: dict[str, Character]  # new ones who are seen or speak, by safe keys
    notes: tuple[str, ...]  # what was mended, for the user


def checked(
    raw: RawAnswer,
    passage: Passage,
    first: int,
    last: int,
    known: Mapping[str, Character],
    pace: float,
    longest: float,
) -> Checked:
    """Never raises, whatever was answered. `longest`: seconds a scene may have, unless it is a single sentence."""
    raise NotImplementedError

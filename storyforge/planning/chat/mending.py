"""Makes sound scenes of a model's answer: small faults are mended by rule and told, the rest is named as missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from storyforge.planning.chat.answer import RawAnswer
from storyforge.planning.chat.directions import Directions
from storyforge.planning.chat.passage import Passage
from storyforge.planning.chat.ranges import Bounds, Cuts, Run, Wish, clipped, shared_out, wished
from storyforge.planning.chat.who import Roll
from storyforge.story import Character

_FIRST_WORDS = 5  # of a sentence, by which the user finds it
_MOST_NOTES = 40
_MOST_A_SENTENCE = 2  # scenes that are looked at, so that an endless answer ends


@dataclass(frozen=True)
class Decided:
    """A scene that holds: its sentences are there, its keys are known, its words are the storyboard's. '': not said."""

    first: int
    last: int
    who: tuple[str, ...] = ()
    does: tuple[str, ...] = ()  # a pose for each of `who`
    feels: tuple[str, ...] = ()  # an expression for each of `who`
    holds: dict[str, str] = field(default_factory=dict)  # key -> thing; '' puts it down, no key is not said
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
    """Sentences that no scene tells which holds; `why` is said in words for the model."""

    first: int
    last: int
    why: str


@dataclass(frozen=True)
class Checked:
    """Scenes in order, not overlapping; with what is missing they cover the sentences asked for exactly once."""

    scenes: tuple[Decided, ...]
    missing: tuple[Missing, ...]
    people: dict[str, Character]  # new ones who are seen or speak, by safe keys
    met: dict[str, Character]  # all new ones: scenes that do not hold may have them
    notes: tuple[str, ...]  # what was mended, for the user


def checked(
    raw: RawAnswer,
    passage: Passage,
    first: int,
    last: int,
    known: Mapping[str, Character],
    pace: float,
    longest: float,
    cuts: Cuts = (),
) -> Checked:
    """Never raises, whatever was answered. `longest`: seconds a scene may have, unless it is a single sentence."""
    bounds = Bounds(passage, first, last, longest, cuts)
    answered = raw.scenes[: _MOST_A_SENTENCE * (last - first + 1)]
    wishes = {number: wish for number, scene in enumerate(answered) if (wish := wished(scene))}
    runs = shared_out(wishes, bounds)
    roll = Roll(known, raw.people)
    directions = Directions(roll, Counter([*_range_notes(runs, wishes, bounds), *roll.notes]))
    told = [(run, answered[run.scene]) for run in runs if run.scene is not None and run.holds]
    says = _says(told, directions, bounds)
    scenes = tuple(
        Decided(run.first, run.last, **directions.fields(scene), says=own)
        for (run, scene), own in zip(told, says, strict=True)
    )
    met = {key for scene in scenes for key in (*scene.who, *scene.says.values())}
    return Checked(
        scenes=scenes,
        missing=tuple(
            Missing(run.first, run.last, _why(run, wishes, raw, bounds, pace)) for run in runs if not run.holds
        ),
        people={key: character for key, character in roll.met.items() if key in met},
        met=roll.met,
        notes=tuple(_told(directions.notes)),
    )


def _told(notes: Counter[str]) -> Iterator[str]:
    for note, times in [*notes.items()][:_MOST_NOTES]:
        yield note if times == 1 else f"{note} ({times} times)"
    if len(notes) > _MOST_NOTES:
        yield f"There was more of this kind, {len(notes) - _MOST_NOTES} times"


def _says(
    told: Sequence[tuple[Run, Mapping[str, Any]]], directions: Directions, bounds: Bounds
) -> list[dict[int, str]]:
    """Who says the quotes of each scene. Where one says nothing of a quote of its own, its neighbours may."""
    owned = [bounds.passage.quotes_in(run.first, run.last) for run, _ in told]
    found = [
        directions.says(scene, own, bounds.passage.quote_begun_before(run.first))
        for (run, scene), own in zip(told, owned, strict=True)
    ]
    anywhere: dict[int, str] = {}
    for each in found:
        anywhere = each | anywhere
    strays = anywhere.keys() - set(bounds.passage.quotes_in(bounds.first, bounds.last))
    if strays:
        directions.notes["A speaker was named for a quote that is not there"] += len(strays)
    return [
        {number: (each if number in each else anywhere)[number] for number in own if number in anywhere}
        for each, own in zip(found, owned, strict=True)
    ]


def _range_notes(runs: Sequence[Run], wishes: Mapping[int, Wish], bounds: Bounds) -> Iterator[str]:
    """What had to be done to the sentences that the scenes asked for."""
    inside = {scene: clipped(wish, bounds) for scene, wish in wishes.items()}
    starts = [start for start, _ in inside.values()]
    if starts != sorted(starts):
        yield "The scenes came out of order; they are sorted"
    for scene, wish in wishes.items():
        if wish[0] > wish[1]:
            yield "A scene's first and last sentence were the wrong way round"
        if inside[scene] != tuple(sorted(wish)):
            yield "A scene reached beyond the sentences that were asked for; it is cut there"
    got = {run.scene: run for run in runs}
    for scene, (start, end) in inside.items():
        run = got.get(scene)
        if start <= end and (run is None or run.first > start):
            yield f"“{_words(bounds.passage, start)}” was in two scenes; it stays in the first"
        if run and run.holds and run.first < start:
            yield f"“{_words(bounds.passage, run.first)}” was in no scene; it goes to the one behind"
        if run and run.holds and run.last > end:
            yield f"“{_words(bounds.passage, end + 1)}” was in no scene; it goes to the one before"


def _words(passage: Passage, number: int) -> str:
    words = passage.told(number, number).split()
    return " ".join(words[:_FIRST_WORDS]) + (" …" if len(words) > _FIRST_WORDS else "")


def _why(run: Run, wishes: Mapping[int, Wish], raw: RawAnswer, bounds: Bounds, pace: float) -> str:
    if not raw.found:
        return "There were no scenes in the answer. It must be one JSON object with `people` and `scenes`."
    if run.scene is not None:
        first, last = clipped(wishes[run.scene], bounds)
        if bounds.cuts:
            return (
                f"Scene {run.scene + 1} tells sentences {first} to {last}, but the scenes are cut already. "
                "Make exactly one of each."
            )
        seconds = bounds.passage.seconds(first, last)
        return (
            f"Scene {run.scene + 1} tells sentences {first} to {last}, which is {seconds:.0f} seconds; at most "
            f"{bounds.longest:.0f} are allowed. Cut it into several of about {pace:.0f} seconds each."
        )
    which = f"Sentence {run.first} is" if run.first == run.last else f"Sentences {run.first} to {run.last} are"
    broke_off = " The answer broke off before its end." if not raw.whole and run.last == bounds.last else ""
    return f"{which} in no scene.{broke_off}"

"""Where one scene ends and the next begins: at the best mixture of length, paragraphs, places and people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, starmap

from storyforge.planning.names import UNSPACED
from storyforge.planning.reading import Reading
from storyforge.planning.setting import place_of, time_of
from storyforge.planning.wordlist import Lexicon
from storyforge.sentences import clauses, sentences

CHARACTERS_A_SECOND = 13.0
"""A slow narrator: about 2.5 English words a second."""
SIGNS_A_SECOND = 4.0
"""The same for scripts in which a sign is a syllable or a word."""

SHORTEST = 4.0  # seconds: below that a picture is gone before it has been looked at
_MOST_UNITS = 120  # sentences in a scene; bounds the work for texts of one-word sentences


def seconds_of(text: str) -> float:
    """How long a text takes to be told, roughly."""
    text = " ".join(text.split())
    signs = len(UNSPACED.findall(text))
    return signs / SIGNS_A_SECOND + (len(text) - signs) / CHARACTERS_A_SECOND


def units(text: str, language: str, pace: float) -> list[str]:
    """Slices that a scene is never cut inside: sentences, or pieces of those longer than twice the pace."""
    found: list[str] = []
    for sentence in sentences(text, language):
        if found and not (_sayable(sentence) and _sayable(found[-1])):
            found[-1] += sentence
        elif (seconds := seconds_of(sentence)) > 2 * pace:
            found += clauses(sentence, max(20, int(len(sentence) * pace / seconds)))
        else:
            found.append(sentence)
    return found


def _sayable(text: str) -> bool:
    return any(map(str.isalnum, text))


@dataclass(frozen=True)
class _Unit:
    """What the cut needs to know of a sentence."""

    seconds: float
    place: str
    time: str
    people: frozenset[str]
    heading: bool
    opens_paragraph: bool
    has_quote: bool


def cut(readings: Sequence[Reading], lexicon: Lexicon, pace: float) -> list[slice]:
    """The scenes as slices of the readings. Every unit is looked at with the few before it: time grows with length."""
    known = [_unit(reading, lexicon) for reading in readings]
    joints = [0.0, *starmap(_joint, pairwise(known)), 0.0]
    best = [0.0] + [float("inf")] * len(known)
    came_from = [0] * (len(known) + 1)
    for end in range(1, len(known) + 1):
        seconds = 0.0
        for start in range(end - 1, max(-1, end - 1 - _MOST_UNITS), -1):
            seconds += known[start].seconds
            cost = best[start] + joints[start] + _length_cost(seconds, pace)
            if cost < best[end]:
                best[end], came_from[end] = cost, start
            if seconds > 3 * pace:
                break
    return _walked_back(came_from)


def _walked_back(came_from: Sequence[int]) -> list[slice]:
    scenes, end = [], len(came_from) - 1
    while end > 0:
        scenes.append(slice(came_from[end], end))
        end = came_from[end]
    return scenes[::-1]


def _length_cost(seconds: float, pace: float) -> float:
    """0 at the pace, 1 at 2/3 and 4/3 of it; much below the shortest time that a picture needs."""
    too_short = 4.0 if seconds < min(SHORTEST, pace * 0.6) else 0.0
    return (3 * (seconds - pace) / pace) ** 2 + too_short


def _joint(before: _Unit, after: _Unit) -> float:
    """What it costs to cut between two sentences; less than nothing where something new begins."""
    cost = 0.0 if after.opens_paragraph else 1.6
    if after.place and after.place != before.place:
        cost -= 1.6 if after.opens_paragraph else 0.8
    if after.time and after.time != before.time:
        cost -= 1.2 if after.opens_paragraph else 0.4
    if after.people and before.people and not after.people & before.people:
        cost -= 0.3
    if before.has_quote and after.has_quote:
        cost += 0.5
    return cost + (6.0 if before.heading else 0.0)


def _unit(reading: Reading, lexicon: Lexicon) -> _Unit:
    text = reading.text.rstrip()
    gap = reading.text[len(text) :]
    heading = gap.count("\n") > 0 and len(text) < 60 and text[-1:].isalnum()
    return _Unit(
        seconds=seconds_of(text) if _sayable(text) else 0.0,
        place=place_of([reading], lexicon, ""),
        time=time_of([reading]),
        people=frozenset(name.who for name in reading.names if not reading.words[name.first].quoted),
        heading=heading,
        opens_paragraph=reading.opens_paragraph,
        has_quote=reading.has_quote,
    )

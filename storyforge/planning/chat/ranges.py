"""Which scene tells which sentences, when those that were asked for overlap, leave gaps, or are too long."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from storyforge.planning.chat.passage import Passage

_SMALL_GAP = 2  # sentences that may join a scene that did not ask for them
_MOST_DIGITS = 9

Wish = tuple[int, int]
"""The first and the last sentence of a scene, as it was answered."""

Cuts = Sequence[tuple[int, int]]
"""First and last sentence of each scene that was cut by hand."""


@dataclass(frozen=True)
class Run:
    """Sentences in a row that belong to one scene of the answer, or to none."""

    first: int
    last: int
    scene: int | None = None  # its number in the answer, from 0
    holds: bool = False  # it is no longer than allowed


@dataclass(frozen=True)
class Bounds:
    """What was asked for: sentences `first` to `last`, in scenes of `longest` seconds at most, or as they are cut."""

    passage: Passage
    first: int
    last: int
    longest: float
    cuts: Cuts = ()

    def crosses(self, first: int, last: int) -> bool:
        """Whether these sentences are of more than one scene that was cut by hand."""
        return any(first <= end < last for _, end in self.cuts)

    def fits(self, first: int, last: int) -> bool:
        """Whether these sentences are no longer than a scene may be; a single one, or one cut by hand, always is."""
        if self.cuts:
            return not self.crosses(first, last)
        seconds = 0.0
        for sentence in self.passage.sentences[first - 1 : last]:
            seconds += sentence.seconds
            if seconds > self.longest:
                return first == last
        return first == last or self.passage.seconds(first, last) <= self.longest


def wished(scene: Mapping[str, Any]) -> Wish | None:
    """None if the scene does not say which sentences it tells."""
    ends = [number for name in ("first", "last") if (number := _number(scene.get(name))) is not None]
    return (ends[0], ends[-1]) if ends else None


def clipped(wish: Wish, bounds: Bounds) -> Wish:
    """What of it was asked for; the second number is smaller if nothing was."""
    return max(min(wish), bounds.first), min(max(wish), bounds.last)


def shared_out(wishes: Mapping[int, Wish], bounds: Bounds) -> list[Run]:
    """Runs that cover the bounds exactly once, in order.

    Of two scenes that want a sentence the first gets it, but one that is too long, and so cannot stand, gets only what
    nobody else wants. Small gaps join a neighbour where they fit.
    """
    reached = {scene: clipped(wish, bounds) for scene, wish in wishes.items()}
    inside = {scene: wish for scene, wish in reached.items() if wish[0] <= wish[1]}
    order = sorted(inside, key=lambda scene: (not bounds.fits(*inside[scene]), inside[scene][0]))
    owner: dict[int, int] = {}
    for scene in order:
        start, end = inside[scene]
        for sentence in range(start, end + 1):
            owner.setdefault(sentence, scene)
    runs: list[Run] = []
    for who, group in groupby(range(bounds.first, bounds.last + 1), owner.get):
        sentences = [*group]
        holds = who is not None and bounds.fits(*inside[who])
        runs.append(Run(sentences[0], sentences[-1], who, holds))
    return _closed(runs, bounds)


def _closed(runs: list[Run], bounds: Bounds) -> list[Run]:
    """Small gaps join the scene before, else the one behind."""
    closed: list[Run] = []
    for at, run in enumerate(runs):
        if closed and closed[-1].last >= run.last:
            continue
        small = run.scene is None and run.last - run.first < _SMALL_GAP
        behind = runs[at + 1] if at + 1 < len(runs) else None
        if small and closed and closed[-1].holds and bounds.fits(closed[-1].first, run.last):
            closed[-1] = replace(closed[-1], last=run.last)
        elif small and behind and behind.holds and bounds.fits(run.first, behind.last):
            closed.append(replace(behind, first=run.first))
        else:
            closed.append(run)
    return closed


def _number(value: object) -> int | None:
    if isinstance(value, str) and (digits := re.search(r"[0-9]+", value)):
        value = int(digits[0][:_MOST_DIGITS])
    return value if isinstance(value, int) and not isinstance(value, bool) else None

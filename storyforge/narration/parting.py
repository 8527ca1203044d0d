"""A long recording cut into the lines that are read in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

from storyforge.narration.align import ALIKE, Alignment, aligned
from storyforge.narration.pauses import Stretch, pauses_of
from storyforge.narration.spoken import Spoken, as_spoken
from storyforge.value import Value

Cuts = tuple[tuple[str, Stretch], ...]
Parts = tuple[tuple[str, Stretch | None], ...]
"""Texts, and from when to when each is heard."""

_AROUND = 0.25  # seconds before a line's end and behind the next one's start in which the pause between is looked for
_FRAME = 0.01  # seconds over which it is told how quiet it is, where there is no pause


class Script(Value):
    """What may have been read: the reader's own `lines`, or with all that others say in between (`everybody`).

    `title`, `end`: what stands on the cards, of which nobody knows whether it was read.
    """

    lines: tuple[str, ...]
    everybody: tuple[str, ...]
    title: tuple[str, ...] = ()
    end: tuple[str, ...] = ()


def parted(samples: NDArray[np.float32], rate: int, script: Script, language: str) -> tuple[Parts, float]:
    """The texts, in order, and where each is heard, in seconds: None for what is on a card and was not read.

    And what they cost as a whole (see align.py). Whether a stretch is of its line is for its own alignment to tell.
    """
    several = dict.fromkeys((script.lines, script.everybody))
    readings = [_parted(samples, rate, script, lines, language) for lines in several]
    return min(readings, key=lambda found: found[1])


def _parted(
    samples: NDArray[np.float32], rate: int, script: Script, lines: tuple[str, ...], language: str
) -> tuple[Parts, float]:
    title, end = script.title, script.end
    parts, cost = _cut(samples, rate, (*title, *lines, *end), language)
    if title and not _read(samples, rate, parts[: len(title)], parts[len(title)], language):
        title = ()
    if end and not _read(samples, rate, parts[-len(end) :], parts[-len(end) - 1], language):
        end = ()
    if (title, end) == (script.title, script.end):
        return parts, cost
    parts, cost = _cut(samples, rate, (*title, *lines, *end), language)
    unread = [text for text in (*script.title, *script.end) if text not in (*title, *end)]
    return (*parts, *((text, None) for text in unread)), cost


def _read(samples: NDArray[np.float32], rate: int, card: Cuts, neighbour: tuple[str, Stretch], language: str) -> bool:
    """Whether a card was read, beside this line: then it is heard there, and the line is purer without it."""

    def cost(text: str, stretches: Sequence[Stretch]) -> float:
        first, after = (round(moment * rate) for moment in (min(stretches)[0], max(stretches)[1]))
        return aligned(samples[first:after], rate, as_spoken(text, language, {}), language).cost

    text, alone = neighbour
    stretches = [stretch for _, stretch in card]
    if cost("\n".join(line for line, _ in card), stretches) > ALIKE:
        return False
    return cost(text, [alone]) < cost(text, [alone, *stretches])


def _cut(samples: NDArray[np.float32], rate: int, lines: Sequence[str], language: str) -> tuple[Cuts, float]:
    spoken = as_spoken("\n".join(lines), language, {})
    alignment = aligned(samples, rate, spoken, language)
    seconds = len(samples) / rate
    pauses, _ = pauses_of(samples, rate)
    spans = _spans(lines, spoken, alignment, seconds)
    cuts = [_between(samples, rate, pauses, before[1], after[0]) for before, after in pairwise(spans)]
    edges = list(accumulate((0.0, *cuts, seconds), max))
    return tuple(zip(lines, pairwise(edges), strict=True)), alignment.cost


def _spans(lines: Sequence[str], spoken: Spoken, alignment: Alignment, seconds: float) -> list[Stretch]:
    """When each line begins and ends, by its first and its last word that was heard; without any, by its length."""
    ends = list(accumulate(len(line) + 1 for line in lines))
    heard: list[list[Stretch]] = [[] for _ in lines]
    line = 0
    for (start, _), times in zip(spoken.words, alignment.times, strict=True):
        while start >= ends[line]:
            line += 1
        if times:
            heard[line].append(times)
    return list(_filled(heard, ends, seconds))


def _filled(heard: Sequence[Sequence[Stretch]], ends: Sequence[int], seconds: float) -> Iterator[Stretch]:
    for times, (first, after) in zip(heard, pairwise((0, *ends)), strict=True):
        yield (times[0][0], times[-1][1]) if times else (first / ends[-1] * seconds, after / ends[-1] * seconds)


def _between(samples: NDArray[np.float32], rate: int, pauses: Sequence[Stretch], end: float, start: float) -> float:
    """The middle of the longest pause about the end of a line and the start of the next, or the quietest moment."""
    low, high = min(end, start) - _AROUND, max(end, start) + _AROUND
    near = [(min(b, high) - max(a, low), (a + b) / 2) for a, b in pauses if a < high and b > low]
    if near:
        return max(near)[1]
    first, frame = max(0, round(low * rate)), max(1, round(_FRAME * rate))
    there = samples[first : max(first + frame, round(high * rate))]
    whole = there[: len(there) // frame * frame].reshape(-1, frame)
    quietest = int((whole**2).sum(axis=1).argmin()) if len(whole) else 0
    return (first + (quietest + 0.5) * frame) / rate

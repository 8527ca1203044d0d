"""What is heard in a recording beside its line: a false start, a line read twice, “okay, that was good”.

People pause before and after such an aside. So every stretch between two pauses is left out by turns: where the rest is
clearly more like the line than the whole is, that stretch was none of it. Where nobody paused, a word of the line lasts
for as long as all that was said in its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from storyforge.narration.align import aligned
from storyforge.narration.pauses import Stretch, pauses_of
from storyforge.narration.spoken import Spoken
from storyforge.speech import Word

CLEAR = 0.4  # seconds of silence, as they are measured, that part an aside from the line for certain
_PART = 0.2  # seconds of a pause that parts two stretches
_MOST_PARTS = 8  # what has more pauses is no single line
_SHORT, _LONG = 0.45, 0.9  # seconds of speech: a word or two, and so much that the rest is trusted sooner
_VOICED = 0.35  # seconds of it that are as loud as speech: “The”, after a breath, is the line’s
_FRAME = 0.02  # seconds over which it is told how loud it is
_LOUDNESS = 0.35  # of the whole's: a breath is softer
_LEAST = 0.55  # of the length of a plain reading that the rest has to have
_KEPT = 0.06  # seconds of the pause that stay with the rest
# The rest costs at most so much of what the whole costs, for a short aside and for a long one, and so much at all. Of
# 340 lines by voices of espeak-ng's, with pauses of up to 1.2 s, breaths and noise, and of 100 that people read, none
# is taken apart.
_GAIN, _COST = (0.89, 0.96), 0.85
_OF_FEW_WORDS = {2: (0.65, 0.70), 3: (0.83, 0.75), 4: (0.83, 0.75)}
_WITHIN = 0.05  # less, where the line would be refused for it
_SLOW, _MORE = 3.0, 0.6  # times as long as a plain reading at the line's own pace, and seconds beyond that


@dataclass(frozen=True)
class Aside:
    """What to leave out, from `start` to `end` in seconds. `pause`: seconds of silence that part it from the line."""

    start: float
    end: float
    where: Literal["before", "after", "within"]
    pause: float
    said: float

    def left_out(self, samples: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
        first, after = round(self.start * rate), round(self.end * rate)
        return np.concatenate([samples[:first], samples[after:]])


def aside_in(
    samples: NDArray[np.float32], rate: int, spoken: Spoken, language: str, cost: float, plain: float
) -> Aside | None:
    """The stretch without which the sound is most like the text; None if it is best as it is.

    `cost`: of the whole sound, as `aligned` tells it. `plain`: seconds that a plain reading takes.
    """
    words = len(spoken.words)
    if words < 2 or not np.isfinite(cost):
        return None
    found: list[tuple[float, Aside]] = []
    for aside in _stretches(samples, rate, plain):
        rest = aligned(aside.left_out(samples, rate), rate, spoken, language).cost
        gain, most = _OF_FEW_WORDS.get(words, (float(np.interp(aside.said, (_SHORT, _LONG), _GAIN)), _COST))
        if rest <= min((gain - _WITHIN * (aside.where == "within")) * cost, most):
            found.append((rest, aside))
    return min(found, key=lambda each: each[0])[1] if found else None


def crowded(words: Sequence[Word], usual: Sequence[Word], pauses: Sequence[Stretch], seconds: float) -> Word | None:
    """The word in whose time far more is said than the word; None if there is none.

    `usual`: the same words of a plain reading. `seconds`: how long the sound lasts.
    """
    said = _lengths([*(word.start for word in words), seconds], pauses)
    plain = np.maximum(_lengths([*(word.start for word in usual), usual[-1].end], ()), 0.15)
    pace = float(np.median(said / plain))
    more = said - _SLOW * max(pace, 0.5) * plain
    most = int(more.argmax())
    return words[most] if more[most] > _MORE else None


def _lengths(starts: Sequence[float], pauses: Sequence[Stretch]) -> NDArray[np.float64]:
    """Seconds from each start to the next, without the pauses in between."""
    silent = [sum(max(0.0, min(b, end) - max(a, start)) for a, b in pauses) for start, end in pairwise(starts)]
    return np.maximum(np.diff(starts) - silent, 0)


def _stretches(samples: NDArray[np.float32], rate: int, plain: float) -> Iterator[Aside]:
    """All that may be asides: as loud and as long as speech, with enough left for the line."""
    parts = _parts(samples, rate)
    if len(parts) > _MOST_PARTS:
        return
    seconds, whole = _said(parts), _loudness(samples)
    for first in range(len(parts)):
        for after in range(first + 1, len(parts) + 1):
            said = _said(parts[first:after])
            if said < _SHORT or seconds - said < _LEAST * plain or after - first == len(parts):
                continue
            aside = _between(parts, first, after, len(samples) / rate)
            there = samples[round(aside.start * rate) : round(aside.end * rate)]
            if _loudness(there) >= _LOUDNESS * whole and _voiced(there, rate, _LOUDNESS * whole) >= _VOICED:
                yield aside


def _between(parts: Sequence[Stretch], first: int, after: int, seconds: float) -> Aside:
    """The parts from `first` to the one before `after`, with the silence beside them but for a little."""
    said = _said(parts[first:after])
    if first == 0:
        start, end = parts[after - 1][1], parts[after][0]
        return Aside(0.0, max(start, end - _KEPT), "before", end - start, said)
    before = parts[first][0] - parts[first - 1][1]
    start = min(parts[first - 1][1] + _KEPT, parts[first][0])
    if after == len(parts):
        return Aside(start, seconds, "after", before, said)
    behind = parts[after][0] - parts[after - 1][1]
    return Aside(start, max(parts[after - 1][1], parts[after][0] - _KEPT), "within", min(before, behind), said)


def _parts(samples: NDArray[np.float32], rate: int) -> list[Stretch]:
    """The stretches between pauses."""
    pauses, seconds = pauses_of(samples, rate)
    long = [(start, end) for start, end in pauses if end - start >= _PART or start <= 0 or end >= seconds]
    edges = [0.0, *(moment for pause in long for moment in pause), seconds]
    return [(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if end > start]


def _said(parts: Sequence[Stretch]) -> float:
    return sum(end - start for start, end in parts)


def _loudness(samples: NDArray[np.float32]) -> float:
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) if len(samples) else 0.0


def _voiced(samples: NDArray[np.float32], rate: int, loudness: float) -> float:
    """Seconds that are louder than this."""
    frame = max(1, round(_FRAME * rate))
    frames = samples[: len(samples) // frame * frame].reshape(-1, frame).astype(np.float64)
    return float((np.sqrt((frames**2).mean(axis=1)) > loudness).sum()) * _FRAME

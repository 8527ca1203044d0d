"""A stretch of story with its sentences and quotes numbered: the model tells of it in numbers, never in its words."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from storyforge.planning.cutting import seconds_of, units
from storyforge.quotes import PARAGRAPH, Span, quote_spans

_UNSENDABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")  # no server takes half a character


@dataclass(frozen=True)
class Sentence:
    """A sentence, or a piece of one that is too long for a scene; `passage.text[start:end]`, white space included."""

    number: int  # from 1, in its passage
    start: int
    end: int
    seconds: float


@dataclass(frozen=True)
class Passage:
    """Sentences and quotes both count from 1. `first` and `last` are numbers of sentences, both included."""

    text: str
    sentences: tuple[Sentence, ...]
    quotes: tuple[Span, ...]

    @classmethod
    def of(cls, text: str, language: str, pace: float, stretches: Sequence[str] = ()) -> Passage:
        """The sentences' slices, joined, are the text. `pace`: seconds of speech that a scene should have.

        `stretches`: the text in pieces that no sentence goes beyond, where it was cut by hand.
        """
        pieces = [piece for stretch in stretches or (text,) for piece in units(stretch, language, pace)]
        ends = accumulate(map(len, pieces))
        sentences = tuple(
            Sentence(number, end - len(piece), end, seconds_of(piece))
            for number, (piece, end) in enumerate(zip(pieces, ends, strict=True), 1)
        )
        return cls(text, sentences, quote_spans(text))

    def told(self, first: int, last: int) -> str:
        """The exact slice of the text."""
        return self.text[self._span(first, last)]

    def seconds(self, first: int, last: int) -> float:
        """How long it takes to tell these sentences."""
        return seconds_of(self.told(first, last))

    def quotes_in(self, first: int, last: int) -> tuple[int, ...]:
        """Numbers of the quotes that begin in these sentences."""
        span = self._span(first, last)
        return tuple(range(bisect_left(self.quotes, (span.start,)) + 1, bisect_left(self.quotes, (span.stop,)) + 1))

    def quote_begun_before(self, first: int) -> int:
        """The number of the quote that goes on in sentence `first` from the one before; 0 if none does."""
        start = self._span(first, first).start
        return bisect_left(self.quotes, (start,)) if self.in_quote(start) else 0

    def shown(self, first: int, last: int) -> str:
        """For the model: a line a sentence, `[7] {1}“Run!” said Eevee.`, and a blank line where a paragraph ends.

        Only where a quote begins is marked: it keeps its own marks, and each further brace costs tokens. White space
        is one space, so that no line of the story can pass for a sentence with a number.
        """
        return "\n".join(self._line(sentence) for sentence in self.sentences[first - 1 : last]).rstrip()

    def speakers(
        self, first: int, last: int, says: Mapping[int, str], guesses: Sequence[str] = (), going_on: str = ""
    ) -> tuple[str, ...]:
        """Who says each of `quote_spans(told(first, last))`, given who says each numbered quote; '' if nobody knows.

        `going_on`: who says the quote that was begun before these sentences. `guesses`: who says each span of which
        `says` has nothing; passed over if they are not as many.
        """
        start = self._span(first, last).start
        spans = quote_spans(self.told(first, last))
        guesses = guesses if len(guesses) == len(spans) else [""] * len(spans)
        numbers = [self._quote_at((start + begin, start + end)) for begin, end in spans]
        told = [says.get(number, guess) for number, guess in zip(numbers, guesses, strict=True)]
        return gone_on(told, spans, going_on)

    def in_quote(self, at: int) -> bool:
        """Whether a quote goes on beyond this place in the text; at its end, whether one is open there."""
        quotes = self.quotes if at < len(self.text) else quote_spans(self.text + " …")
        number = bisect_left(quotes, (at,))
        return number > 0 and quotes[number - 1][1] > at

    def _quote_at(self, span: Span) -> int:
        """The number of the quote that has most of this slice; 0 if none has any."""
        near = range(max(0, bisect_right(self.quotes, (span[0],)) - 1), bisect_left(self.quotes, (span[1],)))
        shares = {number + 1: _shared(self.quotes[number], span) for number in near}
        best = max(shares, key=lambda number: shares[number], default=0)
        return best if shares.get(best, 0) > 0 else 0

    def _line(self, sentence: Sentence) -> str:
        marks = [(self.quotes[number - 1][0], f"{{{number}}}") for number in self.quotes_in(*[sentence.number] * 2)]
        parts, position = [], sentence.start
        for start, mark in marks:
            parts += [self.text[position:start], mark]
            position = start
        line = "".join([*parts, self.text[position : sentence.end]])
        gap = "\n" if PARAGRAPH.search(line[len(line.rstrip()) :]) else ""
        return f"[{sentence.number}] {' '.join(_UNSENDABLE.sub('', line).split())}{gap}"

    def _span(self, first: int, last: int) -> slice:
        return slice(self.sentences[first - 1].start, self.sentences[last - 1].end)


def gone_on(speakers: Sequence[str], spans: Sequence[Span], going_on: str) -> tuple[str, ...]:
    """Whoever was speaking when a scene began says the quote at its very beginning."""
    if going_on and spans and spans[0][0] == 0:
        return (going_on, *speakers[1:])
    return tuple(speakers)


def _shared(one: Span, other: Span) -> int:
    return min(one[1], other[1]) - max(one[0], other[0])

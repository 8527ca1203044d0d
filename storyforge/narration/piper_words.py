"""When each word is heard, from the phonemes Piper speaks.

Which phonemes are whose is found by phonemizing each word alone and laying these beside what was spoken: in running
speech, sounds are joined, dropped and changed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise
from typing import Any

from storyforge.narration.spoken import Spoken
from storyforge.narration.words import Span

Sound = tuple[str, int, int]
"""A phoneme, and the samples from and to which it is heard."""

_NO_SOUND = frozenset(" .,;:!?ˈˌ_^$'\"-()¡¿")


def sounds_of(chunk: Any, offset: int) -> list[Sound] | None:
    """The phonemes of a piper AudioChunk that begins at sample `offset`; None if the voice told no lengths."""
    if not chunk.phoneme_alignments:
        return None
    ends = [offset, *(offset + end for end in accumulate(int(a.num_samples) for a in chunk.phoneme_alignments))]
    phonemes = [alignment.phoneme for alignment in chunk.phoneme_alignments]
    return [(phoneme, *span) for phoneme, span in zip(phonemes, pairwise(ends), strict=True)]


def heard_words(
    spoken: Spoken, piece: Span, sounds: Sequence[Sound], phonemize: Callable[[str], list[list[str]]]
) -> dict[int, tuple[int, int]]:
    """First and last sample of the words (by index into `spoken.words`) that were found among a piece's sounds."""
    audible = [sound for sound in sounds if sound[0] not in _NO_SOUND]
    owners: list[int] = []
    expected: list[str] = []
    for word, text in _said_words(spoken, piece):
        own = [phoneme for sentence in phonemize(text) for phoneme in sentence if phoneme not in _NO_SOUND]
        expected += own
        owners += [word] * len(own)
    heard: dict[int, tuple[int, int]] = {}
    for word, index in zip(owners, aligned(expected, [phoneme for phoneme, *_ in audible]), strict=True):
        if index is not None:
            _, start, end = audible[index]
            heard[word] = (heard[word][0], end) if word in heard else (start, end)
    return heard


def _said_words(spoken: Spoken, piece: Span) -> list[tuple[int, str]]:
    """Each word with the stretch of the spoken text that stands for it."""
    said: dict[int, tuple[int, int]] = {}
    for position in range(*piece):
        if (word := spoken.word_at(position)) is not None:
            said[word] = (said.get(word, (position, 0))[0], position + 1)
    # Punctuation alone is read aloud by Piper ("exclamation"), so a word goes without what clings to it.
    return [(word, re.sub(r"^[^\w\[&%@+=$£€]+|[^\w\]%$£€]+$", "", spoken.text[a:b])) for word, (a, b) in said.items()]


def aligned(expected: Sequence[str], heard: Sequence[str]) -> list[int | None]:
    """For each expected phoneme, the index of the heard one that it became, by least edits (Levenshtein 1966)."""
    width = len(heard) + 1
    costs = [list(range(width))]
    for row, phoneme in enumerate(expected, 1):
        above, costs_here = costs[-1], [row] + [0] * (width - 1)
        for column in range(1, width):
            changed = above[column - 1] + (phoneme != heard[column - 1])
            costs_here[column] = min(changed, above[column] + 1, costs_here[column - 1] + 1)
        costs.append(costs_here)
    return _traced_back(costs, expected, heard)


def _traced_back(costs: Sequence[Sequence[int]], expected: Sequence[str], heard: Sequence[str]) -> list[int | None]:
    partners: list[int | None] = [None] * len(expected)
    row, column = len(expected), len(heard)
    while row and column:
        here = costs[row][column]
        if here == costs[row - 1][column - 1] + (expected[row - 1] != heard[column - 1]):
            row, column = row - 1, column - 1
            partners[row] = column
        elif here == costs[row - 1][column] + 1:
            row -= 1
        else:
            column -= 1
    return partners

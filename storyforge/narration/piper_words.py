"""When each word is heard, from the phonemes Piper speaks.

A voice tells how long each phoneme lasts, or else that is estimated. Which phonemes are whose is found by phonemizing
each word alone and laying these beside what was spoken: in running speech, sounds are joined, dropped and changed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from storyforge.narration.spoken import Spoken
from storyforge.narration.trimming import sounding
from storyforge.narration.words import Span

Sound = tuple[str, float, float]
"""A phoneme, and the samples from and to which it is heard."""

_NO_SOUND = frozenset(" .,;:!?ˈˌ_^$'\"-()¡¿")
_VOWELS = frozenset("aeiouyæɐɑɒɔəɚɛɜɝɪʊʌᵻøœɨʉɯɤɵɶ")
# Lengths against each other, fitted to espeak's own events; after them a word starts 107 ms off, on average.
_LENGTHS = {"ˈ": 0.35, "ˌ": 0.15, "ː": 0.55, " ": 0.15, ",": 2.6, ";": 3.3, ":": 3.3, ".": 4.0, "!": 4.0, "?": 4.0}


def sounds_of(chunk: Any, offset: int) -> tuple[list[Sound], bool]:
    """The phonemes of a piper AudioChunk that begins at sample `offset`, and whether the voice told their lengths."""
    if chunk.phoneme_alignments:
        return _laid_out([(a.phoneme, float(a.num_samples)) for a in chunk.phoneme_alignments], offset), True
    lengths = [(phoneme, _length(phoneme)) for phoneme in chunk.phonemes]
    while lengths and lengths[-1][0] in _NO_SOUND:
        lengths.pop()  # the pause after the last word is cut off below
    first, after = sounding(chunk.audio_float_array, chunk.sample_rate)
    scale = (after - first) / max(sum(length for _, length in lengths), 1e-9)
    return _laid_out([(phoneme, length * scale) for phoneme, length in lengths], offset + first), False


def _length(phoneme: str) -> float:
    return _LENGTHS.get(phoneme, 1.05 if phoneme[0] in _VOWELS else 0.95)


def _laid_out(lengths: Sequence[tuple[str, float]], offset: float) -> list[Sound]:
    sounds = []
    for phoneme, length in lengths:
        sounds.append((phoneme, offset, offset + length))
        offset += length
    return sounds


def heard_words(
    spoken: Spoken, piece: Span, sounds: Sequence[Sound], phonemize: Callable[[str], list[list[str]]]
) -> dict[int, tuple[float, float]]:
    """First and last sample of the words (by index into `spoken.words`) that were found among a piece's sounds."""
    audible = [sound for sound in sounds if sound[0] not in _NO_SOUND]
    owners: list[int] = []
    expected: list[str] = []
    for word, text in _said_words(spoken, piece):
        own = [phoneme for sentence in phonemize(text) for phoneme in sentence if phoneme not in _NO_SOUND]
        expected += own
        owners += [word] * len(own)
    heard: dict[int, tuple[float, float]] = {}
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

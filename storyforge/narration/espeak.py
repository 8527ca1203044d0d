"""The built-in narrator: espeak-ng. It sounds like a machine, speaks 130 languages, and needs nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from storyforge.backend import Narrator, Progress, Unkeyed, Voice, unseen
from storyforge.errors import StoryforgeError
from storyforge.narration import libespeak
from storyforge.narration.casting import Asked, Voices, adjusted, asked_of, cast_of, kind_named, of_kind
from storyforge.narration.cautious import say_cautiously
from storyforge.narration.cries import cries
from storyforge.narration.espeak_voices import (
    identifier_of,
    is_variant,
    language_named,
    language_of,
    voices_file,
)
from storyforge.narration.libespeak import Event, Utterance
from storyforge.narration.other_scripts import other_words
from storyforge.narration.pronunciation import is_ipa, mnemonics, respelled, spoken_names, unpronounceable
from storyforge.narration.spoken import Spoken, as_spoken, pieces
from storyforge.narration.trimming import trimmed
from storyforge.narration.whose import espeak_voice, has, meant
from storyforge.narration.words import timed_words
from storyforge.speech import Speech
from storyforge.story import Character, Story

_RATE = 22050  # espeak-ng's own
_BETWEEN_PIECES = 0.25  # seconds, where a line is too long to be said at once
_WORDS_A_MINUTE = 145  # at pace 1: as one reads to a child


class Espeak(Narrator):
    """Speaks with espeak-ng. The settings shape the voices that are cast, and a voice holds all that is heard."""

    name: ClassVar[str] = "espeak"
    version: ClassVar[int] = 7

    voice: Annotated[str, Unkeyed, Field(description="The narrator's voice: +klatt4, en-us+f4, de …")] = ""
    pace: Annotated[float, Unkeyed, Field(description="How fast everyone speaks; 1 is unhurried", ge=0.6, le=2)] = 1.0
    pitch: Annotated[float, Unkeyed, Field(description="The narrator's pitch, in semitones", ge=-12, le=12)] = 0.0

    @classmethod
    def has_voice(cls, name: str) -> bool:
        return has(cls.name, name)

    def check(self) -> str:
        try:
            libespeak.languages()
            _ = self._narrator()
        except StoryforgeError as error:
            return str(error)
        return ""

    def cast_voices(self, story: Story, speakers: tuple[str, ...], extras: Mapping[str, Any]) -> dict[str, Voice]:
        """UnknownName if espeak does not speak the story's language or a voice asked for is not there."""
        language_named(story.language)
        narrator = adjusted(self._narrator(), Asked(pitch=self.pitch))
        cast = cast_of(story, speakers, extras, narrator, _voices(), _asked)
        return {key: voice.model_copy(update={"pace": round(voice.pace * self.pace, 4)}) for key, voice in cast.items()}

    def _narrator(self) -> Voice:
        """By name, or one of a kind."""
        if self.voice and not is_variant(self.voice) and (kind := kind_named(self.voice)):
            return of_kind(kind, _voices())
        return Voice(name=espeak_voice(self.voice) if self.voice else f"+{voices_file()['espeak']['narrator']}")

    def speak(
        self, text: str, voice: Voice, language: str, lexicon: Mapping[str, str], progress: Progress = unseen
    ) -> Speech:
        """float32 at 22,050 a second, the same bits each time. BackendFailed if espeak-ng cannot; UnknownName."""
        identifier = identifier_of(voice.name, language)
        language = language_of(voice.name, language)
        known = {**other_words(text, language), **cries(text, language), **lexicon}
        spoken = as_spoken(text, language, _said(known, language))
        if not spoken.words:
            return Speech(np.zeros(0, np.float32), _RATE, (), "engine")  # nothing that can be said
        pitch, pitch_range = _pitch(voice.pitch)
        speed = min(max(round(_WORDS_A_MINUTE * voice.pace), 80), 450)
        parts = tuple(pieces(spoken.text))
        said = [
            say_cautiously(spoken.text[start:end], identifier, speed=speed, pitch=pitch, pitch_range=pitch_range)
            for start, end in parts
        ]
        joined = _joined(said, [start for start, _ in parts])
        samples = joined.samples.astype(np.float32) / np.float32(32768)
        words = timed_words(text, spoken.words, _heard(joined, spoken), len(samples) / joined.rate)
        return trimmed(Speech(samples, joined.rate, words, "engine"))

    def unpronounceable(self, lexicon: Mapping[str, str], language: str) -> tuple[str, ...]:
        return unpronounceable(lexicon, language)


def _voices() -> Voices:
    kinds: dict[str, list[str | dict[str, float]]] = voices_file()["espeak"]["voices"]
    return {kind: [_voice(entry) for entry in entries] for kind, entries in kinds.items()}


def _voice(entry: str | dict[str, float]) -> Voice:
    [(variant, pitch)] = entry.items() if isinstance(entry, dict) else [(entry, 0)]
    return Voice(name=f"+{variant}", pitch=float(pitch))


def _asked(key: str, character: Character) -> tuple[Asked, Voice | None]:
    asked = meant(asked_of(Espeak.name, key, character), Espeak.name, key, libespeak.variants())
    return asked, Voice(name=espeak_voice(asked.voice)) if asked.voice else None


def _pitch(semitones: float) -> tuple[int, int]:
    """Espeak's pitch and range. From 0 to 99 the pitch doubles twice; the range keeps the melody in proportion."""
    pitch = round(50 + semitones * 50 / 12)
    return min(max(pitch, 0), 99), min(max(round(50 * 2 ** (semitones / 12)), 0), 99)


def _said(lexicon: Mapping[str, str], language: str) -> dict[str, str]:
    """What espeak is given for each name; one in IPA that it cannot say stays as it is written."""
    said = {}
    for name, pronunciation in spoken_names(lexicon, language).items():
        if not is_ipa(pronunciation):
            said[name] = respelled(pronunciation)
        elif phonemes := mnemonics(pronunciation, language):
            said[name] = f"[[{phonemes}]]"
    return said


def _joined(said: Sequence[Utterance], starts: Sequence[int]) -> Utterance:
    """Pieces of one text as one utterance; `starts` are the positions at which they begin in it."""
    gap = np.zeros(round(_BETWEEN_PIECES * said[0].rate), np.int16)
    samples: list[NDArray[np.int16]] = []
    events: list[Event] = []
    for piece, start in zip(said, starts, strict=True):
        samples += [gap] if samples else []
        offset = sum(map(len, samples))
        events += [replace(e, position=e.position + start, sample=e.sample + offset) for e in piece.events]
        samples.append(piece.samples)
    return Utterance(np.concatenate(samples), said[0].rate, tuple(events))


def _heard(said: Utterance, spoken: Spoken) -> list[tuple[float, float] | None]:
    """Start and end of each word, in seconds; None for words that espeak told no event of."""
    starts: dict[int, int] = {}
    ends: dict[int, int] = {}
    current = None
    for event in said.events:
        if event.kind == libespeak.WORD:
            if (word := spoken.word_at(event.position)) is not None:
                current = word
                starts.setdefault(word, event.sample)
                ends.pop(word, None)
        elif current is not None and event.phoneme:
            ends.pop(current, None)  # a pause within the word: it goes on
        elif current is not None:
            ends.setdefault(current, event.sample)
    last = len(said.samples)
    return [
        (starts[word] / said.rate, ends.get(word, last) / said.rate) if word in starts else None
        for word in range(len(spoken.words))
    ]

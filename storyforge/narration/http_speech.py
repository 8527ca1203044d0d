"""Narration by a speech server of the user's own: Kokoro-FastAPI, speaches, LocalAI, chatterbox-tts-api …"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

import numpy as np
from pydantic import Field

from storyforge.backend import Address, Narrator, Private, Progress, Unkeyed, Voice, unseen
from storyforge.errors import BadSettings, StoryforgeError
from storyforge.narration import kokoro
from storyforge.narration.align import words_of
from storyforge.narration.casting import Asked, Voices, adjusted, asked_of, cast_of
from storyforge.narration.espeak_voices import voices_file
from storyforge.narration.http_voices import (
    Known,
    by_kind,
    fitting,
    known_of,
    model_among,
    narrating,
    stop_if_unknown,
)
from storyforge.narration.pronunciation import is_ipa, respelled, spoken_names
from storyforge.narration.spoken import Spoken, as_spoken
from storyforge.narration.trimming import trimmed
from storyforge.narration.whose import has, meant
from storyforge.narration.words import timed_words
from storyforge.speech import Speech, Timing, Word
from storyforge.story import Character, Story

if TYPE_CHECKING:
    from storyforge.narration.http_line import SaidLine
    from storyforge.narration.speech_server import SpeechServer

_RATE = 24000  # of what nothing is said of


class HttpSpeech(Narrator):
    """Asks a server line by line. What is spoken is known by the names of model and voice, not by the address.

    A server that moves to another machine says the same, so nothing is spoken again. No server tells what its voices
    are made of: what it has changed under an old name, nobody can know.
    """

    name: ClassVar[str] = "http-speech"
    version: ClassVar[int] = 4

    url: Annotated[
        str, Unkeyed, Address, Field(description="Address of the server; else port 8880 of this machine")
    ] = ""
    model: Annotated[str, Field(description="Name of the model; else the one that the server speaks with")] = ""
    voice: Annotated[str, Unkeyed, Field(description="The narrator's voice: af_heart, alloy …")] = ""
    voices: Annotated[
        tuple[str, ...] | dict[str, tuple[str, ...]],
        Unkeyed,
        Field(description="Voices for the cast: a list, or lists by kind (man, woman, child …); else all it has"),
    ] = ()
    pace: Annotated[float, Unkeyed, Field(description="How fast everyone speaks", ge=0.6, le=2)] = 1.0
    pitch: Annotated[float, Unkeyed, Field(description="The narrator's pitch, in semitones", ge=-12, le=12)] = 0.0
    captions: Annotated[
        Literal["auto", "off"], Field(description="Whether to ask for the times of words: auto, or off")
    ] = "auto"
    key_from: Annotated[
        str, Unkeyed, Private, Field(description="Environment variable that holds the server's key")
    ] = ""
    patience: Annotated[
        float, Unkeyed, Field(description="Seconds without a sign of life before it is given up", gt=0, le=86400)
    ] = 300.0

    @classmethod
    def has_voice(cls, name: str) -> bool:
        return has(cls.name, name)

    # ---- the server

    @property
    def title(self) -> str:
        return f"{self.name} with {self.model}" if self.model else self.name

    def settled(self) -> Self:
        if self.model:
            return self
        return type(self)(**{**dict(self), "model": model_among(self._server.models(), self._server.name)})

    def mistakes(self) -> str:
        kinds = voices_file()["kinds"]
        if isinstance(self.voices, dict) and (unknown := sorted(set(self.voices) - set(kinds))):
            return f"There is no kind of voice {unknown[0]!r} – there are: {', '.join(kinds)}"
        try:
            _ = self._server
        except BadSettings as error:
            return str(error)
        return ""

    def check(self) -> str:
        if wrong := self.mistakes():
            return wrong
        try:
            known = self._known()
            self.settled()
            for name in filter(None, (self.voice, *self._names())):
                stop_if_unknown(name, "the narrator" if name == self.voice else "the cast", known)
        except StoryforgeError as error:
            return str(error)
        return ""

    def described(self) -> str:
        """`kokoro with 67 voices, at 127.0.0.1:8880`"""
        count = len(self._known())
        voices = f" with {count} voice{'s' * (count != 1)}" if count else ""
        return f"{self.settled().model or 'its own model'}{voices}, at {self._server.name}"

    @property
    def _server(self) -> SpeechServer:
        return _server_at(self.url, self._key(), self.patience)

    def _key(self) -> str:
        if not self.key_from:
            return ""
        if key := os.environ.get(self.key_from, "").strip():
            return key
        raise BadSettings(
            f"The environment variable {self.key_from}, which `key_from` names, is not set",
            f"set it (export {self.key_from}=…), or take `key_from` out of the settings",
        )

    def _known(self) -> tuple[Known, ...]:
        """The voices that the server lists. NoAnswer."""
        return known_of(self._server.voices(self.model))

    # ---- who speaks with which voice

    def cast_voices(self, story: Story, speakers: tuple[str, ...], extras: Mapping[str, Any]) -> dict[str, Voice]:
        """UnknownName for a voice that is not there, or if none speaks the story's language.

        NoAnswer without a server, unless both `voice` and `voices` are set: then nothing has to be asked.
        """
        try:
            known = self._known()
        except StoryforgeError:
            if not (self.voice and self.voices):
                raise
            known = ()
        for name in filter(None, (self.voice, *self._names())):
            stop_if_unknown(name, "the narrator" if name == self.voice else "the cast", known)
        speaking = () if self.voice and self.voices else fitting(known, story.language)
        narrator = Voice(name=self.voice or narrating(speaking))
        voices = self._own_voices() or by_kind(speaking) or {"anyone": [narrator]}

        def asked(key: str, character: Character) -> tuple[Asked, Voice | None]:
            return _asked(key, character, known, self._names())

        narrator = adjusted(narrator, Asked(pitch=self.pitch))
        cast = cast_of(story, speakers, extras, narrator, voices, asked)
        return {key: voice.model_copy(update={"pace": round(voice.pace * self.pace, 4)}) for key, voice in cast.items()}

    def _names(self) -> tuple[str, ...]:
        if isinstance(self.voices, dict):
            return tuple(name for names in self.voices.values() for name in names)
        return self.voices

    def _own_voices(self) -> Voices:
        if isinstance(self.voices, dict):
            return {kind: [Voice(name=name) for name in names] for kind, names in self.voices.items() if names}
        return by_kind(known_of(self.voices))

    # ---- a line

    def speak(
        self, text: str, voice: Voice, language: str, lexicon: Mapping[str, str], progress: Progress = unseen
    ) -> Speech:
        """float32 at the server's rate; most servers say a line a little otherwise each time. BackendFailed."""
        from storyforge.narration.http_line import said_line

        spoken = as_spoken(text, language, self._said(lexicon, language, voice))
        captions = self.captions == "auto"
        said = said_line(self._server, spoken, self.model, voice, captions, progress) if spoken.words else None
        if said is None:
            return Speech(np.zeros(0, np.float32), _RATE, (), "engine")  # nothing that can be said
        words, timing = _words(said, spoken, language)
        return trimmed(Speech(said.samples, said.rate, words, timing))

    def unpronounceable(self, lexicon: Mapping[str, str], language: str) -> tuple[str, ...]:
        said = self._said(lexicon, language, Voice(name=self.voice))
        return tuple(name for name in lexicon if name not in said)

    def _said(self, lexicon: Mapping[str, str], language: str, voice: Voice) -> dict[str, str]:
        """What is given for each name. IPA is told to Kokoro alone, in English; elsewhere the name stays as written."""
        phonetic = self.model.lower().rpartition("/")[2] == "kokoro" and language.lower()[:2] == "en"
        said = {}
        for name, pronunciation in spoken_names(lexicon, language).items():
            if not is_ipa(pronunciation):
                said[name] = respelled(pronunciation)
            elif phonetic and (told := kokoro.with_phonemes(name, pronunciation, voice.name)):
                said[name] = told
        return said


def _words(said: SaidLine, spoken: Spoken, language: str) -> tuple[tuple[Word, ...], Timing]:
    """By what the server told, else by laying the sound beside a reading of the same text."""
    if not said.heard:
        return words_of(said.samples, said.rate, spoken, language)
    times = [said.heard.get(word) for word in range(len(spoken.words))]
    return timed_words(spoken.shown, spoken.words, times, len(said.samples) / said.rate), "engine"


def _asked(
    key: str, character: Character, known: tuple[Known, ...], named: tuple[str, ...]
) -> tuple[Asked, Voice | None]:
    """Of a server that lists no voices, any name may be one."""
    names = dict.fromkeys([*named, *(voice.name for voice in known)]) if known else ()
    asked = meant(asked_of(HttpSpeech.name, key, character), HttpSpeech.name, key, names)
    if not asked.voice:
        return asked, None
    stop_if_unknown(asked.voice, key, known)
    return asked, Voice(name=asked.voice)


@lru_cache(maxsize=8)
def _server_at(url: str, key: str, patience: float) -> SpeechServer:
    """One for all lines: it remembers what its program does not know. Each line has a connection of its own."""
    from storyforge.narration.speech_server import SpeechServer

    return SpeechServer(url, key, patience)

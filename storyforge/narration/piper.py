"""Narration by Piper: neural voices from files the user has, on the processor, offline.

Its speech is random by design (the same line sounds a little different each time), so what was spoken is kept.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from storyforge.backend import Narrator, Progress, Unkeyed, Voice, unseen
from storyforge.cores import cores
from storyforge.errors import BackendFailed, StoryforgeError, UnknownName
from storyforge.narration.align import words_of
from storyforge.narration.casting import Asked, adjusted, asked_of, cast_of, kind_named, of_kind
from storyforge.narration.cries import cries
from storyforge.narration.other_scripts import other_words
from storyforge.narration.piper_files import GET_VOICES, VoiceFile, better, find, fitting, installed
from storyforge.narration.piper_model import INSTALL_AGAIN, loaded, unusable
from storyforge.narration.piper_words import heard_words, sounds_of
from storyforge.narration.pronunciation import bare_ipa, is_ipa, respelled, spoken_names, told_sounds
from storyforge.narration.shifting import shifted
from storyforge.narration.spoken import Spoken, as_spoken, pieces
from storyforge.narration.trimming import trimmed
from storyforge.narration.whose import has, meant
from storyforge.narration.words import timed_words
from storyforge.speech import Speech
from storyforge.story import Character, Story

_BETWEEN_SENTENCES = 0.25  # seconds; Piper itself leaves no pause


class Piper(Narrator):
    """Speaks with the Piper voices in voices/. A voice holds all that is heard, but for the noise."""

    name: ClassVar[str] = "piper"
    version: ClassVar[int] = 8

    voice: Annotated[str, Unkeyed, Field(description="The narrator's voice: its name, or the path of its .onnx")] = ""
    speaker: Annotated[
        int | str | None, Unkeyed, Field(description="Which speaker of that voice, by name or number")
    ] = None
    pace: Annotated[float, Unkeyed, Field(description="How fast everyone speaks", ge=0.6, le=2)] = 1.0
    pitch: Annotated[float, Unkeyed, Field(description="The narrator's pitch, in semitones", ge=-12, le=12)] = 0.0
    noise: Annotated[
        float | None,
        Field(description="How lively: 0 is flat, 1 is lively; else what the voice was made for", ge=0, le=1),
    ] = None

    @classmethod
    def has_voice(cls, name: str) -> bool:
        return has(cls.name, name)

    @property
    def at_once(self) -> int:
        """A core a line: each is spoken by one thread, and most of that outside of Python's lock."""
        return cores()

    def check(self) -> str:
        try:
            voices = [find(self._named)] if self._named else installed()
            if not voices:
                return f"no voice in voices/ – get one: {GET_VOICES}"
            for voice in voices:
                _ = voice.config
        except StoryforgeError as error:
            return str(error)
        return _unusable()  # asked last: it loads what is large

    def suits(self, story: Story) -> str:
        if self._named:
            return self.check()
        if fitting(story.language):
            return _unusable()
        return _damaged() or f"no voice for {story.language} in voices/; for a better one: {better(story.language)}"

    def cast_voices(self, story: Story, speakers: tuple[str, ...], extras: Mapping[str, Any]) -> dict[str, Voice]:
        """UnknownName if a voice is not there, or none speaks the story's language; BackendFailed if one is damaged."""
        files = fitting(story.language)
        if not files and not self._named:
            if damaged := _damaged():
                raise BackendFailed(*damaged.split(" – ", 1))
            there = ", ".join(voice.name for voice in installed()) or "none"
            raise UnknownName(
                f"No Piper voice here speaks {story.language!r}",
                f"there are: {there}; for one: {better(story.language)}",
            )
        voices: dict[str, list[Voice]] = {}
        for file in files or (find(self._named),):
            voices.setdefault(file.kind, []).extend(_speakers(file))
        if self.voice and not self._named:
            narrator = of_kind(kind_named(self.voice), voices)
        else:
            narrator = _voice("the narrator", find(self._named) if self._named else files[0], self.speaker)
        narrator = adjusted(narrator, Asked(pitch=self.pitch))
        cast = cast_of(story, speakers, extras, narrator, voices, _asked)
        return {key: voice.model_copy(update={"pace": round(voice.pace * self.pace, 4)}) for key, voice in cast.items()}

    @property
    def _named(self) -> str:
        """The narrator's voice; '' if only its kind is said, or nothing."""
        known = any(voice.name == self.voice for voice in installed())
        return "" if self.voice and not known and kind_named(self.voice) else self.voice

    def speak(
        self, text: str, voice: Voice, language: str, lexicon: Mapping[str, str], progress: Progress = unseen
    ) -> Speech:
        """float32 at the voice's own rate; other bits each time. BackendFailed if Piper cannot; UnknownName."""
        file = find(voice.name)
        model = loaded(file, voice.digest)
        known = {**other_words(text, language), **cries(text, language), **lexicon}
        spoken = as_spoken(text, language, _said(known, language, model))
        if not spoken.words:
            return Speech(np.zeros(0, np.float32), model.config.sample_rate, (), "engine")
        try:
            return trimmed(self._spoken(spoken, model, voice, language))
        except Exception as error:  # onnxruntime's and the phonemizer's errors have no base of their own
            raise BackendFailed(
                f"The voice {voice.name} could not speak a line: {str(error)[:200]}", "try another voice"
            ) from error

    def _spoken(self, spoken: Spoken, model: Any, voice: Voice, language: str) -> Speech:
        rate, told = model.config.sample_rate, True
        settings = self._settings(model, voice)
        sound: list[NDArray[np.float32]] = []
        heard: dict[int, tuple[int, int]] = {}
        for piece in pieces(spoken.text):
            sounds = []
            for chunk in model.synthesize(spoken.text[slice(*piece)], settings, include_alignments=True):
                if sound:
                    sound.append(np.zeros(round(_BETWEEN_SENTENCES * rate), np.float32))
                phonemes = sounds_of(chunk, sum(map(len, sound)))
                told = told and phonemes is not None
                sounds += phonemes or []
                sound.append(chunk.audio_float_array)
            for word, (start, end) in heard_words(spoken, piece, sounds, model.phonemize).items() if told else ():
                heard[word] = (heard.get(word, (start, end))[0], end)
        samples = np.concatenate(sound) if sound else np.zeros(0, np.float32)
        higher = shifted(samples, rate, voice.pitch)
        if not told:
            return Speech(higher, rate, *words_of(samples, rate, spoken, language))
        times = [
            (heard[word][0] / rate, heard[word][1] / rate) if word in heard else None
            for word in range(len(spoken.words))
        ]
        return Speech(higher, rate, timed_words(spoken.shown, spoken.words, times, len(higher) / rate), "engine")

    def _settings(self, model: Any, voice: Voice) -> Any:
        from piper import SynthesisConfig

        return SynthesisConfig(
            speaker_id=voice.speaker,
            length_scale=model.config.length_scale / voice.pace,
            noise_scale=self.noise if self.noise is None else model.config.noise_scale * self.noise,
            noise_w_scale=self.noise if self.noise is None else model.config.noise_w_scale * self.noise,
            normalize_audio=False,  # it would bring every line to full level: a whisper would be a shout
        )

    def unpronounceable(self, lexicon: Mapping[str, str], language: str) -> tuple[str, ...]:
        """Asked of the narrator's own voice; the others of a language mostly know the same sounds."""
        voices = (find(self.voice),) if self.voice else fitting(language)
        told = told_sounds(lexicon, language)
        if not voices:
            return ()
        known = voices[0].config
        return tuple(
            word for word in lexicon if word not in told or (is_ipa(told[word]) and not _symbols(told[word], known))
        )


def installed_voices(language: str) -> list[str]:
    """Names of the voices that speak a language, the best first."""
    return [voice.name for voice in fitting(language)]


def _unusable() -> str:
    problem = unusable()
    return f"{problem} – {INSTALL_AGAIN}" if problem else ""


def _damaged() -> str:
    """What is wrong with the first voice with which something is: what it speaks, nobody knows. '' if none is."""
    for voice in installed():
        try:
            _ = voice.config
        except BackendFailed as error:
            return str(error)
    return ""


def _speakers(file: VoiceFile) -> list[Voice]:
    if file.config["num_speakers"] <= 1:
        return [Voice(name=file.name, digest=file.digest)]
    return [Voice(name=file.name, speaker=number, digest=file.digest) for number in sorted(file.speakers.values())]


def _asked(key: str, character: Character) -> tuple[Asked, Voice | None]:
    asked = meant(asked_of(Piper.name, key, character), Piper.name, key, [voice.name for voice in installed()])
    return asked, _voice(key, find(asked.voice), asked.speaker) if asked.voice else None


def _voice(whose: str, file: VoiceFile, speaker: int | str | None) -> Voice:
    if speaker is None:
        return _speakers(file)[0]
    named: dict[str, int] = file.config.get("speaker_id_map") or {}
    number = named.get(str(speaker), speaker)
    if isinstance(number, int) and 0 <= number < file.config["num_speakers"]:
        return Voice(name=file.name, speaker=number if file.config["num_speakers"] > 1 else None, digest=file.digest)
    there = ", ".join(named) or f"0 to {file.config['num_speakers'] - 1}"
    raise UnknownName(f"The voice {file.name} of {whose} has no speaker {speaker!r}", f"there are: {there}")


def _said(lexicon: Mapping[str, str], language: str, model: Any) -> dict[str, str]:
    """What Piper is given for each name; IPA with a sound that the voice does not have is left unused."""
    said = {}
    for name, pronunciation in spoken_names(lexicon, language).items():
        if not is_ipa(pronunciation):
            said[name] = respelled(pronunciation)
        elif phonemes := _phonemes(pronunciation, model):
            said[name] = f"[[{phonemes}]]"
    return said


def _phonemes(ipa: str, model: Any) -> str:
    config = {"phoneme_type": model.config.phoneme_type, "phoneme_id_map": model.config.phoneme_id_map}
    return _symbols(ipa, config)


def _symbols(ipa: str, config: Mapping[str, Any]) -> str:
    """The IPA in the symbols of a voice; '' if it does not know one of them."""
    phonemes = unicodedata.normalize("NFD", bare_ipa(ipa)).replace(".", "")
    known = config.get("phoneme_type", "espeak") == "espeak"
    return phonemes if known and all(phoneme in config["phoneme_id_map"] for phoneme in phonemes) else ""

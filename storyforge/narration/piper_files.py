"""Piper's voices as they lie on the disk: NAME.onnx and, beside it, NAME.onnx.json."""

from __future__ import annotations

import hashlib
import os
import re
from functools import cache, cached_property
from itertools import chain
from pathlib import Path
from typing import Any

from storyforge.errors import BackendFailed, UnknownName
from storyforge.narration.espeak_voices import voices_file
from storyforge.narration.folders import folders
from storyforge.narration.piper_config import read_config
from storyforge.narration.piper_sounds import sounds_known
from storyforge.narration.protobuf import is_whole
from storyforge.value import Value

GET_VOICES = "storyforge voices get en_GB-alba-medium (storyforge voices --all lists them all)"
VOICE_NAME = re.compile(r"[a-z]{2,3}_[A-Z]{2}-[^-]+-[a-z_]+")

_PHONEME_TYPES = ("espeak", "text")  # the others of Piper fetch models of their own from the network


class VoiceFile(Value):
    """One voice. `name` is the file's, without .onnx; or the path that the user wrote."""

    name: str
    path: Path

    @property
    def config_path(self) -> Path:
        return self.path.with_name(f"{self.path.name}.json")

    @property
    def card_path(self) -> Path:
        """The card that tells its licence, where `storyforge voices get` has put it."""
        return self.path.with_suffix(".MODEL_CARD")

    @property
    def again(self) -> str:
        """What to do when its files are damaged."""
        return f"get it again: storyforge voices get {self.path.stem}"

    @cached_property
    def config(self) -> dict[str, Any]:
        """What the voice tells of itself. BackendFailed if half of it is missing or cut off, or it is not Piper's."""
        try:
            config = read_config(self.config_path.read_text("utf-8"))
            whole = is_whole(self.path)
            sounds = _sounds(self.path, *_stamps(self.path)) if whole else None
        except FileNotFoundError as error:
            missing = Path(error.filename).name
            raise BackendFailed(f"Half of the voice {self.name} is missing: {missing}", self.again) from error
        except OSError as error:
            raise BackendFailed(f"The voice {self.name} cannot be read: {error.strerror}", self.again) from error
        except ValueError as error:
            told = f"{self.config_path.name} does not describe a Piper voice: {error}"
            raise BackendFailed(told, self.again) from error
        if not whole:
            raise BackendFailed(f"The voice {self.name} is damaged: {self.path.name} is no whole model", self.again)
        if sounds is not None and max(chain(*config["phoneme_id_map"].values()), default=0) >= sounds:
            told = f"{self.config_path.name} names phonemes that {self.path.name} does not know"
            raise BackendFailed(f"{told}: they do not belong together", self.again)
        if (kind := config.get("phoneme_type", "espeak")) not in _PHONEME_TYPES:
            raise BackendFailed(
                f"The voice {self.name} needs {kind} phonemes", "choose a voice without them, or espeak"
            )
        return config

    @property
    def language(self) -> str:
        """As en_US; of a config without a language, what espeak calls it."""
        return str(self.config.get("language", {}).get("code") or self.config["espeak"]["voice"])

    @property
    def speaks(self) -> str:
        """As English (Great Britain)."""
        about = self.config.get("language", {})
        country = f" ({about['country_english']})" if about.get("country_english") else ""
        return f"{about['name_english']}{country}" if about.get("name_english") else self.language

    @property
    def licence(self) -> str:
        """As its card tells it, a name or an address; '' if there is no card, or it tells none."""
        try:
            card = self.card_path.read_text("utf-8", "replace")
        except OSError:
            return ""
        found = re.search(r"^\W*licen[sc]e\W*:[ \t]*(\S.*?)[ \t]*$", card, re.IGNORECASE | re.MULTILINE)
        return found[1] if found else ""

    @property
    def quality(self) -> int:
        """0 is best."""
        return rank(self.path.stem.rpartition("-")[2])

    @property
    def kind(self) -> str:
        """woman or man where it is known from the name, else anyone."""
        parts = self.path.stem.split("-")
        speaker = parts[1] if len(parts) == 3 else parts[0]
        return next((kind for kind in ("woman", "man") if speaker in voices_file()["piper"][kind].split()), "anyone")

    @property
    def speakers(self) -> dict[str, int]:
        """Numbers of its speakers by name. One who speaks in several moods is one speaker, the neutral one."""
        named: dict[str, int] = self.config.get("speaker_id_map") or {}
        named = named or {str(number): number for number in range(self.config["num_speakers"])}
        return {"neutral": named["neutral"]} if "neutral" in named else named

    @property
    def digest(self) -> str:
        """Of what is in both files. BackendFailed if they cannot be read."""
        try:
            return "".join(_digest(path, *_stamps(path)) for path in (self.path, self.config_path))
        except OSError as error:
            raise BackendFailed(f"The voice {self.name} cannot be read: {error.strerror}", self.again) from error


def installed() -> tuple[VoiceFile, ...]:
    """All voices there are, by name; of two with one name, the one in the first folder."""
    found: dict[str, VoiceFile] = {}
    for folder in folders():
        for path in sorted(filter(Path.is_file, folder.glob("*.onnx"))):
            found.setdefault(path.stem, VoiceFile(name=path.stem, path=path))
    return tuple(found[name] for name in sorted(found))


def find(name: str) -> VoiceFile:
    """The voice by its name, or by the path of its .onnx. UnknownName, listing those that are there."""
    if name.endswith(".onnx"):
        if (path := _allowed(name)).is_file():
            return VoiceFile(name=name, path=path)
        raise UnknownName(f"There is no voice file {name}", _there_are())
    for voice in installed():
        if voice.name == name:
            return voice
    if VOICE_NAME.fullmatch(name):
        others = f"; {_there_are()}" if installed() else ""
        raise UnknownName(f"There is no Piper voice {name!r} here", f"get it: storyforge voices get {name}{others}")
    raise UnknownName(f"There is no Piper voice {name!r} here", _there_are())


def _allowed(name: str) -> Path:
    """The path, if it lies where one works or in a folder of voices: a story of somebody else's opens nothing else."""
    path = Path(
        os.path.normpath(Path.cwd() / Path(name).expanduser())
    )  # not resolved: a link in there is the user's own
    if not any(path.is_relative_to(folder) for folder in (Path.cwd(), *folders())):
        raise UnknownName(f"The voice {name} lies outside this folder", "put it and its .onnx.json into voices/ here")
    return path


def fitting(language: str) -> tuple[VoiceFile, ...]:
    """The voices that speak a language (`en` or `en_GB`), the best first. Damaged ones are left out."""
    speaking = []
    for voice in installed():
        try:
            close = closeness(voice.language, language)
        except BackendFailed:
            continue
        if close is not None:
            speaking.append((close, voice.quality, voice.name, voice))
    return tuple(voice for *_, voice in sorted(speaking, key=lambda found: found[:3]))


def closeness(spoken: str, wanted: str) -> int | None:
    """0 if a voice of `spoken` speaks what is wanted as it is spoken there, 1 if elsewhere, None if not at all."""
    same: dict[str, str] = voices_file()["piper"]["same"]
    voice, story = (re.split("[-_]", language.lower()) for language in (spoken, wanted))
    if same.get(voice[0], voice[0]) != same.get(story[0], story[0]):
        return None
    return int(voice[1:2] != story[1:2])


def rank(quality: str) -> int:
    """0 is best."""
    known: list[str] = voices_file()["piper"]["qualities"]
    return known.index(quality) if quality in known else len(known)


def recommended(language: str) -> str:
    """The voice to begin with for a language tag (en, en-US, pt_BR); '' if none is known."""
    known: dict[str, str] = voices_file()["piper"]["recommended"]
    tag = language.lower().replace("_", "-")
    return known.get(tag) or known.get(tag.partition("-")[0], "")


def better(language: str) -> str:
    """Which command leads to a Piper voice for a language."""
    name = recommended(language)
    return f"storyforge voices get {name}" if name else f"storyforge voices --language {language}"


def _there_are() -> str:
    there = ", ".join(voice.name for voice in installed())
    where = " and ".join(str(folder) for folder in folders())
    return f"there are: {there}" if there else f"{where} hold none; get one: {GET_VOICES}"


def _stamps(path: Path) -> tuple[int, int]:
    about = path.stat()
    return about.st_size, about.st_mtime_ns


@cache
def _sounds(path: Path, size: int, changed: int) -> int | None:
    return sounds_known(path)


@cache
def _digest(path: Path, size: int, changed: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=8)).hexdigest()

"""Piper's voices as they lie on the disk: NAME.onnx and, beside it, NAME.onnx.json."""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from storyforge.errors import BackendFailed, UnknownName
from storyforge.narration.espeak_voices import voices_file
from storyforge.value import Value

GET_VOICES = (
    "python -m piper.download_voices --download-dir voices en_US-lessac-medium (without a name it lists them all)"
)

_PHONEME_TYPES = ("espeak", "text")  # the others of Piper fetch models of their own from the network


class VoiceFile(Value):
    """One voice. `name` is the file's, without .onnx; or the path that the user wrote."""

    name: str
    path: Path

    @property
    def config_path(self) -> Path:
        return self.path.with_name(f"{self.path.name}.json")

    @cached_property
    def config(self) -> dict[str, Any]:
        """What the voice tells of itself. BackendFailed if there is no such file or it is no Piper voice's."""
        again = f"get both files again: {GET_VOICES}"
        try:
            config = json.loads(self.config_path.read_text("utf-8"))
            kind, rate = config.get("phoneme_type", "espeak"), config["audio"]["sample_rate"]
            fits = config["phoneme_id_map"] and config["num_symbols"] and config["num_speakers"] >= 0
            fits = fits and {"_", "^", "$"} <= set(config["phoneme_id_map"]) and config["espeak"]["voice"]
        except FileNotFoundError as error:
            raise BackendFailed(f"Half of the voice {self.name} is missing: {self.config_path.name}", again) from error
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise BackendFailed(f"{self.config_path.name} does not describe a Piper voice: {error!r}", again) from error
        if not fits or not 8000 <= rate <= 48000:
            raise BackendFailed(f"{self.config_path.name} does not describe a Piper voice", again)
        if kind not in _PHONEME_TYPES:
            raise BackendFailed(
                f"The voice {self.name} needs {kind} phonemes", "choose a voice without them, or espeak"
            )
        return dict(config)

    @property
    def language(self) -> str:
        """As en_US; of a config without a language, what espeak calls it."""
        return str(self.config.get("language", {}).get("code") or self.config["espeak"]["voice"])

    @property
    def quality(self) -> int:
        """0 is best."""
        known: list[str] = voices_file()["piper"]["qualities"]
        word = self.path.stem.rpartition("-")[2]
        return known.index(word) if word in known else len(known)

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
        """Of what is in both files."""
        return _digest(self.path, *_stamps(self.path)) + _digest(self.config_path, *_stamps(self.config_path))


def folders() -> tuple[Path, ...]:
    """Where voices are looked for: voices/ in the working directory, then the user's own folder."""
    return Path.cwd() / "voices", user_folder() / "voices"


def user_folder() -> Path:
    """The user's own folder for storyforge's data, as each system has it."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "storyforge"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "storyforge"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "storyforge"


def installed() -> tuple[VoiceFile, ...]:
    """All voices there are, by name; of two with one name, the one in the first folder."""
    found: dict[str, VoiceFile] = {}
    for folder in folders():
        for path in sorted(folder.glob("*.onnx")):
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
    raise UnknownName(f"There is no Piper voice {name!r}", _there_are())


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
    wanted = re.split("[-_]", language.lower())
    speaking = []
    for voice in installed():
        try:
            spoken = re.split("[-_]", voice.language.lower())
        except BackendFailed:
            continue
        if spoken[0] == wanted[0]:
            speaking.append((spoken[1:2] != wanted[1:2], voice.quality, voice.name, voice))
    return tuple(voice for *_, voice in sorted(speaking, key=lambda found: found[:3]))


def _there_are() -> str:
    there = ", ".join(voice.name for voice in installed())
    where = " and ".join(str(folder) for folder in folders())
    return f"there are: {there}" if there else f"{where} hold none; get one: {GET_VOICES}"


def _stamps(path: Path) -> tuple[int, int]:
    about = path.stat()
    return about.st_size, about.st_mtime_ns


@cache
def _digest(path: Path, size: int, changed: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=8)).hexdigest()

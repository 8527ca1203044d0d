"""`storyforge voices try`: one hears a voice before a story is told by it."""

from __future__ import annotations

import os
import re
from collections.abc import Collection
from difflib import get_close_matches
from pathlib import Path

from pydantic import ValidationError
from rich.console import Console

from storyforge.backend import Narrator, Voice
from storyforge.commands.playing import play
from storyforge.errors import BadSettings, StoryforgeError, UnknownName
from storyforge.files import write_whole
from storyforge.narration import libespeak, piper_files
from storyforge.narration.casting import kind_named
from storyforge.narration.espeak import Espeak
from storyforge.narration.espeak_voices import (
    ALL_VOICES,
    is_variant,
    language_of,
    languages_called,
    voice_named,
    voices_file,
)
from storyforge.narration.folders import cache_folder
from storyforge.narration.piper import Piper
from storyforge.narration.whose import stop_if_anothers
from storyforge.speech import Speech
from storyforge.story import Character, Story


def try_voice(
    name: str,
    text: str = "",
    *,
    language: str = "",
    speaker: str = "",
    pace: float = 1.0,
    pitch: float = 0.0,
    out: str | None = None,
    aloud: bool = True,
) -> None:
    """Speaks with a Piper voice that is here or one of espeak's, writes a WAV file, and plays it if something can.

    UnknownName, BadSettings, BackendFailed, CannotWrite.
    """
    path = _place(out, name) if out is not None else cache_folder() / _file_name(name)
    narrator, voice, tongue = _cast(name, language, speaker, pace)
    speech = spoken(narrator, voice, tongue, text, pitch)
    write_whole(path, speech.to_wav())
    console = Console(highlight=False, markup=False, soft_wrap=True)
    chosen = "" if _is_voice(name) else f", as {name},"
    console.print(f"{_shown(voice) if chosen else name}{chosen} speaks for {speech.seconds:.1f} s: {path}")
    if aloud and not play(path, speech):
        console.print("Nothing here can play it: open the file with what you play music with.")


def _place(wish: str, voice: str) -> Path:
    """The file that `--out` means; in a folder, one that is called as the voice. BadSettings.

    What ends with a slash is a folder, and made if it is not there.
    """
    out = Path(wish)
    if wish.endswith(("/", os.sep)) and not out.exists():
        return out / _file_name(voice)
    if not out.is_dir() and out.suffix.lower() != ".wav":
        if out.name == "..":
            raise BadSettings(f"There is no folder {out}", "name one that is there, or a file: hello.wav")
        raise BadSettings(
            f"--out cannot be {out}", f"a WAV file is written: {out.with_suffix('.wav')}, or one in {out}/"
        )
    path = out / _file_name(voice) if out.is_dir() else out
    if path.exists() and not _spoken_here(path):
        raise BadSettings(f"{path} is there already, and no voice was tried in it", "choose another name")
    return path


def _file_name(voice: str) -> str:
    return re.sub(r"[^\w+.-]", "-", f"{Path(voice).stem}.wav").lstrip("+.-")


def _spoken_here(path: Path) -> bool:
    """Whether it is a WAV file of ours, with the times of its words. A recording, which somebody may miss, is not."""
    try:
        Speech.from_wav(path.read_bytes())
    except (StoryforgeError, OSError, LookupError, TypeError, ValueError):
        return False
    return True


def spoken(narrator: Narrator, voice: Voice, language: str, text: str, pitch: float) -> Speech:
    """The text, or how tales begin in the language, as the voice says it in a film, `pitch` semitones higher."""
    text = text or _beginning(language)
    higher = max(-12.0, min(12.0, voice.pitch + pitch))
    speech = narrator.speak(text, voice.model_copy(update={"pitch": higher}), language, {})
    if not len(speech.samples):
        raise BadSettings(f"{text!r} has nothing in it that can be said", "write some words")
    return speech


def _cast(name: str, language: str, speaker: str, pace: float) -> tuple[Narrator, Voice, str]:
    """Whose voice it is, the voice, and the language that it speaks; for a kind, one that a story would be given."""
    if _is_voice(name):
        narrator, tongue = _narrator(name, language, speaker, pace)
        return narrator, narrator.cast_voices(_story(tongue), (), {})[""], tongue
    if speaker:
        raise BadSettings(f"{name} is a kind of voice, without speakers", "name a voice, or leave --speaker out")
    tongue = language or "en"
    kind: Narrator = Piper(pace=pace) if piper_files.fitting(tongue) else Espeak(pace=pace)
    story = _story(tongue).model_copy(update={"cast": {"one": Character(voice=name)}})
    return kind, kind.cast_voices(story, ("one",), {})["one"], tongue


def _is_voice(name: str) -> bool:
    """Rather than a kind: man, old-woman, little girl."""
    here = {voice.name for voice in piper_files.installed()}
    return name in here or is_variant(name.strip()) or not kind_named(name)


def _shown(voice: Voice) -> str:
    speaker = f" (speaker {voice.speaker})" if voice.speaker else ""
    return f"{voice.name}{speaker}{f' (pitch {voice.pitch:+g})' if voice.pitch else ''}"


def _narrator(name: str, language: str, speaker: str, pace: float) -> tuple[Narrator, str]:
    """Whose voice it is, and the language that it speaks. UnknownName if it is nobody's."""
    here = {voice.name for voice in piper_files.installed()}
    if name in here or name.endswith(".onnx") or piper_files.VOICE_NAME.fullmatch(name):
        file = piper_files.find(name)
        which = int(speaker) if speaker.isdecimal() else speaker or None
        return Piper(voice=name, pace=pace, speaker=which), language or file.language
    try:
        known = voice_named(name)
    except UnknownName as error:
        stop_if_anothers(name)
        raise UnknownName(f"There is no voice {name!r} here", _near(name, here)) from error
    if speaker:
        raise BadSettings(f"The voice {name} has no speakers", "only some of Piper's have: leave --speaker out")
    return Espeak(voice=known, pace=pace), language_of(known, language or "en")


def _near(name: str, here: Collection[str]) -> str:
    called = languages_called(name)
    variants = [f"+{each}" for each in libespeak.variants()]
    near = called or get_close_matches(name, here, 3, 0.5) or get_close_matches(f"+{name.strip('+')}", variants, 3, 0.5)
    return f"did you mean {' or '.join(near)}?" if near else ALL_VOICES


def _story(language: str) -> Story:
    try:
        return Story(title="A try", story="Once.", language=language.replace("_", "-"))
    except ValidationError as error:
        raise BadSettings(f"--language cannot be {language!r}", "write a short code such as en, de or pt-BR") from error


def _beginning(language: str) -> str:
    beginnings: dict[str, str] = voices_file()["beginnings"]
    return beginnings.get(re.split("[-_]", language.lower())[0], beginnings["en"])

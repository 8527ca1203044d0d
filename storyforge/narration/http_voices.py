"""The voices of a speech server: who they may be, what they speak, and which of its models is meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from storyforge.backend import Voice
from storyforge.errors import BadSettings, UnknownName
from storyforge.narration import kokoro
from storyforge.narration.casting import Voices, kind_of
from storyforge.story import Character

ALIASES = frozenset("alloy ash ballad coral echo fable nova onyx sage shimmer verse marin cedar".split())
"""OpenAI's own. Most servers take these names and mean voices of theirs."""

_SPEAKS = re.compile(r"tts|speech|kokoro|piper|chatterbox|bark|xtts|orpheus|voxcpm|vibevoice|parler", re.IGNORECASE)


@dataclass(frozen=True)
class Known:
    name: str
    language: str = ""
    kind: str = "anyone"


def known_of(told: Iterable[Any]) -> tuple[Known, ...]:
    """What a server's list of voices tells, each name once."""
    found: dict[str, Known] = {}
    for each in told:
        about: Mapping[str, Any] = each if isinstance(each, dict) else {"id": each}
        name = next((about[key] for key in ("id", "voice_id", "name") if isinstance(about.get(key), str)), "")
        if name:
            found.setdefault(name, _known(name, about))
    return tuple(found.values())


def _known(name: str, about: Mapping[str, Any]) -> Known:
    """By what the server tells, by Kokoro's way to name voices, else by the name: one called grandpa is an old man."""
    language = about.get("language")
    sex = {"female": "woman", "male": "man"}.get(str(about.get("gender")).lower(), "")
    return Known(
        name,
        language if isinstance(language, str) else kokoro.language_of(name),
        sex or kokoro.kind_of(name) or kind_of(name, Character()),
    )


def fitting(voices: Sequence[Known], language: str) -> tuple[Known, ...]:
    """Those that speak a language (or do not say), of its own region first. UnknownName if there are only others."""
    wanted = re.split("[-_]", language.lower())
    speaking = []
    for number, voice in enumerate(voices):
        spoken = re.split("[-_]", voice.language.lower())
        if spoken[0] in ("", wanted[0]):
            speaking.append((len(wanted) > 1 and spoken[1:2] != wanted[1:2], number, voice))
    if voices and not speaking:
        others = ", ".join(sorted({voice.language for voice in voices}))
        raise UnknownName(
            f"No voice of the speech server speaks {language!r}",
            f"its voices speak: {others}. Name one all the same, as `voice` and `voices`",
        )
    return tuple(voice for *_, voice in sorted(speaking, key=lambda found: found[:2]))


def narrating(voices: Sequence[Known]) -> str:
    """The narrator's, where nobody said which: '' is the server's own."""
    names = [voice.name for voice in voices if voice.language == voices[0].language]
    return next((name for name in (*kokoro.NARRATORS, *names) if name in names), "")


def by_kind(voices: Sequence[Known]) -> Voices:
    """For the cast: those that are not for special occasions, or all if there is no other."""
    kinds: dict[str, list[Voice]] = {}
    for voice in [voice for voice in voices if not kokoro.is_odd(voice.name)] or voices:
        kinds.setdefault(voice.kind, []).append(Voice(name=voice.name))
    return kinds


def stop_if_unknown(name: str, whose: str, voices: Sequence[Known]) -> None:
    """UnknownName for a voice that the server does not list: chatterbox-tts-api would use another without a word."""
    names = [voice.name for voice in voices]
    if not names or name in names or name.lower() in ALIASES or set("+(") & set(name):  # Kokoro mixes a(2)+b
        return
    near = get_close_matches(name, names, n=6, cutoff=0.5) or sorted(names)[:12]
    raise UnknownName(f"The speech server has no voice {name!r} for {whose}", f"near it are: {', '.join(near)}")


def model_among(told: Sequence[Mapping[str, Any]], place: str) -> str:
    """The one that speaks, where nobody named one; '' where the server lists none. BadSettings if there are several."""
    names = [str(each["id"]) for each in told if each.get("id")]
    speaking = [str(each["id"]) for each in told if each.get("id") and each.get("task") == "text-to-speech"]
    speaking = speaking or [name for name in names if _SPEAKS.search(name)] or names
    if "kokoro" in speaking:  # Kokoro-FastAPI has it under OpenAI's names too
        return "kokoro"
    if len(speaking) > 1:
        raise BadSettings(
            f"The speech server at {place} has {len(speaking)} models", f"name one as `model`: {', '.join(speaking)}"
        )
    return speaking[0] if speaking else ""

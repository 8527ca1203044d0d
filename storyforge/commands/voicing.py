"""The voices that a narrator would give to new characters, as a story file says them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from storyforge.backend import Narrator, Voice
from storyforge.cast_yaml import Entry
from storyforge.story import Story


def with_voices(story: Story, entries: Sequence[Entry], narrator: Narrator) -> list[Entry]:
    """The entries, each with a `voice` as far as it can be written so that everybody sounds as without it.

    Raises what the narrator raises if it has no voices for the story.
    """
    narrator = narrator.speaking
    cast = {**story.cast, **{entry.key: entry.character for entry in entries}}
    wanted = _cast_voices(story, cast, narrator)
    for written in (_short, _long):
        voiced = [_with_voice(entry, written(narrator, wanted[entry.key])) for entry in entries]
        if _cast_voices(story, cast | {entry.key: entry.character for entry in voiced}, narrator) == wanted:
            return voiced
    return list(entries)


def _cast_voices(story: Story, cast: Mapping[str, Any], narrator: Narrator) -> dict[str, Voice]:
    return narrator.cast_voices(story.model_copy(update={"cast": dict(cast)}), tuple(cast), {})


def _with_voice(entry: Entry, voice: str | dict[str, Any]) -> Entry:
    return entry.model_copy(update={"character": entry.character.model_copy(update={"voice": voice})})


def _short(narrator: Narrator, voice: Voice) -> str | dict[str, Any]:
    """`grandpa`, where the name says it all."""
    settings = _long(narrator, voice)
    return voice.name.removeprefix("+") if settings.keys() == {narrator.name} else settings


def _long(narrator: Narrator, voice: Voice) -> dict[str, Any]:
    """`{espeak: grandpa, pitch: 3}`. The narrator's own pace comes on top of each voice's."""
    pace = round(voice.pace / getattr(narrator, "pace", 1.0), 4)
    pitch = int(voice.pitch) if voice.pitch == int(voice.pitch) else voice.pitch
    settings = {"speaker": voice.speaker, "pitch": pitch or None, "pace": pace if pace != 1 else None}
    given = {name: value for name, value in settings.items() if value is not None}
    return {narrator.name: voice.name.removeprefix("+"), **given}

"""Where a story names folders of recordings, its narrator is one that reads from them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from storyforge.backend import Narrator, find, split_choice
from storyforge.errors import BadSettings
from storyforge.story import Choice, Story, narrator_choice, recorded_in
from storyforge.story_file import folder_beside

RECORDED = "recorded"

_FILLED_IN = {"folders", "shots"}
_SUCH = "such as: voice: {recorded: voices/eevee/}"


def fallback_of(choice: Choice) -> Choice:
    """The narrator for what is not recorded, where `choice` is one that reads recordings; else `choice` itself."""
    name, given = split_choice("narrator", choice)
    if name != RECORDED:
        return choice
    fallback = narrator_choice(given.get("fallback", "auto"))
    if not isinstance(fallback, str | dict) or split_choice("narrator", fallback)[0] == RECORDED:
        raise BadSettings("The `fallback` of recorded is no narrator that can speak", "name one: fallback: espeak")
    return fallback


def with_recordings(
    fallback: Narrator, given: Mapping[str, Any] | None, story: Story, beside: Path, *, outside: bool
) -> Narrator:
    """The narrator itself, or over it the one that reads what the cast (or `given`, its settings) has recordings of.

    `beside`: the story's folder. BadSettings; BadStory if a folder may not be used.
    """
    for field in _FILLED_IN & set(given or ()):
        raise BadSettings(f"`{field}` of recorded is filled in from the cast and the story", f"write it there, {_SUCH}")
    folders = {}
    for key, character in story.cast.items():
        name = recorded_in(character)
        if name is not None:
            folders[key] = str(folder_beside(beside, name, outside=outside))
        elif isinstance(character.voice, dict) and RECORDED in character.voice:
            raise BadSettings(f"What is recorded of {key} is a folder", _SUCH)
    if given is None and not folders:
        return fallback
    wanted = {**(given or {}), "fallback": fallback, "folders": folders}
    return find("narrator", {RECORDED: wanted}, Narrator)  # type: ignore[type-abstract]

"""What is wrong with the voices of a cast and with how words are said: all of it at once, each with its line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from storyforge.backend import Narrator
from storyforge.errors import BadSettings, UnknownName
from storyforge.narration.pronunciation import stop_if_not_spoken
from storyforge.story_file import StoryFile
from storyforge.yaml_file import Document, Place, read_yaml


def voice_mistakes(file: StoryFile, narrator: Narrator, everywhere: Mapping[str, str] = {}) -> list[str]:
    """`file:line: field – what – remedy`, in the order of the files; to be asked when a cast got no voices.

    `everywhere`: the lexicon of the settings. Raises what the narrator raises where no one of the cast is to blame.
    """
    nobody = file.story.model_copy(update={"cast": {}, "lexicon": {}})
    narrator.cast_voices(nobody, (), {})
    stop_if_not_spoken(everywhere)
    found = Document(file.path), *([Document(file.cast)] if file.cast else [])
    for document in found:
        document.lines = read_yaml(document.path).lines
    cast = found[-1] if file.cast else found[0]
    for place, trial in _trials(file, narrator):
        try:
            trial()
        except (UnknownName, BadSettings) as error:
            document = cast if place[0] == "cast" else found[0]
            document.mistake(place[1:] if document.path == file.cast else place, error.cause, error.remedy)
    return [text for document in found for _, text in sorted(document.mistakes)]


def _trials(file: StoryFile, narrator: Narrator) -> Iterator[tuple[Place, Callable[[], Any]]]:
    """Each word of the lexicon and each of the cast, alone."""
    story = file.story
    for word, said in story.lexicon.items():
        yield ("lexicon", word), partial(stop_if_not_spoken, {word: said})
    for key, character in story.cast.items():
        alone = character.model_copy(update={"pronounce": ""})
        one = story.model_copy(update={"cast": {key: alone}, "lexicon": {}})
        yield ("cast", key, "voice"), partial(narrator.cast_voices, one, (key,), {})
        yield ("cast", key, "pronounce"), partial(stop_if_not_spoken, {key: character.pronounce})

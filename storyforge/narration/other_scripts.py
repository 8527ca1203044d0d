"""Words in another script than the story's: Алёша in an English tale. espeak-ng, and Piper with it, would spell them.

They are read as in their own language, by the sounds that the story's language has for them: in the speaker's own
voice, with an accent. A second voice, even where one is installed, would be another person in the middle of a sentence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from itertools import groupby
from typing import Any

import yaml

from storyforge.errors import StoryforgeError
from storyforge.narration.cautious import say_cautiously
from storyforge.narration.espeak_voices import language_named

_SWITCH = re.compile(r"\([a-z-]+\)")  # espeak-ng tells so that it goes on in another language
_MARKS = "ˈˌː"
_LONGEST = 100  # characters: sentences of Chinese have no spaces


def other_words(text: str, language: str) -> dict[str, str]:
    """Each word in a script that the language is not written in, with how it is said, in IPA: `/alˈoʃa/`."""
    if text.isascii():
        return {}
    own = re.split("[-_]", language.lower())[0]
    scripts, accents = _table()["scripts"], _table()["accents"].get(own, {})
    words = {word: scripts[script] for script, word in _runs(text) if script in scripts and len(word) <= _LONGEST}
    read = {word: _read(word, about["as"]) for word, about in words.items() if own not in about["home"].split()}
    return {word: f"/{ipa.translate(str.maketrans(accents))}/" for word, ipa in read.items() if ipa}


def _runs(text: str) -> Iterator[tuple[str, str]]:
    """Script and word, for all stretches of letters of one script."""
    for script, letters in groupby(_letters(text), key=lambda letter: letter[0]):
        if script:
            yield script, "".join(letter for _, letter in letters)


def _letters(text: str) -> Iterator[tuple[str, str]]:
    """Each character with its script, the first word of its name (Unicode 4.8); marks go with what they stand on."""
    script = ""
    for character in text:
        category = unicodedata.category(character)[0]
        if category != "M":
            script = unicodedata.name(character, "").partition(" ")[0] if category == "L" else ""
        yield script, character


@lru_cache(maxsize=4096)
def _read(word: str, language: str) -> str:
    """The word in IPA, without tones and fine marks; '' if espeak-ng cannot read it."""
    try:
        said = say_cautiously(word, language_named(language).identifier, speed=145, pitch=50, pitch_range=50)
    except StoryforgeError:
        return ""
    told = unicodedata.normalize("NFD", _SWITCH.sub("", "".join(event.phoneme for event in said.events)))
    plain = "".join(mark for mark in told if mark in _MARKS or unicodedata.category(mark) == "Ll")
    return plain.translate(str.maketrans(_table()["nearest"]))


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = yaml.safe_load(files(__package__).joinpath("scripts.yaml").read_text("utf-8"))
    return table

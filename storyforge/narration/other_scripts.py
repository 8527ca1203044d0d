"""Words of another language than the story's: Алёша in an English tale, or what the lexicon gives to French.

espeak-ng, and Piper with it, would spell those in another script, and read the others as if they were English. They
are read as in their own language, by the sounds that the story's language has for them: in the speaker's own
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
from storyforge.narration.libespeak import WORD

_SWITCH = re.compile(r"\([a-z-]+\)")  # espeak-ng tells so that it goes on in another language
_LATIN = "lamina"  # what a language that is written in Latin letters reads by itself
_TILDE = "\u0303"
_NASAL = re.compile(f"([aeiouyɐɑɔɛœøʊɪ]{_TILDE})(?:([jwɪʊ]){_TILDE}?)?")  # a glide behind it ends the vowel
_NO_NASAL = re.compile(f"(?<![aeiouyɐɑɔɛœøʊɪ]){_TILDE}")
_MARKS = f"ˈˌː {_TILDE}"
_LONGEST = 100  # characters: sentences of Chinese have no spaces


def other_words(text: str, language: str) -> dict[str, str]:
    """Each word in a script that the language is not written in, with how it is said, in IPA: `/alˈoʃa/`."""
    if text.isascii():
        return {}
    own = re.split("[-_]", language.lower())[0]
    scripts = _table()["scripts"]
    words = {word: scripts[script] for script, word in _runs(text) if script in scripts and len(word) <= _LONGEST}
    read = {word: read_as(word, about["as"], own) for word, about in words.items() if own not in about["home"].split()}
    return {word: ipa for word, ipa in read.items() if ipa}


def read_as(words: str, other: str, language: str) -> str:
    """Words read as in another language, by the sounds of the story's, in IPA: `/ˈoʊlɑ/`; '' if nobody can.

    Nobody can read Latin letters as in Japanese or Greek: espeak-ng goes over to English there, or spells them.
    UnknownName if espeak-ng does not speak that language.
    """
    ipa = _read(words, language_named(other).identifier)
    own = re.split("[-_]", language.lower())[0]
    nasals = _table()["nasals"].get(own, "").split()
    ipa = _NASAL.sub(
        lambda nasal: f"{nasal[1]}{nasal[2] or ''}" if nasal[1] in nasals else f"{nasal[1][0]}{nasal[2] or ''}n", ipa
    )
    sounds: dict[str, str | int | None] = _table()["nearest"] | _table()["accents"].get(own, {})
    return f"/{ipa.translate(str.maketrans(sounds))}/" if ipa else ""


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
def _read(words: str, identifier: str) -> str:
    """The words in IPA, without tones and fine marks but that of nasals; '' if espeak-ng cannot read them."""
    try:
        said = say_cautiously(words, identifier, speed=145, pitch=50, pitch_range=50)
    except StoryforgeError:
        return ""
    if any(_SWITCH.search(event.phoneme) for event in said.events) and not _is_borrowed(words, identifier):
        return ""
    spaces = (event.kind == WORD and words[: event.position].endswith(" ") for event in said.events)
    sounds = (f" {event.phoneme}" if space else event.phoneme for space, event in zip(spaces, said.events, strict=True))
    told = unicodedata.normalize("NFD", _SWITCH.sub("", "".join(sounds))).replace("c\u0327", "ç")
    plain = "".join(mark for mark in told if mark in _MARKS or unicodedata.category(mark) == "Ll").strip()
    return _NO_NASAL.sub("", plain)


def _is_borrowed(words: str, identifier: str) -> bool:
    """Whether what it reads in English is English to its own dictionary, as le weekend is in French."""
    in_latin = all(script in ("", "LATIN") for script, _ in _letters(words))
    return in_latin and words != _LATIN and bool(_read(_LATIN, identifier))


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = yaml.safe_load(files(__package__).joinpath("scripts.yaml").read_text("utf-8"))
    return table

"""What a language model answers about the people of a story, and what of it is really in the story."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from storyforge.planning.chat.loose_json import pieces
from storyforge.planning.chat.thoughts import without_thoughts
from storyforge.planning.names import UNSPACED
from storyforge.planning.wordlist import lexicon

_LONGEST_NAME, _LONGEST_PHRASE = 60, 80
_MOST_PEOPLE, MOST_PHRASES, _MOST_ALIASES = 40, 5, 4


class ToldPhrase(BaseModel):
    """A phrase of somebody's looks that the story tells."""

    words: Annotated[str, Field(max_length=120, description="the story's own words, copied exactly")]
    looks: Annotated[str, Field(max_length=_LONGEST_PHRASE, description="the same in English: a red scarf")]


class Person(BaseModel):
    """Somebody who is seen or who speaks."""

    name: Annotated[str, Field(max_length=_LONGEST_NAME, description="as the story writes it")]
    aliases: Annotated[list[str], Field(max_length=6, description="other names the story uses: the little fox")]
    pronouns: Annotated[Literal["she", "he", "it", "they"], Field(description="what the story calls them")]
    what: Annotated[str, Field(max_length=_LONGEST_PHRASE, description="who or what it is, in English: a small fox")]
    told: Annotated[list[ToldPhrase], Field(max_length=8, description="looks and clothes that the story tells")]
    invented: Annotated[list[str], Field(max_length=5, description="what else a painter needs, in English")]


class People(BaseModel):
    people: Annotated[list[Person], Field(max_length=_MOST_PEOPLE)]


@dataclass(frozen=True)
class Met:
    """Somebody, as far as the stretches so far tell; all phrases are clean, `told` is in the story."""

    names: tuple[str, ...]  # the first is the name
    pronouns: Literal["she", "he", "it", "they"]
    what: str
    told: tuple[tuple[str, str], ...]  # (the story's words, the same in English)
    invented: tuple[str, ...]


class UnusableError(Exception):
    """An answer of which nothing can be used; told to the model, and in the end to the user."""


def people_in(answer: str, stretch: str, language: str) -> list[Met]:
    """Everybody in the answer of whom the text really tells."""
    found = [piece for piece in pieces(without_thoughts(answer)) if piece.whole or piece.objects]
    whole = [piece.value for piece in found if isinstance(piece.value, dict) and "people" in piece.value]
    raw = whole[-1]["people"] if whole else [each for piece in found for each in piece.objects if "name" in each]
    if not isinstance(raw, list) or not (whole or raw):
        raise UnusableError("it was no JSON with a list of `people`")
    text = folded(stretch)
    faults: dict[str, None] = {}
    people: list[Met] = []
    for each in raw:
        try:
            people.append(_person(each, text, language))
        except UnusableError as error:
            faults[str(error)] = None
    if faults and not people:
        raise UnusableError("; ".join([*faults][:4]))
    return people[:_MOST_PEOPLE]


def _person(raw: Any, text: str, language: str) -> Met:
    """One of the answer, checked field by field: a fault in one phrase loses only that phrase."""
    fields = raw if isinstance(raw, dict) else {}
    names = [_clean(each, _LONGEST_NAME) for each in (fields.get("name"), *_listed(fields.get("aliases")))]
    if not names[0]:
        raise UnusableError("somebody has no `name`")
    known = lexicon(language).pronouns_by_word
    there = tuple(dict.fromkeys(name for name in names if name.lower() not in known and stands_in(name, text)))
    if not there:
        raise UnusableError(f"the story names no {json.dumps(names[0], ensure_ascii=False)}: copy names from it")
    told, invented = [], [_clean(each, _LONGEST_PHRASE) for each in _listed(fields.get("invented"))]
    for each in _listed(fields.get("told")):
        given = each if isinstance(each, dict) else {}
        words, looks = _clean(given.get("words"), 120), _clean(given.get("looks"), _LONGEST_PHRASE)
        if words and looks and stands_in(words, text):
            told.append((words, looks))
        else:
            invented.append(looks)
    pronouns = fields.get("pronouns")
    return Met(
        names=there[: _MOST_ALIASES + 1],
        pronouns=pronouns if pronouns in ("she", "he", "it", "they") else "it",
        what=_clean(fields.get("what"), _LONGEST_PHRASE),
        told=tuple(dict.fromkeys(told))[:MOST_PHRASES],
        invented=tuple(dict.fromkeys(filter(None, invented)))[:MOST_PHRASES],
    )


def _clean(text: Any, longest: int) -> str:
    """One line of what can be printed; '' for what is no text. Words like “with” before a phrase go."""
    if not isinstance(text, str):
        return ""
    line = " ".join("".join(char if char.isprintable() else " " for char in text[:2000]).split())
    line = re.sub(r"^(?:(?:with|wearing|and|has) )+", "", line).strip(" ,;.")
    return line[:longest].rsplit(" ", 1)[0] if len(line) > longest else line


def _listed(value: Any) -> list[Any]:
    return value[:20] if isinstance(value, list) else []


def folded(text: str) -> str:
    """For finding one text in another: no capitals, one kind of quote, one space."""
    return " ".join(text.translate(_ALIKE).casefold().split())


_ALIKE = str.maketrans("’‘“”„", '\'\'"""')


def pattern(phrase: str) -> re.Pattern[str]:
    """Finds a phrase as whole words; where a script has no spaces, anywhere."""
    plain = folded(phrase)
    edges = [r"(?<!\w)" if plain[:1].isalnum() else "", r"(?!\w)" if plain[-1:].isalnum() else ""]
    return re.compile(re.escape(plain) if UNSPACED.search(plain) else re.escape(plain).join(edges))


def stands_in(phrase: str, text: str) -> bool:
    return bool(re.search(r"[^\W\d_]", phrase)) and bool(pattern(phrase).search(text))

"""Numbers that go with the gender of what they count: mit 1 Euro is mit einem Euro, 1/2 tasse une demi-tasse."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from storyforge.narration.tables import Rule

_FEMININE = re.compile(r"(?:e|ung|heit|keit|schaft|ion|tät|ei|[^aäe]in|ik|ur)$")  # German nouns, nearly all
_FÉMININE = re.compile(r"(?:[éi]e|ette|elle|tion|sion|aine|ade|ure|ance|ence|ise|esse|euse|té)s?$")
_SMALL = "a-zà-öø-ÿœ"


def counted(about: Mapping[str, Any]) -> Iterator[Rule]:
    """The rules of a language that has such numbers, by what amounts.yaml tells of it."""
    if "one" in about:
        yield (
            re.compile(r"(?<![\w.,:/–-])1 (?P<noun>[A-ZÄÖÜ][a-zäöüß]++)(?![\w-])"),
            partial(_one_noun, about=about),
        )
    if "half" in about:
        noun = rf"(?P<noun>(?!(?:de|du|des|et|ou|à|au|le|la|les|en|par|pour|sur|est)\b)[{_SMALL}]{{3,}}+)(?![\w'])"
        whole = r"(?<![\w.,/-])(?:(?P<whole>\d{1,3}) ?)?(?:(?<![\d/])1/2|½)"
        yield re.compile(rf"{whole} {noun}"), partial(_half, about=about)


def one(noun: str, match: re.Match[str], about: Mapping[str, Any]) -> str:
    """How `1` is said of a noun, by the word before the match: ein, eine, einem …; `1` behind what it numbers."""
    before = match.string[max(match.start() - 40, 0) : match.start()]
    word = re.search(r"([^\W\d_]++)\.? ?$", before)
    last = word[1] if word else ""
    if last in about["labels"].split():
        return "1"
    cases = about["cases"].items()
    case = next((case for case, words in cases if last.lower() in words.split()), "nominative")
    return str(about["one"][_gender(noun, about)][case])


def _gender(noun: str, about: Mapping[str, Any]) -> str:
    first = noun.split()[0]  # Kilometer pro Stunde
    for gender in ("masculine", "feminine", "neuter"):
        if first in about[gender].split():
            return gender
    return "feminine" if _FEMININE.search(first) else "neuter"


def _one_noun(match: re.Match[str], about: Mapping[str, Any]) -> str:
    return f"{one(match['noun'], match, about)} {match['noun']}"


def _half(match: re.Match[str], about: Mapping[str, Any]) -> str:
    noun, whole = match["noun"], match["whole"]
    listed = {noun, noun.removesuffix("s")} & set(about["feminine"].split())
    before, behind = about["half"]["feminine" if listed or _FÉMININE.search(noun) else "masculine"]
    return f"{whole} {noun} {behind}" if whole else f"{before}{noun}"

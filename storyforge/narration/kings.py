"""Roman numbers: of kings (Henry VIII), chapters and wars, as dates.yaml says that a language reads them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from storyforge.narration.tables import Rule

_ROMAN = re.compile(r"(X{0,3})(IX|IV|V?I{0,3})")
_ROMAN_VALUES = {"IX": 9, "IV": 4}

About = Mapping[str, Any]
"""What dates.yaml holds for a language."""


def king_rule(about: About) -> Rule:
    """A name, perhaps with a word before it that changes how the number is said, and a number."""
    name = r"(?<![\w'-])(?P<name>[^\W\d_][\w'-]*+)"
    dot = r"(?P<dot>\.?)" if about.get("dotted") else "(?P<dot>)"
    before = r"(?:(?<!\w)(?P<before>[^\W\d_]++) )?"
    pattern = rf"{before}{name} (?P<number>[XVI]++)(?!\w){dot}(?= (?P<next>\w)|)"
    return re.compile(pattern), partial(_king, about=about)


def inflected(ordinal: str, changes: list[list[str]]) -> str:
    for pattern, ending in changes:
        ordinal = re.sub(pattern, ending, ordinal)
    return ordinal


def th(number: int) -> str:
    return "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


def roman(numeral: str) -> int:
    """Up to 39, as kings are counted; 0 if it is no roman number."""
    found = _ROMAN.fullmatch(numeral)
    if found is None:
        return 0
    ones = found[2]
    return 10 * len(found[1]) + _ROMAN_VALUES.get(ones, 5 * ones.count("V") + ones.count("I"))


def _king(match: re.Match[str], about: About) -> str:
    """Henry VIII is Henry the Eighth; Chapter IV is Chapter 4; `Pip and I`, Malcolm X and vitamin V stay."""
    name, number = match["name"], roman(match["number"])
    before = match["before"] or ""
    lead = f"{before} " if before else ""
    if not number:
        return match[0]
    if name in about["counted"] or name.capitalize() in about["counted"]:
        return f"{lead}{name} {number}{match['dot']}"
    titled = before in about["titles"]
    known = titled or name in about["kings"]
    single = len(match["number"]) == 1 and not (match["dot"] and known)
    speaks = single and number == 1 and (match["next"] or "").islower() and not titled  # John I think you are right
    if not name[0].isupper() or (single and not known) or speaks:
        return match[0]
    dot = "." if match["dot"] and re.match(r"\s*(?:$|'|\))", match.string[match.end() :]) else ""
    return f"{lead}{name} {_numbered(name, number, before, about)}{dot}"


def _numbered(name: str, number: int, before: str, about: About) -> str:
    female = bool(re.search(about["queens"], name)) if "queens" in about else False
    if number == 1 and "king_first" in about:
        return str(about["queen_first" if female else "king_first"])
    if number > about.get("ordinal_until", 39):
        return str(number)
    forms = about["queen"] if female and "queen" in about else about["king"]
    case = next((case for case, words in about.get("before", {}).items() if before.lower() in words), "")
    ordinals = about.get("ordinals", [])
    ordinal = ordinals[number - 1] if number <= len(ordinals) else str(number)
    if female and "of_queen" in about:
        ordinal = inflected(ordinal, about["of_queen"])
    return str(forms[case].format(n=number, th=th(number), o=ordinal, O=ordinal.capitalize()))

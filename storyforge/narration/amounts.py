"""Money, units, fractions, ranges and telephone numbers, as amounts.yaml says that a language reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from storyforge.narration.genders import counted, one
from storyforge.narration.tables import Rule, short, table

_BEFORE = r"(?<![\w.,:/$£€¥-])"
_PHONE = re.compile(
    r"(?<![\w.,:/-])(?:\+\d[\d /()-]{5,18}\d|\(\d{2,5}\) ?\d[\d -]{3,12}\d|0\d{1,5}[ /-]\d[\d -]{3,12}\d"
    r"|0\d(?:\.\d\d){4}|(?:1[ -])?(?:\d{3}[ -])?\d{3}-\d{4})(?![\w/-]|[.,:]\d)"
)


def amounts(language: str) -> Iterator[Rule]:
    """The rules of a language, in order; of those that amounts.yaml does not know, telephone numbers alone."""
    yield _PHONE, _digits
    about: dict[str, Any] | None = table("amounts", short(language))
    if about is None:
        return
    own, number = short(language), _number(about)
    yield from _sums(about)
    yield from counted(about)
    if " " in about["groups"]:
        yield (
            re.compile(rf"{_BEFORE}\d{{1,3}}(?: \d{{3}})++(?![\d.]\d|\d| \d)"),
            lambda match: match[0].replace(" ", ""),
        )
    coins, signs = _any(about["coins"]), _any({coin: 0 for coin in about["coins"] if not coin.endswith(".")})
    millions = _any(about["millions"])
    money = partial(_money, own=own, about=about)
    behind = rf"(?:(?P<behind_million> ?)(?P<million>{millions})(?!\w))?"
    yield re.compile(rf"(?<![\w$])(?:US|CA|A)?(?P<coin>{signs}) ?{number}{behind}"), money
    yield re.compile(rf"{_BEFORE}{number}{behind} ?(?P<coin>{coins})(?!\w)"), money
    yield (
        re.compile(
            rf"{_BEFORE}{number}(?P<gap> ?)(?P<unit>{_any(about['units'])})(?:\.(?= [a-zà-ÿа-я\d=]))?(?![\w/²])"
        ),
        (partial(_unit, own=own, about=about)),
    )
    yield from _fractions(about)
    yield re.compile(r"(?<![\w.,:/+-])(\d{1,6}+) ?([–-]) ?(\d{1,6}+)(?![\w/-]|[.,:–]\d)"), partial(_range, about=about)


def _sums(about: Mapping[str, Any]) -> Iterator[Rule]:
    """-5 °C, 2 x 3, 10 - 3 = 7, and 3:2, which is how a game went: times of day have two digits behind the colon."""
    yield re.compile(r"(?:(?<=[\s(])|^)[−-](?=\d+(?:[.,]\d+)? ?°)|(?<=[\s(])[−-](?=\d)"), f"{about['minus']} "
    yield re.compile(r"(?<=\d) ?[x×] ?(?=\d)"), f" {about['times']} "
    yield re.compile(r"(?<=\d) ?[−–-] ?(?=\d++ ?=)"), f" {about['minus']} "
    yield re.compile(r"(?<![\w.,:/-])(\d{1,3}):(\d|\d{3})(?![\w:/-]|[.,]\d)"), rf"\1 {about['hyphen']} \2"


def _number(about: Mapping[str, Any]) -> str:
    """A number with its groups (1,234,567) and decimals."""
    groups, decimal = re.escape(about["groups"].strip()), re.escape(about["decimal"])
    return rf"(?P<whole>\d{{1,3}}(?:[{groups}]\d{{3}})++(?!\d)|\d++)(?:{decimal}(?P<part>\d++))?+"


def _any(words: Mapping[str, Any]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))


def form(language: str, forms: list[str], whole: str, part: str | None = None) -> str:
    """The form of a word that goes with a number: of [one, many], or of [1, 2-4, 5 and more, a half] (CLDR plurals).

    Only the last two digits count, so that a number may be of any length.
    """
    last = int(whole[-2:])
    one = whole.lstrip("0") == "1"
    if len(forms) < 3:
        single = one and not part if language not in ("fr", "pt") else one or not whole.strip("0")
        return forms[0] if single else forms[-1]
    if part:
        return forms[-1]
    if one or (language == "ru" and last % 10 == 1 and last != 11):
        return forms[0]
    return forms[1] if 2 <= last % 10 <= 4 and not 12 <= last <= 14 else forms[2]


def _money(match: re.Match[str], own: str, about: Mapping[str, Any]) -> str:
    """`$12.50` is 12 dollars and 50 cents, `$2.5 million` is 2.5 million dollars."""
    unit, *small = about["coins"][match["coin"]]
    whole, part = match["whole"], match["part"]
    if match["million"]:
        number = whole + (f"{about['decimal']}{part}" if part else "")
        many = unit[2] if len(unit) > 2 else unit[-1]
        return f"{number} {about['millions'][match['million']]} {about.get('of', '')}{many}"
    if part is None or (len(part) == 2 and part == "00"):
        return f"{_one(whole, about, unit, match)} {form(own, unit, whole)}"
    if len(part) != 2 or not small:
        return f"{whole}{about['decimal']}{part} {form(own, unit, whole, part)}"
    cents = part.lstrip("0")
    little = form(own, small[0], cents)
    if not whole.strip("0"):
        return f"{_one(cents, about, small[0], match)} {little}"
    said = about["money"]["both"] if len(cents) > 1 or "{small}" in about["money"]["both"] else _BOTH.get(own, _PLAIN)
    return str(said).format(
        whole=_one(whole, about, unit, match), unit=form(own, unit, whole), part=cents, small=little
    )


_PLAIN = "{whole} {unit} {part} {small}"  # 3 euros 5 would be 3.50
_BOTH = {"de": "{whole} {unit} und {part} {small}", "fr": "{whole} {unit} et {part} {small}"}


def _one(number: str, about: Mapping[str, Any], forms: list[str], match: re.Match[str]) -> str:
    """In German one says ein Euro, eine Tonne and mit einem Euro."""
    return one(forms[0], match, about) if number == "1" and "one" in about else number


def _unit(match: re.Match[str], own: str, about: Mapping[str, Any]) -> str:
    forms = about["units"][match["unit"]]
    whole, part = match["whole"], match["part"]
    number = f"{whole}{about['decimal']}{part}" if part else _one(whole, about, forms, match)
    return f"{number} {form(own, forms, whole, part)}"


def _fractions(about: Mapping[str, Any]) -> Iterator[Rule]:
    halves, parts = about["and_half"], about["parts"]
    yield re.compile(rf"(?<=\d) ?([{''.join(halves)}])"), lambda match: str(halves[match[1]])
    written = {"1/2": "½", "1/4": "¼", "3/4": "¾", "1/3": "⅓", "2/3": "⅔"}
    whole = {text: halves[sign] for text, sign in written.items() if sign in halves}
    yield (
        re.compile(rf"(?<![\w./,-])(\d{{1,3}}) ({_any(whole)})(?![\w/]|[.,]\d)"),
        lambda match: match[1] + whole[match[2]],
    )
    yield re.compile(rf"(?<![\w./,-])({_any(parts)})(?![\w/]|[.,]\d)"), lambda match: str(parts[match[1]])


def _range(match: re.Match[str], about: Mapping[str, Any]) -> str:
    """3–5 is a range; 5-3 is how a game went, and 5 - 3 that or a subtraction."""
    rising = int(match[1]) < int(match[3])
    said = about["range"] if rising else about["hyphen"]
    if not rising and " - " in match[0] and "games" in about:
        sentence = re.split("[.!?]", match.string[max(match.start() - 100, 0) : match.start()])[-1]
        said = said if re.search(rf"(?i)\b(?:{about['games']})\b", sentence) else about["minus"]
    return f"{match[1]} {said} {match[3]}"


def _digits(match: re.Match[str]) -> str:
    """A telephone number digit by digit, with a pause where it is written in groups."""
    groups = re.findall(r"\d+", match[0])
    plus = "+ " if match[0].startswith("+") else ""
    return plus + ", ".join(" ".join(group) for group in groups)

"""Dates, years, times of day and ordinals, as dates.yaml says that a language reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from storyforge.narration.kings import About, inflected, king_rule, th
from storyforge.narration.ordinals import ordinals
from storyforge.narration.tables import Rule, short, table

_BEFORE, _AFTER = r"(?<![\w.,:/-])", r"(?![\w/-]|[.,:]\d)"
_ISO = re.compile(rf"{_BEFORE}(?P<y>\d{{4}})-(?P<m>\d\d)-(?P<d>\d\d){_AFTER}")
_DAY = r"(?:[12]\d|3[01]|0?[1-9])"
_YEAR = r"(?:1[1-9]|20)\d\d"
_MEASURE = r" ?(?:[%°€£$]|(?:[kcm]?m|k?g|l)\b|(?:per|met|kil|eur|dol|pou|sec|min|poi|gra|mil|sek|lit))"


def dates(language: str) -> Iterator[Rule]:
    """The rules of a language, in order; none of one that dates.yaml does not know."""
    about: About | None = table("dates", short(language))
    if about is None:
        return
    month = "|".join(about["months"])
    yield _ISO, partial(_numeric, about=about)
    yield from _numeric_rules(language, about)
    yield from _written_rules(short(language), about, month)
    yield from _years(about)
    yield from _clock(short(language), about)
    yield from ordinals(short(language), about)
    yield king_rule(about)


def _numeric_rules(language: str, about: About) -> Iterator[Rule]:
    """3.5.2026, 3/5/2026. In English the month is first, but with full stops or in a land that is not the US."""
    order, marks = about["numeric"]
    for mark in marks:
        day_first = order == "dmy" or mark == "." or language.lower()[2:] not in ("", "-us", "_us")
        first, second = ("d", "m") if day_first else ("m", "d")
        gap = " ?" if mark == "." else ""
        dot = re.escape(mark)
        pattern = rf"{_BEFORE}(?P<{first}>\d\d?){dot}{gap}(?P<{second}>\d\d?){dot}{gap}(?P<y>\d{{4}}){_AFTER}"
        yield re.compile(_after_a_word(about) + pattern), partial(_numeric, about=about)
    if short(language) == "de":
        pattern = rf"{_BEFORE}(?P<d>\d\d?)\. ?(?P<m>1[0-2]|0?[1-9])\.(?P<y>)(?![\w/-]|[.,:]?\d)"
        yield re.compile(_after_a_word(about) + pattern), partial(_numeric, about=about)


def _numeric(match: re.Match[str], about: About) -> str:
    day, month = int(match["d"]), int(match["m"])
    if month > 12 >= day:  # 24/12 is Christmas Eve, whichever order was expected
        day, month = month, day
    if not (1 <= day <= 31 and 1 <= month <= 12):
        return match[0]
    word = match.groupdict().get("word") or ""
    said = about["date"].format(d=_day(day, about, word), m=about["months"][month - 1], y=_year(match["y"], about))
    said = said if match["y"] else said.removesuffix(f" {about.get('of', '')} ").rstrip()
    return f"{word} {said}" if word else said


def _after_a_word(about: About) -> str:
    """In German, what a day ends in depends on the word before: am dritten Mai, der dritte Mai."""
    return r"(?:(?<!\w)(?P<word>[^\W\d_]++) )?" if "endings" in about else ""


def _written_rules(own: str, about: About, month: str) -> Iterator[Rule]:
    """3. Mai 2026, 3 de mayo, May 3, 2026."""
    if own == "en":
        in_date = rf"(?P<gap>,? )(?P<y>{_YEAR})(?!\w|[.,:]\d)"
        yield (
            re.compile(rf"(?<!\w)(?P<m>{month}) (?P<d>\d\d?)(?:st|nd|rd|th)?{in_date}"),
            lambda match: f"{match['m']} {_day(int(match['d']), about)}{match['gap']}{_year(match['y'], about)}",
        )
        yield (
            re.compile(rf"(?P<word>\b[a-z]+ )?(?<!\w)(?P<m>{month}) (?P<d>{_DAY})(?! (?:oh|\d\d|[a-z]+s)\b){_AFTER}"),
            partial(_month_and_day, about=about),
        )
        yield (
            re.compile(
                rf"(?:(?<!\w)(?P<the>[Tt]he) )?{_BEFORE}(?<!\d )(?P<d>{_DAY})(?:st|nd|rd|th)? (?P<m>{month})"
                rf"(?:,? (?P<y>{_YEAR})(?!\w|[.,:]\d))?(?!\w)"
            ),
            partial(_day_and_month, about=about),
        )
        return
    of = about.get("of")
    between = rf"(?P<between> {of} )" if of else r"(?P<between>\.? )"
    year = (
        rf"(?:(?P<gap> (?:{of} )?)(?P<y>{_YEAR}|\d{{3}})(?!\w|[.,:]\d))?"
        if of
        else rf"(?:(?P<gap> )(?P<y>{_YEAR})(?!\w|[.,:]\d))?"
    )
    pattern = rf"{_after_a_word(about)}{_BEFORE}(?P<d>{_DAY}){between}(?P<m>{month}){year}(?!\w)"
    yield re.compile(pattern), partial(_written, about=about)


def _month_and_day(match: re.Match[str], about: About) -> str:
    """`on May 3`, but not `May 3 wishes come true`."""
    if match["m"] in ("May", "March") and not match["word"] and re.match(r" \w", match.string[match.end() :]):
        return match[0]
    return f"{match['word'] or ''}{match['m']} {_day(int(match['d']), about)}"


def _day_and_month(match: re.Match[str], about: About) -> str:
    year = f" {_year(match['y'], about)}" if match["y"] else ""
    return f"{match['the'] or 'the'} {_day(int(match['d']), about)} of {match['m']}{year}"


def _written(match: re.Match[str], about: About) -> str:
    word = match.groupdict().get("word") or ""
    year = f"{match['gap']}{_year(match['y'], about)}" if match["y"] else ""
    between = match["between"].removeprefix(".")
    return f"{word} {_day(int(match['d']), about, word)}{between}{match['m']}{year}".lstrip()


def _day(day: int, about: About, word: str = "") -> str:
    if day == 1 and "first" in about:
        return str(about["first"])
    if "endings" in about:
        return str(about["ordinals"][day - 1] + about["endings"].get(word.lower(), about["otherwise"]))
    ordinal = inflected(about["ordinals"][day - 1], about["of_day"]) if "of_day" in about else ""
    return str(about["day"].format(n=day, th=th(day), o=ordinal))


def _year(year: str, about: About) -> str:
    """1984 is nineteen eighty-four; where a language says it as any other number, the voice does."""
    if "century" not in about or len(year) != 4:
        return year
    century, rest = year[:2], year[2:]
    if rest == "00" or century == "10" or century > "20" or (century == "20" and ("oh" not in about or rest < "10")):
        return year
    if "hundert" in about["century"] and century == "20":
        return year
    return str((about["oh"] if rest < "10" else about["century"]).format(c=century, r=rest.lstrip("0")))


def _years(about: About) -> Iterator[Rule]:
    """In running text, a number is a year if the words around it say so."""
    if "century" not in about:
        return
    yield (
        re.compile(rf"{_BEFORE}({_YEAR}) ?[–-] ?({_YEAR}){_AFTER}"),
        lambda match: f"{_year(match[1], about)} {'bis' if 'endings' in about else 'to'} {_year(match[2], about)}",
    )
    if before := about["years"].get("before"):
        words = "|".join(before)
        yield (
            re.compile(rf"(?<!\w)((?i:{words})) ({_YEAR})(?!\w|[.,:]\d|%| (?!(?:was|is|his|as|this|has)\b)[a-z]+s\b)"),
            lambda match: f"{match[1]} {_year(match[2], about)}",
        )
        decades = about["decades"]
        yield (
            re.compile(r"(?<!\w)((?:1[1-9]|20)?)'?([1-9]0)'?s(?!\w)"),
            lambda match: f"{match[1]} {decades[int(match[2])]}".lstrip(),
        )
        return
    yield (
        re.compile(r"(?<!\w)(1[1-9]\d\d)(?!\w|[.,:]\d|%| (?:Euro|Meter|Kilo|Gramm|Liter|Mal|Jahre\b))"),
        (lambda match: _year(match[1], about)),
    )


def _clock(own: str, about: About) -> Iterator[Rule]:
    """7:30, and 7.30 or 7h30 where a word says that it is a time."""
    clock, after = about["clock"], about["clock"].get("after")
    hour, minutes = r"(?P<h>[01]?\d|2[0-4])", r"(?P<m>[0-5]\d)"
    behind = rf"(?P<behind> ?(?:{after}))" if after else "(?P<behind>)"
    tail = r"(?![\w:/-]|[.,]\d)"
    at = rf"(?:(?<!\w)(?P<at>(?i:{'|'.join(about['at'])})) )?" if "at" in about else ""
    say = partial(_time, own=own, clock=clock, about=about)
    if "." in about["clock_marks"]:
        yield re.compile(rf"{_BEFORE}{hour}[.:]{minutes}{behind}"), say
    if "dotted" in about["clock"]:
        pattern = rf"(?<!\w)(?P<at>{about['clock']['dotted']}) {hour}\.{minutes}(?P<behind>)(?!\w|[.,:/-]\d|{_MEASURE})"
        yield re.compile(pattern), say
    if "h" in about["clock_marks"]:
        yield re.compile(rf"{_BEFORE}{hour} ?h ?(?:{minutes})?(?P<behind>)(?!\w)"), say
    passed = rf"(?: ?(?:{after}))?" if after and own not in ("en", "de") else ""
    yield re.compile(rf"{at}{_BEFORE}{hour}:{minutes}(?P<behind>){passed}{tail}"), say


def _time(match: re.Match[str], own: str, clock: About, about: About) -> str:
    hour, minutes = match["h"].lstrip("0") or "0", (match["m"] or "00")
    at = match.groupdict().get("at")
    if "of_hour" in about and hour != "0":
        hour = inflected(about["ordinals"][int(hour) - 1], about["at_hour" if at else "of_hour"])
    behind = match["behind"] if own == "en" else ""
    kind = "full" if minutes == "00" else "few" if minutes < "10" else "both"
    if behind and kind == "full":
        said = hour
    elif own == "en" and kind == "full" and not 1 <= int(hour) <= 12:
        said = f"{hour} hundred"
    else:
        said = str(clock[kind]).format(h=hour, m=minutes.lstrip("0"))
    for written, single in about.get("one", {}).items():
        said = re.sub(rf"^{written}", single, said)
    if own == "de":
        said = re.sub(r"^1 Uhr", "ein Uhr", said)
    return (f"{at} " if at else "") + said + behind

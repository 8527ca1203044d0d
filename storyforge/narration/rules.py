"""All rules by which a text becomes what is said, in the order in which they are applied."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, partial
from typing import Literal

from storyforge.narration.amounts import amounts
from storyforge.narration.dates import dates
from storyforge.narration.long_words import LONGEST
from storyforge.narration.noises import noises_in_letters
from storyforge.narration.tables import Rule, short, table, written_rules

Stage = Literal["first", "own", "all"]

_HOST = r"(?P<host>[\w-]++(?:\.[\w-]++)*+)"
_LINK = re.compile(
    rf"(?<![\w@.])(?:(?:https?|ftp)://(?:www\.)?|www\.){_HOST}(?::\d+)?"
    r"(?P<path>(?:/[\w~-]++(?:\.[\w-]++)*+)*+)/?(?:[?#][\w=&%+-]*+)?"
)
_MAIL = re.compile(rf"(?<![\w.@+-])(?P<user>[\w+-]{{1,64}}+(?:\.[\w+-]++)*+)@{_HOST}")
_SITE = re.compile(
    r"(?<![\w.@/-])(?P<host>[A-Za-z0-9][a-z0-9-]*+(?:\.[a-z0-9-]++)*?\.(?:com|org|net|edu|gov))(?!\.?\w)"
)
_CAPITAL = "[A-ZÀ-ÖØ-ÞĄĆĘŁŃŚŹŻĞİŞĐČŠŽĚŘŮŐŰА-ЯЁІЇЄ]"
_LOUD = rf"{_CAPITAL}++(?:'{_CAPITAL}++)?+(?!\w)"
_CAPITALS = re.compile(rf"(?<!\w){_LOUD}(?:(?:,? |-){_LOUD})*+")
# U.S.A. and J. R. R. Tolkien: the full stops would end sentences.
_DOTTED = re.compile(rf"(?<![\w.]){_CAPITAL}(?:\.{_CAPITAL})++(?!\w)(?P<dot>\.?)(?P<end>(?=\s*(?:$|['\")])))?")
_SPACED = re.compile(rf"(?<![\w.]){_CAPITAL}\.(?: {_CAPITAL}\.)++(?= {_CAPITAL}\w)")
_INITIALS: tuple[Rule, ...] = (
    (_DOTTED, lambda match: match[0].replace(".", "") + (match["dot"] if match["end"] is not None else "")),
    (_SPACED, lambda match: match[0].replace(".", "")),
)
_ROMAN = re.compile(r"X{0,3}(?:IX|IV|V?I{0,3})")


@cache
def rules(stage: Stage, language: str) -> tuple[Rule, ...]:
    """`first` sees all marks; `own` are the language's, with names waiting; `all` are those of the marks, last."""
    own = short(language)
    if stage == "first":
        return (*_links(own), *written_rules("before"), *written_rules(f"before-{own}"))
    if stage == "all":
        return (*_INITIALS, *written_rules("all"))
    return (
        *written_rules(own),
        *noises_in_letters(own),
        *dates(language),
        *amounts(language),
        *_shouts(own),
        *_spelled(own),
    )


def _links(own: str) -> tuple[Rule, ...]:
    words: dict[str, str] = table("spoken", "links").get(own) or table("spoken", "links")["en"]
    return tuple((pattern, partial(_link, words=words)) for pattern in (_MAIL, _LINK, _SITE))


def _link(match: re.Match[str], words: dict[str, str]) -> str:
    """`fox@wood.org` and `wood.org/tales` as one reads them out: what is behind a ? or # is not.

    Of a long one, the path is not either.
    """
    parts = match.groupdict()
    if len(parts["host"]) + len(parts.get("user") or "") > LONGEST:
        return match[0]
    said = f"{parts['user']} {words['@']} {parts['host']}" if parts.get("user") else parts["host"]
    said += (parts.get("path") or "").rstrip("/") if len(match[0]) <= LONGEST else ""
    return re.sub(r"[./_~+-]", lambda mark: f" {words[mark[0]]} ", said).replace("  ", " ").strip()


def _shouts(own: str) -> tuple[Rule, ...]:
    """Capitals are for shouting, unless they are letters to be spelled: NASA, the BBC, World War II."""
    lists = table("spoken", "capitals")
    mine = {kind: frozenset(words.split()) for kind, words in lists.get(own, {}).items()}
    words = mine.get("words", frozenset())
    letters = frozenset(lists["all"].split()) | mine.get("letters", frozenset()) | words
    return ((_CAPITALS, partial(_shouted, letters=letters, words=words, alone=mine.get("shouted", frozenset()))),)


def _spelled(own: str) -> Iterator[Rule]:
    """EU and ICE: what espeak would take for words, with spaces between the letters; not as a part of R2-ID."""
    if letters := table("spoken", "capitals").get(own, {}).get("spelled", "").split():
        yield re.compile(rf"(?<![\w-])(?:{'|'.join(letters)})(?!\w)"), lambda match: " ".join(match[0])


def _shouted(match: re.Match[str], letters: frozenset[str], words: frozenset[str], alone: frozenset[str]) -> str:
    said = re.split(r"(,? |-)", match[0])
    shouting = any(_loud(word, letters) and len(word) > 2 for word in said)
    for at, word in enumerate(said):
        within = shouting and len(said) > 1
        if word in alone or (within and word in words) or (_loud(word, letters) and (len(word) > 3 or within)):
            said[at] = word.lower()
    return "".join(said)


def _loud(word: str, letters: frozenset[str]) -> bool:
    """Whether it can be a word in capitals: without a vowel, it can only be spelled."""
    can_be = len(word) > 1 and word not in letters and not _ROMAN.fullmatch(word)
    return can_be and bool(re.search("[AEIOUYÀ-ÖØ-ÝĄĘÓАЕЁИОУЫЭЮЯІЇЄ]", word))

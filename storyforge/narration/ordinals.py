"""Ordinals: der 3. Tag, le 2e jour, 1-я глава, as dates.yaml says that a language reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from storyforge.narration.kings import About, inflected, roman
from storyforge.narration.tables import Rule

_NOUN = re.compile(r"\. (\w{1,30})")


def ordinals(own: str, about: About) -> Iterator[Rule]:
    """The rules of a language; none where the voice itself reads 3rd and 3º well."""
    known = about.get("ordinals", [])
    if "nth" in about:
        yield (
            re.compile(rf"(?<!\w)(\d\d?){about['nth']}(?!\w)"),
            lambda match: known[int(match[1]) - 1] if 0 < int(match[1]) <= len(known) else match[0],
        )
    if own == "fr":
        yield (
            re.compile(r"(?<!\w)([XVI]++)(?:e|ème)(?!\w)"),
            lambda match: known[value - 1] if 0 < (value := roman(match[1])) <= len(known) else match[0],
        )
    if "endings" in about:
        words = "|".join(sorted(about["endings"], key=len, reverse=True))
        yield (
            re.compile(
                rf"(?:(?<!\w)(?P<before>[^\W\d_]++) )?(?<!\w)(?P<word>(?i:{words})) (?P<n>\d\d?)\.(?= [^\W\d_])"
            ),
            partial(_nth, about=about),
        )
        nouns = "|".join(noun for each in about["nouns"].values() for noun in each)
        yield (
            re.compile(rf"(?<![\w.,:/-])(?P<n>\d{{1,3}})\. (?P<noun>{nouns})(?!\w)"),
            partial(_nth_alone, about=about),
        )
    if "spelled_out" in about:
        yield re.compile(r"(?<![\w.,-])(\d\d?)-(?:[а-яё]{1,3})(?!\w)"), partial(_nth_of, about=about)


def _nth(match: re.Match[str], about: About) -> str:
    """German: der dritte Tag, am dritten Tag, in der dritten Klasse."""
    number, word = int(match["n"]), match["word"].lower()
    if not 0 < number <= len(about["ordinals"]):
        return match[0]
    before = match["before"] or ""
    noun = _NOUN.match(match.string, match.end("n"))
    if about["endings"][word] == "er" and noun and noun[1] in about["nouns"]["es"]:
        return f"{before} {match['word']} {about['ordinals'][number - 1]}es".lstrip()  # mein fünftes Buch
    ending = "en" if word == "der" and before.lower() in about["dative"] else about["endings"][word]
    return f"{before} {match['word']} {about['ordinals'][number - 1]}{ending}".lstrip()


def _nth_alone(match: re.Match[str], about: About) -> str:
    """German: zweites Kapitel, Omas siebzigster Geburtstag."""
    number = int(match["n"])
    known = dict(enumerate(about["ordinals"], 1)) | about["tens"]
    ending = next(ending for ending, nouns in about["nouns"].items() if match["noun"] in nouns)
    return f"{known[number]}{ending} {match['noun']}" if number in known else match[0]


def _nth_of(match: re.Match[str], about: About) -> str:
    """Russian: 1-й is первый, 2-я вторая, 3-го третьего."""
    number, end = int(match[1]), match[0].partition("-")[2]
    changes = next((changes for ends, changes in about["spelled_out"].items() if end in ends.split()), None)
    if changes is None or not 0 < number <= len(about["ordinals"]):
        return match[0]
    return inflected(about["ordinals"][number - 1], changes)

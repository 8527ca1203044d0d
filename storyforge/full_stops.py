"""Whether a full stop ends a sentence or only shortens a word, by the words around it that full_stops.yaml names."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib.resources import files

import yaml

Judge = Callable[[re.Match[str], str], bool | None]
"""Whether the sentence ends, by how what stands before the full stop was matched and by what follows; None: unknown."""

_STOP = re.compile(r"\.\s+(?=\S)")
_WITHIN = re.compile(r"\.(?=[ºª°-])|(?:(?<=\W\w)|(?<=^\w))\.(?=\w)")  # n.º, 3.ª, J.-C., U.S.A.
_MARKS = "\"'“”„‟‘’‚«»‹›([{*_¿¡ "
_SEEN = 80  # characters on either side that are looked at


def mended(text: str, cuts: Iterable[int], language: str) -> list[int]:
    """The offsets in `text` at which sentences begin, as they should be: some of `cuts` go, others come, in order."""
    begins = set(cuts)
    if language not in _all():
        return sorted(begins)
    stops = _stops(language)
    within = stops.within(text)
    begins -= within
    waiting, start = deque(sorted(begins)), 0
    for stop in _STOP.finditer(text):
        while waiting and waiting[0] <= stop.start():
            start = cut if (cut := waiting.popleft()) in begins else start
        before = text[max(start, stop.start() - _SEEN) : stop.start()].lstrip(_MARKS)
        ends = None if stop.end() in within else stops.end(before, text[stop.end() : stop.end() + _SEEN].lstrip(_MARKS))
        if ends:
            begins.add(start := stop.end())
        elif ends is False:
            begins.discard(stop.end())
    return sorted(begins)


class _Stops:
    """The full stops of one language."""

    def __init__(self, words: dict[str, str]) -> None:
        self.words = words
        self.openers = re.compile(_any_of(word.capitalize() for word in words["openers"].split()) + r"(?![\w.])")
        self.lead = re.compile(rf"(?i:{_any_of(words['leads'].split())})(?:\s\S+){{1,4}}$")
        self.counted = re.compile(r"(?:[\d½¼¾]+)\s?(?:" + _any_of(self._written("units")) + r"(?!\w)|[.,;:!?])")
        self.after = re.compile(rf"(?<!\w){_any_of(words['after'].split())}\s$") if words.get("after") else None
        refusing = (word.replace("_", " ") for word in words.get("refusing", "").split())
        self.refusing = re.compile(rf"(?i)(?<!\w){_any_of(refusing)}[\s\"'“‘,:]+\Z")
        self.month = re.compile(_any_of(words.get("months", "").split()) + r"(?!\w)")
        self.nouns = re.compile(rf"\w*?(?i:{_any_of(words.get('ordinals', '').split())})(?:e?s|e?n)?(?!\w)")
        both = [each for name in ("always", "ends") for each in self._written(name) if r"\." in each]
        self.several = re.compile(rf"(?<![\w.-]){_any_of(both)}\.")
        self.kinds = [*self._kinds()]

    def within(self, text: str) -> set[int]:
        """Where no sentence begins: within U.S.A., v. Chr., n.º and the like."""
        places = {stop.end() for stop in _WITHIN.finditer(text)}
        return places.union(*(range(found.start() + 1, found.end()) for found in self.several.finditer(text)))

    def end(self, before: str, after: str) -> bool | None:
        """Whether the sentence `before`, which a full stop follows, ends with it; None if that is not known."""
        if after[:1] in ("º", "ª", "°"):
            return False
        for pattern, judge in self.kinds:
            if (found := pattern.search(before)) and (ends := judge(found, after)) is not None:
                return ends
        return None

    def _kinds(self) -> Iterator[tuple[re.Pattern[str], Judge]]:
        """In the order in which they are asked."""
        if "ordinals" in self.words:
            yield re.compile(r"(?<![\w.,:/-])\d{1,6}$"), self._ordinal
        yield re.compile(rf"(?:[\d½¼¾]|(?<!\w)[IVX]++)\s?{_any_of(self._written('units'))}$"), self._unit
        for name, judge in (
            ("always", lambda found, after: False if after else None),
            ("ends", self._last),
            ("titles", self._title),
            ("numbers", self._number),
            ("counted", self._number_of),
        ):
            if self.words.get(name):
                yield re.compile(rf"(?<![\w.-]){_any_of(self._written(name))}$"), judge
        yield re.compile(r"(?:^|(?<=\s))(?:[^\W\d_a-zß-ÿ])$"), self._letter
        yield re.compile(r"(?<!\w)[IVX]{2,8}$"), self._roman
        if self.words.get("words"):
            yield re.compile(rf"(?<!\w){_any_of(self._written('words'))}$"), _word
        yield re.compile(r"(?<![\w.-])[^\W\d_]{4,}$"), _before_a_number

    def _written(self, name: str) -> Iterator[str]:
        """Patterns of all ways to write the abbreviations of a kind, the longest first."""
        for word in sorted(self.words[name].split(), key=len, reverse=True):
            begun = r"\w*" if word[0] == "-" else ""
            plain = word.lstrip("-").replace("\\s", " ")
            first, rest = plain[0], plain[1:]
            others = "".join(r"\.\s?" if each == "." else r"\s" if each == " " else re.escape(each) for each in rest)
            yield f"{begun}[{first}{first.upper()}]{others}"

    def _leads(self, found: re.Match[str], after: str) -> bool:
        """Whether too little was said for a sentence: At 5 p.m. Tom came."""
        return self.lead.match(found.string) is not None and not self.openers.match(after)

    def _last(self, found: re.Match[str], after: str) -> bool | None:
        if after[:1].isupper():
            return not self._leads(found, after)
        return False if after[:1].islower() else None

    def _unit(self, found: re.Match[str], after: str) -> bool | None:
        if after[:1].isdigit():
            return self.counted.match(after) is None
        return self._last(found, after)

    def _title(self, found: re.Match[str], after: str) -> bool | None:
        return self.openers.match(after) is not None if after[:1].isalpha() else None

    def _number(self, found: re.Match[str], after: str) -> bool | None:
        if after[:1].isdigit() or after[:1].islower():
            return False
        return True if self.openers.match(after) else None

    def _number_of(self, found: re.Match[str], after: str) -> bool | None:
        """no. 1! is one, and so are no. 1, the best, and our no. 1 fan; but he said no. 5 men came."""
        if not after[:1].isdigit():
            return None
        refused = self.refusing.search(found.string[: found.start()])
        return refused is not None and re.match(r"\d++\s[^\W\d_A-Z]", after) is not None

    def _letter(self, found: re.Match[str], after: str) -> bool | None:
        """J. R. Rabbit and Samuel L. Jackson; but Plan B. They ran, and: so am I. Tom …"""
        before = found.string[: found.start()]
        if self.openers.match(after) or (found[0] == "I" and re.search(r"(?<!\w)[a-z]+\s$", before)):
            return True
        initials = re.fullmatch(r"(?:[^\W\d_]\.\s?)*", before)
        return False if initials and found[0] != "I" and after[:1].isupper() else None

    def _roman(self, found: re.Match[str], after: str) -> bool | None:
        if self.openers.match(after):
            return True
        return False if after[:1].islower() else None

    def _ordinal(self, found: re.Match[str], after: str) -> bool | None:
        if after[:1].islower():
            return False
        month = self.month.match(after)
        if not month and not self.nouns.match(after):
            return None
        counts = self.after and self.after.search(found.string[: found.start()])
        return bool(counts) or int(found[0]) > (31 if month else 999)


def _before_a_number(found: re.Match[str], after: str) -> bool | None:
    """sentencex ends no German sentence there: Er lief. 3 Hunde kamen."""
    return True if after[:1].isdigit() else None


def _word(found: re.Match[str], after: str) -> bool | None:
    return True if after[:1].isupper() or after[:1].isdigit() else None


def _any_of(patterns: Iterable[str]) -> str:
    return f"(?:{'|'.join(patterns) or '(?!)'})"


@cache
def _all() -> dict[str, dict[str, str]]:
    read: dict[str, dict[str, str]] = yaml.safe_load(files(__package__).joinpath("full_stops.yaml").read_text("utf-8"))
    return read


@cache
def _stops(language: str) -> _Stops:
    return _Stops(_all()[language])

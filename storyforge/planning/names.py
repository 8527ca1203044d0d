"""The names by which a story calls its characters, and where it does so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from storyforge.story import Character, shown_name

# Scripts that write no spaces between words: Thai, Lao, Khmer, kana, Han.
UNSPACED = re.compile("[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_PARTS = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


class NameHit(NamedTuple):
    """Words `first` to `last` name the character `who`."""

    who: str
    first: int
    last: int


class Names:
    """Finds names and aliases. One that is written with a capital is only found with one: Rose is no rose."""

    def __init__(self, people: Mapping[str, Character]) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], bool, str]]] = {}
        self._unspaced: dict[str, str] = {}
        for key, character in people.items():
            for name in dict.fromkeys([shown_name(key, character), *character.aliases]):
                self._add(name, key)
        for entries in self._by_first.values():
            entries.sort(key=lambda entry: -len(entry[0]))
        names = sorted(self._unspaced, key=lambda name: (-len(name), name))
        self._pattern = re.compile("|".join(map(re.escape, names))) if names else None

    def _add(self, name: str, key: str) -> None:
        parts = tuple(_PARTS.findall(name))
        if UNSPACED.search(name):
            self._unspaced.setdefault(name, key)
        elif parts:
            entry = (tuple(part.lower().replace("’", "'") for part in parts), parts[-1][0].isupper(), key)
            self._by_first.setdefault(entry[0][0], []).append(entry)

    def find(self, text: str, offset: int, words: Sequence[tuple[str, int, int]]) -> tuple[NameHit, ...]:
        """`words`: (as written, start, end) of the words of `text`, which stands at `offset` in the story."""
        hits, at = [], 0
        while at < len(words):
            hit = self._at(words, at)
            if hit:
                hits.append(hit)
            at = hit.last + 1 if hit else at + 1
        if self._pattern:
            hits += self._inside(text, offset, words)
        return tuple(sorted(hits, key=lambda hit: hit.first))

    def _at(self, words: Sequence[tuple[str, int, int]], at: int) -> NameHit | None:
        first = _bare(words[at][0])
        for form in (first, first[:-1] if first.endswith("s") else first):  # Mias Hut, in German
            for parts, capital, key in self._by_first.get(form, ()):
                last = at + len(parts) - 1
                found = [_bare(word) for word, _, _ in words[at : last + 1]]
                written = words[last][0] if last < len(words) else ""
                same = [*found[:-1], found[-1] if found[-1] == parts[-1] else found[-1].removesuffix("s")] == [*parts]
                if same and (written[0].isupper() or not capital):
                    return NameHit(key, at, last)
        return None

    def _inside(self, text: str, offset: int, words: Sequence[tuple[str, int, int]]) -> Iterable[NameHit]:
        assert self._pattern
        for found in self._pattern.finditer(text):
            end = offset + found.end()
            at = next((number for number, (_, start, stop) in enumerate(words) if start < end <= stop), None)
            if at is not None:
                yield NameHit(self._unspaced[found[0]], at, at)


def _bare(word: str) -> str:
    word = word.lower().replace("’", "'")
    return word[:-2] if word.endswith("'s") else word

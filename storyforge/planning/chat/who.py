"""Whom a language model means: keys of the cast for names, aliases, other spellings, and people it has just met."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from itertools import count
from typing import Any

from storyforge.planning.chat.vocabulary import plain
from storyforge.planning.names import UNSPACED
from storyforge.story import Character, shown_name

_NOBODY = {"", "narrator", "the narrator", "nobody", "no one", "none", "unknown", "null", "n a"}
_ARTICLES = frozenset("the a an der die das ein eine le la les un une el los las il lo de het een".split())
_LIKE = 0.8  # of difflib's ratio: Tilli is Tilly, Mia is not Mio
_MOST_PEOPLE = 60
_LONGEST_NAME = 60
_KEY = re.compile(r"[^\w]+|_+")


class Roll:
    """Everybody who may be named. `met`: the new ones of the answer, by keys that are safe and not yet taken.

    `notes`: who was taken for somebody known, for the user.
    """

    def __init__(self, known: Mapping[str, Character], people: Iterable[Mapping[str, Any]]) -> None:
        self._known = known
        self._keys = set(known)
        self._here: dict[str, str] = {}  # keys that mean another person in this answer
        self.notes: list[str] = []
        self._by_name: dict[str, str] = {}
        self._found: dict[str, str | None] = {}
        self.met: dict[str, Character] = {}
        for key, character in known.items():
            self._add(key, key, shown_name(key, character), *character.aliases)
        for _, person in zip(range(_MOST_PEOPLE), people, strict=False):
            self._meet(person)

    def find(self, name: str) -> str | None:
        """The key of whom this names; '' for nobody (the narrator); None for somebody unknown."""
        name = name[: 2 * _LONGEST_NAME].strip()
        if name not in self._found:
            surely = self.surely(name)
            self._found[name] = self._nearly(_bare(name)) if surely is None else surely
        return self._found[name]

    def surely(self, name: str) -> str | None:
        """The same without guessing: a key or a name, whatever its case, accents and plural."""
        if name in self._keys:
            return self._here.get(name, name)
        bare = _bare(name)
        if bare in self._by_name:
            return self._by_name[bare]
        return "" if bare in _NOBODY else self._by_name.get(_singular(bare))

    def _add(self, key: str, *names: str) -> None:
        for name in names:
            if bare := _bare(name):
                self._by_name.setdefault(bare, key)
                self._by_name.setdefault(_singular(bare), key)

    def _meet(self, person: Mapping[str, Any]) -> None:
        name = plain(person.get("name"), _LONGEST_NAME)
        given = plain(person.get("key"), _LONGEST_NAME) or name
        looks = plain(person.get("looks"), 200)
        key = _KEY.sub("_", given.lower()).strip("_")[:_LONGEST_NAME].strip("_")
        known = self.surely(name) or self.surely(given)
        if known and self._is_another(known, name, looks):
            self._meet_second(known, given, Character(name=name, looks=looks))
        elif known:
            if re.fullmatch(re.escape(key) + "_[0-9]+", known) and key in self._keys:
                self._here[key] = known  # the second of that key, met again
            self._add(known, given, name)
        elif key and _bare(given) not in _NOBODY and key not in self._keys:
            self._meet_new(key, given, Character(name=name, looks=looks))

    def _meet_new(self, key: str, given: str, person: Character) -> None:
        self.met[key] = person
        self._keys.add(key)
        self._add(key, key, given, person.name)

    def _meet_second(self, known: str, given: str, person: Character) -> None:
        """Two have the same key: in this answer it means the one whom the answer introduces."""
        key = next(each for number in count(2) if (each := f"{known[:_LONGEST_NAME]}_{number}") not in self._keys)
        self._meet_new(key, person.name, person)
        self._here[known] = key
        self._by_name[_bare(given)] = key

    def _is_another(self, key: str, name: str, looks: str) -> bool:
        """Whether this name cannot be that of whoever has the key: “the baker's boy” and “the boy with the drum”.

        Names that share nothing may well be two for one: models call Mia “the little fox”.
        """
        person = self._known.get(key) or self.met[key]
        names = [_words(each) for each in (shown_name(key, person), *person.aliases)]
        said = _words(name)
        if self.surely(name) == key or any(said <= each or each <= said for each in names):
            return False
        if key in self._known and any(said & each for each in names) and not _alike(looks, person.looks):
            return True
        self.notes.append(f"“{name}” is taken for {key}")
        return False

    def _nearly(self, bare: str) -> str | None:
        """One whose name has these words, or is in them, if there is only one; else the most alike in spelling."""
        words = set(map(_singular, bare.split()))
        if not words:
            return None
        names = [(set(map(_singular, name.split())), key) for name, key in self._by_name.items()]
        sharing = {key for name, key in names if words <= name or words > name}
        if len(sharing) == 1:
            return sharing.pop()
        alike = difflib.get_close_matches(bare, self._by_name, 1, _LIKE)
        return self._by_name[alike[0]] if alike else None


def named_in(text: str, people: Mapping[str, Character]) -> list[str]:
    """Those whom this text may name, the surest first: by a whole name, or a word of it, whatever its ending."""
    bare = f" {_bare(text)} "
    names = {key: [*map(_bare, (key, shown_name(key, each), *each.aliases))] for key, each in people.items()}
    surely = [key for key, own in names.items() if any(_whole(name) in bare for name in own if name)]
    perhaps = [key for key, own in names.items() if any(stem in bare for name in own for stem in _stems(name))]
    return [*dict.fromkeys((*surely, *perhaps))]


def _whole(name: str) -> str:
    return name if UNSPACED.search(name) else f" {name} "


def _stems(name: str) -> Iterator[str]:
    """The first and the last word, without an ending: the owl's, Eulen, sowę."""
    words = name.split()
    for word in dict.fromkeys((*words[:1], *words[-1:])):
        stem = word if len(word) < 4 else word[: max(len(word) - 2, min(4, len(word) - 1))]
        yield stem if UNSPACED.search(stem) else f" {stem}"


def entries(said: object, most: int = 40) -> list[tuple[str, str]]:
    """“key: rest” as pairs, however they were written: texts in a list, one text, an object, objects in a list."""
    return [pair for _, pair in zip(range(most), _entries(said), strict=False)]


def _entries(said: object) -> Iterator[tuple[str, str]]:
    if isinstance(said, str):
        said = re.split(r"[;\n]|,(?=[^,:;]*:)" if ":" in said else r"[,;\n]", said[:2000])
    if isinstance(said, dict):
        said = [{name: rest} for name, rest in said.items()]
    for each in said if isinstance(said, list) else [said]:
        if isinstance(each, dict) and each:
            name, *rest = next(iter(each.items())) if len(each) == 1 else each.values()
            yield _text(name), " ".join(map(_text, rest))
        elif text := _text(each):
            name, _, more = text.replace("：", ":").partition(":")
            yield name.strip(), more.strip()


def _text(value: object) -> str:
    """A name or a word or a number, nothing longer."""
    return str(value)[:200].strip() if isinstance(value, (str, int)) and not isinstance(value, bool) else ""


def _bare(name: str) -> str:
    """Small letters, without accents, punctuation and article: “The Wise_Owl” is wise owl."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(each for each in letters if not unicodedata.combining(each))
    words = re.findall(r"[^\W_]+", letters.replace("'s ", " ").replace("’s ", " "))
    return " ".join(words[1:] if len(words) > 1 and words[0] in _ARTICLES else words)


def _words(name: str) -> set[str]:
    return {*_bare(name).split()} - _ARTICLES


def _alike(looks: str, other: str) -> bool:
    """Whether half of the shorter description is in the other."""
    one, two = _words(looks), _words(other)
    return 2 * len(one & two) >= min(len(one), len(two)) > 0


def _singular(bare: str) -> str:
    return bare[:-1] if len(bare) > 3 and bare.endswith("s") and not bare.endswith("ss") else bare

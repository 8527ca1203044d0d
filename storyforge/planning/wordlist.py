"""The words of one language that the rule planner understands; the words themselves are in lexicon/<language>.yaml."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import compress
from typing import Any, NamedTuple

import yaml

from storyforge.sentences import code, speech_verbs
from storyforge.speech_words import tag_pronouns

READ_SECTIONS = ("pose", "expression", "effect", "prop")
EXACT_SECTIONS = ("negation", "unreal", "plain", "leaving", "seen", "everyone", "both")  # words taken as they stand


class Meaning(NamedTuple):
    """What a word stands for: section 'place', value 'forest', weight 0.5."""

    section: str
    value: str
    weight: float


class Kind(NamedTuple):
    """A person or animal that may walk on without being in the cast."""

    noun: str  # English, for the picture
    pronouns: str
    listed: str  # the word as the lexicon lists it


class Lexicon:
    """Looks words up, whatever their ending. Of a language without a word list it knows the speech verbs at most."""

    def __init__(self, language: str, data: Mapping[str, Any]) -> None:
        self.endings: list[tuple[str, str]] = [(old, new) for old, new in data.get("endings", ())]
        self.compounds: bool = data.get("compounds", False)
        self.verbs_in_lists: bool = data.get("verbs_in_lists", False)
        self.plural_verbs: str = data.get("plural_verbs", "")
        grammar = {name: _listed(words) for name, words in data.get("grammar", {}).items()}
        self.grammar: dict[str, frozenset[str]] = {name: frozenset(words) for name, words in grammar.items()}
        self.pronouns = {who: frozenset(_listed(words)) for who, words in data.get("pronouns", {}).items()}
        self.pronouns_by_word: dict[str, list[str]] = {}
        for who, forms in self.pronouns.items():
            for form in sorted(forms):
                self.pronouns_by_word.setdefault(form, []).append(who)
        self.bare = frozenset(_listed(data.get("bare", "")))
        self.titles = frozenset(_listed(data.get("titles", "")))
        self.trailing = frozenset(_listed(data.get("trailing", "")))
        self.openings = tuple(_listed(data.get("openings", "")))
        self.numbers = {word: int(number) for word, number in _pairs(data.get("numbers", ""))}
        self.adjectives = dict(_pairs(data.get("adjectives", "")))
        self.speech_verbs = speech_verbs(language)
        self.tag_pronouns = tag_pronouns(code(language))
        self._kinds = dict(_kinds(data.get("walk_ons", {})))
        self._single: dict[str, tuple[Meaning, ...]] = {}
        self._phrases: dict[str, list[tuple[tuple[str, ...], Meaning]]] = {}
        self._fill(data, grammar)
        self.meanings = cache(self._meanings)
        self.kind = cache(self._kind)

    def _fill(self, data: Mapping[str, Any], grammar: Mapping[str, list[str]]) -> None:
        faint = {str(word).lower(): weight for word, weight in data.get("faint", {}).items()}
        sections = {**data.get("settings", {}), **{name: data.get(name, {}) for name in READ_SECTIONS}}
        for section, values in sections.items():
            for value, words in values.items():
                for word in _listed(words):
                    usual = 1.5 if " " in word else 1.0
                    weight = faint.get(word, usual) if section in ("place", "time") else usual
                    self._add(word, Meaning(section, value, weight))
        groups = {name: self.pronouns.get(name, frozenset()) for name in ("everyone", "both")}
        for name, words in {**grammar, **groups}.items():
            if name in EXACT_SECTIONS:
                for word in sorted(words):
                    self._add(word, Meaning(name, "", 1.0))
        for phrases in self._phrases.values():
            phrases.sort(key=lambda each: -len(each[0]))

    def _add(self, words: str, meaning: Meaning) -> None:
        first, *rest = words.split()
        if rest:
            self._phrases.setdefault(first, []).append(((first, *rest), meaning))
        else:
            self._single[first] = (*self._single.get(first, ()), meaning)

    def senses_at(self, words: Sequence[str], at: int) -> list[tuple[int, Meaning]]:
        """(number of words, meaning) of the phrases that begin here, the longest first, and of the word itself."""
        single = [(1, meaning) for meaning in self.meanings(words[at])]
        if words[at] not in self._phrases:
            return single
        phrases = [(len(phrase), sense) for phrase, sense in self._phrases[words[at]]]
        found = [phrase == tuple(words[at : at + len(phrase)]) for phrase, _ in self._phrases[words[at]]]
        return [*compress(phrases, found), *single]

    def _meanings(self, word: str) -> tuple[Meaning, ...]:
        """What a single word means, found by its stem if it is not listed itself."""
        found: dict[str, list[Meaning]] = {}
        for form in self._forms(word):
            meant = self._single.get(form, ())
            if form != word:
                meant = tuple(each for each in meant if each.section not in EXACT_SECTIONS)
            for section in {each.section: None for each in meant if each.section not in found}:
                found[section] = [each for each in meant if each.section == section]
        if found:
            return tuple(meaning for meanings in found.values() for meaning in meanings)
        if self.compounds:
            for start in range(3, len(word) - 3):  # Zauberwald is a Wald
                if end := self._single.get(word[start:]):
                    return tuple(each for each in end if each.section in ("place", "weather", "prop"))
        return ()

    def _kind(self, word: str) -> tuple[Kind, bool] | None:
        """(kind, whether the word is its plural) of a word for a person or an animal."""
        for form in self._forms(word):
            if kind := self._kinds.get(form):
                return kind, form != word
        return None

    def adjective(self, word: str) -> str:
        """The English word of an adjective; the word itself where the language is English; '' if unknown."""
        if not self.adjectives:
            return word
        return next((self.adjectives[form] for form in self._forms(word) if form in self.adjectives), "")

    def _forms(self, word: str) -> Iterator[str]:
        yield word
        for ending, instead in self.endings:
            stem = word[: -len(ending)]
            if word.endswith(ending) and len(stem) >= 2:
                yield stem + instead
                if len(stem) > 3 and not instead and stem[-1] == stem[-2]:  # hopp-ed
                    yield stem[:-1]

    def means(self, word: str, section: str) -> bool:
        return any(each.section == section for each in self.meanings(word))


@cache
def lexicon(language: str) -> Lexicon:
    """The lexicon of a language; a nearly empty one if there is no word list for it."""
    source = files(__package__).joinpath("lexicon", f"{code(language)}.yaml")
    return Lexicon(language, yaml.safe_load(source.read_text("utf-8")) if source.is_file() else {})


def _listed(words: str) -> list[str]:
    return [" ".join(word.lower().split()) for word in words.split(",") if word.strip()]


def _pairs(words: str) -> Iterator[tuple[str, str]]:
    for each in _listed(words):
        word, _, meaning = each.partition("=")
        yield word, meaning or word


def _kinds(walk_ons: Mapping[str, str]) -> Iterator[tuple[str, Kind]]:
    for pronouns, words in walk_ons.items():
        for word, noun in _pairs(words):
            yield word, Kind(noun, pronouns, word)

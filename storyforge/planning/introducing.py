"""Names as children introduce them: “Mr Fox”, “her cat, Whiskers,”, “my dog max”, “a boy called tim”."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from storyforge.planning.evidence import Evidence, acts, evidence
from storyforge.planning.palette import Palette
from storyforge.planning.reading import Reading, Word
from storyforge.planning.wordlist import Kind, Lexicon, lexicon
from storyforge.story import Character

_ADJECTIVES = 3  # between “her” and “cat”
_NAMING = 4  # words of “whose name was”
_NAME = ("name", "nam", "names")
_KNOWN = ("pose", "expression", "place", "time", "weather", "prop", "effect", "mood", "season")


class Introduced(NamedTuple):
    """Somebody who has a name: as the text writes it, in small letters if it does so anywhere."""

    character: Character
    noun: str  # in English; '' where it is not told
    role: str = ""  # the key that the noun alone would have
    pet: bool = False  # “her cat”, so she is none

    @property
    def name(self) -> str:
        return self.character.name


def introduced(readings: Sequence[Reading], words: Lexicon, tones: Palette) -> dict[str, Introduced]:
    """By key, in the order of their introduction. Nobody in a language without a word list."""
    if not words.grammar:
        return {}
    text = _Text(words, tones, evidence(readings, words, tones))
    found: dict[str, Introduced] = {}
    for reading in readings:
        for at in range(len(reading.words)):
            for each in (text.titled(reading.words, at), *text.named(reading.words, at)):
                if each:
                    key = "_".join(each.character.name.lower().split())
                    found[key] = found[key] if key in found and found[key].noun else each
    return found


@dataclass
class _Text:
    """Looks at one word after another."""

    lexicon: Lexicon
    tones: Palette
    seen: Evidence

    def titled(self, words: Sequence[Word], at: int) -> Introduced | None:
        """“Mr Fox”, “Papa Bear”: a known kind, or one of two who share a name."""
        title, name = words[at], words[at + 1] if at + 1 < len(words) else None
        if name is None or name.quoted or name.gap.strip(" ."):
            return None
        family = self.lexicon.kind(title.text) if title.text in self.tones.families else None
        capitals = title.raw[0].isupper() and name.raw[0].isupper()
        polite = title.text in self.tones.honorific
        alone = not at or words[at - 1].text not in self.lexicon.grammar["article"]
        if not (polite or (capitals and title.text in self.tones.titles) or (family and (capitals or alone))):
            return None
        kind = self.lexicon.kind(name.text)
        if (kind and kind[1]) or (not kind and (not capitals or len(self.seen.titles.get(name.text, ())) < 2)):
            return None
        canonical = self.tones.honorific.get(title.text, title.text)
        noun = self.tones.titles.get(canonical, "")
        of_title = self.lexicon.kind(title.text) or lexicon("en").kind(noun)
        small = title.text in self.seen.small or name.text in self.seen.small
        called = f"{title.raw[0]}{canonical[1:]} {_bare(name.raw)}"
        character = Character.model_validate(
            {
                "name": called.lower() if small and not capitals else called,
                "aliases": (f"{title.raw} {_bare(name.raw)}",) if canonical != title.text else (),
                "pronouns": of_title[0].pronouns if of_title and of_title[0].pronouns in ("she", "he") else "",
                "looks": f"a {kind[0].noun if kind else noun}",
            }
        )
        return Introduced(character, kind[0].noun if kind else noun)

    def named(self, words: Sequence[Word], at: int) -> Iterator[Introduced]:
        """Whom the words from `at` on introduce: by a kind and a name behind it, before it, or by a verb of naming."""
        word = words[at]
        if word.quoted:
            return
        kind = self.lexicon.kind(word.text)
        if kind and not kind[1] and word.literal:
            length = self._naming(words, at + 1)
            name = words[at + 1 + length] if at + 1 + length < len(words) else None
            if name and (self._is_given(name) if length else self._stands_beside(words, at)):
                yield self._who(name, kind[0])._replace(pet=self._is_owned(words, at))
        elif length := self._naming(words, at):
            name = words[at + length] if at + length < len(words) else None
            surely = any(each.text in _NAME for each in words[at : at + 2])
            if name and name.raw.islower() and self._is_given(name, surely):
                yield self._who(name, None, self._called(words, at))
        elif self._is_small_name(word) and self.seen.does[word.text]:
            if found := self._kind_behind(words, at + 1):
                yield self._who(word, found)
            elif self.seen.said[word.text] and self.seen.does[word.text] > self.seen.said[word.text]:
                yield self._who(word, None)
        elif self._is_capital_name(word) and not self._naming(words, at + 1):
            following = words[at + 1].text if at + 1 < len(words) else ""
            if following in self.lexicon.grammar["apposition"] and (found := self._kind_behind(words, at + 1)):
                yield self._who(word, found)

    def _naming(self, words: Sequence[Word], start: int) -> int:
        """How many words of naming begin here: “called”, “whose name was”; 0 if none do."""
        known = self.lexicon.grammar["named"] | self.tones.naming
        for length in range(_NAMING, 0, -1):
            found = words[start : start + length]
            if len(found) > 1 and found[0].text in self.tones.relative:
                found = found[1:]
            plain = not any(word.gap.strip(" ,\n") or word.quoted for word in found)
            if found and plain and start + length <= len(words) and " ".join(word.text for word in found) in known:
                return length
        return 0

    def _is_given(self, name: Word, surely: bool = False) -> bool:
        """Whether what stands behind “called” is a name, and not what somebody called.

        `surely`: behind “his name was”, where Thunder is no weather.
        """
        if name.quoted or name.gap.strip():
            return False
        if name.raw[0].isupper():
            return not self._is_grammar(name) and not (self.tones.nouns_are_capital and self.lexicon.kind(name.text))
        unknown = not self._is_known(name) or (surely and not self.tones.adjective(name.text))
        return unknown and self._is_small_word(name) and self.seen.times[name.text] > 1

    def _stands_beside(self, words: Sequence[Word], noun: int) -> bool:
        """“her cat, Whiskers,” – “the dragon Bob” – “my dog max”, if max does something elsewhere."""
        name, behind = words[noun + 1], words[noun + 2] if noun + 2 < len(words) else None
        if name.quoted or not self._is_determined(words, noun):
            return False
        closed = behind is None or behind.gap[:1] in (",", ".", "!", "?", ";")
        if name.gap.strip() == "," and name.raw[0].isupper() and not self.tones.nouns_are_capital:
            return closed and not self._is_grammar(name)
        if name.gap.strip():
            return False
        if name.raw[0].isupper():
            known = self._is_known(name) or self._is_grammar(name)
            seen = bool(behind and not behind.gap.strip() and acts(behind, self.lexicon))
            return not known and (seen or self._does(name) or not self.tones.nouns_are_capital)
        return self._is_small_name(name) and self._does(name)

    def _does(self, word: Word) -> bool:
        return bool(self.seen.does[word.text] or self.seen.is_[word.text])

    def _is_determined(self, words: Sequence[Word], noun: int) -> bool:
        """“her cat”, “the old dragon”, “Lottes Katze”, but not “a dragon Tim saw”."""
        for at in range(noun - 1, max(-1, noun - 2 - _ADJECTIVES), -1):
            if words[at + 1].gap.strip(" ,\n"):
                return False
            if words[at].text in self.lexicon.grammar["article"]:
                return words[at].text not in self.lexicon.grammar["indefinite"]
            if words[at].raw.endswith(("'s", "’s")) or (words[at].raw[0].isupper() and words[at].raw.endswith("s")):
                return True
        return False

    def _is_owned(self, words: Sequence[Word], noun: int) -> bool:
        """“her cat”, “my old dog”, “Lottes Katze”, “had a horse”."""
        before = range(max(0, noun - 1 - _ADJECTIVES), noun)
        articles = [at for at in before if words[at].text in self.lexicon.grammar["article"]]
        if not articles:
            return bool(before) and self._is_determined(words, noun)
        article = words[articles[-1]].text
        had = articles[-1] > 0 and words[articles[-1] - 1].text in self.tones.having
        return had or article in self.tones.possessive or article in self.tones.ours

    def _kind_behind(self, words: Sequence[Word], start: int) -> Kind | None:
        """“bello is my dog”, “dotty the ladybird”."""
        at = start + 1 if start < len(words) and words[start].text in self.lexicon.grammar["copula"] else start
        allowed = self.lexicon.grammar["article" if at > start else "apposition"]
        if at >= len(words) or words[at].text not in allowed or words[at].gap.strip():
            return None
        for word in words[at + 1 : at + 2 + _ADJECTIVES]:
            kind = self.lexicon.kind(word.text)
            if kind or word.gap.strip() or not (self.tones.adjective(word.text) or self.lexicon.adjective(word.text)):
                return kind[0] if kind and not kind[1] and not word.gap.strip() else None
        return None

    def _is_small_name(self, word: Word) -> bool:
        """A word in small letters that no list knows, and that is never “the” something."""
        return self._is_small_word(word) and not self._is_known(word)

    def _is_small_word(self, word: Word) -> bool:
        rare = len(word.text) > 1 and not self._is_grammar(word) and not self.seen.with_article[word.text]
        return word.raw.islower() and rare and not word.quoted

    def _is_capital_name(self, word: Word) -> bool:
        """As the first word of a sentence, too: “Wendy the witch was old”."""
        unknown = not self._is_known(word) and not self._is_grammar(word) and word.text not in self.seen.small
        sure = self.seen.does[word.text] or not self.tones.nouns_are_capital
        return word.raw[0].isupper() and bool(sure) and unknown and not self.seen.with_article[word.text]

    def _is_known(self, word: Word) -> bool:
        meant = any(self.lexicon.means(word.text, section) for section in _KNOWN)
        told = self.tones.adjective(word.text) or self.tones.part(word.text)
        return bool(meant or told or self.lexicon.kind(word.text))

    def _is_grammar(self, word: Word) -> bool:
        lists = (*self.lexicon.grammar.values(), *self.lexicon.pronouns.values(), self.lexicon.trailing)
        tones = (self.tones.very, self.tones.having, self.tones.nobody, self.tones.titles, self.tones.possessive)
        return word.text in self.lexicon.speech_verbs or any(word.text in each for each in (*lists, *tones))

    def _called(self, words: Sequence[Word], at: int) -> str:
        """she of “her name was”, he of “he is called”."""
        before = words[at - 1].text if at else ""
        meant = self.tones.possessive.get(before) or next(iter(self.lexicon.pronouns_by_word.get(before, ())), "")
        return meant if meant in ("she", "he") else ""

    def _who(self, name: Word, kind: Kind | None, meant: str = "") -> Introduced:
        called = name.text if name.text in self.seen.small and name.raw.islower() else _bare(name.raw)
        pronouns = kind.pronouns if kind and kind.pronouns in ("she", "he") else meant
        looks = f"a {kind.noun}" if kind else ""
        character = Character.model_validate({"name": called, "pronouns": pronouns, "looks": looks})
        return Introduced(character, kind.noun if kind else "", kind.listed if kind else "")


def _bare(raw: str) -> str:
    return raw.removesuffix("'s").removesuffix("’s")

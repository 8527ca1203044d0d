"""People and animals that nobody listed in the cast: “an old owl”, “three mice”, Grandma."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, cast

from storyforge.planning.reading import Word
from storyforge.planning.wordlist import Kind, Lexicon

Pronouns = Literal["", "she", "he", "it", "they"]

_MOST_ADJECTIVES = 3


@dataclass(frozen=True)
class WalkOn:
    """A noun phrase for a person or animal: words `first` (its article) to `last` (the noun)."""

    first: int
    last: int
    key: str
    name: str
    noun: str  # in English
    looks: str  # in English
    pronouns: Pronouns
    indefinite: bool


def walk_on_at(words: Sequence[Word], at: int, lexicon: Lexicon) -> WalkOn | None:
    """The walk-on whose article (or bare noun, as in “Grandma smiled”) is this word."""
    articles = lexicon.grammar.get("article", frozenset())
    if words[at].text not in articles:
        found = lexicon.kind(words[at].text) if words[at].text in lexicon.bare and words[at].raw[0].isupper() else None
        return _walk_on(words, at, at, found[0], False, lexicon) if found else None
    for noun in range(at + 1, min(at + 2 + _MOST_ADJECTIVES, len(words))):
        if words[noun].gap.strip() not in ("", ",") or words[noun].text in articles or words[noun].quoted:
            return None
        found = lexicon.kind(words[noun].text)
        if found and words[noun].literal and not _goes_on(words, noun, lexicon):
            return _walk_on(words, at, noun, found[0], found[1], lexicon)
        if lexicon.means(words[noun].text, "place") and not found:
            return None  # “the village and the fox”: another noun comes first
    return None


def _goes_on(words: Sequence[Word], noun: int, lexicon: Lexicon) -> bool:
    """A baby bird is a bird; a giant wave is no giant, a dog house no dog."""
    if noun + 1 >= len(words) or words[noun + 1].gap != " ":
        return False
    following = words[noun + 1].text
    things = any(lexicon.means(following, section) for section in ("place", "prop", "weather"))
    return bool(lexicon.kind(following)) or (things and not lexicon.means(following, "pose"))


def _walk_on(words: Sequence[Word], first: int, noun: int, kind: Kind, plural: bool, lexicon: Lexicon) -> WalkOn | None:
    article = words[first].text
    indefinite = article in lexicon.grammar.get("indefinite", ())
    between = [word.text for word in words[first + 1 : noun]]
    if any(word in lexicon.grammar.get("linking", ()) or word in lexicon.speech_verbs for word in between):
        return None
    adjectives = [lexicon.adjective(word) for word in between if not word.endswith("ing")]
    several = (plural and not lexicon.adjectives) or kind.noun in ("mice", "children")
    number = article if several and indefinite and not lexicon.adjectives else "some" if several else ""
    english = words[noun].text if several and kind.noun not in ("mice", "children") else kind.noun
    looks = " ".join(filter(None, [number, *adjectives, english]))
    key = words[noun].text if several else kind.listed
    return WalkOn(
        first=first,
        last=noun,
        key=key,
        name=key.title(),
        noun=kind.noun,
        looks=looks if several else f"{_article(looks)} {looks}",
        pronouns=cast(Pronouns, "they" if several else kind.pronouns),
        indefinite=indefinite,
    )


def _article(looks: str) -> str:
    return "an" if looks[0] in "aeiou" else "a"

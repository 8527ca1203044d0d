"""Names that the cast does not list, found by what the story tells about them: “said Pip”, “a mouse called Pip”."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from storyforge.planning.reading import Reading, Word
from storyforge.planning.walk_ons import WalkOn, walk_on_at
from storyforge.planning.wordlist import Lexicon
from storyforge.story import Character

_LOWER = re.compile(r"[^\W\d_]+")
_LONGEST = 40  # letters: no name is longer, but a cry of “Aaaaa…” may be
_ENOUGH = 2  # verbs that make a capitalised word a name; one verb of speech does, too


@dataclass
class _Sighting:
    """What speaks for a capitalised word being a name."""

    evidence: int = 0
    with_article: int = 0
    times: int = 0
    who: WalkOn | None = None
    pronouns: Counter[str] = field(default_factory=Counter)


def unlisted(
    story: str, readings: Sequence[Reading], lexicon: Lexicon, listed: Mapping[str, Character]
) -> dict[str, Character]:
    """Characters by key, in the order of their appearance, with the looks that the story gives them."""
    if not lexicon.grammar:
        return {}
    seen: dict[str, _Sighting] = {}
    for reading, following in zip(readings, [*readings[1:], None], strict=True):
        then = following.words[:1] if following else ()
        named = {at for name in reading.names for at in range(name.first, name.last + 1)}
        for at, word in enumerate(reading.words):
            if at not in named and not word.quoted and _may_be_name(word, lexicon):
                sighting = seen.setdefault(_bare(word.raw), _Sighting())
                _look(reading.words, at, sighting, lexicon)
                _count_pronouns((*reading.words[at + 1 : at + 15], *then), sighting, lexicon)
    likely = {name: each for name, each in seen.items() if each.evidence >= _ENOUGH}
    if not likely:
        return {}
    common = {word for word in _LOWER.findall(story) if word.islower()}
    return {
        name.lower(): _character(name, each)
        for name, each in likely.items()
        if name.lower() not in common and name.lower() not in listed and each.with_article * 4 <= each.times
    }


def _may_be_name(word: Word, lexicon: Lexicon) -> bool:
    if (
        not word.raw[0].isupper()
        or not 2 <= len(word.raw) <= _LONGEST
        or lexicon.meanings(word.text)
        or lexicon.kind(word.text)
    ):
        return False
    grammar = [*lexicon.grammar.values(), *lexicon.pronouns.values(), lexicon.trailing, lexicon.titles]
    return not any(word.text in words for words in grammar) and word.text not in lexicon.speech_verbs


def _look(words: Sequence[Word], at: int, sighting: _Sighting, lexicon: Lexicon) -> None:
    before = words[at - 1] if at and words[at].gap in (" ", "\n") else None
    after = words[at + 1] if at + 1 < len(words) and words[at + 1].gap in (" ", "\n") else None
    sighting.times += 1
    if before and before.text in lexicon.grammar["article"] and not words[at].raw.endswith(("'s", "’s")):
        sighting.with_article += 1
    told = (before and not before.quoted and before.text in lexicon.speech_verbs) or (
        after and not after.quoted and after.text in lexicon.speech_verbs
    )
    leading = [word.text for word in words[max(0, at - 3) : at]]
    named = any(" ".join(leading[start:]) in lexicon.grammar["named"] for start in range(len(leading)))
    acts = after and lexicon.means(after.text, "pose")
    sighting.evidence += 2 * bool(told or named) + bool(acts)
    sighting.who = sighting.who or _introduced(words, at, lexicon)
    if sighting.who and sighting.evidence == 0:
        sighting.evidence = 1


def _count_pronouns(words: Sequence[Word], sighting: _Sighting, lexicon: Lexicon) -> None:
    """A “she” soon after the name speaks for a she."""
    for word in words:
        sighting.pronouns.update(who for who in ("she", "he") if word.text in lexicon.pronouns[who] and not word.quoted)


def _introduced(words: Sequence[Word], at: int, lexicon: Lexicon) -> WalkOn | None:
    """“a small mouse called Pip”, “Pip, a small mouse”, “Pip the mouse”, “Pip was a mouse”, “the mouse Pip”."""
    for start in range(max(0, at - 8), at):
        found = walk_on_at(words, start, lexicon)
        if found and found.first < found.last and _leads_to(words, found.last, at, lexicon):
            return found
    copula = at + 1 < len(words) and words[at + 1].text in lexicon.grammar["copula"]
    start = at + 2 if copula else at + 1
    if start >= len(words) or words[start].gap.strip() not in ("", ","):
        return None
    found = walk_on_at(words, start, lexicon)
    return found if found and (found.indefinite or words[start].text in lexicon.grammar["apposition"]) else None


def _leads_to(words: Sequence[Word], noun: int, at: int, lexicon: Lexicon) -> bool:
    if any(word.gap.strip() for word in words[noun + 1 : at + 1]):
        return False
    between = " ".join(word.text for word in words[noun + 1 : at])
    return not between or between in lexicon.grammar["named"]


def _character(name: str, sighting: _Sighting) -> Character:
    likely = next(iter(sighting.pronouns.most_common(1)), ("", 0))[0]
    who = sighting.who
    pronouns = who.pronouns if who and who.pronouns in ("she", "he", "they") else likely
    return Character.model_validate({"name": name, "pronouns": pronouns, "looks": who.looks if who else ""})


def _bare(raw: str) -> str:
    return re.sub(r"['’]s$", "", raw)

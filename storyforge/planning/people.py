"""Who is meant: by name, by noun (“the old owl”), by pronoun, or as one of everyone."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from storyforge.planning.reading import Hit, Reading, Word
from storyforge.planning.walk_ons import WalkOn, walk_on_at
from storyforge.planning.wordlist import Lexicon
from storyforge.story import Character, shown_name

MOST = 5  # actors in a picture
_NEAR = 3  # sentences back that “they” looks for its people


class Mention(NamedTuple):
    """Words `first` to `last` of a sentence mean these characters; `spoken_to` within a quote only."""

    first: int
    last: int
    who: tuple[str, ...]
    spoken_to: bool = False


class People:
    """Reads a story from its start to its end, remembering who has been met. `extras` grow as walk-ons come in."""

    def __init__(self, cast: Mapping[str, Character], strangers: Mapping[str, Character], lexicon: Lexicon) -> None:
        self.cast = dict(cast)
        self.extras = dict(strangers)
        self.named = frozenset(strangers)  # extras that have a name of their own
        self.lexicon = lexicon
        self._recent: list[str] = []  # the last one first
        self._near: deque[tuple[str, ...]] = deque(maxlen=_NEAR)
        self._paragraph: dict[str, None] = {}  # who was mentioned since it began
        self._group: tuple[str, ...] = ()
        self._heads = {key: _head_words(character.looks) for key, character in {**strangers, **cast}.items()}

    def mentions(self, reading: Reading) -> tuple[Mention, ...]:
        """Who is mentioned in the next sentence, in the order of its words."""
        found: list[Mention] = []
        names = {name.first: Mention(name.first, name.last, (name.who,)) for name in reading.names}
        groups = {hit.first: hit for hit in reading.hits if hit.section in ("everyone", "both")}
        if reading.opens_paragraph:
            self._paragraph = {}
        at = 0
        while at < len(reading.words):
            mention = self._at(reading, at, names, groups, found)
            if mention and mention.who:
                found.append(mention)
                self._remember(mention)
            at = mention.last + 1 if mention else at + 1
        told = tuple(dict.fromkeys(who for mention in found if not mention.spoken_to for who in mention.who))
        if told:
            self._near.append(told)
        if len(told) > 1:
            self._group = told[:MOST]
        return tuple(found)

    def _at(
        self, reading: Reading, at: int, names: dict[int, Mention], groups: dict[int, Hit], found: list[Mention]
    ) -> Mention | None:
        word = reading.words[at]
        if name := names.get(at):
            if word.quoted:
                return name._replace(spoken_to=True) if _is_called(reading.words, name) else None
            return name if reading.words[name.last].literal else None
        if word.quoted:
            return None
        if (group := groups.get(at)) and not _counts_things(reading.words, group.last):
            number = 2 if group.section == "both" else self.lexicon.numbers.get(word.text, MOST)
            there = self._group if number == len(self._group) else self._named()[:number]
            return Mention(at, group.last, there)
        if word.literal and (walk_on := walk_on_at(reading.words, at, self.lexicon)):
            return self._walk_on(reading, walk_on, names, found)
        return self._pronoun(reading.words, at)

    def _walk_on(
        self, reading: Reading, walk_on: WalkOn, names: dict[int, Mention], found: list[Mention]
    ) -> Mention | None:
        if _is_apposition(reading.words, walk_on, names, found, self.lexicon):
            return None
        key = self._known(walk_on)
        if key is None:
            key = walk_on.key
            self.extras[key] = Character(name=walk_on.name, pronouns=walk_on.pronouns, looks=walk_on.looks)
        elif key in self.extras and len(self.extras[key].looks.split()) < 3 <= len(walk_on.looks.split()):
            self.extras[key] = self.extras[key].model_copy(update={"looks": walk_on.looks})
        return Mention(walk_on.first, walk_on.last, (key,))

    def _known(self, walk_on: WalkOn) -> str | None:
        """The character that a noun means: one of that kind in the cast, else a walk-on seen before."""
        if walk_on.key in self.cast:
            return walk_on.key
        alike = [key for key, words in self._heads.items() if walk_on.noun in words]
        if len(alike) > 1:
            alike = [key for key in self._recent if key in alike][:1]
        if len(alike) == 1 and (not walk_on.indefinite or alike[0] not in self._recent):
            return alike[0]
        return walk_on.key if walk_on.key in self.extras else None

    def _pronoun(self, words: Sequence[Word], at: int) -> Mention | None:
        meant = self.lexicon.pronouns_by_word.get(words[at].text)
        if not meant or meant[0] in ("everyone", "both", "me"):
            return None
        following = words[at + 1].text if at + 1 < len(words) else ""
        if following in self.lexicon.pronouns["both"]:
            return None  # “they both”: the next word tells who
        if "she" in meant and "they" in meant:  # German “sie”
            neighbours = (following, words[at - 1].text if at else "")
            plural = self.lexicon.plural_verbs and any(each.endswith(self.lexicon.plural_verbs) for each in neighbours)
            meant = ["they"] if plural else ["she"]
        if meant[0] == "it" and following in self.lexicon.grammar.get("expletive", ()):
            return None
        return Mention(at, at, self._meant_by(meant[0]))

    def _meant_by(self, pronoun: str) -> tuple[str, ...]:
        if pronoun in ("they", "us"):
            near = tuple(self._paragraph)[-MOST:]
            if len(near) < 2:
                near = self._lately()
            alone = next((who for who in self._recent[:1] if self._pronouns(who) == "they"), None)
            if alone and pronoun == "they":
                return (alone,)
            return near if len(near) > 1 else self._group or tuple(self._recent[:1])
        fitting = [who for who in self._recent if self._pronouns(who) == pronoun]
        if pronoun == "it":
            lately = {*self._paragraph, *(who for sentence in self._near for who in sentence)}
            fitting = [who for who in fitting if who in lately]
        else:
            fitting = fitting or [who for who in self._recent if self._pronouns(who) in ("", "it")]
        return tuple(fitting[:1])

    def called(self, who: str) -> str:
        """How a caption calls somebody, in English: by name, or “the owl” for a walk-on."""
        if who in self.cast:
            return shown_name(who, self.cast[who])
        extra = self.extras[who]
        return extra.name if who in self.named else f"the {extra.looks.split()[-1]}"

    def _lately(self) -> tuple[str, ...]:
        """Those of the last few sentences; walk-ons only where there are not two with a name."""
        near = tuple(dict.fromkeys(who for sentence in reversed(self._near) for who in sentence))[:MOST]
        for group in (near, self._group):
            named = tuple(who for who in group if who in self.cast or who in self.named)
            if len(named) > 1:
                return named
        return near

    def _named(self) -> tuple[str, ...]:
        """All that have been met, the last one first; no walk-ons, unless there is hardly anybody else."""
        named = [who for who in self._recent if who in self.cast or who in self.named]
        return tuple(named if len(named) > 1 else self._recent)

    def _pronouns(self, who: str) -> str:
        return (self.cast.get(who) or self.extras[who]).pronouns

    def _remember(self, mention: Mention) -> None:
        if not mention.spoken_to:
            self._paragraph |= dict.fromkeys(mention.who)
        for who in reversed(mention.who):
            if who in self._recent:
                self._recent.remove(who)
            self._recent.insert(0, who)
        del self._recent[50:]


def _head_words(looks: str) -> frozenset[str]:
    """The words that say what somebody is, not what is worn: of “a girl with a toy rabbit” only “a girl”."""
    head = re.split(r",| with | in | wearing | and | holding ", looks.lower(), maxsplit=1)[0]
    return frozenset(re.findall(r"[^\W\d_]+", head))


def _is_called(words: Sequence[Word], name: Mention) -> bool:
    """“Run, Eevee!” speaks to Eevee; “I know Eevee” does not."""
    before = words[name.first].gap
    after = words[name.last + 1].gap if name.last + 1 < len(words) else "!"
    comma_before = name.first == 0 or any(mark in before for mark in ',.!?“"„«‘')
    return comma_before and any(mark in after for mark in ',.!?”"“»’…')


def _counts_things(words: Sequence[Word], last: int) -> bool:
    """“alle Laternen” are not all of the friends."""
    following = words[last + 1] if last + 1 < len(words) else None
    return following is not None and following.gap == " " and following.raw[0].isupper()


def _is_apposition(
    words: Sequence[Word], walk_on: WalkOn, names: Mapping[int, Mention], found: Sequence[Mention], lexicon: Lexicon
) -> bool:
    """“Pip the mouse”, “a mouse called Pip”, “Pip was a mouse”: the name says who it is."""
    grammar = lexicon.grammar
    before = words[walk_on.first - 1].text if walk_on.first else ""
    if found and before in grammar.get("copula", ()) and not found[-1].spoken_to:
        return True
    if found and found[-1].last == walk_on.first - 1 and words[walk_on.first].text in grammar.get("article", ()):
        plain = words[walk_on.first].gap.strip() in ("", ",")
        return plain and len(found[-1].who) == 1 and found[-1].first in names
    following = [at for at in _upto(words, walk_on.last + 1, 5) if at in names]
    between = " ".join(word.text for word in words[walk_on.last + 1 : following[0]]) if following else "?"
    return not between or between in grammar.get("named", ())


def _upto(words: Sequence[Word], start: int, count: int) -> Iterator[int]:
    """The next few words of the same clause."""
    for at in range(start, min(start + count, len(words))):
        if words[at].gap.strip() or words[at].quoted:
            return
        yield at

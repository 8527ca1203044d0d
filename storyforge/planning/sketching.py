"""What a story tells of the looks of its people: “a small fox”, “her red scarf”, “he had a long beard”."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from storyforge.planning.palette import Palette, palette
from storyforge.planning.people import Mention, People
from storyforge.planning.reading import Reading, Word
from storyforge.planning.sketches import Sketch
from storyforge.planning.walk_ons import WalkOn, walk_on_at
from storyforge.planning.wordlist import Lexicon

_MOST_ADJECTIVES = 4


def sketch(story: str, readings: Sequence[Reading], people: People, language: str) -> dict[str, Sketch]:
    """A sketch of everybody whom the sentences mention, by key, in the order of their appearance."""
    sketcher = _Sketcher(story, people, palette(language))
    for reading in readings:
        sketcher.read(reading)
    return sketcher.found


@dataclass
class _Sketcher:
    story: str
    people: People
    words: Palette
    found: dict[str, Sketch] = field(default_factory=dict)
    alone: str = ""  # who was the only one that the sentence before named
    given: dict[int, str] = field(default_factory=dict)  # where a part stands -> whose it is

    def of(self, who: str) -> Sketch:
        return self.found.setdefault(who, Sketch())

    def read(self, reading: Reading) -> None:
        told = [mention for mention in self.people.mentions(reading) if not mention.spoken_to]
        alone = [mention for mention in told if len(mention.who) == 1]
        named = {mention.who[0] for mention in alone if not self._is_pronoun(reading, mention)}
        for who in dict.fromkeys(who for mention in told for who in mention.who):
            self.of(who).beside |= named
        self._naming(reading.words, told)
        self._titles(reading.words, told)
        self._kinds(reading, told)
        self._parts(reading, told)
        self._states(reading, told)
        self._pronouns(reading, told)

    def _naming(self, words: Sequence[Word], mentions: Sequence[Mention]) -> None:
        """“His name was Bob.”"""
        single = [mention for mention in mentions if len(mention.who) == 1]
        for one, other in pairwise(single):
            between = " ".join(word.text for word in words[one.last + 1 : other.first])
            hers = words[one.first].text in self.words.possessive
            if between in self.words.naming and one.who != other.who and not hers:
                self.of(one.who[0]).same_as = self.of(one.who[0]).same_as or other.who[0]
        for named in (mention for mention in mentions if mention.first > 2):
            whose, *leading = [word.text for word in words[named.first - 3 : named.first]]
            if whose in self.words.possessive and " ".join(leading) in self.words.naming:
                self._named_later(named, [mention for mention in single if mention.last < named.first - 2])

    def _named_later(self, named: Mention, before: Sequence[Mention]) -> None:
        """“Sara had a horse his name was Thunder”: whoever was told of last, rather than whom “his” may mean."""
        nouns = [mention.who[0] for mention in before if mention.last < named.first - 3]
        bearer = nouns[-1] if nouns else self.alone or (before[-1].who[0] if before else "")
        if bearer and bearer != named.who[0]:
            self.of(bearer).same_as = named.who[0]

    def _titles(self, words: Sequence[Word], mentions: Sequence[Mention]) -> None:
        """“Mrs Plum”, “Captain Bo”."""
        for mention in mentions:
            first = words[mention.first]
            if mention.first < mention.last and len(mention.who) == 1 and self.words.is_title(first.text):
                self._tell(self.of(mention.who[0]), first, words[mention.last])
            before = words[mention.first - 1] if mention.first and len(mention.who) == 1 else None
            if before and before.raw[0].isupper() and before.text in self.words.titles:
                mine = self.of(mention.who[0])
                mine.noun = mine.noun or self.words.titles[before.text]
                mine.aliases[self._slice(before, words[mention.last])] += 1
                self._tell(mine, before, words[mention.last])

    def _kinds(self, reading: Reading, mentions: Sequence[Mention]) -> None:
        """“a small fox named Eevee”, “Pip was a mouse”, “the old owl”."""
        at = 0
        while at < len(reading.words):
            word = reading.words[at]
            found = walk_on_at(reading.words, at, self.people.lexicon) if word.literal and not word.quoted else None
            if found and (who := _meant(reading.words, found, mentions, self.people.lexicon)):
                self._kind(reading.words, found, who)
            at = found.last + 1 if found else at + 1

    def _kind(self, words: Sequence[Word], found: WalkOn, who: str) -> None:
        mine = self.of(who)
        adjectives = self._adjectives(words, found.last - 1, found.first)
        mine.noun = mine.noun or found.noun
        mine.adjectives |= dict.fromkeys(adjectives)
        if found.pronouns == "they" and not mine.several:
            number, *_, noun = found.looks.split()
            mine.several = " ".join((number, *adjectives, noun))
        self._tell(mine, words[found.last - len(adjectives)], words[found.last])
        mine.introduced |= found.indefinite
        phrase = words[found.first : found.last + 1]
        if phrase[0].text in self.words.definite and len(phrase) == len(adjectives) + 2:
            raw = [phrase[0].text, *(word.raw for word in phrase[1:])]
            gender = self.people.lexicon.kind(phrase[-1].text)
            mine.aliases[self.words.nominative_of(raw, found.key, gender[0].pronouns if gender else "")] += 1

    def _adjectives(self, words: Sequence[Word], last: int, above: int = -1) -> list[str]:
        """The English of the lasting adjectives that stand together up to the word `last`, behind the word `above`."""
        first = last
        while first > above and last - first < _MOST_ADJECTIVES and self.words.adjective(words[first].text):
            first -= 1
            if words[first + 1].gap.strip(" ,\n"):
                break
        return [self.words.adjective(word.text) for word in words[first + 1 : last + 1]]

    def _parts(self, reading: Reading, mentions: Sequence[Mention]) -> None:
        """“her red scarf”, “with a red scarf”, “Tilly’s scarf”."""
        words = reading.words
        for at, word in enumerate(words):
            part = self.words.part(word.text)
            if not part or word.quoted or not word.literal:
                continue
            adjectives = self._adjectives(words, at - 1)
            worn = word.text in self.words.worn
            who = self._owner(words, at - len(adjectives) - 1, mentions, worn=worn)
            if not who:
                continue
            mine = self.of(who)
            mine.hints.update((part, *adjectives))
            self.given[word.start] = who
            behind = [] if adjectives else self._state(words, at + 1)  # her hat was purple
            if adjectives or worn or behind:
                phrase = " ".join((*adjectives, *(self.words.adjective(words[each].text) for each in behind), part))
                mine.parts[part] = max(phrase, mine.parts.get(part, ""), key=len)
                self._tell(mine, words[at - len(adjectives)], words[behind[-1]] if behind else word)

    def _owner(self, words: Sequence[Word], at: int, mentions: Sequence[Mention], *, worn: bool) -> str:
        """Whose it is, by the word `at` before it: her, Tilly’s, with a, wore; '' if nobody's."""
        while at >= 0 and words[at].text in self.words.very:
            at -= 1
        earlier = [mention for mention in mentions if mention.last < at and len(mention.who) == 1]
        if at < 0:
            return ""
        if pronoun := self.words.possessive.get(words[at].text):
            fitting = [each.who[0] for each in earlier if self._may_be(each.who[0], pronoun)]
            return fitting[-1] if fitting else self.alone if not earlier else ""
        if named := next((each for each in mentions if each.last == at and len(each.who) == 1), None):
            return named.who[0] if words[at].raw.endswith("s") else ""  # Tilly's, Funkis
        if words[at].text in self.people.lexicon.grammar.get("article", ()) and at:
            at -= 1
        if words[at].text in self.words.having or (worn and words[at].text in self.words.dressed):
            return earlier[-1].who[0] if earlier else ""
        if words[at].text in self.people.lexicon.grammar.get("coordinating", ()) and at:
            at -= 1
        return self.given.get(words[at].start, "")  # “a blue scarf and red boots”

    def _may_be(self, who: str, pronoun: str) -> bool:
        known = self.people.cast.get(who) or self.people.extras.get(who)
        return known is None or known.pronouns in (pronoun, "", "it")

    def _states(self, reading: Reading, mentions: Sequence[Mention]) -> None:
        """“He was green and very big.”"""
        for mention in mentions:
            if len(mention.who) == 1 and (found := self._state(reading.words, self._behind(reading.words, mention))):
                mine = self.of(mention.who[0])
                mine.adjectives |= dict.fromkeys(self.words.adjective(reading.words[each].text) for each in found)
                self._tell(mine, reading.words[found[0]], reading.words[found[-1]])

    def _behind(self, words: Sequence[Word], mention: Mention) -> int:
        """Where what is said of them begins: “Wendy the witch was old”, “a dog called Rex and was black”."""
        at, grammar = mention.last + 1, self.people.lexicon.grammar
        if at < len(words) and (kind := walk_on_at(words, at, self.people.lexicon)):
            at = kind.last + 1 if words[at].text in grammar.get("apposition", ()) and kind.first < kind.last else at
        joins = at + 1 < len(words) and words[at + 1].text in grammar.get("copula", ())
        return at + (joins and words[at].text in grammar["coordinating"])

    def _state(self, words: Sequence[Word], at: int) -> list[int]:
        """The lasting adjectives behind the “was” at this word."""
        grammar, found = self.people.lexicon.grammar, list[int]()
        if at >= len(words) or words[at].text not in grammar.get("copula", ()):
            return []
        for end in range(at + 1, len(words)):
            joining = words[end].text in self.words.very or words[end].text in grammar["coordinating"]
            lasting = self.words.adjective(words[end].text) and words[end].literal
            if words[end].gap.strip(" ,\n") or not (joining or lasting):
                break
            found += [end] if lasting else []
        return [] if found and self._describes_noun(words, found[-1]) else found

    def _describes_noun(self, words: Sequence[Word], adjective: int) -> bool:
        """“It was dark outside” is about no one: something else than an “and” or the clause's end follows."""
        following = words[adjective + 1 : adjective + 2]
        if not following or following[0].gap.strip():
            return False
        goes_on = (
            self.people.lexicon.grammar.get("coordinating", frozenset()) | self.words.having
        )  # “red with black spots”
        return following[0].text not in goes_on

    def _pronouns(self, reading: Reading, mentions: Sequence[Mention]) -> None:
        """A “she” in a sentence with one name, or in one without a name behind it, speaks for a she."""
        named = [each for each in mentions if not self._is_pronoun(reading, each)]
        first = named[0].first if named else len(reading.words)
        self._hear(reading.words[:first])
        if named:
            self.alone = named[0].who[0] if len({each.who for each in named}) == 1 == len(named[0].who) else ""
            self._hear(reading.words[first:])

    def _is_pronoun(self, reading: Reading, mention: Mention) -> bool:
        return reading.words[mention.first].text in self.people.lexicon.pronouns_by_word

    def _hear(self, words: Sequence[Word]) -> None:
        if self.alone:
            heard = (self.words.pronouns.get(word.text) for word in words if not word.quoted)
            self.of(self.alone).pronouns.update(filter(None, heard))

    def _tell(self, mine: Sketch, first: Word, last: Word) -> None:
        """Notes a phrase of the story; of “scarf” and “red scarf” only the longer one."""
        phrase = self._slice(first, last)
        if not any(phrase in known for known in mine.told):
            mine.told = dict.fromkeys([*(known for known in mine.told if known not in phrase), phrase])

    def _slice(self, first: Word, last: Word) -> str:
        return " ".join(self.story[first.start : last.end].split()).removesuffix("'s").removesuffix("’s")


def _meant(words: Sequence[Word], found: WalkOn, mentions: Sequence[Mention], lexicon: Lexicon) -> str:
    """Who this is: the walk-on, or the name that stands beside it."""
    single = [mention for mention in mentions if len(mention.who) == 1]
    if own := next((each for each in single if each.first <= found.last <= each.last), None):
        return own.who[0]
    for each in single:
        between = words[found.last + 1 : each.first]
        named = " ".join(word.text for word in between) in lexicon.grammar.get("named", ())
        beside = not between and not found.indefinite  # but not “he saw a dragon Tim ran”
        if each.first > found.last and (beside or named):
            return each.who[0]
    before = [each for each in single if each.last < found.first]
    if before and (before[-1].last == found.first - 1 or words[found.first - 1].text in lexicon.grammar["copula"]):
        return before[-1].who[0]
    return ""

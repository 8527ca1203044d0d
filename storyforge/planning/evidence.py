"""What speaks for a word being a name, whether it is written with a capital or not; and what speaks against it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from storyforge.planning.palette import Palette
from storyforge.planning.reading import Reading, Word
from storyforge.planning.wordlist import Lexicon


@dataclass
class Evidence:
    """How often each word, in small letters, stands where; quotes do not count."""

    times: Counter[str] = field(default_factory=Counter)
    does: Counter[str] = field(default_factory=Counter)
    is_: Counter[str] = field(default_factory=Counter)  # “max is …”
    said: Counter[str] = field(default_factory=Counter)
    with_article: Counter[str] = field(default_factory=Counter)
    small: set[str] = field(default_factory=set)  # words that stand in small letters somewhere
    titles: dict[str, set[str]] = field(default_factory=dict)  # plum -> mr, mrs

    def count(self, words: Sequence[Word], lexicon: Lexicon, tones: Palette) -> None:
        blank = Word("", "", 0, 0, "", False, True)
        for before, word, after in zip([blank, *words], words, [*words[1:], blank], strict=False):
            if word.quoted:
                continue
            self.times[word.text] += 1
            self.small |= {word.text} if word.raw.islower() else set()
            self.with_article[word.text] += before.text in lexicon.grammar["article"]
            told = (before.text in lexicon.speech_verbs and not before.quoted) or (
                after.text in lexicon.speech_verbs and not after.quoted and not after.gap.strip()
            )
            self.said[word.text] += told
            follows = before.text and (lexicon.kind(before.text) or before.text in lexicon.grammar["article"])
            subject = not after.gap.strip() and not follows
            self.does[word.text] += told or (subject and (acts(after, lexicon) or after.text in tones.has))
            self.is_[word.text] += subject and after.text in lexicon.grammar["copula"]
            if before.text in tones.titles and not word.gap.strip(" ."):
                self.titles.setdefault(word.text, set()).add(tones.honorific.get(before.text, before.text))


def evidence(readings: Sequence[Reading], lexicon: Lexicon, tones: Palette) -> Evidence:
    found = Evidence()
    for reading in readings:
        found.count(reading.words, lexicon, tones)
    return found


def cries(readings: Sequence[Reading], words: Lexicon, names: Collection[str]) -> set[str]:
    """Those of the names that somebody only cries: “WOOF said max”, “Help! cried Dotty”. In small letters."""
    cried, called = set[str](), set[str]()
    for reading in readings:
        for at, word in enumerate(reading.words):
            if word.text not in names or word.quoted:
                continue
            before, (verb, who) = reading.words[max(0, at - 1) : at], [*reading.words[at + 1 : at + 3], None, None][:2]
            said = verb is not None and verb.text in words.speech_verbs
            if said and who and not who.gap.strip() and _may_speak(who, words, names):
                cried.add(word.text)
            elif said or (verb and acts(verb, words)) or any(each.text in words.speech_verbs for each in before):
                called.add(word.text)
    return cried - called


def _may_speak(word: Word, words: Lexicon, names: Collection[str]) -> bool:
    grammar = words.grammar["article"] | words.pronouns_by_word.keys()
    return word.text in names or word.text in grammar or word.raw[0].isupper() or bool(words.kind(word.text))


def acts(word: Word, words: Lexicon) -> bool:
    return any(words.means(word.text, section) for section in ("pose", "expression"))

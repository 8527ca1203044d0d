"""Who says each quote: by its tag, by who acts beside it, or by whose turn it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from storyforge.planning.people import Mention
from storyforge.planning.reading import Reading
from storyforge.planning.wordlist import Lexicon
from storyforge.quotes import PARAGRAPH, Span, is_lead, led, quote_spans
from storyforge.story import Character

Told = Sequence[tuple[Reading, tuple[Mention, ...]]]
"""Sentences with who is mentioned in each."""

_TAG_WORDS = 10  # words after a quote in which its tag is looked for


@dataclass
class Dialogue:
    """Follows the turns of a conversation through the story; scenes are to be given in order."""

    lexicon: Lexicon
    cast: Mapping[str, Character] = field(default_factory=dict)
    turns: list[str] = field(default_factory=list)
    last_end: int = 0

    def speakers(self, story: str, start: int, end: int, told: Told) -> tuple[str, ...]:
        """Who says each quote of `story[start:end]`, as `quote_spans` numbers them; '' where nobody can tell."""
        spans = [(start + first, start + last) for first, last in quote_spans(story[start:end])]
        found: list[str] = []
        previous: Span | None = None
        for number, span in enumerate(spans):
            following = spans[number + 1][0] if number + 1 < len(spans) else end
            who = self._tagged(story, told, span, previous, following)
            if who is None and previous and _goes_on(story, previous, span):
                who = found[-1]
            if who is None:
                who = (
                    self._beside(told, span, following) or self._turn(story, told, span) or self._just_seen(told, span)
                )
            found.append(who)
            self._note(found[-1], span)
            previous = span
        return tuple(found)

    def _note(self, who: str, span: Span) -> None:
        if who and self.turns[-1:] != [who]:
            self.turns.append(who)
        self.last_end = span[1]

    def _tagged(self, story: str, told: Told, span: Span, previous: Span | None, following: int) -> str | None:
        """“…” said Mia. / Mia said: “…”; '' if it is said by nobody we know (said a voice), None if there is no tag.

        What leads to a quote tells of it before what follows it does, and may be all that the words there tell of.
        """
        for reading, mentions in told:
            after: list[int] = []
            before: list[int] = []
            begin = max(previous[1] if previous else 0, reading.start)
            was_led = reading.start <= span[0] < reading.end and led(story[begin : span[0]])
            if reading.start < span[1] <= reading.end:
                between = story[span[1] : following]
                later = previous is not None and _goes_on(story, previous, span)
                if reading.end < following or not is_lead(between, story[slice(*span)], was_led or later):
                    after = [at for at, word in enumerate(reading.words) if span[1] <= word.start < following]
            if reading.start <= span[0] < reading.end:
                before = [at for at, word in enumerate(reading.words) if begin <= word.start < span[0]]
            tags = [(after[:_TAG_WORDS], True), (before, False)]
            for at, leading in reversed(tags) if was_led and not self._begins_tag(reading, after) else tags:
                who = self._speaker(reading, mentions, at, leading=leading)
                if who == "" and self.lexicon.tag_pronouns:
                    who = self._by_pronoun(told, reading, at)
                goes_on = previous and not leading and at and reading.words[at[0]].raw[0].islower()
                if who or (who is not None and not goes_on):
                    return who  # else “Come,” said Bo and added, “It is late.”
        return None

    def _begins_tag(self, reading: Reading, after: list[int]) -> bool:
        """When Bo called, “Come in,” said Mia."""
        return bool(after) and reading.words[after[0]].raw in self.lexicon.speech_verbs

    def _speaker(self, reading: Reading, mentions: Sequence[Mention], at: list[int], *, leading: bool) -> str | None:
        verbs = [each for each in at if self._says(reading.words[each].text)]
        if not verbs:
            return None
        verb = verbs[0] if leading else verbs[-1]
        told = [mention for mention in mentions if mention.first in at]
        behind = [mention for mention in told if verb < mention.first <= verb + 2]
        before = [mention for mention in told if mention.last < verb]
        if behind and (not before or (leading and verb == at[0])):
            return _one(behind[0])
        if before:
            return _one(before[-1])
        return "" if verb in at[:3] else None

    def _says(self, word: str) -> bool:
        """dit, and dit-elle"""
        verbs = self.lexicon.speech_verbs
        return word in verbs or ("-" in word and word.split("-")[0] in verbs)

    def _by_pronoun(self, told: Told, reading: Reading, at: list[int]) -> str | None:
        """Who “dit-elle” or “dijo ella” means; None too where the tag tells nobody: —Ven —dijo—."""
        verb = next(each for each in at if self._says(reading.words[each].text))
        tag = [part for each in at if abs(each - verb) < 2 for part in reading.words[each].text.split("-")]
        pronoun = next((self.lexicon.tag_pronouns[word] for word in tag if word in self.lexicon.tag_pronouns), "")
        if not pronoun:
            behind = reading.words[verb + 1] if verb + 1 in at else None
            return "" if behind and not behind.gap.strip() else None
        met = [who for each, mentions in told if each.start < reading.start for one in mentions for who in one.who]
        fitting = [who for who in self.cast if self.cast[who].pronouns == pronoun]
        known = [*reversed(met), *reversed(self.turns), *(fitting if len(fitting) == 1 else ())]
        return next((who for who in known if who in fitting), "")

    def _beside(self, told: Told, span: Span, following: int) -> str:
        """Who acts in the same paragraph, just before or just after: Mia turned round. “Who is there?”"""
        around = list(told)
        for number, (reading, mentions) in enumerate(around):
            if not reading.start <= span[0] < reading.end:
                continue
            own = [mention for mention in mentions if not mention.spoken_to]
            told_before = [mention for mention in own if reading.words[mention.first].start < span[0]]
            if told_before:
                return _one(told_before[0])
            if number and not reading.opens_paragraph and (before := _actor(around[number - 1])):
                return before
            if own and reading.words[own[0].first].start < following:
                return _one(own[0])
            after = next((each for each in around[number + 1 :] if each[0].start >= span[1]), None)
            if after and not after[0].opens_paragraph and after[0].start < following:
                return _actor(after)
        return ""

    def _turn(self, story: str, told: Told, span: Span) -> str:
        """The one who spoke before the last one, if the conversation has not been left since."""
        left = len(PARAGRAPH.findall(story[self.last_end : span[0]])) > 1
        if left or not self.turns:
            return ""
        spoken_to = self._spoken_to(told, span)
        others = self.turns[-2:-1] or self._listeners(told)
        return next((who for who in others if who not in spoken_to and who != self.turns[-1]), "")

    def _just_seen(self, told: Told, span: Span) -> str:
        """Who the sentence before was about: Mia opened the door. (new paragraph) “Is anybody there?”"""
        before = [each for each in told if each[0].end <= span[0]]
        who = _actor(before[-1]) if before else ""
        return "" if who in self._spoken_to(told, span) else who

    def _spoken_to(self, told: Told, span: Span) -> set[str]:
        return {
            mention.who[0]
            for reading, mentions in told
            for mention in mentions
            if mention.spoken_to and span[0] <= reading.words[mention.first].start < span[1]
        }

    def _listeners(self, told: Told) -> list[str]:
        """Who else is there, if it is just one."""
        there = dict.fromkeys(who for _, mentions in told for mention in mentions for who in mention.who)
        others = [who for who in there if who != self.turns[-1]]
        return others if len(others) == 1 else []


def _goes_on(story: str, previous: Span, span: Span) -> bool:
    """In one paragraph one person speaks, unless quote stands right beside quote: “Tea?” “Please.”

    A line that begins with a dash is as good as a paragraph.
    """
    between = story[previous[1] : span[0]]
    if story[span[0]] in "—–―" and between.rstrip(" \t").endswith("\n"):
        return False
    return bool(between.strip()) and not PARAGRAPH.search(between)


def _one(mention: Mention) -> str:
    return mention.who[0] if len(mention.who) == 1 else ""


def _actor(sentence: tuple[Reading, tuple[Mention, ...]]) -> str:
    """Who a sentence without a quote begins with."""
    reading, mentions = sentence
    if reading.has_quote or not mentions or mentions[0].first > 2:
        return ""
    return _one(mentions[0])

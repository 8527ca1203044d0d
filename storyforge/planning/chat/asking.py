"""Asks for the scenes of a passage until all of its sentences are in one, or nothing helps.

What holds in an answer is kept, and only what is missing is asked for again: an answer that was cut off, or wrong in
one place, costs no more than that place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from storyforge.planning.chat.answer import RawAnswer, read_answer, schema_for
from storyforge.planning.chat.carrying import State
from storyforge.planning.chat.failures import TooLong
from storyforge.planning.chat.mending import Decided, Missing, checked
from storyforge.planning.chat.passage import Passage
from storyforge.planning.chat.question import Hear, Message, Reply
from storyforge.planning.chat.ranges import wished
from storyforge.planning.chat.wording import Cuts, question
from storyforge.story import Character, Story
from storyforge.storyboard import Costs

TRIES = 3  # of the same sentences, without a single scene that holds
SCENE_TOKENS = 160  # of a scene in an answer, at most: 100 are usual
LONGEST = 2  # times the pace: as long as a sentence may be before it is cut

Ask = Callable[[Sequence[Message], dict[str, object], int, Hear], Reply]
"""Messages, the JSON Schema of the answer, its tokens at most, and who listens -> the reply."""

BROKEN_OFF = {
    "length": "The answer was too long and was cut off.",
    "lost": "The answer broke off.",
    "endless": "The answer repeated itself without an end.",
}

_LAST = re.compile(r'"last"\s*:\s*"?(\d+)')


@dataclass
class Asking:
    """One passage. `decided` are the scenes that hold, in order; `given_up` the spans of sentences that are in none."""

    story: Story
    passage: Passage
    state: State
    lead: str
    cuts: Cuts
    longest: float
    """Seconds that a scene may have."""
    ask: Ask
    reached: Callable[[float], None]
    """Told how much of the passage the model has got through, 0…1."""
    decided: list[Decided] = field(default_factory=list)
    given_up: list[tuple[int, int]] = field(default_factory=list)
    people: dict[str, Character] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    costs: Costs = field(default_factory=Costs)
    furthest: float = 0.0

    def all(self) -> None:
        """BackendFailed when the server fails; what the model gets wrong is no failure."""
        self._span(Missing(1, len(self.passage.sentences), ""), TRIES)
        self.decided.sort(key=lambda each: each.first)

    @property
    def known(self) -> Mapping[str, Character]:
        return {**self.people, **self.state.people, **self.story.cast}

    def _span(self, wanted: Missing, tries: int) -> None:
        if not tries:
            self.given_up.append((wanted.first, wanted.last))
            return
        try:
            reply = self._asked(wanted)
        except TooLong:
            self._halved(wanted, tries)
            return
        raw = read_answer(reply.text)
        last = wanted.last if reply.end == "stop" else _reached(raw, wanted)
        found = checked(raw, self.passage, wanted.first, last, self.known, self.story.pace, self.longest)
        self.decided += found.scenes
        self.people.update(found.people)
        self.notes += found.notes
        beyond = [Missing(last + 1, wanted.last, BROKEN_OFF[reply.end])] if last < wanted.last else []
        for missing in (*found.missing, *beyond):
            self._span(missing, TRIES if found.scenes else tries - 1)

    def _asked(self, wanted: Missing) -> Reply:
        first, last = wanted.first, wanted.last
        messages = question(
            self.story,
            self.passage,
            (first, last),
            self.state.met(self.people),
            lead=self.lead,
            cuts=self.cuts,
            longest=LONGEST * self.story.pace,
            wrong=wanted.why,
        )
        most = answer_tokens(self.passage.seconds(first, last), self.story.pace)
        reply = self.ask(messages, schema_for(first, last, self.known), most, self._hear)
        self.costs += Costs(
            requests=1, tokens_in=reply.tokens_in, tokens_out=reply.tokens_out, seconds=round(reply.seconds, 3)
        )
        return reply

    def _halved(self, wanted: Missing, tries: int) -> None:
        """The server can look at less than we thought."""
        if wanted.first == wanted.last:
            self.given_up.append((wanted.first, wanted.last))
            return
        middle = (wanted.first + wanted.last) // 2
        self._span(Missing(wanted.first, middle, wanted.why), tries)
        self._span(Missing(middle + 1, wanted.last, wanted.why), tries)

    def _hear(self, text: str) -> None:
        """Also when nothing new has come: whoever looks on may want to stop."""
        last = max((int(number) for number in _LAST.findall(text[-4000:])), default=0)
        self.furthest = max(self.furthest, min(1.0, last / len(self.passage.sentences)))
        self.reached(self.furthest)


def answer_tokens(seconds: float, pace: float) -> int:
    """How long an answer may be: half as many scenes again as the pace wants, and room for new people."""
    return int((1.5 * seconds / pace + 2) * SCENE_TOKENS) + 200


def _reached(raw: RawAnswer, wanted: Missing) -> int:
    """The last sentence that an answer which broke off has come to; all of them if it has come to none."""
    ends = [max(wish) for scene in raw.scenes if (wish := wished(scene))]
    return max((end for end in ends if wanted.first <= end <= wanted.last), default=wanted.last)

"""Asks for the scenes of a passage until all of its sentences are in one, or nothing helps.

What holds in an answer is kept, and only what is missing is asked for again: an answer that was cut off, or wrong in
one place, costs no more than that place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from storyforge.planning.chat.answer import RawAnswer, read_answer, schema_for
from storyforge.planning.chat.carrying import State
from storyforge.planning.chat.failures import TooLong
from storyforge.planning.chat.mending import Checked, Decided, Missing, checked
from storyforge.planning.chat.passage import Passage
from storyforge.planning.chat.question import Hear, Message, Reply
from storyforge.planning.chat.ranges import Cuts, wished
from storyforge.planning.chat.sizing import answer_tokens
from storyforge.planning.chat.wording import question
from storyforge.story import Character, Story
from storyforge.storyboard import Costs

TRIES = 3  # of the same sentences, without a single scene that holds
MOST_QUESTIONS = 40  # about one passage, however the answers come
LONGEST = 2  # times the pace: as long as a sentence may be before it is cut

Ask = Callable[[Sequence[Message], dict[str, object], int, Hear], Reply]
"""Messages, the JSON Schema of the answer, its tokens at most, and who listens -> the reply."""

BROKEN_OFF = {
    "length": "The answer was too long and was cut off.",
    "lost": "The answer broke off.",
    "endless": "The answer repeated itself without an end.",
}

NOTHING_SEEN = "The scene said neither who is seen nor what happens."

_LAST = re.compile(r'"last"\s*:\s*"?(\d+)')

Wanted = tuple[Missing, int]
"""Sentences to be asked for, and how often they may be."""


@dataclass
class Asking:
    """One passage. `decided` are the scenes that hold, `given_up` what is in none, with the reason for the user."""

    story: Story
    passage: Passage
    state: State
    lead: str
    cuts: Cuts
    ask: Ask
    reached: Callable[[float], None]
    """Told how much of the passage the model has got through, 0…1."""
    model: str
    """How the model is called."""
    decided: list[Decided] = field(default_factory=list)
    given_up: list[Missing] = field(default_factory=list)
    met: dict[str, Character] = field(default_factory=dict)
    """Who was new in some answer, also where its scenes did not hold."""
    notes: list[str] = field(default_factory=list)
    costs: Costs = field(default_factory=Costs)
    questions: int = 0
    furthest: float = 0.0

    def all(self) -> None:
        """BackendFailed when the server fails; what the model gets wrong is no failure."""
        waiting: list[Wanted] = [(Missing(1, len(self.passage.sentences), ""), TRIES)]
        while waiting:
            wanted, tries = waiting.pop()
            if why := self._hopeless(wanted, tries):
                self.given_up.append(replace(wanted, why=why))
            else:
                waiting += reversed(self._still_wanted(wanted, tries))
        self.decided.sort(key=lambda each: each.first)
        self.given_up = joined(sorted(self.given_up, key=lambda each: each.first))

    @property
    def known(self) -> Mapping[str, Character]:
        return {**self.met, **self.state.people, **self.story.cast}

    @property
    def seen(self) -> Mapping[str, Character]:
        """The new ones who are seen or speak in a scene that holds."""
        needed = {key for each in self.decided for key in (*each.who, *each.says.values())}
        return {key: person for key, person in self.met.items() if key in needed}

    def _hopeless(self, wanted: Missing, tries: int) -> str:
        """Why these sentences are not asked for again; '' if they are."""
        last = f" {wanted.why}" if wanted.why in BROKEN_OFF.values() else ""
        if not tries:
            return f"in {TRIES} tries {self.model} gave no answer of use for that.{last}".rstrip(".")
        scenes = max(self.passage.seconds(1, len(self.passage.sentences)) / self.story.pace, len(self.cuts))
        if self.questions >= min(MOST_QUESTIONS, 3 + int(scenes)):
            return f"{self.model} was asked {self.questions} times, and left that out.{last}".rstrip(".")
        return ""

    def _still_wanted(self, wanted: Missing, tries: int) -> list[Wanted]:
        """Asks once. What is still missing then."""
        try:
            reply = self._asked(wanted)
        except TooLong:
            if wanted.first == wanted.last:
                raise  # not even one sentence: no answer could be right, and the user can help
            return [(half, tries) for half in _halves(wanted, self.cuts)]
        raw = read_answer(reply.text)
        last = wanted.last if reply.end == "stop" else _reached(raw, wanted)
        found = self._checked(raw, wanted.first, last)
        self.decided += found.scenes
        self.met.update(found.met)
        self.notes += found.notes
        beyond = [Missing(last + 1, wanted.last, BROKEN_OFF[reply.end])] if last < wanted.last else []
        missing = [*found.missing, *beyond]
        if self.cuts:
            missing = joined([*_whole(missing, self.cuts, wanted, found.scenes)])
        if reply.end != "stop" and not raw.found:
            missing = [replace(each, why=BROKEN_OFF[reply.end]) for each in missing]
        return [(each, TRIES if found.scenes else tries - 1) for each in missing]

    def _checked(self, raw: RawAnswer, first: int, last: int) -> Checked:
        longest = LONGEST * self.story.pace
        return _telling(checked(raw, self.passage, first, last, self.known, self.story.pace, longest, self.cuts))

    def _asked(self, wanted: Missing) -> Reply:
        first, last = wanted.first, wanted.last
        before = (each for each in sorted(self.decided, key=lambda each: each.first) if each.last < first)
        state = self.state.met(self.met).told(before)
        people = state.shown(self.passage.told(first, last))
        messages = question(
            self.story,
            self.passage,
            (first, last),
            state.model_copy(update={"people": people}),
            lead=self.lead,
            cuts=self.cuts,
            longest=LONGEST * self.story.pace,
            wrong=wanted.why,
        )
        cut = sum(first <= start <= last for start, _ in self.cuts)
        most = answer_tokens(max(self.passage.seconds(first, last) / self.story.pace, cut))
        self.questions += 1
        reply = self.ask(messages, schema_for(first, last, {**people, **self.story.cast}), most, self._hear)
        self.costs += Costs(
            requests=1, tokens_in=reply.tokens_in, tokens_out=reply.tokens_out, seconds=round(reply.seconds, 3)
        )
        return reply

    def _hear(self, text: str) -> None:
        """Also when nothing new has come: whoever looks on may want to stop."""
        last = max((int(number) for number in _LAST.findall(text[-4000:])), default=0)
        self.furthest = max(self.furthest, min(1.0, last / len(self.passage.sentences)))
        self.reached(self.furthest)


def _telling(found: Checked) -> Checked:
    """Without scenes that say neither who is seen nor what happens: nothing can be drawn of those."""
    mute = [scene for scene in found.scenes if not scene.who and not scene.seen]
    lacks = [Missing(each.first, each.last, NOTHING_SEEN) for each in mute]
    return replace(
        found,
        scenes=tuple(scene for scene in found.scenes if scene not in mute),
        missing=tuple(sorted((*found.missing, *lacks), key=lambda each: each.first)),
    )


def _halves(wanted: Missing, cuts: Cuts) -> tuple[Missing, Missing]:
    """The server can look at less than we thought. Halved where it was cut by hand, if it was."""
    ends = [last for _, last in cuts if wanted.first <= last < wanted.last]
    middle = ends[(len(ends) - 1) // 2] if ends else (wanted.first + wanted.last) // 2
    return replace(wanted, last=middle), replace(wanted, first=middle + 1)


def _whole(missing: Sequence[Missing], cuts: Cuts, wanted: Missing, scenes: Sequence[Decided]) -> Iterator[Missing]:
    """What was cut by hand is asked for whole, and not again once the model has decided something of it."""
    for cut in cuts:
        first, last = max(cut[0], wanted.first), min(cut[1], wanted.last)
        lacks = [each for each in missing if each.first <= last and first <= each.last]
        if lacks and not any(each.first <= last and first <= each.last for each in scenes):
            yield Missing(first, last, lacks[0].why)


def joined(missing: Sequence[Missing]) -> list[Missing]:
    """Those side by side, for the same reason, are one."""
    joined: list[Missing] = []
    for each in missing:
        if joined and joined[-1].last + 1 == each.first and joined[-1].why == each.why:
            joined[-1] = replace(joined[-1], last=each.last)
        else:
            joined.append(each)
    return joined


def _reached(raw: RawAnswer, wanted: Missing) -> int:
    """The last sentence that an answer which broke off has come to; all of them if it has come to none."""
    ends = [max(wish) for scene in raw.scenes if (wish := wished(scene))]
    return max((end for end in ends if wanted.first <= end <= wanted.last), default=wanted.last)

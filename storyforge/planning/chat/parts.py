"""A section of the story becomes a part of the storyboard: asked for, checked, completed, and handed on."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from storyforge.backend import Section
from storyforge.planning.chat.asking import LONGEST, TRIES, Ask, Asking
from storyforge.planning.chat.carrying import State, carried
from storyforge.planning.chat.mending import Decided
from storyforge.planning.chat.passage import Passage
from storyforge.planning.chat.scenes import by_rules, directed, hints, ruled, with_written
from storyforge.planning.chat.wording import Cuts
from storyforge.story import Character, Story, WrittenScene
from storyforge.storyboard import Part, Scene

SHOWN = 40  # characters of a sentence, to know it by

ByHand = Mapping[int, tuple[WrittenScene, Scene]]
"""First sentence of a scene that was cut by hand -> what the user wrote, and what the rules read in it."""


def planned(section: Section, before: Part | None, ask: Ask, reached: Callable[[float], None], model: str) -> Part:
    """The part of a storyboard that this section becomes. `model` is how notes call who planned it."""
    story = section.story
    state = State.model_validate(before.memory if before else {}, strict=False)
    passage, cuts = _cut(story)
    longest = math.inf if cuts else LONGEST * story.pace
    asking = Asking(story, passage, state, section.lead, cuts, longest, ask, reached)
    asking.all()
    decided, gaps = _fitted(asking.decided, cuts) if cuts else (asking.decided, asking.given_up)
    editing = _Editing(story, passage, _by_hand(story, cuts, asking.known))
    made = list(editing.scenes(decided, gaps, state.met(asking.people)))
    if not section.last and len(made) > 1 and not cuts:
        made.pop()  # where it ends is beyond what was looked at: the next part begins with it
    scenes, state = tuple(scene for scene, _ in made), made[-1][1]
    end = sum(len(scene.text) for scene in scenes)
    ruled_here = [gap for gap in gaps if passage.sentences[gap[0] - 1].start < end]  # not what is handed on
    return Part(
        end=end,
        scenes=scenes,
        extras=_seen(scenes, state.people),
        memory=state.model_dump(mode="json"),
        costs=asking.costs,
        notes=(*asking.notes, *(_told(passage, gap, model) for gap in ruled_here)),
    )


def _cut(story: Story) -> tuple[Passage, Cuts]:
    """The passage, and the first and last sentence of each scene in it that was cut by hand."""
    texts = [scene.text + "\n\n" for scene in story.scenes]
    if not texts:
        return Passage.of(story.text, story.language, story.pace), ()
    texts[-1] = story.text[sum(map(len, texts[:-1])) :]  # the story's last scene has no blank line behind it
    passage = Passage.of(story.text, story.language, story.pace, texts)
    cuts, at, first = [], 0, 1
    for text in texts:
        at += len(text)
        last = max(sentence.number for sentence in passage.sentences if sentence.end <= at)
        cuts.append((first, last))
        first = last + 1
    return passage, cuts


def _by_hand(story: Story, cuts: Cuts, people: Mapping[str, Character]) -> ByHand:
    if not cuts:
        return {}
    read = by_rules(story, people, scenes=story.scenes).scenes
    return {first: found for (first, _), found in zip(cuts, zip(story.scenes, read, strict=True), strict=True)}


def _fitted(decided: Sequence[Decided], cuts: Cuts) -> tuple[list[Decided], list[tuple[int, int]]]:
    """For each scene that was cut by hand, what the model decided of most of it; and those of which it decided nothing.

    A model that cuts differently all the same has still seen what happens there.
    """
    found: list[Decided] = []
    gaps: list[tuple[int, int]] = []
    for first, last in cuts:
        inside = [each for each in decided if each.first <= last and first <= each.last]
        if not inside:
            gaps.append((first, last))
            continue
        best = max(inside, key=lambda each: min(each.last, last) - max(each.first, first))
        says = {number: who for each in inside for number, who in each.says.items()}
        found.append(replace(best, first=first, last=last, says=says))
    return found, gaps


@dataclass(frozen=True)
class _Editing:
    """Puts the scenes together in their order: those of the model, and those of the rules in the gaps between."""

    story: Story
    passage: Passage
    by_hand: ByHand

    def scenes(self, decided: Sequence[Decided], gaps: Cuts, state: State) -> Iterator[tuple[Scene, State]]:
        """Each scene, with how things stand after it."""
        told = (self.passage.told(each.first, each.last) for each in decided)
        hinted = dict(zip((each.first for each in decided), hints(self.story, told, state.people), strict=True))
        pieces: list[tuple[int, Decided | None, int]] = [
            *((each.first, each, each.last) for each in decided),
            *((first, None, last) for first, last in gaps),
        ]
        for first, each, last in sorted(pieces, key=lambda piece: piece[0]):
            if each is None:
                made = self._ruled(first, last, state)
                state = made[-1][1]
                yield from made
            else:
                scene = self._directed(each, state, hinted[first])
                end = self.passage.sentences[last - 1].end
                state = state.after(scene, carried(state.holds, each.holds), open_quote=self.passage.in_quote(end))
                yield scene, state

    def _directed(self, each: Decided, state: State, hint: Scene) -> Scene:
        written = self.by_hand.get(each.first)
        known = {**state.people, **self.story.cast}
        scene = directed(each, self.passage, state, written[1] if written else hint, known)
        return with_written(scene, *written) if written else scene

    def _ruled(self, first: int, last: int, state: State) -> list[tuple[Scene, State]]:
        """Sentences of which the model said nothing that could be used."""
        text = self.passage.told(first, last)
        if first in self.by_hand:
            scenes: tuple[Scene, ...] = (self.by_hand[first][1].model_copy(update={"text": text}),)
        else:
            board = by_rules(self.story, state.people, text=text)
            state, scenes = state.met(board.extras), board.scenes
        made, at = [], self.passage.sentences[first - 1].start
        for scene in scenes:
            at += len(scene.text)
            scene = ruled(scene, self.story, state)
            state = state.after(scene, state.holds, open_quote=self.passage.in_quote(at))
            made.append((scene, state))
        return made


def _seen(scenes: Iterable[Scene], people: Mapping[str, Character]) -> dict[str, Character]:
    """Those who are seen or heard without being in the cast."""
    needed = {key for scene in scenes for key in (*scene.quotes, *(actor.who for actor in scene.characters))}
    return {key: person for key, person in people.items() if key in needed}


def _told(passage: Passage, gap: tuple[int, int], model: str) -> str:
    words = " ".join(passage.told(*gap).split())
    shown = words if len(words) <= SHOWN else words[:SHOWN].rsplit(" ", 1)[0] + " …"
    return f"planned by rules from “{shown}” on: in {TRIES} tries {model} gave no answer of use for that"

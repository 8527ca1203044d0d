"""A section of the story becomes a part of the storyboard: asked for, checked, completed, and handed on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from storyforge.backend import Section
from storyforge.planning.chat.asking import Ask, Asking, joined
from storyforge.planning.chat.by_hand import ByHand, cut, fitted, laid_over, with_written
from storyforge.planning.chat.carrying import State, carried
from storyforge.planning.chat.mending import Decided, Missing
from storyforge.planning.chat.passage import Passage
from storyforge.planning.chat.scenes import by_rules, directed, hints, ruled
from storyforge.story import Character, Story
from storyforge.storyboard import Part, Scene

SHOWN = 40  # characters of a sentence, to know it by


def planned(section: Section, before: Part | None, ask: Ask, reached: Callable[[float], None], model: str) -> Part:
    """The part of a storyboard that this section becomes. `model` is how notes call who planned it."""
    story = section.story
    state = State.model_validate(before.memory if before else {}, strict=False)
    passage, cuts = cut(story)
    asking = Asking(story, passage, state, section.lead, cuts, ask, reached, model)
    asking.all()
    decided, gaps = asking.decided, asking.given_up
    if cuts:
        decided, gaps = fitted(decided, gaps, cuts)
    state = state.met(asking.seen)
    editing = _Editing(story, passage, ByHand.of(story, cuts, state.people))
    made = list(editing.scenes(decided, gaps, state))
    if not section.last and len(made) > 1 and not cuts:
        made.pop()  # where it ends is beyond what was looked at: the next part begins with it
    scenes, state = tuple(scene for scene, _ in made), made[-1][1]
    end = sum(len(scene.text) for scene in scenes)
    ruled_here = [gap for gap in gaps if passage.sentences[gap.first - 1].start < end]  # not what is handed on
    return Part(
        end=end,
        scenes=scenes,
        extras=_seen(scenes, state.people),
        memory=state.model_dump(mode="json"),
        costs=asking.costs,
        notes=(*asking.notes, *(_told(passage, gap) for gap in joined(ruled_here))),
    )


@dataclass(frozen=True)
class _Editing:
    """Puts the scenes together in their order: those of the model, and those of the rules in the gaps between."""

    story: Story
    passage: Passage
    by_hand: ByHand

    def scenes(
        self, decided: Sequence[Decided], gaps: Sequence[Missing], state: State
    ) -> Iterator[tuple[Scene, State]]:
        """Each scene, with how things stand after it."""
        hinted = self.by_hand.read or self._hints(decided, state)
        pieces: list[tuple[int, Decided | None, int]] = [
            *((each.first, each, each.last) for each in decided),
            *((gap.first, None, gap.last) for gap in gaps),
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

    def _hints(self, decided: Sequence[Decided], state: State) -> Mapping[int, Scene]:
        told = (self.passage.told(each.first, each.last) for each in decided)
        return dict(zip((each.first for each in decided), hints(self.story, told, state.people), strict=True))

    def _directed(self, each: Decided, state: State, hint: Scene) -> Scene:
        known = {**state.people, **self.story.cast}
        written = self.by_hand.written.get(each.first)
        if written is None:
            return directed(each, self.passage, state, hint, known)
        return with_written(directed(laid_over(each, written), self.passage, state, hint, known), written)

    def _ruled(self, first: int, last: int, state: State) -> list[tuple[Scene, State]]:
        """Sentences of which the model said nothing that could be used."""
        text = self.passage.told(first, last)
        written = self.by_hand.written.get(first)
        if written:
            scenes: tuple[Scene, ...] = (self.by_hand.read[first].model_copy(update={"text": text}),)
            state = state.met(_seen(scenes, self.by_hand.strangers))
        else:
            board = by_rules(self.story, state.people, text=text)
            state, scenes = state.met(board.extras), board.scenes
        made, at = [], self.passage.sentences[first - 1].start
        for scene in scenes:
            at += len(scene.text)
            scene = ruled(scene, self.story, state, written)
            state = state.after(scene, state.holds, open_quote=self.passage.in_quote(at))
            made.append((scene, state))
        return made


def _seen(scenes: Iterable[Scene], people: Mapping[str, Character]) -> dict[str, Character]:
    """Those who are seen or heard without being in the cast."""
    needed = {key for scene in scenes for key in (*scene.quotes, *(actor.who for actor in scene.characters))}
    return {key: person for key, person in people.items() if key in needed}


def _told(passage: Passage, gap: Missing) -> str:
    words = " ".join(passage.told(gap.first, gap.last).split())
    shown = words if len(words) <= SHOWN else words[:SHOWN].rsplit(" ", 1)[0] + " …"
    return f"planned by rules from “{shown}” on: {gap.why}"

"""Scenes that the user cut by hand: where they end, and what is written in them, which no model overrules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from storyforge.planning.chat.mending import Decided, Missing
from storyforge.planning.chat.passage import Passage
from storyforge.planning.chat.ranges import Cuts
from storyforge.planning.chat.scenes import by_rules
from storyforge.story import Character, Story, WrittenScene
from storyforge.storyboard import Scene


@dataclass(frozen=True)
class ByHand:
    """By the number of a scene's first sentence: what the user wrote, and what the rules read in it."""

    written: Mapping[int, WrittenScene] = field(default_factory=dict)
    read: Mapping[int, Scene] = field(default_factory=dict)
    strangers: Mapping[str, Character] = field(default_factory=dict)
    """Whom the rules met in these scenes."""

    @classmethod
    def of(cls, story: Story, cuts: Cuts, people: Mapping[str, Character]) -> ByHand:
        if not cuts:
            return cls()
        board = by_rules(story, people, scenes=story.scenes)
        starts = [first for first, _ in cuts]
        return cls(
            written=dict(zip(starts, story.scenes, strict=True)),
            read=dict(zip(starts, board.scenes, strict=True)),
            strangers=board.extras,
        )


def cut(story: Story) -> tuple[Passage, Cuts]:
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


def fitted(decided: Sequence[Decided], given_up: Sequence[Missing], cuts: Cuts) -> tuple[list[Decided], list[Missing]]:
    """For each scene that was cut by hand, what the model decided of most of it; and those of which it decided nothing.

    A model that parts such a scene has still seen what happens there.
    """
    found: list[Decided] = []
    gaps: list[Missing] = []
    for first, last in cuts:
        inside = [each for each in decided if each.first <= last and first <= each.last]
        if not inside:
            why = next(each.why for each in given_up if each.first <= last and first <= each.last)
            gaps.append(Missing(first, last, why))
            continue
        best = max(inside, key=lambda each: min(each.last, last) - max(each.first, first))
        says = {number: who for each in inside for number, who in each.says.items()}
        found.append(replace(best, first=first, last=last, says=says))
    return found, gaps


def laid_over(decided: Decided, written: WrittenScene) -> Decided:
    """What the model decided, with what the user wrote. In another place than it meant, its words for that are lost."""
    elsewhere = written.place is not None and decided.place not in ("", written.place)
    changes: dict[str, Any] = {"where": "", "weather": ""} if elsewhere else {}
    names = ("place", "time", "weather", "mood")
    changes |= {name: value for name in names if (value := getattr(written, name)) is not None}
    if written.action is not None:
        changes["seen"] = written.action
    if written.characters is not None:
        acting = {who: number for number, who in enumerate(decided.who)}
        changes["who"] = written.characters
        for name in ("does", "feels"):
            words = getattr(decided, name)
            changes[name] = tuple(words[acting[who]] if who in acting else "" for who in written.characters)
    return replace(decided, **changes)


def with_written(scene: Scene, written: WrittenScene) -> Scene:
    """The scene with whatever else the user wrote into it: title, camera, seed, picture …"""
    given = {name: value for name, value in vars(written).items() if value is not None}
    return scene.model_copy(update={name: value for name, value in given.items() if name not in ("text", "characters")})

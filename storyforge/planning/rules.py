"""The planner that needs no model: word lists and rules of grammar. English and German; others a little."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import Any, ClassVar

from storyforge.backend import Planner, Progress, Proposal, unseen
from storyforge.errors import BadStory
from storyforge.planning.action import action_of
from storyforge.planning.cutting import cut, units
from storyforge.planning.moves import framing_for, move_for
from storyforge.planning.names import Names
from storyforge.planning.people import People
from storyforge.planning.proposing import proposals
from storyforge.planning.reading import Reading, read
from storyforge.planning.setting import Setting, setting_of
from storyforge.planning.speakers import Dialogue, Told
from storyforge.planning.staging import scene_effects, stage
from storyforge.planning.titles import title_of
from storyforge.planning.unlisted import unlisted
from storyforge.planning.wordlist import Lexicon, lexicon
from storyforge.sentences import sentences
from storyforge.story import Story, WrittenScene
from storyforge.storyboard import MOVES, TRANSITIONS, Actor, Move, Planning, Scene, Storyboard


class Rules(Planner):
    """Cuts at paragraphs, places and people; finds who is there, what they do, where and when, from the words alone."""

    name: ClassVar[str] = "rules"
    version: ClassVar[int] = 3

    def plan(self, story: Story, progress: Progress = unseen) -> Storyboard:
        """BadStory if there is nothing to tell, or if a hand-made scene names somebody who is not in the cast."""
        if not story.text.strip():
            raise BadStory("The story has no text", remedy="write it under `story: |`, indented by two spaces")
        written = () if story.story else story.scenes
        _check(story, written)
        words = lexicon(story.language)
        slices = _hand_made(story, written) if written else units(story.text, story.language, story.pace)
        people, readings = _met(story, slices, words)
        told = [(reading, people.mentions(reading)) for reading in readings]
        scenes = _by_hand(readings, written) if written else cut(readings, words, story.pace)
        direction = _Direction(story, words, people)
        directed = tuple(
            direction.scene(told[each], written[number] if written else None) for number, each in enumerate(scenes)
        )
        return Storyboard(scenes=directed, extras=_seen(people, directed), planning=Planning(planner=self.name))

    def propose(self, story: Story, progress: Progress = unseen) -> tuple[Proposal, ...]:
        return proposals(story, self.plan)


@dataclass
class _Direction:
    """Makes the scenes one by one, each with what it takes over from the one before."""

    story: Story
    lexicon: Lexicon
    people: People
    setting: Setting | None = None
    actors: tuple[Actor, ...] = ()
    effects: tuple[str, ...] = ()
    moves: list[Move] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.dialogue = Dialogue(self.lexicon, self.people.cast)

    def scene(self, told: Told, written: WrittenScene | None) -> Scene:
        """One scene; what was written by hand wins over what the words tell, and is carried on."""
        start, end = told[0][0].start, told[-1][0].end
        text = self.story.text[start:end]
        given = _given(written)
        setting = self._setting([reading for reading, _ in told], given)
        quotes = self.dialogue.speakers(self.story.text, start, end, told)
        actors = stage(told, quotes, setting, self.lexicon, self._there(setting))
        actors = _chosen(given.pop("characters", None), actors)
        effects = scene_effects(told, actors, self.effects if self._stays(setting) else ())
        found: dict[str, Any] = {
            "title": title_of(text, self.lexicon),
            "action": action_of(actors, setting, self.people.called),
            "framing": framing_for(setting, self.setting, actors),
            "camera": move_for(setting, self.setting, actors, self.moves),
            "props": tuple(dict.fromkeys(each for each in _values(told, "prop") if each not in setting.place)),
        }
        scene = Scene(text=text, quotes=quotes, characters=actors, effects=effects, **vars(setting) | found | given)
        self.setting, self.actors, self.effects = setting, actors, effects
        self.moves.append(scene.camera)
        return scene

    def _stays(self, setting: Setting) -> bool:
        """Whether the scene goes on where and when the one before was."""
        return self.setting is not None and (setting.place, setting.time) == (self.setting.place, self.setting.time)

    def _there(self, setting: Setting) -> tuple[Actor, ...]:
        """The actors of the scene before; in another place they do something else."""
        return self.actors if self._stays(setting) else tuple(Actor(who=actor.who) for actor in self.actors)

    def _setting(self, scene: Sequence[Reading], given: dict[str, Any]) -> Setting:
        found = vars(setting_of(scene, self.lexicon, self.setting))
        return Setting(**{name: given.get(name, value) for name, value in found.items()})


def _check(story: Story, written: Sequence[WrittenScene]) -> None:
    mistakes = []
    for number, scene in enumerate(written, 1):
        for key in scene.characters or ():
            if key not in story.cast:
                there = ", ".join(story.cast) or "nobody"
                mistakes.append(f"scenes.{number}.characters – {key!r} is not in the cast – in the cast are: {there}")
        for name, known in (("camera", MOVES), ("transition", TRANSITIONS)):
            if (given := getattr(scene, name)) is not None and given not in known:
                mistakes.append(f"scenes.{number}.{name} – cannot be {given!r} – there are: {', '.join(known)}")
    if mistakes:
        raise BadStory("The hand-made scenes have mistakes:", tuple(mistakes))


def _met(story: Story, slices: Sequence[str], words: Lexicon) -> tuple[People, list[Reading]]:
    """Everybody with a name, and the sentences read with all of these names known."""
    readings = read(story.text, slices, words, Names(story.cast))
    strangers = unlisted(story.text, readings, words, story.cast)
    if strangers:
        readings = read(story.text, slices, words, Names({**story.cast, **strangers}))
    return People(story.cast, strangers, words), readings


def _hand_made(story: Story, written: Sequence[WrittenScene]) -> list[str]:
    """The sentences of the hand-made scenes; the blank line between two scenes belongs to the first."""
    texts = [scene.text + ("\n\n" if number < len(written) else "") for number, scene in enumerate(written, 1)]
    return [sentence for text in texts for sentence in sentences(text, story.language)]


def _by_hand(readings: Sequence[Reading], written: Sequence[WrittenScene]) -> list[slice]:
    ends = list(accumulate(len(scene.text) + 2 for scene in written))
    cuts = [0]
    for end in ends:
        cuts.append(next((at for at in range(cuts[-1], len(readings)) if readings[at].start >= end), len(readings)))
    return [slice(start, stop) for start, stop in pairwise(cuts)]


def _given(written: WrittenScene | None) -> dict[str, Any]:
    if written is None:
        return {}
    return {name: value for name, value in vars(written).items() if value is not None and name != "text"}


def _chosen(keys: Sequence[str] | None, found: tuple[Actor, ...]) -> tuple[Actor, ...]:
    """The actors that were asked for, doing what was found for them."""
    if keys is None:
        return found
    acting = {actor.who: actor for actor in found}
    return tuple(acting.get(key, Actor(who=key)) for key in keys)


def _values(told: Told, section: str) -> list[str]:
    return [hit.value for reading, _ in told for hit in reading.hits if hit.section == section]


def _seen(people: People, scenes: Sequence[Scene]) -> dict[str, Any]:
    """The extras that are seen or heard in some scene."""
    needed = {actor.who for scene in scenes for actor in scene.characters} | {q for s in scenes for q in s.quotes}
    return {key: character for key, character in people.extras.items() if key in needed}

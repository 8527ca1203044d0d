"""Scenes of the storyboard, made of what the model decided and of what it left open.

What it left open is carried on from the scene before, or read from the words by the rules: they know props, effects and
seasons, and how somebody stands of whom the model says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from storyforge.planning.chat.carrying import State, carried, filled
from storyforge.planning.chat.mending import Decided
from storyforge.planning.chat.passage import Passage
from storyforge.planning.rules import Rules
from storyforge.story import Character, Story, WrittenScene
from storyforge.storyboard import MOVES, Actor, Scene, Storyboard


def hints(story: Story, texts: Iterable[str], people: Mapping[str, Character]) -> tuple[Scene, ...]:
    """What the rules read in these texts, a scene for each. `people`: who is known beside the cast."""
    written = tuple(WrittenScene(text=text.strip() or "…") for text in texts)
    return by_rules(story, people, scenes=written).scenes if written else ()


def by_rules(
    story: Story, people: Mapping[str, Character], *, text: str = "", scenes: tuple[WrittenScene, ...] = ()
) -> Storyboard:
    """A text planned without a model, or scenes that are cut already."""
    told = {"cast": {**people, **story.cast}, "story": text, "scenes": scenes}
    return Rules().plan(story.model_copy(update=told))


def directed(decided: Decided, passage: Passage, state: State, hint: Scene, known: Mapping[str, Character]) -> Scene:
    """The scene as it is shown. `known`: everybody who may be in it, by key."""
    holds = carried(state.holds, decided.holds)
    found: dict[str, Any] = {**filled(decided, state, hint), "framing": decided.framing or hint.framing}
    return Scene(
        **found,
        text=passage.told(decided.first, decided.last),
        title=hint.title,
        quotes=_speakers(decided, passage, hint, known),
        characters=tuple(_actors(decided, hint, holds)),
        action=decided.seen or hint.action,
        season=hint.season,
        props=hint.props,
        effects=hint.effects,
        camera=_move(decided.camera, state.moves, hint.camera),
        alt=decided.alt,
    )


def with_written(scene: Scene, written: WrittenScene, hint: Scene) -> Scene:
    """The scene with what the user wrote into it by hand. `hint`: the same, read by the rules."""
    given = {name for name, value in vars(written).items() if value is not None} - {"text", "characters"}
    fields: dict[str, Any] = {name: getattr(hint, name) for name in given}
    if written.characters is not None:
        acting = {actor.who: actor for actor in (*hint.characters, *scene.characters)}
        fields["characters"] = tuple(acting[key] for key in written.characters)
    return scene.model_copy(update=fields)


def _actors(decided: Decided, hint: Scene, holds: Mapping[str, str]) -> Iterable[Actor]:
    hinted = {actor.who: actor for actor in hint.characters}
    for number, who in enumerate(decided.who):
        other = hinted.get(who, Actor(who=who))
        pose = _at(decided.does, number) or other.pose
        expression = _at(decided.feels, number) or other.expression
        yield Actor(who=who, pose=pose, expression=expression, effects=other.effects, holds=holds.get(who, ""))


def _at(words: Sequence[str], number: int) -> str:
    return words[number] if number < len(words) else ""


def _speakers(decided: Decided, passage: Passage, hint: Scene, known: Mapping[str, Character]) -> tuple[str, ...]:
    """As the model says; a quote of which it says nothing is given to whom the rules give it."""
    told = passage.speakers(decided.first, decided.last, decided.says)
    if len(told) != len(hint.quotes) or set(passage.quotes_in(decided.first, decided.last)) <= decided.says.keys():
        return told
    return tuple(who or (guess if guess in known else "") for who, guess in zip(told, hint.quotes, strict=True))


def _move(wished: str, before: Sequence[str], hinted: str) -> Any:
    """The move that is wished for; not the same one three times running."""
    tired = before[0] if len(before) == 2 and before[0] == before[1] else ""
    return next(move for move in (wished, hinted, *MOVES) if move and move != tired)

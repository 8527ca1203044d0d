"""Scenes of the storyboard, made of what the model decided and of what it left open.

What it left open is carried on from the scene before, or read from the words by the rules: they know props, effects and
seasons, and how somebody stands of whom the model says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, get_args

from storyforge.planning.action import action_of
from storyforge.planning.chat.carrying import State, carried, filled
from storyforge.planning.chat.mending import Decided
from storyforge.planning.chat.passage import Passage, gone_on
from storyforge.planning.cutting import units
from storyforge.planning.moves import along
from storyforge.planning.names import Names
from storyforge.planning.reading import read
from storyforge.planning.rules import Rules
from storyforge.planning.setting import Setting, setting_of, time_of
from storyforge.planning.wordlist import lexicon
from storyforge.quotes import quote_spans
from storyforge.story import Character, Story, WrittenScene, shown_name
from storyforge.storyboard import Actor, Move, Scene, Storyboard

_STAGE = ("place", "time", "weather", "mood")
_WITHOUT_WEATHER = ("ocean", "space")  # for the rules; a model may tell of a storm at sea


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
    actors = tuple(_actors(decided, hint, holds))
    guesses = [guess if guess in known else "" for guess in hint.quotes]
    return Scene(
        **found,
        text=passage.told(decided.first, decided.last),
        title=hint.title,
        quotes=passage.speakers(decided.first, decided.last, decided.says, guesses, state.speaking),
        characters=actors,
        action=decided.seen or _sentence(actors, {**found, "season": hint.season}, known),
        season=hint.season,
        props=hint.props,
        effects=hint.effects,
        camera=_move(decided.camera, state.moves, hint.camera, actors),
        alt=decided.alt,
    )


def ruled(scene: Scene, story: Story, state: State, written: WrittenScene | None = None) -> Scene:
    """A scene that the rules planned, in its turn: what its words do not tell goes on from the scene before.

    `written`: what the user wrote into it by hand.
    """
    known = {**state.people, **story.cast}
    actors = tuple(actor.model_copy(update={"holds": state.holds.get(actor.who, "")}) for actor in scene.characters)
    found: dict[str, Any] = {**_stage_of(scene, story, state, known, written), "season": scene.season}
    action = written.action if written else None
    found |= {"characters": actors, "sound": state.sound, "action": action or _sentence(actors, found, known)}
    if written is None or written.camera is None:
        found["camera"] = _move("", state.moves, scene.camera, actors)
    found["quotes"] = gone_on(scene.quotes, quote_spans(scene.text), state.speaking)
    return scene.model_copy(update=found)


def _stage_of(
    scene: Scene, story: Story, state: State, known: Mapping[str, Character], written: WrittenScene | None
) -> dict[str, str]:
    """Where, when and how it is: a mere guess of the rules does not move the story to a meadow at noon."""
    if not state.place:
        return {name: getattr(scene, name) for name in ("where", *_STAGE)}
    words = lexicon(story.language)
    readings = read(scene.text, units(scene.text, story.language, story.pace), words, Names(known))
    found = setting_of(readings, words, Setting(state.place, time_of(readings) or state.time, weather=""))
    given = {name: value for name in _STAGE if (value := getattr(written, name, None)) is not None}
    place = given.get("place", found.place)
    stays = place == state.place
    told = "" if stays and place in _WITHOUT_WEATHER else found.weather
    return {
        "place": place,
        "where": state.where if stays else "",
        "time": found.time,
        "weather": told or (state.weather if stays else Setting().weather),
        "mood": found.mood if found.mood != Setting().mood else state.mood,
    } | given


def _sentence(actors: Sequence[Actor], stage: Mapping[str, str], people: Mapping[str, Character]) -> str:
    """What is seen, where nobody says it: of these actors, on this stage."""
    names = ("place", "time", "weather", "season", "mood")
    return action_of(actors, Setting(*(stage[name] for name in names)), lambda who: _called(who, people))


def _called(who: str, people: Mapping[str, Character]) -> str:
    return shown_name(who, people.get(who, Character()))


def _actors(decided: Decided, hint: Scene, holds: Mapping[str, str]) -> Iterable[Actor]:
    hinted = {actor.who: actor for actor in hint.characters}
    for number, who in enumerate(decided.who):
        other = hinted.get(who, Actor(who=who))
        pose = _at(decided.does, number) or other.pose
        expression = _at(decided.feels, number) or other.expression
        yield Actor(who=who, pose=pose, expression=expression, effects=other.effects, holds=holds.get(who, ""))


def _at(words: Sequence[str], number: int) -> str:
    return words[number] if number < len(words) else ""


def _move(wished: str, before: Sequence[str], hinted: str, actors: Sequence[Actor]) -> Move:
    """The move that is wished for; not the same one three times running, and no pan against who is on the way."""
    tired = before[0] if len(before) == 2 and before[0] == before[1] else ""
    named = [move for name in (wished, hinted) for move in get_args(Move) if move == name]
    return next(move for each in (*named, *get_args(Move)) if (move := along(each, actors)) != tired)

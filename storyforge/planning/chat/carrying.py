"""What goes on from scene to scene: where and when it is, who is there and carries what. Also from part to part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from storyforge.planning.chat.mending import Decided
from storyforge.planning.chat.who import named_in
from storyforge.story import Character, Key
from storyforge.storyboard import Actor, Scene
from storyforge.value import Value

MOST_SHOWN = 12
"""People, beside the cast, whom a model is told of at once."""

_LATELY = 4  # of them whoever was seen last, named or not: a story also says “he”
_PLACES = 12  # wordings of places that are handed on: those met last
_UNTOLD = Scene(text="", place="", time="", weather="", mood="")


class State(Value):
    """How things stand at the end of a scene. '' is not known yet. A part hands it on to the next as plain data."""

    place: str = ""
    where: str = ""
    time: str = ""
    weather: str = ""
    mood: str = ""
    sound: str = ""
    who: tuple[str, ...] = ()
    holds: dict[str, str] = {}
    places: dict[str, str] = {}
    """How each place was worded -> which of the stage's places it is; the last one last."""
    people: dict[Key, Character] = {}
    """Everybody met so far who is not in the cast; whoever was seen or heard last is the last one."""
    moves: tuple[str, ...] = ()
    """The last two moves of the camera."""
    speaking: str = ""
    """Who says the quote that is still open."""

    def met(self, people: Mapping[str, Character]) -> State:
        new = {who: person for who, person in people.items() if who not in self.people}
        return self.model_copy(update={"people": self.people | new})

    def shown(self, text: str) -> dict[str, Character]:
        """Those of `people` who may be meant in this text: they are there, are named in it, or were seen lately.

        All are remembered, so that nobody gets another face; but a model reads no list of hundreds.
        """
        lately = [*reversed(self.people)]
        named = named_in(text, {who: self.people[who] for who in lately})
        there = [who for who in self.who if who in self.people]
        wanted = (*there, *named[: MOST_SHOWN // 2], *lately[:_LATELY], *named)
        keys = {*[*dict.fromkeys(wanted)][:MOST_SHOWN]}
        return {who: person for who, person in self.people.items() if who in keys}

    def told(self, scenes: Iterable[Decided]) -> State:
        """How things stand after these, as far as the model has said."""
        state = self
        for each in scenes:
            seen = {"characters": tuple(Actor(who=who) for who in each.who), "quotes": tuple(each.says.values())}
            scene = _UNTOLD.model_copy(update={**filled(each, state, _UNTOLD), **seen})
            state = state.after(scene, carried(state.holds, each.holds))
        return state

    def after(self, scene: Scene, holds: dict[str, str], *, open_quote: bool = False) -> State:
        """How things stand after this scene. `open_quote`: whether its last quote goes on in the next."""
        worded = {scene.where: scene.place} if scene.where else {}
        places = {where: place for where, place in self.places.items() if where not in worded} | worded
        kept = ("place", "where", "time", "weather", "mood", "sound")
        seen = {*scene.quotes, *(actor.who for actor in scene.characters)}
        speaking = scene.quotes[-1] if scene.quotes else self.speaking
        return State(
            **{name: getattr(scene, name) for name in kept},
            who=tuple(actor.who for actor in scene.characters),
            holds=holds,
            places=dict([*places.items()][-_PLACES:]),
            people=dict(sorted(self.people.items(), key=lambda each: each[0] in seen)),
            moves=(*self.moves, scene.camera)[-2:],
            speaking=speaking if open_quote else "",
        )


def carried(before: dict[str, str], changes: dict[str, str]) -> dict[str, str]:
    """Who holds what after these changes: '' puts a thing down, and what one takes the other no longer has."""
    taken = {_thing(thing) for thing in changes.values()}
    kept = {who: thing for who, thing in before.items() if who not in changes and _thing(thing) not in taken}
    return kept | {who: thing for who, thing in changes.items() if thing}


def _thing(words: str) -> str:
    """`the red mitten`, `a red mitten`, `Red mitten`: the same."""
    first, _, rest = words.strip().lower().partition(" ")
    return rest if first in ("a", "an", "the", "her", "his", "its", "their") and rest else words.strip().lower()


def filled(decided: Decided, state: State, hint: Scene) -> dict[str, str]:
    """Where, when and how it is in a scene: as it says, else as in the scene before, else as the words of it hint."""
    place = decided.place or state.place or hint.place
    stays = place == state.place
    return {
        "place": place,
        "where": decided.where or (state.where if stays else ""),
        "time": decided.time or state.time or hint.time,
        "weather": decided.weather or (state.weather if stays else "") or hint.weather,
        "mood": decided.mood or state.mood or hint.mood,
        "sound": decided.sound or state.sound,
    }

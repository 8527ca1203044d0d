"""What goes on from scene to scene: where and when it is, who is there and carries what. Also from part to part."""

from __future__ import annotations

from collections.abc import Mapping

from storyforge.planning.chat.mending import Decided
from storyforge.story import Character, Key
from storyforge.storyboard import Scene
from storyforge.value import Value

_PLACES = 12  # wordings of places that are handed on: those met last


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
    """Everybody met so far who is not in the cast."""
    moves: tuple[str, ...] = ()
    """The last two moves of the camera."""
    speaking: str = ""
    """Who says the quote that is still open."""

    def met(self, people: Mapping[str, Character]) -> State:
        return self.model_copy(update={"people": {**people, **self.people}})

    def after(self, scene: Scene, holds: dict[str, str], *, open_quote: bool = False) -> State:
        """How things stand after this scene. `open_quote`: whether its last quote goes on in the next."""
        worded = {scene.where: scene.place} if scene.where else {}
        places = {where: place for where, place in self.places.items() if where not in worded} | worded
        kept = ("place", "where", "time", "weather", "mood", "sound")
        speaking = scene.quotes[-1] if scene.quotes else self.speaking
        return State(
            **{name: getattr(scene, name) for name in kept},
            who=tuple(actor.who for actor in scene.characters),
            holds=holds,
            places=dict([*places.items()][-_PLACES:]),
            people=self.people,
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

"""Where and when a scene plays: what its words vote for, and what it takes over from the scene before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from storyforge.planning.reading import Hit, Reading
from storyforge.planning.wordlist import Lexicon

_ENOUGH_TO_MOVE = 0.75  # votes that bring a scene to another place; a lonely tree is no forest
_ENOUGH_TO_TURN = 0.45  # votes that change the time of day
_WITHOUT_WEATHER = ("ocean", "space")
_STAYING = 0.35  # what the place of the scene before has to its credit


@dataclass(frozen=True)
class Setting:
    place: str = "meadow"
    time: str = "day"
    weather: str = "clear"
    season: str = ""
    mood: str = "calm"


def setting_of(scene: Sequence[Reading], lexicon: Lexicon, before: Setting | None) -> Setting:
    """The setting that the words tell; what they do not tell stays as it was."""
    last = before or Setting()
    place = place_of(scene, lexicon, last.place if before else "") or last.place
    time = _time_by_light(scene, time_of(scene)) or last.time
    same_air = before is not None and place == last.place and time == last.time
    weather = _winner(_votes(scene, "weather"), 0.5) or (last.weather if same_air else "clear")
    if weather in ("storm", "snow", "wind") and place == last.place and last.weather == "blizzard":
        weather = "blizzard"  # by another name
    if place in _WITHOUT_WEATHER:
        weather = "clear"
    season = _winner(_votes(scene, "season"), 0.5) or last.season
    found = Setting(place, time, weather, season)
    return replace(found, mood=_mood(scene, found))


def place_of(scene: Sequence[Reading], lexicon: Lexicon, before: str) -> str:
    """The place that most words point to; '' if none does clearly. `before` is given some credit."""
    votes: dict[str, float] = {}
    for reading in scene:
        for hit in reading.hits:
            if hit.section == "place":
                votes[hit.value] = votes.get(hit.value, 0.0) + hit.weight * _nearness(reading, hit, lexicon)
    if before in votes:
        votes[before] += _STAYING
    return _winner(votes, _ENOUGH_TO_MOVE)


def time_of(scene: Sequence[Reading]) -> str:
    """The time of day that the words tell, '' if they do not."""
    return _winner(_votes(scene, "time"), _ENOUGH_TO_TURN)


def _nearness(reading: Reading, hit: Hit, lexicon: Lexicon) -> float:
    """More for “in the forest”, less for “out of the forest” and “saw the forest”."""
    into = lexicon.grammar.get("into", frozenset())
    near = [word.text for word in reading.words[max(0, hit.first - 4) : hit.first]]
    since = [each for each in reading.hits if hit.first - 4 <= each.first < hit.first]
    factor = 1.35 if any(word in into for word in near) else 1.0
    if any(each.section == "leaving" for each in since):
        factor *= 0.3
    if any(each.section == "seen" for each in since):
        factor *= 0.6
    return factor


def _votes(scene: Sequence[Reading], section: str) -> dict[str, float]:
    votes: dict[str, float] = {}
    for reading in scene:
        for hit in reading.hits:
            if hit.section == section:
                votes[hit.value] = votes.get(hit.value, 0.0) + hit.weight
    return votes


def _winner(votes: dict[str, float], enough: float) -> str:
    """The first of those with the most votes."""
    best = max(votes, key=lambda value: votes[value], default="")
    return best if best and votes[best] >= enough else ""


def _time_by_light(scene: Sequence[Reading], told: str) -> str:
    """Fireworks want a dark sky, even when the text says “evening”."""
    effects = {hit.value for reading in scene for hit in reading.hits if hit.section == "effect"}
    return "night" if effects & {"aurora", "fireworks", "fireflies"} and told in ("", "sunset", "dusk") else told


def _mood(scene: Sequence[Reading], found: Setting) -> str:
    if mood := _winner(_votes(scene, "mood"), 0.5):
        return mood
    if found.weather in ("storm", "blizzard"):
        return "tense"
    if found.place == "home" and found.time in ("night", "dusk", "sunset"):
        return "cosy"
    return "joyful" if found.place == "festival" else "calm"

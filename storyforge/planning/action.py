"""The sentence that says what is seen: who does what, where and when. No looks: those come from the cast."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from storyforge.planning.setting import Setting
from storyforge.storyboard import Actor


@cache
def _phrases() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(files(__package__).joinpath("action.yaml").read_text("utf-8"))
    return found


def action_of(actors: Sequence[Actor], setting: Setting, called: Callable[[str], str]) -> str:
    """An English sentence without a full stop: “Eevee runs and the owl flies over a flowery meadow at dawn”."""
    by_pose: dict[str, list[str]] = {}
    for actor in actors:
        by_pose.setdefault(actor.pose, []).append(called(actor.who))
    does = [f"{_and(names)} {_verb(pose, len(names), setting.place)}" for pose, names in by_pose.items()]
    sentence = _and(does) if does else _phrases()["empty"]
    return " ".join(filter(None, [sentence[0].upper() + sentence[1:], *_circumstances(list(by_pose), setting)]))


def _verb(pose: str, count: int, place: str) -> str:
    phrases = _phrases()
    forms = (phrases["swimming"].get(pose) if place == "ocean" else None) or phrases["poses"].get(pose)
    return str(forms[min(count, 2) - 1]) if forms else pose


def _circumstances(poses: Sequence[str], setting: Setting) -> list[str]:
    phrases = _phrases()
    manner = 1 if poses and poses[-1] in phrases["moving"] else 2 if poses and poses[-1] in phrases["flying"] else 0
    in_season = phrases["winter"] if setting.season == "winter" else {}
    places = in_season.get(setting.place) or phrases["places"].get(setting.place)
    place = places[manner] if places else f"in this place: {setting.place},"
    dark = setting.place in ("space", "ocean")
    time = "" if dark else phrases["times"].get(setting.time, "")
    indoors = dark or setting.place in ("home", "cave")
    weather = "" if indoors else phrases["weathers"].get(setting.weather, "")
    return [place, weather, time]


def _and(parts: Sequence[str]) -> str:
    return ", ".join(parts[:-1]) + " and " + parts[-1] if len(parts) > 1 else parts[0]

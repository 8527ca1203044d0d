"""All that a picture shows, each thing once: what the action says of place, light or pose is not said again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from storyforge.illustration.prompts.said import says
from storyforge.illustration.prompts.words import (
    AFLOAT,
    EFFECTS,
    FELT,
    INDOORS,
    LIT,
    PLACES,
    POSED,
    SHOTS,
    UNSAID,
    WEATHERS,
    WITHOUT_SKY,
)
from storyforge.story import shown_name
from storyforge.storyboard import Brief, Role

_DEEP = re.compile(r"\b(under|below|beneath|deep|swim|dive|diving|coral)", re.IGNORECASE)


@dataclass(frozen=True)
class Somebody:
    name: str
    """'' where the looks are just that: the snail is a snail."""
    trigger: str = ""
    """The word that wakes the LoRA."""
    image: int | None = None
    """Number, from 1, of the reference picture that shows them."""
    looks: str = ""
    """Word for word from the cast."""
    feels: str = ""
    """`happy`, `awestruck`: one word."""
    doing: tuple[str, ...] = ()
    """Pose, what is held, effects, a feeling in more words: `leaping`, `holding a lantern` …"""


@dataclass(frozen=True)
class Seen:
    shot: str
    action: str
    people: tuple[Somebody, ...]
    setting: tuple[str, ...]
    """Place, light and weather; season; mood; things; effects."""
    triggers: tuple[str, ...]
    """Of the style's LoRAs."""
    style: str


def seen(brief: Brief, shown_in: Mapping[str, int]) -> Seen:
    """`shown_in`: key of a role -> number of the reference picture that shows it."""
    action = plain(brief.action)
    people = [_somebody(role, brief, action, shown_in.get(role.who)) for role in brief.roles]
    return Seen(
        shot="" if says(action, "shot") or says(action, "close up") else SHOTS.get(brief.framing, ""),
        action=action,
        people=tuple(one for one in people if one != Somebody(name=one.name) or not _named(one.name, action)),
        setting=tuple(filter(None, _setting(brief, action))),
        triggers=tuple(lora.trigger for lora in brief.style.loras if lora.trigger),
        style=plain(brief.style.prompt),
    )


def plain(text: str) -> str:
    """On one line, without the full stop."""
    return " ".join(text.split()).strip(" .,")


def _somebody(role: Role, brief: Brief, action: str, image: int | None) -> Somebody:
    name, looks = shown_name(role.who, role.character), plain(role.character.looks)
    trigger = role.character.lora.trigger if role.character.lora else ""
    called = bool(trigger or image) or not re.fullmatch(rf"(an? )?{re.escape(name)}", looks, re.IGNORECASE)
    told = action if _named(name, action) else ""  # else it may be said of somebody else
    feels = _feels(role, told)
    doing = (*_doing(role, brief, told, f"{told} {looks}"), feels if " " in feels else "")
    return Somebody(
        name=name if called else "",
        trigger=trigger,
        image=image,
        looks=looks,
        feels="" if " " in feels else feels,
        doing=tuple(filter(None, doing)),
    )


def _feels(role: Role, told: str) -> str:
    unsaid = role.expression in UNSAID or says(told, role.expression)
    return "" if unsaid else FELT.get(role.expression, role.expression)


def _named(name: str, action: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", action, re.IGNORECASE) is not None


def _doing(role: Role, brief: Brief, told: str, described: str) -> tuple[str, ...]:
    posed = {**POSED, **AFLOAT} if brief.place == "ocean" else POSED
    pose = "" if says(told, role.pose) else posed.get(role.pose, role.pose)
    holds = f"holding {plain(role.holds)}" if role.holds.strip() and not says(described, role.holds) else ""
    effects = [EFFECTS.get(effect, effect) for effect in role.effects if not says(told, EFFECTS.get(effect, effect))]
    about = f"with {listed(effects)}" if effects else ""
    return pose, holds, about


def _setting(brief: Brief, action: str) -> tuple[str, ...]:
    where = plain(brief.where) or PLACES.get(brief.place, brief.place)
    place = "" if says(action, plain(brief.where) or brief.place) else where
    told = f"{action} {where}"
    around = " ".join(filter(None, (place, _light(brief, told), _air(brief, told))))
    season = "" if says(told, brief.season) else brief.season
    mood = f"{brief.mood} mood" if brief.mood not in UNSAID and not says(told, brief.mood) else ""
    held = " ".join((told, *(role.holds for role in brief.roles)))
    things = [plain(each) for each in brief.props if not says(held, each)]
    effects = [EFFECTS.get(each, each) for each in brief.effects if not says(told, EFFECTS.get(each, each))]
    return around, season, mood, f"with {listed(things)}" if things else "", *effects


def _light(brief: Brief, told: str) -> str:
    """Nothing under water, where dawn would bring the sun in, nor among the stars."""
    deep = brief.place == "ocean" and _DEEP.search(told)
    unlit = deep or brief.place in WITHOUT_SKY or says(told, brief.time)
    return "" if unlit else LIT.get(brief.time, brief.time)


def _air(brief: Brief, told: str) -> str:
    if brief.weather in UNSAID or brief.place in WITHOUT_SKY or says(told, brief.weather):
        return ""
    if brief.place in INDOORS:  # else it rains into the room
        return f"with {'a thunderstorm' if brief.weather == 'storm' else brief.weather} outside"
    return WEATHERS.get(brief.weather, brief.weather)


def listed(words: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`"""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last

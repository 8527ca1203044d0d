"""A brief in words, for image models: what happens, who is seen and how they look, where and when, the look of it all.

The order is the one that models heed best: the subject and what it does first, the style last. Looks stand word for
word as the cast has them, in every picture (promise 2): that, and not the seed, is what keeps a character the same for
a model that knows no portrait of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from storyforge.story import shown_name
from storyforge.storyboard import Brief, Role

POSED = {
    "stand": "",
    "look": "looking around",
    "walk": "walking",
    "run": "running",
    "leap": "leaping",
    "fly": "flying",
    "sneak": "sneaking",
    "fight": "fighting",
    "sit": "sitting",
    "wave": "waving",
    "cheer": "cheering",
    "cast": "casting a spell",
    "sleep": "sleeping",
    "lie": "lying down",
}
"""The storyboard's poses as one says them; a word that is not here is said as it is."""

LIT = {
    "dawn": "at dawn",
    "day": "by day",
    "golden": "in golden evening light",
    "sunset": "at sunset",
    "dusk": "at dusk",
    "night": "at night",
}

UNSAID = {"neutral", "clear", "calm"}
"""Words of the storyboard for what needs no word: said aloud, they draw a model's eye to it."""


def compose(brief: Brief, shown_in: Mapping[str, int] = {}) -> str:
    """The whole prompt; the scene's own `prompt` is taken as it is.

    `shown_in`: key of a role -> number, from 1, of the reference picture that shows it, for models that are given any.
    """
    if brief.prompt is not None:
        return brief.prompt
    parts = [brief.action, *(_role(role, shown_in.get(role.who)) for role in brief.roles), _setting(brief)]
    return " ".join(map(_sentence, filter(None, (*parts, *_style(brief)))))


def _role(role: Role, number: int | None) -> str:
    """`chronn Chroneon (the character in image 1), sleek silver fox …, leaping, happy`"""
    lora = role.character.lora
    name = shown_name(role.who, role.character)
    seen = f"{name} (the character in image {number})" if number else name
    called = f"{lora.trigger} {seen}" if lora and lora.trigger else seen
    effects = f"with {_listed(role.effects)}" if role.effects else ""
    said = (called, role.character.looks.strip(" .\n"), POSED.get(role.pose, role.pose), role.expression, effects)
    return ", ".join(each for each in said if each and each not in UNSAID)


def _setting(brief: Brief) -> str:
    """`Forest at dawn, rain, autumn, mysterious mood, with a boat; fireflies in the air`"""
    where = " ".join(filter(None, (brief.place, LIT.get(brief.time, brief.time))))
    mood = f"{brief.mood} mood" if brief.mood and brief.mood not in UNSAID else ""
    things = f"with {_listed(brief.props)}" if brief.props else ""
    air = f"{_listed(brief.effects)} in the air" if brief.effects else ""
    said = (where, brief.weather, brief.season, mood, things, air)
    text = ", ".join(each for each in said if each and each not in UNSAID)
    return text[:1].upper() + text[1:]


def _style(brief: Brief) -> Iterator[str]:
    yield ", ".join(filter(None, (*(lora.trigger for lora in brief.style.loras), brief.style.prompt.strip())))


def _listed(words: tuple[str, ...]) -> str:
    """`a`, `a and b`, `a, b and c`"""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def _sentence(text: str) -> str:
    text = " ".join(text.split())  # not with a capital: a LoRA's trigger is a word of its own making
    return text if text.endswith((".", "!", "?", "…", "。", "！", "？")) else text + "."

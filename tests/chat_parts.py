"""Parts planned by answers that are given here, without a server between."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, Literal

from storyforge.backend import section_of
from storyforge.planning.chat.parts import planned
from storyforge.planning.chat.question import Hear, Message, Reply
from storyforge.story import Character, Story
from storyforge.storyboard import Part

CAST = {"mia": Character(looks="a small red fox with a blue hat", pronouns="she"), "bo": Character(looks="a badger")}


def story(text: str = "", **fields: Any) -> Story:
    return Story(title="Test", story=text, **{"cast": CAST, "pace": 5, **fields})


def scene(first: int, last: int, **fields: Any) -> dict[str, Any]:
    given = {"first": first, "last": last, "who": ["mia: run happy"], "seen": "Mia runs", "shot": "wide hold"}
    return {**given, "alt": "A fox runs", **fields}


def answer(*scenes: dict[str, Any], people: Sequence[dict[str, str]] = ()) -> str:
    return json.dumps({"people": [*people], "scenes": scenes})


class Answers:
    """Answers in turn, the last one for ever; failures are raised. `end`: how they end.

    Remembered is what was `asked`, the `systems` text before it, and the `schemas` and `most` tokens of the answers.
    """

    def __init__(
        self, *answers: str | Exception | Callable[[str], str], end: Literal["stop", "length"] = "stop"
    ) -> None:
        self.left = list(answers)
        self.end = end
        self.asked: list[str] = []
        self.systems: list[str] = []
        self.schemas: list[str] = []
        self.most: list[int] = []

    def __call__(self, messages: Sequence[Message], answer: dict[str, Any], most: int, hear: Hear) -> Reply:
        self.systems.append(messages[0].content)
        self.asked.append(messages[-1].content)
        self.schemas.append(json.dumps(answer))
        self.most.append(most)
        given = self.left.pop(0) if len(self.left) > 1 else self.left[0]
        if isinstance(given, Exception):
            raise given
        text = given(self.asked[-1]) if callable(given) else given
        return Reply(text=text, end=self.end, tokens_in=1, tokens_out=1, seconds=0.0)


def part(told: Story, ask: Answers, before: Part | None = None, *, start: int = 0, end: int | None = None) -> Part:
    """The part of the story from character `start` to `end`."""
    section = section_of(told, start, end or len(told.text))
    return planned(section, before, ask, lambda fraction: None, "toy")

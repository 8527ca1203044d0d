"""A language model that does its work well, for tests and measurements: it directs by the rules, in the form asked for.

It knows nothing but the messages it is sent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from storyforge.planning.cutting import seconds_of
from storyforge.planning.rules import Rules
from storyforge.story import Character, Story, WrittenScene
from storyforge.storyboard import Scene, Storyboard
from tests.fakes import Asked

_LINE = re.compile(r"^\[(\d+)\] (.*)$", re.MULTILINE)
_PERSON = re.compile(r"^- (\S+) = ([^:,\n]+)", re.MULTILINE)
_QUOTE = re.compile(r"\{(\d+)\}")


def direct(asked: Asked) -> str:
    """The answer to one question: scenes of about ten seconds."""
    prompt = asked.prompt.rpartition("The story:\n")[2]
    lines = [(int(number), text) for number, text in _LINE.findall(prompt)]
    first, last = map(int, re.findall(r"Plan sentences (\d+) to (\d+)\.", asked.prompt)[-1])
    lines = [line for line in lines if first <= line[0] <= last]
    scenes = [*_by_hand(asked.prompt, lines)] or [*_cut(lines)]
    cast = {key: Character(name=name) for key, name in _PERSON.findall(asked.prompt)}
    board = Rules().plan(Story(title="?", scenes=tuple(WrittenScene(text=_told(scene)) for scene in scenes), cast=cast))
    people = [_person(key, each) for key, each in board.extras.items() if each.looks]
    answer = {"people": people, "scenes": [*_answers(scenes, board)]}
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":"))


def _cut(lines: list[tuple[int, str]], pace: float = 10.0) -> Iterator[list[tuple[int, str]]]:
    scene: list[tuple[int, str]] = []
    for line in lines:
        if scene and sum(seconds_of(text) for _, text in (*scene, line)) > 1.3 * pace:
            yield scene
            scene = []
        scene.append(line)
    yield scene


def _by_hand(prompt: str, lines: list[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    """The scenes that are cut already."""
    cuts = re.findall(r"^- (\d+) to (\d+)", prompt.partition("The scenes are cut already")[2], re.MULTILINE)
    for first, last in cuts:
        if scene := [line for line in lines if int(first) <= line[0] <= int(last)]:
            yield scene


def _told(scene: list[tuple[int, str]]) -> str:
    return _QUOTE.sub("", " ".join(text for _, text in scene))


def _person(key: str, person: Character) -> dict[str, str]:
    return {"key": key, "name": person.name, "looks": person.looks}


def _answers(scenes: list[list[tuple[int, str]]], board: Storyboard) -> Iterator[dict[str, Any]]:
    before: dict[str, Any] = {}
    for lines, scene in zip(scenes, board.scenes, strict=True):
        answer = _answer(lines, scene)
        yield {name: value for name, value in answer.items() if before.get(name) != value or name in _ALWAYS}
        before = answer


_ALWAYS = ("first", "last", "who", "seen", "shot", "alt", "says")


def _answer(lines: list[tuple[int, str]], scene: Scene) -> dict[str, Any]:
    quotes = [number for _, text in lines for number in _QUOTE.findall(text)]
    answer = {
        "first": lines[0][0],
        "last": lines[-1][0],
        "who": [f"{actor.who}: {actor.pose} {actor.expression}" for actor in scene.characters],
        "seen": scene.action,
        "shot": f"{scene.framing or 'medium'} {scene.camera}",
        "alt": " ".join(scene.action.split()[:12]),
        "says": [f"{number}: {who}" for number, who in zip(quotes, scene.quotes, strict=False)],
        "place": scene.place,
        "where": f"the {scene.place} of the old tale",
        "time": scene.time,
        "weather": scene.weather,
        "mood": scene.mood,
        "sound": f"{scene.mood} strings, soft wind",
    }
    return answer if quotes else {name: value for name, value in answer.items() if name != "says"}

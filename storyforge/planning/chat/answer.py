"""What a language model is asked to answer, and what is found in what it does answer.

The form is made to be short: an answer of 100 tokens a scene is twice as quick as one of 200, and a local model's
time is nearly all writing. Hence pose and expression stand with the name, framing with the move, and what is as in the
scene before is left out. What must be there comes first: llama.cpp's grammars, and so Ollama's, want it so.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from itertools import product
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from storyforge.planning.chat.loose_json import Piece, pieces
from storyforge.planning.chat.plain_schema import plain_schema
from storyforge.storyboard import FRAMINGS, MOODS, MOVES, PLACES, TIMES, WEATHERS

EXAMPLE = (
    '{"people":[{"key":"owl","name":"the old owl","looks":"a big grey owl with round glasses"}],"scenes":['
    '{"first":1,"last":3,"who":["mia: run scared","owl: fly determined"],'
    '"seen":"Mia runs along the river bank while the owl flies close above her head",'
    '"shot":"wide pan-right","alt":"A fox runs beside a river at night, an owl above her",'
    '"says":["1: mia","2: owl"],"place":"forest","where":"the bank of a dark forest river","time":"night",'
    '"weather":"wind","mood":"tense","holds":["mia: a small lantern"],"sound":"rushing water, low drums"},'
    '{"first":4,"last":5,"who":["mia: sit happy"],"seen":"Mia sits on a stone and smiles at the lantern beside her",'
    '"shot":"close push-in","alt":"A fox sits smiling beside a lantern","mood":"calm","holds":["mia: nothing"]}]}'
)
"""An answer of the right form, as short as it can be written: a model that has seen it leaves out the spaces, too."""

_MOST_SCENES = 500  # llama.cpp refuses grammars in which more than about 600 of a thing are counted
_THOUGHT = re.compile(r"</think(?:ing)?>|</reasoning>|\[/THINK\]|<\|channel\|>final<\|message\|>", re.IGNORECASE)


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid")


def _one_of(words: Collection[str], about: str) -> Any:
    return Field(json_schema_extra={"enum": [*words]}, description=about)


def _entries(most: int, longest: int, about: str) -> Any:
    return Field(
        max_length=most, description=about, json_schema_extra={"items": {"type": "string", "maxLength": longest}}
    )


class Person(_Form):
    """Somebody who is seen or speaks, and is neither in the cast nor known already."""

    key: Annotated[str, Field(max_length=40, description="one word, for use below: owl")]
    name: Annotated[str, Field(max_length=60, description="as the story says it: the old owl")]
    looks: Annotated[str, Field(max_length=120, description="looks in a few words, for a painter")]


class AnswerScene(_Form):
    """One picture's worth of sentences."""

    first: Annotated[int, Field(description="number of its first sentence")]
    last: Annotated[int, Field(description="number of its last sentence")]
    # A text an entry, not three lists side by side: it is shorter, and no list can come out of step with another.
    who: Annotated[list[str], _entries(8, 80, "who is seen, the most important first: `key: pose expression`")]
    seen: Annotated[str, Field(max_length=200, description="what happens in the picture, one sentence, no looks")]
    shot: Annotated[
        str, _one_of([f"{framing} {move}" for framing, move in product(FRAMINGS, MOVES)], "framing and camera move")
    ]
    alt: Annotated[str, Field(max_length=140, description="the picture for who cannot see it, at most 15 words")]
    # Numbered, since a small model that miscounts a bare list shifts every speaker behind the slip.
    says: Annotated[list[str], _entries(40, 60, "who says each quote: `number: key`")] = []
    place: Annotated[str, _one_of(PLACES, "the kind of place")] = ""
    where: Annotated[str, Field(max_length=80, description="the place in 2 to 8 words")] = ""
    time: Annotated[str, _one_of(TIMES, "time of day")] = ""
    weather: Annotated[str, _one_of(WEATHERS, "weather")] = ""
    mood: Annotated[str, _one_of(MOODS, "mood")] = ""
    holds: Annotated[list[str], _entries(8, 80, "who carries what: `key: thing`; `key: nothing` puts it down")] = []
    sound: Annotated[str, Field(max_length=80, description="sounds or music in a few words")] = ""


class Answer(_Form):
    """People first: a scene can only name who is known."""

    people: list[Person]
    scenes: list[AnswerScene]


def schema_for(first: int, last: int, keys: Collection[str]) -> dict[str, Any]:
    """JSON Schema of the answer about these sentences, for servers that hold a model to one. `keys`: who is known.

    It has no references, patterns and formats, which not every server's grammar understands.
    """
    schema = plain_schema(Answer)
    schema["properties"]["people"]["maxItems"] = 12
    scenes = schema["properties"]["scenes"]
    scenes |= {"minItems": 1, "maxItems": max(1, min(last - first + 1, _MOST_SCENES))}
    fields = scenes["items"]["properties"]
    for name in ("first", "last"):
        fields[name] |= {"minimum": first, "maximum": last}
    if keys:
        fields["who"]["description"] += f"; keys: {', '.join(keys)}"
    return schema


@dataclass(frozen=True)
class RawAnswer:
    """What looks like scenes and people in an answer; nothing in it has been checked."""

    scenes: tuple[dict[str, Any], ...] = ()
    people: tuple[dict[str, Any], ...] = ()
    found: bool = False  # at least one scene
    whole: bool = False  # it came to its end, and all of it could be read


def read_answer(text: str) -> RawAnswer:
    """The scenes in whatever the model wrote, in its order; never raises.

    Thoughts are skipped if an answer follows them. Of several whole answers the last counts. Where none is whole, all
    scenes that are whole themselves do: an answer that broke off loses one scene.
    """
    *_, answer = _THOUGHT.split(text)
    found = _found([*pieces(answer)])
    return found if found.found or answer == text else _found([*pieces(text)])


def _found(read: list[Piece]) -> RawAnswer:
    answers = [
        piece for piece in read if piece.whole and not _is_part(piece.value) and any(map(_is_scene, piece.objects))
    ]
    chosen = answers[-1:] or read
    objects = [each for piece in chosen for each in piece.objects]
    scenes = tuple(filter(_is_scene, objects))
    return RawAnswer(
        scenes=scenes,
        people=tuple(filter(_is_person, objects)),
        found=bool(scenes),
        whole=bool(scenes) and all(piece.whole for piece in chosen),
    )


def _is_part(value: Any) -> bool:
    return isinstance(value, dict) and (_is_scene(value) or _is_person(value))


def _is_scene(value: dict[str, Any]) -> bool:
    return "first" in value or "last" in value


def _is_person(value: dict[str, Any]) -> bool:
    return not _is_scene(value) and "looks" in value and ("key" in value or "name" in value)

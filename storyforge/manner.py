"""How a line is said: whispered, softly, loudly or shouted. From the words beside a quote, else from who says it."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache
from importlib.resources import files

import yaml
from pydantic import Field

from storyforge.quotes import PARAGRAPH, Span, is_lead, led, quote_spans
from storyforge.sentences import Line, Manner, code, speech_verbs
from storyforge.storyboard import Scene
from storyforge.value import Value

_NEAR = 90  # characters before or after a quote in which its tag stands


class Delivery(Value):
    """What a manner does to a voice: `pace` times its own, and `level` in dB beside a plain line, as it is heard."""

    pace: float = Field(1.0, gt=0)
    level: float = 0.0


DELIVERIES: dict[Manner, Delivery] = {
    "": Delivery(),
    "whisper": Delivery(pace=0.93, level=-4.0),
    "soft": Delivery(pace=0.96, level=-2.0),
    "loud": Delivery(pace=1.02, level=1.5),
    "shout": Delivery(pace=1.05, level=2.5),
}
"""Kept small: beside a plain line a real whisper is 20 dB down, and not heard in a kitchen. Chosen, not measured."""

_WORD = re.compile(r"\w+(?:['’]\w+)*")
_NOT = re.compile(
    r"(?i)\b(?:not|never|without|nicht|ohne|pas|sans|sin|senza|non|niet|zonder|sem|não|nie|bez|не|без)\b|n['’]t\b"
)

_BY_FEELING: dict[str, Manner] = {"sleepy": "soft", "loving": "soft", "angry": "loud", "fierce": "loud"}


def with_manners(lines: tuple[Line, ...], scene: Scene, language: str) -> tuple[Line, ...]:
    """The scene's lines, each with how it is said. The narrator speaks plainly."""
    spans = quote_spans(scene.text)
    starts = [start for start, _ in spans]
    feelings = {actor.who: actor.expression for actor in scene.characters}
    found = []
    for line in lines:
        number = bisect_right(starts, line.start) - 1
        if number < 0 or line.start >= spans[number][1]:
            found.append(line)
            continue
        manner = _told(scene.text, spans, number, language) or _heard(line.text, feelings.get(line.speaker, ""))
        found.append(line.model_copy(update={"manner": manner}))
    return tuple(found)


def _told(text: str, spans: tuple[Span, ...], number: int, language: str) -> Manner:
    """What the words that lead to a quote tell of it, else those right behind it if they do not lead to the next."""
    start, end = spans[number]
    following = spans[number + 1][0] if number + 1 < len(spans) else len(text)
    between = PARAGRAPH.split(text[end:following])[0]
    lead = _lead(text[max(spans[number - 1][1] if number else 0, start - _NEAR) : start], language)
    if manner := _named(lead, language):
        return manner
    leads_on = following < len(text) and led(between)
    if leads_on and (lead or is_lead(between, text[start:end], False)):
        return ""
    return _named(re.split(r"(?<=[.!?…。！？])\s|(?<=\w)[,;:]\s", between[:_NEAR])[0], language)


def _lead(before: str, language: str) -> str:
    """The clause of the words before a quote that leads to it: of “…,” said Mia, and Bo cried, “…” and Bo cried."""
    if not led(before):
        return ""
    sentence = re.split(r"(?<=[.!?…。！？])\s", PARAGRAPH.split(before)[-1].rstrip())[-1]
    clauses = re.split(r"(?<=\w)[,;:]\s", sentence)
    verbs = speech_verbs(language)
    tells = (each for each in reversed(clauses) if _named(each, language) or verbs & {*_WORD.findall(each.lower())})
    return next(tells, "")


def _named(words: str, language: str) -> Manner:
    """The quietest that is named: who cries out softly is soft. Of what was not done nothing is known."""
    if _NOT.search(words):
        return ""
    return next((manner for manner, pattern in _patterns(code(language)) if pattern.search(words)), "")


def _heard(line: str, feeling: str) -> Manner:
    """By its marks and capitals, and by how who says it feels."""
    letters = [char for char in line if char.isalpha()]
    if len(letters) > 3 and sum(map(str.isupper, letters)) > 0.8 * len(letters):
        return "shout"
    manner = _BY_FEELING.get(feeling, "")
    return "" if manner == "loud" and "!" not in line else manner


@cache
def _patterns(language: str) -> tuple[tuple[Manner, re.Pattern[str]], ...]:
    tables: dict[str, dict[Manner, list[str]]] = yaml.safe_load(
        files(__package__).joinpath("manners.yaml").read_text("utf-8")
    )
    return tuple(
        (manner, re.compile(rf"(?i)(?<!\w)(?:{'|'.join(words)})")) for manner, words in tables.get(language, {}).items()
    )

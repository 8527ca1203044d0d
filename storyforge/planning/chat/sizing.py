"""How much of a story fits into one question, with its answer, in the context that a model looks at at once."""

from __future__ import annotations

import re
from itertools import accumulate
from math import ceil

from storyforge.backend import LEAD
from storyforge.errors import BadSettings
from storyforge.planning.chat.carrying import MOST_SHOWN
from storyforge.planning.chat.wording import person_line
from storyforge.planning.cutting import seconds_of, units
from storyforge.sentences import code, sentences
from storyforge.story import Story

MOST_SCENES = 20
"""In one answer: small models lose the thread in longer ones, and a stop loses no more than this."""

INSTRUCTIONS = 900
"""Tokens of what the model is told to do: 805 by Qwen's tokenizer, 895 by Mistral's."""

SCHEMA = 820
"""Tokens of the answer's schema, for servers to which it has to be put into words: 690 by Qwen's, 819 by Mistral's."""

_PERSON = 30  # of somebody who was met, with looks
_CARRIED = 350  # of places so far, of the last scene, of what was wrong, and of the headings between
_A_SCENE = 140  # of a scene in an answer: 100 are usual
_NEW_PEOPLE = 200  # of those whom an answer introduces
_MORE_SCENES = 1.25  # times those that the pace wants
_NUMBERS = 1.3  # times the story's own tokens: the numbers of its sentences and quotes

_CYRILLIC = re.compile(r"[\u0400-\u052f]")
_SIGNS = re.compile(r"[^\x00-\u024f\u0400-\u052f]")  # beyond letters that are Latin or Cyrillic
_LETTERS = {"en": 4.0}  # Latin letters in a token
_FEWEST_LETTERS = 2.3  # of Finnish; German has 3.3, Turkish 2.8, Polish 2.6


def tokens_of(text: str, language: str) -> int:
    """As many as a model's tokenizer makes of it, or somewhat more.

    Measured with those of Qwen 2.5 and Llama 3: English, on which all are trained most, has 4 letters a token, other
    languages fewer, Russian 2.3; Chinese, Hindi and Greek up to a token a sign.
    """
    signs, cyrillic = len(_SIGNS.findall(text)), len(_CYRILLIC.findall(text))
    latin = (len(text) - signs - cyrillic) / _LETTERS.get(code(language), _FEWEST_LETTERS)
    return ceil(1.2 * signs + cyrillic / 2 + latin) + 1


def answer_tokens(scenes: float) -> int:
    """How long an answer may be: a few scenes more than the pace wants, and room for new people."""
    return ceil((_MORE_SCENES * scenes + 1) * _A_SCENE) + _NEW_PEOPLE


def scenes_at_once(story: Story, start: int, context: int) -> float:
    """How many scenes can be asked for at once, from character `start` on. BadSettings if there is no room for two."""
    sample = story.text[start : start + 2000]
    cast = sum(tokens_of(person_line(key, each), story.language) + 3 for key, each in story.cast.items())
    lead = tokens_of(sample[:LEAD], story.language)  # what was told before is much like what follows
    prompt = INSTRUCTIONS + SCHEMA + _CARRIED + MOST_SHOWN * _PERSON + cast + lead
    told = _NUMBERS * tokens_of(sample, story.language) / max(1.0, seconds_of(sample) / story.pace)
    scenes = (context - prompt - answer_tokens(0)) / (told + answer_tokens(1) - answer_tokens(0))
    if scenes < 2:
        raise BadSettings(
            f"A context of {context} tokens has no room for the story beside a cast of {len(story.cast)}",
            f"give the planner more, as in planner: {{chat: {{context: {2 * context}}}}}",
        )
    return scenes


def window(story: Story, start: int, context: int) -> int:
    """Where the section ends that begins at character `start`: a sentence's end, or that of a scene cut by hand."""
    scenes = scenes_at_once(story, start, context)
    seconds = min(scenes, MOST_SCENES) * story.pace
    if not story.story:
        return _after_scenes(story, start, seconds)
    rest = story.text[start:]
    most = min(scenes, 1.25 * MOST_SCENES) * story.pace
    if len(rest) <= most * 60 and seconds_of(rest) <= most:
        return len(story.text)  # rather than leave a scene or two for another question
    pieces = units(rest[: int(seconds * 20) + 2000], story.language, story.pace)[:-1]  # the last one may go on
    ends = [
        end
        for end, told in zip(accumulate(map(len, pieces)), accumulate(map(seconds_of, pieces)), strict=True)
        if told <= seconds
    ]
    return start + (ends[-1] if ends else len(sentences(rest, story.language)[0]))


def _after_scenes(story: Story, start: int, seconds: float) -> int:
    """The end of the last whole scene cut by hand that fits, with the blank line behind it; of one at least."""
    end, at, told = start, 0, 0.0
    whole = len(story.text)
    for scene in story.scenes:
        after = min(at + len(scene.text) + 2, whole)
        if at >= start:
            told += max(seconds_of(scene.text), story.pace)
            if told > seconds and end > start:
                break
            end = after
        at = after
    return end

"""How much of a story fits into one question, with its answer, in the context that a model looks at at once."""

from __future__ import annotations

import re
from itertools import accumulate

from storyforge.errors import BadSettings
from storyforge.planning.chat.wording import LOOKS
from storyforge.planning.cutting import seconds_of, units
from storyforge.sentences import sentences
from storyforge.story import Story

MOST_SCENES = 20
"""In one answer: small models lose the thread in longer ones, and a stop loses no more than this."""

SCENE_TOKENS = 130  # of a scene in an answer: about 100 are usual
INSTRUCTIONS = 900  # tokens of the instructions, the schema put into words, title and language
STATE = 500  # tokens of what was decided so far, and of what was told just before
SPARE = 1.2  # tokens are estimated; and half a scene is better planned than cut off

_SIGNS = re.compile(r"[^\x00-\u024f]")  # beyond Latin letters, where a token is about one sign


def tokens_of(text: str) -> int:
    """About as many as a model's tokenizer makes of it: 4 Latin letters each, or one other sign. On the safe side."""
    signs = len(_SIGNS.findall(text))
    return signs + (len(text) - signs) // 4 + 1


def scenes_at_once(story: Story, start: int, context: int) -> int:
    """How many scenes can be asked for at once, from character `start` on. BadSettings if there is no room for any."""
    sample = story.text[start : start + 2000]
    cast = sum(
        tokens_of(" ".join((key, each.name, *each.aliases, *each.looks.split()[:LOOKS]))) + 6
        for key, each in story.cast.items()
    )
    a_scene = SCENE_TOKENS + 1.3 * tokens_of(sample) / max(1.0, seconds_of(sample) / story.pace)  # with its numbers
    room = (context - INSTRUCTIONS - STATE - cast) / SPARE
    if room < 2 * a_scene:
        raise BadSettings(
            f"A cast of {len(story.cast)} leaves no room for the story in {context} tokens of context",
            f"give the planner more, as in planner: {{chat: {{context: {2 * context}}}}}",
        )
    return min(MOST_SCENES, int(room / a_scene))


def window(story: Story, start: int, context: int) -> int:
    """Where the section ends that begins at character `start`: a sentence's end, or that of a scene cut by hand."""
    seconds = scenes_at_once(story, start, context) * story.pace
    if not story.story:
        return _after_scenes(story, start, seconds)
    rest = story.text[start:]
    if seconds_of(rest[: int(seconds * 60)]) <= 1.25 * seconds and len(rest) <= seconds * 60:
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
    for scene in story.scenes:
        after = min(at + len(scene.text) + 2, len(story.text))
        if at >= start:
            told += max(seconds_of(scene.text), story.pace)
            if told > seconds and end > start:
                break
            end = after
        at = after
    return end

"""A brief in words, for image models: what happens, who is seen and how they look, where and when, the look of it all.

The order is the one that models heed best: the subject and what it does first, the style last. Looks stand word for
word as the cast has them, in every picture (promise 2): that, and not the seed, is what keeps a character the same for
a model that knows no portrait of it. What is said, and how, depends on the encoder that reads it: sentences.py,
phrases.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from storyforge.illustration.prompts.phrases import phrases
from storyforge.illustration.prompts.seen import seen
from storyforge.illustration.prompts.sentences import sentences
from storyforge.illustration.prompts.weighed import BREAK, Weighed, escaped
from storyforge.illustration.prompts.words import LIT, POSED
from storyforge.storyboard import Brief

Encoder = Literal["clip", "t5", "llm"]
"""What reads a prompt: CLIP, T5, or a language model."""


def compose(brief: Brief, shown_in: Mapping[str, int] = {}, encoder: Encoder = "llm") -> str:
    """The whole prompt; a Weighed one for CLIP. The scene's own `prompt` is taken as it is.

    `shown_in`: key of a role -> number, from 1, of the reference picture that shows it, for models that are given any.
    CLIP is not told of them: what is put beside it (IP-Adapter) reads no text.
    """
    if brief.prompt is not None:
        return brief.prompt
    found = seen(brief, shown_in)
    return phrases(found) if encoder == "clip" else sentences(found)


__all__ = ["BREAK", "LIT", "POSED", "Encoder", "Weighed", "compose", "escaped"]

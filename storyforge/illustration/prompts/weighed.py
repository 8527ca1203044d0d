"""Prompts in which `(x:1.2)` weighs. What the user wrote in brackets is words there, too."""

from __future__ import annotations

BREAK = "BREAK"
"""Where the encoder is to begin anew (windows.py)."""


class Weighed(str):
    """A prompt as CLIP's encoders read it: its bare brackets weigh, those of the user's words are escaped already.

    To prompts what markupsafe's Markup is to HTML: whoever escapes text leaves it alone.
    """

    __slots__ = ()


def escaped(text: str) -> str:
    """Brackets as plain signs. A backslash before anything else is a backslash (ComfyUI, comfy/sd1_clip.py)."""
    return text.replace("(", "\\(").replace(")", "\\)")

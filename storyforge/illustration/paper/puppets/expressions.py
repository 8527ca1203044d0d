"""What a face does for each expression."""

from __future__ import annotations

from typing import Literal, NamedTuple

Eyes = Literal["open", "wide", "star", "arc", "half", "angry", "sad", "closed"]
Mouth = Literal["smile", "smirk", "tiny", "open", "laugh", "shout", "o", "wavy", "frown", "grit"]


class Expression(NamedTuple):
    """`brow_angle` in degrees, towards the nose where positive (anger); `brow_lift` in units."""

    eyes: Eyes
    brow_angle: float
    brow_lift: float
    mouth: Mouth
    tear: bool = False


_EXPRESSIONS = {
    "neutral": Expression("open", 0, 0, "smile"),
    "calm": Expression("open", 0, 2, "smile"),
    "happy": Expression("open", -4, 6, "open"),
    "joy": Expression("arc", -6, 8, "laugh"),
    "proud": Expression("arc", 0, 4, "smile"),
    "curious": Expression("open", -8, 8, "tiny"),
    "surprised": Expression("wide", -8, 16, "o"),
    "awe": Expression("star", -8, 14, "open"),
    "scared": Expression("wide", -22, 8, "wavy"),
    "worried": Expression("open", -20, 4, "wavy"),
    "sad": Expression("sad", -22, 2, "frown", tear=True),
    "angry": Expression("angry", 24, -4, "grit"),
    "determined": Expression("angry", 16, -2, "smirk"),
    "fierce": Expression("angry", 24, -4, "shout"),
    "sleepy": Expression("closed", 0, 0, "tiny"),
    "mischief": Expression("half", 12, 0, "smirk"),
    "loving": Expression("arc", -6, 6, "smile"),
    "hurt": Expression("sad", -18, 0, "grit", tear=True),
}


def expression_for(word: str, pose: str) -> Expression:
    """Whoever sleeps has closed eyes, whatever was asked; a word that is not known is a neutral face."""
    return _EXPRESSIONS["sleepy" if pose == "sleep" else word if word in _EXPRESSIONS else "neutral"]

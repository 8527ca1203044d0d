"""What a model thinks before it speaks, where its server leaves that in the answer."""

from __future__ import annotations

import re

_TAG = r"(?:think|thinking|thought|thoughts|reasoning)"
_OPENS = re.compile(rf"\s*(?:<{_TAG}>|\[THINK\])", re.IGNORECASE)
_CLOSES = re.compile(rf"(?:</{_TAG}>|\[/THINK\])\s*", re.IGNORECASE)
_ALONE = re.compile(rf"^[ \t]*(?:</{_TAG}>|\[/THINK\])\s*", re.IGNORECASE | re.MULTILINE)


def without_thoughts(text: str) -> str:
    """The answer without what was thought before it; '' as long as the model has not ended thinking.

    The opening tag may be missing, as templates put it into the prompt; then the closing one begins a line.
    """
    if _OPENS.match(text):
        closed = _CLOSES.search(text)
        return text[closed.end() :] if closed else ""
    alone = _ALONE.search(text)
    return text[alone.end() :] if alone else text

"""The server that is started when it is needed, and kept for a while (see storyforge/keeper/)."""

from __future__ import annotations

import re
from collections.abc import Callable

from storyforge.backend import Progress
from storyforge.keeper import Wanted, ensure

_COUNT = re.compile(r"\s*\([^()]*\d+ s[^()]*\)")


def start(wanted: Wanted, progress: Progress) -> None:
    """Returns when the server answers. BackendFailed if it does not; raises what `progress` raises."""
    ensure(wanted, _said_once(progress))


def _said_once(progress: Progress) -> Callable[[str], None]:
    """The keeper counts the seconds aloud, several times in each: the user is told what is new."""
    said = ""

    def tell(text: str) -> None:
        nonlocal said
        news = _COUNT.sub("", text)
        progress(note=news if news != said else "")
        said = news

    return tell

"""A server that has no time yet, or is still loading its model: it is waited for, but not for ever."""

from __future__ import annotations

import time

from storyforge.planning.chat.failures import Busy
from storyforge.planning.chat.question import Hear
from storyforge.planning.chat.refusal import Refusal
from storyforge.web.stream import BEAT

_LONGEST = 120.0  # seconds, whatever a server asks for
_FIRST = 0.5  # seconds, doubled each time, where it does not say when to come again


class Later(Exception):
    """`seconds` after which the server wants to be asked again; None if it does not say."""

    def __init__(self, seconds: float | None, refusal: Refusal) -> None:
        super().__init__()
        self.seconds, self.refusal = seconds, refusal


class Patience:
    """`seconds` in all for one question to the server `at` (a sentence's beginning)."""

    def __init__(self, seconds: float, at: str) -> None:
        self._seconds, self._at = seconds, at
        self._until, self._next = time.monotonic() + seconds, _FIRST

    def wait(self, later: Later, hear: Hear) -> None:
        """Busy if it would become too long."""
        seconds = self._next if later.seconds is None else later.seconds
        again = time.monotonic() + min(max(seconds, BEAT), _LONGEST)
        self._next = min(2 * self._next, _LONGEST)
        if again > self._until:
            doing = "loading the model" if later.refusal.loading else "sending everybody away"
            raise Busy(
                f"{self._at} has been {doing} for too long: {later.refusal.status}, {later.refusal.said}",
                "run storyforge again later; what is finished is kept",
            )
        while time.monotonic() < again:
            hear("")
            time.sleep(max(0.0, min(BEAT, again - time.monotonic())))

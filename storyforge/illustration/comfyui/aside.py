"""Work that waits for others is done aside, so that a stop is noticed at once, even if the other one is frozen."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import Generic, TypeVar

from storyforge.backend import Progress

T = TypeVar("T")

_BEAT = 0.25  # seconds between two calls of `progress`, with news or without
_GRACE = 3.0  # seconds that the work gets to call off what it asked for


class Stopped(BaseException):
    """Raised in the work, by its own `progress`, when the user has had enough. Nothing may take it for a failure."""


def aside(work: Callable[[Progress], T], progress: Progress) -> T:
    """`work(progress)` on a thread of its own, `progress` always called on this one, every quarter of a second.

    What `progress` raises ends the work where it next tells how far it is, and is raised here when it has ended.
    """
    return _Errand(work).done(progress)


class _Errand(Generic[T]):
    """What is told between the two threads. News that nobody has taken yet give way to newer ones; notes are kept."""

    def __init__(self, work: Callable[[Progress], T]) -> None:
        self._work = work
        self._outcome: Future[T] = Future()
        self._changed = threading.Condition()
        self._fraction: float | None = None
        self._told: float | None = None
        self._preview = b""
        self._notes: list[str] = []
        self._stopped = False

    def done(self, progress: Progress) -> T:
        threading.Thread(target=self._run, name="picture", daemon=True).start()
        try:
            while not self._outcome.done():
                with self._changed:
                    if not (self._news() or self._outcome.done()):
                        self._changed.wait(_BEAT)
                self._hand_on(progress)
            if self._news():
                self._hand_on(progress)
        except BaseException:
            self._stop()
            raise
        return self._outcome.result()

    def _run(self) -> None:
        try:
            self._outcome.set_result(self._work(self._tell))
        except BaseException as error:
            self._outcome.set_exception(error)
        with self._changed:
            self._changed.notify()

    def _tell(self, fraction: float | None = None, *, note: str = "", preview: bytes = b"") -> None:
        with self._changed:
            if self._stopped:
                raise Stopped
            if fraction is not None and fraction != self._told:
                self._fraction = self._told = fraction
            self._preview = preview or self._preview
            self._notes += [note] if note else []
            if self._news():
                self._changed.notify()

    def _news(self) -> bool:
        return bool(self._fraction is not None or self._preview or self._notes)

    def _hand_on(self, progress: Progress) -> None:
        with self._changed:
            fraction, preview, notes = self._fraction, self._preview, self._notes
            self._fraction, self._preview, self._notes = None, b"", []
        for note in notes:
            progress(note=note)
        progress(fraction, preview=preview)

    def _stop(self) -> None:
        """Waits for the work to end; with a server that is frozen it will not, and is left behind."""
        with self._changed:
            self._stopped = True
        with suppress(TimeoutError):
            self._outcome.exception(_GRACE)

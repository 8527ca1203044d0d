"""Waiting for one job. The history is the truth; the websocket says when to look, and how far it is."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from storyforge.backend import Progress
from storyforge.errors import BackendFailed
from storyforge.illustration.comfyui.api import Api, Entry, Queue
from storyforge.illustration.comfyui.events import Events
from storyforge.illustration.comfyui.failures import CalledOff, NoAnswer, NobodyThere, Stuck
from storyforge.illustration.comfyui.following import Following

_BEAT = 0.2  # seconds; how late a stop may be noticed
_FIRST, _LAST, _GROWTH = 0.5, 2.0, 1.3  # seconds between two looks at the history, while nothing is told
_QUEUE = 10.0  # seconds between two looks at the queue, which holds everybody's whole graphs
_NOBODY = 3.0  # seconds in which nothing listens where the server was, until it is given up
_SOON = 0.01  # seconds until the next look, when the end has been told and the history does not have it yet
_FOREIGN = 10.0  # seconds behind somebody else's job before that is told
_UNHEARD = 6  # times as long must nothing move where one would not hear of it: that cannot be told from slow work
_ABSENCES = 3  # in a row, before a job is taken for gone


@dataclass(frozen=True)
class Limits:
    """In seconds."""

    patience: float
    """Without an answer, until a server is given up."""
    stall: float
    """In which it answers while nothing moves, until it is taken for stuck."""


class Company:
    """Whose jobs a server has: those that this program waits for, each of which judges for itself, and all others."""

    def __init__(self) -> None:
        self._ours: list[str] = []
        self._told: set[str] = set()

    @contextmanager
    def joined(self, job: str) -> Iterator[None]:
        self._ours.append(job)
        try:
            yield
        finally:
            self._ours.remove(job)

    def foreign(self, running: tuple[str, ...]) -> bool:
        return not set(running) <= set(self._ours)

    def first_told(self, running: tuple[str, ...]) -> bool:
        """Whether nobody has been told of them yet."""
        new = set(running) - self._told
        self._told |= new
        return bool(new)


class Waiting:
    """`stale` is what the history held under the same id before, from an earlier attempt. `deaf`: what happens to
    the job is told to somebody else, an earlier run that sent it; all one hears is that the queue moved.
    """

    def __init__(
        self,
        api: Api,
        events: Events,
        following: Following,
        job: str,
        progress: Progress,
        limits: Limits,
        company: Company,
        *,
        stale: Entry | None = None,
        deaf: bool = False,
    ) -> None:
        self._api, self._events, self._following, self._job = api, events, following, job
        self._progress, self._limits, self._company = progress, limits, company
        self._stale, self._deaf = stale, deaf
        now = time.monotonic()
        self._answered = self._moved = now
        self._gap, self._look_at, self._queue_at = _FIRST, now + _FIRST, now + _FIRST
        self._running: tuple[str, ...] | None = None
        self._absences = 0
        self._lost_contact = False

    def entry(self) -> Entry:
        """Its entry in the history, once it is over. NoAnswer, CalledOff, Stuck; what `progress` raises."""
        while True:
            self._listen()
            if time.monotonic() >= self._look_at and (entry := self._look()) is not None:
                return entry

    def _listen(self) -> None:
        ends, drops = self._following.ends, self._events.drops
        event = self._events.next(min(_BEAT, max(self._look_at - time.monotonic(), 0.001)))
        self._lost_contact |= self._events.drops > drops
        if event is None:
            self._progress()
            return
        self._answered = time.monotonic()
        if self._following.heard(event):
            self._moved = self._answered
            self._progress(self._following.fraction, preview=self._following.preview)
        else:
            self._progress()
        if self._following.ends > ends:
            self._look_at, self._gap = 0.0, _SOON
        elif event.kind == "status":
            self._queue_moved()

    def _queue_moved(self) -> None:
        now = time.monotonic()
        if self._deaf or self._events.drops:
            self._look_at = min(self._look_at, now + _SOON)
        if not self._following.heard_of:  # it may have been taken out of the queue, which nobody is told
            self._queue_at = min(self._queue_at, now + 1)
            self._look_at = min(self._look_at, self._queue_at)

    def _look(self) -> Entry | None:
        """Asks for the queue first: a job that leaves it in between is then in the history."""
        now = time.monotonic()
        try:
            queue = self._api.queue() if now >= self._queue_at else None
            entry = self._api.history(self._job)
        except NoAnswer as error:
            self._not_answered(error)
            return None
        self._answered = time.monotonic()
        if entry is not None and entry != self._stale:
            return entry
        self._gap = min(self._gap * (2 if self._gap < _FIRST else _GROWTH), _LAST)
        self._look_at = self._answered + self._gap
        if queue is not None:
            self._queue_at = self._answered + min(_QUEUE, self._limits.stall / 2)
            self._judge(queue)
        return None

    def _not_answered(self, error: NoAnswer) -> None:
        self._lost_contact = True
        now = time.monotonic()
        patience = self._limits.patience
        if isinstance(error, NobodyThere):
            patience = min(patience, _NOBODY)
        if now - self._answered > patience:
            raise error
        self._look_at = now + _FIRST
        self._queue_at = now

    def _judge(self, queue: Queue) -> None:
        if self._job not in (*queue.running, *queue.waiting):
            self._absences += 1
            if self._absences >= _ABSENCES:
                raise self._gone()
            self._look_at = self._queue_at = time.monotonic() + _FIRST
            return
        self._absences = 0
        if queue.running != self._running:
            self._running, self._moved = queue.running, self._answered
        elif queue.running and self._job not in queue.running:
            self._stands_behind(queue.running)
        elif self._answered - self._moved > (limit := self._limit(queue)):
            raise Stuck(
                f"The queue of ComfyUI at {self._api.name} has not moved for {_duration(limit)}",
                "restart ComfyUI; if it does so with one workflow only, choose a smaller model or size",
            )

    def _stands_behind(self, running: tuple[str, ...]) -> None:
        """However long another job takes, it is not for us to judge: it may be somebody's film."""
        patient = self._answered - self._moved < min(_FOREIGN, self._limits.stall)
        if not patient and self._company.foreign(running) and self._company.first_told(running):
            self._progress(note=f"ComfyUI at {self._api.name} is busy with somebody else's job: waiting until it ends")

    def _limit(self, queue: Queue) -> float:
        """Seconds in which nothing may move while our own job runs, or none does."""
        hears = self._following.heard_of and not self._events.drops and not self._deaf
        return self._limits.stall * (1 if hears or not queue.running else _UNHEARD)

    def _gone(self) -> BackendFailed:
        if self._lost_contact and self._api.forgot_everything():
            return NoAnswer(
                f"ComfyUI at {self._api.name} was restarted while it drew", "look at its window for what ended it"
            )
        return CalledOff(
            f"Somebody took the picture out of the queue of ComfyUI at {self._api.name}", "run storyforge again"
        )


def _duration(seconds: float) -> str:
    return f"{seconds / 60:.0f} minutes" if seconds >= 120 else f"{seconds:.0f} seconds"

"""One server as the pool sees it: which of our jobs it has, what it has loaded, whether it answers."""

from __future__ import annotations

import threading
import time
from collections.abc import Hashable

from storyforge.errors import BackendFailed
from storyforge.illustration.comfyui.failures import Stuck
from storyforge.illustration.comfyui.job import Job
from storyforge.illustration.comfyui.server import Known, Server

_REST = 60.0  # seconds until a server whose queue stood still is tried again, once it has left our job behind


class Host:
    """Everything here is read and written under the pool's lock, but for the questions to the server."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.name = server.name
        self.jobs: list[Hashable] = []
        """Ours that it has, in the order in which it got them: the first runs, the others wait."""
        self.setup = ""
        """What the last of our jobs has loaded."""
        self.unfit: dict[str, BackendFailed] = {}
        """Setups that it cannot draw, and why; another server can."""
        self.orphans: set[str] = set()
        """Ids of jobs that it had when it was lost, and may have still."""
        self.since = time.monotonic()
        """When it was lost, or when the last of our jobs left it."""
        self.returned_at = 0.0
        self.news = False
        """It is back, and nobody has been told."""
        self.watched = self.starting = False
        self.trouble: BackendFailed | None = None
        self._over = ""
        self._known: dict[str, Known] | None = None
        self._asking = threading.Lock()

    def lost(self, trouble: BackendFailed, job: str) -> None:
        """Through `trouble`, which it had with this job."""
        self.trouble, self.since, self._over = trouble, time.monotonic(), job
        self._known = None

    def back(self) -> None:
        self.trouble, self.since, self.news = None, time.monotonic(), True
        self.returned_at = self.since

    def idle(self, seconds: float) -> bool:
        """Whether it has had nothing of ours to do for so long."""
        return not self.trouble and not self.jobs and time.monotonic() - self.since > seconds

    def answers(self) -> bool:
        """Whether it is there again; one whose queue stood still has to have left our job behind."""
        try:
            self.server.stats()
            if not isinstance(self.trouble, Stuck):
                return True
            return not self.server.has(self._over) and time.monotonic() - self.since > _REST
        except BackendFailed:
            return False

    def was_left(self, job: Job) -> bool:
        """Whether a program that was killed has left it there: in the queue, drawn, or as a file. NoAnswer.

        The server is asked for its jobs once, and again after it was lost: what is new since is our own.
        """
        with self._asking:
            known = self._known = self.server.known() if self._known is None else self._known
        return job.id in known or self.server.has_file_of(job)

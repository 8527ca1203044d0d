"""One job's way to a picture: what is tried after which failure, before the user hears of it."""

from __future__ import annotations

import time
from contextlib import suppress

from storyforge.backend import Progress
from storyforge.errors import BackendFailed
from storyforge.illustration.comfyui.aside import aside
from storyforge.illustration.comfyui.failures import (
    Broke,
    CalledOff,
    NoAnswer,
    OutOfMemory,
    Refused,
    Spoiled,
    Stuck,
)
from storyforge.illustration.comfyui.host import Host
from storyforge.illustration.comfyui.job import Job
from storyforge.illustration.comfyui.picture import Blank
from storyforge.illustration.comfyui.places import Claim, Places

_MOST_LOSSES = 5  # servers lost under one job: by then it may be the job that brings them down
_STUCK = 3  # a queue that stands still counts as so many: finding that out took twenty minutes


class CalledBack(Exception):
    """Raised inside a server's `progress`: the job is to be drawn elsewhere."""


class Errand(Claim):
    def __init__(self, places: Places, job: Job, progress: Progress) -> None:
        super().__init__(job.smaller if job.smaller and (job.setup, job.size) in places.too_large else job)
        self._places, self._progress = places, progress
        self._begun, self._began_at = False, 0.0
        self._losses = 0
        self._freed = False
        self._repeated: set[type[BackendFailed]] = set()

    def deliver(self) -> bytes:
        if hosts := self._places.to_be_searched():
            self.promised = aside(lambda tell: self._search(hosts, tell), self._progress)
        while True:
            host = self._places.enter(self, self._progress)
            if host.news:
                host.news = False
                self._progress(note=f"ComfyUI at {host.name} answers again")
            try:
                picture = self._drawn_by(host)
                self._settle(host)
                return picture
            except CalledBack:
                pass
            except (NoAnswer, Stuck) as error:
                self._lost(host, error)
            except OutOfMemory as error:
                self._out_of_memory(host, error)
            except CalledOff as error:
                self._once_more(host, error, self.job)
            except Spoiled as error:
                self._spoiled(host, error)
            except (Refused, Broke) as error:
                self._elsewhere(host, error)
            finally:
                self._places.leave(self, host)

    def _search(self, hosts: list[Host], progress: Progress) -> Host | None:
        """The server to which a program that was killed has sent it."""
        self._began_at = time.monotonic()
        for host in hosts:
            try:
                if host.was_left(self.job):
                    return host
            except BackendFailed as error:
                self._lose(host, error, progress)
        return None

    def _drawn_by(self, host: Host) -> bytes:
        self._begun, self._began_at = False, time.monotonic()

        def progress(fraction: float | None = None, *, note: str = "", preview: bytes = b"") -> None:
            self._progress(fraction, note=note, preview=preview)
            self._begun = self._begun or bool(fraction)
            if not self._begun and self._places.call_back(self, host):
                raise CalledBack

        return host.server.draw(self.job, progress)

    def _lost(self, host: Host, error: BackendFailed) -> None:
        self._losses += _STUCK if isinstance(error, Stuck) else 1
        if self._losses >= _MOST_LOSSES:
            raise error
        self._lose(host, error, self._progress)

    def _lose(self, host: Host, error: BackendFailed, progress: Progress) -> None:
        if self._places.lose(host, error, self, self._began_at):
            left = self._places.any_left()
            back = "it is started again" if self._places.revive else "waiting for it to come back"
            _tell(progress, host, error, "the other servers draw on" if left else back)

    def _out_of_memory(self, host: Host, error: OutOfMemory) -> None:
        """Frees it and tries once more, then wherever there may be more memory, then something smaller."""
        if not self._freed:
            self._freed = True
            _free(host)
            _tell(self._progress, host, error, "its models are unloaded and the picture is tried once more")
            return
        self.ruled_out[host] = error
        if not self._places.none_left(self):
            _tell(self._progress, host, error, "the picture goes to another server")
            return
        if self.job.smaller is None:
            raise error
        _tell(self._progress, host, error, "a smaller picture is drawn instead")
        self._places.too_large.add((self.job.setup, self.job.size))
        self.job, self.ruled_out, self._freed = self.job.smaller, {}, False

    def _spoiled(self, host: Host, error: Spoiled) -> None:
        """Drawn once more where it was not spoiled, if there is such a place; under an id that no server knows yet."""
        self._once_more(host, error, self.job.again)
        if self._places.others_left(self, host):
            self.ruled_out[host] = error
        elif isinstance(error, Blank):  # else the server would save the same pixels again, which it has at hand
            _free(host)

    def _once_more(self, host: Host, error: BackendFailed, job: Job | None) -> None:
        """Once for each kind of failure: two different accidents are no reason to give up."""
        kind = Spoiled if isinstance(error, Spoiled) else type(error)
        if kind in self._repeated or job is None:
            raise error
        self._repeated.add(kind)
        _tell(self._progress, host, error, "the picture is drawn once more")
        self.job = job

    def _elsewhere(self, host: Host, error: BackendFailed) -> None:
        """Another server may have the file or node that this one lacks, or a file that is not damaged."""
        self.ruled_out[host] = error
        if self._places.none_left(self):
            raise next(each for each in self.ruled_out.values() if isinstance(each, Refused | Broke))

    def _settle(self, host: Host) -> None:
        """Remembers which servers could not do what this one did."""
        for other, error in self.ruled_out.items():
            if isinstance(error, Refused | Broke | Blank) and self._places.unfit(other, self.job.setup, error):
                _tell(self._progress, other, error, f"such pictures are drawn by {host.name}")


def _free(host: Host) -> None:
    with suppress(BackendFailed):  # if it is gone, the next try will tell
        host.server.free()


def _tell(progress: Progress, host: Host, error: BackendFailed, then: str) -> None:
    cause = error.cause if host.name in error.cause else f"{error.cause} ({host.name})"
    progress(note=f"{cause}: {then}" + (f" – {error.remedy}" if error.remedy else ""))

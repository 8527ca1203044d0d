"""The places of all servers: which job gets which, in what order, and which server gets none while it is lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from storyforge.backend import Progress
from storyforge.errors import BackendFailed
from storyforge.illustration.comfyui.failures import NoAnswer, Stuck
from storyforge.illustration.comfyui.host import Host
from storyforge.illustration.comfyui.job import Job
from storyforge.illustration.comfyui.server import Server

_LOOK = 0.25  # seconds between two looks of a waiting job whether it was stopped
_IDLE = 0.5  # seconds without work after which a server may take a job that waits on another one
_FIRST_ASK, _LAST_ASK = 0.1, 5.0  # seconds between two questions to a lost server, doubling


Revive = Callable[[str, Callable[[str], None]], None]
"""Given an address and whom to tell how far it is (who may raise to give up); BackendFailed if it does not start."""


class NobodyWaits(Exception):
    """Raised while a server starts, when no picture is wanted any more."""


class Claim:
    """A job that wants a place."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.ruled_out: dict[Host, BackendFailed] = {}
        """Where it need not be tried again, and why."""
        self.promised: Host | None = None
        """Where a place is kept for it."""


class Places:
    """`depth` of each server: one job runs, the next one waits behind it, so that the server never idles.

    `patience`: seconds to wait for a server to come back when none answers.
    """

    def __init__(self, servers: Sequence[Server], patience: float, depth: int) -> None:
        self.patience = patience
        self.count = len(servers) * depth
        self.too_large: set[tuple[str, tuple[int, int] | None]] = set()
        """Setups and sizes for which memory did not do, and something smaller did."""
        self.revive: Revive | None = None
        """Starts a server again that is gone, where that is known to be possible."""
        self.hosts = [Host(server) for server in servers]
        self._depth = depth
        self._line: list[Claim] = []
        self._wanted = 0
        self._changed = threading.Condition()

    @contextmanager
    def wanted(self) -> Iterator[None]:
        """Within it lost servers are asked whether they are back."""
        with self._changed:
            self._wanted += 1
            for host in self.hosts:
                self._watch(host)
        try:
            yield
        finally:
            with self._changed:
                self._wanted -= 1

    def enter(self, claim: Claim, progress: Progress) -> Host:
        """Waits for a place, in the order of arrival. NoAnswer if no server comes back in time."""
        with self._changed:
            self._line.append(claim)
        try:
            while True:
                with self._changed:
                    if host := self._turn(claim):
                        self._take(host, claim)
                        return host
                    self._give_up_hope(claim)
                    self._changed.wait(_LOOK)
                progress()
        finally:
            with self._changed:
                self._line.remove(claim)
                self._changed.notify_all()

    def leave(self, claim: Claim, host: Host) -> None:
        with self._changed:
            if claim in host.jobs:
                host.jobs.remove(claim)
            if not host.trouble:
                host.since = time.monotonic()
            self._changed.notify_all()

    def to_be_searched(self) -> list[Host]:
        """Servers on which a killed program may have left a job. None if there is only one: its client looks itself."""
        with self._changed:
            if len(self.hosts) == 1:
                return []
            return [host for host in self.hosts if not host.trouble]

    def lose(self, host: Host, trouble: BackendFailed, claim: Claim, began: float) -> bool:
        """Gives it no more jobs until it is back; whether that is news. It is not if it was back after `began`."""
        with self._changed:
            if claim in host.jobs:
                host.orphans.add(claim.job.id)
            if host.trouble:
                return False
            if began < host.returned_at:
                claim.promised = host  # which may still have it
                return False
            host.lost(trouble, claim.job.id)
            self._watch(host)
            self._changed.notify_all()
            return True

    def unfit(self, host: Host, setup: str, why: BackendFailed) -> bool:
        """Sends such jobs elsewhere from now on, where that can be; whether that is news."""
        with self._changed:
            return host.unfit.setdefault(setup, why) is why

    def any_left(self) -> bool:
        """Whether any server is there to take jobs."""
        with self._changed:
            return any(not host.trouble for host in self.hosts)

    def others_left(self, claim: Claim, host: Host) -> bool:
        """Whether it can be tried elsewhere at once."""
        with self._changed:
            return any(each is not host and not each.trouble for each in self._fit(claim))

    def none_left(self, claim: Claim) -> bool:
        """Whether no server is left for it to be tried on."""
        return all(host in claim.ruled_out for host in self.hosts)

    def call_back(self, claim: Claim, host: Host) -> bool:
        """Whether a job that waits on `host` should leave it: that one is stuck, or another has nothing to do.

        The other takes it only if it has loaded what the job needs: else waiting is the cheaper way.
        """
        with self._changed:
            if isinstance(host.trouble, Stuck):
                return True
            if self._line or host.jobs[:1] == [claim]:
                return False
            idle = (each for each in self._fit(claim) if each.idle(_IDLE) and each.setup == claim.job.setup)
            if (other := next(idle, None)) is None:
                return False
            host.jobs.remove(claim)
            host.orphans.add(claim.job.id)  # one that has just frozen is not going to hear that it is called off
            self._take(other, claim)
            claim.promised = other
            return True

    def _take(self, host: Host, claim: Claim) -> None:
        if claim not in host.jobs:
            host.jobs.append(claim)
        host.orphans.discard(claim.job.id)
        host.setup = claim.job.setup

    def _turn(self, claim: Claim) -> Host | None:
        """The host for it, unless somebody waits for longer who could go somewhere."""
        promised, claim.promised = claim.promised, None
        if promised and not promised.trouble:
            return promised
        if promised and claim in promised.jobs:
            promised.jobs.remove(claim)
        for each in self._line:
            if host := self._best(each):
                return host if each is claim else None
        return None

    def _best(self, claim: Claim) -> Host | None:
        """The least busy host, of those the one that has loaded what it needs.

        If none has, then one that has loaded nothing of ours yet, and last the one that has idled for longest.
        """
        free = [host for host in self._fit(claim) if not host.trouble and len(host.jobs) < self._depth]

        def cost(host: Host) -> tuple[int, bool, bool, float]:
            return len(host.jobs), host.setup != claim.job.setup, host.setup != "", host.since

        return min(free, key=cost, default=None)

    def _fit(self, claim: Claim) -> list[Host]:
        left = [host for host in self.hosts if host not in claim.ruled_out]
        return [host for host in left if claim.job.setup not in host.unfit] or left

    def _give_up_hope(self, claim: Claim) -> None:
        fit = self._fit(claim)
        troubles = [host.trouble for host in fit if host.trouble]
        if any(host.starting for host in fit):
            return
        if len(troubles) < len(fit) or time.monotonic() < max(host.since for host in fit) + self.patience:
            return
        if all(isinstance(trouble, Stuck) for trouble in troubles):
            raise troubles[0]
        unfit = [host.unfit[claim.job.setup] for host in self.hosts if claim.job.setup in host.unfit]
        causes = "; ".join(dict.fromkeys(each.cause for each in (*troubles, *unfit)))
        raise NoAnswer(
            f"{causes}; waited {self.patience:g} seconds for it to come back",
            "start ComfyUI again, then run storyforge again: what is drawn is kept",
        ) from troubles[0]

    def _watch(self, host: Host) -> None:
        """Asks a lost server in the background until it answers, or nobody wants a picture any more."""
        if host.trouble and not host.watched:
            host.watched = True
            threading.Thread(target=self._wait_for, args=(host,), name=f"watch {host.name}", daemon=True).start()

    def _wait_for(self, host: Host) -> None:
        self._start(host)
        pause = _FIRST_ASK
        while host.trouble and self._wanted:
            time.sleep(pause)
            pause = min(2 * pause, _LAST_ASK)
            if host.answers():
                with suppress(BackendFailed):
                    self._welcome(host)
        with self._changed:
            host.watched = False
            if self._wanted:
                self._watch(host)

    def _welcome(self, host: Host) -> None:
        """Gives it jobs again: first those back that it had and that still wait. The others it had are called off."""
        while True:
            with self._changed:
                waiting = {claim.job.id: claim for claim in self._line if host in self._fit(claim)}
                left = host.orphans - waiting.keys()
                if not left:
                    for id in host.orphans:
                        waiting[id].promised = host
                    host.orphans.clear()
                    host.back()
                    self._changed.notify_all()
                    return
            host.server.call_off(left)
            with self._changed:
                host.orphans -= left

    def _start(self, host: Host) -> None:
        """Once more if it fails, as the first try may have ended one that was frozen. What does not start then will
        not start a moment later: that is all for each time that it is lost.
        """
        if self.revive is None or isinstance(host.trouble, Stuck):
            return

        def tell(_: str) -> None:
            if not self._wanted:
                raise NobodyWaits

        host.starting = True
        try:
            try:
                self.revive(host.server.url, tell)
            except BackendFailed:
                self.revive(host.server.url, tell)
        except (BackendFailed, NobodyWaits) as error:
            host.trouble = error if isinstance(error, BackendFailed) else host.trouble
        finally:
            host.starting, host.since = False, time.monotonic()

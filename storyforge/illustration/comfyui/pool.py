"""Several ComfyUI servers as one: a job goes where a place is free, and outlives what befalls a server."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping, Sequence
from urllib.parse import urlsplit

from storyforge.backend import Progress, unseen
from storyforge.errors import BackendFailed
from storyforge.illustration.comfyui.address import Address
from storyforge.illustration.comfyui.errand import Errand
from storyforge.illustration.comfyui.job import Job
from storyforge.illustration.comfyui.places import Places, Revive
from storyforge.illustration.comfyui.server import Server

_ALONE, _AMONG_OTHERS = 30.0, 10.0  # seconds without an answer until a server is given up


class Pool:
    """Used by many threads. `patience`: seconds to wait for a server to come back when none answers."""

    def __init__(self, servers: Sequence[Server], patience: float = 120.0, depth: int = 2) -> None:
        self.servers = tuple(servers)
        self._places = Places(servers, patience, depth)

    def revive_with(self, revive: Revive) -> None:
        """How a server that is gone is started again."""
        self._places.revive = revive

    @property
    def places(self) -> int:
        """How many jobs may be asked for at once."""
        return self._places.count

    def unfit(self, server: Server, setups: Collection[str], why: BackendFailed) -> None:
        """What it is known not to be able to draw is drawn by the other servers, where they can."""
        for host in self._places.hosts:
            for setup in setups if host.server is server else ():
                self._places.unfit(host, setup, why)

    def draw(self, job: Job, progress: Progress = unseen) -> bytes:
        """The checked PNG, from whichever server. Raises what `progress` raises, and the failures of failures.py."""
        with self._places.wanted():
            return Errand(self._places, job, progress).deliver()


_pools: dict[tuple[tuple[str, ...], frozenset[tuple[str, str]]], Pool] = {}
_lock = threading.Lock()


def pool_for(urls: Sequence[str], headers: Mapping[str, str] = {}) -> Pool:
    """The one pool of these servers in this process, so that all who draw there share its places."""
    each = _different(urls)
    key = (each, frozenset(headers.items()))
    with _lock:
        if key not in _pools:
            patience = _ALONE if len(each) == 1 else _AMONG_OTHERS
            _pools[key] = Pool([Server(url, headers, patience=patience) for url in each])
        return _pools[key]


def _different(urls: Sequence[str]) -> tuple[str, ...]:
    """Without those that name a server once more in other words, which would get twice its share of the jobs."""
    found: dict[tuple[str, int, str], str] = {}
    for url in urls:
        address = Address.read(url)
        parts = urlsplit(address.url)
        port = parts.port or {"https": 443}.get(parts.scheme, 80)
        found.setdefault(("" if address.loopback else parts.hostname or "", port, parts.path), url)
    return tuple(found.values())

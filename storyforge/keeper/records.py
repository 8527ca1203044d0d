"""What all storyforge programs of a user know of kept servers: small files, each written whole, in one folder.

    keeper.lock         held by the one keeper as long as it lives
    keeper.log          what went wrong in it
    KEY.json            a server that was started; the file's time is the time of its last use
    KEY.lock            held while this server is started or stopped
    KEY.log, KEY.1.log  what it printed, now and the time before
    KEY.*.lease         a program that uses it: void when that program is gone

Files rather than a socket: there is nothing to be connected to, so nothing is lost when either side is killed, and the
locks are the system's, which lets go of them with the process. No environment and no password is written down.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import filelock
from pydantic import ValidationError

from storyforge.files import write_whole
from storyforge.keeper.folder import own, state_folder, writable
from storyforge.keeper.process import born, family, lives
from storyforge.keeper.wanted import Wanted
from storyforge.value import Value

_TICK = 0.4  # seconds between two looks at a lock, so that a stop by the user is noticed


class Record(Value):
    """A server that was started by us."""

    wanted: Wanted
    mark: str
    """What its processes carry in their environment."""
    since: float
    """When it was started, in seconds since 1970."""
    pid: int = 0
    """Of the process that was started; 0 until that is known."""
    born: str = ""

    @property
    def alive(self) -> bool:
        return lives(self.pid, self.born) or bool(family(self.pid, self.born, self.mark))


class Lease(Value):
    """A program at use of a server."""

    pid: int
    born: str


class Records:
    """The folder, and what is in it."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or state_folder()

    def all(self) -> list[Record]:
        return [record for path in sorted(self.folder.glob("[!.]*.json")) if (record := _read(path, Record))]

    def get(self, key: str) -> Record | None:
        return _read(self._path(key), Record)

    def put(self, record: Record) -> None:
        with writable(self.folder):
            own(self.folder)
            write_whole(self._path(record.wanted.key), record.model_dump_json().encode())

    def drop(self, key: str) -> None:
        with writable(self.folder):
            self._path(key).unlink(missing_ok=True)

    def used(self, key: str) -> float:
        """When it was last used, in seconds since 1970; never in the future, though a clock may have been set back."""
        try:
            return min(self._path(key).stat().st_mtime, time.time())
        except OSError:
            return time.time()

    def use(self, key: str) -> None:
        """It is in use now."""
        now = time.time()  # ours: on a network drive the file server's clock may be another
        with suppress(OSError):
            os.utime(self._path(key), (now, now))

    def leases(self, key: str) -> list[Lease]:
        """Of the programs that are still there; the others' are removed."""
        found = []
        for path in self.folder.glob(f"{key}.*.lease"):
            lease = _read(path, Lease)
            if lease and lives(lease.pid, lease.born):
                found.append(lease)
            elif lease:
                with suppress(OSError):
                    path.unlink()
        return found

    @contextmanager
    def leased(self, key: str) -> Iterator[None]:
        """This program uses it; CannotWrite."""
        pid = os.getpid()
        path = self.folder / f"{key}.{pid}-{secrets.token_hex(4)}.lease"
        with writable(self.folder):
            own(self.folder)
            write_whole(path, Lease(pid=pid, born=born(pid)).model_dump_json().encode())
        try:
            yield
        finally:
            self.use(key)
            with suppress(OSError):
                path.unlink()

    @contextmanager
    def locked(self, key: str, meanwhile: Callable[[], None] = lambda: None) -> Iterator[None]:
        """Alone with this server. `meanwhile` is called while others are at it, and may raise to give up."""
        with writable(self.folder):
            own(self.folder)
        lock = self.lock(key)
        while not self._taken(lock):
            meanwhile()
        try:
            yield
        finally:
            lock.release()

    def lock(self, name: str) -> filelock.BaseFileLock:
        return filelock.FileLock(self.folder / f"{name}.lock")

    def log(self, key: str) -> Path:
        return self.folder / f"{key}.log"

    def _taken(self, lock: filelock.BaseFileLock) -> bool:
        try:
            with writable(self.folder):
                lock.acquire(timeout=_TICK)
        except filelock.Timeout:
            return False
        return True

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.json"


R = TypeVar("R", bound=Value)


def _read(path: Path, kind: type[R]) -> R | None:
    """None if there is none, or it is another version's: that is left alone."""
    try:
        return kind.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None

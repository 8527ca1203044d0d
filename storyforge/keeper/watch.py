"""The keeper itself: one process of a user, which looks at the servers that were started and ends each in its time.

It keeps nothing in its head. What it needs to know is in the folder, so that another can take over when it is killed.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress

import filelock

from storyforge.keeper.answer import at_work
from storyforge.keeper.log import trim
from storyforge.keeper.process import end
from storyforge.keeper.records import Lease, Record, Records

_LOOKS = 20  # in the time that a server is kept
_OFTEN, _SELDOM = 0.1, 5.0  # seconds between two looks


def seconds_left(record: Record, used: float, leases: Sequence[Lease], busy: bool | None, now: float) -> float | None:
    """Until it is to be stopped; None while it is in use. `used`, `now`: seconds since 1970.

    `busy` is None when the server does not tell: it may be loading a model, or still be starting, so it gets its
    `patience` on top; but a server that is stuck shall not hold the graphics card for ever.
    """
    if leases or busy:
        return None
    wanted = record.wanted
    idle = max(0.0, now - used)
    return max(0.0, wanted.keep + (wanted.patience if busy is None else 0) - idle)


def due(record: Record, used: float, leases: Sequence[Lease], busy: bool | None, now: float) -> bool:
    return seconds_left(record, used, leases, busy, now) == 0


def keep() -> None:
    """Until there is nothing to keep. Ends at once if there is a keeper."""
    records = Records()
    while records.all():
        # Looked at again after the lock is let go of: who wrote a record while it was held relied on this keeper.
        try:
            with records.lock("keeper").acquire(timeout=1):
                _until_nothing_is_left(records)
        except filelock.Timeout:
            return


def _until_nothing_is_left(records: Records) -> None:
    while found := records.all():
        for record in found:
            look_after(records, record)
        time.sleep(min(_interval(record) for record in found))


def _interval(record: Record) -> float:
    return min(_SELDOM, max(_OFTEN, record.wanted.keep / _LOOKS))


def look_after(records: Records, record: Record) -> None:
    """One look at one server: forgets it if it is gone, stops it if its time has come."""
    key = record.wanted.key
    trim(records.log(key))
    if record.alive and not _time_has_come(records, record):
        return
    with suppress(filelock.Timeout), records.lock(key).acquire(timeout=0):  # else it is being started or stopped
        now = records.get(key)  # a program may have come for it meanwhile
        if now and (not now.alive or _time_has_come(records, now)) and end(now.pid, now.born, now.mark):
            records.drop(key)


def _time_has_come(records: Records, record: Record) -> bool:
    """Whether it is to be stopped; notes its use if it is in use."""
    key = record.wanted.key
    leases = records.leases(key)
    busy = bool(leases) or at_work(record.wanted)
    if busy:
        records.use(key)
    return due(record, records.used(key), leases, busy, time.time())

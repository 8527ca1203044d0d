"""What is kept, for the user to see, and how the user ends it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from storyforge.errors import BackendFailed
from storyforge.keeper.answer import at_work
from storyforge.keeper.process import description, end
from storyforge.keeper.records import Record, Records
from storyforge.keeper.start import watch
from storyforge.keeper.watch import seconds_left


@dataclass(frozen=True)
class Kept:
    """One server that storyforge started and has not stopped."""

    record: Record
    users: tuple[str, ...]
    """The programs that use it now."""
    busy: bool | None
    """Whether it has work; None if it does not tell."""
    left: float | None
    """Seconds until it will be stopped; None while it is in use."""
    log: Path


def kept() -> list[Kept]:
    """All servers that are kept, the longest up first. If they have lost their keeper, they get another."""
    records = Records()
    found = [_seen(records, record) for record in records.all() if record.alive]
    if found:
        watch(records)
    return sorted(found, key=lambda each: each.record.since)


def _seen(records: Records, record: Record) -> Kept:
    key = record.wanted.key
    leases, busy = records.leases(key), at_work(record.wanted)
    left = seconds_left(record, records.used(key), leases, busy, time.time())
    users = tuple(description(pid) for pid in sorted({lease.pid for lease in leases}))
    return Kept(record, users, busy, left, records.log(key))


def stop(server: Kept) -> None:
    """Stops it, used or not. BackendFailed if its processes do not end."""
    records, record = Records(), server.record
    with records.locked(record.wanted.key):
        if not end(record.pid, record.born, record.mark):
            raise BackendFailed(f"{record.wanted.name} (process {record.pid}) does not end", "restart the computer")
        now = records.get(record.wanted.key)
        if now and now.mark == record.mark:
            records.drop(record.wanted.key)

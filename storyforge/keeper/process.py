"""Processes, known for certain: a number alone may by now belong to another program.

A server's processes are the one that was started, its descendants, and every process that carries the server's mark in
its environment: so the ones of a script that went into the background are found, and a server whose starter was killed
before it could write down its number.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path

import psutil

MARK = "STORYFORGE_KEPT"
GRACE = 10.0  # seconds to end in by itself after it was asked to
_LOOK = 0.05  # seconds


def born(pid: int) -> str:
    """When this process began, never the same for another of its number; '' if there is none, or but a dead one.

    On Linux the kernel's own count since the start of the machine: psutil's seconds move when the clock is set.
    """
    if sys.platform == "linux":
        try:
            stat = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            return ""
        return "" if stat[0] in "ZX" else f"{_boot()}/{stat[19]}"
    try:
        process = psutil.Process(pid)
        return "" if process.status() == psutil.STATUS_ZOMBIE else repr(process.create_time())
    except psutil.Error:
        return ""


@cache
def _boot() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def lives(pid: int, since: str) -> bool:
    """Whether this very process still runs. `since`: what `born` said of it."""
    return bool(since) and born(pid) == since


def family(pid: int, since: str, mark: str) -> list[psutil.Process]:
    """All living processes of a server: its first one with descendants, and what carries its mark. Never ourselves."""
    found: set[psutil.Process] = set()
    if lives(pid, since):
        found |= _with_descendants(pid)
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process not in found and process.environ().get(MARK) == mark:
                found |= _with_descendants(process.pid)
    return [each for each in found if each.pid != os.getpid() and born(each.pid)]


def _with_descendants(pid: int) -> set[psutil.Process]:
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        return {process, *process.children(recursive=True)}
    return set()


def end(pid: int, since: str, mark: str, grace: float = GRACE) -> bool:
    """Asks all processes of a server to end, and after `grace` seconds makes them. Whether none is left."""
    _each(family(pid, since, mark), psutil.Process.terminate, grace)
    for _ in range(3):  # one that was being born while the others ended
        left = family(pid, since, mark)
        if not left:
            return True
        _each(left, psutil.Process.kill, grace)
    return not family(pid, since, mark)


def _each(processes: list[psutil.Process], ask: Callable[[psutil.Process], None], seconds: float) -> None:
    known = {process.pid: born(process.pid) for process in processes}
    for process in processes:
        with suppress(psutil.Error):
            ask(process)
    until = time.monotonic() + seconds
    while time.monotonic() < until and any(lives(pid, since) for pid, since in known.items()):
        time.sleep(_LOOK)


def description(pid: int) -> str:
    """Its command line, shortened: "storyforge render saga.yaml (process 4711)"."""
    try:
        words = psutil.Process(pid).cmdline()
    except psutil.Error:
        words = []
    if len(words) > 1 and Path(words[0]).stem.lower().startswith("python") and not words[1].startswith("-"):
        words = words[1:]  # a script: which Python runs it tells nobody anything
    line = " ".join((Path(words[0]).name, *words[1:])) if words else "a program"
    return f"{line[:60]}{'…' if len(line) > 60 else ''} (process {pid})"

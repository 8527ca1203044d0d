"""Starts a server that is wanted and not there, and waits until it answers.

The program that asks starts the server itself, in a session of its own: so it inherits the program's environment
(CUDA_VISIBLE_DEVICES, tokens), which need not be written down or sent anywhere. The keeper only watches and ends it.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

from storyforge.errors import BackendFailed, StoryforgeError
from storyforge.keeper.answer import Answer, probe
from storyforge.keeper.command import parsed
from storyforge.keeper.durations import in_words
from storyforge.keeper.folder import writable
from storyforge.keeper.log import fresh, last_lines, remedy, trim
from storyforge.keeper.process import MARK, born, end
from storyforge.keeper.records import Record, Records
from storyforge.keeper.wanted import Wanted

Tell = Callable[[str], None]

_TICK = 0.2  # seconds: how soon a stop by the user is noticed
_ROOT = Path(__file__).parents[2]  # where Python finds this package


@contextmanager
def using(wanted: Wanted) -> Iterator[None]:
    """While this is open the server is in use and not stopped. If the program is killed, the use ends with it.

    Open it before `ensure` and close it after the last request. It starts nothing. CannotWrite.
    """
    with Records().leased(wanted.key):
        yield


def ensure(wanted: Wanted, tell: Tell) -> None:
    """Returns when the server answers, having started it if nothing answered; it is then kept for `wanted.keep`.

    `tell` hears what is waited for, several times a second, and may raise to give up: that passes, and the server goes
    on starting, so that the next try finds it further; unused, it is stopped after its time like any other.
    BackendFailed with the end of its log if it ends or does not answer in time (it is then stopped, unless another
    program waits for it too); BadSettings if the command line cannot be run; CannotWrite.
    """
    records = Records()
    if records.get(wanted.key) is None and probe(wanted) is Answer.READY:
        return  # somebody else's: nothing to do with us
    with records.leased(wanted.key):
        with records.locked(wanted.key, lambda: tell(f"waiting for another program to start or stop {wanted.name}")):
            record, process = _found_or_started(wanted, records)
        watch(records)
        _wait(wanted, records, record, process, tell)


def _found_or_started(wanted: Wanted, records: Records) -> tuple[Record | None, subprocess.Popen[bytes] | None]:
    """The server that we keep, and if it was started just now its process; (None, None): it is somebody else's."""
    record = records.get(wanted.key)
    if record and record.alive:
        kept_for = record.wanted.model_copy(update={"keep": wanted.keep})  # as the last who asked would have it
        record = record.model_copy(update={"wanted": kept_for})
        records.put(record)
        return record, None
    records.drop(wanted.key)
    answer = probe(wanted)
    if answer is Answer.FOREIGN:
        raise BackendFailed(
            f"Something answers at {wanted.url}, but it is not {wanted.name}",
            "end the program that has this port, or choose another port (in the url and in the start command)",
        )
    return _start(wanted, records) if answer is Answer.SILENT else (None, None)


def _start(wanted: Wanted, records: Records) -> tuple[Record, subprocess.Popen[bytes]]:
    command = parsed(wanted.start, wanted.cwd)
    record = Record(wanted=wanted, mark=secrets.token_hex(16), since=time.time())
    records.put(record)  # before it runs: should we be killed now, its mark tells that it is ours
    environment = {"PYTHONUNBUFFERED": "1", **os.environ, **command.variables, MARK: record.mark}
    try:
        with writable(records.folder):
            log = fresh(records.log(wanted.key)).open("ab")
        with log:
            process = _detached(command.words, cwd=command.folder, env=environment, stdout=log)
    except OSError as error:
        records.drop(wanted.key)
        raise BackendFailed(
            f"{wanted.name} cannot be started: {command.words[0]}: {error.strerror}",
            "check the start command: it must name a program, not a script (write: bash start.sh, python main.py)",
        ) from error
    record = record.model_copy(update={"pid": process.pid, "born": born(process.pid)})
    records.put(record)
    return record, process


def watch(records: Records) -> None:
    """Sees to it that the keeper runs, if there is something to keep."""
    if not records.all():
        return
    lock = records.lock("keeper")
    with writable(records.folder):
        try:
            lock.acquire(timeout=0)
        except TimeoutError:
            return
        lock.release()
        path = records.log("keeper")
        trim(path)
        environment = {name: value for name, value in os.environ.items() if name != MARK}
        with path.open("ab") as log:
            _detached((sys.executable, "-m", "storyforge.keeper"), cwd=_ROOT, env=environment, stdout=log)


def _detached(words: tuple[str, ...], **how: Any) -> subprocess.Popen[bytes]:
    """A process that neither Ctrl-C nor the end of this program reaches."""
    if sys.platform == "win32":
        # No window, but a console: what a .bat file starts would open a window each without one.
        how["creationflags"] = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
    else:
        how["start_new_session"] = True
    process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stderr=subprocess.STDOUT, **how)
    Thread(target=process.wait, daemon=True).start()  # else it would stay, dead, as long as this program lives
    return process


def _wait(
    wanted: Wanted,
    records: Records,
    record: Record | None,
    process: subprocess.Popen[bytes] | None,
    tell: Tell,
) -> None:
    begun = time.monotonic()
    while (answer := probe(wanted)) is not Answer.READY:
        waited = time.monotonic() - begun
        if record and not record.alive:
            how = _ended(process.wait()) if process else "ended"
            raise _failed(wanted, records, f"{wanted.name} {how} before it answered at {wanted.url}")
        if waited > wanted.patience:
            raise _out_of_patience(wanted, records, record, answer)
        tell(f"starting {wanted.name} ({waited:.0f} s)" if record else f"waiting for {wanted.name} ({waited:.0f} s)")
        time.sleep(_TICK)


def _ended(code: int) -> str:
    if code == 0:
        return "ended of its own will (a start command must run as long as its server: no &, no -d)"
    if code == -9:
        return "was killed from outside (by the system, if memory ran out)"
    return f"ended with code {code}" if code > 0 else f"was ended from outside (signal {-code})"


def _out_of_patience(wanted: Wanted, records: Records, record: Record | None, answer: Answer) -> StoryforgeError:
    late = f"{wanted.name} did not answer at {wanted.url} within {in_words(wanted.patience)} ({answer.value})"
    if record is None:
        return BackendFailed(late, "end the program that has this port and run again")
    with records.locked(wanted.key):
        if any(lease.pid != os.getpid() for lease in records.leases(wanted.key)):
            return _failed(wanted, records, f"{late}; another program still waits for it")
        end(record.pid, record.born, record.mark)
        records.drop(wanted.key)
    return _failed(wanted, records, f"{late} and was stopped")


def _failed(wanted: Wanted, records: Records, what: str) -> BackendFailed:
    """With the end of the log: it most often tells why."""
    log = records.log(wanted.key)
    lines = last_lines(log)
    shown = "".join(f"\n    {line}" for line in lines) or " nothing at all."
    known = remedy(lines) or "try the start command in a terminal; if it only needs longer, raise `patience`"
    return BackendFailed(
        f"{what}. It was started by: {wanted.start}\nThe last that it printed ({log}):{shown}\n", known
    )

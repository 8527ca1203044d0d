"""The keeper, with real servers: started when needed, kept while used, stopped in time, whoever is killed meanwhile."""

from __future__ import annotations

import math
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyforge.commands import keeper as command
from storyforge.errors import BackendFailed, BadSettings, CannotWrite, StoryforgeError
from storyforge.keeper import Busy, Wanted, ensure, in_words, kept, parse_duration, using
from storyforge.keeper.command import parsed, split
from storyforge.keeper.log import fresh, last_lines, remedy, trim
from storyforge.keeper.process import MARK, born, end, lives
from storyforge.keeper.records import Lease, Record, Records
from storyforge.keeper.watch import due, look_after, seconds_left
from tests.conftest import ROOT

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals and scripts as POSIX has them")

SERVER = """
import json, os, sys, threading, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

port, here, mood = int(sys.argv[1]), Path(__file__).parent, sys.argv[2:]
with (here / "starts").open("a") as starts:
    starts.write(f"{os.getpid()}\\n")
print("token:", os.environ.get("TOY_TOKEN"))
if "dies" in mood:
    import torch_of_another_world
if "mute" in mood:
    print("loading the moon")
    time.sleep(60)
if "late" in mood:
    time.sleep(0.5)

class Toy(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(404 if "foreign" in mood else 200)
        self.end_headers()
        work = [1] if (here / "work").exists() else []
        self.wfile.write(json.dumps({"queue_running": work, "queue_pending": []}).encode())

    def log_message(self, *_):
        pass

ThreadingHTTPServer(("127.0.0.1", port), Toy).serve_forever()
"""

PROGRAM = """
import sys, time
from storyforge.keeper import Wanted, ensure, using

wanted = Wanted.model_validate_json(sys.argv[1])
with using(wanted):
    ensure(wanted, lambda text: None)
    print("ready", flush=True)
    time.sleep(float(sys.argv[2]))
"""


class Place:
    """A folder with a toy server, and a state folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.script = folder / "toy server.py"
        self.script.write_text(SERVER, "utf-8")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]

    def wanted(self, mood: str = "", **more: Any) -> Wanted:
        start = f'"{sys.executable}" "{self.script}" {self.port} {mood}'
        url = f"http://127.0.0.1:{self.port}"
        busy = Busy(path="/queue", fields=("queue_running", "queue_pending"))
        return Wanted(**{"start": start, "url": url, "name": "Toy", "busy": busy, "keep": 0.4, "patience": 10, **more})

    def program(self, wanted: Wanted, seconds: float = 60) -> AbstractContextManager[subprocess.Popen[bytes]]:
        """A storyforge program that uses the server so long."""
        words = [sys.executable, "-c", PROGRAM, wanted.model_dump_json(), str(seconds)]
        return running(
            words,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            start_new_session=sys.platform != "win32",
        )

    @property
    def starts(self) -> list[int]:
        """The server's process numbers, start by start."""
        with suppress(FileNotFoundError):
            return [int(line) for line in (self.folder / "starts").read_text().split()]
        return []

    @property
    def up(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True
        return False

    @property
    def keepers(self) -> list[psutil.Process]:
        return [each for each in self.processes() if "storyforge.keeper" in each.cmdline()]

    def processes(self) -> list[psutil.Process]:
        """All that were started from here and live."""
        found = []
        for each in psutil.process_iter():
            with suppress(psutil.Error):
                if each.environ().get("STORYFORGE_STATE") == str(self.folder / "state") and each.pid != os.getpid():
                    found.append(each)
        return [each for each in found if born(each.pid)]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    monkeypatch.setenv("STORYFORGE_STATE", str(tmp_path / "state"))
    here = Place(tmp_path)
    yield here
    for each in here.processes():
        with suppress(psutil.Error):
            each.kill()
    assert within(5, lambda: not here.processes())


@contextmanager
def running(words: list[str], **how: Any) -> Iterator[subprocess.Popen[bytes]]:
    """A process that none of ours started; it is gone at the end, however that comes."""
    with subprocess.Popen(words, **how) as process:
        try:
            yield process
        finally:
            process.kill()


def within(seconds: float, holds: Callable[[], Any]) -> bool:
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.03)
    return True


def silent(_: str) -> None:
    pass


# Starting and stopping


def test_a_server_is_started_kept_a_while_after_its_last_use_and_stopped(place: Place) -> None:
    wanted, told = place.wanted("late"), list[str]()
    with using(wanted):
        ensure(wanted, told.append)
        assert place.up
        assert told[0] == "starting Toy (0 s)"
        assert len(told) > 1
        time.sleep(0.8)
        assert place.up  # in use, though longer than it is kept
    assert within(5, lambda: not place.up)
    assert kept() == []
    assert within(5, lambda: not place.keepers)  # with nothing to keep it ends


def test_it_outlives_the_program_that_started_it(place: Place) -> None:
    with place.program(place.wanted(keep=60), 0) as program:
        assert program.wait() == 0
    assert place.up
    [server] = kept()
    assert server.left and 50 < server.left <= 60
    assert server.users == ()


def test_kept_for_no_time_it_is_stopped_when_its_last_use_ends(place: Place) -> None:
    wanted = place.wanted(keep=0)
    with using(wanted), using(wanted):
        ensure(wanted, silent)
        ensure(wanted, silent)
        time.sleep(0.6)
        assert place.up
    assert within(3, lambda: not place.up)
    assert len(place.starts) == 1


def test_while_it_is_at_work_it_is_not_stopped_whoever_gave_it_the_work(place: Place) -> None:
    (place.folder / "work").touch()
    ensure(place.wanted(keep=0.2), silent)
    time.sleep(0.8)
    assert place.up
    [server] = kept()
    assert (server.left, server.busy, server.users) == (None, True, ())
    (place.folder / "work").unlink()
    assert within(3, lambda: not place.up)


def test_work_counts_as_use(place: Place) -> None:
    (place.folder / "work").touch()
    records, wanted = Records(), place.wanted(keep=10)
    with running(split(wanted.start)) as server:
        record = Record(wanted=wanted, mark="x", since=0, pid=server.pid, born=born(server.pid))
        records.put(record)
        os.utime(records.folder / f"{wanted.key}.json", (0, 0))
        assert within(5, lambda: place.up)
        look_after(records, record)
        assert time.time() - records.used(wanted.key) < 10
        (place.folder / "work").unlink()
        look_after(records, record)
        assert place.up
        os.utime(records.folder / f"{wanted.key}.json", (0, 0))
        look_after(records, record)
        assert not place.up
        assert records.all() == []


def test_it_is_in_use_while_it_starts(place: Place) -> None:
    ensure(place.wanted("late", keep=0, busy=None), silent)
    assert len(place.starts) == 1


def test_two_programs_at_once_start_one_server(place: Place) -> None:
    wanted = place.wanted("late", keep=60)
    with place.program(wanted, 0) as one, place.program(wanted, 0) as other:
        assert (one.wait(), other.wait()) == (0, 0)
    assert len(place.starts) == 1
    assert within(5, lambda: len(place.keepers) == 1)


def test_threads_of_one_program_start_one_server(place: Place) -> None:
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: ensure(place.wanted("late", keep=60), silent), range(4)))
    assert len(place.starts) == 1


def test_a_server_that_somebody_else_started_is_used_and_never_stopped(place: Place) -> None:
    with running(split(place.wanted().start)):
        assert within(5, lambda: place.up)
        ensure(place.wanted(keep=0), silent)
        assert not (place.folder / "state").exists()  # nothing to keep, nothing written
        with using(place.wanted(keep=0)):
            ensure(place.wanted(keep=0), silent)
        command.stop(force=True)
        time.sleep(0.3)
        assert place.up
        assert len(place.starts) == 1


def test_the_environment_is_passed_on_and_never_written_down(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOY_TOKEN", "between us")
    wanted = place.wanted(keep=60)
    ensure(wanted, silent)
    log = Records().log(wanted.key)
    assert last_lines(log) == ["token: between us"]
    others = [path for path in log.parent.iterdir() if path != log]
    assert len(others) >= 3
    assert not any(b"between us" in path.read_bytes() for path in others)


@posix
def test_the_folder_is_for_its_user_alone(place: Place) -> None:
    wanted = place.wanted(keep=60)
    ensure(wanted, silent)
    assert Records().folder.stat().st_mode & 0o777 == 0o700
    assert Records().log(wanted.key).stat().st_mode & 0o777 == 0o600


def test_one_address_is_one_server_however_it_is_written(place: Place) -> None:
    keys = {place.wanted(url=url).key for url in ("http://localhost:81", "http://127.0.0.1:81/", "http://LOCALHOST:81")}
    assert keys == {"127.0.0.1-81"}
    assert place.wanted(url="https://gamer/comfy.ui/").key == "gamer-443-comfy-ui"
    assert place.wanted(url="http://[::1]:81").key == "__1-81"


# What goes wrong with a server


def test_a_server_that_ends_at_once_is_told_with_its_log_and_what_helps(place: Place) -> None:
    wanted = place.wanted("dies")
    with pytest.raises(BackendFailed) as error:
        ensure(wanted, silent)
    told = str(error.value)
    assert f"Toy ended with code 1 before it answered at {wanted.url}" in told
    assert "import torch_of_another_world" in told
    assert str(Records().log(wanted.key)) in told
    assert wanted.start in told
    assert "the Python that was started lacks torch_of_another_world" in error.value.remedy
    assert kept() == []


@posix
@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("sh -c true", "must run as long as its server"),
        ("sh -c 'kill -9 $$'", "killed from outside"),
        ("false", "code 1"),
    ],
)
def test_how_it_ended_is_told(line: str, told: str, place: Place) -> None:
    with pytest.raises(BackendFailed, match=told) as error:
        ensure(place.wanted(start=line), silent)
    assert "nothing at all" in str(error.value)


def test_a_server_that_never_answers_is_stopped_and_its_log_shown(place: Place) -> None:
    with pytest.raises(BackendFailed, match=r"within 1 s .nothing answers. and was stopped") as error:
        ensure(place.wanted("mute", patience=1), silent)
    assert "loading the moon" in str(error.value)
    assert "patience" in error.value.remedy
    assert not lives(place.starts[0], born(place.starts[0]))
    assert Records().all() == []


def test_a_stop_by_the_user_passes_and_the_server_goes_on_starting(place: Place) -> None:
    class Enough(Exception):
        pass

    def stop(text: str) -> None:
        raise Enough

    wanted = place.wanted("late", keep=60)
    with pytest.raises(Enough):
        ensure(wanted, stop)
    ensure(wanted, silent)
    assert len(place.starts) == 1


def test_another_program_at_the_address_is_not_taken_for_the_server(place: Place) -> None:
    with running(split(place.wanted("foreign").start)):
        assert within(5, lambda: place.up)
        with pytest.raises(BackendFailed, match="it is not Toy – end the program that has this port"):
            ensure(place.wanted(), silent)


def test_what_takes_calls_and_never_answers_is_waited_for_and_left_alone(place: Place) -> None:
    refused = pytest.raises(BackendFailed, match="takes calls but does not answer")
    with socket.create_server(("127.0.0.1", place.port)), refused:
        ensure(place.wanted(patience=0.1), silent)
    assert place.starts == []


def test_a_server_that_was_killed_is_started_again_when_it_is_wanted(place: Place) -> None:
    wanted = place.wanted(keep=60)
    with using(wanted):
        ensure(wanted, silent)
        psutil.Process(place.starts[0]).kill()
        assert within(3, lambda: not place.up)
        ensure(wanted, silent)
        assert place.up
    assert len(place.starts) == 2


def test_a_folder_that_cannot_be_written_is_told(place: Place) -> None:
    (place.folder / "state").write_text("a file where the folder should be")
    with pytest.raises(CannotWrite, match="set STORYFORGE_STATE to another folder"):
        ensure(place.wanted(), silent)
    assert place.starts == []


# Kills


@posix
def test_the_keeper_may_be_killed_and_another_takes_over(place: Place) -> None:
    wanted = place.wanted()
    with using(wanted):
        ensure(wanted, silent)
        assert within(5, lambda: place.keepers)
        place.keepers[0].kill()
        assert within(5, lambda: not place.keepers)
        assert len(kept()) == 1  # asking is enough
        assert within(5, lambda: place.keepers)
        assert place.up
    assert within(5, lambda: not place.up)
    assert len(place.starts) == 1


@posix
def test_ctrl_c_reaches_neither_the_server_nor_the_keeper(place: Place) -> None:
    wanted = place.wanted(keep=60)
    with place.program(wanted) as program:
        assert program.stdout and program.stdout.readline() == b"ready\n"
        assert within(5, lambda: place.keepers)
        os.killpg(program.pid, signal.SIGINT)
    assert place.up
    assert place.keepers


@posix
def test_a_record_is_there_before_its_server_is(place: Place) -> None:
    wanted = place.wanted(start="""sh -c 'ls -R "$STORYFORGE_STATE"'""")
    with pytest.raises(BackendFailed, match=rf"{wanted.key}\.json"):
        ensure(wanted, silent)


def test_a_keeper_that_a_kept_server_brought_about_is_no_part_of_that_server(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(MARK, "of the outer server")
    ensure(place.wanted(keep=60), silent)
    assert within(5, lambda: place.keepers)
    assert MARK not in place.keepers[0].environ()


@posix
def test_a_killed_program_uses_nothing_any_more(place: Place) -> None:
    with place.program(place.wanted(keep=0.3)) as program:
        assert program.stdout and program.stdout.readline() == b"ready\n"
        [server] = kept()
        assert server.left is None
        assert str(program.pid) in server.users[0]
        program.kill()
    assert within(5, lambda: not place.up)


@posix
def test_a_server_whose_starter_was_killed_before_it_noted_its_number_is_known_by_its_mark(place: Place) -> None:
    wanted, mark = place.wanted(keep=0), "1234abcd"
    Records().put(Record(wanted=wanted, mark=mark, since=time.time()))
    with running(split(wanted.start), env={**os.environ, MARK: mark}) as orphan:
        assert within(5, lambda: place.up)
        ensure(wanted, silent)
        assert orphan.wait(5) == -signal.SIGTERM
    assert len(place.starts) == 1


def test_a_number_that_now_belongs_to_another_program_is_left_alone(place: Place) -> None:
    records, wanted = Records(), place.wanted(keep=0)
    with running([sys.executable, "-c", "import time; time.sleep(60)"]) as stranger:
        records.put(Record(wanted=wanted, mark="x", since=0, pid=stranger.pid, born="long ago"))
        [record] = records.all()
        assert not record.alive
        assert kept() == []
        look_after(records, record)
        assert records.all() == []
        assert stranger.poll() is None


def test_a_lease_of_a_program_that_is_gone_is_void(place: Place) -> None:
    records = Records()
    records.folder.mkdir(parents=True)
    path = records.folder / "toy.1.lease"
    path.write_text(Lease(pid=os.getpid(), born="long ago").model_dump_json())
    assert records.leases("toy") == []
    assert not path.exists()


@posix
def test_all_of_a_script_is_stopped_even_what_it_put_in_the_background_or_will_not_end(tmp_path: Path) -> None:
    stubborn = "trap '' TERM; echo on; while true; do sleep 0.05; done"
    script = f"(exec sleep 60) & bash -c {shlex.quote(stubborn)} & wait"
    with running(["bash", "-c", script], env={**os.environ, MARK: "ours"}, stdout=subprocess.PIPE) as shell:
        assert shell.stdout and shell.stdout.readline() == b"on\n"
        members = [shell.pid, *(each.pid for each in psutil.Process(shell.pid).children(recursive=True))]
        assert len(members) >= 3
        shell.kill()  # its children are nobody's now, but for their mark
        shell.wait()
        assert end(shell.pid, "gone", "ours", grace=0.3)
    assert not any(born(pid) for pid in members)


# The user's commands


def test_status_tells_of_each_server_and_stop_stops_what_is_not_in_use(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    def told() -> str:
        return capsys.readouterr().out

    command.status()
    assert told().strip() == command.NOTHING
    wanted = place.wanted(keep=3600)
    ensure(wanted, silent)
    command.status()
    assert "Toy at http://127.0.0.1:" in (text := told())
    assert "not in use; stopped in 1 h" in text or "not in use; stopped in 59 min" in text
    assert str(Records().log(wanted.key)) in text
    with using(wanted):
        command.status()
        assert f"(process {os.getpid()}); stopped 1 h after that" in told()
        with pytest.raises(StoryforgeError, match=r"in use by .*keeper stop --force"):
            command.stop()
        assert place.up
    command.stop()
    assert "is stopped." in told()
    assert not place.up
    command.stop()
    assert told().strip() == command.NOTHING


def test_by_force_what_is_in_use_is_stopped_too(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    wanted = place.wanted(keep=math.inf)
    with using(wanted):
        ensure(wanted, silent)
        command.status()
        assert "stopped only by you after that" in capsys.readouterr().out
        command.stop(force=True)
        assert not place.up
    assert Records().all() == []


# When a server is due

seconds = st.floats(0, 1e6)
record = st.builds(
    lambda keep, patience: Record(
        wanted=Wanted(start="x", url="http://x", keep=keep, patience=patience), mark="", since=0
    ),
    seconds,
    st.floats(1, 1e4),
)
LEASE = Lease(pid=1, born="x")


@given(record, seconds, seconds)
def test_what_is_in_use_or_at_work_is_never_due(record: Record, used: float, now: float) -> None:
    for busy in (True, False, None):
        assert not due(record, used, [LEASE], busy, now)
        assert seconds_left(record, used, [LEASE], busy, now) is None
    assert not due(record, used, [], True, now)


@given(record, seconds, seconds)
def test_it_is_due_when_it_was_idle_as_long_as_it_is_kept(record: Record, used: float, idle: float) -> None:
    left = seconds_left(record, used, [], False, used + idle)
    assert left == pytest.approx(max(0, record.wanted.keep - idle), abs=1e-6)
    assert due(record, used, [], False, used + record.wanted.keep + 1)


@given(record, seconds)
def test_one_that_does_not_tell_gets_its_patience_on_top_and_no_more(record: Record, used: float) -> None:
    wanted = record.wanted
    assert not due(record, used, [], None, used + wanted.keep + wanted.patience - 0.5)
    assert due(record, used, [], None, used + wanted.keep + wanted.patience + 0.5)


@given(seconds, seconds)
def test_one_kept_for_ever_is_never_due(used: float, now: float) -> None:
    wanted = Wanted(start="x", url="http://x", keep=math.inf)
    for_ever = Record.model_validate_json(Record(wanted=wanted, mark="", since=0).model_dump_json())
    assert seconds_left(for_ever, used, [], False, now) == math.inf
    assert not due(for_ever, used, [], None, now)


# Durations


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1h", 3600),
        ("90m", 5400),
        ("30s", 30),
        ("1h30m", 5400),
        ("1h 30 min", 5400),
        ("0.5h", 1800),
        ("2d", 172800),
        ("90", 90),
        (0, 0),
        ("0", 0),
        (12.5, 12.5),
        ("Never", math.inf),
        (" 5 M ", 300),
    ],
)
def test_a_time_is_read_as_people_write_it(text: str | float, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "soon", "1x", "h", "-1h", "1h foo", "1.2.3s", -1, True, math.nan, math.inf, "9e9"]
)
def test_what_is_no_time_is_refused_with_examples(text: str | float) -> None:
    with pytest.raises(BadSettings, match="write such as 1h, 90m"):
        parse_duration(text)


@given(st.integers(0, 30 * 86_400))
def test_a_time_told_is_read_back_to_within_its_smaller_unit(seconds: int) -> None:
    back = parse_duration(in_words(seconds))
    assert back <= seconds
    assert seconds - back < (1 if seconds < 600 else 60 if seconds < 86_400 else 3600)


# The command line


@pytest.mark.parametrize(
    ("line", "windows", "words"),
    [
        ("a 'b c' \"d e\" f\\ g", False, ["a", "b c", "d e", "f g"]),
        (r'.\python_embeded\python.exe -s "C:\My Comfy\main.py"', True, [r".\python_embeded\python.exe", "-s"]),
        ("a #b", False, ["a", "#b"]),
        ("it's a", True, ["it's", "a"]),
    ],
)
def test_words_are_split_as_the_system_does(line: str, windows: bool, words: list[str]) -> None:
    found = split(line, windows)
    assert found[: len(words)] == words
    assert not windows or "C:" not in line or found[2] == r"C:\My Comfy\main.py"


@posix
def test_home_and_variables_are_filled_in_but_not_in_single_quotes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOY", "a b")
    found = parsed("CUDA_VISIBLE_DEVICES=1 X=$TOY sh ~/x \"$TOY/y\" $TOY/z '$TOY'", tmp_path)
    assert found.words[1:] == (str(Path("~/x").expanduser()), "a b/y", "a b/z", "$TOY")
    assert Path(found.words[0]).name == "sh"
    assert found.variables == {"CUDA_VISIBLE_DEVICES": "1", "X": "a b"}
    assert found.folder == tmp_path


@posix
def test_a_program_is_looked_for_from_the_folder_it_starts_in(tmp_path: Path) -> None:
    (tmp_path / "run.sh").write_text("#!/bin/sh\n")
    with pytest.raises(BadSettings, match=r"cannot be run as a program – write start: bash \./run.sh"):
        parsed("./run.sh", tmp_path)
    (tmp_path / "run.sh").chmod(0o755)
    assert Path(parsed("./run.sh --port 1", tmp_path).words[0]) == tmp_path / "run.sh"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("cd ComfyUI && python main.py", "needs a shell – write start: "),
        ("python main.py > log", "needs a shell"),
        ("source venv/bin/activate", "`folder` instead of using cd"),
        ("no-such-program --port 1", "there is no program 'no-such-program'"),
        ('python "main.py', "a quote that is not closed"),
        ("  ", "names no program"),
    ],
)
def test_a_line_that_cannot_be_run_is_refused_with_what_to_write(line: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match=told):
        parsed(line, tmp_path)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match=r"There is no folder .*ComfyUI to start the server in"):
        parsed("python main.py", tmp_path / "ComfyUI")


# Logs


@pytest.mark.parametrize(
    ("line", "helps"),
    [
        ("OSError: [Errno 98] error while attempting to bind: address already in use", "another program has its port"),
        ("[WinError 10048] Only one usage of each socket address is normally permitted", "another program has its"),
        ("AssertionError: Torch not compiled with CUDA enabled", "its PyTorch finds no graphics card"),
        ("RuntimeError: Found no NVIDIA driver on your system.", "its PyTorch finds no graphics card"),
        ("ModuleNotFoundError: No module named 'torch'", "the Python that was started lacks torch: start it by the"),
        ("python: can't open file '/x/main.py': [Errno 2] No such file or directory", "check the paths in the start"),
        ("bash: pyhton: command not found", "write the whole path of the program"),
        ("main.py: error: unrecognized arguments: --prot 8188", "it does not know an option"),
        ("all is well", ""),
    ],
)
def test_causes_that_a_log_tells_have_a_remedy(line: str, helps: str) -> None:
    assert remedy(["Traceback:", line]).startswith(helps)
    assert bool(remedy([line])) == bool(helps)


def test_the_end_of_a_log_is_told_as_a_terminal_would_show_it(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"".join(b"line %d\n" % n for n in range(30)) + b" 0%|\r50%|\r99%|\r\n\n\x1b[31mred\x1b[0m \xff")
    assert last_lines(path) == [*(f"line {n}" for n in range(12, 30)), "99%|", "red \ufffd"]
    assert last_lines(tmp_path / "none") == []


def test_logs_are_kept_once_and_never_grow_without_end(tmp_path: Path) -> None:
    path = tmp_path / "a.b-1.log"
    fresh(path).write_bytes(b"old")
    assert fresh(path).read_bytes() == b""
    assert (tmp_path / "a.b-1.1.log").read_bytes() == b"old"
    with path.open("ab") as server:
        server.write(b"x" * (17 * 2**20))
        server.flush()
        trim(path)
        server.write(b"more")
        server.flush()
        assert path.read_bytes() == b"more"
    trim(path)
    assert path.read_bytes() == b"more"

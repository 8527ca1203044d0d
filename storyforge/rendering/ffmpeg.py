"""The ffmpeg program: where it is, how a graph of the ffmpeg-python package is run, and what its complaints mean."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

import ffmpeg
import imageio_ffmpeg

from storyforge.errors import CannotWrite, EncodingFailed, Interrupted, StoryforgeError

if sys.platform == "linux":
    import fcntl

PIPE_BYTES = 1 << 20

PROGRAM_VARIABLE = "STORYFORGE_FFMPEG"

EXACT = {"fflags": "+bitexact", "flags:v": "+bitexact", "flags:a": "+bitexact"}
"""Output options: no dates and no version numbers in the file, so that the same input gives the same bytes."""

_INTERRUPTED = 255  # how ffmpeg ends on Ctrl-C, which a terminal sends to it as well as to us

_UNWRITABLE = {
    "No space left on device": "make room on the disk and run again; what was finished is kept",
    "Permission denied": "choose a folder that you may write to",
    "Read-only file system": "choose a folder that can be written to",
}


def program() -> str:
    """Path of ffmpeg: $STORYFORGE_FFMPEG, else the one that came with imageio-ffmpeg."""
    if chosen := os.environ.get(PROGRAM_VARIABLE):
        return chosen
    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        raise EncodingFailed("There is no ffmpeg for this machine", f"install it, or set {PROGRAM_VARIABLE}") from error


def address(path: Path) -> str:
    """The path as ffmpeg cannot misread it: a bare `a:b.mp4` or `-x.mp4` would be a protocol or an option."""
    return f"file:{path.absolute()}"


def command(graph: Any, loglevel: str = "error") -> list[str]:
    """The arguments that run this graph, the program first."""
    start = [program(), "-nostdin", "-hide_banner", "-nostats", "-loglevel", loglevel]
    arguments: list[str] = ffmpeg.compile(graph, cmd=start, overwrite_output=True)
    return arguments


def run(graph: Any, loglevel: str = "error") -> str:
    """Runs the graph to its end and returns what ffmpeg logged. Raises EncodingFailed or CannotWrite."""
    try:
        finished = subprocess.run(command(graph, loglevel), stdin=subprocess.DEVNULL, capture_output=True)
    except OSError as error:
        raise _no_program(error) from error
    log = finished.stderr.decode(errors="replace")
    if finished.returncode:
        raise failure(finished.returncode, log)
    return log


@contextmanager
def feeding(graph: Any, out: Path) -> Iterator[Callable[[Any], object]]:
    """ffmpeg at work on `pipe:0`; yields the function that feeds it bytes. `out` is whole afterwards, or gone."""
    # The log goes to a file: a pipe that nobody reads would stop ffmpeg once it is full.
    with TemporaryFile() as log:
        process = _start(graph, log)
        assert process.stdin is not None
        _widen(process.stdin)
        try:
            yield partial(_feed, process, process.stdin, log)
            with _its_own_words(process, log):
                process.stdin.close()
            _finish(process, log)
        except BaseException:
            _abandon(process, out)
            raise


def failure(code: int, log: str) -> StoryforgeError:
    """What a failed run means, in the last lines that ffmpeg had to say about it."""
    if code == _INTERRUPTED:
        return Interrupted("ffmpeg was stopped", "run again to go on: what is finished is kept")
    lines = [line.strip() for line in log.splitlines()]
    said = " | ".join([line for line in lines if line and not line.startswith(("Conversion failed", "Exiting"))][-3:])
    for sign, remedy in _UNWRITABLE.items():
        if sign in log:
            return CannotWrite(f"ffmpeg could not write: {said}", remedy)
    if "Unknown encoder" in log:
        return EncodingFailed(f"This ffmpeg lacks an encoder: {said}", f"set {PROGRAM_VARIABLE} to a full build")
    if code < 0:
        return EncodingFailed(f"ffmpeg was killed by signal {-code} {said}", "free some memory and run again")
    return EncodingFailed(f"ffmpeg failed: {said}", "run again; if it fails again, report these lines")


@cache
def encoders() -> tuple[str, ...]:
    """Names of all encoders that this ffmpeg has, sorted: aac, libx264 …"""
    try:
        listed = subprocess.run([program(), "-hide_banner", "-encoders"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise _no_program(error) from error
    _, _, table = listed.stdout.partition(" ------\n")
    return tuple(sorted(line.split()[1] for line in table.splitlines() if len(line.split()) > 1))


def _start(graph: Any, log: IO[bytes]) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(command(graph), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=log)
    except OSError as error:
        raise _no_program(error) from error


def _feed(process: subprocess.Popen[bytes], pipe: IO[bytes], log: IO[bytes], data: Any) -> None:
    with _its_own_words(process, log):
        pipe.write(data)


@contextmanager
def _its_own_words(process: subprocess.Popen[bytes], log: IO[bytes]) -> Iterator[None]:
    """A broken pipe says only that ffmpeg is gone; what it logged says why."""
    try:
        yield
    except OSError:
        with suppress(OSError):  # if it is not gone, it would wait for more
            if process.stdin:
                process.stdin.close()
        _finish(process, log)
        raise


def _finish(process: subprocess.Popen[bytes], log: IO[bytes]) -> None:
    """Waits for ffmpeg's end; raises what went wrong."""
    if process.wait():
        log.seek(0)
        raise failure(process.returncode, log.read().decode(errors="replace"))


def _widen(pipe: IO[bytes]) -> None:
    """A frame of 3 MB goes through Linux's usual pipe in 48 pieces, each with a switch of processes."""
    if sys.platform == "linux":
        with suppress(OSError):  # a limit of the system's; it goes without, only slower
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)


def _abandon(process: subprocess.Popen[bytes], out: Path) -> None:
    process.kill()
    process.wait()
    with suppress(OSError):  # bytes that still wait have nowhere to go
        if process.stdin:
            process.stdin.close()
    out.unlink(missing_ok=True)


def _no_program(error: Exception) -> EncodingFailed:
    return EncodingFailed(f"ffmpeg does not start: {error}", f"set {PROGRAM_VARIABLE} to the program, or unset it")

"""One file on its way from the voice server: what has come stays in a `.part` file, however often the way breaks."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from storyforge.errors import BackendFailed
from storyforge.files import cannot_write, flush
from storyforge.narration.piper_list import ListedFile
from storyforge.narration.voice_server import ELSEWHERE, VoiceServer
from storyforge.web.failures import NoAnswer, NobodyThere
from storyforge.web.trouble import broke, timed_out

Seen = Callable[[int], None]
"""Told how many bytes are here."""


class NotAsListed(BackendFailed):
    """What the server sends is not what its list promises."""


class _WrongLengthError(Exception):
    pass


def fetched(server: VoiceServer, file: ListedFile, path: Path, seen: Seen) -> Path:
    """The part file of `path`, whole and with the right sum; what is wrong is fetched anew once.

    NotAsListed; NoAnswer and CannotWrite, after which what has come is kept, and gone on from next time.
    """
    part = part_of(path, file)
    for _ in range(2):
        try:
            _Fetch(server, file, part, seen).run()
            if (md5 := md5_of(part)) == file.md5:
                with cannot_write(path):
                    flush(part)
                return part
            cause = f"its md5 is {md5}, not {file.md5}"
        except _WrongLengthError as error:
            cause = str(error)
        with cannot_write(part):
            part.unlink(missing_ok=True)
    raise NotAsListed(f"{path.name} from {server.name} is not what its list promises: {cause}", ELSEWHERE)


def part_of(path: Path, file: ListedFile) -> Path:
    """Named after its sum too: a part of what the server had last year is of no use."""
    return path.with_name(f"{path.name}.{file.md5[:8]}.part")


def md5_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def size_of(path: Path) -> int:
    """In bytes; 0 if it is not there."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


class _Fetch:
    """`ranges`: whether the server is taken to send a file from a byte on, as far as it has shown."""

    def __init__(self, server: VoiceServer, file: ListedFile, part: Path, seen: Seen) -> None:
        self.server, self.file, self.part, self.seen = server, file, part, seen
        self.ranges = True

    def run(self) -> None:
        """Asks until all is there, or nothing comes any more."""
        fruitless = 0
        while (before := size_of(self.part)) < self.file.size:
            error = self._more()
            if (here := size_of(self.part)) == self.file.size:
                return
            fruitless = 0 if self.ranges and here > before else fruitless + 1
            if error and not _may_pass(self.server, error):
                raise self.server.lost(error) from error
            if fruitless > len(self.server.pauses):
                raise self._given_up(error) from error
            time.sleep(self.server.pauses[fruitless - 1] if fruitless else 0)

    def _more(self) -> requests.RequestException | None:
        """Asks once for what is missing, and tells what broke, if something did."""
        start = size_of(self.part) if self.ranges else 0
        try:
            with self.server.open(self.file.path, start) as response:
                if response.status_code == 200:
                    self.ranges = self.ranges and not start
                    self._take(response, 0)
                elif self._goes_on(response, start):
                    self._take(response, start)
        except requests.RequestException as error:
            return error
        return None

    def _goes_on(self, response: requests.Response, start: int) -> bool:
        """Whether it is the bytes from `start` on. If not, the file is asked for as a whole from now on."""
        told = response.headers.get("Content-Range", "")
        if not start:
            status = response.status_code
            raise NoAnswer(f"{self.server.name} answers {status} to the question for a whole file", ELSEWHERE)
        fits = re.fullmatch(rf"bytes {start}-\d+/({self.file.size}|\*)", told)
        self.ranges = response.status_code == 206 and fits is not None
        return self.ranges

    def _take(self, response: requests.Response, start: int) -> None:
        pieces, here = self.server.pieces(response, self.file.path), start
        first = next(pieces, b"")
        if not start:
            self._check_length(response)
        with _writing(self.part, "ab" if start else "wb") as write:
            while first:
                here += len(first)
                if here > self.file.size:
                    raise _WrongLengthError(f"it has more than {self.file.size} bytes")
                write(first)
                self.seen(here)
                first = next(pieces, b"")

    def _check_length(self, response: requests.Response) -> None:
        """Sooner than after an hour, if what is announced cannot be it."""
        length = response.headers.get("Content-Length", "")
        packed = "Content-Encoding" in response.headers
        if length.isdecimal() and int(length) != self.file.size and not packed:
            raise _WrongLengthError(f"it has {length} bytes, not {self.file.size}")

    def _given_up(self, error: requests.RequestException | None) -> NoAnswer:
        if error and not broke(error):
            return self.server.lost(error)
        here, size = size_of(self.part) / 1e6, self.file.size / 1e6
        return NoAnswer(
            f"The connection to {self.server.name} breaks again and again, at {here:.1f} of {size:.1f} MB",
            "run the same later: it goes on from there",
        )


@contextmanager
def _writing(path: Path, mode: str) -> Iterator[Callable[[bytes], None]]:
    """Only what the disk says is CannotWrite: the errors of requests are OSErrors too."""
    with cannot_write(path):
        file = path.open(mode)

    def write(data: bytes) -> None:
        with cannot_write(path):
            file.write(data)

    try:
        yield write
    finally:
        with cannot_write(path):
            file.close()


def _may_pass(server: VoiceServer, error: requests.RequestException) -> bool:
    """Whether it is worth asking again: the connection broke, or the server is being restarted."""
    return broke(error) or timed_out(error) or isinstance(server.lost(error), NobodyThere)

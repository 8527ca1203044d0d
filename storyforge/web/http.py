"""One question to a server, one answer, from many threads.

Between a user and the server there may be a proxy, a login, a tunnel, or another program on its port: their web pages
and errors are told as what they are.
"""

from __future__ import annotations

import queue
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests

from storyforge.web.address import Address
from storyforge.web.answer import Answer
from storyforge.web.failures import TooLarge
from storyforge.web.program import Program
from storyforge.web.session import session_with
from storyforge.web.trouble import lost, stands_between, timed_out

_MEGABYTE = 2**20


class Http:
    """A session is used by one thread at a time, and kept for the next."""

    def __init__(
        self, address: Address, program: Program, *, connect: float, read: float, limit: int = 100 * _MEGABYTE
    ) -> None:
        """`connect`: seconds until a connection stands; `limit`: bytes that an answer may have."""
        self.address, self.program = address, program
        self.read = read
        """Seconds to wait for the next byte, where a question does not say otherwise."""
        self.asked = 0
        """Questions so far, for those who count."""
        self._connect, self._limit = connect, limit
        self._idle: queue.LifoQueue[requests.Session] = queue.LifoQueue()

    def ask(
        self, method: str, path: str, *, read: float = 0, limit: int = 0, unsifted: bool = False, **more: Any
    ) -> Answer:
        """The answer, of whatever status the program itself gives. NoAnswer. `more`: as `requests.request` takes it.

        A GET whose connection broke is asked once more. `unsifted`: whoever asks looks himself whether it is the
        program's answer, or that of something in front of it.
        """
        read, limit = read or self.read, limit or self._limit
        try:
            return self._asked(method, path, read, limit, unsifted, more)
        except requests.RequestException as error:
            if method != "GET" or timed_out(error):
                raise lost(error, self.program, self.address.name, read) from error
        self.close()  # they may be connections from before the server was restarted
        try:
            return self._asked(method, path, read, limit, unsifted, more)
        except requests.RequestException as error:
            raise lost(error, self.program, self.address.name, read) from error

    def close(self) -> None:
        """Closes the connections that nobody uses at the moment."""
        while True:
            try:
                self._idle.get_nowait().close()
            except queue.Empty:
                return

    def check(self, response: requests.Response) -> None:
        """Raises for what no such program says, but something in front of it."""
        if wrong := stands_between(response.status_code, response.headers, self.program, self.address.name):
            raise wrong

    def _asked(self, method: str, path: str, read: float, limit: int, unsifted: bool, more: dict[str, Any]) -> Answer:
        with self._session() as session:
            self.asked += 1
            url, headers = f"{self.address.url}/{path}", self.address.headers()
            with session.request(
                method, url, headers=headers, timeout=(self._connect, read), allow_redirects=False, stream=True, **more
            ) as response:
                body = b"".join(self._limited(response, limit))
        if not unsifted:
            self.check(response)
        return Answer(response.status_code, body, self.address.name, self.program, response.headers)

    def _limited(self, response: requests.Response, limit: int) -> Iterator[bytes]:
        got = 0
        for part in response.iter_content(_MEGABYTE):
            got += len(part)
            if got > limit:
                raise TooLarge(
                    f"What answers at {self.address.name} sends more than {limit // _MEGABYTE} MB", "check what it is"
                )
            yield part

    @contextmanager
    def _session(self) -> Iterator[requests.Session]:
        try:
            session = self._idle.get_nowait()
        except queue.Empty:
            session = session_with(self.address)
        try:
            yield session
        except BaseException:  # what state its connection is in, nobody knows
            session.close()
            raise
        self._idle.put(session)

"""One question to a server, one answer. That an answer is what it should be is never taken for granted.

Between a user and ComfyUI there may be a proxy, a login, a tunnel, or another program on its port: their web pages and
errors are told as what they are.
"""

from __future__ import annotations

import json
import queue
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests

from storyforge.illustration.comfyui.address import Address
from storyforge.illustration.comfyui.failures import NoAnswer, NobodyThere, Refused

CONNECT = 2.0  # seconds
READ = 10.0  # seconds without a byte; a frozen server keeps its connections open, in silence
_MEGABYTE = 2**20
_LIMIT = 100 * _MEGABYTE  # all descriptions of a server full of custom nodes are some ten megabytes

_START = "start ComfyUI, or check the address"
_LOGIN = "give what it asks for, as in headers: {Authorization: 'Bearer ${COMFY_TOKEN}'}"
_IN_BETWEEN = {
    401: ("it wants a login", _LOGIN),
    403: ("it lets nobody through", _LOGIN),
    407: ("a proxy wants a login", "check the proxy that this machine is set up with (HTTP_PROXY, NO_PROXY)"),
    429: ("it lets no more requests through", "wait a little"),
    502: ("a proxy answers, and finds no ComfyUI behind it", "start ComfyUI"),
    503: ("a proxy answers, and finds no ComfyUI behind it", "start ComfyUI, or wait until it has started"),
    504: ("a proxy answers, and ComfyUI behind it does not", "restart ComfyUI"),
}


class TooLarge(NoAnswer):
    """More came than anything asked for can be."""


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    name: str
    """The server's, for messages."""

    @property
    def good(self) -> bool:
        return 200 <= self.status < 300

    def data(self) -> Any:
        """The JSON it holds. NoAnswer if it holds something else."""
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise NoAnswer(f"What answers at {self.name} is not ComfyUI: it sends {self.excerpt()}", _START) from error

    def excerpt(self) -> str:
        text = " ".join(self.body[:2000].decode("utf-8", "replace").split())
        if text.startswith("<"):
            return "a web page"
        return f"“{text[:100]}”" if text else "nothing"


class Http:
    """Questions to one server, from many threads: a session is used by one at a time, and kept for the next."""

    def __init__(self, address: Address, read: float = READ) -> None:
        self.address = address
        self.read = read
        """Seconds to wait for the next byte, where a question does not say otherwise."""
        self.asked = 0
        """Questions so far, for those who count."""
        self._idle: queue.LifoQueue[requests.Session] = queue.LifoQueue()

    def ask(self, method: str, path: str, *, read: float = 0, limit: int = _LIMIT, **more: Any) -> Answer:
        """The answer, of whatever status ComfyUI itself gives. NoAnswer; Refused if what was sent is too large."""
        read = read or self.read
        try:
            return self._asked(method, path, read, limit, more)
        except requests.RequestException as error:
            if method != "GET" or _timed_out(error):
                raise self._lost(error, read) from error
        self.close()  # they may be connections from before the server was restarted
        try:
            return self._asked(method, path, read, limit, more)
        except requests.RequestException as error:
            raise self._lost(error, read) from error

    def close(self) -> None:
        """Closes the connections that nobody uses at the moment."""
        while True:
            try:
                self._idle.get_nowait().close()
            except queue.Empty:
                return

    def _asked(self, method: str, path: str, read: float, limit: int, more: dict[str, Any]) -> Answer:
        with self._session() as session:
            self.asked += 1
            url, headers = f"{self.address.url}/{path}", self.address.headers()
            with session.request(
                method, url, headers=headers, timeout=(CONNECT, read), allow_redirects=False, stream=True, **more
            ) as response:
                body = b"".join(self._limited(response, limit))
        self._check(response)
        return Answer(response.status_code, body, self.address.name)

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
            session = self._fresh()
        try:
            yield session
        except BaseException:  # what state its connection is in, nobody knows
            session.close()
            raise
        self._idle.put(session)

    def _fresh(self) -> requests.Session:
        session = requests.Session()
        session.trust_env = not self.address.loopback  # a proxy cannot reach this machine's own addresses
        session.auth = _untouched  # else an entry of .netrc would take the place of the user's own header
        return session

    def _lost(self, error: requests.RequestException, read: float) -> NoAnswer:
        name = self.address.name
        if isinstance(error, requests.exceptions.SSLError):
            return NoAnswer(
                f"The connection to {name} cannot be made safe",
                "if it has no certificate, write http://; if it has one of its own, name that in REQUESTS_CA_BUNDLE",
            )
        if isinstance(error, requests.exceptions.ProxyError):
            return NoAnswer(f"The proxy on the way to {name} does not let one through", _IN_BETWEEN[407][1])
        if isinstance(error, requests.ConnectTimeout):
            return NoAnswer(f"ComfyUI at {name} cannot be reached", "check the address, and that the machine is on")
        if _timed_out(error):
            return NoAnswer(
                f"ComfyUI at {name} has been silent for {read:g} seconds, it may be frozen",
                "look at its window, and restart it",
            )
        lost = NobodyThere if _nobody_listens(error) else NoAnswer
        return lost(f"ComfyUI at {name} does not answer", _START)

    def _check(self, response: requests.Response) -> None:
        """Raises for what no ComfyUI says, but something in front of it."""
        name, status = self.address.name, response.status_code
        if status == 413:
            raise Refused(
                f"The server at {name} takes no upload of this size",
                "start ComfyUI with --max-upload-size, or raise the limit of the proxy in front of it",
            )
        if status in _IN_BETWEEN:
            cause, remedy = _IN_BETWEEN[status]
            raise NoAnswer(f"The server at {name} answers {status}: {cause}", remedy)
        if response.is_redirect:  # followed, a POST would arrive as a GET
            to = urlsplit(response.headers["Location"])
            there = f"{to.scheme}://{to.hostname}{to.path}" if to.hostname else to.path
            raise NoAnswer(f"The server at {name} sends one on to {there}", "give the address it names, or log in")


def _nobody_listens(error: BaseException | None) -> bool:
    """Whether the machine itself refused: urllib3 and requests wrap that three times."""
    while error is not None and not isinstance(error, ConnectionRefusedError):
        error = error.__cause__ or error.__context__
    return error is not None


def _untouched(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _timed_out(error: requests.RequestException) -> bool:
    """Also in the midst of an answer, where requests calls it a lost connection."""
    return isinstance(error, requests.Timeout) or "timed out" in str(error)

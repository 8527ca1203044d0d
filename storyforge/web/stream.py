"""One question whose answer comes in pieces, perhaps after minutes of silence, and may be broken off at any moment.

The answer is read on a thread of its own, so that whoever waits for it is asked a few times a second whether to go on.
"""

from __future__ import annotations

import queue
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import DecodeError, ProtocolError, ReadTimeoutError, SSLError

from storyforge.web.address import Address
from storyforge.web.session import session_with

BEAT = 0.3  # seconds between two looks at whether to go on
_AT_ONCE = 65536  # bytes of a piece, at most
_WAITING = 64  # pieces that may lie unread before the server has to wait
_RESET = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
"""Closes without ceremony: a server with more to send than fits on the way would not notice anything else."""
_GRACE = 2.0  # seconds that the reader gets to end; while a connection is being made it cannot be stopped


@dataclass(frozen=True)
class Head:
    status: int
    headers: Mapping[str, str]


class Stream:
    """Use as a context manager, from one thread: whatever leaves it closes the connection, which a server notices.

    `silence`: seconds without a byte until it is given up, with the `requests` exception of a timeout.
    """

    def __init__(self, address: Address, path: str, body: Any, *, connect: float, silence: float) -> None:
        self._url, self._body = f"{address.url}/{path}", body
        # Kept open, a connection would be found dead after a long pause; opening one costs nothing beside an answer.
        self._headers = {**address.headers(), "Accept-Encoding": "identity", "Connection": "close"}
        self._timeout = (connect, silence)
        self._session = session_with(address)
        self._wires = _Wires()
        self._session.mount("http://", self._wires)
        self._session.mount("https://", self._wires)
        self._queue: queue.Queue[Head | bytes | Exception | None] = queue.Queue(_WAITING)
        self._thread = threading.Thread(target=self._read, name="reader", daemon=True)

    def __enter__(self) -> Stream:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._wires.cut()
        until = time.monotonic() + _GRACE
        while self._thread.is_alive() and time.monotonic() < until:
            with suppress(queue.Empty):  # a reader with more than it can put down would never end
                self._queue.get(timeout=0.01)
        self._session.close()

    def head(self, beat: Callable[[], None]) -> Head:
        """Waits for the status, calling `beat` meanwhile. Raises what it raises, or requests.RequestException."""
        while True:
            beat()
            found = self._next()
            if isinstance(found, Head):
                return found

    def pieces(self) -> Iterator[bytes]:
        """The body as it comes; b"" where nothing came for a moment. requests.RequestException if it breaks off."""
        while (piece := self._next()) is not None:
            yield piece if isinstance(piece, bytes) else b""

    def _next(self) -> Head | bytes | None:
        try:
            found = self._queue.get(timeout=BEAT)
        except queue.Empty:
            return b""
        if isinstance(found, Exception):
            raise found
        return found

    def _read(self) -> None:
        try:
            with self._session.post(
                self._url,
                json=self._body,
                headers=self._headers,
                timeout=self._timeout,
                allow_redirects=False,
                stream=True,
            ) as response:
                self._queue.put(Head(response.status_code, response.headers))
                while piece := _piece(response):
                    self._queue.put(piece)
        except Exception as error:
            self._queue.put(error)
        else:
            self._queue.put(None)


def _piece(response: requests.Response) -> bytes:
    """What has come by now, at least a byte; b"" at the end. What fails is told as `requests` tells it.

    `iter_content` would wait for the end of a chunk however long that is, and where neither chunks nor a length are
    told, for as much as it is to give at once.
    """
    left = response.raw.length_remaining  # before Python 3.12 read1 does not heed it
    try:
        return bytes(response.raw.read1(_AT_ONCE if left is None else min(_AT_ONCE, max(1, left)), decode_content=True))
    except ProtocolError as error:
        raise requests.exceptions.ChunkedEncodingError(error) from error
    except DecodeError as error:
        raise requests.exceptions.ContentDecodingError(error) from error
    except ReadTimeoutError as error:
        raise requests.ConnectionError(error) from error
    except SSLError as error:
        raise requests.exceptions.SSLError(error) from error


class _Wires(HTTPAdapter):
    """Knows the sockets of its connections: only a shut socket wakes the thread that waits for its next byte."""

    def __init__(self) -> None:
        super().__init__()
        self._lock, self._sockets, self._over = threading.Lock(), list[socket.socket](), False

    def get_connection_with_tls_context(self, *args: Any, **more: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*args, **more)
        plain, wires = pool.ConnectionCls, self

        def connect(connection: Any) -> None:
            plain.connect(connection)
            wires._note(connection.sock)

        pool.ConnectionCls = type(plain.__name__, (plain,), {"connect": connect})
        return pool

    def cut(self) -> None:
        with self._lock:
            self._over = True
            for wire in self._sockets:
                with suppress(OSError):  # it may be closed already
                    wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                    socket.socket.shutdown(wire, socket.SHUT_RDWR)  # past TLS, which would change what is being read

    def _note(self, wire: socket.socket) -> None:
        with self._lock:
            if self._over:
                raise ConnectionAbortedError("given up meanwhile")
            self._sockets.append(wire)

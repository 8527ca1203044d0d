"""What a server tells while it works: its websocket, a fresh one for each job.

Everything works without it: what it tells is news early, never the truth. Two sockets under one name end with one of
them open and deaf for good, so each goes by a name of its own, also when it has to be opened again; then it hears
only what everybody is told (that the queue moved).
"""

from __future__ import annotations

import json
import struct
import time
import uuid
from dataclasses import dataclass
from typing import Any

import websocket

from storyforge.illustration.comfyui.address import Address
from storyforge.illustration.comfyui.http import CONNECT

_PREVIEW, _PREVIEW_WITH_IDS = 1, 4  # kinds of binary frames (protocol.py of ComfyUI)
_AGAIN = 1.0  # seconds until a lost socket is opened anew; doubled each time
_REFUSED = 120.0  # seconds in which no job tries again, where the way swallows websockets: each try costs CONNECT
_WISHES = json.dumps({"type": "feature_flags", "data": {"supports_preview_metadata": True}})


@dataclass(frozen=True)
class Event:
    kind: str
    """ComfyUI's own ('executing', 'progress', 'logs' …), or 'picture' for a binary frame with one in it."""
    data: dict[str, Any]
    picture: bytes = b""


class Doorway:
    """What all sockets of one server know of the way there."""

    def __init__(self) -> None:
        self._closed_until = 0.0

    @property
    def open(self) -> bool:
        return time.monotonic() >= self._closed_until

    def swallows(self) -> None:
        """No answer came to a socket: a proxy on the way may not know what they are."""
        self._closed_until = time.monotonic() + _REFUSED


class Events:
    """A socket that is opened when it can be. `client` is the name under which jobs have to be sent to hear of them."""

    def __init__(self, address: Address, doorway: Doorway) -> None:
        self.client = ""
        self.drops = 0
        """How often it was lost."""
        self._address, self._doorway = address, doorway
        self._socket: websocket.WebSocket | None = None
        self._open_at, self._pause = 0.0, _AGAIN
        self._open()

    def __enter__(self) -> Events:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    @property
    def listening(self) -> bool:
        return self._socket is not None

    def next(self, timeout: float) -> Event | None:
        """The next event within `timeout` seconds. None if there is none, or it is of no use."""
        if self._socket is None and not (time.monotonic() >= self._open_at and self._open()):
            time.sleep(timeout)
            return None
        assert self._socket is not None
        try:
            self._socket.settimeout(max(timeout, 0.001))  # 0 would be: do not wait for the rest of a frame
            opcode, data = self._socket.recv_data()
        except websocket.WebSocketTimeoutException:
            return None
        except (websocket.WebSocketException, OSError, ValueError):
            opcode, data = websocket.ABNF.OPCODE_CLOSE, b""
        if opcode == websocket.ABNF.OPCODE_CLOSE:
            self._lost()
            return None
        return _spoken(data) if opcode == websocket.ABNF.OPCODE_TEXT else _shown(data)

    def _open(self) -> bool:
        if not self._doorway.open:
            self._open_at = time.monotonic() + _AGAIN
            return False
        client = uuid.uuid4().hex
        try:
            self._socket = websocket.create_connection(
                self._address.socket(client),
                timeout=CONNECT,
                header=[f"{name}: {value}" for name, value in self._address.headers().items()],
                suppress_origin=True,  # behind a tunnel it would be a foreign one, and refused
                http_no_proxy=["*"] if self._address.loopback else None,
                redirect_limit=0,
                skip_utf8_validation=True,
            )
            self._socket.send(_WISHES)
        except websocket.WebSocketBadStatusException:
            self._open_at = float("inf")  # a proxy that lets no websocket through will not do so later
        except (websocket.WebSocketTimeoutException, TimeoutError):
            if not self.drops:  # a moment ago the server answered other questions
                self._doorway.swallows()
            self._lost()
        except (websocket.WebSocketException, OSError, ValueError):
            self._lost()
        else:
            self.client = client
        return self._socket is not None

    def _lost(self) -> None:
        self._close()
        self.drops += 1
        self._open_at, self._pause = time.monotonic() + self._pause, 2 * self._pause

    def _close(self) -> None:
        if self._socket is not None:
            self._socket.shutdown()  # close() would wait for the server's word
            self._socket = None


def _spoken(data: bytes) -> Event | None:
    try:
        told = json.loads(data)
    except ValueError:
        return None
    if not isinstance(told, dict) or not isinstance(told.get("data"), dict):
        return None
    return Event(str(told.get("type")), told["data"])


def _shown(frame: bytes) -> Event | None:
    """Of a binary frame: 4 bytes say its kind, then 4 bytes the image's format, or the length of JSON with ids."""
    if len(frame) < 8:
        return None
    kind, number = struct.unpack(">II", frame[:8])
    if kind == _PREVIEW:
        return Event("picture", {}, frame[8:])
    if kind != _PREVIEW_WITH_IDS:
        return None
    told = _spoken(b'{"data":' + frame[8 : 8 + number] + b"}")
    return Event("picture", told.data, frame[8 + number :]) if told else None

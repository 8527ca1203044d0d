"""Websockets of clients, with ComfyUI's habits: a second socket of the same client takes over, and goes deaf with the
first one's end; a client that comes back is told the running node without its job."""

from __future__ import annotations

import asyncio
import json
import struct
import uuid
from contextlib import suppress
from datetime import datetime
from typing import Any

from aiohttp import WSMsgType, web


class Sockets:
    """`open`: client id -> its socket. `running_client`, `running_node`: whose job runs, and where it is."""

    def __init__(self, features: dict[str, Any]) -> None:
        self.open: dict[str, web.WebSocketResponse] = {}
        self.flags: dict[str, dict[str, Any]] = {}
        self.log_readers: set[str] = set()
        self.running_client: str | None = None
        self.running_node: str | None = None
        self._features = features

    async def serve(self, request: web.Request, remaining: int) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(max_msg_size=0)
        await socket.prepare(request)
        client = request.query.get("clientId") or uuid.uuid4().hex
        self.open[client], self.flags[client] = socket, {}
        try:
            await self.send("status", {"status": _remaining(remaining), "sid": client}, client)
            if self.running_client == client and self.running_node is not None:
                await self.send("executing", {"node": self.running_node}, client)
            await self._listen(socket, client)
        finally:  # also if a newer socket has the id by now: that one hears nothing more
            self.open.pop(client, None)
            self.flags.pop(client, None)
            self.log_readers.discard(client)
        return socket

    async def _listen(self, socket: web.WebSocketResponse, client: str) -> None:
        first = True
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                continue
            said = json.loads(message.data)
            if first and said.get("type") == "feature_flags":
                self.flags[client] = said.get("data", {})
                await self.send("feature_flags", self._features, client)
            first = False

    async def send(self, event: str, data: dict[str, Any], client: str | None = None) -> None:
        """To one client, or to all."""
        text = json.dumps({"type": event, "data": data})
        for each in [client] if client is not None else list(self.open):
            if (socket := self.open.get(each)) is not None:
                await _quietly(socket.send_str(text))

    async def status(self, remaining: int) -> None:
        await self.send("status", {"status": _remaining(remaining)})

    async def preview(self, jpeg: bytes, client: str | None, about: dict[str, Any]) -> None:
        """Event 4 with `about` to those who said that they understand it, else event 1 without a word about the job."""
        for each in [client] if client is not None else list(self.open):
            if (socket := self.open.get(each)) is None:
                continue
            if self.flags[each].get("supports_preview_metadata"):
                told = json.dumps({**about, "image_type": "image/jpeg"}).encode()
                frame = struct.pack(">II", 4, len(told)) + told + jpeg
            else:
                frame = struct.pack(">II", 1, 1) + jpeg
            await _quietly(socket.send_bytes(frame))

    async def picture(self, png: bytes, client: str | None) -> None:
        """What SaveImageWebsocket sends: it looks like a preview, but for being PNG."""
        for each in [client] if client is not None else list(self.open):
            if (socket := self.open.get(each)) is not None:
                await _quietly(socket.send_bytes(struct.pack(">II", 1, 2) + png))

    async def log(self, *lines: str) -> None:
        now = datetime.now().isoformat()
        data = {"entries": [{"t": now, "m": f"{line}\n"} for line in lines], "size": {"cols": 80, "rows": 24}}
        for client in list(self.log_readers):
            await self.send("logs", data, client)


def _remaining(count: int) -> dict[str, Any]:
    return {"exec_info": {"queue_remaining": count}}


async def _quietly(sending: Any) -> None:
    """A client that is gone is no concern of the worker; one that does not read must not hold it up."""
    with suppress(ConnectionError, TimeoutError, RuntimeError):
        await asyncio.wait_for(sending, 5)

"""A server of Piper voices for tests: the layout of the real one, on one port of this machine, with failures on order.

with FakeVoices() as server:
    server.add(make_voice(folder))
    server.failures = [cut(40_000), None]
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from aiohttp import web

from tests.fakes.on_a_thread import OnAThread

CARD = (
    "# Model card for {name}\n\n* Language: English\n\n## Dataset\n\n* URL: http://localhost/\n* License: CC BY 4.0\n"
)
PAGE = b"<!DOCTYPE html><html><body>Please log in to the network of the Grand Hotel</body></html>"

Failing = Callable[[web.Request, bytes], Awaitable[web.StreamResponse]]
"""Answers in place of the server, of which it gets what was asked and the file that is meant."""


class FakeVoices(OnAThread):
    """`failures`: the next question for a file takes the first (None: all goes well). `asked`: (path, Range) of each.

    `ranges`: whether it sends files from a byte on. `listing`: what voices.json holds; `page`: bytes in its place.
    """

    def __init__(self) -> None:
        super().__init__()
        self.files: dict[str, bytes] = {}
        self.listing: dict[str, Any] = {}
        self.page: bytes | None = None
        self.ranges = True
        self.failures: list[Failing | None] = []
        self.asked: list[tuple[str, str]] = []

    def add(self, path: Path, **changes: Any) -> None:
        """Serves the voice whose .onnx lies at `path`; `changes`: fields of its entry in the list."""
        name = path.stem
        language, speaker, quality = name.split("-")
        place = f"{language[:2]}/{language}/{speaker}/{quality}"
        config = path.with_name(f"{path.name}.json").read_bytes()
        files = {
            f"{place}/{name}.onnx": path.read_bytes(),
            f"{place}/{name}.onnx.json": config,
            f"{place}/MODEL_CARD": CARD.format(name=name).encode(),
        }
        self.files.update(files)
        self.listing[name] = {
            "key": name,
            "name": speaker,
            "language": {"code": language, "name_english": "English", "country_english": "Great Britain"},
            "quality": quality,
            "num_speakers": json.loads(config)["num_speakers"],
            "speaker_id_map": {},
            "files": {path: {"size_bytes": len(data), "md5_digest": md5(data)} for path, data in files.items()},
            "aliases": [],
            **changes,
        }

    def ranges_of(self, ending: str) -> list[str]:
        """What of a file was asked for, each time: '' is all of it."""
        return [told for path, told in self.asked if path.endswith(ending)]

    def _app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/elsewhere/{path:.*}", self._file)
        app.router.add_get("/{path:.*}", self._answer)
        return app

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["path"] == "voices.json":
            self.asked.append(("voices.json", ""))
            return web.Response(body=json.dumps(self.listing).encode() if self.page is None else self.page)
        return await self._file(request)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        path, told = unquote(request.match_info["path"]), request.headers.get("Range", "")
        self.asked.append((path, told))
        data = self.files.get(path)
        if data is None:
            return web.Response(status=404, text="Entry not found")
        failing = self.failures.pop(0) if self.failures else None
        if failing:
            return await failing(request, data)
        if told and self.ranges:
            return part_of(data, int(told.removeprefix("bytes=").removesuffix("-")))
        return web.Response(body=data)


def part_of(data: bytes, start: int) -> web.Response:
    if start >= len(data):
        return web.Response(status=416, headers={"Content-Range": f"bytes */{len(data)}"})
    told = f"bytes {start}-{len(data) - 1}/{len(data)}"
    return web.Response(status=206, body=data[start:], headers={"Content-Range": told})


def md5(data: bytes) -> str:
    return hashlib.md5(data).hexdigest()


# ---- what can go wrong


def cut(count: int, wait: float = 0) -> Failing:
    """The connection is lost after `count` bytes more than were there already, and `wait` seconds."""

    async def failing(request: web.Request, data: bytes) -> web.StreamResponse:
        told = request.headers.get("Range", "")
        start = int(told.removeprefix("bytes=").removesuffix("-")) if told else 0
        answer = web.StreamResponse(status=206 if told else 200)
        answer.content_length = len(data) - start
        if told:
            answer.headers["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
        await answer.prepare(request)
        await answer.write(data[start : start + count])
        await asyncio.sleep(wait or 0.05)  # what was written goes out first
        if request.transport is not None:
            request.transport.abort()
        return answer

    return failing


def answering(status: int = 200, body: bytes = PAGE, **headers: str) -> Failing:
    """Another answer than the file."""

    async def failing(request: web.Request, data: bytes) -> web.StreamResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(status=status, body=body, headers=named)

    return failing


def changed(byte: int = 100) -> Failing:
    """One byte is another."""

    async def failing(request: web.Request, data: bytes) -> web.StreamResponse:
        return web.Response(body=data[:byte] + bytes([data[byte] ^ 1]) + data[byte + 1 :])

    return failing


def slowly(pieces: int = 8) -> Failing:
    """Comes in pieces, without its length."""

    async def failing(request: web.Request, data: bytes) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        step = len(data) // pieces + 1
        for start in range(0, len(data), step):
            await answer.write(data[start : start + step])
            await asyncio.sleep(0.01)
        return answer

    return failing


def silent(seconds: float) -> Failing:
    async def failing(request: web.Request, data: bytes) -> web.StreamResponse:
        await asyncio.sleep(seconds)
        return web.Response(body=data)

    return failing

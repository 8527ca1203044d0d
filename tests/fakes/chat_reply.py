"""How an answer goes over the wire: at once or piece by piece, and what goes wrong on the way."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol, TypeVar

from aiohttp import web

from tests.fakes.chat_answer import Answer, parted, pieces
from tests.fakes.chat_asked import Asked, Body
from tests.fakes.chat_fail import ChatFail
from tests.fakes.chat_wire import Wire

if TYPE_CHECKING:
    from tests.fakes.chat import FakeChat

T = TypeVar("T")
PAGE = (
    "<html>\r\n<head><title>{0}</title></head>\r\n<body>\r\n<center><h1>{0}</h1></center>\r\n<hr><center>nginx</center>"
)


class Words(Protocol):
    """One protocol's way to put an answer; `kind` is the type of a stream's content."""

    streams: bool
    kind: str
    garbage: bytes
    ping: bytes

    def opening(self) -> bytes: ...
    def piece(self, text: str) -> bytes: ...
    def thought(self, text: str) -> bytes: ...
    def closing(self, answer: Answer) -> bytes: ...
    def whole(self, answer: Answer) -> Body: ...
    def error(self, status: int, message: str) -> Body: ...
    def error_midway(self, message: str) -> bytes: ...
    def loading(self) -> Body: ...


async def reply(
    fake: FakeChat, request: web.Request, asked: Asked, words: Words, limit: int | None
) -> web.StreamResponse:
    """The answer, of at most `limit` tokens, or what goes wrong with it in its turn."""
    fake.asked.append(asked)
    if time.monotonic() < fake.ready_at:
        return web.json_response(words.loading(), status=HTTPStatus.SERVICE_UNAVAILABLE)
    fail = fake.next_failure()
    if (refusal := _refusal(fake, fail, asked, words)) is not None:
        return refusal
    try:
        if fail.kind == "silent":
            await asyncio.sleep(fail.seconds)
        said = await asyncio.to_thread(fake.answer, asked)
        answer = Answer(asked, said, fail, limit)
        return await (_streamed if words.streams else _whole)(request, answer, words, fail)
    except ConnectionError:  # noticed by writing to it
        fake.client_left()
        return web.Response()
    except asyncio.CancelledError:  # noticed by aiohttp
        fake.client_left()
        raise
    except Exception as error:
        fake.raised.append(error)
        raise


def _refusal(fake: FakeChat, fail: ChatFail, asked: Asked, words: Words) -> web.Response | None:
    match fail.kind:
        case "html":
            page = PAGE.format(f"{fail.code} {HTTPStatus(fail.code).phrase}")
            return web.Response(status=fail.code, text=page, content_type="text/html")
        case "status":
            return _status(fail, words)
        case "loading":
            fake.ready_at = time.monotonic() + fail.seconds
            return web.json_response(words.loading(), status=HTTPStatus.SERVICE_UNAVAILABLE)
        case "refuses_think":
            return web.json_response(words.error(400, f'"{asked.model}" does not support thinking'), status=400)
        case _:
            return None


def _status(fail: ChatFail, words: Words) -> web.Response:
    own = json.dumps(words.error(fail.code, HTTPStatus(fail.code).phrase))
    body = own if fail.body is None else fail.body
    kind = "application/json" if body[:1] in ("{", "[") else "text/plain"
    headers = {"Retry-After": fail.retry_after} if fail.retry_after is not None else {}
    return web.Response(status=fail.code, text=body, content_type=kind, headers=headers)


async def _streamed(request: web.Request, answer: Answer, words: Words, fail: ChatFail) -> web.StreamResponse:
    wire = Wire(request, words.kind)
    await wire.send(words.opening())
    for piece in pieces(answer.reasoning):
        await wire.send(words.thought(piece))
    marked = parted(answer, fail.after) if fail.kind in MIDWAY else answer
    async for part in _pulled(marked, answer.by_piece):
        if part == 0:
            if await _mishap(wire, words, fail):
                return wire.response
        elif part:
            await wire.send(words.piece(part))
            await _between(wire, words, fail, answer.by_piece)
    await wire.send(words.closing(answer))
    return await wire.end()


MIDWAY = ("silent_midway", "cut_connection", "error_midway", "not_json_stream")


async def _mishap(wire: Wire, words: Words, fail: ChatFail) -> bool:
    """What happens in the middle; whether that was the end."""
    match fail.kind:
        case "cut_connection":
            await wire.cut()
        case "error_midway":
            await wire.send(words.error_midway(fail.text))
            await wire.end()
        case "not_json_stream":
            await wire.send(words.garbage)
        case "silent_midway":
            await wire.flush()
            await asyncio.sleep(fail.seconds)
    return fail.kind in ("cut_connection", "error_midway")


async def _between(wire: Wire, words: Words, fail: ChatFail, by_piece: bool) -> None:
    if fail.kind == "keepalive":
        await wire.send(words.ping)
    if by_piece or fail.kind == "slow":
        await wire.flush()
    if fail.kind == "slow":
        await asyncio.sleep(fail.seconds)


async def _whole(request: web.Request, answer: Answer, words: Words, fail: ChatFail) -> web.StreamResponse:
    """Without a stream: the same mishaps, as far as they can be. `after` counts bytes of the body here."""
    if fail.kind == "error_midway":
        return web.json_response(words.error(500, fail.text), status=500)
    if fail.kind == "endless":
        return await _endless(request, fail)
    count = len([part async for part in _pulled(answer, answer.by_piece)])
    if fail.kind == "slow":
        await asyncio.sleep(count * fail.seconds)
    body = words.garbage if fail.kind == "not_json_stream" else json.dumps(words.whole(answer)).encode()
    wire = Wire(request, "application/json", len(body))
    if fail.kind in ("silent_midway", "cut_connection"):
        await wire.send(body[: fail.after])
        body = body[fail.after :]
        if await _mishap(wire, words, fail):
            return wire.response
    await wire.send(body)
    return await wire.end()


async def _endless(request: web.Request, fail: ChatFail) -> web.StreamResponse:
    wire = Wire(request, "application/json")
    await wire.send(b'{"message": {"role": "assistant", "content": "')
    while True:
        await wire.send(fail.text.encode())


async def _pulled(parts: Iterable[T], by_piece: bool) -> AsyncIterator[T]:
    """One by one; where a test gives the pieces it may take its time, in a thread of its own."""
    iterator = iter(parts)
    while part := await asyncio.to_thread(_first, iterator) if by_piece else _first(iterator):
        yield part[0]


def _first(iterator: Iterator[T]) -> tuple[T] | tuple[()]:
    """In a tuple, as StopIteration can't be raised into a coroutine."""
    for part in iterator:
        return (part,)
    return ()

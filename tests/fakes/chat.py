"""A chat server for tests: real HTTP on one port of this machine, in Ollama's words and in OpenAI's.

    with FakeChat(lambda asked: '{"scenes": []}') as chat:
        chat.failures = [ChatFail.fenced(), ChatFail.cut_connection(40)]
        ...
        assert chat.asked[0].system.startswith("You are")

What it says is a function of what it was asked; tests/test_fake_chat_fails.py tells what a client sees of
each failure.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Sequence

from aiohttp import web
from aiohttp.typedefs import Handler

from tests.fakes.chat_asked import Asked, Model
from tests.fakes.chat_fail import ChatFail
from tests.fakes.chat_ollama import VERSION, ollama_routes
from tests.fakes.chat_openai import error, openai_routes
from tests.fakes.on_a_thread import OnAThread

__all__ = ["Asked", "ChatFail", "FakeChat", "Model"]

Answering = Callable[[Asked], str | Iterable[str]]


def _nothing(asked: Asked) -> str:
    return "{}"


class FakeChat(OnAThread):
    """Use as a context manager. All fields may be changed while it runs.

    To be set: `answer`, which gets what was asked and runs in a thread of its own; `failures`, of which each chat that
    is accepted takes the first (None: nothing goes wrong); `speaks`, other protocols' addresses are not found;
    `heeds`, the ways to ask for JSON at OpenAI's address, others are refused: with 400, or with 422 and FastAPI's
    words if `fastapi`; `key`; `version`, Ollama's; `context` in tokens, of which four characters are one.

    To be looked at: `asked`, the chats that were accepted or failed on order; `hits`, every request, as
    "GET /api/tags"; `gone`, how many clients left before the end of their answer; `loaded`, names of models in memory;
    `ready_at`, until when on the monotonic clock every chat is refused because a model is being loaded; `shut_until`,
    the same of every request, as llama.cpp does it.
    What the answering function raises is raised again at the end of the `with` block.
    """

    def __init__(
        self,
        answer: Answering = _nothing,
        *,
        models: Sequence[Model] = (Model("toy:8b"),),
        speaks: Collection[str] = ("ollama", "openai"),
        heeds: Collection[str] = ("json_schema", "json_object", "schema"),
        key: str = "",
        context: int = 8192,
        fastapi: bool = False,
    ) -> None:
        super().__init__()
        self.answer, self.models, self.speaks, self.heeds = answer, models, speaks, heeds
        self.key, self.context, self.fastapi = key, context, fastapi
        self.failures: list[ChatFail | None] = []
        self.asked: list[Asked] = []
        self.hits: list[str] = []
        self.loaded: set[str] = set()
        self.raised: list[Exception] = []
        self.gone = 0
        self.ready_at = self.shut_until = 0.0
        self.version = VERSION

    def __exit__(self, *left_by: object) -> None:
        super().__exit__(*left_by)
        if self.raised and left_by[0] is None:
            raise self.raised[0]

    def wait_gone(self, count: int = 1, seconds: float = 10.0) -> int:
        """`gone`, as soon as it is `count`, or when the seconds are over."""
        until = time.monotonic() + seconds
        while self.gone < count and time.monotonic() < until:
            time.sleep(0.002)
        return self.gone

    def next_failure(self) -> ChatFail:
        return (self.failures.pop(0) if self.failures else None) or ChatFail("")

    def client_left(self) -> None:
        """Before the end of its answer; when the server itself ends that is no client's doing."""
        if self.running:
            self.gone += 1

    def _app(self) -> web.Application:
        app = web.Application(middlewares=[self._gate], client_max_size=104857600)
        app.add_routes([*ollama_routes(self), *openai_routes(self)])
        return app

    @web.middleware
    async def _gate(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self.hits.append(f"{request.method} {request.path}")
        if time.monotonic() < self.shut_until:
            return web.json_response(error("Loading model", "unavailable_error", code=503), status=503)
        openai = request.path.startswith("/v1/")
        if ("openai" if openai else "ollama") not in self.speaks:
            return _nowhere("ollama" in self.speaks)
        given = request.headers.get("Authorization", "")
        if self.key and given != f"Bearer {self.key}":
            # Some servers say the key that they were given, whole: a client must not pass that on.
            message = f"Incorrect API key provided: {given.removeprefix('Bearer ')}"
            told = error(message, code="invalid_api_key") if openai else {"error": message}
            return web.json_response(told, status=401)
        return await handler(request)


def _nowhere(ollama: bool) -> web.Response:
    """As Ollama says it, or else llama.cpp."""
    if ollama:
        return web.Response(status=404, text="404 page not found")
    return web.json_response(error("File Not Found", "not_found_error", code=404), status=404)

"""Ollama's own protocol: /api/chat with a JSON object a line, and the routes that tell what models there are.

After its docs/api.md and what version 0.13 says in its errors.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from aiohttp import web

from tests.fakes.chat_answer import Answer
from tests.fakes.chat_asked import CHARACTERS_A_TOKEN, Asked, Body, Message, Model, text_of, tokens_of
from tests.fakes.chat_models import NOW, find, listed, loaded, shown
from tests.fakes.chat_reply import reply

if TYPE_CHECKING:
    from tests.fakes.chat import FakeChat

VERSION = "0.13.0"
NO_SILENCE = (0, 12, 4)  # since then it can be told not to drop or forget anything (`truncate`, `shift`)
MILLISECOND = 1_000_000  # in nanoseconds, as all of Ollama's durations


class OllamaWords:
    """How the answer to one chat is put."""

    kind = "application/x-ndjson"
    garbage = b'upstream: buffer overrun\n{"model": "toy:8b", "message": {"role": "assis\n'
    ping = b"\n\n"

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.streams = asked.body.get("stream") is not False

    def opening(self) -> bytes:
        return b""

    def piece(self, text: str) -> bytes:
        return _line(self._told({"content": text}, done=False))

    def thought(self, text: str) -> bytes:
        return _line(self._told({"content": "", "thinking": text}, done=False))

    def closing(self, answer: Answer) -> bytes:
        return _line(self._told({"content": ""}, done=True) | self._costs(answer))

    def whole(self, answer: Answer) -> Body:
        thoughts = {"thinking": answer.reasoning} if answer.reasoning else {}
        return self._told({"content": answer.text, **thoughts}, done=True) | self._costs(answer)

    def error(self, status: int, message: str) -> Body:
        return {"error": message}

    def error_midway(self, message: str) -> bytes:
        return _line({"error": message})

    def loading(self) -> Body:
        return {"error": "llm server loading model"}

    def _told(self, message: Message, done: bool) -> Body:
        told = {"role": "assistant", **message}
        return {"model": self.asked.body["model"], "created_at": NOW, "message": told, "done": done}

    def _costs(self, answer: Answer) -> Body:
        read, said = self.asked.tokens, answer.tokens
        return {
            "done_reason": answer.finish,
            "total_duration": (50 + read + 20 * said) * MILLISECOND,
            "load_duration": 50 * MILLISECOND,
            "prompt_eval_count": read,
            "prompt_eval_duration": read * MILLISECOND,
            "eval_count": said,
            "eval_duration": 20 * said * MILLISECOND,
        }


def ollama_routes(fake: FakeChat) -> web.RouteTableDef:
    table = web.RouteTableDef()

    @table.get("/")
    async def root(request: web.Request) -> web.Response:
        return web.Response(text="Ollama is running")

    @table.get("/api/version")
    async def version(request: web.Request) -> web.Response:
        return web.json_response({"version": fake.version})

    @table.get("/api/tags")
    async def tags(request: web.Request) -> web.Response:
        return web.json_response({"models": [listed(model) for model in fake.models]})

    @table.get("/api/ps")
    async def in_memory(request: web.Request) -> web.Response:
        running = [model for model in fake.models if model.name in fake.loaded]
        return web.json_response({"models": [loaded(model, fake.context) for model in running]})

    @table.post("/api/show")
    async def show(request: web.Request) -> web.Response:
        body = json.loads(await request.read())
        model = find(fake.models, asked := body.get("model") or body.get("name") or "")
        return web.json_response(shown(model)) if model else _unknown(asked)

    @table.post("/api/chat")
    async def chat(request: web.Request) -> web.StreamResponse:
        return await _chat(fake, request)

    return table


async def _chat(fake: FakeChat, request: web.Request) -> web.StreamResponse:
    try:
        body = json.loads(await request.read())
        name, messages = body["model"], body.get("messages") or []
    except (ValueError, KeyError, TypeError) as error:
        return web.json_response({"error": f"invalid request: {error}"}, status=400)
    model = find(fake.models, name)
    if model is None:
        return _unknown(name)
    if wrong := _wrong(model, body):
        return web.json_response({"error": wrong}, status=400)
    if not messages:
        return _load(fake, model, body)
    fake.loaded.add(model.name)
    options = body.get("options") or {}
    context = min(options.get("num_ctx") or fake.context, model.context)
    heeds = body if _numbers(fake.version) >= NO_SILENCE else {}
    if heeds.get("truncate") is False and tokens_of(messages) > context:
        return web.json_response({"error": "the input length exceeds the context length"}, status=400)
    seen = fitting(messages, context)
    schema = body["format"] if isinstance(body.get("format"), dict) else None
    headers = {name.lower(): value for name, value in request.headers.items()}
    asked = Asked("ollama", model.name, seen, schema, body, headers, dropped=seen != messages)
    limits = [options.get("num_predict", -1)]  # -1 and -2: as long as it likes
    if heeds.get("shift") is False:
        limits.append(context - asked.tokens)
    return await reply(fake, request, asked, OllamaWords(asked), min((n for n in limits if n >= 0), default=None))


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split("."))


def _wrong(model: Model, body: Body) -> str | None:
    if "completion" not in model.capabilities:
        return f'"{body["model"]}" does not support chat'
    if body.get("think") and "thinking" not in model.capabilities:
        return f'"{body["model"]}" does not support thinking'
    if not isinstance(wanted := body.get("format") or {}, dict) and wanted != "json":
        return f'invalid format: {json.dumps(wanted)}; expected "json" or a valid JSON Schema object'
    return None


def fitting(messages: list[Message], context: int) -> list[Message]:
    """Without the oldest, where they are more than so many tokens: Ollama keeps what the system says and the last
    message, and what of these is still too long loses its beginning. The client isn't told."""
    for first in range(len(messages)):
        kept = [each for at, each in enumerate(messages) if at >= first or each.get("role") == "system"]
        if tokens_of(kept) <= context:
            return kept
    tails, room = [], context * CHARACTERS_A_TOKEN
    for each in reversed(kept):
        text = text_of(each)
        text = text[max(0, len(text) - room) :]
        room -= len(text)
        tails.append({**each, "content": text})
    return [each for each in reversed(tails) if each["content"]]


def _load(fake: FakeChat, model: Model, body: Body) -> web.Response:
    """A chat without messages loads the model, or puts it out."""
    unload = body.get("keep_alive") == 0
    (fake.loaded.discard if unload else fake.loaded.add)(model.name)
    told = {"model": body["model"], "created_at": NOW, "message": {"role": "assistant", "content": ""}}
    return web.json_response({**told, "done": True, "done_reason": "unload" if unload else "load"})


def _unknown(name: str) -> web.Response:
    return web.json_response({"error": f"model '{name}' not found"}, status=404)


def _line(told: Body) -> bytes:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"

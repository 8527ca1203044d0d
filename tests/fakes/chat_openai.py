"""OpenAI's chat protocol, as llama.cpp, vLLM and LM Studio imitate it: server-sent events, or one object."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.fakes.chat_answer import Answer
from tests.fakes.chat_asked import Asked, Body, tokens_of
from tests.fakes.chat_models import find
from tests.fakes.chat_reply import reply

if TYPE_CHECKING:
    from tests.fakes.chat import FakeChat

NOW = 1793527200
DONE = b"data: [DONE]\n\n"


class OpenAIWords:
    """How the answer to one chat is put."""

    kind = "text/event-stream"  # without a charset, as llama.cpp: a client has to know that this is UTF-8
    garbage = b'upstream: buffer overrun\n\ndata: {"choices": [{"index": 0, "del\n\n'
    ping = b": ping - 2026-11-01 10:00:00+00:00\r\n\r\n\n\n"

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.streams = bool(asked.body.get("stream"))
        self._counts = bool((asked.body.get("stream_options") or {}).get("include_usage"))

    def opening(self) -> bytes:
        return self._chunk({"role": "assistant"})

    def piece(self, text: str) -> bytes:
        return self._chunk({"content": text})

    def thought(self, text: str) -> bytes:
        return self._chunk({"reasoning_content": text})

    def closing(self, answer: Answer) -> bytes:
        last = self._chunk({}, answer.finish)
        usage = _event({**self._told("chat.completion.chunk"), "choices": [], "usage": self._usage(answer)})
        return last + (usage if self._counts else b"") + DONE

    def whole(self, answer: Answer) -> Body:
        thoughts = {"reasoning_content": answer.reasoning} if answer.reasoning else {}
        message = {"role": "assistant", "content": answer.text, **thoughts}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": answer.finish}
        return {**self._told("chat.completion"), "choices": [choice], "usage": self._usage(answer)}

    def error(self, status: int, message: str) -> Body:
        return error(message, "server_error" if status >= 500 else "invalid_request_error", code=status)

    def error_midway(self, message: str) -> bytes:
        return _event(self.error(500, message)) + DONE  # the end mark too, as vLLM does

    def loading(self) -> Body:
        return {"error": {"message": "Loading model", "type": "unavailable_error", "code": 503}}

    def _told(self, kind: str) -> Body:
        return {"id": "chatcmpl-toy", "object": kind, "created": NOW, "model": self.asked.model}

    def _chunk(self, delta: dict[str, Any], finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        usage = {"usage": None} if self._counts else {}
        return _event({**self._told("chat.completion.chunk"), "choices": [choice], **usage})

    def _usage(self, answer: Answer) -> Body:
        read, said = self.asked.tokens, answer.tokens
        return {"prompt_tokens": read, "completion_tokens": said, "total_tokens": read + said}


def openai_routes(fake: FakeChat) -> web.RouteTableDef:
    table = web.RouteTableDef()

    @table.get("/v1/models")
    async def models(request: web.Request) -> web.Response:
        listed = [{"id": m.name, "object": "model", "created": NOW, "owned_by": "library"} for m in fake.models]
        return web.json_response({"object": "list", "data": listed})

    @table.post("/v1/chat/completions")
    async def chat(request: web.Request) -> web.StreamResponse:
        return await _chat(fake, request)

    return table


def error(message: str, kind: str = "invalid_request_error", param: str | None = None, code: Any = None) -> Body:
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


async def _chat(fake: FakeChat, request: web.Request) -> web.StreamResponse:
    try:
        body = json.loads(await request.read())
        messages = body["messages"]
    except (ValueError, KeyError, TypeError) as reason:
        return web.json_response(error(f"invalid request: {reason}"), status=400)
    name = body.get("model") or next((model.name for model in fake.models), "")  # unsaid: the one that is loaded
    if find(fake.models, name) is None:
        told = error(f"The model `{name}` does not exist", param="model", code="model_not_found")
        return web.json_response(told, status=404)
    if wanted := _unheeded(fake, body):
        return _refused(fake, *wanted)
    if (count := tokens_of(messages)) > fake.context:
        return _too_long(count, fake.context)
    headers = {name.lower(): value for name, value in request.headers.items()}
    asked = Asked("openai", name, messages, _schema(body), body, headers)
    room = fake.context - count  # what stands in the way of the end of the context is cut off, as in llama.cpp
    limit = body.get("max_completion_tokens") or body.get("max_tokens") or room
    return await reply(fake, request, asked, OpenAIWords(asked), min(limit, room))


def _unheeded(fake: FakeChat, body: Body) -> tuple[str, str] | None:
    """The place and the value of what this server doesn't understand of the request for JSON."""
    form = body.get("response_format") or {}
    kind = form.get("type", "text")
    if kind != "text" and (kind not in fake.heeds or kind == "schema"):
        return "response_format.type", str(kind)
    for place in ("response_format.schema" if "schema" in form else "", "json_schema" if "json_schema" in body else ""):
        if place and "schema" not in fake.heeds:
            return place, place.rpartition(".")[2]
    return None


def _refused(fake: FakeChat, place: str, value: str) -> web.Response:
    known = " or ".join(f"'{kind}'" for kind in ("text", *fake.heeds))
    message = f"Input should be {known}"
    if not fake.fastapi:
        return web.json_response(error(f"Invalid value '{value}'. {message}", param=place), status=400)
    where = ["body", *place.split(".")]
    told = {"type": "literal_error", "loc": where, "msg": message, "input": value, "ctx": {"expected": known}}
    return web.json_response({"detail": [told]}, status=422)


def _too_long(count: int, context: int) -> web.Response:
    told = {
        "code": HTTPStatus.BAD_REQUEST,
        "message": "the request exceeds the available context size, try increasing it",
        "type": "exceed_context_size_error",
        "n_prompt_tokens": count,
        "n_ctx": context,
    }
    return web.json_response({"error": told}, status=HTTPStatus.BAD_REQUEST)


def _schema(body: Body) -> dict[str, Any] | None:
    """From OpenAI's place, llama-cpp-python's, or llama.cpp's."""
    form = body.get("response_format") or {}
    found = (form.get("json_schema") or {}).get("schema") or form.get("schema") or body.get("json_schema")
    return found if isinstance(found, dict) else None


def _event(told: Body) -> bytes:
    return b"data: " + json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode() + b"\n\n"

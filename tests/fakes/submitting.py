"""POST /prompt: what is taken into the queue, and what is refused."""

from __future__ import annotations

import asyncio
import json
import re
import time
import uuid
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.fakes.brush import Graph
from tests.fakes.validation import problem, validate
from tests.fakes.worker import Order

if TYPE_CHECKING:
    from tests.fakes.comfyui import FakeComfyUI

CANONICAL = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def submitting(fake: FakeComfyUI, route: Any) -> None:
    @route("GET", "/prompt")
    async def remaining(request: web.Request) -> web.Response:
        return web.json_response({"exec_info": {"queue_remaining": fake.worker.remaining}})

    @route("POST", "/prompt")
    async def submit(request: web.Request) -> web.Response:
        asked = json.loads(await request.read())
        worker = fake.worker
        if "prompt" not in asked:
            return _refused(problem("no_prompt", "No prompt provided", "No prompt provided"))
        number = float(asked["number"]) if "number" in asked else worker.count * (-1 if asked.get("front") else 1)
        worker.count += "number" not in asked
        prompt_id, graph = asked.get("prompt_id"), asked["prompt"]
        if prompt_id is not None and not fake.old and not _canonical(prompt_id):
            return _refused(INVALID_ID)
        verdict = validate(graph, fake.nodes, fake.old)
        if verdict.error:
            return _refused(verdict.error, verdict.node_errors)
        extra = asked.get("extra_data", {})
        extra |= {"client_id": asked["client_id"]} if "client_id" in asked else {}
        extra["create_time"] = int(time.time() * 1000)
        prompt_id = str(uuid.uuid4() if prompt_id is None else prompt_id)
        return await _taken(Order(number, prompt_id, graph, extra, verdict.outputs), verdict.node_errors, request)

    async def _taken(order: Order, node_errors: dict[str, Any], request: web.Request) -> web.Response:
        fail = order.fail = fake.next_failure()
        if fail.kind == "html":
            return _proxy_page(int(fail.number))
        await fake.worker.put(order)
        if fail.kind == "unanswered":
            await asyncio.sleep(fail.number)
            if request.transport:
                request.transport.abort()
        if fail.kind == "node_errors":
            node_errors = _dropped_output(order.graph)
        return web.json_response({"prompt_id": order.id, "number": order.number, "node_errors": node_errors})


INVALID_ID = problem(
    "invalid_prompt_id",
    "prompt_id must be a valid UUID",
    "prompt_id must be a UUID string in canonical lowercase hyphenated form; omit it to let the server generate one",
)


def _canonical(prompt_id: Any) -> bool:
    return isinstance(prompt_id, str) and bool(CANONICAL.fullmatch(prompt_id))


def _refused(error: dict[str, Any], node_errors: dict[str, Any] | None = None) -> web.Response:
    return web.json_response({"error": error, "node_errors": node_errors or {}}, status=400)


def _proxy_page(status: int) -> web.Response:
    text = f"<html><head><title>{status}</title></head><body><center><h1>{status}</h1>nginx</center></body></html>"
    return web.Response(text=text, status=status, content_type="text/html")


def _dropped_output(graph: Graph) -> dict[str, Any]:
    wrong = problem(
        "custom_validation_failed", "Custom validation failed for node", "image - Invalid image file: x.png"
    )
    node_id = next(iter(graph))
    entry = {"errors": [wrong], "dependent_outputs": [node_id], "class_type": graph[node_id]["class_type"]}
    return {node_id: entry}

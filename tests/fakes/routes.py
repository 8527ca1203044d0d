"""ComfyUI's HTTP routes."""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.fakes.jobs import jobs_routes
from tests.fakes.nodes import MODEL_FOLDERS
from tests.fakes.serving import serving
from tests.fakes.submitting import submitting

if TYPE_CHECKING:
    from tests.fakes.comfyui import FakeComfyUI


def routes(fake: FakeComfyUI) -> web.RouteTableDef:
    """All of them: bare and under /api, and those that exist only there or only bare."""
    table, both = web.RouteTableDef(), _Both()
    _describing(fake, both)
    submitting(fake, both)
    _looking(fake, both)
    serving(fake, both)
    for method, path, handler in both.found:
        table.route(method, path)(handler)
        table.route(method, f"/api{path}")(handler)
    _logs(fake, table)
    if not fake.old:
        jobs_routes(fake, table)
    return table


class _Both:
    def __init__(self) -> None:
        self.found: list[tuple[str, str, Any]] = []

    def __call__(self, method: str, path: str) -> Any:
        def remember(handler: Any) -> Any:
            self.found.append((method, path, handler))
            return handler

        return remember


def _describing(fake: FakeComfyUI, route: Any) -> None:
    @route("GET", "/system_stats")
    async def system_stats(request: web.Request) -> web.Response:
        return web.json_response(fake.stats())

    @route("GET", "/features")
    async def features(request: web.Request) -> web.Response:
        return web.json_response(fake.features())

    @route("GET", "/object_info")
    async def object_info(request: web.Request) -> web.Response:
        return web.json_response({name: fake.nodes.describe(name) for name in fake.nodes})

    @route("GET", "/object_info/{name}")
    async def one_class(request: web.Request) -> web.Response:
        name = request.match_info["name"]
        return web.json_response({name: fake.nodes.describe(name)} if name in fake.nodes else {})

    @route("GET", "/models")
    async def models(request: web.Request) -> web.Response:
        return web.json_response(MODEL_FOLDERS)

    @route("GET", "/models/{folder}")
    async def folder(request: web.Request) -> web.Response:
        name = request.match_info["folder"]
        return web.json_response(fake.nodes.names(name)) if name in MODEL_FOLDERS else web.Response(status=404)

    @route("GET", "/embeddings")
    async def embeddings(request: web.Request) -> web.Response:
        return web.json_response([name.rpartition(".")[0] for name in fake.nodes.names("embeddings")])

    @route("GET", "/experiment/models")
    async def folders(request: web.Request) -> web.Response:
        return web.json_response([{"name": name, "folders": [f"/srv/models/{name}"]} for name in MODEL_FOLDERS])

    @route("GET", "/experiment/models/{folder}")
    async def sized(request: web.Request) -> web.Response:
        name = request.match_info["folder"]
        if name not in MODEL_FOLDERS:
            return web.Response(status=404)
        files = fake.nodes.sizes(name).items()
        return web.json_response(
            [{"name": file, "pathIndex": 0, "modified": 0.0, "created": 0.0, "size": size} for file, size in files]
        )

    @route("GET", "/view_metadata/{folder}")
    async def metadata(request: web.Request) -> web.Response:
        data = fake.nodes.models.get(request.match_info["folder"], {}).get(request.query.get("filename", ""))
        try:
            header = json.loads(data[8 : 8 + struct.unpack("<Q", data[:8])[0]])  # type: ignore[index]
            return web.json_response(header["__metadata__"])
        except (TypeError, ValueError, KeyError, struct.error):
            return web.Response(status=404)


def _looking(fake: FakeComfyUI, route: Any) -> None:
    @route("GET", "/queue")
    async def queue(request: web.Request) -> web.Response:
        running = [fake.worker.running.item()] if fake.worker.running else []
        pending = [order.item() for order in fake.worker.pending]
        return web.json_response({"queue_running": running, "queue_pending": pending})

    @route("POST", "/queue")
    async def change_queue(request: web.Request) -> web.Response:
        asked = json.loads(await request.read())
        everything = [order.id for order in fake.worker.pending] if asked.get("clear") else []
        await fake.worker.drop([*everything, *asked.get("delete", [])])
        return web.Response()

    @route("POST", "/interrupt")
    async def interrupt(request: web.Request) -> web.Response:
        body = await request.read()
        fake.worker.interrupt((json.loads(body) if body else {}).get("prompt_id"))
        return web.Response()

    @route("POST", "/free")
    async def free(request: web.Request) -> web.Response:
        asked = json.loads(await request.read())
        fake.freed += 1
        if asked.get("free_memory"):
            fake.worker.forget_nodes()
        return web.Response()

    @route("GET", "/history")
    async def history(request: web.Request) -> web.Response:
        known = list(fake.worker.history.items())
        most, offset = int(request.query.get("max_items", len(known))), int(request.query.get("offset", -1))
        start = max(0, len(known) - most) if offset < 0 else offset
        return web.json_response(dict(known[start : start + most]))

    @route("POST", "/history")
    async def change_history(request: web.Request) -> web.Response:
        asked = json.loads(await request.read())
        for prompt_id in [*(list(fake.worker.history) if asked.get("clear") else []), *asked.get("delete", [])]:
            fake.worker.history.pop(prompt_id, None)
        return web.Response()

    @route("GET", "/history/{id}")
    async def one_history(request: web.Request) -> web.Response:
        known = fake.worker.history.get(request.match_info["id"])
        return web.json_response({request.match_info["id"]: known} if known else {})

    @route("GET", "/ws")
    async def socket(request: web.Request) -> web.WebSocketResponse:
        return await fake.worker.sockets.serve(request, fake.worker.remaining)


def _logs(fake: FakeComfyUI, table: web.RouteTableDef) -> None:
    @table.patch("/internal/logs/subscribe")
    async def subscribe(request: web.Request) -> web.Response:
        asked = json.loads(await request.read())
        readers = fake.worker.sockets.log_readers
        (readers.add if asked["enabled"] else readers.discard)(asked["clientId"])
        return web.Response()

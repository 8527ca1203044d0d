"""ComfyUI's HTTP routes."""

from __future__ import annotations

import asyncio
import json
import re
import struct
import time
import uuid
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.fakes.brush import Graph
from tests.fakes.disk import FOLDERS
from tests.fakes.nodes import MODEL_FOLDERS
from tests.fakes.validation import problem, validate
from tests.fakes.worker import Order

if TYPE_CHECKING:
    from tests.fakes.comfyui import FakeComfyUI

CANONICAL = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
BOMB = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIBBBBBI", 13, b"IHDR", 60000, 60000, 8, 2, 0, 0, 0, 0x49F5B8FD)


def routes(fake: FakeComfyUI) -> web.RouteTableDef:
    """All of them: bare and under /api, and those that exist only there or only bare."""
    table, both = web.RouteTableDef(), _Both()
    _describing(fake, both)
    _submitting(fake, both)
    _looking(fake, both)
    _files(fake, both)
    for method, path, handler in both.found:
        table.route(method, path)(handler)
        table.route(method, f"/api{path}")(handler)
    _logs(fake, table)
    if not fake.old:
        _jobs(fake, table)
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


def _submitting(fake: FakeComfyUI, route: Any) -> None:
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


def _files(fake: FakeComfyUI, route: Any) -> None:
    @route("POST", "/upload/image")
    async def upload(request: web.Request) -> web.Response:
        form = await request.post()
        folder, image = form.get("type", "input"), form.get("image")
        if folder not in FOLDERS:
            raise ValueError(folder)
        if not isinstance(image, web.FileField) or not image.filename:
            return web.Response(status=400)
        subfolder = str(form.get("subfolder", ""))
        if ".." in f"{subfolder}/{image.filename}" or "/" in image.filename or subfolder.startswith("/"):
            return web.Response(status=400)
        overwrite = form.get("overwrite") in ("true", "1")
        name = fake.disk.upload(str(folder), subfolder, image.filename, image.file.read(), overwrite)
        return web.json_response({"name": name, "subfolder": subfolder, "type": folder})

    @route("GET", "/view")
    async def view(request: web.Request) -> web.StreamResponse:
        name, folder = request.query.get("filename"), request.query.get("type", "output")
        subfolder = request.query.get("subfolder", "")
        if name is None:
            return web.Response(status=404)
        if not name or name[0] == "/" or ".." in name or folder not in FOLDERS:
            return web.Response(status=400)
        if ".." in subfolder or subfolder.startswith("/"):
            return web.Response(status=403)
        data = fake.disk.files.get((folder, subfolder, name.rpartition("/")[2]))
        if data is None:
            return web.Response(status=404)
        return await _served(request, name, data, fake.worker.spoiled.get(name, ""))


async def _served(request: web.Request, name: str, data: bytes, spoiled: str) -> web.StreamResponse:
    headers = {"Content-Disposition": f'filename="{name}"', "Content-Type": "image/png"}
    if spoiled == "huge":
        return await _endless(request, headers)
    if spoiled == "truncated":
        data = data[: len(data) // 2]
    return web.Response(body=BOMB + data[33:] if spoiled == "bomb" else data, headers=headers)


async def _endless(request: web.Request, headers: dict[str, str]) -> web.StreamResponse:
    answer = web.StreamResponse(headers=headers)
    await answer.prepare(request)
    for _ in range(4000):  # 4 GB, if somebody really takes them all
        await answer.write(bytes(1_000_000))
    return answer


def _logs(fake: FakeComfyUI, table: web.RouteTableDef) -> None:
    @table.patch("/internal/logs/subscribe")
    async def subscribe(request: web.Request) -> web.Response:
        asked = json.loads(await request.read())
        readers = fake.worker.sockets.log_readers
        (readers.add if asked["enabled"] else readers.discard)(asked["clientId"])
        return web.Response()


def _jobs(fake: FakeComfyUI, table: web.RouteTableDef) -> None:
    """Only in newer versions, and only under /api."""

    def all_jobs() -> list[dict[str, Any]]:
        worker = fake.worker
        waiting = [_job(order.item(), "pending") for order in worker.pending]
        running = [_job(worker.running.item(), "in_progress")] if worker.running else []
        return [*waiting[::-1], *running, *(_ended(each) for each in reversed(worker.history.values()))]

    @table.get("/api/jobs")
    async def jobs(request: web.Request) -> web.Response:
        limit, offset = request.query.get("limit"), int(request.query.get("offset", 0))
        if limit is not None and not limit.isdigit():
            return web.json_response({"error": "limit must be an integer"}, status=400)
        wanted = request.query.get("status", "").split(",") if request.query.get("status") else None
        found = [job for job in all_jobs() if wanted is None or job["status"] in wanted]
        page = found[offset : offset + int(limit)] if limit else found[offset:]
        more = offset + len(page) < len(found)
        pagination = {"offset": offset, "limit": limit and int(limit), "total": len(found), "has_more": more}
        return web.json_response({"jobs": page, "pagination": pagination})

    @table.get("/api/jobs/{id}")
    async def one_job(request: web.Request) -> web.Response:
        prompt_id = request.match_info["id"]
        found = next((job for job in all_jobs() if job["id"] == prompt_id), None)
        if found is None:
            return web.json_response({"error": "Job not found"}, status=404)
        if ended := fake.worker.history.get(prompt_id):
            found |= {"outputs": ended["outputs"], "execution_status": ended["status"]}
        return web.json_response(found)

    @table.post("/api/jobs/{id}/cancel")
    async def cancel(request: web.Request) -> web.Response:
        return web.json_response({"cancelled": await called_off(request.match_info["id"])})

    @table.post("/api/jobs/cancel")
    async def cancel_many(request: web.Request) -> web.Response:
        ids = json.loads(await request.read())["job_ids"]
        return web.json_response({"cancelled": any([await called_off(each) for each in ids])})

    async def called_off(prompt_id: str) -> bool:
        worker = fake.worker
        if worker.running and worker.running.id == prompt_id:
            worker.interrupt(prompt_id)
            return True
        waits = any(order.id == prompt_id for order in worker.pending)
        if waits:
            await worker.drop([prompt_id])
        return waits


def _job(item: list[Any], status: str) -> dict[str, Any]:
    number, prompt_id, _, extra, _ = item
    if "extra_pnginfo" in extra:
        extra["extra_pnginfo"].get("workflow", {}).get("id")  # null in either place brings the whole list down
    made = {"id": prompt_id, "status": status, "priority": number, "create_time": extra["create_time"]}
    return {**made, "outputs_count": 0, "previewable_outputs_count": 0}


def _ended(entry: dict[str, Any]) -> dict[str, Any]:
    messages = dict(entry["status"]["messages"])
    status = "cancelled" if "execution_interrupted" in messages else "failed"
    job = _job(entry["prompt"], "completed" if entry["status"]["completed"] else status)
    images = [{**image, "nodeId": node} for node, out in entry["outputs"].items() for image in out.get("images", [])]
    job |= {"outputs_count": len(images), "previewable_outputs_count": len(images)}
    if images:
        job["preview_output"] = {**images[0], "mediaType": "images"}
    if "execution_error" in messages:
        job["execution_error"] = messages["execution_error"]
    return job

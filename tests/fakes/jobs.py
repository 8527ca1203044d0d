"""/api/jobs, of newer versions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from tests.fakes.comfyui import FakeComfyUI


def jobs_routes(fake: FakeComfyUI, table: web.RouteTableDef) -> None:
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

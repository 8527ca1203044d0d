"""Files that go in and come out: /upload/image and /view."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.fakes.disk import FOLDERS

if TYPE_CHECKING:
    from tests.fakes.comfyui import FakeComfyUI

BOMB = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIBBBBBI", 13, b"IHDR", 60000, 60000, 8, 2, 0, 0, 0, 0x49F5B8FD)


def serving(fake: FakeComfyUI, route: Any) -> None:
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
        wrong = fake.worker.spoiled.get(name, "")
        if wrong == "cut_once":
            del fake.worker.spoiled[name]
        return await _served(request, name, data, wrong)


async def _served(request: web.Request, name: str, data: bytes, spoiled: str) -> web.StreamResponse:
    headers = {"Content-Disposition": f'filename="{name}"', "Content-Type": "image/png"}
    if spoiled == "huge":
        return await _endless(request, headers)
    if spoiled in ("truncated", "cut_once"):
        data = data[: len(data) // 2]
    return web.Response(body=BOMB + data[33:] if spoiled == "bomb" else data, headers=headers)


async def _endless(request: web.Request, headers: dict[str, str]) -> web.StreamResponse:
    answer = web.StreamResponse(headers=headers)
    await answer.prepare(request)
    for _ in range(4000):  # 4 GB, if somebody really takes them all
        await answer.write(bytes(1_000_000))
    return answer

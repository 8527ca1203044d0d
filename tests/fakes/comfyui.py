"""A ComfyUI for tests: real HTTP and websocket on one port of this machine, behaving as the real one was observed to.

    with FakeComfyUI(seconds=0.1) as comfyui:
        comfyui.failures = [None, Fail.out_of_memory()]  # the second job runs out of memory
        ...
        assert len(comfyui.drawn) == 2

Its pictures are made from the graph's own contents. tests/test_fakes.py holds it to what a real server does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from tests.fakes.brush import Graph
from tests.fakes.disk import Disk
from tests.fakes.fail import Fail
from tests.fakes.nodes import Models, Nodes
from tests.fakes.on_a_thread import OnAThread
from tests.fakes.routes import routes
from tests.fakes.worker import Worker

GIBIBYTE = 2**30


class FakeComfyUI(OnAThread):
    """Use as a context manager. All fields may be changed while it runs.

    To be set: `seconds` a picture; `failures`, of which each accepted job takes the first (None: nothing goes wrong);
    `ignored_loras`, file names that change no pixel; `models`, folder -> name -> bytes or size, where other folders
    hold whatever is asked for unless `accept_any_file` is False; `prefix` and `headers`, as behind a proxy.

    To be looked at, of all its lives: `drawn`, the jobs whose picture was really made; `spans`, when they ran (begin
    and end on the monotonic clock); `asked`, every request, as "GET /queue"; `freed`, how often /free was called.
    """

    def __init__(
        self,
        *,
        version: str = "0.33.0",
        seconds: float = 0.0,
        prefix: str = "",
        headers: Mapping[str, str] | None = None,
        models: Models | None = None,
        accept_any_file: bool = True,
        extra_nodes: Mapping[str, Any] | None = None,
        vram: int = 16 * GIBIBYTE,
        device: str = "cuda",
        argv: tuple[str, ...] = ("main.py",),
        port: int = 0,
    ) -> None:
        super().__init__()
        self.version, self.seconds, self.prefix, self.headers = version, seconds, prefix, dict(headers or {})
        self.vram, self.device, self.argv, self.port = vram, device, argv, port
        self.old = tuple(int(part) for part in version.split(".")[:2]) < (0, 33)
        self.disk = Disk()
        self.nodes = Nodes(self.disk, self.old, models or {}, accept_any_file, extra_nodes)
        self.failures: list[Fail | None] = []
        self.drawn: list[tuple[str, Graph]] = []
        self.asked: list[str] = []
        self.freed = 0
        self.ignored_loras: set[str] = set()
        self.worker: Worker
        self.spans: list[tuple[float, float]] = []

    @property
    def url(self) -> str:
        return f"{super().url}{self.prefix}"

    def freeze(self, seconds: float) -> None:
        """Everything stands still for so long; sockets stay open."""
        self._loop.call_soon_threadsafe(self._freeze, seconds)

    @property
    def metadata(self) -> bool:
        """Whether pictures hold the graph that made them."""
        return "--disable-metadata" not in self.argv

    @property
    def busy_seconds(self) -> float:
        return sum(end - begin for begin, end in self.spans)

    def idle_between(self, first: int = 0, last: int = -1) -> tuple[float, float]:
        """Seconds in which nothing was drawn from the begin of picture `first` to the end of `last`, and how many
        seconds that was in all."""
        spans = self.spans[first:] if last == -1 else self.spans[first : last + 1]
        whole = spans[-1][1] - spans[0][0]
        return whole - sum(end - begin for begin, end in spans), whole

    def next_failure(self) -> Fail:
        return (self.failures.pop(0) if self.failures else None) or Fail("")

    def features(self) -> dict[str, Any]:
        told = {"supports_preview_metadata": True, "max_upload_size": 104857600}
        return told if self.old else {**told, "node_replacements": True, "assets": False}

    def stats(self) -> dict[str, Any]:
        system = {
            "os": "linux",
            "ram_total": 64 * GIBIBYTE,
            "ram_free": 48 * GIBIBYTE,
            "comfyui_version": self.version,
            "python_version": "3.12.4",
            "pytorch_version": "2.8.0+cu128",
            "embedded_python": False,
            "argv": list(self.argv),
        }
        memory = {"vram_total": self.vram, "vram_free": self.vram, "torch_vram_total": 0, "torch_vram_free": 0}
        return {
            "system": system,
            "devices": [{"name": f"{self.device}:0 Fake", "type": self.device, "index": 0, **memory}],
        }

    def _app(self) -> web.Application:
        self.worker = Worker(self)  # a new one: queue and history are lost, files stay
        app = web.Application(middlewares=[self._gate], client_max_size=104857600)
        if self.prefix:
            inner = web.Application(client_max_size=104857600)
            inner.add_routes(routes(self))
            app.add_subapp(self.prefix, inner)
        else:
            app.add_routes(routes(self))
        return app

    async def _live(self) -> None:
        await super()._live()
        self._work = asyncio.create_task(self.worker.work())

    async def _die(self) -> None:
        if self.running:
            self._work.cancel()
        await super()._die()

    @web.middleware
    async def _gate(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self.asked.append(f"{request.method} {request.path.removeprefix(self.prefix)}")
        await self.worker.thawed.wait()
        if any(request.headers.get(name) != value for name, value in self.headers.items()):
            return web.Response(status=401, text="401 Authorization Required")
        origin = request.headers.get("Origin", "")
        if request.headers.get("Sec-Fetch-Site") == "cross-site" or (origin and origin.split("//")[-1] != request.host):
            return web.Response(status=403)
        return await handler(request)

    def fail(self, fail: Fail) -> None:
        """What a job on order does to the whole server."""
        if fail.kind == "frozen":
            self._freeze(fail.number)
        else:
            self._crash = self._loop.create_task(self._die_and_return(fail.number))

    async def _die_and_return(self, back_after: float) -> None:
        await self._die()
        if back_after >= 0:
            await asyncio.sleep(back_after)
            await self._live()

    def _freeze(self, seconds: float) -> None:
        worker = self.worker
        worker.thawed.clear()
        self._loop.call_later(seconds, worker.thawed.set)

"""The queue and the worker of one life of the server: a crash ends it, and the next one knows nothing of its jobs."""

from __future__ import annotations

import asyncio
import bisect
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.fakes.brush import Graph
from tests.fakes.fail import Fail
from tests.fakes.run import Broken, Run, Stopped
from tests.fakes.sockets import Sockets

if TYPE_CHECKING:
    from tests.fakes.comfyui import FakeComfyUI


@dataclass
class Order:
    """One job in the queue."""

    number: float
    id: str
    graph: Graph
    extra: dict[str, Any]
    outputs: list[str]
    fail: Fail = Fail("")  # noqa: RUF009 – frozen
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    messages: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    results: dict[str, Any] = field(default_factory=dict)
    executed: list[str] = field(default_factory=list)

    def item(self) -> list[Any]:
        return [self.number, self.id, self.graph, self.extra, self.outputs]

    @property
    def client(self) -> str | None:
        return self.extra.get("client_id")


class Worker:
    """Runs orders one after another, as `fake` has it set."""

    def __init__(self, fake: FakeComfyUI) -> None:
        self.fake, self.disk, self.sockets = fake, fake.disk, Sockets(fake.features())
        self.pending: list[Order] = []
        self.running: Order | None = None
        self.history: dict[str, dict[str, Any]] = {}
        self.count = 0
        self.thawed = asyncio.Event()
        self.thawed.set()
        self.spoiled: dict[str, str] = {}  # name of a file -> how /view serves it
        self.painted = Fail("")  # what went wrong with the pixels that the node cache holds
        self._arrived = asyncio.Event()
        self._cache: dict[str, Any] = {}  # signatures of the graph that ran last -> what its outputs showed

    @property
    def remaining(self) -> int:
        return len(self.pending) + (self.running is not None)

    async def put(self, order: Order) -> None:
        bisect.insort(self.pending, order, key=lambda each: each.number)
        self._arrived.set()
        await self.sockets.status(self.remaining)

    async def drop(self, ids: list[str]) -> None:
        self.pending = [order for order in self.pending if order.id not in ids]
        await self.sockets.status(self.remaining)

    def interrupt(self, prompt_id: str | None = None) -> None:
        if self.running and prompt_id in (None, self.running.id):
            self.running.stop.set()

    def forget_nodes(self) -> None:
        self._cache, self.painted = {}, Fail("")

    async def work(self) -> None:
        while True:
            while not self.pending:
                self._arrived.clear()
                await self._arrived.wait()
            order = self.pending.pop(0)
            if order.fail.kind == "deleted":
                await self.sockets.status(self.remaining)
                continue
            self.running = order
            await self.sockets.status(self.remaining)
            await self._run(order)
            self.running = None
            await self.sockets.status(self.remaining)
            await self.send(order, "executing", {"node": None})
            self.sockets.running_node = None

    async def _run(self, order: Order) -> None:
        self.sockets.running_client = order.client
        await self.tell(order, "execution_start", {})
        run, begin = Run(self, order, self._cache), time.monotonic()
        try:
            await run.all_nodes()
            await self.tell(order, "execution_success", {})
        except Broken as error:
            kind, message = error.args
            about = {"exception_type": kind, "exception_message": message, "traceback": [], "current_inputs": {}}
            await self.tell(order, "execution_error", {**run.where(), **about, "current_outputs": order.executed})
        except Stopped:
            await self.tell(order, "execution_interrupted", run.where())
        self._cache = run.cache
        fine = order.messages[-1][0] == "execution_success"
        if run.drew and fine:
            self.painted = order.fail
            self.fake.spans.append((begin, time.monotonic()))
        self.history[order.id] = {
            "prompt": order.item(),
            "outputs": order.results,
            "status": {
                "status_str": "success" if fine else "error",
                "completed": fine,
                "messages": [list(message) for message in order.messages],
            },
            "meta": {node: {"node_id": node, "display_node": node, "real_node_id": node} for node in order.results},
        }

    async def tell(self, order: Order, event: str, data: dict[str, Any]) -> None:
        """Sends an event that history keeps."""
        data = {"prompt_id": order.id, **data, "timestamp": int(time.time() * 1000)}
        order.messages.append((event, data))
        if order.client is not None:
            await self.sockets.send(event, data, order.client)

    async def send(self, order: Order, event: str, data: dict[str, Any]) -> None:
        if order.client is not None:
            await self.sockets.send(event, {**data, "prompt_id": order.id}, order.client)

"""One job at work, node by node, with what goes wrong on order."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from tests.fakes.brush import Brush, Graph, Pixels, is_link, jpeg, png, signature

if TYPE_CHECKING:
    from tests.fakes.worker import Order, Worker


class Broken(Exception):
    """A node raised: (exception type, message)."""


class Stopped(Exception):
    """The job was interrupted."""


class Run:
    """One job at work."""

    def __init__(self, worker: Worker, order: Order, before: dict[str, Any]) -> None:
        self.worker, self.order, self.fail = worker, order, order.fail
        self.before, self.cache = before, dict[str, Any]()
        self.disk, self.sockets = worker.disk, worker.sockets
        self.states: dict[str, dict[str, Any]] = {}
        self.now = ""
        self.drew = False
        self.painting: dict[str, asyncio.Future[list[bytes]]] = {}
        ignored = {self.fail.text} if self.fail.kind == "lora_ignored" else set()
        self.ignored = frozenset(worker.fake.ignored_loras | ignored)

    def where(self) -> dict[str, Any]:
        node_type = self.order.graph[self.now]["class_type"]
        return {"node_id": self.now, "node_type": node_type, "executed": list(self.order.executed)}

    async def all_nodes(self) -> None:
        graph = self.order.graph
        order = _in_order(graph, self.order.outputs)
        signatures = {node: signature(graph, node, self.disk) for node in order}
        cached = [node for node in order if signatures[node] in self.before and not _always_runs(graph[node])]
        await self.worker.tell(self.order, "execution_cached", {"nodes": cached})
        await self.sockets.log("\x1b[32m[INFO]\x1b[0m got prompt")
        slow = _slow_node([node for node in order if node not in cached], graph, self.order.outputs)
        for node in order:
            self.now = node
            if node in cached:
                self.cache[signatures[node]] = shown = self.before[signatures[node]]
                if node in self.order.outputs:
                    await self._show(node, shown)
                continue
            await self._start(node)
            if node == slow:
                await self._draw(node)
            self._stop_if_asked()
            self.cache[signatures[node]] = await self._finish(node)
            self.order.executed.append(node)

    async def _start(self, node: str) -> None:
        self.sockets.running_node = node
        await self._state(node, 0.0, 1.0, "running")
        await self.worker.send(self.order, "executing", {"node": node, "display_node": node})
        inputs = self.order.graph[node]["inputs"]
        if inputs.get("lora_name") in self.ignored:
            keys = [f"diffusion_model.layers.{number}.lora_down.weight" for number in range(3)]
            await self.sockets.log(*(f"\x1b[33m[WARNING]\x1b[0m lora key not loaded: {key}" for key in keys))

    async def _finish(self, node: str) -> dict[str, Any] | None:
        """What the node shows, if it is an output; told as it is, or as the failure on order has it."""
        if node not in self.order.outputs:
            await self._state(node, 1.0, 1.0, "finished")
            return None
        shown = await self._save(node)
        await self._show(node, shown)
        return shown

    async def _show(self, node: str, shown: dict[str, Any] | None) -> None:
        if shown:
            self.order.results[node] = shown
            await self.worker.send(self.order, "executed", {"node": node, "display_node": node, "output": shown})
        await self._state(node, 1.0, 1.0, "finished")

    async def _draw(self, node: str) -> None:
        """The slow part, step by step, each at its time: what the messages cost is not added."""
        steps = self._steps(node)
        begin, whole = time.monotonic(), self.worker.fake.seconds
        self.drew = True
        self._paint_meanwhile()
        preview = await self._preview(node)
        for step in range(1, steps + 1):
            await self._until(begin + whole * step / steps)
            if step == (steps + 1) // 2:
                await self._go_wrong()
            await self._state(node, step, steps, "running")
            if preview:
                about = {"prompt_id": self.order.id, **_ids(node)}
                await self.sockets.preview(preview, self.order.client, about)
            progress = {"value": step, "max": steps, "prompt_id": self.order.id, "node": node}
            await self.sockets.send("progress", progress, self.order.client)
        await self._state(node, steps, steps, "finished")
        self.worker.fake.drawn.append((self.order.id, self.order.graph))

    def _paint_meanwhile(self) -> None:
        """What painting costs is part of the picture's seconds."""
        for output in self.order.outputs:
            if link := self._source(output):
                self.painting[output] = asyncio.ensure_future(asyncio.to_thread(self._paint, link))

    def _source(self, node: str) -> list[Any] | None:
        inputs = self.order.graph[node]["inputs"]
        return next((inputs[name] for name in ("images", "image") if is_link(inputs.get(name))), None)

    def _steps(self, node: str) -> int:
        inputs = self.order.graph[node]["inputs"]
        if is_link(inputs.get("sigmas")):
            inputs = self.order.graph[inputs["sigmas"][0]]["inputs"]
        steps = inputs.get("steps", 1)
        return min(steps, 50) if isinstance(steps, int) else 4

    async def _preview(self, node: str) -> bytes:
        if self.order.extra.get("preview_method", "none") == "none":
            return b""
        return await asyncio.to_thread(lambda: jpeg(self._brush().picture([node, 0])))

    async def _until(self, moment: float) -> None:
        left = moment - time.monotonic()
        with suppress(TimeoutError):
            await asyncio.wait_for(self.order.stop.wait(), max(left, 0.0))
        await self.worker.thawed.wait()
        self._stop_if_asked()

    def _stop_if_asked(self) -> None:
        if self.order.stop.is_set():
            raise Stopped

    async def _go_wrong(self) -> None:
        if self.fail.kind == "error":
            raise Broken(self.fail.type, self.fail.text)
        if self.fail.kind == "interrupted":
            raise Stopped
        if self.fail.kind == "stuck":
            await asyncio.Event().wait()
        if self.fail.kind in ("crash", "frozen"):
            self.worker.fake.fail(self.fail)
            await asyncio.sleep(0)
            await self.worker.thawed.wait()

    async def _save(self, node: str) -> dict[str, Any]:
        inputs, class_type = self.order.graph[node]["inputs"], self.order.graph[node]["class_type"]
        link = self._source(node)
        if link is None:
            return {"text": [str(inputs.get("source", ""))]}
        pictures = await (self.painting.get(node) or asyncio.to_thread(self._paint, link))
        if class_type == "SaveImageWebsocket":
            for picture in pictures:
                await self.sockets.picture(picture, self.order.client)
            return {}
        folder, prefix = (
            ("output", inputs["filename_prefix"]) if "filename_prefix" in inputs else ("temp", "ComfyUI_temp")
        )
        return {"images": [self._kept(folder, prefix, picture) for picture in pictures]}

    def _kept(self, folder: str, prefix: str, picture: bytes) -> dict[str, str]:
        saved = self.disk.save(folder, prefix, picture)
        if self.fail.kind in ("truncated", "cut_once", "huge", "bomb"):
            self.worker.spoiled[saved["filename"]] = self.fail.kind
        if self.fail.kind == "view_404":
            del self.disk.files[saved["type"], saved["subfolder"], saved["filename"]]
        return {**saved, "filename": self.fail.text} if self.fail.kind == "evil_name" else saved

    def _brush(self, index: int = 0) -> Brush:
        return Brush(self.order.graph, self.disk, self.ignored, index)

    def _paint(self, link: list[Any]) -> list[bytes]:
        graph = self.order.graph if self.worker.fake.metadata else None
        workflow = (self.order.extra.get("extra_pnginfo") or {}).get("workflow") if self.worker.fake.metadata else None
        count = self._brush().batch(link)
        return [png(self._altered(self._brush(index).picture(link)), graph, workflow) for index in range(count)]

    def _altered(self, pixels: Pixels) -> Pixels:
        kind = (self.fail if self.drew else self.worker.painted).kind
        if kind == "black":
            return pixels * 0
        return pixels[::2, ::2] if kind == "wrong_size" else pixels

    async def _state(self, node: str, value: float, most: float, state: str) -> None:
        state_now = {"value": value, "max": most, "state": state, "prompt_id": self.order.id, **_ids(node)}
        self.states[node] = state_now
        data = {"prompt_id": self.order.id, "nodes": self.states}
        await self.sockets.send("progress_state", data, self.order.client)


def _ids(node: str) -> dict[str, Any]:
    return {"node_id": node, "display_node_id": node, "parent_node_id": None, "real_node_id": node}


def _in_order(graph: Graph, outputs: list[str]) -> list[str]:
    """The nodes that the outputs need, each after all it needs."""
    found: list[str] = []

    def visit(node: str) -> None:
        if node not in found:
            for value in graph[node]["inputs"].values():
                if is_link(value) and value[0] not in found:
                    visit(value[0])
            found.append(node)

    for output in outputs:
        visit(output)
    return found


def _always_runs(node: dict[str, Any]) -> bool:
    return bool(node["class_type"] == "SaveImageWebsocket")


def _slow_node(left: list[str], graph: Graph, outputs: list[str]) -> str:
    """Where the time goes: the last sampler, or else whatever comes last before saving; '' if only saving is left."""
    work = [node for node in left if node not in outputs]
    samplers = [node for node in work if graph[node]["inputs"].keys() & {"latent_image", "strength"}]
    return (samplers or work or [""])[-1]

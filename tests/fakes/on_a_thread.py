"""A web server on a thread of its own, which can be killed and started again on the same port."""

from __future__ import annotations

import asyncio
import threading
from abc import ABC, abstractmethod
from collections.abc import Coroutine
from typing import Any, Self, TypeVar

from aiohttp import web

T = TypeVar("T")


class OnAThread(ABC):
    """Use as a context manager. `port` is 0 until it is up."""

    def __init__(self) -> None:
        self.port = 0
        self._runner: web.AppRunner | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=type(self).__name__, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def running(self) -> bool:
        return self._runner is not None

    def __enter__(self) -> Self:
        self._thread.start()
        self.restart()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self._wait(self._end_tasks())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def kill(self) -> None:
        """As `kill -9`: connections drop without a word; nobody listens any more."""
        self._wait(self._die())

    def restart(self) -> None:
        """Starts it again on the same port."""
        self._wait(self._live())

    @abstractmethod
    def _app(self) -> web.Application:
        """What it serves, made anew at each start."""

    def _wait(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(30)

    async def _live(self) -> None:
        # With the client its handler ends: that is how a long silence is noticed to have driven somebody away.
        self._runner = web.AppRunner(self._app(), access_log=None, shutdown_timeout=0.0, handler_cancellation=True)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def _die(self) -> None:
        runner, self._runner = self._runner, None
        if runner is None:
            return
        for connection in list(runner.server.connections if runner.server else []):
            if connection.transport is not None:
                connection.transport.abort()
        await runner.cleanup()

    async def _end_tasks(self) -> None:
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        await self._loop.shutdown_default_executor()

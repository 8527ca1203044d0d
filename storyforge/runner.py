"""LocalRunner makes tasks on this machine: what is in the store is found, the rest is made in lanes of threads."""

from __future__ import annotations

import asyncio
import itertools
import logging
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, Protocol, TypeVar

from pydantic import Field

from storyforge.backend import Progress
from storyforge.cores import cores
from storyforge.errors import Interrupted, StoryforgeError
from storyforge.files import disk_full
from storyforge.memory import give_back
from storyforge.store import Artifact, Store
from storyforge.tasks import LaneName, Task, failed
from storyforge.value import Value

logger = logging.getLogger("storyforge")

Kind = Literal["started", "progress", "made", "kept", "failed", "note", "planned", "finished"]


class Event(Value):
    """Something that happened, for whoever looks on: the display, `--json`, a test."""

    kind: Annotated[Kind, Field(description="What happened; see below")]
    scene: Annotated[int | None, Field(description="Number from 1; none for what belongs to the whole film")] = None
    stage: Annotated[
        str, Field(description="reword, plan, draw, retouch, enlarge, sheet, speak, shoot, mix or join")
    ] = ""
    fraction: Annotated[float, Field(description="How far a task is, 0…1")] = 0.0
    seconds: Annotated[float, Field(description="How long a task took")] = 0.0
    text: Annotated[str, Field(description="What there is to say")] = ""
    key: Annotated[str, Field(description="The task's key in the store")] = ""
    preview: Annotated[bytes, Field(exclude=True)] = b""  # the picture as far as it is, PNG or JPEG


Watcher = Callable[[Event], None]


class Stopped(Exception):
    """Raised inside a task's `progress` when the run was stopped."""


T = TypeVar("T")


async def all_of(works: Iterable[Awaitable[T]]) -> list[T]:
    """Waits for all, also after one has failed: what else goes wrong is to be heard of, too."""
    results = await asyncio.gather(*works, return_exceptions=True)
    if failed := [result for result in results if isinstance(result, BaseException)]:
        raise failed[0]
    return [result for result in results if not isinstance(result, BaseException)]


class Runner(Protocol):
    """Whatever makes tasks: this machine, or many."""

    store: Store

    async def run(self, task: Task, scene: int | None = None) -> Artifact: ...

    async def call(self, work: Callable[[Progress], T]) -> T: ...

    def tell(self, event: Event) -> None: ...


class Lane:
    """Lets `width` tasks in at once; of those that wait, the one of the earliest scene first.

    So what the first scenes need is made first, and their clips are shot while later scenes are drawn. But those that
    need the same setup as the last one (models and LoRAs in an image server) go before all others.
    """

    def __init__(self, width: int) -> None:
        self._free = width
        self._setup = ""
        self._waiting: list[_Waiting] = []
        self._arrivals = itertools.count()

    @asynccontextmanager
    async def entered(self, scene: int, setup: str = "") -> AsyncIterator[None]:
        if self._free:
            self._free -= 1
            self._setup = setup
        else:
            await self._turn(scene, setup)
        try:
            yield
        finally:
            self._leave()

    async def _turn(self, scene: int, setup: str) -> None:
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(scene, next(self._arrivals), setup, turn))
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # the turn had come in the same moment: it goes to the next
                self._leave()
            raise

    def _leave(self) -> None:
        self._waiting = [each for each in self._waiting if not each.turn.done()]  # whoever waited may be cancelled
        if not self._waiting:
            self._free += 1
            return
        chosen = min(self._waiting, key=lambda each: (each.setup != self._setup, each.scene, each.arrival))
        self._setup = chosen.setup
        self._waiting.remove(chosen)
        chosen.turn.set_result(None)


@dataclass(eq=False)
class _Waiting:
    scene: int
    arrival: int
    setup: str
    turn: asyncio.Future[None]


def lanes(jobs: int | None = None, places: int = 0, voices: int = 1) -> dict[LaneName, int]:
    """How many tasks of each lane may run at once. `work` is what keeps this machine's cores busy.

    `places`: how many pictures may be asked for at once, of servers that draw; `voices`: how many lines.
    """
    return {"speak": max(1, voices), "work": jobs or cores(), "draw": max(1, places)}


class LocalRunner:
    """Use as a context manager: leaving it ends its threads, also when the block was interrupted."""

    def __init__(
        self, store: Store, watch: Watcher = lambda event: None, width: Mapping[LaneName, int] | None = None
    ) -> None:
        self.store = store
        self._watch = watch
        width = width or lanes()
        self._lanes = {name: Lane(count) for name, count in width.items()}
        self._threads = ThreadPoolExecutor(sum(width.values()) + 1, thread_name_prefix="storyforge")
        self._futures: dict[str, asyncio.Task[Artifact]] = {}
        self._stopping = threading.Event()

    def __enter__(self) -> LocalRunner:
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._threads.shutdown(wait=True, cancel_futures=True)

    def tell(self, event: Event) -> None:
        self._watch(event)

    async def run(self, task: Task, scene: int | None = None) -> Artifact:
        """What the task makes: found in the store, or made now. Equal tasks are made once (promise 13)."""
        key = task.key
        if shared := self._futures.get(key):
            artifact = await asyncio.shield(shared)
            self.tell(Event(kind="kept", scene=scene, stage=task.stage, key=key))
            return artifact
        self._futures[key] = asyncio.create_task(self._find_or_make(key, task, scene))
        return await asyncio.shield(self._futures[key])

    async def _find_or_make(self, key: str, task: Task, scene: int | None) -> Artifact:
        found = self.store.find(key)
        if found is not None:
            self.tell(Event(kind="kept", scene=scene, stage=task.stage, key=key))
            return found
        async with self._lanes[task.lane].entered(scene or 0, task.setup):
            self.tell(Event(kind="started", scene=scene, stage=task.stage, key=key))
            loop = asyncio.get_running_loop()
            started = time.monotonic()
            try:
                artifact = await loop.run_in_executor(self._threads, self._make, key, task, scene, loop)
            except Interrupted:
                raise
            except StoryforgeError as error:
                self.tell(Event(kind="failed", scene=scene, stage=task.stage, text=str(error)))
                raise
            seconds = round(time.monotonic() - started, 3)
            self.tell(Event(kind="made", scene=scene, stage=task.stage, seconds=seconds, key=key))
            return artifact

    def _attempt(self, task: Task, out: Path, progress: Progress) -> None:
        """Runs a task; whatever a back-end throws becomes an error that names it, with the trace in the log."""
        try:
            with disk_full(out):
                task.run(self.store.path, out, progress)
        except (StoryforgeError, Stopped):
            raise
        except Exception as error:
            logger.exception("%s failed: %s", task.stage, task.recipe())
            raise failed(task, error) from error
        finally:
            if task.lane == "work":
                give_back()

    def _make(self, key: str, task: Task, scene: int | None, loop: asyncio.AbstractEventLoop) -> Artifact:
        progress = self._progress(scene, task.stage, loop)
        started = time.monotonic()
        with self.store.workplace(task.suffix) as out:
            self._attempt(task, out, progress)
            return self.store.keep(key, task.recipe(), out, time.monotonic() - started)

    def _progress(self, scene: int | None, stage: str, loop: asyncio.AbstractEventLoop) -> Progress:
        reached = 0.0

        def tell(event: Event) -> None:
            try:
                loop.call_soon_threadsafe(self.tell, event)
            except RuntimeError:  # the loop has ended before the thread has
                raise Stopped from None

        def progress(fraction: float | None = None, *, note: str = "", preview: bytes = b"") -> None:
            if self._stopping.is_set():
                raise Stopped
            if note:
                tell(Event(kind="note", scene=scene, text=note))
            nonlocal reached
            if fraction is not None or preview:
                reached = reached if fraction is None else round(fraction, 3)
                tell(Event(kind="progress", scene=scene, stage=stage, fraction=reached, preview=preview))

        return progress

    async def call(self, work: Callable[[Progress], T]) -> T:
        """Does something that makes no file, in a thread, so that the user can look on at it and stop it."""
        loop = asyncio.get_running_loop()
        progress = self._progress(None, "", loop)
        return await loop.run_in_executor(self._threads, work, progress)

from __future__ import annotations

import asyncio
import threading
import time
from pathlib import Path
from typing import ClassVar

import pytest

from storyforge.errors import BackendFailed
from storyforge.runner import Event, Lane, LocalRunner, lanes
from storyforge.store import Artifact, Store
from storyforge.tasks import Locate, Progress, Task


class Write(Task):
    """Writes its text, and notes that it did."""

    stage = "write"
    lane = "work"
    suffix = ".txt"
    ran: ClassVar[list[str]] = []

    text: str

    def run(self, locate: Locate, out: Path, progress: Progress) -> None:
        progress(0.5)
        self.ran.append(self.text)
        out.write_text(self.text)


class Break(Write):
    def run(self, locate: Locate, out: Path, progress: Progress) -> None:
        out.write_text("half")
        raise ValueError("the pen broke")


@pytest.fixture(autouse=True)
def fresh() -> None:
    Write.ran.clear()


def run(store: Store, *tasks: Task, events: list[Event] | None = None) -> list[Artifact]:
    async def both(runner: LocalRunner) -> list[Artifact]:
        return await asyncio.gather(*map(runner.run, tasks))

    with LocalRunner(store, events.append if events is not None else lambda event: None, lanes(2)) as runner:
        return asyncio.run(both(runner))


def test_what_is_in_the_store_is_not_made_again(tmp_path: Path) -> None:
    first = run(Store(tmp_path), Write(text="fox"))
    assert run(Store(tmp_path), Write(text="fox")) == first
    assert Write.ran == ["fox"]


def test_two_that_need_the_same_file_make_it_once(tmp_path: Path) -> None:
    assert len(set(run(Store(tmp_path), *[Write(text="fox")] * 5))) == 1
    assert Write.ran == ["fox"]


def test_a_task_is_told_from_another_by_all_that_it_holds() -> None:
    assert Write(text="a").key != Write(text="b").key
    assert Write(text="a").key != Break(text="a").key


def test_events_tell_what_was_made_and_what_was_kept(tmp_path: Path) -> None:
    events: list[Event] = []
    run(Store(tmp_path), Write(text="fox"), events=events)
    run(Store(tmp_path), Write(text="fox"), events=events)
    assert [event.kind for event in events] == ["started", "progress", "made", "kept"]


def test_what_a_back_end_throws_is_told_as_its_failure_and_keeps_nothing(tmp_path: Path) -> None:
    with pytest.raises(BackendFailed, match="the pen broke"):
        run(Store(tmp_path), Break(text="fox"))
    assert list(Store(tmp_path).objects()) == []


def test_no_more_tasks_of_a_lane_run_at_once_than_it_is_wide(tmp_path: Path) -> None:
    running: list[int] = []

    class Count(Write):
        def run(self, locate: Locate, out: Path, progress: Progress) -> None:
            running.append(threading.active_count())
            time.sleep(0.02)
            out.write_text(self.text)

    before = threading.active_count()
    run(Store(tmp_path), *(Count(text=str(n)) for n in range(6)))
    assert max(running) - before <= sum(lanes(2).values())
    assert len(running) == 6


def test_ctrl_c_stops_what_is_running_and_leaves_nothing_half_made(tmp_path: Path) -> None:
    class Long(Write):
        def run(self, locate: Locate, out: Path, progress: Progress) -> None:
            for step in range(10_000):
                progress(step / 10_000)
                time.sleep(0.01)

    async def interrupted(runner: LocalRunner) -> None:
        waiting = asyncio.ensure_future(runner.run(Long(text="x")))
        await asyncio.sleep(0.1)
        assert not waiting.done()
        raise KeyboardInterrupt

    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt), LocalRunner(Store(tmp_path)) as runner:
        asyncio.run(interrupted(runner))
    assert time.monotonic() - started < 5
    assert list((tmp_path / "tmp").iterdir()) == []


def test_what_the_first_scenes_need_is_made_first(tmp_path: Path) -> None:
    async def backwards(runner: LocalRunner) -> None:
        await asyncio.gather(*(runner.run(Write(text=str(scene)), scene) for scene in range(9, 0, -1)))

    with LocalRunner(Store(tmp_path), width=lanes(1)) as runner:
        asyncio.run(backwards(runner))
    assert Write.ran == ["9", *"12345678"], "9 came while the lane was free"


def test_a_lane_stays_open_when_someone_who_waits_gives_up() -> None:
    async def impatient() -> None:
        lane, order = Lane(1), []

        async def enter(scene: int) -> None:
            async with lane.entered(scene):
                order.append(scene)
                await asyncio.sleep(0.01)

        works = [asyncio.ensure_future(enter(scene)) for scene in (1, 2, 3)]
        await asyncio.sleep(0)
        works[1].cancel()
        await asyncio.gather(*works, return_exceptions=True)
        assert order == [1, 3]

    asyncio.run(impatient())


def test_a_server_that_does_not_answer_is_no_full_disk(tmp_path: Path) -> None:
    class Ask(Write):
        def run(self, locate: Locate, out: Path, progress: Progress) -> None:
            raise ConnectionRefusedError(111, "Connection refused")

    with pytest.raises(BackendFailed, match="Connection refused"):
        run(Store(tmp_path), Ask(text="x"))


def test_everyone_who_shares_a_task_hears_that_it_is_done(tmp_path: Path) -> None:
    events: list[Event] = []

    async def two(runner: LocalRunner) -> None:
        await asyncio.gather(runner.run(Write(text="x"), 1), runner.run(Write(text="x"), 2))

    with LocalRunner(Store(tmp_path), events.append) as runner:
        asyncio.run(two(runner))
    assert [(event.kind, event.scene) for event in events if event.kind in ("made", "kept")] == [
        ("made", 1),
        ("kept", 2),
    ]

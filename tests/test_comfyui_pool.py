"""Several servers share the work, and what befalls one of them does not befall the pictures."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from typing import Any, Literal

import pytest

from storyforge.backend import Progress, unseen
from storyforge.errors import BackendFailed
from storyforge.illustration.comfyui.failures import Broke, NoAnswer, OutOfMemory, Refused, Spoiled
from storyforge.illustration.comfyui.job import Job
from storyforge.illustration.comfyui.pool import Pool, pool_for
from storyforge.illustration.comfyui.server import Server
from tests.fakes import Fail, FakeComfyUI

SIZE = (64, 48)


def job(number: int, lora: str = "", attempt: int = 0, size: tuple[int, int] = SIZE, setup: str | None = None) -> Job:
    """A small picture of its own, under an id of its own."""
    id = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{number} {lora} {attempt} {size}"))
    loaded = {"class_type": "LoraLoaderModelOnly", "inputs": {"lora_name": lora, "strength_model": 1.0}}
    graph: dict[str, Any] = {
        "1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "model.safetensors"}},
        "2": {**loaded, "inputs": {**loaded["inputs"], "model": ["1", 0]}},  # type: ignore[dict-item]
        "3": {"class_type": "EmptyLatentImage", "inputs": {"width": size[0], "height": size[1], "batch_size": 1}},
        "4": {"class_type": "CLIPTextEncode", "inputs": {"text": "a fox", "clip": ["1", 1]}},
        "5": {"class_type": "KSampler", "inputs": {**SAMPLER, "model": ["2" if lora else "1", 0], "seed": number}},
        "6": {"class_type": "VAEDecode", "inputs": {"samples": ["5", 0], "vae": ["1", 2]}},
        "7": {"class_type": "SaveImage", "inputs": {"images": ["6", 0], "filename_prefix": f"test/{id}"}},
    }
    if not lora:
        del graph["2"]
    again = job(number, lora, 1, size, setup) if attempt == 0 else None
    return Job(id, graph, "7", size, setup=lora if setup is None else setup, again=again)


SAMPLER = {
    "steps": 4,
    "cfg": 1.0,
    "sampler_name": "euler",
    "scheduler": "simple",
    "positive": ["4", 0],
    "negative": ["4", 0],
    "latent_image": ["3", 0],
    "denoise": 1.0,
}


class Told:
    """Progress that keeps what it was told, of many threads."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.calls = 0

    def __call__(self, fraction: float | None = None, *, note: str = "", preview: bytes = b"") -> None:
        self.calls += 1
        if note:
            self.notes.append(note)


def draw_all(pool: Pool, jobs: list[Job], progress: Progress = unseen) -> list[bytes]:
    """As the runner does it: as many at once as there are places."""
    with ThreadPoolExecutor(pool.places) as threads:
        return list(threads.map(lambda each: pool.draw(each, progress), jobs))


def drawn_seeds(*fakes: FakeComfyUI) -> list[int]:
    return sorted(graph["5"]["inputs"]["seed"] for fake in fakes for _, graph in fake.drawn)


@pytest.fixture
def fakes() -> Iterator[list[FakeComfyUI]]:
    """Two servers, 0.1 s a picture."""
    with ExitStack() as stack:
        yield [stack.enter_context(FakeComfyUI(seconds=0.1)) for _ in range(2)]


def pool_of(*fakes: FakeComfyUI, patience: float = 20.0, stall: float = 60.0) -> Pool:
    return Pool([Server(fake.url, patience=2.0, stall=stall) for fake in fakes], patience=patience)


def test_a_pool_has_two_places_a_server_so_that_none_idles(fakes: list[FakeComfyUI]) -> None:
    assert pool_of(*fakes).places == 4


def test_two_servers_share_the_pictures_and_each_is_drawn_once(fakes: list[FakeComfyUI]) -> None:
    pictures = draw_all(pool_of(*fakes), [job(number) for number in range(12)])
    assert len(set(pictures)) == 12
    assert drawn_seeds(*fakes) == list(range(12))
    assert {len(fake.drawn) for fake in fakes} <= {5, 6, 7}


def test_the_faster_server_gets_more(fakes: list[FakeComfyUI]) -> None:
    slow, fast = fakes
    slow.seconds, fast.seconds = 0.4, 0.1
    draw_all(pool_of(slow, fast), [job(number) for number in range(15)])
    assert len(fast.drawn) >= 2 * len(slow.drawn)


def test_equal_setups_stay_on_one_server(fakes: list[FakeComfyUI]) -> None:
    pool = pool_of(*fakes)
    for number in range(8):
        pool.draw(job(number, lora="ab"[number % 2]))
    for fake in fakes:
        assert len({graph["2"]["inputs"]["lora_name"] for _, graph in fake.drawn}) == 1


def test_a_server_that_dies_twice_under_twelve_pictures_draws_none_of_them_twice(comfyui: FakeComfyUI) -> None:
    comfyui.seconds = 0.1
    comfyui.failures = [None, None, None, Fail.crash(back_after=0.3), *[None] * 5, Fail.crash(back_after=0.3)]
    told = Told()
    pictures = draw_all(pool_of(comfyui), [job(number) for number in range(12)], told)
    assert len(set(pictures)) == 12
    assert drawn_seeds(comfyui) == list(range(12))
    assert not comfyui.failures


def test_the_pictures_of_a_lost_server_are_drawn_by_the_other(fakes: list[FakeComfyUI]) -> None:
    fakes[0].failures = [None, Fail.crash()]
    told = Told()
    draw_all(pool_of(*fakes), [job(number) for number in range(8)], told)
    assert drawn_seeds(*fakes) == list(range(8))
    assert len(fakes[0].drawn) == 1
    assert sum("the other servers draw on" in note for note in told.notes) == 1


def test_a_server_that_comes_back_gets_pictures_again(fakes: list[FakeComfyUI]) -> None:
    lost, other = fakes
    pool = pool_of(lost, other)
    lost.kill()
    draw_all(pool, [job(number) for number in range(3)])
    assert not lost.drawn
    lost.restart()
    draw_all(pool, [job(number) for number in range(3, 25)])
    assert len(lost.drawn) > 3


def test_when_no_server_answers_it_is_waited_for_and_told_once(comfyui: FakeComfyUI) -> None:
    pool, told = pool_of(comfyui), Told()
    comfyui.kill()
    threading.Timer(1.0, comfyui.restart).start()
    draw_all(pool, [job(1), job(2)], told)
    [note] = told.notes
    assert pool.servers[0].name in note
    assert "waiting for it to come back" in note
    assert told.calls > 4


def test_when_it_never_comes_back_the_end_names_a_remedy(comfyui: FakeComfyUI) -> None:
    pool = pool_of(comfyui, patience=1.0)
    comfyui.kill()
    with pytest.raises(NoAnswer, match=pool.servers[0].name) as raised:
        pool.draw(job(1))
    assert "start ComfyUI again" in raised.value.remedy


class Enough(Exception):
    pass


def test_a_stop_is_noticed_while_no_server_answers(comfyui: FakeComfyUI) -> None:
    pool, started = pool_of(comfyui), time.monotonic()
    comfyui.kill()

    def stop(fraction: float | None = None, *, note: str = "", preview: bytes = b"") -> None:
        if time.monotonic() - started > 0.5:
            raise Enough

    with pytest.raises(Enough):
        pool.draw(job(1), stop)
    assert time.monotonic() - started < 3


def test_a_stuck_server_gives_its_pictures_to_the_other(fakes: list[FakeComfyUI]) -> None:
    fakes[0].failures = [Fail.stuck()]
    draw_all(pool_of(*fakes, stall=1.0), [job(number) for number in range(6)])
    assert drawn_seeds(*fakes) == list(range(6))
    assert not fakes[0].drawn


def test_memory_is_freed_and_the_same_picture_tried_once_more(comfyui: FakeComfyUI) -> None:
    comfyui.failures = [Fail.out_of_memory()]
    told = Told()
    pool_of(comfyui).draw(job(1), told)
    assert comfyui.freed == 1
    assert [id for id, _ in comfyui.drawn] == [job(1).id]
    assert "tried once more" in told.notes[0]


def test_something_smaller_is_drawn_when_memory_does_not_do_and_later_pictures_start_with_it(
    comfyui: FakeComfyUI,
) -> None:
    comfyui.failures = [Fail.out_of_memory("cuda"), Fail.out_of_memory("cuda")]
    pool, told = pool_of(comfyui), Told()
    for number in range(2):
        pool.draw(replace(job(number), smaller=job(number, size=(32, 24))), told)
    assert [graph["3"]["inputs"]["width"] for _, graph in comfyui.drawn] == [32, 32]
    assert "smaller" in told.notes[-1]


def test_without_leave_to_draw_smaller_memory_is_the_end(comfyui: FakeComfyUI) -> None:
    comfyui.failures = [Fail.out_of_memory(), Fail.out_of_memory()]
    with pytest.raises(OutOfMemory) as raised:
        pool_of(comfyui).draw(job(1))
    assert raised.value.remedy
    assert not comfyui.drawn


def test_another_server_may_have_the_memory_that_one_lacks(fakes: list[FakeComfyUI]) -> None:
    fakes[0].failures = [Fail.out_of_memory()] * 9
    draw_all(pool_of(*fakes), [job(number) for number in range(4)])
    assert drawn_seeds(fakes[1]) == list(range(4))


def test_a_spoiled_picture_is_drawn_once_more_under_another_id(comfyui: FakeComfyUI) -> None:
    comfyui.failures = [Fail.black()]
    told = Told()
    pool_of(comfyui).draw(job(1), told)
    again = job(1).again
    assert again
    assert [id for id, _ in comfyui.drawn] == [job(1).id, again.id]
    assert "once more" in told.notes[0]


def test_a_picture_that_is_spoiled_twice_is_the_users_to_know(comfyui: FakeComfyUI) -> None:
    comfyui.failures = [Fail.black(), Fail.black()]
    with pytest.raises(Spoiled):
        pool_of(comfyui).draw(job(1))


@pytest.mark.parametrize("fail", [Fail.interrupted(), Fail.deleted()], ids=lambda fail: fail.kind)
def test_a_picture_that_somebody_called_off_is_asked_for_once_more(comfyui: FakeComfyUI, fail: Fail) -> None:
    comfyui.failures = [fail]
    pool_of(comfyui).draw(job(1))
    assert len(comfyui.drawn) == 1


def test_what_a_node_says_goes_straight_to_the_user(comfyui: FakeComfyUI) -> None:
    comfyui.failures = [Fail.error("ValueError", "no such thing")]
    with pytest.raises(Broke, match="no such thing"):
        pool_of(comfyui).draw(job(1))
    assert not comfyui.drawn


def test_a_file_that_one_server_lacks_sends_such_pictures_to_the_other_and_is_told_once() -> None:
    has = {"checkpoints": {"model.safetensors": 1}, "loras": {"hero.safetensors": 1}}
    lacks = {**has, "loras": {"other.safetensors": 1}}
    with FakeComfyUI(models=lacks) as poor, FakeComfyUI(models=has) as rich:
        pool, told = pool_of(poor, rich), Told()
        for number in range(4):
            pool.draw(job(number, "hero.safetensors"), told)
        assert len(rich.drawn) == 4
        assert poor.asked.count("POST /prompt") == 1
        [note] = told.notes
        assert pool.servers[0].name in note
        assert "hero.safetensors" in note


def test_a_file_that_nobody_has_is_refused_at_once() -> None:
    models = {"checkpoints": {"model.safetensors": 1}, "loras": {"other.safetensors": 1}}
    with FakeComfyUI(models=models) as one, FakeComfyUI(models=models) as two:
        pool = pool_of(one, two)
        for number in range(2):
            with pytest.raises(Refused, match=r"hero\.safetensors"):
                pool.draw(job(number, "hero.safetensors"))
        pool.draw(job(3))


def test_a_picture_that_a_killed_program_left_on_a_server_is_fetched_there(fakes: list[FakeComfyUI]) -> None:
    jobs = [job(number) for number in range(8)]
    Server(fakes[1].url).draw(jobs[0])
    Server(fakes[1].url).draw(jobs[3])
    pictures = draw_all(pool_of(*fakes), jobs)
    assert len(set(pictures)) == 8
    assert drawn_seeds(*fakes) == list(range(8))


def test_of_forty_scenes_on_four_servers_only_the_first_are_looked_for_everywhere() -> None:
    with ExitStack() as stack:
        four = [stack.enter_context(FakeComfyUI()) for _ in range(4)]
        pool = pool_of(*four)
        draw_all(pool, [job(number) for number in range(40)])
        before = sum(map(questions, four))
        draw_all(pool, [job(number) for number in range(40, 80)])
        after = sum(map(questions, four)) - before
        assert before - after <= 2 * 2 * pool.places * len(four)


def questions(fake: FakeComfyUI) -> int:
    """Without those for descriptions of nodes, which are asked once."""
    return sum("object_info" not in question for question in fake.asked)


class Script:
    """A server that draws for as long as it is told: for what concerns the order alone."""

    def __init__(self, name: str, seconds: float) -> None:
        self.name, self.seconds = name, seconds
        self.begun: list[str] = []
        self.called_off: list[str] = []
        self._card = threading.Lock()

    def draw(self, job: Job, progress: Progress) -> bytes:
        try:
            while not self._card.acquire(timeout=0.05):
                progress()
        except BaseException:
            self.called_off.append(job.id)
            raise
        with self._release():
            self.begun.append(job.id)
            end = time.monotonic() + self.seconds
            while time.monotonic() < end:
                progress(0.5)
                time.sleep(0.02)
        return job.id.encode()

    def _release(self) -> ExitStack:
        stack = ExitStack()
        stack.callback(self._card.release)
        return stack

    def has(self, id: str) -> Literal[""]:
        return ""

    def free(self) -> None: ...
    def stats(self) -> object:
        return None


def test_the_last_picture_does_not_wait_behind_a_long_one_while_another_server_idles() -> None:
    slow, fast = Script("slow", 3.0), Script("fast", 0.1)
    started = time.monotonic()
    draw_all(Pool([slow, fast]), [Job(str(number), {}, "1", setup="same") for number in range(4)])
    assert time.monotonic() - started < 4.5
    assert len(slow.begun) == 1
    assert len(slow.called_off) == 1


def test_a_waiting_picture_is_not_moved_to_a_server_that_would_have_to_load_other_models() -> None:
    slow, fast = Script("slow", 1.5), Script("fast", 0.1)
    pool = Pool([slow, fast])
    with ThreadPoolExecutor(3) as threads:
        first = threads.submit(pool.draw, Job("a", {}, "1", setup="big"))
        time.sleep(0.05)
        other = threads.submit(pool.draw, Job("b", {}, "1", setup="small"))
        time.sleep(0.02)
        waiting = threads.submit(pool.draw, Job("c", {}, "1", setup="big"))
        assert [first.result(), other.result(), waiting.result()] == [b"a", b"b", b"c"]
    assert slow.begun == ["a", "c"]


def test_errors_that_the_pool_does_not_know_pass_through() -> None:
    class Odd(Script):
        def draw(self, job: Job, progress: Progress) -> bytes:
            raise BackendFailed("odd")

    pool = Pool([Odd("odd", 0.0)])
    with pytest.raises(BackendFailed, match="odd"):
        pool.draw(Job("a", {}, "1"))


def test_all_who_draw_on_the_same_servers_share_their_places() -> None:
    assert pool_for(["http://127.0.0.1:1"]) is pool_for(["http://127.0.0.1:1"])
    assert pool_for(["http://127.0.0.1:1"]) is not pool_for(["http://127.0.0.1:2"])

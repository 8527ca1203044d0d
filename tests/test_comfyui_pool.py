"""Several servers share the work, and what befalls one of them does not befall the pictures."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest
import requests

from storyforge.backend import Progress, unseen
from storyforge.errors import BackendFailed
from storyforge.illustration.comfyui.failures import Broke, CalledOff, NoAnswer, OutOfMemory, Refused, Spoiled
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
    lost, back = told.notes
    assert pool.servers[0].name in lost and "waiting for it to come back" in lost
    assert back == f"ComfyUI at {pool.servers[0].name} answers again"
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


def test_a_server_with_a_damaged_file_leaves_such_pictures_to_the_other(fakes: list[FakeComfyUI]) -> None:
    bad, good = fakes
    bad.seconds = 0.01
    bad.failures = [Fail.error("SafetensorError", "Error while deserializing header")] * 20
    told = Told()
    draw_all(pool_of(bad, good), [job(number) for number in range(8)], told)
    assert drawn_seeds(good) == list(range(8))
    [note] = told.notes
    assert "damaged" in note
    assert f"such pictures are drawn by {Server(good.url).name}" in note


def test_what_every_server_says_to_a_picture_is_told_in_the_end(fakes: list[FakeComfyUI]) -> None:
    for fake in fakes:
        fake.failures = [Fail.error("ValueError", "no such thing")]
    with pytest.raises(Broke, match="no such thing"):
        pool_of(*fakes).draw(job(1))


def test_a_server_that_draws_black_is_left_for_one_that_does_not(fakes: list[FakeComfyUI]) -> None:
    bad, good = fakes
    bad.seconds, bad.failures = 0.01, [Fail.black()] * 20
    told = Told()
    draw_all(pool_of(bad, good), [job(number) for number in range(8)], told)
    assert len(good.drawn) == 8
    assert len(bad.drawn) < 8  # some, until the first of the other is there to compare
    assert not bad.freed
    assert all(Server(bad.url).name in note for note in told.notes)
    assert any(f"such pictures are drawn by {Server(good.url).name}" in note for note in told.notes)


def test_a_server_known_not_to_fit_gets_nothing_but_what_nobody_else_can_draw(fakes: list[FakeComfyUI]) -> None:
    pool = pool_of(*fakes)
    pool.unfit(pool.servers[0], ["big"], Refused("too little memory for big"))
    draw_all(pool, [job(number, setup="big") for number in range(6)])
    assert not fakes[0].drawn
    draw_all(pool, [job(number, setup="small") for number in range(10, 16)])
    assert fakes[0].drawn
    pool.unfit(pool.servers[1], ["big"], Refused("too little memory for big"))
    pool.draw(job(20, setup="big"))


def test_two_accidents_of_different_kinds_are_both_survived(comfyui: FakeComfyUI) -> None:
    comfyui.failures = [Fail.interrupted(), Fail.black(), Fail.interrupted()]
    with pytest.raises(CalledOff):
        pool_of(comfyui).draw(job(1))
    comfyui.failures = [Fail.interrupted(), Fail.black()]
    pool_of(comfyui).draw(job(2))


def test_memory_that_runs_out_after_another_accident_still_makes_a_smaller_picture(comfyui: FakeComfyUI) -> None:
    comfyui.failures = [Fail.black(), *[Fail.out_of_memory()] * 2, Fail.interrupted()]
    small = job(1, size=(32, 24))
    again = replace(job(1, attempt=1), smaller=small)
    pool_of(comfyui).draw(replace(job(1), again=again, smaller=small))
    assert comfyui.drawn[-1][0] == small.id


def test_a_picture_too_large_to_be_one_is_no_lost_server(comfyui: FakeComfyUI) -> None:
    comfyui.failures = [Fail.huge()]
    told = Told()
    pool_of(comfyui).draw(job(1), told)
    [note] = told.notes
    assert "more than 200 MB, as a picture: the picture is drawn once more" in note
    assert not comfyui.freed


def test_a_lost_server_is_started_again_also_when_the_first_try_only_ends_a_frozen_one(comfyui: FakeComfyUI) -> None:
    comfyui.kill()
    tries: list[str] = []

    def revive(url: str, tell: Callable[[str], None]) -> None:
        tries.append(url)
        if len(tries) == 1:
            raise BackendFailed("it did not answer and was stopped")
        comfyui.restart()

    pool = pool_of(comfyui)
    pool.revive_with(revive)
    pool.draw(job(1))
    assert tries == [comfyui.url] * 2


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


@pytest.mark.parametrize("left", [0, 17, 39])
def test_what_a_killed_program_left_is_found_also_if_the_next_run_comes_to_it_late(
    fakes: list[FakeComfyUI], left: int
) -> None:
    for fake in fakes:
        fake.seconds = 0.01
    Server(fakes[1].url).draw(job(left))
    draw_all(pool_of(*fakes), [job(number) for number in range(40)])
    assert drawn_seeds(*fakes) == list(range(40))


def test_a_job_that_still_waits_on_a_server_is_not_sent_to_another(fakes: list[FakeComfyUI]) -> None:
    fakes[1].seconds = 0.4
    for number in (6, 7):
        body = {"prompt": job(number).graph, "prompt_id": job(number).id}
        requests.post(f"{fakes[1].url}/prompt", json=body, timeout=9)
    draw_all(pool_of(*fakes), [job(number) for number in range(8)])
    assert drawn_seeds(*fakes) == list(range(8))


def test_each_server_is_asked_for_all_its_jobs_once_a_run() -> None:
    with ExitStack() as stack:
        four = [stack.enter_context(FakeComfyUI()) for _ in range(4)]
        draw_all(pool_of(*four), [job(number) for number in range(40)])
        assert [fake.asked.count("GET /history") for fake in four] == [1, 1, 1, 1]


def test_a_picture_that_lies_on_a_server_which_was_restarted_since_is_fetched_there(fakes: list[FakeComfyUI]) -> None:
    drawn = Server(fakes[1].url).draw(job(5))
    fakes[1].kill()
    fakes[1].restart()
    assert pool_of(*fakes).draw(job(5)) == drawn
    assert drawn_seeds(*fakes) == [5]


def test_what_a_silent_server_had_is_called_off_there_when_it_speaks_again(fakes: list[FakeComfyUI]) -> None:
    silent, other = fakes
    silent.seconds = 3.0  # long enough for it to be asked whether it is back while it draws what it had
    pool = pool_of(silent, other)
    with ThreadPoolExecutor(4) as threads:
        drawn = [threads.submit(pool.draw, job(number)) for number in range(4)]
        until(lambda: silent.worker.running is not None and len(silent.worker.pending) == 1)
        had = [silent.worker.running.id, silent.worker.pending[0].id]  # type: ignore[union-attr]
        silent.freeze(4.0)
        assert len({each.result(20) for each in drawn}) == 4
        held = threads.submit(pool.draw, job(9))
        until(lambda: silent.worker.remaining == 0)
        held.result(20)
    assert had[1] not in [id for id, _ in silent.drawn]  # it was waiting, and is drawn by the other alone
    assert [id for id, _ in other.drawn].count(had[1]) == 1


def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


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

    def known(self) -> dict[str, str]:
        return {}

    def has_file_of(self, job: Job) -> bool:
        return False

    def call_off(self, jobs: object) -> None: ...

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
    assert pool_for(["http://127.0.0.1:1", "127.0.0.1:1", "http://localhost:1/"]) is pool_for(["http://127.0.0.1:1"])
    assert pool_for(["http://127.0.0.1:1"]) is not pool_for(["http://127.0.0.1:2"])

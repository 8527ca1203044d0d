"""Several servers before the first picture: each draws what it can, and only what none can draw stops a film."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from storyforge.errors import BackendFailed
from storyforge.illustration.comfyui.catalogue import path
from storyforge.illustration.comfyui.entry import GB
from storyforge.illustration.comfyui.failures import NoAnswer
from storyforge.illustration.comfyui.filling import fill
from storyforge.illustration.comfyui.job import Graph, Job
from storyforge.illustration.comfyui.pool import Pool
from storyforge.illustration.comfyui.preflight import NotReady
from storyforge.illustration.comfyui.readiness import made_ready
from storyforge.illustration.comfyui.server import Server
from storyforge.illustration.comfyui.workflow import load
from storyforge.story import Lora
from tests.comfyui_jobs import a_job
from tests.fakes import FakeComfyUI

MODEL = "z-image-turbo-fp8-aio.safetensors"
FOX, OWL = "my export aaaa1111", "my export bbbb2222"


def graph(lora: str = "", seed: int = 7) -> Graph:
    values: dict[str, Any] = {"prompt": "a hare", "seed": seed, "width": 640, "height": 384}
    return fill(load(path("z-image-turbo-aio")), values, (Lora(file=lora),) if lora else ())[0]


GRAPHS = {FOX: graph("fox.safetensors"), OWL: graph("owl.safetensors")}


def job(label: str, seed: int) -> Job:
    lora = "fox.safetensors" if label == FOX else "owl.safetensors"
    return a_job(graph(lora, seed), output="7", setup=label.split()[-1], size=(640, 384))


@contextmanager
def servers(*loras: str, **more: Any) -> Iterator[list[FakeComfyUI]]:
    """One for each text, which names the LoRAs that it has."""
    with ExitStack() as stack:
        models = [
            {
                "checkpoints": {MODEL: int(9.7 * GB)},
                "loras": {f"{name}.safetensors": b"" for name in each.split()},
            }
            for each in loras
        ]
        yield [stack.enter_context(FakeComfyUI(models=each, **more)) for each in models]


def pool_of(*fakes: FakeComfyUI) -> Pool:
    return Pool([Server(fake.url) for fake in fakes])


def notes(pool: Pool, graphs: dict[str, Graph] = GRAPHS, anyway: bool = False) -> list[str]:
    return list(made_ready(pool, graphs, "", anyway=anyway))


def test_servers_that_have_everything_are_ready_without_a_word() -> None:
    with servers("fox owl", "fox owl") as fakes:
        assert notes(pool_of(*fakes)) == []


def test_two_servers_with_one_lora_each_draw_a_film_of_both() -> None:
    with servers("fox", "owl") as (one, two):
        pool = pool_of(one, two)
        told = notes(pool)
        for seed in range(3):
            pool.draw(job(FOX, seed))
            pool.draw(job(OWL, seed))
        assert (len(one.drawn), len(two.drawn)) == (3, 3)
    ours, others = (fake.url.removeprefix("http://") for fake in (one, two))
    assert told[0].startswith(f"{ours} leaves the pictures that need it to others: the LoRA owl.safetensors is missing")
    assert told[1].startswith(f"{others} leaves the pictures that need it to others: the LoRA fox.safetensors")


def test_a_lora_that_no_server_has_stops_the_film_and_the_one_that_one_has_is_not_named() -> None:
    with servers("fox", "") as fakes, pytest.raises(NotReady) as raised:
        notes(pool_of(*fakes))
    assert "the LoRA owl.safetensors is missing" in str(raised.value)
    assert "fox.safetensors" not in str(raised.value)


def test_what_nobody_can_draw_is_told_of_the_server_that_lacks_least() -> None:
    with servers("fox", "fox") as (bare, nearly):
        bare.nodes.models["checkpoints"] = {}
        with pytest.raises(NotReady) as raised:
            notes(pool_of(bare, nearly))
    assert f"ComfyUI at {nearly.url.removeprefix('http://')} cannot draw this yet" in str(raised.value)
    assert [lack.cause for lack in raised.value.lacks] == ["the LoRA owl.safetensors is missing"]


def test_a_card_that_is_too_small_gets_no_pictures_while_another_does() -> None:
    with servers("fox owl") as [large], servers("fox owl", vram=4 * GB, argv=("main.py", "--highvram")) as [small]:
        pool = pool_of(small, large)
        [told] = notes(pool)
        for seed in range(4):
            pool.draw(job(FOX, seed))
        assert (len(small.drawn), len(large.drawn)) == (0, 4)
    assert "leaves all pictures to others: my export needs 7.2 GB on the card at once, and it has 4.0" in told


def test_a_server_that_is_away_is_told_and_the_others_draw() -> None:
    with servers("fox owl") as [there]:
        pool = Pool([Server("http://127.0.0.1:9"), Server(there.url)])
        [told] = notes(pool)
    assert told.startswith("127.0.0.1:9 draws nothing for now: ")


def test_when_none_answers_that_is_the_failure() -> None:
    with pytest.raises(NoAnswer):
        notes(Pool([Server("http://127.0.0.1:9")]))


def test_a_note_names_the_server_when_it_does_not_go_for_all() -> None:
    with servers("fox owl") as [large], servers("fox owl", vram=4 * GB) as [small]:
        [told] = notes(pool_of(large, small))
        [alone] = notes(pool_of(small))
    assert told.startswith(f"{small.url.removeprefix('http://')}: my export needs 7.2 GB on a card of 4.0")
    assert alone.startswith("my export needs 7.2 GB on a card of 4.0")


def test_the_failure_of_a_server_that_is_left_out_is_kept_for_whom_it_concerns() -> None:
    """Should the other server be lost, its pictures say why the first one does not draw them."""
    with servers("fox owl", "fox") as (whole, part):
        pool = Pool([Server(fake.url, patience=1.0) for fake in (whole, part)], patience=0.5)
        notes(pool)
        whole.kill()
        with pytest.raises(BackendFailed, match=r"owl\.safetensors is missing"):
            pool.draw(job(OWL, 1))

"""What was observed of real servers, each by its number, and what the client makes of it.

Run against the tests' own server, and with `--comfyui URL` against a real one. What a shared server cannot be made to
do (die, delete a file) is done to the tests' own.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from storyforge.illustration.comfyui.events import Event
from storyforge.illustration.comfyui.failures import Broke, CalledOff, NoAnswer, OutOfMemory, Refused, Spoiled
from storyforge.illustration.comfyui.following import Following
from storyforge.illustration.comfyui.job import Job
from storyforge.illustration.comfyui.lora_check import lora_effect
from storyforge.illustration.comfyui.server import Server
from tests.comfyui_jobs import Relay, a_job, answering, busy_with, noise, pixels, png, saved, until, with_lora
from tests.fakes import Fail, FakeComfyUI


@pytest.fixture
def busy(request: pytest.FixtureRequest, server_url: str) -> Iterator[str]:
    """Id of a job of somebody else's that runs for a second or more."""
    graph, id = busy_with(request, 1.5), str(uuid.uuid4())
    requests.post(f"{server_url}/prompt", json={"prompt": graph, "prompt_id": id}, timeout=9)
    until(lambda: any(item[1] == id for item in queue_of(server_url)["queue_running"]))
    yield id
    requests.post(f"{server_url}/interrupt", json={"prompt_id": id}, timeout=9)


def queue_of(url: str) -> Any:
    return requests.get(f"{url}/queue", timeout=9).json()


def history_of(url: str, job: Job) -> Any:
    return requests.get(f"{url}/history/{job.id}", timeout=9).json()[job.id]


def too_large(request: pytest.FixtureRequest) -> Any:
    """A picture of 12 terabytes; the tests' own server would really paint it, and is told to fail instead."""
    return noise(size=(16384, 16384), batch=4096) if request.config.getoption("--comfyui") else noise()


def notes_of(server: Server, job: Job) -> list[str]:
    notes: list[str] = []
    server.draw(job, lambda _=None, *, note="", preview=b"": notes.append(note) if note else None)
    return notes


# ---- cache and files


def test_1_a_job_of_its_own_prefix_has_a_file_of_its_own_also_when_nothing_else_changed(server: Server) -> None:
    first, second = a_job(noise(7)), a_job(noise(7))
    assert (pixels(server.draw(first)) == pixels(server.draw(second))).all()
    images = [history_of(server.url, job)["outputs"]["3"]["images"][0] for job in (first, second)]
    assert images[0] != images[1]


def test_1_a_success_that_names_a_deleted_file_is_spoiled(comfyui: FakeComfyUI, fake: Server) -> None:
    graph = noise()
    fake.draw(a_job(graph))
    comfyui.disk.files.clear()
    with pytest.raises(Spoiled, match="gone") as failed:
        fake.draw(a_job(graph))
    assert "draw it again" in failed.value.remedy


def test_2_pictures_drawn_at_once_are_never_mixed_up(server: Server) -> None:
    jobs = [a_job(noise(seed)) for seed in range(6)]
    with ThreadPoolExecutor(3) as threads:
        at_once = list(threads.map(server.draw, jobs))
    one_by_one = [server.draw(a_job(noise(seed))) for seed in range(6)]
    assert all((pixels(a) == pixels(b)).all() for a, b in zip(at_once, one_by_one, strict=True))


# ---- LoRAs


def test_3_a_lora_that_changes_nothing_is_told_once_with_how_many_keys(comfyui: FakeComfyUI, fake: Server) -> None:
    comfyui.ignored_loras.add("other.safetensors")
    [told] = notes_of(fake, with_lora("other.safetensors"))
    assert "other.safetensors does not fit the model (3 keys were not loaded)" in told and "–" in told
    assert notes_of(fake, with_lora("other.safetensors", seed=6)) == []


def test_3_a_lora_that_works_is_not_told_and_costs_no_second_picture(comfyui: FakeComfyUI, fake: Server) -> None:
    assert notes_of(fake, with_lora("fine.safetensors")) == []
    assert len(comfyui.drawn) == 1


def test_3_a_cut_off_lora_file_is_named(comfyui: FakeComfyUI, fake: Server) -> None:
    comfyui.failures = [
        Fail.error("safetensors._safetensors_rust.SafetensorError", "Error while deserializing header: invalid length")
    ]
    job = with_lora("hero.safetensors")
    del job.graph["1"]["inputs"]["ckpt_name"]
    job.graph["1"] = {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "toy.safetensors"}}
    with pytest.raises(Broke) as failed:
        fake.draw(job)
    assert "download it again" in failed.value.remedy


def test_4_strength_0_equals_no_lora_so_pixels_tell_whether_one_does_anything(
    comfyui: FakeComfyUI, fake: Server
) -> None:
    comfyui.ignored_loras.add("other.safetensors")
    assert lora_effect(with_lora("fine.safetensors"), "2", fake.draw) is True
    assert lora_effect(with_lora("other.safetensors"), "2", fake.draw) is False
    assert lora_effect(with_lora("fine.safetensors", strength=0), "2", fake.draw) is None


def test_4_the_same_seed_gives_the_same_pixels_after_memory_was_freed(server: Server) -> None:
    first = server.draw(a_job(noise(3)))
    server.free()
    assert (pixels(server.draw(a_job(noise(3)))) == pixels(first)).all()


# ---- validation


def test_5_a_200_that_leaves_an_output_out_is_refused_and_called_off(server: Server) -> None:
    graph = noise() | {
        "8": {"class_type": "LoadImage", "inputs": {"image": f"{uuid.uuid4()}.png"}, "_meta": {"title": "Portrait"}},
        "9": saved(["8", 0]),
    }
    with pytest.raises(Refused, match=r"node 8 “Portrait” \(LoadImage\): image is a picture that the server does not"):
        server.draw(a_job(graph))


def test_6_a_missing_node_is_told_by_its_class_and_title(server: Server) -> None:
    graph = noise()
    graph["2"] = {"class_type": "NoSuchNode", "inputs": {"image": ["1", 0]}, "_meta": {"title": "Sharpen"}}
    with pytest.raises(Refused, match=r"'NoSuchNode'.*node 2 “Sharpen”") as failed:
        server.draw(a_job(graph))
    assert "Install Missing Custom Nodes" in failed.value.remedy


def test_7_a_picture_of_another_size_than_asked_is_spoiled(server: Server) -> None:
    with pytest.raises(Spoiled, match="64 × 48 pixels instead of 70 × 48") as failed:
        server.draw(a_job(size=(70, 48)))
    assert "multiples of 64" in failed.value.remedy


def test_7_a_text_that_is_null_is_not_drawn_as_the_word_none(fake: Server, comfyui: FakeComfyUI) -> None:
    job = with_lora("fine.safetensors")
    job.graph["4"]["inputs"]["text"] = None
    with pytest.raises(Refused, match="text is empty"):
        fake.draw(job)
    assert comfyui.drawn == []


def test_8_a_seed_that_overflows_while_it_runs_is_told_with_one_that_does_not(
    comfyui: FakeComfyUI, fake: Server
) -> None:
    comfyui.failures = [Fail.error("ValueError", "Overflow when unpacking long long\n")]  # a KSampler's
    with pytest.raises(Broke) as failed:
        fake.draw(a_job(noise(2**64 - 1)))
    assert "choose a seed below" in failed.value.remedy


def test_8_the_largest_seed_is_drawn(server: Server) -> None:
    assert pixels(server.draw(a_job(noise(2**64 - 2)))).any()


def test_9_a_broken_link_is_told_where_the_server_only_says_99(server: Server) -> None:
    graph = noise()
    graph["2"]["inputs"]["image"] = ["99", 0]
    with pytest.raises(Refused, match=r"node 2.*linked with something that is not there"):
        server.draw(a_job(graph))


def test_9_near_names_are_offered_from_lists_that_are_not_sent(server: Server) -> None:
    job = with_lora("fine.safetensors")
    graph = {"6": job.graph["6"], "7": job.graph["7"], "3": job.graph["3"]}
    for link in ("model", "positive", "negative", "latent_image"):
        del graph["6"]["inputs"][link]
    del graph["7"]["inputs"]["vae"]
    graph["6"]["inputs"]["sampler_name"] = "euler_ancestrall"
    with pytest.raises(Refused) as failed:
        server.draw(a_job(graph))
    assert "did you mean euler_ancestral" in failed.value.remedy


def test_9_a_500_in_plain_text_and_a_413_have_a_cause_and_a_remedy() -> None:
    for status, kind, said in ((500, NoAnswer, "answers 500"), (413, Refused, "takes no upload of this size")):
        with answering(status, b"500 Internal Server Error", "text/plain") as (url, _):
            with pytest.raises(kind, match=said) as failed:
                Server(url).draw(a_job())
            assert failed.value.remedy


def test_10_an_id_is_asked_again_after_a_failure_and_the_old_failure_is_not_taken_for_the_new(
    server: Server, request: pytest.FixtureRequest
) -> None:
    if not request.config.getoption("--comfyui"):
        request.getfixturevalue("comfyui").failures = [Fail.out_of_memory("cpu")]
    job = a_job(too_large(request))
    with pytest.raises(OutOfMemory):
        server.draw(job)
    assert server.has(job.id) == ""
    assert pixels(server.draw(a_job(noise(4), id=job.id))).any()
    assert server.has(job.id) == "done"


def test_11_nothing_is_sent_that_breaks_the_list_of_jobs(server: Server) -> None:
    job = a_job()
    server.draw(job)
    assert "extra_pnginfo" not in history_of(server.url, job)["prompt"][3]


def test_12_folders_by_their_old_names_have_no_sizes_and_nodes_are_asked_for_one_by_one(server: Server) -> None:
    assert server.model_sizes("clip") == server.model_sizes("unet") == server.model_sizes("no such") == {}
    assert server.nodes(["EmptyImage", "NoSuchNode"]).keys() == {"EmptyImage"}


# ---- websocket


def test_13_each_job_has_a_client_id_of_its_own(server: Server) -> None:
    jobs = [a_job(noise(seed)) for seed in range(3)]
    for job in jobs:
        server.draw(job)
    assert len({history_of(server.url, job)["prompt"][3]["client_id"] for job in jobs}) == 3


def test_14_others_jobs_without_a_client_id_are_not_taken_for_ours(server: Server, busy: str) -> None:
    fractions: list[float] = []
    job = a_job()
    server.draw(job, lambda fraction=None, **_: fractions.append(fraction) if fraction is not None else None)
    started = [data for kind, data in history_of(server.url, job)["status"]["messages"] if kind == "execution_start"]
    assert started and fractions == sorted(fractions) and fractions[-1] == 1.0
    assert len(fractions) < 12  # the other one's progress is not among them


def test_15_previews_come_with_ids_and_without(comfyui: FakeComfyUI, fake: Server) -> None:
    previews: list[bytes] = []
    comfyui.seconds = 0.4
    fake.draw(with_lora("a.safetensors"), lambda _=None, *, note="", preview=b"": previews.append(preview))
    assert sum(preview.startswith(b"\xff\xd8") for preview in previews) >= 2
    job = a_job()
    following = Following(job, job.id)
    assert not following.heard(Event("picture", {}, b"jpeg"))  # nothing of ours runs: another one's
    assert not following.heard(Event("executing", {"node": "2"}))  # without an id, as after a reconnect
    following.heard(Event("executing", {"node": "2", "prompt_id": job.id}))
    assert following.heard(Event("picture", {}, b"jpeg")) and following.preview == b"jpeg"
    assert not following.heard(Event("picture", {"prompt_id": "another"}, b"jpeg"))


def test_16_the_end_is_noticed_from_the_socket_at_once_and_with_few_questions(server: Server) -> None:
    server.draw(a_job(noise(1)))
    asked, begin = server.questions, time.monotonic()
    for seed in range(5):
        server.draw(a_job(noise(100 + seed)))
    assert server.questions - asked <= 5 * 6
    assert time.monotonic() - begin < 5 * 0.4  # less than until the first look at the history


def test_17_a_picture_sent_by_websocket_is_taken_from_there(server: Server) -> None:
    graph = noise(21)
    graph["3"] = {"class_type": "SaveImageWebsocket", "inputs": {"images": ["2", 0]}}
    assert (pixels(server.draw(a_job(graph))) == pixels(server.draw(a_job(noise(21))))).all()


def test_17_without_a_websocket_it_is_told_to_save_the_picture(server: Server) -> None:
    graph = noise()
    graph["3"] = {"class_type": "SaveImageWebsocket", "inputs": {"images": ["2", 0]}}
    with Relay(server.url, sockets=False) as relay, pytest.raises(Refused, match="SaveImageWebsocket") as failed:
        Server(relay.url).draw(a_job(graph))
    assert "SaveImage instead" in failed.value.remedy


# ---- queue, interrupt, crash


def test_18_a_job_that_somebody_deletes_from_the_queue_is_called_off(server: Server, busy: str) -> None:
    job = a_job()
    with ThreadPoolExecutor(1) as thread:
        drawn = thread.submit(server.draw, job)
        until(lambda: server.has(job.id) == "waiting")
        requests.post(f"{server.url}/queue", json={"delete": [job.id]}, timeout=9)
        with pytest.raises(CalledOff, match="took the picture out of the queue"):
            drawn.result(90)


def test_19_an_interrupted_job_is_called_off(server: Server, request: pytest.FixtureRequest) -> None:
    job = a_job(busy_with(request, 5.0))
    with ThreadPoolExecutor(1) as thread:
        drawn = thread.submit(server.draw, job)
        until(lambda: server.has(job.id) == "running")
        requests.post(f"{server.url}/interrupt", json={"prompt_id": job.id}, timeout=9)
        with pytest.raises(CalledOff, match="stopped the picture"):
            drawn.result(90)


def test_20_a_server_that_was_restarted_while_it_drew_is_told(comfyui: FakeComfyUI) -> None:
    comfyui.seconds, comfyui.failures = 0.4, [Fail.crash(back_after=0.5)]
    with pytest.raises(NoAnswer, match="was restarted"):
        Server(comfyui.url, patience=10).draw(a_job())


def test_20_a_server_that_died_and_one_that_is_frozen_are_given_up_in_time(comfyui: FakeComfyUI, fake: Server) -> None:
    comfyui.seconds = 0.2
    for seed, failure, said in ((1, Fail.frozen(2.5), "silent"), (2, Fail.crash(), "does not answer")):
        comfyui.failures, begin = [failure], time.monotonic()
        with pytest.raises(NoAnswer, match=said):
            fake.draw(a_job(noise(seed)))
        assert 1 <= time.monotonic() - begin < 4
        until(lambda: not comfyui.running or comfyui.worker.thawed.is_set())


def test_20_a_stop_is_noticed_at_once_by_a_frozen_servers_client(comfyui: FakeComfyUI) -> None:
    comfyui.seconds, comfyui.failures = 0.2, [Fail.frozen(4.5)]
    begin = time.monotonic()

    def progress(*_: object, **__: object) -> None:
        if time.monotonic() > begin + 0.8:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Server(comfyui.url).draw(a_job(), progress)
    assert time.monotonic() - begin < 4.4


def test_21_a_black_picture_is_spoiled_though_the_server_says_success(server: Server) -> None:
    graph = noise()
    graph["3"] = saved(["1", 0])
    with pytest.raises(Spoiled, match="all black") as failed:
        server.draw(a_job(graph))
    assert "--fp32-vae" in failed.value.remedy


@pytest.mark.parametrize("kind", ["torch", "cuda", "cpu"])
def test_22_out_of_memory_is_known_in_all_its_shapes(kind: Any, comfyui: FakeComfyUI, fake: Server) -> None:
    comfyui.failures = [Fail.out_of_memory(kind)]
    with pytest.raises(OutOfMemory) as failed:
        fake.draw(a_job())
    assert "smaller" in failed.value.remedy


def test_22_memory_that_runs_out_on_the_server_itself(server: Server, request: pytest.FixtureRequest) -> None:
    if not request.config.getoption("--comfyui"):
        request.getfixturevalue("comfyui").failures = [Fail.out_of_memory("cpu")]
    with pytest.raises(OutOfMemory, match="ran out of memory"):
        server.draw(a_job(too_large(request)))


# ---- upload and view


def test_23_the_name_that_the_server_gives_an_upload_is_the_one_that_is_loaded(server: Server) -> None:
    name = f"{uuid.uuid4()}.png"
    requests.post(f"{server.url}/upload/image", files={"image": (name, png(color=(0, 0, 255)))}, timeout=9)
    graph = {"1": {"class_type": "LoadImage", "inputs": {"image": name}}, "3": saved(["1", 0])}
    drawn = server.draw(a_job(graph, uploads={name: png(color=(9, 200, 9))}))
    assert tuple(pixels(drawn)[-1, -1]) == (9, 200, 9)


def test_23_what_is_no_picture_is_not_uploaded(server: Server) -> None:
    graph = {"1": {"class_type": "LoadImage", "inputs": {"image": "a.png"}}, "3": saved(["1", 0])}
    with pytest.raises(Refused, match=r"a\.png.*is no picture"):
        server.draw(a_job(graph, uploads={"a.png": b"no picture"}))


def test_24_pictures_in_folders_and_among_the_outputs_are_loaded(server: Server) -> None:
    name = f"storyforge-tests/{uuid.uuid4()}.png"
    graph = {"1": {"class_type": "LoadImage", "inputs": {"image": name}}, "3": saved(["1", 0])}
    job = a_job(graph, uploads={name: png()})
    drawn = server.draw(job)
    assert (pixels(drawn) == pixels(png())).all()
    image = history_of(server.url, job)["outputs"]["3"]["images"][0]
    graph["1"]["inputs"]["image"] = f"{image['subfolder']}/{image['filename']} [output]"
    assert (pixels(server.draw(a_job({**graph, "3": saved(["1", 0])}))) == pixels(drawn)).all()
    described = server.nodes(["LoadImage"])["LoadImage"].input("image")
    assert described is not None and described.takes_upload


def test_25_a_composite_keeps_what_is_outside_the_mask_to_the_bit(server: Server) -> None:
    source, mask = png(), f"{uuid.uuid4()}.png"
    name = f"{uuid.uuid4()}.png"
    painted = noise(size=(64, 48))
    inputs = {"x": 0, "y": 0, "resize_source": False, "destination": ["4", 0], "source": ["2", 0], "mask": ["5", 0]}
    graph = painted | {
        "4": {"class_type": "LoadImage", "inputs": {"image": name}},
        "5": {"class_type": "LoadImageMask", "inputs": {"image": mask, "channel": "red"}},
        "6": {"class_type": "ImageCompositeMasked", "inputs": inputs},
        "3": saved(["6", 0]),
    }
    drawn = pixels(server.draw(a_job(graph, uploads={name: source, mask: png(color=(255, 0, 0))})))
    kept = pixels(source)
    assert (drawn[:24, :32] == kept[:24, :32]).all() and (drawn[24:] != kept[24:]).any()


def test_26_tokens_that_only_the_browser_fills_in_are_fetched_as_they_stand(server: Server) -> None:
    assert pixels(server.draw(a_job(noise(prefix=f"storyforge-tests/%date:yyyy%/a b+{uuid.uuid4()}")))).any()


def test_26_no_origin_is_sent_which_a_tunnel_would_make_a_foreign_one(server: Server) -> None:
    with Relay(server.url) as relay:
        Server(relay.url).draw(a_job())
    assert any(b"/ws?" in first for first in relay.seen)
    assert not any(b"\r\norigin:" in first.lower() for first in relay.seen)
    foreign = requests.get(f"{server.url}/queue", headers={"Origin": "http://elsewhere.example"}, timeout=9)
    assert foreign.status_code == 403

"""A picture of a ComfyUI server: found again, followed, checked, called off; and all that may stand in its place."""

from __future__ import annotations

import json
import socket
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import requests

from storyforge.errors import BadSettings
from storyforge.illustration.comfyui.address import Address
from storyforge.illustration.comfyui.aside import aside
from storyforge.illustration.comfyui.failures import Broke, CalledOff, NoAnswer, OutOfMemory, Refused, Spoiled, Stuck
from storyforge.illustration.comfyui.job import Job
from storyforge.illustration.comfyui.lora_log import LoraLog
from storyforge.illustration.comfyui.node import Node
from storyforge.illustration.comfyui.picture import checked
from storyforge.illustration.comfyui.refusal import near_names, refusal
from storyforge.illustration.comfyui.server import Server
from storyforge.illustration.comfyui.stats import Stats, numbers
from storyforge.illustration.comfyui.verdict import called, failure
from storyforge.web.answer import Answer
from tests.comfyui_jobs import Relay, a_job, answering, busy_with, noise, pixels, png, saved, until, with_lora
from tests.fakes import Fail, FakeComfyUI


class Stop(Exception):
    """What a user's Ctrl-C is in these tests."""


def notes_of(server: Server, job: Job) -> list[str]:
    notes: list[str] = []
    server.draw(job, lambda _=None, *, note="", preview=b"": notes.append(note) if note else None)
    return notes


# ---- a picture


def test_a_picture_is_drawn_once_and_found_by_its_id_ever_after(server: Server) -> None:
    job = a_job(size=(64, 48))
    assert server.has(job.id) == ""
    picture = server.draw(job)
    assert server.has(job.id) == "done"
    asked = server.questions
    assert Server(server.url).draw(job) == server.draw(job) == picture
    assert server.questions - asked == 3  # queue, history, view: nothing was sent


def test_a_job_that_a_killed_program_left_in_the_queue_is_waited_for(
    server: Server, request: pytest.FixtureRequest
) -> None:
    job = a_job(busy_with(request, 1.0))
    body = {"prompt": job.graph, "prompt_id": job.id, "client_id": uuid.uuid4().hex}
    requests.post(f"{server.url}/prompt", json=body, timeout=9)
    until(lambda: server.has(job.id) == "running")
    assert pixels(server.draw(job)).any()
    started = requests.get(f"{server.url}/history/{job.id}", timeout=9).json()[job.id]["prompt"][3]
    assert started["client_id"] == body["client_id"]  # it is that run's job, not a second one


def test_progress_rises_from_0_to_1_and_is_called_twice_a_second_also_without_news(
    server: Server, request: pytest.FixtureRequest
) -> None:
    calls: list[float] = []
    fractions: list[float] = []

    def progress(fraction: float | None = None, *, note: str = "", preview: bytes = b"") -> None:
        calls.append(time.monotonic())
        fractions.extend([] if fraction is None else [fraction])

    begin = time.monotonic()
    server.draw(a_job(busy_with(request, 1.5)), progress)
    calls = [begin, *calls, time.monotonic()]
    assert max(later - earlier for earlier, later in pairwise(calls)) < 0.5
    assert fractions == sorted(fractions) and fractions[0] < 0.7 and fractions[-1] == 1.0


def test_steps_of_the_sampler_are_most_of_the_time(comfyui: FakeComfyUI, fake: Server) -> None:
    comfyui.seconds = 0.4
    fractions: list[float] = []
    fake.draw(with_lora("a.safetensors"), lambda fraction=None, **_: fractions.append(fraction or 0))
    assert len([fraction for fraction in fractions if 0.2 < fraction < 0.9]) >= 3


def test_several_threads_draw_on_one_server(server: Server) -> None:
    jobs = [a_job(noise(seed), size=(64, 48)) for seed in range(12)]
    with ThreadPoolExecutor(4) as threads:
        pictures = list(threads.map(server.draw, jobs))
    assert len(set(pictures)) == 12


def test_very_old_servers_that_give_ids_of_their_own_are_followed(comfyui: FakeComfyUI) -> None:
    job = a_job()
    with Relay(comfyui.url, rewrite=lambda data: data.replace(b'"prompt_id"', b'"prompt_ID"')) as relay:
        assert pixels(Server(relay.url).draw(job)).any()
    [(given, _)] = comfyui.drawn
    assert given != job.id


# ---- stopping


@pytest.mark.parametrize("when", ["waiting", "running"])
def test_a_stop_calls_the_job_off_and_nobody_elses(when: str, server: Server, request: pytest.FixtureRequest) -> None:
    job, other = a_job(busy_with(request, 3.0)), str(uuid.uuid4())
    if when == "waiting":
        graph = busy_with(request, 3.0)
        requests.post(f"{server.url}/prompt", json={"prompt": graph, "prompt_id": other}, timeout=9)
        until(lambda: server.has(other) == "running")
    seen: list[str] = []

    def progress(*_: object, **__: object) -> None:
        if not seen:
            seen.extend([when] if server.has(job.id) == when else [])
        if seen:
            raise Stop

    with pytest.raises(Stop):
        server.draw(job, progress)
    until(lambda: server.has(job.id) != "running")  # a real one looks for it between two nodes
    assert server.has(job.id) == ""
    if when == "waiting":
        assert server.has(other) in ("running", "done")
        requests.post(f"{server.url}/interrupt", json={"prompt_id": other}, timeout=9)


def test_a_stop_before_anything_was_sent_sends_nothing(comfyui: FakeComfyUI, fake: Server) -> None:
    def progress(*_: object, **__: object) -> None:
        raise Stop

    comfyui.seconds = 0.5
    with pytest.raises(Stop):
        fake.draw(a_job(), progress)
    until(lambda: comfyui.worker.remaining == 0)


def test_work_done_aside_keeps_notes_and_gives_up_what_was_overtaken() -> None:
    seen: list[tuple[float | None, str]] = []
    here = threading.current_thread()

    def progress(fraction: float | None = None, *, note: str = "", preview: bytes = b"") -> None:
        assert threading.current_thread() is here
        seen.append((fraction, note))
        time.sleep(0.05)

    def work(tell: Any) -> str:
        for number in range(100):
            tell(number / 100, note="first" if number == 0 else "")
            time.sleep(0.001)
        tell(note="last")
        return "done"

    assert aside(work, progress) == "done"
    assert [note for _, note in seen if note] == ["first", "last"] and len(seen) < 20
    assert (0.99, "") in seen


# ---- without a websocket, with one that is lost


def test_everything_works_where_no_websocket_gets_through(server: Server) -> None:
    with Relay(server.url, sockets=False) as relay:
        calls: list[float] = []
        assert pixels(Server(relay.url).draw(a_job(), lambda *_, **__: calls.append(0))).any()
        assert len(calls) >= 2


def test_a_websocket_that_is_cut_is_opened_again_under_another_name(
    server: Server, request: pytest.FixtureRequest
) -> None:
    with Relay(server.url) as relay, ThreadPoolExecutor(1) as thread:
        client = Server(relay.url)
        job = a_job(busy_with(request, 2.5))
        drawn = thread.submit(client.draw, job)
        until(lambda: server.has(job.id) == "running")
        relay.cut_sockets()
        assert pixels(drawn.result(60)).any()
        names = [first.split()[1] for first in relay.seen if b"/ws?" in first]
    assert len(names) == len(set(names)) >= 1


class Swallowing(Relay):
    """A proxy that takes websockets for questions that need long to answer."""

    def _connect(self, client: socket.socket) -> None:
        if b"/ws?" not in client.recv(65536, socket.MSG_PEEK):
            return super()._connect(client)
        with client:
            self.seen.append(client.recv(65536))
            client.recv(1)  # until the other side gives up
        return None


def test_a_way_that_swallows_websockets_is_waited_for_once_and_not_with_every_picture(comfyui: FakeComfyUI) -> None:
    with Swallowing(comfyui.url) as relay:
        client = Server(relay.url)
        client.draw(a_job(noise(1)))
        begin = time.monotonic()
        for seed in (2, 3, 4):
            client.draw(a_job(noise(seed)))
        assert sum(b"/ws?" in first for first in relay.seen) == 1
        assert time.monotonic() - begin < 4


# ---- sending


def test_a_job_whose_reply_was_lost_is_not_sent_twice(comfyui: FakeComfyUI, fake: Server) -> None:
    comfyui.seconds, comfyui.failures = 0.3, [Fail.post_times_out_but_runs(0.1)]
    fake.draw(a_job())
    assert len(comfyui.drawn) == 1 and comfyui.asked.count("POST /prompt") == 1


def test_a_job_that_never_arrived_is_sent_again(comfyui: FakeComfyUI, fake: Server) -> None:
    comfyui.failures = [Fail.html(502)]
    fake.draw(a_job())
    assert len(comfyui.drawn) == 1


def test_a_portrait_is_uploaded_once_and_again_after_the_input_folder_was_emptied(
    comfyui: FakeComfyUI, fake: Server
) -> None:
    def draw(seed: int) -> None:
        graph = noise(seed) | {"1": {"class_type": "LoadImage", "inputs": {"image": "a/pip.png"}}}
        fake.draw(a_job(graph, uploads={"a/pip.png": png()}))

    draw(1)
    draw(2)
    assert comfyui.asked.count("POST /upload/image") == 1
    comfyui.disk.files.clear()
    draw(3)
    assert comfyui.asked.count("POST /upload/image") == 2


def test_a_file_that_is_not_there_is_told_with_near_names(comfyui: FakeComfyUI, fake: Server) -> None:
    comfyui.nodes.models["loras"] = {"styles/Chroneon_v2.safetensors": 10, "pip.safetensors": 10}
    comfyui.nodes.accept_any_file = False
    with pytest.raises(Refused) as failed:
        fake.draw(with_lora("chroneon_v1.safetensors"))
    assert "lora_name is 'chroneon_v1.safetensors', which is not there" in failed.value.cause
    assert "did you mean styles/Chroneon_v2.safetensors" in failed.value.remedy


# ---- what somebody else does, what goes wrong


def test_a_queue_that_does_not_move_is_stuck_and_the_job_is_taken_back(comfyui: FakeComfyUI, fake: Server) -> None:
    comfyui.seconds, comfyui.failures = 0.2, [Fail.stuck()]
    with pytest.raises(Stuck, match="has not moved") as failed:
        fake.draw(a_job())
    assert "restart ComfyUI" in failed.value.remedy
    assert "POST /api/jobs" in " ".join(comfyui.asked)


def test_somebody_elses_long_job_is_waited_for_without_end_and_that_is_told_once(
    comfyui: FakeComfyUI, fake: Server
) -> None:
    comfyui.seconds = 4.0  # four times as long as a queue may stand still
    requests.post(f"{fake.url}/prompt", json={"prompt": noise(99), "prompt_id": str(uuid.uuid4())}, timeout=9)
    until(lambda: comfyui.worker.running is not None)
    comfyui.seconds = 0.0
    with ThreadPoolExecutor(2) as threads:
        told = list(threads.map(lambda seed: notes_of(fake, a_job(noise(seed))), (1, 2)))
    [note] = [*told[0], *told[1]]
    assert "busy with somebody else's job: waiting until it ends" in note
    assert len(comfyui.drawn) == 3


def test_ones_own_next_job_waits_behind_the_first_without_a_word(comfyui: FakeComfyUI, fake: Server) -> None:
    comfyui.seconds = 2.0
    with ThreadPoolExecutor(2) as threads:
        told = list(threads.map(lambda job: notes_of(fake, job), [with_lora("a.safetensors", seed=n) for n in (1, 2)]))
    assert told == [[], []]


def test_a_long_job_that_is_not_heard_of_is_not_taken_for_stuck(comfyui: FakeComfyUI) -> None:
    comfyui.seconds = 2.5
    left = a_job(noise(8))
    requests.post(f"{comfyui.url}/prompt", json={"prompt": left.graph, "prompt_id": left.id}, timeout=9)
    until(lambda: comfyui.worker.running is not None)
    assert pixels(Server(comfyui.url, stall=1.0).draw(left)).any()  # a killed program's: told to nobody
    with Relay(comfyui.url, sockets=False) as relay:
        assert pixels(Server(relay.url, stall=1.0).draw(a_job(noise(9)))).any()
    assert len(comfyui.drawn) == 2


def test_a_picture_that_was_damaged_on_its_way_is_fetched_once_more(comfyui: FakeComfyUI, fake: Server) -> None:
    comfyui.failures = [Fail.cut_once()]
    assert pixels(fake.draw(a_job(size=(64, 48)))).any()
    assert len(comfyui.drawn) == 1 and comfyui.asked.count("GET /view") == 2 and not comfyui.freed


@pytest.mark.parametrize(
    ("fail", "said"),
    [
        (Fail.truncated(), "cut off"),
        (Fail.bomb(), "60000 × 60000"),
        (Fail.black(), "all black"),
        (Fail.wrong_size(), "32 × 24 pixels instead of 64 × 48"),
        (Fail.view_404(), "gone"),
        (Fail.evil_name("../../secret.png"), "outside its output folder"),
        (Fail.evil_name("/etc/passwd"), "outside its output folder"),
        (Fail.evil_name("C:\\x.png"), "outside its output folder"),
    ],
)
def test_a_picture_that_is_not_what_it_should_be_is_spoiled(
    fail: Fail, said: str, comfyui: FakeComfyUI, fake: Server
) -> None:
    comfyui.failures = [fail]
    with pytest.raises(Spoiled, match=said) as failed:
        fake.draw(a_job(size=(64, 48)))
    assert failed.value.remedy


def test_bytes_without_end_are_not_taken(comfyui: FakeComfyUI, fake: Server) -> None:
    comfyui.failures = [Fail.huge()]
    with pytest.raises(Spoiled, match="more than 200 MB"):
        fake.draw(a_job())


@pytest.mark.parametrize(
    ("kind", "message", "remedy"),
    [
        ("RuntimeError", "mat1 and mat2 shapes cannot be multiplied (77x768 and 2048x640)", "text encoder"),
        ("RuntimeError", "ERROR: Could not detect model type of: /m/toy.safetensors", "toy.safetensors as a whole"),
        ("safetensors.SafetensorError", "Error while deserializing header", "toy.safetensors is damaged"),
        ("OSError", "[Errno 28] No space left on device", "disk"),
        ("ValueError", "a node raised", "window"),
    ],
)
def test_a_node_that_fails_is_told_with_a_remedy_that_fits(kind: str, message: str, remedy: str) -> None:
    graph = {
        "1": {
            "class_type": "CheckpointLoaderSimple",
            "inputs": {"ckpt_name": "toy.safetensors"},
            "_meta": {"title": "The model"},
        }
    }
    said = {"node_id": "1", "exception_type": kind, "exception_message": message}
    found = failure({"status": {"status_str": "error", "messages": [["execution_error", said]]}}, graph, "gamer:8188")
    assert isinstance(found, Broke)
    assert "gamer:8188: node 1 “The model” (CheckpointLoaderSimple)" in found.cause and remedy in found.remedy


@pytest.mark.parametrize(
    "message",
    [
        "There is not enough GPU video memory available",
        "Native API failed. Native API returns: 39 (UR_RESULT_ERROR_OUT_OF_DEVICE_MEMORY)",
        "HIP error: hipErrorOutOfMemory",
        "MPS backend out of memory (MPS allocated: 17.5 GB, other allocations: 0.5 GB)",
    ],
)
def test_every_makers_word_for_too_little_memory_is_known(message: str) -> None:
    said = {"node_id": "1", "exception_type": "RuntimeError", "exception_message": message}
    entry = {"status": {"status_str": "error", "messages": [["execution_error", said]]}}
    assert isinstance(failure(entry, {}, "gamer:8188"), OutOfMemory)


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("storyforge:seed=seed, storyforge:steps=steps", "node 5 KSampler"),
        ("Second pass storyforge:seed", "node 5 “Second pass” (KSampler)"),
    ],
)
def test_marks_in_a_title_are_not_shown_to_people(title: str, shown: str) -> None:
    assert called("5", {"5": {"class_type": "KSampler", "inputs": {}, "_meta": {"title": title}}}) == shown


def test_a_history_of_any_shape_is_survived() -> None:
    for entry in ({}, {"status": None}, {"status": {"messages": [None, [], ["x"], ["execution_error", None]]}}):
        assert failure(entry, {}, "here") is None
    assert isinstance(failure({"status": {"status_str": "error"}}, {}, "here"), Broke)
    interrupted: Any = {"status": {"status_str": "success", "messages": [["execution_interrupted", {}]]}}
    assert isinstance(failure(interrupted, {}, "here"), CalledOff)


# ---- what answers in its place


@pytest.mark.parametrize(
    ("status", "said", "remedy"),
    [
        (200, "it sends a web page", "check the address"),
        (401, "wants a login", "headers"),
        (403, "lets nobody through", "headers"),
        (404, "answers 404", "address"),
        (502, "finds no ComfyUI behind it", "start ComfyUI"),
        (503, "finds no ComfyUI behind it", "start"),
        (504, "does not", "restart"),
    ],
)
def test_web_pages_of_proxies_and_logins_are_told_as_what_they_are(status: int, said: str, remedy: str) -> None:
    with answering(status, b"<html><h1>nginx</h1></html>") as (url, _):
        for ask in (lambda server: server.stats(), lambda server: server.draw(a_job())):
            with pytest.raises(NoAnswer, match=said) as failed:
                ask(Server(url))
            assert remedy in failed.value.remedy


def test_a_server_that_sends_one_elsewhere_is_not_followed_with_the_users_secrets() -> None:
    with answering(302, headers={"Location": "https://login.example/auth?token=secret"}) as (url, _):
        with pytest.raises(NoAnswer, match=r"https://login\.example/auth") as failed:
            Server(url).stats()
        assert "secret" not in str(failed.value)


def test_another_program_on_its_port_is_no_comfyui() -> None:
    other = answering(200, b'{"hello": "world"}', "application/json")
    with other as (url, _), pytest.raises(NoAnswer, match="not ComfyUI"):
        Server(url).stats()


def test_a_server_that_is_not_there_is_told_within_seconds() -> None:
    begin = time.monotonic()
    for url in ("http://127.0.0.1:9", "http://no-such-host.invalid:8188"):
        with pytest.raises(NoAnswer) as failed:
            Server(url).draw(a_job())
        assert failed.value.remedy
    assert time.monotonic() - begin < 10


# ---- addresses, headers


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("gamer", "http://gamer:8188"),
        ("gamer:9000", "http://gamer:9000"),
        (" http://127.0.0.1:8188/ ", "http://127.0.0.1:8188"),
        ("https://host/gpu/", "https://host/gpu"),
        ("host:7801/ComfyBackendDirect/", "http://host:7801/ComfyBackendDirect"),
        ("http://[::1]:8188/#workflow", "http://[::1]:8188"),
        ("http://me:secret@host:1/", "http://host:1"),
    ],
)
def test_an_address_may_be_written_in_many_ways(written: str, url: str) -> None:
    assert Address.read(written).url == url and Server(written).url == url


@pytest.mark.parametrize("written", ["", "ftp://host", "http://", "http://[::1", "host:99999", "a b", "http://u:p@"])
def test_what_is_no_address_is_told_with_how_one_looks(written: str) -> None:
    with pytest.raises(BadSettings) as failed:
        Server(written)
    assert "http://127.0.0.1:8188" in failed.value.remedy and "u:p" not in str(failed.value)


def test_headers_are_filled_in_from_the_environment_and_sent_with_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMFY_TOKEN", "s3cret")
    with FakeComfyUI(prefix="/gpu", headers={"Authorization": "Bearer s3cret"}) as fake:
        server = Server(f"{fake.url}/", {"Authorization": "Bearer ${COMFY_TOKEN}"})
        server.draw(a_job())
        assert "GET /ws" in fake.asked and server.name.endswith("/gpu")
        with pytest.raises(NoAnswer, match="wants a login") as failed:
            Server(fake.url, {"Authorization": "Bearer wrong-${COMFY_TOKEN}"}).draw(a_job())
        assert "s3cret" not in str(failed.value)


def test_a_missing_variable_and_a_value_that_is_no_header_are_told_without_the_value(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(BadSettings, match="NO_SUCH_TOKEN: it is not set"):
        Server("gamer", {"X-Token": "${NO_SUCH_TOKEN}"}).draw(a_job())
    monkeypatch.setenv("TWO_LINES", "s3cret\nX-Evil: 1")
    with pytest.raises(BadSettings) as failed:
        Server("gamer", {"X-Token": "${TWO_LINES}"}).stats()
    assert "s3cret" not in str(failed.value)


def test_a_name_and_password_in_the_address_are_sent_as_a_header_and_shown_nowhere() -> None:
    with answering(401) as (url, asked):
        server = Server(url.replace("//", "//me:s3cret@"))
        with pytest.raises(NoAnswer) as failed:
            server.stats()
    assert asked[0]["Authorization"] == "Basic bWU6czNjcmV0"
    assert "s3cret" not in f"{failed.value} {server.url} {server.name}"


def test_proxies_of_the_environment_are_not_asked_for_this_machines_addresses(
    monkeypatch: pytest.MonkeyPatch, server: Server
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "elsewhere.example")
    fractions: list[float] = []
    Server(server.url).draw(a_job(), lambda fraction=None, **_: fractions.append(fraction or 0))
    assert max(fractions) == 1.0


# ---- what it tells about itself


def test_stats_of_any_server_are_read(server: Server) -> None:
    stats = server.stats()
    assert stats.numbers >= (0, 3, 64) and stats.vram_total > 0 and stats.argv[0].endswith("main.py")
    assert Stats.read({"system": {}}).numbers == () and Stats.read([]).devices == ()
    assert numbers("v0.33.0-12-gabc") == (0, 33, 0) and numbers("0.3.64") < numbers("0.33.0") and numbers("") == ()


def test_nodes_are_read_in_both_shapes_and_asked_for_once(server: Server) -> None:
    nodes = server.nodes(["KSampler", "BasicScheduler", "SaveImage", "KSampler", "NoSuch"])
    assert nodes.keys() == {"KSampler", "BasicScheduler", "SaveImage"} and nodes["SaveImage"].is_output
    for node, name in ((nodes["KSampler"], "sampler_name"), (nodes["BasicScheduler"], "scheduler")):
        found = node.input(name)
        assert found is not None and found.type == "COMBO" and len(found.choices) >= 5
    seed = nodes["KSampler"].input("seed")
    assert seed is not None and (seed.type, seed.min, seed.required) == ("INT", 0, True)
    assert nodes["KSampler"].outputs == ("LATENT",)
    asked = server.questions
    server.nodes(["KSampler", "NoSuch"])
    assert server.questions == asked
    server.forget()
    server.nodes(["KSampler"])
    assert server.questions == asked + 1


def test_inputs_of_a_choice_and_inputs_that_grow_are_known() -> None:
    node = Node.read(
        "Resize",
        {
            "input": {
                "required": {
                    "kind": [
                        "COMFY_DYNAMICCOMBO_V3",
                        {"options": [{"key": "by", "inputs": {"required": {"multiplier": ["FLOAT", {"min": 0.1}]}}}]},
                    ],
                    "images": ["COMFY_AUTOGROW_V3", {"template": {}}],
                },
                "optional": {"mask": ["MASK"], "odd": "what?", "none": None},
            },
            "output": None,
        },
    )
    kind, multiplier, grown = (node.input(name) for name in ("kind", "kind.multiplier", "images.image_2"))
    assert kind is not None and kind.choices == ("by",)
    assert multiplier is not None and multiplier.type == "FLOAT" and not multiplier.required
    assert grown is not None and grown.name == "images"
    assert node.input("nothing") is None and Node.read("x", "nonsense").inputs == {}


def test_every_recorded_node_can_be_read() -> None:
    recorded = json.loads((Path(__file__).parent / "data" / "comfyui_nodes.json").read_text())["classes"]
    for name, described in recorded.items():
        node = Node.read(name, described)
        assert node.inputs.keys() >= {
            key for group in ("required", "optional") for key in described["input"].get(group, {})
        }


def test_sizes_of_model_files_and_freeing_memory(comfyui: FakeComfyUI, fake: Server) -> None:
    comfyui.nodes.models["loras"] = {"a.safetensors": 123, "sub/b.safetensors": b"12345"}
    assert fake.model_sizes("loras") == {"a.safetensors": 123, "sub/b.safetensors": 5}
    fake.free()
    assert comfyui.freed == 1


def test_sizes_that_a_proxy_does_not_let_through_are_unknown() -> None:
    for status in (401, 403, 404, 502):
        with answering(status, b"<html>") as (url, _):
            assert Server(url).model_sizes("loras") == {}
    with answering(200, b'{"no": "list"}', "application/json") as (url, _):
        assert Server(url).model_sizes("loras") == {}


def test_what_is_known_of_nodes_may_be_forgotten_while_another_thread_reads_it(fake: Server) -> None:
    names, over = ["KSampler", "SaveImage", "EmptyImage"], threading.Event()

    def forget() -> None:
        while not over.is_set():
            fake.forget()

    threading.Thread(target=forget, daemon=True).start()
    try:
        assert all(fake.nodes(names).keys() == set(names) for _ in range(30))
    finally:
        over.set()


def test_all_jobs_of_a_server_are_told_at_once(server: Server, request: pytest.FixtureRequest) -> None:
    done, running = a_job(), a_job(busy_with(request, 2.0))
    server.draw(done)
    with ThreadPoolExecutor(1) as thread:
        drawn = thread.submit(server.draw, running)
        until(lambda: server.has(running.id) == "running")
        known = server.known()
        assert (known[done.id], known[running.id]) == ("done", "running")
        server.call_off([running.id])
        with pytest.raises(CalledOff):
            drawn.result(90)
    assert running.id not in server.known()


def test_the_file_of_a_job_is_known_by_its_name(server: Server) -> None:
    id = str(uuid.uuid4())
    job = a_job(noise(prefix=f"storyforge-tests/{id}"), id=id)
    assert not server.has_file_of(job)
    server.draw(job)
    assert server.has_file_of(job)


# ---- small parts


def test_a_jpeg_or_webp_of_an_odd_node_becomes_a_png() -> None:
    for form in ("JPEG", "WEBP"):
        assert checked(png(form=form), (64, 48)).startswith(b"\x89PNG")
    assert checked(png()) == png()


@pytest.mark.parametrize(
    "data", [b"", b"\x89PNG\r\n\x1a\n", b"<html>", png()[:-20], png()[:100], png(form="JPEG")[:300]]
)
def test_what_is_no_whole_picture_is_spoiled(data: bytes) -> None:
    with pytest.raises(Spoiled):
        checked(data)


def test_a_picture_cut_off_anywhere_is_spoiled() -> None:
    whole = png()
    for length in range(len(whole)):
        with pytest.raises(Spoiled):
            checked(whole[:length])


def test_log_lines_are_counted_for_the_lora_that_runs_and_late_ones_for_all_so_far() -> None:
    log = LoraLog({"2": "a", "3": "b", "4": "c"})
    lines = [{"t": "", "m": "\x1b[33mlora key not loaded: x\nlora key not loaded: y\n"}]
    log.heard("", lines)  # before the job
    log.executes("2")
    log.heard("2", lines)
    log.executes("3")
    log.heard("9", [*lines, {"m": None}, "odd"])
    log.heard("9", None)
    assert log.lines == {"2": 4, "3": 2}


def test_a_lora_is_tried_by_pixels_where_the_log_cannot_be_had(comfyui: FakeComfyUI) -> None:
    comfyui.ignored_loras.add("other.safetensors")
    with Relay(comfyui.url, sockets=False) as relay:
        server = Server(relay.url)
        [told] = notes_of(server, with_lora("other.safetensors"))
        assert "other.safetensors does not fit the model: the picture is the same without it" in told
        assert notes_of(server, with_lora("fine.safetensors")) == []
    assert len([file for file in comfyui.disk.files if file[0] == "output"]) == 2  # the tiny ones are not kept


def test_a_refusal_of_any_shape_is_told() -> None:
    for body in (b"", b"<html>", b"{", b"[]", b'{"error": "text"}', b'{"node_errors": {"1": {"errors": [{}]}}}'):
        refused = refusal(Answer(400, body, "gamer:8188"), {}, lambda _: {})
        assert "gamer:8188" in refused.cause and refused.remedy


def test_near_names_do_not_mind_folders_and_capitals() -> None:
    names = ("flux\\Hero_V2.safetensors", "pip.safetensors", "other.ckpt")
    assert near_names("hero_v1.safetensors", names) == ["flux\\Hero_V2.safetensors"]
    assert near_names("z", names) == []


def test_an_output_that_names_no_picture_gives_the_only_ones_there_are(server: Server) -> None:
    assert pixels(server.draw(a_job(output="7"))).any()


def test_a_job_without_a_picture_says_so(server: Server) -> None:
    graph = noise() | {"3": {"class_type": "PreviewImage", "inputs": {"images": ["2", 0]}}}
    assert pixels(server.draw(a_job(graph))).any()  # of the temp folder


def test_two_drawings_of_the_same_job_give_the_same_picture(server: Server) -> None:
    job: Job = a_job(noise() | {"3": saved(["2", 0])})
    with ThreadPoolExecutor(2) as threads:
        first, second = threads.map(server.draw, [job, job])
    assert (pixels(first) == pixels(second)).all()

"""The tests' ComfyUI does what a real one does: the same tests run against both.

pytest tests/test_fakes.py --comfyui http://127.0.0.1:8188 runs them against a real server, of 0.33 or of 0.3.64.
"""

from __future__ import annotations

import io
import json
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np
import pytest
import requests
import websocket
from PIL import Image

from tests.comfyui_jobs import noise
from tests.fakes import Fail, FakeComfyUI
from tests.fakes.nodes import recorded
from tests.record_nodes import reduced

Graph = dict[str, dict[str, Any]]


class Asked:
    """A server, asked without the client that is to be tested with it."""

    def __init__(self, url: str, fake: FakeComfyUI | None = None) -> None:
        self.url, self._fake = url, fake
        version = self.get("/system_stats")["system"]["comfyui_version"]
        self.old = tuple(int(part) for part in version.split(".")[:2]) < (0, 33)

    def slow_down(self, seconds: float) -> None:
        """What the fake takes for a picture; a real server is slow as it is."""
        if self._fake:
            self._fake.seconds = seconds

    def get(self, path: str, **query: Any) -> Any:
        return requests.get(self.url + path, params=query, timeout=10).json()

    def status(self, path: str, **query: Any) -> int:
        return requests.get(self.url + path, params=query, timeout=10).status_code

    def post(self, path: str, body: Any) -> requests.Response:
        return requests.post(self.url + path, json=body, timeout=10)

    def submit(self, graph: Any, **more: Any) -> requests.Response:
        return self.post("/prompt", {"prompt": graph, **more})

    def refused(self, graph: Graph) -> tuple[str, dict[str, Any]]:
        """The type of the error, and what is wrong with each node."""
        reply = self.submit(graph)
        assert reply.status_code == 400
        return reply.json()["error"]["type"], reply.json()["node_errors"]

    def run(self, graph: Graph, **more: Any) -> dict[str, Any]:
        """The history entry of the job, when it is over."""
        return self.ended(self.submit(graph, **more).json()["prompt_id"])

    def ended(self, job: str) -> dict[str, Any]:
        until = time.monotonic() + 20
        while time.monotonic() < until:
            if entry := self.get(f"/history/{job}").get(job):
                return dict(entry)
            time.sleep(0.01)
        raise AssertionError("the job does not end")

    def image(self, entry: dict[str, Any]) -> dict[str, str]:
        [output] = entry["outputs"].values()
        return dict(output["images"][0])

    def pixels(self, entry: dict[str, Any]) -> Any:
        data = requests.get(self.url + "/view", params=self.image(entry), timeout=10).content
        return np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)

    def upload(self, name: str, data: bytes, **fields: str) -> requests.Response:
        return requests.post(f"{self.url}/upload/image", files={"image": (name, data)}, data=fields, timeout=10)

    @contextmanager
    def socket(self, client: str, **flags: bool) -> Iterator[Socket]:
        url = f"ws{self.url.removeprefix('http')}/ws?clientId={client}"
        connection = websocket.create_connection(url, timeout=1, suppress_origin=True)
        if flags:
            connection.send(json.dumps({"type": "feature_flags", "data": flags}))
        try:
            yield Socket(connection)
        finally:
            connection.close()


class Socket:
    def __init__(self, connection: Any) -> None:
        self.connection = connection

    def read(self) -> list[Any]:
        """Messages until a job is over, or until nothing has come for a second."""
        messages: list[Any] = []
        with suppress(websocket.WebSocketTimeoutException):
            while not (messages and is_end(messages[-1])):
                got = self.connection.recv()
                messages.append(json.loads(got) if isinstance(got, str) else got)
        return messages


def is_end(message: Any) -> bool:
    return isinstance(message, dict) and message["type"] == "executing" and message["data"]["node"] is None


def names(messages: list[Any]) -> list[str]:
    return [message["type"] if isinstance(message, dict) else f"binary {message[3]}" for message in messages]


def png(colour: int = 9, size: tuple[int, int] = (16, 16)) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, (colour, 200, 30)).save(written, "PNG")
    return written.getvalue()


def slow(seed: int) -> Graph:
    """Long enough to be found running on a processor, and on the fake."""
    return noise(seed, size=(2048, 2048), batch=4)


@pytest.fixture(params=["0.33.0", "0.3.64"])
def server(request: pytest.FixtureRequest) -> Iterator[Asked]:
    """The server named by --comfyui, or a fake of each version in turn."""
    given = request.config.getoption("--comfyui")
    if given and request.param != "0.33.0":
        pytest.skip("one real server at a time")
    if given:
        yield Asked(given.rstrip("/"))
    else:
        with FakeComfyUI(version=request.param) as fake:
            yield Asked(fake.url, fake)


def test_statistics_name_version_and_memory(server: Asked) -> None:
    stats = server.get("/system_stats")
    assert {"os", "ram_total", "comfyui_version", "argv"} <= stats["system"].keys()
    assert {"name", "type", "vram_total", "vram_free"} <= stats["devices"][0].keys()


def test_nodes_are_described_as_recorded(server: Asked) -> None:
    shared = {name: each for name, each in recorded().items() if not (server.old and each.get("new"))}
    for name in ("KSampler", "EmptyImage", "KSamplerSelect", "LoadImage", "LoraLoader", "ImageCompositeMasked"):
        described = server.get(f"/object_info/{name}")[name]
        kept = reduced(described, True)
        assert kept["input"].keys() == shared[name]["input"].keys()
        for kind, inputs in shared[name]["input"].items():
            assert kept["input"][kind].keys() == inputs.keys()
        assert kept["output"] == shared[name]["output"]
    assert server.get("/object_info/NoSuchNode") == {}


def test_every_recorded_node_is_one_that_the_server_describes(server: Asked) -> None:
    told = server.get("/object_info")
    assert {name for name, each in recorded().items() if not (server.old and each.get("new"))} <= told.keys()
    if server.old:
        assert not {name for name, each in recorded().items() if each.get("new")} & told.keys()


def test_model_folders_have_one_name_each(server: Asked) -> None:
    assert "loras" in server.get("/models")
    assert isinstance(server.get("/models/loras"), list)
    assert isinstance(server.get("/experiment/models/loras"), list)
    assert [server.status(f"/models/{name}") for name in ("clip", "unet", "nosuch")] == [404, 404, 404]


def test_a_job_may_have_an_id_of_the_clients_choice(server: Asked) -> None:
    own = str(uuid.uuid4())
    assert server.submit(noise(), prompt_id=own).json()["prompt_id"] == own
    assert server.ended(own)["status"]["status_str"] == "success"
    texts = ["my-job", own.upper(), own.replace("-", ""), ""]
    statuses = [server.submit(noise(), prompt_id=text).status_code for text in texts]
    assert statuses == ([200] * 4 if server.old else [400] * 4)


def broken(change: Callable[[Graph], Any]) -> Graph:
    graph = noise(3)
    change(graph)
    return graph


WRONG_VALUES = {
    "required_input_missing": lambda g: g["2"]["inputs"].pop("seed"),
    "invalid_input_type": lambda g: g["2"]["inputs"].update(seed="many"),
    "value_smaller_than_min": lambda g: g["2"]["inputs"].update(seed=-1),
    "value_bigger_than_max": lambda g: g["1"]["inputs"].update(width=999_999),
    "bad_linked_input": lambda g: g["2"]["inputs"].update(image=["1", 0, 0]),
    "return_type_mismatch": lambda g: g.update(
        {"1": {"class_type": "VAELoader", "inputs": {"vae_name": "pixel_space"}}}
    ),
}


@pytest.mark.parametrize("kind", WRONG_VALUES)
def test_what_is_wrong_with_a_value_is_told_with_input_and_output(server: Asked, kind: str) -> None:
    error, wrong = server.refused(broken(WRONG_VALUES[kind]))
    assert error == "prompt_outputs_failed_validation"
    [(node, told)] = wrong.items()
    assert told["dependent_outputs"] == ["3"]
    assert told["class_type"]
    assert [each["type"] for each in told["errors"]] == [kind]
    assert told["errors"][0]["extra_info"]["input_name"] in broken(lambda g: None)[node]["inputs"]


def loader(**inputs: Any) -> Graph:
    """A checkpoint's picture, which nobody has to have to be told what is wrong."""
    graph = noise()
    graph["4"] = {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "x.safetensors"}}
    given = {"seed": 1, "steps": 2, "cfg": 1.0, "sampler_name": "euler", "scheduler": "simple", "denoise": 1.0}
    links = {"model": ["4", 0], "positive": ["5", 0], "negative": ["5", 0], "latent_image": ["6", 0]}
    graph["5"] = {"class_type": "CLIPTextEncode", "inputs": {"text": "", "clip": ["4", 1]}}
    graph["6"] = {"class_type": "EmptyLatentImage", "inputs": {"width": 64, "height": 64, "batch_size": 1}}
    graph["7"] = {"class_type": "KSampler", "inputs": {**given, **links, **inputs}}
    graph["1"] = {"class_type": "VAEDecode", "inputs": {"samples": ["7", 0], "vae": ["4", 2]}}
    return graph


def test_a_name_that_is_on_no_list_is_told_without_the_list_if_that_is_long(server: Asked) -> None:
    _, wrong = server.refused(loader(sampler_name="nope"))
    [error] = wrong["7"]["errors"]
    assert error["type"] == "value_not_in_list"
    assert error["details"].startswith("sampler_name: 'nope' not in (list of length ")
    assert error["extra_info"]["input_config"] is None
    assert error["extra_info"]["received_value"] == "nope"


def test_a_missing_node_class_is_told_in_the_versions_own_words(server: Asked) -> None:
    graph = broken(lambda g: g["2"].update(class_type="Nope", _meta={"title": "Grain"}))
    reply = server.submit(graph).json()
    if server.old:
        assert reply["error"]["type"] == "invalid_prompt"
        assert "Nope" in reply["error"]["message"]
    else:
        assert reply["error"]["type"] == "missing_node_type"
        assert reply["error"]["extra_info"]["class_type"] == "Nope"
        assert "Grain" in reply["error"]["message"]
    assert reply["node_errors"] == {}


def test_a_link_into_nothing_is_told_as_its_number(server: Asked) -> None:
    _, wrong = server.refused(broken(lambda g: g["2"]["inputs"].update(image=["99", 0])))
    kinds = [(error["type"], error["details"]) for told in wrong.values() for error in told["errors"]]
    assert kinds == [("exception_during_inner_validation", "'99'")]


def test_a_circle_is_told_by_the_newer_version(server: Asked) -> None:
    error, wrong = server.refused(broken(lambda g: g["2"]["inputs"].update(image=["2", 0])))
    assert error == "prompt_outputs_failed_validation"
    assert [each["type"] for told in wrong.values() for each in told["errors"]] == (
        [] if server.old else ["dependency_cycle"]
    )


@pytest.mark.parametrize(
    ("body", "status"),
    [({"prompt": {}}, 400), ({}, 400), ({"prompt": None}, 500), ({"prompt": "text"}, 500), ([], 400)],
)
def test_what_is_no_graph_at_all_ends_in_400_or_500(server: Asked, body: Any, status: int) -> None:
    assert server.post("/prompt", body).status_code == status


def test_a_200_may_tell_that_an_output_was_left_out(server: Asked) -> None:
    graph = noise()
    graph["4"] = {"class_type": "LoadImage", "inputs": {"image": "not-there.png"}}
    graph["5"] = {"class_type": "SaveImage", "inputs": {"images": ["4", 0], "filename_prefix": "lost"}}
    reply = server.submit(graph)
    assert reply.status_code == 200
    [error] = reply.json()["node_errors"]["4"]["errors"]
    assert error["type"] == "custom_validation_failed"
    assert error["details"] == "image - Invalid image file: not-there.png"
    assert list(server.ended(reply.json()["prompt_id"])["outputs"]) == ["3"]


def test_the_same_graph_again_runs_nothing_and_names_the_old_file(server: Asked) -> None:
    graph = noise(prefix=f"storyforge-tests/{uuid.uuid4()}")
    first, again = server.run(graph), server.run(graph)
    assert server.image(again) == server.image(first)
    assert set(dict(again["status"]["messages"])["execution_cached"]["nodes"]) == {"1", "2", "3"}
    other = {**graph, "3": noise()["3"]}
    assert set(dict(server.run(other)["status"]["messages"])["execution_cached"]["nodes"]) == {"1", "2"}


def test_only_the_graph_before_is_remembered_and_files_are_counted(server: Asked) -> None:
    prefix = f"storyforge-tests/{uuid.uuid4()}"
    files = [server.image(server.run(noise(seed, prefix)))["filename"] for seed in (1, 2, 1)]
    assert [name.rpartition("-")[2].partition("_")[2] for name in files] == ["00001_.png", "00002_.png", "00003_.png"]


def test_equal_seeds_give_equal_pixels_and_others_do_not(server: Asked) -> None:
    one, same, other = (server.pixels(server.run(noise(seed))) for seed in (5, 5, 6))
    assert (one == same).all()
    assert (one != other).any()
    assert one.shape == (48, 64, 3)


def test_events_come_in_order_and_the_history_stands_at_the_end(server: Asked) -> None:
    client = str(uuid.uuid4())
    with server.socket(client) as socket:
        job = server.submit(noise(8, size=(72, 40)), client_id=client).json()["prompt_id"]
        messages = socket.read()
        assert server.get(f"/history/{job}")
    seen = [name for name in names(messages) if name not in ("progress_state", "progress", "status")]
    nodes = [m["data"]["node"] for m in messages if m["type"] == "executing"]
    assert names(messages)[0] == "status"
    assert seen == [
        "execution_start",
        "execution_cached",
        *["executing"] * 3,
        "executed",
        "execution_success",
        "executing",
    ]
    assert nodes == ["1", "2", "3", None]
    assert names(messages)[-2:] == ["status", "executing"]
    assert messages[0]["data"]["sid"] == client


def test_flags_are_answered_and_logs_are_told_to_who_asks(server: Asked) -> None:
    client = str(uuid.uuid4())
    with server.socket(client, supports_preview_metadata=True) as socket:
        enabled = {"clientId": client, "enabled": True}
        assert requests.patch(f"{server.url}/internal/logs/subscribe", json=enabled, timeout=10).status_code == 200
        server.submit(noise(9), client_id=client)
        messages = socket.read()
    assert names(messages)[:2] == ["status", "feature_flags"]
    told = "".join(entry["m"] for m in messages if m["type"] == "logs" for entry in m["data"]["entries"])
    assert "got prompt" in told


def test_a_job_without_a_client_is_told_to_everybody_in_part(server: Asked) -> None:
    with server.socket(str(uuid.uuid4())) as socket:
        server.run(noise(10))
        seen = set(names(socket.read()))
    assert "progress_state" in seen
    assert not seen & {"execution_start", "executing", "executed", "execution_success"}


def test_the_second_socket_of_a_client_goes_deaf_when_the_first_closes(server: Asked) -> None:
    client = str(uuid.uuid4())
    with server.socket(client) as first, server.socket(client) as second:
        second.read()
        first.connection.close()
        time.sleep(0.2)
        server.run(noise(12), client_id=client)
        assert second.read() == []


def test_uploads_are_renamed_when_a_name_is_taken_by_other_bytes(server: Asked) -> None:
    name = f"{uuid.uuid4()}.png"
    assert server.upload(name, png(1)).json() == {"name": name, "subfolder": "", "type": "input"}
    assert server.upload(name, png(1)).json()["name"] == name
    assert server.upload(name, png(2)).json()["name"] == name.replace(".png", " (1).png")
    assert server.upload(name, png(2)).json()["name"] == name.replace(".png", " (1).png")
    assert server.upload(name, png(3), overwrite="true").json()["name"] == name
    assert server.upload(name, png(4), subfolder="storyforge-tests").json()["subfolder"] == "storyforge-tests"
    assert server.upload(name, png(5), subfolder="../x").status_code == 400
    assert server.upload(name, png(5), type="bogus").status_code == 500


def test_an_upload_is_what_load_image_loads_also_from_a_folder(server: Asked) -> None:
    name = f"{uuid.uuid4()}.png"
    server.upload(name, png(77, (24, 16)), subfolder="storyforge-tests")
    for value in (f"storyforge-tests/{name}", f"storyforge-tests/{name} [input]"):
        graph = {"1": {"class_type": "LoadImage", "inputs": {"image": value}}, "3": noise()["3"]}
        graph["3"]["inputs"]["images"] = ["1", 0]
        pixels = server.pixels(server.run(graph))
        assert pixels.shape == (16, 24, 3)
        assert set(pixels[..., 0].flatten()) == {77}


def test_files_outside_the_folders_are_not_shown(server: Asked) -> None:
    image = server.image(server.run(noise(11)))
    assert server.status("/view", **image) == 200
    assert server.status("/view", filename="no-such.png") == 404
    assert server.status("/view") == 404
    assert server.status("/view", filename="../x.png") == 400
    assert server.status("/view", filename="/etc/passwd") == 400
    assert server.status("/view", **{**image, "subfolder": "../.."}) == 403
    assert server.status("/view", **{**image, "type": "bogus"}) == 400


@pytest.fixture
def busy(server: Asked) -> Iterator[str]:
    """Id of a job that runs while the test does."""
    server.slow_down(30.0)
    job = server.submit(slow(uuid.uuid4().int % 2**32)).json()["prompt_id"]
    until = time.monotonic() + 10
    while job not in [item[1] for item in server.get("/queue")["queue_running"]] and time.monotonic() < until:
        time.sleep(0.005)
    server.slow_down(0.0)
    yield job
    server.post("/interrupt", {"prompt_id": job})
    server.ended(job)


def test_a_waiting_job_that_is_deleted_leaves_nothing(server: Asked, busy: str) -> None:
    waiting = server.submit(noise(13)).json()["prompt_id"]
    assert waiting in [item[1] for item in server.get("/queue")["queue_pending"]]
    assert server.post("/queue", {"delete": [waiting, str(uuid.uuid4()), busy]}).status_code == 200
    assert waiting not in [item[1] for item in server.get("/queue")["queue_pending"]]
    assert server.get(f"/history/{waiting}") == {}
    assert requests.delete(f"{server.url}/queue", timeout=10).status_code == 405


def test_an_interrupt_meets_only_the_job_that_it_names(server: Asked, busy: str) -> None:
    server.post("/interrupt", {"prompt_id": str(uuid.uuid4())})
    time.sleep(0.1)
    assert server.get(f"/history/{busy}") == {}
    server.post("/interrupt", {"prompt_id": busy})
    status = server.ended(busy)["status"]
    assert status["status_str"] == "error"
    assert status["completed"] is False
    assert status["messages"][-1][0] == "execution_interrupted"
    assert status["messages"][-1][1]["prompt_id"] == busy


def test_jobs_can_be_called_off_by_their_id_in_newer_versions(server: Asked, busy: str) -> None:
    waiting = server.submit(noise(14)).json()["prompt_id"]
    replies = [server.post(f"/api/jobs/{job}/cancel", {}) for job in (waiting, busy)]
    if server.old:
        assert [reply.status_code for reply in replies] == [405, 405] or [r.status_code for r in replies] == [404, 404]
        server.post("/queue", {"delete": [waiting]})
        return
    assert [reply.json() for reply in replies] == [{"cancelled": True}] * 2
    server.ended(busy)
    assert server.get(f"/api/jobs/{busy}")["status"] == "cancelled"
    assert server.post(f"/api/jobs/{busy}/cancel", {}).json() == {"cancelled": False}
    assert server.status(f"/api/jobs/{waiting}") == 404


def test_a_client_that_comes_back_is_told_the_node_and_not_the_job(server: Asked) -> None:
    client = str(uuid.uuid4())
    server.slow_down(2.0)
    with server.socket(client):
        job = server.submit(slow(uuid.uuid4().int % 2**32), client_id=client).json()["prompt_id"]
        while not server.get("/queue")["queue_running"]:
            time.sleep(0.005)
        time.sleep(0.05)
    with server.socket(client) as again:
        first, second = (json.loads(again.connection.recv()) for _ in range(2))
    server.post("/interrupt", {"prompt_id": job})
    server.ended(job)
    assert first["type"] == "status"
    assert (second["type"], "prompt_id" in second["data"]) == ("executing", False)


def test_a_foreign_origin_is_kept_out(server: Asked) -> None:
    reply = requests.get(f"{server.url}/queue", headers={"Origin": "http://evil.example"}, timeout=10)
    assert reply.status_code == 403


def test_a_null_workflow_breaks_the_list_of_jobs_for_everybody(comfyui: FakeComfyUI) -> None:
    server = Asked(comfyui.url)
    server.run(noise(), extra_data={"extra_pnginfo": None})
    assert server.status("/api/jobs") == 500
    server.post("/history", {"clear": True})
    assert server.status("/api/jobs") == 200


def test_previews_come_as_event_1_or_with_ids_as_event_4(comfyui: FakeComfyUI) -> None:
    server = Asked(comfyui.url)
    for flags, event in (({}, 1), ({"supports_preview_metadata": True}, 4)):
        with server.socket("viewer", **flags) as socket:
            job = server.submit(loader(seed=event), client_id="viewer", extra_data={"preview_method": "auto"}).json()
            previews = [message for message in socket.read() if isinstance(message, bytes)]
        assert {int.from_bytes(each[:4], "big") for each in previews} == {event}
        assert all(each[-2:] == b"\xff\xd9" for each in previews)
        assert (job["prompt_id"].encode() in previews[0]) == (event == 4)


def test_pictures_tell_loras_apart_unless_they_do_nothing(comfyui: FakeComfyUI) -> None:
    server = Asked(comfyui.url)
    comfyui.ignored_loras = {"foreign.safetensors"}

    def drawn(name: str, strength: float) -> Any:
        graph = loader()
        inputs = {"model": ["4", 0], "lora_name": name, "strength_model": strength}
        graph["8"] = {"class_type": "LoraLoaderModelOnly", "inputs": inputs}
        graph["7"]["inputs"]["model"] = ["8", 0]
        return server.pixels(server.run(graph))

    bare = server.pixels(server.run(loader()))
    assert (drawn("a.safetensors", 0.0) == bare).all()
    assert (drawn("foreign.safetensors", 1.0) == bare).all()
    assert (drawn("a.safetensors", 1.0) != bare).any()
    assert (drawn("a.safetensors", 1.0) != drawn("a.safetensors", 0.5)).any()


def test_a_prefix_and_headers_stand_for_a_proxy() -> None:
    with FakeComfyUI(prefix="/gpu", headers={"Authorization": "Bearer x"}) as fake:
        assert fake.url.endswith("/gpu")
        assert requests.get(f"{fake.url}/queue", timeout=5).status_code == 401
        given = {"headers": {"Authorization": "Bearer x"}, "timeout": 5}
        assert requests.get(f"{fake.url}/queue", **given).status_code == 200  # type: ignore[arg-type]
        assert requests.get(f"http://127.0.0.1:{fake.port}/queue", **given).status_code == 404  # type: ignore[arg-type]


def test_a_killed_server_forgets_its_jobs_and_keeps_its_files(comfyui: FakeComfyUI) -> None:
    server = Asked(comfyui.url)
    entry = server.run(noise(1))
    with server.socket("a") as socket:
        socket.read()
        comfyui.kill()
        with pytest.raises(websocket.WebSocketConnectionClosedException):
            socket.connection.recv()
    with pytest.raises(requests.ConnectionError):
        server.get("/queue")
    comfyui.restart()
    assert server.get("/history") == {}
    assert server.submit(noise(2)).json()["number"] == 0
    assert server.status("/view", **server.image(entry)) == 200
    assert len(comfyui.drawn) >= 1


@pytest.mark.parametrize("kind", ["torch", "cuda", "cpu"])
def test_out_of_memory_is_told_as_the_machine_tells_it(comfyui: FakeComfyUI, kind: Any) -> None:
    comfyui.failures = [Fail.out_of_memory(kind)]
    status = Asked(comfyui.url).run(noise())["status"]
    assert status["status_str"] == "error"
    event, told = status["messages"][-1]
    assert event == "execution_error"
    assert "memory" in told["exception_message"]
    assert not comfyui.drawn


def test_a_stuck_queue_answers_and_never_moves(comfyui: FakeComfyUI) -> None:
    server = Asked(comfyui.url)
    comfyui.failures = [Fail.stuck()]
    job = server.submit(noise()).json()["prompt_id"]
    server.post("/interrupt", {"prompt_id": job})
    time.sleep(0.2)
    assert [item[1] for item in server.get("/queue")["queue_running"]] == [job]


def test_a_frozen_server_takes_connections_and_answers_nothing(comfyui: FakeComfyUI) -> None:
    comfyui.freeze(0.6)
    time.sleep(0.05)
    with pytest.raises(requests.ReadTimeout):
        requests.get(f"{comfyui.url}/queue", timeout=0.2)
    assert requests.get(f"{comfyui.url}/queue", timeout=5).status_code == 200


def test_what_was_drawn_and_when_is_on_record(comfyui: FakeComfyUI) -> None:
    server = Asked(comfyui.url)
    comfyui.seconds = 0.1
    for seed in (1, 1, 2):
        server.run(noise(seed, "same"))
    assert [graph["2"]["inputs"]["seed"] for _, graph in comfyui.drawn] == [1, 2]
    idle, whole = comfyui.idle_between()
    assert 0.2 <= comfyui.busy_seconds < 0.3
    assert idle + comfyui.busy_seconds == pytest.approx(whole)


def test_memory_and_files_are_what_the_test_says() -> None:
    models = {"loras": {"hero.safetensors": b"12345"}, "checkpoints": {"big.safetensors": 17_000_000_000}}
    with FakeComfyUI(models=models, vram=8 * 2**30) as fake:
        server = Asked(fake.url)
        assert server.get("/system_stats")["devices"][0]["vram_total"] == 8 * 2**30
        assert [(f["name"], f["size"]) for f in server.get("/experiment/models/loras")] == [("hero.safetensors", 5)]
        assert server.get("/experiment/models/checkpoints")[0]["size"] == 17_000_000_000
        assert server.get("/object_info/LoraLoader")["LoraLoader"]["input"]["required"]["lora_name"][0] == [
            "hero.safetensors"
        ]
        assert server.submit(loader()).status_code == 400

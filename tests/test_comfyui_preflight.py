"""Before the first picture: what is missing, what does not fit the card, what is set wrongly."""

from __future__ import annotations

import copy
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from storyforge.commands.workflows import workflows
from storyforge.illustration.comfyui.advice import advice
from storyforge.illustration.comfyui.catalogue import entry, names, path, size_for
from storyforge.illustration.comfyui.entry import GB, Entry
from storyforge.illustration.comfyui.filling import fill
from storyforge.illustration.comfyui.job import Graph
from storyforge.illustration.comfyui.memory import card_of, cost, pages, too_large
from storyforge.illustration.comfyui.preflight import NotReady, missing, preflight
from storyforge.illustration.comfyui.server import Server
from storyforge.illustration.comfyui.slots import PICTURES, kind_of
from storyforge.illustration.comfyui.spelling import spelled
from storyforge.illustration.comfyui.stats import Device, Stats, numbers
from storyforge.illustration.comfyui.weights import Load, load_by_catalogue, load_of
from storyforge.illustration.comfyui.workflow import load
from storyforge.story import Lora
from tests.fakes import FakeComfyUI

DEFAULT_FILE = "z-image-turbo-fp8-aio.safetensors"


def filled(name: str, *loras: Lora, **values: Any) -> Graph:
    shipped = load(path(name))
    given: dict[str, Any] = {"prompt": "a hare by the sea", "seed": 7, "width": 1280, "height": 720}
    given |= {slot: f"{slot}.png" for slot in shipped.slots if kind_of(slot) in PICTURES} | values
    return fill(shipped, {slot: value for slot, value in given.items() if slot in shipped.slots}, loras)[0]


def machine(
    vram: float = 16.0,
    *argv: str,
    version: str = "0.3.64",
    type: str = "cuda",
    name: str = "cuda:0 NVIDIA GeForce RTX 4060 Ti",
    ram: float = 64.0,
) -> Stats:
    device = Device(name, type, int(vram * GB), int(vram * GB))
    return Stats(version, numbers(version), (device,), ("main.py", *argv), int(ram * GB), int(ram * GB))


def lacks(server: Server, graphs: dict[str, Graph], anyway: bool = False) -> str:
    with pytest.raises(NotReady) as raised:
        preflight(server, graphs, anyway)
    return str(raised.value)


# ---- what is missing


def test_a_server_that_has_everything_is_ready(comfyui: FakeComfyUI) -> None:
    assert preflight(Server(comfyui.url), {"z-image-turbo-aio": filled("z-image-turbo-aio")}, False) == ()
    assert missing(Server(comfyui.url), {"sdxl": filled("sdxl")}) == []


def test_everything_that_is_missing_is_told_at_once_with_its_download() -> None:
    with FakeComfyUI(accept_any_file=False) as comfyui:
        graphs = {"z-image-turbo": filled("z-image-turbo"), "sdxl-ipadapter": filled("sdxl-ipadapter")}
        told = lacks(Server(comfyui.url), graphs)
    for file in ("z_image_turbo_bf16", "qwen_3_4b", "ae", "sd_xl_base_1.0"):
        assert f"/{file}.safetensors is missing" in told
    assert "-o models/text_encoders/qwen_3_4b.safetensors https://huggingface.co/" in told
    assert "the custom nodes ComfyUI_IPAdapter_plus are missing – install them with ComfyUI-Manager" in told


def test_what_two_workflows_lack_is_told_once() -> None:
    with FakeComfyUI(accept_any_file=False) as comfyui:
        pair = {name: filled(name) for name in ("z-image-turbo-aio", "z-image-turbo-aio-redraw")}
        found = missing(Server(comfyui.url), pair)
        told = lacks(Server(comfyui.url), pair)
    assert len(found) == 1
    assert told.count("curl") == 1
    assert "(z-image-turbo-aio, z-image-turbo-aio-redraw)" in told


def test_a_lora_that_is_missing_is_told_with_those_that_are_near() -> None:
    with FakeComfyUI(models={"loras": {"chars/chroneon_v2.safetensors": 1000, "wolf.safetensors": 1000}}) as comfyui:
        graph = filled("z-image-turbo-aio", Lora(file="chroneon_v1.safetensors", strength=0.8))
        told = lacks(Server(comfyui.url), {"z-image-turbo-aio": graph})
    assert "the LoRA chroneon_v1.safetensors is missing" in told
    assert "put it into models/loras" in told
    assert "did you mean chars/chroneon_v2.safetensors?" in told


def test_a_file_that_was_put_there_in_the_meantime_is_seen() -> None:
    models: dict[str, dict[str, bytes | int]] = {"checkpoints": {}}
    with FakeComfyUI(models=models) as comfyui:
        server, graphs = Server(comfyui.url), {"z-image-turbo-aio": filled("z-image-turbo-aio")}
        assert DEFAULT_FILE in lacks(server, graphs)
        models["checkpoints"][DEFAULT_FILE] = int(9.7 * GB)
        preflight(server, graphs, False)


def test_a_gated_file_is_told_with_the_page_to_consent_on() -> None:
    with FakeComfyUI(accept_any_file=False) as comfyui:
        told = lacks(Server(comfyui.url), {"flux2-klein-9b": filled("flux2-klein-9b")})
    assert "after consenting on its page https://huggingface.co/black-forest-labs/FLUX.2-klein-9b-fp8:" in told


def test_a_node_of_a_newer_comfyui_says_which_one_has_it() -> None:
    with FakeComfyUI(version="0.3.64") as comfyui:
        told = lacks(Server(comfyui.url), {"flux2-klein-4b": filled("flux2-klein-4b")})
    assert "the node Flux2Scheduler is missing – update ComfyUI to 0.9.0 or newer" in told


def test_a_choice_of_a_newer_comfyui_says_which_one_has_it(comfyui: FakeComfyUI) -> None:
    told = lacks(Server(comfyui.url), {"moss-image": filled("moss-image")})
    assert "type of CLIPLoader 2 cannot be 'moss_image' – update ComfyUI to 0.41.3 or newer" in told


def test_a_server_too_old_for_a_model_is_warned_of() -> None:
    with FakeComfyUI(version="0.3.64") as comfyui:
        [note] = preflight(Server(comfyui.url), {"z-image-turbo-aio": filled("z-image-turbo-aio")}, False)
    assert "0.3.75" in note


def test_nodes_that_nobody_knows_are_looked_for_by_the_manager(comfyui: FakeComfyUI) -> None:
    graph = filled("sdxl") | {"99": {"class_type": "MyVeryOwnNode", "inputs": {}}}
    told = lacks(Server(comfyui.url), {"mine.json": graph})
    assert "the custom nodes that bring MyVeryOwnNode are missing – ComfyUI-Manager" in told


def changed(graph: Graph, kind: str, **inputs: Any) -> Graph:
    graph = copy.deepcopy(graph)
    for node in graph.values():
        if node["class_type"] == kind:
            node["inputs"].update(inputs)
    return graph


@pytest.mark.parametrize(
    ("inputs", "told"),
    [
        ({"sampler_name": "euler_ancestrall"}, "cannot be 'euler_ancestrall' – did you mean euler_ancestral"),
        ({"scheduler": "zzz"}, "cannot be 'zzz' – it can be "),
        ({"steps": 0}, "steps of KSampler 5 is 0 – it is 1 at least"),
        ({"denoise": 1.5}, "denoise of KSampler 5 is 1.5 – it is 1 at most"),
    ],
)
def test_values_that_the_server_would_refuse_are_told(comfyui: FakeComfyUI, inputs: dict[str, Any], told: str) -> None:
    graph = changed(filled("z-image-turbo-aio"), "KSampler", **inputs)
    assert told in lacks(Server(comfyui.url), {"z-image-turbo-aio": graph})


def test_an_input_that_is_not_there_is_told(comfyui: FakeComfyUI) -> None:
    graph = filled("z-image-turbo-aio")
    del graph["5"]["inputs"]["scheduler"]
    assert "KSampler 5 has no scheduler" in lacks(Server(comfyui.url), {"mine": graph})


@pytest.mark.parametrize("name", [name for name in names() if not entry(name).packs and entry(name).since < "0.34"])
def test_no_shipped_workflow_is_refused_for_what_is_right(name: str, comfyui: FakeComfyUI) -> None:
    graph = filled(name)
    preflight(Server(comfyui.url), {name: graph}, True)


def test_nodes_that_nothing_reads_need_no_files_and_no_memory() -> None:
    there: dict[str, dict[str, bytes | int]] = {"checkpoints": {DEFAULT_FILE: int(9.7 * GB)}}
    graph = filled("z-image-turbo-aio")
    graph["99"] = {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "gone.safetensors"}}
    with FakeComfyUI(models=there, accept_any_file=False) as comfyui:
        assert preflight(Server(comfyui.url), {"mine": graph}, False) == ()
        there["checkpoints"]["gone.safetensors"] = 40 * GB
        assert preflight(Server(comfyui.url), {"mine": graph}, False) == ()


def test_nodes_that_nothing_reads_have_to_be_known_as_servers_refuse_a_graph_for_any(comfyui: FakeComfyUI) -> None:
    graph = filled("sdxl") | {"99": {"class_type": "MyVeryOwnNode", "inputs": {}}}
    graph["98"] = {"class_type": "ImageInvert", "inputs": {"image": ["99", 0]}}
    assert "MyVeryOwnNode" in lacks(Server(comfyui.url), {"mine": graph})


def test_a_workflow_is_called_as_its_file_and_what_all_its_loras_lack_is_told_once(comfyui: FakeComfyUI) -> None:
    graph = changed(filled("z-image-turbo-aio"), "KSampler", steps=0)
    graphs = {f"my export {setup}": graph for setup in ("aaaa1111", "bbbb2222", "cccc3333")}
    told = lacks(Server(comfyui.url), graphs | {"other": changed(graph, "KSampler", scheduler="zzz")})
    assert told.count("steps of KSampler 5 is 0") == 1
    assert "(my export, other)" in told
    assert "aaaa1111" not in told


@contextmanager
def guarded(url: str, part: str, status: int) -> Iterator[str]:
    """The address of a proxy that answers `status` to all whose path has this part, and hands the rest on."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = requests.get(url + self.path, timeout=10)
            refused = part in self.path
            body = b"<html>no</html>" if refused else answer.content
            self.send_response(status if refused else answer.status_code)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as proxy:
        threading.Thread(target=proxy.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{proxy.server_address[1]}"
        proxy.shutdown()


@pytest.mark.parametrize("status", [401, 403, 502])
def test_a_proxy_that_does_not_let_sizes_through_stops_nothing(status: int, comfyui: FakeComfyUI) -> None:
    with guarded(comfyui.url, "/experiment/", status) as proxy:
        assert preflight(Server(proxy), {"z-image-turbo-aio": filled("z-image-turbo-aio")}, False) == ()


def _classes(graph: Graph) -> list[str]:
    return [node["class_type"] for node in graph.values()]


def test_files_in_folders_are_found_on_a_windows_server_and_spelled_as_it_does() -> None:
    models = {"checkpoints": {f"z-image\\{DEFAULT_FILE}": int(9.7 * GB)}, "loras": {"chars\\hare.safetensors": 1000}}
    with FakeComfyUI(models=models) as comfyui:
        server = Server(comfyui.url)
        graph = filled("z-image-turbo-aio", Lora(file="chars/hare.safetensors"), model=f"z-image/{DEFAULT_FILE}")
        assert preflight(server, {"z-image-turbo-aio": graph}, False) == ()
        there = spelled(graph, server.nodes(_classes(graph)))
    files = {value for node in there.values() for value in node["inputs"].values() if "safetensors" in str(value)}
    assert files == {f"z-image\\{DEFAULT_FILE}", "chars\\hare.safetensors"}
    assert spelled(graph, {}) == graph


# ---- memory


def test_17_gb_on_a_card_of_16_are_refused_before_anything_is_loaded() -> None:
    heavy = {"checkpoints": {DEFAULT_FILE: 17 * GB}}
    with FakeComfyUI(models=heavy, vram=16 * GB, argv=("main.py", "--highvram")) as comfyui:
        server, graphs = Server(comfyui.url), {"z-image-turbo-aio": filled("z-image-turbo-aio")}
        told = lacks(server, graphs)
        notes = preflight(server, graphs, True)
        asked = set(comfyui.asked)
    assert "needs 17.0 GB on the card at once, and it has 16.0" in told
    assert "workflows that fit: z-image-turbo-aio, z-image-turbo, " in told
    assert "start ComfyUI without --highvram" in told
    assert "--anyway" in told
    assert any("17.0 GB on a card of 16.0" in note for note in notes)
    assert not any(line.startswith("POST") for line in asked)


@pytest.mark.parametrize("version", ["0.3.64", "0.33.0"])
def test_a_server_that_pages_draws_it_with_a_warning(version: str) -> None:
    with FakeComfyUI(version=version, models={"checkpoints": {DEFAULT_FILE: 26 * GB}}, vram=16 * GB) as comfyui:
        note = preflight(Server(comfyui.url), {"z-image-turbo-aio": filled("z-image-turbo-aio")}, False)[0]
    assert "26.0 GB on a card of 16.0: 10.0 GB travel to it at every step; that costs about 8 s a picture" in note


def test_what_reads_the_prompt_travels_once_and_not_at_every_step() -> None:
    sizes = {"diffusion_models": {"z_image_turbo_bf16.safetensors": 4 * GB}}
    [note] = cost("z-image-turbo", load_of(filled("z-image-turbo"), sizes), machine(6), 8)
    assert note.endswith("needs 7.5 GB on a card of 6.0, though not at every step: 1.5 GB travel to it once a picture")


@pytest.mark.parametrize(
    ("stats", "paged"),
    [
        (machine(), True),
        (machine(version="0.33.0"), True),
        (machine(16, "--disable-dynamic-vram", version="0.33.0"), True),
        (machine(16, "--highvram", version="0.33.0"), False),
        (machine(16, "--gpu-only", version="0.33.0"), False),
        (machine(16, "--highvram", "--enable-dynamic-vram", version="0.33.0"), True),
        (machine(16, "--novram"), True),
        (machine(16, "--lowvram"), True),
        (machine(version="0.33.0", name="cuda:0 AMD Radeon RX 7900 XTX : native"), True),
        (machine(version="0.33.0", type="xpu", name="xpu:0 Intel Arc"), True),
        (machine(version="0.33.0", type="mps", name="mps"), False),
        (machine(16, "--lowvram", type="mps", name="mps"), False),
        (machine(16, "--cpu", type="cpu", name="cpu"), True),
    ],
)
def test_who_pages(stats: Stats, paged: bool) -> None:
    assert pages(stats) == paged


def test_a_processor_is_slow_and_said_to_be() -> None:
    stats = machine(8, "--cpu", type="cpu", name="cpu", ram=8)
    assert too_large("sdxl", Load(20), stats) is None
    slow, small = cost("sdxl", Load(20), stats, 25)
    assert "minutes" in slow
    assert "20.0 GB of memory, and the computer has 8.0" in small


def test_a_card_that_does_not_tell_its_memory_refuses_nothing() -> None:
    assert too_large("sdxl", Load(20), machine(1, type="privateuseone", name="privateuseone")) is None
    assert too_large("sdxl", Load(20), Stats("", (), (), (), 0, 0)) is None


def test_a_mac_shares_its_memory_and_pages_nothing() -> None:
    mac = machine(16, type="mps", name="mps")
    assert card_of(mac) == 12.0
    cause, remedy = too_large("it", Load(13), mac) or ("", "")
    assert "needs 13.0 GB on the card at once, and it has 12.0" in cause
    assert "piece by piece" not in remedy + str(too_large("it", Load(13), machine(16, "--highvram", type="mps")))
    assert list(cost("it", Load(13, drawing=13), mac, 8)) == [
        "it needs 13.0 GB on a card of 12.0: it may run out of memory"  # if it is drawn all the same
    ]


@pytest.mark.parametrize(
    ("name", "stats"),
    [
        ("sdxl-pose", machine(8)),
        ("z-image-turbo", machine(12)),
        ("flux1-kontext", machine(12)),
        ("qwen-image-2512", machine(16)),
        ("flux1-dev-fp8", machine(16, name="cuda:0 AMD Radeon RX 7800 XT")),
    ],
)
def test_what_draws_on_a_card_of_its_class_is_not_refused(name: str, stats: Stats) -> None:
    assert too_large(name, load_of(filled(name), {}), stats) is None


@pytest.mark.parametrize("known", [entry(name) for name in names() if entry(name).main.holds], ids=str)
def test_a_checkpoint_of_known_parts_fits_the_card_that_it_is_said_to_need(known: Entry) -> None:
    assert load_by_catalogue(known) <= known.memory + 0.2


def test_what_stays_in_main_memory_has_to_fit_there() -> None:
    assert too_large("it", Load(20), machine(8, ram=12.5)) is None
    cause, _ = too_large("it", Load(20), machine(8, ram=11.5)) or ("", "")
    assert cause == "it needs 20.0 GB at once, and the card and main memory have 19.5 together"
    assert too_large("it", Load(20), machine(8, ram=0)) is None  # it did not tell


def test_workflows_that_fit_are_of_known_size_and_of_this_version_or_older() -> None:
    def fitting(vram: float, version: str) -> str:
        return (too_large("it", Load(99), machine(vram, "--highvram", version=version)) or ("", ""))[1]

    assert "no shipped workflow fits this card" in fitting(2, "0.41.0")
    assert "flux3" not in fitting(4, "0.41.0")
    assert "z-image-turbo-aio, " in fitting(16, "0.33.0")
    assert "z-image" not in fitting(16, "0.3.64")
    assert "sdxl" in fitting(16, "0.3.64")


def test_stages_are_not_added_up_and_what_is_patched_in_is() -> None:
    sizes = {"diffusion_models": {"z_image_turbo_bf16.safetensors": 11 * GB}, "text_encoders": {}, "vae": {}}
    plain, guided = load_of(filled("z-image-turbo"), sizes), load_of(filled("z-image-turbo-pose"), sizes)
    assert plain.gb == 12.0  # and not 19.8: the encoder goes before the model comes
    assert guided.gb == pytest.approx(plain.gb + 2.89)


def test_text_encoders_that_are_loaded_together_count_together() -> None:
    graph = filled("hidream-i1-dev")
    sizes = {"diffusion_models": {"hidream_i1_dev_fp8.safetensors": 1 * GB}}
    assert load_of(graph, sizes).gb == pytest.approx(0.236 + 1.29 + 4.8 + 8.46)


def test_a_checkpoint_counts_whole_unless_its_parts_are_known() -> None:
    assert load_of(filled("sdxl-turbo"), {}).gb == entry("sdxl-turbo").main.gb
    assert load_of(filled("sdxl"), {}).gb == pytest.approx(5.8)
    assert load_of(filled("z-image-turbo-aio"), {"checkpoints": {DEFAULT_FILE: int(9.7 * GB)}}).gb == pytest.approx(7.2)
    assert load_of(filled("z-image-turbo-aio"), {"checkpoints": {DEFAULT_FILE: 17 * GB}}).gb == 17.0


def test_weights_made_smaller_while_they_are_loaded_count_less() -> None:
    graph = changed(filled("flux1-dev"), "UNETLoader", weight_dtype="fp8_e4m3fn")
    assert load_of(graph, {}).gb == pytest.approx(22.17 / 2 + 1)


def test_loras_weigh_nothing_and_files_nobody_knows_are_named() -> None:
    graph = filled("sdxl", Lora(file="hare.safetensors"), model="somebodys_mix.safetensors")
    assert load_of(graph, {}) == Load(0, ("somebodys_mix.safetensors",))


@pytest.mark.parametrize("name", [name for name in names() if all(file.gb for file in entry(name).files)])
def test_the_catalogue_and_the_graph_weigh_the_same(name: str) -> None:
    assert load_of(filled(name), {}).gb == pytest.approx(load_by_catalogue(entry(name)), abs=0.01)


@given(st.floats(0, 64), st.floats(1, 64))
def test_what_fits_is_never_refused_and_what_does_not_always_is(gb: float, vram: float) -> None:
    stats = machine(vram, "--highvram")
    assert (too_large("it", Load(gb), stats) is None) == (gb <= card_of(stats))
    assert too_large("it", Load(gb), machine(vram)) is None


# ---- advice


@pytest.mark.parametrize("name", names())
def test_shipped_settings_need_no_advice(name: str) -> None:
    known = entry(name)
    width, height = (2160, 1216) if known.kind == "upscale" else size_for(known, (1920, 1080))
    graph = filled(name, width=width, height=height)
    told = advice(known, graph)
    assert [each for each in told if "commercial" not in each] == []
    assert any("commercial" in each for each in told) == (known.commercial == "no")


@pytest.mark.parametrize(
    ("name", "values", "negative", "told"),
    [
        ("z-image-turbo-aio", {"cfg": 7.0}, "", "is made for CFG 1: at 7 pictures look burnt and take twice as long"),
        ("flux2-klein-4b", {"steps": 20}, "", "is done after 4 steps: 20 cost time"),
        ("sdxl", {"steps": 4}, "", "4 steps are too few"),
        ("sdxl", {"cfg": 20.0}, "", "CFG 20 is too high"),
        ("z-image-base", {"cfg": 1.0}, "blurry", "has no effect at CFG 1"),
        ("z-image-turbo-aio", {}, "blurry", "has no effect with Z-Image Turbo"),
        ("z-image-turbo-aio", {"width": 1281, "height": 720}, "", "multiples of 16: take 1280×720"),
        ("sdxl", {"width": 2688, "height": 1536}, "", "too large"),
        ("sdxl", {"width": 256, "height": 256}, "", "too small"),
        ("qwen-image-2.1", {}, "", "its licence is Qwen Research"),
    ],
)
def test_wrong_settings_are_told(name: str, values: dict[str, Any], negative: str, told: str) -> None:
    assert any(told in each for each in advice(entry(name), filled(name, **values), negative))


def test_advice_is_given_on_exports_of_the_users_too(comfyui: FakeComfyUI) -> None:
    graph = filled("z-image-turbo-aio", cfg=7.0)
    graph = {f"1{key}": _renumbered(node) for key, node in graph.items()}
    notes = preflight(Server(comfyui.url), {"my-export.json 1f2e3d4c": graph}, False, "blurry")
    assert any("CFG 1" in note for note in notes)
    assert any("no effect" in note for note in notes)


def _renumbered(node: dict[str, Any]) -> dict[str, Any]:
    inputs = {name: [f"1{v[0]}", v[1]] if isinstance(v, list) else v for name, v in node["inputs"].items()}
    return {"class_type": node["class_type"], "inputs": inputs}


# ---- the command


def printed(capsys: pytest.CaptureFixture[str], urls: list[str], name: str = "") -> str:
    workflows(urls, {}, name)
    return capsys.readouterr().out


def test_the_table_fits_a_terminal_and_says_what_is_to_get(capsys: pytest.CaptureFixture[str]) -> None:
    there = {"checkpoints": {DEFAULT_FILE: int(9.7 * GB)}}
    with FakeComfyUI(accept_any_file=False, models=there) as comfyui:
        told = printed(capsys, [comfyui.url])
    lines = told.splitlines()
    assert max(map(len, lines)) <= 80
    [default] = [line for line in lines if line.startswith("z-image-turbo-aio ")]
    assert default.split() == ["z-image-turbo-aio", "9.7", "Apache-2.0", "✓", "ready"]
    assert any(line.split()[-4:] == ["6.5", "GB", "to", "get"] for line in lines if line.startswith("sdxl "))
    assert "also -1ref -2ref -3ref -redraw -repair" in told
    assert "ComfyUI-GGUF" in told
    assert "non-commercial" in told


def test_without_a_server_the_workflows_are_listed_all_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    told = printed(capsys, ["http://127.0.0.1:9"])
    assert "does not answer" in told
    assert "z-image-turbo-aio" in told
    assert "to get" not in told


def test_a_second_server_answers_for_one_that_is_away(capsys: pytest.CaptureFixture[str], comfyui: FakeComfyUI) -> None:
    told = printed(capsys, ["http://127.0.0.1:9", comfyui.url], "sdxl")
    assert "✓ ready" in told
    assert "✓ models/checkpoints/sd_xl_base_1.0.safetensors  6.5 GB" in told


def test_a_model_that_is_newer_than_the_server_is_not_called_ready(capsys: pytest.CaptureFixture[str]) -> None:
    with FakeComfyUI(version="0.3.64") as comfyui:
        told = printed(capsys, [comfyui.url])
    [line] = [line for line in told.splitlines() if line.startswith("z-image-turbo-aio ")]
    assert line.split()[-2:] == ["ComfyUI", "0.3.75"]


def test_all_about_one_has_lines_to_copy(capsys: pytest.CaptureFixture[str]) -> None:
    with FakeComfyUI(accept_any_file=False) as comfyui:
        told = printed(capsys, [comfyui.url], "flux2-klein-9b")
    lines = [line.strip() for line in told.splitlines()]
    assert all(file.download in lines for file in entry("flux2-klein-9b").files)
    assert "consent on https://huggingface.co/black-forest-labs/FLUX.2-klein-9b-fp8" in told
    assert "4 steps (3–8), CFG 1 exactly, euler, Flux2Scheduler" in told
    assert "2 portraits  flux2-klein-9b-2ref" in told


@pytest.mark.parametrize("name", names())
def test_everything_about_every_workflow_can_be_printed(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, [], name).startswith(name)

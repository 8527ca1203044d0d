"""The workflows that ship: each can be filled, is accepted, and is what the catalogue says of it."""

from __future__ import annotations

import copy
import io
import re
import time
from collections.abc import Sequence
from math import gcd
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
import requests
import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image
from pydantic import ValidationError

from storyforge.commands.workflows import base_of
from storyforge.errors import UnknownName
from storyforge.illustration.comfyui import catalogue
from storyforge.illustration.comfyui.catalogue import Entry, entry, names, path, recognise, size_for
from storyforge.illustration.comfyui.filling import fill
from storyforge.illustration.comfyui.graph_file import read_graph
from storyforge.illustration.comfyui.job import Graph
from storyforge.illustration.comfyui.links import link, upstream
from storyforge.illustration.comfyui.slots import PICTURES, kind_of
from storyforge.illustration.comfyui.workflow import Workflow, load
from storyforge.story import Lora
from tests.conftest import ROOT
from tests.fakes import FakeComfyUI

ALL = names()
SCENES = [name for name in ALL if entry(name).kind in ("text", "references")]
MASKED = [name for name in ALL if entry(name).kind == "inpaint"]
FILE_ENDS = (".safetensors", ".gguf")


@pytest.fixture(params=ALL)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def workflow(name: str) -> Workflow:
    return load(path(name))


def filled(name: str, *loras: Lora) -> Graph:
    """As for a picture, every slot given."""
    shipped = workflow(name)
    values: dict[str, str | int | float] = {"prompt": "a hare by the sea", "seed": 7, "width": 640, "height": 384}
    values |= {slot: f"{slot}.png" for slot in shipped.slots if kind_of(slot) in PICTURES}
    return fill(shipped, {slot: value for slot, value in values.items() if slot in shipped.slots}, loras)[0]


def nodes_of(graph: Graph, kind: str) -> list[dict[str, Any]]:
    return [node for node in graph.values() if node["class_type"] == kind]


def inputs_called(graph: Graph, *wanted: str) -> list[Any]:
    """Values of their own, not links, of inputs with these names."""
    found = [value for node in graph.values() for key, value in node["inputs"].items() if key in wanted]
    return [value for value in found if not link(value)]


# ---- the catalogue and the files are of one mind


def test_every_workflow_is_in_the_catalogue_and_none_is_missing() -> None:
    assert {file.stem for file in catalogue.FOLDER.glob("*.json")} == set(ALL)
    assert catalogue.DEFAULT in ALL


def test_a_workflow_loads_the_files_that_the_catalogue_names(name: str) -> None:
    inputs = [value for node in read_graph(path(name)).values() for value in node["inputs"].values()]
    loaded = {value for value in inputs if isinstance(value, str) and value.endswith(FILE_ENDS)}
    assert loaded == {file.name for file in entry(name).files}


def test_a_workflow_has_the_settings_that_are_recommended(name: str) -> None:
    graph, known = read_graph(path(name)), entry(name)
    if known.steps is not None and known.kind != "upscale":
        assert set(inputs_called(graph, "steps")) == {known.steps}
    if known.cfg is not None:
        assert set(inputs_called(graph, "cfg")) == {known.cfg}
    for told, key in ((known.sampler, "sampler_name"), (known.scheduler, "scheduler")):
        assert not told or set(inputs_called(graph, key)) <= {told}


def test_what_is_recommended_lies_within_its_bounds(name: str) -> None:
    known = entry(name)
    if known.steps is not None and known.steps_range is not None:
        assert known.steps_range[0] <= known.steps <= known.steps_range[1]
    if known.cfg is not None and known.cfg_range is not None:
        assert known.cfg_range[0] <= known.cfg <= known.cfg_range[1]
    assert all(width % known.grid == height % known.grid == 0 for width, height in known.sizes)


def test_a_workflow_has_the_slots_of_its_kind(name: str) -> None:
    known, slots = entry(name), set(workflow(name).slots)
    needed = {
        "text": {"prompt", "seed", "width", "height"},
        "references": {"prompt", "seed", "width", "height", "ref1"},
        "control": {"prompt", "seed", "width", "height", "control", "strength"},
        "image": {"prompt", "seed", "image", "denoise"},
        "inpaint": {"prompt", "seed", "image", "mask"},
        "upscale": {"image", "width", "height"},
    }[known.kind]
    assert needed <= slots
    assert ("negative" in slots) == (known.negative and known.kind != "upscale")
    assert bool(workflow(name).loras) == (known.kind != "upscale")


def test_workflows_by_number_of_portraits_have_that_many_slots(name: str) -> None:
    for number, other in entry(name).references.items():
        assert workflow(other).references == number


def test_workflows_beside_a_workflow_are_of_the_right_kind(name: str) -> None:
    known = entry(name)
    assert not known.redraw or entry(known.redraw).kind == "image"
    assert not known.repair or entry(known.repair).kind == "inpaint"
    assert all(entry(other).kind == "control" for other in known.control.values())


def test_the_default_draws_as_its_makers_say() -> None:
    known = entry("z-image-turbo-aio")
    assert known == entry(catalogue.DEFAULT)
    assert (known.steps, known.cfg, known.sampler, known.scheduler) == (8, 1.0, "euler_ancestral", "sgm_uniform")
    assert [file.folder for file in known.files] == ["checkpoints"]
    assert entry(known.repair).files == known.files  # repairing needs nothing that is not there already


def test_a_workflow_that_is_not_there_is_told_with_those_that_are_near() -> None:
    with pytest.raises(UnknownName, match="z-image-turbo-aio"):
        entry("zimage-turbo-aio")


def table() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((catalogue.FOLDER / "catalogue.yaml").read_text("utf-8"))
    return loaded


@pytest.mark.parametrize(
    ("group", "key", "field", "wrong"),
    [
        ("models", "sdxl", "negative", "perhaps"),
        ("models", "sdxl", "commercial", "maybe"),
        ("models", "sdxl", "grid", 0),
        ("models", "sdxl", "megapixel", 1.0),
        ("models", "sdxl", "sizes", [[1024]]),
        ("models", "sdxl", "since", "v1"),
        ("workflows", "sdxl", "kind", "txt2img"),
        ("workflows", "sdxl", "files", []),
        ("files", "ae.safetensors", "url", "http://example.org/ae.safetensors"),
        ("files", "ae.safetensors", "gb", "0.3"),
        ("packs", "ComfyUI-GGUF", "url", ""),
    ],
)
def test_a_slip_in_the_catalogue_is_no_entry(group: str, key: str, field: str, wrong: Any) -> None:
    data = table()
    data[group][key][field] = wrong
    with pytest.raises(ValidationError):
        catalogue.read(data)


def test_a_file_that_nothing_describes_is_no_entry() -> None:
    data = table()
    data["workflows"]["sdxl"]["files"] = ["elsewhere.safetensors"]
    with pytest.raises(KeyError, match="elsewhere"):
        catalogue.read(data)


def test_nothing_in_the_catalogue_is_left_unused() -> None:
    data = table()
    used = {file for each in data["workflows"].values() for file in each["files"]}
    assert set(data["files"]) == used
    assert set(data["models"]) == {each["model"] for each in data["workflows"].values()}
    assert set(data["packs"]) == {pack for each in data["workflows"].values() for pack in each.get("packs", ())}


def test_downloads_name_the_folder_and_the_file() -> None:
    line = entry("z-image-turbo-aio").main.download
    assert "-o models/checkpoints/z-image-turbo-fp8-aio.safetensors https://huggingface.co/" in line


# ---- the graphs


def test_loras_of_characters_stand_before_those_that_make_a_model_fast() -> None:
    for name in [name for name in ALL if any(file.folder == "loras" for file in entry(name).files)]:
        graph = filled(name, Lora(file="hare.safetensors", strength=0.8))
        [speed] = [key for key, node in graph.items() if "ightning" in str(node["inputs"].get("lora_name"))]
        files = [graph[key]["inputs"].get("lora_name") for key in upstream(graph, speed)]
        assert "hare.safetensors" in files


@pytest.mark.parametrize("name", SCENES)
def test_scenes_start_at_their_own_size_and_not_at_a_portraits(name: str) -> None:
    graph = filled(name)
    starts = [node for node in graph.values() if node["class_type"].startswith("Empty")]
    assert [(node["inputs"]["width"], node["inputs"]["height"]) for node in starts] == [(640, 384)]


@pytest.mark.parametrize("number", [1, 2, 3])
def test_references_are_told_to_both_sides(number: int) -> None:
    for family in ("flux2-klein-4b", "flux2-klein-9b"):
        graph = filled(entry(family).references[number])
        guider = nodes_of(graph, "CFGGuider")[0]["inputs"]
        for side in ("positive", "negative"):
            chain = upstream(graph, guider[side][0])
            assert sum(graph[key]["class_type"] == "ReferenceLatent" for key in chain) == number
            assert sum(graph[key]["class_type"] == "LoadImage" for key in chain) == number


@pytest.mark.parametrize("name", MASKED)
def test_the_last_step_of_a_repair_lays_it_into_the_picture_by_the_mask(name: str) -> None:
    shipped = workflow(name)
    graph = filled(name)
    last = graph[graph[shipped.output]["inputs"]["images"][0]]
    assert last["class_type"] == "ImageCompositeMasked"
    assert graph[last["inputs"]["destination"][0]]["inputs"]["image"] == "image.png"
    assert graph[last["inputs"]["mask"][0]]["inputs"]["image"] == "mask.png"


def accepted_by(url: str, graph: Graph) -> list[str]:
    """What a server finds wrong with it, in its own words."""
    answer = requests.post(f"{url}/prompt", json={"prompt": graph}, timeout=10).json()
    told = dict(answer.get("node_errors") or {})
    found = [str(error["details"] or error["message"]) for node in told.values() for error in node["errors"]]
    return found or ([str(answer["error"]["message"])] if "error" in answer else [])


def upload(url: str, picture: NDArray[np.uint8], name: str) -> None:
    data = io.BytesIO()
    Image.fromarray(picture).save(data, "PNG")
    requests.post(f"{url}/upload/image", files={"image": (name, data.getvalue())}, data={"overwrite": "1"}, timeout=10)


def test_every_workflow_is_accepted_by_a_server_that_has_its_nodes_and_files(comfyui: FakeComfyUI) -> None:
    known = requests.get(f"{comfyui.url}/object_info", timeout=10).json()
    known_types = known["CLIPLoader"]["input"]["required"]["type"][0]
    for slot in ("image", "mask", "control", "ref1", "ref2", "ref3"):
        upload(comfyui.url, np.zeros((64, 64, 3), np.uint8), f"{slot}.png")
    tried = []
    for name in ALL:
        graph = filled(name)
        types = {node["inputs"]["type"] for node in nodes_of(graph, "CLIPLoader")}
        later = {node["class_type"] for node in graph.values()} - known.keys() or types - set(known_types)
        if not later:
            tried.append(name)
            assert accepted_by(comfyui.url, graph) == [], name
    assert len(tried) >= 54


@pytest.mark.parametrize("name", MASKED)
def test_pixels_outside_the_mask_are_exactly_kept(name: str, request: pytest.FixtureRequest) -> None:
    """On a real server, with the picture's negative in place of what the model would draw."""
    url = request.config.getoption("--comfyui")
    if not url:
        pytest.skip("only ComfyUI itself lays pictures into pictures: --comfyui URL")
    noise = np.random.default_rng(5).integers(0, 256, (96, 128, 3), np.uint8)
    mask = np.zeros((96, 128), np.uint8)
    mask[30:60, 40:90] = 255
    upload(url, noise, "storyforge-test-image.png")
    upload(url, np.repeat(mask[..., None], 3, 2), "storyforge-test-mask.png")
    result = drawn(url, without_model(name))
    outside, inside = mask == 0, np.zeros_like(mask, bool)
    inside[39:51, 49:81] = True  # further in than the soft seam is wide
    assert (result[outside] == noise[outside]).all()
    assert np.abs(result[inside] - (255.0 - noise[inside])).max() <= 2


def without_model(name: str) -> Graph:
    graph = copy.deepcopy(workflow(name).graph)
    for node in graph.values():
        if node["class_type"] in ("LoadImage", "LoadImageMask"):
            kind = "mask" if node["class_type"] == "LoadImageMask" else "image"
            node["inputs"]["image"] = f"storyforge-test-{kind}.png"
    [loaded] = [key for key, node in graph.items() if node["class_type"] == "LoadImage"]
    [decoded] = [key for key, node in graph.items() if node["class_type"] == "VAEDecode"]
    graph[decoded] = {"class_type": "ImageInvert", "inputs": {"image": [loaded, 0]}}
    output = workflow(name).output
    graph[output]["inputs"]["filename_prefix"] = f"storyforge-test/{uuid4()}"
    return {key: graph[key] for key in upstream(graph, output)}


def drawn(url: str, graph: Graph) -> NDArray[np.uint8]:
    job = requests.post(f"{url}/prompt", json={"prompt": graph}, timeout=10).json()["prompt_id"]
    for _ in range(300):
        if entry := requests.get(f"{url}/history/{job}", timeout=10).json().get(job):
            break
        time.sleep(0.1)
    [image] = [image for output in entry["outputs"].values() for image in output["images"]]
    data = requests.get(f"{url}/view", params=image, timeout=10).content
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


# ---- workflows of the user's own


def exported(name: str, **changed: Any) -> Graph:
    """As a user would export it: other ids, other titles, files in a folder of a Windows server's."""
    graph = {f"9{key}": copy.deepcopy(node) for key, node in read_graph(path(name)).items()}
    for node in graph.values():
        node["_meta"] = {"title": node["class_type"]}
        for key, value in node["inputs"].items():
            if to := link(value):
                node["inputs"][key] = [f"9{to.node}", to.output]
            elif key in changed:
                node["inputs"][key] = changed[key]
            elif isinstance(value, str) and value.endswith(FILE_ENDS):
                node["inputs"][key] = f"mine\\{value}"
    return graph


@pytest.mark.parametrize("name", [name for name in ALL if entry(name).known_as or entry(name).family.endswith("ning")])
def test_an_export_is_recognised_by_the_model_that_it_loads(name: str) -> None:
    found = recognise(exported(name))
    assert found is not None
    assert (found.family, found.kind) == (entry(name).family, entry(name).kind)


def test_another_quantisation_of_a_known_model_is_recognised() -> None:
    found = recognise(exported("z-image-turbo", unet_name="Z-Image-Turbo_int8_convrot.safetensors"))
    assert found is not None
    assert found.name == "z-image-turbo"


def test_what_is_not_sure_is_not_recognised() -> None:
    assert recognise(exported("sdxl", ckpt_name="somebodysMix_v12.safetensors")) is None
    assert recognise(exported("z-image-turbo", type="qwen_image")) is None  # another model's encoder
    assert recognise(exported("qwen-image-2512-lightning", lora_name="some-8steps.safetensors")) is None
    assert recognise({"1": {"class_type": "CLIPTextEncode", "inputs": {"text": "z image turbo"}}}) is None


# ---- sizes

SHAPES = st.tuples(st.integers(1, 8192), st.integers(1, 8192))
ENTRIES = st.sampled_from([entry(name) for name in ALL if entry(name).kind != "upscale"])


def test_films_are_drawn_in_their_own_shape() -> None:
    assert size_for(entry("z-image-turbo-aio"), (1920, 1080)) == (1280, 720)
    assert size_for(entry("z-image-turbo-aio"), (1080, 1920)) == (720, 1280)
    assert size_for(entry("sdxl"), (3840, 2160)) == (1344, 768)
    assert size_for(entry("qwen-image-2512"), (16, 9)) == (1664, 928)
    assert size_for(entry("hidream-o1-dev"), (1280, 720)) == (2560, 1440)
    assert size_for(None, (1920, 1080)) == (1280, 720)


def test_a_draft_has_the_pixels_asked_for_and_the_films_shape() -> None:
    assert size_for(entry("sdxl"), (1920, 1080), 0.25) == (640, 360)


@given(ENTRIES, SHAPES, st.none() | st.floats(0.2, 4.0))
@example(entry("z-image-turbo-aio"), (8192, 1), None)
@example(entry("hidream-o1-dev"), (1, 1), 0.2)
def test_sizes_lie_on_the_grid_and_have_the_pixels_that_suit_the_model(
    known: Entry, shape: tuple[int, int], megapixels: float | None
) -> None:
    width, height = size_for(known, shape, megapixels)
    assert width % known.grid == height % known.grid == 0
    assert width * height == pytest.approx((megapixels or known.megapixels) * 1e6, rel=0.26)
    assert (height, width) == size_for(known, shape[::-1], megapixels)
    if not known.sizes and max(shape) <= 3 * min(shape):
        off = (width / height) / (shape[0] / shape[1])
        assert 0.87 < off < 1.15


@given(st.sampled_from([(16, 9), (4, 3), (1, 1), (3, 2), (9, 16)]), st.integers(1, 400))
def test_only_the_shape_counts_and_common_ones_are_met_exactly(shape: tuple[int, int], times: int) -> None:
    width, height = size_for(entry("z-image-turbo-aio"), (shape[0] * times, shape[1] * times))
    assert (width, height) == size_for(entry("z-image-turbo-aio"), shape)
    assert (width // gcd(width, height), height // gcd(width, height)) == shape


# ---- the documents

PAGE = ROOT / "docs" / "workflows.md"
TABLE = re.compile(r"(?<=<!-- workflows -->\n).*(?=<!-- workflows end -->)", re.DOTALL)


def documented() -> str:
    """The page with its table as the catalogue has it: `python -m tests.test_comfyui_workflows` writes it."""
    entries = catalogue.catalogue().entries
    head = "| workflow | what it is | also | GB | card | licence | commercial | ComfyUI |\n|" + " --- |" * 8 + "\n"
    rows = [f"| {' | '.join(_row(each, entries))} |\n" for each in entries if not base_of(each, entries)]
    return TABLE.sub(lambda _: head + "".join(rows), PAGE.read_text("utf-8"))


def _row(known: Entry, entries: Sequence[Entry]) -> list[str]:
    size = f"{'~' * any(file.estimate for file in known.files)}{known.gb:.1f}"
    variants = [each.name.removeprefix(known.name) for each in entries if base_of(each, entries) == known.name]
    return [
        f"`{known.name}`",
        known.title.replace("[", "\\["),
        " ".join(f"`{variant}`" for variant in variants),
        size if all(file.gb for file in known.files) else "?",
        f"{'~' * known.estimate}{known.memory:g}",
        known.licence.replace("[", "\\["),
        known.commercial,
        ", ".join((known.since or "0.3.64", *known.packs)),
    ]


def test_the_page_on_workflows_has_all_of_them() -> None:
    assert PAGE.read_text("utf-8") == documented(), "run: python -m tests.test_comfyui_workflows"


if __name__ == "__main__":
    PAGE.write_text(documented(), "utf-8")

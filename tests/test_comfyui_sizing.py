"""How large a picture comes back: exactly as asked where the graph shows it, else of the shape that was asked for."""

from __future__ import annotations

import copy
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from storyforge.illustration.comfyui.catalogue import names, path
from storyforge.illustration.comfyui.failures import Spoiled
from storyforge.illustration.comfyui.filling import fill
from storyforge.illustration.comfyui.graph_file import read_graph
from storyforge.illustration.comfyui.job import Graph
from storyforge.illustration.comfyui.picture import checked
from storyforge.illustration.comfyui.request import Request
from storyforge.illustration.comfyui.server import Server
from storyforge.illustration.comfyui.sizing import size_made
from storyforge.illustration.comfyui.slots import PICTURES, kind_of
from storyforge.illustration.comfyui.workflow import load
from tests.comfyui_jobs import a_job, noise, saved
from tests.fakes import FakeComfyUI


def png(size: tuple[int, int]) -> bytes:
    data = io.BytesIO()
    Image.fromarray(np.random.default_rng(1).integers(0, 256, (size[1], size[0], 3), np.uint8)).save(data, "PNG")
    return data.getvalue()


def with_last(kind: str, **inputs: Any) -> Graph:
    """A seeded picture of 64 × 48 that passes one more node before it is saved."""
    plain = noise()
    return {
        **{key: plain[key] for key in ("1", "2")},
        "9": {"class_type": kind, "inputs": {"image": ["2", 0], **inputs}},
        "3": saved(["9", 0]),
    }


SCALED = with_last("ImageScaleBy", upscale_method="lanczos", scale_by=1.5)


@pytest.mark.parametrize("name", names())
def test_every_shipped_workflow_shows_the_size_of_its_picture_where_it_has_one(name: str) -> None:
    shipped = load(path(name))
    values: dict[str, Any] = {"prompt": "a hare", "seed": 7, "width": 640, "height": 384}
    values |= {slot: f"{slot}.png" for slot in shipped.slots if kind_of(slot) in PICTURES}
    graph, _ = fill(shipped, {slot: value for slot, value in values.items() if slot in shipped.slots})
    assert size_made(graph, shipped.output) == ((640, 384) if "width" in shipped.slots else None)


def test_a_graph_that_enlarges_by_itself_shows_no_size() -> None:
    assert size_made(noise(), "3") == (64, 48)
    assert size_made(SCALED, "3") is None
    assert size_made(with_last("SomebodysSharpener"), "3") is None
    assert size_made(with_last("ImageUpscaleWithModel", upscale_model=["8", 0]), "3") is None


def test_a_size_set_on_the_way_or_in_a_primitive_is_the_size() -> None:
    assert size_made(with_last("ImageScale", width=1920, height=1080), "3") == (1920, 1080)
    assert size_made(with_last("ImageScale", width=1920, height=0), "3") is None
    linked = noise() | {"7": {"class_type": "PrimitiveInt", "inputs": {"value": 512}}}
    linked["1"]["inputs"]["width"] = ["7", 0]
    assert size_made(linked, "3") == (512, 48)


def test_a_graph_in_a_circle_shows_no_size() -> None:
    assert size_made({"1": {"class_type": "ImageInvert", "inputs": {"image": ["1", 0]}}}, "1") is None


def test_a_picture_that_its_workflow_enlarges_is_taken_and_drawn_once(comfyui: FakeComfyUI) -> None:
    picture = Server(comfyui.url).draw(a_job(SCALED, size=(64, 48), exact=False))
    assert Image.open(io.BytesIO(picture)).size == (96, 72)
    assert len(comfyui.drawn) == 1


def test_what_is_asked_of_an_export_that_enlarges_need_not_come_back_in_its_size(tmp_path: Path) -> None:
    graph = read_graph(path("z-image-turbo-aio"))
    decoded, saving = (
        [key for key in graph if graph[key]["class_type"] == kind] for kind in ("VAEDecode", "SaveImage")
    )
    graph["90"] = {"class_type": "ImageScaleBy", "inputs": {"image": [decoded[0], 0], "scale_by": 1.5}}
    enlarging = copy.deepcopy(graph)
    enlarging[saving[0]]["inputs"]["images"] = ["90", 0]
    for number, (each, exact) in enumerate([(graph, True), (enlarging, False)]):
        file = tmp_path / f"{number}.json"
        file.write_text(json.dumps(each), "utf-8")
        asked = Request(load(file), {"prompt": "a hare", "seed": 7, "width": 1280, "height": 720})
        job = asked.job({}, may_shrink=True)
        jobs = [one for one in (job, job.again, job.smaller) if one]
        assert [one.exact for one in jobs] == [exact] * 3
        assert [one.size for one in jobs] == [(1280, 720), (1280, 720), (1024, 576)]


def test_where_the_graph_shows_a_size_another_one_is_refused(comfyui: FakeComfyUI) -> None:
    with pytest.raises(Spoiled, match="64 × 48 pixels instead of 64 × 56"):
        Server(comfyui.url).draw(a_job(noise(), size=(64, 56)))


@pytest.mark.parametrize("size", [(1920, 1080), (1920, 1088), (1360, 768), (640, 360), (1280, 720)])
def test_enlarged_pictures_may_be_rounded_and_are_not_much_smaller(size: tuple[int, int]) -> None:
    assert checked(png(size), (1280, 720), exact=False)


@pytest.mark.parametrize("size", [(1024, 1024), (720, 1280), (512, 288), (1280, 768)])
def test_enlarged_pictures_of_another_shape_or_much_smaller_are_refused(size: tuple[int, int]) -> None:
    with pytest.raises(Spoiled, match="instead of 1280 × 720"):
        checked(png(size), (1280, 720), exact=False)

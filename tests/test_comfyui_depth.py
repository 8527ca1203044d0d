"""Workflows that give a depth map along with their picture: it is fetched with it, and lost with a word."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from storyforge.backend import Progress, unseen
from storyforge.commands import scene
from storyforge.commands.workflow import rows
from storyforge.errors import BadSettings
from storyforge.illustration.comfyui.depth import with_depth
from storyforge.illustration.comfyui.failures import Spoiled
from storyforge.illustration.comfyui.filling import fill
from storyforge.illustration.comfyui.job import Graph, Job
from storyforge.illustration.comfyui.request import Request
from storyforge.illustration.comfyui.server import Server
from storyforge.illustration.comfyui.slots import with_tags
from storyforge.illustration.comfyui.workflow import Workflow, load
from storyforge.plate import Layer, Plate, plate_of, with_plate, with_plate_of
from tests.comfyui_jobs import pixels, png
from tests.fakes import FakeComfyUI
from tests.films import made
from tests.test_comfyui_film import LORAS, STORY, render

WORKFLOWS = Path(__file__).parent.parent / "storyforge" / "workflows"
MEASURES = {"MeasureDepth": {"input": {"required": {"image": ["IMAGE", {}]}}, "output": ["IMAGE"]}}
"""A node that takes a picture's own brightness for its depth."""


def node(kind: str, title: str = "", **given: Any) -> dict[str, Any]:
    return {"class_type": kind, "inputs": given, "_meta": {"title": title or kind}}


def deep(mark: str = "storyforge:depth", **more: dict[str, Any]) -> Graph:
    """A picture of noise (3) and its depth map (5). `more`: n5=… is put in place of node 5."""
    graph = {
        "1": node("EmptyImage", "storyforge:width storyforge:height", width=64, height=48, batch_size=1, color=0),
        "2": node("ImageAddNoise", "storyforge:seed", image=["1", 0], seed=1, strength=0.5),
        "3": node("SaveImage", images=["2", 0], filename_prefix="x"),
        "4": node("MeasureDepth", image=["2", 0]),
        "5": node("SaveImage", mark, images=["4", 0], filename_prefix="x"),
    }
    return {**graph, **{name[1:]: each for name, each in more.items()}}


def loaded(folder: Path, graph: Graph) -> Workflow:
    (folder / "deep.json").write_text(json.dumps(graph), "utf-8")
    return load(folder / "deep.json")


def a_job(folder: Path, graph: Graph) -> Job:
    values = {"seed": 7, "width": 128, "height": 96}
    return Request(loaded(folder, graph), values).job({}, may_shrink=False)


@pytest.fixture
def comfyui() -> Iterator[FakeComfyUI]:
    with FakeComfyUI(models=LORAS, extra_nodes=MEASURES) as fake:
        yield fake


def depth_in(picture: bytes, folder: Path) -> NDArray[np.uint8] | None:
    (folder / "drawn.png").write_bytes(picture)
    plate, files = plate_of(folder / "drawn.png")
    if not plate.depth:
        return None
    return np.asarray(cv2.imdecode(np.frombuffer(files[plate.depth], np.uint8), cv2.IMREAD_UNCHANGED))


def brightness(picture: bytes) -> NDArray[np.int16]:
    return np.asarray(cv2.cvtColor(pixels(picture), cv2.COLOR_RGB2GRAY), np.int16)


def alike(found: NDArray[np.uint8] | None, expected: NDArray[np.int16]) -> bool:
    """But for how grey is rounded."""
    return found is not None and found.shape == expected.shape and bool(abs(found - expected).max() <= 2)


class Told(list[str]):
    def __call__(self, fraction: float | None = None, *, note: str = "", preview: bytes = b"") -> None:
        self.extend([note] if note else [])


def drawn(comfyui: FakeComfyUI, job: Job, progress: Progress = unseen) -> bytes:
    return Server(comfyui.url).draw(job, progress)


# ---- the workflow


def test_the_marked_node_is_kept_and_saves_under_a_name_of_its_own(tmp_path: Path) -> None:
    workflow = loaded(tmp_path, deep(n6=node("SaveImage", images=["4", 0], filename_prefix="sketch")) | SPARE)
    assert (workflow.output, workflow.depth, workflow.white_is_far) == ("3", "5", False)
    graph, _ = fill(workflow, {"seed": 1, "width": 64, "height": 48}, prefix="s/job")
    assert graph.keys() == {"1", "2", "3", "4", "5"}
    assert [graph[each]["inputs"]["filename_prefix"] for each in "35"] == ["s/job", "s/job-depth"]


SPARE = {"3": node("SaveImage", "storyforge:output", images=["2", 0], filename_prefix="x")}


@pytest.mark.parametrize("kind", ["PreviewImage", "SaveImageWebsocket"])
def test_a_depth_map_that_would_leave_no_file_is_saved(tmp_path: Path, kind: str) -> None:
    graph, _ = fill(
        loaded(tmp_path, deep(n5=node(kind, "storyforge:depth", images=["4", 0]))),
        {"seed": 1, "width": 64, "height": 48},
        prefix="a",
    )
    assert (graph["5"]["class_type"], graph["5"]["inputs"]["filename_prefix"]) == ("SaveImage", "a-depth")


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"n4": node("MeasureDepth", "storyforge:depth", image=["2", 0])}, "storyforge:depth on 2 nodes"),
        ({"n5": node("MeasureDepth", "storyforge:depth", image=["2", 0])}, "5 MeasureDepth, which saves no picture"),
        ({"n5": node("SaveImage", "storyforge:depth storyforge:output", images=["4", 0])}, "and as its depth map"),
        ({"n5": node("SaveImage", "storyforge:depth=near", images=["4", 0])}, "storyforge:depth=far where"),
    ],
)
def test_a_mark_that_cannot_be_meant_is_told(tmp_path: Path, more: dict[str, Any], expected: str) -> None:
    with pytest.raises(BadSettings, match=expected):
        loaded(tmp_path, deep(**more))


def test_a_depth_map_makes_another_workflow_and_none_leaves_it_as_it_was(tmp_path: Path) -> None:
    digests = [loaded(tmp_path, deep(mark) | SPARE).digest for mark in ("", "storyforge:depth", "storyforge:depth=far")]
    assert len(set(digests)) == 3
    renamed = deep() | SPARE
    renamed["5"]["inputs"]["filename_prefix"] = "another"
    assert loaded(tmp_path, renamed).digest == digests[1]


@pytest.mark.parametrize(("mark", "said"), [("storyforge:depth", "near"), ("storyforge:depth=far", "far")])
def test_check_shows_it_and_a_copy_with_marks_keeps_it(tmp_path: Path, mark: str, said: str) -> None:
    workflow = loaded(tmp_path, deep(mark))
    assert list(rows(workflow))[-1] == ("depth", "5 SaveImage", "", f"white is {said}")
    copied = loaded(tmp_path, with_tags(workflow.graph, workflow.marks))
    assert copied.digest == workflow.digest


# ---- a picture


def test_the_picture_comes_with_its_depth_map(tmp_path: Path, comfyui: FakeComfyUI) -> None:
    picture = drawn(comfyui, a_job(tmp_path, deep()))
    assert alike(depth_in(picture, tmp_path), brightness(picture))
    assert pixels(picture).shape == (96, 128, 3) and len(comfyui.drawn) == 1


def test_where_white_is_far_the_map_is_turned_round(tmp_path: Path, comfyui: FakeComfyUI) -> None:
    picture = drawn(comfyui, a_job(tmp_path, deep("storyforge:depth=far")))
    assert alike(depth_in(picture, tmp_path), 255 - brightness(picture))


def test_a_picture_that_comes_over_the_websocket_has_its_depth_map_too(tmp_path: Path, comfyui: FakeComfyUI) -> None:
    job = a_job(tmp_path, deep())
    sent = {**job.graph, "3": node("SaveImageWebsocket", images=["2", 0])}
    picture = drawn(comfyui, replace(job, graph=sent))
    assert alike(depth_in(picture, tmp_path), brightness(picture))
    assert comfyui.asked.count("GET /view") == 1


def test_a_run_after_a_stop_finds_both_again(tmp_path: Path, comfyui: FakeComfyUI) -> None:
    job = a_job(tmp_path, deep())
    picture = drawn(comfyui, job)
    assert drawn(comfyui, job) == picture  # its history knows of it
    comfyui.kill()
    comfyui.restart()
    assert Server(comfyui.url).has_file_of(job)
    assert drawn(comfyui, job) == picture  # only its files are left
    assert len(comfyui.drawn) == 1


def test_a_server_that_died_before_it_saved_the_map_is_asked_once_more(tmp_path: Path, comfyui: FakeComfyUI) -> None:
    job = a_job(tmp_path, deep())
    picture = drawn(comfyui, job)
    comfyui.kill()
    comfyui.restart()
    del comfyui.disk.files[of_depth(comfyui)]
    again = drawn(comfyui, job)
    assert (pixels(again) == pixels(picture)).all() and depth_in(again, tmp_path) is not None
    assert len(comfyui.drawn) == 2


def of_depth(comfyui: FakeComfyUI) -> tuple[str, str, str]:
    return next(key for key in comfyui.disk.files if "-depth_" in key[2])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "is gone"),
        (b"", "no picture"),
        (png()[:100], "cut off"),
        (png((64, 64)), "64 × 64 pixels, and its picture 128 × 96"),
        (cv2.imencode(".png", np.full((96, 128), 9, np.uint8))[1].tobytes(), "the same everywhere"),
    ],
)
def test_a_map_that_cannot_be_used_leaves_the_picture_flat_and_is_told(
    tmp_path: Path, comfyui: FakeComfyUI, content: bytes | None, said: str
) -> None:
    job, told = a_job(tmp_path, deep()), Told()
    whole = drawn(comfyui, job)
    if content is None:
        del comfyui.disk.files[of_depth(comfyui)]
    else:
        comfyui.disk.files[of_depth(comfyui)] = content
    picture = drawn(comfyui, job, told)
    assert depth_in(picture, tmp_path) is None and (pixels(picture) == pixels(whole)).all()
    [note] = told
    assert said in note and "the picture is filmed flat, without its depth – " in note
    assert len(comfyui.drawn) == 1


def test_a_node_that_gave_nothing_is_told_and_nothing_else_is_taken_for_the_map(
    tmp_path: Path, comfyui: FakeComfyUI
) -> None:
    job, told = a_job(tmp_path, deep()), Told()
    silent = {**job.graph, "5": node("SaveImageWebsocket", images=["4", 0])}
    assert depth_in(drawn(comfyui, replace(job, graph=silent), told), tmp_path) is None
    assert "finished without the depth map of a picture" in told[0]


@pytest.mark.parametrize("size", [(1344, 756), (896, 512), (448, 252)])
def test_maps_of_nearly_the_pictures_shape_in_any_size_and_depth_are_taken(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    slope = np.linspace(0, 65535, size[0]).astype(np.uint16)[np.newaxis].repeat(size[1], 0)
    found = depth_in(with_depth(png((1344, 768)), cv2.imencode(".png", slope)[1].tobytes()), tmp_path)
    assert found is not None and found.shape == size[::-1] and (found.min(), found.max()) == (0, 255)
    with pytest.raises(Spoiled, match="The depth map has"):
        with_depth(png((768, 768)), cv2.imencode(".png", slope)[1].tobytes())


# ---- a film


def test_a_film_keeps_depth_in_its_pictures_larger_ones_too_and_a_repair_makes_them_flat(
    write: Any, comfyui: FakeComfyUI
) -> None:
    graph = json.loads((WORKFLOWS / "z-image-turbo-aio.json").read_text("utf-8"))
    graph |= {"8": node("MeasureDepth", image=["6", 0]), "9": node("SaveImage", "storyforge:depth", images=["8", 0])}
    graph["9"]["inputs"]["filename_prefix"] = "ComfyUI"
    own = str(write("deep.json", json.dumps(graph)))
    choice = {"workflow": own, "upscale": "upscale-esrgan", "repair": "z-image-turbo-aio-repair"}
    path = write("fox.yaml", STORY)
    settings = render(path, [comfyui], height=1440, comfyui=choice)
    pictures = [settings.film_folder("fox") / f"pictures/scene-00{number}.png" for number in (1, 2, 3, 4)]
    assert all(plate_of(picture)[0].depth for picture in pictures)
    assert pixels(pictures[0].read_bytes()).shape[:2] == (1680, 2986)
    events: list[Any] = []
    render(path, [comfyui], events, height=1440, comfyui=choice)
    assert made(events) == {}
    scene.repair(scene.desk(path, settings, {}), 2, "a paw", None, "100,100,400,400", None, None)
    assert [bool(plate_of(picture)[0].depth) for picture in pictures] == [True, False, True, True]


def test_a_larger_copy_knows_what_the_picture_knew_but_for_its_layers(tmp_path: Path) -> None:
    layers = (Layer(name="sky", depth=0, colours="0.jpg"),)
    knows = Plate(faces=((0.1, 0.2, 0.3, 0.4),), layers=layers, depth="d.png")
    small, large = tmp_path / "small.png", tmp_path / "large.png"
    small.write_bytes(with_plate(png(), knows, {"0.jpg": b"sky", "d.png": b"deep"}))
    large.write_bytes(with_plate_of(png((256, 192)), small))
    assert plate_of(large) == (knows.model_copy(update={"layers": ()}), {"d.png": b"deep"})
    small.write_bytes(png())
    assert with_plate_of(png((256, 192)), small) == png((256, 192))

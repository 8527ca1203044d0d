"""Films whose pictures a ComfyUI draws: nothing is drawn twice, nothing is lost, and the film's own words reach it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from storyforge.commands import scene
from storyforge.errors import BackendFailed, StoryforgeError
from storyforge.film import make_film
from storyforge.illustration.comfyui.failures import NoAnswer
from storyforge.illustration.comfyui.server import Server
from storyforge.output import output_for
from storyforge.runner import Event, LocalRunner, lanes
from storyforge.settings import Settings, crew_for
from storyforge.store import Store
from storyforge.story_file import load_story
from tests.fakes import FakeComfyUI
from tests.films import made, settings_for

STORY = """\
title: The Clock Fox
pace: 4
style: {prompt: storybook watercolour, loras: [{file: watercolour.safetensors, trigger: wtrclr}]}
cast:
  chroneon:
    looks: a sleek silver fox with a clock face on its forehead
    lora: {file: chroneon.safetensors, strength: 0.8, trigger: chronn}
  mira: {looks: a small girl with black pigtails, lora: {file: mira.safetensors}}
scenes:
  - {text: At dawn Chroneon ran into the green forest., characters: [chroneon], action: A fox runs into a forest}
  - {text: Mira sat by the sea and sang., characters: [mira], action: A girl sits by the sea}
  - {text: At night Chroneon and Mira met on the hill., characters: [mira, chroneon], action: They meet on a hill}
  - {text: And then the moon rose over the empty hill., characters: [], action: The moon rises}
"""


def render(path: Path, servers: list[FakeComfyUI], events: list[Event] | None = None, **more: Any) -> Settings:
    choice = {"comfyui": {"urls": [server.url for server in servers], **more.pop("comfyui", {})}}
    settings = settings_for(path.parent, illustrator=choice, narrator="espeak", **more)
    file = load_story(path)
    output = output_for(settings, file.name)
    crew = crew_for(file, settings, {}, output.ledger.drawn_by, output.planning)
    watch = events.append if events is not None else lambda event: None
    with LocalRunner(Store(settings.store_folder), watch, lanes(2, crew.illustrator.places)) as runner:
        asyncio.run(make_film(file, settings, crew, runner, output))
    return settings


def inputs(graph: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [node["inputs"] for node in graph.values() if node["class_type"] == kind]


LORAS = {"loras": {f"{name}.safetensors": b"" for name in ("watercolour", "chroneon", "mira")}}


@pytest.fixture
def comfyui() -> Iterator[FakeComfyUI]:
    with FakeComfyUI(models=LORAS, seconds=0.05) as server:
        yield server


def test_each_scene_is_drawn_with_its_own_words_seed_and_loras(write: Any, comfyui: FakeComfyUI) -> None:
    path = write("fox.yaml", STORY)
    settings = render(path, [comfyui])
    graphs = {inputs(graph, "CLIPTextEncode")[0]["text"]: graph for _, graph in comfyui.drawn}
    assert len(graphs) == len(comfyui.drawn) == 4
    both = next(graph for text, graph in graphs.items() if "They meet" in text)
    assert inputs(both, "KSampler")[0]["seed"] == load_story(path).story.seed
    used = {
        text.removeprefix("Wide shot: ").split(".")[0]: {
            lora["lora_name"] for kind in ("LoraLoaderModelOnly", "LoraLoader") for lora in inputs(graph, kind)
        }
        for text, graph in graphs.items()
    }
    style, fox, girl = (f"{name}.safetensors" for name in ("watercolour", "chroneon", "mira"))
    assert used == {
        "A fox runs into a forest": {style, fox},
        "A girl sits by the sea": {style, girl},
        "They meet on a hill": {style, fox, girl},
        "The moon rises": {style},
    }
    assert len(list((settings.film_folder("fox") / "pictures").glob("*.png"))) == 4


def test_a_second_run_draws_nothing_and_needs_no_server(write: Any, comfyui: FakeComfyUI) -> None:
    path = write("fox.yaml", STORY)
    render(path, [comfyui])
    comfyui.kill()
    with pytest.raises(NoAnswer):
        Server(comfyui.url).stats()
    events: list[Event] = []
    render(path, [comfyui], events)
    assert made(events) == {}


def test_only_what_is_asked_decides_not_where_or_how(write: Any, comfyui: FakeComfyUI) -> None:
    path = write("fox.yaml", STORY)
    render(path, [comfyui])
    with FakeComfyUI(version="0.3.64", prefix="/gpu", models=LORAS) as other:
        render(path, [other], height=180, fps=10)
        assert other.drawn == []
        path.write_text(STORY.replace("A girl sits", "A girl stands"), "utf-8")
        render(path, [other])
        assert len(other.drawn) == 1


def test_a_repair_changes_its_box_and_not_one_pixel_outside(write: Any, comfyui: FakeComfyUI) -> None:
    path = write("fox.yaml", STORY)
    settings = render(path, [comfyui])
    place = settings.film_folder("fox") / "pictures/scene-002.png"
    before = pixels(place)
    height, width = before.shape[:2]
    at = scene.desk(path, settings, {})
    scene.repair(
        at, 2, "a paw with four toes", None, f"{width // 4},{height // 4},{width // 2},{height // 2}", None, None
    )
    after = pixels(place)
    changed = np.argwhere((before != after).any(axis=2))
    assert changed.min(axis=0).tolist() >= [height // 4, width // 4]
    assert changed.max(axis=0).tolist() <= [height // 4 * 3, width // 4 * 3]
    assert len(changed) > width * height / 8
    assert inputs(comfyui.drawn[-1][1], "CLIPTextEncode")[0]["text"].startswith("a paw with four toes. Mira, ")
    scene.undo(scene.desk(path, settings, {}), "2")
    assert (pixels(place) == before).all()
    assert len(comfyui.drawn) == 5


def test_a_mask_is_kept_with_the_film_and_feathers_as_it_was_painted(write: Any, comfyui: FakeComfyUI) -> None:
    path = write("fox.yaml", STORY)
    settings = render(path, [comfyui])
    place = settings.film_folder("fox") / "pictures/scene-001.png"
    before = pixels(place)
    mask = np.zeros(before.shape[:2], np.uint8)
    mask[:, : mask.shape[1] // 2] = 255
    Image.fromarray(mask).save(path.parent / "mask.png")
    scene.repair(scene.desk(path, settings, {}), 1, "a tree", path.parent / "mask.png", None, None, None)
    (path.parent / "mask.png").unlink()
    after = pixels(place)
    assert (after[mask == 0] == before[mask == 0]).all() and (after[mask == 255] != before[mask == 255]).any()
    events: list[Event] = []
    render(path, [comfyui], events)
    assert made(events).keys() & {("draw", 1), ("retouch", 1)} == set()
    assert (pixels(place) == after).all()


def test_a_mask_without_white_is_told_and_nothing_is_changed(write: Any, comfyui: FakeComfyUI) -> None:
    path = write("fox.yaml", STORY)
    settings = render(path, [comfyui])
    board = (settings.film_folder("fox") / "storyboard.yaml").read_bytes()
    Image.new("L", (64, 36)).save(path.parent / "mask.png")
    with pytest.raises(StoryforgeError, match="nothing white"):
        scene.repair(scene.desk(path, settings, {}), 1, "a tree", path.parent / "mask.png", None, None, None)
    assert (settings.film_folder("fox") / "storyboard.yaml").read_bytes() == board


def test_a_picture_drawn_over_has_the_strength_and_a_seed_of_its_own(write: Any, comfyui: FakeComfyUI) -> None:
    path = write("fox.yaml", STORY)
    settings = render(path, [comfyui])
    scene.repair(scene.desk(path, settings, {}), 3, "the same, in moonlight", None, None, 0.4, 77)
    sampler = inputs(comfyui.drawn[-1][1], "KSampler")[0]
    assert (sampler["denoise"], sampler["seed"]) == (0.4, 77)


def test_takes_are_drawn_once_and_picking_one_draws_nothing(write: Any, comfyui: FakeComfyUI) -> None:
    path = write("fox.yaml", STORY)
    settings = render(path, [comfyui], takes=3)
    folder = settings.film_folder("fox")
    assert len(comfyui.drawn) == 12
    assert sorted(p.name for p in (folder / "takes").glob("scene-002*")) == [
        "scene-002-1.png",
        "scene-002-2.png",
        "scene-002-3.png",
        "scene-002.jpg",
    ]
    scene.pick(scene.desk(path, settings, {}), "2", 3)
    assert (folder / "pictures/scene-002.png").read_bytes() == (folder / "takes/scene-002-3.png").read_bytes()
    scene.redraw(scene.desk(path, settings, {}), 2, None, None)
    assert len(comfyui.drawn) == 15
    render(path, [comfyui], takes=3)
    assert len(comfyui.drawn) == 15


def test_a_draft_has_the_films_seeds_and_the_film_loses_nothing_by_it(write: Any, comfyui: FakeComfyUI) -> None:
    path = write("fox.yaml", STORY)
    settings = render(path, [comfyui])
    kept = {p: p.read_bytes() for p in settings.film_folder("fox").glob("pictures/*")}
    draft = render(path, [comfyui], draft=True)
    assert (draft.film_folder("fox") / "film.mp4").exists()
    full, rough = (
        [inputs(graph, "KSampler")[0]["seed"] for _, graph in jobs] for jobs in (comfyui.drawn[:4], comfyui.drawn[4:])
    )
    assert full == rough
    sizes = [inputs(graph, "EmptySD3LatentImage")[0] for _, graph in comfyui.drawn]
    assert sizes[-1]["width"] * sizes[-1]["height"] < sizes[0]["width"] * sizes[0]["height"] / 3
    assert {p: p.read_bytes() for p in kept} == kept
    events: list[Event] = []
    render(path, [comfyui], events)
    assert made(events) == {}


def test_small_pictures_are_enlarged_for_the_film_where_that_is_wished(write: Any, comfyui: FakeComfyUI) -> None:
    path = write("fox.yaml", STORY)
    settings = render(path, [comfyui], height=1440, comfyui={"upscale": "upscale-esrgan"})
    assert pixels(settings.film_folder("fox") / "pictures/scene-001.png").shape[:2] == (1680, 2986)
    assert len(comfyui.drawn) == 8


def test_a_portrait_reaches_the_workflows_that_look_at_it(write: Any, comfyui: FakeComfyUI) -> None:
    path = write("fox.yaml", STORY)
    (path.parent / "portraits").mkdir()
    for number, name in enumerate(("chroneon", "mira")):
        Image.effect_noise((64, 96), 50 + number).convert("RGB").save(path.parent / f"portraits/{name}.png")
    settings = render(path, [comfyui], comfyui={"workflow": "flux2-klein-4b"})
    seen = {inputs(graph, "CLIPTextEncode")[0]["text"]: len(inputs(graph, "LoadImage")) for _, graph in comfyui.drawn}
    assert sorted(seen.values()) == [0, 1, 1, 2]
    both = next(text for text, count in seen.items() if count == 2)
    assert "Mira (the character in image 1)" in both and "Chroneon (the character in image 2)" in both
    Image.effect_noise((64, 96), 99).convert("RGB").save(path.parent / "portraits/mira.png")
    render(path, [comfyui], comfyui={"workflow": "flux2-klein-4b"})
    assert len(comfyui.drawn) == 4 + 2
    assert len(list((settings.film_folder("fox") / "pictures").glob("*.png"))) == 4


def test_more_portraits_than_a_workflow_takes_are_told(write: Any, comfyui: FakeComfyUI) -> None:
    path = write("fox.yaml", STORY)
    (path.parent / "portraits").mkdir()
    for number, name in enumerate(("chroneon", "mira")):
        Image.effect_noise((64, 96), 50 + number).convert("RGB").save(path.parent / f"portraits/{name}.png")
    events: list[Event] = []
    choice = {"workflow": {0: "flux2-klein-4b", 1: "flux2-klein-4b-1ref"}}
    render(path, [comfyui], events, comfyui=choice)
    [note] = [event.text for event in events if event.kind == "note" and "portraits" in event.text]
    assert note.startswith("Mira, Chroneon are in one picture") and note.endswith("Chroneon is drawn by looks alone")
    assert max(len(inputs(graph, "LoadImage")) for _, graph in comfyui.drawn) == 1


def test_all_that_is_missing_is_told_before_anything_is_drawn(write: Any) -> None:
    path = write("fox.yaml", STORY)
    with FakeComfyUI(models={"loras": {"chronaeon.safetensors": b""}}) as server:
        with pytest.raises(BackendFailed, match=r"(?s)chroneon.*chronaeon.*mira\.safetensors"):
            render(path, [server])
        assert server.drawn == []


def pixels(path: Path) -> Any:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))

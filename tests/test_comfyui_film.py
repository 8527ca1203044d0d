"""Films whose pictures a ComfyUI draws: nothing is drawn twice, nothing is lost, and the film's own words reach it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from storyforge.film import make_film
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
    crew = crew_for(file, settings, {}, output.ledger.drawn_by)
    watch = events.append if events is not None else lambda event: None
    with LocalRunner(Store(settings.store_folder), watch, lanes(2, crew.illustrator.places)) as runner:
        asyncio.run(make_film(file, settings, crew, runner, output))
    return settings


def inputs(graph: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [node["inputs"] for node in graph.values() if node["class_type"] == kind]


def test_each_scene_is_drawn_with_its_own_words_seed_and_loras(write: Any, comfyui: FakeComfyUI) -> None:
    path = write("fox.yaml", STORY)
    settings = render(path, [comfyui])
    graphs = {inputs(graph, "CLIPTextEncode")[0]["text"]: graph for _, graph in comfyui.drawn}
    assert len(graphs) == len(comfyui.drawn) == 4
    both = next(graph for text, graph in graphs.items() if text.startswith("They meet"))
    assert inputs(both, "KSampler")[0]["seed"] == load_story(path).story.seed
    used = {
        text.split(".")[0]: {
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
    url = comfyui.url
    comfyui.kill()
    events: list[Event] = []
    render(path, [comfyui], events)
    assert comfyui.url == url and made(events) == {}


def test_only_what_is_asked_decides_not_where_or_how(write: Any, comfyui: FakeComfyUI) -> None:
    path = write("fox.yaml", STORY)
    render(path, [comfyui])
    with FakeComfyUI(version="0.3.64", prefix="/gpu") as other:
        render(path, [other], height=180, fps=10)
        assert other.drawn == []
        path.write_text(STORY.replace("A girl sits", "A girl stands"), "utf-8")
        render(path, [other])
        assert len(other.drawn) == 1

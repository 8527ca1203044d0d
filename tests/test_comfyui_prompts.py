"""How a composed prompt comes into a graph: for the encoder that is there, in parts where it breaks off."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from storyforge.backend import CONTROL
from storyforge.illustration.comfyui import catalogue
from storyforge.illustration.comfyui.briefing import to_retouch
from storyforge.illustration.comfyui.chosen import Chosen
from storyforge.illustration.comfyui.encoders import encoder_of
from storyforge.illustration.comfyui.illustrator import ComfyUI
from storyforge.illustration.comfyui.job import Graph
from storyforge.illustration.comfyui.links import upstream
from storyforge.illustration.comfyui.workflow import load
from storyforge.story import Character, Lora, Style
from storyforge.storyboard import Brief, Role
from tests.fakes import FakeComfyUI
from tests.test_comfyui_film import LORAS, STORY, render

FOX = Character(
    looks="a sleek silver fox-like creature with ears like clock hands, a clock face on its forehead and golden eyes",
    lora=Lora(file="fox.safetensors", trigger="chronn"),
)
FRIEND = "a small fox-like orange-brown pup with long ears, a fluffy cream collar, a flame-tipped tail and a red scarf"


def brief(negative: str = "", friends: int = 3) -> Brief:
    people = {"fox": FOX, **{f"friend {number}": Character(looks=FRIEND) for number in range(friends)}}
    roles = tuple(
        Role(who=who, character=character, pose="walk", expression="happy", effects=())
        for who, character in people.items()
    )
    return Brief(
        place="forest",
        time="",
        weather="",
        season="",
        mood="",
        action="They all go home",
        props=(),
        effects=(),
        roles=roles,
        style=Style(prompt="storybook watercolour", negative=negative),
        seed=1,
        prompt=None,
        width=1280,
        height=720,
    )


def asked(workflow: str | Path, what: Brief, **settings: Any) -> Graph:
    return ComfyUI(workflow=str(workflow), **settings).request(what, {}).graph()


def texts(graph: Graph, end: str) -> list[str]:
    """Of the encoders that lead to this node."""
    return [graph[node]["inputs"]["text"] for node in upstream(graph, end) if "text" in graph[node]["inputs"]]


def positive(graph: Graph) -> str:
    [sampler] = [node for node in graph.values() if node["class_type"] == "KSampler"]
    return str(sampler["inputs"]["positive"][0])


def changed(tmp_path: Path, name: str, **changes: dict[str, Any]) -> Path:
    """A shipped workflow, exported again with other inputs: {node id: inputs}."""
    graph = json.loads(catalogue.path(name).read_text("utf-8"))
    for node, inputs in changes.items():
        graph[node.lstrip("n")]["inputs"] |= inputs
    path = tmp_path / "own.json"
    path.write_text(json.dumps(graph), "utf-8")
    return path


def loader_of(name: str, kind: str) -> str:
    graph = json.loads(catalogue.path(name).read_text("utf-8"))
    return next(f"n{node}" for node, content in graph.items() if content["class_type"] == kind)


# ---- which encoder


@pytest.mark.parametrize("name", [name for name in catalogue.names() if catalogue.entry(name).kind != "upscale"])
def test_the_graph_shows_whether_a_clip_reads_as_the_catalogue_has_it(name: str) -> None:
    workflow = load(catalogue.path(name))
    found = encoder_of(workflow.graph, workflow.slots["prompt"][0].node)
    assert (found == "clip") == (catalogue.entry(name).encoder == "clip")


@pytest.mark.parametrize(
    ("file", "encoder"),
    [("juggernautXL_v9.safetensors", "clip"), ("my-flux-mix.safetensors", "t5"), ("sd3_medium.safetensors", "t5")],
)
def test_an_unknown_checkpoint_is_read_by_clip_unless_its_name_tells_otherwise(
    tmp_path: Path, file: str, encoder: str
) -> None:
    path = changed(tmp_path, "sdxl", **{loader_of("sdxl", "CheckpointLoaderSimple"): {"ckpt_name": file}})
    workflow = load(path)
    assert encoder_of(workflow.graph, workflow.slots["prompt"][0].node) == encoder
    assert ("(They all go home:1.2)" in texts(asked(path, brief(friends=0)), positive(workflow.graph))[0]) == (
        encoder == "clip"
    )


# ---- in parts


def test_a_prompt_that_breaks_off_is_encoded_in_parts_and_joined() -> None:
    graph = asked("sdxl", brief())
    end = graph[positive(graph)]
    assert end["class_type"] == "ConditioningConcat"
    first, second, *_ = texts(graph, positive(graph))
    assert first.startswith("(They all go home:1.2), (chronn:1.1) Fox, a sleek silver fox-like creature")
    assert "storybook watercolour" in first and FRIEND in second
    assert "BREAK" not in json.dumps(graph)


def test_every_part_is_read_with_the_loras() -> None:
    graph = asked("sdxl", brief())
    encoders = [graph[node] for node in upstream(graph, positive(graph)) if "text" in graph[node]["inputs"]]
    assert len(encoders) > 1
    assert {graph[each["inputs"]["clip"][0]]["class_type"] for each in encoders} == {"LoraLoader"}


@pytest.mark.parametrize("name", [name for name in catalogue.names() if catalogue.entry(name).encoder == "clip"])
def test_wherever_clip_reads_all_of_a_long_prompt_reaches_the_picture(name: str) -> None:
    chosen = Chosen("sdxl", {"repair": name, "redraw": name})
    match catalogue.entry(name).kind:
        case "image":
            request = to_retouch(chosen, brief(), 0.5, {"image": ""})
        case "inpaint":
            request = to_retouch(chosen, brief(), 0.5, {"image": "", "mask": ""})
        case _:
            request = ComfyUI(workflow=name).request(brief(), {"fox": "", "friend 0": "", CONTROL: ""})
    graph = request.graph()
    read = " ".join(texts(graph, request.workflow.output))
    assert read.count(FRIEND) == 3 and "BREAK" not in read


def test_text_that_no_encoder_holds_stays_in_one_piece(tmp_path: Path) -> None:
    graph = json.loads(catalogue.path("sdxl").read_text("utf-8"))
    encoder = positive(graph)
    graph["held"] = {"class_type": "PrimitiveStringMultiline", "inputs": {"value": "words"}}
    graph[encoder]["inputs"]["text"] = ["held", 0]
    path = tmp_path / "own.json"
    path.write_text(json.dumps(graph), "utf-8")
    filled = asked(path, brief())
    assert filled["held"]["inputs"]["value"].count(FRIEND) == 3
    assert "BREAK" not in json.dumps(filled) and "ConditioningConcat" not in json.dumps(filled)


def test_a_server_takes_it() -> None:
    with FakeComfyUI(models={"loras": {"fox.safetensors": b""}}) as server:
        picture = ComfyUI(urls=(server.url,), workflow="sdxl").draw(brief())
        [(_, graph)] = server.drawn
    assert picture.startswith(b"\x89PNG")
    assert sum(node["class_type"] == "ConditioningConcat" for node in graph.values()) >= 1


# ---- what is not to be seen


@pytest.mark.parametrize("name", ["sdxl", "z-image-base", "sd35-large", "z-image-turbo-aio", "sdxl-lightning"])
def test_negative_words_are_asked_for_only_where_the_model_heeds_them(name: str) -> None:
    plain, without = (ComfyUI(workflow=name).request(brief(each), {}).account() for each in ("", "fog"))
    assert (plain != without) == catalogue.entry(name).negative
    assert ("fog" in json.dumps(without)) == catalogue.entry(name).negative


def test_negative_words_of_a_distilled_model_in_a_workflow_with_a_place_for_them_draw_nothing_again(
    tmp_path: Path,
) -> None:
    turbo = {"ckpt_name": "sd_xl_turbo_1.0_fp16.safetensors"}
    path = changed(tmp_path, "sdxl", **{loader_of("sdxl", "CheckpointLoaderSimple"): turbo})
    plain, without = (ComfyUI(workflow=str(path)).request(brief(each), {}).account() for each in ("", "fog"))
    assert "negative" in plain and plain == without


def test_a_model_that_nobody_knows_heeds_them_unless_its_cfg_is_1(tmp_path: Path) -> None:
    unknown = {loader_of("sdxl", "CheckpointLoaderSimple"): {"ckpt_name": "mine.safetensors"}}
    sampler = loader_of("sdxl", "KSampler")
    tried: list[tuple[int, dict[str, Any], bool]] = [(7, {}, True), (1, {}, False), (1, {"cfg": 3}, True)]
    for cfg, others, heeded in tried:
        path = changed(tmp_path, "sdxl", **unknown, **{sampler: {"cfg": cfg}})
        assert ("fog" in json.dumps(asked(path, brief("fog"), set=others))) == heeded


def test_a_film_of_it_is_drawn_once(write: Any) -> None:
    path = write("fox.yaml", STORY)
    with FakeComfyUI(models=LORAS, seconds=0.05) as server:
        render(path, [server], comfyui={"workflow": "sdxl"})
        first = len(server.drawn)
        render(path, [server], comfyui={"workflow": "sdxl"})
        assert len(server.drawn) == first == 4
        assert "(They meet on a hill:1.2)" in json.dumps([graph for _, graph in server.drawn])

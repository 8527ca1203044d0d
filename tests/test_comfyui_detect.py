"""Workflows without marks: what is found by following links, and what is asked instead of guessed."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storyforge.errors import BadSettings
from storyforge.illustration.comfyui.filling import fill
from storyforge.illustration.comfyui.graph_file import read_graph
from storyforge.illustration.comfyui.job import Graph
from storyforge.illustration.comfyui.links import circle, link, linked
from storyforge.illustration.comfyui.workflow import Workflow, load, read
from storyforge.story import Lora
from tests.test_comfyui_workflow import SHIPPED, everything, node, saved, sdxl

SAME = ("prompt", "seed", "guidance", "ref1", "ref2", "ref3", "image", "mask", "control")


def stripped(graph: Graph) -> Graph:
    """The graph without titles, and without words that placeholders would be."""
    return {each: {key: value for key, value in content.items() if key != "_meta"} for each, content in graph.items()}


def detected(folder: Path, graph: Graph) -> Workflow:
    workflow = load(saved(folder, graph))
    assert workflow.detected
    return workflow


def places(workflow: Workflow, *slots: str) -> dict[str, list[str]]:
    return {slot: [str(target) for target in workflow.slots.get(slot, ())] for slot in slots}


def asked(folder: Path, graph: Graph) -> str:
    with pytest.raises(BadSettings) as caught:
        load(saved(folder, graph))
    assert "workflow check" in caught.value.remedy
    return caught.value.cause


# ---- what is shipped, without its titles


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_without_titles_the_same_slots_are_found(path: Path, tmp_path: Path) -> None:
    marked = load(path)
    found = detected(tmp_path, stripped(read_graph(path)))
    assert found.output == marked.output
    if "prompt" not in marked.slots:  # one that only makes pictures larger: marked are the picture and the size
        assert places(found, "image") == places(marked, "image")
        return
    assert places(found, *SAME) == places(marked, *SAME) and found.loras == marked.loras
    if "negative" in marked.slots or found.defaults.get("cfg") != 1:  # at CFG 1 none need be marked: it has no effect
        assert places(found, "negative") == places(marked, "negative")


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_without_titles_sizes_are_found_where_pictures_begin(path: Path, tmp_path: Path) -> None:
    """Nodes that scale a given picture are left to the user; they are told where the rest has another size."""
    marked = load(path)
    found = detected(tmp_path, stripped(read_graph(path)))
    for side in ("width", "height"):
        begin = [t for t in marked.slots.get(side, ()) if "image" not in linked(marked.graph, t.node)]
        begin = [target for target in begin if "input" not in linked(marked.graph, target.node)]
        assert list(found.slots.get(side, ())) == begin


@pytest.mark.parametrize("path", [path for path in SHIPPED if "upscale" not in path.stem], ids=lambda path: path.stem)
def test_what_was_found_is_filled_as_what_was_marked(path: Path, tmp_path: Path) -> None:
    marked, found = load(path), detected(tmp_path, stripped(read_graph(path)))
    one, other = (fill(each, everything(each), [Lora(file="fox.safetensors")], "x")[0] for each in (marked, found))
    for target in {*marked.slots.get("width", ()), *marked.slots.get("height", ())}:
        one[target.node]["inputs"].pop(target.input)
        other[target.node]["inputs"].pop(target.input)
    assert stripped(one) == stripped(other)


# ---- shapes of graphs


def test_the_usual_graph_is_read_whole(tmp_path: Path) -> None:
    found = detected(tmp_path, stripped(sdxl()))
    assert places(found, *found.slots) == {
        "prompt": ["2.text"],
        "negative": ["3.text"],
        "seed": ["5.seed"],
        "width": ["4.width"],
        "height": ["4.height"],
        "steps": ["5.steps"],
        "cfg": ["5.cfg"],
    }
    assert (found.loras, found.output, found.notes) == ("1", "7", ())


def test_values_are_followed_into_primitives(tmp_path: Path) -> None:
    graph = sdxl()
    graph["10"] = node("PrimitiveStringMultiline", value="a fox")
    graph["11"] = node("PrimitiveInt", value=5)
    graph["12"] = node("Seed Everywhere", seed=5)
    graph["2"]["inputs"]["text"] = ["10", 0]
    graph["4"]["inputs"]["width"] = ["11", 0]
    graph["5"]["inputs"]["seed"] = ["12", 0]
    found = detected(tmp_path, stripped(graph))
    expected = {"prompt": ["10.value"], "width": ["11.value"], "height": ["4.height"], "seed": ["12.seed"]}
    assert places(found, *expected) == expected


def test_one_number_for_both_sides_is_an_error_and_not_filled_twice(tmp_path: Path) -> None:
    graph = sdxl()
    graph["11"] = node("PrimitiveInt", "Side", value=1024)
    graph["4"]["inputs"] |= {"width": ["11", 0], "height": ["11", 0]}
    with pytest.raises(BadSettings, match="value of node 11 PrimitiveInt “Side” is both width and height"):
        load(saved(tmp_path, graph))


def test_a_second_pass_gets_the_same_seed_and_its_own_steps_stay(tmp_path: Path) -> None:
    graph = sdxl()
    graph["8"] = node("LatentUpscaleBy", samples=["5", 0], upscale_method="bislerp", scale_by=1.5)
    graph["9"] = copy.deepcopy(graph["5"])
    graph["9"]["inputs"] |= {"latent_image": ["8", 0], "denoise": 0.5, "steps": 9}
    graph["6"]["inputs"]["samples"] = ["9", 0]
    found = detected(tmp_path, graph)
    assert places(found, "prompt", "seed", "width") == {
        "prompt": ["2.text"],
        "seed": ["5.seed", "9.seed"],
        "width": ["4.width"],
    }
    assert not {"steps", "cfg", "denoise"} & found.slots.keys()


def test_an_encoder_with_two_texts_gets_the_prompt_in_both_if_they_agree(tmp_path: Path) -> None:
    graph = sdxl()
    graph["2"] = node("CLIPTextEncodeSDXL", text_g="a fox", text_l="a fox", width=1024, height=1024, clip=["1", 1])
    assert places(detected(tmp_path, graph), "prompt") == {"prompt": ["2.text_g", "2.text_l"]}
    graph["2"]["inputs"]["text_l"] = ""
    assert places(detected(tmp_path, graph), "prompt") == {"prompt": ["2.text_g"]}
    graph["2"]["inputs"]["text_l"] = "watercolour"
    question = asked(tmp_path, graph)
    assert "2 CLIPTextEncodeSDXL has several texts: text_g “a fox”; text_l “watercolour”" in question
    assert "add storyforge:prompt=text_g, or another of them, to its title" in question


def test_a_picture_to_be_changed_brings_denoise_and_its_own_size(tmp_path: Path) -> None:
    graph = sdxl()
    graph["8"] = node("LoadImage", image="sketch.png")
    graph["4"] = node("VAEEncode", pixels=["8", 0], vae=["1", 2])
    found = detected(tmp_path, graph)
    assert places(found, "image", "denoise", "width") == {"image": ["8.image"], "denoise": ["5.denoise"], "width": []}
    assert found.references == 0 and any("decides the size" in note for note in found.notes)


def test_references_are_numbered_as_the_conditioning_takes_them(tmp_path: Path) -> None:
    graph = sdxl()
    for number, (load_id, image) in enumerate((("30", "late.png"), ("20", "early.png"))):
        graph[load_id] = node("LoadImage", image=image)
        graph[f"{load_id}e"] = node("VAEEncode", pixels=[load_id, 0], vae=["1", 2])
        before = ["2", 0] if number == 0 else ["30r", 0]
        graph[f"{load_id}r"] = node("ReferenceLatent", conditioning=before, latent=[f"{load_id}e", 0])
    graph["5"]["inputs"]["positive"] = ["20r", 0]
    found = detected(tmp_path, graph)
    assert places(found, "ref1", "ref2") == {"ref1": ["30.image"], "ref2": ["20.image"]} and found.references == 2


def test_ten_pictures_of_one_encoder_are_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    graph = sdxl()
    graph["2"] = node("TextEncodeManyPictures", prompt="a fox", clip=["1", 1])
    for number in range(10, 0, -1):
        graph[f"p{number}"] = node("LoadImage", image=f"{number}.png")
        graph["2"]["inputs"][f"images.image_{number}"] = [f"p{number}", 0]
    found = detected(tmp_path, graph)
    assert [places(found, f"ref{n}")[f"ref{n}"] for n in range(1, 11)] == [[f"p{n}.image"] for n in range(1, 11)]


def test_a_mask_from_a_pictures_transparency_is_told_and_not_taken_for_a_slot(tmp_path: Path) -> None:
    graph = sdxl()
    graph["8"] = node("LoadImage", image="scene.png")
    graph["9"] = node("VAEEncode", pixels=["8", 0], vae=["1", 2])
    graph["10"] = node("LoadImage", "Mask", image="mask.png")
    graph["4"] = node("SetLatentNoiseMask", samples=["9", 0], mask=["10", 1])
    found = detected(tmp_path, graph)
    assert "mask" not in found.slots and places(found, "image") == {"image": ["8.image"]}
    assert "10 LoadImage “Mask” takes its mask from the transparent part of a picture" in found.notes


# ---- what is asked


def test_two_texts_for_the_prompt_are_shown_and_neither_is_taken(tmp_path: Path) -> None:
    graph = sdxl()
    graph["8"] = node("CLIPTextEncode", "Style", text="watercolour", clip=["1", 1])
    graph["9"] = node("ConditioningCombine", conditioning_1=["2", 0], conditioning_2=["8", 0])
    graph["5"]["inputs"]["positive"] = ["9", 0]
    question = asked(tmp_path, graph)
    assert "2 CLIPTextEncode “a fox”; 8 CLIPTextEncode “Style” “watercolour”" in question
    assert "add storyforge:prompt to the title of one" in question
    unclear = read(saved(tmp_path, graph)).workflow
    assert "prompt" not in unclear.slots and not any("no prompt" in note for note in unclear.notes)
    assert places(unclear, "negative") == {"negative": ["3.text"]}


def test_what_the_user_says_settles_the_question(tmp_path: Path) -> None:
    graph = sdxl()
    graph["8"] = node("CLIPTextEncode", text="watercolour", clip=["1", 1])
    graph["9"] = node("ConditioningCombine", conditioning_1=["2", 0], conditioning_2=["8", 0])
    graph["5"]["inputs"]["positive"] = ["9", 0]
    workflow = load(saved(tmp_path, graph), {"prompt": "2.text"})
    expected = {"prompt": ["2.text"], "negative": ["3.text"], "seed": ["5.seed"]}
    assert places(workflow, *expected) == expected


def test_marking_what_was_asked_for_leaves_the_rest_to_be_found(tmp_path: Path) -> None:
    graph = sdxl(n2="the scene storyforge:prompt", n7="storyforge:output")
    graph["8"] = node("CLIPTextEncode", "Style", text="watercolour", clip=["1", 1])
    graph["9"] = node("ConditioningCombine", conditioning_1=["2", 0], conditioning_2=["8", 0])
    graph["5"]["inputs"]["positive"] = ["9", 0]
    graph["10"] = node("SaveImage", images=["6", 0], filename_prefix="twice")
    found = detected(tmp_path, graph)
    expected = {"prompt": ["2.text"], "negative": ["3.text"], "seed": ["5.seed"], "height": ["4.height"]}
    assert places(found, *expected) == expected and (found.loras, found.output) == ("1", "7")
    graph["5"]["_meta"]["title"] = "storyforge:seed"  # marks with a seed among them are all there are
    found = load(saved(tmp_path, graph))
    assert found.slots.keys() == {"prompt", "seed"} and not found.detected


def test_a_prompt_that_other_nodes_put_together_is_asked_for(tmp_path: Path) -> None:
    graph = sdxl()
    graph["2"]["inputs"]["text"] = ["8", 0]
    graph["8"] = node("StringConcatenate", string_a="a fox", string_b="watercolour", delimiter=", ")
    assert "put together by other nodes: 8 StringConcatenate – add" in asked(tmp_path, graph)


def test_conditioning_of_a_kind_nobody_knows_is_asked_about(tmp_path: Path) -> None:
    graph = sdxl()
    graph["8"] = node("RegionalMagic", regions=["2", 0])
    graph["5"]["inputs"]["positive"] = ["8", 0]
    assert "the prompt goes through 8 RegionalMagic: 2 CLIPTextEncode “a fox”" in asked(tmp_path, graph)


def test_two_models_and_two_starting_sizes_are_asked_about_at_once(tmp_path: Path) -> None:
    graph = sdxl()
    graph["21"] = node("CheckpointLoaderSimple", "Refiner", ckpt_name="refiner.safetensors")
    graph["24"] = node("EmptyLatentImage", width=512, height=512, batch_size=1)
    graph["25"] = copy.deepcopy(graph["5"])
    graph["25"]["inputs"] |= {"model": ["21", 0], "latent_image": ["24", 0]}
    graph["26"] = node("LatentBlend", samples1=["5", 0], samples2=["25", 0], blend_factor=0.5)
    graph["6"]["inputs"]["samples"] = ["26", 0]
    question = asked(tmp_path, graph)
    assert "several models: 1 CheckpointLoaderSimple; 21 CheckpointLoaderSimple “Refiner”" in question
    assert "2 nodes start with a size: 4 EmptyLatentImage; 24 EmptyLatentImage" in question


def test_two_pictures_to_be_changed_are_asked_about(tmp_path: Path) -> None:
    graph = sdxl()
    graph["8"], graph["9"] = node("LoadImage", image="a.png"), node("LoadImage", image="b.png")
    graph["10"] = node("ImageBlend", image1=["8", 0], image2=["9", 0], blend_factor=0.5, blend_mode="normal")
    graph["4"] = node("VAEEncode", pixels=["10", 0], vae=["1", 2])
    assert "2 pictures could be the image: 8 LoadImage; 9 LoadImage" in asked(tmp_path, graph)


# ---- whatever is in it


@given(path=st.sampled_from(SHIPPED), data=st.data())
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_graph_however_odd_is_guessed_at_or_brings_the_program_down(
    tmp_path: Path, path: Path, data: st.DataObject
) -> None:
    graph = odd(stripped(read_graph(path)), data)
    if circle(graph):
        return
    try:
        reading = read(saved(tmp_path, graph))
    except BadSettings as error:
        assert error.cause and error.remedy
        return
    for slot, targets in reading.workflow.slots.items():
        for target in targets:
            value = graph[target.node]["inputs"][target.input]
            assert not link(value) and isinstance(value, str | int | float), slot


def odd(graph: Graph, data: st.DataObject) -> Graph:
    """The graph with a few inputs removed, relinked, or given other values."""
    nodes = st.sampled_from(sorted(graph))
    values: st.SearchStrategy[Any] = st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.just([])
    for _ in range(data.draw(st.integers(1, 6))):
        inputs = graph[data.draw(nodes)]["inputs"]
        if not inputs:
            continue
        name = data.draw(st.sampled_from(sorted(inputs)))
        match data.draw(st.sampled_from(["remove", "relink", "value", "rename"])):
            case "remove":
                del inputs[name]
            case "relink":
                inputs[name] = [data.draw(nodes), data.draw(st.integers(0, 2))]
            case "value":
                inputs[name] = data.draw(values)
            case "rename":
                inputs[data.draw(st.sampled_from(["text", "model", "positive", "latent_image", "x"]))] = inputs[name]
    return graph


def test_a_chain_of_ten_thousand_nodes_is_followed_to_its_end(tmp_path: Path) -> None:
    graph = sdxl()
    for number in range(10_000):
        before = ["2", 0] if number == 0 else [f"c{number - 1}", 0]
        graph[f"c{number}"] = node("ConditioningSetTimestepRange", conditioning=before, start=0, end=1)
    graph["5"]["inputs"]["positive"] = ["c9999", 0]
    assert places(detected(tmp_path, graph), "prompt") == {"prompt": ["2.text"]}

"""Workflow files: what is refused, which slots are found, how they are filled, where LoRAs go."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storyforge.commands.workflow import check
from storyforge.errors import BadSettings
from storyforge.illustration.comfyui.failures import NoAnswer
from storyforge.illustration.comfyui.filling import fill
from storyforge.illustration.comfyui.graph_file import read_graph, write_graph
from storyforge.illustration.comfyui.job import Graph
from storyforge.illustration.comfyui.links import Target, circle, link, upstream
from storyforge.illustration.comfyui.loras import chained
from storyforge.illustration.comfyui.outputs import ONLY_MAKE
from storyforge.illustration.comfyui.server import Server
from storyforge.illustration.comfyui.slots import with_tags
from storyforge.illustration.comfyui.workflow import Workflow, load
from storyforge.story import Lora
from tests.conftest import ROOT
from tests.fakes import FakeComfyUI

SHIPPED = sorted((ROOT / "storyforge" / "workflows").glob("*.json"))
FOX = Lora(file="fox.safetensors", strength=0.8)
OWL = Lora(file="owl.safetensors", strength=0.6)
MODELS = {"model", "clip"}


def node(kind: str, title: str = "", **inputs: Any) -> dict[str, Any]:
    return {"class_type": kind, "inputs": inputs, "_meta": {"title": title or kind}}


def sdxl(**titles: str) -> Graph:
    """The usual seven nodes of Stable Diffusion XL, with CLIP in the checkpoint. `titles`: n4="storyforge:…"."""
    graph = {
        "1": node("CheckpointLoaderSimple", ckpt_name="sd_xl_base_1.0.safetensors"),
        "2": node("CLIPTextEncode", text="a fox", clip=["1", 1]),
        "3": node("CLIPTextEncode", text="blurry", clip=["1", 1]),
        "4": node("EmptyLatentImage", width=1024, height=1024, batch_size=1),
        "5": node(
            "KSampler",
            model=["1", 0],
            positive=["2", 0],
            negative=["3", 0],
            latent_image=["4", 0],
            seed=7,
            steps=25,
            cfg=7,
            sampler_name="euler",
            scheduler="normal",
            denoise=1,
        ),
        "6": node("VAEDecode", samples=["5", 0], vae=["1", 2]),
        "7": node("SaveImage", images=["6", 0], filename_prefix="ComfyUI"),
    }
    for name, text in titles.items():
        graph[name[1:]]["_meta"]["title"] = text
    return graph


TAGGED = {
    "n1": "storyforge:loras",
    "n2": "storyforge:prompt",
    "n3": "storyforge:negative",
    "n4": "storyforge:width, storyforge:height",
    "n5": "storyforge:seed=seed storyforge:steps, storyforge:cfg",
}


def saved(folder: Path, graph: Any, name: str = "mine.json") -> Path:
    path = folder / name
    path.write_text(graph if isinstance(graph, str) else json.dumps(graph), "utf-8")
    return path


def loaded(folder: Path, graph: Any) -> Workflow:
    return load(saved(folder, graph))


def everything(workflow: Workflow) -> dict[str, str | int | float]:
    """A value for each slot that has to be filled."""
    values: dict[str, str | int | float] = {"prompt": "an owl (old)", "seed": 11, "width": 1344, "height": 768}
    pictures = {slot: f"{slot}.png" for slot in workflow.slots if slot[:3] in ("ref", "ima", "mas", "con")}
    return {slot: value for slot, value in {**values, **pictures}.items() if slot in workflow.slots}


def told(path: Path) -> str:
    with pytest.raises(BadSettings) as caught:
        load(path)
    assert caught.value.remedy
    return str(caught.value)


# ---- files that are no workflow


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "no JSON"),
        ("a fox", "no JSON"),
        ('"a fox"', "holds no workflow"),
        ("[1, 2]", "holds no workflow"),
        ("{}", "has no nodes"),
        ('{"1": {"class_type": "A", "inputs": {"x": NaN}}}', "NaN is no number"),
        ('{"1": {"class_type": "A", "inputs": {"x": -Infinity}}}', "-Infinity is no number"),
        ('{"1": {"class_type": "A", "inputs": {"x": 1e999}}}', "1e999 is no number"),
        ('{"1": {"class_type": "A", "inputs": {}}, "1": {"class_type": "B", "inputs": {}}}', "'1' stands in it twice"),
        ('{"1": {"class_type": "A", "inputs": {"x": ' + "9" * 5000 + "}}}", "no JSON"),
        ("[" * 100_000, "nested too deeply"),
        ('{"1": {"class_type": "A", "inputs": {"x": ' + "[" * 60 + "]" * 60 + "}}}", "nested too deeply"),
        ('{"1": {"class_type": "A", "inputs": {"x": "\\ud83e"}}}', "half a character"),
        ('{"1": {"class_type": "A", "inputs": {"\\udd8a": 1}}}', "half a character"),
        ('{"last_node_id": 9}', "'last_node_id' is no node"),
        ('{"1": {"class_type": "A"}}', "'1' is no node"),
        ('{"1": {"class_type": 5, "inputs": {}}}', "'1' is no node"),
        ('{"1": {"class_type": "A", "inputs": {"x": ["2", 0]}}}', "node '2', which is not in the file"),
        ('{"1": {"class_type": "A", "inputs": {"x": [1, 0]}}}', "links to 1 as a number"),
        ('{"1": {"class_type": "A", "inputs": {"x": ["1", -1]}}}', "a link that is none"),
        ('{"1": {"class_type": "A", "inputs": {"x": ["1", 0]}}}', "wait for one another"),
        ('{"1": {"class_type": "SaveText", "inputs": {"text": "a"}}}', "saves no picture"),
    ],
)
def test_what_no_server_would_run_is_refused_with_the_way_to_export(tmp_path: Path, text: str, expected: str) -> None:
    message = told(saved(tmp_path, text))
    assert expected in message and "export" in message.lower()


def test_the_editors_own_form_is_refused_with_the_menu_to_use(tmp_path: Path) -> None:
    path = saved(tmp_path, {"last_node_id": 9, "nodes": [], "links": [], "version": 0.4})
    assert "Workflow > Export (API)" in told(path) and "Save (API Format)" in told(path)


def test_a_missing_file_a_folder_a_picture_and_a_huge_file_are_told_apart(tmp_path: Path) -> None:
    assert "No such file" in told(tmp_path / "none.json")
    assert "cannot be read" in told(tmp_path)
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n\xff\xff")
    assert "no JSON file" in told(tmp_path / "picture.png")
    with (tmp_path / "huge.json").open("wb") as file:
        file.truncate(20_000_001)
    assert "larger than 20 MB" in told(tmp_path / "huge.json")


def test_what_is_sent_to_a_server_and_files_of_windows_editors_are_unwrapped(tmp_path: Path) -> None:
    bare = loaded(tmp_path, sdxl(**TAGGED))
    path = tmp_path / "sent.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps({"prompt": sdxl(**TAGGED), "client_id": "x"}).encode())
    assert load(path).graph == bare.graph


@given(st.binary(max_size=200) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["1", "2", "class_type", "inputs", "prompt", "nodes", "links", "_meta", "title"]) | st.text(),
        inner, max_size=4),
    max_leaves=30,
).map(lambda data: json.dumps(data).encode()))  # fmt: skip
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_file_whatever_is_in_it_brings_the_program_down(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "any.json"
    path.write_bytes(data)
    try:
        load(path)
    except BadSettings as error:
        assert error.cause and error.remedy


# ---- slots


def test_tags_in_titles_name_the_inputs_with_other_words_and_capitals_allowed(tmp_path: Path) -> None:
    titles = TAGGED | {"n2": "The scene, StoryForge:Prompt=text please", "n7": "storyforge:output storyforge:prefix"}
    workflow = loaded(tmp_path, sdxl(**titles))
    assert {slot: [str(target) for target in targets] for slot, targets in workflow.slots.items()} == {
        "prompt": ["2.text"],
        "negative": ["3.text"],
        "seed": ["5.seed"],
        "width": ["4.width"],
        "height": ["4.height"],
        "steps": ["5.steps"],
        "cfg": ["5.cfg"],
        "prefix": ["7.filename_prefix"],
    }
    assert (workflow.loras, workflow.output, workflow.references, workflow.detected) == ("1", "7", 0, False)
    assert workflow.defaults["cfg"] == 7 and workflow.defaults["prompt"] == "a fox"


def test_a_tag_on_a_linked_input_reaches_the_primitive_that_holds_the_value(tmp_path: Path) -> None:
    graph = sdxl(**TAGGED)
    graph["5"]["inputs"]["seed"] = ["90", 0]
    graph["90"] = node("PrimitiveInt", value=["91:3", 0])
    graph["91:3"] = node("PrimitiveInt", value=5)
    workflow = loaded(tmp_path, graph)
    assert [str(target) for target in workflow.slots["seed"]] == ["91:3.value"]
    filled, _ = fill(workflow, everything(workflow))
    assert filled["91:3"]["inputs"]["value"] == 11 and filled["5"]["inputs"]["seed"] == ["90", 0]


def test_a_tag_on_an_input_that_other_nodes_work_out_is_an_error_that_names_them(tmp_path: Path) -> None:
    graph = sdxl(**TAGGED)
    graph["2"]["inputs"]["text"] = ["8", 0]
    graph["8"] = node("StringConcatenate", "Glue", string_a="a fox", string_b="oil on canvas", delimiter=", ")
    assert "comes from 8 StringConcatenate “Glue”" in told(saved(tmp_path, graph))


@pytest.mark.parametrize(
    ("titles", "expected"),
    [
        ({"n2": "storyforge:promt"}, "did you mean prompt?"),
        ({"n2": "storyforge:xyzzy"}, "there are: prompt, negative, seed"),
        ({"n2": "storyforge:ref0"}, "names no slot"),
        ({"n2": "storyforge:prompt=txt"}, "no input 'txt' – its inputs are: text, clip"),
        ({"n6": "storyforge:prompt"}, "say which input – its inputs are: samples, vae"),
        ({"n5": "storyforge:prompt=seed"}, "its seed holds 7, not text"),
        ({"n2": "storyforge:seed=text"}, "holds 'a fox', not a number"),
        ({"n4": "storyforge:width=width storyforge:height=width"}, "is both width and height"),
        ({"n1": "storyforge:loras", "n5": "storyforge:loras"}, "on 2 nodes"),
        ({"n4": "storyforge:loras"}, "from which nothing takes a model"),
        ({"n2": "storyforge:prompt", "n1": "storyforge:ref2=ckpt_name"}, "number the references from ref1 on"),
        ({"n6": "storyforge:output", "n7": "storyforge:output"}, "2 nodes could be the output"),
    ],
)
def test_a_tag_that_does_not_fit_is_told_with_what_would(tmp_path: Path, titles: dict[str, str], expected: str) -> None:
    assert expected in told(saved(tmp_path, sdxl(**titles)))


def test_a_tag_on_a_node_that_leads_nowhere_is_told(tmp_path: Path) -> None:
    graph = sdxl(**TAGGED)
    graph["9"] = node("CLIPTextEncode", "storyforge:prompt", text="left over", clip=["1", 1])
    assert "nothing leads from there to the output 7 SaveImage" in told(saved(tmp_path, graph))


def test_titles_of_comfykit_and_placeholders_are_read_too_and_own_tags_win(tmp_path: Path) -> None:
    graph = sdxl(n4="$width.width!", n5="$seed!", n2="$prompt.text!: what to draw", n7="$output.picture")
    graph["2"]["inputs"]["text"] = "%prompt%"
    graph["3"]["inputs"]["text"] = " %negative_prompt% "
    graph["5"]["inputs"] |= {"seed": "%seed%", "cfg": "%scale%"}
    workflow = loaded(tmp_path, graph)
    assert {str(t) for each in workflow.slots.values() for t in each} == {
        *("2.text", "3.text", "4.width", "5.seed", "5.cfg")
    }
    graph["3"]["_meta"]["title"] = "storyforge:prompt"
    assert [str(target) for target in loaded(tmp_path, graph).slots["prompt"]] == ["3.text"]


def test_a_placeholder_takes_the_slots_own_kind_and_must_be_filled(tmp_path: Path) -> None:
    graph = sdxl(**TAGGED)
    graph["5"]["inputs"] |= {"seed": "%seed%", "cfg": "%cfg%"}
    workflow = loaded(tmp_path, graph)
    with pytest.raises(BadSettings, match="needs a value for cfg"):
        fill(workflow, everything(workflow))
    filled, _ = fill(workflow, {**everything(workflow), "cfg": 3.5})
    assert filled["5"]["inputs"]["cfg"] == 3.5 and filled["5"]["inputs"]["seed"] == 11


def test_a_placeholder_that_is_no_slot_is_told(tmp_path: Path) -> None:
    graph = sdxl(**TAGGED)
    graph["5"]["inputs"]["sampler_name"] = "%sampler%"
    assert "the placeholder '%sampler%' on node 5 names no slot" in told(saved(tmp_path, graph))


@pytest.mark.parametrize(
    "place", ["57:2.7.text", {"node": "57:2.7", "input": "text"}, ["57:2.7.text"], [{"node": "57:2.7"}], "57:2.7"]
)
def test_slots_given_by_the_user_win_over_titles(tmp_path: Path, place: Any) -> None:
    graph = sdxl(**TAGGED)
    graph["57:2.7"] = graph.pop("3") | {"_meta": {"title": "Text"}}
    graph["5"]["inputs"]["negative"] = ["57:2.7", 0]
    workflow = load(saved(tmp_path, graph), {"prompt": place})
    assert [str(target) for target in workflow.slots["prompt"]] == ["57:2.7.text"]


def test_given_slots_that_do_not_fit_are_told(tmp_path: Path) -> None:
    path = saved(tmp_path, sdxl(**TAGGED))
    with pytest.raises(BadSettings, match="no such node; there are: 1 CheckpointLoaderSimple"):
        load(path, {"prompt": "99.text"})
    with pytest.raises(BadSettings, match="its inputs are: text, clip"):
        load(path, {"prompt": "2.words"})


def test_several_pictures_are_saved_and_none_is_marked(tmp_path: Path) -> None:
    graph = sdxl(**TAGGED)
    graph["8"] = node("SaveImage", "Sketch", images=["6", 0], filename_prefix="sketch")
    assert "7 SaveImage; 8 SaveImage “Sketch”" in told(saved(tmp_path, graph))


# ---- notes


def notes(folder: Path, graph: Graph) -> str:
    return "\n".join(loaded(folder, graph).notes)


def test_what_has_no_effect_and_what_nobody_can_set_is_told(tmp_path: Path) -> None:
    graph = sdxl(n2="storyforge:prompt", n5="storyforge:seed")
    assert all(f"no {what}" in notes(tmp_path, graph) for what in ("width and height", "place for LoRAs"))
    assert "no prompt slot" in notes(tmp_path, sdxl(n5="storyforge:seed"))
    assert notes(tmp_path, sdxl(**TAGGED)) == ""
    graph = sdxl(**TAGGED)
    graph["5"]["inputs"]["cfg"] = 1
    assert "cfg is 1, so the negative prompt has no effect" in notes(tmp_path, graph)
    graph["8"] = node("CLIPTextEncodeSDXL", text_g="", text_l="", width=512, height=640, clip=["1", 1])
    graph["5"]["inputs"]["negative"] = ["8", 0]
    graph["3"]["_meta"]["title"] = ""
    assert "8 CLIPTextEncodeSDXL keeps its own size, 512 × 640" in notes(tmp_path, graph)


def test_a_language_model_that_rewrites_the_prompt_is_warned_of(tmp_path: Path) -> None:
    graph = sdxl(**TAGGED | {"n2": ""})
    graph["8"] = node("PrimitiveStringMultiline", "storyforge:prompt", value="a fox")
    graph["9"] = node("TextGenerate", clip=["1", 1], prompt=["8", 0], max_length=512)
    graph["2"]["inputs"]["text"] = ["9", 0]
    assert "9 TextGenerate writes the prompt anew" in notes(tmp_path, graph)


# ---- digest


def test_exporting_again_with_another_prompt_seed_or_title_is_the_same_workflow(tmp_path: Path) -> None:
    before = loaded(tmp_path, sdxl(**TAGGED)).digest
    again = sdxl(**TAGGED | {"n2": "my words: storyforge:prompt=text", "n6": "decoded"})
    again["2"]["inputs"]["text"] = "an owl"
    again["4"]["inputs"]["width"] = 512
    again["5"]["inputs"]["seed"] = 99
    again["7"]["inputs"]["filename_prefix"] = "elsewhere/x"
    assert loaded(tmp_path, dict(reversed(again.items()))).digest == before


@pytest.mark.parametrize(
    ("at", "name", "value"),
    [("3", "text", "ugly"), ("5", "steps", 26), ("5", "sampler_name", "lcm"), ("1", "ckpt_name", "other.safetensors")],
)
def test_whatever_reaches_the_picture_makes_another_workflow(tmp_path: Path, at: str, name: str, value: Any) -> None:
    other = sdxl(**TAGGED)
    other[at]["inputs"][name] = value
    assert loaded(tmp_path, other).digest != loaded(tmp_path, sdxl(**TAGGED)).digest


def test_moving_a_slot_or_the_loras_makes_another_workflow(tmp_path: Path) -> None:
    swapped = TAGGED | {"n2": TAGGED["n3"], "n3": TAGGED["n2"]}
    without = TAGGED | {"n1": ""}
    assert len({loaded(tmp_path, sdxl(**titles)).digest for titles in (TAGGED, swapped, without)}) == 3


# ---- filling


def test_filling_sets_the_slots_and_leaves_the_workflow_as_it_was(tmp_path: Path) -> None:
    workflow = loaded(tmp_path, sdxl(**TAGGED))
    before = copy.deepcopy(workflow.graph)
    filled, files = fill(workflow, everything(workflow), prefix="storyforge/abc")
    changed = {
        f"{at}.{name}": value
        for at, content in filled.items()
        for name, value in content["inputs"].items()
        if value != before[at]["inputs"][name]
    }
    assert changed == {
        "2.text": r"an owl \(old\)",
        "4.width": 1344,
        "4.height": 768,
        "5.seed": 11,
        "7.filename_prefix": "storyforge/abc",
    }
    assert files == {} and workflow.graph == before


@pytest.mark.parametrize(
    ("slot", "value", "result"),
    [("steps", 2.0, 2), ("cfg", 3.5, 3.5), ("cfg", 4, 4), ("seed", 2**64 - 2, 2**64 - 2), ("width", 512.0, 512)],
)
def test_numbers_are_taken_as_the_slot_takes_them(tmp_path: Path, slot: str, value: Any, result: Any) -> None:
    workflow = loaded(tmp_path, sdxl(**TAGGED))  # its cfg is exported as 7, though any number fits
    filled, _ = fill(workflow, {**everything(workflow), slot: value})
    [target] = workflow.slots[slot]
    found = filled[target.node]["inputs"][target.input]
    assert found == result and type(found) is type(result)


@pytest.mark.parametrize(
    ("slot", "value"),
    [
        *(("seed", wrong) for wrong in ("5", -1, 2**64 - 1)),
        *(("cfg", wrong) for wrong in (float("nan"), float("inf"), True, "5")),
        *(("steps", 2.5), ("prompt", 5), ("no such", 1), ("output", "7"), ("prefix", "x")),
    ],
)  # fmt: skip
def test_a_value_of_another_kind_or_for_no_slot_is_an_error(tmp_path: Path, slot: str, value: Any) -> None:
    workflow = loaded(tmp_path, sdxl(**TAGGED | {"n7": "storyforge:prefix"}))
    with pytest.raises(BadSettings) as caught:
        fill(workflow, {**everything(workflow), slot: value})
    assert slot in caught.value.cause and caught.value.remedy


@pytest.mark.parametrize("left_out", ["prompt", "seed", "width"])
def test_what_the_digest_leaves_out_must_be_given(tmp_path: Path, left_out: str) -> None:
    workflow = loaded(tmp_path, sdxl(**TAGGED))
    values = {slot: value for slot, value in everything(workflow).items() if slot != left_out}
    with pytest.raises(BadSettings, match=f"needs a value for {left_out}"):
        fill(workflow, values)


def test_a_reference_picture_that_stands_in_the_file_is_never_used(tmp_path: Path) -> None:
    graph = sdxl(**TAGGED)
    graph["8"] = node("LoadImage", "storyforge:ref1", image="somebody.png")
    graph["9"] = node("VAEEncode", pixels=["8", 0], vae=["1", 2])
    graph["10"] = node("ReferenceLatent", conditioning=["2", 0], latent=["9", 0])
    graph["5"]["inputs"]["positive"] = ["10", 0]
    workflow = loaded(tmp_path, graph)
    assert workflow.references == 1
    values = everything(workflow)
    with pytest.raises(BadSettings, match="needs a value for ref1 – choose a workflow with fewer references"):
        fill(workflow, {slot: value for slot, value in values.items() if slot != "ref1"})
    assert fill(workflow, values)[0]["8"]["inputs"]["image"] == "ref1.png"


@pytest.mark.parametrize(
    ("loader", "escaped"),
    [
        (node("CLIPLoader", clip_name="qwen_3_4b.safetensors", type="lumina2"), False),
        (node("CLIPLoader", clip_name="gemma_2_2b_fp16.safetensors", type="lumina2"), True),
        (node("CLIPLoader", clip_name="mistral_3_small_flux2_fp8.safetensors", type="flux2"), False),
        (node("CLIPLoader", clip_name="my own.safetensors", type="qwen_image"), False),
        (node("CLIPLoader", clip_name="qwen_3_06b_base.safetensors", type="stable_diffusion"), True),
        (node("CLIPLoader", clip_name="clip_l.safetensors", type="stable_diffusion"), True),
        (node("DualCLIPLoader", clip_name1="clip_l.safetensors", clip_name2="t5xxl.safetensors", type="flux"), True),
        (node("CheckpointLoaderSimple", ckpt_name="z-image-turbo-fp8-aio.safetensors"), False),
        (node("CheckpointLoaderSimple", ckpt_name="flux1-dev-fp8.safetensors"), True),
    ],
)
def test_brackets_are_escaped_for_encoders_that_read_them_as_weights(
    tmp_path: Path, loader: dict[str, Any], escaped: bool
) -> None:
    graph = sdxl(**TAGGED)
    graph["20"] = loader
    graph["21"] = node("CLIPSetLastLayer", clip=["20", 0], stop_at_clip_layer=-1)
    graph["2"]["inputs"]["clip"] = ["21", 0]
    workflow = loaded(tmp_path, graph)
    values = {**everything(workflow), "prompt": r"a fox (red:1.3) \(x\) embedding:bad C:\dir"}
    text = fill(workflow, values)[0]["2"]["inputs"]["text"]
    plain = r"a fox (red:1.3) \(x\) embedding :bad C:\dir"
    weighted = r"a fox \(red:1.3\) \\(x\\) embedding :bad C:\dir"
    assert text == (weighted if escaped else plain)
    told_so = fill(workflow, values, weights=not escaped)[0]["2"]["inputs"]["text"]
    assert told_so == (plain if escaped else weighted)


def test_half_an_emoji_from_a_story_does_not_break_the_request(tmp_path: Path) -> None:
    workflow = loaded(tmp_path, sdxl(**TAGGED))
    text = fill(workflow, {**everything(workflow), "prompt": "fox \ud83e\udd8a, \ud83e"})[0]["2"]["inputs"]["text"]
    assert text == "fox 🦊, \ufffd"


@pytest.mark.parametrize(
    ("prefix", "result"),
    [("s/ab-1", "s/ab-1"), ("%date:yyyy%/x", "_date_yyyy_/x"), ("../../etc/x", "etc/x"), ("", "storyforge")],
)  # fmt: skip
def test_the_output_gets_its_own_prefix_even_when_unmarked(tmp_path: Path, prefix: str, result: str) -> None:
    workflow = loaded(tmp_path, sdxl(**TAGGED))
    assert fill(workflow, everything(workflow), prefix=prefix)[0]["7"]["inputs"]["filename_prefix"] == result


@pytest.mark.parametrize("kind", ["PreviewImage", "SaveImageWebsocket"])
def test_an_output_that_leaves_no_file_saves_one(tmp_path: Path, kind: str) -> None:
    graph = sdxl(**TAGGED)
    graph["7"] = node(kind, images=["6", 0])
    workflow = loaded(tmp_path, graph)
    output = fill(workflow, everything(workflow), prefix="a")[0]["7"]
    assert (output["class_type"], output["inputs"]) == ("SaveImage", {"images": ["6", 0], "filename_prefix": "a"})


def test_other_pictures_are_not_saved_unless_something_hangs_on_them(tmp_path: Path) -> None:
    graph = sdxl(**TAGGED | {"n7": "storyforge:output"})
    graph["8"] = node("SaveImage", images=["6", 0], filename_prefix="sketch")
    graph["9"] = node("PreviewImage", images=["6", 0])
    graph["10"] = node("Image Save", images=["6", 0], filename_prefix="x")
    graph["11"] = node("SaveText", text=["10", 1])
    workflow = loaded(tmp_path, graph)
    assert fill(workflow, everything(workflow))[0].keys() == graph.keys() - {"8", "9"}


def test_what_is_made_for_nobody_is_left_out_and_what_may_show_something_stays(tmp_path: Path) -> None:
    graph = sdxl(**TAGGED)
    before = fill(loaded(tmp_path, graph), everything(loaded(tmp_path, graph)))
    graph["20"] = node("CheckpointLoaderSimple", ckpt_name="gone.safetensors")
    graph["21"] = node("CLIPTextEncode", text="left over", clip=["20", 1])
    graph["22"] = node("LoadImage", image="gone.png")
    workflow = loaded(tmp_path, graph)
    assert fill(workflow, everything(workflow)) == before
    graph["23"] = node("ShowText", text=["22", 0])
    workflow = loaded(tmp_path, graph)
    assert fill(workflow, everything(workflow))[0].keys() == before[0].keys() | {"22", "23"}


def test_nodes_that_are_left_out_are_no_outputs_of_comfyui(comfyui: FakeComfyUI) -> None:
    described = Server(comfyui.url).nodes(ONLY_MAKE)
    assert len(described) > 30
    assert not [name for name, about in described.items() if about.is_output]


# ---- LoRAs


def test_a_checkpoint_with_clip_gets_loras_on_both_and_the_speed_lora_keeps_its_place(tmp_path: Path) -> None:
    graph = sdxl(**TAGGED)
    graph["8"] = node("LoraLoaderModelOnly", model=["1", 0], lora_name="lightning.safetensors", strength_model=1.0)
    graph["5"]["inputs"]["model"] = ["8", 0]
    workflow = loaded(tmp_path, graph)
    filled, files = fill(workflow, everything(workflow), [OWL, FOX])
    assert filled["lora-1"]["class_type"] == "LoraLoader"
    links, strengths = {"model": ["1", 0], "clip": ["1", 1]}, {"strength_model": 0.8, "strength_clip": 0.8}
    assert filled["lora-1"]["inputs"] == links | strengths | {"lora_name": "fox.safetensors"}
    assert filled["lora-2"]["inputs"]["model"] == ["lora-1", 0] and filled["lora-2"]["inputs"]["clip"] == ["lora-1", 1]
    assert filled["8"]["inputs"] == {**graph["8"]["inputs"], "model": ["lora-2", 0]}
    assert filled["5"]["inputs"]["model"] == ["8", 0] and filled["6"]["inputs"]["vae"] == ["1", 2]
    assert filled["2"]["inputs"]["clip"] == filled["3"]["inputs"]["clip"] == ["lora-2", 1]
    assert files == {"8": "lightning.safetensors", "lora-1": "fox.safetensors", "lora-2": "owl.safetensors"}


def test_a_checkpoint_with_a_language_model_gets_loras_on_the_model_alone(tmp_path: Path) -> None:
    graph = sdxl(**TAGGED)
    graph["1"]["inputs"]["ckpt_name"] = "z-image-turbo-fp8-aio.safetensors"
    workflow = loaded(tmp_path, graph)
    filled, _ = fill(workflow, everything(workflow), [FOX])
    assert filled["lora-1"]["class_type"] == "LoraLoaderModelOnly" and filled["2"]["inputs"]["clip"] == ["1", 1]


def test_a_lora_of_no_strength_is_left_out_and_one_named_twice_is_applied_once(tmp_path: Path) -> None:
    workflow = loaded(tmp_path, sdxl(**TAGGED))
    none = Lora(file="none.safetensors", strength=0)
    weaker = FOX.model_copy(update={"strength": 0.3})
    filled, files = fill(workflow, everything(workflow), [none, FOX, weaker])
    assert files == {"lora-1": "fox.safetensors"} and filled["lora-1"]["inputs"]["strength_model"] == 0.8


def test_the_same_loras_are_the_same_chain_however_they_are_named(tmp_path: Path) -> None:
    workflow = loaded(tmp_path, sdxl(**TAGGED))
    assert fill(workflow, everything(workflow), [FOX, OWL]) == fill(workflow, everything(workflow), [OWL, FOX])


def with_a_lora_node() -> Graph:
    graph = sdxl(**TAGGED | {"n1": ""})
    strengths = {"strength_model": 0.9, "strength_clip": 0.5}
    links = {"model": ["1", 0], "clip": ["1", 1]}
    graph["8"] = node("LoraLoader", "storyforge:loras", lora_name="hero.safetensors", **links, **strengths)
    graph["5"]["inputs"]["model"] = ["8", 0]
    graph["2"]["inputs"]["clip"] = graph["3"]["inputs"]["clip"] = ["8", 1]
    return graph


def test_a_tagged_lora_node_is_the_first_link_of_the_chain_and_is_passed_by_without_loras(tmp_path: Path) -> None:
    workflow = loaded(tmp_path, with_a_lora_node())
    filled, files = fill(workflow, everything(workflow), [FOX, OWL])
    links, strengths = {"model": ["1", 0], "clip": ["1", 1]}, {"strength_model": 0.8, "strength_clip": 0.8}
    assert filled["8"]["inputs"] == links | strengths | {"lora_name": "fox.safetensors"}
    assert filled["lora-1"]["inputs"]["model"] == ["8", 0] and filled["5"]["inputs"]["model"] == ["lora-1", 0]
    assert filled["2"]["inputs"]["clip"] == ["lora-1", 1] and files.keys() == {"8", "lora-1"}
    bare, files = fill(workflow, everything(workflow))
    assert "8" not in bare and files == {}
    assert bare["5"]["inputs"]["model"] == ["1", 0] and bare["3"]["inputs"]["clip"] == ["1", 1]


def test_a_node_with_rows_of_loras_is_read_filled_and_passed_by(tmp_path: Path) -> None:
    graph = sdxl(**TAGGED | {"n1": ""})
    rows = {"loras.0.lora_name": "a.safetensors", "loras.0.strength": 1, "loras.0.enabled": True}
    off = {"loras.1.lora_name": "b.safetensors", "loras.1.strength": 1, "loras.1.enabled": False}
    graph["8"] = node("LoadLoraModel", "", model=["1", 0], loras="2", **rows, **off)
    graph["5"]["inputs"]["model"] = ["8", 0]
    graph["1"]["_meta"]["title"] = "storyforge:loras"
    workflow = loaded(tmp_path, graph)
    assert fill(workflow, everything(workflow))[1] == {"8": "a.safetensors"}
    graph["1"]["_meta"]["title"], graph["8"]["_meta"]["title"] = "", "storyforge:loras"
    workflow = loaded(tmp_path, graph)
    filled, files = fill(workflow, everything(workflow), [OWL])
    assert files == {"8": "owl.safetensors"} and "loras.1.lora_name" not in filled["8"]["inputs"]
    assert filled["8"]["inputs"]["loras.0.strength"] == 0.6
    assert fill(workflow, everything(workflow))[0]["5"]["inputs"]["model"] == ["1", 0]


def test_loras_for_a_workflow_without_a_place_for_them_are_an_error(tmp_path: Path) -> None:
    workflow = loaded(tmp_path, sdxl(n2="storyforge:prompt", n5="storyforge:seed"))
    values = {"prompt": "x", "seed": 1}
    with pytest.raises(BadSettings, match=r"no place for LoRAs \(fox.safetensors\)"):
        fill(workflow, values, [FOX])
    fill(workflow, values, [FOX.model_copy(update={"strength": 0})])


LORAS = st.lists(
    st.builds(
        Lora,
        file=st.sampled_from(["a.safetensors", "b/c.safetensors", "ü.safetensors"]) | st.text(min_size=1, max_size=5),
        strength=st.floats(-4, 4),
    ),
    max_size=5,
)


@given(path=st.sampled_from(SHIPPED), loras=LORAS, data=st.data())
@settings(deadline=None)
def test_after_chaining_every_reader_reads_the_end_and_nothing_else_has_changed(
    path: Path, loras: list[Lora], data: st.DataObject
) -> None:
    workflow = load(path)
    if not workflow.loras:
        return
    names = data.draw(st.permutations([*workflow.graph, "lora-1", "lora-2", "57:27", "x.y"]))
    called = dict(zip(workflow.graph, names, strict=False))
    before, place = renamed(workflow.graph, called), called[workflow.loras]
    after = chained(before, place, loras)
    wanted = sorted({lora.file for lora in loras if lora.strength})
    added = [each for each in after if each not in before]
    assert sorted(after[each]["inputs"]["lora_name"] for each in added) == wanted and not circle(after)
    if not added:
        assert after == before
        return
    end = next(each for each in added if not any(to in added for to in read_by(after, each) if to != each))
    for each in before:
        for name, value in before[each]["inputs"].items():
            moved = (to := link(value)) and to.node == place and name in MODELS
            now = link(after[each]["inputs"][name])
            if moved and (name == "model" or after[end]["class_type"] == "LoraLoader"):
                assert now and now.node == end
            else:
                assert after[each]["inputs"][name] == value
    assert set(added) <= upstream(after, called[workflow.output]).keys()


def renamed(graph: Graph, called: dict[str, str]) -> Graph:
    graph = copy.deepcopy(graph)
    for content in graph.values():
        for name, value in content["inputs"].items():
            if to := link(value):
                content["inputs"][name] = [called[to.node], to.output]
    return {called[each]: content for each, content in graph.items()}


def read_by(graph: Graph, source: str) -> Iterator[str]:
    for each, content in graph.items():
        if any((to := link(value)) and to.node == source for value in content["inputs"].values()):
            yield each


# ---- what is shipped, and copies with tags


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_workflow_is_marked_and_can_be_filled(path: Path) -> None:
    workflow = load(path)
    assert not workflow.detected
    loras = [FOX, OWL] if workflow.loras else []
    filled, files = fill(workflow, everything(workflow), loras, "storyforge/job")
    assert not circle(filled) and filled[workflow.output]["inputs"]["filename_prefix"] == "storyforge/job"
    assert {"fox.safetensors", "owl.safetensors"} <= set(files.values()) or not loras
    for slot, value in everything(workflow).items():
        for target in workflow.slots[slot]:
            assert slot == "prompt" or filled[target.node]["inputs"][target.input] == value


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_copy_with_tags_is_read_as_the_original(path: Path, tmp_path: Path) -> None:
    workflow = load(path)
    write_graph(tmp_path / "copy.json", with_tags(workflow.graph, workflow.marks))
    copied = load(tmp_path / "copy.json")
    assert copied.slots == workflow.slots and copied.digest == workflow.digest


def test_tags_are_added_after_what_the_title_says_and_old_ones_go() -> None:
    graph = sdxl(n2="The scene, storyforge:seed=text, please", n3="storyforge:negative")
    tagged = with_tags(graph, {"prompt": (Target("2", "text"),)})
    assert tagged["2"]["_meta"]["title"] == "The scene, please storyforge:prompt=text"
    assert tagged["3"]["_meta"]["title"] == "" and graph["3"]["_meta"]["title"] == "storyforge:negative"


def test_a_copy_never_replaces_a_file(tmp_path: Path) -> None:
    path = saved(tmp_path, sdxl())
    with pytest.raises(BadSettings, match="is there already"):
        write_graph(path, sdxl())
    assert read_graph(path) == sdxl()


# ---- storyforge workflow check


def test_check_shows_what_was_found_within_eighty_columns(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)
    graph = sdxl()
    graph["2"]["inputs"]["text"] = "a [bold]fox[/bold]\n" + "in the snow " * 50
    graph["8"] = node("LoraLoaderModelOnly", model=["1", 0], lora_name="lightning.safetensors", strength_model=1.0)
    graph["5"]["inputs"] |= {"model": ["8", 0], "cfg": 1}
    saved(tmp_path, graph)
    check(Path("mine.json"), Path("copy.json"))
    shown = capsys.readouterr().out
    assert all(len(line) <= 80 for line in shown.splitlines())
    for row in (
        ("prompt", "2 CLIPTextEncode", "text", "a [bold]fox[/bold] in the snow"),
        ("seed", "5 KSampler", "seed", "7"),
        ("loras", "1 CheckpointLoaderSimple", "chained after it"),
        ("output", "7 SaveImage"),
        ("8 LoraLoaderModelOnly always applies lightning.safetensors",),
        ("cfg is 1, so the negative prompt has no effect",),
        ("no reference slots",),
    ):
        assert any(all(cell in line for cell in row) for line in shown.splitlines()), row
    assert load(Path("copy.json")).slots == load(Path("mine.json")).slots and not load(Path("copy.json")).detected


def test_check_shows_what_is_clear_and_ends_with_what_is_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    graph = sdxl()
    graph["8"] = node("CLIPTextEncode", text="watercolour", clip=["1", 1])
    graph["9"] = node("ConditioningCombine", conditioning_1=["2", 0], conditioning_2=["8", 0])
    graph["5"]["inputs"]["positive"] = ["9", 0]
    with pytest.raises(BadSettings, match="not clear what is meant – mark what is asked"):
        check(saved(tmp_path, graph))
    shown = capsys.readouterr().out
    assert "2 texts could be the prompt" in shown and "5 KSampler" in shown and "no prompt" not in shown


def test_check_tells_all_it_can_where_no_server_answers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with FakeComfyUI() as gone:
        pass
    path, server = saved(tmp_path, sdxl()), Server(gone.url)
    check(path, server=server)
    assert "--write copy.json" in (shown := capsys.readouterr().out) and "was not asked" in shown
    with pytest.raises(NoAnswer):
        check(path, server=server, must_answer=True)
    assert "--write copy.json" in capsys.readouterr().out


def test_check_asks_a_server_what_it_lacks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], comfyui: FakeComfyUI
) -> None:
    server = Server(comfyui.url)
    graph = sdxl(**TAGGED)
    graph["5"]["class_type"] = "KSamplerOfNobody"
    with pytest.raises(BadSettings, match="cannot run it yet"):
        check(saved(tmp_path, graph), server=server)
    assert "KSamplerOfNobody" in capsys.readouterr().out
    free = {
        "1": node("EmptyImage", "storyforge:width storyforge:height", width=64, height=64, batch_size=1, color=8421504),
        "2": node("ImageAddNoise", "storyforge:seed", image=["1", 0], seed=1, strength=0.5),
        "3": node("SaveImage", "storyforge:output", images=["2", 0], filename_prefix="x"),
    }
    check(saved(tmp_path, free), server=server)
    assert "has all nodes and files for it" in capsys.readouterr().out

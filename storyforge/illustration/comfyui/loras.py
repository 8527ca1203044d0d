"""The LoRAs of who is in the picture, chained right after the model's loader; the workflow's own keep their place."""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from itertools import count
from typing import Any

from storyforge.illustration.comfyui.encoders import reads_weights
from storyforge.illustration.comfyui.job import Graph
from storyforge.illustration.comfyui.links import Link, linked, readers
from storyforge.story import Lora

_LORA_FILE = re.compile(r"(?:^|[._])lora(?:_name)?(?:_?\d+)?$")
_ROW = re.compile(r"loras\.\d+\.")
MOST_ROWS = 20  # of a LoadLoraModel node


def chained(graph: Graph, place: str, loras: Sequence[Lora]) -> Graph:
    """A copy of the graph with these LoRAs at `place`: a model loader, or an existing LoRA node that they replace.

    A LoRA of strength 0 is left out (it is the same as none, exactly), one that is asked for twice is applied once, at
    its greater strength. The chain is in the order of file names, so that the same characters are the same chain
    however the scene names them.
    """
    graph, wanted = copy.deepcopy(graph), _in_order(loras)
    if not is_lora_node(graph, place):
        return _after_loader(graph, place, wanted)
    if any(_ROW.match(name) for name in graph[place]["inputs"]):
        return _as_rows(graph, place, wanted[:MOST_ROWS])
    return _instead(graph, place, wanted)


def is_lora_node(graph: Graph, node: str) -> bool:
    """A node that takes a model and puts LoRAs on it."""
    inputs = graph[node]["inputs"]
    return "model" in linked(graph, node) and ("lora_name" in inputs or any(map(_ROW.match, inputs)))


def lora_files(graph: Graph) -> dict[str, str]:
    """Id of each node that loads LoRAs -> their files, joined by ', '."""
    found = {node: _files(content["inputs"]) for node, content in graph.items()}
    return {node: ", ".join(files) for node, files in found.items() if files}


def _files(inputs: dict[str, Any]) -> list[str]:
    off = {name.removesuffix("enabled") for name, value in inputs.items() if _ROW.match(name) and value is False}
    named = [(name, value) for name, value in inputs.items() if _LORA_FILE.search(name) and isinstance(value, str)]
    found = [value for name, value in named if name.rpartition("lora")[0] not in off]
    rows = [value for value in inputs.values() if isinstance(value, dict) and value.get("on", True)]
    found += [row["lora"] for row in rows if isinstance(row.get("lora"), str)]  # rgthree's Power Lora Loader
    return [name for name in found if name not in ("", "None")]


def _in_order(loras: Sequence[Lora]) -> list[Lora]:
    strongest: dict[str, Lora] = {}
    for lora in sorted(loras, key=lambda each: (each.file, abs(each.strength), each.strength)):
        strongest[lora.file] = lora
    return [lora for lora in strongest.values() if lora.strength != 0]


def _after_loader(graph: Graph, loader: str, loras: Sequence[Lora]) -> Graph:
    model = Link(loader, _output(graph, loader, "model", 0))
    clip = _clip_output(graph, loader)
    ends = {"model": model} | ({"clip": clip} if clip else {})
    return _append(graph, "LoraLoader" if clip else "LoraLoaderModelOnly", ends, loras)


def gives_model(graph: Graph, node: str) -> bool:
    """Whether anything reads a model from this node, so that LoRAs can stand after it."""
    return _output(graph, node, "model", -1) >= 0


def _output(graph: Graph, node: str, read_as: str, otherwise: int) -> int:
    """Which output of a node is read by inputs called `model`, `model1` … (or `clip`)."""
    found = {output for target, output in readers(graph, node) if target.input.rstrip("0123456789") == read_as}
    return min(found, default=otherwise)


def _clip_output(graph: Graph, loader: str) -> Link | None:
    """The text encoder that a LoRA should change too: a checkpoint's own CLIP or T5. LoRAs change no language model."""
    output = _output(graph, loader, "clip", -1)
    texts = [target.node for target, slot in readers(graph, loader) if slot == output and target.input == "clip"]
    return Link(loader, output) if output >= 0 and all(reads_weights(graph, text) for text in texts) else None


def _append(graph: Graph, kind: str, ends: dict[str, Link], loras: Sequence[Lora]) -> Graph:
    """Nodes of this kind after `ends` (model, and clip or not); whoever read those reads the end of the chain."""
    old = {link: name for name, link in ends.items()}
    before = [(reader, old[Link(to.node, to.output)]) for reader, to in _links_to(graph, old)]
    for lora in loras:
        node = _free(graph)
        strengths = {f"strength_{name}": lora.strength for name in ends}
        inputs = {name: list(end) for name, end in ends.items()} | {"lora_name": lora.file} | strengths
        graph[node] = {"class_type": kind, "inputs": inputs, "_meta": {"title": lora.file}}
        ends = {name: Link(node, output) for output, name in enumerate(ends)}
    for (node, name), end in before:
        graph[node]["inputs"][name] = list(ends[end])
    return graph


def _links_to(graph: Graph, outputs: dict[Link, str]) -> list[tuple[tuple[str, str], Link]]:
    return [((node, name), to) for node in graph for name, to in linked(graph, node).items() if to in outputs]


def _free(graph: Graph) -> str:
    return next(name for number in count(1) if (name := f"lora-{number}") not in graph)


def _instead(graph: Graph, node: str, loras: Sequence[Lora]) -> Graph:
    """An existing LoRA node is the first link of the chain, more of its kind follow; without LoRAs it is passed by."""
    inputs, kind = graph[node]["inputs"], graph[node]["class_type"]
    taken: list[str] = [name for name in ("model", "clip") if name in linked(graph, node)]
    if not loras:
        return _passed_by(graph, node, taken)
    ends = {name: Link(node, output) for output, name in enumerate(taken)}
    inputs["lora_name"] = loras[0].file
    inputs |= {name: loras[0].strength for name in inputs if name.startswith("strength")}
    return _append(graph, kind, ends, loras[1:])


def _passed_by(graph: Graph, node: str, taken: Sequence[str]) -> Graph:
    for reader, output in list(readers(graph, node)):
        if output < len(taken):
            graph[reader.node]["inputs"][reader.input] = graph[node]["inputs"][taken[output]]
    del graph[node]
    return graph


def _as_rows(graph: Graph, node: str, loras: Sequence[Lora]) -> Graph:
    """A LoadLoraModel holds its LoRAs in rows: loras.0.lora_name, loras.0.strength, loras.0.enabled."""
    if not loras:
        return _passed_by(graph, node, ["model"])
    inputs = graph[node]["inputs"]
    kept = {name: value for name, value in inputs.items() if not _ROW.match(name)}
    rows: dict[str, Any] = {}
    for number, lora in enumerate(loras):
        row = {"lora_name": lora.file, "strength": lora.strength, "enabled": True}
        rows |= {f"loras.{number}.{name}": value for name, value in row.items()}
    graph[node]["inputs"] = kept | rows
    return graph

"""BREAK in a prompt: what follows is encoded by itself, and joined to what was before.

ComfyUI does just that with a prompt of more than 77 tokens, but cuts it at the 75th, in the middle of a phrase
(comfy/sd1_clip.py, `tokenize_with_weights`); ConditioningConcat joins as it does, and keeps what SDXL takes from the
first part alone, too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import count
from typing import Any

from storyforge.illustration.comfyui.job import Graph
from storyforge.illustration.comfyui.links import Target, readers
from storyforge.illustration.prompts import BREAK

_BREAK = re.compile(rf"\s+{BREAK}\s+")
_ENCODERS = ("CLIPTextEncode", "CLIPTextEncodeSDXL")


def encoded_in_parts(graph: Graph, targets: Sequence[Target]) -> Graph:
    """The graph with an encoder for each part of the prompts that stand at `targets`; it is changed.

    Where another node than an encoder holds the text, a comma takes the word's place, and ComfyUI cuts.
    """
    for node in dict.fromkeys(target.node for target in targets):
        inputs = [target.input for target in targets if target.node == node]
        parts = _BREAK.split(graph[node]["inputs"][inputs[0]])
        if graph[node]["class_type"] not in _ENCODERS:
            parts = [", ".join(parts)]
        reading, end = [target for target, output in readers(graph, node) if output == 0], node
        graph[node]["inputs"] |= dict.fromkeys(inputs, parts[0])
        for part in parts[1:]:
            more = _added(graph, graph[node]["class_type"], {**graph[node]["inputs"], **dict.fromkeys(inputs, part)})
            end = _added(graph, "ConditioningConcat", {"conditioning_to": [end, 0], "conditioning_from": [more, 0]})
        for reader in reading:
            graph[reader.node]["inputs"][reader.input] = [end, 0]
    return graph


def _added(graph: Graph, kind: str, inputs: dict[str, Any]) -> str:
    node = next(name for number in count(2) if (name := f"prompt-{number}") not in graph)
    graph[node] = {"class_type": kind, "inputs": inputs, "_meta": {"title": "the prompt goes on"}}
    return node

"""Whether a LoRA does anything: by pixels, the one test that cannot be argued with.

A LoRA for another model, or of wrong shapes, gives a success and the pixels of no LoRA. The log names keys that were
not loaded, but names some of many a LoRA that works too (those of a text encoder that is not trained along). So the log
raises the suspicion, and two tiny pictures decide: one with the LoRA, one with its strength at 0, which equals no LoRA
to the bit. They cost some seconds; that is why they are drawn once for a LoRA file and a server, and only when its log
gave a reason, or could not be had.
"""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from PIL import Image

from storyforge.errors import BackendFailed
from storyforge.illustration.comfyui.job import Graph, Job

_SMALL = 256  # pixels, the width and height of the tiny pictures; every model's sizes divide it


def lora_effect(job: Job, lora: str, draw: Callable[[Job], bytes]) -> bool | None:
    """Whether the LoRA of node `lora` changes the picture; None if that cannot be told.

    `draw`: the picture of a job, as it comes. What it raises, other than BackendFailed, passes.
    """
    if job.uploads:  # of a picture that is given, a mask may keep all that is seen at this size
        return None
    with_it, without = with_strength(job, lora, None), with_strength(job, lora, 0.0)
    if with_it is None or without is None:
        return None
    try:
        drawn, plain = _pixels(draw(with_it)), _pixels(draw(without))
    except (BackendFailed, OSError, ValueError):
        return None
    if drawn.min() == drawn.max():  # all black: an answer about the model, not about the LoRA
        return None
    return not np.array_equal(drawn, plain)


def with_strength(job: Job, lora: str, strength: float | None) -> Job | None:
    """A tiny job with that LoRA at `strength` (None: its own, at least 1). None if its node has no number for it."""
    graph = _tiny(_needed(job.graph, job.output))
    inputs = graph.get(lora, {}).get("inputs", {})
    strengths = {name: value for name, value in inputs.items() if name.startswith("strength") and _is_number(value)}
    if not any(strengths.values()):
        return None  # at 0 anyway, or told by another node
    for name, value in strengths.items():
        inputs[name] = strength if strength is not None else value if abs(value) >= 1 else 1.0
    name = str(uuid.uuid5(uuid.UUID(job.id), f"{lora} {strength}"))
    graph = _unsaved(graph, job.output, name)
    return replace(job, id=name, graph=graph, depth="", size=None, again=None, smaller=None)


def _needed(graph: Graph, output: str) -> Graph:
    """A copy of the nodes that the output is made of."""
    needed, ahead = {}, [output]
    while ahead:
        node = ahead.pop()
        if node in graph and node not in needed:
            needed[node] = {**graph[node], "inputs": dict(graph[node].get("inputs") or {})}
            ahead += [str(value[0]) for value in needed[node]["inputs"].values() if _is_link(value)]
    return needed


def _tiny(graph: Graph) -> Graph:
    """One step, few pixels; not where a part of the steps is asked for, of which one would leave nothing."""
    parts = any(
        "SplitSigmas" in str(node.get("class_type")) or _is_number(node["inputs"].get("start_at_step"))
        for node in graph.values()
    )
    for node in graph.values():
        inputs = node["inputs"]
        for name in ("width", "height"):
            if _is_number(inputs.get(name)) and inputs[name] > _SMALL:
                inputs[name] = _SMALL
        if _is_number(inputs.get("steps")) and not parts:
            inputs["steps"] = 1
    return graph


def _unsaved(graph: Graph, output: str, name: str) -> Graph:
    """Leaves nothing in the folder where the user's pictures are."""
    images = graph[output]["inputs"].get("images")
    if images is not None:
        graph[output] = {"class_type": "PreviewImage", "inputs": {"images": images}}
    for node in graph.values():
        if isinstance(node["inputs"].get("filename_prefix"), str):
            node["inputs"]["filename_prefix"] = f"storyforge/{name}"
    return graph


def _pixels(picture: bytes) -> np.ndarray[Any, np.dtype[np.uint8]]:
    with Image.open(io.BytesIO(picture)) as image:
        return np.asarray(image.convert("RGB"))


def _is_link(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)

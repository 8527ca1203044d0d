"""Filling a workflow: its slots, the LoRAs, the names of the files that it saves."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence

from storyforge.errors import BadSettings
from storyforge.illustration.comfyui.job import Graph
from storyforge.illustration.comfyui.links import upstream
from storyforge.illustration.comfyui.loras import chained, lora_files
from storyforge.illustration.comfyui.outputs import (
    leave_out_other_outputs,
    leave_out_unread,
    plain_prefix,
    save_as,
)
from storyforge.illustration.comfyui.slots import PICTURES, kind_of
from storyforge.illustration.comfyui.values import fitted
from storyforge.illustration.comfyui.workflow import ALWAYS, Workflow
from storyforge.story import Lora

Filling = Mapping[str, str | int | float]


def fill(
    workflow: Workflow,
    values: Filling,
    loras: Sequence[Lora] = (),
    prefix: str = "storyforge",
    weights: bool | None = None,
) -> tuple[Graph, dict[str, str]]:
    """A new graph with these values, LoRAs and file name prefix, and {node id: file} of each LoRA in it.

    Other pictures that it would save are left out, with what is made for them alone; a depth map is saved beside it.

    `weights`: whether the text encoder reads `(x:1.2)` as a weight; None: as far as the graph shows. BadSettings for a
    slot that is not there, a value of another kind, or a slot that has to be filled and is not.
    """
    _check_names(workflow, values, loras)
    graph = copy.deepcopy(workflow.graph)
    for slot, value in values.items():
        for target in workflow.slots[slot]:
            graph[target.node]["inputs"][target.input] = fitted(workflow.graph, slot, target, value, weights)
    save_as(graph, workflow.output, workflow.slots.get("prefix", ()), plain_prefix(prefix))
    if workflow.depth:
        save_as(graph, workflow.depth, (), f"{plain_prefix(prefix)}-depth")
    leave_out_other_outputs(graph, workflow.wanted)
    if workflow.loras:
        graph = chained(graph, workflow.loras, loras)
    leave_out_unread(graph, workflow.wanted)
    used = upstream(graph, workflow.output)
    return graph, {node: files for node, files in lora_files(graph).items() if node in used}


def _check_names(workflow: Workflow, values: Filling, loras: Sequence[Lora]) -> None:
    for slot in values:
        if slot not in workflow.slots or slot == "prefix":
            there = ", ".join(each for each in workflow.slots if each != "prefix") or "none"
            raise BadSettings(f"Workflow {workflow.name} has no slot {slot!r}", f"its slots are: {there}")
    standing = workflow.defaults
    for slot in workflow.slots:
        if slot not in values and slot != "prefix" and (kind_of(slot) in ALWAYS or slot not in standing):
            raise BadSettings(f"Workflow {workflow.name} needs a value for {slot}", _what_to_do(slot))
    if any(lora.strength for lora in loras) and not workflow.loras:
        names = ", ".join(lora.file for lora in loras)
        raise BadSettings(
            f"Workflow {workflow.name} has no place for LoRAs ({names})",
            "add storyforge:loras to the title of the node that loads the model, and export again",
        )


def _what_to_do(slot: str) -> str:
    if kind_of(slot) == "ref":
        return "choose a workflow with fewer references, or give a portrait for each"
    return "the picture that stands in the file is never used" if kind_of(slot) in PICTURES else "give one"

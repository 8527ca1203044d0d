"""A workflow that the user exported from ComfyUI, or one of storyforge's own: what can be filled in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

from storyforge.errors import BadSettings
from storyforge.illustration.comfyui.detect import Found, detect
from storyforge.illustration.comfyui.graph_file import read_graph
from storyforge.illustration.comfyui.job import Graph
from storyforge.illustration.comfyui.links import Target, shown, upstream
from storyforge.illustration.comfyui.loras import gives_model
from storyforge.illustration.comfyui.notes import notes_on
from storyforge.illustration.comfyui.outputs import depth_of, output_of
from storyforge.illustration.comfyui.slots import (
    FAR,
    INPUTS,
    PICTURES,
    WHOLE,
    Given,
    Marks,
    Slots,
    check_apart,
    first_over,
    given_slots,
    is_placeholder,
    kind_of,
    marks_in,
)
from storyforge.value import canonical_json, digest

ALWAYS = ("prompt", "seed", "width", "height", *PICTURES)
"""Slots that must be filled each time. What stands there in the file never reaches a picture, so it is left out of the
digest; `negative`, `steps`, `cfg` … keep the file's value when nothing is given, so they are in it."""


@dataclass(frozen=True)
class Workflow:
    name: str
    graph: Graph
    slots: Slots
    """Slot -> the inputs that hold its value: prompt, seed, ref1 … Without `loras`, `output` and `depth`."""
    loras: str
    """Id of the node after which LoRAs are chained (or of the LoRA node that they replace); '' if there is none."""
    output: str
    """Id of the node whose picture is wanted."""
    detected: bool
    """Slots were found by following links; else all are marked."""
    notes: tuple[str, ...]
    """What the user should know, a sentence each."""
    depth: str = ""
    """Id of the node that saves the picture's depth map; '' if there is none."""
    white_is_far: bool = False
    """Of the depth map: else white is near."""

    @property
    def wanted(self) -> tuple[str, ...]:
        """Ids of the nodes whose pictures are fetched."""
        return (self.output, self.depth) if self.depth else (self.output,)

    @property
    def references(self) -> int:
        """How many reference pictures it looks at: ref1, ref2 …"""
        return sum(kind_of(slot) == "ref" for slot in self.slots)

    @property
    def defaults(self) -> dict[str, Any]:
        """What stands in the file for each slot; placeholders are no value."""
        found = {slot: _value(self.graph, targets[0]) for slot, targets in self.slots.items()}
        return {slot: value for slot, value in found.items() if not is_placeholder(value)}

    @property
    def marks(self) -> Slots:
        """All that marks in titles would say: the slots, the output, the depth map, the place for LoRAs."""
        whole = {"output": self.output, "loras": self.loras, "depth": self.depth}
        ways = {"depth": FAR if self.white_is_far else ""}
        nodes = {slot: (Target(node, ways.get(slot, "")),) for slot, node in whole.items() if node}
        return {**self.slots, **nodes}

    @cached_property
    def digest(self) -> str:
        """The same for two files that make the same pictures of the same filling.

        Titles, and values that are always overwritten (`ALWAYS`, file name prefixes), are left out: exporting again
        with another prompt or seed in the editor draws nothing again.
        """
        graph = {node: {"class_type": n["class_type"], "inputs": dict(n["inputs"])} for node, n in self.graph.items()}
        for slot, targets in self.slots.items():
            if kind_of(slot) in (*ALWAYS, "prefix"):
                for target in targets:
                    graph[target.node]["inputs"][target.input] = None
        for node in self.wanted:
            graph[node]["inputs"].pop("filename_prefix", None)
        places = {slot: sorted(map(str, targets)) for slot, targets in self.slots.items()}
        nodes = {"loras": self.loras, "output": self.output}
        deep = {"depth": [self.depth, self.white_is_far]} if self.depth else {}
        return digest(canonical_json({"graph": graph, "slots": places, **nodes, **deep}))


@dataclass(frozen=True)
class Reading:
    """A workflow as far as it could be understood, and what has to be settled before it can be used."""

    workflow: Workflow
    questions: tuple[str, ...]


def load(path: Path, slots: Given = MappingProxyType({})) -> Workflow:
    """The workflow in a file. `slots` says where slots are and wins over what the file says.

    BadSettings if the file is no workflow, if its marks do not fit, or if without marks it is unclear what is meant.
    """
    reading = read(path, slots)
    if reading.questions:
        raise BadSettings(
            f"{path}: " + "; ".join(reading.questions),
            f"mark them in ComfyUI and export again; `storyforge workflow check {path}` shows what was found",
        )
    return reading.workflow


def read(path: Path, slots: Given = MappingProxyType({})) -> Reading:
    """As `load`, but what is unclear is handed back instead of raised."""
    graph = read_graph(path)
    marks, given = marks_in(graph), given_slots(graph, slots)
    _check(path, Marks(mistakes=marks.mistakes + given.mistakes))
    marked = first_over(given.slots, marks.slots)
    depth = depth_of(path, graph, marked.get("depth", ()))
    output = output_of(path, graph, marked.get("output", ()), depth.node if depth else "")
    found = Found(marked) if _complete(marked) else detect(graph, output, marked.keys())
    found.slots = first_over(marked, found.slots)
    workflow = _workflow(path, graph, found, output, not _complete(marked))
    if depth:
        workflow = replace(workflow, depth=depth.node, white_is_far=depth.input == FAR)
    return Reading(workflow, tuple(found.questions.values()))


def _complete(marked: Collection[str]) -> bool:
    """Whether these marks are all there are to be. Who marks one thing that was unclear wants the rest found.

    The seed is never unclear, so who marks it has marked with intent; a workflow that only changes a picture (makes it
    larger) may need none, but says what goes in and what comes out.
    """
    return "seed" in marked or {"image", "output"} <= set(marked)


def _workflow(path: Path, graph: Graph, found: Found, output: str, detected: bool) -> Workflow:
    slots = {slot: tuple(found.slots[slot]) for slot in sorted(found.slots.keys() - {*WHOLE}, key=_rank)}
    check_apart(graph, slots)
    _check_reached(path, graph, slots, output)
    _check_references(path, slots)
    loras = _lora_place(path, graph, found.slots.get("loras", ()))
    notes = (*found.notes, *notes_on(graph, slots, loras, output, found.questions))
    return Workflow(path.stem, graph, slots, loras, output, detected, notes)


def _check(path: Path, marks: Marks) -> None:
    if marks.mistakes:
        raise BadSettings(f"{path}: " + "; ".join(marks.mistakes), "change the title in ComfyUI and export again")


def _rank(slot: str) -> tuple[int, str]:
    """What is asked for first, then pictures, then settings."""
    order = list(dict.fromkeys(("prompt", "negative", "seed", "width", "height", *PICTURES, *INPUTS)))
    return order.index(kind_of(slot)), slot.zfill(8)


def _check_reached(path: Path, graph: Graph, slots: Slots, output: str) -> None:
    used = upstream(graph, output)
    for slot, targets in slots.items():
        for target in targets:
            if target.node not in used and slot != "prefix":
                raise BadSettings(
                    f"{path}: {slot} is marked on node {shown(graph, target.node)}, but nothing leads from there to "
                    f"the output {shown(graph, output)}",
                    "mark the node that is in use",
                )


def _check_references(path: Path, slots: Slots) -> None:
    numbers = sorted(int(slot[3:]) for slot in slots if kind_of(slot) == "ref")
    if numbers != list(range(1, len(numbers) + 1)):
        named = ", ".join(f"ref{number}" for number in numbers)
        raise BadSettings(f"{path} has {named}", "number the references from ref1 on, without gaps")


def _lora_place(path: Path, graph: Graph, places: Sequence[Target]) -> str:
    if len(places) > 1:
        names = "; ".join(shown(graph, target.node) for target in places)
        raise BadSettings(f"{path} has storyforge:loras on {len(places)} nodes: {names}", "mark one of them")
    if places and not gives_model(graph, places[0].node):
        raise BadSettings(
            f"{path}: storyforge:loras is on {shown(graph, places[0].node)}, from which nothing takes a model",
            "mark the node that loads the model",
        )
    return places[0].node if places else ""


def _value(graph: Graph, target: Target) -> Any:
    return graph[target.node]["inputs"][target.input]

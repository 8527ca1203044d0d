"""What a user should know about a workflow before it draws: what has no effect, and what nobody can set."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from storyforge.illustration.comfyui.job import Graph
from storyforge.illustration.comfyui.links import Target, link, shown, upstream
from storyforge.illustration.comfyui.slots import Slots

REWRITERS = re.compile(r"TextGenerate|Prompt(Enhance|Rewrit|Generat|Refin)|EnhancePrompt|Ollama|LLM|ChatGPT|GeminiNode")


def notes_on(graph: Graph, slots: Slots, loras: str, output: str, asked: Collection[str] = ()) -> Iterator[str]:
    """A sentence each. `asked`: slots that are there, though it is not clear where."""
    yield from _rewriters(graph, slots, output)
    if "prompt" not in {*slots, *asked}:
        yield "no prompt slot: it cannot draw scenes, only change pictures"
        return
    if "seed" not in slots:
        yield "no seed slot: the seed in the file is used for every picture"
    if not {"width", "height"} <= slots.keys() and "width" not in asked:
        yield "no width and height slots: the workflow itself decides the size of its pictures"
    yield from _own_sizes(graph, slots, output)
    if not loras and "loras" not in asked:
        yield "no place for LoRAs: characters' LoRAs cannot be used"
    if "negative" in slots and _number(graph, slots, "cfg") == 1:
        yield "cfg is 1, so the negative prompt has no effect"
    if (batch := _number(graph, slots, "batch") or 1) > 1:
        yield f"it draws {batch} pictures each time, of which the first is used"


def _rewriters(graph: Graph, slots: Slots, output: str) -> Iterator[str]:
    """A language model that writes prompts anew makes a character look different in each scene."""
    for node in upstream(graph, output):
        if REWRITERS.search(str(graph[node]["class_type"])):
            before = upstream(graph, node)
            if any(target.node in before for target in slots.get("prompt", ())):
                yield f"{shown(graph, node)} writes the prompt anew, so characters may change: switch it off"


def _own_sizes(graph: Graph, slots: Slots, output: str) -> Iterator[str]:
    """Nodes that scale to a size which no slot sets; told only where others are set, so that they would differ."""
    set_here = {target for slot in ("width", "height") for target in slots.get(slot, ())}
    for node in upstream(graph, output):
        inputs = graph[node]["inputs"]
        own = all(isinstance(inputs.get(side), int) and inputs[side] > 0 for side in ("width", "height"))
        if set_here and own and not {Target(node, "width"), Target(node, "height")} & set_here:
            yield f"{shown(graph, node)} keeps its own size, {inputs['width']} × {inputs['height']}"


def _number(graph: Graph, slots: Slots, slot: str) -> float | None:
    for target in slots.get(slot, ()):
        value = graph[target.node]["inputs"][target.input]
        if isinstance(value, int | float) and not link(value):
            return value
    return None

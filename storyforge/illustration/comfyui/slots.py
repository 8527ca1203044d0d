"""Slots: the inputs of a workflow that storyforge fills, and the marks in node titles that name them.

`storyforge:<slot>=<input>`, several in one title, other words allowed, upper or lower case. Read as well: titles as
ComfyKit writes them (`$seed.seed!`), and values that are nothing but a placeholder (`%prompt%`).
"""

from __future__ import annotations

import copy
import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from storyforge.errors import BadSettings
from storyforge.illustration.comfyui.job import Graph
from storyforge.illustration.comfyui.links import Target, link, literal, shown, title

Slots = dict[str, tuple[Target, ...]]
Given = Mapping[str, "str | Mapping[str, str] | Sequence[str | Mapping[str, str]]"]
"""Slot -> where it is, as a user writes it: `57:27.text`, `{node: "57:27", input: text}`, or a list of these."""

_TEXT = ("text", "prompt", "value", "string")
INPUTS: dict[str, tuple[str, ...]] = {
    "prompt": _TEXT,
    "negative": ("negative_prompt", *_TEXT),
    "seed": ("seed", "noise_seed", "value"),
    "width": ("width", "value"),
    "height": ("height", "value"),
    "batch": ("batch_size", "value"),
    "steps": ("steps", "value"),
    "cfg": ("cfg", "value"),
    "guidance": ("guidance", "value"),
    "denoise": ("denoise", "value"),
    "strength": ("strength", "value"),
    "scale": ("scale", "scale_by", "value"),
    "model": ("ckpt_name", "unet_name"),
    "ref": ("image",),
    "image": ("image",),
    "mask": ("image",),
    "control": ("image",),
    "prefix": ("filename_prefix",),
}
"""Slot -> names of the input it fills where the mark does not say. `ref` stands for ref1, ref2, …"""

WHOLE = ("loras", "output", "depth")  # these mark a node, not an input
FAR = "far"
"""In place of an input's name in the mark for a depth map, `storyforge:depth=far`: what is far is white in it."""

WHOLE_NUMBERS = ("seed", "width", "height", "batch", "steps")
NUMBERS = (*WHOLE_NUMBERS, "cfg", "guidance", "denoise", "strength", "scale")
PICTURES = ("ref", "image", "mask", "control")

_TAG = re.compile(r"storyforge:\s*([\w-]+)(?:=([^\s,]+))?", re.IGNORECASE)
_TAG_AND_COMMA = re.compile(_TAG.pattern + r",?\s*", re.IGNORECASE)
_COMFYKIT = re.compile(r"^\$~?(\w+)(?:\.(\w+))?")
_PLACEHOLDER = re.compile(r"^\s*%(\w+)%\s*$")
_ALSO_CALLED = {"negative_prompt": "negative", "noise_seed": "seed", "cfg_scale": "cfg", "text": "prompt"}


@dataclass
class Marks:
    """Where slots are marked, and what is wrong with the marks."""

    slots: dict[str, list[Target]] = field(default_factory=dict)
    mistakes: list[str] = field(default_factory=list)


def kind_of(slot: str) -> str:
    """`ref` for ref1, ref2, …; other slots are their own kind; '' for what is no slot."""
    kind = "ref" if re.fullmatch(r"ref[1-9]\d?", slot) else slot
    return kind if (kind in INPUTS and (kind != "ref" or slot != "ref")) or kind in WHOLE else ""


def marks_in(graph: Graph) -> Marks:
    """What titles and placeholders say. A mark of storyforge's own wins over other programs' for the same slot."""
    marks, others = Marks(), Marks()
    for node in graph:
        for slot, name in _tags(graph, node):
            _add(marks, graph, slot, node, name, f"the mark storyforge:{slot}{f'={name}' if name else ''}")
        for slot, name in _foreign(graph, node):
            _add(others, graph, slot, node, name, f"the mark {title(graph, node)!r}")
        for slot, name in _placeholders(graph, node):
            _add(others, graph, slot, node, name, f"the placeholder {graph[node]['inputs'][name]!r}")
    marks.mistakes += others.mistakes
    marks.slots = first_over(marks.slots, others.slots)
    return marks


def first_over(first: Mapping[str, list[Target]], second: Mapping[str, list[Target]]) -> dict[str, list[Target]]:
    """Both, but what the first says of a slot, or of an input, stands."""
    taken = {target for targets in first.values() for target in targets if target.input}
    left = {slot: [target for target in targets if target not in taken] for slot, targets in second.items()}
    return {**{slot: targets for slot, targets in left.items() if targets}, **first}


def _tags(graph: Graph, node: str) -> Iterator[tuple[str, str]]:
    for slot, name in _TAG.findall(title(graph, node)):
        yield slot.lower(), name


def _foreign(graph: Graph, node: str) -> Iterator[tuple[str, str]]:
    if found := _COMFYKIT.match(title(graph, node)):
        name, entry = found[1].lower(), found[2] or ""
        slot = _ALSO_CALLED.get(name, name)
        if slot == "output":
            yield "output", ""
        elif kind_of(slot) and slot != "depth":  # theirs is a picture that goes in
            yield slot, entry


def _placeholders(graph: Graph, node: str) -> Iterator[tuple[str, str]]:
    for name, value in graph[node]["inputs"].items():
        if isinstance(value, str) and (found := _PLACEHOLDER.match(value)):
            word = found[1].lower()
            yield {**_ALSO_CALLED, "scale": "cfg"}.get(word, word), name  # SillyTavern's %scale% is the CFG scale


def _add(marks: Marks, graph: Graph, slot: str, node: str, name: str, what: str) -> None:
    if not kind_of(slot):
        near = difflib.get_close_matches(slot, [*INPUTS, *WHOLE, "ref1"], 1, 0.6)
        there = ", ".join(_all_slots())
        marks.mistakes.append(
            f"{what} on node {node} names no slot – {f'did you mean {near[0]}?' if near else f'there are: {there}'}"
        )
        return
    found = resolved(graph, slot, node, name)
    if isinstance(found, str):
        marks.mistakes.append(f"{what} on node {shown(graph, node)}: {found}")
    elif found not in marks.slots.setdefault(slot, []):
        marks.slots[slot].append(found)


def _all_slots() -> list[str]:
    return ["ref1, ref2 …" if slot == "ref" else slot for slot in (*INPUTS, *WHOLE)]


def resolved(graph: Graph, slot: str, node: str, name: str) -> Target | str:
    """The input that holds the slot's value, through links to primitives; or what is wrong and what would be right."""
    kind, inputs = kind_of(slot), graph[node]["inputs"]
    if kind == "depth" and name not in ("", FAR):
        return f"it says {name!r} – write storyforge:depth, or storyforge:depth={FAR} where what is far is white"
    if kind in WHOLE:
        return Target(node, name if kind == "depth" else "")
    name = name or next((each for each in INPUTS[kind] if each in inputs), "")
    if name not in inputs:
        there = ", ".join(inputs) or "none"
        return f"it has no input {name!r}" * bool(name) + "say which input" * (not name) + f" – its inputs are: {there}"
    target = literal(graph, Target(node, name))
    if target is None:
        to = link(inputs[name])
        assert to
        return f"its {name} comes from {shown(graph, to.node)} – mark the node that holds the value itself"
    value = graph[target.node]["inputs"][target.input]
    if not fits(slot, value):
        wanted = "a number" if kind in NUMBERS else "text"
        return f"its {target.input} holds {value!r:.40}, not {wanted} – mark another input: {', '.join(inputs)}"
    return target


def fits(slot: str, value: Any) -> bool:
    """Whether a value that stands in a file can be this slot's."""
    if is_placeholder(value) or kind_of(slot) not in NUMBERS:
        return isinstance(value, str)
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_placeholder(value: Any) -> bool:
    return isinstance(value, str) and bool(_PLACEHOLDER.match(value))


def given_slots(graph: Graph, given: Given) -> Marks:
    """Where the user says that slots are, word for word; the same checks as for marks."""
    marks = Marks()
    for slot, places in given.items():
        each = [places] if isinstance(places, str | Mapping) else places
        for place in each:
            node, name = _node_and_input(graph, place)
            if node in graph:
                _add(marks, graph, slot, node, name, f"slots: {slot}: {place}")
            else:
                marks.mistakes.append(f"slots: {slot}: {place} – no such node; there are: {_some(graph)}")
    return marks


def _node_and_input(graph: Graph, place: str | Mapping[str, str]) -> tuple[str, str]:
    """`57:27.text` is split at the first dot after a known id, since ids and inputs may both have dots."""
    if not isinstance(place, str):
        return str(place.get("node", "")), str(place.get("input", ""))
    parts = place.split(".")
    for count in range(1, len(parts) + 1):
        if (node := ".".join(parts[:count])) in graph:
            return node, ".".join(parts[count:])
    return parts[0], ""


def _some(graph: Graph) -> str:
    names = [shown(graph, node) for node in graph]
    return ", ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "")


def check_apart(graph: Graph, slots: Slots) -> None:
    """BadSettings if one value would serve two slots, such as one number for width and height."""
    taken: dict[Target, str] = {}
    for slot, targets in slots.items():
        for target in targets:
            if (other := taken.setdefault(target, slot)) != slot:
                raise BadSettings(
                    f"{target.input} of node {shown(graph, target.node)} is both {other} and {slot}",
                    "give each a value of its own in ComfyUI, then export again",
                )


def with_tags(graph: Graph, slots: Slots) -> Graph:
    """A copy of the graph with these slots, and only these, marked in the titles."""
    marked = copy.deepcopy(graph)
    tags: dict[str, list[str]] = {}
    for slot, targets in slots.items():
        for target in targets:
            tags.setdefault(target.node, []).append(f"storyforge:{slot}" + (f"={target.input}" if target.input else ""))
    for node in marked:
        words = _TAG_AND_COMMA.sub("", title(marked, node)).strip(" ,")
        if (new := tags.get(node, [])) or words != title(marked, node):
            marked[node]["_meta"] = {**(marked[node].get("_meta") or {}), "title": " ".join([words, *new]).strip()}
    return marked

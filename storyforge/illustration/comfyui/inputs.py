"""A graph's inputs against what the server takes: files that are not there, wrong choices, numbers out of bounds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from storyforge.illustration.comfyui.catalogue import catalogue
from storyforge.illustration.comfyui.entry import File
from storyforge.illustration.comfyui.job import Graph
from storyforge.illustration.comfyui.links import link
from storyforge.illustration.comfyui.node import Input, Node
from storyforge.illustration.comfyui.refusal import near_names
from storyforge.illustration.comfyui.weights import folder_of

_FILE_ENDS = (".safetensors", ".sft", ".ckpt", ".pt", ".pth", ".bin", ".gguf", ".onnx", ".pkl")
_MOST = 12


@dataclass(frozen=True)
class Lack:
    """Something that is missing or wrong. `where`: the workflows that lack it."""

    where: tuple[str, ...]
    cause: str
    remedy: str
    brief: str = ""
    """For a table: what to get."""
    file: File | None = None
    """What is missing, where it is a file that we know."""

    def __str__(self) -> str:
        return f"{self.cause} – {self.remedy}"


def lacking_inputs(label: str, graph: Graph, key: str, node: Node, since: str = "") -> Iterator[Lack]:
    """Of one node. `since`: the version of ComfyUI that the model needs, if this one is older."""
    inputs = graph[key]["inputs"]
    for described in node.inputs.values():
        if described.required and described.name not in inputs and not _grown(described.name, inputs):
            yield Lack((label,), f"{node.name} {key} has no {described.name}", "export the workflow again")
    for name, value in inputs.items():
        described_input = node.input(name) if "." not in name else node.inputs.get(name)
        if described_input and not link(value):
            yield from _lacking(label, f"{node.name} {key}", node.name, described_input, value, since)


def _grown(name: str, inputs: dict[str, Any]) -> bool:
    """`images` is there if `images.image_1` is."""
    return any(each.startswith(f"{name}.") for each in inputs)


def _lacking(label: str, node: str, kind: str, described: Input, value: Any, since: str) -> Iterator[Lack]:
    if described.type == "COMBO" and isinstance(value, str):
        if value in described.choices or described.takes_upload or _same(value, described.choices):
            return
        if value.lower().endswith(_FILE_ENDS) or described.name == "lora_name":
            yield _file(label, kind, described, value)
        elif described.choices:
            remedy = f"update ComfyUI to {since} or newer" if since else _choices(value, described.choices)
            cause = f"{described.name} of {node} cannot be {value!r}"
            yield Lack((label,), cause, remedy, since and f"ComfyUI {since}")
    elif isinstance(value, int | float) and not isinstance(value, bool):
        limit = _limit(described, value)
        if limit:
            yield Lack((label,), f"{described.name} of {node} is {value:g}", limit)


def _same(value: str, choices: tuple[str, ...]) -> bool:
    return value.replace("\\", "/") in {choice.replace("\\", "/") for choice in choices}


def _file(label: str, kind: str, described: Input, value: str) -> Lack:
    """A file that is not there: how to get it if we know it, else those with like names."""
    near = [each for each in near_names(value, described.choices, 2) if each != value]
    also = f"; or did you mean {' or '.join(near)}?" if near else ""
    known = _files().get(value.replace("\\", "/").rpartition("/")[2])
    if known:
        page = f", after consenting on its page {known.url.partition('/resolve/')[0]}" if known.gated else ""
        size = f" ({known.gb:.1f} GB)" if known.gb else ""
        cause = f"models/{known.folder}/{known.name} is missing{size}"
        return Lack((label,), cause, f"in ComfyUI's folder{page}: {known.download}{also}", file=known)
    lora = "lora" in described.name
    folder = "loras" if lora else folder_of(kind, described.name)
    put = f"put it into models/{folder}" if folder else f"put it where {kind} looks for files"
    what = "the LoRA" if lora else "the file"
    return Lack((label,), f"{what} {value} is missing", f"{put}, and press R in ComfyUI{also}")


@cache
def _files() -> dict[str, File]:
    return {file.name: file for entry in catalogue().entries for file in entry.files}


def _choices(value: str, choices: tuple[str, ...]) -> str:
    near = near_names(value, choices, 3)
    if near:
        return f"did you mean {' or '.join(near)}?"
    return f"it can be {', '.join(choices[:_MOST])}{' …' if len(choices) > _MOST else ''}"


def _limit(described: Input, value: float) -> str:
    if described.min is not None and value < described.min:
        return f"it is {described.min:g} at least"
    if described.max is not None and value > described.max:
        return f"it is {described.max:g} at most"
    return ""

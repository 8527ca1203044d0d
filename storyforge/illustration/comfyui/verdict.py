"""What a job that is over came to, read from its entry in the history: fine, or one of the failures, with a remedy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from storyforge.errors import BackendFailed
from storyforge.illustration.comfyui.api import Entry
from storyforge.illustration.comfyui.failures import Broke, CalledOff, OutOfMemory
from storyforge.illustration.comfyui.job import Graph

# NVIDIA's by torch, its own wording, AMD's (hipErrorOutOfMemory), Apple's, Intel's (…_ERROR_OUT_OF_DEVICE_MEMORY),
# DirectML's (not enough GPU video memory), and the processor's.
_OUT_OF_MEMORY = re.compile(
    r"out[ _]?of[ _]?(?:\w+[ _])?memory|can't allocate memory|not enough (?:\w+ ){0,3}memory|Allocation on device"
    r"|ALLOC_FAILED|Cannot allocate memory|Unable to allocate",
    re.IGNORECASE,
)

# What torch, safetensors and ComfyUI say -> what a user can do about it. The first that is found is told.
_REMEDIES = (
    (
        r"mat1 and mat2 shapes",
        "the text encoder does not belong to the model: check the type and file of its CLIP loader",
    ),
    (
        r"SafetensorError|deserializing header|MetadataIncompleteBuffer|InvalidHeader|PytorchStreamReader",
        "the file {file} is damaged, most often cut off while it was downloaded: download it again",
    ),
    (
        r"Could not detect model type",
        "this ComfyUI does not know {file} as a whole model: see which folder it belongs in, or update ComfyUI",
    ),
    (r"Overflow when unpacking|unpacking long long", "choose a seed below 9007199254740992"),
    (r"expected input.* channels|size of tensor|shape .* invalid", "the VAE or a LoRA does not belong to the model"),
    (r"cannot identify image file", "the picture that goes along with the prompt is damaged: make it anew"),
    (r"No such file|FileNotFoundError", "a file went away while ComfyUI ran: put it back, and restart ComfyUI"),
    (r"No space left|Errno 28", "the disk of the server is full: make room on it"),
    (r"CUDA error|no kernel image|device-side assert", "restart ComfyUI; update the graphics driver if it comes again"),
)
_MODEL_FILE = re.compile(r"\.(safetensors|sft|ckpt|pt|pth|bin|gguf)$", re.IGNORECASE)
_MARK = re.compile(r"storyforge:\s*[\w-]+(=[^\s,]+)?,?\s*", re.IGNORECASE)  # as slots.py reads them


def succeeded(entry: Entry) -> bool:
    return failure(entry, {}, "") is None


def failure(entry: Entry, graph: Graph, server: str) -> BackendFailed | None:
    """What went wrong, or None. The messages come first: some early failures leave a status that says success."""
    for event, data in _messages(entry):
        if event == "execution_error":
            return _broken(data, graph, server)
        if event == "execution_interrupted":
            return CalledOff(
                f"Somebody stopped the picture while ComfyUI at {server} drew it", "run storyforge again to draw it"
            )
    status = entry.get("status")
    if isinstance(status, dict) and status.get("status_str") not in (None, "success"):
        return Broke(f"ComfyUI at {server} failed, and does not say why", "look at its window")
    return None


def called(node_id: str, graph: Graph, node_class: str = "") -> str:
    """A node as people find it again: its title, class and id."""
    node = graph.get(node_id, {})
    kind = str(node.get("class_type") or node_class)
    title = _without_marks(str((node.get("_meta") or {}).get("title") or ""))
    named = f"“{title}” ({kind})" if title and title != kind else kind
    return f"node {node_id} {named}".rstrip()


def _without_marks(title: str) -> str:
    """Slots marked in a title are for us; people know a node by the rest of it."""
    return _MARK.sub("", title).strip(" ,;–-")


def _broken(data: dict[str, Any], graph: Graph, server: str) -> BackendFailed:
    node = str(data.get("node_id") or "")
    kind, message = str(data.get("exception_type") or ""), str(data.get("exception_message") or "")
    said = " ".join(message.split("TIPS:")[0].replace("\0", "").split())[:300]
    where = f"ComfyUI at {server}: {called(node, graph, str(data.get('node_type') or ''))}"
    if kind.endswith(("OutOfMemoryError", "MemoryError")) or _OUT_OF_MEMORY.search(message):
        return OutOfMemory(
            f"{where} ran out of memory",
            "close what else uses the graphics card, or choose a smaller model, or a smaller size",
        )
    for pattern, remedy in _REMEDIES:
        if re.search(pattern, f"{kind}: {message}"):
            return Broke(f"{where} failed: {said}", remedy.format(file=_file(data, node, graph)))
    return Broke(f"{where} failed: {said or kind or 'it does not say why'}", "look at ComfyUI's window for the whole")


def _file(data: dict[str, Any], node: str, graph: Graph) -> str:
    """The model file that the node was to load, as far as it can be known."""
    if named := re.search(r"[^\\/:'\"]+\.(safetensors|sft|ckpt|pt|pth|gguf)", str(data.get("exception_message"))):
        return named[0].strip()
    for value in (graph.get(node, {}).get("inputs") or {}).values():
        if isinstance(value, str) and _MODEL_FILE.search(value):
            return value
    return "it was to load"


def _messages(entry: Entry) -> Iterator[tuple[str, dict[str, Any]]]:
    status = entry.get("status")
    for message in (status.get("messages") if isinstance(status, dict) else None) or ():
        if isinstance(message, list) and len(message) > 1 and isinstance(message[1], dict):
            yield str(message[0]), message[1]

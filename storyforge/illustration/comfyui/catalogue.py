"""The workflows that ship with storyforge, and what is known about them (workflows/catalogue.yaml)."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path, PureWindowsPath
from typing import Annotated, Any

import yaml
from pydantic import Field

from storyforge.errors import UnknownName
from storyforge.illustration.comfyui.entry import Entry, Pack
from storyforge.illustration.comfyui.job import Graph
from storyforge.illustration.comfyui.sizes import size_for
from storyforge.value import Value
from storyforge.yaml_file import Loader

FOLDER = Path(__file__).parents[2] / "workflows"
DEFAULT = "z-image-turbo-aio"

_MODEL_FILE = re.compile(r"\.(safetensors|sft|gguf|ckpt|pth?|bin)$", re.IGNORECASE)
_SPEED_LORA = re.compile(r"lightning|turbo|hyper|lcm|dmd|\d+ ?-?steps?", re.IGNORECASE)


class Catalogue(Value):
    """`core`: class of a node that came with a later ComfyUI -> its first version."""

    packs: dict[str, Pack]
    core: dict[str, Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]]
    entries: tuple[Entry, ...]


@cache
def catalogue() -> Catalogue:
    data = yaml.load((FOLDER / "catalogue.yaml").read_text("utf-8"), Loader=Loader)
    return read(data)


def read(data: Mapping[str, Any]) -> Catalogue:
    """The file's four tables as one. KeyError for a model or file that is not there, ValidationError for a slip."""
    entries = [_merged(name, told, data) for name, told in data["workflows"].items()]
    whole = {"packs": data["packs"], "core": data["core"], "entries": entries}
    return Catalogue.model_validate_json(json.dumps(whole))  # in which a list may stand for a tuple


def _merged(name: str, told: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """A workflow with all that its model says, and all that is known about its files."""
    own = {field: value for field, value in told.items() if field != "model"}
    files = [{"name": file, **data["files"][file]} for file in told["files"]]
    return {**data["models"][told["model"]], **own, "name": name, "family": told["model"], "files": files}


def names() -> tuple[str, ...]:
    """In the order in which they are best shown."""
    return tuple(entry.name for entry in catalogue().entries)


def entry(name: str) -> Entry:
    """UnknownName if there is none, with the names that are near."""
    for each in catalogue().entries:
        if each.name == name:
            return each
    near = difflib.get_close_matches(name, names(), 3, 0.5)
    remedy = f"did you mean {' or '.join(near)}? " if near else ""
    raise UnknownName(f"There is no workflow called {name!r}", f"{remedy}`storyforge workflows` lists those that are")


def path(name: str) -> Path:
    return FOLDER / f"{entry(name).name}.json"


def recognise(graph: Graph) -> Entry | None:
    """What is known about a workflow of the user's own, by the model it loads; None where that is not sure.

    Of the workflows of that model, it is the one most of whose files and kinds of nodes are in the graph.
    """
    files = list(_files(graph))
    family = _family(graph, files)
    likely = [each for each in catalogue().entries if each.family == family]
    loras = {_base(text) for text in files if _SPEED_LORA.search(text)} & _loras(graph)
    if not likely or loras - {file.name for each in likely for file in each.files}:
        return None
    return max(likely, key=lambda each: _likeness(each, graph))


def _family(graph: Graph, files: list[str]) -> str:
    """Of the model whose known name is the longest that fits; '' if none fits, or if its encoder is another's."""
    bare = {re.sub(r"[^a-z0-9]", "", _base(text).lower()) for text in files}
    encoders = {str(node["inputs"].get("type")) for node in graph.values() if "CLIPLoader" in str(node["class_type"])}
    loaded, found = {_base(text) for text in files}, ("", "")
    for each in catalogue().entries:
        speed = [file.name for file in each.files if file.folder == "loras"]
        if each.main.name in loaded and speed and set(speed) <= loaded:
            return each.family
        fits = [known for known in each.known_as if any(name.startswith(known) for name in bare)]
        if fits and (not each.clip_type or not encoders or each.clip_type in encoders):
            found = max(found, (max(fits, key=len), each.family), key=lambda pair: len(pair[0]))
    return found[1]


def _likeness(each: Entry, graph: Graph) -> int:
    shipped = json.loads(path(each.name).read_text("utf-8"))
    ours, theirs = _kinds(shipped), _kinds(graph)
    return len(ours & theirs) - len(ours ^ theirs)


def _kinds(graph: Graph) -> set[tuple[str, int]]:
    """Each kind of node with a running number, so that two LoadImage are more than one."""
    kinds = [str(node["class_type"]) for node in graph.values()]
    return {(kind, kinds[:at].count(kind)) for at, kind in enumerate(kinds)}


def _files(graph: Graph) -> Iterator[str]:
    for node in graph.values():
        yield from (value for value in node["inputs"].values() if isinstance(value, str) and _MODEL_FILE.search(value))


def _loras(graph: Graph) -> set[str]:
    named = (node["inputs"].get("lora_name") for node in graph.values())
    return {_base(name) for name in named if isinstance(name, str)}


def _base(text: str) -> str:
    """A file's own name; servers on Windows write folders with backslashes."""
    return PureWindowsPath(text).name


__all__ = ["DEFAULT", "FOLDER", "Entry", "catalogue", "entry", "names", "path", "read", "recognise", "size_for"]

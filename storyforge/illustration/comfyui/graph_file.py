"""A workflow file, read with care: what leaves here is a graph that can be walked, changed and sent."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from storyforge.errors import BadSettings
from storyforge.files import write_whole
from storyforge.illustration.comfyui.job import Graph
from storyforge.illustration.comfyui.links import circle, link

MAX_BYTES = 20_000_000  # the largest exports seen, with drawings pasted into them, are a tenth of this
MAX_DEPTH = 40
EXPORT = "use Workflow > Export (API) in ComfyUI (older: Settings > dev mode, then Save (API Format))"


def read_graph(path: Path) -> Graph:
    """The graph in a file that ComfyUI exported in API form. BadSettings says what else the file is."""
    data = _unwrapped(_parsed(path), path)
    if "nodes" in data and "links" in data:
        raise BadSettings(f"{path} is a workflow in the editor's form, which servers do not run", EXPORT)
    if not data:
        raise BadSettings(f"{path} has no nodes", EXPORT)
    for node, content in data.items():
        _check_node(path, node, content, data)
    if ring := circle(data):
        raise BadSettings(f"{path}: nodes {' → '.join(ring)} wait for one another", EXPORT)
    return data


def write_graph(path: Path, graph: Graph) -> None:
    """Writes a graph as ComfyUI exports it. BadSettings if something is there; CannotWrite."""
    if path.exists():
        raise BadSettings(f"{path} is there already", "choose another name for the copy")
    write_whole(path, (json.dumps(graph, indent=2, ensure_ascii=False) + "\n").encode())


def _parsed(path: Path) -> Any:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise BadSettings(f"{path} is larger than 20 MB, so it is no workflow", EXPORT)
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise BadSettings(f"{path} cannot be read: {error.strerror}", "look for a slip in its name") from error
    except UnicodeDecodeError as error:
        raise BadSettings(f"{path} is no JSON file", EXPORT) from error
    try:
        data = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        what = "nested too deeply" if isinstance(error, RecursionError) else error
        raise BadSettings(f"{path} is no JSON that a server would take: {what}", EXPORT) from error
    _check_values(path, data)
    return data


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{twice!r} stands in it twice")
    return found


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no number")


def _finite(digits: str) -> float:
    number = float(digits)
    return number if math.isfinite(number) else _no_number(digits)


def _check_values(path: Path, data: Any) -> None:
    """Halves of characters cannot be sent; what is nested very deeply cannot be walked."""
    layer, depth = [data], 0
    while layer:
        texts = [each for each in layer if isinstance(each, str)]
        texts += [key for each in layer if isinstance(each, dict) for key in each]
        if bad := next((text for text in texts if not text.isascii() and _halved(text)), ""):
            raise BadSettings(
                f"{path}: {ascii(bad)[:60]} has half a character in it", "type it anew in ComfyUI and export"
            )
        layer = [value for each in layer for value in _within(each)]
        depth += 1
        if depth > MAX_DEPTH:
            raise BadSettings(f"{path} is nested too deeply to be a workflow", EXPORT)


def _halved(text: str) -> bool:
    return any("\ud800" <= letter <= "\udfff" for letter in text)


def _within(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _unwrapped(data: Any, path: Path) -> dict[str, Any]:
    """The graph of `{"prompt": {…}, "client_id": …}`, as it is sent to a server."""
    if isinstance(data, dict) and isinstance(data.get("prompt"), dict) and "class_type" not in data["prompt"]:
        data = data["prompt"]
    if not isinstance(data, dict):
        raise BadSettings(f"{path} holds no workflow", EXPORT)
    return data


def _check_node(path: Path, node: str, content: Any, graph: dict[str, Any]) -> None:
    match content:
        case {"class_type": str(), "inputs": dict(inputs)}:
            pass
        case _:
            raise BadSettings(f"{path}: {node!r} is no node (class_type and inputs)", f"take it out, or {EXPORT}")
    for name, value in inputs.items():
        match value:
            case [int(), int()] if str(value[0]) in graph:
                wrong = f"links to {value[0]} as a number"
            case [str(), int()] if value[0] not in graph:
                wrong = f"is linked to node {value[0]!r}, which is not in the file"
            case [str(), bool()] | [str(), float()]:
                wrong = "has a link that is none"
            case _:
                wrong = "has a link that is none" if (to := link(value)) and to.output < 0 else ""
        if wrong:
            raise BadSettings(f"{path}: input {name!r} of node {node} {wrong}", EXPORT)

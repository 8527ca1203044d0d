"""Why a server will not run a graph, said in the user's words: which node, which input, what would be right."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from storyforge.illustration.comfyui.failures import Refused
from storyforge.illustration.comfyui.job import Graph
from storyforge.illustration.comfyui.node import Node
from storyforge.illustration.comfyui.verdict import called
from storyforge.web.answer import Answer

Describe = Callable[[set[str]], Mapping[str, Node]]
"""What the server says about classes of nodes: for the choices that its own answer leaves out."""

_WORKFLOW = "check the workflow: storyforge workflow check"
_FOLDERS = {
    "ckpt": "checkpoints",
    "lora": "loras",
    "vae": "vae",
    "unet": "diffusion_models",
    "clip_vision": "clip_vision",
    "clip": "text_encoders",
    "control_net": "controlnet",
    "model_name": "upscale_models",
}
"""How the name of an input begins -> where its files lie."""
_INSTALL = "install the nodes that bring it (ComfyUI-Manager: Install Missing Custom Nodes), or update ComfyUI"


def refusal(answer: Answer, graph: Graph, describe: Describe) -> Refused:
    """Of the answer to /prompt, whatever it looks like."""
    try:
        told = answer.data() if answer.body[:1] == b"{" else {}
    except Exception:  # cut off: said as far as it goes
        told = {}
    error, errors = _mapping(told.get("error")), _mapping(told.get("node_errors"))
    faults = list(_faults(errors, graph, describe))
    if missing := _missing_class(error, graph):
        return Refused(f"ComfyUI at {answer.name} does not have the {missing}", _INSTALL)
    if faults:
        causes, remedies = zip(*faults, strict=True)
        unique = dict.fromkeys(remedy for remedy in remedies if remedy)
        return Refused(
            f"ComfyUI at {answer.name} refuses the workflow: {'; '.join(causes)}", "; ".join(unique) or _WORKFLOW
        )
    said = " – ".join(str(error[key]) for key in ("message", "details") if error.get(key)) or answer.excerpt()
    return Refused(f"ComfyUI at {answer.name} refuses the workflow ({answer.status}): {said}", _WORKFLOW)


def _missing_class(error: Mapping[str, Any], graph: Graph) -> str:
    """The kind of node that is not installed. 0.3.64 names it by its id only, 0.33 by its title, as if that were it."""
    extra = _mapping(error.get("extra_info"))
    if error.get("type") != "missing_node_type" and "does not exist" not in str(error.get("message")):
        return ""
    by_id = re.search(r"#([^']+)", str(error.get("details")))
    node = str(extra.get("node_id") or (by_id[1] if by_id else ""))
    kind = str(extra.get("class_type") or graph.get(node, {}).get("class_type") or "")
    return f"kind of node {kind!r} ({called(node, graph)})"


def _faults(errors: Mapping[str, Any], graph: Graph, describe: Describe) -> Iterator[tuple[str, str]]:
    """(cause, remedy) of each; several outputs may name the same one."""
    for node_id, told in errors.items():
        kind = str(_mapping(told).get("class_type") or "")
        for fault in _mapping(told).get("errors") or ():
            cause, remedy = _fault(_mapping(fault), kind, describe)
            yield f"{called(node_id, graph, kind)}: {cause}", remedy


def _fault(fault: Mapping[str, Any], kind: str, describe: Describe) -> tuple[str, str]:
    extra = _mapping(fault.get("extra_info"))
    name, value, details = extra.get("input_name"), extra.get("received_value"), str(fault.get("details") or "")
    match fault.get("type"):
        case "value_not_in_list":
            return f"{name} is {value!r}, which is not there", _nearest(str(value), str(name), extra, kind, describe)
        case "required_input_missing":
            return f"{name or details} is missing", ""
        case "value_smaller_than_min" | "value_bigger_than_max":
            return f"{name} is {value!r}: {str(fault.get('message')).lower()}", ""
        case "custom_validation_failed" if "Invalid image file" in details:
            return f"{name} is a picture that the server does not have ({details.rpartition(': ')[2]})", ""
        case "exception_during_inner_validation" | "exception_during_validation":
            return f"it is linked with something that is not there ({details})", _WORKFLOW
    said = str(fault.get("message") or fault.get("type"))
    return f"{said} ({details})" if details else said, ""


def _nearest(value: str, name: str, extra: Mapping[str, Any], kind: str, describe: Describe) -> str:
    """What could have been meant. Lists of over 20 choices are not in the refusal."""
    sent = extra.get("input_config")
    node = Node.read(kind, {"input": {"required": {name: sent}}}) if sent else describe({kind}).get(kind)
    described = node.input(name) if node else None
    choices = described.choices if described else ()
    near = near_names(value, choices)
    if near:
        return f"did you mean {' or '.join(near)}?"
    if "." in value:
        folder = next((folder for start, folder in _FOLDERS.items() if name.startswith(start)), "…")
        return f"put {value} in ComfyUI's folder models/{folder}, which holds no file of a like name"
    return f"there are: {', '.join(choices[:30])}" if choices else ""


def near_names(name: str, names: tuple[str, ...], most: int = 3) -> list[str]:
    """Those of `names` that `name` may have been meant for: folders, endings and capitals do not count."""
    plain = {each: _plain(each) for each in names}
    found = difflib.get_close_matches(_plain(name), plain.values(), n=most, cutoff=0.6)
    return list(dict.fromkeys(each for match in found for each in names if plain[each] == match))[:most]


def _plain(name: str) -> str:
    return re.sub(r"\.[a-z]+$", "", re.split(r"[\\/]", name)[-1].lower())


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}

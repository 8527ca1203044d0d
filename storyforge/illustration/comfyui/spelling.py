"""File names as the server writes them: on Windows, folders end in a backslash."""

from __future__ import annotations

from collections.abc import Mapping

from storyforge.illustration.comfyui.job import Graph
from storyforge.illustration.comfyui.node import Node


def spelled(graph: Graph, nodes: Mapping[str, Node]) -> Graph:
    """The graph with files in folders written as this server does: `chars\\hare.safetensors`, if it runs on Windows."""
    return {
        key: {**node, "inputs": _spelled(node["inputs"], nodes.get(node["class_type"]))} for key, node in graph.items()
    }


def _spelled(inputs: Mapping[str, object], node: Node | None) -> dict[str, object]:
    found = dict(inputs)
    for name, value in inputs.items():
        described = node.input(name) if node and isinstance(value, str) else None
        if described and value not in described.choices:
            found[name] = next((each for each in described.choices if _alike(each, value)), value)
    return found


def _alike(choice: str, value: object) -> bool:
    return choice.replace("\\", "/") == str(value).replace("\\", "/")

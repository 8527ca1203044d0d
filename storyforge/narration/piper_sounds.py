"""How many phonemes a Piper model knows: a config that names others belongs to another model."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from pathlib import Path

from storyforge.narration.protobuf import fields, numbers

# Numbers of fields in onnx.proto.
_MODEL_GRAPH, _GRAPH_NODE, _GRAPH_INITIALIZER, _NODE_INPUT, _NODE_OP_TYPE = 7, 1, 5, 1, 4
_TENSOR_DIMS, _TENSOR_NAME = 1, 8


def sounds_known(path: Path) -> int | None:
    """How many phoneme ids the model knows: rows of the table in which its `input` is looked up. None if it tells not.

    Takes no longer for a large model. OSError.
    """
    if not path.stat().st_size:
        return None
    with path.open("rb") as file:
        content = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    try:
        graphs = [graph for number, graph in fields(content) if number == _MODEL_GRAPH]
        tables = {name for graph in graphs for name in _looked_up(graph)}
        rows = [rows for graph in graphs for rows in _rows(graph, tables)]
    except ValueError:
        return None
    return min(rows, default=None)


def _looked_up(graph: memoryview) -> Iterator[bytes]:
    """Names of the tables of which an entry is taken (`Gather`) for each phoneme id."""
    for number, node in fields(graph):
        if number == _GRAPH_NODE:
            about = [(number, bytes(value)) for number, value in fields(node) if number in (_NODE_INPUT, _NODE_OP_TYPE)]
            inputs = [value for number, value in about if number == _NODE_INPUT]
            if (_NODE_OP_TYPE, b"Gather") in about and inputs[1:] == [b"input"]:
                yield inputs[0]


def _rows(graph: memoryview, tables: set[bytes]) -> Iterator[int]:
    for number, tensor in fields(graph):
        if number == _GRAPH_INITIALIZER and any(
            number == _TENSOR_NAME and bytes(value) in tables for number, value in fields(tensor)
        ):
            yield from numbers(tensor, _TENSOR_DIMS)[:1]

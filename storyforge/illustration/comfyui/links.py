"""Following links through a graph. A link is an input's value of the form ["node id", output number]."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from typing import Any, NamedTuple, TypeVar

from storyforge.illustration.comfyui.job import Graph


class Target(NamedTuple):
    """An input of a node, written `57:27.text`; of a whole node, where `input` is ''."""

    node: str
    input: str

    def __str__(self) -> str:
        return f"{self.node}.{self.input}" if self.input else self.node


class Link(NamedTuple):
    node: str
    output: int


T = TypeVar("T", bound=Hashable)

VALUES = ("value", "string", "text", "int", "float", "number", "seed", "noise_seed")
"""What primitives call their one value: PrimitiveInt, RandomNoise, and those of the usual custom nodes."""


def link(value: Any) -> Link | None:
    """The link that this input's value is; None if it is a value of its own."""
    match value:
        case [str(node), int(output)]:
            return Link(node, output)
    return None


def linked(graph: Graph, node: str) -> dict[str, Link]:
    """The inputs of a node that are links."""
    return {name: to for name, value in graph[node]["inputs"].items() if (to := link(value))}


def walk(starts: Iterable[T], onward: Callable[[T], Iterable[T]]) -> Iterator[T]:
    """Everything that can be reached, once; what a thing leads to comes before it. Any depth."""
    seen = set[T]()
    stack = [(start, False) for start in reversed(list(starts))]
    while stack:
        at, done = stack.pop()
        if done:
            yield at
        elif at not in seen:
            seen.add(at)
            stack.append((at, True))
            stack.extend((each, False) for each in reversed(list(onward(at))))


def upstream(graph: Graph, *nodes: str) -> dict[str, None]:
    """These nodes and all they are made from (in order: makers first)."""
    return dict.fromkeys(walk(nodes, lambda node: [to.node for to in linked(graph, node).values()]))


def readers(graph: Graph, node: str) -> Iterator[tuple[Target, int]]:
    """Each input that reads this node, and which of its outputs."""
    for reader in graph:
        for name, to in linked(graph, reader).items():
            if to.node == node:
                yield Target(reader, name), to.output


def literal(graph: Graph, target: Target) -> Target | None:
    """Where the value of this input stands: here, or in the primitive it is linked to. None if it is worked out."""
    while to := link(graph[target.node]["inputs"][target.input]):
        inputs = graph[to.node]["inputs"]
        names = [name for name in VALUES if name in inputs]
        if len(names) != 1 or set(linked(graph, to.node)) - set(names):
            return None
        target = Target(to.node, names[0])
    return target


def circle(graph: Graph) -> list[str]:
    """Nodes that wait for one another; [] if there are none."""
    order = TopologicalSorter({node: [to.node for to in linked(graph, node).values()] for node in graph})
    try:
        order.prepare()
    except CycleError as error:
        return [str(node) for node in error.args[1]]
    return []


def shown(graph: Graph, node: str) -> str:
    """A node as the user knows it: `5 KSampler “Second pass”`. A title that is nothing but marks tells nothing."""
    kind, name = str(graph[node]["class_type"]), title(graph, node)
    return f"{node} {kind}" if not name or name == kind or "storyforge:" in name else f"{node} {kind} “{name}”"


def title(graph: Graph, node: str) -> str:
    meta = graph[node].get("_meta")
    name = meta.get("title") if isinstance(meta, dict) else None
    return name if isinstance(name, str) else ""

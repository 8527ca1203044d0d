"""Before the first picture: everything that would keep a server from drawing, found at once, each with its remedy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

from storyforge.errors import BackendFailed
from storyforge.illustration.comfyui.advice import advice, numbers_of
from storyforge.illustration.comfyui.catalogue import catalogue, recognise
from storyforge.illustration.comfyui.entry import Entry
from storyforge.illustration.comfyui.inputs import Lack, lacking_inputs
from storyforge.illustration.comfyui.job import Graph
from storyforge.illustration.comfyui.links import upstream
from storyforge.illustration.comfyui.memory import cost, too_large
from storyforge.illustration.comfyui.node import Node
from storyforge.illustration.comfyui.server import Server
from storyforge.illustration.comfyui.stats import Stats, numbers
from storyforge.illustration.comfyui.weights import Load, folders, load_of

Graphs = Mapping[str, Graph]
"""Filled graphs by what to call them: the workflow's name, behind which may stand what is to be loaded for it."""

_SETUP = re.compile(r" [0-9a-f]{8}$")


class NotReady(BackendFailed):
    """`lacks`: everything that is missing or wrong."""

    def __init__(self, server: str, found: Iterable[Lack]) -> None:
        lacks = tuple(_merged(found))
        count = f"{len(lacks)} things are" if len(lacks) > 1 else "something is"
        several = len({name for lack in lacks for name in lack.where}) > 1
        listed = "".join(f"\n  {lack}" + (f" ({', '.join(lack.where)})" if several else "") for lack in lacks)
        super().__init__(f"ComfyUI at {server} cannot draw this yet: {count} missing or wrong{listed}")
        self.lacks = lacks


@dataclass(frozen=True)
class Seen:
    """A graph with what is known about it."""

    label: str
    graph: Graph
    """Of it, what leads to an output: no server looks at the rest."""
    classes: tuple[str, ...]
    """Of all nodes: each of them has to be known, even one that nothing reads."""
    entry: Entry | None
    nodes: Mapping[str, Node]
    load: Load

    @property
    def name(self) -> str:
        """Of the workflow."""
        return _name(self.label)


@dataclass(frozen=True)
class Findings:
    """About the graphs, by their labels."""

    lacks: Mapping[str, tuple[Lack, ...]]
    """What keeps the server from drawing each of them; () of those that it can draw."""
    notes: Mapping[str, tuple[str, ...]]
    """What the user should know, a sentence each."""


def preflight(server: Server, graphs: Graphs, anyway: bool, negative: str = "") -> tuple[str, ...]:
    """What the user should know, a sentence each. NotReady if it cannot work; NoAnswer if nobody is there.

    `anyway`: go on although the weights look too large. `negative`: what the story's style does not want to see.
    """
    findings = examined(server, graphs, anyway, negative)
    if found := [lack for lacks in findings.lacks.values() for lack in lacks]:
        raise NotReady(server.name, found)
    return tuple(dict.fromkeys(note for notes in findings.notes.values() for note in notes))


def examined(server: Server, graphs: Graphs, anyway: bool, negative: str = "") -> Findings:
    """As `preflight`, of each graph by itself. NoAnswer if nobody is there."""
    stats, seen = server.stats(), _seen(server, graphs)
    return Findings(
        {each.label: (*_lacks(each, stats), *(() if anyway else _heavy(each, stats))) for each in seen},
        {each.label: tuple(_notes(each, stats, negative)) for each in seen},
    )


def missing(server: Server, graphs: Graphs) -> list[str]:
    """What a server lacks to draw these, a line each; weights that are too large for its card are among it."""
    return [str(lack) for lack in lacks(server, graphs)]


def lacks(server: Server, graphs: Graphs) -> list[Lack]:
    return _merged(lack for found in examined(server, graphs, anyway=False).lacks.values() for lack in found)


def _seen(server: Server, graphs: Graphs) -> list[Seen]:
    server.forget()  # files may have been put there since
    classes = {label: tuple(dict.fromkeys(_classes(graph))) for label, graph in graphs.items()}
    nodes = server.nodes(name for each in classes.values() for name in each)
    used = {label: _used(graph, nodes) for label, graph in graphs.items()}
    sizes = _sizes(server, {folder for graph in used.values() for folder in folders(graph)})
    return [
        Seen(label, graph, classes[label], _known(label, graph), nodes, load_of(graph, sizes))
        for label, graph in used.items()
    ]


def _classes(graph: Graph) -> Iterator[str]:
    return (str(node["class_type"]) for node in graph.values())


def _used(graph: Graph, nodes: Mapping[str, Node]) -> Graph:
    """What leads to its outputs; nodes that the server does not have may be some."""
    ends = [key for key, kind in zip(graph, _classes(graph), strict=True) if kind not in nodes or nodes[kind].is_output]
    return {key: graph[key] for key in upstream(graph, *ends)} if ends else graph


def _sizes(server: Server, wanted: Iterable[str]) -> dict[str, dict[str, int]]:
    """Of the files in these folders, as far as the server tells; that it does not is no reason to draw nothing."""
    sizes: dict[str, dict[str, int]] = {folder: {} for folder in wanted}
    for folder in sizes:
        with suppress(BackendFailed):
            sizes[folder] = server.model_sizes(folder)
    return sizes


def _known(label: str, graph: Graph) -> Entry | None:
    name = _name(label)
    shipped = (entry for entry in catalogue().entries if entry.name == name)
    return next(shipped, None) or recognise(graph)


def _name(label: str) -> str:
    return _SETUP.sub("", label)


def _lacks(seen: Seen, stats: Stats) -> Iterator[Lack]:
    yield from (_lacking_class(name, seen, stats) for name in seen.classes if name not in seen.nodes)
    for key, node in seen.graph.items():
        if described := seen.nodes.get(node["class_type"]):
            yield from lacking_inputs(seen.name, seen.graph, key, described, _later(seen.entry, stats))


def _lacking_class(name: str, seen: Seen, stats: Stats) -> Lack:
    where = (seen.name,)
    for pack, about in catalogue().packs.items():
        if name in about.classes:
            remedy = f"install them with ComfyUI-Manager, or from {about.url}"
            return Lack(where, f"the custom nodes {pack} are missing", remedy, pack)
    since = max(catalogue().core.get(name, ""), _later(seen.entry, stats), key=numbers)
    if name in catalogue().core and stats.numbers < numbers(since):
        return Lack(where, f"the node {name} is missing", f"update ComfyUI to {since} or newer", f"ComfyUI {since}")
    remedy = "ComfyUI-Manager finds them: Install Missing Custom Nodes; or update ComfyUI"
    return Lack(where, f"the custom nodes that bring {name} are missing", remedy, name)


def _later(entry: Entry | None, stats: Stats) -> str:
    """The version of ComfyUI that the workflow's model needs, if the server is older; else ''."""
    older = entry is not None and bool(stats.numbers) and stats.numbers < numbers(entry.since)
    return entry.since if entry and older else ""


def _heavy(seen: Seen, stats: Stats) -> Iterator[Lack]:
    if found := too_large(seen.name, seen.load, stats):
        yield Lack((seen.name,), *found, brief="more memory")


def _notes(seen: Seen, stats: Stats, negative: str) -> Iterator[str]:
    yield from cost(seen.name, seen.load, stats, _steps(seen))
    if seen.entry:
        if since := _later(seen.entry, stats):
            yield f"{seen.entry.title} may fail on ComfyUI {stats.version}: update it to {since} or newer"
        yield from advice(seen.entry, seen.graph, negative)


def _steps(seen: Seen) -> int | None:
    """That a picture takes, as far as the graph or the catalogue tells."""
    if told := numbers_of(seen.graph, "steps"):
        return int(max(told))
    return seen.entry.steps if seen.entry else None


def _merged(lacks: Iterable[Lack]) -> list[Lack]:
    """One for what several workflows lack."""
    found: dict[tuple[str, str], Lack] = {}
    for lack in lacks:
        before = found.get((lack.cause, lack.remedy))
        where = tuple(dict.fromkeys((*(before.where if before else ()), *lack.where)))
        found[lack.cause, lack.remedy] = replace(lack, where=where)
    return list(found.values())

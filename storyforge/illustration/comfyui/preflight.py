"""Before the first picture: everything that would keep a server from drawing, found at once, each with its remedy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from storyforge.errors import BackendFailed
from storyforge.illustration.comfyui.advice import advice
from storyforge.illustration.comfyui.catalogue import catalogue, names, recognise
from storyforge.illustration.comfyui.entry import Entry
from storyforge.illustration.comfyui.inputs import Lack, lacking_inputs
from storyforge.illustration.comfyui.job import Graph
from storyforge.illustration.comfyui.memory import Load, cost, folders, load_of, too_large
from storyforge.illustration.comfyui.node import Node
from storyforge.illustration.comfyui.server import Server
from storyforge.illustration.comfyui.stats import Stats, numbers

Graphs = Mapping[str, Graph]
"""Filled graphs by what to call them, which begins with the workflow's name."""


class NotReady(BackendFailed):
    """`lacks`: everything that is missing or wrong."""

    def __init__(self, server: str, lacks: tuple[Lack, ...]) -> None:
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
    entry: Entry | None
    nodes: Mapping[str, Node]


def preflight(server: Server, graphs: Graphs, anyway: bool, negative: str = "") -> tuple[str, ...]:
    """What the user should know, a sentence each. NotReady if it cannot work; NoAnswer if nobody is there.

    `anyway`: go on although the weights look too large. `negative`: what the story's style does not want to see.
    """
    stats, seen = server.stats(), _seen(server, graphs)
    loads = _loads(server, seen)
    if found := _merged([*_lacks(seen, stats), *(() if anyway else _heavy(loads, stats))]):
        raise NotReady(server.name, tuple(found))
    return tuple(dict.fromkeys(_notes(seen, loads, stats, negative)))


def missing(server: Server, graphs: Graphs) -> list[str]:
    """What a server lacks to draw these, a line each; weights that are too large for its card are among it."""
    return [str(lack) for lack in lacks(server, graphs)]


def lacks(server: Server, graphs: Graphs) -> list[Lack]:
    stats, seen = server.stats(), _seen(server, graphs)
    return _merged([*_lacks(seen, stats), *_heavy(_loads(server, seen), stats)])


def _seen(server: Server, graphs: Graphs) -> list[Seen]:
    server.forget()  # files may have been put there since
    nodes = server.nodes(node["class_type"] for graph in graphs.values() for node in graph.values())
    return [Seen(label, graph, _known(label, graph), nodes) for label, graph in graphs.items()]


def _known(label: str, graph: Graph) -> Entry | None:
    name = _workflow(label)
    shipped = (entry for entry in catalogue().entries if entry.name == name)
    return next(shipped, None) or recognise(graph)


def _lacks(seen: Iterable[Seen], stats: Stats) -> Iterator[Lack]:
    for each in seen:
        classes = dict.fromkeys(str(node["class_type"]) for node in each.graph.values())
        yield from (_lacking_class(name, each, stats) for name in classes if name not in each.nodes)
        for key, node in each.graph.items():
            if described := each.nodes.get(node["class_type"]):
                yield from lacking_inputs(_workflow(each.label), each.graph, key, described, _later(each.entry, stats))


def _lacking_class(name: str, seen: Seen, stats: Stats) -> Lack:
    where = (_workflow(seen.label),)
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


def _loads(server: Server, seen: Iterable[Seen]) -> dict[str, tuple[Seen, Load]]:
    seen = list(seen)
    wanted = {folder for each in seen for folder in folders(each.graph)}
    sizes = {folder: server.model_sizes(folder) for folder in wanted}
    return {each.label: (each, load_of(each.graph, sizes)) for each in seen}


def _heavy(loads: Mapping[str, tuple[Seen, Load]], stats: Stats) -> Iterator[Lack]:
    for label, (_, load) in loads.items():
        if found := too_large(_workflow(label), load, stats):
            yield Lack((_workflow(label),), *found, brief="more memory")


def _notes(seen: Iterable[Seen], loads: Mapping[str, tuple[Seen, Load]], stats: Stats, negative: str) -> Iterator[str]:
    for each in seen:
        load = loads[each.label][1]
        yield from cost(_workflow(each.label), load, stats, each.entry.steps if each.entry else None)
        if each.entry:
            if since := _later(each.entry, stats):
                yield f"{each.entry.title} may fail on ComfyUI {stats.version}: update it to {since} or newer"
            yield from advice(each.entry, each.graph, negative)


def _workflow(label: str) -> str:
    name = label.partition(" ")[0]
    return name if name in names() else label


def _merged(lacks: Iterable[Lack]) -> list[Lack]:
    """One for what several workflows lack."""
    found: dict[tuple[str, str], Lack] = {}
    for lack in lacks:
        before = found.get((lack.cause, lack.remedy))
        where = tuple(dict.fromkeys((*(before.where if before else ()), *lack.where)))
        found[lack.cause, lack.remedy] = replace(lack, where=where)
    return list(found.values())

"""Whether the servers can draw what a film asks for, found out at once and before the first picture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from storyforge.errors import BackendFailed
from storyforge.illustration.comfyui.inputs import Lack
from storyforge.illustration.comfyui.job import Graph
from storyforge.illustration.comfyui.pool import Pool
from storyforge.illustration.comfyui.preflight import Findings, NotReady, examined
from storyforge.illustration.comfyui.server import Server

_TOLD = 3  # lacks of a server whose pictures others draw


def made_ready(pool: Pool, graphs: Mapping[str, Graph], negative: str, *, anyway: bool) -> Iterator[str]:
    """Notes for the user. `graphs` by "NAME SETUP": the workflow, and what has to be loaded for it.

    A server that lacks something for a setup gets no pictures of it. BackendFailed, with all that is missing, only if
    there is a setup that none of the servers which answer can draw, or if none answers.
    """
    found, away = _examined(pool, graphs, negative, anyway)
    if not found:
        raise next(iter(away.values()))
    if nowhere := [label for label in graphs if all(each.lacks[label] for each in found.values())]:
        raise _least(found, nowhere)
    yield from _notes(found)
    for server, each in found.items():
        lacking = {label: lacks for label, lacks in each.lacks.items() if lacks}
        if lacking:
            why = NotReady(server.name, _all(lacking.values()))
            pool.unfit(server, {_setup(label) for label in lacking}, why)
            yield _left_out(why, server, len(lacking) == len(graphs))
    for server, failure in away.items():
        yield f"{server.name} draws nothing for now: {failure}"


def _examined(
    pool: Pool, graphs: Mapping[str, Graph], negative: str, anyway: bool
) -> tuple[dict[Server, Findings], dict[Server, BackendFailed]]:
    """Of the servers that answer, and why the others do not."""
    found, away = dict[Server, Findings](), dict[Server, BackendFailed]()
    for server in pool.servers:
        try:
            found[server] = examined(server, graphs, anyway, negative)
        except BackendFailed as error:
            away[server] = error
    return found, away


def _least(found: Mapping[Server, Findings], nowhere: Iterable[str]) -> NotReady:
    """What nobody can draw, told of the server to which the least has to be added."""
    failures = [NotReady(server.name, _all(each.lacks[label] for label in nowhere)) for server, each in found.items()]
    return min(failures, key=lambda failure: len(failure.lacks))


def _all(lacks: Iterable[Iterable[Lack]]) -> list[Lack]:
    return [lack for each in lacks for lack in each]


def _notes(found: Mapping[Server, Findings]) -> Iterator[str]:
    """Of what each server can draw; with its name, where not all of several say the same."""
    told = [(server, note) for server, each in found.items() for note in dict.fromkeys(_told(each))]
    for note in dict.fromkeys(note for _, note in told):
        servers = [server.name for server, said in told if said == note]
        yield note if len(servers) == len(found) else f"{', '.join(servers)}: {note}"


def _told(findings: Findings) -> Iterator[str]:
    return (note for label, notes in findings.notes.items() if not findings.lacks[label] for note in notes)


def _left_out(why: NotReady, server: Server, altogether: bool) -> str:
    told = "; ".join(map(str, why.lacks[:_TOLD]))
    more = f"; and {len(why.lacks) - _TOLD} more" if len(why.lacks) > _TOLD else ""
    pictures = "all pictures" if altogether else "the pictures that need it"
    return f"{server.name} leaves {pictures} to others: {told}{more}"


def _setup(label: str) -> str:
    return label.rpartition(" ")[2]

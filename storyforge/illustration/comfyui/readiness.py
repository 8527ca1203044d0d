"""Whether the servers can draw what a film asks for, found out at once and before the first picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from storyforge.errors import BackendFailed
from storyforge.illustration.comfyui.failures import NoAnswer
from storyforge.illustration.comfyui.job import Graph
from storyforge.illustration.comfyui.pool import Pool
from storyforge.illustration.comfyui.preflight import preflight
from storyforge.illustration.comfyui.server import Server


def made_ready(pool: Pool, graphs: Mapping[str, Graph], negative: str, *, anyway: bool) -> Iterator[str]:
    """Notes for the user. BackendFailed, with all that is missing, if not one server can draw all of it.

    A server that lacks something, or is not there, is no failure while another has everything.
    """
    failures: dict[Server, BackendFailed] = {}
    notes: dict[str, None] = {}
    for server in pool.servers:
        try:
            notes |= dict.fromkeys(preflight(server, graphs, anyway, negative))
        except BackendFailed as error:
            failures[server] = error
    if len(failures) == len(pool.servers):
        raise min(failures.values(), key=lambda error: isinstance(error, NoAnswer))
    yield from notes
    for server, failure in failures.items():
        yield f"{server.name} is left to others: {failure}"

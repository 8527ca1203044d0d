"""`storyforge keeper status | stop`: the servers that storyforge started, how long they stay, and their end."""

from __future__ import annotations

import time

from rich.console import Console

from storyforge.errors import StoryforgeError
from storyforge.keeper import Kept, in_words, kept
from storyforge.keeper import stop as stop_server

NOTHING = "No server is kept: storyforge has started none, or has stopped them all."


def status() -> None:
    """Prints each server: where, since when, in use by whom, how much longer, and where its log is."""
    console = Console(highlight=False, markup=False, soft_wrap=True)
    servers = kept()
    for server in servers:
        console.print(_told(server))
    if not servers:
        console.print(NOTHING)


def stop(*, force: bool = False) -> None:
    """Stops what storyforge started. What is in use is left, and told as an error, unless `force`."""
    console = Console(highlight=False, markup=False, soft_wrap=True)
    servers = kept()
    used = [server for server in servers if server.left is None and not force]
    for server in servers:
        if server not in used:
            stop_server(server)
            console.print(f"{_where(server)} is stopped.")
    if used:
        told = "; ".join(f"{_where(server)} is {_in_use(server)}" for server in used)
        raise StoryforgeError(f"Not stopped: {told}", "wait for it, or: storyforge keeper stop --force")
    if not servers:
        console.print(NOTHING)


def _told(server: Kept) -> str:
    up = in_words(time.time() - server.record.since)
    return f"{_where(server)}, up for {up}\n  {_state(server)}\n  log: {server.log}"


def _where(server: Kept) -> str:
    wanted = server.record.wanted
    return f"{wanted.name} at {wanted.url}"


def _state(server: Kept) -> str:
    if server.left is None:
        return f"{_in_use(server)}; stopped {_after(server)} after that"
    if server.record.wanted.for_ever:
        return "not in use; kept until: storyforge keeper stop"
    silent = " (it does not answer)" if server.busy is None else ""
    return f"not in use{silent}; stopped in {in_words(server.left)}"


def _after(server: Kept) -> str:
    return "only by you" if server.record.wanted.for_ever else in_words(server.record.wanted.keep)


def _in_use(server: Kept) -> str:
    return f"in use by {', '.join(server.users)}" if server.users else "at work on what it was given"

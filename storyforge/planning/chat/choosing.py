"""Which of a server's models plans, where the user names none; and whether the one that is named is there."""

from __future__ import annotations

import re

from storyforge.errors import BadSettings
from storyforge.planning.chat.failures import NoSuchModel
from storyforge.planning.chat.question import Model
from storyforge.planning.chat.server import ChatServer

TO_PULL = "qwen3:8b"
"""A model that does this well and runs on a card of 8 GB (5.2 GB; Apache-2.0)."""


def choice(server: ChatServer) -> str:
    """The model that was pulled last, of those that can chat and run on that server. NoSuchModel, BadSettings.

    One that its server only passes on to somebody else's machine is never chosen unasked.
    """
    ours = [model for model in server.models() if model.chats and not model.remote]
    if not ours:
        raise NoSuchModel(f"{server.program} at {server.name} has no model that can chat", how_to_get(server, TO_PULL))
    if any(model.modified for model in ours):
        return max(ours, key=lambda model: (model.modified, model.name)).name
    if len(ours) > 1:
        names = ", ".join(model.name for model in ours)
        raise BadSettings(f"The server at {server.name} has {len(ours)} models", f"name one as `model`: {names}")
    return ours[0].name


def named(name: str, server: ChatServer) -> Model:
    """The model of this name. NoSuchModel, with those that there are."""
    models = {model.name: model for model in server.models()}
    found = models.get(name) or models.get(f"{name}:latest")
    if found is None:
        raise NoSuchModel(
            f"{server.program} at {server.name} has no model {name!r}; it has: {', '.join(models) or 'none'}",
            how_to_get(server, name),
        )
    return found


def stop_if_it_leaves(name: str, server: ChatServer) -> None:
    """BadSettings for a model that its server only passes on to another machine, which the user has not named.

    NoSuchModel, NoAnswer. Asked once of a server: a long story has many parts.
    """
    if name in server.staying:
        return
    host = named(name, server).remote if server.knows_all() else server.host_by_name(name)
    if host and _place(host) != _place(server.name):
        raise BadSettings(
            f"The model {name} runs at {host}: your story would leave this machine",
            f"choose another model, or name that address as `url`: {host}",
        )
    server.staying.add(name)


def _place(url: str) -> str:
    """Host and port, without one that goes without saying."""
    return re.sub(r":(443|80)$", "", url.rpartition("://")[2].partition("/")[0].lower())


def how_to_get(server: ChatServer, name: str) -> str:
    return f"ollama pull {name}" if server.program == "Ollama" else "load it there, or name one that it has"

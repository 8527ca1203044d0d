"""Pictures that go along with a prompt: portraits, masks, what is to be changed."""

from __future__ import annotations

import hashlib

from storyforge.illustration.comfyui.api import Api
from storyforge.illustration.comfyui.failures import Refused
from storyforge.illustration.comfyui.job import Graph
from storyforge.illustration.comfyui.picture import readable


class Uploads:
    """What one server has been sent, so that a portrait goes there once and not with every scene."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._sent: dict[tuple[str, str], str] = {}

    def name_of(self, name: str, picture: bytes) -> str:
        """The name the server gave it. Refused if it is no picture; ComfyUI would take it and fail later."""
        key = name, hashlib.sha256(picture).hexdigest()
        if key not in self._sent:
            if not readable(picture):
                raise Refused(f"{name}, which goes along with the prompt, is no picture", "make it anew, as PNG")
            self._sent[key] = self._api.upload(name, picture)
        return self._sent[key]

    def forget(self) -> bool:
        """Whether there was anything: somebody may have emptied the server's input folder."""
        there = bool(self._sent)
        self._sent.clear()
        return there


def renamed(graph: Graph, names: dict[str, str]) -> Graph:
    """The graph that asks for uploads by the names the server gave them: a taken name becomes `in (1).png`."""
    return {
        node: {
            **described,
            "inputs": {
                name: names.get(value, value) if isinstance(value, str) else value
                for name, value in described["inputs"].items()
            },
        }
        for node, described in graph.items()
    }

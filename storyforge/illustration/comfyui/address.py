"""Where a ComfyUI server is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self
from urllib.parse import quote

from storyforge.web import address
from storyforge.web.program import Program

COMFYUI = Program(
    name="ComfyUI",
    what="ComfyUI",
    port=8188,
    start="start ComfyUI, or check the address",
    login="give what it asks for, as in headers: {Authorization: 'Bearer ${COMFY_TOKEN}'}",
)


class Address(address.Address):
    @classmethod
    def read(cls, text: str, headers: Mapping[str, str] = {}) -> Self:
        """Of what the user wrote: `gamer`, `gamer:8188`, `https://name:password@host/gpu/`. BadSettings."""
        return cls.of(COMFYUI, text, headers)

    def socket(self, client: str) -> str:
        """The address of the websocket on which `client` is told what happens."""
        return f"ws{self.url.removeprefix('http')}/ws?clientId={quote(client)}"

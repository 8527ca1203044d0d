"""One question to a ComfyUI server, one answer."""

from __future__ import annotations

import requests

from storyforge.illustration.comfyui.address import COMFYUI, Address
from storyforge.illustration.comfyui.failures import Refused
from storyforge.web import http

CONNECT = 2.0  # seconds
READ = 10.0  # seconds without a byte; a frozen server keeps its connections open, in silence
_LIMIT = 100 * 2**20  # bytes; all descriptions of a server full of custom nodes are some ten megabytes


class Http(http.Http):
    def __init__(self, address: Address, read: float = READ) -> None:
        super().__init__(address, COMFYUI, connect=CONNECT, read=read, limit=_LIMIT)

    def check(self, response: requests.Response) -> None:
        """Refused if what was sent is too large."""
        if response.status_code == 413:
            raise Refused(
                f"The server at {self.address.name} takes no upload of this size",
                "start ComfyUI with --max-upload-size, or raise the limit of the proxy in front of it",
            )
        super().check(response)

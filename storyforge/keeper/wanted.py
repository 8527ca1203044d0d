"""What a program wants of the keeper: this server, at this address, for this long."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import ConfigDict, Field

from storyforge.value import Value

HOUR = 3600.0


class Busy(Value):
    """How a server tells that it is at work: JSON at `path` in which one of `fields` is neither empty, 0 nor false."""

    path: str
    fields: tuple[str, ...]


class Wanted(Value):
    """A server: how it is started, how one sees that it answers and works, and how long it is kept."""

    model_config = ConfigDict(ser_json_inf_nan="constants")  # `keep` may be for ever

    start: str
    """The command line as the user typed it; see `command.py` for how it is read."""
    url: Annotated[str, Field(pattern=r"^https?://[^/\s]+")]
    """Its base address, which may end in a path: http://127.0.0.1:8188."""
    name: str = "the server"
    """What the user calls it."""
    probe: str = "/"
    """The path below `url` that answers well (2xx, 401 or 403) when the server is ready."""
    busy: Busy | None = None
    """While it is at work it is not stopped, whoever gave it the work."""
    keep: Annotated[float, Field(ge=0)] = HOUR
    """Seconds from its last use to its end; `math.inf`: until the user stops it."""
    cwd: Path | None = None
    """The folder to start it in; None: where the program runs."""
    patience: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 180.0
    """Seconds until it must answer."""

    @property
    def key(self) -> str:
        """One name for one address, however it is written; fit for a file's name: 127.0.0.1-8188."""
        parts = urlsplit(self.url)
        host = {"localhost": "127.0.0.1", None: ""}.get(parts.hostname, parts.hostname)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        return f"{host}-{port}".replace(":", "_") + re.sub(r"[^\w-]+", "-", parts.path.rstrip("/"))

    @property
    def for_ever(self) -> bool:
        return math.isinf(self.keep)

    def at(self, path: str) -> str:
        """The address of a path of this server."""
        return self.url.rstrip("/") + "/" + path.lstrip("/")

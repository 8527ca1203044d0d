"""Where a server is, and what is said to it on every request."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import SplitResult, unquote, urlsplit

from storyforge.errors import BadSettings
from storyforge.web.program import Program

_LOOPBACK = re.compile(r"localhost|127(\.\d+){1,3}|::1", re.IGNORECASE)
_HEADER = re.compile(r"[\w!#$%&'*+.^`|~-]+", re.ASCII)
_VARIABLE = re.compile(r"\$\{([^}]*)\}")


@dataclass(frozen=True)
class Address:
    """`url` has a scheme, no slash at its end, and no secrets; `name` is the part of it that people know it by."""

    url: str
    _headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, program: Program, text: str, headers: Mapping[str, str] = {}) -> Self:
        """Of what the user wrote: `gamer`, `gamer:8188`, `https://name:password@host/gpu/`. BadSettings.

        A name alone means the program's own port. `${NAME}` in headers stands for an environment variable.
        """
        written = text.strip()
        parts = _split(written if "://" in written else f"http://{written}", written, program)
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        port, path = parts.port, parts.path.rstrip("/")
        if "://" not in written and not port and not path:
            port = program.port
        url = f"{parts.scheme}://{host}{f':{port}' if port else ''}{path}"
        return cls(url, {**_basic(parts), **headers})

    @property
    def name(self) -> str:
        return self.url.partition("://")[2]

    @property
    def loopback(self) -> bool:
        """Whether it is this machine: no proxy can be between."""
        return _LOOPBACK.fullmatch(urlsplit(self.url).hostname or "") is not None

    def headers(self) -> dict[str, str]:
        """The headers as they are sent, with `${NAME}` filled in from the environment. BadSettings."""
        return {name.strip(): self._sendable(name, value) for name, value in self._headers.items()}

    def _sendable(self, header: str, value: str) -> str:
        filled = _VARIABLE.sub(lambda match: self._variable(header, match[1]), value).strip()
        if not (filled.isprintable() and filled.isascii() and _HEADER.fullmatch(header.strip())):
            raise BadSettings(  # without the value, which may be a secret
                f"The header {header!r} for {self.name} cannot be sent",
                "a header is one line of plain letters, digits and signs; check the environment variable it is made of",
            )
        return filled

    def _variable(self, header: str, name: str) -> str:
        value = os.environ.get(name.strip())
        if value is None:
            raise BadSettings(
                f"The header {header!r} for {self.name} needs the environment variable {name.strip()}: it is not set",
                f"set it (export {name.strip()}=…) or take the header out of the settings",
            )
        return value


def _split(url: str, written: str, program: Program) -> SplitResult:
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:  # a port of 99999, half an IPv6 address
        known = False
    if not known or re.search(r"\s", url):
        raise BadSettings(
            f"{written.rpartition('@')[2]!r} is no address of {program.what}",
            f"write it as http://127.0.0.1:{program.port}",
        )
    return parts


def _basic(parts: SplitResult) -> dict[str, str]:
    """A name and password in the address are sent as a header, so that no message shows them."""
    if parts.username is None:
        return {}
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}

"""Where Ollama listens on this machine, as its own programs find out."""

from __future__ import annotations

import os
import re

PORT = 11434
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]", "": "127.0.0.1"}
_FORM = re.compile(r"(?:(?P<scheme>https?)://)?(?P<host>\[[^\]]*\]|[^/:]*)(?::(?P<port>[^/]*))?(?P<path>/.*)?")


def ollama_url() -> str:
    """The address that OLLAMA_HOST names, in any form that Ollama takes (its envconfig/config.go).

    `gpu`, `gpu:8000`, `:8000`, `0.0.0.0`, `[::1]:8000`, `https://gpu/ollama`; '' is the usual one. Where the server is
    told to listen everywhere it is asked on this machine.
    """
    written = os.environ.get("OLLAMA_HOST", "").strip().strip("\"'").strip()
    if written.count(":") > 1 and "[" not in written and "://" not in written:
        written = f"[{written}]"  # an IPv6 address alone
    found = _FORM.fullmatch(written)
    if found is None:
        return written  # whoever reads it as an address tells what is wrong
    scheme, host, port = found["scheme"], found["host"], found["port"] or ""
    if written == "ollama.com":
        scheme = "https"
    usual = {"http": "80", "https": "443"}.get(scheme or "", str(PORT))
    number = port if port.isascii() and port.isdigit() and 0 < int(port) < 65536 else usual
    return f"{scheme or 'http'}://{_EVERYWHERE.get(host, host)}:{number}{(found['path'] or '').rstrip('/')}"


def reachable(url: str) -> str:
    """An address with that of "everywhere" replaced by this machine's own: one can listen there, and call nobody."""
    return re.sub(r"^(\w+://)?(0\.0\.0\.0|\[::\])(?=[:/]|$)", lambda m: (m[1] or "") + _EVERYWHERE[m[2]], url.strip())

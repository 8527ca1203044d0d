"""Lines of a stream become JSON objects: a line each (Ollama), or server-sent events (OpenAI), or one object in all."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

MOST = 2**20  # bytes of one line, or of an answer that is no stream
DONE = {"done": True}
"""What `data: [DONE]` is told as."""


class Unreadable(Exception):
    """Something came, and none of it was meant for us."""

    def __init__(self, body: bytes) -> None:
        super().__init__()
        self.body = body
        """Its beginning."""


def events(pieces: Iterable[bytes], kind: str) -> Iterator[dict[str, Any] | None]:
    """`kind` is the Content-Type. None for a moment without news: a silence, a comment, blank lines.

    Lines that are no JSON are left out; Unreadable if there was nothing else.
    """
    understood, odd = False, b""
    for line in _lines(pieces, whole=kind.startswith("application/json")):
        event = _event(line)
        understood = understood or event is not None
        if event is None and line and not _comment(line):
            odd = odd or line
        yield event
    if odd and not understood:
        raise Unreadable(odd)


def _lines(pieces: Iterable[bytes], whole: bool) -> Iterator[bytes]:
    """Without their ends, and b"" for a moment without one. Where it is no stream, line ends mean nothing."""
    rest = bytearray()
    for piece in pieces:
        *lines, end = [piece] if whole else piece.split(b"\n")
        if lines:
            lines[0] = bytes(rest) + lines[0]
            rest.clear()
        rest += end
        said = [line for each in lines if (line := each.strip())]
        yield from said
        if len(rest) > MOST:
            raise Unreadable(bytes(rest[:2000]))
        if not said:
            yield b""
    yield bytes(rest).strip()


def _comment(line: bytes) -> bool:
    """What server-sent events have beside data."""
    return line.startswith((b":", b"event:", b"id:", b"retry:"))


def _event(line: bytes) -> dict[str, Any] | None:
    data = line.removeprefix(b"data:").strip()
    if data == b"[DONE]":
        return DONE
    if data.startswith(b"error:"):  # llama.cpp until 2025
        data = b'{"error": %s}' % data.removeprefix(b"error:")
    try:
        found = json.loads(data) if data[:1] == b"{" else None
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None

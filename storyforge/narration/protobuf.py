"""As much of protocol buffers (protobuf.dev, Encoding) as it takes to look into an ONNX model without its package."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from pathlib import Path

_VARINT, _LENGTH_DELIMITED = 0, 2
_FIXED = {1: 8, 5: 4}  # bytes


def fields(message: memoryview) -> Iterator[tuple[int, memoryview]]:
    """Number and value of each length-delimited field; the others are passed over. ValueError where it is none."""
    position = 0
    while position < len(message):
        tag, position = _varint(message, position)
        if tag & 7 == _VARINT:
            _, position = _varint(message, position)
        elif tag & 7 == _LENGTH_DELIMITED:
            length, position = _varint(message, position)
            yield tag >> 3, message[position : position + length]
            position += length
        elif tag & 7 in _FIXED:
            position += _FIXED[tag & 7]
        else:
            raise ValueError("no protocol buffer")
    if position > len(message):
        raise ValueError("a protocol buffer that was cut off")


def numbers(message: memoryview, wanted: int) -> list[int]:
    """The values of a repeated number, packed or not. ValueError where it is no message."""
    found: list[int] = []
    position = 0
    while position < len(message):
        tag, position = _varint(message, position)
        if tag & 7 == _VARINT:
            value, position = _varint(message, position)
            found += [value] if tag >> 3 == wanted else []
        elif tag & 7 == _LENGTH_DELIMITED:
            length, start = _varint(message, position)
            position = start
            while tag >> 3 == wanted and position < start + length:
                value, position = _varint(message, position)
                found.append(value)
            position = start + length
        elif tag & 7 in _FIXED:
            position += _FIXED[tag & 7]
        else:
            raise ValueError("no protocol buffer")
    return found


def field(number: int, value: bytes) -> bytes:
    """A length-delimited field whose number is below 16 and whose value is below 128 bytes."""
    if len(value) > 127:
        raise ValueError("a node with so long a name is not Piper's")
    return bytes((number << 3 | _LENGTH_DELIMITED, len(value))) + value


def is_whole(path: Path) -> bool:
    """Whether the file is one message, to its end. Takes no longer for a large one. OSError."""
    if not path.stat().st_size:
        return False
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        view = memoryview(content)
        try:
            for _, value in fields(view):
                value.release()
        except ValueError:
            return False
        finally:
            view.release()
    return True


def _varint(message: memoryview, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if position >= len(message) or shift > 63:
            raise ValueError("a protocol buffer that was cut off")
        byte = message[position]
        value |= (byte & 0x7F) << shift
        position, shift = position + 1, shift + 7
        if not byte & 0x80:
            return value, position

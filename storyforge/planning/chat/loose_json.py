"""JSON as language models write it: inside prose, with commas too many or missing, cut off in the middle."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

_BEGIN = re.compile(r"\{\s*+(?=[\"\w}])|\[\s*+(?=\{)")  # {"…, [{…: not the brackets of prose
_TOKEN = re.compile(r'\s*+(?:([{}\[\]:,])|("(?:[^"\\]|\\.)*+(?:"|\Z))|([^\s{}\[\]:,"]+))', re.DOTALL)
_DEEPEST = 20
_UNSENDABLE = re.compile("[\x00\ud800-\udfff]")
_WORDS = {"true": True, "false": False, "null": None, "none": None}


@dataclass
class Piece:
    """One value of the text: all objects in it that are whole, inner ones first, and whether it is whole itself."""

    objects: list[dict[str, Any]] = field(default_factory=list)
    value: Any = None
    whole: bool = False


def pieces(text: str) -> Iterator[Piece]:
    """Every object, and every list of objects. Never raises, and takes time in proportion to the text, whatever it is.

    Where a piece cannot be read on, it ends, and the next one is looked for from there: what is broken loses only
    itself. A name that is given twice has its last value, and numbers that no computer would count to stay text.
    """
    position = 0
    while begin := _BEGIN.search(text, position):
        piece = Piece()
        position = max(_read(text, begin.start(), piece), begin.start() + 1)
        yield piece


@dataclass
class _Open:
    """An object or list that is being read. An object's names and values take turns in `items`."""

    is_object: bool
    items: list[Any] = field(default_factory=list)
    colons: int = 0

    def takes(self, value: Any) -> bool:
        """Whether this can stand here: in an object, names are text and a value comes behind a colon."""
        if not self.is_object:
            return True
        count = len(self.items)
        return isinstance(value, str) if count % 2 == 0 else self.colons == count // 2 + 1

    def value(self) -> Any:
        return dict(zip(self.items[::2], self.items[1::2], strict=True)) if self.is_object else self.items


def _read(text: str, position: int, piece: Piece) -> int:
    """Reads one piece; where to look on."""
    outer: list[_Open] = []
    while token := _TOKEN.match(text, position):
        mark, string, word = token.groups()
        position = token.end()
        if mark in ("{", "["):
            if len(outer) == _DEEPEST or (outer and not outer[-1].takes(None if mark == "{" else [])):
                return token.start(1)
            outer.append(_Open(mark == "{"))
        elif mark in ("}", "]"):
            closed = outer.pop()
            if closed.is_object != (mark == "}") or (closed.is_object and len(closed.items) % 2):
                return position
            value = closed.value()
            if closed.is_object:
                piece.objects.append(value)
            if not outer:
                piece.value, piece.whole = value, True
                return position
            outer[-1].items.append(value)
        elif mark == ":":
            outer[-1].colons += 1
            if outer[-1].colons != len(outer[-1].items) // 2 + 1:
                return position
        elif mark is None:
            value = _word(word) if string is None else _string(string)
            if not outer[-1].takes(value) or (string and position == len(text)):
                return position
            outer[-1].items.append(value)
    return len(text)


def _string(token: str) -> str:
    try:
        found = str(json.loads(token, strict=False))
    except ValueError:  # \_ and other marks of Markdown
        found = token.strip('"').replace("\\", "")
    return _UNSENDABLE.sub("", found)


def _word(token: str) -> Any:
    if token.lower() in _WORDS:
        return _WORDS[token.lower()]
    if re.fullmatch(r"-?[0-9]{1,15}", token):
        return int(token)
    return _UNSENDABLE.sub("", token)

"""What came back. That it is what it should be is never taken for granted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from storyforge.web.failures import NoAnswer
from storyforge.web.program import Program

_EXCERPT = 100  # characters
_ANY = Program()


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    name: str
    """The server's, for messages."""
    program: Program = _ANY
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def good(self) -> bool:
        return 200 <= self.status < 300

    def data(self) -> Any:
        """The JSON it holds. NoAnswer if it holds something else."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise NoAnswer(
                f"What answers at {self.name} is not {self.program.what}: it sends {self.excerpt()}", self.program.start
            ) from error

    def has(self, field: str) -> bool:
        """Whether it is good, and a JSON object with this field."""
        try:
            return self.good and field in mapping(json.loads(self.body))
        except (ValueError, RecursionError):
            return False

    def excerpt(self) -> str:
        """The beginning of a text in one line; a web page is only named."""
        text = printable(self.body[:2000].decode("utf-8", "replace"))
        if text.startswith("<"):
            return "a web page"
        return f"“{text[:_EXCERPT]}”" if text else "nothing"


def mapping(value: Any) -> Mapping[str, Any]:
    """An object of JSON as it is, anything else as an empty one."""
    return value if isinstance(value, dict) else {}


def count(value: Any) -> int | None:
    """A number that something can have; None for anything else, as -1 where a server does not know."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def printable(text: str) -> str:
    """In one line, and without what would colour a terminal, move its cursor or turn its letters round."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())

"""What came back. That it is what it should be is never taken for granted."""

from __future__ import annotations

import json
from dataclasses import dataclass
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

    def excerpt(self) -> str:
        """The beginning of a text in one line; a web page is only named."""
        text = " ".join(self.body[:2000].decode("utf-8", "replace").split())
        if text.startswith("<"):
            return "a web page"
        return f"“{text[:_EXCERPT]}”" if text else "nothing"

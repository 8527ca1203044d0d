"""What a language model is asked to answer, and what is found in what it does answer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class RawAnswer:
    """What looks like scenes and people in an answer; nothing in it has been checked."""

    scenes: tuple[dict[str, Any], ...] = ()
    people: tuple[dict[str, Any], ...] = ()
    found: bool = False  # some JSON of the right shape
    whole: bool = False  # it came to its end, and all of it could be read


def schema_for(first: int, last: int, keys: Collection[str]) -> dict[str, Any]:
    """JSON Schema of the answer about these sentences, for servers that hold a model to one."""
    raise NotImplementedError


def read_answer(text: str) -> RawAnswer:
    """Whatever the model wrote; never raises."""
    raise NotImplementedError

"""What spoken.yaml and amounts.yaml hold for a language. A tag is looked up whole, then by its first part."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

How = str | Callable[[re.Match[str]], str]
"""A template for re.Match.expand, or what is said for a match; the match itself, if nothing is to be done."""
Rule = tuple[re.Pattern[str], How]


def short(language: str) -> str:
    """de-AT, de_AT and DE are `de`."""
    return re.split("[-_]", language.lower())[0]


def table(name: str, key: str) -> Any:
    """What stands under `key`; None if nothing does. Not to be changed."""
    return _read(name).get(key)


@cache
def written_rules(key: str) -> tuple[Rule, ...]:
    """The rules of spoken.yaml under `key`, in order. `<Name>` in a pattern stands for what `parts` says."""
    parts = table("spoken", "parts")

    def whole(pattern: str) -> str:
        return re.sub(r"(?<!\?P)(?<!\?)<([A-Z]\w*)>", lambda part: str(parts[part[1]]), pattern)

    return tuple((re.compile(whole(pattern)), said) for pattern, said in table("spoken", key) or ())


@cache
def _read(name: str) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(files(__package__).joinpath(f"{name}.yaml").read_text("utf-8"))
    return read

"""The words of each language that tell who speaks; they are in speech_verbs.yaml."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import yaml


@cache
def speech_words() -> dict[str, dict[str, str]]:
    """By language code, what is listed there: `verbs`, `also`, `after`, `he`, `she`; words apart by white space."""
    found: dict[str, dict[str, str]] = yaml.safe_load(
        files(__package__).joinpath("speech_verbs.yaml").read_text("utf-8")
    )
    return found


def verbs_of(*languages: str) -> frozenset[str]:
    """All verbs of saying of these languages, in lower case."""
    listed = (words.get(name, "") for code in languages for words in (speech_words().get(code, {}),) for name in _VERBS)
    return frozenset(word for each in listed for word in each.split())


def tag_pronouns(code: str) -> dict[str, str]:
    """Words in a tag that mean 'he' or 'she', in languages of which little else is known."""
    words = speech_words().get(code, {})
    return {word: pronoun for pronoun in ("he", "she") for word in words.get(pronoun, "").split()}


_VERBS = ("verbs", "also")

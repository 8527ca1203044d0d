"""Names of espeak voices: `en+f4` is the variant f4 speaking English, `+f4` (or `f4`) speaks the story's language."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from storyforge.errors import UnknownName
from storyforge.narration import libespeak
from storyforge.narration.libespeak import Language


def language_named(language: str) -> Language:
    """The espeak language for a language tag: en, en-GB, pt_BR, zh, no. UnknownName, with near ones, if none fits."""
    by_code = {known.code: known for known in libespeak.languages()}
    aliases: dict[str, str] = voices_file()["espeak"]["languages"]
    parts = language.lower().replace("_", "-").split("-")
    for length in range(len(parts), 0, -1):
        tag = "-".join(parts[:length])
        if found := by_code.get(tag) or by_code.get(aliases.get(tag, "")):
            return found
    near = get_close_matches(parts[0], by_code, n=6, cutoff=0.5) or sorted(code for code in by_code if len(code) == 2)
    raise UnknownName(f"espeak speaks no language {language!r}", f"near it are: {', '.join(near)}")


def variant_named(variant: str) -> str:
    """The variant as espeak spells it. UnknownName if there is none: espeak would keep silent about it."""
    known = libespeak.variants()
    for name in known:
        if name == variant or name.lower() == variant.lower():
            return name
    near = get_close_matches(variant, known, n=6, cutoff=0.3) or known
    raise UnknownName(f"espeak has no voice {variant!r}", f"near it are: {', '.join(near)}")


def identifier_of(name: str, language: str) -> str:
    """What the library loads (gmw/en+f4) for a voice name, in `language` if the name names none."""
    variant = name.partition("+")[2]
    identifier = language_named(language_of(name, language)).identifier
    return f"{identifier}+{variant_named(variant)}" if variant else identifier


def language_of(name: str, language: str) -> str:
    """The language a voice speaks: its own (`en+f4`), or else the story's."""
    return name.partition("+")[0] or language


def voice_named(name: str) -> str:
    """The voice name in its one spelling: `f4` and `+F4` are `+f4`. UnknownName if there is none."""
    language, plus, variant = name.strip().partition("+")
    if plus:
        return f"{language_named(language).code if language else ''}+{variant_named(variant)}"
    if is_variant(language):
        return f"+{variant_named(language)}"
    try:
        return language_named(language).code
    except UnknownName:
        variant_named(language)  # raises, with near names: a variant is what was most likely meant
        raise


def is_variant(name: str) -> bool:
    return name.lower() in {variant.lower() for variant in libespeak.variants()}


@cache
def voices_file() -> dict[str, Any]:
    """voices.yaml: the voices there are, and which words tell who should have which."""
    data: dict[str, Any] = yaml.safe_load(files(__package__).joinpath("voices.yaml").read_text("utf-8"))
    return data

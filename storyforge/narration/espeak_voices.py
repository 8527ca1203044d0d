"""Names of espeak voices: `en+f4` is the variant f4 speaking English, `+f4` (or `f4`) speaks the story's language."""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from storyforge.errors import UnknownName
from storyforge.narration import libespeak
from storyforge.narration.libespeak import Language

ALL_VOICES = "storyforge voices --all lists them all"

_LONGEST_CODE = 3  # letters: what is longer is a name
_ELSEWHERE = re.compile(r"(?:-(?:arab|cyrl|deva|grek|hans|hant|hebr|jpan|kore|latn))?(?:-(?:[a-z]{2}|\d{3}))?$")
_AS_HEARD = 2  # semitones, by which a voice may be shifted and still be of its kind


def language_named(language: str) -> Language:
    """The espeak language for a language tag: en, en-GB, pt_BR, zh, no. UnknownName, with near ones, if none fits."""
    parts = language.lower().replace("_", "-").split("-")
    for length in range(len(parts), 0, -1):
        if found := _known_as("-".join(parts[:length])):
            return found
    if called := languages_called(language):
        raise UnknownName(f"espeak speaks no language {language!r}", f"did you mean {' or '.join(called)}?")
    by_code = {known.code: known for known in libespeak.languages()}
    near = get_close_matches(parts[0], by_code, n=6, cutoff=0.5) if len(parts[0]) <= _LONGEST_CODE else []
    near = near or sorted(code for code in by_code if len(code) == 2)
    raise UnknownName(f"espeak speaks no language {language!r}", f"near it are: {', '.join(near)}")


def is_tag(language: str) -> bool:
    """Whether it names a language, alone or with a script or a country (de-AT, zh_Hans): af_sky is no Afrikaans."""
    tag = language.lower().replace("_", "-")
    return bool(_known_as(tag) or _known_as(_ELSEWHERE.sub("", tag)))


def _known_as(tag: str) -> Language | None:
    aliases: dict[str, str] = voices_file()["espeak"]["languages"]
    by_code = {known.code: known for known in libespeak.languages()}
    return by_code.get(tag) or by_code.get(aliases.get(tag, ""))


def languages_called(name: str) -> list[str]:
    """Codes of the languages that a word means: `irish` ga, `deutsch` de, `português` pt and pt-br; [] if none."""
    called: dict[str, str] = voices_file()["espeak"]["called"]
    word = name.strip().lower()
    if word in called:
        return [called[word]]
    names = {known.code: re.findall(r"\w+", known.name.lower()) for known in libespeak.languages()}
    first = [code for code, words in names.items() if words[:1] == [word]]
    found = first or [code for code, words in names.items() if word in words]
    short = [code for code in found if "-" not in code]
    return (short or sorted({code.partition("-")[0] for code in found}))[:3]


def variant_named(variant: str) -> str:
    """The variant as espeak spells it. UnknownName if there is none: espeak would keep silent about it."""
    known = libespeak.variants()
    for name in known:
        if name == variant or name.lower() == variant.lower():
            return name
    near = [f"+{name}" for name in get_close_matches(variant, known, n=6, cutoff=0.5)]
    told = f"near it are: {', '.join(near)}; " if near else ""
    raise UnknownName(f"espeak has no voice {variant!r}", f"{told}{ALL_VOICES}")


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
        return f"{_code_of(language) if language else ''}+{variant_named(variant)}"
    if is_variant(language):
        return f"+{variant_named(language)}"
    try:
        return _code_of(language)
    except UnknownName:
        variant_named(language)  # raises, with near names: a variant is what was most likely meant
        raise


def _code_of(language: str) -> str:
    found = language_named(language)
    if not is_tag(language):
        raise UnknownName(f"espeak has no voice {language!r}", f"did you mean {found.code}? {ALL_VOICES}")
    return found.code


def by_kind() -> dict[str, tuple[str, ...]]:
    """All variants as a story names them (+Reed), each once, by who is heard; the last, `other`, may be anybody."""
    about = voices_file()["espeak"]
    known = dict.fromkeys(libespeak.variants())
    kinds: dict[str, list[str]] = {}
    for kind, entries in (*about["voices"].items(), *about["more"].items()):
        for name in (
            entry for entry in entries if isinstance(entry, str) or abs(next(iter(entry.values()))) <= _AS_HEARD
        ):
            variant = name if isinstance(name, str) else next(iter(name))
            if variant in known:
                known.pop(variant)
                kinds.setdefault(kind, []).append(f"+{variant}")
    return {kind: tuple(names) for kind, names in {**kinds, "other": [f"+{name}" for name in known]}.items() if names}


def is_variant(name: str) -> bool:
    return name.lower() in {variant.lower() for variant in libespeak.variants()}


@cache
def voices_file() -> dict[str, Any]:
    """voices.yaml: the voices there are, and which words tell who should have which."""
    data: dict[str, Any] = yaml.safe_load(files(__package__).joinpath("voices.yaml").read_text("utf-8"))
    return data

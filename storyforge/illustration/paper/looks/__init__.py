"""From a character's `looks` to its character sheet, by the words of lexicon.yaml. English and German.

A sheet is laid down in this order, each over the one before: what the kind is like (kinds.yaml), the themes that the
words call up ("galaxy", "clock"), what was told of single parts, what the user set under `puppet`. A character of no
known kind becomes a creature of its own, which follows from its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from storyforge.errors import BadStory
from storyforge.illustration.paper.character_sheet import CharacterSheet, darker, kinds
from storyforge.illustration.paper.color import named
from storyforge.illustration.paper.looks.creature import own_creature
from storyforge.illustration.paper.looks.lexicon import inflected, lexicon
from storyforge.illustration.paper.looks.reading import Told, kind_in, read
from storyforge.story import Character, shown_name

Entries = dict[str, Any]
# What a theme may change on whoever has no fur, ears and tail to change.
_FOR_ALL = ("glow", "pattern", "pattern_colour", "second_cloud", "eye_glow", "motif", "motif_colour")


def sheet_for(who: str, character: Character) -> CharacterSheet:
    """The sheet of the cast's `who`. BadStory if its `puppet` entries are none, or have values that cannot be."""
    name, told = shown_name(who, character), read(character.looks)
    kind = str(character.puppet.get("kind") or told.kind or kind_in(name) or "critter")
    if kind not in kinds():
        raise _mistake(who, f"kind: there is no {kind!r}", f"there are: {', '.join(kinds())}")
    ground = dict(kinds()[kind])
    if kind == "critter":
        ground |= own_creature(name, told)
    themes = [theme for theme in lexicon()["themes"] if _is_told(theme, told)]
    parts = _parts(ground, told, themes)
    entries = {**ground, **_followers(ground, parts), **_themed(ground, themes), **parts}
    entries["scale"] = min(2.0, max(0.3, ground.get("scale", 1.0) * told.size))
    try:
        return CharacterSheet.model_validate({**entries, "name": name, **character.puppet})
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        raise _mistake(who, "; ".join(wrong), f"puppet can set: {', '.join(CharacterSheet.model_fields)}") from error


def _mistake(who: str, wrong: str, remedy: str) -> BadStory:
    return BadStory(f"The puppet of {who} cannot be cut", (f"cast.{who}.puppet – {wrong} – {remedy}",))


def _parts(ground: Mapping[str, Any], told: Told, themes: list[Entries]) -> Entries:
    """What was told of single parts, and the colours of the whole: a person's clothes, an animal's fur and belly."""
    entries: Entries = {}
    for names, colour in told.parts:  # of several entries that a part may colour, the first that this kind has
        options = names.split()
        entries.setdefault(next((o for o in options if o in ground), options[-1]), colour)
    for entry, colour in zip(("top", "bottom") if "top" in ground else ("base", "belly"), told.colours, strict=False):
        entries.setdefault(entry, colour)
    for wash in (theme["wash"] for theme in themes if "wash" in theme and "base" in entries):
        entries["base"] = _washed(entries["base"], wash)
    given = {entry: value for entry, value in told.given.items() if ground.get(entry, "") in ("", "none", False)}
    return {**given, **told.shapes, **entries}


def _washed(colour: str, wash: str) -> str:
    """Fur that glows is nearly white, whatever its colour."""
    a, b = named(colour), named(wash)
    return a.mix(b, 0.6).hex if a and b else colour


def _followers(ground: Mapping[str, Any], parts: Mapping[str, Any]) -> Entries:
    """A kind's markings follow its fur where that was told to be of another colour."""
    base = named(parts.get("base", ""))
    if base is None:
        return {}
    marks = {entry: darker(base).hex for entry in ("dark", "socks", "ear_tip") if ground.get(entry)}
    return {**marks, "inner": ""}


def _is_told(theme: Mapping[str, Any], told: Told) -> bool:
    about = told.about_whole | told.about_parts if theme.get("anywhere") else told.about_whole
    words = dict.fromkeys(theme["words"].split(), "yes")
    return any(inflected(word, words) for word in about)


def _themed(ground: Mapping[str, Any], themes: list[Entries]) -> Entries:
    """Only an animal on four legs changes its fur, and only one that has ears changes its ears."""
    entries: Entries = {}
    for theme in reversed(themes):
        entries |= theme["set"]
    if ground.get("rig", "fourlegged") != "fourlegged":
        return {entry: value for entry, value in entries.items() if entry in _FOR_ALL}
    if ground.get("ears") == "none":
        entries.pop("ears", None)
    return entries

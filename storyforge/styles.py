"""Styles by name: those of the story before those of the settings file, and these before those that ship."""

from __future__ import annotations

import difflib
import json
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import yaml

from storyforge.errors import UnknownName
from storyforge.story import NamedStyle, Style
from storyforge.yaml_file import Loader

Styles = Mapping[str, NamedStyle]


@cache
def shipped() -> Styles:
    """In the order in which they are best shown."""
    data = yaml.load(files("storyforge").joinpath("styles.yaml").read_text("utf-8"), Loader=Loader)
    return {name: NamedStyle.model_validate_json(json.dumps(told)) for name, told in data.items()}


def all_styles(*own: Styles) -> dict[str, NamedStyle]:
    """All there are, by name: of those called alike, the first in `own` counts. The user's stand before the shipped."""
    found: dict[str, NamedStyle] = {}
    known: set[str] = set()
    for styles in (*own, shipped()):
        found |= {name: style for name, style in styles.items() if _bare(name) not in known}
        known |= {_bare(name) for name in styles}
    return found


def style_name(called: str, styles: Styles) -> str | None:
    """The name of a style as its owner writes it; None if nothing is called so."""
    return {_bare(name): name for name in styles}.get(_bare(called))


def named_style(called: str, *own: Styles) -> NamedStyle | None:
    """All about a style (its colours, its music …): `named_style(story.style.name, story.styles, settings.styles)`."""
    styles = all_styles(*own)
    name = style_name(called, styles)
    return styles[name] if name is not None else None


def resolved(style: Style, styles: Styles) -> Style:
    """The style with all its words: those of the style it names, its colours, then the user's own.

    However a style is spelled, the value is the same. One that names none stays as it is. UnknownName: `name: comik`.
    """
    name, words = _named(style, styles)
    if name is None:
        return style
    named = styles[name]
    colours = f"a palette of {_listed(named.palette)}" if named.palette else ""
    prompt, negative = _joined(named.prompt, colours, words), _joined(named.negative, style.negative)
    return style.model_copy(update={"name": name, "prompt": prompt, "negative": negative})


def unknown(called: str, styles: Styles) -> UnknownName:
    """The error for a style that is not there."""
    names = {_bare(name): name for name in styles}
    near = difflib.get_close_matches(_bare(called), names, 1, 0.5)
    remedy = f"did you mean `{names[near[0]]}`?" if near else "`storyforge styles` lists those that are"
    return UnknownName(f"There is no style called {called!r}", remedy)


def _named(style: Style, styles: Styles) -> tuple[str | None, str]:
    """(the style meant, the user's words beside it). Free words may begin with a name, up to a comma."""
    if style.name:
        name = style_name(style.name, styles)
        if name is None:
            raise unknown(style.name, styles)
        return name, style.prompt
    said = f"{_bare(style.prompt)},"
    for bare, name in sorted(((_bare(name), name) for name in styles), key=lambda pair: -len(pair[0])):
        if bare and said.startswith(f"{bare},"):
            commas = bare.count(",") + 1
            return name, "".join(re.split("[,，]", style.prompt, maxsplit=commas)[commas:])
    return None, style.prompt


def _bare(name: str) -> str:
    """What counts of a name: `Storybook Watercolor` is `storybook watercolour`, `paper cutout` is `paper cut-out`."""
    folded = unicodedata.normalize("NFC", name).casefold().replace("，", ",")
    return re.sub(r"[\s_'’‐‑–-]+", "", folded).replace("color", "colour")


def _joined(*parts: str) -> str:
    return ", ".join(text for part in parts if (text := " ".join(part.split()).strip(" ,.")))


def _listed(words: tuple[str, ...]) -> str:
    """`a`, `a and b`, `a, b and c`"""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last

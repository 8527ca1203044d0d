"""`storyforge styles`: the styles there are, and all about one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from storyforge.settings import Settings
from storyforge.story import NamedStyle, Style
from storyforge.story_file import load_story
from storyforge.styles import Styles, all_styles, resolved, shipped, style_name, unknown


def styles(settings: Settings, name: str = "", path: Path | None = None) -> None:
    """Prints the table, or all about one. UnknownName. `path`: a story, for the styles of its own."""
    console = Console(highlight=False, markup=False)
    file = load_story(path, outside=settings.outside, styles=settings.styles) if path else None
    known = all_styles(file.story.styles if file else {}, settings.styles)
    if not name:
        console.print(_table(known))
        console.print(Text("`storyforge styles felt` tells all about one; `style: felt` in a story takes it.", "dim"))
        return
    chosen = style_name(name, known)
    if chosen is None:
        raise unknown(name, known)
    for line in _about(chosen, known):
        console.print(line, soft_wrap=True)


def _table(known: Styles) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("style", no_wrap=True)
    table.add_column("what it looks like")
    for name, style in known.items():
        mine = Text("yours: ", "green") if _own(name, style) else Text()
        table.add_row(Text(name, "bold"), Text.assemble(mine, style.about or style.prompt))
    return table


def _own(name: str, style: NamedStyle) -> bool:
    return shipped().get(name) != style


# ---- one of them


def _about(name: str, known: Styles) -> Iterator[Text]:
    style = known[name]
    yield Text.assemble((name, "bold"), f"  {style.about}")
    facts = {
        "prompt": resolved(Style(name=name), known).prompt,
        "not seen": style.negative,
        "colours": ", ".join(style.palette),
        "music": style.music,
    }
    for what, text in facts.items():
        if text:
            yield _fact(what, Text(text))
    for number, line in enumerate(_drawn_by(style)):
        yield _fact("" if number else "drawn by", line)


def _fact(what: str, text: Text) -> Text:
    return Text.assemble((f"  {what:<10}", "dim"), text)


def _drawn_by(style: NamedStyle) -> Iterator[Text]:
    """A line for each that fits: ✓ and the workflows that are meant, or that none ships which is called so."""
    for model in style.models:
        if meant := workflows_called(model):
            yield Text(f"✓ {', '.join(meant)}", "green")
        else:
            yield Text(f"{model}: none of the workflows that ship", "yellow")


def workflows_called(beginning: str) -> Sequence[str]:
    """The shipped workflows whose names begin so, without those that are told beside another."""
    from storyforge.commands.workflows import base_of
    from storyforge.illustration.comfyui.catalogue import catalogue

    entries = catalogue().entries
    return [
        each.name
        for each in entries
        if each.name == beginning or (each.name.startswith(beginning) and not base_of(each, entries))
    ]

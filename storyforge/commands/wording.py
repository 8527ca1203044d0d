"""`storyforge wording`: what a language model changed in a story's wording, word by word."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from storyforge.output import output_for
from storyforge.rewording import wordings
from storyforge.runner import Event, LocalRunner
from storyforge.settings import Settings, crew_for
from storyforge.store import Store
from storyforge.story_file import load_story
from storyforge.word_diff import Change, plain, runs, stretches
from storyforge.wording import Wording, typed

STYLES = {"same": "", "old": "red strike", "new": "green"}


def wording(path: Path, settings: Settings, choices: dict[str, Any]) -> None:
    """Has it made if it is not there yet."""
    console = Console(highlight=False, markup=False, soft_wrap=True)
    file = load_story(path, outside=settings.outside, styles=settings.styles)
    if not file.story.tidy and file.story.retell is None:
        console.print(f"{path} is told in its own words; `tidy: true` or `retell: {{age: 5}}` in it asks for others")
        return
    crew = crew_for(file, settings, choices, planning=output_for(settings, file.name).planning)

    def tell(event: Event) -> None:
        if event.kind == "note":
            console.print(event.text, style="yellow")

    with (
        console.status("reading the story with the language model …"),
        LocalRunner(Store(settings.store_folder), tell) as runner,
    ):
        found = asyncio.run(wordings(file, crew.planner, runner))
    for each in found:
        show(each, console)


def show(wording: Wording, console: Console) -> None:
    """In colour where there is colour, else with marks: a [-teh-]{+the+} bear."""
    console.print(Text(wording.counted(), style="bold"))
    for note in wording.notes:
        console.print(note, style="yellow")
    coloured = console.is_terminal and not console.no_color
    for stretch in stretches(wording.changes):
        console.print(Text("  ") + (_coloured(stretch) if coloured else Text(plain(stretch))))
    if not wording.refused:
        console.print(f"The text is in {typed(wording.path)}, yours to edit")


def _coloured(stretch: Sequence[Change]) -> Text:
    text = Text()
    before = ""
    for side, piece in runs(stretch):
        if (before, side) == ("old", "new"):
            text.append(" ")
        text.append(piece, STYLES[side])
        before = side
    return text

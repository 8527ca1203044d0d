"""`storyforge portraits`: each of the cast, drawn in several takes, on contact sheets to pick from."""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console

from storyforge.errors import BadSettings, Interrupted
from storyforge.output import Output
from storyforge.portraits import Take, chosen, draw_portraits, portrait_tasks
from storyforge.runner import Event, LocalRunner, lanes
from storyforge.settings import Settings, crew_for
from storyforge.store import Store
from storyforge.story import MOST_TAKES, shown_name
from storyforge.story_file import load_story


def portraits(
    path: Path, who: list[str], settings: Settings, choices: Mapping[str, str | None], *, takes: int = 4
) -> None:
    """Draws `takes` portraits of each of `who` (keys or names; everybody if empty) and tells how to pick one."""
    if not 1 <= takes <= MOST_TAKES:
        raise BadSettings(f"--takes cannot be {takes}", f"choose 1 to {MOST_TAKES}")
    console = Console(highlight=False, markup=False, soft_wrap=True)
    file = load_story(path, outside=settings.outside, styles=settings.styles)
    story, keys = file.story, chosen(file.story, who)
    output = Output(settings.output_folder / file.name)
    output.stop_if_taken(file.path)
    crew = crew_for(file, settings, choices, output.ledger.drawn_by, output.planning)
    tasks = portrait_tasks(story, keys, takes, crew.illustrator)
    names = {task.key: _named(shown_name(take.who, story.cast[take.who]), take) for take, task in tasks.items()}
    console.print(next(reason for reason in crew.reasons if reason.startswith("illustrator")), style="dim")
    if not crew.illustrator.looks_at_portraits:
        name = crew.illustrator.name
        console.print(
            f"{name}, as it is set, does not look at portraits when it draws scenes: docs/consistency.md tells "
            "which workflows do",
            style="yellow",
        )

    def watch(event: Event) -> None:
        if event.kind == "made" and event.key in names:
            console.print(f"{names[event.key]}: drawn in {event.seconds:.1f} s")
        elif event.kind == "note":
            console.print(event.text, style="yellow")

    try:
        store = Store(settings.store_folder)
        with (
            LocalRunner(store, watch, lanes(settings.jobs, crew.illustrator.places)) as runner,
            output.adding(store, file.path, lasting=True),
        ):
            sheet, *_ = asyncio.run(draw_portraits(story, tasks, runner, output))
    except KeyboardInterrupt:
        raise Interrupted("Stopped", "what is drawn is kept; run again to go on") from None
    for note in output.notes:
        console.print(note, style="yellow")
    console.print(f"{sheet} shows them. Pick the ones you like best by the numbers under the pictures:")
    for key in keys:
        console.print(f"  storyforge pick {shlex.quote(key)} 1 {shlex.quote(str(path))}")


def _named(name: str, take: Take) -> str:
    return f"{name}, take {take.number}"

"""`storyforge plan`: the storyboard as a table, and as a file to edit."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from storyforge.errors import Interrupted
from storyforge.film import as_told, storyboard_of
from storyforge.output import Output, output_for
from storyforge.progress import display
from storyforge.runner import Event, LocalRunner
from storyforge.settings import Crew, Settings, crew_for
from storyforge.store import Store
from storyforge.story_file import StoryFile, load_story
from storyforge.storyboard import Scene, Storyboard


def plan(path: Path, settings: Settings, choices: dict[str, Any]) -> None:
    console = Console(highlight=False, markup=False)
    file = load_story(path, outside=settings.outside, styles=settings.styles)
    output = output_for(settings, file.name)
    crew = crew_for(file, settings, choices, output.ledger.drawn_by, output.planning)

    try:
        with (
            display(console, as_json=False, quiet=False) as watch,
            LocalRunner(Store(settings.store_folder), watch) as runner,
        ):
            watch(Event(kind="note", text=crew.reasons[0]))
            board = asyncio.run(_planned(file, crew, runner, output))
    except KeyboardInterrupt:
        raise Interrupted("Stopped", "run again: it goes on from the last part that was finished") from None
    console.print(table(board))
    console.print(f"{output.board_path} is yours to edit; `storyforge render {path}` obeys it", soft_wrap=True)


async def _planned(file: StoryFile, crew: Crew, runner: LocalRunner, output: Output) -> Storyboard:
    with output.alone(), output.adding(runner.store, file.path):
        return await storyboard_of(await as_told(file, crew, runner, output), crew, runner, output)


def table(board: Storyboard) -> Table:
    shown = Table(header_style="bold", row_styles=("", "dim"), expand=True)
    shown.add_column("scene", justify="right", no_wrap=True)
    for name, ratio in (("told", 4), ("where and when", 2), ("seen", 4)):
        shown.add_column(name, ratio=ratio)
    shown.add_column("camera", no_wrap=True)
    for number, scene in enumerate(board.scenes, 1):
        cells = (str(number), " ".join(scene.text.split()), _where(scene), _seen(scene), _shot(scene))
        shown.add_row(*map(Text, cells))  # not as markup: a story may say [sigh]
    return shown


def _where(scene: Scene) -> str:
    return ", ".join(
        filter(None, (scene.where or scene.place, scene.time, scene.weather, scene.season, scene.mood, *scene.effects))
    )


def _seen(scene: Scene) -> str:
    """What happens, then everybody who is there."""
    actors = (
        f"{a.who}: {', '.join(filter(None, (a.pose, a.expression, a.holds, *a.effects)))}" for a in scene.characters
    )
    return "\n".join(filter(None, (scene.action, *actors)))


def _shot(scene: Scene) -> str:
    return "\n".join(filter(None, (scene.framing, scene.camera)))

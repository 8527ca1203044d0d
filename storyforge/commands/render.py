"""`storyforge render`: one film after another."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

from rich.console import Console

from storyforge.errors import Interrupted, ScenesFailed, StoryforgeError
from storyforge.film import Film, make_film
from storyforge.languages import language_note
from storyforge.output import output_for
from storyforge.progress import Display, display
from storyforge.runner import Event, LocalRunner, lanes
from storyforge.settings import Settings, crew_for
from storyforge.store import Store
from storyforge.story_file import load_story


def render(stories: list[Path], settings: Settings, crew: dict[str, Any], *, as_json: bool, quiet: bool) -> None:
    """Renders every story. One that fails does not stop the others; all failures are raised together at the end."""
    console = Console(quiet=quiet or as_json, highlight=False, markup=False)
    failures: list[tuple[str, StoryforgeError]] = []
    with display(console, as_json=as_json, quiet=quiet) as watch:
        for path in stories:
            try:
                _render_one(path, settings, crew, watch, console)
            except Interrupted:
                raise
            except StoryforgeError as error:
                failures.append((str(path), error))
    if len(stories) == 1 and failures:
        raise failures[0][1]
    if failures:
        raise films_failed(failures, len(stories))


def films_failed(failures: list[tuple[str, StoryforgeError]], count: int) -> ScenesFailed:
    """One error for a batch; it ends with the exit code of the first failure."""
    error = ScenesFailed(f"{len(failures)} of {count} films could not be made; the others are ready", tuple(failures))
    error.exit_code = failures[0][1].exit_code
    return error


def _render_one(path: Path, settings: Settings, choices: dict[str, Any], watch: Display, console: Console) -> None:
    file = load_story(path, outside=settings.outside, styles=settings.styles)
    output = output_for(settings, file.name)
    crew = crew_for(file, settings, choices, output.ledger.drawn_by, output.planning)
    _log_to(output.folder / "storyforge.log")
    made: list[Event] = []

    def look_on(event: Event) -> None:
        if event.kind == "made":
            made.append(event)
        watch(event)

    for reason in filter(None, (*crew.reasons, language_note(file.story.text, file.story.language))):
        watch(Event(kind="note", text=reason))
    store = Store(settings.store_folder)
    try:
        with LocalRunner(
            store, look_on, lanes(settings.jobs, crew.illustrator.places, crew.narrator.at_once)
        ) as runner:
            film = asyncio.run(make_film(file, settings, crew, runner, output))
    except KeyboardInterrupt:
        raise Interrupted("Stopped", "what is finished is kept; run again to go on") from None
    for note in output.notes:
        watch(Event(kind="note", text=note))
    console.print(_told(film, bool(made)), soft_wrap=True)
    if settings.takes_of(file.story) > 1:
        console.print(f"takes to pick from: {output.folder / 'takes'}; storyforge pick 1 2 takes the second of scene 1")


def _told(film: Film, new: bool) -> str:
    minutes, seconds = divmod(round(film.seconds), 60)
    length = f"{minutes}:{seconds:02} min, {film.scenes} scenes"
    return f"{film.path} is ready ({length})" if new else f"{film.path} is up to date ({length})"


def _log_to(path: Path) -> None:
    """Whole traces of what went wrong, beside the film; the file appears only when there is something to tell."""
    logger = logging.getLogger("storyforge")
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
        handler.close()
    handler = logging.FileHandler(path, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logger.addHandler(handler)

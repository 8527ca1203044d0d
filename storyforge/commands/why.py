"""`storyforge why`: what a scene's picture and voice were made from, and what has changed since.

Its clip is made again whenever one of them is, or the length or picture of the scene before changes; that is not told.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from storyforge.errors import BadSettings
from storyforge.film import FilmMaker, as_told, storyboard_of
from storyforge.ledger import LEDGER, Ledger, SceneEntry
from storyforge.output import output_for, story_made_last
from storyforge.picture_tasks import Retouch
from storyforge.runner import LocalRunner
from storyforge.settings import Settings, crew_for
from storyforge.store import Record, Store
from storyforge.story_file import load_story
from storyforge.tasks import Task
from storyforge.value import Value


def why(number: int, path: Path | None, settings: Settings, choices: dict[str, Any]) -> None:
    path = path or story_made_last(settings.output_folder)
    file = load_story(path, outside=settings.outside, styles=settings.styles)
    output = output_for(settings, file.name)
    crew = crew_for(file, settings, choices, output.ledger.drawn_by, output.planning, same=True)
    store = Store(settings.store_folder)
    with LocalRunner(store) as runner:
        file = asyncio.run(as_told(file, crew, runner))
        board = asyncio.run(storyboard_of(file, crew, runner, output, write=False))
        maker = FilmMaker(file, board, settings, crew, runner, output)
    if not 1 <= number <= len(board.scenes):
        raise BadSettings(f"There is no scene {number}", f"{path.name} has scenes 1 to {len(board.scenes)}")
    console = Console(highlight=False, soft_wrap=True)
    if not settings.draft and not output.ledger.scenes and (output.folder / "draft" / LEDGER).exists():
        console.print(f"There is only a draft of this film: storyforge why {number} {path} --draft tells of it")
    for account in accounts(maker, store, output.ledger, number):
        _show(console, account)


def _show(console: Console, account: Account) -> None:
    console.print(Text.assemble((account.stage, "bold"), f": {account.state}"))
    for field, value in account.made_from:
        console.print(Text(f"    {field}: {value}", style="dim"))
    for each in account.differences:
        console.print(Text(f"  ≠ {each.field}: {each.then} → {each.now}", style="yellow"))


class Difference(Value):
    """One field of a recipe: `then` it was this, `now` it is that."""

    field: str
    then: str
    now: str


class Account(Value):
    """What became of one task of a scene. `made_from`: the recipe on record, a field a line."""

    stage: str
    state: str
    made_from: tuple[tuple[str, str], ...]
    differences: tuple[Difference, ...]


def accounts(maker: FilmMaker, store: Store, ledger: Ledger, number: int) -> list[Account]:
    """The picture and every line of scene `number` (from 1) as they are now, against what the film was made from."""
    entry = entry_for(ledger, maker.board.scenes[number - 1].text, number) or SceneEntry(text="")
    lines = zip_longest(maker.speak_tasks(number), entry.speech)
    spoken = [_account(task, store, then or "") for task, then in lines if task]
    return [*_picture(maker, store, ledger, entry.picture, number), *spoken]


def _picture(maker: FilmMaker, store: Store, ledger: Ledger, first: str, number: int) -> Iterator[Account]:
    """From what it is at `first` over what was repaired in it to its last size, as far as that is made."""
    then, told = first, 0
    changes = _changes(store, ledger.keys())
    for told, (task, _) in enumerate(maker.pictures.chain(number)):
        if told:
            then = _then(task, store.record(then) if then else None, changes)
        yield _account(task, store, then)
    for repair in maker.board.scenes[number - 1].repairs[told:]:
        state = "has to wait for the picture before it"
        yield Account(stage=Retouch.stage, state=state, made_from=(("prompt", repair.prompt),), differences=())


def _changes(store: Store, keys: Iterable[str]) -> dict[str, Record]:
    """Records of all pictures that were made from another, the latest first."""
    found = {key: record for key in keys if (record := store.record(key)) and "picture" in record.task}
    return dict(sorted(found.items(), key=lambda item: item[1].made_at, reverse=True))


def _then(task: Task, before: Record | None, changes: dict[str, Record]) -> str:
    """Key of what stood in this task's place: itself, or else the last that was made from the same picture."""
    if task.key in changes:
        return task.key
    if before is None:
        return ""
    picture, kind = before.artifact.model_dump(mode="json"), type(task).__name__
    same = (key for key, each in changes.items() if each.task["task"] == kind and each.task["picture"] == picture)
    return next(same, "")


def entry_for(ledger: Ledger, text: str, number: int) -> SceneEntry | None:
    """The scene's own entry, found by its words: scenes move when others are put in before them.

    Where several scenes have the same words, or none has, it is the one in the same place.
    """
    there = ledger.scenes[number - 1] if number <= len(ledger.scenes) else None
    if there and there.text == text:
        return there
    return next((entry for entry in ledger.scenes if entry.text == text), there)


def _account(task: Task, store: Store, then: str) -> Account:
    recipe, record = task.recipe(), store.record(then) if then else None
    if record is None:
        found = store.record(task.key)
        state = "made before, not yet in this film" if found else "not made yet"
        return Account(stage=task.stage, state=state, made_from=tuple(flat(recipe)), differences=())
    made = time.strftime("%Y-%m-%d %H:%M", time.localtime(record.made_at))
    differences = tuple(_differences(record.task, recipe))
    if differences:
        state = f"made {made}; " + ("the next film has a newer one" if store.find(task.key) else "would be made again")
    elif store.find(then) is None:
        state = f"made {made}; its file is gone or damaged, so it would be made again"
    else:
        state = f"up to date; made {made} in {record.seconds:.1f} s"
    return Account(stage=task.stage, state=state, made_from=tuple(flat(record.task)), differences=differences)


def _differences(then: dict[str, Any], now: dict[str, Any]) -> Iterator[Difference]:
    before, after = dict(flat(then)), dict(flat(now))
    for field in dict.fromkeys([*before, *after]):
        if before.get(field) != after.get(field):
            yield Difference(field=field, then=before.get(field, "–"), now=after.get(field, "–"))


def flat(data: Any, field: str = "") -> Iterator[tuple[str, str]]:
    """(dotted.field, value) of whatever is not empty."""
    if isinstance(data, dict):
        for name, each in data.items():
            yield from flat(each, f"{field}.{name}" if field else name)
    elif isinstance(data, list | tuple):
        for number, each in enumerate(data, 1):
            yield from flat(each, f"{field}.{number}")
    elif data not in ("", None):
        yield field, str(data)

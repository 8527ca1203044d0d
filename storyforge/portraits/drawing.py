"""The takes: each character drawn several times, published beside the film, and shown on contact sheets."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from storyforge.backend import Ask, Illustrator, Progress
from storyforge.errors import Interrupted, ScenesFailed, StoryforgeError
from storyforge.output import Output
from storyforge.picture_tasks import Draw, Sheet, Shown
from storyforge.portraits.naming import file_name
from storyforge.runner import Runner
from storyforge.store import Artifact
from storyforge.story import Story, shown_name
from storyforge.storyboard import Brief, Role
from storyforge.tasks import Task

SIZE = (864, 1152)
"""Upright 3:4 with the megapixel that image models were trained on; the sides are multiples of 32."""


class Take(NamedTuple):
    who: str
    number: int


def portrait_brief(story: Story, key: str, take: int, size: tuple[int, int] = SIZE) -> Brief:
    """What an illustrator is asked for; each take has the next seed. Place and time '' are a plain ground."""
    character = story.cast[key]
    name = shown_name(key, character)
    return Brief(
        place="",
        time="",
        weather="clear",
        season="",
        mood="calm",
        action=f"character portrait of {name}, full figure, front view, neutral pose, plain light background",
        props=(),
        effects=(),
        roles=(Role(who=key, character=character, pose="stand", expression="neutral", effects=()),),
        style=story.style,
        seed=(story.seed + take - 1) % 2**63,
        prompt=None,
        width=size[0],
        height=size[1],
    )


def portrait_tasks(story: Story, who: Iterable[str], takes: int, illustrator: Illustrator) -> dict[Take, Draw]:
    wanted = [Take(key, number) for key in who for number in range(1, takes + 1)]
    return {take: Draw.of(portrait_brief(story, *take), illustrator) for take in wanted}


def take_name(take: Take) -> str:
    """Where a take lies in the film's folder."""
    return f"portraits/{file_name(take.who)}-{take.number}{Draw.suffix}"


async def draw_portraits(story: Story, tasks: Mapping[Take, Draw], runner: Runner, output: Output) -> list[Path]:
    """Draws what is missing and publishes all; gives the contact sheets, the one of several characters first.

    To be called within `output.adding`.

    One that fails does not stop the others: ScenesFailed, with every failure, after the sheets are published.
    """
    with ExitStack() as work:
        await _ready(tasks, runner, work)
        results = await asyncio.gather(*(_run(each, runner, output) for each in tasks.values()), return_exceptions=True)
    drawn = dict(zip(tasks, results, strict=True))
    made = {take: each for take, each in drawn.items() if isinstance(each, Artifact)}
    for take, artifact in made.items():
        output.publish(runner.store, artifact, take_name(take))
    sheets = {name: await _run(sheet, runner, output) for name, sheet in _sheets(story, tasks, made).items()}
    places = [output.publish(runner.store, artifact, name) for name, artifact in sheets.items()]
    _stop_if_failed(story, {take: each for take, each in drawn.items() if isinstance(each, BaseException)}, len(drawn))
    return places


async def _ready(tasks: Mapping[Take, Draw], runner: Runner, work: ExitStack) -> None:
    """The illustrator gets ready for what is still to be drawn, before anything is."""
    missing = [task for task in tasks.values() if runner.store.find(task.key) is None]
    if missing:
        work.enter_context(missing[0].illustrator.at_work())
        asks = [Ask(brief=task.brief) for task in missing]

        def ready(progress: Progress) -> None:
            missing[0].illustrator.ready(asks, progress)

        await runner.call(ready)


async def _run(task: Task, runner: Runner, output: Output) -> Artifact:
    output.note(task.key)
    return await runner.run(task)


def _stop_if_failed(story: Story, failures: Mapping[Take, BaseException], count: int) -> None:
    expected: dict[Take, StoryforgeError] = {}
    for take, error in failures.items():
        if not isinstance(error, StoryforgeError) or isinstance(error, Interrupted):
            raise error
        expected[take] = error
    if expected:
        told = tuple((f"{shown_name(who, story.cast[who])}, take {n}", error) for (who, n), error in expected.items())
        what = f"{len(expected)} of {count} portraits could not be drawn; the others are kept"
        raise ScenesFailed(what, told, "mend this and run again")


def _sheets(story: Story, tasks: Mapping[Take, Draw], made: Mapping[Take, Artifact]) -> dict[str, Sheet]:
    """File names and sheets: a row for each character if there are several, and the takes of each larger."""
    names = {who: shown_name(who, story.cast[who]) for who, _ in made}
    numbers = sorted({take.number for take in tasks})
    rows = {who: [made.get(Take(who, number)) for number in numbers] for who in names}
    sheets: dict[str, Sheet] = {}
    if len(rows) > 1:
        shown = [
            Shown(picture=each, label=f"{names[who]} {number}")
            for who, row in rows.items()
            for number, each in zip(numbers, row, strict=True)
        ]
        sheets["portraits.jpg"] = Sheet.of(shown, story.title, len(numbers))
    for who, row in rows.items():
        single = [Shown(picture=each, label=str(number)) for number, each in zip(numbers, row, strict=True)]
        sheets[f"portraits/{file_name(who)}.jpg"] = Sheet.of(single, names[who])
    return sheets

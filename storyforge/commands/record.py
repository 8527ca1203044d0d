"""`storyforge record`: one walks through the lines that are to be read, and reads them into the microphone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from storyforge.commands.taking import Ask, Reading, walk, who_reads
from storyforge.errors import BackendFailed, BadSettings, Interrupted, StoryforgeError, UnknownName
from storyforge.film import as_told, storyboard_of
from storyforge.narration.folders import shown
from storyforge.narration.microphone import Microphone, microphone
from storyforge.narration.recorded import Recorded
from storyforge.narration.wanted import Wanted
from storyforge.output import output_for
from storyforge.progress import display
from storyforge.runner import LocalRunner
from storyforge.settings import Settings, crew_for
from storyforge.shots import shots_of, speakers
from storyforge.store import Store
from storyforge.story_file import StoryFile, load_story
from storyforge.storyboard import Storyboard

_BY_HAND = (
    "Each line can be recorded with any program, or a telephone, as WAV, MP3 or M4A, and put under the name below it.\n"
    "A whole scene may be read at once, as scene-001.wav, or the whole story, as story.wav, in the same folder."
)

_LONG = 80  # characters of what is not told twice


def record(
    path: Path,
    settings: Settings,
    choices: dict[str, Any],
    who: Sequence[str] = (),
    *,
    listing: bool = False,
    again: bool = False,
    hears: Callable[[], Microphone] = microphone,
    ask: Ask = input,
) -> None:
    """Records what is not recorded, or only lists it where nothing can be recorded. BadSettings, UnknownName.

    `who`: only these speakers; `again`: also what is recorded. `hears` finds the microphone; `ask` shows a question
    and waits for its answer.
    """
    console = Console(highlight=False, markup=False, soft_wrap=True)
    part = _part(path, settings, choices, console)
    lines = _of(part.lines, who)
    if listing:
        _list(console, lines, [_state(part, line) for line in lines])
        for note in part.narrator.strays({line.speaker: part.voices[line.speaker] for line in lines}):
            console.print(note, style="yellow")
        return
    missing = [line for line in lines if again or not line.take]
    if not missing:
        console.print(
            f"Nothing is missing ({_lines(lines)}); `--again` records anew, `--list` listens to what is there."
        )
        return
    try:
        ear = hears()
    except BackendFailed as error:
        console.print(_BY_HAND + "\n", style="dim")
        _list(console, missing)
        raise BackendFailed(f"{error.cause}; {_lines(missing)} to be recorded", error.remedy) from error
    try:
        done = walk(part, missing, ear, ask, console)
    except (KeyboardInterrupt, EOFError):
        raise Interrupted("Stopped", "what was recorded is kept; run again for the rest") from None
    console.print(f"{done} of {_lines(missing)} recorded; then: storyforge render {path}")


def _part(path: Path, settings: Settings, choices: dict[str, Any], console: Console) -> Reading:
    file = load_story(path, outside=settings.outside, styles=settings.styles)
    output = output_for(settings, file.name)
    crew = crew_for(file, settings, {**choices, "illustrator": "paper"}, planning=output.planning)  # nobody draws
    if not isinstance(crew.narrator, Recorded):
        raise BadSettings(
            f"Nobody in {path} is read from recordings",
            "write `voice: {recorded: voices/eevee/}` into the cast, or `narrator: {recorded: {folder: voices/me/}}`",
        )

    async def planned(runner: LocalRunner) -> tuple[StoryFile, Storyboard]:
        with output.alone(), output.adding(runner.store, file.path):
            told = await as_told(file, crew, runner, output)
            return told, await storyboard_of(told, crew, runner, output)

    with (
        display(console, as_json=False, quiet=False) as watch,
        LocalRunner(Store(settings.store_folder), watch) as runner,
    ):
        told, board = asyncio.run(planned(runner))
    shots = shots_of(told.story, board)
    narrator = crew.narrator.rehearsed([shot.lines for shot in shots])
    voices = narrator.cast_voices(told.story, speakers(shots), board.extras)
    lines = narrator.listened(narrator.wanted(voices), voices, told.story.language)
    return Reading(told.story, board, narrator, voices, lines, settings)


def _of(lines: Sequence[Wanted], who: Sequence[str]) -> list[Wanted]:
    named = {who_reads(line): None for line in lines}
    for name in who:
        if name not in named:
            raise UnknownName(f"Nobody called {name!r} has lines to record", f"there are: {', '.join(named)}")
    return [line for line in lines if not who or who_reads(line) in who]


def _lines(lines: Sequence[Wanted]) -> str:
    return f"{len(lines)} line{'s' * (len(lines) != 1)}"


def _list(console: Console, lines: Sequence[Wanted], states: Sequence[Text] = ()) -> None:
    """Who reads what, the file to record it into, and what is there of it; what is wrong with many is told once."""
    told: set[str] = set()
    for number, line in enumerate(lines):
        console.print(Text.assemble((who_reads(line), "dim"), f": {line.text}"))
        state = [Text(" – "), _once(states[number], told)] if states else []
        console.print(Text.assemble("    ", shown(Path(line.folder)), line.name, *state))


def _once(state: Text, told: set[str]) -> Text:
    if len(state) > _LONG and state.plain in told:
        return Text("the same", state.style)
    told.add(state.plain)
    return state


def _state(part: Reading, line: Wanted) -> Text:
    """What is recorded is listened to."""
    if line.not_in:
        return Text(f"missing: it is not heard in {line.not_in}", style="yellow")
    if not line.take:
        return Text("missing", style="yellow")
    lexicon, voice = part.lexicon(line.text), part.voices[line.speaker]
    try:
        speech = part.narrator.speak(line.text, voice, part.story.language, lexicon)
    except StoryforgeError as error:
        return Text(str(error), style="red")
    source = "" if line.take == line.name else f" (in {line.take})"
    return Text(f"{speech.seconds:.1f} s{source}", style="green")

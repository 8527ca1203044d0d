"""Line after line is shown, read into the microphone, listened to, and kept if it is what it should be."""

from __future__ import annotations

import io
import os
import wave
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.text import Text

from storyforge.backend import Voice
from storyforge.errors import BackendFailed
from storyforge.files import cannot_write, flush, write_whole, written_whole
from storyforge.narration.folders import shown
from storyforge.narration.listening import heard_as
from storyforge.narration.microphone import Microphone
from storyforge.narration.recorded import Recorded
from storyforge.narration.recordings import Recording, mark_of, shelf_at
from storyforge.narration.trimming import steadied
from storyforge.narration.wanted import Wanted
from storyforge.settings import Settings
from storyforge.shots import lexicon_for
from storyforge.story import Story
from storyforge.storyboard import Storyboard

Ask = Callable[[str], str]
"""Shows a question, and waits for the answer."""

_FAINT, _FULL = 0.03, 0.999  # of full level
_CLIPPED = 0.001  # of all samples may be at full level
_BEFORE = "before"
"""A folder within that of the recordings, for those that have been made anew."""


@dataclass(frozen=True)
class Reading:
    """What is to be read of a story, and from whom it is heard."""

    story: Story
    board: Storyboard
    narrator: Recorded
    voices: dict[str, Voice]
    lines: tuple[Wanted, ...]
    settings: Settings

    def lexicon(self, text: str) -> dict[str, str]:
        return lexicon_for(text, self.story, self.board.extras, self.settings.lexicon)


def who_reads(line: Wanted) -> str:
    return line.speaker or "narrator"


def walk(reading: Reading, lines: Sequence[Wanted], ear: Microphone, ask: Ask, console: Console) -> int:
    """How many lines were recorded. Whatever `ask` raises ends it; CannotWrite; BackendFailed of the microphone."""
    done = 0
    for number, line in enumerate(lines, 1):
        console.print(f"\n{number} of {len(lines)}, {who_reads(line)}:", style="dim")
        console.print(Text(f"  {line.text}", style="bold"))
        answer = ask("Enter records, s skips, q ends: ")
        while answer not in ("s", "q"):
            samples = ear.heard(lambda: ask("… recording; Enter ends it "))
            trouble = _trouble(reading, line, samples, ear.rate)
            if not trouble:
                console.print(f"  kept as {_kept(line, samples, ear.rate)}", style="green")
                done += 1
                break
            console.print(f"  {trouble}", style="yellow")
            answer = ask("Enter records it again, k keeps it all the same, s skips, q ends: ")
            if answer == "k":
                console.print(f"  kept as {_kept(line, samples, ear.rate, vouched_for=True)}", style="green")
                done += 1
                break
        if answer == "q":
            break
    return done


def _trouble(reading: Reading, line: Wanted, samples: NDArray[np.float32], rate: int) -> str:
    """Why this had better be recorded again; '' if all is well."""
    if not len(samples) or np.abs(steadied(samples, rate)).max() < _FAINT:
        return "Next to nothing was heard: come nearer to the microphone, or turn it up"
    if (np.abs(samples) >= _FULL).mean() > _CLIPPED:
        return "That was too loud for the microphone: go further away, or turn it down"
    try:
        heard_as(samples, rate, line.text, reading.story.language, reading.lexicon(line.text))
    except BackendFailed as error:
        return error.cause
    return ""


def _kept(line: Wanted, samples: NDArray[np.float32], rate: int, *, vouched_for: bool = False) -> str:
    """Writes the recording, and puts away one that was there. Where it lies, for the user.

    Whenever it is killed, no recording is lost, and the line has one, and no more than one: the new one lies there
    whole before the old one gives up its name, and takes its own name last.
    """
    folder = Path(line.folder)
    name = Recording(name=line.name, digest="").as_is if vouched_for else line.name
    old = shelf_at(folder).of_line(line.text)
    place = folder / (old.name if old else name)
    with written_whole(place) as part:
        part.write_bytes(_wav(samples, rate))
        flush(part)
        if old:
            _put_away(place, line.text)
    if place.name != name:
        with cannot_write(folder / name):
            place.replace(folder / name)
            flush(folder)
    return shown(folder) + name


def _put_away(path: Path, text: str) -> None:
    """Into `before`, where nothing is written over: the second of a line is `2-NAME`, and so on."""
    folder = path.parent / _BEFORE
    with cannot_write(folder / path.name):
        folder.mkdir(exist_ok=True)
        earlier = sum(Recording(name=other.name, digest="").of == mark_of(text) for other in folder.iterdir())
        names = (f"{number}-{path.name}" if number > 1 else path.name for number in count(earlier + 1))
        away = next(folder / name for name in names if not (folder / name).exists())
        if path.is_dir():  # that somebody has called like a sound
            path.replace(away)
            return
        try:
            os.link(path, away)
        except OSError:  # a memory stick knows no links
            write_whole(away, path.read_bytes())
        flush(folder)


def _wav(samples: NDArray[np.float32], rate: int) -> bytes:
    """16 bits, mono."""
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes((np.clip(samples, -1, 1) * 32767).round().astype("<i2").tobytes())
    return written.getvalue()

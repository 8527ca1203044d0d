"""`storyforge doctor`: what is here and what is missing, each with its remedy."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.text import Text

from storyforge import __version__
from storyforge.backend import Backend, Illustrator, Narrator, Planner, find, names
from storyforge.errors import BadSettings, StoryforgeError
from storyforge.settings import Settings, frame_size, settings_of
from storyforge.value import Value

FREE_ENOUGH = 2 * 2**30  # a film of ten minutes with its store is about half of this


def doctor(settings: Settings) -> None:
    """Prints every finding. BadSettings if something keeps films from being made."""
    console = Console(highlight=False, markup=False, soft_wrap=True)
    marks = {"good": ("✓", "green"), "note": ("·", "yellow"), "bad": ("✗", "red")}
    wrong = []
    for finding in findings(settings):
        console.print(Text.assemble(marks[finding.state], f" {finding.what}: {finding.text}"))
        wrong += [finding.what] if finding.state == "bad" else []
    if wrong:
        raise BadSettings(f"No film can be made yet: {', '.join(wrong)}", "follow the remedies above")


class Finding(Value):
    """`state` is good, or something to know about, or something that keeps a film from being made."""

    what: str
    state: Literal["good", "note", "bad"]
    text: str


def findings(settings: Settings) -> Iterator[Finding]:
    yield Finding(
        what="storyforge", state="good", text=f"{__version__}, Python {platform.python_version()}, {sys.platform}"
    )
    yield from _ffmpeg(settings)
    for kind, base in (("planner", Planner), ("illustrator", Illustrator), ("narrator", Narrator)):
        yield from _backends(kind, base, settings)
    yield from _voices()
    yield from _fonts()
    yield _disk(settings.output_folder)


def _ffmpeg(settings: Settings) -> Iterator[Finding]:
    from storyforge.rendering.ffmpeg import encoders, program

    try:
        found = set(encoders())
        yield Finding(what="ffmpeg", state="good", text=program())
    except StoryforgeError as error:
        yield Finding(what="ffmpeg", state="bad", text=str(error))
        return
    states: dict[str, Literal["note", "bad"]] = {"libx264": "bad", "aac": "bad", "libx265": "note"}
    for encoder, lacking in states.items():
        missing = "" if encoder in found else "missing – unset STORYFORGE_FFMPEG, or install a full build of ffmpeg"
        yield Finding(what=f"encoder {encoder}", state=lacking if missing else "good", text=missing or "there")
    yield from _hardware(settings)


def _hardware(settings: Settings) -> Iterator[Finding]:
    """Only to be known: x264 encodes every film unless the settings say otherwise."""
    from storyforge.rendering.hardware import here, trouble

    size = frame_size("16:9", settings.film_height)
    for name in here():
        why = trouble(name, settings.film_profile, size, settings.fps)
        yield Finding(what=f"encoder {name}", state="note" if why else "good", text=why or "works (encoder: auto)")


def _backends(kind: str, base: type[Backend], settings: Settings) -> Iterator[Finding]:
    for name in names(kind):
        try:
            backend = find(kind, {name: settings_of(kind, name, settings)}, base)
            wrong = backend.check()
            text = wrong or backend.described()
        except (StoryforgeError, ImportError) as error:
            wrong = text = str(error)
        yield Finding(what=f"{kind} {name}", state="note" if wrong else "good", text=text)


def _voices() -> Iterator[Finding]:
    from storyforge.narration import libespeak, piper
    from storyforge.narration.espeak_voices import ALL_VOICES
    from storyforge.narration.piper_files import better

    for narrator, found, remedy in (
        ("espeak", [f"+{name}" for name in libespeak.variants()], "pip install --force-reinstall espeakng-loader"),
        ("piper", piper.installed_voices("en"), f"get one: {better('en')}"),
    ):
        shown = ", ".join(found[:8]) + (f" and {len(found) - 8} more – {ALL_VOICES}" if len(found) > 8 else "")
        missing = f"none for English – {remedy}"
        yield Finding(what=f"voices of {narrator}", state="good" if found else "note", text=shown or missing)


def _fonts() -> Iterator[Finding]:
    from storyforge.rendering.cards import uncovered

    for script, sample in (
        ("Latin", "Aa Éé ß"),
        ("Cyrillic", "Жж"),
        ("Greek", "Ωω"),
        ("Chinese", "狐狸"),
        ("Arabic", "ثعلب"),
    ):
        missing = uncovered(sample)
        remedy = f"no font has it – titles in {script} need one: install Noto Sans" if missing else "there"
        yield Finding(what=f"font for {script}", state="note" if missing else "good", text=remedy)


def _disk(folder: Path) -> Finding:
    there = next((p for p in (folder.absolute(), *folder.absolute().parents) if p.exists()), Path.cwd())
    free = shutil.disk_usage(there).free
    text = f"{free / 2**30:.0f} GB free in {folder}"
    if free < FREE_ENOUGH:
        return Finding(what="disk", state="note", text=f"{text} – `storyforge clean` tells what can go")
    return Finding(what="disk", state="good", text=text)

"""`storyforge voices`: the voices that are here, those that fit a story, and those that could be got."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from storyforge.errors import StoryforgeError, UnknownName
from storyforge.settings import Settings
from storyforge.story import Story
from storyforge.story_file import load_story

if TYPE_CHECKING:
    from storyforge.narration.piper_files import VoiceFile
    from storyforge.narration.piper_list import ListedVoice

_HINT = "storyforge voices try NAME lets you hear one that is here, storyforge voices get NAME gets another."
_EXAMPLES = ("klatt4", "steph", "grandpa", "anika")


def voices(
    settings: Settings, *, language: str = "", everything: bool = False, path: Path | None = None, source: str = ""
) -> None:
    """Prints what is installed; with `language` or `everything` what could be got too. `path`: a story to fit."""
    from storyforge.narration.espeak_voices import ALL_VOICES
    from storyforge.narration.piper_files import fitting, installed

    console = Console(highlight=False, markup=False)
    story = load_story(path, outside=settings.outside, styles=settings.styles).story if path else None
    fits = fitting(story.language) if story else ()
    here = fitting(language) if language else installed()
    _tell_installed(console, here, fits, story, language)
    espeak = _of_espeak(language or (story.language if story else ""))
    console.print(espeak if everything else espeak + Text(f" – {ALL_VOICES}"), soft_wrap=True)
    if everything:
        _tell_espeak(console)
    if everything or language:
        _tell_list(console, {voice.name for voice in installed()}, language, source or settings.voice_server)
    console.print(Text(_HINT, "dim"), soft_wrap=True)


# ---- what is here


def _tell_installed(
    console: Console, here: Sequence[VoiceFile], fits: Sequence[VoiceFile], story: Story | None, language: str
) -> None:
    from storyforge.narration.folders import folders, shown
    from storyforge.narration.piper_files import better, recommended

    if here:
        marked = {voice.name for voice in fits} if story else None
        rows = [_row(voice) for voice in here]
        console.print(_table([row for row in rows if not row.wrong], marked))
        for row in rows:
            if row.wrong:
                console.print(Text(f"✗ {row.name}: {row.wrong}", "red"), soft_wrap=True)
        used = [folder for folder in folders() if any(voice.path.parent == folder for voice in here)]
        console.print(Text(f"in {' and '.join(map(shown, used))}", "dim"), soft_wrap=True)
    else:
        speaking = f" for {language}" if language else ""
        places = " and ".join(map(shown, folders()))
        console.print(f"No Piper voice{speaking} is installed, in {places}.", soft_wrap=True)
    if story and fits:
        console.print(f"✓ speaks the language of {story.title} ({story.language})", soft_wrap=True)
    elif story or not here:
        wanted = story.language if story else language
        if story or recommended(wanted):
            console.print(Text(f"For a voice that speaks {wanted}: {better(wanted)}", "yellow"), soft_wrap=True)


@dataclass(frozen=True)
class Row:
    """`size` in bytes, of all files of the voice. `wrong`: why it cannot be used."""

    name: str
    speaks: str = ""
    quality: str = ""
    speakers: int = 1
    size: int = 0
    licence: str = ""
    wrong: str = ""


def _row(voice: VoiceFile) -> Row:
    try:
        size = voice.path.stat().st_size + voice.config_path.stat().st_size if voice.config else 0
        return Row(
            name=voice.name,
            speaks=voice.speaks,
            quality=voice.path.stem.rpartition("-")[2] if "-" in voice.path.stem else "",
            speakers=max(1, int(voice.config["num_speakers"])),
            size=size,
            licence=short(voice.licence) or "not known",
        )
    except (StoryforgeError, OSError) as error:
        return Row(name=voice.name, wrong=str(error))


def short(licence: str) -> str:
    """A licence that is the address of one is told by its host: the card has all of it."""
    host = urlsplit(licence).hostname if "://" in licence else None
    return f"see {host}" if host else licence


def _table(rows: Iterable[Row], marked: set[str] | None = None, *, licence: bool = True) -> Table:
    """`marked`: names of those that fit, if there is something to fit."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("voice", no_wrap=True)
    table.add_column("speaks")
    table.add_column("quality", no_wrap=True)
    table.add_column("speakers", justify="right", no_wrap=True)
    table.add_column("size", justify="right", no_wrap=True)
    if licence:
        table.add_column("licence")
    for row in rows:
        mark = ("✓ " if row.name in marked else "  ", "green") if marked is not None else ""
        name = Text.assemble(mark, (row.name, "bold"))
        table.add_row(name, *map(Text, _cells(row)[: len(table.columns) - 1]))
    return table


def _cells(row: Row) -> tuple[str, ...]:
    size = f"{row.size / 1e6:.0f} MB" if row.size > 5e5 else f"{row.size / 1e3:.0f} kB"
    return row.speaks, row.quality, str(row.speakers), size, row.licence


def _of_espeak(language: str) -> Text:
    from storyforge.narration import libespeak
    from storyforge.narration.espeak_voices import language_named

    variants = libespeak.variants()
    shown = ", ".join(f"+{name}" for name in _EXAMPLES if name in variants)
    if not language:
        count = len(libespeak.languages())
        return Text(f"espeak, built in, speaks {count} languages in {len(variants)} voices: {shown} …")
    try:
        known = language_named(language)
    except UnknownName as error:
        return Text(str(error), "yellow")
    return Text(f"espeak, built in, speaks {known.name} in {len(variants)} voices: {shown} …")


def _tell_espeak(console: Console) -> None:
    """The names of all its voices, by who is heard."""
    from storyforge.narration.espeak_voices import by_kind

    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column()
    for kind, names in by_kind().items():
        table.add_row(Text(f"  {kind}", "bold"), Text(", ".join(names)))
    console.print(table)
    console.print(
        Text("Each speaks every language of espeak's (de+Reed). A kind is a voice, too.", "dim"), soft_wrap=True
    )


# ---- what could be got


def _tell_list(console: Console, here: set[str], language: str, source: str) -> None:
    from storyforge.narration.piper_list import voice_list
    from storyforge.narration.voice_server import VoiceServer
    from storyforge.web.failures import NoAnswer

    server = VoiceServer(source)
    try:
        found = voice_list(server)
    except NoAnswer as error:
        console.print(Text(f"What could be got is not known: {error}", "yellow"), soft_wrap=True)
        return
    if found.trouble:
        days = max(1, round(found.since / 86400))
        console.print(Text(f"{found.trouble}. This list is {days} days old:", "yellow"), soft_wrap=True)
    listed = [*_speaking([voice for voice in found.voices if voice.name not in here], language)]
    if not listed:
        what = f"no other voice for {language}" if language else "no other voice"
        console.print(f"There is {what} at {server.address.url}", soft_wrap=True)
        return
    console.print(f"\nTo be got from {server.address.url}:", soft_wrap=True)
    rows = (
        Row(name=each.name, speaks=each.speaks, quality=each.quality, speakers=each.speakers, size=each.size)
        for each in listed
    )
    console.print(_table(rows, licence=False))
    console.print(Text("Each has a licence of its own, which is told when it is here.", "dim"), soft_wrap=True)


def _speaking(listed: Iterable[ListedVoice], language: str) -> Iterator[ListedVoice]:
    """Those that speak a language, first the one to begin with, then the best; or all, by name."""
    from storyforge.narration.piper_files import closeness, rank, recommended

    if not language:
        yield from listed
        return
    fitting = [voice for voice in listed if closeness(voice.language, language) is not None]
    first = recommended(language)
    yield from sorted(
        fitting,
        key=lambda each: (each.name != first, closeness(each.language, language), rank(each.quality), each.name),
    )

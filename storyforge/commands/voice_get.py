"""`storyforge voices get`: voices come from Piper's list to this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn
from rich.text import Text

from storyforge.commands.voices import short
from storyforge.errors import BackendFailed, BadSettings, Interrupted, StoryforgeError, UnknownName
from storyforge.narration.espeak_voices import voices_file
from storyforge.narration.file_fetch import NotAsListed
from storyforge.narration.folders import folders, own_voices, shown
from storyforge.narration.piper_fetch import fetch_voice, is_here
from storyforge.narration.piper_files import VOICE_NAME, VoiceFile
from storyforge.narration.piper_list import ListedVoice, VoiceList, near_names, voice_list
from storyforge.narration.voice_server import NotThere, VoiceServer
from storyforge.settings import Settings
from storyforge.web.failures import NoAnswer


def get(
    names: Sequence[str], settings: Settings, *, folder: Path | None = None, mine: bool = False, source: str = ""
) -> None:
    """Gets voices into voices/ here, `folder`, or the user's own. What is wrong with one is told after the others."""
    if folder and mine:
        raise BadSettings("--mine and --folder name two places", "give one of them")
    console = Console(highlight=False, markup=False, soft_wrap=True)
    server = VoiceServer(source or settings.voice_server)
    to = folder.expanduser().absolute() if folder else own_voices() if mine else folders()[0]
    found = _list(server, names)
    wrong: list[StoryforgeError] = []
    for voice in dict.fromkeys([found.named(name) for name in names]):
        if there := next((each for each in ([to] if folder or mine else folders()) if is_here(voice, each)), None):
            console.print(f"{voice.name} is here already, and whole, in {shown(there)}")
            continue
        if found.trouble:
            raise NoAnswer(found.trouble)
        console.print(f"{voice.name} comes from {server.address.url} into {shown(to)}")
        try:
            _get(console, server, voice, to)
        except (NotAsListed, NotThere) as error:
            wrong.append(error)
    if len(wrong) > 1:
        raise BackendFailed("; ".join(error.cause for error in wrong), wrong[0].remedy)
    if wrong:
        raise wrong[0]
    if to not in folders():
        looked = " and ".join(map(shown, folders()))
        console.print(Text(f"storyforge looks for voices in {looked}: {shown(to)} is none of them", "yellow"))


def _list(server: VoiceServer, names: Sequence[str]) -> VoiceList:
    """NoAnswer if there is none to be had; UnknownName if it is needed for none of the names to be wrong."""
    try:
        return voice_list(server, fresh=True)
    except NoAnswer as error:
        for name in names:
            if not VOICE_NAME.fullmatch(name.strip()):
                near = near_names(name, voices_file()["piper"]["recommended"].values())
                meant = f"did you mean {' or '.join(near)}? " if near else "one is made like en_GB-alba-medium "
                raise UnknownName(f"{name!r} is no name of a Piper voice", f"{meant}{_OFFLINE}") from error
        raise


_OFFLINE = "(the list of all needs the network: storyforge voices --all)"


def _get(console: Console, server: VoiceServer, voice: ListedVoice, to: Path) -> None:
    try:
        with _bar(console, voice) as seen:
            note = fetch_voice(server, voice, to, seen)
    except KeyboardInterrupt:
        raise Interrupted(
            f"Stopped; what has come of {voice.name} is kept", "run the same again: it goes on from there"
        ) from None
    file = VoiceFile(name=voice.name, path=to / f"{voice.name}.onnx")
    licence = f"; its licence: {file.licence}" if short(file.licence) else ""
    console.print(f"{voice.name} is ready ({voice.size / 1e6:.0f} MB){licence}")
    for each in filter(None, (note, _unusable(file))):
        console.print(Text(each, "yellow"))


def _unusable(file: VoiceFile) -> str:
    """Some voices need what storyforge does not fetch for them: no list tells that before."""
    try:
        _ = file.config
    except StoryforgeError as error:
        return str(error)
    return ""


@contextmanager
def _bar(console: Console, voice: ListedVoice) -> Iterator[Callable[[int], None]]:
    columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with Progress(TextColumn("{task.description}"), *columns, console=console, transient=True) as progress:
        progress.disable = not console.is_terminal
        task = progress.add_task(voice.name, total=voice.size)
        yield lambda here: progress.update(task, completed=here)

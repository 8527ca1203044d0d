"""A voice comes from the server to the disk whole, and as the list promises it, or not at all.

All of its files are there before the first takes its name, and the model takes its name last: half a voice is never
taken for one.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from storyforge.errors import CannotWrite
from storyforge.files import cannot_write, flush
from storyforge.narration.file_fetch import NotAsListed, Seen, fetched, md5_of, part_of, size_of
from storyforge.narration.piper_list import ListedFile, ListedVoice
from storyforge.narration.voice_server import NotThere, VoiceServer

_SPARE = 2**20  # bytes that a disk should have free beside the voice


def fetch_voice(server: VoiceServer, voice: ListedVoice, folder: Path, seen: Seen) -> str:
    """Gets what is missing of a voice; `seen` is told how many of its `size` bytes are here.

    A note if it has come without its card; else ''. NoAnswer, NotAsListed, CannotWrite: what has come is kept.
    """
    with cannot_write(folder):
        folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder, voice):
        missing = {folder / name: file for name, file in voice.files.items() if not _is_whole(folder / name, file)}
        _check_room(folder, voice, missing)
        parts, note = _parts(server, voice, missing, seen)
        for path, part in parts.items():
            with cannot_write(path):
                part.replace(path)
        flush(folder)
        _forget(voice, folder)
    return note


def is_here(voice: ListedVoice, folder: Path) -> bool:
    """Whether a voice lies in a folder as the list tells it; its card may be missing."""
    return all(_is_whole(folder / name, file) for name, file in voice.files.items() if file is not voice.card)


def _is_whole(path: Path, file: ListedFile) -> bool:
    try:
        return path.stat().st_size == file.size and md5_of(path) == file.md5
    except OSError:
        return False


def _parts(
    server: VoiceServer, voice: ListedVoice, missing: Mapping[Path, ListedFile], seen: Seen
) -> tuple[dict[Path, Path], str]:
    parts, note = {}, ""
    here = voice.size - sum(file.size for file in missing.values())
    for path, file in missing.items():

        def seen_of_all(count: int, before: int = here) -> None:
            seen(before + count)

        try:
            parts[path] = fetched(server, file, path, seen_of_all)
        except (NotAsListed, NotThere) as error:
            if file is not voice.card:  # without its card a voice speaks as well
                raise
            note = f"{voice.name} comes without its licence: {error.cause}"
        here += file.size
    return parts, note


@contextmanager
def _alone(folder: Path, voice: ListedVoice) -> Iterator[None]:
    """Two at work on one file would mix its parts up."""
    lock = FileLock(folder / f".{voice.name}.lock")
    with cannot_write(folder):
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise CannotWrite(f"Another storyforge is getting {voice.name} already", "wait for it") from error
    try:
        yield
    finally:
        lock.release()
        with suppress(OSError):
            Path(lock.lock_file).unlink(missing_ok=True)


def _check_room(folder: Path, voice: ListedVoice, missing: Mapping[Path, ListedFile]) -> None:
    needed = sum(max(0, file.size - size_of(part_of(path, file))) for path, file in missing.items())
    free = shutil.disk_usage(folder).free
    if missing and needed + _SPARE > free:
        raise CannotWrite(
            f"{voice.name} needs {needed / 1e6:.0f} MB more, and the disk of {folder} has {free / 1e6:.0f} MB free",
            "free some space, or choose another folder: --folder",
        )


def _forget(voice: ListedVoice, folder: Path) -> None:
    """Parts that earlier attempts have left of another version."""
    for name in voice.files:
        for part in folder.glob(f"{name}.????????.part"):
            with suppress(OSError):
                part.unlink()

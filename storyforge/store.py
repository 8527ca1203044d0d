"""What has been made, found by what it was made from.

    objects/ab/abcd….png     made files, named by their content
    made/12/1234….json       one record a task: the task itself, what it made, and how long that took
    outputs/1234….txt       one note a film: the folder whose ledger names what is needed

Both are written whole or not at all, so a kill at any moment leaves a store that is right. A record is only believed
while its file is there and unharmed; a damaged file is removed and made again, never served.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from storyforge.files import cannot_write, flush, write_whole
from storyforge.value import Value, canonical_json, digest

BLOCK = 1 << 20
DAY = 24 * 60 * 60


class Artifact(Value):
    """A made file: the digest of its bytes, and its suffix ('.png')."""

    digest: str
    suffix: str


class Record(Value):
    """What a task made. `size` and `modified` (ns) spare reading a file again that nobody has touched."""

    task: dict[str, Any]
    artifact: Artifact
    size: int
    modified: int
    seconds: float
    made_at: float


class Store:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with cannot_write(folder):
            folder.mkdir(parents=True, exist_ok=True)
        self._remove_leftovers()

    def path(self, artifact: Artifact) -> Path:
        return self.folder / "objects" / artifact.digest[:2] / (artifact.digest + artifact.suffix)

    def find(self, key: str) -> Artifact | None:
        """What the task with this key made, if that is still there and whole."""
        record = self.record(key)
        return record.artifact if record is not None and self._whole(key, record) else None

    def record(self, key: str) -> Record | None:
        """The record of a task, whether or not its file is still there. A damaged record counts as none."""
        with contextlib.suppress(OSError, ValueError):
            return Record.model_validate_json(self._record_path(key).read_bytes())
        return None

    def keep(self, key: str, task: dict[str, Any], made: Path, seconds: float) -> Artifact:
        """Moves a made file into the store under its content's name, then writes the record."""
        artifact = Artifact(digest=file_digest(made), suffix=made.suffix)
        place = self.path(artifact)
        with cannot_write(place):
            flush(made)
            if not place.exists() or file_digest(place) != artifact.digest:
                place.parent.mkdir(parents=True, exist_ok=True)
                made.replace(place)
                flush(place.parent)
            state = place.stat()
        record = Record(
            task=task,
            artifact=artifact,
            size=state.st_size,
            modified=state.st_mtime_ns,
            seconds=round(seconds, 3),
            made_at=round(time.time(), 3),
        )
        write_whole(self._record_path(key), canonical_json(record.model_dump(mode="json")).encode())
        return artifact

    @contextmanager
    def workplace(self, suffix: str) -> Iterator[Path]:
        """A path to make a file at, in a folder that is gone after the block. The folder's name tells whose it is."""
        folder = self.folder / "tmp" / f"{os.getpid()}-{secrets.token_hex(8)}"
        with cannot_write(folder):
            folder.mkdir(parents=True)
        try:
            yield folder / f"made{suffix}"
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def records(self) -> Iterator[tuple[str, Record]]:
        """(key, record) of everything that was ever made and not cleaned away."""
        for path in sorted((self.folder / "made").glob("*/*.json")):
            if (record := self.record(path.stem)) is not None:
                yield path.stem, record

    def objects(self) -> Iterator[Path]:
        yield from sorted((self.folder / "objects").glob("*/*"))

    def register(self, output: Path) -> None:
        """Notes a film's folder. One beside the store is noted as seen from there: the two may move together."""
        store, output = self.folder.resolve(), output.resolve()
        beside = output.is_relative_to(store.parent)
        where = os.fsencode(os.path.relpath(output, store) if beside else output)
        note = self.folder / "outputs" / f"{digest(where)}.txt"
        if not note.exists():
            write_whole(note, where)

    def outputs(self) -> Iterator[Path]:
        """Folders of films that were made with this store, as far as they are still there."""
        for note in sorted((self.folder / "outputs").glob("*.txt")):
            folder = Path(os.path.normpath(self.folder.resolve() / os.fsdecode(note.read_bytes())))
            if folder.is_dir():
                yield folder

    def forget(self, key: str) -> None:
        with cannot_write(self.folder):
            self._record_path(key).unlink(missing_ok=True)

    def _record_path(self, key: str) -> Path:
        return self.folder / "made" / key[:2] / f"{key}.json"

    def _whole(self, key: str, record: Record) -> bool:
        place = self.path(record.artifact)
        try:
            state = place.stat()
        except OSError:
            return False
        if (state.st_size, state.st_mtime_ns) == (record.size, record.modified):
            return True
        # Copied to another disk, or meddled with: only its content tells.
        if file_digest(place) == record.artifact.digest:
            fresh = record.model_copy(update={"size": state.st_size, "modified": state.st_mtime_ns})
            write_whole(self._record_path(key), canonical_json(fresh.model_dump(mode="json")).encode())
            return True
        place.unlink(missing_ok=True)
        return False

    def _remove_leftovers(self) -> None:
        """Half-made files of runs that were killed. Those of a program that still runs are left alone."""
        for path in (self.folder / "tmp").glob("*"):
            with contextlib.suppress(OSError):
                if not _in_use(path):
                    shutil.rmtree(path)


def _in_use(path: Path) -> bool:
    """Whether the program that makes this file may still be running."""
    if os.name == "nt":  # no harmless way to ask for a process there, so time must tell
        return time.time() - path.stat().st_mtime < DAY
    try:
        os.kill(int(path.name.partition("-")[0]), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True


def file_digest(path: Path) -> str:
    """The same as `value.digest` of the whole content, read in blocks."""
    state = hashlib.blake2b(digest_size=16)
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            state.update(block)
    return state.hexdigest()

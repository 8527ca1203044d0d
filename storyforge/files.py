"""Files that are whole or not there: written beside their place, flushed, and renamed."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storyforge.errors import CannotWrite


def write_whole(path: Path, data: bytes) -> None:
    """Writes a file whole or not at all. CannotWrite if the folder or the disk does not take it."""
    with written_whole(path) as part:
        part.write_bytes(data)


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Gives a path beside `path` to write to; what is there at the end takes the name `path`, in one step."""
    with cannot_write(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.stem[:80]}.{os.getpid()}-{secrets.token_hex(4)}.part{path.suffix}")
    try:
        with cannot_write(path):
            yield part
            flush(part)
            part.replace(path)
            flush(path.parent)
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


@contextmanager
def cannot_write(path: Path) -> Iterator[None]:
    """Turns an OSError of a block that only writes into what the user can do about it."""
    try:
        with disk_full(path):
            yield
    except OSError as error:
        remedy = "choose another folder (--output, --folder), or change its rights"
        raise CannotWrite(f"{path} cannot be written: {error.strerror or error}", remedy) from error


@contextmanager
def disk_full(path: Path) -> Iterator[None]:
    """The same for a block that does more than write (asks a server, reads a picture): only what is surely the disk."""
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        remedy = "free some space (`storyforge clean` tells what can go) and run again: what is finished is kept"
        raise CannotWrite(f"The disk is full; {path.name} was not written", remedy) from error


_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}


def flush(path: Path) -> None:
    """Down to the disk, so that a power cut cannot leave the name without the bytes. Windows flushes no folders."""
    if path.is_dir() and os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() or os.name != "nt" else os.O_RDWR)
    try:
        with contextlib.suppress(OSError) if path.is_dir() else contextlib.nullcontext():
            os.fsync(handle)
    finally:
        os.close(handle)

"""The folder where the keeper's files lie, for this user alone."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock

from storyforge.errors import CannotWrite


def state_folder() -> Path:
    """STORYFORGE_STATE, or where this system keeps such things; on Linux one a machine, as homes are shared by many."""
    home, name = Path.home(), "storyforge"
    if chosen := os.environ.get("STORYFORGE_STATE"):
        folder = Path(chosen).expanduser().absolute()
    elif sys.platform == "win32":
        folder = Path(os.environ.get("LOCALAPPDATA") or home / "AppData/Local") / name
    elif sys.platform == "darwin":
        folder = home / "Library/Application Support" / name
    else:
        folder = Path(os.environ.get("XDG_STATE_HOME") or home / ".local/state") / name
    return folder / "keeper" / (platform.node() or "here") if sys.platform == "linux" else folder / "keeper"


def own(folder: Path) -> None:
    """Makes the folder, and shuts it to other users."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)


@contextmanager
def writable(folder: Path) -> Iterator[None]:
    """A block that only writes here: what fails is told with what helps."""
    try:
        yield
    except filelock.Timeout:  # an OSError too
        raise
    except (OSError, CannotWrite) as error:
        why = error.strerror if isinstance(error, OSError) else error.cause
        raise CannotWrite(
            f"The keeper cannot write to {folder}: {why or error}",
            "free space or change its rights, or set STORYFORGE_STATE to another folder",
        ) from error

"""The folders of voices, and of what is known about those that could be got, as each system has them."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def folders() -> tuple[Path, ...]:
    """Where voices are looked for: voices/ in the working directory, then the user's own folder."""
    return Path.cwd() / "voices", own_voices()


def own_voices() -> Path:
    """Voices for all of this user's films, wherever they are made."""
    return user_folder() / "voices"


def user_folder() -> Path:
    """The user's own folder for storyforge's data."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "storyforge"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "storyforge"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "storyforge"


def cache_folder() -> Path:
    """For what can be got again at any time; the user may empty it."""
    if sys.platform == "win32":
        return user_folder() / "cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "storyforge"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "storyforge"


def shown(folder: Path) -> str:
    """A folder as one would say it here: from where one works (`voices/`), or from one's home."""
    for start, name in ((Path.cwd(), ""), (Path.home(), "~/")):
        if folder.is_relative_to(start):
            return f"{name}{folder.relative_to(start).as_posix()}/"
    return f"{folder}/"

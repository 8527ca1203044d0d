"""A folder of recordings, and which of them is of which line.

A recording is called by the words that are said in it (`once-upon-a-time-1a2b3c.wav`), never by a line's number: a line
that is put in before it moves nothing. `scene-003.wav` is a whole scene, `story.wav` the whole story.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property, lru_cache
from hashlib import blake2b
from pathlib import Path

from storyforge.errors import BackendFailed, BadSettings
from storyforge.naming import folded
from storyforge.narration.folders import shown
from storyforge.value import Value, digest

SUFFIX = ".wav"
"""Of the names that are proposed; whatever else ffmpeg knows is read as well."""

_SUFFIXES = frozenset(
    ".wav .w64 .mp3 .flac .ogg .oga .opus .m4a .mp4 .aac .aif .aiff .caf .amr .3gp .mov .mka .webm".split()
)
_WORDS, _LETTERS = 5, 40  # that a name has of its line at most
_AS_IS = "-as-is"  # stands in the name of one that the user vouches for
_MARK = re.compile(r"(?:^|-)([0-9a-f]{6})$")
_SCENE = re.compile(r"scene[-_ ]?0*([1-9][0-9]*)")
STORY = "story"
_LARGEST = 2**31  # bytes: an hour of 48 kHz, stereo, 32 bits is two thirds of that


class Recording(Value):
    """A file: its `name` in the folder, and the digest of its bytes; '' if they could not be read.

    A folder or a link to nowhere that is called like one is one that cannot be read: so its user is told.
    """

    name: str
    digest: str

    @cached_property
    def of(self) -> str:
        """What it is of by its name: six hex digits of a line, `scene 3`, `story`; '' if that tells nothing.

        Whether there is such a line is for its story to tell: my-facade.wav may be of none.
        """
        stem = Path(self.name).stem.lower().removesuffix(_AS_IS)
        if mark := _MARK.search(stem):
            return mark[1]
        if scene := _SCENE.fullmatch(stem):
            return of_scene(int(scene[1]))
        return STORY if stem == STORY else ""

    @property
    def vouched_for(self) -> bool:
        """Whether it is to be taken even where it does not sound like its text."""
        return Path(self.name).stem.lower().endswith(_AS_IS)

    @property
    def as_is(self) -> str:
        """The name by which it would be vouched for."""
        return f"{Path(self.name).stem}{_AS_IS}{Path(self.name).suffix}"


class Shelf(Value):
    """A folder of recordings as it was when it was looked at."""

    folder: str
    recordings: tuple[Recording, ...] = ()

    def of_line(self, text: str) -> Recording | None:
        """As `of`."""
        mark = mark_of(text)
        return self.of(mark) if mark else None

    def of(self, what: str) -> Recording | None:
        """BadSettings if two of them are of the same."""
        first, *others = self._by_what.get(what, (None,))
        if first and others:
            raise BadSettings(
                f"{first.name} and {others[0].name} in {shown(Path(self.folder))} are of the same words",
                "keep one of them",
            )
        return first

    @cached_property
    def _by_what(self) -> dict[str, list[Recording]]:
        found: dict[str, list[Recording]] = {}
        for each in self.recordings:
            found.setdefault(each.of, []).append(each)
        return found


def shelf_at(folder: Path) -> Shelf:
    """The sounds in a folder; none if it is not there yet."""
    return Shelf(folder=str(folder), recordings=tuple(_recordings(folder)))


def name_of(text: str) -> str:
    """The file name, without its ending, for a line: `once-upon-a-time-there-1a2b3c`; '' if nothing is said in it.

    It holds as long as the words do: other quotation marks, capitals or commas change nothing.
    """
    mark = mark_of(text)
    beginning = "-".join(_words(text)[:_WORDS])[:_LETTERS].strip("-")
    return f"{beginning}-{mark}" if mark else ""


@lru_cache(maxsize=4096)
def mark_of(text: str) -> str:
    """Six hex digits that stand for the words of a line, by which its recording is found; '' if there are none."""
    words = _words(text)
    return digest(" ".join(words))[:6] if words else ""


def of_scene(number: int) -> str:
    """What the recording of a whole scene is of. `number`: from 1."""
    return f"scene {number}"


def content_of(folder: str, recording: Recording, name: str) -> bytes:
    """BackendFailed if it cannot be read, or is not what it was when the folder was looked at."""
    path = Path(folder, recording.name)
    if path.is_dir():
        raise BackendFailed(f"The recording {name} is a folder", "put the sound in its place, or record it again")
    try:
        if path.stat().st_size > _LARGEST:
            raise BackendFailed(f"The recording {name} is too large", "save it as MP3 or FLAC, or scene by scene")
        data = path.read_bytes()
    except OSError as error:
        raise BackendFailed(
            f"The recording {name} cannot be read: {error.strerror or error}", "mend that, or record it again"
        ) from error
    if digest(data) != recording.digest:
        raise BackendFailed(f"The recording {name} was changed meanwhile", "run again")
    return data


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", folded(text).replace("'", ""))


def _recordings(folder: Path) -> Iterator[Recording]:
    for path in sorted(_entries(folder)):
        special = path.exists() and not (path.is_file() or path.is_dir())  # a pipe: who reads it waits for ever
        if path.suffix.lower() in _SUFFIXES and not path.name.startswith(".") and not special:
            yield Recording(name=path.name, digest=_digest_of(path))


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except FileNotFoundError:
        return []
    except OSError as error:
        raise BadSettings(
            f"The folder of recordings {folder} cannot be read: {error.strerror}", "change its rights, or name another"
        ) from error


def _digest_of(path: Path) -> str:
    try:
        there = path.stat()
        return _digest(path, there.st_size, there.st_mtime_ns)
    except OSError:
        return ""


@lru_cache(maxsize=4096)
def _digest(path: Path, size: int, modified: int) -> str:
    """As value.digest, without all of a large file in memory. Of another `size`, or `modified`, it is another file."""
    found = blake2b(digest_size=16)
    with path.open("rb") as file:
        while block := file.read(2**20):
            found.update(block)
    return found.hexdigest()

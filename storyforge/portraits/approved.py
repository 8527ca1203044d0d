"""The approved portrait of a character: `portraits/<key>.png` (or .jpg, .webp) beside the story file, or beside its
cast file, if it has one: then a whole series shares it.

Whoever put it there, that is what the character looks like, unless its `reference:` names another picture.
"""

from __future__ import annotations

import difflib
import itertools
import re
import shutil
from pathlib import Path

from storyforge.errors import BadSettings, BadStory, UnknownName
from storyforge.files import cannot_write, written_whole
from storyforge.output import Output
from storyforge.portraits.drawing import Take, take_name
from storyforge.portraits.naming import file_name
from storyforge.store import file_digest
from storyforge.story import shown_name
from storyforge.story_file import StoryFile, file_beside

FOLDER = "portraits"
SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")


def portrait_of(file: StoryFile, key: str, outside: bool) -> Path | None:
    """The picture that this character must look like; None if there is none.

    BadStory if it lies outside the folder (a link may lead there) and `outside` does not allow that.
    """
    character = file.story.cast.get(key)
    if character is not None and character.reference is not None:
        return file_beside(file.folder, character.reference, outside=outside)
    found = _portraits(file, key)
    return file_beside(file.cast_folder, f"{FOLDER}/{found[0].name}", outside=outside) if found else None


def takes_of(output: Output, key: str) -> dict[int, Path]:
    """The takes in the film's folder, by their numbers."""
    name = re.compile(re.escape(file_name(key)) + r"-([1-9]\d{0,5})\.png")
    folder = (output.folder / take_name(Take(key, 1))).parent
    paths = sorted(folder.iterdir()) if folder.is_dir() else []
    found = ((name.fullmatch(path.name), path) for path in paths)
    return dict(sorted((int(match[1]), path) for match, path in found if match))


def approve(file: StoryFile, output: Output, key: str, take: int, *, outside: bool = False) -> Path:
    """Makes a take the portrait of a character; the former one is kept as `<key>.before.…` (see `withdraw`).

    UnknownName if there is no such take; BadSettings where it would have no effect; BadStory; CannotWrite.
    """
    if key not in file.story.cast:
        near = difflib.get_close_matches(key, file.story.cast, 1, 0.6)
        remedy = f"did you mean {near[0]}?" if near else f"there are: {', '.join(file.story.cast) or 'nobody'}"
        raise UnknownName(f"There is no {key!r} in the cast", remedy)
    character, takes = file.story.cast[key], takes_of(output, key)
    name = shown_name(key, character)
    if character.reference is not None:
        raise BadSettings(
            f"{name} has a portrait already: `reference: {character.reference}`", "remove that line from the cast first"
        )
    if take not in takes:
        there = ", ".join(map(str, takes))
        draw = f"storyforge portraits {file.path.name} {key}"
        raise UnknownName(f"There is no take {take} of {name}", f"there are: {there}" if takes else f"draw it: {draw}")
    return _put(file, key, takes[take], set(map(file_digest, takes.values())), outside=outside)


def withdraw(file: StoryFile, key: str, *, outside: bool = False) -> Path | None:
    """Changes places of the portrait and the one before the last `approve`; None if there was none before."""
    former = next(iter(_portraits(file, key, ".before")), None)
    if former is None:
        return None
    place = _put(file, key, former, set(), outside=outside)
    if former.exists() and file_digest(former) == file_digest(place):  # of another kind, so nothing took its name
        former.unlink()
    return place


def _put(file: StoryFile, key: str, picture: Path, ours: set[str], *, outside: bool) -> Path:
    """Copies `picture` to where the portrait is looked for. What is there becomes the one before.

    Nothing is lost at any moment: copies are made first. What was the one before goes only if it is `ours` (digests
    of takes, which are there still) or the very picture that comes back.
    """
    folder = _folder(file)
    if not outside and not folder.resolve().is_relative_to(file.cast_folder.resolve()):
        raise BadStory(f"{folder} leads out of the story's folder", remedy="allow it: --outside")
    place, formers = folder / f"{file_name(key)}{picture.suffix}", _portraits(file, key)
    with cannot_write(place):
        wanted, dropped = picture.read_bytes(), file_digest(picture)
        if formers == [place] and file_digest(place) == dropped:
            return place
        for former in formers:
            before = former.with_name(f"{file_name(key)}.before{former.suffix}")
            _keep(before, {*ours, dropped, file_digest(former)})
            with written_whole(before) as part:
                shutil.copyfile(former, part)
        with written_whole(place) as part:
            part.write_bytes(wanted)
        for other in formers:
            if other != place:
                other.unlink()
    return place


def _keep(before: Path, dropped: set[str]) -> None:
    """Makes room at `before`: what is there takes a free name, unless it may go."""
    if before.is_file() and file_digest(before) not in dropped:
        names = (before.with_name(f"{before.stem}-{number}{before.suffix}") for number in itertools.count(2))
        before.replace(next(path for path in names if not path.exists()))


def _folder(file: StoryFile) -> Path:
    return file.cast_folder / FOLDER


def _portraits(file: StoryFile, key: str, mark: str = "") -> list[Path]:
    """Pictures in the place of this one's portrait, the one that counts first."""
    paths = (_folder(file) / f"{file_name(key)}{mark}{suffix}" for suffix in SUFFIXES)
    return [path for path in paths if path.is_file()]

"""The lines that a story wants recorded, and what its user is told about them."""

from __future__ import annotations

from collections.abc import Sequence, Set
from difflib import get_close_matches
from pathlib import Path

from storyforge.narration.folders import shown
from storyforge.narration.listening import quoted
from storyforge.narration.recordings import Shelf
from storyforge.value import Value

_TOLD = 3  # lines, or files, that a note names


class Wanted(Value):
    """A line that can be recorded, as `name` in `folder`. `take`: name of the file in which it is; '' if in none.

    `not_in`: name of a recording of the whole story in which it was not heard, as a title need not be.
    """

    speaker: str
    text: str
    folder: str
    name: str
    take: str
    not_in: str = ""


def unheard(text: str, name: str, fallback: str) -> str:
    return f"{quoted(text)} is not heard in {name}, and spoken by {fallback} – storyforge record records it"


def not_there(shelf: Shelf) -> str:
    """That a folder is not there (yet to be made, or misspelled), with the one that has a name most like it."""
    folder = Path(shelf.folder)
    if folder.is_dir():
        return ""
    try:
        beside = {each.name: each for each in folder.parent.iterdir() if each.is_dir()}
    except OSError:
        beside = {}
    near = get_close_matches(folder.name, beside, 1, 0.5)
    remedy = f"did you mean {shown(beside[near[0]])}?" if near else "it is made by: storyforge record"
    return f"there is no folder {shown(folder)} with recordings yet – {remedy}"


def missing_of(shelf: Shelf, lines: Sequence[Wanted], fallback: str) -> str:
    missing = [line.text for line in lines if line.folder == shelf.folder and not line.take]
    if not missing:
        return ""
    count = sum(line.folder == shelf.folder for line in lines)
    told = ", ".join(map(quoted, missing[:_TOLD])) + (" …" if len(missing) > _TOLD else "")
    return (
        f"{shown(Path(shelf.folder))}: {len(missing)} of {count} lines are not recorded, and spoken by {fallback}:"
        f" {told} – storyforge record lists and records them"
    )


def strays_of(shelf: Shelf, of_lines: Set[str]) -> str:
    names = [each.name for each in shelf.recordings if each.of not in of_lines]
    if not names:
        return ""
    told = ", ".join(names[:_TOLD]) + (f" and {len(names) - _TOLD} more" if len(names) > _TOLD else "")
    it, belongs = ("it", "belongs") if len(names) == 1 else ("them", "belong")
    return (
        f"{shown(Path(shelf.folder))}: {told} {belongs} to no line of this story, so nobody hears {it} – call {it} as"
        f" storyforge record --list tells, or leave {it} for another story"
    )

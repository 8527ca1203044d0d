"""storyboard.yaml: written for the user to read and edit, and obeyed from then on."""

from __future__ import annotations

import json
import re
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Annotated, Any

import filelock
import yaml
from pydantic import Field

from storyforge.errors import BadSettings
from storyforge.files import cannot_write, write_whole
from storyforge.story import Character, Key
from storyforge.storyboard import Planning, Scene, Storyboard, meant
from storyforge.value import Value, canonical_json, digest
from storyforge.yaml_file import Document, Loader, Place, read_yaml

HEAD = """\
# Storyboard of {title}. Edit what you like (places, poses, camera moves, who says what, a seed, a prompt,
# `picture: my-drawing.png`): `storyforge render` obeys this file. Delete it to have the story planned anew.
"""

FOOT = """
# How storyforge sees what you edited, and whether the story has changed since. Leave these lines as they are.
"""


BEFORE = "storyboard.before.yaml"
"""The file as it was, where a new one could not hold all that was in it."""

MARK = 8  # letters

RULES = "rules"
"""The planner of storyboards that do not say who planned them: once there was no other."""


class _Board(Value):
    """The file's fields."""

    extras: Annotated[dict[Key, Character], Field(description="Who appears without being in the cast")] = {}
    scenes: Annotated[tuple[Scene, ...], Field(min_length=1)]
    story: str = ""
    planned: tuple[str, ...] = ()
    planning: Planning = Planning()


@dataclass(frozen=True)
class BoardFile:
    """A storyboard as found on disk. `story`: what it was planned from; `planned`: marks of the plan under it."""

    board: Storyboard
    story: str
    planned: tuple[str, ...]

    @property
    def edited(self) -> bool:
        return _marks(self.board) != self.planned

    @property
    def edited_scenes(self) -> tuple[Scene, ...]:
        """The scenes that are not as they were planned."""
        return tuple(self.board.scenes[number] for number in sorted(self.edited_numbers))

    @property
    def edited_numbers(self) -> set[int]:
        """Numbers, from 0, of the scenes that are not as they were planned."""
        planned = set(self.planned)
        return {number for number, scene in enumerate(self.board.scenes) if _scene_mark(scene) not in planned}

    @property
    def edited_extras(self) -> dict[str, Character]:
        """The extras that are not as they were planned."""
        return {key: each for key, each in self.board.extras.items() if _extra_mark(key, each) not in self.planned}

    @property
    def deleted_extras(self) -> set[str]:
        """Keys of extras that were planned and are no longer there."""
        return {mark.partition(":")[0] for mark in self.planned if ":" in mark} - self.board.extras.keys()


def _marks(board: Storyboard) -> tuple[str, ...]:
    """What is planned, a mark each: a scene's holds first a mark of its words, an extra's has a key and a colon."""
    extras = (_extra_mark(key, each) for key, each in board.extras.items())
    return (*map(_scene_mark, board.scenes), *extras)


def _scene_mark(scene: Scene) -> str:
    return _words_mark(scene) + _mark(scene.model_dump(mode="json", exclude_defaults=True))


def _words_mark(scene: Scene) -> str:
    return _mark(_words(scene))


def _extra_mark(key: str, extra: Character) -> str:
    return f"{key}:{_mark(extra.model_dump(mode='json', exclude_defaults=True))}"


def _mark(data: Any) -> str:
    """A few letters that tell whether something is still what it was."""
    return digest(canonical_json(data))[:MARK]


def _words(scene: Scene) -> str:
    """What tells whether two scenes tell the same; the white space at a scene's end changes with its neighbours."""
    return scene.text.strip()


def write_board(path: Path, title: str, board: Storyboard, story: str, planned: Storyboard | None = None) -> None:
    """Writes the board. `story` is the digest of all that it was planned from.

    `planned` is the plan under it: where the board differs, it counts as the user's edit.
    """
    write_whole(path, _written(title, board, story, _marks(planned or board)).encode())


def change_scene(path: Path, title: str, number: int, change: Callable[[Scene], Scene]) -> None:
    """Changes one scene (from 1) of the file, as an edit of the user's. BadSettings if there is no such scene.

    What cannot be kept in it, comments of the user's, stays in a copy beside it. Others that change scenes of this file
    at the same time wait, so that no change is lost: `change` is given the scene as it then is.
    """
    with _alone(path):
        old = read_board(path)
        board = with_scene(old.board, number, change)
        if path.read_text("utf-8") != _written(title, old.board, old.story, old.planned):
            write_whole(path.with_name(BEFORE), path.read_bytes())
        write_whole(path, _written(title, board, old.story, old.planned).encode())


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Nobody else who asks for it is at this file meanwhile; should its owner be killed, the system lets go of it."""
    lock = filelock.FileLock(path.with_name(f".{path.name}.lock"))
    with cannot_write(path):
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def with_scene(board: Storyboard, number: int, change: Callable[[Scene], Scene]) -> Storyboard:
    """The board with one scene (from 1) changed. BadSettings if there is no such scene.

    ValidationError rather than a scene that the file could not be read with.
    """
    if not 1 <= number <= len(board.scenes):
        raise BadSettings(f"There is no scene {number}", f"there are scenes 1 to {len(board.scenes)}")
    scenes = list(board.scenes)
    scenes[number - 1] = Scene.model_validate(dict(change(scenes[number - 1])))
    return board.model_copy(update={"scenes": tuple(scenes)})


def _written(title: str, board: Storyboard, story: str, marks: tuple[str, ...]) -> str:
    parts = [HEAD.format(title=" ".join(title.split()))]
    if board.extras:
        parts.append(_dump({"extras": {key: _plain(each) for key, each in board.extras.items()}}))
    parts.append("scenes:\n")
    for number, scene in enumerate(board.scenes, 1):
        parts += [f"\n# scene {number}\n", _dump([_plain(scene)])]
    foot = _dump({"story": story, "planned": _Flow(list(marks))})
    return "".join((*parts, FOOT, foot, _planning(board.planning)))


def _planning(planning: Planning) -> str:
    """Who planned it and what that cost; what was not as it should be, a line each."""
    found = planning.model_dump(mode="json", exclude_defaults=True)
    if "costs" in found:
        found["costs"] = _Flow(found["costs"])
    return _dump({"planning": found}) if found else ""


def read_board(path: Path) -> BoardFile:
    """What `write_board` wrote, with the user's edits. BadStory with every mistake in it."""
    document = read_yaml(path)
    found = document.validated(_Board)
    if found is not None:
        _check(found, document)
    document.stop_if_wrong()
    assert found is not None
    board = Storyboard(scenes=found.scenes, extras=found.extras, planning=found.planning)
    return BoardFile(board, found.story, found.planned)


def read_planning(path: Path) -> Planning:
    """Who planned a storyboard, from its last lines alone; the rules, where those are damaged. OSError."""
    _, mark, tail = path.read_text("utf-8", errors="replace").rpartition("\nplanning:\n")
    try:
        found = yaml.load(f"planning:\n{tail}", Loader=Loader) if mark else None
        return Planning.model_validate_json(json.dumps(found["planning"])) if found else Planning(planner=RULES)
    except (yaml.YAMLError, ValueError, TypeError):
        return Planning(planner=RULES)


def _check(found: _Board, document: Document) -> None:
    for number, scene in enumerate(found.scenes):
        if not scene.text:
            document.mistake(("scenes", number, "text"), "is empty", "write what is told here, or delete the scene")
        for field in ("place", "time", "weather", "mood"):
            _check_word(document, ("scenes", number, field), getattr(scene, field))
        for index, actor in enumerate(scene.characters):
            for field in ("pose", "expression"):
                _check_word(document, ("scenes", number, "characters", index, field), getattr(actor, field))


def _check_word(document: Document, place: Place, word: str) -> None:
    if near := meant(str(place[-1]), word):
        document.mistake(place, f"there is no {word!r}", f"did you mean `{near}`?")


def carry_edits(old: BoardFile, new: Storyboard) -> tuple[Storyboard, list[int]]:
    """The new plan with what the user edited: scenes whose words are still told, and extras.

    Also the numbers (from 1) of scenes in the old board that hold work of the user which the new one does not:
    edited ones whose words are gone, and moved ones. A scene that the user deleted has its number in the old plan.
    """
    scenes = list(new.scenes)
    edited = old.edited_numbers
    carried = _same_words(old.board.scenes, new.scenes, edited)
    for number, place in carried.items():
        # The white space at the scene's end is the new story's.
        scenes[place] = old.board.scenes[number].model_copy(update={"text": new.scenes[place].text})
    lost = (edited - carried.keys()) | _moved_or_deleted(old)
    extras = _carried_extras(old, new, scenes)
    return new.model_copy(update={"scenes": tuple(scenes), "extras": extras}), [n + 1 for n in sorted(lost)]


def _same_words(old: Sequence[Scene], new: Sequence[Scene], edited: set[int]) -> dict[int, int]:
    """Where each edited scene stands in the new plan: a refrain by its neighbours, what was moved by its words."""
    ours, theirs = list(map(_words, old)), list(map(_words, new))
    blocks = SequenceMatcher(None, ours, theirs, autojunk=False).get_matching_blocks()
    found = {block.a + step: block.b + step for block in blocks for step in range(block.size)}
    free: defaultdict[str, deque[int]] = defaultdict(deque)
    for place in sorted(set(range(len(new))) - set(found.values())):
        free[theirs[place]].append(place)
    for number in sorted(edited - found.keys()):
        if places := free[ours[number]]:
            found[number] = places.popleft()
    return {number: place for number, place in found.items() if number in edited}


def _moved_or_deleted(old: BoardFile) -> set[int]:
    """Scenes whose words were planned elsewhere, and (as numbered in the plan) those that are gone; from 0."""
    planned = [mark[:MARK] for mark in old.planned if ":" not in mark]
    found = list(map(_words_mark, old.board.scenes))
    known, numbers = set(planned), set[int]()
    for kind, start, end, first, last in SequenceMatcher(None, planned, found, autojunk=False).get_opcodes():
        if kind != "equal":
            numbers.update(number for number in range(first, last) if found[number] in known)
            numbers.update(range(start + last - first, end))
    return numbers


def _carried_extras(old: BoardFile, new: Storyboard, scenes: Sequence[Scene]) -> dict[str, Character]:
    """The new plan's extras under the user's, and those of the old board that carried scenes show or hear."""
    needed = {key for scene in scenes for key in (*scene.quotes, *(actor.who for actor in scene.characters))}
    still = {key: each for key, each in old.board.extras.items() if key in needed}
    planned = {key: each for key, each in new.extras.items() if key not in old.deleted_extras}
    return {**still, **planned, **old.edited_extras}


def _plain(value: Value) -> dict[str, Any]:
    """The fields worth reading: those that are not at their default, and always where, when and how."""
    shown = value.model_dump(mode="json", exclude_defaults=True)
    if isinstance(value, Scene):
        always = ("place", "time", "weather", "mood", "camera")
        shown |= {name: getattr(value, name) for name in always}
        shown = {name: shown[name] for name in Scene.model_fields if name in shown}
        shown["characters"] = [_Flow(actor) for actor in shown.get("characters", [])]
        for name in ("repairs", "earlier"):
            shown |= {name: [_Flow(each) for each in shown[name]]} if name in shown else {}
    return {
        name: _Flow(each) if isinstance(each, list) and name not in BLOCKS else each for name, each in shown.items()
    }


BLOCKS = ("characters", "repairs", "earlier")  # an entry a line


class _Flow:
    """To be written in one line: `{who: eevee, pose: run}`."""

    def __init__(self, data: Any) -> None:
        self.data = data


class _Dumper(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _represent_flow(dumper: yaml.SafeDumper, flow: _Flow) -> yaml.Node:
    node = dumper.represent_data(flow.data)
    node.flow_style = True  # type: ignore[attr-defined]
    return node


# Line breaks other than \n, and what YAML readers strip or refuse, only survive inside double quotes.
_SOUND = "\\n\x20-\x7e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff"
_FRAGILE = re.compile(f"[^{_SOUND}]| \\n")


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    style = '"' if _FRAGILE.search(text) or text != text.rstrip(" ") else "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style)


_Dumper.yaml_implicit_resolvers = Loader.yaml_implicit_resolvers  # what it takes for a number, we must quote
_Dumper.add_representer(_Flow, _represent_flow)
_Dumper.add_representer(str, _represent_text)


def _dump(data: Any) -> str:
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10**9, default_flow_style=False)

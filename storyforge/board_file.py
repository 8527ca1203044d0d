"""storyboard.yaml: written for the user to read and edit, and obeyed from then on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import Field

from storyforge.files import write_whole
from storyforge.story import Character, Key
from storyforge.storyboard import Scene, Storyboard
from storyforge.value import Value, canonical_json, digest
from storyforge.yaml_file import Loader, read_yaml

HEAD = """\
# Storyboard of {title}. Edit what you like (places, poses, camera moves, who says what, a seed, a prompt,
# `picture: my-drawing.png`): `storyforge render` obeys this file. Delete it to have the story planned anew.
"""

FOOT = """
# How storyforge sees what you edited, and whether the story has changed since. Leave these lines as they are.
"""


class _Board(Value):
    """The file's fields."""

    extras: Annotated[dict[Key, Character], Field(description="Who appears without being in the cast")] = {}
    scenes: Annotated[tuple[Scene, ...], Field(min_length=1)]
    story: str = ""
    planned: tuple[str, ...] = ()


@dataclass(frozen=True)
class BoardFile:
    """A storyboard as found on disk. `story`: what it was planned from; `planned`: marks of the plan's scenes."""

    board: Storyboard
    story: str
    planned: tuple[str, ...]

    @property
    def edited(self) -> bool:
        return _marks(self.board) != self.planned

    @property
    def edited_scenes(self) -> tuple[Scene, ...]:
        """The scenes that are not as they were planned."""
        return tuple(scene for scene in self.board.scenes if _mark(scene) not in self.planned)


def _marks(board: Storyboard) -> tuple[str, ...]:
    return (*map(_mark, board.scenes), _mark(*board.extras.values()))


def _mark(*values: Value) -> str:
    """A few letters that tell whether something is still what it was."""
    return digest(canonical_json([value.model_dump(mode="json") for value in values]))[:8]


def write_board(path: Path, title: str, board: Storyboard, story: str, planned: Storyboard | None = None) -> None:
    """Writes the board. `story` is the digest of all that it was planned from.

    `planned` is the plan under it: where the board differs, it counts as the user's edit.
    """
    parts = [HEAD.format(title=" ".join(title.split()))]
    if board.extras:
        parts.append(_dump({"extras": {key: _plain(each) for key, each in board.extras.items()}}))
    parts.append("scenes:\n")
    for number, scene in enumerate(board.scenes, 1):
        parts += [f"\n# scene {number}\n", _dump([_plain(scene)])]
    parts += [FOOT, _dump({"story": story, "planned": _Flow(list(_marks(planned or board)))})]
    write_whole(path, "".join(parts).encode())


def read_board(path: Path) -> BoardFile:
    """What `write_board` wrote, with the user's edits. BadStory with every mistake in it."""
    document = read_yaml(path)
    found = document.validated(_Board)
    if found is not None:
        _check(found, document)
    document.stop_if_wrong()
    assert found is not None
    return BoardFile(Storyboard(scenes=found.scenes, extras=found.extras), found.story, found.planned)


def _check(found: _Board, document: Any) -> None:
    for number, scene in enumerate(found.scenes):
        if not scene.text:
            document.mistake(("scenes", number, "text"), "is empty", "write what is told here, or delete the scene")


def carry_edits(old: BoardFile, new: Storyboard) -> tuple[Storyboard, list[int]]:
    """The new plan with the scenes that the user edited, where their words are still told.

    Also the numbers (from 1, in the old board) of edited scenes whose words are not.
    """
    mine = {scene.text.strip(): scene for scene in old.edited_scenes}
    scenes = []
    for scene in new.scenes:
        kept = mine.pop(scene.text.strip(), None)
        # The white space at the scene's end is the new story's.
        scenes.append(kept.model_copy(update={"text": scene.text}) if kept else scene)
    lost = [number for number, scene in enumerate(old.board.scenes, 1) if scene in mine.values()]
    return Storyboard(scenes=tuple(scenes), extras={**new.extras, **old.board.extras}), lost


def _plain(value: Value) -> dict[str, Any]:
    """The fields worth reading: those that are not at their default, and always where, when and how."""
    shown = value.model_dump(mode="json", exclude_defaults=True)
    if isinstance(value, Scene):
        always = ("place", "time", "weather", "mood", "camera")
        shown |= {name: getattr(value, name) for name in always}
        shown["characters"] = [_Flow(actor) for actor in shown.get("characters", [])]
    return {
        name: _Flow(each) if isinstance(each, list) and name != "characters" else each for name, each in shown.items()
    }


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

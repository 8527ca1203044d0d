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
# `planned` and `story` tell storyforge whether you edited it and whether the story has changed since.
"""


class _Board(Value):
    """The file's fields."""

    planned: str = ""
    story: str = ""
    extras: Annotated[dict[Key, Character], Field(description="Who appears without being in the cast")] = {}
    scenes: Annotated[tuple[Scene, ...], Field(min_length=1)]


@dataclass(frozen=True)
class BoardFile:
    """A storyboard as found on disk. `story`: what it was planned from; `edited`: by the user, since then."""

    board: Storyboard
    story: str
    edited: bool


def board_digest(board: Storyboard) -> str:
    return digest(canonical_json(board.model_dump(mode="json")))


def write_board(path: Path, title: str, board: Storyboard, story: str, *, edited: bool = False) -> None:
    """Writes the board; `story` is the digest of all that it was planned from.

    A board that holds edits of the user keeps being one (`edited`), so it is never overwritten by a plan.
    """
    planned = "by hand" if edited else board_digest(board)
    parts = [HEAD.format(title=" ".join(title.split())), _dump({"planned": planned, "story": story})]
    if board.extras:
        parts.append(_dump({"extras": {key: _plain(each) for key, each in board.extras.items()}}))
    parts.append("scenes:\n")
    for number, scene in enumerate(board.scenes, 1):
        parts += [f"\n# scene {number}\n", _dump([_plain(scene)])]
    write_whole(path, "".join(parts).encode())


def read_board(path: Path) -> BoardFile:
    """What `write_board` wrote, with the user's edits. BadStory with every mistake in it."""
    document = read_yaml(path)
    found = document.validated(_Board)
    if found is not None:
        _check(found, document)
    document.stop_if_wrong()
    assert found is not None
    board = Storyboard(scenes=found.scenes, extras=found.extras)
    return BoardFile(board, found.story, edited=board_digest(board) != found.planned)


def _check(found: _Board, document: Any) -> None:
    for number, scene in enumerate(found.scenes):
        if not scene.text:
            document.mistake(("scenes", number, "text"), "is empty", "write what is told here, or delete the scene")


def carry_edits(old: Storyboard, new: Storyboard) -> tuple[Storyboard, list[int]]:
    """The new plan with the user's scenes wherever the words are the same, and the numbers (from 1) of those lost."""
    by_text: dict[str, list[Scene]] = {}
    for scene in old.scenes:
        by_text.setdefault(scene.text.strip(), []).append(scene)
    scenes = []
    for scene in new.scenes:
        kept = by_text.get(scene.text.strip())
        # The white space at the scene's end is the new story's.
        scenes.append(kept.pop(0).model_copy(update={"text": scene.text}) if kept else scene)
    lost = [number for number, scene in enumerate(old.scenes, 1) if scene in by_text.get(scene.text.strip(), ())]
    return Storyboard(scenes=tuple(scenes), extras={**new.extras, **old.extras}), lost


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

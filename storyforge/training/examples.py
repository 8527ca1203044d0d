"""Which pictures a LoRA of a character is trained on: the approved portrait, takes, and scenes where it is alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from storyforge.board_file import read_board
from storyforge.errors import BadSettings
from storyforge.output import Output
from storyforge.portraits import portrait_of
from storyforge.portraits.approved import takes_of
from storyforge.store import file_digest
from storyforge.story import shown_name
from storyforge.story_file import StoryFile
from storyforge.storyboard import Scene
from storyforge.training.captions import own_caption, portrait_caption, scene_caption, trigger_of
from storyforge.value import Value


class Example(Value):
    """A picture to learn from: its name in the data set without suffix, the file it comes from, and its caption."""

    name: str
    source: Path
    caption: str


def examples(
    file: StoryFile,
    output: Output,
    key: str,
    *,
    takes: bool = False,
    scenes: Sequence[int] | None = None,
    outside: bool = False,
) -> tuple[list[Example], list[str]]:
    """The pictures, no two alike, and what to tell the user about them.

    `scenes` by number, from 1; None takes all that show this character alone. BadSettings for those that cannot be.
    """
    shots = _shots(output)
    if scenes is None:
        scenes = [number for number, (scene, _) in shots.items() if {each.who for each in scene.characters} == {key}]
    notes = _stop_if_unfit(file, key, shots, scenes)
    trigger, found = trigger_of(key, file.story.cast[key]), dict[str, Example]()
    drawn = takes_of(output, key)
    for name, source in _portraits(file, drawn, key, takes, outside):
        known = file_digest(source) in set(map(file_digest, drawn.values()))
        caption = portrait_caption(trigger, file.story) if known else own_caption(trigger, file.story)
        if not known:
            notes.append(f"write what else is to be seen in your own picture into {name}.txt: pose, place, light")
        found.setdefault(file_digest(source), Example(name=name, source=source, caption=caption))
    for number in scenes:
        scene, source = shots[number]
        caption = scene_caption(trigger, key, scene, file.story)
        found.setdefault(file_digest(source), Example(name=f"scene-{number:03}", source=source, caption=caption))
    return list(found.values()), notes


def _portraits(
    file: StoryFile, drawn: dict[int, Path], key: str, takes: bool, outside: bool
) -> Iterator[tuple[str, Path]]:
    approved = portrait_of(file, key, outside)
    if approved is not None:
        yield "portrait", approved
    if takes:
        yield from ((f"take-{number}", path) for number, path in drawn.items())


def _shots(output: Output) -> dict[int, tuple[Scene, Path]]:
    """Scenes by number, with their published pictures, as far as the film shows what the storyboard says."""
    if not output.board_path.exists():
        return {}
    board = read_board(output.board_path).board
    pictures = {path.stem: path for path in sorted((output.folder / "pictures").glob("scene-*"))}
    told = [entry.text for entry in output.ledger.scenes]
    return {
        number: (scene, pictures[f"scene-{number:03}"])
        for number, (scene, text) in enumerate(zip(board.scenes, told, strict=False), 1)
        if scene.text == text and f"scene-{number:03}" in pictures
    }


def _stop_if_unfit(file: StoryFile, key: str, shots: dict[int, tuple[Scene, Path]], scenes: Sequence[int]) -> list[str]:
    """BadSettings for a scene without a picture of this character; notes on those that show others as well."""
    notes, name = [], shown_name(key, file.story.cast[key])
    showing = [number for number, (scene, _) in shots.items() if key in {each.who for each in scene.characters}]
    for number in scenes:
        if number not in shots:
            there = f"there are: {', '.join(map(str, showing))}" if showing else f"storyforge render {file.path.name}"
            raise BadSettings(f"Scene {number} has no picture yet that fits the storyboard", there)
        if number not in showing:
            remedy = f"choose of: {', '.join(map(str, showing)) or 'none'}"
            raise BadSettings(f"{name} is not in scene {number}, as the storyboard tells it", remedy)
        if {each.who for each in shots[number][0].characters} != {key}:
            notes.append(f"scene {number} shows others as well: cut them off, or {name} takes after them")
    return notes

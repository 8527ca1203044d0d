"""`storyforge pick`, `redraw`, `repair` and `undo`: one scene's picture changed, on record in storyboard.yaml."""

from __future__ import annotations

import asyncio
import math
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from rich.console import Console

from storyforge import changes
from storyforge.board_file import change_scene, with_scene
from storyforge.errors import BadSettings, Interrupted
from storyforge.files import cannot_write
from storyforge.film import FilmMaker, storyboard_of
from storyforge.output import Output, output_for, story_made_last
from storyforge.portraits import approve, withdraw
from storyforge.progress import display
from storyforge.rendering.picture import load
from storyforge.runner import Event, LocalRunner, lanes
from storyforge.settings import Crew, Settings, crew_for
from storyforge.store import Store, file_digest
from storyforge.story import MOST_TAKES, shown_name
from storyforge.story_file import StoryFile, load_story
from storyforge.storyboard import Box, Repair, Scene

MASKS = "masks"


@dataclass(frozen=True)
class Desk:
    """All that is at hand when one scene is worked on."""

    file: StoryFile
    settings: Settings
    crew: Crew
    output: Output

    @property
    def takes(self) -> int:
        return self.settings.takes or self.file.story.takes or 1


def desk(path: Path | None, settings: Settings, choices: dict[str, Any]) -> Desk:
    """Of the story named, or of the one that was worked on last."""
    file = load_story(path or story_made_last(settings.output_folder), outside=settings.outside)
    output = output_for(settings, file.name)
    return Desk(file, settings, crew_for(file, settings, choices, output.ledger.drawn_by), output)


def pick(at: Desk, what: str, take: int) -> None:
    """A take of a scene is its seed and a number: one that has not been drawn yet is drawn now."""
    if not what.isdecimal() or what in at.file.story.cast:
        return _pick_portrait(at, what, take)
    if not 1 <= take <= MOST_TAKES:
        raise BadSettings(f"There is no take {take}", f"takes are 1 to {MOST_TAKES}")
    return _change(at, int(what), lambda scene: changes.picked(scene, take))


def _pick_portrait(at: Desk, key: str, take: int) -> None:
    path = approve(at.file, at.output, key, take, outside=at.settings.outside)
    console = Console(highlight=False, markup=False, soft_wrap=True)
    console.print(f"{path} is what {shown_name(key, at.file.story.cast[key])} looks like from now on")
    if not at.crew.illustrator.looks_at_portraits:
        console.print(f"{at.crew.illustrator.name} as it is set looks at no portraits: see docs/consistency.md")


def redraw(at: Desk, number: int, seed: int | None, prompt: str | None) -> None:
    _change(at, number, lambda scene: changes.redrawn(scene, at.file.story, at.takes, seed=seed, prompt=prompt))


def undo(at: Desk, what: str) -> None:
    if not what.isdecimal() or what in at.file.story.cast:
        return _put_back_portrait(at, what)
    return _change(at, int(what), lambda scene: changes.undone(scene, int(what)))


def _put_back_portrait(at: Desk, key: str) -> None:
    path = withdraw(at.file, key, outside=at.settings.outside)
    if path is None:
        raise BadSettings(f"There was no portrait of {key} before", "pick one: storyforge pick")
    Console(highlight=False, markup=False, soft_wrap=True).print(f"{path} is the portrait from before again")


def repair(
    at: Desk, number: int, words: str, mask: Path | None, box: str | None, strength: float | None, seed: int | None
) -> None:
    if mask and box:
        raise BadSettings("A mask and a box were given", "give one of them: --mask hand.png or --box 120,80,200,160")
    made = Repair(
        prompt=words,
        mask=_kept(at.output, mask) if mask else None,
        box=_shares(at.output, number, box) if box else None,
        strength=strength or (1.0 if mask or box else 0.5),
        seed=seed,
    )
    _change(at, number, lambda scene: changes.repaired(scene, made))


def _change(at: Desk, number: int, change: Callable[[Scene], Scene]) -> None:
    """Makes the scene's picture as it is after the change, writes the change down, and says where the picture lies."""
    console = Console(highlight=False, markup=False)
    store = Store(at.settings.store_folder)
    with display(console, as_json=False, quiet=False) as watch:
        try:
            with LocalRunner(store, watch, lanes(at.settings.jobs, at.crew.illustrator.places)) as runner:
                path, sheet = asyncio.run(_made(at, runner, number, change))
        except KeyboardInterrupt:
            raise Interrupted("Stopped", "nothing is changed; say it again to go on") from None
    console.print(f"scene {number}: {path}", soft_wrap=True)
    if sheet:
        console.print(f"its takes: {sheet}; take another by: storyforge pick {number} 2", soft_wrap=True)
    console.print(f"storyforge render {at.file.path.name} makes the film with it", soft_wrap=True)


async def _made(
    at: Desk, runner: LocalRunner, number: int, change: Callable[[Scene], Scene]
) -> tuple[Path, Path | None]:
    """The picture first: a change that cannot be made is not written down."""
    board = await storyboard_of(at.file, at.crew, runner, at.output)
    changed = with_scene(board, number, change)
    runner.tell(Event(kind="planned", text=at.file.story.title, fraction=float(len(board.scenes))))
    made = await FilmMaker(at.file, changed, at.settings, at.crew, runner, at.output).scene(number)
    change_scene(at.output.board_path, at.file.story.title, number, change)
    return made


def _kept(output: Output, mask: Path) -> str:
    """A copy of the mask in the film's folder, named by its content: the repair is on record with all that it needs."""
    load(mask)  # no picture: better told now
    folder = output.board_path.parent / MASKS
    name = f"{file_digest(mask)[:12]}{mask.suffix.lower()}"
    with cannot_write(folder):
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(mask, folder / name)
    return f"{MASKS}/{name}"


def _shares(output: Output, number: int, box: str) -> Box:
    """`x,y,w,h` in pixels of the scene's picture as the user sees it, as shares of its sides."""
    picture = next(iter(sorted((output.folder / "pictures").glob(f"scene-{number:03}.*"))), None)
    if picture is None:
        raise BadSettings(f"Scene {number} has no picture yet", "draw it first: storyforge render")
    with Image.open(picture) as image:
        sides = (image.width, image.height) * 2
    try:
        x, y, w, h = (float(part) / side for part, side in zip(box.split(","), sides, strict=True))
    except ValueError as error:
        raise BadSettings(
            f"--box {box} is not four numbers", "such as --box 120,80,200,160: x, y, width, height"
        ) from error
    inside = 0 <= x < 1 and 0 <= y < 1 and w > 0 and h > 0 and x + w <= 1 + 1e-9 and y + h <= 1 + 1e-9
    if not inside or not all(map(math.isfinite, (x, y, w, h))):
        raise BadSettings(f"--box {box} is not inside the picture", f"it has {sides[0]} × {sides[1]} pixels")
    return round(x, 5), round(y, 5), round(min(w, 1.0), 5), round(min(h, 1.0), 5)

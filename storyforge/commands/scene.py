"""`storyforge pick`, `redraw`, `repair` and `undo`: one scene's picture changed, on record in storyboard.yaml."""

from __future__ import annotations

import asyncio
import math
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from storyforge import changes
from storyforge.board_file import change_scene, with_scene
from storyforge.errors import BadSettings, Interrupted
from storyforge.files import cannot_write, written_whole
from storyforge.film import FilmMaker, as_told, storyboard_of
from storyforge.output import Output, output_for, story_made_last
from storyforge.portraits import approve, chosen, withdraw
from storyforge.progress import Display, JsonLines, display
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
    """All that is at hand when one scene is worked on. `why`: who draws, and why that one."""

    file: StoryFile
    settings: Settings
    crew: Crew
    output: Output
    why: str
    as_json: bool
    quiet: bool

    @property
    def takes(self) -> int:
        return self.settings.takes_of(self.file.story)

    @property
    def console(self) -> Console:
        return Console(quiet=self.quiet or self.as_json, highlight=False, markup=False, soft_wrap=True)

    def display(self) -> Display:
        return display(self.console, as_json=self.as_json, quiet=self.quiet)

    def say(self, text: str, style: str = "") -> None:
        self.console.print(text, style=style)
        if self.as_json:
            JsonLines(sys.stdout)(Event(kind="note", text=text))


def desk(
    path: Path | None, settings: Settings, choices: dict[str, Any], *, as_json: bool = False, quiet: bool = False
) -> Desk:
    """Of the story named, or of the one that was worked on last."""
    file = load_story(path or story_made_last(settings.output_folder), outside=settings.outside, styles=settings.styles)
    output = output_for(settings, file.name)
    crew = crew_for(file, settings, choices, output.ledger.drawn_by, output.planning, same=True)
    why = next(reason for reason in crew.reasons if reason.startswith("illustrator"))
    return Desk(file, settings, crew, output, why, as_json, quiet)


def pick(at: Desk, what: str, take: int) -> None:
    """A take of a scene is its seed and a number: one that has not been drawn yet is drawn now, which is told.

    Digits always mean a scene, also where somebody in the cast is called so.
    """
    if not what.isdecimal():
        _pick_portrait(at, what, take)
    elif 1 <= take <= MOST_TAKES:
        _change(at, int(what), lambda scene: changes.picked(scene, take), drawn=True)
    else:
        raise BadSettings(f"There is no take {take}", f"takes are 1 to {MOST_TAKES}")


def _pick_portrait(at: Desk, who: str, take: int) -> None:
    [key] = chosen(at.file.story, [who])
    path = approve(at.file, at.output, key, take, outside=at.settings.outside)
    at.say(f"{path} is what {shown_name(key, at.file.story.cast[key])} looks like from now on")
    if not at.crew.illustrator.looks_at_portraits:
        at.say(f"{at.crew.illustrator.name} as it is set looks at no portraits: see docs/consistency.md")


def redraw(at: Desk, number: int, seed: int | None, prompt: str | None) -> None:
    _change(at, number, lambda scene: changes.redrawn(scene, at.file.story, at.takes, seed=seed, prompt=prompt))


def undo(at: Desk, what: str) -> None:
    if what.isdecimal():
        _undo_scene(at, int(what))
    else:
        _put_back_portrait(at, what)


def _undo_scene(at: Desk, number: int) -> None:
    """Tells all that is taken back: the user may have written into the scene since the change."""
    before, after = _change(at, number, lambda scene: changes.undone(scene, number))
    for words in changes.taken_back(before, after):
        at.say(f"taken back: {words}")
    if before.seed != after.seed:
        unseen = changes.redrawn(before, at.file.story, at.takes).seed
        at.say(f"a picture that is neither of the two: storyforge redraw {number} --seed {unseen}")


def _put_back_portrait(at: Desk, who: str) -> None:
    [key] = chosen(at.file.story, [who])
    path = withdraw(at.file, key, outside=at.settings.outside)
    if path is None:
        raise BadSettings(f"There was no portrait of {key} before", "pick one: storyforge pick")
    at.say(f"{path} is the portrait from before again")


def repair(
    at: Desk, number: int, words: str, mask: Path | None, box: str | None, strength: float | None, seed: int | None
) -> None:
    """`mask`: a picture, white where to draw anew. `box`: x,y,width,height in pixels of the picture as it is shown."""
    if mask and box:
        raise BadSettings("A mask and a box were given", "give one of them: --mask hand.png or --box 120,80,200,160")
    usual = 1.0 if mask or box else 0.5
    made = changes.possible(
        Repair, {"prompt": words, "strength": usual if strength is None else strength, "seed": seed}
    )
    with _kept(at.output, mask) as name:

        def repaired(scene: Scene) -> Scene:
            """Called where there is such a scene: before that, nothing can be said of its picture."""
            shares = _shares(at.output, number, box) if box else None
            return changes.repaired(scene, made.model_copy(update={"mask": name, "box": shares}))

        _change(at, number, repaired)


def _change(at: Desk, number: int, change: Callable[[Scene], Scene], *, drawn: bool = False) -> tuple[Scene, Scene]:
    """Makes the scene's picture as it is after the change, writes the change down, and says where the picture lies.

    Gives the scene before and after it. `drawn`: the picture should be there already.
    """
    at.say(at.why, "dim")
    store = Store(at.settings.store_folder)
    with at.display() as watch:
        try:
            with LocalRunner(store, watch, lanes(at.settings.jobs, at.crew.illustrator.places)) as runner:
                made = asyncio.run(_made(at, runner, number, change, drawn))
        except KeyboardInterrupt:
            raise Interrupted("Stopped", "nothing is changed; say it again to go on") from None
    for note in at.output.notes:
        at.say(note, "yellow")
    at.say(f"scene {number}: {made.picture}")
    if made.sheet:
        at.say(f"its takes: {made.sheet}; take another by: storyforge pick {number} 2")
    at.say(f"storyforge render {at.file.path.name} makes the film with it")
    return made.before, made.after


@dataclass(frozen=True)
class _Made:
    before: Scene
    after: Scene
    picture: Path
    sheet: Path | None


async def _made(at: Desk, runner: LocalRunner, number: int, change: Callable[[Scene], Scene], drawn: bool) -> _Made:
    """The picture first: a change that cannot be made is not written down."""
    with at.output.alone():
        with at.output.adding(runner.store, at.file.path):
            file = await as_told(at.file, at.crew, runner, at.output)
            board = await storyboard_of(file, at.crew, runner, at.output)
        changed = with_scene(board, number, change)
        before, after = (each.scenes[number - 1] for each in (board, changed))
        runner.tell(Event(kind="planned", text=at.file.story.title, fraction=float(len(board.scenes))))
        maker = FilmMaker(file, changed, at.settings, at.crew, runner, at.output)
        if drawn and runner.store.find(maker.pictures.first(number).key) is None:
            text = f"take {after.take} of scene {number} is on no sheet yet: it is drawn now"
            runner.tell(Event(kind="note", text=text))
        picture, sheet = await maker.scene(number)
        _drop_the_other(at.output, runner.store, picture)
        title = at.file.story.title
        change_scene(at.output.board_path, title, number, lambda now: _settled(number, now, before, after))
    return _Made(before, after, picture, sheet)


def _settled(number: int, now: Scene, before: Scene, after: Scene) -> Scene:
    """The picture was made of `before`: what the user or another command wrote meanwhile is not written over."""
    if now != before:
        raise BadSettings(
            f"Scene {number} was changed in storyboard.yaml while its picture was made",
            "say it again, if it is still wanted: what is drawn is kept",
        )
    return after


def _drop_the_other(output: Output, store: Store, picture: Path) -> None:
    """A scene has one picture: where a .jpg of ours is now a .png, the former goes."""
    names = {path.name for path in picture.parent.iterdir() if path.stem != picture.stem} | {picture.name}
    output.drop_other_pictures(store, {f"{picture.parent.name}/{name}" for name in names})
    output.write_ledger()


@contextmanager
def _kept(output: Output, mask: Path | None) -> Iterator[str | None]:
    """A copy of the mask in the film's folder, named by its content: the repair is on record with all that it needs.

    Where the block fails, nothing needs it.
    """
    if mask is None:
        yield None
        return
    if not mask.is_file():
        raise BadSettings(f"There is no mask {mask}", "look at its name and folder, or say where by --box instead")
    load(mask)  # no picture: better told now
    place = output.board_path.parent / MASKS / f"{file_digest(mask)[:12]}{mask.suffix.lower()}"
    new = not place.exists()
    if new:
        with written_whole(place) as part, cannot_write(place):
            shutil.copyfile(mask, part)
    try:
        yield f"{MASKS}/{place.name}"
    except BaseException:
        if new:
            place.unlink(missing_ok=True)
            with suppress(OSError):  # it holds masks of other repairs
                place.parent.rmdir()
        raise


def _shares(output: Output, number: int, box: str) -> Box:
    """`x,y,w,h` in pixels of the scene's picture as the user sees it, upright, as shares of its sides."""
    pictures = (output.folder / "pictures").glob(f"scene-{number:03}.*")
    picture = next((path for path in sorted(pictures) if path.stem == f"scene-{number:03}"), None)
    if picture is None:
        raise BadSettings(f"Scene {number} has no picture yet", "draw it first: storyforge render")
    height, width, _ = load(picture).shape
    try:
        x, y, w, h = (float(part) / side for part, side in zip(box.split(","), (width, height) * 2, strict=True))
    except ValueError as error:
        raise BadSettings(
            f"--box {box} is not four numbers", "such as --box 120,80,200,160: x, y, width, height"
        ) from error
    inside = 0 <= x < 1 and 0 <= y < 1 and w > 0 and h > 0 and x + w <= 1 + 1e-9 and y + h <= 1 + 1e-9
    if not inside or not all(map(math.isfinite, (x, y, w, h))):
        raise BadSettings(f"--box {box} is not inside the picture", f"it has {width} × {height} pixels")
    return round(x, 5), round(y, 5), round(min(w, 1.0), 5), round(min(h, 1.0), 5)

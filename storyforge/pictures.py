"""The pictures of a film's scenes: the user's own or drawn, then retouched, then enlarged where they are too small."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from textwrap import shorten

from PIL import Image

from storyforge.backend import CONTROL, Ask, Illustrator
from storyforge.changes import states
from storyforge.errors import StoryforgeError
from storyforge.picture_tasks import Adopt, Draw, Enlarge, Illustrated, Retouch, Sheet, Shown
from storyforge.portraits import portrait_of
from storyforge.runner import Runner, all_of
from storyforge.store import Artifact
from storyforge.story import MOST_TAKES
from storyforge.story_file import StoryFile, file_beside
from storyforge.storyboard import Brief, Repair, Scene, Storyboard, brief_for, repair_brief
from storyforge.tasks import Task

Run = Callable[[Task, int | None], Awaitable[Artifact]]


class ScenePictures:
    """Scenes are numbered from 1. Use as a context manager around all that it makes.

    `size`: width and height in pixels that the film has use for. `masks`: the folder of the masks that repairs name.
    `run` makes a task of a scene.
    """

    def __init__(
        self,
        file: StoryFile,
        board: Storyboard,
        illustrator: Illustrator,
        size: tuple[int, int],
        masks: Path,
        runner: Runner,
        run: Run,
        *,
        outside: bool,
    ) -> None:
        self.file, self.board, self.illustrator, self.size = file, board, illustrator, size
        self.masks, self.runner, self.run, self.outside = masks, runner, run, outside
        self.numbers: Sequence[int] = range(1, len(board.scenes) + 1)
        """The scenes that are worked on."""
        self.several = False
        """Whether several takes of each scene are wanted."""
        self._seen: dict[Artifact, Adopt] = {}  # pictures of the user's that drawings look at
        self._ready: asyncio.Future[None] | None = None
        self._work = ExitStack()

    def __enter__(self) -> ScenePictures:
        return self

    def __exit__(self, *_: object) -> None:
        """No more pictures are wanted."""
        self._work.close()

    def brief(self, scene: Scene) -> Brief:
        return brief_for(self.file.story, self.board, scene, self.size)

    def first(self, number: int) -> Draw | Adopt:
        """What the scene's picture is before anything is changed in it. StoryforgeError if a file is missing."""
        return self._first(self.board.scenes[number - 1])

    def _first(self, scene: Scene) -> Draw | Adopt:
        if scene.picture is not None:
            return Adopt.of(file_beside(self.file.folder, scene.picture, outside=self.outside))
        return self.drawing(scene)

    async def takes(self, number: int, count: int) -> tuple[list[Artifact], Artifact]:
        """The pictures of a scene to pick from, and a sheet that shows them."""
        scene = self.board.scenes[number - 1]
        numbers = range(1, count + 1)
        tasks = [self.drawing(scene.model_copy(update={"take": take})) for take in numbers]
        pictures = await all_of(self.make(task, number) for task in tasks)
        labels = (f"{take} · in the film" if take == (scene.take or 1) else str(take) for take in numbers)
        shown = (Shown(picture=each, label=label) for each, label in zip(pictures, labels, strict=True))
        title = f"{number}  {shorten(scene.text, 70, placeholder=' …')}"
        return pictures, await self.run(Sheet.of(shown, title), None)

    def drawing(self, scene: Scene) -> Draw:
        brief = self.brief(scene)
        seen = dict(self._portraits(brief))
        if scene.control is not None:
            seen[CONTROL] = Adopt.of(file_beside(self.file.folder, scene.control, outside=self.outside))
        self._seen |= {task.artifact: task for task in seen.values()}
        return Draw.of(brief, self.illustrator, {who: task.artifact for who, task in seen.items()})

    def _portraits(self, brief: Brief) -> Iterator[tuple[str, Adopt]]:
        for who in self.illustrator.portraits_wanted(brief):
            if path := portrait_of(self.file, who, self.outside):
                yield who, Adopt.of(path)

    async def make(self, task: Task, number: int) -> Artifact:
        """Makes a picture of a scene. What it stands on comes first: the portraits, and a server that is ready."""
        if isinstance(task, Draw) and self.runner.store.find(task.key) is None:
            await self.ready()
            for artifact in task.portraits.values():
                await self.run(self._seen[artifact], None)
        return await self.run(task, number)

    async def picture(self, number: int) -> Artifact:
        scene = self.board.scenes[number - 1]
        picture = await self.make(self.first(number), number)
        for repair in scene.repairs:
            picture = await self.repaired(picture, repair, number)
        return await self._large_enough(picture, number)

    async def repaired(self, picture: Artifact, repair: Repair, number: int) -> Artifact:
        if mask := self._mask(repair):
            await self.run(mask, number)
        return await self._made(self._retouch(picture, repair, number), number)

    def _retouch(self, picture: Artifact, repair: Repair, number: int) -> Retouch:
        mask = self._mask(repair)
        return Retouch(
            illustrator=self.illustrator,
            picture=picture,
            brief=repair_brief(self.brief(self.board.scenes[number - 1]), repair),
            strength=repair.strength,
            mask=mask.artifact if mask else None,
            box=repair.box,
        )

    def _mask(self, repair: Repair) -> Adopt | None:
        return Adopt.of(file_beside(self.masks, repair.mask, outside=False)) if repair.mask is not None else None

    async def _large_enough(self, picture: Artifact, number: int) -> Artifact:
        task = self._enlarge(picture)
        return await self._made(task, number) if task else picture

    def _enlarge(self, picture: Artifact) -> Enlarge | None:
        if self.illustrator.enlarge_asked() is None or not self._too_small(picture):
            return None
        return Enlarge(illustrator=self.illustrator, picture=picture, size=self.size)

    def _too_small(self, picture: Artifact) -> bool:
        with Image.open(self.runner.store.path(picture)) as image:
            return bool(image.width < self.size[0] or image.height < self.size[1])

    async def _made(self, task: Task, number: int) -> Artifact:
        if self.runner.store.find(task.key) is None:
            await self.ready()
        return await self.run(task, number)

    def chain(self, number: int) -> Iterator[tuple[Task, Artifact | None]]:
        """The tasks that make a scene's picture, each with what it made; they end with the first that has yet to be.

        StoryforgeError if a file of the user's is missing.
        """
        return self._chain(self.board.scenes[number - 1], number)

    def _chain(self, scene: Scene, number: int) -> Iterator[tuple[Task, Artifact | None]]:
        find = self.runner.store.find
        task: Task | None = self._first(scene)
        assert task is not None
        yield task, (picture := find(task.key))
        for repair in scene.repairs:
            if picture is None:
                return
            task = self._retouch(picture, repair, number)
            yield task, (picture := find(task.key))
        if picture is not None and (task := self._enlarge(picture)):
            yield task, find(task.key)

    def choices(self) -> Iterator[str]:
        """Keys of what has been made and can be gone back to: takes of the scenes, and what they were before."""
        for number, scene in enumerate(self.board.scenes, 1):
            if scene.earlier or scene.take or self.several:
                for state in states(scene):
                    with suppress(StoryforgeError):
                        yield from self._takes_made(state)
                        yield from (task.key for task, made in self._chain(state, number) if made)

    def _takes_made(self, scene: Scene) -> Iterator[str]:
        if scene.picture is None:
            takes = (self.drawing(scene.model_copy(update={"take": take})) for take in range(1, MOST_TAKES + 1))
            yield from (task.key for task in takes if self.runner.store.record(task.key))

    async def ready(self) -> None:
        """The illustrator has all that it needs for the pictures that are to be drawn; asked once."""
        if self._ready is None:
            self._ready = asyncio.ensure_future(self._made_ready())
        await asyncio.shield(self._ready)

    async def _made_ready(self) -> None:
        self._work.enter_context(self.illustrator.at_work())
        asks = [ask for number in self.numbers if self._is_missing(number) for ask in self._asks(number)]
        await self.runner.call(lambda progress: self.illustrator.ready(asks, progress))

    def _asks(self, number: int) -> Iterator[Ask]:
        scene = self.board.scenes[number - 1]
        brief = self.brief(scene)
        if scene.picture is None:
            yield Ask(brief=brief, portraits=self.drawing(scene).digests)
        for repair in scene.repairs:
            masked = repair.mask is not None or repair.box is not None
            yield Ask(kind="retouch", brief=repair_brief(brief, repair), masked=masked)
        if self.illustrator.enlarge_asked() is not None:
            yield Ask(kind="enlarge", brief=brief)

    @property
    def missing(self) -> bool:
        """Whether an illustrator has still to make anything."""
        return any(map(self._is_missing, self.numbers))

    def _is_missing(self, number: int) -> bool:
        try:
            return any(made is None and isinstance(task, Illustrated) for task, made in self.chain(number))
        except StoryforgeError:  # told when its turn comes
            return False

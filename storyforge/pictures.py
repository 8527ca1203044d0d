"""The pictures of a film's scenes: the user's own or drawn, then retouched, then enlarged where they are too small."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

from PIL import Image

from storyforge.backend import Ask, Illustrator
from storyforge.errors import StoryforgeError
from storyforge.picture_tasks import Adopt, Draw, Enlarge, Retouch, Sheet, Shown
from storyforge.portraits import portrait_of
from storyforge.runner import Runner, all_of
from storyforge.store import Artifact
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
        scene = self.board.scenes[number - 1]
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
        title = f"{number}  {' '.join(scene.text.split())[:70]}"
        return pictures, await self.run(Sheet.of(shown, title), None)

    def drawing(self, scene: Scene) -> Draw:
        brief = self.brief(scene)
        portraits = {who: task.artifact for who, task in self._portraits(brief)}
        return Draw.of(brief, self.illustrator, portraits)

    def _portraits(self, brief: Brief) -> Iterator[tuple[str, Adopt]]:
        for who in self.illustrator.portraits_wanted(brief):
            if path := portrait_of(self.file, who, self.outside):
                yield who, Adopt.of(path)

    async def make(self, task: Task, number: int) -> Artifact:
        """Makes a picture of a scene. What it stands on comes first: the portraits, and a server that is ready."""
        if isinstance(task, Draw) and self.runner.store.find(task.key) is None:
            await self.ready()
            for _, portrait in self._portraits(task.brief):
                await self.run(portrait, None)
        return await self.run(task, number)

    async def picture(self, number: int) -> Artifact:
        scene = self.board.scenes[number - 1]
        picture = await self.make(self.first(number), number)
        for repair in scene.repairs:
            picture = await self.repaired(picture, repair, number)
        return await self._large_enough(picture, number)

    async def repaired(self, picture: Artifact, repair: Repair, number: int) -> Artifact:
        mask = None
        if repair.mask is not None:
            mask = await self.run(Adopt.of(file_beside(self.masks, repair.mask, outside=False)), number)
        brief = repair_brief(self.brief(self.board.scenes[number - 1]), repair)
        task = Retouch(
            illustrator=self.illustrator,
            picture=picture,
            brief=brief,
            strength=repair.strength,
            mask=mask,
            box=repair.box,
        )
        if self.runner.store.find(task.key) is None:
            await self.ready()
        return await self.run(task, number)

    async def _large_enough(self, picture: Artifact, number: int) -> Artifact:
        if self.illustrator.enlarge_asked() is None or not self._too_small(picture):
            return picture
        task = Enlarge(illustrator=self.illustrator, picture=picture, size=self.size)
        if self.runner.store.find(task.key) is None:
            await self.ready()
        return await self.run(task, number)

    def _too_small(self, picture: Artifact) -> bool:
        with Image.open(self.runner.store.path(picture)) as image:
            return bool(image.width < self.size[0] or image.height < self.size[1])

    async def ready(self) -> None:
        """The illustrator has all that it needs for the pictures that are to be drawn; asked once."""
        if self._ready is None:
            self._work.enter_context(self.illustrator.at_work())
            asks = tuple(self._asks())
            work = self.runner.call(lambda progress: self.illustrator.ready(asks, progress))
            self._ready = asyncio.ensure_future(work)
        await asyncio.shield(self._ready)

    def _asks(self) -> Iterator[Ask]:
        for scene in self.board.scenes:
            brief = self.brief(scene)
            if scene.picture is None:
                draw = self.drawing(scene)
                yield Ask(brief=brief, portraits=draw.digests)
            for repair in scene.repairs:
                masked = repair.mask is not None or repair.box is not None
                yield Ask(kind="retouch", brief=repair_brief(brief, repair), masked=masked)
            if self.illustrator.enlarge_asked() is not None:
                yield Ask(kind="enlarge", brief=brief)

    @property
    def missing(self) -> bool:
        """Whether anything has still to be drawn, as far as that can be told before it is."""
        return any(self._is_missing(number) for number in range(1, len(self.board.scenes) + 1))

    def _is_missing(self, number: int) -> bool:
        try:
            task = self.first(number)
        except StoryforgeError:  # told when its turn comes
            return False
        return isinstance(task, Draw) and self.runner.store.find(task.key) is None

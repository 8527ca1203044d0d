"""A story whose spelling is mended, or that is told anew, before it is planned: as a file beside it, never silently."""

from __future__ import annotations

import errno
import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from storyforge.backend import Planner, Reworded, Rewording
from storyforge.errors import BadSettings, CannotWrite
from storyforge.files import write_whole
from storyforge.passages import passages
from storyforge.rewording_task import Reword
from storyforge.runner import Event, Runner, all_of
from storyforge.story import Story
from storyforge.story_file import StoryFile
from storyforge.storyboard import Costs
from storyforge.value import canonical_json, digest
from storyforge.wording import Wording, count, shown, texts_of, with_texts
from storyforge.wording_file import WordingFile, read_wording, write_wording

Keep = Callable[[str], None]
"""Takes the key of each task whose result is needed for as long as the film is."""


async def told(file: StoryFile, planner: Planner, runner: Runner, keep: Keep = lambda key: None) -> StoryFile:
    """The story as it is to be told. What is new in its wording is told as notes; files beside the story hold it all.

    BadSettings if the planner can reword nothing, BadStory if such a file is damaged, CannotWrite.
    """
    found = await wordings(file, planner, runner, keep)
    for wording in found:
        if wording.new:
            runner.tell(Event(kind="note", text="\n".join(shown(wording, file.path))))
        for note in wording.notes:
            runner.tell(Event(kind="note", text=note))
    return with_texts(file, found[-1].after) if found else file


async def wordings(
    file: StoryFile, planner: Planner, runner: Runner, keep: Keep = lambda key: None
) -> tuple[Wording, ...]:
    """What the story asks for, in turn: mended first, and told anew after that. Errors as of `told`."""
    found: list[Wording] = []
    for wanted in _wanted(file.story):
        texts = found[-1].after if found else texts_of(file.story)
        found.append(await _Rewording(file, wanted, texts, planner, runner).wording(keep))
    return tuple(found)


def wording_path(file: StoryFile, wanted: Rewording) -> Path:
    """my-story.tidy.txt or my-story.retold.txt, beside my-story.yaml."""
    return file.path.with_name(f"{file.path.stem}.{'tidy' if wanted.kind == 'tidy' else 'retold'}.txt")


class _Rewording:
    """One kind of rewording of one story."""

    def __init__(
        self, file: StoryFile, wanted: Rewording, texts: tuple[str, ...], planner: Planner, runner: Runner
    ) -> None:
        self.file, self.wanted, self.texts, self.planner, self.runner = file, wanted, texts, planner, runner
        self.path = wording_path(file, wanted)
        self.scenes = not file.story.story
        asked = {"texts": texts, "wanted": wanted.model_dump(mode="json"), "language": file.story.language}
        self.source = digest(canonical_json(asked))

    async def wording(self, keep: Keep) -> Wording:
        """What stands in the file needs no planner: a film can be made again where its language model is not."""
        tasks = self._tasks() if self.planner.rewords else []
        for task in itertools.chain(*tasks):
            keep(task.key)
        if found := self._found():
            return found
        if not self.planner.rewords:
            raise self._cannot()
        made = await all_of(all_of(map(self._reworded, each)) for each in tasks)
        if refused := self._refused(made):
            return refused
        return self._found() or self._written(made)  # another run of ours may just have written it

    def _refused(self, made: Sequence[Sequence[Reworded]]) -> Wording | None:
        """If nothing of what was made could be taken: then no file says that it was done, and another model may try."""
        notes = [note for each in made for passage in each for note in passage.notes]
        if not notes or ["".join(passage.text for passage in each) for each in made] != [*self.texts]:
            return None
        notes.append("another model may do better: choose one, as in planner: {chat: {model: …}}")
        return Wording(self.path, self.wanted, self.texts, self.texts, tuple(notes), new=True, refused=True)

    def _found(self) -> Wording | None:
        """What stands in the file, if that was made from what the story says now."""
        file = read_wording(self.path)
        if file is None or file.source != self.source:
            return None
        notes = (f"obeying {self.path.name}, which was edited",) if file.edited else ()
        return self._wording(file, notes)

    def _written(self, made: Sequence[Sequence[Reworded]]) -> Wording:
        """Writes the file. One that the user edited is kept beside it."""
        old = read_wording(self.path)
        all_made = [passage for each in made for passage in each]
        notes = [note for passage in all_made for note in passage.notes]
        if (costs := sum((passage.costs for passage in all_made), Costs())).requests:
            tokens = f"{costs.tokens_in:,} tokens in, {costs.tokens_out:,} out"
            notes.append(f"{self.path.name}: {count(costs.requests, 'request')}, {tokens}, {costs.seconds:.0f} s")
        with _beside_the_story():
            if old and old.edited:
                kept = _free(self.path)
                write_whole(kept, self.path.read_bytes())
                notes.append(f"the story has changed since you edited {self.path.name}; that file is now {kept.name}")
            write_wording(
                self.path,
                ["".join(passage.text for passage in each) for each in made],
                scenes=self.scenes,
                source=self.source,
                what=self._what(),
                field=self.wanted.kind,
                story=self.file.path.name,
            )
        file = read_wording(self.path)
        assert file is not None
        return self._wording(file, tuple(notes), new=True)

    def _wording(self, file: WordingFile, notes: tuple[str, ...], *, new: bool = False) -> Wording:
        after = file.texts(self.texts, scenes=self.scenes)
        return Wording(self.path, self.wanted, self.texts, after, notes, new)

    def _tasks(self) -> list[list[Reword]]:
        """For each text a task a passage."""
        story = self.file.story
        return [
            [Reword.of(passage, self.wanted, story, self.planner) for passage in passages(text, story.language)]
            for text in self.texts
        ]

    async def _reworded(self, task: Reword) -> Reworded:
        return Reword.read(self.runner.store.path(await self.runner.run(task)))

    def _what(self) -> str:
        done = "with its spelling mended" if self.wanted.kind == "tidy" else f"told anew for age {self.wanted.age}"
        return f"{self.file.path.name}, {done} by {self.planner.title}."

    def _cannot(self) -> BadSettings:
        return BadSettings(
            f"`{self.wanted.kind}` needs a language model, and the planner {self.planner.name} is none",
            f"start Ollama, or choose planner: chat; or take `{self.wanted.kind}` out of {self.file.path.name}",
        )


def _wanted(story: Story) -> Iterator[Rewording]:
    if story.tidy:
        yield Rewording(kind="tidy")
    if story.retell:
        yield Rewording(kind="retell", age=story.retell.age)


def _free(path: Path) -> Path:
    """my-story.tidy.before.txt, before-2 …: the first that nothing has yet."""
    names = (path.with_suffix(f".before{f'-{n}' if n > 1 else ''}.txt") for n in itertools.count(1))
    return next(name for name in names if not name.exists())


@contextmanager
def _beside_the_story() -> Iterator[None]:
    try:
        yield
    except CannotWrite as error:
        if isinstance(error.__cause__, OSError) and error.__cause__.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            error.remedy = "change the rights of the story's folder, or copy the story; what was worded is kept"
        raise

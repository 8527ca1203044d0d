"""A story in another wording: its texts before and after, and what of it is shown."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from storyforge.backend import Rewording
from storyforge.story import Story
from storyforge.story_file import StoryFile
from storyforge.word_diff import Change, counted, plain, stretches, word_diff, words_of

SHOWN = 12
"""Lines of what was changed that are told when a film is made; `storyforge wording` shows all."""

LONGEST_LINE = 160  # characters of each


@dataclass(frozen=True)
class Wording:
    """A story's texts (one, or one a scene that was cut by hand) before and after one kind of rewording."""

    path: Path
    wanted: Rewording
    before: tuple[str, ...]
    after: tuple[str, ...]
    notes: tuple[str, ...] = ()
    new: bool = False
    """Whether it has just been made, rather than found in its file."""
    refused: bool = False
    """Whether all that was made had to be refused: there is no file."""

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        return word_diff("\n\n".join(self.before), "\n\n".join(self.after))

    def counted(self) -> str:
        """How much was changed, in a line."""
        words, marks = counted(self.changes)
        if self.refused:
            done = "mended" if self.wanted.kind == "tidy" else "told anew"
            return f"nothing of the story could be {done}; it is told as it stands"
        if not words and not marks:
            return f"{self.path.name}: every word and mark is as it was"
        if self.wanted.kind == "tidy":
            return f"{self.path.name}: {count(words, 'word')} mended, {count(marks, 'mark')}"
        before, after = [sum(len(words_of(text)) for text in texts) for texts in (self.before, self.after)]
        return f"{self.path.name}: told anew for age {self.wanted.age}, in {after:,} words instead of {before:,}"


def texts_of(story: Story) -> tuple[str, ...]:
    return (story.story,) if story.story else tuple(scene.text for scene in story.scenes)


def with_texts(file: StoryFile, texts: Sequence[str]) -> StoryFile:
    """The same with these texts, and nothing more to be reworded."""
    settled: dict[str, object] = {"tidy": False, "retell": None}
    if file.story.story:
        settled["story"] = texts[0]
    else:
        scenes = zip(file.story.scenes, texts, strict=True)
        settled["scenes"] = tuple(scene.model_copy(update={"text": text}) for scene, text in scenes)
    return replace(file, story=file.story.model_copy(update=settled))


def shown(wording: Wording, story: Path) -> Iterator[str]:
    """How much was changed, and the first stretches of it. `story`: its file."""
    yield wording.counted()
    lines = [plain(each) for each in stretches(wording.changes)]
    for line in lines[:SHOWN]:
        yield "  " + (line if len(line) <= LONGEST_LINE else line[:LONGEST_LINE] + " …")
    if lines:
        more = f"… {len(lines) - SHOWN} more; see" if len(lines) > SHOWN else "in colour"
        yield f"  {more}: storyforge wording {typed(story)}"


def typed(path: Path) -> str:
    """A path as one would type it here."""
    return shlex.quote(str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path))


def count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"

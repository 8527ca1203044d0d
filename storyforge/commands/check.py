"""`storyforge check`: every mistake in story files, without making anything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from storyforge.backend import Narrator, Voice
from storyforge.commands.voice_mistakes import voice_mistakes
from storyforge.errors import BadSettings, BadStory, StoryforgeError, UnknownName
from storyforge.languages import language_note
from storyforge.narration.long_words import LONGEST, long_words
from storyforge.narration.recorded import Recorded
from storyforge.narration.whose import passed_over
from storyforge.settings import Settings, crew_for
from storyforge.shots import lexicon_for
from storyforge.story import Story
from storyforge.story_file import StoryFile, load_story
from storyforge.yaml_file import mistakes_found


def check(paths: list[Path], settings: Settings) -> None:
    """Prints a line for each good file; BadStory with the mistakes of all the others."""
    console = Console(highlight=False, markup=False)
    wrong: list[StoryforgeError] = []
    for path in paths:
        try:
            file = load_story(path, outside=settings.outside, styles=settings.styles)
            notes = _stop_if_wrong(file, settings)
        except StoryforgeError as error:
            wrong.append(error)
            continue
        words = len(file.story.text.split())
        console.print(f"{path}: {words} words, {len(file.story.cast)} in the cast – no mistakes", soft_wrap=True)
        for note in notes:
            console.print(f"{path}: {note}", soft_wrap=True)
        for note in _cut_short(path, file, settings):
            console.print(f"{path}{note}", soft_wrap=True)
    if len(wrong) == 1:
        raise wrong[0]
    if wrong:
        raise BadStory(f"{len(wrong)} files have mistakes:", tuple(line for e in wrong for line in str(e).splitlines()))


def _stop_if_wrong(file: StoryFile, settings: Settings) -> tuple[str, ...]:
    """What is chosen for this story is there: its back-ends, voices and workflows. No server is needed for that.

    What is no mistake, but not as the user may think, comes back.
    """
    try:
        crew = crew_for(file, settings, {}, settle=False)
        voices = _voices(file, crew.narrator, settings)
        wrong = crew.planner.mistakes() or crew.illustrator.mistakes()
        lexicon = lexicon_for(file.story.text, file.story, {}, settings.lexicon)
        unsaid = crew.narrator.unpronounceable(lexicon, file.story.language)
    except StoryforgeError as error:
        if str(file.path) not in error.cause:
            error.cause = f"{file.path}: {error.cause}"
        raise
    if wrong:
        raise BadSettings(f"{file.path}: {wrong}")
    notes = (*_of_text(file.story), *passed_over(file.story.cast, voices))
    if isinstance(crew.narrator, Recorded):
        notes = (*notes, *crew.narrator.lacking(voices))
    if not unsaid:
        return notes
    told = ", ".join(f"{word} ({lexicon[word].strip('()')})" for word in unsaid)
    reads = f"{crew.narrator.name} does not know all sounds of {told} – it reads what is written; spell it as it sounds"
    return (*notes, reads)


def _voices(file: StoryFile, narrator: Narrator, settings: Settings) -> dict[str, Voice]:
    try:
        return narrator.cast_voices(file.story, tuple(file.story.cast), {})
    except (UnknownName, BadSettings):
        if mistakes := voice_mistakes(file, narrator, settings.lexicon):
            raise mistakes_found(file.path, mistakes) from None
        raise


def _of_text(story: Story) -> Iterator[str]:
    if not any(map(str.isalnum, story.text)):
        yield "there are no words in it, so nobody will say anything – write some under `story:`"
    if note := language_note(story.text, story.language):
        yield note


def _cut_short(path: Path, file: StoryFile, settings: Settings) -> Iterator[str]:
    """Notes on words that are too long to be said, with the line in which each stands."""
    known = lexicon_for(file.story.text, file.story, {}, settings.lexicon)
    lines = path.read_text("utf-8", "replace").splitlines()
    for word in long_words(file.story.text):
        if not any(name in word for name in known if len(name) > LONGEST):
            place = next((f":{number}" for number, line in enumerate(lines, 1) if word in line), "")
            yield f"{place}: “{word[:20]}…” has {len(word)} characters – it is shown whole, and said in short"

"""`storyforge cast story.yaml`: a cast that the text proposes, as YAML to paste, or written into the file."""

from __future__ import annotations

import shlex
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console

from storyforge.cast_writing import with_cast, with_characters
from storyforge.cast_yaml import Entry, cast_block, characters_block
from storyforge.commands.voicing import with_voices
from storyforge.errors import BackendFailed, BadStory, Interrupted, StoryforgeError
from storyforge.files import cannot_write, written_whole
from storyforge.settings import Settings, crew_for
from storyforge.story import Character, Story, shown_name
from storyforge.story_file import CastFile, StoryFile, load_story
from storyforge.styles import all_styles, resolved
from storyforge.yaml_file import read_yaml


def propose(path: Path, settings: Settings, choices: Mapping[str, str | None], *, write: bool = False) -> None:
    """Prints whom the cast lacks, or writes them where the cast stands. BadStory if they do not fit in there."""
    file = _loaded(path, settings)
    crew = crew_for(file, settings, {**choices, "illustrator": "paper"})  # nobody draws: no server need be looked for
    say = Console(highlight=False, markup=False, soft_wrap=True).print
    reasons = [reason for reason in crew.reasons if not reason.startswith("illustrator")]
    for reason in reasons:
        say(f"# {reason}", style="dim")
    try:
        with Console(stderr=True).status(f"{crew.planner.title} is reading the story …"):
            found = crew.planner.propose(file.story)
    except KeyboardInterrupt:
        raise Interrupted("Stopped", "nothing was written") from None
    except BackendFailed as error:
        if crew.planner.name != RULES and RULES not in error.remedy:
            error.remedy += f"; or do without a model: --planner {RULES}"
        raise
    if not found:
        say(f"# {_nobody(file.story, crew.planner.name)}")
        return
    entries = [Entry(key=each.key, character=each.character, notes=_notes(each.told, each.invented)) for each in found]
    try:
        entries = with_voices(file.story, entries, crew.narrator)
    except StoryforgeError as error:
        say(f"# without voices: {error}", style="yellow")
    if not write:
        _show(file, path, entries)
        return
    try:
        target, marked = _write(path, settings, entries)
    except BadStory:
        _show(file, path, entries, refused=True)
        raise
    _written(target, path, entries, marked=marked)


def _loaded(path: Path, settings: Settings) -> StoryFile:
    """The story; a `cast:` with nothing below it, as one leaves it to be filled, is one of nobody."""
    document = read_yaml(path)
    if not isinstance(document.data, dict) or document.data.get("cast", "") is not None:
        return load_story(path, outside=settings.outside, styles=settings.styles)
    document.data["cast"] = {}
    story = document.validated(Story)
    document.stop_if_wrong()
    assert story is not None
    style = resolved(story.style, all_styles(story.styles, settings.styles))
    return StoryFile(path.absolute(), story.model_copy(update={"style": style}))


def _nobody(story: Story, planner: str) -> str:
    if story.cast:
        return "Nobody is told of who is not in the cast already."
    if planner != RULES:
        return f"The planner {planner} named nobody. Another model may find somebody, and so may --planner {RULES}."
    return (
        "Nobody was found who could be in a cast: no names, no people, no animals. "
        "The rules know English and German; a language model finds more (--planner chat)."
    )


def _notes(told: Sequence[str], invented: Sequence[str]) -> tuple[str, ...]:
    says = f"the story says: {', '.join(told)}" if told else ""
    made_up = f"{_INVENTED}{', '.join(invented)} – change what you like" if invented else ""
    return tuple(filter(None, (says, made_up)))


_INVENTED = "invented: "
RULES = "rules"


def _show(file: StoryFile, path: Path, entries: Sequence[Entry], *, refused: bool = False) -> None:
    """Everything that is no YAML is a comment, so that all of it can be pasted."""
    people = "1 character" if len(entries) == 1 else f"{len(entries)} characters"
    where = file.cast or file.path
    have = "" if refused else f", or have it written: storyforge cast {shlex.quote(str(path))} --write"
    print(f"# {people} for {where.name}: paste this{have}")
    print()
    print(characters_block(entries) if file.cast else cast_block(entries), end="")


def _written(target: Path, path: Path, entries: Sequence[Entry], *, marked: bool) -> None:
    story = shlex.quote(str(path))
    print(f"Now in the cast, in {target.name}: {', '.join(shown_name(e.key, e.character) for e in entries)}.")
    if marked:
        print(
            "Correct there whatever you see otherwise: after “# invented:” stands what the story does not tell. Then:"
        )
    else:
        print("Correct there whatever you see otherwise. What the story does not tell:")
        for entry in entries:
            for note in (note for note in entry.notes if note.startswith(_INVENTED)):
                print(f"  {shown_name(entry.key, entry.character)}: {note.removeprefix(_INVENTED)}")
        print("Then:")
    print(f"  storyforge portraits {story}    # draws them alone, to pick from, if your pictures come from a model")
    print(f"  storyforge render {story}")


def _write(path: Path, settings: Settings, entries: Sequence[Entry]) -> tuple[Path, bool]:
    """Puts them into the file as it is now; also, whether comments tell there what was invented.

    BadStory, and nothing is written, unless it then means what it should.
    """
    now = _loaded(path, settings)
    target = (now.cast or now.path).resolve()
    new = [entry for entry in entries if entry.key not in now.story.cast]
    with cannot_write(target):
        data = target.read_bytes()
    text = data.decode("utf-8-sig")
    changed = with_characters(text, new) if now.cast else with_cast(text, new)
    mark = b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b""
    cast = {**now.story.cast, **{entry.key: entry.character for entry in new}}
    with written_whole(target) as part:
        part.write_bytes(mark + changed.encode())
        part.chmod(stat.S_IMODE(target.stat().st_mode))
        if _read_back(part, now, settings) != (cast if now.cast else now.story.model_copy(update={"cast": cast})):
            raise BadStory(f"{target.name} would not mean what it should with these characters", remedy=_BY_HAND)
    marks = [each.count(f"# {_INVENTED}") for each in (text, changed)]
    return target, marks[0] < marks[1] or not any(_INVENTED in note for entry in new for note in entry.notes)


_BY_HAND = "nothing was written: paste them by hand"


def _read_back(part: Path, now: StoryFile, settings: Settings) -> Story | dict[str, Character] | None:
    """What the file says as it would be written."""
    try:
        if not now.cast:
            return load_story(part, outside=settings.outside, styles=settings.styles).story
        document = read_yaml(part)
        cast = document.validated(CastFile)
        document.stop_if_wrong()
    except BadStory as error:
        raise BadStory(
            f"The file could not be read any more with these characters: {error}", remedy=_BY_HAND
        ) from error
    return cast.root if cast else None

"""Reading a story file: YAML on disk -> Story, with the line of every mistake. Also: a new file, and the schema."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import RootModel

from storyforge.errors import BadStory, UnknownName
from storyforge.files import cannot_write, write_whole
from storyforge.story import Character, Key, NamedStyle, Story, recorded_in
from storyforge.storyboard import MOVES, meant
from storyforge.styles import all_styles, resolved, shipped
from storyforge.yaml_file import Document, Place, read_yaml


@dataclass(frozen=True)
class StoryFile:
    """A story together with where it came from. Paths inside the story start at `folder`."""

    path: Path
    story: Story
    cast: Path | None = None
    """The file of its cast, if that is one of its own."""
    wording: tuple[str, ...] = ()
    """Keys of the tasks that its words are made with, where they are not those of the file."""

    @property
    def folder(self) -> Path:
        return self.path.parent

    @property
    def cast_folder(self) -> Path:
        """Where the portraits of its cast lie: beside a cast file, so that a whole series shares them."""
        return (self.cast or self.path).parent

    @property
    def name(self) -> str:
        """Name of the film's folder under output/."""
        return self.path.stem


class CastFile(RootModel[dict[Key, Character]]):
    """A cast in a file of its own, shared by the stories of a series."""


def load_story(path: Path, *, outside: bool = False, styles: Mapping[str, NamedStyle] = {}) -> StoryFile:
    """Reads a story and its cast file. BadStory lists all mistakes at once.

    Paths in the story must stay inside its folder (a story from the internet reads no other files of yours)
    unless `outside` allows more. `styles`: those of the settings file; the story's style comes with all its words.
    """
    path = path.absolute()
    document = read_yaml(path)
    cast = _take_in_cast(document, outside) if isinstance(document.data, dict) else None
    story = document.validated(Story)
    if story is not None:
        _check(story, document, outside)
        story = _styled(story, document, styles)
    document.stop_if_wrong()
    assert story is not None
    return StoryFile(path, story, cast)


def _styled(story: Story, document: Document, styles: Mapping[str, NamedStyle]) -> Story:
    """The story with its style in words: a style by name is known to nothing that comes after."""
    try:
        return story.model_copy(update={"style": resolved(story.style, all_styles(story.styles, styles))})
    except UnknownName as error:
        document.mistake(("style", "name"), f"there is no style {story.style.name!r}", error.remedy)
        return story


def _take_in_cast(document: Document, outside: bool) -> Path | None:
    """Replaces `cast: cast/eevee.yaml` by what that file holds. Its path, if there is one."""
    name = document.data.get("cast")
    if not isinstance(name, str):
        return None
    document.data["cast"] = {}
    if (path := _inside(document, ("cast",), name, outside)) is None:
        return None
    try:
        cast = read_yaml(path)
        if cast.validated(CastFile) is not None:
            document.data["cast"] = cast.data
        cast.stop_if_wrong()
    except BadStory as error:
        line = document.line(("cast",))
        document.mistakes.extend((line, each) for each in error.mistakes or (str(error),))
    return path


def _inside(document: Document, place: Place, name: str, outside: bool) -> Path | None:
    """The file called `name` beside the story; None, with a mistake noted, if it may not or cannot be read."""
    try:
        return file_beside(document.path.parent, name, outside=outside)
    except BadStory as error:
        document.mistake(place, error.cause, error.remedy)
        return None


def file_beside(folder: Path, name: str, *, outside: bool) -> Path:
    """The file that a story in `folder` means by `name`. BadStory if it is not there or may not be read."""
    path = _beside(folder, name, outside)
    if not path.is_file():
        near = difflib.get_close_matches(path.name, [p.name for p in _files(path.parent)], 1, 0.4)
        raise BadStory(f"there is no file {name!r}", remedy=f"did you mean `{near[0]}`?" if near else "check its name")
    return path


def folder_beside(folder: Path, name: str, *, outside: bool) -> Path:
    """The folder that a story in `folder` means by `name`; it may be yet to be made. BadStory if it may not be used."""
    path = _beside(folder, name, outside)
    if path.exists() and not path.is_dir():
        raise BadStory(f"{name!r} is not a folder", remedy="name the folder that it lies in")
    return path


def _beside(folder: Path, name: str, outside: bool) -> Path:
    folder = folder.resolve()
    try:
        # A Windows path in a story shared with a Mac: both slashes mean the same here.
        path = (folder / name.replace("\\", "/")).resolve()
        path.exists()
    except (OSError, ValueError) as error:  # a name too long for this system, or with a NUL in it
        raise BadStory(f"{name[:60]!r} cannot be the name of a file: {error}", remedy="choose another name") from error
    if not outside and not path.is_relative_to(folder):
        raise BadStory(f"{name!r} lies outside the story's folder", remedy="move it there, or allow it: --outside")
    return path


def _files(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.is_dir() else []


def _check(story: Story, document: Document, outside: bool) -> None:
    """What the fields' types cannot tell."""
    if story.story and story.scenes:
        document.mistake(("scenes",), "stands beside `story`", "keep the text or the hand-made scenes, not both")
    if not story.text.strip():
        place: Place = ("story",) if "story" in document.data else ()
        document.mistake(place, "there is nothing to tell", "write the text under `story: |`, indented by two spaces")
    for key, character in story.cast.items():
        if "pronounce" in character.model_fields_set and not character.pronounce.strip():
            remedy = "write how the name sounds (void-ee-on), or leave the line out"
            document.mistake(("cast", key, "pronounce"), "is empty", remedy)
        if character.reference is not None:
            _inside(document, ("cast", key, "reference"), character.reference, outside)
        if (folder := recorded_in(character)) is not None:
            _check_folder(document, ("cast", key, "voice"), folder, outside)
    for number, scene in enumerate(story.scenes):
        _check_scene(story, document, number, outside)
        if scene.picture is not None:
            _inside(document, ("scenes", number, "picture"), scene.picture, outside)


def _check_scene(story: Story, document: Document, number: int, outside: bool) -> None:
    scene = story.scenes[number]
    place: Place = ("scenes", number)
    for key in scene.characters or ():
        if key not in story.cast:
            document.mistake((*place, "characters"), f"{key!r} is not in the cast", _names(key, list(story.cast)))
    for field in ("place", "time", "weather", "mood"):
        if near := meant(field, getattr(scene, field) or ""):
            document.mistake((*place, field), f"there is no {getattr(scene, field)!r}", f"did you mean `{near}`?")
    if scene.camera is not None and scene.camera not in MOVES:
        document.mistake((*place, "camera"), f"cannot be {scene.camera!r}", _names(scene.camera, list(MOVES)))


def _check_folder(document: Document, place: Place, name: str, outside: bool) -> None:
    try:
        folder_beside(document.path.parent, name, outside=outside)
    except BadStory as error:
        document.mistake(place, error.cause, error.remedy)


def _names(word: str, names: list[str]) -> str:
    near = difflib.get_close_matches(word, names, 1, 0.5)
    return f"did you mean `{near[0]}`?" if near else f"there are: {', '.join(names) or 'none'}"


def json_schema(cast: bool = False) -> dict[str, Any]:
    """The JSON Schema of a story file, or of a cast file, for editors that complete and check while one types."""
    schema = (CastFile if cast else Story).model_json_schema(mode="validation")
    if not cast:
        schema["required"] = ["title"]
        # In a file, the cast may be the path of another file; `load_story` has read it before a Story is made.
        members = schema["properties"]["cast"]
        schema["properties"]["cast"] = {"anyOf": [members, {"type": "string"}], "description": members["description"]}
        schema["anyOf"] = [{"required": ["story"]}, {"required": ["scenes"]}]
        # What editors offer; any other words do as well, or a style of the user's own.
        for style in (schema["properties"]["style"], schema["$defs"]["Style"]["properties"]["name"]):
            style["examples"] = list(shipped())
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


NEW_STORY = """\
# yaml-language-server: $schema=story.schema.json
# Everything but `title` and `story` can be left out.

title: {title}
# author: Your Name                 # named at the start and at the end
# language: en                      # en, de, fr, es …
# style: storybook watercolour      # or comic, felt, anime …: `storyforge styles` lists them. Or words of your own
# seed: 20260421                    # another number, other pictures

# Who is in it, as words a painter could use. Naming the clothes keeps them the same in every picture.
# cast:
#   mira:
#     pronouns: she
#     looks: a small girl with black pigtails, a yellow raincoat and red boots
#   bruno:
#     aliases: [the old bear]
#     pronouns: he
#     looks: a big brown bear with round glasses and a green scarf
#     voice: grandpa                # a voice of its own; `storyforge voices --all` lists them

# The story, indented by two spaces. A blank line starts a new paragraph.
story: |
  Once upon a time, at the edge of a dark green forest, …
"""


def write_new(title: str, folder: Path) -> Path:
    """Writes a commented story file named after its title. BadStory if it is already there; CannotWrite."""
    if not title.strip() or len(title) > 200:
        raise BadStory("A title has 1 to 200 letters", remedy='such as: storyforge new "The Lost Mitten"')
    words = "".join(char.lower() if char.isalnum() else "-" for char in title)
    path = folder / ("-".join(filter(None, words.split("-")))[:60] or "story")
    path = path.with_name(path.name + ".yaml")
    with cannot_write(path):
        if path.exists():
            raise BadStory(f"{path} is already there", remedy="choose another title, or edit that file")
    write_whole(path, NEW_STORY.format(title=json.dumps(title, ensure_ascii=False)).encode())
    return path

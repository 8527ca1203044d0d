"""What to render with: flags before the story, the story before the settings file, that before the defaults."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, ValidationError

from storyforge.backend import (
    Address,
    Backend,
    Illustrator,
    NamesFile,
    NamesFolder,
    Narrator,
    Planner,
    Private,
    find,
    marked_settings,
    narrator_with,
    split_choice,
)
from storyforge.errors import BadSettings
from storyforge.readings import RECORDED, fallback_of, with_recordings
from storyforge.story import MOST_TAKES, VOICE_SETTINGS, Aspect, Choice, Lexicon, NamedStyle, NarratorChoice, Story
from storyforge.story_file import StoryFile, file_beside, folder_beside
from storyforge.storyboard import Planning
from storyforge.telling import BEDTIME, PLAIN, Telling
from storyforge.timeline import Pauses
from storyforge.value import Value
from storyforge.yaml_file import read_yaml

SETTINGS_FILE = "storyforge.yaml"

PREFERRED: dict[str, tuple[str, ...]] = {
    "planner": ("chat", "rules"),
    "illustrator": ("comfyui", "paper"),
    "narrator": ("piper", "espeak"),
}
"""The order in which `auto` tries back-ends: the first that has what it needs is taken, and the choice is told."""

B = TypeVar("B", bound=Backend)

Profile = Literal["draft", "share", "archive"]
EncoderName = Literal["software", "auto", "nvenc", "qsv", "videotoolbox", "amf", "vaapi"]
Preset = Literal["ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow"]

DRAFT_HEIGHT = 540  # a quarter of the pixels of 1080

OVERSCAN = 7 / 6  # pictures are drawn larger than the frame, so that the camera has room to move without enlarging


class Settings(Value):
    """Every field may stand in storyforge.yaml, in the working folder or in the user's settings folder."""

    planner: Annotated[Choice, Field(description="Who cuts the story into scenes")] = "auto"
    illustrator: Annotated[Choice, Field(description="Who draws")] = "auto"
    narrator: Annotated[NarratorChoice, Field(description="Who speaks, or with which voice")] = "auto"
    output: Annotated[str, Field(description="Folder for films")] = "output"
    store: Annotated[
        str | None, Field(description="Folder of what has been made; else .store in the output folder")
    ] = None
    height: Annotated[int, Field(description="Short side of the film in pixels", ge=90, le=4320, multiple_of=2)] = 1080
    fps: Annotated[int, Field(description="Frames a second", ge=10, le=60)] = 30
    dissolve: Annotated[float, Field(description="Seconds of dissolve between scenes; 0 cuts", ge=0, le=3)] = 0.8
    profile: Annotated[
        Profile | None,
        Field(
            description="draft (small), share (plays everywhere) or archive (HEVC, 10 bit); else share, drafts draft"
        ),
    ] = None
    encoder: Annotated[
        EncoderName,
        Field(description="software, auto (the graphics card, if it can), nvenc, qsv, videotoolbox, amf or vaapi"),
    ] = "software"
    preset: Annotated[
        Preset | None, Field(description="How hard x264 or x265 tries: the slower, the smaller; else as the profile")
    ] = None
    crf: Annotated[
        int | None,
        Field(description="How much x264 or x265 may lose, 0 nothing; else as the profile", ge=0, le=40),
    ] = None
    jobs: Annotated[int | None, Field(description="Clips to encode at once; else one a core", ge=1, le=256)] = None
    takes: Annotated[
        int | None,
        Field(description="Pictures drawn of each scene, to pick from; else as the story says", ge=1, le=MOST_TAKES),
    ] = None
    draft: Annotated[bool, Field(description="A quick rough film in draft/, with the seeds of the real one")] = False
    anyway: Annotated[bool, Field(description="Draw although the models look too large for the card")] = False
    bedtime: Annotated[bool, Field(description="Films told slowly and softly, with long pauses and a slow end")] = False
    manners: Annotated[bool, Field(description="Whether quotes are whispered and shouted as the text tells")] = True
    outside: Annotated[bool, Field(description="Whether stories may name files outside their folder")] = False
    styles: Annotated[dict[str, NamedStyle], Field(description="Styles of your own, by name")] = {}
    voice_server: Annotated[
        str, Field(description="Where `storyforge voices get` gets Piper voices: the address of a mirror")
    ] = ""
    lexicon: Annotated[Lexicon, Field(description="How words are said in every story: {Llanfair: hlan-vire}")] = {}
    pauses: Annotated[Pauses, Field(description="Silences, in seconds")] = Pauses()

    @property
    def output_folder(self) -> Path:
        return Path(self.output).expanduser()

    def film_folder(self, name: str) -> Path:
        """Where a film lies: drafts in a folder of their own, so that they cost the film nothing."""
        return self.output_folder / name / "draft" if self.draft else self.output_folder / name

    def takes_of(self, story: Story) -> int:
        """How many pictures of each scene are wanted."""
        return self.takes or story.takes or 1

    def telling_of(self, story: Story) -> Telling:
        """The tone in which this story is told."""
        telling = BEDTIME if self.bedtime or story.bedtime else PLAIN
        return telling if self.manners and story.manners else telling.model_copy(update={"plainly": True})

    @property
    def film_profile(self) -> Profile:
        return self.profile or ("draft" if self.draft else "share")

    @property
    def film_height(self) -> int:
        return min(self.height, DRAFT_HEIGHT) if self.draft else self.height

    @property
    def store_folder(self) -> Path:
        return Path(self.store).expanduser() if self.store else self.output_folder / ".store"


def load_settings(flags: dict[str, Any], path: Path | None = None) -> Settings:
    """The settings file (if there is one) under the flags that were given. BadStory lists mistakes in the file."""
    path = path or next((p for p in (Path(SETTINGS_FILE), user_folder() / SETTINGS_FILE) if p.is_file()), None)
    found: dict[str, Any] = {}
    if path is not None:
        document = read_yaml(path)
        settings = document.validated(Settings)
        document.stop_if_wrong()
        assert settings is not None
        found = settings.model_dump(exclude_unset=True)
    try:
        return Settings(**{**found, **{name: value for name, value in flags.items() if value is not None}})
    except ValidationError as error:
        wrong = "; ".join(f"--{e['loc'][0]}: {str(e['msg']).lower()}" for e in error.errors())
        raise BadSettings(f"An option cannot be met: {wrong}", "see: storyforge render --help") from error


def user_folder() -> Path:
    """Where this system keeps a user's settings of storyforge."""
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA", Path.home() / "AppData/Roaming")) / "storyforge"
    if sys.platform == "darwin":
        return Path.home() / "Library/Application Support/storyforge"
    return Path(os.environ.get("XDG_CONFIG_HOME", Path.home() / ".config")) / "storyforge"


class Crew(Value):
    """The chosen back-ends, and why each was chosen."""

    planner: Planner
    illustrator: Illustrator
    narrator: Narrator
    reasons: tuple[str, ...]


KINDS: dict[str, type[Backend]] = {"planner": Planner, "illustrator": Illustrator, "narrator": Narrator}


def crew_for(
    file: StoryFile,
    settings: Settings,
    flags: Mapping[str, str | None],
    drawn_by: str = "",
    planning: Planning | None = None,
    *,
    same: bool = False,
    settle: bool = True,
) -> Crew:
    """The back-ends of a film. UnknownName, BadSettings; nothing falls back silently (promise 10).

    `drawn_by`: the illustrator of the film as it is. While that is better than what `auto` finds now (its server is
    not running), it stays: else all pictures would be drawn again by a lesser one. `same`: it stays in any case, for
    what is done to a film that is there. `planning`: who planned its storyboard, which stays: else its scenes would be
    others. `settle`: what the user left open (which model) is decided now; a server may be asked for that.
    """
    chosen: dict[str, Any] = {}
    reasons: list[str] = []
    before = {"illustrator": (drawn_by, same), "planner": (planning.planner if planning else "", True)}
    read = _read(file, settings, flags)
    file, settings, flags = _with_fallback(file, settings, flags) if read is not None else (file, settings, flags)
    for kind, base in KINDS.items():
        name, given = _choice(kind, file, settings, flags)
        backend: Backend
        if name == "auto":
            backend, why = _found(kind, base, file.story, given, settings, *before.get(kind, ("", False)))
        else:
            backend, why = find(kind, {name: given}, base), ""
        if planning and backend.name == planning.planner:
            backend = backend.as_before(planning)
        backend = backend.settled() if settle else backend
        if isinstance(backend, Narrator):
            backend = with_recordings(backend, read, file.story, file.folder, outside=settings.outside)
        chosen[kind] = backend
        reasons.append(f"{kind}: {backend.title}{why}")
    if settings.draft:
        chosen["illustrator"] = chosen["illustrator"].drafted()
    if settings.anyway:
        chosen["illustrator"] = chosen["illustrator"].although()
    return Crew(**chosen, reasons=tuple(reasons))


def _choice(
    kind: str, file: StoryFile, settings: Settings, flags: Mapping[str, str | None]
) -> tuple[str, dict[str, Any]]:
    """Name and settings of the back-end asked for: what the story sets goes over what the settings file does.

    So addresses of this machine's servers stand in storyforge.yaml, and each story may choose its own workflow.
    """
    ours, _ = _split(kind, getattr(settings, kind))
    theirs, wished = _split(kind, getattr(file.story, kind))
    name = flags.get(kind) or (theirs if theirs != "auto" else ours)
    given = settings_of(kind, name, settings)
    if theirs == "auto" and wished and not flags.get(kind):
        given = {**given, **wished}
    if name == "auto":
        if kind != "narrator" and given:
            raise BadSettings(f"{kind}: auto takes no settings", f"name one: {kind}: {{{PREFERRED[kind][-1]}: {{…}}}}")
    elif theirs == name and wished:
        given = _trusted(kind, name, wished, given, settings) | _in_place(kind, name, wished, file, settings)
    return name, given


def _split(kind: str, choice: Choice) -> tuple[str, dict[str, Any]]:
    """As split_choice; of a narrator that is known by its voice alone, whose voice that is."""
    name, given = split_choice(kind, choice)
    if kind != "narrator" or name != "auto" or not given:
        return name, given
    if unknown := sorted(set(given) - set(VOICE_SETTINGS)):
        raise BadSettings(f"A narrator's voice has no setting {unknown[0]!r}", f"it has: {', '.join(VOICE_SETTINGS)}")
    return narrator_with(str(given.get("voice") or "")) or name, given


def _read(file: StoryFile, settings: Settings, flags: Mapping[str, str | None]) -> dict[str, Any] | None:
    """The settings of recordings, but for their fallback; None if the story is to be narrated without any."""
    name, given = _choice("narrator", file, settings, flags)
    return {field: value for field, value in given.items() if field != "fallback"} if name == RECORDED else None


def _with_fallback(
    file: StoryFile, settings: Settings, flags: Mapping[str, str | None]
) -> tuple[StoryFile, Settings, Mapping[str, str | None]]:
    """The same with the narrator chosen who speaks what is not recorded."""
    story = file.story.model_copy(update={"narrator": fallback_of(file.story.narrator)})
    settings = settings.model_copy(update={"narrator": fallback_of(settings.narrator)})
    return replace(file, story=story), settings, {**flags, "narrator": None}


def settings_of(kind: str, name: str, settings: Settings) -> dict[str, Any]:
    """What the settings file says of this back-end, if that is the one that it names."""
    named, given = _split(kind, getattr(settings, kind))
    return given if named == name else {}


def _trusted(
    kind: str, name: str, wished: Mapping[str, Any], ours: dict[str, Any], settings: Settings
) -> dict[str, Any]:
    """What of our own settings a story gets: a story from somebody else starts no programs and learns no secrets."""
    private = marked_settings(kind, name, KINDS[kind], Private)
    if settings.outside:
        return ours
    if asked := [field for field in private if field in wished]:
        raise BadSettings(
            f"A story may not set `{asked[0]}` of {kind} {name}",
            f"write it into {SETTINGS_FILE}, or trust this story: --outside",
        )
    if any(field in wished for field in marked_settings(kind, name, KINDS[kind], Address)):
        return {field: value for field, value in ours.items() if field not in private}
    return ours


def _in_place(kind: str, name: str, wished: Mapping[str, Any], file: StoryFile, settings: Settings) -> dict[str, Any]:
    """What a story sets, with the files that it names found beside it. BadStory if they are not there, or outside."""

    def found(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: found(each) for key, each in value.items()}
        if isinstance(value, str) and value.lower().endswith(".json"):
            return str(file_beside(file.folder, value, outside=settings.outside))
        return value

    def beside(value: Any) -> Any:
        return str(folder_beside(file.folder, value, outside=settings.outside)) if isinstance(value, str) else value

    files, folders = (marked_settings(kind, name, KINDS[kind], mark) for mark in (NamesFile, NamesFolder))
    return {
        field: found(value) if field in files else beside(value) if field in folders else value
        for field, value in wished.items()
    }


def _found(
    kind: str, base: type[B], story: Story, given: dict[str, Any], settings: Settings, before: str, same: bool
) -> tuple[B, str]:
    """The first of those preferred that has what it needs here, and why it was taken. `given`: settings for any."""
    passed: list[str] = []
    for name in [before] if same and before else PREFERRED[kind]:
        backend = find(kind, {name: {**settings_of(kind, name, settings), **given}}, base)
        if name == before:
            return backend, ", as the film so far"
        wrong = backend.suits(story)
        if not wrong:
            return backend, f" ({'; '.join(passed)})" if passed else ""
        passed.append(f"not {name}: {wrong}")
    raise BadSettings(f"No {kind} works here: {'; '.join(passed)}", "see: storyforge doctor")


def frame_size(aspect: Aspect, short_side: int) -> tuple[int, int]:
    """(width, height) of the film in pixels, both even: H.264 stores colour for 2×2 pixels."""
    across, down = (int(part) for part in aspect.split(":"))
    long_side = round(short_side * max(across, down) / min(across, down) / 2) * 2
    return (long_side, short_side) if across >= down else (short_side, long_side)


def picture_size(frame: tuple[int, int]) -> tuple[int, int]:
    """Pictures are 7/6 of the frame: the camera moves inside them."""
    width, height = (round(side * OVERSCAN / 2) * 2 for side in frame)
    return width, height

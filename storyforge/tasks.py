"""Tasks: each is a frozen description of one file to be made. Its canonical JSON is its key and its log line.

A task holds everything that changes the bytes and nothing else (promise 4). What it takes in is named by content
(`Artifact`), so when a remade input comes out equal, nothing after it is made again. When the way a task works
changes, its `version` goes up.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import SerializeAsAny

from storyforge.backend import (
    Backend,
    Narrator,
    PartPlanner,
    Planner,
    Progress,
    Section,
    Unkeyed,
    Voice,
    section_of,
)
from storyforge.errors import BackendFailed, StoryforgeError
from storyforge.rendering.encoders import Encoder
from storyforge.speech import Speech
from storyforge.store import Artifact
from storyforge.story import Character, Story, Style
from storyforge.storyboard import Camera, Part, Storyboard, Transition
from storyforge.telling import PLAIN
from storyforge.value import Value, canonical_json, digest

Locate = Callable[[Artifact], Path]

LaneName = Literal["work", "draw", "speak"]
"""Tasks that need the same thing share a lane: `work` keeps this machine's cores busy, `draw` servers that draw
pictures, `speak` the voices, as many at once as the narrator can."""


class Task(Value):
    stage: ClassVar[str]
    lane: ClassVar[LaneName]
    suffix: ClassVar[str]
    version: ClassVar[int] = 1

    def recipe(self) -> dict[str, Any]:
        """All that decides the bytes, as plain data."""
        unkeyed = {name for name, info in type(self).model_fields.items() if Unkeyed in info.metadata}
        fields = self.model_dump(mode="json", exclude=unkeyed)
        for name in fields:
            value = getattr(self, name)
            if isinstance(value, Backend):
                fields[name] = value.recipe()
        return {"task": type(self).__name__, "version": self.version, **fields}

    @property
    def setup(self) -> str:
        """What has to be loaded before it can run; tasks alike in this are best run one after another."""
        return ""

    @cached_property
    def key(self) -> str:
        return digest(canonical_json(self.recipe()))

    @abstractmethod
    def run(self, locate: Locate, out: Path, progress: Progress) -> None:
        """Makes the file at `out`. `progress` raises when the user has had enough."""


class Plan(Task):
    """The story cut into scenes. `parts` follow from the rest, where a planner goes part by part."""

    stage = "plan"
    lane = "work"
    suffix = ".json"

    story: Story
    planner: SerializeAsAny[Planner]
    parts: Annotated[tuple[Artifact, ...], Unkeyed] = ()

    @classmethod
    def of(cls, story: Story, planner: Planner) -> Plan:
        """Without the fields that no planner looks at, so that another voice or style plans nothing again."""
        cast = {
            key: Character(name=c.name, aliases=c.aliases, pronouns=c.pronouns, looks=c.looks)
            for key, c in story.cast.items()
        }
        unseen = {
            "takes": None,
            "author": "",
            "style": Style(),
            "seed": 0,
            "seeds": "fixed",
            "aspect": "16:9",
            "bedtime": False,
            "manners": True,
        }
        settled = {"styles": {}, "lexicon": {}, "tidy": False, "retell": None}
        choices = {"planner": "auto", "illustrator": "auto", "narrator": "auto"}
        seen = story.model_copy(update={**unseen, **settled, **choices, "cast": cast})
        cast = planner.narrowed(seen).cast
        return cls(story=seen.model_copy(update={"cast": cast}), planner=planner)

    @property
    def narrowed(self) -> Story:
        """What its parts are planned from."""
        return self.planner.narrowed(self.story)

    def run(self, locate: Locate, out: Path, progress: Progress) -> None:
        if self.parts and isinstance(self.planner, PartPlanner):
            board = self.planner.joined(self.story, [PlanPart.read(locate(part)) for part in self.parts])
        else:
            board = self.planner.plan(self.story, progress)
        _stop_if_changed(self.planner, board.text, self.story.text)
        out.write_text(board.model_dump_json(), "utf-8")

    @staticmethod
    def read(path: Path) -> Storyboard:
        return Storyboard.model_validate_json(path.read_bytes())


class PlanPart(Task):
    """A stretch of a long story, planned after what came `before`: a stop, or an edit further on, loses no more."""

    stage = "plan"
    lane = "work"
    suffix = ".json"

    section: Section
    before: Artifact | None
    planner: SerializeAsAny[PartPlanner]
    share: Annotated[tuple[float, float], Unkeyed] = (0.0, 1.0)
    """Where in the whole story it begins and ends, for whoever looks on."""

    def run(self, locate: Locate, out: Path, progress: Progress) -> None:
        start, end = self.share

        def overall(fraction: float | None = None, *, note: str = "", preview: bytes = b"") -> None:
            progress(None if fraction is None else start + (end - start) * fraction, note=note, preview=preview)

        before = self.read(locate(self.before)) if self.before else None
        part = self.planner.part(self.section, before, overall)
        _stop_if_changed(
            self.planner, "".join(scene.text for scene in part.scenes), self.section.story.text[: part.end]
        )
        out.write_text(part.model_dump_json(), "utf-8")

    @staticmethod
    def read(path: Path) -> Part:
        return Part.model_validate_json(path.read_bytes())


def planned_parts(plan: Plan, find: Callable[[str], Artifact | None], locate: Locate) -> Iterator[PlanPart]:
    """The parts of a plan, in turn; each can be told only when the one before it has been made, so it ends there."""
    assert isinstance(plan.planner, PartPlanner)
    story, start, before = plan.narrowed, 0, None
    length = len(story.text)
    while start < length:
        end = plan.planner.window(story, start)
        share = (start / length, end / length)
        task = PlanPart(section=section_of(story, start, end), before=before, planner=plan.planner, share=share)
        yield task
        if (before := find(task.key)) is None:
            return
        start += PlanPart.read(locate(before)).end


def _stop_if_changed(planner: Planner, planned: str, told: str) -> None:
    if planned != told:
        raise BackendFailed(f"The planner {planner.name} changed the story's words", "tell its makers; use rules")


class Speak(Task):
    """One line, spoken."""

    stage = "speak"
    lane = "speak"
    suffix = ".wav"

    text: str
    voice: Voice
    language: str
    lexicon: dict[str, str]
    narrator: SerializeAsAny[Narrator]

    def recipe(self) -> dict[str, Any]:
        asked = self.narrator.asked(self.text, self.voice, self.language, self.lexicon)
        return {"task": type(self).__name__, "version": self.version, **asked}

    def run(self, locate: Locate, out: Path, progress: Progress) -> None:
        speech = self.narrator.speak(self.text, self.voice, self.language, self.lexicon, progress)
        out.write_bytes(speech.to_wav())

    @staticmethod
    def read(path: Path) -> Speech:
        return Speech.from_wav(path.read_bytes())


class View(Value):
    """A picture and the camera's way through it: `frames` of its own and `overlap` under the next shot's beginning."""

    picture: Artifact
    camera: Camera
    frames: int
    overlap: int


class Shoot(Task):
    """One scene's silent clip. In its first `passage` frames the view before is seen, too, and gives way to it."""

    stage = "shoot"
    lane = "work"
    suffix = ".mp4"
    version = 2

    view: View
    before: View | None
    transition: Transition
    rightwards: bool = False
    passage: int
    fade_in: int
    fade_out: int
    width: int
    height: int
    fps: int
    encoder: Encoder

    def run(self, locate: Locate, out: Path, progress: Progress) -> None:
        from storyforge.rendering.clip import Framing, ShotPlan
        from storyforge.rendering.shoot import shoot

        def framed(view: View) -> tuple[Path, Framing]:
            return locate(view.picture), Framing(camera=view.camera, frames=view.frames, overlap=view.overlap)

        picture, framing = framed(self.view)
        plan = ShotPlan(
            picture=picture,
            framing=framing,
            before=framed(self.before) if self.before else None,
            transition=self.transition,
            rightwards=self.rightwards,
            passage=self.passage,
            size=(self.width, self.height),
            fps=self.fps,
            fade_in=self.fade_in,
            fade_out=self.fade_out,
            encoder=self.encoder,
        )
        shoot(plan, out, progress)


class Piece(Value):
    """A line's sound, when it starts (seconds), and how much louder it is than a plain line (dB)."""

    start: float
    speech: Artifact
    level: float = 0.0


class Mix(Task):
    """The film's one soundtrack."""

    stage = "mix"
    lane = "work"
    suffix = ".m4a"
    version = 2

    pieces: tuple[Piece, ...]
    seconds: float
    loudness: float = PLAIN.loudness
    fade: float = 0.0

    def run(self, locate: Locate, out: Path, progress: Progress) -> None:
        from storyforge.rendering.soundtrack import Voiced, mix

        voices = (Voiced(piece.start, Speak.read(locate(piece.speech)), piece.level) for piece in self.pieces)
        mix(voices, self.seconds, out, self.loudness, self.fade)


class Chapter(Value):
    start: float
    end: float
    title: str


class Join(Task):
    """Clips and soundtrack joined by stream copy, with subtitles and chapters."""

    stage = "join"
    lane = "work"
    suffix = ".mp4"

    clips: tuple[Artifact, ...]
    sound: Artifact
    subtitles: str
    chapters: tuple[Chapter, ...]
    title: str
    author: str
    language: str
    reorder: int = 1

    def run(self, locate: Locate, out: Path, progress: Progress) -> None:
        from storyforge.rendering.join import join

        chapters = [(chapter.start, chapter.end, chapter.title) for chapter in self.chapters]
        metadata = {"title": self.title, "artist": self.author} if self.author else {"title": self.title}
        clips = [locate(clip) for clip in self.clips]
        join(clips, locate(self.sound), self.subtitles, chapters, metadata, self.language, out, self.reorder)


def failed(task: Task, error: Exception) -> StoryforgeError:
    """An error of a back-end that is not ours (a plug-in, a library), told in our words."""
    name = getattr(task, "illustrator", None) or getattr(task, "narrator", None) or getattr(task, "planner", None)
    who = f"{task.stage} with {name.name}" if name else task.stage
    return BackendFailed(f"{who} failed: {type(error).__name__}: {error}", "see the log for the whole trace")

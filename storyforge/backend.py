"""A back-end is one way to plan, draw or speak, chosen by name. It is a frozen value: its fields are its settings."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module
from importlib.metadata import entry_points
from typing import Annotated, Any, ClassVar, Literal, Protocol, Self, TypeVar

from pydantic import Field, ValidationError

from storyforge.errors import BackendFailed, BadSettings, UnknownName
from storyforge.sentences import Line
from storyforge.speech import Speech
from storyforge.story import Character, Choice, Key, Story, WrittenScene
from storyforge.storyboard import Brief, Costs, Part, Planning, Storyboard
from storyforge.value import Value
from storyforge.yaml_file import explain


class Backend(Value):
    """Settings as fields; those marked by `Unkeyed` (addresses, time limits, keys) do not change what is made."""

    name: ClassVar[str]
    version: ClassVar[int] = 1  # goes up whenever equal settings give other bytes than before

    def mistakes(self) -> str:
        """What is wrong with its settings, as far as that can be told without a server; '' if nothing is."""
        return ""

    def check(self) -> str:
        """What is wrong with this back-end here and now, in a sentence with its remedy; '' if nothing is."""
        return ""

    def described(self) -> str:
        """What there is to say about one with which nothing is wrong."""
        return "ready"

    def suits(self, story: Story) -> str:
        """What keeps this back-end from serving this story, as `check` says it; asked by `auto`."""
        return self.check()

    @property
    def title(self) -> str:
        """Its name, with what was chosen for it."""
        return self.name

    def settled(self) -> Self:
        """The same with all that decides the result decided: a model that is to be chosen has been chosen."""
        return self

    def as_before(self, planning: Planning) -> Self:
        """The same with what was settled when it was asked the last time, where the user leaves that open."""
        return self

    def recipe(self) -> dict[str, Any]:
        """What of this back-end changes the bytes it makes: its name, version and keyed settings."""
        unkeyed = {name for name, info in type(self).model_fields.items() if Unkeyed in info.metadata}
        return {"name": self.name, "version": self.version, **self.model_dump(mode="json", exclude=unkeyed)}


class Unkeyed:
    """Marks a setting that does not change the result: `url: Annotated[str, Unkeyed] = …`."""


class Progress(Protocol):
    """How a back-end that takes its time is looked on at, and stopped."""

    def __call__(self, fraction: float | None = None, *, note: str = "", preview: bytes = b"") -> None:
        """`fraction` done, 0…1; a `note` for the user; a `preview` of the picture (PNG or JPEG), as far as it is.

        Raises when the user has had enough: let it pass, after what was asked of a server has been called off. Called
        twice a second or more, it lets a stop be noticed at once.
        """


def unseen(fraction: float | None = None, *, note: str = "", preview: bytes = b"") -> None:
    """Progress that nobody looks on at."""


class Proposal(Value):
    """Somebody whom the story tells of. `told`: phrases of their looks that the text gives; `invented`: the others."""

    key: Key
    character: Character
    told: tuple[str, ...] = ()
    invented: tuple[str, ...] = ()


class Rewording(Value):
    """What is wanted of a new wording: spelling and punctuation mended, or told anew for listeners of an age."""

    kind: Literal["tidy", "retell"]
    age: int | None = None
    names: tuple[str, ...] = ()
    """Those that have to stay as they are."""


class Reworded(Value):
    text: str
    costs: Costs = Costs()
    notes: tuple[str, ...] = ()


class Planner(Backend):
    @abstractmethod
    def plan(self, story: Story, progress: Progress = unseen) -> Storyboard:
        """Cuts the story into scenes whose texts, joined, are `story.text` to the character."""

    def narrowed(self, story: Story) -> Story:
        """The story without what this planner does not look at, so that changing that plans nothing again."""
        return story

    @property
    def rewords(self) -> bool:
        """Whether it can tell a text in other words."""
        return False

    def reword(self, text: str, wanted: Rewording, language: str, progress: Progress = unseen) -> Reworded:
        """A few paragraphs in other words, with the white space at their ends. What cannot be used comes back as is."""
        raise BackendFailed(f"The planner {self.name} cannot reword a story", "use chat, with a language model")

    def propose(self, story: Story, progress: Progress = unseen) -> tuple[Proposal, ...]:
        """Who should be in the cast, the most important first; those that are in it already are left out."""
        raise BackendFailed(f"The planner {self.name} cannot propose a cast", "use rules, or chat")


class Section(Value):
    """A stretch of a story that is planned at once. `story.text` is that stretch alone.

    `story.scenes` are the scenes that were cut by hand in it, if the story's were; it holds each of them whole.
    `lead`: the end of what was told before it. `last`: whether the story ends with it. If not, what is planned of it
    may end sooner (where the last scene's end is not in sight), and the next section begins there.
    """

    story: Story
    lead: str = ""
    last: bool = True


class PartPlanner(Planner):
    """A planner that plans a long story part by part, each with what was decided in the parts before."""

    @abstractmethod
    def window(self, story: Story, start: int) -> int:
        """Where the section ends that begins at character `start` of the story: what the planner can look at at once.

        It depends on the text from `start` on, and of the rest of the story on nothing but its cast and pace.
        """

    @abstractmethod
    def part(self, section: Section, before: Part | None, progress: Progress = unseen) -> Part:
        """Plans a section. `before`: the part before it."""

    @abstractmethod
    def planning(self) -> Planning:
        """Who plans, without costs and notes."""

    def joined(self, story: Story, parts: Sequence[Part]) -> Storyboard:
        """The storyboard of all parts, in their order, with what was written by hand and no planner looks at."""
        scenes = [scene for part in parts for scene in part.scenes]
        for number, written in enumerate(() if story.story else story.scenes):
            scenes[number] = scenes[number].model_copy(update=by_hand_alone(written))
        costs = sum((part.costs for part in parts), Costs())
        notes = tuple(note for part in parts for note in part.notes)
        return Storyboard(
            scenes=tuple(scenes),
            extras={key: each for part in parts for key, each in part.extras.items()},
            planning=self.planning().model_copy(update={"costs": costs, "notes": notes}),
        )

    def plan(self, story: Story, progress: Progress = unseen) -> Storyboard:
        parts: list[Part] = []
        seen, start = self.narrowed(story), 0
        while start < len(story.text):
            section = section_of(seen, start, self.window(seen, start))
            parts.append(self.part(section, parts[-1] if parts else None, progress))
            start += parts[-1].end
        return self.joined(story, parts)


UNPLANNED = ("title", "seed", "prompt", "picture", "focus", "speed", "handheld", "transition")
"""What a scene cut by hand may have that is no planner's business."""


def by_hand_alone(written: WrittenScene) -> dict[str, Any]:
    return {name: value for name in UNPLANNED if (value := getattr(written, name)) is not None}


LEAD = 600
"""Characters of what was told before a section that its planner is shown: the last few sentences."""


def section_of(story: Story, start: int, end: int) -> Section:
    """The stretch of the story from character `start` to `end`."""
    text = story.text
    return Section(
        story=story.model_copy(update={"story": text[start:end], "scenes": scenes_between(story, start, end)}),
        lead=text[max(0, start - LEAD) : start],
        last=end >= len(text),
    )


class Private:
    """Marks a setting that a story file may not have: one that starts programs, or holds secrets of this machine.

    Stories are passed on; such settings belong into storyforge.yaml, which is the user's own.
    """


class Address:
    """Marks a setting that says where servers are. A story that names its own gets none of the user's secrets."""


class NamesFile:
    """Marks a setting that may name a `.json` file. One that a story names lies beside it, like all its files."""


class NamesFolder:
    """Marks a setting that names a folder. One that a story names lies beside it."""


CONTROL = ":control"
"""Among the portraits, the picture that guides a scene's pose, depth or edges: no key of a role has a colon."""


class Ask(Value):
    """A picture that will be asked for: what an illustrator has to have ready."""

    kind: Literal["draw", "retouch", "enlarge"] = "draw"
    brief: Brief
    portraits: dict[str, str] = {}  # key of a role -> digest of its portrait
    masked: bool = False  # whether only a part is to be retouched


def scenes_between(story: Story, start: int, end: int) -> tuple[WrittenScene, ...]:
    """The scenes cut by hand that lie whole between two characters of the story's text; none where it was not cut."""
    found, at = [], 0
    for scene in () if story.story else story.scenes:
        if start <= at and at + len(scene.text) <= end:
            found.append(scene)
        at += len(scene.text) + 2  # the blank line behind it
    return tuple(found)


class Illustrator(Backend):
    @property
    def places(self) -> int:
        """Pictures that may be asked for at once, of servers that draw them; 0: this machine's own cores draw."""
        return 0

    @property
    def looks_at_portraits(self) -> bool:
        return False

    def narrowed(self, brief: Brief) -> Brief:
        """The brief without what this illustrator does not look at, so that changing that draws nothing again."""
        return brief

    def portraits_wanted(self, brief: Brief) -> tuple[str, ...]:
        """Keys of the roles whose portrait it would look at if there is one, the most important first."""
        return ()

    def asked(self, brief: Brief, portraits: Mapping[str, str]) -> dict[str, Any]:
        """All that decides the picture, as plain data. `portraits`: key of a role -> digest of the picture."""
        return {"brief": self.narrowed(brief).model_dump(mode="json"), "illustrator": self.recipe()}

    def setup(self, brief: Brief, portraits: Mapping[str, str]) -> str:
        """What has to be loaded for this picture: those alike in it are best drawn one after another."""
        return ""

    def drafted(self) -> Self:
        """The same illustrator, quicker and rougher, for a look before the film is made in earnest."""
        return self

    def although(self) -> Self:
        """The same illustrator, drawing even where it thinks that it cannot: by the user's leave."""
        return self

    def at_work(self) -> AbstractContextManager[None]:
        """Open from before `ready` until after the last picture: what was started for them is kept meanwhile."""
        return nullcontext()

    def ready(self, asks: Sequence[Ask], progress: Progress) -> None:
        """Asked once before the first picture that a film needs: BackendFailed, with all that is missing."""
        return

    @abstractmethod
    def draw(self, brief: Brief, portraits: Mapping[str, bytes] = {}, progress: Progress = unseen) -> bytes:
        """A PNG picture of `brief.width` × `brief.height` pixels (or of the same shape).

        `portraits`: key of a role -> the picture (PNG or JPEG) that it must look like.
        """

    def retouch_asked(self, brief: Brief, strength: float, masked: bool) -> dict[str, Any]:
        """All that decides a retouched picture, beside the picture and the mask themselves."""
        return {"brief": brief.model_dump(mode="json"), "strength": strength, "illustrator": self.recipe()}

    def retouch(
        self, picture: bytes, mask: bytes | None, brief: Brief, strength: float, progress: Progress = unseen
    ) -> bytes:
        """The picture with the white of `mask` (a grey PNG of its size; None is all of it) drawn anew.

        `strength` 0…1 is how much of what was there may go. What lies outside the mask is not relied upon.
        """
        raise BackendFailed(f"The illustrator {self.name} cannot change a picture", "use comfyui, or redraw the scene")

    def enlarge_asked(self) -> dict[str, Any] | None:
        """What decides how a picture is made larger; None if this illustrator leaves that to the film."""
        return None

    def enlarge(self, picture: bytes, size: tuple[int, int], progress: Progress = unseen) -> bytes:
        """The same picture with more pixels: at least `size` = (width, height), or as many as it can."""
        raise BackendFailed(f"The illustrator {self.name} cannot enlarge a picture", "use comfyui")


class Voice(Value):
    """How one speaker sounds. `name` is what the narrator calls its voice; `digest` stands for a voice file's bytes."""

    name: str
    pace: Annotated[float, Field(gt=0.3, lt=3)] = 1.0
    pitch: Annotated[float, Field(ge=-24, le=24)] = 0.0  # semitones
    speaker: int | None = None
    digest: str = ""


class Narrator(Backend):
    @classmethod
    def has_voice(cls, name: str) -> bool:
        """Whether its voices are called like this, be it here or not. A kind (old-man, dragon) is no name."""
        return False

    @property
    def at_once(self) -> int:
        """Lines that it can speak at once."""
        return 1

    @abstractmethod
    def cast_voices(self, story: Story, speakers: tuple[str, ...], extras: Mapping[str, Any]) -> dict[str, Voice]:
        """A voice for each of `speakers` (cast or extras keys) and for the narrator (''); no two alike if it can be."""

    @abstractmethod
    def speak(
        self, text: str, voice: Voice, language: str, lexicon: Mapping[str, str], progress: Progress = unseen
    ) -> Speech:
        """One line spoken. `lexicon`: how words of the text are said. Adds no pauses at either end.

        Who waits for a server calls `progress` twice a second or more.
        """

    def asked(self, text: str, voice: Voice, language: str, lexicon: Mapping[str, str]) -> dict[str, Any]:
        """All that decides how a line sounds, as plain data. Of a voice with a digest, the name is no part of it."""
        said = {"text": text, "language": language, "lexicon": dict(lexicon)}
        heard = voice.model_dump(mode="json", exclude={"name"} if voice.digest else None)
        return {**said, "voice": heard, "narrator": self.recipe()}

    def rehearsed(self, shots: Sequence[Sequence[Line]]) -> Self:
        """The same, knowing all lines of the film: those of the title card, of scenes 1 … n, of the end card."""
        return self

    def notes(self, voices: Mapping[str, Voice]) -> tuple[str, ...]:
        """What the user should know of how the lines will be spoken, once it has rehearsed with these voices."""
        return ()

    def tellers(self, voices: Mapping[str, Voice]) -> tuple[str, ...]:
        """Names of the narrators that are heard in the scenes, once it has rehearsed with these voices."""
        return (self.name,)

    @property
    def speaking(self) -> Narrator:
        """Who has the voices that a cast can be given."""
        return self

    def unpronounceable(self, lexicon: Mapping[str, str], language: str) -> tuple[str, ...]:
        """Words of a lexicon whose IPA has a sound that this narrator does not know: it reads them as they stand."""
        return ()


BUILT_IN: dict[str, dict[str, str]] = {
    "planner": {
        "rules": "storyforge.planning.rules:Rules",
        "chat": "storyforge.planning.chat.planner:Chat",
    },
    "illustrator": {
        "paper": "storyforge.illustration.paper:Paper",
        "comfyui": "storyforge.illustration.comfyui.illustrator:ComfyUI",
    },
    "narrator": {
        "espeak": "storyforge.narration.espeak:Espeak",
        "piper": "storyforge.narration.piper:Piper",
        "http-speech": "storyforge.narration.http_speech:HttpSpeech",
        "recorded": "storyforge.narration.recorded:Recorded",
    },
}

B = TypeVar("B", bound=Backend)


def names(kind: str) -> list[str]:
    """All back-ends of a kind ('planner', 'illustrator', 'narrator'), built in or installed."""
    return sorted({*BUILT_IN[kind], *(e.name for e in entry_points(group=f"storyforge.{kind}s"))})


def find(kind: str, choice: Choice, base: type[B]) -> B:
    """The chosen back-end with its settings. UnknownName or BadSettings if there is none such."""
    name, settings = split_choice(kind, choice)
    try:
        return _load(kind, name, base).model_validate(settings, strict=False)
    except ValidationError as error:
        told = ((".".join(map(str, e["loc"])) or name, *explain(e, _load(kind, name, base))) for e in error.errors())
        wrong = "; ".join(f"`{field}` {what} – {remedy}" for field, what, remedy in told)
        raise BadSettings(
            f"The settings of {kind} {name} do not fit: {wrong}", _settings_help(kind, name, base)
        ) from error


def split_choice(kind: str, choice: Choice) -> tuple[str, dict[str, Any]]:
    """('comfyui', {...settings}) of either way to write a choice."""
    if isinstance(choice, str):
        return choice, {}
    if len(choice) != 1:
        raise BadSettings(f"{kind} names {len(choice)} back-ends", f"name one: {kind}: {names(kind)[0]}")
    [(name, settings)] = choice.items()
    return name, dict(settings or {})


def marked_settings(kind: str, name: str, base: type[B], mark: type) -> list[str]:
    """Names of a back-end's settings that have this mark. UnknownName if there is none such."""
    return [field for field, info in _load(kind, name, base).model_fields.items() if mark in info.metadata]


def narrator_with(voice: str) -> str:
    """The narrator whose voices are called so; '' if any or none may have it. UnknownName for what is nearly a name."""
    found = (name for name in names("narrator") if voice and _load("narrator", name, Narrator).has_voice(voice))  # type: ignore[type-abstract]
    return next(found, "")


def _load(kind: str, name: str, base: type[B]) -> type[B]:
    target = BUILT_IN[kind].get(name)
    if target is None:
        for entry in entry_points(group=f"storyforge.{kind}s"):
            if entry.name == name:
                target = entry.value
    if target is None:
        raise UnknownName(f"There is no {kind} called {name!r}", f"there are: {', '.join(['auto', *names(kind)])}")
    module, _, cls = target.partition(":")
    loaded: type[B] = getattr(import_module(module), cls)
    return loaded


def _settings_help(kind: str, name: str, base: type[B]) -> str:
    fields = _load(kind, name, base).model_fields
    return "its settings are: " + (", ".join(fields) or "none")

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
from storyforge.speech import Speech
from storyforge.story import Choice, Story
from storyforge.storyboard import Brief, Storyboard
from storyforge.value import Value


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


class Planner(Backend):
    @abstractmethod
    def plan(self, story: Story) -> Storyboard:
        """Cuts the story into scenes whose texts, joined, are `story.text` to the character."""


class Private:
    """Marks a setting that a story file may not have: one that starts programs, or holds secrets of this machine.

    Stories are passed on; such settings belong into storyforge.yaml, which is the user's own.
    """


class Address:
    """Marks a setting that says where servers are. A story that names its own gets none of the user's secrets."""


class NamesFile:
    """Marks a setting that may name a `.json` file. One that a story names lies beside it, like all its files."""


CONTROL = ":control"
"""Among the portraits, the picture that guides a scene's pose, depth or edges: no key of a role has a colon."""


class Ask(Value):
    """A picture that will be asked for: what an illustrator has to have ready."""

    kind: Literal["draw", "retouch", "enlarge"] = "draw"
    brief: Brief
    portraits: dict[str, str] = {}  # key of a role -> digest of its portrait
    masked: bool = False  # whether only a part is to be retouched


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
    @abstractmethod
    def cast_voices(self, story: Story, speakers: tuple[str, ...], extras: Mapping[str, Any]) -> dict[str, Voice]:
        """A voice for each of `speakers` (cast or extras keys) and for the narrator (''); no two alike if it can be."""

    @abstractmethod
    def speak(self, text: str, voice: Voice, language: str, lexicon: Mapping[str, str]) -> Speech:
        """One line spoken. `lexicon`: how words of the text are said. Adds no pauses at either end."""


BUILT_IN: dict[str, dict[str, str]] = {
    "planner": {"rules": "storyforge.planning.rules:Rules"},
    "illustrator": {
        "paper": "storyforge.illustration.paper:Paper",
        "comfyui": "storyforge.illustration.comfyui.illustrator:ComfyUI",
    },
    "narrator": {
        "espeak": "storyforge.narration.espeak:Espeak",
        "piper": "storyforge.narration.piper:Piper",
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
        wrong = "; ".join(f"{'.'.join(map(str, e['loc'])) or name}: {e['msg'].lower()}" for e in error.errors())
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

"""What the user wrote: a Story, its cast and its style. How it is read from a file: `story_file.py`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from storyforge.value import Value

Choice = str | dict[str, dict[str, Any] | None]
"""A back-end by name, or by name with its settings: `paper` or `{comfyui: {urls: [...]}}`."""

VOICE_SETTINGS = ("voice", "pace", "pitch", "speaker")
"""What may stand beside a narrator's voice, whoever speaks with it."""


def narrator_choice(given: Any) -> Any:
    """A narrator written like a voice of the cast, as a Choice: `auto` is whoever has the voice.

    `{voice: en_GB-alba-medium, pace: 0.95}`, `{espeak: +f4, pitch: 2}`, `{recorded: voices/me/, espeak: +f4}`.
    """
    if not isinstance(given, dict) or not given:
        return given
    own = {name: given[name] for name in VOICE_SETTINGS if name in given}
    named = {name: _its_settings(name, value) for name, value in given.items() if name not in own}
    if "recorded" in named and (own or len(named) == 2):
        fallback = {name: value for name, value in given.items() if name != "recorded"}
        folder = named["recorded"]
        return {"recorded": {"fallback": narrator_choice(fallback), **folder} if isinstance(folder, dict) else folder}
    if not own or len(named) > 1:
        return named or given
    [(name, settings)] = named.items() or [("auto", {})]
    return {name: {**(settings or {}), **own} if isinstance(settings or {}, dict) else settings}


def _its_settings(narrator: str, given: Any) -> Any:
    return {"folder" if narrator == "recorded" else "voice": given} if isinstance(given, str) else given


NarratorChoice = Annotated[
    Choice,
    BeforeValidator(narrator_choice, json_schema_input_type=str | dict[str, str | float | dict[str, Any] | None]),
]

Aspect = Literal["16:9", "9:16", "1:1", "4:3"]
Key = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\s:/\\]+$")]

Lexicon = dict[Annotated[str, Field(min_length=1, max_length=100)], Annotated[str, Field(min_length=1)]]
"""A word as it is written → how it is said."""

MOST_TAKES = 16


class Lora(Value):
    """A LoRA: it teaches the image model one character, or a look."""

    file: Annotated[str, Field(description="File name of the LoRA, as the image server lists it")]
    strength: Annotated[float, Field(description="How strongly it is applied", ge=-4, le=4)] = 0.8
    trigger: Annotated[str, Field(description="Word that wakes the LoRA in a prompt")] = ""


def _lora(given: Any) -> Any:
    return {"file": given} if isinstance(given, str) else given


class Character(Value):
    """One member of the cast."""

    name: Annotated[str, Field(description="Name as the story writes it; else the key, with a capital")] = ""
    aliases: Annotated[tuple[str, ...], Field(description="Other names the story uses: [the little fox, Evie]")] = ()
    pronouns: Annotated[
        Literal["", "she", "he", "it", "they"], Field(description="she, he, it or they: finds who “she” is")
    ] = ""
    looks: Annotated[str, Field(description="What the character looks like, clothes included")] = ""
    lora: Annotated[
        Lora | None,
        BeforeValidator(_lora, json_schema_input_type=Lora | str | None),
        Field(description="LoRA of this character: its file, or fields"),
    ] = None
    reference: Annotated[str | None, Field(description="Picture of the character, beside the story file")] = None
    voice: Annotated[
        str | dict[str, Any] | None,
        Field(
            description="Voice by name (en_US-lessac-medium), with settings ({espeak: en+f4, pitch: 3}),"
            " or a folder of recordings ({recorded: voices/eevee/})"
        ),
    ] = None
    pronounce: Annotated[str, Field(description="How the name is said: IPA, or spelled as it sounds")] = ""
    puppet: Annotated[dict[str, Any], Field(description="Parts of the paper puppet, over what `looks` says")] = {}


def recorded_in(character: Character) -> str | None:
    """The folder of a character's recordings, as the story names it: `voice: {recorded: voices/eevee/}`."""
    folder = character.voice.get("recorded") if isinstance(character.voice, dict) else None
    return folder if isinstance(folder, str) and folder.strip() else None


class Style(Value):
    """The look that all pictures share."""

    name: Annotated[str, Field(description="A style by name: storybook watercolour, comic, anime …")] = ""
    prompt: Annotated[str, Field(description="Words for the look, beside those that the named style has")] = ""
    negative: Annotated[str, Field(description="What should not be seen, for models that heed it")] = ""
    # Not strict: after `_style` has looked at it, pydantic no longer knows that the list came from a file.
    loras: Annotated[tuple[Lora, ...], Field(description="LoRAs of this look, for every picture", strict=False)] = ()


def _style(given: Any) -> Any:
    return {"prompt": given} if isinstance(given, str) else given


class NamedStyle(Value):
    """A look that has a name, to be chosen by it."""

    prompt: Annotated[str, Field(description="Words for the look, as image models know them")]
    negative: Annotated[str, Field(description="What should not be seen, for models that heed it")] = ""
    palette: Annotated[tuple[str, ...], Field(description="Colours: warm ochre, faded teal …")] = ()
    models: Annotated[
        tuple[str, ...], Field(description="Workflows, or beginnings of their names, that do it well")
    ] = ()
    music: Annotated[str, Field(description="Music that goes with it: gentle piano and harp")] = ""
    about: Annotated[str, Field(description="What it looks like, for people")] = ""


class Retell(Value):
    """How the story is told anew before it is made into a film."""

    age: Annotated[int, Field(description="For listeners of this age, in years", ge=2, le=18)]


Share = Annotated[float, Field(ge=0, le=1)]


class WrittenScene(Value):
    """A scene cut by hand. Whatever is left out is found by the planner."""

    text: Annotated[str, Field(description="What is told in this scene", min_length=1)]
    title: Annotated[str | None, Field(description="Name of the chapter")] = None
    characters: Annotated[tuple[Key, ...] | None, Field(description="Who is seen, by cast key")] = None
    place: Annotated[str | None, Field(description="Where it happens: forest, castle, home …")] = None
    time: Annotated[str | None, Field(description="dawn, day, golden, sunset, dusk or night")] = None
    weather: Annotated[str | None, Field(description="clear, rain, storm, snow, blizzard, fog or wind")] = None
    mood: Annotated[str | None, Field(description="calm, joyful, tense, mysterious, sad, cosy or epic")] = None
    action: Annotated[str | None, Field(description="What is seen, in one sentence")] = None
    camera: Annotated[str | None, Field(description="Camera move: push-in, pull-out, pan-left …")] = None
    focus: Annotated[
        tuple[Share, Share] | None, Field(description="What the camera is aimed at: shares of width and height")
    ] = None
    speed: Annotated[
        float | None, Field(description="How fast the camera goes: per cent of the frame a second", gt=0, le=20)
    ] = None
    handheld: Annotated[bool | None, Field(description="Whether the camera is held by hand: it sways a little")] = None
    transition: Annotated[
        str | None, Field(description="How it begins: cut, dissolve, dip-to-black, dip-to-white, page-turn, iris")
    ] = None
    seed: Annotated[int | None, Field(description="Seed of this scene's picture", ge=0, lt=2**63)] = None
    prompt: Annotated[str | None, Field(description="The whole prompt, instead of a composed one")] = None
    picture: Annotated[str | None, Field(description="Your own picture, beside the story file")] = None


class Story(Value):
    """A story, as its file tells it. Everything but `title` and `story` (or `scenes`) has a default."""

    title: Annotated[str, Field(description="Title of the film", min_length=1, max_length=200)]
    author: Annotated[str, Field(description="Who made it up; named at the start and the end")] = ""
    language: Annotated[
        str, Field(description="Language of the text: en, de, fr …", pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$")
    ] = "en"
    story: Annotated[str, Field(description="The text of the story. Blank lines part paragraphs")] = ""
    scenes: Annotated[tuple[WrittenScene, ...], Field(description="Scenes cut by hand, instead of `story`")] = ()
    cast: Annotated[dict[Key, Character], Field(description="Characters by key, or the path of a cast file")] = {}
    lexicon: Annotated[
        Lexicon, Field(description="How words are said, in IPA or spelled as it sounds: {Llanfair: hlan-vire}")
    ] = {}
    style: Annotated[
        Style,
        BeforeValidator(_style, json_schema_input_type=Style | str),
        Field(description="The look that all pictures share: a style's name, words of your own, or fields"),
    ] = Style()
    styles: Annotated[dict[str, NamedStyle], Field(description="Styles of your own, by name")] = {}
    tidy: Annotated[
        bool, Field(description="Whether a language model mends spelling and punctuation first, for you to see")
    ] = False
    retell: Annotated[
        Retell | None, Field(description="A language model tells it anew first, for you to see: {age: 5}")
    ] = None
    seed: Annotated[int, Field(description="One seed for every picture", ge=0, lt=2**63)] = 20260421
    seeds: Annotated[
        Literal["fixed", "vary"], Field(description="fixed: one seed for all; vary: one from seed and scene text")
    ] = "fixed"
    takes: Annotated[
        int | None, Field(description="Pictures drawn of each scene, for you to pick from", ge=1, le=MOST_TAKES)
    ] = None
    aspect: Annotated[Aspect, Field(description="Shape of the film")] = "16:9"
    pace: Annotated[float, Field(description="Seconds of speech a scene should have", ge=3, le=60)] = 10.0
    bedtime: Annotated[
        bool, Field(description="Whether it is told slowly and softly, with long pauses and a slow end")
    ] = False
    manners: Annotated[bool, Field(description="Whether quotes are whispered and shouted as the text tells")] = True
    planner: Annotated[Choice, Field(description="Who cuts the story into scenes: auto, rules …")] = "auto"
    illustrator: Annotated[Choice, Field(description="Who draws: auto, paper …")] = "auto"
    narrator: Annotated[
        NarratorChoice,
        Field(description="Who speaks: auto, espeak, piper …, or the voice: {voice: en_GB-alba-medium, pace: 0.95}"),
    ] = "auto"

    @property
    def text(self) -> str:
        """The whole text to be told: `story`, or the texts of the hand-made scenes, a paragraph each."""
        return self.story or "\n\n".join(scene.text for scene in self.scenes)


def shown_name(key: str, character: Character) -> str:
    """The name to show and to look for in the text."""
    return character.name or key.replace("_", " ").replace("-", " ").title()

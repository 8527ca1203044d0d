"""The story cut into scenes: what is told, who is in it, what is seen, and how the camera moves."""

from __future__ import annotations

import difflib
from typing import Annotated, Any, Literal, get_args

from pydantic import Field

from storyforge.story import Character, Key, Share, Story, Style
from storyforge.value import Value, digest

Move = Literal["push-in", "pull-out", "pan-left", "pan-right", "tilt-up", "tilt-down", "drift", "creep", "hold"]
MOVES: tuple[str, ...] = get_args(Move)

Transition = Literal["cut", "dissolve", "dip-to-black", "dip-to-white", "page-turn", "iris"]
TRANSITIONS: tuple[str, ...] = get_args(Transition)

Framing = Literal["", "wide", "medium", "close"]
FRAMINGS: tuple[str, ...] = get_args(Framing)[1:]

# The words that every planner and illustrator knows. Others may be used: an illustrator that does not know
# one takes the nearest that it knows.
PLACES = (
    "meadow forest ocean beach volcano mountain waterfall snow ruins castle village festival home desert cave sky space"
).split()
TIMES = "dawn day golden sunset dusk night".split()
WEATHERS = "clear rain storm snow blizzard fog wind".split()
MOODS = "calm joyful tense mysterious sad cosy epic".split()
POSES = "stand look walk run leap fly sneak fight sit wave cheer cast sleep lie".split()
EXPRESSIONS = (
    "neutral calm happy joy proud curious surprised awe scared worried sad angry determined fierce sleepy mischief "
    "loving hurt"
).split()
EFFECTS = (
    "sparkles fireflies fire explosion rays beam clash shield shockwave lightning portal aurora rainbow comet "
    "fireworks confetti petals leaves embers bubbles hearts music"
).split()


STAGE_WORDS = {
    "place": PLACES,
    "time": TIMES,
    "weather": WEATHERS,
    "mood": MOODS,
    "pose": POSES,
    "expression": EXPRESSIONS,
}


def meant(field: str, word: str) -> str:
    """The known word that this one is a slip of the pen for; '' if it is known, or a word of its own."""
    known = STAGE_WORDS[field]
    near = difflib.get_close_matches(word, known, 1, 0.8)
    return near[0] if near and word not in known else ""


class Actor(Value):
    """A character as seen in one scene."""

    who: Annotated[Key, Field(description="Key in the cast, or in the storyboard's extras")]
    pose: Annotated[str, Field(description="stand, run, leap, fly, fight, sit, sleep …")] = "stand"
    expression: Annotated[str, Field(description="happy, sad, angry, scared, surprised, determined …")] = "neutral"
    effects: Annotated[tuple[str, ...], Field(description="Effects about this one: shield, sparkles, beam …")] = ()
    holds: Annotated[str, Field(description="What this one carries: a lantern, the red mitten …")] = ""


Spot = tuple[Share, Share]
"""A point of a picture, as shares of its width and height."""
Box = tuple[Share, Share, Share, Share]
"""left, top, width and height, as shares of the picture's width and height: it holds for a draft and for the final."""


class Repair(Value):
    """A part of a picture drawn anew (inside `mask` or `box`), or all of it, in the likeness of what was there."""

    prompt: Annotated[str, Field(description="What is to be seen there")]
    mask: Annotated[str | None, Field(description="White where to draw anew: a file in the film's folder")] = None
    box: Annotated[Box | None, Field(description="Or left, top, width, height, as shares of the picture")] = None
    strength: Annotated[float, Field(description="How much of what was there may go, 0 to 1", gt=0, le=1)] = 1.0
    seed: Annotated[int | None, Field(description="Another seed, another try", ge=0, lt=2**63)] = None


class Earlier(Value):
    """How a scene's picture was decided before a command changed it: `storyforge undo` goes back to the last."""

    seed: int | None = None
    prompt: str | None = None
    take: int | None = None
    picture: str | None = None
    repairs: tuple[Repair, ...] = ()


class Scene(Value):
    """One picture's worth of story. `text` is a slice of the story, word for word, white space included."""

    text: Annotated[str, Field(description="What is told, word for word")]
    title: Annotated[str, Field(description="Name of the chapter")] = ""
    quotes: Annotated[
        tuple[str, ...], Field(description="Who says each quote in turn, by key; '' is the narrator")
    ] = ()
    characters: Annotated[tuple[Actor, ...], Field(description="Who is seen, the most important first")] = ()
    place: Annotated[str, Field(description="Where: meadow, forest, ocean, castle, home …")] = "meadow"
    where: Annotated[str, Field(description="The place in words, the same in every scene there: a bakery kitchen")] = ""
    time: Annotated[str, Field(description="dawn, day, golden, sunset, dusk or night")] = "day"
    weather: Annotated[str, Field(description="clear, rain, storm, snow, blizzard, fog or wind")] = "clear"
    season: Annotated[str, Field(description="'', spring, autumn or winter")] = ""
    mood: Annotated[str, Field(description="calm, joyful, tense, mysterious, sad, cosy or epic")] = "calm"
    action: Annotated[str, Field(description="What is seen, in one sentence")] = ""
    props: Annotated[tuple[str, ...], Field(description="Things that stand about: boat, house, portal …")] = ()
    effects: Annotated[tuple[str, ...], Field(description="fireflies, lightning, rainbow, confetti …")] = ()
    framing: Annotated[Framing, Field(description="How near the picture is: wide, medium or close")] = ""
    camera: Annotated[Move, Field(description=f"Camera move: {', '.join(MOVES)}")] = "push-in"
    focus: Annotated[Spot | None, Field(description="What the camera is aimed at: shares of width and height")] = None
    speed: Annotated[
        float | None, Field(description="How fast the camera goes: per cent of the frame a second", gt=0, le=20)
    ] = None
    handheld: Annotated[bool, Field(description="Whether the camera is held by hand: it sways a little")] = False
    transition: Annotated[
        Transition | None, Field(description=f"How the scene begins: {', '.join(TRANSITIONS)}; else as it fits")
    ] = None
    sound: Annotated[str, Field(description="Sound or music that fits: soft harp, distant thunder …")] = ""
    alt: Annotated[str, Field(description="The picture in words, for people who cannot see it")] = ""
    seed: Annotated[int | None, Field(description="Seed of this picture, if not the story's", ge=0, lt=2**63)] = None
    prompt: Annotated[str | None, Field(description="The whole prompt, instead of a composed one")] = None
    picture: Annotated[str | None, Field(description="Your own picture, beside the story file")] = None
    control: Annotated[
        str | None, Field(description="Picture that guides pose, depth or edges, beside the story file")
    ] = None
    take: Annotated[int | None, Field(description="The take that is in the film; else the first", ge=1)] = None
    repairs: Annotated[tuple[Repair, ...], Field(description="What is drawn anew in the picture, in turn")] = ()
    earlier: Annotated[tuple[Earlier, ...], Field(description="What `storyforge undo` goes back to, last first")] = ()


class Camera(Value):
    """How a shot is filmed. `speed` is its fastest moment's, in frames a second (0.02: 2 % of the frame)."""

    move: Move = "push-in"
    speed: Annotated[float | None, Field(gt=0)] = None
    focus: Spot | None = None
    handheld: bool = False


class Costs(Value):
    """What a language model was asked for; all of it added up."""

    requests: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    seconds: float = 0.0

    def __add__(self, other: Costs) -> Costs:
        return Costs(
            requests=self.requests + other.requests,
            tokens_in=self.tokens_in + other.tokens_in,
            tokens_out=self.tokens_out + other.tokens_out,
            seconds=round(self.seconds + other.seconds, 3),
        )


class Planning(Value):
    """Who planned a storyboard, what that cost, and what was not as it should be. Kept with the storyboard."""

    planner: str = ""
    model: str = ""
    server: str = ""
    """Where the model was asked, without a name and password."""
    costs: Costs = Costs()
    notes: tuple[str, ...] = ()


class Storyboard(Value):
    """Scenes whose texts, joined, are the story's text to the character (promise 1)."""

    scenes: tuple[Scene, ...]
    extras: Annotated[dict[Key, Character], Field(description="Who appears without being in the cast")] = {}
    planning: Planning = Planning()

    @property
    def text(self) -> str:
        return "".join(scene.text for scene in self.scenes)


class Part(Value):
    """What a planner has decided of a stretch of the story. The scenes' texts, joined, are its first `end` characters.

    `memory` is what the planner hands on to its next part: plain data that only it understands.
    """

    end: Annotated[int, Field(gt=0)]
    scenes: Annotated[tuple[Scene, ...], Field(min_length=1)]
    extras: dict[Key, Character] = {}
    memory: dict[str, Any] = {}
    costs: Costs = Costs()
    notes: tuple[str, ...] = ()


class Role(Value):
    """An actor together with the character that is played: all an illustrator needs to know of either."""

    who: str
    character: Character
    pose: str
    expression: str
    effects: tuple[str, ...]
    holds: str = ""


class Brief(Value):
    """What an illustrator is asked to draw. It holds nothing that does not show in the picture."""

    place: str
    where: str = ""
    time: str
    weather: str
    season: str
    mood: str
    framing: str = ""
    action: str
    props: tuple[str, ...]
    effects: tuple[str, ...]
    roles: tuple[Role, ...]
    style: Style
    seed: int
    prompt: str | None
    width: int
    height: int


def brief_for(story: Story, storyboard: Storyboard, scene: Scene, size: tuple[int, int]) -> Brief:
    """The brief of one scene's picture, `size` = (width, height) in pixels."""
    people = {**storyboard.extras, **story.cast}
    roles = tuple(Role(character=people.get(actor.who, Character()), **dict(actor)) for actor in scene.characters)
    shared = {
        name: getattr(scene, name) for name in Brief.model_fields if name in Scene.model_fields and name != "seed"
    }
    return Brief(**shared, roles=roles, style=story.style, seed=scene_seed(story, scene), width=size[0], height=size[1])


def scene_seed(story: Story, scene: Scene) -> int:
    """Promise 3: the scene's own seed, else the story's; `seeds: vary` derives one from the text, never the number.

    Each further take has the next seed.
    """
    return (first_seed(story, scene) + (scene.take or 1) - 1) % 2**63


def first_seed(story: Story, scene: Scene) -> int:
    """The seed of the scene's first take."""
    if scene.seed is not None:
        return scene.seed
    if story.seeds == "vary":
        return int(digest(f"{story.seed}\n{scene.text}")[:12], 16)
    return story.seed


def repair_brief(brief: Brief, repair: Repair) -> Brief:
    """What is drawn anew in a picture: the repair's words, with who is seen, their looks and the style."""
    seed = brief.seed if repair.seed is None else repair.seed
    nowhere: dict[str, Any] = dict.fromkeys(("place", "where", "time", "weather", "season", "mood", "framing"), "")
    nothing: dict[str, Any] = dict.fromkeys(("props", "effects"), ())
    return brief.model_copy(update={**nowhere, **nothing, "action": repair.prompt, "prompt": None, "seed": seed})

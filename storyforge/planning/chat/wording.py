"""What is said to the model: what it is to do, what it has to know, the numbered story, and what was wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files

from storyforge.planning.chat.answer import EXAMPLE
from storyforge.planning.chat.carrying import State
from storyforge.planning.chat.passage import Passage
from storyforge.planning.chat.question import Message
from storyforge.planning.chat.ranges import Cuts
from storyforge.story import Character, Story, WrittenScene, shown_name
from storyforge.storyboard import EXPRESSIONS, FRAMINGS, MOODS, MOVES, PLACES, POSES, TIMES, WEATHERS

WORDS_A_SECOND = 2.5  # of a slow narrator: see cutting.CHARACTERS_A_SECOND
LOOKS = 12  # words of somebody's looks: enough to know whether it flies or swims
_LONGEST_WORD = 40  # characters
BEFORE = 3  # sentences of the passage that are shown before those to be planned


def question(
    story: Story,
    passage: Passage,
    span: tuple[int, int],
    state: State,
    *,
    lead: str = "",
    cuts: Cuts = (),
    longest: float = 20.0,
    wrong: str = "",
) -> tuple[Message, ...]:
    """The messages that ask for the scenes of sentences `span` = (first, last). `wrong`: what was, in a first answer.

    `lead`: what was told before the passage. `longest`: seconds of a scene. `cuts`: scenes whose ends are settled.
    """
    return (
        Message(role="system", content=instructions(story.pace, longest, cut=bool(cuts))),
        Message(role="user", content="\n\n".join(_paragraphs(story, passage, span, state, lead, cuts, wrong))),
    )


@cache
def template() -> str:
    return files(__package__).joinpath("instructions.txt").read_text("utf-8")


def instructions(pace: float, longest: float, *, cut: bool = False) -> str:
    """The same for all of a story, so that a server need not read it again. `cut`: whether it was cut by hand."""
    other, mark = ("[free] ", "[cut] ") if cut else ("[cut] ", "[free] ")
    lines = template().splitlines()
    words = {"poses": POSES, "expressions": EXPRESSIONS, "framings": FRAMINGS, "moves": MOVES, "places": PLACES}
    words |= {"times": TIMES, "weathers": WEATHERS, "moods": MOODS}
    return "\n".join(line.removeprefix(mark) for line in lines if not line.startswith(other)).format(
        example=EXAMPLE,
        words=round(pace * WORDS_A_SECOND),
        longest=round(longest * WORDS_A_SECOND),
        **{name: ", ".join(each) for name, each in words.items()},
    )


def _paragraphs(
    story: Story, passage: Passage, span: tuple[int, int], state: State, lead: str, cuts: Cuts, wrong: str
) -> Iterator[str]:
    first, last = span
    yield f"Title: {story.title}\nLanguage: {story.language}"
    yield _people("Cast", story.cast)
    if state.people:
        yield _people("Others met so far", state.people)
    if state.places:
        yield _listed("Places so far", (f"{where} (place: {place})" for where, place in state.places.items()))
    if state.who or state.place:
        yield _so_far(state)
    if first > 1:
        yield f"Just before, already planned:\n{passage.shown(max(1, first - BEFORE), first - 1)}"
    elif lead.strip():
        yield f"Just before, already planned:\n{_tail(lead)}"
    yield f"The story:\n{passage.shown(first, last)}"
    if cuts:
        inside = [
            f"{max(start, first)} to {min(end, last)}{_written(scene)}"
            for (start, end), scene in zip(cuts, story.scenes, strict=True)
            if start <= last and first <= end
        ]
        yield _listed("The scenes are cut already, and what is written about them holds", inside)
    if wrong:
        yield f"In an earlier answer something was wrong: {wrong}"
    yield f"Plan sentences {first} to {last}."


def _written(scene: WrittenScene) -> str:
    """What the user wrote about a scene by hand, beside its words."""
    stage = ("place", "time", "weather", "mood")
    named = [f"{name}: {said}" for name in stage if (said := getattr(scene, name))]
    if scene.characters is not None:
        named.append(f"who: {', '.join(scene.characters) or 'nobody'}")
    if scene.action:
        named.append(f"seen: {' '.join(scene.action.split())}")
    return f" ({'; '.join(named)})" if named else ""


def _people(title: str, people: Mapping[str, Character]) -> str:
    return (
        _listed(title, (person_line(key, each) for key, each in people.items()))
        if people
        else f"{title}: nobody listed"
    )


def person_line(key: str, person: Character) -> str:
    """`owl = the old owl, it: a big grey owl`"""
    known_as = ", ".join(filter(None, (shown_name(key, person), *person.aliases, person.pronouns)))
    words = person.looks.split()
    looks = " ".join(words[:LOOKS]) + (" …" if len(words) > LOOKS else "")
    return f"{key} = {known_as}" + (f": {looks}" if looks else "")


def _so_far(state: State) -> str:
    where = ", ".join(filter(None, (state.where or state.place, state.time, state.weather, state.mood)))
    there = ", ".join(f"{who} (holds {state.holds[who]})" if who in state.holds else who for who in state.who)
    elsewhere = [f"{who} holds {thing}" for who, thing in state.holds.items() if who not in state.who]
    said = (f"The last scene: {where}", f"there: {there}" if there else "", *elsewhere)
    return "; ".join(filter(None, said)) + "."


def _listed(title: str, lines: Iterable[str]) -> str:
    return "\n".join((f"{title}:", *(f"- {line}" for line in lines)))


def _tail(lead: str) -> str:
    """From the first whole word on, in scripts that have spaces between them."""
    first, _, rest = lead.partition(" ")
    return " ".join((rest if len(first) <= _LONGEST_WORD else lead).split())

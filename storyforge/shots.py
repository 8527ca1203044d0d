"""A film is a row of shots: the title card, the scenes, the end card. Here, what each says and how it moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import yaml

from storyforge.directing import camera_of
from storyforge.editing import Passage, into_end_card, passage_into
from storyforge.manner import with_manners
from storyforge.narration.spoken import names_in
from storyforge.sentences import Line, lines
from storyforge.story import Character, Story, shown_name
from storyforge.storyboard import Camera, Scene, Storyboard
from storyforge.timeline import LineTime, Timeline
from storyforge.value import Value


class Shot(Value):
    """One shot. `number` is the scene's, from 1; a card has a heading and small print instead.

    The end card's small print is known when the voices are (`makers`).
    """

    kind: Literal["title", "scene", "end"]
    number: int | None
    lines: tuple[Line, ...]
    camera: Camera
    passage: Passage = Passage()
    chapter: str
    heading: str = ""
    small: tuple[str, ...] = ()


def shots_of(story: Story, board: Storyboard, *, softly: bool = False) -> tuple[Shot, ...]:
    """`softly`: nothing comes bright or sudden, as at bedtime."""
    return (
        _title(story),
        *(
            _scene(number, scene, passage_into(scene, before, softly=softly), story.language)
            for number, (before, scene) in enumerate(zip((None, *board.scenes), board.scenes, strict=False), 1)
        ),
        _end(story, into_end_card(softly=softly)),
    )


def _title(story: Story) -> Shot:
    said = tuple(lines(story.title, story.language, ()))
    small = (card_words(story.language)["by"].format(author=story.author),) if story.author else ()
    return Shot(
        kind="title",
        number=None,
        lines=said,
        camera=Camera(move="push-in", focus=(0.5, 0.5)),
        chapter=story.title,
        heading=story.title,
        small=small,
    )


def _scene(number: int, scene: Scene, passage: Passage, language: str) -> Shot:
    said = with_manners(lines(scene.text, language, scene.quotes), scene, language)
    chapter = " ".join((scene.title or scene.text).split())[:60] or str(number)
    return Shot(
        kind="scene",
        number=number,
        lines=said,
        camera=camera_of(scene),
        passage=passage,
        chapter=chapter,
    )


def _end(story: Story, passage: Passage) -> Shot:
    words = card_words(story.language)
    said = tuple(lines(words["end"], story.language, ()))
    return Shot(
        kind="end",
        number=None,
        lines=said,
        camera=Camera(move="pull-out", focus=(0.5, 0.5)),
        passage=passage,
        chapter=words["end"],
        heading=words["end"],
    )


def makers(story: Story, illustrator: str, tellers: Sequence[str]) -> tuple[str, ...]:
    """Who made the film, for the end card: the author, and by name the back-ends that drew it and are heard in it."""
    words = card_words(story.language)
    author = (words["by"].format(author=story.author),) if story.author else ()
    drawn = words["drawn"].format(name=words["names"].get(illustrator, illustrator))
    told = words["told"].format(name=words["and"].join(words["names"].get(name, name) for name in tellers))
    return (*author, drawn, told, words["made"])


def speakers(shots: tuple[Shot, ...]) -> tuple[str, ...]:
    """Everyone who says a line, in order of appearance; not the narrator."""
    return tuple(dict.fromkeys(line.speaker for shot in shots for line in shot.lines if line.speaker))


def told_lines(shots: tuple[Shot, ...], times: Timeline) -> list[LineTime]:
    """The lines of the story itself: what stands on a card needs no subtitle."""
    return [line for line in times.lines if shots[line.scene].kind == "scene"]


def lexicon_for(
    text: str, story: Story, extras: Mapping[str, Character] = {}, everywhere: Mapping[str, str] = {}
) -> dict[str, str]:
    """How words of this text are said: as the cast tells, else the story, else the settings (`everywhere`).

    Only those in the text, so that mending one word speaks few lines again.
    """
    people = {**extras, **story.cast}
    cast = {shown_name(key, each): each.pronounce for key, each in people.items() if each.pronounce}
    return names_in(text, {**everywhere, **story.lexicon, **cast})


def card_words(language: str) -> dict[str, Any]:
    """What stands on cards in this language; English where we do not know it."""
    words = _all_card_words()
    short = language.replace("_", "-").split("-")[0].lower()
    return {**words["en"], **words.get(short, {})}


@cache
def _all_card_words() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load(
        files("storyforge").joinpath("card_words.yaml").read_text("utf-8")
    )
    return found

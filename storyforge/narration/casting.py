"""Who gets which voice. A cast keeps its voices from film to film: whoever else speaks, and in whatever order."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Annotated, Any

from pydantic import Field, ValidationError

from storyforge.backend import Voice, names
from storyforge.errors import BadSettings
from storyforge.narration.espeak_voices import voices_file
from storyforge.narration.pronunciation import stop_if_not_spoken
from storyforge.story import Character, Story, shown_name
from storyforge.value import Value, digest

Voices = Mapping[str, Sequence[Voice]]
"""The voices a narrator has, by kind of speaker (see `kind_of`)."""


class Asked(Value):
    """What a character's `voice` asks of a narrator. `certain`: the name is meant for this narrator and no other."""

    voice: str = ""
    speaker: int | str | None = None
    pace: Annotated[float, Field(ge=0.5, le=2, strict=False)] = 1.0
    pitch: Annotated[float, Field(ge=-12, le=12, strict=False)] = 0.0
    certain: bool = False
    kind: str = ""  # instead of a voice: man, child, robot …


def asked_of(narrator: str, key: str, character: Character) -> Asked:
    """`voice: en+f4` or `voice: {espeak: en+f4, pitch: 3, pace: 0.9}`; other narrators' names in it are passed over."""
    if character.voice is None or isinstance(character.voice, str):
        return Asked(voice=(character.voice or "").strip())
    own = {"pace", "pitch", "speaker"}
    if unknown := sorted(set(character.voice) - own - set(names("narrator"))):
        known = ", ".join([*names("narrator"), *sorted(own)])
        raise BadSettings(f"The voice of {key} has no setting {unknown[0]!r}", f"it can have: {known}")
    settings = {name: character.voice[name] for name in sorted(own & set(character.voice))}
    try:
        return Asked(voice=character.voice.get(narrator) or "", certain=narrator in character.voice, **settings)
    except ValidationError as error:
        wrong = "; ".join(f"{e['loc'][0]}: {e['msg'].lower()}" for e in error.errors())
        raise BadSettings(f"The voice of {key} does not fit: {wrong}", "such as: {espeak: en+f4, pitch: 3}") from error


def cast_of(
    story: Story,
    speakers: Iterable[str],
    extras: Mapping[str, Any],
    narrator: Voice,
    voices: Voices,
    asked: Callable[[str, Character], tuple[Asked, Voice | None]],
) -> dict[str, Voice]:
    """A voice for each speaker and, under '', the narrator's. `asked`: what a character's `voice` asks, and is.

    The whole cast is given voices, in the order of the cast, then the extras by key, and only then those who speak are
    picked: who has which voice depends on the cast alone. No two are alike before all shifts of all voices are taken.
    """
    speakers = tuple(speakers)
    stop_if_not_spoken({**story.lexicon, **{key: each.pronounce for key, each in story.cast.items()}})
    people = {**story.cast}
    for key in sorted({*extras, *speakers} - {*people, ""}):
        people[key] = extras.get(key) or Character()
    wishes = {key: asked(key, character) for key, character in people.items()}
    given = {"": narrator, **{key: adjusted(voice, wish) for key, (wish, voice) in wishes.items() if voice}}
    for key, character in people.items():
        if key not in given:
            wish = wishes[key][0]
            given[key] = _free_voice(key, wish.kind or kind_of(key, character), voices, wish, [*given.values()])
    return {key: given[key] for key in ("", *dict.fromkeys(speakers))}


def adjusted(voice: Voice, asked: Asked) -> Voice:
    """The voice at the pace and pitch that were asked for."""
    pitch = max(-12.0, min(12.0, voice.pitch + asked.pitch))
    return voice.model_copy(update={"pitch": pitch, "pace": round(voice.pace * asked.pace, 4)})


def kind_of(key: str, character: Character) -> str:
    """man, woman, old-man, old-woman, child, giant, robot or anyone: by pronouns, name, other names and looks.

    A word in the name counts before one in the looks, and the first before later ones: a girl in an old hat is a girl.
    """
    told = " ".join((shown_name(key, character), key.replace("_", " "), *character.aliases, character.looks))
    told = re.sub(r"\bkind\b", "", told)  # in small letters it is no German child, but a kind old wizard
    words = re.findall(r"[\w-]+", told.lower())
    sex = character.pronouns if character.pronouns in ("she", "he") else _first(words, "sex")
    age, build = _first(words, "age"), _first(words, "build")
    if build == "robot" or (build == "giant" and age != "young"):
        return build
    if age == "old":
        return "old-woman" if sex == "she" else "old-man"
    if age == "young":
        return "child"
    return {"she": "woman", "he": "man"}.get(sex, "anyone")


def kind_named(name: str) -> str:
    """The kind that a name is (old-man), or tells (grandpa, little girl, dragon); '' if it is anything else."""
    words = re.split(r"[\s_]+", name.strip().lower())
    if (kind := "-".join(words)) in voices_file()["kinds"]:
        return kind
    known = kind_words()
    if all(word in known or known.issuperset(word.split("-")) for word in words):
        return kind_of("", Character(looks=" ".join(words)))
    return ""


@cache
def kind_words() -> frozenset[str]:
    """All words that tell a kind of speaker."""
    return frozenset(word for about in voices_file()["words"] for word in _meanings(about))


def of_kind(kind: str, voices: Voices) -> Voice:
    """The narrator's, where only the kind is said."""
    return _free_voice("", kind, voices, Asked(), ())


def _first(words: Sequence[str], about: str) -> str:
    known = _meanings(about)
    parts = (part for word in words for part in (word, *word.split("-")) if part in known)
    return next((known[part] for part in parts), "")


@cache
def _meanings(about: str) -> Mapping[str, str]:
    tables: dict[str, str] = voices_file()["words"][about]
    return {word: meaning for meaning, words in reversed(tables.items()) for word in words.split()}


def _free_voice(key: str, kind: str, voices: Voices, asked: Asked, taken: Collection[Voice]) -> Voice:
    """The first voice of the kind that nobody has; then a shifted one; then those of other kinds."""
    own, *others = _circles(key, kind, voices) or [list(taken)[:1]]
    shifts: list[float] = voices_file()["shifts"]
    if kind in voices_file()["deeper"]:
        shifts = [-shift for shift in shifts]
    used = {_sound(voice) for voice in taken}
    for circle in (own, [voice for other in others for voice in other]):
        circle = sorted(circle, key=lambda voice: _sound(voice) in used)
        for shift in (0, *shifts):
            for voice in circle:
                if (free := adjusted(_shifted(voice, shift), asked)) not in taken:
                    return free
    return adjusted(own[0], asked)


def _circles(key: str, kind: str, voices: Voices) -> list[list[Voice]]:
    """Voices of the kind, then of kinds near it, then all there are; each in an order of the character's own.

    So another character more or less changes few voices.
    """
    near: list[str] = voices_file()["kinds"][kind]
    if kind == "anyone" and kind not in voices:
        near = [""]
        voices = {**voices, "": [voice for name in ("man", "woman") for voice in voices.get(name, ())]}
    circles = [voices.get(name, ()) for name in (kind, *near, *sorted(voices))]
    return [sorted(circle, key=lambda voice: _lot(key, voice)) for circle in circles if circle]


def _lot(key: str, voice: Voice) -> str:
    return digest(f"{key}\n{voice.name}\n{voice.speaker}")


def _sound(voice: Voice) -> tuple[str, int | None]:
    """What makes the sound, whatever its language, pitch and pace."""
    return voice.name.rpartition("+")[2], voice.speaker


def _shifted(voice: Voice, semitones: float) -> Voice:
    """Higher and a little quicker, or lower and a little slower, as smaller and bigger speakers are."""
    return adjusted(voice, Asked(pitch=semitones, pace=1 + semitones / 60))

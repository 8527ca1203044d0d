"""What a bare `voice: NAME` of the cast means, to every narrator alike: a voice of its own, a kind, or another's."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from storyforge.backend import Voice, names
from storyforge.errors import UnknownName
from storyforge.narration import kokoro, libespeak
from storyforge.narration.casting import Asked, kind_named, kind_words
from storyforge.narration.espeak_voices import ALL_VOICES, is_variant, voice_named, voices_file
from storyforge.narration.http_voices import ALIASES
from storyforge.narration.piper_files import VOICE_NAME, installed
from storyforge.story import Character

_MOST = 12  # names that an error tells


def meant(asked: Asked, narrator: str, key: str, names: Collection[str]) -> Asked:
    """What was asked of this narrator: its `voice` is one of ours or '', its `kind` is set where the name is a kind.

    `names`: of the narrator's voices; none if it cannot tell them, so that any name may be one. A name of another
    narrator's is passed over, as `passed_over` tells. UnknownName for one that is nobody's.
    """
    name = asked.voice
    if own := next((each for each in names if each.casefold() == name.casefold()), ""):
        return asked.model_copy(update={"voice": own})
    if not name or (asked.certain and not names):
        return asked
    if name.lower() not in ALIASES and (kind := kind_named(name)):
        return asked.model_copy(update={"voice": "", "kind": kind})
    if asked.certain or (owner := owner_of(name)) == narrator or not (owner or names):
        return asked
    if owner:
        return asked.model_copy(update={"voice": ""})
    raise UnknownName(f"There is no voice {name!r} for {key}", _those_there_are(name, narrator, names))


def owner_of(name: str) -> str:
    """The narrator whose voices are called so; '' if nobody knows. UnknownName for `+f44`, which is not espeak's."""
    if name.endswith(".onnx") or VOICE_NAME.fullmatch(name):
        return "piper"
    parts = re.sub(r"\([\d.]+\)", "", name).split("+")  # Kokoro mixes af_bella(2)+af_sky
    if name.lower() in ALIASES or all(map(kokoro.language_of, parts)):
        return "http-speech"
    if "+" in name and voice_named(name):
        return "espeak"
    if any(voice.name == name for voice in installed()):
        return "piper"
    tag = name.lower().replace("_", "-")
    known = {*voices_file()["espeak"]["languages"], *(language.code for language in libespeak.languages())}
    return "espeak" if is_variant(name) or tag in known else ""


def espeak_voice(name: str) -> str:
    """The voice name in espeak's one spelling. UnknownName, with whose it is, if it is not espeak's."""
    try:
        return voice_named(name)
    except UnknownName:
        stop_if_anothers(name)
        raise


def stop_if_anothers(name: str) -> None:
    """UnknownName for the name of a voice that is not espeak's, with whose it is."""
    try:
        owner = owner_of(name)
    except UnknownName:
        return
    if owner not in ("", "espeak"):
        remedy = f"it speaks with `narrator: {owner}`; of espeak's, {ALL_VOICES}"
        raise UnknownName(f"{name} is a voice of {owner}'s, not of espeak's", remedy)


def has(narrator: str, name: str) -> bool:
    """Whether the name, which is no kind of voice, is one of this narrator's."""
    return (name.lower() in ALIASES or not kind_named(name)) and owner_of(name) == narrator


def passed_over(people: Mapping[str, Character], voices: Mapping[str, Voice]) -> tuple[str, ...]:
    """Notes on those whose voice is one of another narrator's than of the one that was found for the story."""
    return tuple(_passed_over(people, voices))


def _passed_over(people: Mapping[str, Character], voices: Mapping[str, Voice]) -> Iterator[str]:
    for key, voice in voices.items():
        name = _wished(people[key].voice if key in people else None, voice)
        if not name or name == voice.name or (name.lower() not in ALIASES and kind_named(name)):
            continue
        owner, speaking = owner_of(name), owner_of(voice.name)
        if owner in ("", speaking):
            continue
        remedy = f"; one for each narrator: {{{owner}: {name}, {speaking}: {voice.name}}}" if speaking else ""
        if VOICE_NAME.fullmatch(name) and name not in {there.name for there in installed()}:
            remedy = f" – get it: storyforge voices get {name}"
        yield f"{key} speaks with {voice.name or 'another voice'}, as {name} is a voice of {owner}'s{remedy}"


def _wished(told: str | Mapping[str, Any] | None, voice: Voice) -> str:
    """The name of a voice; of those that are written with whose they are, the first if none is for who speaks."""
    if not isinstance(told, Mapping):
        return (told or "").strip()
    named = {whose: told[whose] for whose in names("narrator") if isinstance(told.get(whose), str)}
    unheard = "recorded" not in named and owner_of(voice.name) not in ("", *named)
    return next(iter(named.values())).strip() if named and unheard else ""


def _those_there_are(name: str, narrator: str, names: Collection[str]) -> str:
    plus, more = ("+", f", … ({ALL_VOICES})") if narrator == "espeak" else ("", ", …")
    names = [f"{plus}{each}" for each in names]
    known = [*names, *voices_file()["kinds"], *kind_words()]
    within = [each for each in names if len(name) > 1 and name.lower() in each.lower()]
    near = dict.fromkeys([*within, *get_close_matches(name, known, n=6, cutoff=0.7)])
    told = [f"near it are: {', '.join([*near][:_MOST])}"] if near else []
    told.append(f"{narrator} has: {', '.join(sorted(names)[:_MOST])}{more if len(names) > _MOST else ''}")
    told.append(f"all narrators know: {', '.join(voices_file()['kinds'])}")
    return f"{'; '.join(told)}; another's is written with whose it is: {{NARRATOR: {name}}}"

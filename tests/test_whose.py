"""Whose voice a name is: no narrator takes another's for one of its own."""

from __future__ import annotations

import pytest

from storyforge.backend import Narrator, find
from storyforge.commands.voice_try import try_voice
from storyforge.errors import UnknownName
from storyforge.narration.espeak import Espeak
from storyforge.narration.whose import espeak_voice
from storyforge.story import Character, Story

ANOTHERS = {"af_sky": "http-speech", "am_puck": "http-speech", "en_GB-alba-medium": "piper"}


@pytest.mark.parametrize(("name", "owner"), ANOTHERS.items())
def test_espeak_refuses_another_s_voice_and_tells_whose_it_is(name: str, owner: str) -> None:
    told = rf"^{name} is a voice of {owner}'s, not of espeak's – it speaks with `narrator: {owner}`"
    narrator = find("narrator", {"espeak": {"voice": name}}, Narrator)  # type: ignore[type-abstract]
    with pytest.raises(UnknownName, match=told):
        narrator.cast_voices(Story(title="A", story="B"), (), {})
    assert f"a voice of {owner}'s" in narrator.check()
    story = Story(title="A", story="B", cast={"bo": Character(voice={"espeak": name})})
    with pytest.raises(UnknownName, match=told):
        Espeak().cast_voices(story, ("bo",), {})


@pytest.mark.parametrize("name", ["af_heart", "am_puck"])
def test_another_s_voice_is_not_tried_as_a_language(name: str) -> None:
    with pytest.raises(UnknownName, match=f"{name} is a voice of http-speech's"):
        try_voice(name, "Hello.", aloud=False)


@pytest.mark.parametrize("name", ["sk_robot", "de_nonsense", "de-nonsense+f4", "af_sky+f4", "en_puck"])
def test_what_only_begins_like_a_language_is_no_voice(name: str) -> None:
    with pytest.raises(UnknownName):
        espeak_voice(name)


@pytest.mark.parametrize(
    ("name", "voice"),
    [
        ("en-GB", "en-gb"),
        ("en-gb-x-rp", "en-gb-x-rp"),
        ("de", "de"),
        ("de_AT", "de"),
        ("zh-yue", "yue"),
        ("zh-Hans", "cmn"),
        ("sr_Latn_RS", "sr"),
        ("pt_BR", "pt-br"),
        ("es-419", "es-419"),
        ("nb-NO", "nb"),
        ("af", "af"),
        ("en-US+Reed", "en-us+Reed"),
        ("F4", "+f4"),
    ],
)
def test_languages_and_variants_are_espeak_s(name: str, voice: str) -> None:
    assert espeak_voice(name) == voice

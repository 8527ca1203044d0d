"""Words in another script than the story's are said, not spelled."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storyforge.backend import Narrator
from storyforge.narration.espeak import Espeak
from storyforge.narration.other_scripts import other_words
from storyforge.narration.piper import Piper
from storyforge.story import Story
from tests.test_narrator_contract import held
from tests.toy_voice import make_voice


@pytest.fixture(params=["espeak", "piper"])
def narrator(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Narrator:
    monkeypatch.chdir(tmp_path)
    make_voice(tmp_path / "voices")
    return Espeak() if request.param == "espeak" else Piper(voice="en_US-toy-low")


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("en", "Then Алёша met Ελένη.", {"Алёша": "/ɑlˈoʃɑ/", "Ελένη": "/elˈeni/"}),
        ("en-GB", "“你好”, said שלום", {"你好": "/nihˈɑu/", "שלום": "/ʃɑlˈom/"}),
        ("de", "der kleine Сашка", {"Сашка": "/sˈɑʃka/"}),
        ("fr", "さくら et سلام", {"さくら": "/sakˈuɾa/", "سلام": "/salˈam/"}),
        ("ru", "Лиса и Ελένη", {"Ελένη": "/elˈeni/"}),
        ("uk", "Київ", {}),
        ("zh-Hans", "从前，有一只小狐狸", {}),
        ("ja", "昔々、さくらが", {}),
        ("ru", "Вася и Pikachu", {}),
        ("en", "café नमस्ते 안녕 ™ 😀", {}),
    ],
)
def test_words_are_read_as_in_their_own_language(language: str, text: str, words: dict[str, str]) -> None:
    assert other_words(text, language) == words


def test_a_narrator_says_them_in_the_same_voice_as_the_words_around_them(narrator: Narrator) -> None:
    text = "Then Алёша came home, and Алёша’s fox said: “你好!”"
    voice = narrator.cast_voices(Story(title="A", story="B"), (), {})[""]
    speech = narrator.speak(text, voice, "en", {})
    held(speech, text)
    told = {"Алёша": "/ɑlˈoʃɑ/", "你好": "/nihˈɑu/"}
    assert np.array_equal(speech.samples, narrator.speak(text, voice, "en", told).samples)
    own = narrator.speak(text, voice, "en", {"Алёша": "al-YO-sha"})
    assert not np.array_equal(own.samples, speech.samples)
    spelled = narrator.speak("Хорошо", voice, "en", {"Хорошо": "ha o er o sha o"})
    assert narrator.speak("Хорошо", voice, "en", {}).seconds < spelled.seconds


@settings(max_examples=60)
@given(
    st.text(st.sampled_from("Лис狐さשس\u0301\u064b ax.\ud83d\0ά가एℹ"), max_size=14), st.sampled_from(["en", "ru", "ja"])
)
def test_whatever_stands_in_a_line_its_words_can_be_found_in_it(text: str, language: str) -> None:
    for word, said in other_words(text, language).items():
        assert word in text and said.startswith("/") and said.endswith("/") and len(said) > 2

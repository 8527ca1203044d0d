"""Shhh and its like: what espeak-ng is given for them, and that it is a noise and no spelling."""

from __future__ import annotations

import numpy as np
import pytest

from storyforge.backend import Voice
from storyforge.narration.cries import cries
from storyforge.narration.espeak import Espeak
from storyforge.story import Story

LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt", "pl", "ru")


def spoken(text: str, language: str) -> tuple[float, float]:
    """Seconds, and the share of the sound's energy above 2 kHz."""
    voice: Voice = Espeak().cast_voices(Story(title="A", story="B", language=language), (), {})[""]
    speech = Espeak().speak(text, voice, language, {})
    assert [word.text for word in speech.words] == text.split()
    power = np.abs(np.fft.rfft(speech.samples)) ** 2
    above = np.fft.rfftfreq(len(speech.samples), 1 / speech.rate) > 2000
    return speech.seconds, float(power[above].sum() / power.sum())


@pytest.mark.parametrize("language", LANGUAGES)
def test_shhh_is_a_long_hiss_in_every_language(language: str) -> None:
    for cry in ("Шшш!", "Тссс!") if language == "ru" else ("Shhh!", "SHHHHH!"):
        seconds, hissing = spoken(cry, language)
        assert seconds > 0.3 and hissing > 0.85, cry


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_cry_is_spelled_letter_by_letter(language: str) -> None:
    for cry in "Хмм. Ммм… Псст! Зззз".split() if language == "ru" else "Hmm. Mmm… Psst! Zzzz Mwahaha!".split():
        assert spoken(cry, language)[0] < 1.1, cry


@pytest.mark.parametrize(
    ("language", "text", "known"),
    [
        ("en", "“Shhh!” said Mo. Hmm…", {"Shhh": "/ʃʃʃʃ/", "Hmm": "/hmmm/"}),
        ("en", "MWAH-HA-HA! Mwahahaha!", {"MWAH-HA-HA": "/mwˈɑːhɑːhˈɑː/", "Mwahahaha": "/mwˈɑːhɑːhˈɑː/"}),
        ("en", "He is 3 mm tall, so hush; St. Ives’ pizza is in the USSR.", {}),
        (
            "de",
            "Pscht! Schschsch! Sch! St. Martin schaut.",
            {"Pscht": "/pʃʃʃt/", "Schschsch": "/ʃʃʃʃ/", "Sch": "/ʃʃʃʃ/"},
        ),
        ("fr", "MM. Loup et Renard, hi hi hi", {"hi hi hi": "/hˈihihˈi/"}),
        ("tlh", "Shhh!", {}),
    ],
)
def test_cries_are_found_and_words_and_measures_are_none(language: str, text: str, known: dict[str, str]) -> None:
    assert cries(text, language) == known


def test_a_cry_is_said_as_the_story_s_own_lexicon_tells() -> None:
    voice = Espeak().cast_voices(Story(title="A", story="B"), (), {})[""]
    told, plain = (Espeak().speak(text, voice, "en", {"Shhh": "hush"}) for text in ("Shhh now.", "Hush now."))
    assert np.array_equal(told.samples, plain.samples)

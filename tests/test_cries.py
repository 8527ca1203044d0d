"""Shhh and its like: what espeak-ng is given for them, and that it is a noise and no spelling."""

from __future__ import annotations

import re

import numpy as np
import pytest

from storyforge.backend import Voice
from storyforge.narration import libespeak
from storyforge.narration.cries import cries
from storyforge.narration.espeak import Espeak
from storyforge.narration.espeak_voices import language_named
from storyforge.narration.pronunciation import mnemonics
from storyforge.narration.spoken import as_spoken
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


NOISES = "Hmm Mmm Psst Zzzz Hmph Sh Ssh Sssh Psh Tss Hrm Ssst Pft Krrk Ffft Nngh Hmpf Krrr Hmhm Pfft Brrr HMPH".split()
RUSSIAN = "Хмм Ммм Псст Зззз Хмпф Кррр Пффт Хрр ПСССТ".split()
VOWELS = set("aeiouyɐɑɒɔɛɪʊʌæøœɨ")


def heard(text: str, language: str) -> str:
    """The phonemes that espeak-ng says for a text as it is given by the narrator."""
    lexicon = {cry: f"[[{mnemonics(ipa, language)}]]" for cry, ipa in cries(text, language).items()}
    events = libespeak.say(as_spoken(text, language, lexicon).text, language_named(language).identifier).events
    return "".join(event.phoneme for event in events if event.kind == libespeak.PHONEME)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_cry_is_a_noise_or_one_syllable_and_never_spelled(language: str) -> None:
    for cry in RUSSIAN if language == "ru" else NOISES:
        vowels = [sound for sound in heard(f"{cry}!", language) if sound in VOWELS]
        assert len(vowels) < 2, (cry, heard(f"{cry}!", language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_voice_that_takes_no_ipa_is_given_a_vowel(language: str) -> None:
    for cry in RUSSIAN if language == "ru" else NOISES:
        said = as_spoken(f"{cry}!", language, {}).text.lower()
        assert said == "psst!" or re.search("[aeiouyöüоуыие]", said), cry


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        ("en", "He has a TV, 5 kg of pls, an HP, two TVs and the nth PhD here.", None),
        ("en", "“Wh-what? Thr-three!”", "Whuh-what? Thruh-three!"),
        ("en", "Mr Fox, Mrs Hen", "Mister Fox, Missis Hen"),
        ("en", "Sh-sh-she", "Shuh-shuh-she"),
        ("de", "Ein Lkw, ein Kfz, der Hbf und die GmbH", None),
        ("pl", "w lesie, z lasu, mgr Kot", None),
        ("ru", "в лесу, к дому", None),
    ],
)  # fmt: skip
def test_abbreviations_and_short_words_stay_what_they_are(language: str, text: str, said: str | None) -> None:
    assert cries(text, language) == {}
    spoken = as_spoken(text, language, {}).text
    assert spoken == (said or text.replace("5 kg", "5 kilograms"))


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
        (
            "en",
            "Hmph! Tch, Tss-tss. Krrk",
            {"Hmph": "/hmmmmf/", "Tch": "/tʃʃʃʃ/", "Tss-tss": "/tssss tssss/", "Krrk": "/kəɹɹɹɹk/"},
        ),
    ],
)
def test_cries_are_found_and_words_and_measures_are_none(language: str, text: str, known: dict[str, str]) -> None:
    assert cries(text, language) == known


def test_a_cry_is_said_as_the_story_s_own_lexicon_tells() -> None:
    voice = Espeak().cast_voices(Story(title="A", story="B"), (), {})[""]
    told, plain = (Espeak().speak(text, voice, "en", {"Shhh": "hush"}) for text in ("Shhh now.", "Hush now."))
    assert np.array_equal(told.samples, plain.samples)

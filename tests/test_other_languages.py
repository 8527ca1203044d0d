"""Words that the lexicon gives to another language are said as that language says them, by the voice that speaks."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from piper.phoneme_ids import DEFAULT_PHONEME_ID_MAP

from storyforge.backend import Narrator
from storyforge.commands.check import check
from storyforge.errors import StoryforgeError, UnknownName
from storyforge.narration.espeak import Espeak
from storyforge.narration.espeak_voices import voices_file
from storyforge.narration.http_speech import HttpSpeech
from storyforge.narration.piper import Piper
from storyforge.narration.pronunciation import mnemonics, told_sounds, unpronounceable
from storyforge.story import Character, Story
from tests.films import settings_for
from tests.test_narrator_contract import held
from tests.toy_voice import make_voice

BEGINNINGS: dict[str, str] = voices_file()["beginnings"]


@pytest.fixture(params=["espeak", "piper"])
def narrator(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Narrator:
    monkeypatch.chdir(tmp_path)
    make_voice(tmp_path / "voices")
    return Espeak() if request.param == "espeak" else Piper(voice="en_US-toy-low")


@pytest.mark.parametrize(
    ("language", "word", "other", "ipa"),
    [
        ("en", "bonjour", "(fr)", "/bɔnʒˈuɹ/"),
        ("en", "Je t'aime", " ( fr-FR ) ", "/ʒə tˈɛm/"),
        ("en-GB", "mañana", "(es)", "/mɑnjˈɑnɑ/"),
        ("en", "Mädchen", "(de)", "/mˈɛːdʃən/"),
        ("en", "coração", "(pt)", "/kˌuɾʌsˈʌʊn/"),
        ("fr", "weather", "(en_GB)", "/wˈɛzə/"),
        ("fr", "mąż", "(pl)", "/mˈɔ̃ʃ/"),
        ("de", "thing", "(en)", "/sˈɪŋ/"),
        ("es", "jolly", "(en)", "/dʃˈoli/"),
        ("en", "Алёша", "(ru)", "/ɑlˈoʃɑ/"),
        ("en", "São Paulo", "(pt)", "/sʌʊn pˈɑʊlʊ/"),
        ("fr", "São Paulo", "(pt)", "/saun pˈaulu/"),
        ("en", "le weekend", "(fr)", "/lə wiːkˈɛnd/"),
        ("en", "さくら", "(ja)", "/sɑkˈuɾɑ/"),
        ("en", "Paris", "(en)", "Paris"),
        ("en", "Paris", "PA-riss", "PA-riss"),
        ("en", "Paris", "(as you like) it", "(as you like) it"),
    ],
)
def test_a_word_is_read_as_in_the_language_in_brackets(language: str, word: str, other: str, ipa: str) -> None:
    assert told_sounds({word: other}, language) == {word: ipa}


@pytest.mark.parametrize(
    ("word", "other"),
    [("Sakura", "(ja)"), ("Xiaoming", "(zh)"), ("Ivan", "(uk)"), ("Élodie", "(el)"), ("昔々", "(ja)")],
)
def test_what_a_language_reads_as_english_or_spells_is_not_read(word: str, other: str, narrator: Narrator) -> None:
    assert told_sounds({word: other}, "en") == {}
    assert narrator.unpronounceable({word: other}, "en") == (word,)
    voice = narrator.cast_voices(Story(title="A", story="B"), (), {})[""]
    as_written = narrator.speak(f"{word} ran.", voice, "en", {}).samples
    assert np.array_equal(narrator.speak(f"{word} ran.", voice, "en", {word: other}).samples, as_written)


def test_check_tells_which_words_stay_as_they_are_written(
    write: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = "title: Fox\ncast: {sakura: {pronounce: (ja)}, colette: {pronounce: (fr)}}\nstory: Sakura saw Colette.\n"
    check([write("fox.yaml", f"{told}narrator: espeak\n")], settings_for(tmp_path))
    said = capsys.readouterr().out
    assert "Sakura (ja)" in said and "reads what is written" in said and "(fr)" not in said


def test_it_sounds_as_its_ipa_would_written_by_hand_and_in_the_same_voice(narrator: Narrator) -> None:
    text = "“Bonjour!” said Mira. “Je t’aime,” said Mira’s owl, and Colette’s friend."
    voice = narrator.cast_voices(Story(title="A", story="B"), (), {})[""]
    given = {"bonjour": "(fr)", "Je t'aime": "(fr)", "Colette": "(fr)"}
    speech = narrator.speak(text, voice, "en", given)
    held(speech, text)
    assert [word.text for word in speech.words] == text.split()
    by_hand = {"bonjour": "/bɔnʒˈuɹ/", "Je t'aime": "/ʒə tˈɛm/", "Colette": "/kolˈɛt/"}
    assert np.array_equal(speech.samples, narrator.speak(text, voice, "en", by_hand).samples)
    assert not np.array_equal(speech.samples, narrator.speak(text, voice, "en", {}).samples)
    assert narrator.unpronounceable(given, "en") == ()


def test_a_language_that_nobody_speaks_is_refused_with_those_there_are(narrator: Narrator) -> None:
    for story in (
        Story(title="A", story="Oui.", lexicon={"oui": "(frr)"}),
        Story(title="A", story="Oui.", cast={"oui": Character(pronounce="(frr)")}),
    ):
        with pytest.raises(UnknownName, match=r"'oui' is to be said as in 'frr', .* – near it are: .*fr"):
            narrator.cast_voices(story, (), {})
    voice = narrator.cast_voices(Story(title="A", story="B"), (), {})[""]
    with pytest.raises(UnknownName, match="'oui'"):
        narrator.speak("Oui.", voice, "en", {"oui": "(frr)"})


@pytest.mark.parametrize("language", ["en", "en-US", "de", "fr", "es", "it", "nl", "pt", "pl", "ru", "sv", "tr"])
def test_the_sounds_of_all_tales_have_one_near_them_in_the_great_languages(language: str) -> None:
    tales = {text: f"({other})" for other, text in BEGINNINGS.items()}
    assert unpronounceable(tales, language) == ()
    for ipa in (said for text, said in told_sounds(tales, language).items() if said != text):
        assert set(unicodedata.normalize("NFD", ipa.strip("/"))) <= set(DEFAULT_PHONEME_ID_MAP)


def test_a_sound_that_is_dropped_before_another_is_known_all_the_same() -> None:
    assert mnemonics("pˈip", "nl") and mnemonics("ˈala", "el")


def test_a_server_that_takes_no_ipa_reads_it_as_it_is_written_and_says_so() -> None:
    given = {"bonjour": "(fr)", "Zoe": "ZO-ee"}
    assert HttpSpeech(model="kokoro", voice="bf_emma").unpronounceable(given, "en") == ()
    assert HttpSpeech(model="kokoro", voice="ff_siwis").unpronounceable(given, "de") == ("bonjour",)
    assert HttpSpeech(model="chatterbox").unpronounceable(given, "en") == ("bonjour",)


def test_check_refuses_such_a_language_also_where_it_stands_in_the_settings(write: Any, tmp_path: Path) -> None:
    settings = settings_for(tmp_path).model_copy(update={"lexicon": {"oui": "(frr)"}})
    with pytest.raises(StoryforgeError, match=r"fox\.yaml: 'oui' is to be said as in 'frr'"):
        check([write("fox.yaml", "title: Fox\nstory: Oui, said the fox.\nnarrator: espeak\n")], settings)

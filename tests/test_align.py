"""Words are found in sounds that tell no times: to 20 ms where the sound is of the text, to 80 ms where guessed."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from storyforge.backend import Voice
from storyforge.narration.align import aligned, words_of
from storyforge.narration.espeak import Espeak
from storyforge.narration.estimating import estimated
from storyforge.narration.spoken import as_spoken
from storyforge.speech import Speech, Word
from tests.told import RATE, TOLD, Samples, Told, bent, noise, silence

STORY = TOLD[9]


def played(samples: Samples, faster: float) -> Samples:
    """As a tape played faster: shorter, and higher."""
    places = np.arange(0, len(samples) - 1, faster)
    return np.asarray(np.interp(places, np.arange(len(samples)), samples), np.float32)


def errors(found: Sequence[float], words: Sequence[Word], later: float = 0.0) -> list[float]:
    """Of the starts, in seconds; the true ones are `later` in this sound."""
    return [abs(start - word.start - later) for start, word in zip(found, words, strict=True)]


def starts(samples: Samples, rate: int, told: Told) -> list[float]:
    words, timing = words_of(samples, rate, told.spoken, told.language)
    assert timing == "aligned"
    return [word.start for word in words]


def assert_words_fit(words: Sequence[Word], text: str, seconds: float) -> None:
    assert all(text[word.char_start : word.char_end] == word.text for word in words)
    assert all(0 <= word.start <= word.end <= seconds for word in words)
    assert all(a.char_end <= b.char_start and a.start <= b.start for a, b in pairwise(words))


# ---- how exact


@pytest.mark.parametrize("heard", [lambda speech: speech, bent], ids=["as espeak speaks", "bent in tempo and pitch"])
def test_words_are_found_to_20_ms_and_guessed_to_80(heard: Callable[[Speech], Speech]) -> None:
    found: list[float] = []
    guessed: list[float] = []
    for told in TOLD:
        speech = heard(told.speech)
        found += errors(starts(speech.samples, speech.rate, told), speech.words)
        guess = estimated(speech.samples, speech.rate, told.spoken, told.language)
        guessed += errors([start for start, _ in guess], speech.words)
    assert np.mean(found) <= 0.020 and np.mean(guessed) <= 0.080


def test_without_a_language_words_are_guessed_by_their_letters() -> None:
    guessed: list[float] = []
    for told in TOLD:
        words, timing = words_of(told.speech.samples, RATE, told.spoken, "qqq")
        guessed += errors([word.start for word in words], told.speech.words)
        assert timing == "estimated"
    assert np.mean(guessed) <= 0.150


def test_ends_of_words_are_found_too() -> None:
    words, _ = words_of(STORY.speech.samples, RATE, STORY.spoken, "en")
    assert np.mean([abs(a.end - b.end) for a, b in zip(words, STORY.speech.words, strict=True)]) < 0.03


# ---- whether it is that text


def test_each_sentence_fits_its_sound_and_no_other() -> None:
    english = [told for told in TOLD if told.language == "en"][:6]
    for told, other in zip(english, [*english[1:], english[0]], strict=True):
        assert aligned(told.speech.samples, RATE, told.spoken, "en").matches
        wrong = aligned(told.speech.samples, RATE, other.spoken, "en")
        assert not wrong.matches and wrong.cost > 0.85
        words, timing = words_of(told.speech.samples, RATE, other.spoken, "en")
        assert timing == "estimated"
        assert_words_fit(words, other.text, told.speech.seconds)


def test_noise_is_of_no_text() -> None:
    assert not aligned(noise(5 * RATE, 0.1), RATE, STORY.spoken, "en").matches
    assert not aligned(np.sin(np.arange(5 * RATE) / 20).astype(np.float32), RATE, STORY.spoken, "en").matches


def test_a_sound_that_holds_half_the_text_or_twice_as_much_is_told() -> None:
    half = STORY.speech.samples[: len(STORY.speech.samples) // 2]
    whole = aligned(STORY.speech.samples, RATE, STORY.spoken, "en").cost
    assert aligned(half, RATE, STORY.spoken, "en").cost > whole + 0.15
    twice = np.concatenate([STORY.speech.samples, TOLD[0].speech.samples])
    assert aligned(twice, RATE, STORY.spoken, "en").cost > whole + 0.15


# ---- strange sounds


def test_silence_around_and_within_does_not_matter() -> None:
    speech = STORY.speech
    comma = [word.text for word in speech.words].index("door,")
    cut = round((speech.words[comma].end + 0.05) * RATE)
    sound = np.concatenate([silence(1), speech.samples[:cut], silence(3), speech.samples[cut:], silence(1)])
    found = starts(sound, RATE, STORY)
    assert np.mean(errors(found[: comma + 1], speech.words[: comma + 1], 1)) < 0.02
    assert np.mean(errors(found[comma + 1 :], speech.words[comma + 1 :], 4)) < 0.02


@pytest.mark.parametrize(
    ("what", "changed"),
    [
        ("hiss 20 dB below", lambda samples: samples + noise(len(samples), 0.1 * float(samples.std()))),
        ("a steady offset, as of a cheap microphone", lambda samples: samples + np.float32(0.05)),
        ("a hundredth as loud", lambda samples: samples / 100),
        ("clipped", lambda samples: np.clip(4 * samples, -0.5, 0.5)),
        ("a click", lambda samples: np.concatenate([silence(0), samples[:-40], np.ones(40, np.float32)])),
    ],
)
def test_bad_recordings_are_heard(what: str, changed: Callable[[Samples], Samples]) -> None:
    found = starts(changed(STORY.speech.samples).astype(np.float32), RATE, STORY)
    assert np.mean(errors(found, STORY.speech.words)) < 0.03, what


@pytest.mark.parametrize("faster", [0.85, 1.2])
def test_a_deeper_and_a_higher_voice_are_heard(faster: float) -> None:
    found = starts(played(STORY.speech.samples, faster), RATE, STORY)
    assert np.mean(errors([start * faster for start in found], STORY.speech.words)) < 0.03


@pytest.mark.parametrize("pace", [0.55, 2.0])
def test_half_and_double_speed_are_heard(pace: float) -> None:
    told = Told(STORY.text, "en", Voice(name="+f2", pace=pace))
    assert np.mean(errors(starts(told.speech.samples, RATE, told), told.speech.words)) < 0.04


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 48000])
def test_any_rate_of_samples_is_heard(rate: int) -> None:
    spoken = STORY.speech
    places = np.arange(round(spoken.seconds * rate)) / rate * RATE
    samples = np.interp(places, np.arange(len(spoken.samples)), spoken.samples).astype(np.float32)
    assert np.mean(errors(starts(samples, rate, STORY), spoken.words)) < 0.02


@pytest.mark.parametrize(
    ("text", "language"), [("Run!", "en"), ("Grandmother", "en"), ("Pfannkuchen!", "de"), ("狐", "zh")]
)
def test_a_text_of_one_word_fills_its_sound(text: str, language: str) -> None:
    speech = Espeak().speak(text, Voice(name="+m3"), language, {})
    sound = np.concatenate([silence(0.5), speech.samples, silence(0.5)])
    [word], _ = words_of(sound, RATE, as_spoken(text, language, {}), language)
    assert abs(word.start - 0.5) < 0.05 and abs(word.end - 0.5 - speech.seconds) < 0.08


@pytest.mark.parametrize(
    ("samples", "rate"),
    [
        (silence(0), RATE),
        (silence(2), RATE),
        (silence(0.0001), RATE),
        (np.full(RATE, np.nan, np.float32), RATE),
        (np.full(RATE, np.inf, np.float32), RATE),
        (noise(300, 0.1), 1),
        (noise(300, 0.1), 384_000),
        (noise(3 * RATE, 1e-30), RATE),
    ],
    ids="none silent two-samples nan infinite one-a-second fast faint".split(),
)
def test_what_is_no_sound_is_no_error(samples: Samples, rate: int) -> None:
    words, timing = words_of(samples, rate, STORY.spoken, "en")
    assert timing == "estimated" and len(words) == len(STORY.spoken.words)
    assert_words_fit(words, STORY.text, len(samples) / rate)


def test_a_book_in_half_a_second_is_not_read_and_no_error() -> None:
    book = " ".join([STORY.text] * 500)
    spoken = as_spoken(book, "en", {})
    samples = noise(RATE // 2, 0.1)
    alignment = aligned(samples, RATE, spoken, "en")
    assert alignment.cost == math.inf and not any(alignment.times)
    assert_words_fit(words_of(samples, RATE, spoken, "en")[0], book, 0.5)


def test_names_in_phonemes_of_either_engine_are_read() -> None:
    text = "Chroneon met Eevee in the dark."
    speech = Espeak().speak(text, Voice(name="+f2"), "en", {"Chroneon": "kɹˈoʊniˌɑːn", "Eevee": "ˈiːviː"})
    for said in (
        {"Chroneon": "[[kɹˈoʊniˌɑːn]]", "Eevee": "[[ˈiːviː]]"},
        {"Chroneon": "[[kr'oUnI,A:n]]", "Eevee": "eevee"},
    ):
        alignment = aligned(speech.samples, RATE, as_spoken(text, "en", said), "en")
        assert alignment.matches
        assert np.mean([abs(a[0] - b.start) for a, b in zip(alignment.times, speech.words, strict=True) if a]) < 0.03


@settings(max_examples=40)
@given(
    text=st.text(max_size=40) | st.text(st.sampled_from("ab ,.“狐1"), max_size=40),
    pieces=st.lists(st.tuples(st.sampled_from("snt"), st.floats(0, 0.5)), max_size=5),
    rate=st.sampled_from([1, 100, 1999, 8000, 22050, 44100]),
    language=st.sampled_from(["en", "zh", "qqq"]),
)
@example(text="a b", pieces=[("n", 0.0001)], rate=22050, language="en")
def test_words_are_in_order_within_any_sound(
    text: str, pieces: list[tuple[str, float]], rate: int, language: str
) -> None:
    kinds: dict[str, Callable[[int], Samples]] = {
        "s": lambda count: np.zeros(count, np.float32),
        "n": lambda count: noise(count, 0.1),
        "t": lambda count: np.sin(np.arange(count) * 0.1).astype(np.float32),
    }
    samples = np.concatenate([silence(0), *(kinds[kind](round(seconds * rate)) for kind, seconds in pieces)])
    spoken = as_spoken(text, language, {})
    words, _ = words_of(samples, rate, spoken, language)
    assert [(word.char_start, word.char_end) for word in words] == list(spoken.words)
    assert_words_fit(words, text, len(samples) / rate)


# ---- long sounds, and two at once


def test_a_long_reading_is_aligned_as_exactly_as_its_sentences() -> None:
    english = [told for told in TOLD if told.language == "en"] * 3
    samples: list[Samples] = []
    true: list[float] = []
    for number, told in enumerate(english):
        passed = sum(map(len, samples)) / RATE
        true += [word.start + passed for word in told.speech.words]
        samples += [told.speech.samples, silence(0.4 + number % 4)]
    text = "\n".join(told.text for told in english)
    alignment = aligned(np.concatenate(samples), RATE, as_spoken(text, "en", {}), "en")
    off = [abs(times[0] - start) for times, start in zip(alignment.times, true, strict=True) if times]
    assert alignment.matches and len(off) > 0.9 * len(true)
    assert np.mean(off) < 0.02 and max(off) < 0.3


def test_two_threads_at_once_find_the_same() -> None:
    def work(number: int) -> list[float]:
        return starts(TOLD[number].speech.samples, RATE, TOLD[number])

    alone = [work(number) for number in range(4)]
    with ThreadPoolExecutor(2) as threads:
        assert [*threads.map(work, [3, 2, 1, 0] * 2)] == alone[::-1] * 2

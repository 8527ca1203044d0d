"""The narrator http-speech: servers of four kinds, all that they can answer, and all that can go wrong with them."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from storyforge.backend import Voice, find
from storyforge.errors import BackendFailed, BadSettings, Interrupted, UnknownName
from storyforge.narration import kokoro
from storyforge.narration.captions import Caption, captions_of, heard_in
from storyforge.narration.http_speech import HttpSpeech
from storyforge.narration.spoken import as_spoken
from storyforge.settings import PREFERRED
from storyforge.speech import Speech
from storyforge.story import Character, Story
from storyforge.web.failures import NoAnswer, NobodyThere
from tests.fakes.sounds import encoded, wav
from tests.fakes.speech import LEAD, FakeSpeech, SpeechFail
from tests.films import SMALL, STORY

TEXT = "“Wait,” said Mr. Fox, “where is the old mill?”"
IPA = "kɹˈoʊniˌɑːn"


@pytest.fixture
def speech() -> Iterator[FakeSpeech]:
    with FakeSpeech() as fake:
        yield fake


def asking(fake: FakeSpeech, **more: Any) -> HttpSpeech:
    return HttpSpeech(url=fake.url, patience=more.pop("patience", 5.0), **more).settled()


def said(fake: FakeSpeech, text: str = TEXT, *, voice: str = "", **more: Any) -> Speech:
    return asking(fake, **more).speak(text, Voice(name=voice), "en", {})


def a_story(cast: dict[str, Character] | None = None, language: str = "en") -> Story:
    return Story(title="A tale", story="Once.", language=language, cast=cast or {})


def assert_keeps_the_contract(speech: Speech, text: str) -> None:
    assert speech.samples.dtype == np.float32 and speech.samples.ndim == 1 and np.isfinite(speech.samples).all()
    assert np.abs(speech.samples).max(initial=0) <= 1
    assert all(text[word.char_start : word.char_end] == word.text for word in speech.words)
    assert all(0 <= word.start <= word.end <= speech.seconds for word in speech.words)
    assert all(a.char_end <= b.char_start and a.start <= b.start for a, b in pairwise(speech.words))


# ---- a line


@pytest.mark.parametrize("program", ["kokoro", "speaches", "localai", "chatterbox"])
@pytest.mark.parametrize("text", [TEXT, "Es war einmal ein Fuchs.", "从前，有一只小狐狸。", "and on, " * 120])
def test_every_server_speaks(program: Any, text: str) -> None:
    with FakeSpeech(program) as fake:
        model = {"localai": "piper-en"}.get(program, "")
        speech = said(fake, text, voice="toy" if program == "speaches" else "", model=model)
        assert_keeps_the_contract(speech, text)
        assert speech.words and speech.seconds > 0.5 and speech.words[-1].char_end == len(text.rstrip())
        assert {wanted.body["response_format"] for wanted in fake.asked} == {"wav"}
        assert all(len(wanted.body["input"]) <= 300 for wanted in fake.asked)


@pytest.mark.parametrize("text", ["", " \n", "😀", "… — !!!", "\0\x07", "\ud83d", "“”"])
def test_of_nothing_that_can_be_said_no_server_is_asked(speech: FakeSpeech, text: str) -> None:
    assert len(said(speech, text, model="kokoro").samples) == 0
    assert speech.hits == []


def test_the_silence_around_a_line_is_cut_off_and_its_words_move_along(speech: FakeSpeech) -> None:
    heard = said(speech)
    assert heard.timing == "engine" and heard.words[0].start < 0.05
    starts = {each["word"]: each["start_time"] - LEAD for each in speech.told[0]}
    for word in heard.words[1:]:
        name = word.text.strip("“”,.?!")
        assert word.start == pytest.approx(starts.get(name, word.start), abs=0.06)
    assert {"said", "where", "old", "mill"} <= starts.keys()
    assert heard.seconds < speech.told[0][-1]["end_time"] - LEAD + 0.1


def test_pieces_of_a_long_line_have_their_times_one_after_another(speech: FakeSpeech) -> None:
    text = "The fox ran home, and slept. " * 25
    heard = said(speech, text)
    assert len(speech.asked) == 3 and heard.timing == "engine"
    assert_keeps_the_contract(heard, text)
    assert heard.words[-1].start > 0.97 * (heard.seconds - 1)


def test_a_server_without_captions_is_asked_for_them_once() -> None:
    with FakeSpeech("chatterbox") as fake:
        narrator = asking(fake)
        heard = [narrator.speak(TEXT, Voice(name="mama"), "en", {}) for _ in range(3)]
        assert sum(hit == "POST /dev/captioned_speech" for hit in fake.hits) == 1
        assert all(each.timing != "engine" and len(each.words) == 9 for each in heard)


def test_captions_can_be_done_without(speech: FakeSpeech) -> None:
    assert said(speech, captions="off").timing == "aligned"
    assert [wanted.path for wanted in speech.asked] == ["/v1/audio/speech"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda told: None,
        lambda told: [],
        lambda told: "soon",
        lambda told: [{"word": "other"}, 7, *({**each, "word": "zzz"} for each in told)],
        lambda told: [{**each, "end_time": each["end_time"] + 60} for each in told],
        lambda told: [{**each, "start_time": None} for each in told],
        lambda told: [{**each, "start_time": "0.1"} for each in told],
        lambda told: [{**each, "start_time": -each["start_time"]} for each in told],
    ],
)
def test_times_that_fit_neither_the_text_nor_the_sound_are_not_used(speech: FakeSpeech, spoil: Any) -> None:
    speech.captions = spoil
    heard = said(speech)
    assert heard.timing != "engine" and len(heard.words) == 9
    assert_keeps_the_contract(heard, TEXT)


def test_words_without_a_time_of_their_own_lie_between_the_others(speech: FakeSpeech) -> None:
    speech.captions = lambda told: [each for each in told if each["word"] not in ("where", "Fox")]
    heard = said(speech)
    assert heard.timing == "engine" and len(heard.words) == 9
    assert_keeps_the_contract(heard, TEXT)


def test_numbers_said_in_words_are_found_between_the_words_around_them() -> None:
    spoken = as_spoken("Owl paid 7 coins today", "xx", {})
    names = "Owl paid seven coins today".split()
    times = heard_in(spoken, (0, len(spoken.text)), [Caption(w, n / 2, n / 2 + 0.5) for n, w in enumerate(names)], 2.5)
    assert times == {0: (0, 0.5), 1: (0.5, 1), 3: (1.5, 2), 4: (2, 2.5)}


def test_captions_are_taken_as_far_as_they_make_sense() -> None:
    told = [{"word": "a", "start_time": 1, "end_time": 2.5}, {"word": 3, "start_time": 1, "end_time": 2}]
    wrong = [{"word": "b", "start_time": float("nan"), "end_time": 2}, {"word": "c", "start_time": 2, "end_time": 1}]
    assert captions_of([*told, *wrong, None]) == (Caption("a", 1.0, 2.5),)
    assert captions_of(None) == captions_of({"word": "a"}) == ()


# ---- pace, pitch, names


def test_pace_is_asked_of_the_server_and_pitch_changes_no_tempo(speech: FakeSpeech) -> None:
    narrator = asking(speech)

    def spoken(pace: float = 1.0, pitch: float = 0.0) -> Speech:
        return narrator.speak(TEXT, Voice(name="am_adam", pace=pace, pitch=pitch), "en", {})

    plain, slow, deep, high = spoken(), spoken(pace=0.6), spoken(pitch=-5), spoken(pitch=5)
    assert [wanted.body["speed"] for wanted in speech.asked] == [1, 0.6, 1, 1]
    assert slow.seconds > 1.3 * plain.seconds
    assert deep.seconds == pytest.approx(plain.seconds, rel=0.02) == high.seconds
    assert brightness(high) > 1.3 * brightness(deep)
    assert [word.start for word in deep.words] == pytest.approx([word.start for word in high.words], abs=0.05)


def brightness(speech: Speech) -> float:
    spectrum = np.abs(np.fft.rfft(speech.samples)) ** 2
    return float((np.fft.rfftfreq(len(speech.samples), 1 / speech.rate) * spectrum).sum() / spectrum.sum())


def test_a_model_that_heeds_no_speed_is_slowed_down_afterwards() -> None:
    with FakeSpeech("chatterbox") as fake:
        narrator = asking(fake)
        plain = narrator.speak(TEXT, Voice(name="mama"), "en", {})
        slow = narrator.speak(TEXT, Voice(name="mama", pace=0.8), "en", {})
        assert {wanted.body["speed"] for wanted in fake.asked} == {1.0}
        assert slow.seconds == pytest.approx(plain.seconds / 0.8, rel=0.03)


@pytest.mark.parametrize(
    ("model", "language", "given"),
    [
        ("kokoro", "en", "[Chroneon](/kɹˈOniˌɑn/) met ee-vee."),
        ("tts-1", "en", "Chroneon met ee-vee."),
        ("kokoro", "de", "Chroneon met ee-vee."),
    ],
)
def test_a_name_is_given_as_the_server_takes_it(speech: FakeSpeech, model: str, language: str, given: str) -> None:
    lexicon = {"Chroneon": IPA, "Eevee": "EE-vee"}
    heard = asking(speech, model=model).speak("Chroneon met Eevee.", Voice(name="af_sky"), language, lexicon)
    assert speech.asked[0].body["input"] == given
    assert [word.text for word in heard.words] == ["Chroneon", "met", "Eevee."]


def test_names_that_stay_as_they_are_written_are_told() -> None:
    lexicon = {"Chroneon": IPA, "Eevee": "EE-vee", "Xo": "ǃˈoŋ"}
    assert HttpSpeech(model="kokoro").unpronounceable(lexicon, "en") == ("Xo",)
    assert HttpSpeech(model="piper-en").unpronounceable(lexicon, "en") == ("Chroneon", "Xo")


def test_ipa_is_put_into_kokoros_own_letters_or_left_alone() -> None:
    assert kokoro.with_phonemes("Joy", "/d͡ʒˈɔɪ/", "af_heart") == "[Joy](/ʤˈY/)"
    assert kokoro.with_phonemes("Bo", "bˈəʊ", "bm_george") == "[Bo](/bˈQ/)"
    assert kokoro.with_phonemes("Nan", "nˈɜːn", "") == "[Nan](/nˈɜɹn/)"
    assert kokoro.with_phonemes("Xo", "ǃˈoŋ", "af_heart") == ""


# ---- who speaks


def test_everyone_has_a_voice_of_their_own_that_speaks_the_language(speech: FakeSpeech) -> None:
    people = {
        "mira": Character(looks="a small girl"),
        "otto": Character(pronouns="he"),
        "ida": Character(pronouns="she"),
    }
    cast = asking(speech).cast_voices(a_story(people), tuple(people), {})
    assert cast[""].name == "af_heart" and len({voice.name for voice in cast.values()}) == 4
    assert cast["otto"].name in ("am_adam", "am_onyx", "bm_george")
    assert cast["ida"].name[1] == cast["mira"].name[1] == "f"
    spanish = asking(speech).cast_voices(a_story(people, "es"), tuple(people), {})
    assert {voice.name for voice in spanish.values()} == {"ef_dora", "em_alex"} and len(set(spanish.values())) == 4
    assert asking(speech).cast_voices(a_story(language="en-GB"), (), {})[""].name == "bf_emma"


def test_a_language_that_no_voice_speaks_is_refused_with_those_they_speak(speech: FakeSpeech) -> None:
    with pytest.raises(UnknownName, match=r"No voice of the speech server speaks 'pl'.*en-GB, en-US, es"):
        asking(speech).cast_voices(a_story(language="pl"), (), {})
    assert (
        asking(speech, voice="af_sky", voices=("am_adam",)).cast_voices(a_story(language="pl"), (), {})[""].name
        == "af_sky"
    )


def test_a_voice_can_be_asked_for_in_the_cast(speech: FakeSpeech) -> None:
    people = {
        "a": Character(voice={"http-speech": "af_bella", "pace": 0.9, "pitch": -2}),
        "b": Character(voice="bm_george"),
        "c": Character(voice={"http-speech": "af_bella(2)+af_sky"}),
        "d": Character(voice="en_US-lessac-medium"),
        "e": Character(voice={"piper": "x", "pitch": 3}),
    }
    cast = asking(speech, pace=1.1).cast_voices(a_story(people), tuple(people), {})
    assert cast["a"] == Voice(name="af_bella", pace=0.99, pitch=-2) and cast["b"] == Voice(name="bm_george", pace=1.1)
    assert cast["c"].name == "af_bella(2)+af_sky"
    assert cast["d"].name[2] == "_" and cast["e"].pitch == 3


@pytest.mark.parametrize("voice", ["af_belle", {"http-speech": "nobody"}])
def test_a_voice_that_the_server_does_not_have_is_refused_with_those_near_it(speech: FakeSpeech, voice: Any) -> None:
    with pytest.raises(UnknownName, match=r"no voice .* for pip – near it are: .*af_bella"):
        asking(speech).cast_voices(a_story({"pip": Character(voice=voice)}), ("pip",), {})
    with pytest.raises(UnknownName, match="for the narrator"):
        asking(speech, voice="nobody").cast_voices(a_story(), (), {})


def test_who_is_who_in_a_familys_own_voices_is_told_by_their_names() -> None:
    people = {"wolf": Character(looks="an old wolf", pronouns="he"), "hen": Character(pronouns="she")}
    with FakeSpeech("chatterbox") as fake:
        cast = asking(fake, voice="mama").cast_voices(a_story(people), tuple(people), {})
        assert cast["wolf"].name == "Grandpa Joe" and len(set(cast.values())) == 3
        assert asking(fake).check() == ""
        assert asking(fake).described() == f"chatterbox-tts-1 with 2 voices, at 127.0.0.1:{fake.port}"


def test_voices_can_be_named_for_the_cast_by_kind(speech: FakeSpeech) -> None:
    settings: dict[str, Any] = {"url": speech.url, "voices": {"man": ["am_onyx"], "child": ["af_sky"]}}
    narrator = find("narrator", {"http-speech": settings}, HttpSpeech)
    people = {"tom": Character(pronouns="he"), "kit": Character(looks="a little cub")}
    cast = narrator.cast_voices(a_story(people), tuple(people), {})
    assert (cast["tom"].name, cast["kit"].name) == ("am_onyx", "af_sky")
    wrong = HttpSpeech(voices={"lad": ("am_adam",)})
    assert "no kind of voice 'lad'" in wrong.mistakes() and "child" in wrong.mistakes()


def test_a_server_that_lists_no_voices_has_one_that_is_shifted() -> None:
    people = {f"p{number}": Character() for number in range(4)}
    with FakeSpeech("localai") as fake:
        cast = asking(fake, model="piper-en").cast_voices(a_story(people), tuple(people), {})
        assert {voice.name for voice in cast.values()} == {""} and len(set(cast.values())) == 5
        asking(fake, model="piper-en").speak(TEXT, cast["p1"], "en", {})
        assert "voice" not in fake.asked[0].body


def test_with_all_voices_named_a_film_needs_no_server_until_something_is_spoken() -> None:
    with FakeSpeech() as fake:
        narrator = asking(fake, voice="af_sky", voices=("am_adam", "bf_emma"))
        asked = narrator.cast_voices(a_story({"tom": Character()}), ("tom",), {})
        fake.kill()
        assert narrator.cast_voices(a_story({"tom": Character()}), ("tom",), {}) == asked
        with pytest.raises(NobodyThere, match="does not answer"):
            HttpSpeech(url=fake.url, model="kokoro").cast_voices(a_story(), (), {})


# ---- which model, and the key


def test_the_model_is_chosen_where_there_is_no_doubt(speech: FakeSpeech) -> None:
    assert asking(speech).model == "kokoro" and asking(speech, model="tts-1-hd").model == "tts-1-hd"
    with FakeSpeech("speaches") as fake:
        assert asking(fake).model == "speaches-ai/piper-en_US-toy-low"
        assert asking(fake).cast_voices(a_story(), (), {})[""].name == "toy"
        fake.models = [{"id": f"speaches-ai/piper-{n}", "task": "text-to-speech"} for n in "ab"]
        with pytest.raises(BadSettings, match="has 2 models – name one as `model`: speaches-ai/piper-a, "):
            asking(fake)
        fake.models = []
        assert asking(fake).model == ""


def test_what_is_spoken_is_known_by_model_and_voice_wherever_the_server_is() -> None:
    here, there = HttpSpeech(model="kokoro"), HttpSpeech(url="gpu:8880", model="kokoro", voice="af_sky", patience=9.0)
    assert here.recipe() == there.recipe()
    assert here.recipe() != HttpSpeech(model="tts-1").recipe()


@pytest.mark.parametrize(
    "written", ["{url}", "{url}/", "{url}/v1", "{url}/v1/audio/speech", "127.0.0.1:{port}", "http://0.0.0.0:{port}/v1/"]
)
def test_an_address_may_be_written_as_its_manual_does(speech: FakeSpeech, written: str) -> None:
    narrator = HttpSpeech(url=written.format(url=speech.url, port=speech.port), patience=5.0)
    assert narrator.check() == "" and narrator.described().startswith("kokoro with 11 voices, at 127.0.0.1:")


def test_a_key_comes_from_the_environment_and_is_shown_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    with FakeSpeech(key="secret-123") as fake:
        narrator = HttpSpeech(url=fake.url, model="kokoro", key_from="SPEECH_TEST_KEY")
        assert "SPEECH_TEST_KEY" in narrator.mistakes() and "export" in narrator.check()
        monkeypatch.setenv("SPEECH_TEST_KEY", "secret-123")
        assert narrator.mistakes() == "" and narrator.speak("Hi.", Voice(name="af_sky"), "en", {}).words
        monkeypatch.setenv("SPEECH_TEST_KEY", "secret-124")
        with pytest.raises(BackendFailed, match=r"Incorrect key: \*\*\*") as caught:
            narrator.speak("Hi.", Voice(name="af_sky"), "en", {})
        assert "secret" not in str(caught.value)


# ---- what a server sends


@pytest.mark.parametrize("depth", ["8", "16", "24", "32", "float"])
@pytest.mark.parametrize("channels", [1, 2, 6])
def test_sound_of_any_form_is_taken(speech: FakeSpeech, depth: Any, channels: int) -> None:
    speech.packed = lambda samples, rate: wav(
        np.repeat(samples[:, None], channels, axis=1), rate, depth, told=0xFFFFFFFF
    )
    heard = said(speech, captions="off")
    assert_keeps_the_contract(heard, TEXT)
    assert heard.rate == 22050 and 1.5 < heard.seconds < 6


@pytest.mark.parametrize(("kind", "options"), [("mp3", ()), ("flac", ()), ("ogg", ("-c:a", "libopus"))])
def test_sound_that_is_no_wav_in_spite_of_what_was_asked_is_taken(speech: FakeSpeech, kind: str, options: Any) -> None:
    speech.packed = lambda samples, rate: encoded(samples, rate, kind, *options)
    heard = said(speech)
    assert_keeps_the_contract(heard, TEXT)
    assert heard.timing == "engine" and 1.5 < heard.seconds < 6


def test_pieces_at_other_rates_are_one_line(speech: FakeSpeech) -> None:
    rates = iter([22050, 16000])
    speech.packed = lambda samples, rate: encoded(samples, rate, "wav", "-ar", str(next(rates)))
    text = "The fox ran home, and slept. " * 14
    heard = said(speech, text)
    assert heard.rate == 22050 and heard.timing == "engine"
    assert_keeps_the_contract(heard, text)


SAYS = SpeechFail.status


@pytest.mark.parametrize(
    ("failure", "wrong"),
    [
        (SpeechFail.sends(b""), "is empty"),
        (SpeechFail.sends(wav(np.zeros(9000, np.float32), 22050)), "is silence"),
        (SpeechFail.sends(wav(np.ones(9000, np.float32), 22050)[:2000]), r"is cut off: 0\.0 of 0\.4 seconds"),
        (SpeechFail.sends(wav(np.ones(600_000, np.float32), 8000)), "talks for 75 seconds over “Wait"),
        (SpeechFail.sends(b"ID3 this is not really music"), "is no sound"),
        (SpeechFail.sends(b'{"error": "no voice today"}', "application/json"), "not a speech server: it sends .*no"),
        (SpeechFail.page(), "not a speech server: it sends a web page"),
        (SpeechFail.page(502), "answers 502: a proxy answers"),
        (SpeechFail.page(403), "lets nobody through"),
        (SAYS(401), "wants a login – give its key"),
        (SAYS(404), "does not know /v1/audio/speech"),
        (SAYS(400, b'{"error": {"message": "input too long"}}'), "refuses a line: 400, input too long"),
        (SAYS(422, b'{"detail": [{"loc": ["body", "speed"], "msg": "too fast"}]}'), "body.speed: too fast"),
        (SAYS(500, b'{"detail": {"error": "x", "message": "CUDA is out of memory"}}'), "failed: 500, CUDA"),
        (SAYS(500, b"Internal Server Error"), "failed: 500, “Internal Server Error”"),
        (SAYS(429, b'{"error": {"message": "You exceeded your current quota"}}'), "account .* is used up"),
        (SAYS(503, b'{"detail": "loading"}', "900"), "no time for longer than 5 seconds: 503, loading"),
    ],
)  # fmt: skip
def test_what_a_server_can_do_wrong_is_told_in_words(speech: FakeSpeech, failure: SpeechFail, wrong: str) -> None:
    speech.failures = [failure]
    with pytest.raises(BackendFailed, match=wrong) as caught:
        said(speech, captions="off")
    assert caught.value.remedy and f"127.0.0.1:{speech.port}" in caught.value.cause
    assert said(speech, captions="off", patience=6.0).words


@pytest.mark.parametrize(("program", "asked", "wrong"), [
    ("kokoro", {"voice": "af_nobody"}, r"does not take the voice 'af_nobody': 400, Voice 'af_nobody' not found"),
    ("speaches", {}, "a line without a voice: 422, body.voice: Field required – name one that it has, as `voice`"),
    ("localai", {"model": "bark"}, "does not take the model 'bark': 404, model not found – name one"),
])  # fmt: skip
def test_what_a_server_does_not_have_is_told_with_what_to_name(program: Any, asked: dict[str, str], wrong: str) -> None:
    with FakeSpeech(program) as fake, pytest.raises(BackendFailed, match=wrong):
        said(fake, **asked)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("retry_after", ["0.1", None])
def test_a_busy_server_is_waited_for(speech: FakeSpeech, status: int, retry_after: str | None) -> None:
    speech.failures = [SpeechFail.status(status, retry_after=retry_after)]
    assert said(speech).timing == "engine" and len(speech.asked) == 2


@pytest.mark.parametrize("code", [500, 404, 400])
def test_a_server_that_stumbles_over_captions_is_asked_without_them(speech: FakeSpeech, code: int) -> None:
    speech.failures = [SpeechFail.status(code)]
    heard = said(speech)
    assert heard.words and heard.timing != "engine"
    assert [wanted.path for wanted in speech.asked] == ["/dev/captioned_speech", "/v1/audio/speech"]


@pytest.mark.parametrize("after", [0, 30, 9000])
def test_a_line_that_breaks_off_is_asked_for_once_more(speech: FakeSpeech, after: int) -> None:
    speech.failures = [SpeechFail.cut(after)]
    assert said(speech).timing == "engine" and len(speech.asked) == 2
    speech.failures = [SpeechFail.cut(after)] * 2
    with pytest.raises(NoAnswer, match="breaks in the midst of a line"):
        said(speech)


@pytest.mark.parametrize("failure", [SpeechFail.endless(), SpeechFail.trickle()])
def test_sound_without_an_end_is_left(speech: FakeSpeech, failure: SpeechFail) -> None:
    speech.failures = [failure]
    with pytest.raises(BackendFailed, match="sound without an end"):
        said(speech, captions="off", patience=1.0)


def test_a_server_that_falls_silent_is_given_up(speech: FakeSpeech) -> None:
    speech.failures = [SpeechFail.silent(20)]
    begun = time.monotonic()
    with pytest.raises(NoAnswer, match=r"silent for 0\.5 seconds.*patience"):
        said(speech, patience=0.5)
    assert time.monotonic() - begun < 10


def test_lines_are_asked_for_from_many_threads(speech: FakeSpeech) -> None:
    narrator, texts = asking(speech), [f"{word} foxes." for word in ("One", "Two", "Three", "Four", "Five", "Six")]
    with ThreadPoolExecutor(4) as threads:
        heard = list(threads.map(lambda text: narrator.speak(text, Voice(name="af_sky"), "en", {}), texts))
    assert [each.words[0].text for each in heard] == [text.split()[0] for text in texts]


# ---- while one waits


class Stop(Exception):
    """What a user's Ctrl-C is in these tests."""


@pytest.mark.parametrize(
    ("captions", "failure", "left"),
    [
        ("auto", SpeechFail.silent(60), 1),
        ("off", SpeechFail.silent(60), 1),
        ("auto", SpeechFail.silent_midway(0, 60), 1),
        ("off", SpeechFail.silent_midway(9000, 60), 1),
        ("off", SpeechFail.trickle(), 1),
        ("auto", SpeechFail.status(503, b'{"detail": "loading the model"}', "60"), 0),
        ("off", SpeechFail.status(429, retry_after="60"), 0),
    ],
)
def test_a_stop_is_heeded_at_once_and_leaves_nothing_behind(
    speech: FakeSpeech, captions: Any, failure: SpeechFail, left: int
) -> None:
    speech.failures = [failure]
    narrator, begun = asking(speech, captions=captions, patience=300.0), time.monotonic()

    def stop(*_: Any, **__: Any) -> None:
        if speech.asked and time.monotonic() - begun > 0.5:
            raise Stop

    with pytest.raises(Stop):
        narrator.speak(TEXT, Voice(name="af_sky"), "en", {}, stop)
    assert time.monotonic() - begun < 5
    assert len(speech.asked) == 1 and speech.wait_gone(left) == left
    assert not [thread for thread in threading.enumerate() if thread.name == "reader"]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a full queue of callers turns others away")
def test_a_stop_is_heeded_while_the_connection_is_being_made() -> None:
    """The queue of those who call is full, so that nobody else gets through, as with a machine that is switched off."""
    begun = time.monotonic()

    def stop(*_: Any, **__: Any) -> None:
        if time.monotonic() - begun > 0.5:
            raise Stop

    with socket.create_server(("127.0.0.1", 0), backlog=0) as busy, socket.create_connection(busy.getsockname()):
        narrator = HttpSpeech(url=f"127.0.0.1:{busy.getsockname()[1]}", model="kokoro")
        with pytest.raises(Stop):
            narrator.speak(TEXT, Voice(name="af_sky"), "en", {}, stop)
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    "failure",
    [SpeechFail.silent(1), SpeechFail.silent_midway(9000, 1), SpeechFail.status(503, retry_after="1")],
)
def test_whoever_waits_is_asked_twice_a_second_whether_to_go_on(speech: FakeSpeech, failure: SpeechFail) -> None:
    speech.failures = [failure]
    calls: list[float] = []
    narrator = asking(speech)
    assert narrator.speak(TEXT, Voice(name="af_sky"), "en", {}, lambda *_, **__: calls.append(time.monotonic())).words
    assert len([at for at in calls if at - calls[0] < 1.2]) > 3


def test_a_server_that_wants_to_be_asked_at_once_again_and_again_is_not_flooded(speech: FakeSpeech) -> None:
    speech.failures = [SpeechFail.status(503, retry_after="0") for _ in range(100)]
    with pytest.raises(NoAnswer, match="no time for longer than 1 seconds: 503"):
        said(speech, captions="off", patience=1.0)
    assert len(speech.asked) < 5


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
@pytest.mark.parametrize("failure", [SpeechFail.silent(300), SpeechFail.status(503, retry_after="100")])
def test_ctrl_c_ends_a_film_whose_speech_server_is_silent_or_busy(
    speech: FakeSpeech, failure: SpeechFail, tmp_path: Path
) -> None:
    speech.failures = [failure] * 9
    (tmp_path / "mitten.yaml").write_text(STORY, "utf-8")
    settings = {**SMALL, "illustrator": "paper", "narrator": {"http-speech": {"url": speech.url}}}
    (tmp_path / "small.yaml").write_text(json.dumps(settings), "utf-8")
    command = [sys.executable, "-m", "storyforge.cli", "render", "mitten.yaml", "--settings", "small.yaml"]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    ) as running:
        try:
            until = time.monotonic() + 60
            while not speech.asked:
                assert time.monotonic() < until and running.poll() is None
                time.sleep(0.05)
            running.send_signal(signal.SIGINT)
            _, told = running.communicate(timeout=20)
        finally:
            running.kill()
    assert running.returncode == Interrupted.exit_code
    assert told == "Stopped – what is finished is kept; run again to go on\n"
    assert len(speech.asked) == 1 and list((tmp_path / "output/.store/tmp").iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
def test_ctrl_c_ends_a_film_whose_speech_server_lists_no_voices(tmp_path: Path) -> None:
    """It takes the question and says nothing, for the ten seconds that an answer may take."""
    (tmp_path / "mitten.yaml").write_text(STORY, "utf-8")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        speech = {"url": f"127.0.0.1:{silent.getsockname()[1]}", "model": "kokoro"}
        settings = {**SMALL, "illustrator": "paper", "narrator": {"http-speech": speech}}
        (tmp_path / "small.yaml").write_text(json.dumps(settings), "utf-8")
        command = [sys.executable, "-m", "storyforge.cli", "render", "mitten.yaml", "--settings", "small.yaml"]
        with subprocess.Popen(
            command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
        ) as running:
            try:
                silent.settimeout(60)
                with silent.accept()[0] as asked:
                    assert b"/v1/models" in asked.recv(999)
                    at = time.monotonic()
                    running.send_signal(signal.SIGINT)
                    _, told = running.communicate(timeout=20)
                    seconds = time.monotonic() - at
            finally:
                running.kill()
    assert running.returncode == Interrupted.exit_code and seconds < 6
    assert told == "Stopped – what is finished is kept; run again to go on\n"


# ---- what doctor says


def test_what_is_wrong_is_told_before_the_first_line(speech: FakeSpeech) -> None:
    assert asking(speech).check() == "" and asking(speech).title == "http-speech with kokoro"
    assert "no voice 'af_sku' for the narrator – near it are: af_sky" in asking(speech, voice="af_sku").check()
    assert "'nobody' for the cast" in asking(speech, voices=("am_adam", "nobody")).check()
    assert "is no address of a speech server" in HttpSpeech(url="http://x:99999").mistakes()
    url = speech.url
    speech.kill()
    assert "does not answer – start it" in HttpSpeech(url=url, model="kokoro").check()


def test_a_server_of_another_kind_is_known_as_such(speech: FakeSpeech) -> None:
    narrator = HttpSpeech(url=f"{speech.url}/elsewhere", model="m", patience=5.0)
    with pytest.raises(NoAnswer, match="does not know /v1/audio/speech: 404"):
        narrator.speak("Hi.", Voice(name=""), "en", {})


def test_it_is_never_chosen_unasked() -> None:
    assert "http-speech" not in PREFERRED["narrator"]

"""What holds for every narrator: the words shown are the words heard, in order, within the sound; and nobody is robbed
of their voice. Each narrator's own ways are in tests of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise, permutations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from storyforge.backend import Narrator, Voice, names
from storyforge.errors import UnknownName
from storyforge.narration.espeak import Espeak
from storyforge.narration.http_speech import HttpSpeech
from storyforge.narration.piper import Piper
from storyforge.narration.recorded import Reader, Recorded
from storyforge.narration.recordings import name_of
from storyforge.narration.whose import passed_over
from storyforge.speech import Speech
from storyforge.story import Character, Story
from tests.fakes.sounds import wav
from tests.fakes.speech import FakeSpeech
from tests.toy_voice import make_voice

LINES = {
    "en": "Once upon a time, in the old forest, Mr. Fox said: “Run—now!” and paid $12.50…",
    "de": "Es war einmal ein kleiner Fuchs, der „Hallo!“ rief, z. B. im Wald.",
    "ru": "Жила-была лиса. «Стой!» — крикнула сова.",
    "zh": "从前，有一只小狐狸。“你好！”",
    "ar": "كان يا ما كان، في قديم الزمان",
    "hi": "एक बार की बात है, एक लोमड़ी थी।",
}
ODD = {
    "nul": "a\0b \0 fox",
    "half of an emoji": "a\ud83d fox \ude00 den",
    "right to left": "كان يا ما كان، fox \u202eback\u202c",
    "another script": "Лиса met 狐狸 and κόρη",
    "ssml": '<speak><break time="3s"/>Run, <b>Pip</b> &amp; hide</speak>',
    "phonemes": "[[ˈiːviː]] [[ and [Eevee](/ˈiːviː/)",
    "marks on marks": "f\u0301\u0302\u0303" * 40 + "ox",
    "unseen": "\ufeff \u200b fox \u2028 den \x07",
    "a cry": "AAAAARGH! " * 20,
    "a long word": "abcdefghij" * 1000,
    "a long line": "The fox ran on, " * 188,
    "a long number": "1234567890" * 30,
    "no spaces": "狐" * 120,
}
SILENT = ["", " \n\t", "™", "… — !!!", "\0\x07", "\ud83d", "“”", "**", ".-" * 1500]
LINE = "Wait, said the old fox, where is the mill tonight?"
PEOPLE = {
    "mira": Character(looks="a small girl", pronouns="she"),
    "bruno": Character(looks="a huge brown bear", pronouns="he"),
    "owl": Character(name="Old Owl", looks="a wise old owl"),
    "tick": Character(looks="a tin robot"),
    "frog": Character(looks="a green frog in boots"),
    "ida": Character(pronouns="she"),
}


@dataclass(frozen=True)
class Booth:
    """A narrator at work, and the server that it asks, if it does. `faster`: the setting that makes everyone so."""

    narrator: Narrator
    server: FakeSpeech | None = None
    tells_times: bool = True
    faster: tuple[str, Any] = ("pace", 1.2)

    def voice(self, language: str = "en", **changes: Any) -> Voice:
        story = Story(title="A tale", story="Once.", language=language)
        return self.narrator.cast_voices(story, (), {})[""].model_copy(update=changes)

    def speak(self, text: str, language: str = "en", /, lexicon: Mapping[str, str] = {}, **voice: Any) -> Speech:
        return self.narrator.speak(text, self.voice(**voice), language, lexicon)

    def heard(self, text: str, lexicon: Mapping[str, str]) -> object:
        """The sound; of a server, what it was given to say: what it makes of that is its own affair."""
        sound = self.speak(text, lexicon=lexicon).samples.tobytes()
        return self.server.asked[-1].body["input"] if self.server else sound


def espeak(_: ExitStack) -> Booth:
    return Booth(Espeak())


def piper(_: ExitStack, speakers: int = 1, ceilings: int = 1) -> Booth:
    make_voice(Path("voices"), speakers=speakers, ceilings=ceilings)
    return Booth(Piper(voice="en_US-toy-low"), tells_times=ceilings == 1)


def asking(stack: ExitStack, server: FakeSpeech) -> Booth:
    fake = stack.enter_context(server)
    narrator = HttpSpeech(url=fake.url, patience=30).settled()
    return Booth(narrator, fake, tells_times=fake.program == "kokoro")


def recorded(_: ExitStack) -> Booth:
    """LINES were recorded, in a room that is not quite still; everything else is spoken by the fallback."""
    folder = Path("voices/me")
    folder.mkdir(parents=True)
    for language, text in LINES.items():
        speech = Espeak().speak(text, Voice(name="+f4"), language, {})
        sound = np.concatenate([np.zeros(9000, np.float32), speech.samples, np.zeros(12000, np.float32)])
        sound += np.random.default_rng(1).normal(0, 0.0005, len(sound)).astype(np.float32)
        (folder / f"{name_of(text)}.wav").write_bytes(wav(sound, speech.rate))
    narrator = Recorded(folder=str(folder), fallback=Espeak())
    return Booth(narrator, tells_times=False, faster=("fallback", Espeak(pace=1.2)))


BOOTHS: dict[str, Callable[[ExitStack], Booth]] = {
    "espeak": espeak,
    "piper": piper,
    "piper with speakers": lambda stack: piper(stack, speakers=9),
    "piper without lengths": lambda stack: piper(stack, ceilings=2),
    "http-speech by kokoro": lambda stack: asking(stack, FakeSpeech("kokoro")),
    "http-speech by chatterbox": lambda stack: asking(stack, FakeSpeech("chatterbox")),
    "recorded": recorded,
}


@pytest.fixture(params=BOOTHS)
def booth(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Booth]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "home"))
    with ExitStack() as stack:
        yield BOOTHS[request.param](stack)


def held(speech: Speech, text: str) -> None:
    """The contract."""
    assert speech.samples.dtype == np.float32 and speech.samples.ndim == 1 and np.isfinite(speech.samples).all()
    assert np.abs(speech.samples).max(initial=0) <= 1 and 8000 <= speech.rate <= 48000
    assert all(text[word.char_start : word.char_end] == word.text for word in speech.words)
    assert all(0 <= word.start <= word.end <= speech.seconds for word in speech.words)
    assert all(a.char_end <= b.char_start and a.start <= b.start for a, b in pairwise(speech.words))
    assert speech.timing in ("engine", "aligned", "estimated")
    assert bool(speech.words) == bool(len(speech.samples))
    assert Speech.from_wav(speech.to_wav()).words == speech.words


def test_every_narrator_is_under_this_contract() -> None:
    assert {each.split()[0] for each in BOOTHS} == set(names("narrator"))


# ---- a line


@pytest.mark.parametrize("language", LINES)
def test_words_are_heard_in_order_within_the_sound(booth: Booth, language: str) -> None:
    text = LINES[language]
    speech = booth.speak(text, language)
    held(speech, text)
    said = "".join(character for word in speech.words for character in word.text if character.isalnum())
    assert said == "".join(filter(str.isalnum, text))
    assert speech.seconds > 1 and speech.words[-1].end > 0.8 * speech.seconds


def test_only_who_is_told_the_times_of_words_says_so(booth: Booth) -> None:
    assert (booth.speak(LINES["en"]).timing == "engine") == booth.tells_times


@pytest.mark.parametrize("text", SILENT)
def test_of_nothing_that_can_be_said_nothing_is_heard(booth: Booth, text: str) -> None:
    held(booth.speak(text), text)
    assert booth.speak(text).seconds == 0


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_whatever_stands_in_a_line_it_is_spoken(booth: Booth, text: str) -> None:
    speech = booth.speak(text)
    held(speech, text)
    assert speech.words and speech.words[-1].char_end >= len(text.rstrip(" \x07\u202c")) - 2


def test_a_picture_alone_is_named_or_silent(booth: Booth) -> None:
    held(booth.speak("😀👍🏽"), "😀👍🏽")


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=60))
@example(text="[[[[ ]] [[a")
@example(text="'" * 50 + "a")
def test_any_text_is_spoken(booth: Booth, text: str) -> None:
    held(booth.speak(text), text)


def test_a_line_begins_and_ends_with_its_words_and_no_click(booth: Booth) -> None:
    for text in ("“Oh!” said Pip.", "Six.", "… and then?"):
        speech = booth.speak(text)
        loud = np.flatnonzero(np.abs(speech.samples) > 0.004 * np.abs(speech.samples).max())
        assert loud[0] < 0.05 * speech.rate and len(speech.samples) - loud[-1] < 0.05 * speech.rate
        assert speech.samples[0] == speech.samples[-1] == 0


# ---- how it is said


def test_pace_makes_a_line_longer_or_shorter_by_as_much(booth: Booth) -> None:
    plain = booth.speak(LINE).seconds
    for pace in (0.7, 0.9, 1.2):
        assert booth.speak(LINE, pace=pace).seconds * pace == pytest.approx(plain, rel=0.15)


@pytest.mark.parametrize("pitch", [-6.0, -2.0, 3.0, 6.0])
def test_pitch_makes_a_line_higher_or_deeper_and_no_longer(booth: Booth, pitch: float) -> None:
    plain, other = booth.speak(LINE), booth.speak(LINE, pitch=pitch)
    assert other.seconds == pytest.approx(plain.seconds, rel=0.03)
    starts = [word.start for word in plain.words]
    assert [word.start for word in other.words] == pytest.approx(starts, abs=0.03 * plain.seconds)
    assert (height(other) > height(plain)) == (pitch > 0)


def height(speech: Speech) -> float:
    """The middle of its spectrum, in octaves."""
    spectrum = np.abs(np.fft.rfft(speech.samples)) ** 2
    hertz = np.fft.rfftfreq(len(speech.samples), 1 / speech.rate)
    heard = (hertz > 60) & (hertz < 5000)
    return float((np.log2(hertz[heard]) * spectrum[heard]).sum() / spectrum[heard].sum())


@pytest.mark.parametrize(
    ("word", "said"), [("Chroneon", "kɹˈoʊniˌɑːn"), ("Eevee", "EE-vee"), ("Old Owl", "/ˈaʊlə/"), ("the", "/ðˈʌ/")]
)
def test_a_word_of_the_lexicon_is_heard_or_named_as_one_that_cannot_be(booth: Booth, word: str, said: str) -> None:
    text = f"Then {word} came, and {word} sang."
    plain, told = booth.heard(text, {}), booth.heard(text, {word: said})
    assert (plain == told) == (booth.narrator.unpronounceable({word: said}, "en") == (word,))


def test_a_lexicon_changes_no_word_that_is_shown(booth: Booth) -> None:
    text = "“Chroneon’s here,” said Eevee; Eevee’s friend ran."
    plain, told = booth.speak(text), booth.speak(text, lexicon={"Chroneon": "kɹˈoʊniˌɑːn", "Eevee": "EE-vee"})
    held(told, text)
    assert [word.text for word in told.words] == [word.text for word in plain.words] == text.split()


# ---- who has which voice


def test_no_two_of_a_cast_are_alike_nor_like_the_narrator(booth: Booth) -> None:
    cast = cast_of(booth, tuple(PEOPLE))
    assert set(cast) == {"", *PEOPLE} and len(set(cast.values())) == 7


def test_voices_depend_on_the_cast_and_not_on_who_speaks_or_speaks_first(booth: Booth) -> None:
    everyone = cast_of(booth, tuple(PEOPLE))
    for some in permutations(("owl", "mira", "tick")):
        cast = cast_of(booth, some)
        assert cast == {key: everyone[key] for key in ("", *some)} and list(cast) == ["", *some]


def test_a_cast_sounds_alike_in_every_story_of_a_series(booth: Booth) -> None:
    first = cast_of(booth, tuple(PEOPLE))
    extras = {"a_troll": Character(looks="a huge troll"), "witch": Character()}
    second = cast_of(booth, ("witch", "a_troll", "nobody", *PEOPLE), extras, title="Another", story="Later, they met.")
    assert {key: second[key] for key in first} == first
    assert len(set(second.values())) == 10 or booth.narrator.name == "piper"  # a toy voice, and its eight shifts


def test_a_line_is_spoken_by_whom_it_is_given_to(booth: Booth) -> None:
    heard = set()
    for voice in cast_of(booth, tuple(PEOPLE)).values():
        sound = booth.narrator.speak("Here I am.", voice, "en", {}).samples.tobytes()
        heard.add((sound, booth.server.asked[-1].body["voice"] if booth.server else ""))
    assert len(heard) == 1 + len(PEOPLE)


@pytest.mark.parametrize(
    ("name", "near"), [("grandpaa", "grandpa"), ("womann", "woman"), ("childd", "child"), ("Zarquon", "man")]
)
def test_a_voice_that_is_nobodys_is_refused_with_those_that_are(booth: Booth, name: str, near: str) -> None:
    with pytest.raises(UnknownName, match=f"no voice '{name}' for pip") as caught:
        voice_of(booth, voice=name)
    assert near in caught.value.remedy and ("near it are: " in caught.value.remedy) == (name != "Zarquon")
    there = voice_of(booth, looks="a robot").name.strip("+")
    assert there in caught.value.remedy or "…" in caught.value.remedy


def test_a_voice_that_looks_like_espeaks_and_is_not_there_is_refused_by_all(booth: Booth) -> None:
    with pytest.raises(UnknownName, match=r"'f44' – near it are: \+f4"):
        voice_of(booth, voice="+f44")


@pytest.mark.parametrize("kind", ["man", "woman", "child", "old-man", "old woman", "robot", "little girl", "Dragon"])
def test_every_narrator_knows_the_kinds_of_voices(booth: Booth, kind: str) -> None:
    told = voice_of(booth, looks=kind.replace("-", " "))
    assert voice_of(booth, voice=kind) == told
    speaking = booth.narrator.fallback if isinstance(booth.narrator, Recorded) else booth.narrator
    assert voice_of(booth, voice={speaking.name: kind}) == told


@pytest.mark.parametrize("name", ["+f4", "en+f4", "steph", "af_sky", "alloy", "af_sky+af_bella", "en_US-lessac-medium"])
def test_a_voice_of_another_narrators_is_never_passed_over_in_silence(booth: Booth, name: str) -> None:
    try:
        voice = voice_of(booth, voice=name)
    except UnknownName as error:  # our own, but not there
        assert repr(name) in error.cause and error.remedy
        return
    notes = passed_over({"pip": Character(voice=name)}, {"pip": voice})
    own = voice.name.rpartition("+")[2] == name.rpartition("+")[2]
    assert own != bool(notes) and all(name in note and voice.name in note for note in notes)


def voice_of(booth: Booth, **pip: Any) -> Voice:
    story = Story(title="A tale", story="Once.", cast={"pip": Character(**pip)})
    return bare(booth.narrator.cast_voices(story, ("pip",), {})["pip"])


def bare(voice: Voice) -> Voice:
    return voice.stand_in if isinstance(voice, Reader) else voice


def cast_of(booth: Booth, speakers: tuple[str, ...], extras: Mapping[str, Any] = {}, **story: str) -> dict[str, Voice]:
    told = Story.model_validate({"title": "A tale", "story": "Once.", **story, "cast": PEOPLE})
    voices = booth.narrator.cast_voices(told, speakers, extras)
    return {key: bare(voice) for key, voice in voices.items()}


# ---- as a back-end


def test_one_that_works_has_nothing_to_complain_of(booth: Booth) -> None:
    assert booth.narrator.check() == "" and booth.narrator.described()


def test_settings_that_shape_a_voice_make_nothing_else_anew(booth: Booth) -> None:
    faster = type(booth.narrator).model_validate({**dict(booth.narrator), booth.faster[0]: booth.faster[1]})
    assert faster.recipe() == booth.narrator.recipe()
    assert faster.cast_voices(Story(title="A", story="B"), (), {})[""].pace == pytest.approx(1.2 * booth.voice().pace)

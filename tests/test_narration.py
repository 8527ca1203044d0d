"""What is espeak's and Piper's own, beside the contract that every narrator keeps."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from piper.phoneme_ids import DEFAULT_PHONEME_ID_MAP

from storyforge.backend import Narrator, Voice
from storyforge.errors import BackendFailed, BadSettings, UnknownName
from storyforge.narration import libespeak, piper
from storyforge.narration.casting import kind_of
from storyforge.narration.cautious import mixes_scripts, say_cautiously
from storyforge.narration.espeak import Espeak
from storyforge.narration.espeak_voices import identifier_of, language_named, voices_file
from storyforge.narration.folders import user_folder
from storyforge.narration.piper import Piper
from storyforge.narration.piper_model import with_durations
from storyforge.narration.piper_words import aligned
from storyforge.narration.pronunciation import is_ipa, mnemonics, pronounceable, spoken_names
from storyforge.narration.spoken import as_spoken
from storyforge.narration.trimming import trimmed
from storyforge.narration.words import timed_words, word_spans
from storyforge.speech import Speech
from storyforge.story import Character, Story
from tests.conftest import ROOT
from tests.test_narrator_contract import held
from tests.toy_voice import make_voice

LINES = {
    "en": "Once upon a time, in the old forest, Mr. Fox said: “Run—now!” and paid $12.50…",
    "de": "Es war einmal ein kleiner Fuchs, der „Hallo!“ rief, z. B. im Wald.",
    "zh": "从前，有一只小狐狸。“你好！”",
    "ar": "كان يا ما كان، في قديم الزمان",
}
LEXICON = {"Chroneon": "kɹˈoʊniˌɑːn", "Eevee": "EE-vee"}


@pytest.fixture
def voices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with a voices/ folder, in which a toy voice lies."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "home"))
    make_voice(tmp_path / "voices")
    return tmp_path / "voices"


@pytest.fixture(params=["espeak", "piper"])
def narrator(request: pytest.FixtureRequest, voices: Path) -> Narrator:
    return Espeak() if request.param == "espeak" else Piper()


def a_story(**cast: Character) -> Story:
    return Story(title="A tale", story="Once.", cast=cast)


def the_voice(narrator: Narrator, story: Story | None = None) -> Voice:
    return narrator.cast_voices(story or a_story(), (), {})[""]


# ---- espeak


def test_espeak_says_the_same_in_any_order_and_thread() -> None:
    texts = [*LINES.values(), "Run!"]

    def spoken(number: int) -> bytes:
        return Espeak().speak(texts[number], Voice(name="+Reed"), list(LINES)[number % 4], {}).samples.tobytes()

    alone = [spoken(number) for number in range(5)]
    with ThreadPoolExecutor(4) as threads:
        assert [*threads.map(spoken, [4, 3, 2, 1, 0] * 3)] == alone[::-1] * 3


def test_espeak_says_the_same_in_another_process() -> None:
    program = (
        "import sys; from storyforge.narration.espeak import Espeak; from storyforge.backend import Voice;"
        "from storyforge.value import digest;"
        "print(digest(Espeak().speak('Once upon a time.', Voice(name='en+f4', pitch=2), 'en', {}).to_wav()))"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", program], env={**os.environ, "PYTHONHASHSEED": seed}, cwd=ROOT,
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(runs) == 1


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("en", "en-gb"), ("en-GB", "en-gb"), ("en_US", "en-us"), ("de-DE", "de"), ("zh", "cmn"), ("zh-Hans-CN", "cmn"),
        ("no", "nb"), ("fr", "fr-fr"), ("fr-CA", "fr-fr"), ("pt_BR", "pt-br"), ("es-MX", "es-419"),
    ],
)  # fmt: skip
def test_languages_are_found_by_the_tags_people_write(tag: str, code: str) -> None:
    assert language_named(tag).code == code


def test_a_language_nobody_speaks_is_refused_with_those_near_it() -> None:
    with pytest.raises(UnknownName, match=r"espeak speaks no language 'dee'.* de"):
        the_voice(Espeak(), Story(title="A", story="B", language="dee"))


def test_an_unknown_variant_is_refused_for_espeak_would_pass_it_over() -> None:
    with pytest.raises(UnknownName, match=r"no voice 'f44'.* \+f4"):
        Espeak().speak("Hello.", Voice(name="en+f44"), "en", {})
    assert "no voice 'f44'" in Espeak(voice="f44").check()
    assert identifier_of("+f4", "de") == "gmw/de+f4"


def test_a_voice_the_library_cannot_load_is_an_error_and_the_next_line_is_spoken() -> None:
    with pytest.raises(BackendFailed, match="cannot load the voice"):
        libespeak.say("Hello.", "nowhere/xx")
    assert len(libespeak.say("Hello.", "gmw/en").samples)


def test_letters_that_break_espeak_down_are_an_error_and_not_the_end() -> None:
    with pytest.raises(BackendFailed, match="broke down over"):
        Espeak().speak("ℹ\u0e3a", Voice(name="+klatt4"), "bg", {})
    assert Espeak().speak("Дядо и Pip.", Voice(name="+klatt4"), "bg", {}).words


@pytest.mark.parametrize("language", LINES)
def test_no_language_mixes_scripts(language: str) -> None:
    assert not mixes_scripts(LINES[language])


def test_what_is_said_apart_is_said_alike() -> None:
    text = "Дядо met कृष्ण"
    assert mixes_scripts(text)
    apart = say_cautiously(text, "gmw/en", speed=150, pitch=50, pitch_range=50)
    assert np.array_equal(apart.samples, libespeak.say(text, "gmw/en").samples)


def test_every_voice_of_the_data_file_is_there() -> None:
    told = voices_file()["espeak"]
    entries = [entry for entries in told["voices"].values() for entry in entries] + [told["narrator"]]
    assert {next(iter(e)) if isinstance(e, dict) else e for e in entries} <= set(libespeak.variants())
    for code in told["languages"].values():
        assert language_named(code).code == code
    assert {*told["voices"], "anyone"} == set(voices_file()["kinds"])


def test_pitch_is_in_semitones() -> None:
    def pitch(semitones: float) -> float:
        speech = Espeak().speak("Aah, no more, my lord.", Voice(name="+Reed", pitch=semitones), "en", {})
        spectrum = np.abs(np.fft.rfft(speech.samples, 2**18)) ** 2
        hertz = np.fft.rfftfreq(2**18, 1 / speech.rate)
        low = (hertz > 60) & (hertz < 250)
        return float((hertz[low] * spectrum[low]).sum() / spectrum[low].sum())

    assert pitch(-4) < pitch(0) < pitch(4)


# ---- casting


def test_everyone_has_a_voice_of_their_own_and_the_narrator_too(narrator: Narrator) -> None:
    people = {f"person{number}": Character(looks="an old man" if number % 2 else "a girl") for number in range(16)}
    cast = narrator.cast_voices(a_story(**people), tuple(people), {})
    assert set(cast) == {"", *people}
    assert len(set(cast.values())) == (17 if narrator.name == "espeak" else 9)  # a toy voice and its eight shifts


def test_another_character_more_changes_nobodys_voice(narrator: Narrator) -> None:
    people = {"pip": Character(looks="small fox"), "owl": Character(name="Old Owl"), "king": Character()}
    everyone = narrator.cast_voices(a_story(**people), ("pip", "owl", "king"), {})
    more = narrator.cast_voices(a_story(**people, zoe=Character(pronouns="she")), ("pip", "owl", "king"), {})
    assert more == everyone


def test_a_speaker_whom_nobody_described_has_a_voice_too(narrator: Narrator) -> None:
    assert narrator.cast_voices(a_story(), ("stranger",), {})["stranger"] != the_voice(narrator)


@pytest.mark.parametrize(
    ("kind", "character"),
    [
        ("woman", Character(pronouns="she")),
        ("man", Character(looks="a tall king with a small crown")),
        ("child", Character(looks="a girl in an old hat")),
        ("old-woman", Character(name="Grandmother Badger")),
        ("old-man", Character(looks="a wise old owl")),
        ("giant", Character(looks="a huge stone troll")),
        ("child", Character(looks="a little dragon")),
        ("robot", Character(looks="a small tin robot")),
        ("old-woman", Character(looks="eine alte Hexe")),
        ("child", Character(looks="une petite fille")),
        ("anyone", Character(looks="a green frog in boots")),
    ],
)
def test_who_sounds_how_is_told_by_pronouns_name_and_looks(kind: str, character: Character) -> None:
    assert kind_of("someone", character) == kind


def test_a_voice_can_be_asked_for_in_the_cast() -> None:
    story = a_story(
        a=Character(voice="en+f4"),
        b=Character(voice="F2"),
        c=Character(voice={"espeak": "de", "pitch": 3, "pace": 0.9}),
        d=Character(voice="en_US-lessac-medium"),
        e=Character(voice={"piper": "x", "pitch": -2}),
    )
    cast = Espeak().cast_voices(story, tuple("abcde"), {})
    assert cast["a"] == Voice(name="en-gb+f4") and cast["b"] == Voice(name="+f2")
    assert cast["c"] == Voice(name="de", pitch=3, pace=0.9)
    assert cast["d"].name.startswith("+") and cast["e"].pitch == -2


@pytest.mark.parametrize(
    "voice", ["en+nobody", {"espeak": "nobody"}, {"pich": 3}, {"pitch": 60}, {"pace": "fast"}, {"espeak": 3}, "qq+f4"]
)
def test_a_voice_that_cannot_be_is_refused(voice: Any) -> None:
    with pytest.raises((UnknownName, BadSettings)) as caught:
        Espeak().cast_voices(a_story(pip=Character(voice=voice)), ("pip",), {})
    assert caught.value.remedy


# ---- piper


def test_without_voices_piper_says_where_to_get_one(voices: Path) -> None:
    for file in voices.iterdir():
        file.unlink()
    assert "storyforge voices get" in Piper().check()
    with pytest.raises(UnknownName, match="storyforge voices get"):
        the_voice(Piper())


def test_a_missing_voice_is_refused_with_those_that_are_there(voices: Path) -> None:
    with pytest.raises(UnknownName, match=r"'en_US-nobody-low'.*en_US-toy-low"):
        Piper(voice="en_US-nobody-low").cast_voices(a_story(), (), {})
    with pytest.raises(UnknownName, match=r"nobody\.onnx"):
        Piper().cast_voices(a_story(pip=Character(voice="nobody.onnx")), ("pip",), {})


def test_a_voice_file_is_opened_only_where_one_works_or_in_a_folder_of_voices(
    voices: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    make_voice(user_folder() / "voices", "de_DE-toy-high")
    mine, users = voices / "en_US-toy-low.onnx", user_folder() / "voices" / "de_DE-toy-high.onnx"
    for allowed in ("voices/en_US-toy-low.onnx", str(mine), str(users)):
        assert Piper(voice=allowed).cast_voices(a_story(), (), {})[""].name == allowed
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    make_voice(elsewhere)
    for path in (f"{elsewhere}/en_US-toy-low.onnx", f"../{elsewhere.name}/en_US-toy-low.onnx", "//host/share/x.onnx"):
        with pytest.raises(UnknownName, match=r"outside.*voices/"):
            Piper(voice=path).cast_voices(a_story(), (), {})
        with pytest.raises(UnknownName, match=r"outside.*voices/"):
            Piper().cast_voices(a_story(pip=Character(voice=path)), ("pip",), {})


def test_voices_lie_in_the_working_directory_or_the_users_own_folder(voices: Path) -> None:
    make_voice(user_folder() / "voices", "de_DE-toy-high")
    make_voice(voices, "de_AT-toy-low")
    assert piper.installed_voices("de") == ["de_DE-toy-high", "de_AT-toy-low"]
    assert piper.installed_voices("de_AT") == ["de_AT-toy-low", "de_DE-toy-high"]
    assert piper.installed_voices("fr") == []


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ("", "Expecting value"),
        ("[]", "not fields in braces"),
        ("{}", "audio: Field required"),
        ('{"audio": 3}', "audio: not fields in braces"),
        ('{"audio": {"sample_rate": 1}}', "audio.sample_rate"),
        ("\udce4", "utf-8"),
        ('{"audio": {"sample_rate": 22050}, "espeak"', "Expecting"),
    ],
    ids=range(7),
)
def test_a_config_that_is_no_voices_is_refused(voices: Path, config: str, told: str) -> None:
    (voices / "en_US-toy-low.onnx.json").write_bytes(config.encode("utf-8", "surrogateescape"))
    assert_refused(f"does not describe a Piper voice: .*{told}")


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("audio", {"sample_rate": "22050"}),
        ("phoneme_id_map", "abc"),
        ("phoneme_id_map", {"_": 0, "^": 1, "$": 2}),
        ("phoneme_id_map", {"a": [3]}),
        ("inference", {"length_scale": 0}),
        ("inference", {"length_scale": float("nan")}),
        ("num_speakers", "3"),
        ("speaker_id_map", {"ann": 7}),
        ("speaker_id_map", ["ann"]),
        ("hop_length", "x"),
        ("espeak", {"voice": 3}),
        ("espeak", {"voice": "en\0"}),
        ("language", "en"),
        ("language", {"code": 3}),
        ("phoneme_type", ["espeak"]),
    ],
    ids=range(15),
)
def test_a_field_of_a_config_that_cannot_be_is_named(voices: Path, field: str, wrong: Any) -> None:
    make_voice(voices, **{field: wrong})
    assert_refused(f"does not describe a Piper voice: {field}")


def assert_refused(told: str) -> None:
    """Before the film begins, by name, with what to do; whether the voice was named or is to be found."""
    found = Piper().check()
    assert re.search(told, found) and "get it again: storyforge voices get en_US-toy-low" in found
    assert found in (Piper().suits(a_story()), Piper(voice="en_US-toy-low").suits(a_story()))
    for narrator in (Piper(), Piper(voice="en_US-toy-low")):
        with pytest.raises(BackendFailed, match=told):
            narrator.cast_voices(a_story(), (), {})


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_a_voice_that_was_cut_off_is_refused(voices: Path, share: float) -> None:
    path = voices / "en_US-toy-low.onnx"
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    assert_refused("is no whole model")


@pytest.mark.parametrize(
    "content", [b"<html>404</html>", b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a"]
)
def test_a_page_and_a_pointer_are_no_voices(voices: Path, content: bytes) -> None:
    (voices / "en_US-toy-low.onnx").write_bytes(content)
    assert_refused("is no whole model")


def test_a_damaged_voice_stands_in_no_others_way(voices: Path) -> None:
    make_voice(voices, "en_GB-toy-high")
    (voices / "en_US-toy-low.onnx").write_bytes(b"")
    (voices / "en_US-folder-low.onnx").mkdir()
    assert the_voice(Piper()).name == "en_GB-toy-high" and Piper().suits(a_story()) == ""
    assert "en_US-toy-low" in Piper().check()


def test_a_voice_that_changes_while_a_film_is_made_is_not_spoken_with(voices: Path) -> None:
    voice = the_voice(Piper())
    make_voice(voices, speakers=2)
    with pytest.raises(BackendFailed, match="changed while the film was made – render again"):
        Piper().speak("Hello.", voice, "en", {})
    (voices / "en_US-toy-low.onnx.json").unlink()
    assert_refused(r"Half of the voice en_US-toy-low is missing: en_US-toy-low\.onnx\.json")


@pytest.mark.parametrize(("speakers", "told"), [(1, 3), (3, 1)])
def test_a_config_of_another_voice_is_told_as_such(voices: Path, speakers: int, told: int) -> None:
    make_voice(voices, speakers=speakers, num_speakers=told, speaker_id_map={})
    with pytest.raises(BackendFailed, match="do not belong together – get it again"):
        Piper().speak("Hello.", the_voice(Piper()), "en", {})


def test_a_model_that_is_no_voice_at_all_is_told_as_such(voices: Path) -> None:
    value, path = onnx.helper.make_tensor_value_info, voices / "en_US-toy-low.onnx"
    same = onnx.helper.make_node("Identity", ["x"], ["y"])
    given, made = (value(name, onnx.TensorProto.FLOAT, [1]) for name in "xy")
    path.write_bytes(
        onnx.helper.make_model(onnx.helper.make_graph([same], "other", [given], [made])).SerializeToString()
    )
    with pytest.raises(BackendFailed, match=r"do not belong together|is damaged"):
        Piper().speak("Hello.", the_voice(Piper()), "en", {})


def test_what_shows_only_when_it_speaks_is_an_error_of_the_line(
    voices: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    make_voice(voices, espeak={"voice": "xx"})
    with pytest.raises(BackendFailed, match=r"could not speak a line: .* – try another voice"):
        Piper().speak("Hello.", the_voice(Piper()), "en", {})
    assert capfd.readouterr() == ("", "")


def test_a_phoneme_that_a_voice_lacks_is_left_out_quietly(voices: Path, capfd: pytest.CaptureFixture[str]) -> None:
    make_voice(voices, phoneme_id_map={key: ids for key, ids in DEFAULT_PHONEME_ID_MAP.items() if key != "h"})
    assert len(Piper().speak("Hello.", the_voice(Piper()), "en", {}).samples)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("speaker", ["nobody", 9, -1, "9", ""])
def test_a_speaker_whom_a_voice_does_not_have_is_refused_with_those_it_has(voices: Path, speaker: int | str) -> None:
    make_voice(voices, speakers=3)
    with pytest.raises(UnknownName, match=r"of the narrator has no speaker .*there are: speaker0, speaker1, speaker2"):
        Piper(voice="en_US-toy-low", speaker=speaker).cast_voices(a_story(), (), {})
    asked = Character(voice={"piper": "en_US-toy-low", "speaker": speaker})
    with pytest.raises(UnknownName, match="of pip has no speaker"):
        Piper().cast_voices(a_story(pip=asked), ("pip",), {})


@pytest.mark.parametrize(("depth", "left_out"), [(1, "espeak-ng-data"), (4, "")])
def test_piper_never_ends_the_process(voices: Path, tmp_path: Path, depth: int, left_out: str) -> None:
    """It does, left alone, where its data is missing, and in some builds where that lies at a path of 160 bytes."""
    import piper as here

    folder = tmp_path.joinpath(*["d" * 60] * depth, "piper")
    folder.mkdir(parents=True)
    for entry in Path(here.__file__).parent.iterdir():
        if entry.name != left_out:
            (folder / entry.name).symlink_to(entry)
    program = (
        "from storyforge.narration.piper import Piper; from storyforge.backend import Voice\n"
        "print(Piper().check())\n"
        "try: print(bool(Piper().speak('Hello.', Voice(name='en_US-toy-low'), 'en', {}).words))\n"
        "except Exception as error: print(type(error).__name__, error)"
    )
    environment = {**os.environ, "PYTHONPATH": f"{folder.parent}{os.pathsep}{ROOT}"}
    ran = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    told, spoken = ran.stdout.splitlines()
    assert spoken == (f"BackendFailed {told}" if told else "True")
    assert (
        told.startswith(f"Piper's data is missing: {folder / left_out} – pip install") if left_out else "is" not in told
    )


def test_a_voice_that_fetches_models_from_the_network_is_refused(voices: Path) -> None:
    make_voice(voices, "zh_CN-toy-low", phoneme_type="pinyin")
    with pytest.raises(BackendFailed, match="needs pinyin phonemes"):
        Piper(voice="zh_CN-toy-low").cast_voices(a_story(), (), {})


def test_a_voice_that_tells_no_lengths_has_estimated_words(voices: Path) -> None:
    text = LINES["en"]
    told = Piper().speak(text, the_voice(Piper()), "en", {})
    make_voice(voices, ceilings=2)
    estimated = Piper().speak(text, the_voice(Piper()), "en", {})
    assert (told.timing, estimated.timing) == ("engine", "estimated")
    held(estimated, text)
    assert max(abs(a.start - b.start) for a, b in zip(told.words, estimated.words, strict=True)) < 0.3


def test_speakers_of_one_voice_are_cast_apart(voices: Path) -> None:
    make_voice(voices, "en_US-many-high", speakers=4)
    story = a_story(
        a=Character(), b=Character(), c=Character(voice={"piper": "en_US-many-high", "speaker": "speaker3"})
    )
    cast = Piper().cast_voices(story, ("a", "b", "c"), {})
    assert cast["c"].speaker == 3 and len(set(cast.values())) == 4
    held(Piper().speak("Hello, you.", cast["c"], "en", {}), "Hello, you.")
    with pytest.raises(UnknownName, match="speaker0, speaker1"):
        Piper().cast_voices(a_story(a=Character(voice={"piper": "en_US-many-high", "speaker": 9})), ("a",), {})


def test_a_shifted_voice_is_as_long_and_higher(voices: Path) -> None:
    voice = the_voice(Piper())
    deep, high = (Piper().speak("Hello there.", voice.model_copy(update={"pitch": p}), "en", {}) for p in (-6.0, 6.0))
    assert 0.6 < deep.seconds / high.seconds < 1.4

    def middle(speech: Speech) -> float:
        spectrum = np.abs(np.fft.rfft(speech.samples)) ** 2
        return float((np.fft.rfftfreq(len(speech.samples), 1 / speech.rate) * spectrum).sum() / spectrum.sum())

    assert middle(high) > 1.6 * middle(deep)


def test_durations_are_added_once(voices: Path) -> None:
    model = (voices / "en_US-toy-low.onnx").read_bytes()
    assert with_durations(model) != model and with_durations(with_durations(model)) == with_durations(model)


def test_phonemes_are_aligned_by_least_edits() -> None:
    assert aligned("kitten", "sitting") == [0, 1, 2, 3, 4, 5]
    assert aligned("abc", "xxabxxc") == [2, 3, 6]
    assert aligned("abc", "") == [None, None, None]


# ---- spoken, words, pronunciation


@pytest.mark.parametrize(
    ("language", "shown", "said"),
    [
        ("en", "Mr. Fox met Dr. Owl.", "Mister Fox met Doctor Owl."),
        ("en", "Now—please! Wait… what?!", "Now, please! Wait,  what?"),
        ("en", "Stop!!! Nooooo! *Shhh* 😀👍🏽", "Stop! No! shush "),
        ("en", "“Wasn’t it?”\n— Yes", "Wasn't it?  Yes"),
        ("en", "It cost $3.50 [[ˈiː]]", "It cost 3 dollars and 50 cents   ˈiː  "),
        ("de", "Hr. Dr. Fuchs usw.", "Herr Doktor Fuchs und so weiter."),
        ("de", "Schifffahrt", "Schifffahrt"),
        ("xx", "Mr. Chroneon", "Mr. <name>"),
        ("en", "Chroneon’s CHRONEON, Chroneons", "<name>'s <name>, Chroneons"),
    ],
)
def test_text_is_said_as_a_reader_would(language: str, shown: str, said: str) -> None:
    assert as_spoken(shown, language, {"Chroneon": "<name>"}).text == said


@settings(max_examples=150)
@given(
    st.text(st.sampled_from("aDM.r '“”—…-!?,*😀狐\ud83d\0\n$12Sh"), max_size=40), st.sampled_from(["en", "de", "zh"])
)
def test_what_is_spoken_keeps_its_way_back_to_what_is_shown(shown: str, language: str) -> None:
    spoken = as_spoken(shown, language, {"Dar": "[[d'A:r]]", "a": "x\\1"})
    assert len(spoken.origins) == len(spoken.text)
    assert list(spoken.origins) == sorted(spoken.origins)
    assert all(0 <= origin < len(shown) for origin in spoken.origins)
    for position, origin in enumerate(spoken.origins):
        word = spoken.word_at(position)
        assert word is None or spoken.words[word][0] <= origin < spoken.words[word][1]


@given(st.text(max_size=60))
def test_words_and_white_space_are_the_whole_text(text: str) -> None:
    spans = word_spans(text)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    covered = {position for start, end in spans for position in range(start, end)}
    assert all(character.isspace() == (position not in covered) for position, character in enumerate(text))


@given(st.lists(st.none() | st.tuples(st.floats(0, 5), st.floats(0, 5)), max_size=8), st.floats(0, 5))
def test_words_are_given_times_whatever_was_heard(heard: list[tuple[float, float] | None], seconds: float) -> None:
    text = " ".join(["word"] * len(heard))
    words = timed_words(text, word_spans(text), heard, seconds)
    assert len(words) == len(heard)
    assert all(word.start <= word.end <= seconds for word in words)
    assert all(a.start <= b.start for a, b in pairwise(words))


def test_words_said_in_one_breath_share_their_time() -> None:
    words = timed_words("in the old", word_spans("in the old"), [(0.0, 0.6), None, (0.6, 1.0)], 1.0)
    assert [word.start for word in words] == pytest.approx([0.0, 0.24, 0.6])


def test_silence_is_cut_off_and_the_words_move_along() -> None:
    tone = np.sin(np.arange(22050) / 10).astype(np.float32)
    samples = np.concatenate([np.zeros(11025, np.float32), tone, np.zeros(4410, np.float32)])
    words = timed_words("la", word_spans("la"), [(0.5, 1.5)], 1.7)
    speech = trimmed(Speech(samples, 22050, words, "engine"))
    assert speech.seconds == pytest.approx(1.02, abs=0.002)
    assert (speech.words[0].start, speech.words[0].end) == pytest.approx((0.01, 1.01), abs=0.002)


def test_ipa_becomes_what_espeak_calls_its_phonemes() -> None:
    assert mnemonics("kɹˈoʊniˌɑːn", "en") == "kr/'oUni,A:n"
    assert mnemonics("/ˈiːviː/", "de") == "'i:vi:"
    assert pronounceable("t͡ʃˈaɪ") and not pronounceable("ǃˈoŋ") and not pronounceable("")
    assert [is_ipa(said) for said in ("ˈiːviː", "/bo/", "KRO-nee-on", "Søren")] == [True, True, False, False]


def test_an_english_name_in_ipa_has_its_possessive() -> None:
    assert spoken_names({"Max": "mˈæks", "Eevee": "ˈiːviː"}, "en-GB")["Max's"] == "/mˈæksɪz/"
    assert spoken_names({"Eevee": "ˈiːviː"}, "de") == {"Eevee": "ˈiːviː"}

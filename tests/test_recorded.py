"""Recordings: which is of which line, whether it is right, and what happens where it is not."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soxr
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from storyforge.backend import Voice, find
from storyforge.errors import BackendFailed, BadSettings
from storyforge.narration.espeak import Espeak
from storyforge.narration.listening import Sound, speech_of
from storyforge.narration.recorded import Reader, Recorded
from storyforge.narration.recordings import name_of
from storyforge.sentences import Line, lines
from storyforge.speech import Speech
from storyforge.story import Character, Story
from storyforge.tasks import Speak
from tests.fakes.sounds import encoded, wav

MUM = Voice(name="+f4", pace=0.95, pitch=1)
TITLE, END = "The Lost Mitten", "The End"
SCENES = (
    "At dawn Mira walked into the forest to look for her mitten. The snow was deep and white.",
    "“Have you seen it anywhere?” she asked Bruno. The bear shook his heavy head.",
    "At night they sat in the cosy burrow, and there it was, on his left ear!",
)
LINE = "The snow was deep and white."
QUOTE = "“Have you seen it anywhere?”"
SHOTS = tuple(
    lines(text, "en", quotes)
    for text, quotes in ((TITLE, ()), (SCENES[0], ()), (SCENES[1], ("mira",)), (SCENES[2], ()), (END, ()))
)


def read(*texts: str, voice: Voice = MUM, gap: float = 0.5) -> tuple[NDArray[np.float32], int]:
    """As somebody at home would record it: with silence around it, in a room that is not quite still."""
    parts, rate = [], 22050
    for text in texts:
        speech = Espeak().speak(text, voice, "en", {})
        rate = speech.rate
        parts += [np.zeros(round(gap * rate), np.float32), speech.samples]
    sound = np.concatenate([*parts, parts[0]])
    room = np.random.default_rng(1).normal(0, 0.0005, len(sound))
    return (sound + room).astype(np.float32), rate


NOISE = np.random.default_rng(2).normal(0, 0.1, 44100).astype(np.float32)


def put(folder: Path, name: str, *texts: str, voice: Voice = MUM) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.wav"
    path.write_bytes(wav(*read(*texts, voice=voice)))
    return path


def reading(
    folder: Path, shots: Sequence[Sequence[Line]] = SHOTS, **cast: Character
) -> tuple[Recorded, dict[str, Voice]]:
    """The narrator who reads from this folder, and everybody's voices in this story."""
    narrator = Recorded(folder=str(folder)).rehearsed(shots)
    story = Story(title=TITLE, story="".join(SCENES), cast=cast)
    return narrator, narrator.cast_voices(story, ("mira",), {})


def said(folder: Path, text: str) -> Speech:
    narrator, voices = reading(folder)
    return narrator.speak(text, voices[""], "en", {})


def assert_is_of(speech: Speech, text: str, voice: Voice = MUM) -> None:
    """Heard whole, without the silence, with its words where the engine has them."""
    truth = Espeak().speak(text, voice, "en", {})
    assert speech.timing == "aligned" and abs(speech.seconds - truth.seconds) < 0.2
    assert [word.text for word in speech.words] == [word.text for word in truth.words]
    assert all(text[word.char_start : word.char_end] == word.text for word in speech.words)
    assert all(0 <= word.start <= word.end <= speech.seconds for word in speech.words)
    assert all(a.start <= b.start for a, b in pairwise(speech.words))
    apart = [abs(a.start - b.start) for a, b in zip(speech.words, truth.words, strict=True)]
    assert np.mean(apart) < 0.1
    assert speech.samples[0] == speech.samples[-1] == 0


# ---- one line


def test_a_recording_is_heard_without_its_silence_and_with_its_words(tmp_path: Path) -> None:
    put(tmp_path, name_of(LINE), LINE)
    assert_is_of(said(tmp_path, LINE), LINE)


def test_what_is_missing_is_spoken_as_if_there_were_no_recordings(tmp_path: Path) -> None:
    put(tmp_path, name_of(LINE), LINE)
    narrator, voices = reading(tmp_path)
    text = "The bear shook his heavy head."
    alone = Espeak().cast_voices(Story(title=TITLE, story="x"), ("mira",), {})[""]
    spoken = narrator.speak(text, voices[""], "en", {})
    assert np.array_equal(spoken.samples, Espeak().speak(text, alone, "en", {}).samples)


@pytest.mark.parametrize("kind", ["8 bits", "24 bits", "floats", "6 channels", "8 kHz", "96 kHz", "mp3", "flac", "ogg"])
def test_any_kind_of_sound_will_do(tmp_path: Path, kind: str) -> None:
    samples, rate = read(LINE)
    data = {
        "8 bits": lambda: wav(samples, rate, "8"),
        "24 bits": lambda: wav(samples, rate, "24", extensible=True),
        "floats": lambda: wav(samples, rate, "float"),
        "8 kHz": lambda: wav(soxr.resample(samples, rate, 8000), 8000),
        "96 kHz": lambda: wav(soxr.resample(samples, rate, 96_000), 96_000, "24"),
        "6 channels": lambda: wav(np.repeat(samples[:, None] / 2, 6, axis=1), rate),
    }.get(kind, lambda: encoded(samples, rate, kind))()
    suffix = {"flac": ".flac", "ogg": ".OGG"}.get(kind, ".wav")  # an MP3 that is called WAV
    (tmp_path / f"{name_of(LINE)}{suffix}").write_bytes(data)
    assert_is_of(said(tmp_path, LINE), LINE)


def test_a_high_rate_and_a_constant_in_the_sound_do_no_harm(tmp_path: Path) -> None:
    samples, rate = read(LINE)
    faster = np.repeat(samples, 4) / np.float32(2) + np.float32(0.2)
    (tmp_path / f"{name_of(LINE)}.wav").write_bytes(wav(faster, rate * 4))
    speech = said(tmp_path, LINE)
    assert speech.rate == 48_000 and abs(float(speech.samples.mean())) < 0.01
    assert_is_of(speech, LINE)


def test_other_words_are_refused_with_what_was_expected_and_what_was_heard(tmp_path: Path) -> None:
    path = put(tmp_path, name_of(LINE), "Nobody has ever counted the frogs in our garden pond.")
    with pytest.raises(BackendFailed) as caught:
        said(tmp_path, LINE)
    told = str(caught.value)
    assert path.name in told and f"“{LINE}”" in told and "differ by" in told and "-as-is.wav" in told
    seconds = len(read("Nobody has ever counted the frogs in our garden pond.")[0]) / 22050
    assert f"lasts {seconds:.1f} s" in told


def test_what_the_user_vouches_for_is_taken_as_it_is(tmp_path: Path) -> None:
    put(tmp_path, f"{name_of(LINE)}-as-is", "Nobody has ever counted the frogs in our garden pond.")
    speech = said(tmp_path, LINE)
    assert speech.timing == "estimated" and len(speech.words) == 6 and speech.seconds > 2


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "is empty"),
        (bytes(5000), "is empty"),
        (wav(NOISE[:0], 22050), "holds no sound"),
        (b"<html>no such file</html>", "is no sound"),
        (wav(np.tile(read("Nobody has ever counted the frogs.")[0], 240), 22050), r"is not .* lasts \d{3}\.\d s"),
        (wav(np.zeros(22050, np.float32), 22050), "is silent"),
        (wav(read(LINE)[0], 22050)[:30_000], r"is cut off: 0\.7 of"),
        (wav(read(LINE)[0][:30_000], 22050), "white|missing|is not"),
        (wav(read(LINE)[0][30_000:], 22050), "snow|missing|is not"),
        (wav(NOISE, 22050), "is not"),
    ],
    ids=[
        "empty",
        "zeros",
        "a header alone",
        "text",
        "ten minutes of other words",
        "silent",
        "a file cut off",
        "an end missing",
        "a beginning missing",
        "noise",
    ],
)
def test_what_is_no_good_is_refused_by_name(tmp_path: Path, data: bytes, told: str) -> None:
    path = tmp_path / f"{name_of(LINE)}.wav"
    path.write_bytes(data)
    with pytest.raises(BackendFailed, match=told) as caught:
        said(tmp_path, LINE)
    assert path.name in str(caught.value) and "record it again" in caught.value.remedy


def test_a_line_is_found_in_ten_minutes_of_an_empty_room(tmp_path: Path) -> None:
    samples, rate = read(LINE)
    room = np.random.default_rng(4).normal(0, 0.0005, 600 * rate).astype(np.float32)
    room[200 * rate :][: len(samples)] += samples
    (tmp_path / f"{name_of(LINE)}.wav").write_bytes(wav(room, rate))
    assert_is_of(said(tmp_path, LINE), LINE)


def test_a_folder_or_a_link_to_nowhere_that_is_called_like_a_recording_is_told_of(tmp_path: Path) -> None:
    path = tmp_path / f"{name_of(LINE)}.wav"
    path.mkdir()
    with pytest.raises(BackendFailed, match=r"-[0-9a-f]{6}\.wav is a folder – put the sound in its place"):
        said(tmp_path, LINE)
    path.rmdir()
    path.symlink_to("nowhere.wav")
    with pytest.raises(BackendFailed, match="cannot be read: No such file"):
        said(tmp_path, LINE)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pipes that are files")
def test_a_pipe_is_no_recording_and_nobody_waits_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / f"{name_of(LINE)}.wav")
    assert said(tmp_path, LINE).timing == "engine"


def test_a_recording_that_goes_or_changes_after_it_was_seen_is_refused(tmp_path: Path) -> None:
    path = put(tmp_path, name_of(LINE), LINE)
    narrator, voices = reading(tmp_path)
    path.write_bytes(wav(*read(LINE, gap=0.3)))
    with pytest.raises(BackendFailed, match="changed meanwhile"):
        narrator.speak(LINE, voices[""], "en", {})
    path.unlink()
    with pytest.raises(BackendFailed, match="cannot be read: No such file"):
        narrator.speak(LINE, voices[""], "en", {})


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the administrator may read everything")
def test_a_recording_that_may_not_be_read_is_refused(tmp_path: Path) -> None:
    put(tmp_path, name_of(LINE), LINE).chmod(0)
    with pytest.raises(BackendFailed, match="cannot be read: Permission denied"):
        said(tmp_path, LINE)


def test_where_no_engine_reads_the_language_a_recording_is_taken_at_its_word() -> None:
    samples, rate = read(LINE)
    speech = speech_of(Sound(samples, rate, "it", ""), LINE, "xx", {})
    assert speech.timing == "estimated" and len(speech.words) == 6


def test_a_name_is_heard_as_it_is_pronounced(tmp_path: Path) -> None:
    text, lexicon = "Then Eevee ran home to Llanfair.", {"Eevee": "ˈiːviː", "Llanfair": "hlan-vire"}
    speech = Espeak().speak(text, MUM, "en", lexicon)
    heard = speech_of(Sound(speech.samples, speech.rate, "it", ""), text, "en", lexicon)
    assert heard.timing == "aligned" and [w.text for w in heard.words] == [w.text for w in speech.words]


# ---- names


@given(st.text(max_size=80))
def test_a_name_is_one_that_every_system_takes(text: str) -> None:
    name = name_of(text)
    assert len(name) < 60 and not set(name) & set('/\\:*?"<>|\0. ')
    assert bool(name) == any(c.isalnum() for c in text)


def test_a_name_comes_from_the_words_alone() -> None:
    assert name_of("“Don’t,” said Pip.") == name_of("Don't - said PIP!")
    assert name_of("Once upon a time there was a fox.").startswith("once-upon-a-time-there-")
    assert name_of("Once upon a time there was a fox.") != name_of("Once upon a time there was an ox.")
    assert name_of("Ärgerlich, höchst ärgerlich!").startswith("ärgerlich-höchst-ärgerlich-")


def test_a_recording_is_found_by_the_six_characters_at_the_end(tmp_path: Path) -> None:
    for number, beginning in enumerate(("mum, second try", "Mum’s Öhrchen – schön 🦊 ", "", "..my ")):
        folder = tmp_path / str(number)
        put(folder, f"{beginning}-{name_of(LINE)[-6:]}".lstrip("-."), LINE)
        assert_is_of(said(folder, LINE), LINE)


def test_a_recording_that_has_lost_its_name_is_told_of(tmp_path: Path) -> None:
    put(tmp_path, "new recording 7", LINE)
    (tmp_path / "notes.txt").write_text("not a sound")
    narrator, voices = reading(tmp_path)
    missing, stray = narrator.notes(voices)
    assert "8 of 8 lines are not recorded" in missing and f"“{TITLE}”" in missing
    assert "new recording 7.wav" in stray and "notes.txt" not in stray


def test_a_sound_whose_name_only_looks_like_a_lines_is_of_none(tmp_path: Path) -> None:
    for name in ("my-facade", "old-facade", "decade", "scene-009", name_of("The snow was white and deep.")):
        put(tmp_path, name, LINE)
    put(tmp_path, name_of(LINE), LINE)
    narrator, voices = reading(tmp_path)
    assert_is_of(narrator.speak(LINE, voices[""], "en", {}), LINE)
    [told] = narrator.strays(voices)
    assert told in narrator.notes(voices)
    assert "decade.wav, my-facade.wav, old-facade.wav and 2 more belong to no line of this story" in told
    assert "storyforge record --list" in told and name_of(LINE) not in told


def test_a_line_that_was_written_anew_leaves_its_recording_behind(tmp_path: Path) -> None:
    put(tmp_path, "story", *SCENES)
    put(tmp_path, "scene-002", SCENES[1])
    put(tmp_path, name_of(LINE), LINE)
    assert (reading(tmp_path)[0]).strays(reading(tmp_path)[1]) == ()
    narrator, voices = reading(tmp_path, (SHOTS[0], SHOTS[2], SHOTS[-1]))
    [told] = narrator.strays(voices)
    assert f"scene-002.wav, {name_of(LINE)}.wav belong to no line" in told


def test_two_recordings_of_the_same_words_are_one_too_many(tmp_path: Path) -> None:
    path = put(tmp_path, name_of(LINE), LINE)
    path.with_suffix(".mp3").write_bytes(path.read_bytes())
    with pytest.raises(BadSettings, match=r"\.mp3 and .*\.wav .* same words"):
        reading(tmp_path)


# ---- many lines in one file


@pytest.mark.parametrize("with_cards", [True, False])
def test_the_whole_story_in_one_file_is_cut_to_its_lines(tmp_path: Path, with_cards: bool) -> None:
    everything = [line.text for shot in SHOTS for line in shot]
    put(tmp_path, "story", *(everything if with_cards else everything[1:-1]))
    narrator, voices = reading(tmp_path)
    for text in everything[1:-1]:
        assert_is_of(narrator.speak(text, voices[""], "en", {}), text)
    for text in (TITLE, END):
        speech = narrator.speak(text, voices[""], "en", {})
        assert speech.timing == ("aligned" if with_cards else "engine")
    assert narrator.notes(voices) == ()


def test_a_card_that_was_not_read_with_the_whole_story_is_missing_and_said_to_be(tmp_path: Path) -> None:
    everything = [line.text for shot in SHOTS for line in shot]
    put(tmp_path, "story", *everything[:-1])
    narrator, voices = reading(tmp_path)
    lines = narrator.listened(narrator.wanted(voices), voices, "en")
    assert [(line.take, line.not_in) for line in lines] == [("story.wav", "")] * 7 + [("", "story.wav")]
    notes: list[str] = []

    def look(fraction: float | None = None, *, note: str = "", preview: bytes = b"") -> None:
        notes.append(note)

    for text in everything:
        narrator.speak(text, voices[""], "en", {}, look)
    [told] = filter(None, notes)
    assert f"“{END}” is not heard in {tmp_path}/story.wav, and spoken by espeak" in told and "record" in told


def test_a_scene_in_one_file_and_a_line_of_it_anew(tmp_path: Path) -> None:
    own = [line.text for line in SHOTS[2]]
    put(tmp_path, "Scene_2", *own)
    kid = Voice(name="+anika", pitch=3)
    put(tmp_path, name_of(own[-1]), own[-1], voice=kid)
    narrator, voices = reading(tmp_path)
    for text in own[:-1]:
        assert_is_of(narrator.speak(text, voices[""], "en", {}), text)
    assert_is_of(narrator.speak(own[-1], voices[""], "en", {}), own[-1], kid)
    assert "5 of 8 lines are not recorded" in narrator.notes(voices)[0]


def test_a_scene_may_hold_the_lines_of_others_or_not(tmp_path: Path) -> None:
    everybody = [line.text for line in SHOTS[2]]
    own = [text for text in everybody if text != QUOTE]
    for folder, told in ((tmp_path / "all", everybody), (tmp_path / "own", own)):
        put(folder, "scene-002", *told)
        narrator, voices = reading(folder, mira=Character(voice="+f2"))
        assert not isinstance(voices["mira"], Reader)
        for text in own:
            assert_is_of(narrator.speak(text, voices[""], "en", {}), text)
        assert narrator.speak(QUOTE, voices["mira"], "en", {}).timing == "engine"


def test_a_line_that_was_left_out_of_a_long_recording_is_refused_with_its_place(tmp_path: Path) -> None:
    own = [line.text for line in SHOTS[1]]
    put(tmp_path, "scene-001", own[0], "Nobody has ever counted the frogs in our garden.")
    with pytest.raises(BackendFailed, match=rf"scene-001\.wav from 0:\d+\.\d to 0:\d+\.\d is not “{LINE}”"):
        said(tmp_path, LINE)


def test_a_long_recording_of_other_words_is_refused_as_a_whole(tmp_path: Path) -> None:
    put(tmp_path, "story", *("Nobody has ever counted the frogs in our garden pond.", "Ducks are easier.") * 4)
    narrator, voices = reading(tmp_path)
    refusals = set()
    for text in (TITLE, LINE, QUOTE):
        with pytest.raises(
            BackendFailed, match=r"story\.wav is not .* from “At dawn .* to “At night .* differ by"
        ) as caught:
            narrator.speak(text, voices[""], "en", {})
        refusals.add(str(caught.value))
    assert len(refusals) == 1


def test_a_long_recording_in_a_language_that_no_engine_reads_cannot_be_cut(tmp_path: Path) -> None:
    put(tmp_path, "story", *SCENES)
    narrator, voices = reading(tmp_path)
    with pytest.raises(BackendFailed, match="cannot be cut into lines – record it again, line by line"):
        narrator.speak(LINE, voices[""], "xx", {})


# ---- who reads what, and what it is kept by


def test_the_narrators_folder_is_for_all_who_have_no_voice_of_their_own(tmp_path: Path) -> None:
    _, voices = reading(tmp_path)
    assert isinstance(voices[""], Reader) and voices[""].reads == ("", "mira") and voices["mira"] != voices[""]
    _, voices = reading(tmp_path, mira=Character(voice={"pitch": 3}))
    assert isinstance(voices[""], Reader) and voices[""].reads == ("",) and not isinstance(voices["mira"], Reader)


def test_one_of_the_cast_can_be_recorded_alone(tmp_path: Path) -> None:
    put(tmp_path, name_of(QUOTE), QUOTE)
    narrator = Recorded(folders={"mira": str(tmp_path)})
    story = Story(
        title=TITLE, story="x", cast={"mira": Character(voice={"recorded": "x", "espeak": "+f2", "pitch": 2})}
    )
    voices = narrator.cast_voices(story, ("mira",), {})
    assert_is_of(narrator.speak(QUOTE, voices["mira"], "en", {}), QUOTE)
    assert (voices["mira"].name, voices["mira"].pitch) == ("+f2", 2)  # for what is missing
    assert narrator.speak(QUOTE, voices[""], "en", {}).timing == "engine"


def key_of(narrator: Recorded, voice: Voice, text: str) -> str:
    return Speak(text=text, voice=voice, language="en", lexicon={}, narrator=narrator).key


def test_one_line_recorded_anew_is_one_line_spoken_anew(tmp_path: Path) -> None:
    other = "The bear shook his heavy head."

    def keys(folder: Path) -> list[str]:
        narrator, voices = reading(folder)
        return [key_of(narrator, voices[""], text) for text in (LINE, other, "Hm?")]

    put(tmp_path / "a", name_of(other), other)
    nothing = keys(tmp_path / "a")
    path = put(tmp_path / "a", name_of(LINE), LINE)
    first = keys(tmp_path / "a")
    assert first[0] != nothing[0] and first[1:] == nothing[1:]
    path.write_bytes(wav(*read(LINE, gap=0.3)))
    assert keys(tmp_path / "a")[0] != first[0] and keys(tmp_path / "a")[1:] == first[1:]
    (tmp_path / "a").rename(tmp_path / "b")
    assert keys(tmp_path / "b")[1:] == first[1:]


def test_what_is_not_recorded_is_found_where_the_fallback_has_spoken_it(tmp_path: Path) -> None:
    narrator, voices = reading(tmp_path)
    alone = Espeak().cast_voices(Story(title=TITLE, story="x"), ("mira",), {})
    told = Speak(text=LINE, voice=alone[""], language="en", lexicon={}, narrator=Espeak())
    assert key_of(narrator, voices[""], LINE) == told.key
    faster = voices[""].model_copy(update={"pace": 0.8})
    assert key_of(narrator, faster, LINE) != told.key


def test_a_recording_is_known_by_what_it_is_and_not_by_who_would_speak_else(tmp_path: Path) -> None:
    put(tmp_path, name_of(LINE), LINE)
    narrator, voices = reading(tmp_path)
    slower = Recorded(folder=str(tmp_path), fallback=Espeak(pace=0.7))
    others = slower.cast_voices(Story(title=TITLE, story="x"), ("mira",), {})
    assert key_of(narrator, voices[""], LINE) == key_of(slower, others[""], LINE)


def test_who_tells_the_tale_is_who_is_heard_in_its_scenes(tmp_path: Path) -> None:
    def tellers() -> tuple[str, ...]:
        narrator, voices = reading(tmp_path)
        return narrator.tellers(voices)

    put(tmp_path, name_of(TITLE), TITLE)
    assert tellers() == ("espeak",)
    put(tmp_path, name_of(LINE), LINE)
    assert tellers() == ("espeak", "recorded")
    put(tmp_path, "story", *SCENES)
    assert tellers() == ("recorded",)


def test_without_a_folder_it_says_how_to_name_one() -> None:
    nobody = find("narrator", "recorded", Recorded)
    assert "{recorded: {folder: voices/me/}}" in nobody.check()
    with pytest.raises(BadSettings, match="no folder of recordings"):
        nobody.cast_voices(Story(title=TITLE, story="x"), (), {})

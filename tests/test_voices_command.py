"""`storyforge voices`: what is here, what could be got, how it comes over a bad line, and how it sounds."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import onnx
import pytest

from storyforge.errors import BackendFailed, CannotWrite
from storyforge.narration import libespeak
from storyforge.narration.espeak_voices import by_kind, voices_file
from storyforge.narration.file_fetch import NotAsListed
from storyforge.narration.folders import cache_folder, own_voices
from storyforge.narration.piper_fetch import fetch_voice
from storyforge.narration.piper_files import VOICE_NAME, VoiceFile, better, recommended
from storyforge.narration.piper_list import ListedVoice, listed, near_names, voice_list
from storyforge.narration.voice_server import VoiceServer
from storyforge.speech import Speech
from storyforge.web.failures import NoAnswer
from tests.fakes.voices import FakeVoices, answering, changed, cut, md5, silent, slowly
from tests.films import STORY
from tests.test_cli import ending
from tests.toy_voice import make_voice

ALBA, SIZE = "en_GB-alba-medium", 150_000


def a_voice(folder: Path, name: str = ALBA, size: int = SIZE, **config: Any) -> Path:
    """A voice that speaks, made larger by a comment in it: small files arrive in one piece."""
    path = make_voice(folder, name, **config)
    model = onnx.load(path)
    model.doc_string = "x" * size
    path.write_bytes(model.SerializeToString())
    return path


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder of somebody who has no voices yet, and no player."""
    monkeypatch.chdir(tmp_path)
    for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    monkeypatch.setenv("PATH", str(tmp_path / "programs"))
    monkeypatch.setenv("COLUMNS", "160")
    return tmp_path


@pytest.fixture
def server(here: Path) -> Iterator[FakeVoices]:
    with FakeVoices() as server:
        server.add(a_voice(here / "made"))
        yield server


def got(server: FakeVoices, *more: str) -> int:
    return ending("voices", "get", ALBA, "--from", server.url, *more)


def listed_voice(server: FakeVoices, name: str = ALBA) -> ListedVoice:
    return voice_list(VoiceServer(server.url), fresh=True).named(name)


def fetch(server: FakeVoices, folder: Path, name: str = ALBA) -> list[int]:
    """Gets a voice without patience; how far it was, each time that was told."""
    told: list[int] = []
    asked = VoiceServer(server.url, silence=0.5, pauses=(0.0, 0.0))
    fetch_voice(asked, listed_voice(server, name), folder, told.append)
    return told


def assert_whole(folder: Path, server: FakeVoices, name: str = ALBA) -> None:
    """All three files are there and right, and nothing else is left."""
    promised = {path.rpartition("/")[2]: about for path, about in server.listing[name]["files"].items()}
    promised[f"{name}.MODEL_CARD"] = promised.pop("MODEL_CARD")
    assert {path.name for path in folder.iterdir()} == set(promised)
    assert {path.name: md5(path.read_bytes()) for path in folder.iterdir()} == {
        file: about["md5_digest"] for file, about in promised.items()
    }


def finished(folder: Path) -> list[str]:
    """What has taken its final name."""
    return [path.name for path in folder.glob("*") if path.suffix != ".part"]


# ---- what is here, what could be got


def test_without_voices_the_list_says_so_and_what_espeak_speaks(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ending("voices") == 0
    told = capsys.readouterr().out
    assert "No Piper voice is installed, in voices/ and home/storyforge/voices/" in told
    assert f"espeak, built in, speaks {len(libespeak.languages())} languages" in told


def test_installed_voices_are_told_with_their_licence(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    about = {"code": "de_DE", "name_english": "German", "country_english": "Germany"}
    make_voice(here / "voices", "de_DE-toy-low", speakers=8, language=about)
    (here / "voices/de_DE-toy-low.MODEL_CARD").write_text("* Licence: CC0\n", "utf-8")
    make_voice(own_voices(), "en_US-toy-high")
    (own_voices() / "en_US-toy-high.MODEL_CARD").write_text("* License: https://a.example/licence.html\n", "utf-8")
    make_voice(here / "voices", "fr_FR-toy-low")
    (here / "voices/fr_FR-toy-low.onnx.json").write_text("{}", "utf-8")
    assert ending("voices") == 0
    told = capsys.readouterr().out
    german, english = (line for line in told.splitlines() if line[2:].startswith(("_DE", "_US")))
    assert "German (Germany)" in german and " 8 " in german and german.rstrip().endswith("CC0")
    assert "high" in english and "see a.example" in english
    assert "✗ fr_FR-toy-low: fr_FR-toy-low.onnx.json does not describe a Piper voice" in told


def test_those_that_fit_a_story_are_marked(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "mitten.yaml").write_text(STORY, "utf-8")
    make_voice(here / "voices", "de_DE-toy-low")
    assert ending("voices", "--story", "mitten.yaml") == 0
    assert "For a voice that speaks en: storyforge voices get en_GB-alba-medium" in capsys.readouterr().out
    make_voice(here / "voices", "en_US-toy-low")
    assert ending("voices", "--story", "mitten.yaml") == 0
    told = capsys.readouterr().out
    assert "✓ en_US-toy-low" in told and "✓ de_DE" not in told
    assert "speaks the language of The Lost Mitten (en)" in told and "espeak, built in, speaks English" in told


def test_a_language_lists_what_could_be_got_and_not_what_is_here(
    server: FakeVoices, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("en_US-toy-high", "de_DE-toy-low"):
        server.add(make_voice(here / "made", name))
    make_voice(here / "voices", "en_US-toy-high")
    assert ending("voices", "--language", "en", "--from", server.url) == 0
    above, below = capsys.readouterr().out.split(f"To be got from {server.url}")
    assert "en_US-toy-high" in above and "en_US-toy-high" not in below
    assert ALBA in below and "de_DE-toy-low" not in below
    assert ending("voices", "--all", "--from", server.url) == 0
    assert "de_DE-toy-low" in capsys.readouterr().out
    assert server.asked == [("voices.json", "")]  # asked for once a day


def test_a_list_is_asked_for_anew_after_a_day_and_an_old_one_is_better_than_none(
    server: FakeVoices, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ending("voices", "--all", "--from", server.url) == 0
    [kept] = cache_folder().glob("voices-*.json")
    os.utime(kept, (time.time() - 3 * 86400,) * 2)
    assert ending("voices", "--all", "--from", server.url) == 0
    assert len(server.asked) == 2 and time.time() - kept.stat().st_mtime < 3600
    os.utime(kept, (time.time() - 3 * 86400,) * 2)
    server.kill()
    capsys.readouterr()
    assert ending("voices", "--all", "--from", server.url) == 0
    told = capsys.readouterr().out
    assert ALBA in told and "does not answer" in told and "3 days old" in told


def test_without_network_what_is_installed_is_listed(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_voice(here / "voices")
    assert ending("voices", "--all", "--from", "http://127.0.0.1:9") == 0
    told = capsys.readouterr().out
    assert "en_US-toy-low" in told and "What could be got is not known" in told and "--from URL" in told


@pytest.mark.parametrize("page", [b"<html>404</html>", b"", b"[]", b'{"a": 3}', b"\xff", b"[" * 100_000])
def test_what_is_no_list_is_told_as_such(page: bytes, server: FakeVoices) -> None:
    server.page = page
    with pytest.raises(NoAnswer, match=r"web page|no list of Piper voices"):
        voice_list(VoiceServer(server.url))


def test_a_list_cannot_name_files_elsewhere(server: FakeVoices) -> None:
    entry = server.listing[ALBA]
    [model] = [path for path in entry["files"] if path.endswith(".onnx")]
    for wrong in ("../../x.onnx", f"../{model}", f"/{model}", model.replace("/", "\\")):
        server.listing = {ALBA: {**entry, "files": {wrong: entry["files"][model], **entry["files"]}}}
        server.listing[ALBA]["files"].pop(model)
        with pytest.raises(NoAnswer, match="no list"):
            voice_list(VoiceServer(server.url), fresh=True)
    server.listing = {"../en_GB-alba-medium": entry, "en_GB-a/b-low": entry, ALBA: {**entry, "num_speakers": None}}
    with pytest.raises(NoAnswer, match="no list"):
        voice_list(VoiceServer(server.url), fresh=True)


def test_the_setting_names_a_mirror(server: FakeVoices, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "storyforge.yaml").write_text(f"voice_server: {server.url}\n", "utf-8")
    assert ending("voices", "get", ALBA) == 0
    assert f"comes from {server.url} into voices/" in capsys.readouterr().out


# ---- getting


def test_a_voice_comes_whole_and_speaks(server: FakeVoices, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert got(server) == 0
    told = capsys.readouterr().out
    assert f"{ALBA} comes from {server.url} into voices/" in told and "its licence: CC BY 4.0" in told
    assert_whole(here / "voices", server)
    assert ending("voices", "try", ALBA, "Hello.", "--out", "hello.wav", "--no-play") == 0
    assert Speech.from_wav((here / "hello.wav").read_bytes()).words[0].text == "Hello."


def test_a_voice_that_is_here_is_left_even_without_network(
    server: FakeVoices, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert got(server, "--mine") == 0
    assert_whole(own_voices(), server)
    asked = len(server.asked)
    assert got(server) == 0
    assert "is here already, and whole, in home/storyforge/voices/" in capsys.readouterr().out
    assert server.asked[asked:] == [("voices.json", "")]
    server.kill()
    assert got(server) == 0
    assert got(server, "--folder", "others") == 3


def test_a_voice_that_is_damaged_is_got_again(server: FakeVoices, here: Path) -> None:
    fetch(server, here / "voices")
    model = here / f"voices/{ALBA}.onnx"
    model.write_bytes(model.read_bytes()[:1000])
    assert got(server) == 0
    assert_whole(here / "voices", server)
    assert len(server.ranges_of(".onnx.json")) == 1  # that one was whole


def test_several_voices_are_got_and_the_bad_one_is_told(
    server: FakeVoices, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.add(make_voice(here / "made", "en_US-toy-low"))
    [model] = [path for path in server.files if path.endswith("alba-medium.onnx")]
    server.files[model] = server.files[model][::-1]
    assert ending("voices", "get", ALBA, "en_US-toy-low", "--from", server.url) == 3
    assert "not what its list promises" in capsys.readouterr().err
    assert sorted(finished(here / "voices")) == [
        f"en_US-toy-low{end}" for end in (".MODEL_CARD", ".onnx", ".onnx.json")
    ]


def test_a_folder_where_nobody_looks_is_told(
    server: FakeVoices, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert got(server, "--folder", "others") == 0
    assert "others/ is none of them" in capsys.readouterr().out
    assert_whole(here / "others", server)
    assert got(server, "--folder", "others", "--mine") == 2


def test_a_near_name_is_asked_for(server: FakeVoices, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("alba", "en-gb-alba-medium", "en_GB-albo-medum"):
        assert ending("voices", "get", name, "--from", server.url) == 2
        assert f"did you mean {ALBA}?" in capsys.readouterr().err
    assert ending("voices", "get", "zzz", "--from", server.url) == 2
    assert "storyforge voices --all" in capsys.readouterr().err
    assert not (here / "voices").exists()


def test_a_name_with_an_accent_is_found_however_it_is_typed(server: FakeVoices, here: Path) -> None:
    server.add(make_voice(here / "made", "pt_PT-tug\u00e3o-medium"))
    assert ending("voices", "get", "pt_PT-tuga\u0303o-medium", "--from", server.url) == 0
    assert (here / "voices/pt_PT-tug\u00e3o-medium.onnx").exists()


def test_what_was_cut_off_goes_on_from_there(server: FakeVoices, here: Path) -> None:
    server.failures = [None, None, cut(40_000), cut(50_000)]
    told = fetch(server, here / "voices")
    assert_whole(here / "voices", server)
    first, *others = server.ranges_of(".onnx")
    starts = [int(told.removeprefix("bytes=").removesuffix("-")) for told in others]
    assert first == "" and len(starts) == 2 and 0 < starts[0] <= 40_000 < starts[1] <= 90_000
    assert told == sorted(told) and told[-1] == listed_voice(server).size


def test_what_was_cut_off_goes_on_in_the_next_run(server: FakeVoices, here: Path) -> None:
    server.failures = [None, None, cut(40_000), *[cut(0)] * 3]
    with pytest.raises(NoAnswer, match=r"breaks again and again, at 0.0 of 0.2 MB – .*goes on from there"):
        fetch(server, here / "voices")
    assert finished(here / "voices") == []
    asked = len(server.asked)
    assert got(server) == 0
    assert [told != "" for path, told in server.asked[asked:] if path != "voices.json"] == [True]
    assert_whole(here / "voices", server)


def test_a_server_that_is_restarted_in_between_is_waited_for(server: FakeVoices, here: Path) -> None:
    server.failures = [None, None, cut(40_000)]
    asked = VoiceServer(server.url, pauses=(0.05,) * 40)
    restarted: list[bool] = []

    def seen(here: int) -> None:
        if here > 30_000 and not restarted:
            restarted.append(True)
            server.kill()
            threading.Timer(0.3, server.restart).start()

    fetch_voice(asked, listed_voice(server), here / "voices", seen)
    assert restarted
    assert_whole(here / "voices", server)


def test_a_server_without_ranges_sends_all_of_it_again(server: FakeVoices, here: Path) -> None:
    server.ranges, server.failures = False, [None, None, cut(40_000)]
    fetch(server, here / "voices")
    assert_whole(here / "voices", server)


@pytest.mark.parametrize(
    "wrong",
    [
        answering(416, b""),
        answering(206, b"x" * 500, Content_Range="bytes 0-499/500"),
        answering(206, b"x" * 500),
        answering(206, b"x" * 500, Content_Range="bytes 99-598/123"),
    ],
)
def test_a_wrong_answer_to_a_range_is_not_used(wrong: Any, server: FakeVoices, here: Path) -> None:
    server.failures = [None, None, cut(40_000), wrong]
    fetch(server, here / "voices")
    assert server.ranges_of(".onnx")[2:] == [""]  # asked for as a whole
    assert_whole(here / "voices", server)


@pytest.mark.parametrize("status", [206, 416, 418, 500])
def test_a_wrong_answer_to_the_whole_is_told(status: int, server: FakeVoices, here: Path) -> None:
    server.failures = [answering(status, b"x")]
    with pytest.raises(NoAnswer, match=f"answers {status}"):
        fetch(server, here / "voices")
    assert finished(here / "voices") == []


def test_a_wrong_sum_is_fetched_anew_once(server: FakeVoices, here: Path) -> None:
    server.failures = [None, None, changed()]
    fetch(server, here / "voices")
    assert_whole(here / "voices", server)
    assert server.ranges_of(".onnx") == ["", ""]


def test_a_list_that_lies_about_a_sum_is_told(
    server: FakeVoices, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path, about in server.listing[ALBA]["files"].items():
        about["md5_digest"] = about["md5_digest"] if path.endswith("CARD") else "0" * 32
    assert got(server) == 3
    told = capsys.readouterr().err
    assert "is not what its list promises: its md5 is" in told and "--from URL" in told
    assert list((here / "voices").glob("*.onnx*")) == []


@pytest.mark.parametrize("more", [-1000, 1000])
def test_a_file_of_another_length_is_told(more: int, server: FakeVoices, here: Path) -> None:
    for path, about in server.listing[ALBA]["files"].items():
        about["size_bytes"] += more if path.endswith(".onnx") else 0
    with pytest.raises(NotAsListed, match=r"it has .* bytes"):
        fetch(server, here / "voices")
    server.failures = [slowly(), slowly()]  # without a length in its head
    with pytest.raises(BackendFailed):
        fetch(server, here / "voices")
    assert finished(here / "voices") == []


def test_a_card_that_is_not_as_listed_is_left_out_and_told(
    server: FakeVoices, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.failures = [changed(), changed()]
    assert got(server) == 0
    assert "comes without its licence" in capsys.readouterr().out
    assert sorted(finished(here / "voices")) == [f"{ALBA}.onnx", f"{ALBA}.onnx.json"]


def test_a_web_page_is_told_and_not_kept(server: FakeVoices, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    server.failures = [None, None, answering(200, Content_Type="text/html")]
    assert got(server) == 3
    assert "comes a web page" in capsys.readouterr().err
    assert finished(here / "voices") == []
    assert not list((here / "voices").glob("*.onnx.????????.part"))
    assert got(server) == 0


def test_where_one_is_sent_on_to_is_followed_but_not_for_ever(server: FakeVoices, here: Path) -> None:
    [model] = [path for path in server.files if path.endswith(".onnx")]
    server.files["blob"] = server.files[model]
    server.failures = [None, None, answering(302, b"", Location="/elsewhere/blob")]
    fetch(server, here / "voices")
    assert_whole(here / "voices", server)
    server.failures = [answering(302, b"", Location=f"/{model}")] * 9
    with pytest.raises(NoAnswer, match="in circles"):
        fetch(server, here / "others")


@pytest.mark.parametrize(
    ("status", "told"), [(401, "wants a login"), (429, "no more requests"), (503, "a proxy answers")]
)
def test_what_stands_between_is_told(status: int, told: str, server: FakeVoices, here: Path) -> None:
    server.failures = [answering(status)]
    with pytest.raises(NoAnswer, match=told):
        fetch(server, here / "voices")


def test_a_file_that_the_list_names_and_nobody_has_is_told(server: FakeVoices, here: Path) -> None:
    server.files = {path: data for path, data in server.files.items() if not path.endswith(".json")}
    with pytest.raises(NoAnswer, match=r"There is no .*alba-medium.onnx.json"):
        fetch(server, here / "voices")
    assert finished(here / "voices") == []


def test_what_comes_slowly_comes_and_what_does_not_come_is_given_up(server: FakeVoices, here: Path) -> None:
    server.failures = [None, None, slowly()]
    fetch(server, here / "voices")
    assert_whole(here / "voices", server)
    server.failures = [silent(5)] * 3
    with pytest.raises(NoAnswer, match=r"silent for 0\.5 seconds"):
        fetch(server, here / "others")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
def test_ctrl_c_keeps_what_has_come(server: FakeVoices, here: Path) -> None:
    server.failures = [None, None, cut(60_000, wait=20)]
    command = [sys.executable, "-m", "storyforge.cli", "voices", "get", ALBA, "--from", server.url]
    running = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, encoding="utf-8")
    until = time.monotonic() + 30
    while sum(path.stat().st_size for path in (here / "voices").glob("*.onnx.*.part")) < 30_000:
        assert time.monotonic() < until
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    _, told = running.communicate(timeout=30)
    assert running.returncode == 130
    assert f"what has come of {ALBA} is kept – run the same again" in told
    assert finished(here / "voices") == []
    assert got(server) == 0
    assert server.ranges_of(".onnx")[-1] != ""
    assert_whole(here / "voices", server)


@pytest.mark.skipif(sys.platform != "linux", reason="needs a file system of a set size")
def test_a_full_disk_is_told_and_the_voice_can_be_got_later(server: FakeVoices, here: Path) -> None:
    """A size limit for files stands for the full disk: both end a write in its middle."""
    command = [sys.executable, "-m", "storyforge.cli", "voices", "get", ALBA, "--from", server.url]
    limited = ["/bin/bash", "-c", 'ulimit -f 64; exec "$@"', "bash", *command]
    ended = subprocess.run(limited, capture_output=True, text=True, encoding="utf-8")
    assert ended.returncode == 5 and "The disk is full" in ended.stderr, ended.stderr
    assert finished(here / "voices") == []
    assert got(server) == 0
    assert_whole(here / "voices", server)


def test_a_voice_too_large_for_the_disk_is_not_begun(server: FakeVoices, here: Path) -> None:
    voice = listed_voice(server)
    huge = voice.model_copy(update={"model": voice.model.model_copy(update={"size": 2**60})})
    with pytest.raises(CannotWrite, match="MB free"):
        fetch_voice(VoiceServer(server.url), huge, here / "voices", lambda here: None)
    assert server.ranges_of(".onnx") == []


def test_two_at_once_do_not_mix_their_parts(server: FakeVoices, here: Path) -> None:
    voice, refused = listed_voice(server), list[CannotWrite]()

    def seen(so_far: int) -> None:
        if not refused:
            with pytest.raises(CannotWrite, match="Another storyforge is getting") as caught:
                fetch_voice(VoiceServer(server.url), voice, here / "voices", lambda so_far: None)
            refused.append(caught.value)

    fetch_voice(VoiceServer(server.url), voice, here / "voices", seen)
    assert refused
    assert_whole(here / "voices", server)


def test_parts_of_another_version_are_forgotten(server: FakeVoices, here: Path) -> None:
    (here / "voices").mkdir()
    (here / f"voices/{ALBA}.onnx.01234567.part").write_bytes(b"old")
    fetch(server, here / "voices")
    assert_whole(here / "voices", server)


def test_a_voice_that_storyforge_cannot_use_is_told_at_once(
    server: FakeVoices, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.add(make_voice(here / "made", "zh_CN-toy-low", phoneme_type="pinyin"))
    assert ending("voices", "get", "zh_CN-toy-low", "--from", server.url) == 0
    assert "needs pinyin phonemes" in capsys.readouterr().out


# ---- trying


def spoken(path: Path) -> Speech:
    return Speech.from_wav(path.read_bytes())


def test_a_voice_is_heard_as_it_is_asked_for(here: Path) -> None:
    make_voice(here / "voices", "en_US-many-high", speakers=4)

    def tried(*options: str) -> Speech:
        assert ending("voices", "try", "en_US-many-high", "Hello there.", "--out", "a.wav", "--no-play", *options) == 0
        return spoken(here / "a.wav")

    plain = tried()
    assert tried("--pace", "0.6").seconds > 1.3 * plain.seconds
    for options in (("--speaker", "3"), ("--speaker", "speaker2"), ("--pitch", "4")):
        assert tried(*options).to_wav() != plain.to_wav()
    assert ending("voices", "try", "en_US-many-high", "Hello.", "--speaker", "9") == 2


def test_espeaks_voices_are_heard_in_any_language(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, language in (("+f4", "de"), ("de+Reed", ""), ("grandpa", "")):
        options = ["--language", language] if language else []
        assert ending("voices", "try", name, "--out", "a.wav", "--no-play", *options) == 0
        words = [word.text for word in spoken(here / "a.wav").words]
        assert words[:2] == (["Es", "war"] if "de" in (language or name) else ["Once", "upon"])
    assert ending("voices", "try", "+f4", "Hello.", "--speaker", "2") == 2


@pytest.mark.parametrize(("kind", "whose"), [("man", "man"), ("old woman", "old-woman"), ("robot", "robot")])
def test_a_kind_is_tried_as_a_voice_of_that_kind_which_is_told(
    kind: str, whose: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ending("voices", "try", kind, "Hello.", "--out", "a.wav", "--no-play") == 0
    told = capsys.readouterr().out
    assert f", as {kind}, speaks for" in told and told.partition(",")[0].partition(" ")[0] in by_kind()[whose]
    make_voice(here / "voices", "en_US-toy-low")
    assert ending("voices", "try", kind, "Hello.", "--out", "a.wav", "--no-play") == 0
    assert capsys.readouterr().out.startswith("en_US-toy-low")


def test_the_list_names_every_voice_of_espeaks_by_its_kind(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ending("voices", "--all", "--from", "http://127.0.0.1:9") == 0
    told = capsys.readouterr().out
    named = [each.strip() for line in told.splitlines() for each in line.split(",") if "+" in each]
    assert all(any(each.endswith(f"+{name}") for each in named) for name in libespeak.variants())
    assert sorted(name for names in by_kind().values() for name in names) == [f"+{n}" for n in libespeak.variants()]
    assert "+grandpa" in by_kind()["old-man"] and "What could be got is not known" in told
    assert ending("voices") == 0 and "storyforge voices --all lists them all" in capsys.readouterr().out
    assert ending("new", "A Fox") == 0 and "voices --all" in (here / "a-fox.yaml").read_text("utf-8")


def test_a_name_that_no_voice_can_have_is_told_without_network(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, told in (("alba", "did you mean en_GB-alba-medium?"), ("zzz", "is made like en_GB-alba-medium")):
        assert ending("voices", "get", name, "--from", "http://127.0.0.1:9") == 2
        assert told in capsys.readouterr().err
    assert ending("voices", "get", ALBA, "--from", "http://127.0.0.1:9") == 3
    assert "does not answer" in capsys.readouterr().err


def test_how_to_get_a_voice_is_told_once(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ending("voices", "try", ALBA) == 2
    assert capsys.readouterr().err.count("storyforge voices get") == 1


def test_without_a_player_the_file_is_told(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ending("voices", "try", "+f4", "Hello.") == 0
    told = capsys.readouterr().out
    assert "Nothing here can play it" in told
    [kept] = cache_folder().glob("*.wav")
    assert str(kept) in told and spoken(kept).words


@pytest.mark.skipif(os.name == "nt", reason="the player is a shell script")
def test_a_player_that_works_is_given_the_file(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "programs").mkdir()
    for name, does in (("pw-play", "exit 1"), ("aplay", f'echo "$@" > {here}/played')):
        (here / "programs" / name).write_text(f"#!/bin/sh\n{does}\n")
        (here / "programs" / name).chmod(0o755)
    assert ending("voices", "try", "+f4", "Hello.", "--out", "it's.wav") == 0
    assert (here / "played").read_text() == "-q it's.wav\n"
    assert "Nothing here" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["en_GB-alba-medium"], "get it: storyforge voices get en_GB-alba-medium"),
        (["grandpaa"], "did you mean +grandpa"),
        (["german"], "did you mean de?"),
        (["irish"], "did you mean ga?"),
        (["man", "Hello.", "--speaker", "3"], "kind of voice"),
        (["en_US-toy-lo"], "en_US-toy-low"),
        (["zzzzz"], "storyforge voices --all"),
        (["+f4", "…"], "nothing in it that can be said"),
        (["+f4", "Hello.", "--out", "a.mp3"], "a WAV file is written: a.wav"),
        (["+f4", "Hello.", "--out", "a"], "a WAV file is written: a.wav"),
        (["+f4", "Hello.", "--out", "nowhere/.."], "no folder nowhere/.."),
        (["+f4", "Hello.", "--language", "no such"], "--language"),
    ],
)
def test_what_cannot_be_tried_is_told(
    arguments: list[str], told: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_voice(here / "voices")
    assert ending("voices", "try", *arguments) == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    ("folder", "path"),
    [
        (".", "f4.wav"),
        ("..", "../f4.wav"),
        ("sounds", "sounds/f4.wav"),
        ("a.wav/", "a.wav/f4.wav"),
        ("new/er/", "new/er/f4.wav"),
    ],
)
def test_a_folder_gets_a_file_that_is_called_as_the_voice(
    folder: str, path: str, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("work/sounds", "work/a.wav"):
        (here / name).mkdir(parents=True)
    monkeypatch.chdir(here / "work")
    for text in ("Hello.", "Hello again."):  # what was tried before may go
        assert ending("voices", "try", "+f4", text, "--out", folder, "--no-play") == 0
    assert [word.text for word in spoken(Path(path)).words] == ["Hello", "again."]


@pytest.mark.parametrize("data", [b"", b"RIFF", b"a song", b"RIFF\0\0\0\0WAVEfmt \x04\0\0\0\1\0\1\0"])
def test_what_somebody_recorded_is_not_written_over(
    data: bytes, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "f4.wav").write_bytes(data)
    for out in (".", "f4.wav"):
        assert ending("voices", "try", "+f4", "Hello.", "--out", out, "--no-play") == 2
        assert "f4.wav is there already" in capsys.readouterr().err
    assert (here / "f4.wav").read_bytes() == data


# ---- small things


def test_a_voice_is_recommended_for_languages_as_they_are_written() -> None:
    known: dict[str, str] = voices_file()["piper"]["recommended"]
    assert all(VOICE_NAME.fullmatch(name) for name in known.values())
    assert recommended("de-AT") == recommended("de") == "de_DE-thorsten-medium"
    assert recommended("pt_PT") != recommended("pt-BR") == recommended("pt")
    assert better("th") == "storyforge voices --language th"


def test_a_norwegian_voice_fits_a_story_in_bokmal(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_voice(here / "voices", "no_NO-toy-low")
    (here / "a.yaml").write_text("title: A\nstory: Det var en gang.\nlanguage: nb\n", "utf-8")
    assert ending("voices", "--story", "a.yaml") == 0
    assert "✓ no_NO-toy-low" in capsys.readouterr().out


def test_the_doctor_tells_the_command_that_gets_a_voice(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ending("doctor") == 0
    assert f"voices of piper: none for English – get one: {better('en')}" in capsys.readouterr().out
    make_voice(here / "voices", "en_US-toy-low")
    assert ending("doctor") == 0
    assert "voices of piper: en_US-toy-low" in capsys.readouterr().out


def test_espeak_as_second_best_says_what_would_be_better(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "a.yaml").write_text("title: A\nstory: Es war einmal.\nlanguage: de\n", "utf-8")
    (here / "storyforge.yaml").write_text("illustrator: paper\nheight: 144\nfps: 10\npreset: ultrafast\n", "utf-8")
    assert ending("render", "a.yaml") == 0
    assert "for a better one: storyforge voices get de_DE-thorsten-medium" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("card", "licence"),
    [
        ("* License: CC BY 4.0\n", "CC BY 4.0"),
        ("# Card\n* LICENCE:  Public domain  \n* URL: x", "Public domain"),
        ("* License:\n\n## Training\n", ""),
        ("no word of it", ""),
    ],
)
def test_a_licence_is_read_from_the_card(card: str, licence: str, tmp_path: Path) -> None:
    (tmp_path / "a.MODEL_CARD").write_text(card, "utf-8")
    assert VoiceFile(name="a", path=tmp_path / "a.onnx").licence == licence


def test_near_names_are_those_that_hold_the_word_or_look_alike() -> None:
    names = ["en_GB-alba-medium", "en_GB-alan-low", "en_US-lessac-high", "en_US-lessac-medium"]
    assert near_names("lessac", names) == names[2:]
    assert near_names("en-us-lesac-medium", names)[0] == "en_US-lessac-medium"
    assert near_names("qqq", names) == []


def test_one_bad_entry_does_not_hide_the_others(server: FakeVoices) -> None:
    data = {**server.listing, "en_GB-broken-low": {"files": 3}, "junk": None}
    assert [voice.name for voice in listed(json.dumps(data).encode(), "here")] == [ALBA]

"""ffmpeg is found, asked and understood."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import ffmpeg
import pytest

from storyforge.errors import CannotWrite, EncodingFailed
from storyforge.rendering.ffmpeg import PROGRAM_VARIABLE, address, command, encoders, failure, feeding, run


def test_the_encoders_that_a_film_needs_are_there():
    assert {"libx264", "aac", "mov_text"} <= set(encoders())
    assert list(encoders()) == sorted(encoders())


def test_a_failure_tells_what_ffmpeg_said(tmp_path: Path):
    graph = ffmpeg.input(address(tmp_path / "nothing.mp4")).output("-", format="null")
    with pytest.raises(EncodingFailed, match=r"nothing\.mp4.*No such file"):
        run(graph)


def test_paths_that_look_like_protocols_or_options_are_paths(tmp_path: Path):
    for name in ("-x.wav", "http:y.wav", "50%d.wav", 'a\'b "c".wav'):
        run(ffmpeg.input("anullsrc=d=0.1", format="lavfi").output(address(tmp_path / name)))
        assert (tmp_path / name).exists()


def _sound(out: Path, **settings: object):
    return ffmpeg.input("pipe:0", format="f32le", ar=48_000, ac=1).output(address(out), **settings)


def test_an_error_while_ffmpeg_is_fed_is_told_as_it_is_and_ends_ffmpeg(tmp_path: Path):
    for fed in (b"", bytes(48_000)):
        with (
            pytest.raises(FileNotFoundError, match="gone"),
            feeding(_sound(tmp_path / "x.wav"), tmp_path / "x.wav") as feed,
        ):
            feed(fed)
            raise FileNotFoundError("the picture is gone")
        assert not (tmp_path / "x.wav").exists()


def test_when_ffmpeg_goes_away_while_it_is_fed_its_own_words_are_told(tmp_path: Path):
    unknown = _sound(tmp_path / "x.wav", acodec="nonsense")
    with pytest.raises(EncodingFailed, match="lacks an encoder"), feeding(unknown, tmp_path / "x.wav") as feed:
        for _ in range(1000):
            feed(bytes(48_000))


def test_ffmpeg_never_waits_for_the_keyboard():
    graph = ffmpeg.input("anullsrc=d=0.1", format="lavfi").output("-", format="null")
    assert "-nostdin" in command(graph) and "-hide_banner" in command(graph)


@pytest.mark.parametrize(
    ("code", "log", "kind", "says"),
    [
        (1, "[out] No space left on device\nConversion failed!\n", CannotWrite, "make room"),
        (1, "x: Permission denied\n", CannotWrite, "may write"),
        (1, "Unknown encoder 'libx264'\n", EncodingFailed, PROGRAM_VARIABLE),
        (-9, "", EncodingFailed, "memory"),
        (1, "one\ntwo\nthree\nfour\nConversion failed!\n", EncodingFailed, "two | three | four"),
    ],
)
def test_every_failure_has_a_remedy(code, log, kind, says):
    error = failure(code, log)
    assert type(error) is kind and says in str(error) and error.remedy


def test_another_ffmpeg_can_be_chosen_and_its_absence_is_told():
    """In a process of its own, because the choice comes from its environment."""
    asking = (
        "from storyforge.errors import EncodingFailed\nfrom storyforge.rendering.ffmpeg import encoders\n"
        "try: encoders()\nexcept EncodingFailed as error: print(error)"
    )
    chosen = {PROGRAM_VARIABLE: "/nowhere/ffmpeg", "PATH": ""}
    told = subprocess.run([sys.executable, "-c", asking], env=chosen, capture_output=True, text=True)
    assert "/nowhere/ffmpeg" in told.stdout and PROGRAM_VARIABLE in told.stdout, told.stderr

"""The film: every frame on its place through all joints, sound and picture in step, titles as they were written."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from storyforge.errors import CannotWrite, EncodingFailed, StoryforgeError
from storyforge.rendering.clip import Framing, ShotPlan
from storyforge.rendering.encoding import TICKS
from storyforge.rendering.ffmpeg import program
from storyforge.rendering.join import describe, join, language_code
from storyforge.rendering.shoot import shoot
from storyforge.rendering.soundtrack import RATE, mix
from storyforge.rendering.subtitles import cues, to_srt
from storyforge.speech import Speech
from storyforge.storyboard import Camera

FPS = 24
SIZE = (320, 180)


def clip(path: Path, shade: int, frames: int) -> Path:
    picture = path.with_suffix(".png")
    Image.new("RGB", (374, 210), (shade, shade, shade)).save(picture)
    shoot(
        ShotPlan(picture=picture, framing=Framing(camera=Camera(move="drift"), frames=frames), size=SIZE, fps=FPS), path
    )
    return path


def click() -> Speech:
    samples = np.zeros(RATE // 4, np.float32)
    samples[4800:5040] = 0.5 * np.sin(2 * np.pi * 3000 * np.arange(240) / RATE) * np.hanning(240)
    return Speech(samples, RATE, (), "engine")


def asked(film: Path, *arguments: str) -> bytes:
    command = [program(), "-loglevel", "error", "-i", film, *arguments, "-"]
    return subprocess.run(command, capture_output=True, check=True).stdout


def times(film: Path, stream: str, *options: str) -> list[tuple[int, int]]:
    """(decoding time, showing time) of each packet or frame, in its time base."""
    listed = asked(film, "-map", f"0:{stream}", *options, "-f", "framecrc").decode().splitlines()
    fields = [line.split(",") for line in listed if not line.startswith("#")]
    return [(int(field[1]), int(field[2])) for field in fields]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[int]]:
    """A film whose clips are dark and bright by turns; a click is heard whenever the light changes."""
    folder = tmp_path_factory.mktemp("it's a = #1; “film”")
    lengths = [25, 1, 2, 40, 3, 24, 60, 5, 31]
    clips = [clip(folder / f"'{k}'.mp4", 235 if k % 2 else 25, frames) for k, frames in enumerate(lengths)]
    changes = np.cumsum(lengths)[:-1].tolist()
    seconds = sum(lengths) / FPS
    mix([(frame / FPS - 0.1, click()) for frame in changes], seconds, folder / "sound.m4a")
    srt = to_srt(cues([("Es war einmal & <b>nicht mehr</b>.", (), 0.2, 2.0), ("Ende!", (), 3.0, 4.5)]))
    chapters = [(0.0, 2.0, "Eins; = #1\\ \"'\nzwei"), (2.0, seconds, "Zwölf 猫")]
    about = {"title": "A=b;c#d\\e\n[CHAPTER]\n\"f' ü", "artist": "Me"}
    join(clips, folder / "sound.m4a", srt, chapters, about, "de", folder / "film.mp4")
    return folder / "film.mp4", lengths


def test_every_frame_has_its_place_through_all_joints(made):
    film, lengths = made
    shown = times(film, "v", "-fps_mode", "passthrough", "-enc_time_base", "demux")
    assert [frame[1] for frame in shown] == [k * TICKS for k in range(sum(lengths))]


def test_packets_are_decoded_one_frame_after_the_other(made):
    film, _ = made
    packets = times(film, "v", "-c", "copy")
    assert np.diff([packet[0] for packet in packets]).tolist() == [TICKS] * (len(packets) - 1)
    assert all(decoded <= shown for decoded, shown in packets)


def test_sound_and_picture_start_together_and_last_equally_long(made):
    film, lengths = made
    assert times(film, "v")[0][1] == 0
    assert times(film, "a")[0][1] == 0
    sound = asked(film, "-map", "0:a", "-f", "f32le")
    assert len(sound) / 8 == round(sum(lengths) / FPS * RATE)


def test_clicks_are_heard_when_the_light_changes(made):
    """From the first clip to the last within half a frame."""
    film, lengths = made
    light = np.frombuffer(asked(film, "-map", "0:v", "-f", "rawvideo", "-pix_fmt", "gray"), np.uint8)
    bright = light.reshape(-1, SIZE[0] * SIZE[1]).mean(axis=1) > 128
    flashes = (np.flatnonzero(np.diff(bright)) + 1) / FPS
    sound = np.abs(np.frombuffer(asked(film, "-map", "0:a", "-ac", "1", "-f", "f32le"), "<f4"))
    loud = np.flatnonzero(sound > sound.max() / 3) / RATE
    clicks = loud[np.insert(np.diff(loud) > 0.03, 0, True)]
    assert len(flashes) == len(lengths) - 1
    assert clicks == pytest.approx(flashes, abs=0.5 / FPS)
    assert clicks - flashes == pytest.approx(np.full(len(flashes), 0.0015), abs=0.0015)


def test_titles_chapters_and_language_are_as_they_were_written(made):
    film, lengths = made
    about = asked(film, "-f", "ffmetadata").decode()
    assert "title=A\\=b\\;c\\#d\\\\e\\\n[CHAPTER]\\\n\"f' ü\n" in about and "artist=Me\n" in about
    assert "title=Eins\\; \\= \\#1\\\\ \"'\\\nzwei\n" in about and "title=Zwölf 猫\n" in about
    assert about.count("\n[CHAPTER]\nTIMEBASE") == 2
    told = subprocess.run([program(), "-hide_banner", "-i", film], capture_output=True).stderr.decode()
    assert "(deu): Subtitle: mov_text" in told and "(deu): Audio: aac" in told
    assert f"start 2.000000, end {sum(lengths) / FPS:.3f}" in told


def test_subtitles_are_in_the_film(made):
    film, _ = made
    words = asked(film, "-map", "0:s", "-f", "srt").decode().replace("\u2060", "")
    assert "00:00:00,200 --> 00:00:02,000\nEs war einmal & <b>nicht mehr</b>." in words and "Ende!" in words


def test_a_film_without_words_or_chapters_is_a_film_and_the_same_one_again(tmp_path):
    clips = [clip(tmp_path / f"{k}.mp4", 99, 6) for k in range(2)]
    mix([], 0.5, tmp_path / "s.m4a")
    for name in ("a.mp4", "b.mp4"):
        join(clips, tmp_path / "s.m4a", "", [], {"title": ""}, "tlh", tmp_path / name)
    assert len(times(tmp_path / "a.mp4", "v")) == 12
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()
    assert not list(tmp_path.glob(".join-*"))


def test_hundreds_of_joints_do_not_add_up_to_a_drift(tmp_path):
    """7 frames are no whole number of microseconds; the concat demuxer rounds at each joint."""
    short = clip(tmp_path / "c.mp4", 99, 7)
    mix([], 400 * 7 / FPS, tmp_path / "s.m4a")
    join([short] * 400, tmp_path / "s.m4a", "", [], {}, "en", tmp_path / "f.mp4")
    shown = sorted(packet[1] for packet in times(tmp_path / "f.mp4", "v", "-c", "copy"))
    assert shown == [k * TICKS for k in range(2800)]


def test_a_damaged_clip_is_an_error_and_leaves_no_film(tmp_path):
    (tmp_path / "c.mp4").write_bytes(b"no film")
    mix([], 1, tmp_path / "s.m4a")
    with pytest.raises(EncodingFailed, match="Invalid data"):
        join([tmp_path / "c.mp4"], tmp_path / "s.m4a", "", [], {}, "en", tmp_path / "f.mp4")
    assert not (tmp_path / "f.mp4").exists()


def test_trouble_with_folders_is_told(tmp_path):
    with pytest.raises(CannotWrite):
        join([tmp_path / "c.mp4"], tmp_path / "s.m4a", "", [], {}, "en", tmp_path / "none" / "f.mp4")
    with pytest.raises(StoryforgeError, match="line break"):
        join([tmp_path / "a\nb" / "c.mp4"], tmp_path / "s.m4a", "", [], {}, "en", tmp_path / "f.mp4")


@pytest.mark.parametrize(
    ("language", "code"),
    [("en", "eng"), ("de", "deu"), ("pt-BR", "por"), ("zh_Hant", "zho"), ("no", "nor"), ("yue", "yue"), ("xx", "und")],
)
def test_languages_are_named_as_mp4_wants(language, code):
    assert language_code(language) == code


def test_the_metadata_format_is_ffmpeg_s_own():
    assert describe([(0, 1.5, "a\r\nb")], {"title": "x"}) == (
        ";FFMETADATA1\ntitle=x\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1500\ntitle=a\\\nb\n"
    )

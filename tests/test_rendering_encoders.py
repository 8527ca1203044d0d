"""Every profile gives a film that is whole; graphics cards are tried, and what was taken is told."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from storyforge.commands.doctor import findings
from storyforge.errors import BadSettings
from storyforge.rendering.clip import Framing, ShotPlan
from storyforge.rendering.encoders import SOFTWARE, Encoder, Profile, software
from storyforge.rendering.encoding import TICKS
from storyforge.rendering.ffmpeg import PROGRAM_VARIABLE, program
from storyforge.rendering.hardware import HARDWARE, choose, hardware, here, trouble
from storyforge.rendering.join import join
from storyforge.rendering.shoot import shoot
from storyforge.rendering.soundtrack import mix
from storyforge.runner import Event
from storyforge.settings import Settings
from storyforge.storyboard import Camera
from tests.films import STORY, described, made, render, settings_for

FPS, SIZE = 24, (320, 180)
LENGTHS = (25, 1, 2, 40, 3)
HD = (1920, 1080)

FAKE = """
with open(__file__ + ".log", "a") as log:
    print(*asked, file=log)
cards = [each for each in asked if each.startswith(("h264_", "hevc_"))]
if cards and cards[0].partition("_")[2] != WORKS:
    sys.exit(f"[{cards[0]} @ 0x55ab2827b6c0] {COMPLAINT}\\nConversion failed!")
OWN = "cq rc preset b:v global_quality look_ahead q:v allow_sw qp_i qp_p rc_mode qp init_hw_device vf".split()
for at in reversed(range(len(asked))) if cards else ():
    if asked[at].removeprefix("-") in OWN:
        del asked[at : at + 2]
same = {"h264": "libx264", "hevc": "libx265", "p010": "yuv420p10le", "nv12": "yuv420p", "vaap": "yuv420p"}
os.execv(REAL, [REAL, *(same.get(each[:4], each) if cards else each for each in asked)])
"""
"""An ffmpeg on a machine with at most one card: software does the card's work, and does not know its options."""


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Sets up a machine with this card, or none; gives the file in which is written what ffmpeg was asked."""
    real = program()

    def with_card(works: str, complaint: str = "Cannot load libcuda.so.1") -> Path:
        fake = tmp_path / f"ffmpeg-{works}"
        given = f"asked, WORKS, COMPLAINT, REAL = sys.argv[1:], {works!r}, {complaint!r}, {real!r}"
        fake.write_text(f"#!{sys.executable}\nimport os, sys\n{given}{FAKE}", "utf-8")
        fake.chmod(0o755)
        monkeypatch.setenv(PROGRAM_VARIABLE, str(fake))
        return Path(f"{fake}.log")

    return with_card


def film(folder: Path, encoder: Encoder) -> Path:
    """Clips that are dark and bright by turns, joined, with a chapter and a subtitle."""
    clips = []
    for number, frames in enumerate(LENGTHS):
        picture = folder / f"{number}.png"
        shade = 220 if number % 2 else 25
        grain = np.random.default_rng(number).integers(0, 20, (210, 374, 3), np.uint8)
        Image.fromarray(grain + np.uint8(shade)).save(picture)
        framing = Framing(camera=Camera(move="push-in"), frames=frames)
        clips.append(folder / f"{number}.mp4")
        shoot(ShotPlan(picture=picture, framing=framing, size=SIZE, fps=FPS, encoder=encoder), clips[-1])
    seconds = sum(LENGTHS) / FPS
    mix([], seconds, folder / "s.m4a")
    srt = "1\n00:00:00,100 --> 00:00:01,000\nOnce\n"
    join(clips, folder / "s.m4a", srt, [(0, seconds, "One")], {"title": ""}, "en", folder / "f.mp4", encoder.reorder)
    return folder / "f.mp4"


def told(*arguments: str | Path) -> list[list[int]]:
    listed = subprocess.run([program(), "-loglevel", "error", *arguments, "-"], capture_output=True, check=True).stdout
    lines = [line.split(",") for line in listed.decode().splitlines() if not line.startswith("#")]
    return [[int(line[1]), int(line[2])] for line in lines]


@pytest.fixture(params=sorted(SOFTWARE), scope="module")
def profiled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Encoder, Path]:
    encoder = SOFTWARE[request.param]
    return encoder, film(tmp_path_factory.mktemp(request.param), encoder)


def test_every_frame_has_its_place_whatever_encoded_it(profiled):
    _, path = profiled
    shown = told("-i", path, "-map", "0:v", "-fps_mode", "passthrough", "-enc_time_base", "demux", "-f", "framecrc")
    assert [frame[1] for frame in shown] == [number * TICKS for number in range(sum(LENGTHS))]


def test_no_frame_is_shown_before_it_is_decoded_and_none_is_decoded_earlier_than_needed(profiled):
    encoder, path = profiled
    packets = told("-i", path, "-map", "0:v", "-c", "copy", "-f", "framecrc")
    ahead = {shown - decoded for decoded, shown in packets}
    assert np.diff([decoded for decoded, _ in packets]).tolist() == [TICKS] * (len(packets) - 1)
    assert min(ahead) >= 0 and packets[0] == [-TICKS * encoder.reorder, 0]
    assert not encoder.reorder or min(ahead) == 0


def test_clips_are_seen_whole_from_their_first_frame(profiled):
    _, path = profiled
    seen = ["-i", path, "-map", "0:v", "-f", "rawvideo", "-pix_fmt", "gray"]
    raw = subprocess.run([program(), "-v", "error", *seen, "-"], capture_output=True, check=True).stdout
    bright = np.frombuffer(raw, np.uint8).reshape(-1, SIZE[0] * SIZE[1]).mean(axis=1) > 128
    assert bright.tolist() == [bool(number % 2) for number, frames in enumerate(LENGTHS) for _ in range(frames)]


def test_films_are_of_the_kind_that_players_know(profiled):
    encoder, path = profiled
    about = described(path)
    kinds = {"libx264": ("h264", "avc1", "yuv420p("), "libx265": ("hevc (Main 10)", "hvc1", "yuv420p10le(")}
    assert all(sign in about for sign in kinds[encoder.name])
    assert "bt709" in about and "Subtitle: mov_text" in about and "One" in about


def test_each_profile_is_encoded_the_same_way_again(profiled, tmp_path):
    encoder, path = profiled
    assert film(tmp_path, encoder).stat().st_size > 0
    assert [each.read_bytes() for each in sorted(tmp_path.glob("?.mp4"))] == [
        each.read_bytes() for each in sorted(path.parent.glob("?.mp4"))
    ]


@pytest.mark.parametrize("profile", sorted(SOFTWARE))
def test_the_user_s_own_preset_and_crf_stand_above_the_profile_s(profile: Profile):
    plain, finer, slower = SOFTWARE[profile], software(profile, None, 3), software(profile, "slow")
    assert plain == software(profile)
    assert finer.options == {**plain.options, "crf": "3"}
    assert slower.options["preset"] == "slow" and slower.options["crf"] == plain.options["crf"]
    assert (slower.name, slower.pixels, slower.reorder) == (plain.name, plain.pixels, plain.reorder)


def test_a_slower_preset_looks_harder(tmp_path):
    """x264 writes into the stream what it was told."""
    sizes = {}
    for preset in ("ultrafast", "slow"):
        (folder := tmp_path / preset).mkdir()
        told_to = film(folder, software("share", preset)).read_bytes()
        sizes[preset] = len(told_to), b"subme=0" in told_to, b"subme=8" in told_to
    assert sizes["ultrafast"][1:] == (True, False) and sizes["slow"][1:] == (False, True)
    assert sizes["slow"] < sizes["ultrafast"]


def test_software_encodes_unless_something_else_is_asked_for(machine):
    log = machine("nvenc")
    assert choose("software", "share", HD, 30).encoder == SOFTWARE["share"]
    assert choose("software", "share", HD, 30).reason == "" and not log.exists()


def test_auto_takes_the_first_card_that_works_and_tries_each_once(machine):
    last = here()[-1]
    log = machine(last)
    for _ in range(2):
        choice = choose("auto", "share", HD, 30)
    assert choice.encoder == hardware(last, "share")
    assert choice.reason.startswith(f"encoder: {last}")
    why = "no NVIDIA driver is here (Cannot load libcuda.so.1)"
    assert all(f"not {name}: {why}" in choice.reason for name in here()[:-1])
    assert len(log.read_text().splitlines()) == len(here())


@pytest.mark.skipif(sys.platform == "win32", reason="the cards of this test are scripts")
@pytest.mark.parametrize("profile", sorted(SOFTWARE))
@pytest.mark.parametrize("name", HARDWARE)
def test_every_card_is_asked_for_what_its_profile_promises(machine, name, profile):
    log = machine(name)
    assert choose(name, profile, SIZE, FPS).reason == f"encoder: {name}"
    asked = log.read_text()
    assert ("hevc_" in asked) == ("hvc1" in asked) == ("p010" in asked) == (profile == "archive")


def test_auto_tells_why_no_card_was_taken(machine):
    machine("", complaint="Something odd.")
    choice = choose("auto", "archive", HD, 30)
    assert choice.encoder == SOFTWARE["archive"]
    assert choice.reason == f"encoder: x265 ({'; '.join(f'not {name}: Something odd' for name in here())})"


def test_what_auto_takes_on_this_machine_works(tmp_path):
    choice = choose("auto", "share", SIZE, FPS)
    assert choice.reason.startswith("encoder: ")
    assert described(film(tmp_path, choice.encoder)).count("Video: h264") == 1


@pytest.mark.parametrize("name", HARDWARE)
def test_every_card_s_driver_that_is_missing_is_told_in_plain_words(name):
    why = trouble(name, "archive", (640, 360), 30)
    assert "0x" not in why and "\n" not in why
    if why:
        with pytest.raises(BadSettings, match="does not work here") as refused:
            choose(name, "archive", (640, 360), 30)
        assert why in str(refused.value)


def test_preset_and_crf_are_not_for_cards(machine):
    machine("nvenc")
    choice = choose("auto", "share", HD, 30, crf=20)
    assert choice.reason == "encoder: x264 (crf is its own)" and choice.encoder == software("share", None, 20)
    with pytest.raises(BadSettings, match="does not know `preset and crf`"):
        choose("nvenc", "share", HD, 30, "slow", 20)


def test_a_film_is_shot_by_the_card_that_was_asked_for(machine, tmp_path):
    log = machine("nvenc")
    (tmp_path / "mitten.yaml").write_text(STORY, "utf-8")
    events: list[Event] = []
    settings = settings_for(tmp_path, encoder="nvenc", profile="archive", preset=None)
    path = render(tmp_path / "mitten.yaml", settings, events).path
    assert "encoder: nvenc" in [event.text for event in events if event.kind == "note"]
    assert "hvc1" in described(path) and "hevc_nvenc" in log.read_text() and "libx26" not in log.read_text()


def test_a_card_that_is_not_there_stops_the_film_before_anything_is_made(machine, tmp_path):
    machine("")
    (tmp_path / "mitten.yaml").write_text(STORY, "utf-8")
    events: list[Event] = []
    with pytest.raises(BadSettings, match="nvenc does not work here: no NVIDIA driver is here"):
        render(tmp_path / "mitten.yaml", settings_for(tmp_path, encoder="nvenc", preset=None), events)
    assert events == []


def test_another_profile_shoots_again_and_draws_nothing_again(tmp_path):
    (tmp_path / "mitten.yaml").write_text(STORY, "utf-8")
    render(tmp_path / "mitten.yaml", settings_for(tmp_path))
    events: list[Event] = []
    render(tmp_path / "mitten.yaml", settings_for(tmp_path, profile="archive"), events)
    assert {stage for stage, _ in made(events)} == {"shoot", "join"}


def test_a_draft_is_encoded_as_one_unless_it_is_asked_otherwise():
    assert Settings().film_profile == "share" and Settings(draft=True).film_profile == "draft"
    assert Settings(draft=True, profile="archive").film_profile == "archive"


def test_the_doctor_tells_which_cards_encode(machine):
    machine(here()[-1])
    told = {finding.what: finding for finding in findings(Settings())}
    assert told[f"encoder {here()[-1]}"].state == "good"
    assert all(told[f"encoder {name}"].state == "note" for name in here()[:-1])
    assert told["encoder libx265"].state == "good"

"""pick, redraw, repair and undo as one meets them: what they print, what they change, and what they leave alone."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest
from PIL import Image

from storyforge.board_file import read_board
from storyforge.cli import main
from storyforge.storyboard import Scene
from tests.fakes import FakeComfyUI
from tests.films import SMALL

STORY = """\
title: The Clock Fox
cast:
  chroneon: {looks: a sleek silver fox}
  "3": {looks: a brown bear, name: Bruno}
scenes:
  - {text: At dawn Chroneon ran into the forest., characters: [chroneon], action: A fox runs into a forest}
  - {text: The sea sang., characters: [], action: The sea}
  - {text: Night came., characters: [], action: The night}
  - {text: And then the moon rose., characters: [], action: The moon rises, picture: photo.jpg}
"""

UPRIGHT = 6  # the EXIF orientation of most phones' photos: to be turned right by a quarter


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a story, whose last scene is a photo: 300×200 as it lies, 200×300 as it is seen."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "fox.yaml").write_text(STORY, "utf-8")
    photo = Image.effect_noise((300, 200), 60).convert("RGB")
    exif = Image.Exif()
    exif[0x0112] = UPRIGHT
    photo.save(tmp_path / "photo.jpg", exif=exif)
    drawn_by(tmp_path, "paper")
    return tmp_path


@pytest.fixture
def server(here: Path) -> Iterator[FakeComfyUI]:
    with FakeComfyUI() as server:
        drawn_by(here, f"{{comfyui: {{urls: ['{server.url}']}}}}")
        yield server


def drawn_by(folder: Path, illustrator: str, **more: object) -> None:
    settings = {**SMALL, "narrator": "espeak", "illustrator": illustrator, **more}
    (folder / "storyforge.yaml").write_text("".join(f"{k}: {v}\n" for k, v in settings.items()), "utf-8")


def ending(*arguments: str) -> int:
    """The exit code of a command."""
    with pytest.raises(SystemExit) as caught:
        main(list(arguments))
    code = caught.value.code
    return code if isinstance(code, int) else 0


def scenes(folder: Path) -> tuple[Scene, ...]:
    return read_board(folder / "output/fox/storyboard.yaml").board.scenes


def pictures(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "output/fox/pictures").iterdir())


def wait_for(what: Callable[[], bool]) -> None:
    until = time.monotonic() + 30
    while not what():
        assert time.monotonic() < until
        time.sleep(0.02)


IMPOSSIBLE = ["--strength=0", "--strength=2", "--strength=nan", "--strength=-1", "--seed=-1", f"--seed={2**63}"]


@pytest.mark.parametrize("option", IMPOSSIBLE)
def test_a_repair_that_makes_no_sense_is_refused_by_its_option(
    here: Path, server: FakeComfyUI, capsys: pytest.CaptureFixture[str], option: str
) -> None:
    assert ending("repair", "1", "a tree", "fox.yaml", option) == 2
    assert option.partition("=")[0] in capsys.readouterr().err
    assert server.drawn == []


@pytest.mark.parametrize("seed", [-1, 2**63, 2**63 + 5])
def test_a_seed_out_of_range_is_refused_and_the_storyboard_stays_readable(here: Path, seed: int) -> None:
    assert ending("redraw", "1", "fox.yaml") == 0
    before = scenes(here)
    assert ending("redraw", "1", "fox.yaml", f"--seed={seed}") == 2
    assert scenes(here) == before


def test_after_the_last_seed_the_next_command_still_works(here: Path) -> None:
    (here / "fox.yaml").write_text(f"{STORY}seed: {2**63 - 1}\n", "utf-8")
    assert ending("redraw", "1", "fox.yaml") == ending("redraw", "1") == 0
    assert [scenes(here)[0].seed, *(each.seed for each in scenes(here)[0].earlier)] == [1, 0, None]


def test_a_box_is_measured_on_the_photo_as_one_sees_it(
    here: Path, server: FakeComfyUI, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ending("pick", "4", "1", "fox.yaml") == ending("undo", "4") == 0
    assert ending("repair", "4", "a hat", "--box", "250,10,40,40") == 2
    assert "200 × 300 pixels" in capsys.readouterr().err
    assert ending("repair", "4", "a hat", "--box", "10,250,100,40") == 0
    assert scenes(here)[3].repairs[0].box == (0.05, 0.83333, 0.5, 0.13333)


def test_a_scene_has_one_picture_also_where_its_kind_changes(here: Path, server: FakeComfyUI) -> None:
    for command, found in ((("pick", "4", "1", "fox.yaml"), "png"), (("undo", "4"), "jpg"), (("redraw", "4"), "png")):
        assert ending(*command) == 0
        assert pictures(here) == [f"scene-004.{found}"]
    assert ending("redraw", "1") == 0
    assert pictures(here) == ["scene-001.png", "scene-004.png"]


@pytest.mark.parametrize("number", ["0", "5"])
def test_a_scene_that_is_not_there_is_told_before_its_picture_is_missed(
    here: Path, server: FakeComfyUI, capsys: pytest.CaptureFixture[str], number: str
) -> None:
    assert ending("repair", number, "a hat", "fox.yaml", "--box", "1,1,9,9") == 2
    assert "there are scenes 1 to 4" in capsys.readouterr().err


def test_a_mask_that_is_not_there_is_told_by_its_name(
    here: Path, server: FakeComfyUI, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ending("repair", "1", "a hat", "fox.yaml", "--mask", "hend.png") == 2
    told = capsys.readouterr().err
    assert "There is no mask hend.png" in told and "draw the scene" not in told


def test_a_repair_that_fails_leaves_no_mask_behind(here: Path, server: FakeComfyUI) -> None:
    Image.new("L", (64, 36)).save(here / "black.png")
    assert ending("repair", "1", "a hat", "fox.yaml", "--mask", "black.png") == 1
    assert not (here / "output/fox/masks").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="no Ctrl-C can be sent to one process")
def test_a_repair_that_is_stopped_leaves_no_mask_behind(here: Path, server: FakeComfyUI) -> None:
    assert ending("redraw", "1", "fox.yaml") == 0
    Image.new("L", (64, 36), 255).save(here / "white.png")
    server.seconds = 30
    command = [sys.executable, "-m", "storyforge.cli", "repair", "1", "a hat", "--mask", "white.png"]
    with subprocess.Popen(command, cwd=here, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as repair:
        wait_for(lambda: server.asked.count("POST /prompt") == 2)
        assert len(list((here / "output/fox/masks").iterdir())) == 1
        repair.send_signal(signal.SIGINT)
        _, told = repair.communicate(timeout=30)
    assert repair.returncode == 130 and "nothing is changed" in told
    assert not (here / "output/fox/masks").exists() and scenes(here)[0].repairs == ()


def test_what_is_written_into_a_scene_while_it_is_drawn_is_not_written_over(
    here: Path, server: FakeComfyUI, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ending("redraw", "2", "fox.yaml") == 0
    board = here / "output/fox/storyboard.yaml"
    server.seconds = 1

    def edit() -> None:
        wait_for(lambda: server.asked.count("POST /prompt") == 2)
        board.write_text(board.read_text("utf-8").replace("A fox runs into", "A fox leaves"), "utf-8")

    editor = threading.Thread(target=edit)
    editor.start()
    assert ending("redraw", "1") == 2
    editor.join()
    assert "Scene 1 was changed" in capsys.readouterr().err
    assert (scenes(here)[0].action, scenes(here)[0].seed) == ("A fox leaves a forest", None)


def test_who_draws_and_why_is_told(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ending("redraw", "1", "fox.yaml") == 0
    assert "illustrator: paper" in capsys.readouterr().out


def test_a_film_of_paper_gets_no_scene_from_a_server_that_has_come_up(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drawn_by(here, "auto")
    assert ending("render", "fox.yaml", "--illustrator", "paper") == 0
    with comfyui_where_auto_looks():
        assert ending("redraw", "1") == 0
    assert "illustrator: paper, as the film so far" in capsys.readouterr().out
    assert ending("redraw", "1", "--illustrator", "paper") == 0
    assert "as the film so far" not in capsys.readouterr().out


@contextmanager
def comfyui_where_auto_looks() -> Iterator[None]:
    with socket.socket() as probe:
        there = probe.connect_ex(("127.0.0.1", 8188)) == 0
    with nullcontext() if there else FakeComfyUI(port=8188):
        yield


def test_digits_mean_a_scene_and_a_name_means_a_character(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ending("portraits", "fox.yaml", "--takes", "2") == 0
    assert ending("pick", "3", "2") == 0
    assert scenes(here)[2].take == 2 and not (here / "portraits").exists()
    assert ending("pick", "Chroneon", "2") == ending("pick", "bruno", "1") == 0
    assert (here / "portraits/3.png").read_bytes() == (here / "output/fox/portraits/3-1.png").read_bytes()
    assert (here / "portraits/chroneon.png").exists()
    assert ending("pick", "Chroneon", "1") == ending("undo", "CHRONEON") == 0
    capsys.readouterr()
    assert ending("pick", "Cronion", "1") == 2
    assert "did you mean chroneon?" in capsys.readouterr().err


def test_undo_tells_what_it_takes_back_and_how_to_get_another_picture(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ending("redraw", "1", "fox.yaml", "--seed", "7") == 0
    board = here / "output/fox/storyboard.yaml"
    board.write_text(board.read_text("utf-8").replace("seed: 7\n", "seed: 7\n  prompt: my own words\n"), "utf-8")
    capsys.readouterr()
    assert ending("undo", "1") == 0
    told = capsys.readouterr().out
    assert "taken back: prompt my own words → none" in told and "taken back: seed 7 → none" in told
    assert "storyforge redraw 1 --seed 8" in told


def test_what_the_settings_file_switches_on_an_option_switches_off(here: Path) -> None:
    drawn_by(here, "paper", draft="true", outside="true")
    assert ending("redraw", "1", "fox.yaml", "--no-draft", "--no-outside") == 0
    assert pictures(here) == ["scene-001.png"] and not (here / "output/fox/draft").exists()


def test_one_scene_can_be_drawn_at_the_height_of_the_film(here: Path) -> None:
    assert ending("redraw", "1", "fox.yaml", "--height", "180") == 0
    with Image.open(here / "output/fox/pictures/scene-001.png") as picture:
        assert picture.height == 210  # 7/6


@pytest.mark.parametrize("command", [("redraw", "1"), ("pick", "1", "2"), ("undo", "1")])
def test_a_change_is_told_as_json_or_not_at_all(
    here: Path, capsys: pytest.CaptureFixture[str], command: tuple[str, ...]
) -> None:
    assert ending("redraw", "1", "fox.yaml", "--quiet") == 0
    assert capsys.readouterr().out == ""
    assert ending(*command, "--json") == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert any(str(event.get("text")).endswith("scene-001.png") for event in events)


def test_a_card_that_looks_too_small_can_be_tried_anyway(here: Path, server: FakeComfyUI) -> None:
    assert ending("redraw", "1", "fox.yaml", "--anyway") == 0
    assert ending("repair", "1", "a hat", "--anyway") == ending("portraits", "fox.yaml", "chroneon", "--anyway") == 0


def test_help_groups_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert ending("--help") == 0
    told = capsys.readouterr().out
    order = ["Films", "render", "Pictures", "redraw", "workflow", "Cast", "portraits", "This machine", "keeper"]
    places = [told.index(f"─ {word} ─" if word[0].isupper() else f"│ {word} ") for word in order]
    assert places == sorted(places)

"""The command line as one meets it: what is printed, and how it ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from storyforge.cli import main
from storyforge.story_file import json_schema
from tests.films import SMALL, STORY

CREW = ["--illustrator", "paper", "--narrator", "espeak"]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a story and a settings file for a small film."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mitten.yaml").write_text(STORY, "utf-8")
    (tmp_path / "storyforge.yaml").write_text(
        "".join(f"{k}: {v}\n" for k, v in {**SMALL, "illustrator": "paper"}.items()), "utf-8"
    )
    return tmp_path


def ending(*arguments: str) -> int:
    """The exit code of a command."""
    with pytest.raises(SystemExit) as caught:
        main(list(arguments))
    code = caught.value.code
    return code if isinstance(code, int) else 0


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert ending("--help") == 0
    told = capsys.readouterr().out
    for command in ("render", "plan", "check", "new", "schema", "why", "doctor", "clean"):
        assert command in told


def test_help_brings_in_nothing_heavy() -> None:
    """What keeps `--help` under 0.3 s: none of these is imported for it."""
    code = (
        "import sys; from storyforge.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "print(sorted({'numpy', 'cv2', 'moviepy', 'PIL', 'pydantic', 'yaml', 'asyncio'} & set(sys.modules)))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.splitlines()[-1] == "[]"


def test_a_new_story_can_be_checked_at_once(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ending("new", "Mira’s Bear") == 0
    assert "mira-s-bear.yaml" in capsys.readouterr().out
    assert ending("check", "mira-s-bear.yaml") == 0
    assert "no mistakes" in capsys.readouterr().out


def test_mistakes_end_with_code_2_and_are_all_shown(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "bad.yaml").write_text("title: T\nstoory: x\nseed: -1\n", "utf-8")
    assert ending("check", "bad.yaml") == 2
    told = capsys.readouterr().err
    assert "bad.yaml:2: stoory" in told
    assert "did you mean `story`?" in told
    assert "bad.yaml:3: seed" in told


def test_the_schema_printed_is_the_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert ending("schema") == 0
    assert json.loads(capsys.readouterr().out) == json_schema()


def test_an_unknown_back_end_names_those_there_are(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ending("render", "mitten.yaml", "--illustrator", "papier") == 2
    told = capsys.readouterr().err
    assert "papier" in told
    assert "paper" in told


def test_plan_shows_the_scenes_and_writes_the_board(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ending("plan", "mitten.yaml") == 0
    told = capsys.readouterr().out
    assert "forest" in told
    assert (here / "output/mitten/storyboard.yaml").exists()


def test_a_film_is_made_then_up_to_date_then_accounted_for(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ending("render", "mitten.yaml", *CREW) == 0
    told = capsys.readouterr().out
    assert "film.mp4 is ready" in told
    assert "illustrator: paper" in told
    assert ending("render", "mitten.yaml", *CREW, "--json") == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {event["kind"] for event in events} == {"note", "kept", "planned", "finished"}
    (here / "mitten.yaml").write_text(STORY.replace("yellow raincoat", "red raincoat"), "utf-8")
    assert ending("why", "1") == 0
    told = capsys.readouterr().out
    assert "would be made again" in told
    assert "yellow raincoat → a small girl with black pigtails and a red raincoat" in told
    (here / "mitten.yaml").write_text(STORY, "utf-8")
    assert ending("clean", "--yes") == 0
    assert ending("clean") == 0
    assert "Every file in the store is needed" in capsys.readouterr().out


def test_a_scene_that_is_not_there_is_told(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ending("why", "99", "mitten.yaml") == 2
    assert "has scenes 1 to" in capsys.readouterr().err


def test_the_doctor_finds_everything_for_a_first_film(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ending("doctor") == 0
    told = capsys.readouterr().out
    for line in ("encoder libx264: there", "illustrator paper: ready", "narrator espeak: ready", "disk:"):
        assert line in told


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="nothing is unwritable for root")
def test_an_unwritable_folder_ends_with_code_5(here: Path) -> None:
    (here / "output").mkdir(mode=0o500)
    assert ending("render", "mitten.yaml", *CREW) == 5


def test_an_output_folder_that_is_a_file_ends_with_code_5(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "output").write_text("in the way")
    assert ending("render", "mitten.yaml", *CREW) == 5
    assert "--output" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform != "linux", reason="needs a file system of a set size")
def test_a_full_disk_ends_with_code_5_or_6_and_says_so(here: Path) -> None:
    """A size limit for files stands for the full disk: both end a write in its middle."""
    command = [sys.executable, "-m", "storyforge.cli", "render", "mitten.yaml", *CREW]
    limited = ["bash", "-c", 'ulimit -f 24; exec "$@"', "bash", *command]
    ended = subprocess.run(limited, cwd=here, capture_output=True, text=True)
    assert ended.returncode in (5, 6), ended.stderr
    assert "run again" in ended.stderr
    assert subprocess.run(command, cwd=here, capture_output=True).returncode == 0


def test_what_looks_like_markup_in_a_story_or_a_path_is_text(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "s[draft].yaml").write_text(STORY.replace("She shook", "She [/i] [sigh] shook") + "  [/i]\n", "utf-8")
    assert ending("plan", "s[draft].yaml") == 0
    assert "[/i]" in capsys.readouterr().out
    assert ending("check", "s[draft].yaml") == 0
    assert "s[draft].yaml: " in capsys.readouterr().out


@pytest.mark.parametrize("option", [("--height", "143"), ("--jobs", "0"), ("--fps", "1000")])
def test_options_that_cannot_be_met_end_with_code_2(
    option: tuple[str, str], here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ending("render", "mitten.yaml", *option) == 2
    assert option[0] in capsys.readouterr().err


def test_check_finds_a_voice_that_is_not_there(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = STORY.replace("pronouns: she}", "pronouns: she, voice: {espeak: nosuch}}")
    (here / "mitten.yaml").write_text(text, "utf-8")
    assert ending("check", "mitten.yaml") == 2
    assert "nosuch" in capsys.readouterr().err


def test_a_batch_tells_each_story_that_failed_once(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "bad1.yaml").write_text("title: T\n", "utf-8")
    assert ending("render", "bad1.yaml", "gone.yaml", "--quiet") == 2
    told = capsys.readouterr().err
    assert "2 of 2 films" in told
    assert told.count("bad1.yaml has a mistake") == 1
    assert told.count("There is no file gone.yaml") == 1


def test_a_choice_on_the_command_line_wins_over_the_story_even_auto(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "mitten.yaml").write_text(STORY + "narrator: nobody\n", "utf-8")
    assert ending("plan", "mitten.yaml") == 2
    assert "nobody" in capsys.readouterr().err
    assert ending("render", "mitten.yaml", "--narrator", "auto", "--illustrator", "paper", "--quiet") == 0

"""`storyforge check`: what is chosen for a story is looked at, too, and no server is needed for that."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from storyforge.commands.check import check
from storyforge.errors import BadStory, StoryforgeError
from tests.films import settings_for

GOOD = "title: Fox\nstory: A fox ran.\nnarrator: espeak\n"
MISSING = GOOD + "illustrator: {comfyui: {workflow: my-exprot.json}}\n"


def test_a_workflow_that_is_not_there_is_a_mistake_of_the_story(write: Any, tmp_path: Path) -> None:
    path = write("fox.yaml", MISSING)
    with pytest.raises(StoryforgeError, match=r"fox\.yaml: .*my-exprot\.json"):
        check([path], settings_for(tmp_path))


def test_a_shipped_workflow_is_none_and_no_server_is_asked(
    write: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    choice = "illustrator: {comfyui: {urls: 'http://127.0.0.1:9', workflow: flux2-klein-4b}}\n"
    check([write("fox.yaml", GOOD + choice)], settings_for(tmp_path))
    assert "no mistakes" in capsys.readouterr().out


def test_mistakes_of_several_files_are_told_together_and_the_good_ones_by_themselves(
    write: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = [write("good.yaml", GOOD), write("fox.yaml", MISSING), write("owl.yaml", GOOD.replace("espeak", "esspeak"))]
    with pytest.raises(BadStory, match=r"2 files have mistakes:") as caught:
        check(paths, settings_for(tmp_path))
    assert any("fox.yaml: " in line and "my-exprot.json" in line for line in caught.value.mistakes)
    assert capsys.readouterr().out.startswith(str(paths[0]))


def test_a_voice_of_another_narrators_is_told(write: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write("fox.yaml", GOOD + "cast: {mira: {voice: af_sky}, bo: {voice: grandpa}}\n")
    check([path], settings_for(tmp_path))
    [good, note] = capsys.readouterr().out.splitlines()
    assert "no mistakes" in good and note.startswith(f"{path}: mira speaks with +") and "espeak: +" in note


def test_a_voice_that_is_not_installed_is_told_however_it_is_written(
    write: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for voice in ("xx_XX-nobody-low", "{piper: xx_XX-nobody-low, pitch: 2}"):
        check([write("fox.yaml", GOOD + f"cast: {{mira: {{voice: {voice}}}}}\n")], settings_for(tmp_path))
        assert "get it: storyforge voices get xx_XX-nobody-low" in capsys.readouterr().out
    check([write("fox.yaml", GOOD + "cast: {mira: {voice: {piper: x, espeak: f4}}}\n")], settings_for(tmp_path))
    assert "speaks with" not in capsys.readouterr().out

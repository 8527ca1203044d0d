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


CAST = "cast:\n  mira:\n    voice: {espeak: granpda}\n  bo: {looks: a bear}\n  ida:\n    pronounce: (irish)\n"


def test_all_mistakes_of_voices_are_told_at_once_with_their_lines(write: Any, tmp_path: Path) -> None:
    path = write("fox.yaml", GOOD + CAST + "lexicon: {oui: (frensh)}\n")
    with pytest.raises(BadStory, match="3 mistakes") as caught:
        check([path], settings_for(tmp_path))
    voice, name, word = caught.value.mistakes
    assert ":6: cast.mira.voice – " in voice and "near it are: +grandpa" in voice
    assert ":9: cast.ida.pronounce – 'ida' is to be said as in 'irish'" in name and "did you mean ga?" in name
    assert ":10: lexicon.oui – " in word


def test_a_mistake_in_a_cast_file_has_its_line_there(write: Any, tmp_path: Path) -> None:
    write("family.yaml", "bo: {looks: a bear}\nmira:\n  voice: granpda\n")
    path = write("fox.yaml", GOOD + "cast: family.yaml\nlexicon: {oui: (irish)}\n")
    with pytest.raises(BadStory, match="2 mistakes") as caught:
        check([path], settings_for(tmp_path))
    assert "fox.yaml:5: lexicon.oui – " in caught.value.mistakes[0]
    assert "family.yaml:3: mira.voice – " in caught.value.mistakes[1]


def test_an_empty_pronounce_is_a_mistake(write: Any, tmp_path: Path) -> None:
    with pytest.raises(BadStory) as caught:
        check([write("fox.yaml", GOOD + 'cast:\n  mira:\n    pronounce: ""\n')], settings_for(tmp_path))
    assert "fox.yaml:6: cast.mira.pronounce – is empty" in caught.value.mistakes[0]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("title: Fox\nnarrator: espeak\nstory: ... !!! ☂\n", "nobody will say anything"),
        ("title: Fuchs\nnarrator: espeak\nstory: Es war einmal ein Fuchs, der war nicht groß und ging in den Wald, "
         "und die Eule sah ihn.\n", "the text looks like `de`, but is read as `en` – write `language: de`"),
        (GOOD + "cast: {bo: {voice: {recorded: voices/brnuo/}}}\n", "did you mean"),
    ],
)  # fmt: skip
def test_what_is_no_mistake_but_most_likely_not_meant_is_told(
    more: str, told: str, write: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "voices/bruno").mkdir(parents=True)
    check([write("fox.yaml", more)], settings_for(tmp_path))
    good, note = capsys.readouterr().out.splitlines()
    assert "no mistakes" in good and told in note and ("bruno/" in note or "did you mean" not in note)

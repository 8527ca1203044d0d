"""What the documents say is so: tables match the code, links lead somewhere, examples are valid, commands run."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from storyforge.cli import main
from storyforge.settings import load_settings
from storyforge.story_file import load_story
from tests.conftest import ROOT
from tests.documents import documents, filled
from tests.films import SMALL


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.name)
def test_tables_are_up_to_date(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text == filled(text), "run: make docs"


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", path.read_text("utf-8")):
        if not target.startswith("http"):
            assert (path.parent / target).exists(), target


def examples(language: str) -> list[tuple[str, str]]:
    found = []
    for path in documents():
        blocks = re.findall(rf"```{language}\n(.*?)```", path.read_text("utf-8"), re.DOTALL)
        found += [(f"{path.name}-{number}", block) for number, block in enumerate(blocks, 1)]
    return found


@pytest.mark.parametrize(("name", "text"), examples("yaml"), ids=lambda value: value if len(value) < 30 else "")
def test_every_example_of_a_file_is_valid(name: str, text: str, tmp_path: Path) -> None:
    path = tmp_path / "example.yaml"
    path.write_text(text, "utf-8")
    if "title:" in text:
        load_story(path)
    else:
        load_settings({}, path)


@pytest.mark.parametrize(("name", "text"), examples("python"), ids=lambda value: value if len(value) < 30 else "")
def test_every_example_of_code_runs(name: str, text: str) -> None:
    exec(compile(text, name, "exec"), {"__name__": name})


def test_the_commands_of_the_readme_run_in_their_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "storyforge.yaml").write_text(
        "".join(f"{k}: {v}\n" for k, v in {**SMALL, "illustrator": "paper"}.items()), "utf-8"
    )
    lines = [line for name, block in examples("sh") if name.startswith("README") for line in block.splitlines()]
    commands = [shlex.split(line)[1:] for line in lines if line.startswith("storyforge ")]
    assert len(commands) >= 7
    for command in commands:
        with pytest.raises(SystemExit) as caught:
            main(command)
        assert caught.value.code == 0, command
    assert (tmp_path / "output/the-lost-mitten/film.mp4").exists()


def test_what_make_film_makes_is_a_sample_story() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    story = re.search(r"^STORY \?= (.+)$", makefile, re.MULTILINE)
    assert story is not None
    assert (ROOT / story[1]).exists()

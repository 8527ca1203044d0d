"""`storyforge why` of pictures that are changed after they are drawn, and of drafts."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from storyforge.commands import scene
from storyforge.commands.why import why
from storyforge.film import make_film
from storyforge.output import output_for
from storyforge.runner import LocalRunner
from storyforge.settings import Settings, crew_for
from storyforge.store import Store
from storyforge.story_file import load_story
from tests.fakes import FakeComfyUI
from tests.films import settings_for

STORY = (
    "title: Fox\nscenes: [{text: A fox ran into the forest., action: A fox runs}, {text: It slept., action: A den}]\n"
)


@pytest.fixture
def comfyui() -> Iterator[FakeComfyUI]:
    with FakeComfyUI() as server:
        yield server


@pytest.fixture
def path(write: Any) -> Path:
    written: Path = write("fox.yaml", STORY)
    return written


def drawn_by(server: FakeComfyUI, path: Path, *, upscale: str = "", **more: Any) -> Settings:
    choice = {"comfyui": {"urls": server.url, "upscale": upscale}}
    return settings_for(path.parent, illustrator=choice, narrator="espeak", **more)


def render(path: Path, settings: Settings) -> None:
    file = load_story(path)
    with LocalRunner(Store(settings.store_folder)) as runner:
        asyncio.run(make_film(file, settings, crew_for(file, settings, {}), runner, output_for(settings, file.name)))


def repair(path: Path, settings: Settings, words: str) -> None:
    scene.repair(scene.desk(path, settings, {}), 1, words, None, None, 0.5, None)


def edit(settings: Settings, before: str, after: str) -> None:
    board = settings.film_folder("fox") / "storyboard.yaml"
    text = board.read_text("utf-8")
    assert before in text
    board.write_text(text.replace(before, after), "utf-8")


def told(path: Path, settings: Settings, capsys: pytest.CaptureFixture[str], number: int = 1) -> str:
    capsys.readouterr()
    why(number, path, settings, {})
    return capsys.readouterr().out


def states(shown: str) -> list[str]:
    """The lines that begin with a stage."""
    return [line for line in shown.splitlines() if line.startswith(("draw: ", "retouch: ", "enlarge: "))]


def test_a_repair_that_is_in_the_film_is_up_to_date(
    path: Path, comfyui: FakeComfyUI, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = drawn_by(comfyui, path)
    render(path, settings)
    repair(path, settings, "a paw with four toes")
    render(path, settings)
    draw, retouch = states(told(path, settings, capsys))
    assert draw.startswith("draw: up to date") and retouch.startswith("retouch: up to date")


def test_the_words_of_a_repair_are_compared_with_those_it_was_made_by(
    path: Path, comfyui: FakeComfyUI, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = drawn_by(comfyui, path)
    render(path, settings)
    repair(path, settings, "a paw with four toes")
    repair(path, settings, "a longer tail")
    render(path, settings)
    edit(settings, "four toes", "five toes")
    shown = told(path, settings, capsys)
    [draw, retouch] = states(shown)[:2]
    assert draw.startswith("draw: up to date") and retouch.endswith("would be made again")
    assert "a paw with four toes" in (changed := next(line for line in shown.splitlines() if "≠" in line))
    assert "→" in changed and "a paw with five toes" in changed
    assert states(shown)[2] == "retouch: has to wait for the picture before it"
    assert len(states(told(path, settings, capsys, 2))) == 1


def test_the_size_that_pictures_are_enlarged_to_is_compared(
    path: Path, comfyui: FakeComfyUI, capsys: pytest.CaptureFixture[str]
) -> None:
    smaller, larger = (drawn_by(comfyui, path, height=height, upscale="upscale-esrgan") for height in (1440, 2160))
    render(path, smaller)
    draw, enlarge = states(told(path, smaller, capsys))
    assert draw.startswith("draw: up to date") and enlarge.startswith("enlarge: up to date")
    shown = told(path, larger, capsys)
    assert "≠ size.2: 1680 → 2520" in shown and states(shown)[1].endswith("would be made again")


def test_a_draft_is_told_of_by_itself(path: Path, comfyui: FakeComfyUI, capsys: pytest.CaptureFixture[str]) -> None:
    film, draft = drawn_by(comfyui, path), drawn_by(comfyui, path, draft=True)
    render(path, draft)
    shown = told(path, film, capsys)
    assert f"only a draft of this film: storyforge why 1 {path} --draft" in shown and "draw: not made yet" in shown
    [draw] = states(told(path, draft, capsys))
    assert draw.startswith("draw: up to date")

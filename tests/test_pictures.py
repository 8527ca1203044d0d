"""Only what has to be drawn is asked about, and one scene's trouble is that scene's."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from storyforge.commands import scene
from storyforge.errors import BackendFailed, ScenesFailed
from storyforge.film import FilmMaker, storyboard_of
from storyforge.output import output_for
from storyforge.runner import LocalRunner
from storyforge.settings import Settings, crew_for
from storyforge.store import Store
from storyforge.story_file import load_story
from tests.fakes import Fail, FakeComfyUI
from tests.test_comfyui_film import LORAS, STORY, render


@pytest.fixture
def comfyui() -> Iterator[FakeComfyUI]:
    with FakeComfyUI(models=LORAS, accept_any_file=True) as server:
        yield server


def without(name: str) -> dict[str, Any]:
    return {"loras": {each: data for each, data in LORAS["loras"].items() if each != f"{name}.safetensors"}}


def test_a_scene_is_drawn_again_though_another_ones_lora_is_gone(write: Any, comfyui: FakeComfyUI) -> None:
    path = write("fox.yaml", STORY)
    render(path, [comfyui])
    with FakeComfyUI(models=without("mira")) as other:
        settings = settings_at(path, other)
        scene.redraw(scene.desk(path, settings, {}), 1, None, None)
        assert len(other.drawn) == 1
        with pytest.raises(BackendFailed, match="mira"):
            scene.redraw(scene.desk(path, settings, {}), 2, None, None)


def test_only_what_a_changed_film_lacks_has_to_be_there(write: Any, comfyui: FakeComfyUI) -> None:
    path = write("fox.yaml", STORY)
    render(path, [comfyui])
    path.write_text(STORY.replace("The moon rises", "The moon sets"), "utf-8")
    with FakeComfyUI(models=without("mira")) as other:
        render(path, [other])
        assert len(other.drawn) == 1


def test_a_portrait_that_may_not_be_read_stops_its_own_scenes_alone(write: Any, comfyui: FakeComfyUI) -> None:
    path = write("tale/fox.yaml", STORY)
    Image.effect_noise((64, 96), 50).convert("RGB").save(path.parent.parent / "outside.png")
    (path.parent / "portraits").mkdir()
    (path.parent / "portraits/mira.png").symlink_to(path.parent.parent / "outside.png")
    with pytest.raises(ScenesFailed, match=r"(?s)scene 2, scene 3: .*outside"):
        render(path, [comfyui], comfyui={"workflow": "flux2-klein-4b"})
    assert len(comfyui.drawn) == 2


def test_a_picture_drawn_smaller_by_leave_is_not_one_that_was_drawn_large(write: Any, comfyui: FakeComfyUI) -> None:
    path = write("fox.yaml", STORY)
    comfyui.failures = [Fail.out_of_memory()] * 4
    settings = render(path, [comfyui], comfyui={"shrink": True})
    shrunk = sizes(settings)
    assert len(shrunk) > 1
    render(path, [comfyui])
    assert sizes(settings) == {(1280, 720)}


def test_a_chain_ends_with_the_first_picture_that_has_yet_to_be_made(write: Any, comfyui: FakeComfyUI) -> None:
    path = write("fox.yaml", STORY)
    settings = settings_at(path, comfyui, upscale="upscale-esrgan", height=1440)
    assert stages(path, settings) == [("draw", False)]
    render(path, [comfyui], height=1440, comfyui={"upscale": "upscale-esrgan"})
    assert stages(path, settings) == [("draw", True), ("enlarge", True)]
    scene.repair(scene.desk(path, settings, {}), 1, "a tree", None, "90,90,400,400", None, None)
    assert stages(path, settings) == [("draw", True), ("retouch", True), ("enlarge", True)]


def settings_at(path: Path, server: FakeComfyUI, height: int = 144, **more: Any) -> Settings:
    choice = {"comfyui": {"urls": server.url, **more}}
    given = {"illustrator": choice, "narrator": "espeak", "height": height, "fps": 12, "preset": "ultrafast"}
    return Settings.model_validate({**given, "output": str(path.parent / "output")}, strict=False)


def stages(path: Path, settings: Settings) -> list[tuple[str, bool]]:
    """Of scene 1's picture: each stage, and whether it is made."""
    file, output = load_story(path), output_for(settings, path.stem)
    crew = crew_for(file, settings, {})
    with LocalRunner(Store(settings.store_folder)) as runner:
        board = asyncio.run(storyboard_of(file, crew, runner, output))
        maker = FilmMaker(file, board, settings, crew, runner, output)
        return [(task.stage, made is not None) for task, made in maker.pictures.chain(1)]


def sizes(settings: Settings) -> set[tuple[int, int]]:
    found = set()
    for path in (settings.film_folder("fox") / "pictures").glob("*.png"):
        with Image.open(path) as image:
            found.add(image.size)
    return found


def test_a_picture_that_guides_reaches_the_workflows_that_look_at_one(write: Any, comfyui: FakeComfyUI) -> None:
    path = write("fox.yaml", STORY)
    with pytest.raises(ScenesFailed, match=r"control: pose\.png"):
        render(path, [comfyui], comfyui={"workflow": "sdxl-pose"})
    assert comfyui.drawn == []
    Image.effect_noise((64, 36), 50).convert("RGB").save(path.parent / "pose.png")
    board = path.parent / "output/fox/storyboard.yaml"
    board.write_text(board.read_text("utf-8").replace("  place:", "  control: pose.png\n  place:"), "utf-8")
    render(path, [comfyui], comfyui={"workflow": "sdxl-pose"})
    assert len(comfyui.drawn) == 4
    Image.effect_noise((64, 36), 60).convert("RGB").save(path.parent / "pose.png")
    render(path, [comfyui], comfyui={"workflow": "sdxl-pose"})
    assert len(comfyui.drawn) == 8

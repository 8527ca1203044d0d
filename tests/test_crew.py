"""Who makes a film: flags before the story, the story before the settings file, and `auto` never a step down."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from storyforge.errors import BadSettings, BadStory, UnknownName
from storyforge.illustration.comfyui import catalogue
from storyforge.illustration.comfyui.illustrator import ComfyUI
from storyforge.illustration.paper import Paper
from storyforge.settings import Settings, crew_for
from storyforge.story import Lora, Story
from storyforge.story_file import StoryFile, load_story
from storyforge.storyboard import Brief, Scene, Storyboard, brief_for
from tests.fakes import FakeComfyUI

NOBODY = "http://127.0.0.1:9"  # the discard port: nothing answers there


def file(illustrator: Any = "auto") -> StoryFile:
    story = Story.model_validate({"title": "Fox", "story": "A fox.", "illustrator": illustrator}, strict=False)
    return StoryFile(Path("/stories/fox.yaml"), story)


def settings(illustrator: Any = "auto", **more: Any) -> Settings:
    return Settings.model_validate({"illustrator": illustrator, **more}, strict=False)


def illustrator(story: Any = "auto", ours: Any = "auto", flag: str | None = None, **more: Any) -> Any:
    return crew_for(file(story), settings(ours, **more), {"illustrator": flag, "narrator": "espeak"}).illustrator


def test_a_story_chooses_the_workflow_and_the_settings_file_the_servers() -> None:
    chosen = illustrator({"comfyui": {"workflow": "sdxl"}}, {"comfyui": {"urls": [NOBODY], "workflow": "flux2-dev"}})
    assert isinstance(chosen, ComfyUI)
    assert (chosen.urls, chosen.workflow) == ((NOBODY,), "sdxl")


def test_a_choice_by_name_alone_keeps_the_settings_of_the_settings_file() -> None:
    ours = {"comfyui": {"urls": NOBODY}}
    assert illustrator("comfyui", ours).urls == (NOBODY,)
    assert illustrator("paper", ours, flag="comfyui").urls == (NOBODY,)


def test_settings_of_one_back_end_are_none_of_another() -> None:
    assert isinstance(illustrator("paper", {"comfyui": {"urls": NOBODY}}), Paper)


@pytest.mark.parametrize("field", ["start", "headers", "folder"])
def test_a_story_from_somebody_else_starts_no_programs_and_sends_no_secrets(field: str) -> None:
    given: Any = {"headers": {"X": "${HOME}"}}.get(field, "rm -rf /")
    with pytest.raises(BadSettings, match=f"may not set `{field}`.*--outside"):
        illustrator({"comfyui": {field: given}})
    assert getattr(illustrator({"comfyui": {field: given}}, outside=True), field) == given
    assert getattr(illustrator("comfyui", {"comfyui": {field: given}}), field) == given


def test_a_story_that_names_its_own_servers_gets_none_of_the_users_secrets() -> None:
    ours = {
        "comfyui": {"urls": NOBODY, "headers": {"Authorization": "Bearer ${TOKEN}"}, "start": "comfy", "keep": "2h"}
    }
    theirs = {"comfyui": {"urls": "http://evil.example:8188"}}
    chosen = illustrator(theirs, ours)
    assert (chosen.headers, chosen.start, chosen.keep) == ({}, "", "2h")
    assert illustrator(theirs, ours, outside=True).headers == ours["comfyui"]["headers"]
    assert illustrator({"comfyui": {"workflow": "sdxl"}}, ours).headers == ours["comfyui"]["headers"]


def test_auto_takes_paper_where_no_comfyui_answers_and_says_why() -> None:
    ours = {"illustrator": {"comfyui": {"urls": NOBODY}}}
    crew = crew_for(file(), Settings.model_validate({**ours, "planner": "auto"}, strict=False), {"illustrator": "auto"})
    assert isinstance(crew.illustrator, Paper)
    assert any("paper (not comfyui: " in reason and "127.0.0.1:9" in reason for reason in crew.reasons)


def test_auto_goes_no_step_down_for_a_film_that_was_drawn_by_a_better_one() -> None:
    assert isinstance(crew_for(file(), settings(), {}, "comfyui").illustrator, ComfyUI)
    assert isinstance(crew_for(file("paper"), settings(), {}, "comfyui").illustrator, Paper)


def test_auto_takes_no_settings() -> None:
    with pytest.raises(BadSettings, match="auto takes no settings"):
        illustrator({"auto": {"workflow": "sdxl"}})


def test_a_draft_is_drawn_with_fewer_pixels_or_the_workflow_for_drafts() -> None:
    small = illustrator({"comfyui": {"workflow": "z-image-turbo-aio", "upscale": "upscale-esrgan"}}, draft=True)
    assert 0.2 < small.megapixels < 0.5 and small.upscale == ""
    other = illustrator({"comfyui": {"workflow": "sdxl", "draft": "sdxl-turbo", "set": {"steps": 50}}}, draft=True)
    assert other.workflow == "sdxl-turbo" and other.set == {}


def test_a_draft_lies_in_a_folder_of_its_own_and_is_no_taller_than_540() -> None:
    drawn, rough = settings(), settings(draft=True)
    assert drawn.film_folder("fox") != rough.film_folder("fox")
    assert (drawn.film_height, rough.film_height, settings(draft=True, height=360).film_height) == (1080, 540, 360)


def test_a_draft_is_drawn_by_its_own_workflow_also_after_another_was_looked_at() -> None:
    looked_at = ComfyUI(workflow="sdxl", draft="sdxl-turbo")
    assert looked_at.request(a_brief(), {}).workflow.name == "sdxl"
    drawn = looked_at.drafted().request(a_brief(), {})
    assert drawn.workflow.name == "sdxl-turbo"


def test_a_workflow_that_a_story_names_lies_beside_the_story(tmp_path: Path) -> None:
    shutil.copy(catalogue.path("sdxl"), tmp_path / "mine.json")
    (tmp_path / "tale").mkdir()
    story = file({"comfyui": {"workflow": {0: "mine.json"}, "repair": "mine.json"}}).story
    here, below = StoryFile(tmp_path / "fox.yaml", story), StoryFile(tmp_path / "tale/fox.yaml", story)
    found: Any = crew_for(here, settings(), {}).illustrator
    assert found.workflow == {0: str(tmp_path / "mine.json")} and found.repair == str(tmp_path / "mine.json")
    with pytest.raises(BadStory, match=r"no file 'mine\.json'"):
        crew_for(below, settings(), {})


@pytest.mark.parametrize("name", ["../mine.json", "{folder}/mine.json", "link.json", "..\\mine.JSON"])
def test_a_story_from_somebody_else_reads_no_workflow_of_the_users(name: str, tmp_path: Path) -> None:
    shutil.copy(catalogue.path("sdxl"), tmp_path / "mine.json")
    (tmp_path / "tale").mkdir()
    (tmp_path / "tale/link.json").symlink_to(tmp_path / "mine.json")
    for field in ("workflow", "draft", "repair", "redraw", "upscale"):
        theirs = file({"comfyui": {field: name.format(folder=tmp_path)}}).story
        with pytest.raises(BadStory, match=r"outside the story's folder|no file"):
            crew_for(StoryFile(tmp_path / "tale/fox.yaml", theirs), settings(), {})
    ours = {"comfyui": {"workflow": str(tmp_path / "mine.json")}}
    assert isinstance(crew_for(file("comfyui"), settings(ours), {}).illustrator, ComfyUI)


def test_a_workflow_that_is_not_there_is_told_without_a_server() -> None:
    assert "did you mean sdxl" in ComfyUI(workflow="sdxll").mistakes()
    assert "gone.json" in ComfyUI(upscale="/nowhere/gone.json").mistakes()
    assert ComfyUI(upscale="upscale-esrgan", workflow={0: "sdxl", 1: "flux2-klein-4b-1ref"}).mistakes() == ""


def a_brief() -> Brief:
    return brief_for(file().story, Storyboard(scenes=()), Scene(text="A fox."), (298, 168))


def test_wrong_settings_are_told_with_those_that_there_are() -> None:
    with pytest.raises(BadSettings, match=r"its settings are: urls.*workflow"):
        illustrator({"comfyui": {"url": NOBODY}})
    with pytest.raises(BadSettings, match="keep"):
        illustrator("comfyui", {"comfyui": {"keep": "a while"}})
    with pytest.raises(UnknownName, match="comfyui, paper"):
        illustrator("comfy")


def test_auto_takes_no_comfyui_that_would_take_minutes_a_picture(comfyui: FakeComfyUI) -> None:
    chosen = ComfyUI(urls=(comfyui.url,))
    assert chosen.suits(file().story) == "" and "draws on" in chosen.described()
    with FakeComfyUI(device="cpu") as slow:
        chosen = ComfyUI(urls=(slow.url,))
        assert "no graphics card" in chosen.suits(file().story)
        assert chosen.check() == "" and "minutes a picture" in chosen.described()


def test_a_lora_may_be_named_by_its_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("title: A\ncast: {mira: {lora: mira.safetensors}}\nstory: Hello Mira.\n", "utf-8")
    assert load_story(path).story.cast["mira"].lora == Lora(file="mira.safetensors")

"""Fills the tables of docs/ from the code: `python -m tests.documents`. A test holds that they are up to date."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic_core import PydanticUndefined
from typer import Typer

from storyforge import errors
from storyforge.cli import app
from storyforge.illustration.comfyui.illustrator import ComfyUI
from storyforge.narration.http_speech import HttpSpeech
from storyforge.planning.chat.planner import Chat
from storyforge.runner import Event
from storyforge.settings import Settings
from storyforge.story import Character, Lora, NamedStyle, Story, Style, WrittenScene
from storyforge.storyboard import Actor, Repair, Scene
from storyforge.styles import shipped
from tests.conftest import ROOT

TOLD = (
    Story,
    Character,
    Lora,
    Style,
    NamedStyle,
    WrittenScene,
    Scene,
    Actor,
    Repair,
    Settings,
    ComfyUI,
    Chat,
    HttpSpeech,
    Event,
)
MODELS: dict[str, type[BaseModel]] = {each.__name__: each for each in TOLD}
MARKED = re.compile(r"<!-- (fields: (\w+)|commands|styles|exit codes) -->\n.*?<!-- end -->", re.DOTALL)


def documents() -> list[Path]:
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def filled(text: str) -> str:
    return MARKED.sub(lambda match: "\n".join((f"<!-- {match[1]} -->", *_table(match), "<!-- end -->")), text)


def _table(match: re.Match[str]) -> Iterator[str]:
    if match[2]:
        yield from ("| field | what | default |", "| --- | --- | --- |")
        yield from _fields(MODELS[match[2]])
    elif match[1] == "commands":
        yield from ("| command | what it does |", "| --- | --- |")
        yield from _commands(app, "storyforge")
    elif match[1] == "styles":
        yield from ("| style | what it looks like | colours | music | drawn by |", "| --- | --- | --- | --- | --- |")
        for name, style in shipped().items():
            by = ", ".join(f"`{each}`" for each in style.models)
            yield f"| `{name}` | {style.about} | {', '.join(style.palette)} | {style.music} | {by} |"
    else:
        yield from ("| code | when |", "| --- | --- |")
        yield "| 0 | all is well |"
        for code, when in re.findall(r"[├└]── \w+ +(\d+) +(.*)", errors.__doc__ or ""):
            yield f"| {code} | {when} |"
        yield "| 70 | a bug in storyforge: a log file to paste is named |"


def _commands(group: Typer, path: str) -> Iterator[str]:
    for command in group.registered_commands:
        assert command.callback is not None
        yield f"| `{path} {command.name or command.callback.__name__}` | {inspect.getdoc(command.callback)} |"
    for inner in group.registered_groups:
        assert inner.typer_instance is not None
        yield from _commands(inner.typer_instance, f"{path} {inner.name}")


def _fields(model: type[BaseModel]) -> Iterator[str]:
    for name, info in model.model_fields.items():
        if info.exclude:  # not for the user
            continue
        yield f"| `{name}` | {info.description or ''} | {_default(info.default)} |"


def _default(value: Any) -> str:
    if value is PydanticUndefined:
        return "needed"
    if isinstance(value, BaseModel):
        return ", ".join(f"{k}: {v}" for k, v in value.model_dump(exclude_defaults=False).items() if v not in ("", ()))
    if value and isinstance(value, tuple):
        return ", ".join(f"`{each}`" for each in value)
    return "" if value in ("", None, (), {}) else f"`{str(value).lower() if isinstance(value, bool) else value}`"


def main() -> None:
    for path in documents():
        path.write_text(filled(path.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()

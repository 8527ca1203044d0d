"""The house stands on itself: imports go one way, siblings do not know each other, back-ends never see the store."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

LAYERS = [
    {"errors", "value", "memory", "cores"},
    {
        "files",
        "speech",
        "quotes",
        "speech_words",
        "full_stops",
        "sentences",
        "passages",
        "languages",
        "word_diff",
        "naming",
        "keeper",
        "web",
    },
    {
        "story",
        "storyboard",
        "plate",
        "directing",
        "editing",
        "manner",
        "telling",
        "timeline",
        "yaml_file",
        "styles",
        "story_file",
        "board_file",
        "cast_yaml",
        "cast_writing",
        "wording_file",
        "changes",
    },
    {"backend", "readings", "settings", "store", "ledger", "output"},
    {"planning", "illustration", "narration", "rendering"},
    {"tasks", "picture_tasks", "rewording_task"},
    {"runner", "farm"},
    {"wording", "rewording", "shots", "pictures", "film", "portraits", "training"},
    {"studio", "progress", "preview"},
    {"commands"},
    {"cli"},
]
HEIGHT = {name: height for height, layer in enumerate(LAYERS) for name in layer}
SIBLINGS = LAYERS[4]
PACKAGE = ROOT / "storyforge"


def modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def room(path: Path) -> str:
    """errors.py -> errors; planning/rules.py -> planning."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> Iterator[str]:
    """Full names of what a module imports of storyforge, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("storyforge"):
            yield from (_module(f"{node.module}.{each.name}") for each in node.names)
        elif isinstance(node, ast.Import):
            yield from (each.name for each in node.names if each.name.startswith("storyforge"))


def _module(name: str) -> str:
    """`a.b.thing` -> `a.b`, unless `thing` is a module itself."""
    path = ROOT.joinpath(*name.split("."))
    return name if path.is_dir() or path.with_suffix(".py").exists() else name.rpartition(".")[0]


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_down_and_never_across(path: Path) -> None:
    mine = room(path)
    for name in imported(path):
        other = name.split(".")[1] if "." in name else ""
        if other and other != mine:
            assert HEIGHT[other] <= HEIGHT[mine], f"{mine} may not import {name}"
            assert not {mine, other} <= SIBLINGS, f"{mine} may not import its sibling {name}"


@pytest.mark.parametrize("path", [p for p in modules() if room(p) in SIBLINGS], ids=lambda p: str(p.name))
def test_back_ends_never_see_the_store(path: Path) -> None:
    assert not {"storyforge.store", "storyforge.output", "storyforge.settings"} & set(imported(path))


def test_no_module_imports_itself_in_a_circle() -> None:
    names = {".".join(p.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): p for p in modules()}
    graph = {name: {each for each in imported(path) if each in names} - {name} for name, path in names.items()}
    while leaves := [name for name, needs in graph.items() if not needs & graph.keys()]:
        for leaf in leaves:
            del graph[leaf]
    assert graph == {}


def test_every_module_has_a_place_in_the_house() -> None:
    assert {room(path) for path in modules()} <= set(HEIGHT)

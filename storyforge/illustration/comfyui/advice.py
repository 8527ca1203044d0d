"""Settings that are wrong for a model, though every server takes them. Told once, before the first picture."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from storyforge.illustration.comfyui.entry import Entry
from storyforge.illustration.comfyui.job import Graph

SMALL = 0.2
"""Of the pixels a model was made for: below it, not even a draft is worth looking at."""


def advice(entry: Entry, graph: Graph, negative: str = "") -> tuple[str, ...]:
    """A sentence each. `graph` is filled; `negative` is what the story's style asks not to see."""
    found = (*_steps(entry, graph), *_cfg(entry, graph), *_negative(entry, graph, negative), *_size(entry, graph))
    return (*found, *_licence(entry))


def _steps(entry: Entry, graph: Graph) -> Iterator[str]:
    if entry.steps_range is None:
        return
    least, most = entry.steps_range
    for steps in numbers_of(graph, "steps"):
        if steps > most:
            yield f"{_model(entry)} is done after {entry.steps} steps: {steps:g} cost time and make nothing better"
        elif steps < least:
            yield f"{steps:g} steps are too few for {_model(entry)}: take {entry.steps}"


def _cfg(entry: Entry, graph: Graph) -> Iterator[str]:
    if entry.cfg_range is None:
        return
    least, most = entry.cfg_range
    for cfg in numbers_of(graph, "cfg"):
        if least == most and cfg != most:
            yield f"{_model(entry)} is made for CFG {most:g}: at {cfg:g} pictures look burnt and take twice as long"
        elif cfg > most:
            yield f"CFG {cfg:g} is too high for {_model(entry)}, pictures look burnt: take {entry.cfg:g}"
        elif cfg < least:
            yield f"CFG {cfg:g} is too low for {_model(entry)}, pictures look dull: take {entry.cfg:g}"


def _negative(entry: Entry, graph: Graph, negative: str) -> Iterator[str]:
    if not negative.strip() or entry.kind == "upscale":
        return
    if not entry.negative:
        yield f"What the style does not want to see has no effect with {_model(entry)}: say what is to be seen instead"
    elif set(numbers_of(graph, "cfg")) == {1.0}:
        yield "What the style does not want to see has no effect at CFG 1"


def _size(entry: Entry, graph: Graph) -> Iterator[str]:
    for width, height in _sizes(graph):
        millions = width * height / 1e6
        if width % entry.grid or height % entry.grid:
            right = f"{_on(width, entry.grid)}×{_on(height, entry.grid)}"
            yield f"{width}×{height} is off the grid of {_model(entry)}, multiples of {entry.grid}: take {right}"
        if millions > (most := (entry.megapixels_max or 1.5 * entry.megapixels) * 1.02):
            yield f"{width}×{height} is too large for {_model(entry)}, things get doubled: up to {most:.1f} megapixels"
        elif millions < SMALL * entry.megapixels:
            yield f"{width}×{height} is too small for {_model(entry)}, made for {entry.megapixels:.1f} megapixels"


def _licence(entry: Entry) -> Iterator[str]:
    if entry.commercial == "no":
        yield f"{_model(entry)} is not for commercial use: its licence is {entry.licence}"


def _model(entry: Entry) -> str:
    return entry.title.split(",")[0].split(" with ")[0].split(" in ")[0]


def _on(side: int, grid: int) -> int:
    return max(1, round(side / grid)) * grid


def numbers_of(graph: Graph, name: str) -> list[float]:
    """Different values of the inputs of this name, without links."""
    values = [node["inputs"].get(name) for node in graph.values()]
    return list(dict.fromkeys(float(value) for value in values if _is_number(value)))


def _sizes(graph: Graph) -> list[tuple[int, int]]:
    """Of the empty pictures that drawing starts from."""
    starts = [node["inputs"] for node in graph.values() if str(node["class_type"]).startswith("Empty")]
    sides = [(inputs.get("width"), inputs.get("height")) for inputs in starts]
    return list(dict.fromkeys((int(w), int(h)) for w, h in sides if _is_number(w) and _is_number(h)))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)

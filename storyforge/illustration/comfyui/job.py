"""One picture asked of a ComfyUI server."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Graph = dict[str, dict[str, Any]]
"""A workflow in API form: node id -> {"class_type": …, "inputs": {…}, "_meta": {"title": …}}."""


@dataclass(frozen=True)
class Job:
    """A filled graph with all that is needed to run it and to know its picture again.

    `id` is a canonical lowercase UUID made of everything that was asked. So a job that a killed program left on a
    server is found there by the next run, and its picture is fetched instead of drawn again.
    """

    id: str
    graph: Graph
    output: str
    """Id of the node whose picture is wanted."""
    size: tuple[int, int] | None = None
    """(width, height) in pixels that was asked for; None where the graph decides."""
    exact: bool = True
    """Whether the picture must have just that size. If not, the graph may enlarge it: then its shape is what counts."""
    uploads: dict[str, bytes] = field(default_factory=dict)
    """Name under which the graph's inputs ask for a picture -> its bytes."""
    loras: dict[str, str] = field(default_factory=dict)
    """Id of each node that loads a LoRA -> the LoRA's file name."""
    setup: str = ""
    """What has to be loaded for it (models, LoRAs): jobs alike in it are best drawn one after another."""
    again: Job | None = None
    """The same picture under another id, for when this one came back spoiled."""
    smaller: Job | None = None
    """What may be drawn instead when memory runs out."""
    depth: str = ""
    """Id of the node that saves the picture's depth map; '' if none does."""
    white_is_far: bool = False
    """Of the depth map: else white is near."""

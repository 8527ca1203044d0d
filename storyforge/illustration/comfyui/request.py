"""What is asked of ComfyUI for one picture. Equal requests are one picture, on whichever server, in whichever run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from storyforge.illustration.comfyui.breaks import encoded_in_parts
from storyforge.illustration.comfyui.filling import fill
from storyforge.illustration.comfyui.job import Graph, Job
from storyforge.illustration.comfyui.sizes import size_for
from storyforge.illustration.comfyui.sizing import size_made
from storyforge.illustration.comfyui.workflow import Workflow
from storyforge.illustration.prompts import Weighed
from storyforge.story import Lora
from storyforge.value import canonical_json, digest

SMALLER = 4 / 5  # of width and height, when memory ran out: 1280 × 720 becomes 1024 × 576
PREFIX = "storyforge"
"""Folder of our pictures among the server's outputs."""


@dataclass(frozen=True)
class Request:
    """A workflow with what is put into its slots. `pictures`: slot (ref1, image, mask) -> digest of its bytes."""

    workflow: Workflow
    values: Mapping[str, str | int | float]
    loras: tuple[Lora, ...] = ()
    pictures: tuple[tuple[str, str], ...] = ()

    def account(self) -> dict[str, Any]:
        """All that decides the picture, as plain data. The workflow counts by its content, not by its name."""
        return {
            "workflow": self.workflow.digest,
            **self.values,
            "loras": [lora.model_dump(include={"file", "strength"}) for lora in self.loras],
            "pictures": dict(self.pictures),
        }

    def job(self, pictures: Mapping[str, bytes], *, may_shrink: bool) -> Job:
        """The job for a server. `pictures`: slot -> bytes."""
        smaller = self._smaller().job(pictures, may_shrink=False) if may_shrink and self.size else None
        again = replace(self._job(pictures, attempt=2), smaller=smaller)
        return replace(self._job(pictures), again=again, smaller=smaller)

    @property
    def size(self) -> tuple[int, int] | None:
        if {"width", "height"} <= self.values.keys():
            return int(self.values["width"]), int(self.values["height"])
        return None

    @property
    def setup(self) -> str:
        """What has to be loaded for it, as a few letters."""
        used = [lora.model_dump(include={"file", "strength"}) for lora in self.loras]
        return digest(canonical_json([self.workflow.digest, used]))[:8]

    def _smaller(self) -> Request:
        assert self.size is not None
        width, height = size_for(None, self.size, self.size[0] * self.size[1] * SMALLER**2 / 1e6)
        return replace(self, values={**self.values, "width": width, "height": height})

    def graph(self) -> Graph:
        """The filled graph, as a server would get it, of pictures that it need not have yet."""
        return self._job({slot: b"" for slot, _ in self.pictures}).graph

    def _job(self, pictures: Mapping[str, bytes], attempt: int = 1) -> Job:
        uploads = {slot: f"{PREFIX}-{found}.png" for slot, found in self.pictures}
        name = self._name({**self.values, **uploads}, attempt)
        graph, loras = self._filled({**self.values, **uploads}, f"{PREFIX}/{name}")
        return Job(
            id=name,
            graph=graph,
            output=self.workflow.output,
            depth=self.workflow.depth,
            white_is_far=self.workflow.white_is_far,
            size=self.size,
            exact=size_made(graph, self.workflow.output) == self.size,
            uploads={uploads[slot]: pictures[slot] for slot in uploads},
            loras=loras,
            setup=self.setup,
        )

    def _name(self, values: Mapping[str, str | int | float], attempt: int) -> str:
        """The job's id, a canonical UUID: a digest of all that the server is asked for, without titles and prefix."""
        graph, _ = self._filled(values, PREFIX)
        asked = {node: [each["class_type"], each["inputs"]] for node, each in graph.items()}
        return str(UUID(digest(canonical_json([asked, attempt]))))

    def _filled(self, values: Mapping[str, str | int | float], prefix: str) -> tuple[Graph, dict[str, str]]:
        """The graph for a server, and {node id: file} of each LoRA in it."""
        graph, loras = fill(self.workflow, values, self.loras, prefix)
        if isinstance(values.get("prompt"), Weighed):
            graph = encoded_in_parts(graph, self.workflow.slots["prompt"])
        return graph, loras

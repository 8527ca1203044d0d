"""What is asked of ComfyUI for one picture. Equal requests are one picture, on whichever server, in whichever run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from storyforge.illustration.comfyui.job import Graph, Job
from storyforge.illustration.comfyui.workflow import Workflow, fill
from storyforge.story import Lora
from storyforge.value import canonical_json, digest

SMALLER = 3 / 4  # of width and height, when memory ran out: a little more than half the pixels
GRID = 16  # pixels: what all models of the catalogue divide by
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
        again = self._job(pictures, attempt=2)
        smaller = self._smaller()._job(pictures) if may_shrink and self.size else None
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
        width, height = (max(GRID, round(side * SMALLER / GRID) * GRID) for side in self.size)
        return replace(self, values={**self.values, "width": width, "height": height})

    def graph(self) -> Graph:
        """The filled graph, as a server would get it, of pictures that it need not have yet."""
        return self._job({slot: b"" for slot, _ in self.pictures}).graph

    def _job(self, pictures: Mapping[str, bytes], attempt: int = 1) -> Job:
        asked = [self.account(), attempt] if attempt > 1 else self.account()
        name = str(UUID(digest(canonical_json(asked))))
        uploads = {slot: f"{PREFIX}-{found}.png" for slot, found in self.pictures}
        graph, loras = fill(self.workflow, {**self.values, **uploads}, self.loras, f"{PREFIX}/{name}")
        return Job(
            id=name,
            graph=graph,
            output=self.workflow.output,
            size=self.size,
            uploads={uploads[slot]: pictures[slot] for slot in uploads},
            loras=loras,
            setup=self.setup,
        )

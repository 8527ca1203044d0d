"""Which workflow draws what: shipped ones by their names, the user's own files, and those that belong together."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from storyforge.errors import BadSettings
from storyforge.illustration.comfyui import catalogue
from storyforge.illustration.comfyui.catalogue import Entry
from storyforge.illustration.comfyui.workflow import Workflow, load


class Chosen:
    """`workflow` is a name or file, or one for each number of reference pictures; `others`: what retouches, '' if none
    is set.
    """

    def __init__(self, workflow: str | Mapping[int, str], others: Mapping[str, str]) -> None:
        self._workflow, self._others = workflow, others
        self._files: dict[str, Workflow] = {}

    @cached_property
    def names(self) -> Mapping[int, str]:
        """Number of reference pictures -> the workflow that takes so many."""
        if not isinstance(self._workflow, str):
            return self._workflow
        if self._workflow in catalogue.names():
            return {0: self._workflow, **catalogue.entry(self._workflow).references}
        return {self.loaded(self._workflow).references: self._workflow}

    @property
    def most(self) -> int:
        """The most reference pictures that any of them takes."""
        return max(self.names)

    @property
    def fewest(self) -> Workflow:
        """The one that takes the fewest."""
        return self.loaded(self.names[min(self.names)])

    def with_portraits(self, count: int) -> Workflow:
        """The one that takes the most of so many reference pictures. BadSettings if all need more."""
        fitting = [number for number in self.names if number <= count]
        if not fitting:
            need = min(self.names)
            raise BadSettings(
                f"The workflow {self.names[need]} needs {need} reference pictures, and a scene has {count}",
                "draw portraits (storyforge portraits), or name a workflow for none: workflow: {0: …, 1: …}",
            )
        return self.loaded(self.names[max(fitting)])

    def beside(self, purpose: str) -> Workflow:
        """The one that repairs or redraws: as it is set, else as the catalogue has it for the workflow."""
        known = self.entry(self.fewest)
        name = self._others[purpose] or (getattr(known, purpose) if known else "")
        if not name:
            kind = "inpaint" if purpose == "repair" else "image"
            able = ", ".join(name for name in catalogue.names() if catalogue.entry(name).kind == kind)
            raise BadSettings(f"No workflow is known to {purpose} these pictures", f"set `{purpose}:` to one of {able}")
        return self.loaded(name)

    def loaded(self, name: str) -> Workflow:
        """A workflow by its name or file. UnknownName, BadSettings."""
        if name not in self._files:
            is_file = name.lower().endswith(".json")
            self._files[name] = load(Path(name).expanduser() if is_file else catalogue.path(name))
        return self._files[name]

    def entry(self, workflow: Workflow) -> Entry | None:
        """What is known about its model; None for one that nobody knows."""
        if workflow.name in catalogue.names():
            return catalogue.entry(workflow.name)
        return catalogue.recognise(workflow.graph)

    def megapixels(self, workflow: Workflow) -> float:
        """Millions of pixels that its model was made for; of an unknown one, as many as stand in the file."""
        if entry := self.entry(workflow):
            return entry.megapixels
        width, height = (float(workflow.defaults.get(side, 1024)) for side in ("width", "height"))
        return width * height / 1e6

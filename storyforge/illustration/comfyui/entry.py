"""What is known about a workflow: the files it loads, the settings its model was made for, what one may do with it."""

from __future__ import annotations

import sys
from typing import Annotated, Literal

from pydantic import Field

from storyforge.value import Value

GB = 2**30
"""Bytes in one; graphics cards are counted so."""

_CURL = "curl.exe" if sys.platform == "win32" else "curl"  # in PowerShell, `curl` is another program

Kind = Literal["text", "references", "image", "inpaint", "control", "upscale"]
Positive = Annotated[float, Field(gt=0)]
Side = Annotated[int, Field(ge=16, le=8192)]


class File(Value):
    """A file that ComfyUI loads."""

    name: str
    folder: str
    """Below `models/` in ComfyUI's folder."""
    gb: Positive | None = None
    estimate: bool = False
    """Its size is ours, told by nobody."""
    holds: Positive | None = None
    """GB of its largest part, where one file holds a model, its text encoder and its VAE."""
    url: Annotated[str, Field(pattern=r"^https://[\w./%-]+$")]
    gated: bool = False
    """Its page wants an account and a consent before the file can be had."""

    @property
    def download(self) -> str:
        """A line to be typed in ComfyUI's folder."""
        return f"{_CURL} -L -o models/{self.folder}/{self.name} {self.url}"


class Pack(Value):
    """Custom nodes that have to be installed, and the classes of nodes by which they are known."""

    url: Annotated[str, Field(pattern=r"^https://")]
    classes: tuple[str, ...]


class Entry(Value):
    """One workflow with its model. What is left out in the catalogue does not matter for it, or is not known."""

    name: str
    title: str
    kind: Kind
    family: str
    """The model. Workflows of one family draw alike."""
    files: Annotated[tuple[File, ...], Field(min_length=1)]
    packs: tuple[str, ...] = ()
    references: dict[int, str] = {}
    """Number of portraits -> the workflow that takes so many."""
    redraw: str = ""
    """The workflow that draws a picture again in its likeness."""
    repair: str = ""
    """The workflow that draws a part of a picture again."""
    control: dict[Literal["pose", "depth", "edges"], str] = {}
    """What guides -> the workflow that is guided by it."""
    licence: str
    commercial: Literal["yes", "no", "limited", "unknown"]
    """Whether it may be used to earn money: `limited` by the user's income or by further terms."""
    memory: Positive
    """GB that the graphics card should have."""
    estimate: bool = False
    """That is our estimate, from the sizes of the files."""
    megapixels: Positive = 1.05
    """Width × height in millions that it was made for."""
    megapixels_max: Positive | None = None
    grid: Annotated[int, Field(ge=1, le=64)]
    """Widths and heights are multiples of it."""
    sizes: tuple[tuple[Side, Side], ...] = ()
    """(width, height) it was trained on, each also turned; () where every size does."""
    steps: Annotated[int, Field(ge=1)] | None = None
    steps_range: tuple[int, int] | None = None
    """Fewer are too few; more cost time for nothing."""
    cfg: float | None = None
    cfg_range: tuple[float, float] | None = None
    sampler: str = ""
    scheduler: str = ""
    negative: bool
    """Whether a negative prompt does anything."""
    encoder: Literal["clip", "t5", "llm", ""] = ""
    """What reads the prompt; CLIP and T5 take (brackets) as weights."""
    lora: Literal["model", "model+clip", ""] = ""
    """What its LoRAs change."""
    since: Annotated[str, Field(pattern=r"^(\d+\.\d+\.\d+)?$")] = ""
    """The first ComfyUI that runs it; '' if 0.3.64 does, the oldest that was tried."""
    note: str = ""
    known_as: tuple[Annotated[str, Field(pattern=r"^[a-z0-9]+$")], ...] = ()
    """How the names of the model's files begin, of which only letters and digits count."""
    clip_type: str = ""
    """What CLIPLoader calls its encoder, where it is loaded by itself."""

    @property
    def main(self) -> File:
        """The model itself."""
        return self.files[0]

    @property
    def gb(self) -> float:
        """To download; files whose size nobody tells count nothing."""
        return sum(file.gb or 0 for file in self.files)

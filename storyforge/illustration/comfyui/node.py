"""What a server says about one kind of node (`/object_info`), read in the old shape and in the new one (V3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Input:
    """One input of a node: a literal or a link."""

    name: str
    type: str
    """'INT', 'FLOAT', 'STRING', 'BOOLEAN', 'COMBO' (one of `choices`), else the type of a link, as 'MODEL'."""
    required: bool = True
    choices: tuple[str, ...] = ()
    default: Any = None
    min: float | None = None
    max: float | None = None
    takes_upload: bool = False
    """Its choices are files that can be uploaded: a name that is not among them may be accepted all the same."""


@dataclass(frozen=True)
class Node:
    """One kind of node, by its class."""

    name: str
    inputs: Mapping[str, Input] = field(default_factory=dict)
    outputs: tuple[str, ...] = ()
    """Types of its outputs, in their order."""
    is_output: bool = False
    """Whether it ends a graph, as SaveImage does."""

    @classmethod
    def read(cls, name: str, described: Any) -> Node:
        """Of one class's description. What is missing in it, or not understood, is left out."""
        described = _mapping(described)
        outputs = described.get("output")
        return cls(
            name=name,
            inputs={found.name: found for found in _inputs(described.get("input"))},
            outputs=tuple(map(str, outputs)) if isinstance(outputs, list) else (),
            is_output=described.get("output_node") is True,
        )

    def input(self, name: str) -> Input | None:
        """The input of that name. One of an input that grows (`images.image_3`) is described by what it grows from."""
        return self.inputs.get(name) or self.inputs.get(name.partition(".")[0])


def _inputs(groups: Any, prefix: str = "", required: bool = True) -> Iterator[Input]:
    for kind in ("required", "optional"):
        for name, described in _mapping(_mapping(groups).get(kind)).items():
            yield from _input(f"{prefix}{name}", described, required and kind == "required")


def _input(name: str, described: Any, required: bool) -> Iterator[Input]:
    """`[type or choices, settings]`, both of which may be missing."""
    kind, settings = (*described, None, None)[:2] if isinstance(described, list) else (described, None)
    settings = _mapping(settings)
    choices: Any = kind if isinstance(kind, list) else settings.get("options")
    branches = [choice for choice in choices or () if isinstance(choice, dict)]
    yield Input(
        name=name,
        type="COMBO" if isinstance(kind, list) or branches else str(kind or "*"),
        required=required,
        choices=tuple(str(choice.get("key")) if isinstance(choice, dict) else str(choice) for choice in choices or ()),
        default=settings.get("default"),
        min=_number(settings.get("min")),
        max=_number(settings.get("max")),
        takes_upload=any(settings.get(f"{what}_upload") is True for what in ("image", "video", "audio", "file")),
    )
    for branch in branches:  # each choice of a COMFY_DYNAMICCOMBO_V3 brings inputs of its own: "resize_type.width"
        yield from _inputs(branch.get("inputs"), f"{name}.", required=False)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _number(value: Any) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None

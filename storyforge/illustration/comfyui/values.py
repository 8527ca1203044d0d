"""A value as its slot takes it: text as the encoder reads it, numbers whole or not."""

from __future__ import annotations

import math
from typing import Any

from storyforge.errors import BadSettings
from storyforge.illustration.comfyui.encoders import as_words, reads_weights
from storyforge.illustration.comfyui.job import Graph
from storyforge.illustration.comfyui.links import Target
from storyforge.illustration.comfyui.slots import NUMBERS, WHOLE_NUMBERS, kind_of

GREATEST_SEED = 2**64 - 2  # 2^64-1 passes ComfyUI's check, then fails while it runs


def fitted(graph: Graph, slot: str, target: Target, value: Any, weights: bool | None) -> str | int | float:
    """The value in the kind that the slot has: text, whole number (2.0 is 2), number. BadSettings if it is another.

    `weights`: whether the text encoder takes brackets as weights; None: as far as the graph shows.
    """
    kind = kind_of(slot)
    if kind not in NUMBERS:
        if not isinstance(value, str):
            raise _misfit(slot, value, "text")
        if kind not in ("prompt", "negative"):
            return value
        known = reads_weights(graph, target.node) if weights is None else weights
        return as_words(value, known)
    if isinstance(value, str | bool) or not math.isfinite(value):
        raise _misfit(slot, value, "a number")
    old = graph[target.node]["inputs"][target.input]
    whole = float(value).is_integer()
    if kind in WHOLE_NUMBERS and not whole:
        raise _misfit(slot, value, "a whole number")
    if kind == "seed" and not 0 <= value <= GREATEST_SEED:
        raise _misfit(slot, value, "a number from 0 to 2^64-2")
    # The editor exports 1.0 as 1, so a whole number in the file does not keep a guidance of 3.5 out.
    return int(value) if kind in WHOLE_NUMBERS or (whole and isinstance(old, int)) else float(value)


def _misfit(slot: str, value: Any, wanted: str) -> BadSettings:
    return BadSettings(f"Slot {slot} of a workflow cannot be {value!r:.60}", f"it takes {wanted}")

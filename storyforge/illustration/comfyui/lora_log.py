"""Lines of a server's log that say a LoRA was not applied; nothing else says so: such a job is a success."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

NOT_LOADED = "lora key not loaded"
_WRONG_SHAPE = "ERROR lora "  # of a LoRA with the right names for another size of model; told while sampling


class LoraLog:
    """Whose lines they are is told by the node that runs. Lines that come later are everyone's who has run so far."""

    def __init__(self, loras: Mapping[str, str]) -> None:
        self.lines: Counter[str] = Counter()
        """Id of a LoRA's node -> how many keys of it were not loaded."""
        self.executed: set[str] = set()
        """Ids of LoRAs' nodes that were seen to run."""
        self._loras = loras

    def executes(self, node: str) -> None:
        if node in self._loras:
            self.executed.add(node)

    def heard(self, node: str, entries: Any) -> None:
        """`entries` of a `logs` event, [{"t": time, "m": text}], while `node` runs ('' before and after the job)."""
        count = sum(_accuses(entry) for entry in entries or ()) if isinstance(entries, list) else 0
        for accused in [node] if node in self._loras else self.executed:
            self.lines[accused] += count
        self.lines = +self.lines


def _accuses(entry: Any) -> int:
    text = str(entry.get("m")) if isinstance(entry, dict) else ""
    return text.count(NOT_LOADED) or text.count(_WRONG_SHAPE)

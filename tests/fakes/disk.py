"""The server's folders: input, output and temp. They outlive a crash; the queue and the history do not."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

FOLDERS = ("input", "output", "temp")


class Disk:
    """`files`: (folder, subfolder, name) -> bytes."""

    def __init__(self) -> None:
        self.files: dict[tuple[str, str, str], bytes] = {}

    def upload(self, folder: str, subfolder: str, name: str, data: bytes, overwrite: bool) -> str:
        """Stores the bytes and returns the name they got: other bytes under a taken name become `name (1).png`."""
        path = PurePosixPath(name)
        candidate, number = name, 0
        while not overwrite and self.files.get((folder, subfolder, candidate), data) != data:
            number += 1
            candidate = f"{path.stem} ({number}){path.suffix}"
        self.files[folder, subfolder, candidate] = data
        return candidate

    def find(self, value: str) -> bytes | None:
        """What LoadImage loads: `x.png`, `sub/x.png`, `x.png [output]`; None if there is no such file."""
        folder = "input"
        if match := re.fullmatch(r"(.*) \[(input|output|temp)\]", value):
            value, folder = match.groups()
        path = PurePosixPath(value)
        subfolder = "" if path.parent == PurePosixPath(".") else str(path.parent)
        return self.files.get((folder, subfolder, path.name))

    def save(self, folder: str, prefix: str, data: bytes) -> dict[str, str]:
        """A new file `prefix_00001_.png`, one above the highest number there; prefix may have folders."""
        path = PurePosixPath(prefix)
        subfolder = "" if path.parent == PurePosixPath(".") else str(path.parent)
        numbers = [
            int(match[1])
            for kept, sub, name in self.files
            if (kept, sub) == (folder, subfolder) and (match := re.match(re.escape(path.name) + r"_(\d+)_?\.", name))
        ]
        name = f"{path.name}_{max(numbers, default=0) + 1:05}_.png"
        self.files[folder, subfolder, name] = data
        return {"filename": name, "subfolder": subfolder, "type": folder}

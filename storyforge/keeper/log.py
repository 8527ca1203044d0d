"""What a server printed: kept small, shown when it fails, and read for causes that have a remedy."""

from __future__ import annotations

import os
import re
import shutil
from contextlib import suppress
from pathlib import Path

LONGEST = 16 * 2**20  # bytes
_SHOWN = 20  # lines
_READ = 64 * 1024  # bytes from the end
_COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")

_REMEDIES = (
    (
        r"address already in use|only one usage of each socket|\b10048\b",
        "another program has its port: end that one, or write another port both in the start command and in the url",
    ),
    (
        r"not compiled with CUDA|Found no NVIDIA driver|No CUDA GPUs|CUDA driver|no CUDA-capable device|"
        r"CUDA is not available|NVIDIA driver on your system is too old|No HIP GPUs",
        "its PyTorch finds no graphics card: install the card's driver and the PyTorch made for it, and look what "
        "nvidia-smi says",
    ),
    (r"CUDA out of memory|OutOfMemoryError", "the card's memory is full: end the other program that uses it"),
    (
        r"No module named '?([\w.]+)",
        "the Python that was started lacks \\1: start it by the Python that it was installed with, such as "
        "venv/bin/python main.py, or install what its requirements.txt asks for",
    ),
    (r"command not found|is not recognized as an internal", "write the whole path of the program in the start command"),
    (
        r"No such file or directory|can't open file|cannot find the (?:path|file)",
        "check the paths in the start command, and the folder that it is started in (`folder`)",
    ),
    (r"unrecognized arguments?|no such option|invalid choice", "it does not know an option of the start command"),
    (r"Permission denied|Access is denied", "change the rights of the file that it names"),
    (r"No space left on device", "free some space on the disk"),
)
"""(what a log says, what helps), the surest first: a missing file often follows from something else."""


def fresh(path: Path) -> Path:
    """An empty log, for this user's eyes; the last one is kept beside it."""
    if path.exists():
        path.replace(path.with_suffix(".1.log"))
    path.touch(mode=0o600)
    return path


def trim(path: Path) -> None:
    """Begins a log anew when it has grown too long: the server writes on at the end of the same file."""
    with suppress(OSError):
        if path.stat().st_size > LONGEST:
            shutil.copyfile(path, path.with_suffix(".1.log"))
            os.truncate(path, 0)


def last_lines(path: Path) -> list[str]:
    """As a terminal would show them: of a progress bar its last state, no colours, no empty lines."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - _READ))
            text = file.read().decode(errors="replace")
    except OSError:
        return []
    lines = (_COLOURS.sub("", line.rstrip("\r").rpartition("\r")[2]).rstrip() for line in text.split("\n"))
    return [line for line in lines if line][-_SHOWN:]


def remedy(lines: list[str]) -> str:
    """What helps against what these lines say; '' if they say nothing that is known."""
    text = "\n".join(lines)
    found = ((re.search(pattern, text, re.IGNORECASE), helps) for pattern, helps in _REMEDIES)
    return next((match.expand(helps) for match, helps in found if match), "")

"""A sound is played by whatever this machine has for it."""

from __future__ import annotations

import importlib
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from storyforge.speech import Speech

_LONGER = 15  # seconds that a player gets beside the sound itself: opening a device may take long


def play(path: Path, speech: Speech) -> str:
    """Plays a WAV file, and tells what did; '' if nothing here can."""
    if _by_sounddevice(speech):
        return "sounddevice"
    return next((command[0] for command in _players(path) if _plays(command, speech.seconds)), "")


def _players(path: Path) -> Iterator[list[str]]:
    """Commands for those that are installed: macOS's, Linux's, ffmpeg's, Windows's."""
    quoted = str(path).replace("'", "''")
    for command in (
        ["afplay", str(path)],
        ["pw-play", str(path)],
        ["paplay", str(path)],
        ["aplay", "-q", str(path)],
        ["ffplay", "-nodisp", "-autoexit", "-loglevel", "error", str(path)],
        ["powershell", "-NoProfile", "-Command", f"(New-Object Media.SoundPlayer '{quoted}').PlaySync()"],
    ):
        if found := shutil.which(command[0]):
            yield [found, *command[1:]]


def _plays(command: list[str], seconds: float) -> bool:
    try:
        ended = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, timeout=seconds + _LONGER)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return ended.returncode == 0


def _by_sounddevice(speech: Speech) -> bool:
    """It is an extra, and its errors (no sound card, no PortAudio) have no base of their own."""
    try:
        sounddevice = importlib.import_module("sounddevice")
        sounddevice.play(speech.samples, speech.rate)
        sounddevice.wait()
    except Exception:
        return False
    return True

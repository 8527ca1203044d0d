"""The microphone of this machine, where there is one: sounddevice hears it, which is the extra `record`."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from storyforge.errors import BackendFailed

BY_ANY_PROGRAM = "or record with any program, under the names that are listed"


class Microphone(Protocol):
    @property
    def rate(self) -> int:
        """Samples a second."""

    def heard(self, until: Callable[[], object]) -> NDArray[np.float32]:
        """What is heard until this returns, mono in −1…1. BackendFailed if the microphone fails."""


def microphone() -> Microphone:
    """The one that this system records with. BackendFailed if there is none, or nothing to hear it with."""
    try:
        sounddevice = importlib.import_module("sounddevice")
    except ImportError as error:
        raise BackendFailed(
            "Recording needs the package sounddevice", f"pip install 'storyforge[record]', {BY_ANY_PROGRAM}"
        ) from error
    except OSError as error:  # it is there, but not the library that it calls
        raise BackendFailed(
            f"sounddevice does not work here: {error}", f"install PortAudio (libportaudio2), {BY_ANY_PROGRAM}"
        ) from error
    try:
        rate = round(sounddevice.query_devices(kind="input")["default_samplerate"])
    except (ValueError, sounddevice.PortAudioError) as error:
        raise BackendFailed(f"There is no microphone here: {error}", f"plug one in, {BY_ANY_PROGRAM}") from error
    return _SoundDevice(sounddevice, rate)


class _SoundDevice:
    def __init__(self, sounddevice: Any, rate: int) -> None:
        self._sounddevice = sounddevice
        self.rate = rate

    def heard(self, until: Callable[[], object]) -> NDArray[np.float32]:
        blocks: list[NDArray[np.float32]] = []

        def take(block: NDArray[np.float32], *_: object) -> None:
            blocks.append(block[:, 0].copy())

        try:
            with self._sounddevice.InputStream(samplerate=self.rate, channels=1, dtype="float32", callback=take):
                until()
        except self._sounddevice.PortAudioError as error:
            raise BackendFailed(
                f"The microphone does not work: {error}", f"see what this system allows, {BY_ANY_PROGRAM}"
            ) from error
        return np.concatenate(blocks) if blocks else np.zeros(0, np.float32)

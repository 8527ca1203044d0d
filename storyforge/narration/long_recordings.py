"""A recording in which several lines are read, a scene or the whole story, is cut into them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from tempfile import TemporaryFile
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from storyforge.errors import BackendFailed
from storyforge.narration.align import ALIKE
from storyforge.narration.listening import AGAIN, Sound, quoted, sound_of
from storyforge.narration.parting import Script, parted
from storyforge.narration.pauses import Stretch
from storyforge.narration.recordings import Recording

MOST_WAITING = 2**30  # bytes of sound that wait on the disk: an hour and a half at 48 kHz
_CUT = 1024  # recordings whose stretches are kept: some dozen kilobytes each, for the longest


def part_of(folder: str, recording: Recording, script: Script, text: str, language: str) -> Sound | None:
    """The stretch of a long recording in which a text is heard; None for a card that was not read.

    BackendFailed, the same for every line, if the whole of it is of other words.
    """
    with _one_by_one:  # lines of the same recording are asked for at once, and all of it is laid beside its text once
        parts, cost = cuts(folder, recording, script, language)
        sound = _waiting.sound(folder, recording)
    if not np.isfinite(cost):
        raise BackendFailed(f"{sound.name} cannot be cut into lines", f"{AGAIN}, line by line")
    if cost > ALIKE and not recording.vouched_for:
        raise BackendFailed(
            f"What is heard in {sound.name} is not what stands there, from {quoted(script.lines[0])} to"
            f" {quoted(script.lines[-1])}: it lasts {_minutes(sound.seconds)}; the two differ by {cost:.2f}, where"
            f" {ALIKE:.2f} is the most",
            f"{AGAIN}; or, if it is right, call it {sound.as_is}",
        )
    stretch = parts[text]
    if stretch is None:
        return None
    start, end = (round(moment * sound.rate) for moment in stretch)
    name = f"{sound.name} from {_minutes(stretch[0])} to {_minutes(stretch[1])}"
    return Sound(np.array(sound.samples[start:end]), sound.rate, name, sound.as_is)


class Waiting:
    """The sounds of long recordings, which lines are asked of one after the other.

    They wait on the disk, for an hour of one is 700 MB: at most so many bytes, and always the one last asked for. One
    that went is decoded again, some seconds for ten minutes; what is heard where in it is known (`cuts`).
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._sounds: dict[tuple[str, Recording], Sound] = {}

    def sound(self, folder: str, recording: Recording) -> Sound:
        """Its samples are read from the disk as they are looked at. As sound_of."""
        key = (folder, recording)
        found = self._sounds.pop(key, None) or _on_disk(sound_of(folder, recording))
        self._sounds[key] = found  # the last one asked for stands at the end
        while len(self._sounds) > 1 and self.bytes > self.most:
            del self._sounds[next(iter(self._sounds))]
        return found

    @property
    def bytes(self) -> int:
        return sum(sound.samples.nbytes for sound in self._sounds.values())


_one_by_one = Lock()
_waiting = Waiting(MOST_WAITING)


@lru_cache(maxsize=_CUT)
def cuts(
    folder: str, recording: Recording, script: Script, language: str
) -> tuple[Mapping[str, Stretch | None], float]:
    """The stretch of each text, of one that is read several times the first, and the cost of all of them.

    As many are kept as any film has recordings: several read its lines by turns, and a recording takes a second for
    every minute and a half of it to be laid beside its text.
    """
    sound = _waiting.sound(folder, recording)
    parts: dict[str, Stretch | None] = {}
    found, cost = parted(sound.samples, sound.rate, script, language)
    for text, stretch in found:
        parts.setdefault(text, stretch)
    return parts, cost


def _on_disk(sound: Sound) -> Sound:
    try:
        with TemporaryFile() as file:
            sound.samples.tofile(file)
            waiting: NDArray[np.float32] = np.memmap(file, np.float32, "r", shape=sound.samples.shape)
    except OSError:  # the disk is full, or takes nothing: then it waits in memory
        return sound
    return replace(sound, samples=waiting)


def _minutes(seconds: float) -> str:
    return f"{int(seconds // 60)}:{seconds % 60:04.1f}"

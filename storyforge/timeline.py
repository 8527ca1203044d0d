"""When every scene, line and word is seen or heard. Pure: lengths go in, times come out.

Scenes begin and end on whole frames, and a frame is a whole number of samples at 48 kHz, so picture and sound
cannot drift apart however long the film gets.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from storyforge.speech import Word
from storyforge.value import Value

After = Literal["piece", "sentence", "paragraph"]
Silence = Annotated[float, Field(ge=0, le=60)]


class Pauses(Value):
    """Seconds of silence: after a piece of a sentence, a sentence, a paragraph; before and after a scene's speech."""

    piece: Silence = 0.12
    sentence: Silence = 0.32
    paragraph: Silence = 0.70
    lead: Silence = 0.60
    tail: Silence = 0.55
    least: Annotated[
        float, Field(description="Shortest scene, for one with little or nothing to say", ge=0.1, le=60)
    ] = 4.0


class Spoken(Value):
    """A line with its length, as the narrator gave it: what the timeline is laid out from."""

    text: str
    speaker: str
    seconds: float
    words: tuple[Word, ...]
    after: After


class LineTime(Value):
    """A line in the film, from `start` to `end` in seconds of the film; `words` count from the line's own start."""

    scene: int
    text: str
    speaker: str
    start: float
    end: float
    words: tuple[Word, ...]


class SceneTime(Value):
    """A stretch of the film: `frames` frames from `first_frame` on, told by `lines`."""

    first_frame: int
    frames: int
    lines: tuple[LineTime, ...]


class Timeline(Value):
    fps: int
    scenes: tuple[SceneTime, ...]

    @property
    def frames(self) -> int:
        return sum(scene.frames for scene in self.scenes)

    @property
    def seconds(self) -> float:
        return self.frames / self.fps

    @property
    def lines(self) -> tuple[LineTime, ...]:
        return tuple(line for scene in self.scenes for line in scene.lines)

    def span(self, number: int) -> tuple[float, float]:
        """(start, end) of a scene in seconds."""
        scene = self.scenes[number]
        return scene.first_frame / self.fps, (scene.first_frame + scene.frames) / self.fps


def scene_frames(lines: Sequence[Spoken], pauses: Pauses, fps: int, least: float = 0.0) -> int:
    """How many frames (at least one) a scene with these lines takes; depends on nothing outside the scene.

    `least`: seconds that this one has at least, where that is more than `pauses.least`.
    """
    starts, end = _starts(lines, pauses)
    spoken = end + pauses.tail if starts else 0.0
    return max(1, _up(max(spoken, pauses.least, least), fps))


def timeline(scenes: Sequence[Sequence[Spoken]], pauses: Pauses, fps: int, ending: float = 0.0) -> Timeline:
    """Lays scene after scene, line after line. `ending`: seconds that the last scene has at least."""
    placed, first = [], 0
    for number, lines in enumerate(scenes):
        starts, _ = _starts(lines, pauses)
        frames = scene_frames(lines, pauses, fps, ending if number == len(scenes) - 1 else 0.0)
        times = tuple(
            _placed(number, line, first / fps + start)
            for line, start in zip(lines, starts, strict=True)
            if line.seconds
        )
        placed.append(SceneTime(first_frame=first, frames=frames, lines=times))
        first += frames
    return Timeline(fps=fps, scenes=tuple(placed))


def _starts(lines: Sequence[Spoken], pauses: Pauses) -> tuple[list[float], float]:
    """When each line starts, from the scene's start, and when the last one ends."""
    starts: list[float] = []
    end, pause = 0.0, pauses.lead
    for line in lines:
        starts.append(end + pause)
        if line.seconds:  # a line with nothing to say takes no time and no pause
            end, pause = starts[-1] + line.seconds, getattr(pauses, line.after)
    return starts, end


def _placed(scene: int, line: Spoken, start: float) -> LineTime:
    end = start + line.seconds
    return LineTime(scene=scene, text=line.text, speaker=line.speaker, start=start, end=end, words=line.words)


def _up(seconds: float, fps: int) -> int:
    """Whole frames that hold this many seconds; a rounding error of a millionth makes no frame more."""
    return -int(-(seconds * fps - 1e-6) // 1)

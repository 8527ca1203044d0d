"""One clip of the film is shot: frames go to ffmpeg as they are made, and come out as its encoder says."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, closing, nullcontext
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from storyforge.rendering.clip import Shot, ShotPlan
from storyforge.rendering.encoders import Encoder
from storyforge.rendering.encoding import piped
from storyforge.rendering.ffmpeg import feeding

_CARD = BoundedSemaphore(3)  # drivers of GeForce cards open no more sessions at once, older ones


def shoot(plan: ShotPlan, out: Path, progress: Callable[[float], None] = lambda part: None) -> None:
    """Writes the clip: MP4, BT.709, exactly `plan.framing.frames` frames, silent.

    `progress` hears of parts 0…1 about twice a second of film; what it raises stops the shot and removes the file.
    Raises StoryforgeError for a bad picture, EncodingFailed or CannotWrite.
    """
    total = plan.framing.frames
    with _turn(plan.encoder), closing(Shot(plan)) as shot, feeding(encoding(plan, out), out) as feed:
        for number in range(total):
            feed(shot.planes(number).buffer)
            if number % max(1, plan.fps // 2) == 0:
                progress(number / total)
    progress(1.0)


def encoding(plan: ShotPlan, out: Path) -> Any:
    """The ffmpeg graph that takes frames from `pipe:0` and makes the clip of them."""
    return piped(plan.encoder, plan.size, plan.fps, out)


def _turn(encoder: Encoder) -> AbstractContextManager[object]:
    return _CARD if encoder.hardware else nullcontext()

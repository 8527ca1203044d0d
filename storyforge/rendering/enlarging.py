"""Pictures that are too small for the film: they are shown all the same, and the user is told."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from storyforge.errors import StoryforgeError
from storyforge.rendering.camera import MOST_ENLARGED, TIGHTEST, enlarged
from storyforge.rendering.picture import extent
from storyforge.rendering.view import Size
from storyforge.storyboard import Camera

_MOST_NAMED = 12


def enlarged_told(scenes: Iterable[tuple[int, Path, Camera, float]], frame: Size) -> str:
    """The note on pictures that are enlarged too much in a film of `frame` pixels; '' if none is.

    `scenes`: of each its number, its picture, its camera and its seconds.
    """
    small = dict(_small(scenes, frame))
    if not small:
        return ""
    most = max(small, key=lambda number: small[number][0])
    times, (width, height) = small[most]
    pictures = f"The picture of scene {most}" if len(small) == 1 else f"The pictures of scenes {_listed(list(small))}"
    worst = "" if len(small) == 1 else f" in scene {most}"
    needed = " × ".join(str(round(side / TIGHTEST / 2) * 2) for side in frame)
    return (
        f"{pictures} will look soft: {width} × {height} pixels{worst} are enlarged {times:.1f} times in a film of "
        f"{frame[0]} × {frame[1]} – give pictures of {needed} pixels, or set a smaller `height`"
    )


def _small(scenes: Iterable[tuple[int, Path, Camera, float]], frame: Size) -> Iterable[tuple[int, tuple[float, Size]]]:
    for number, picture, camera, seconds in scenes:
        try:
            size = extent(picture)
        except StoryforgeError:
            continue  # told when it is filmed
        if (times := enlarged(camera, seconds, size, frame)) > MOST_ENLARGED + 0.005:
            yield number, (times, size)


def _listed(numbers: list[int]) -> str:
    """`1, 2 and 5`; of many, the first."""
    named, left = numbers[:_MOST_NAMED], len(numbers) - _MOST_NAMED
    last = f"{left} more" if left > 0 else str(named.pop())
    return f"{', '.join(map(str, named))} and {last}"

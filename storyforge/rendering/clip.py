"""One clip of the film: a moving still, the dissolve from the one before it, and fades; its frames as planes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import Annotated

from moviepy import ImageClip, VideoClip
from PIL import Image
from pydantic import Field

from storyforge.memory import give_back
from storyforge.plate import Plate, plate_of
from storyforge.rendering.band import Damaged
from storyforge.rendering.depth import DepthStill
from storyforge.rendering.encoders import SOFTWARE, Encoder
from storyforge.rendering.parallax import LayeredStill
from storyforge.rendering.picture import load
from storyforge.rendering.planes import Pixels, Planes, dim, planes_to_rgb
from storyforge.rendering.still import KenBurns, MovingStill, aimed
from storyforge.rendering.transitions import Aims, pass_over, smooth
from storyforge.rendering.view import Size, View
from storyforge.storyboard import Camera, Spot, Transition
from storyforge.value import Value

_UNPACKING = Lock()  # one picture at a time: each takes 40 MB more while it is made ready than afterwards

Even = Annotated[int, Field(ge=16, multiple_of=2)]
Frames = Annotated[int, Field(ge=0)]


class Framing(Value):
    """How a picture is filmed: `frames` of its own, and `overlap` more while the next shot comes in."""

    camera: Camera
    frames: Annotated[int, Field(ge=1)]
    overlap: Frames = 0


class ShotPlan(Value):
    """One clip of the film. All lengths are frames; `before` is the shot that gives way to this one in `passage`.

    `rightwards`: pages are turned to the right, as in books that are read from right to left.
    """

    picture: Path
    framing: Framing
    before: tuple[Path, Framing] | None = None
    transition: Transition = "dissolve"
    rightwards: bool = False
    passage: Frames = 0
    size: tuple[Even, Even]
    fps: Annotated[int, Field(ge=1, le=120)]
    fade_in: Frames = 0
    fade_out: Frames = 0
    encoder: Encoder = SOFTWARE["share"]


class Shot(VideoClip):  # type: ignore[misc]
    """One clip of the film, silent, with the passage from the shot before and fades from and to black."""

    def __init__(self, plan: ShotPlan) -> None:
        super().__init__(duration=plan.framing.frames / plan.fps)
        self.plan, self.size, self.fps = plan, plan.size, plan.fps
        self.frame_function = self._rgb
        self._still = _moving(plan.picture, plan.framing, plan)
        self._before: MovingStill | None = None  # there only while it is seen
        self._frame, self._old_frame = Planes.empty(plan.size), Planes.empty(plan.size)

    def planes(self, number: int) -> Planes:
        """Frame `number`, from 0. The buffer is the same each time: use it before you ask for the next."""
        self._still.film(_progress(self.plan.framing, number), self._frame)
        if self.plan.before and number < self.plan.passage and self.plan.transition != "cut":
            self._pass(number, *self.plan.before)
        elif self._before:
            self._before.close()
            self._before = None
        if (light := _light(self.plan, number)) < 1:
            dim(self._frame, light)
        return self._frame

    def close(self) -> None:
        super().close()
        self._still.close()
        if self._before:
            self._before.close()
        del self.frame_function

    def _pass(self, number: int, picture: Path, framing: Framing) -> None:
        if self._before is None:
            self._before = _moving(picture, framing, self.plan)
        plan, old, new = self.plan, _progress(framing, framing.frames + number), _progress(self.plan.framing, number)
        self._before.film(old, self._old_frame)
        ways = (self._before.way, old), (self._still.way, new)
        aims = Aims(*(_seen(way.aimed, way.at(progress)) for way, progress in ways))
        part = (number + 1) / (plan.passage + 1)
        pass_over(plan.transition, self._old_frame, self._frame, part, aims, rightwards=plan.rightwards)

    def _rgb(self, time: float) -> Pixels:
        return planes_to_rgb(self.planes(min(round(time * self.fps), self.plan.framing.frames - 1)))


def _moving(picture: Path, framing: Framing, plan: ShotPlan) -> MovingStill:
    """The picture in parallax, where it has layers or depth; flat, where it has none or they are damaged."""
    seconds = (framing.frames + framing.overlap) / plan.fps
    with _UNPACKING:
        plate, files = plate_of(picture)
        moving = _deep(picture, plate, files, framing.camera, seconds, plan.size)
        if moving is None:
            filmed = KenBurns(framing.camera, plan.size, plate)
            moving = ImageClip(load(picture), duration=seconds).with_effects([filmed])
        give_back()  # what loading and enlarging took, for as long as the shot runs
    return moving


def _deep(
    picture: Path, plate: Plate, files: Mapping[str, bytes], camera: Camera, seconds: float, size: Size
) -> MovingStill | None:
    """In parallax, if the picture's layers or its depth are known."""
    if not plate.layers and not plate.depth:
        return None
    with Image.open(picture) as opened:
        extent = opened.size
    way = aimed(camera, lambda: load(picture), plate, extent, size, seconds)
    try:
        if plate.layers:
            return LayeredStill(plate, files, extent, way, size, seconds)
        return DepthStill(load(picture), files[plate.depth], way, size, seconds)
    except Damaged:
        return None


def _seen(spot: Spot, view: View) -> tuple[float, float]:
    """Where in the frame a spot of the picture is."""
    x, y = (spot[0] - view.x) / view.width + 0.5, (spot[1] - view.y) / view.height + 0.5
    return min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0)


def _progress(framing: Framing, number: int) -> float:
    return min(1.0, number / max(1, framing.frames + framing.overlap - 1))


def _light(plan: ShotPlan, number: int) -> float:
    """0 at the film's first and last frame, 1 where it is neither fading in nor out."""
    rising = number / plan.fade_in if plan.fade_in else 1.0
    falling = (plan.framing.frames - 1 - number) / plan.fade_out if plan.fade_out else 1.0
    return smooth(min(1.0, rising, falling))

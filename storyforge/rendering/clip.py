"""Stills that move: a MoviePy effect and the clips it makes, which also give planes for the encoder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Annotated, Literal

import cv2
import numpy as np
from moviepy import Clip, Effect, ImageClip, VideoClip
from PIL import Image
from pydantic import Field

from storyforge.memory import give_back
from storyforge.rendering.camera import Path as Way
from storyforge.rendering.camera import Size, matrix, path
from storyforge.rendering.picture import load
from storyforge.rendering.planes import Pixels, Planes, blend, dim, planes_to_rgb, rgb_to_yuv
from storyforge.storyboard import Camera, Transition
from storyforge.value import Value

FINENESS = 1.5
"""Pixels in which a still is held for each of the film's, at its tightest view.

A slow camera passes through all fractions of a pixel. Bilinear interpolation blurs them unequally: on a pan, sharpness
(variance of the Laplacian) swings by 36 %, which is seen as breathing. Bicubic swings by 2 % for three times the work;
bilinear in a still that was enlarged 1.5 times beforehand swings by 6 % at no more work than bilinear alone.
"""

MOST_DETAIL = 7 / 6
"""Finer detail, in pixels for each of the film's at the tightest view, would flicker in motion: it is averaged."""

_UNPACKING = Lock()  # one picture at a time: each takes 40 MB more while it is made ready than afterwards

Even = Annotated[int, Field(ge=16, multiple_of=2)]
Frames = Annotated[int, Field(ge=0)]


class Framing(Value):
    """How a picture is filmed: `frames` of its own, and `overlap` more while the next shot comes in."""

    camera: Camera
    frames: Annotated[int, Field(ge=1)]
    overlap: Frames = 0


class Quality(Value):
    """x264's own terms: how hard it tries, and how much it may lose (18 is not seen, 23 halves the file)."""

    preset: Literal["ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow"] = "veryfast"
    crf: Annotated[int, Field(ge=0, le=40)] = 18


class ShotPlan(Value):
    """One clip of the film. All lengths are frames; `before` is the shot that gives way to this one in `passage`."""

    picture: Path
    framing: Framing
    before: tuple[Path, Framing] | None = None
    transition: Transition = "dissolve"
    passage: Frames = 0
    size: tuple[Even, Even]
    fps: Annotated[int, Field(ge=1, le=120)]
    fade_in: Frames = 0
    fade_out: Frames = 0
    quality: Quality = Quality()


class MovingStill(VideoClip):  # type: ignore[misc]
    """A picture under a moving camera, made ready for one path: held with 1.5 times the detail that the film shows."""

    def __init__(self, pixels: Pixels, way: Way, size: Size, seconds: float) -> None:
        super().__init__(duration=seconds)
        self.size, self.way = size, way
        self.frame_function = self._rgb
        self._planes = _ready(pixels, size[0] / way.tightest)

    def film(self, progress: float, into: Planes) -> None:
        """Writes the frame at `progress` 0…1 of the path into `into`."""
        view = self.way.at(progress)
        for plane, seen, lift in zip(self._planes, (into.y, into.u, into.v), _LIFTS, strict=True):
            grid = (seen.shape[1], seen.shape[0])
            warp = matrix(view, (plane.shape[1], plane.shape[0]), grid, lift)
            flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
            cv2.warpAffine(plane, warp, grid, dst=seen, flags=flags, borderMode=cv2.BORDER_REPLICATE)

    def close(self) -> None:
        """Lets go of the planes now: a clip and its frame function hold each other until the collector comes by."""
        super().close()
        del self._planes, self.frame_function

    def _rgb(self, time: float) -> Pixels:
        frame = Planes.empty(self.size)
        self.film(time / self.duration, frame)
        return planes_to_rgb(frame)


@dataclass
class KenBurns(Effect):  # type: ignore[misc]
    """Moves a camera over a still for as long as it lasts: `ImageClip(…).with_effects([KenBurns(Camera(), size)])`."""

    camera: Camera
    size: Size
    """Width and height of the film, both even; the clip may have any size and shape."""

    def apply(self, clip: Clip) -> MovingStill:
        way = path(self.camera, clip.duration, clip.size, self.size)
        return MovingStill(clip.get_frame(0), way, self.size, clip.duration)


class Shot(VideoClip):  # type: ignore[misc]
    """One clip of the film, silent, with the dissolve from the shot before and fades from and to black."""

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
        if self.plan.before and number < self.plan.passage:
            self._dissolve(number, *self.plan.before)
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

    def _dissolve(self, number: int, picture: Path, framing: Framing) -> None:
        if self._before is None:
            self._before = _moving(picture, framing, self.plan)
        self._before.film(_progress(framing, framing.frames + number), self._old_frame)
        blend(self._old_frame, self._frame, _smooth((number + 1) / (self.plan.passage + 1)))

    def _rgb(self, time: float) -> Pixels:
        return planes_to_rgb(self.planes(min(round(time * self.fps), self.plan.framing.frames - 1)))


def _moving(picture: Path, framing: Framing, plan: ShotPlan) -> MovingStill:
    seconds = (framing.frames + framing.overlap) / plan.fps
    moved = KenBurns(framing.camera, plan.size)
    with _UNPACKING:
        moving: MovingStill = ImageClip(load(picture), duration=seconds).with_effects([moved])
        give_back()  # what loading and enlarging took, for as long as the shot runs
    return moving


def _progress(framing: Framing, number: int) -> float:
    return min(1.0, number / max(1, framing.frames + framing.overlap - 1))


def _light(plan: ShotPlan, number: int) -> float:
    """0 at the film's first and last frame, 1 where it is neither fading in nor out."""
    rising = number / plan.fade_in if plan.fade_in else 1.0
    falling = (plan.framing.frames - 1 - number) / plan.fade_out if plan.fade_out else 1.0
    return _smooth(min(1.0, rising, falling))


def _smooth(part: float) -> float:
    return part * part * (3 - 2 * part)


def _ready(pixels: Pixels, width: float) -> tuple[Pixels, Pixels, Pixels]:
    """Planes of a picture that the film would show `width` pixels wide; the chroma of half the size, as in the film."""
    averaged = _averaged(pixels, width * MOST_DETAIL)
    scale = width * FINENESS / pixels.shape[1]
    luma = (max(2, round(pixels.shape[1] * scale)), max(2, round(pixels.shape[0] * scale)))
    chroma = (max(1, luma[0] // 2), max(1, luma[1] // 2))
    y, u, v = (_resized(plane, size) for plane, size in zip(rgb_to_yuv(averaged), (luma, chroma, chroma), strict=True))
    return y, u, v


def _averaged(pixels: Pixels, width: float) -> Pixels:
    """At most so wide. Lanczos by Pillow, which widens its window when it reduces (OpenCV does not)."""
    if pixels.shape[1] <= width * 1.01:
        return pixels
    size = (round(width), max(1, round(pixels.shape[0] * width / pixels.shape[1])))
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS, reducing_gap=3))


def _resized(plane: Pixels, size: Size) -> Pixels:
    how = cv2.INTER_AREA if size[0] < plane.shape[1] else cv2.INTER_CUBIC
    resized: Pixels = cv2.resize(plane, size, interpolation=how)
    return resized


# Where in its cell a sample sits: luma and chroma, across and down (H.264's default, "left").
_LIFTS = ((0.5, 0.5), (0.25, 0.5), (0.25, 0.5))

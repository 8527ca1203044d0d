"""Stills that move: a MoviePy effect and the clips it makes, which also give planes for the encoder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from moviepy import Clip, Effect, VideoClip
from PIL import Image

from storyforge.plate import Plate
from storyforge.rendering.camera import Path, path
from storyforge.rendering.focus import aim
from storyforge.rendering.planes import Pixels, Planes, planes_to_rgb, rgb_to_yuv
from storyforge.rendering.scaling import FINE_STARTS, buffer_for, scaled, with_margin
from storyforge.rendering.view import Size, matrix
from storyforge.storyboard import Camera

FINENESS = 1.51
"""Pixels in which a still is held for each of the film's, at its tightest view.

A slow camera passes through all fractions of a pixel. Bilinear interpolation blurs them unequally: on a pan, sharpness
(variance of the Laplacian) swings by 36 %, which is seen as breathing. Bicubic swings by 2 % for three times the work;
bilinear in a still that was enlarged 1.5 times beforehand swings by 6 % at no more work than bilinear alone.

A hundredth more than 1.5, so that `scaling` finds a start for every frame of a pan: among the multiples of 1.51 there
are all fractions of a pixel, among those of 1.5 only halves. That takes half the time.
"""

MOST_DETAIL = 7 / 6
"""Finer detail, in pixels for each of the film's at the tightest view, would flicker in motion: it is averaged."""

MOST_OFF = 0.012
"""Pixels of the still, at the edges of the frame: less than a hundredth of the film's."""

LIFTS = ((0.5, 0.5), (0.25, 0.5), (0.25, 0.5))
"""Where in its cell a sample of Y, U and V sits, across and down (H.264's default, "left")."""

UNKNOWN = Plate()


class MovingStill(VideoClip):  # type: ignore[misc]
    """A picture under a moving camera: a clip that also gives its frames as planes."""

    def __init__(self, way: Path, size: Size, seconds: float) -> None:
        super().__init__(duration=seconds)
        self.size, self.way = size, way
        self.frame_function = self._rgb

    def film(self, progress: float, into: Planes) -> None:
        """Writes the frame at `progress` 0…1 of the path, and of the time that it takes, into `into`."""
        raise NotImplementedError

    def close(self) -> None:
        """Lets go of what it holds now: a clip and its frame function hold each other until the collector comes by."""
        super().close()
        del self.frame_function

    def _rgb(self, time: float) -> Pixels:
        frame = Planes.empty(self.size)
        self.film(time / self.duration, frame)
        return planes_to_rgb(frame)


class FlatStill(MovingStill):
    """A picture of one piece, made ready for one path: held with 1.5 times the detail that the film shows."""

    def __init__(self, pixels: Pixels, way: Path, size: Size, seconds: float) -> None:
        super().__init__(way, size, seconds)
        planes = ready(pixels, size[0] / way.tightest)
        self._sizes = [(plane.shape[1], plane.shape[0]) for plane in planes]
        self._planes = [with_margin(plane, FINE_STARTS) for plane in planes]
        self._buffer = buffer_for(size, FINE_STARTS)

    def film(self, progress: float, into: Planes) -> None:
        view = self.way.at(progress)
        for plane, extent, seen, lift in zip(self._planes, self._sizes, (into.y, into.u, into.v), LIFTS, strict=True):
            grid = (seen.shape[1], seen.shape[0])
            warp = matrix(view, extent, grid, lift)
            seen[:] = scaled(plane, warp, (0, 0, *grid), self._buffer, FINE_STARTS, MOST_OFF)

    def close(self) -> None:
        super().close()
        del self._planes, self._buffer


@dataclass
class KenBurns(Effect):  # type: ignore[misc]
    """Moves a camera over a still for as long as it lasts: `ImageClip(…).with_effects([KenBurns(Camera(), size)])`."""

    camera: Camera
    size: Size
    """Width and height of the film, both even; the clip may have any size and shape."""
    plate: Plate = UNKNOWN
    """What is known of the picture; what is not, such as where faces are, is looked for."""

    def apply(self, clip: Clip) -> MovingStill:
        pixels: Pixels = clip.get_frame(0)
        way = aimed(self.camera, lambda: pixels, self.plate, clip.size, self.size, clip.duration)
        return FlatStill(pixels, way, self.size, clip.duration)


def aimed(
    camera: Camera, pixels: Callable[[], Pixels], plate: Plate, picture: Size, size: Size, seconds: float
) -> Path:
    """The camera's path through a picture, at what it is about. `picture` and `size`: of the picture and the film."""
    goal = aim(pixels, plate, camera.focus)
    return path(camera.model_copy(update={"focus": goal.spot}), seconds, picture, size, goal.faces)


def ready(pixels: Pixels, width: float) -> tuple[Pixels, Pixels, Pixels]:
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

"""The depth map that a workflow may give along with its picture: it goes into the picture's plate."""

from __future__ import annotations

import io

import cv2
import numpy as np
from PIL import Image

from storyforge.illustration.comfyui.failures import Spoiled
from storyforge.illustration.comfyui.picture import whole
from storyforge.plate import Plate, with_plate

_NAME = "depth.png"

_OFF = 0.05
"""Of width to height. Nodes that measure depth give multiples of 14 or 64 pixels, whatever the picture's size is."""


def with_depth(picture: bytes, depth: bytes, *, white_is_far: bool = False) -> bytes:
    """The PNG `picture` with this depth map (PNG, JPEG or WebP, of any size) in its plate, where white is near.

    Spoiled if it is no picture, of another shape, or the same everywhere.
    """
    size, with_size = whole(depth).size, Image.open(io.BytesIO(picture)).size
    if abs(size[0] * with_size[1] / (size[1] * with_size[0]) - 1) > _OFF:
        raise Spoiled(
            f"The depth map has {size[0]} × {size[1]} pixels, and its picture {with_size[0]} × {with_size[1]}",
            "see that it is made of that picture, whole",
        )
    grey = cv2.imdecode(np.frombuffer(depth, np.uint8), cv2.IMREAD_GRAYSCALE)  # also of 16 bits
    if grey is None or grey.min() == grey.max():
        raise Spoiled("The depth map is the same everywhere", "look at it in ComfyUI, and at the nodes that make it")
    near = 255 - grey if white_is_far else grey
    return with_plate(picture, Plate(depth=_NAME), {_NAME: bytes(cv2.imencode(".png", near)[1])})

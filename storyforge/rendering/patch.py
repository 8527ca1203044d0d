"""A part of a picture replaced: masks, and the seam that keeps everything else as it was, to the bit."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter, ImageOps

from storyforge.errors import StoryforgeError
from storyforge.rendering.picture import load

FEATHER = 1 / 80
"""Blur of a box's edge, inwards, as a share of the picture's shorter side: hard edges show."""


def upright(path: Path) -> bytes:
    """Any picture file as an opaque upright RGB PNG: what an image server and a mask can be laid over."""
    return _png(Image.fromarray(load(path)))


def file_mask(path: Path, picture: bytes) -> bytes:
    """The user's mask as a grey PNG of the picture's size; white is drawn anew. StoryforgeError if nothing is white.

    What is transparent counts as black: white painted on an empty layer is a mask.
    """
    load(path)  # refuses what is no picture, or too large, in words
    with Image.open(path) as opened:
        painted = ImageOps.exif_transpose(opened).convert("RGBA")
    grey = Image.alpha_composite(Image.new("RGBA", painted.size, (0, 0, 0, 255)), painted).convert("L")
    return _checked(grey.resize(_open(picture).size, Image.Resampling.BILINEAR))


def box_mask(box: tuple[float, float, float, float], picture: bytes) -> bytes:
    """A soft-edged rectangle; `box` is left, top, width, height as shares of the picture."""
    width, height = _open(picture).size
    left, top, across, down = box
    corners = [round(left * width), round(top * height), round((left + across) * width), round((top + down) * height)]
    inside = Image.new("L", (width, height))
    inside.paste(255, (max(0, corners[0]), max(0, corners[1]), min(width, corners[2]), min(height, corners[3])))
    soft = inside.filter(ImageFilter.GaussianBlur(min(width, height) * FEATHER))
    # Twice what lies above the half: the blur then reaches only inwards, and the box's outside stays untouched.
    fading = np.clip(np.asarray(soft, np.int16) * 2 - 255, 0, 255).astype(np.uint8)
    return _checked(Image.fromarray(np.where(np.asarray(inside) > 0, fading, 0).astype(np.uint8)))


def patched(picture: bytes, fresh: bytes, mask: bytes | None) -> bytes:
    """`fresh` where the mask is white, `picture` where it is black, a mixture between. A PNG of the picture's size."""
    before, after = _open(picture).convert("RGB"), _open(fresh).convert("RGB")
    if after.size != before.size:
        after = after.resize(before.size, Image.Resampling.LANCZOS)
    if mask is None:
        return _png(after)
    return _png(Image.composite(after, before, _open(mask).convert("L")))


def _checked(mask: Image.Image) -> bytes:
    if mask.getextrema()[1] == 0:
        raise StoryforgeError(
            "The mask has nothing white in it, or the box is too small", "paint white what is to be drawn anew"
        )
    return _png(mask)


def _open(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=1)
    return out.getvalue()

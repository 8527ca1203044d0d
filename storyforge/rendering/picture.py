"""Any picture file that a user or a model may bring, as upright opaque RGB pixels of a bearable size."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image, ImageOps

from storyforge.errors import StoryforgeError
from storyforge.rendering.planes import Pixels

PAPER = (250, 245, 234)
"""What shows through where a picture is transparent."""

MOST_PIXELS = 100_000_000
"""Larger pictures are reduced while they are loaded: no film shows more of them."""

_UNREADABLE = (OSError, ValueError, SyntaxError, EOFError)


def load(path: Path) -> Pixels:
    """The picture's pixels, shape (height, width, 3). Of an animation, the first. StoryforgeError if it is none."""
    with _reading(path), _opened(path) as image:
        upright = _flat(_bearable(image))
        ImageOps.exif_transpose(upright, in_place=True)
        return np.asarray(upright)


def extent(path: Path) -> tuple[int, int]:
    """Width and height of the picture when it stands upright, without reading its pixels. StoryforgeError as above."""
    with _reading(path), _opened(path) as image:
        # PNG's own getexif reads the whole picture, in case EXIF stands behind it, where hardly anything writes it.
        lies = Image.Image.getexif(image).get(ExifTags.Base.Orientation, 1) >= 5
        return (image.height, image.width) if lies else (image.width, image.height)


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise StoryforgeError(f"There is no picture {path}", "draw the scene again, or mend its path") from error
    except Image.DecompressionBombError as error:
        raise StoryforgeError(f"{path} is too large ({error})", "make it smaller than 100 megapixels") from error
    except _UNREADABLE as error:
        remedy = "put a PNG, JPEG or WebP file there, or remove it"
        raise StoryforgeError(f"{path} is not a picture that can be read ({error})", remedy) from error


def _opened(path: Path) -> Image.Image:
    # Pillow warns of large pictures, which are dealt with here. (Two threads that do this at once may leave that one
    # warning ignored; nothing else.)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        image = Image.open(path)
    if image.width * image.height > MOST_PIXELS:
        image.draft("RGB", (image.width // 2, image.height // 2))  # a JPEG is then decoded at half its size
    return image


def _bearable(image: Image.Image) -> Image.Image:
    factor = math.ceil(math.sqrt(image.width * image.height / MOST_PIXELS))
    if factor == 1:
        return image
    mixable = image if image.mode in ("L", "LA", "RGB", "RGBA", "CMYK") else _flat(image)
    return mixable.reduce(factor)


def _flat(image: Image.Image) -> Image.Image:
    """RGB, with paper behind what is transparent."""
    if image.mode.startswith(("I", "F")):
        return _eight_bits(image).convert("RGB")
    if not image.has_transparency_data:
        return image if image.mode == "RGB" else image.convert("RGB")
    solid = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", solid.size, (*PAPER, 255)), solid).convert("RGB")


def _eight_bits(image: Image.Image) -> Image.Image:
    """16-bit greys (mode I;16 and its kin) and floats: Pillow's own conversion would cut them off at 255."""
    values = np.asarray(image, np.float32)
    top = 1.0 if image.mode == "F" and values.max(initial=0) <= 1 else 65535 if values.max(initial=0) > 255 else 255
    return Image.fromarray((np.clip(values / top, 0, 1) * 255).round().astype(np.uint8))

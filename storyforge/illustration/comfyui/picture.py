"""Whether what came back is a picture: whole, of the right size, and not all of one colour."""

from __future__ import annotations

import io
import struct

from PIL import Image, UnidentifiedImageError

from storyforge.illustration.comfyui.failures import Spoiled

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_END = b"IEND\xaeB`\x82"
_MOST_PIXELS = 89_000_000  # 8K is 33 million; beyond this, Pillow suspects an attack

_ROUNDED = 0.02  # of width to height, when both were brought to multiples of something

_AGAIN = "draw it again; if it happens again, look whether the server's disk is full"


class Blank(Spoiled):
    """All of one colour: that is the model's doing on that server, not the way's."""


def checked(data: bytes, size: tuple[int, int] | None = None, *, exact: bool = True) -> bytes:
    """The picture as PNG: `data` itself if it is one. Spoiled if something is wrong.

    `size`: in pixels, None if any will do; unless `exact`, a picture of that shape, and not much smaller.
    """
    image = whole(data)
    if size is not None and image.size != size and (exact or not _alike(image.size, size)):
        raise Spoiled(
            f"The picture came back with {_shape(image.size)} pixels instead of {_shape(size)}",
            "let width and height be multiples of 64, and look for a node in the workflow that scales or crops",
        )
    _refuse_one_colour(image)
    return data if image.format == "PNG" else _as_png(image)


def _alike(found: tuple[int, int], asked: tuple[int, int]) -> bool:
    """Whether it is the picture asked for, enlarged: of its shape but for rounding, with a quarter of its pixels."""
    (width, height), (wide, tall) = found, asked
    return abs(width * tall / (height * wide) - 1) <= _ROUNDED and 4 * width * height >= wide * tall


def readable(data: bytes) -> bool:
    """Whether it is a picture at all; ComfyUI takes anything for one until it has to open it."""
    try:
        whole(data)
    except Spoiled:
        return False
    return True


def whole(data: bytes) -> Image.Image:
    """The picture in these bytes, loaded. Spoiled if it is none, cut off, or too large."""
    if data.startswith(_PNG):
        width, height = struct.unpack(">II", data[16:24].ljust(8, b"\0"))
        if width * height > _MOST_PIXELS:
            raise Spoiled(f"The picture has {width} × {height} pixels", "ask for a smaller one")
        if not data.rstrip(b"\0").endswith(_PNG_END):
            raise Spoiled("The picture came back cut off", _AGAIN)
    try:
        image = Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP"))
        image.load()
    except UnidentifiedImageError as error:
        raise Spoiled("What came back is no picture", _AGAIN) from error
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:  # all that Pillow's readers raise
        raise Spoiled(f"The picture came back damaged ({error})", _AGAIN) from error
    return image


def _refuse_one_colour(image: Image.Image) -> None:
    extrema = image.convert("RGB").getextrema()
    if any(low != high for low, high in extrema):  # type: ignore[misc]
        return
    if all(extreme == (0, 0) for extreme in extrema):
        # Numbers that are no numbers (NaN) are saved as black, and ComfyUI reports success.
        raise Blank(
            "The picture is all black: the model's numbers overflowed",
            "start ComfyUI with --fp32-vae (or --bf16-unet), and check that the VAE belongs to the model",
        )
    raise Blank(
        "The picture is all of one colour", "check that the VAE and the text encoder belong to the model, and the steps"
    )


def _as_png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    (image if image.mode in ("RGB", "RGBA", "L") else image.convert("RGB")).save(buffer, "PNG")
    return buffer.getvalue()


def _shape(size: tuple[int, int]) -> str:
    return f"{size[0]} × {size[1]}"

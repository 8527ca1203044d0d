"""A picture in a terminal: two pixels a cell, one above the other."""

from __future__ import annotations

import io

from PIL import Image
from rich.color import Color
from rich.style import Style
from rich.text import Text

UPPER_HALF = "▀"


def thumbnail(picture: bytes, columns: int, rows: int) -> Text:
    """The picture (PNG or JPEG), as large as fits so many cells; empty if it cannot be read: it is only a preview."""
    try:
        with Image.open(io.BytesIO(picture)) as opened:
            image = opened.convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return Text()
    image.thumbnail((columns, rows * 2), Image.Resampling.BOX)
    lines = [_line(image, row) for row in range(0, image.height - image.height % 2, 2)]
    return Text("\n").join(lines)


def _line(image: Image.Image, row: int) -> Text:
    line = Text()
    for column in range(image.width):
        upper, lower = (_colour(image, column, row + below) for below in (0, 1))
        line.append(UPPER_HALF, Style(color=upper, bgcolor=lower))
    return line


def _colour(image: Image.Image, column: int, row: int) -> Color:
    red, green, blue = image.getpixel((column, row))  # type: ignore[misc]  # of an RGB picture it is three numbers
    return Color.from_rgb(red, green, blue)

"""A picture in a size that image models can work on."""

from __future__ import annotations

import io
from math import sqrt

from PIL import Image

GRID = 16
"""Pixels: what all models of the catalogue divide by. What is over they cut off, which shifts the picture."""


def on_grid(picture: bytes, largest: int) -> bytes:
    """The picture as PNG, resampled to sides that divide by GRID, and to no more than `largest` pixels."""
    image: Image.Image = Image.open(io.BytesIO(picture))
    shrunk = min(1.0, sqrt(largest / (image.width * image.height)))
    width, height = (max(GRID, int(side * shrunk / GRID + 0.5) * GRID) for side in image.size)
    if (width, height) != image.size:
        image = image.resize((width, height), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=1)
    return out.getvalue()

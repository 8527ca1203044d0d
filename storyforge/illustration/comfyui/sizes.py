"""How large a picture is asked of a model: its own grid, its own number of pixels, the film's shape."""

from __future__ import annotations

from collections.abc import Iterator
from math import gcd, lcm, log, sqrt

from storyforge.illustration.comfyui.entry import Entry

TOLERANCE = 0.125
"""Of the pixels a model was made for: 1280×720 is 12.2 % below 1024², and exactly 16:9."""

WIDEST = 4.0
"""Long side to short side; models draw nothing sensible in longer strips."""

OTHERS_GRID = 16
"""Of models that nobody has told us about: all that we know divide by it."""

OTHERS_MEGAPIXELS = 1.05


def size_for(entry: Entry | None, shape: tuple[int, int], megapixels: float | None = None) -> tuple[int, int]:
    """(width, height) in pixels for a picture of this shape (width, height in any unit).

    On the model's grid. About `megapixels` million pixels, or as many as the model was made for. Where the shape can
    be met exactly within TOLERANCE of that, it is. A model that was trained on a few sizes gets the nearest of these,
    unless another number of pixels is asked for.
    """
    width, height = shape
    if width < height:
        tall, wide = size_for(entry, (height, width), megapixels)
        return wide, tall
    native = entry.megapixels if entry else OTHERS_MEGAPIXELS
    wanted = megapixels or native
    if entry and entry.sizes and abs(wanted - native) <= TOLERANCE * native:
        return _nearest(entry.sizes, width / height)
    return _fitted(width, height, wanted * 1e6, entry.grid if entry else OTHERS_GRID)


def _nearest(sizes: tuple[tuple[int, int], ...], aspect: float) -> tuple[int, int]:
    best = min(sizes, key=lambda size: abs(log(max(size) / min(size) / aspect)))
    return max(best), min(best)


def _fitted(width: int, height: int, pixels: float, grid: int) -> tuple[int, int]:
    aspect = min(width / height, WIDEST)
    exact = [size for size in _of_shape(width, height, pixels, grid) if _off(size, pixels) <= TOLERANCE]
    if exact and aspect == width / height:
        return min(exact, key=lambda size: _off(size, pixels))
    return min(_around(aspect, pixels, grid), key=lambda size: abs(log(size[0] / size[1] / aspect)))


def _of_shape(width: int, height: int, pixels: float, grid: int) -> Iterator[tuple[int, int]]:
    """The two sizes of exactly this shape on the grid that are next to so many pixels."""
    across, down = width // gcd(width, height), height // gcd(width, height)
    step = lcm(grid // gcd(across, grid), grid // gcd(down, grid))
    unit = across * step * down * step
    fewer = int(sqrt(pixels / unit))
    yield from ((across * step * n, down * step * n) for n in (fewer, fewer + 1) if n)


def _around(aspect: float, pixels: float, grid: int) -> Iterator[tuple[int, int]]:
    """Sizes on the grid near so many pixels, each a little more or less wide."""
    down = sqrt(pixels / aspect) / grid
    for rows in {max(1, int(down) + more) for more in (-1, 0, 1, 2)}:
        size = (max(1, round(rows * aspect)) * grid, rows * grid)
        if _off(size, pixels) <= TOLERANCE or rows == max(1, round(down)):
            yield size


def _off(size: tuple[int, int], pixels: float) -> float:
    return abs(size[0] * size[1] / pixels - 1)

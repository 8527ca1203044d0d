"""What of the frame a layer covers, in cells: nothing of it is drawn where it is empty or behind what is opaque."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from storyforge.rendering.planes import Pixels
from storyforge.rendering.view import Size

EMPTY, MIXED, OPAQUE = 0, 1, 2

Kinds = NDArray[np.uint8]
"""EMPTY, MIXED or OPAQUE for every cell of the frame: (rows, columns)"""

_COLUMNS, _ROWS = 16, 18
_BLOCK = 8  # pixels of a plane that are judged together
_REACH = 5  # pixels of a plane that a sample may take in beside its own place: bilinear, on chroma of half the size


class Rectangle(NamedTuple):
    """Pixels of a frame's luma: all edges are even, so that half of them is the chroma's."""

    kind: int
    left: int
    top: int
    right: int
    bottom: int

    @property
    def halved(self) -> Rectangle:
        """The same of the chroma."""
        return Rectangle(self.kind, self.left // 2, self.top // 2, self.right // 2, self.bottom // 2)


class Grid:
    """The frame's cells."""

    def __init__(self, size: Size) -> None:
        self.across, self.down = _edges(size[0], _COLUMNS), _edges(size[1], _ROWS)
        self.shape = (len(self.down) - 1, len(self.across) - 1)

    def rectangles(self, kinds: Kinds) -> Iterator[Rectangle]:
        """The fewest that cells of one kind, side by side and then one below the other, can be joined to; not EMPTY."""
        growing: dict[tuple[int, int, int], int] = {}
        for row in range(self.shape[0] + 1):
            runs = set(_runs(kinds[row].tolist())) if row < self.shape[0] else set()
            for run in [run for run in growing if run not in runs]:
                yield self._rectangle(run, growing.pop(run), row)
            for run in runs:
                growing.setdefault(run, row)

    def _rectangle(self, run: tuple[int, int, int], top: int, bottom: int) -> Rectangle:
        kind, left, right = run
        return Rectangle(
            kind, int(self.across[left]), int(self.down[top]), int(self.across[right]), int(self.down[bottom])
        )


class Cover:
    """Where a layer is opaque and where it is empty. `through` is what it lets through, 255 where it is empty."""

    def __init__(self, through: Pixels) -> None:
        self._opaque = _summed(cv2.compare(through, 0, cv2.CMP_GT))
        self._empty = _summed(cv2.compare(through, 255, cv2.CMP_LT))

    def kinds(self, warp: NDArray[np.float64], grid: Grid) -> Kinds:
        """`warp` is the matrix that says for a pixel of the frame's luma where it looks (camera.matrix)."""
        left, right = _blocks(warp[0, 0], warp[0, 2], grid.across, self._empty.shape[1] - 1)
        top, bottom = _blocks(warp[1, 1], warp[1, 2], grid.down, self._empty.shape[0] - 1)
        area = np.outer(bottom - top, right - left)
        empty = _counted(self._empty, left, right, top, bottom) == area
        opaque = _counted(self._opaque, left, right, top, bottom) == area
        return np.where(empty, EMPTY, np.where(opaque, OPAQUE, MIXED)).astype(np.uint8)


def _edges(length: int, count: int) -> NDArray[np.int64]:
    """0 … length, all even."""
    return np.unique(np.round(np.linspace(0, length / 2, min(count, length // 2) + 1)).astype(np.int64) * 2)


def _runs(row: list[int]) -> Iterator[tuple[int, int, int]]:
    start = 0
    for kind, cells in groupby(row):
        end = start + len(list(cells))
        if kind != EMPTY:
            yield kind, start, end
        start = end


def _summed(other: Pixels) -> NDArray[np.int64]:
    """Sums from the top left of blocks in which no pixel is `other` (255)."""
    height, width = other.shape
    rows, columns = -(-height // _BLOCK), -(-width // _BLOCK)
    beyond = (0, rows * _BLOCK - height, 0, columns * _BLOCK - width)
    padded = cv2.copyMakeBorder(other, *beyond, cv2.BORDER_REPLICATE)
    # One pixel of 255 among 64 has a mean of 4.
    none = cv2.resize(padded, (columns, rows), interpolation=cv2.INTER_AREA) == 0
    return np.pad(none.astype(np.int64).cumsum(0).cumsum(1), ((1, 0), (1, 0)))


def _blocks(
    step: float, start: float, edges: NDArray[np.int64], count: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First and last block, exclusive, that each cell looks at; beyond the layer, its last ones go on."""
    first = np.floor((start + step * edges[:-1] - _REACH) / _BLOCK).astype(np.int64)
    last = np.floor((start + step * (edges[1:] - 1) + _REACH) / _BLOCK).astype(np.int64)
    return first.clip(0, count - 1), last.clip(0, count - 1) + 1


def _counted(sums: NDArray[np.int64], *edges: NDArray[np.int64]) -> NDArray[np.int64]:
    left, right, top, bottom = edges
    counted: NDArray[np.int64] = (
        sums[np.ix_(bottom, right)] - sums[np.ix_(top, right)] - sums[np.ix_(bottom, left)] + sums[np.ix_(top, left)]
    )
    return counted

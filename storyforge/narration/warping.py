"""Dynamic time warping: which moment of one reading is which moment of another (Sakoe and Chiba 1978).

A path through all pairs of moments would take 3.6 GB for two readings of ten minutes. So long readings are laid beside
each other coarsely first, and then finer and finer, only near the path that was found (Salvador and Chan 2007).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from storyforge.narration.mfcc import Frames

_WAITING = 0.05  # what it costs that one reading waits for the other, beside the unlikeness of what is heard
_PAIRS = 6_000_000  # that are looked at without a coarser path to go by: 25 s beside 25 s
_COARSER = 4
_NEAR = 64  # frames to both sides of a coarser path within which the finer one lies

_BOTH, _FIRST, _SECOND = 0, 1, 2  # which reading goes on


@dataclass(frozen=True)
class Path:
    """`first[i]` and `second[i]` are moments alike; neither goes back. `cost`: how unlike they are, on average."""

    first: NDArray[np.intp]
    second: NDArray[np.intp]
    cost: float


def warped(first: Frames, second: Frames) -> Path:
    """The path along which two sequences of frames, shapes (n, d) and (m, d) with n, m ≥ 1, are most alike."""
    if len(first) * len(second) <= _PAIRS or min(len(first), len(second)) < 2 * _COARSER:
        everywhere = np.zeros(len(first), np.intp)
        return _path(first, second, everywhere, everywhere + len(second))
    coarse = warped(_coarser(first), _coarser(second))
    return _path(first, second, *_near(coarse, len(first), len(second)))


def _coarser(frames: Frames) -> Frames:
    """Each four frames as one, their mean."""
    starts = np.arange(0, len(frames), _COARSER)
    sizes = np.diff([*starts, len(frames)]).astype(np.float32)
    return np.asarray(np.add.reduceat(frames, starts, axis=0) / sizes[:, None], np.float32)


def _near(coarse: Path, rows: int, columns: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """For each row the first column that is near a coarser path, and the one behind the last."""
    changes = np.flatnonzero(np.diff(coarse.first)) + 1
    starts = coarse.second[np.concatenate(([0], changes))] * _COARSER - _NEAR
    ends = (coarse.second[np.concatenate((changes - 1, [-1]))] + 1) * _COARSER + _NEAR
    spread = np.arange(rows) // _COARSER
    return np.maximum(starts[spread], 0), np.minimum(ends[spread], columns)


def _path(first: Frames, second: Frames, starts: NDArray[np.intp], ends: NDArray[np.intp]) -> Path:
    squares = np.einsum("ij,ij->i", second, second)
    moves: list[NDArray[np.uint8]] = []
    costs, before = np.zeros(1), -1  # of the row before, from this column on: at first, one place to come from
    for frame, start, end in zip(first, starts.tolist(), ends.tolist(), strict=True):
        likeness = second[start:end] @ frame
        unlike = np.sqrt(np.maximum(squares[start:end] + frame @ frame - 2 * likeness, 0)).astype(np.float64)
        costs, moved = _row(unlike, _overlap(costs, before, start - 1, end))
        moves.append(moved)
        before = start
    return _traced(first, second, starts, moves)


def _overlap(costs: NDArray[np.float64], begins: int, start: int, end: int) -> NDArray[np.float64]:
    """Costs that are known from the column `begins` on, as those from `start` to `end`; infinite where unknown."""
    known = np.full(end - start, np.inf)
    low, high = max(begins, start), min(begins + len(costs), end)
    if low < high:
        known[low - start : high - start] = costs[low - begins : high - begins]
    return known


def _row(unlike: NDArray[np.float64], above: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    """The least costs of coming to each pair of a row, and by which move.

    Staying in the row adds up its unlikeness; taken off beforehand, the least so far is a running minimum.
    """
    both, waited = above[:-1], above[1:] + _WAITING
    entered = np.minimum(both, waited) + unlike
    staying = np.cumsum(unlike + _WAITING)
    least = np.minimum.accumulate(entered - staying)
    moves = np.where(waited < both, np.uint8(_FIRST), np.uint8(_BOTH))
    moves[least < entered - staying] = _SECOND
    return least + staying, moves


def _traced(first: Frames, second: Frames, starts: NDArray[np.intp], moves: list[NDArray[np.uint8]]) -> Path:
    begins = starts.tolist()
    row, column = len(first) - 1, len(second) - 1
    rows, columns = [row], [column]
    while row or column:
        move = moves[row][column - begins[row]]
        row -= int(move != _SECOND)
        column -= int(move != _FIRST)
        rows.append(row)
        columns.append(column)
    ones, others = np.array(rows[::-1]), np.array(columns[::-1])
    unlike = np.linalg.norm(first[ones] - second[others], axis=1)
    return Path(ones, others, float(unlike.mean()))

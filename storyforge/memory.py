"""Giving memory back to the system: promise 12 holds for what others see, not only for what we count."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from functools import cache


def give_back() -> None:
    """Returns freed memory to the system, after something large was made.

    glibc keeps what threads free for their next need: after a few pictures and clips 250 MB of a render were such
    leftovers. Other systems' allocators return large blocks by themselves.
    """
    trim = _trim()
    if trim is not None:
        trim(0)


@cache
def _trim() -> Callable[[int], int] | None:
    if sys.platform != "linux":
        return None
    try:
        trim: Callable[[int], int] = ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError):  # another C library, such as musl
        return None
    return trim

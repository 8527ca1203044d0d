"""Waiting for what cannot be broken off, so that whoever waits can leave at any moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import wait as wait_for
from typing import TypeVar

from storyforge.web.stream import BEAT

T = TypeVar("T")


def waited(work: Callable[[], T], beat: Callable[[], None]) -> T:
    """What `work` gives or raises. `beat` is called meanwhile; what it raises leaves the work to end by itself."""
    done: Future[T] = Future()

    def run() -> None:
        try:
            done.set_result(work())
        except BaseException as error:
            done.set_exception(error)

    threading.Thread(target=run, name="waited", daemon=True).start()
    while not wait_for([done], BEAT).done:
        beat()
    return done.result()

"""How well servers that draw are kept busy: 40 pictures of a fixed half second each, through the pool.

    python -m tests.benchmarks.servers

Asked: a server stands idle for less than 2 % of the time between the first picture and the last; two servers are 1.95
times as fast as one. Costs of this machine (threads, HTTP, decoding PNG) are in it, as they are in a film.
"""

from __future__ import annotations

import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from storyforge.illustration.comfyui.job import Job
from storyforge.illustration.comfyui.pool import Pool
from storyforge.illustration.comfyui.server import Server
from tests.comfyui_jobs import noise
from tests.fakes import FakeComfyUI

PICTURES = 40
SECONDS = 0.5
SIZE = (1024, 576)
IDLE = 0.02
SPEED_UP = 1.95


def main() -> None:
    alone, idle = drawn_by(1)
    print(f"one server: {PICTURES} pictures of {SECONDS} s in {alone:.2f} s, idle {idle[0]:.2%} (asked: {IDLE:.0%})")
    together, idles = drawn_by(2)
    told = ", ".join(f"{share:.2%}" for share in idles)
    print(f"two servers: {together:.2f} s = {alone / together:.3f} times as fast (asked: {SPEED_UP}), idle {told}")


def drawn_by(servers: int) -> tuple[float, list[float]]:
    """Seconds for all pictures, and the share of its time in which each server stood idle."""
    with ExitStack() as stack:
        fakes = [stack.enter_context(FakeComfyUI(seconds=SECONDS)) for _ in range(servers)]
        pool = Pool([Server(fake.url) for fake in fakes])
        started = time.monotonic()
        with ThreadPoolExecutor(pool.places) as threads:
            list(threads.map(pool.draw, [a_picture(seed) for seed in range(PICTURES)]))
        return time.monotonic() - started, [idle / whole for idle, whole in (fake.idle_between() for fake in fakes)]


def a_picture(seed: int) -> Job:
    return Job(str(uuid.uuid4()), noise(seed, size=SIZE), "3", SIZE)


if __name__ == "__main__":
    main()

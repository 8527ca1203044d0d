"""Measuring whole processes: wall time, processor time with all children, and peak memory of the whole tree."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True)
class Cost:
    """Seconds on the clock, seconds of processor (user + system, children included), and peak bytes of the tree."""

    wall: float
    cpu: float
    peak: int


def storyforge(folder: Path, *arguments: str) -> Cost:
    """Runs the program in `folder` and measures it. RuntimeError with its output if it fails."""
    return cost([sys.executable, "-m", "storyforge.cli", *arguments], folder)


def cost(command: list[str], folder: Path, *, sample: bool = True) -> Cost:
    with (folder / "bench.log").open("w+", encoding="utf-8") as log:
        started = time.monotonic()
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
        watcher = PeakMemory(process.pid)
        if sample:
            watcher.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        watcher.stop()
        if process.returncode:
            log.seek(0)
            raise RuntimeError(f"{command} ended with {process.returncode}:\n{log.read()[-2000:]}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, watcher.peak)


class PeakMemory(threading.Thread):
    """Samples the memory of a process and all below it five times a second. Shared pages count once (PSS)."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.peak, self._ended = pid, 0, threading.Event()

    def run(self) -> None:
        while not self._ended.wait(0.2):
            self.peak = max(self.peak, self._now())

    def stop(self) -> None:
        self._ended.set()

    def _now(self) -> int:
        total = 0
        try:
            root = psutil.Process(self.pid)
            for process in (root, *root.children(recursive=True)):
                info = process.memory_full_info()
                total += getattr(info, "pss", info.rss)
        except psutil.Error:  # ended between two looks
            pass
        return total

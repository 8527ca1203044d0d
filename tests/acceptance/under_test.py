"""The two that are killed: a real ComfyUI, and storyforge at work."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil


class Told:
    """What happened, with the seconds since the beginning."""

    def __init__(self) -> None:
        self._begun = time.monotonic()

    def __call__(self, what: str) -> None:
        print(f"{time.monotonic() - self._begun:7.1f} s  {what}", flush=True)


class Server:
    """The one that storyforge starts. `folder`: its models, what it draws, and its log."""

    def __init__(self, command: str, url: str, folder: Path) -> None:
        self._port = urlsplit(url).port
        self._log, self._pictures = folder / "log.txt", folder / "output" / "storyforge"
        line = command.replace("{folder}", str(folder))
        self.start = shlex.join(["bash", "-c", f"{line} >> {self._log} 2>&1"])

    def kill(self) -> None:
        """Whoever listens there: what was started may be a script that started it."""
        for found in psutil.net_connections("tcp"):
            if found.status == psutil.CONN_LISTEN and found.laddr[1:] == (self._port,) and found.pid:
                os.kill(found.pid, signal.SIGKILL)

    @property
    def drawn(self) -> Counter[str]:
        """A job's id -> how often its picture was written: the second time it is called ID_00002_.png."""
        return Counter(path.name.partition("_")[0] for path in self._pictures.glob("*.png"))

    @property
    def executed(self) -> int:
        """How many jobs it says it has carried out, in all its lives."""
        return self._log.read_text("utf-8", "replace").count("Prompt executed in")


class Program:
    """`storyforge render` in a folder, with a keeper of its own. `pictures`: how many it has told of, in all runs."""

    def __init__(self, folder: Path, told: Told) -> None:
        self._folder, self._told = folder, told
        self._environment = {**os.environ, "STORYFORGE_STATE": str(folder / "state")}
        self.pictures = 0
        self.start()

    def start(self) -> None:
        self._process = self._storyforge("render", "story.yaml", "--json")
        self._told("storyforge started")

    def hears_of(self, pictures: int, then: int) -> bool:
        """Reads on until there are so many more pictures, and then so many lines; False if it ended before."""
        awaited = self.pictures + pictures
        while self.pictures < awaited:
            if not self._line():
                return False
        return all(self._line() for _ in range(then))

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()

    def wait(self) -> int:
        while self._line():
            pass
        return self._process.wait()

    def stop_keeper(self) -> None:
        said, _ = self._storyforge("keeper", "stop").communicate()
        self._told(said.strip())

    def _storyforge(self, *arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "storyforge.cli", *arguments]
        return subprocess.Popen(command, cwd=self._folder, env=self._environment, stdout=subprocess.PIPE, text=True)

    def _line(self) -> bool:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if line.endswith("}\n"):
            self._hear(json.loads(line))
        return bool(line)

    def _hear(self, event: dict[str, Any]) -> None:
        if event["kind"] == "made" and event["stage"] == "draw" and "scene" in event:  # a title card is of no scene
            self.pictures += 1
            self._told(f"scene {event['scene']:2} is drawn")
        elif event["kind"] in ("note", "failed", "finished"):
            self._told(f"storyforge: {event.get('text')}")

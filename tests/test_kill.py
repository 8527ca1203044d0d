"""SIGKILL at any moment loses nothing that was finished."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from storyforge.store import file_digest
from tests.films import SMALL, STORY

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")

KILLS = 10

Told = dict[str, Any]


@contextmanager
def started(folder: Path) -> Iterator[tuple[subprocess.Popen[str], Iterator[str]]]:
    """The program at work in this folder, and what it tells, line by line."""
    command = [sys.executable, "-m", "storyforge.cli", "render", "mitten.yaml", "--json", "--settings", "small.yaml"]
    command += ["--illustrator", "paper", "--narrator", "espeak"]
    with (folder / "errors.txt").open("w") as errors:
        process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=errors, text=True)
    with process:
        assert process.stdout
        yield process, iter(process.stdout)


def events_of(lines: Iterable[str]) -> list[Told]:
    """What the program told; of a killed one, the last line may be torn."""
    return [json.loads(line) for line in lines if line.endswith("}\n")]


def finished(events: list[Told]) -> list[str]:
    """Keys of what was made, as far as the program could tell."""
    return [event["key"] for event in events if event["kind"] == "made"]


def whole_run(folder: Path) -> tuple[list[Told], float]:
    """What it told, and the seconds from its first word to its end."""
    with started(folder) as (process, lines):
        first, begun = next(lines), time.monotonic()
        told = events_of([first, *lines])
    assert process.returncode == 0, (folder / "errors.txt").read_text()
    return told, time.monotonic() - begun


def killed_run(folder: Path, at: Callable[[Told], bool], later: float = 0.0) -> list[Told]:
    """What it told until it was killed, so many seconds after that event; all, if it came to its end before."""
    with started(folder) as (process, lines):
        told = []
        for line in lines:
            told.append(line)
            if at(json.loads(line)):
                break
        time.sleep(later)
        process.kill()
        told += lines
    return events_of(told)


def story_folder(folder: Path) -> Path:
    folder.mkdir()
    (folder / "mitten.yaml").write_text(STORY, "utf-8")
    (folder / "small.yaml").write_text("".join(f"{name}: {value}\n" for name, value in SMALL.items()), "utf-8")
    return folder


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return story_folder(tmp_path_factory.mktemp("films") / "undisturbed")


@pytest.fixture(scope="module")
def whole(undisturbed: Path) -> tuple[list[Told], float]:
    return whole_run(undisturbed)


def check_same_film(folder: Path, undisturbed: Path) -> None:
    """And nothing beside it that an undisturbed run would not leave."""
    assert file_digest(folder / "output/mitten/film.mp4") == file_digest(undisturbed / "output/mitten/film.mp4")
    assert list((folder / "output").rglob("*.yours*")) == []
    assert list((folder / "output/.store/tmp").iterdir()) == []


def after(count: int) -> Callable[[Told], bool]:
    """True once a run has made so many files; for 0, once it has started on one."""
    made: list[Told] = []

    def reached(event: Told) -> bool:
        if event["kind"] == "made":
            made.append(event)
        return len(made) >= count and event["kind"] in ("started", "made")

    return reached


def twice_made(runs: list[list[str]]) -> list[str]:
    return [key for key, count in Counter(key for run in runs for key in run).items() if count > 1]


def test_after_ten_kills_at_random_moments_the_film_is_the_same_and_nothing_was_made_twice(
    tmp_path: Path, undisturbed: Path, whole: tuple[list[Told], float]
) -> None:
    (told, seconds), folder = whole, story_folder(tmp_path / "killed")
    moments = random.Random(20260421)
    # Counted in files, so that a busy machine, which takes long to load the program, is killed as often while it works.
    kills = [(after(moments.randint(0, 3)), moments.uniform(0, seconds / 10)) for _ in range(KILLS)]
    runs = [finished(killed_run(folder, at, later)) for at, later in kills]
    runs.append(finished(whole_run(folder)[0]))
    assert sum(map(bool, runs[:-1])) > 1, "the kills came before anything was made"
    assert twice_made(runs) == [] and {key for run in runs for key in run} <= set(finished(told))
    check_same_film(folder, undisturbed)


@pytest.mark.usefixtures("whole")
def test_after_kills_while_the_film_is_joined_and_written_down_it_is_the_same(
    tmp_path: Path, undisturbed: Path
) -> None:
    folder, runs = story_folder(tmp_path / "killed"), []
    for kind in ("started", "made"):
        told = killed_run(folder, lambda event, kind=kind: (event.get("stage"), event["kind"]) == ("join", kind))
        assert ("join", kind) in [(event.get("stage"), event["kind"]) for event in told]
        runs.append(finished(told))
    runs.append(finished(whole_run(folder)[0]))
    assert twice_made(runs) == []
    check_same_film(folder, undisturbed)

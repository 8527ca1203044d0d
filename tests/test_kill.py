"""SIGKILL at any moment loses nothing that was finished."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from storyforge.store import file_digest
from tests.films import SMALL, STORY, render, settings_for


def start(folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "storyforge.cli", "render", "mitten.yaml", "--json", "--settings", "small.yaml"]
    crew = ["--illustrator", "paper", "--narrator", "espeak"]
    return subprocess.Popen([*command, *crew], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finished(lines: str) -> list[str]:
    """Keys of what was made, as far as the killed program could tell."""
    events = [json.loads(line) for line in lines.splitlines() if line.endswith("}")]
    return [event["key"] for event in events if event["kind"] == "made"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_after_ten_kills_at_random_moments_the_film_is_the_same_and_nothing_was_made_twice(tmp_path: Path) -> None:
    (tmp_path / "mitten.yaml").write_text(STORY, "utf-8")
    undisturbed = render(tmp_path / "mitten.yaml", settings_for(tmp_path / "undisturbed"))
    (tmp_path / "small.yaml").write_text("".join(f"{name}: {value}\n" for name, value in SMALL.items()), "utf-8")
    moments = random.Random(20260421)
    keys: list[str] = []
    for _ in range(10):
        process = start(tmp_path)
        time.sleep(moments.uniform(0.4, 2.2))
        process.kill()
        keys += finished(process.communicate()[0])
    process = start(tmp_path)
    out, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    keys += finished(out)
    assert [key for key, count in Counter(keys).items() if count > 1] == []
    assert file_digest(tmp_path / "output/mitten/film.mp4") == file_digest(undisturbed.path)
    assert list((tmp_path / "output/.store/tmp").iterdir()) == []

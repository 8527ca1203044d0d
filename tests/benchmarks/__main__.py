"""`make bench`: what a film costs, as ratios within one run. `--long` adds a story of twenty minutes (about 20 min).

Figures of one machine mean little; the ratio to plain x264 of the same frames means the same everywhere. At the end,
what moving one picture costs beside other ways, how well servers that draw pictures are kept busy, what planning by a
language model costs, how exactly words are found in a sound, and how long voices take.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from storyforge.rendering.encoders import SOFTWARE
from storyforge.rendering.ffmpeg import program
from storyforge.store import Store
from tests.benchmarks import motion, planner, servers, voices, words
from tests.benchmarks.measure import Cost, storyforge
from tests.conftest import ROOT

STORY = "stories/eevee-saga.yaml"
FRAMES = 240  # raw 1080p frames kept on disk: 750 MB


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--long", action="store_true", help="also a story of twenty minutes")
    parser.add_argument("--story", default=STORY)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="storyforge-bench-") as name:
        folder = Path(name)
        shutil.copytree(ROOT / "stories", folder / "stories")
        print(f"{os.cpu_count()} cores; {options.story} at 1080p, 30 frames a second")
        film(folder, options.story)
        if options.long:
            long_film(folder)
    motion.main()
    servers.main()
    planner.main()
    words.main()
    voices.main()


def film(folder: Path, story: str) -> None:
    whole = storyforge(folder, "render", story)
    seconds = film_seconds(folder / "output" / Path(story).stem / "film.mp4")
    show("whole film, from nothing", whole, seconds)
    forget(folder, {"Shoot", "Mix", "Join"})
    built = storyforge(folder, "render", story)
    show("film from ready pictures and speech", built, seconds)
    alone = encoding_alone(folder, folder / "output" / Path(story).stem / "film.mp4")
    show("x264 alone, same frames and settings", alone, FRAMES / 30)
    frames = seconds * 30
    print(f"  ours / alone, processor time a frame: {built.cpu / frames / (alone.cpu / FRAMES):.2f}")
    print(f"  ours / alone, wall time a frame:      {built.wall / frames / (alone.wall / FRAMES):.2f}")
    again = storyforge(folder, "render", story)
    print(f"nothing changed: {again.wall:.2f} s")
    change_one_word(folder / story)
    print(f"one scene changed: {storyforge(folder, 'render', story).wall:.1f} s (whole film {whole.wall:.1f} s)")


def long_film(folder: Path) -> None:
    text = (folder / STORY).read_text("utf-8")
    head, _, story = text.partition("story: |\n")
    parts = [story.replace("Meadow", f"Meadow number {number}") for number in range(1, 5)]
    (folder / "stories/long.yaml").write_text(head + "story: |\n" + "\n".join(parts), "utf-8")
    cost = storyforge(folder, "render", "stories/long.yaml")
    show("a long story", cost, film_seconds(folder / "output/long/film.mp4"))


def show(what: str, cost: Cost, seconds: float) -> None:
    print(
        f"{what}: {seconds:.0f} s of film in {cost.wall:.1f} s = {seconds / cost.wall:.2f} x real time; "
        f"processor {cost.cpu:.1f} s = {cost.cpu / seconds / 30 * 1000:.1f} ms a frame; peak {cost.peak / 1e6:.0f} MB",
        flush=True,
    )


def encoding_alone(folder: Path, film: Path) -> Cost:
    """Two encoders side by side on raw frames of the film's middle, as the runner would run them."""
    encoder = SOFTWARE["share"]
    raw = folder / "frames.yuv"
    cut = [program(), "-v", "error", "-ss", "20", "-i", film, "-frames:v", str(FRAMES // 2), "-f", "rawvideo", raw]
    subprocess.run([str(each) for each in cut], check=True)
    encode = [program(), "-v", "error", "-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", "1920x1080", "-r", "30"]
    encode += ["-i", str(raw), "-c:v", encoder.name, "-threads", str(encoder.threads)]
    for name, value in encoder.options.items():
        encode += [f"-{name}", value]
    encode += ["-f", "null", "-"]
    before, started = os.times(), time.monotonic()
    for process in [subprocess.Popen(encode) for _ in range(2)]:
        process.wait()
    after = os.times()
    cpu = after.children_user - before.children_user + after.children_system - before.children_system
    return Cost(time.monotonic() - started, cpu, 0)


def film_seconds(path: Path) -> float:
    told = subprocess.run([program(), "-hide_banner", "-i", str(path)], capture_output=True, text=True).stderr
    hours, minutes, seconds = told.partition("Duration: ")[2].partition(",")[0].split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def forget(folder: Path, tasks: set[str]) -> None:
    store = Store(folder / "output/.store")
    for key, record in list(store.records()):
        if record.task["task"] in tasks:
            store.forget(key)
            store.path(record.artifact).unlink(missing_ok=True)


def change_one_word(story: Path) -> None:
    text = story.read_text("utf-8")
    start = text.index("story: |") + len(text) // 3
    word = next(word for word in text[start:].split()[2:] if word.isalpha() and word.islower() and len(word) > 4)
    story.write_text(text[:start] + text[start:].replace(word, "really " + word, 1), "utf-8")


if __name__ == "__main__":
    main()

"""Which encoder settings are worth their time: `python -m tests.benchmarks.encoders [PATTERN]` (an hour for all).

Each is tried on clips of the sample stories (`sample_clips.py`), 1080p at 30 frames a second: processor time (user and
system), size, memory, and VMAF against the raw planes. Rows go to encoders.csv beside this file as they are measured
(the least processor time of several runs stands); encoders.md is made of it, with the Pareto front marked.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import re
import subprocess
import tempfile
from dataclasses import asdict, astuple, dataclass, fields, replace
from pathlib import Path

import numpy as np

from storyforge.rendering.ffmpeg import program
from tests.benchmarks.candidates import CANDIDATES, Candidate
from tests.benchmarks.sample_clips import FPS, FRAMES, SIZE, film_samples

TABLE = Path(__file__).with_suffix(".csv")
RAW = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{SIZE[0]}x{SIZE[1]}", "-r", str(FPS)]
EVERY = 5  # of this many frames one is compared; a number that meets every kind of frame in turn

HEAD = """\
# Encoder settings, measured

Made by `python -m tests.benchmarks.encoders`; what each name stands for is in `candidates.py`. ● marks the front: no
other setting is at once as quick, as small and as good. Four clips of 72 frames, 1080p at 30 frames a second, one
thread each: a pan, a push-in, a dissolve, and a pan over a rough, grainy picture.

| front | settings | CRF | processor, ms a frame | kbit/s | VMAF | VMAF, worst 5 % | memory, MB |
| --- | --- | --- | --- | --- | --- | --- | --- |"""


@dataclass(frozen=True)
class Row:
    """`ms`: processor a frame. `kbit`: a second of film. VMAF: mean, and what 95 of 100 frames are better than."""

    name: str
    crf: int
    ms: float
    kbit: float
    vmaf: float
    worst: float
    mb: float

    def beats(self, other: Row) -> bool:
        ours, theirs = ((row.ms, row.kbit, -row.vmaf, -row.worst) for row in (self, other))
        return ours != theirs and all(a <= b for a, b in zip(ours, theirs, strict=True))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("pattern", nargs="?", default="", help="regular expression: only settings whose name has it")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--new", action="store_true", help="only what is not in the table yet")
    parser.add_argument("--clips", type=Path, help="folder that keeps the raw clips for the next time")
    options = parser.parse_args()
    wanted = [each for each in CANDIDATES if re.search(options.pattern, each.name)]
    with tempfile.TemporaryDirectory(prefix="storyforge-encoders-") as folder:
        clips = film_samples(options.clips or Path(folder))
        for _ in range(options.rounds):
            for candidate in wanted:
                for crf in candidate.crfs:
                    if options.new and (candidate.name, crf) in known_rows():
                        continue
                    keep(measured(candidate, crf, clips, Path(folder)))
    write_down()


def measured(candidate: Candidate, crf: int, clips: list[Path], folder: Path) -> Row:
    known = known_rows().get((candidate.name, crf))
    out = folder / "out.mp4"
    seconds, size, peak = 0.0, 0, 0
    scores: list[float] = []
    for clip in clips:
        arguments = [program(), "-v", "error", "-y", *RAW, "-i", str(clip), *candidate.arguments(crf), str(out)]
        process = subprocess.Popen(arguments)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise RuntimeError(f"{candidate.name} ended with {process.returncode}")
        seconds += usage.ru_utime + usage.ru_stime
        peak = max(peak, usage.ru_maxrss)
        size += out.stat().st_size
        scores += [] if known else vmaf(out, clip, folder)
    frames = len(clips) * FRAMES
    ms = round(seconds / frames * 1000, 1)
    if known:
        return replace(known, ms=min(known.ms, ms))
    kbit = round(size * 8 / 1000 / (frames / FPS))
    worst = float(np.percentile(scores, 5))
    return Row(candidate.name, crf, ms, kbit, round(float(np.mean(scores)), 2), round(worst, 2), peak // 1024)


def vmaf(encoded: Path, clip: Path, folder: Path) -> list[float]:
    """Netflix's measure of what is seen, 0…100, of each frame looked at, in 10 bit, so that finer shades count."""
    log = folder / "vmaf.json"
    same = "setpts=N/30/TB,format=yuv420p10le"
    graph = f"[0]{same}[a];[1]{same}[b];[a][b]libvmaf=n_threads=1:n_subsample={EVERY}:log_fmt=json:log_path={log}"
    command = [program(), "-v", "error", "-i", str(encoded), *RAW, "-i", str(clip), "-lavfi", graph, "-f", "null", "-"]
    subprocess.run(command, check=True)
    return [frame["metrics"]["vmaf"] for frame in json.loads(log.read_text())["frames"]]


def known_rows() -> dict[tuple[str, int], Row]:
    if not TABLE.exists():
        return {}
    with TABLE.open(newline="", encoding="utf-8") as file:
        rows = (
            Row(r["name"], int(r["crf"]), *(float(r[f.name]) for f in fields(Row)[2:])) for r in csv.DictReader(file)
        )
        return {(row.name, row.crf): row for row in rows}


def keep(row: Row) -> None:
    print(*astuple(row), sep="  ", flush=True)
    new = not TABLE.exists()
    with TABLE.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [field.name for field in fields(Row)], lineterminator="\n")
        if new:
            writer.writeheader()
        writer.writerow(asdict(row))


def write_down() -> None:
    """The table in order of time, as CSV and to be read. What nothing beats in everything at once is on the front."""
    rows = sorted(known_rows().values(), key=lambda row: (row.ms, row.kbit))
    with TABLE.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [field.name for field in fields(Row)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(row) for row in rows)
    lines = [HEAD]
    for row in rows:
        front = "" if any(other.beats(row) for other in rows) else "●"
        cells = (
            front,
            row.name,
            row.crf,
            row.ms,
            round(row.kbit),
            f"{row.vmaf:.2f}",
            f"{row.worst:.2f}",
            round(row.mb),
        )
        lines.append(f"| {' | '.join(map(str, cells))} |")
    TABLE.with_suffix(".md").write_text("\n".join([*lines, ""]), "utf-8")


if __name__ == "__main__":
    main()

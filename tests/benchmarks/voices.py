"""How long speaking a story takes, and how well a neural voice keeps the cores busy.

    python -m tests.benchmarks.voices

All lines of the sample saga by espeak (asked: under 2 s), from an empty store, as `render` speaks them. Then a minute
of it by a voice of medium size (random weights, see tests/medium_voice.py): one line at a time on one thread; one at a
time with onnxruntime's own threads; as many at once as there are cores, one thread each, as Piper is set (asked: 1.7
times as fast as the first, on 2 cores). Each in a process of its own, in turn, several times over: where other programs
run beside it, only the quickest runs of each tell something, and how much processor time they took.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median

from storyforge.backend import Narrator
from storyforge.cores import cores
from storyforge.narration.espeak import Espeak
from storyforge.narration.piper import Piper
from storyforge.narration.piper_files import find, installed
from storyforge.narration.piper_model import loaded, with_durations
from storyforge.planning.rules import Rules
from storyforge.runner import LocalRunner, all_of, lanes
from storyforge.shots import lexicon_for, shots_of, speakers
from storyforge.store import Store
from storyforge.story_file import load_story
from storyforge.tasks import Speak
from tests.benchmarks.measure import PeakMemory
from tests.conftest import ROOT
from tests.medium_voice import make_medium_voice

STORY = ROOT / "stories/eevee-saga.yaml"
LETTERS = 900  # of the story, for the neural voice: about a minute
ROUNDS = 7
WAYS = {"one at a time, one thread": (1, 1), "one at a time, all threads": (1, 0), "as many as cores": (0, 1)}
"""Lines at once (0: one a core), and threads a line (0: onnxruntime's own choice)."""


@dataclass(frozen=True)
class Run:
    """Seconds on the clock and of the processor, seconds of speech, lines; peak bytes where they were watched."""

    seconds: float
    processor: float
    sound: float
    lines: int
    memory: int = 0


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="storyforge-bench-") as name:
        folder = Path(name)
        by_espeak(folder)
        make_medium_voice(folder / "voices")
        by_a_medium_voice(folder)


def by_espeak(folder: Path) -> None:
    runs = [asyncio.run(spoken(Espeak(), folder / f"espeak{number}", 1)) for number in range(ROUNDS)]
    seconds = told([run.seconds for run in runs])
    work = told([run.processor for run in runs])
    print(
        f"the saga by espeak: {runs[0].lines} lines, {runs[0].sound:.0f} s of speech in {seconds} s (asked: 2)", end=""
    )
    print(f"; processor {work} s", flush=True)


def by_a_medium_voice(folder: Path) -> None:
    found: dict[str, list[Run]] = {way: [] for way in WAYS}
    for number in range(ROUNDS):
        for way, (at_once, threads) in WAYS.items():
            found[way].append(apart(folder, f"{number}-{at_once}-{threads}", at_once, threads))
    alone = next(iter(found.values()))
    print(f"a voice of medium size, {alone[0].sound:.0f} s of speech, {cores()} cores:")
    for way, runs in found.items():
        quickest = min(run.seconds for run in alone) / min(run.seconds for run in runs)
        faster = [one.seconds / run.seconds for one, run in zip(alone, runs, strict=True)]
        work = [run.processor / run.sound for run in runs]
        print(
            f"  {way}: {quickest:.2f} times as fast at its quickest, in pairs {told(faster)}; "
            f"processor {told(work, 3)} s a second of speech; peak {told([run.memory / 1e6 for run in runs], 0)} MB",
            flush=True,
        )


def apart(folder: Path, store: str, at_once: int, threads: int) -> Run:
    """What a process took that did nothing else."""
    command = [sys.executable, "-m", "tests.benchmarks.voices", "--store", store]
    command += ["--at-once", str(at_once), "--threads", str(threads)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True)
    memory = PeakMemory(process.pid)
    memory.start()
    out, _ = process.communicate()
    memory.stop()
    if process.returncode:
        raise RuntimeError(f"{command} ended with {process.returncode}")
    return replace(Run(**json.loads(out)), memory=memory.peak)


def told(figures: Sequence[float], digits: int = 2) -> str:
    """`1.80 (1.71 to 1.85)`: the one in the middle, the least and the most."""
    return f"{median(figures):.{digits}f} ({min(figures):.{digits}f} to {max(figures):.{digits}f})"


# ---- in the process that speaks


def speaking(store: str, at_once: int, threads: int) -> None:
    [voice] = installed()
    model = loaded(find(voice.name), voice.digest)
    if threads != 1:
        model.session = threaded(voice.path, threads)
    run = asyncio.run(spoken(Piper(), Path(store), at_once or Piper().at_once, LETTERS))
    print(json.dumps(asdict(run)))


def threaded(voice: Path, threads: int) -> object:
    """The voice's network with other threads than Piper is set to."""
    import onnxruntime  # type: ignore[import-untyped]

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(with_durations(voice.read_bytes()), options, providers=["CPUExecutionProvider"])


async def spoken(narrator: Narrator, store: Path, at_once: int, letters: int = 10**6) -> Run:
    tasks = tasks_of(narrator, letters)
    with LocalRunner(Store(store), width=lanes(None, 0, at_once)) as runner:
        started, worked = time.monotonic(), time.process_time()
        found = await all_of(runner.run(task, number) for number, task in enumerate(tasks))
        seconds, processor = time.monotonic() - started, time.process_time() - worked
        sound = sum(Speak.read(runner.store.path(each)).seconds for each in found)
        return Run(seconds, processor, sound, len(found))


def tasks_of(narrator: Narrator, letters: int) -> list[Speak]:
    """Every line of the story, as a film has it, up to so many letters."""
    story, planner = load_story(STORY).story, Rules()
    board = planner.plan(story)
    shots = shots_of(story, board)
    voices = narrator.cast_voices(story, speakers(shots), board.extras)
    tasks: list[Speak] = []
    for line in (line for shot in shots for line in shot.lines):
        if (letters := letters - len(line.text)) > 0:
            lexicon = lexicon_for(line.text, story, board.extras)
            voice = voices[line.speaker]
            tasks.append(
                Speak(text=line.text, voice=voice, language=story.language, lexicon=lexicon, narrator=narrator)
            )
    return tasks


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--store", default="")
    parser.add_argument("--at-once", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    if options.store:
        speaking(options.store, options.at_once, options.threads)
    else:
        main()

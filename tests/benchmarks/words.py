"""How exactly words are found in a sound: 20 sentences in seven languages, truth being what espeak-ng tells of them.

    python -m tests.benchmarks.words

Asked: 20 ms or better by the aligner, 80 ms or better estimated, on average. The aligner's own reading is by espeak-ng
too, so people are read less exactly than this says. A row a method, and one of a reading of ten minutes.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from storyforge.narration.align import aligned
from storyforge.narration.estimating import estimated
from storyforge.narration.spoken import Spoken, as_spoken
from storyforge.narration.words import timed_words
from storyforge.speech import Speech
from tests.told import TOLD, Told, bent

Starts = list[float]
Method = Callable[[Speech, Spoken, str], Starts]

LONG = 600  # seconds
NO_LANGUAGE = "qqq"


def main() -> None:
    print("words of 20 sentences, ms off: mean / 90 % / worst; seconds of work a second of sound")
    for name, method in METHODS.items():
        spoken, worked = measured(method, lambda speech: speech)
        changed, _ = measured(method, bent)
        print(f"  {name:34} {told(spoken)}; with tempo and pitch bent {told(changed)}; {worked:.3f}")
    print(f"  aligner, {long_reading()}")


def by_aligner(speech: Speech, spoken: Spoken, language: str) -> Starts:
    times = aligned(speech.samples, speech.rate, spoken, language).times
    return [word.start for word in timed_words(spoken.shown, spoken.words, times, speech.seconds)]


def by_lengths(speech: Speech, spoken: Spoken, language: str) -> Starts:
    return [start for start, _ in estimated(speech.samples, speech.rate, spoken, language)]


def by_letters(speech: Speech, spoken: Spoken, _: str) -> Starts:
    return by_lengths(speech, spoken, NO_LANGUAGE)


def evenly(speech: Speech, spoken: Spoken, _: str) -> Starts:
    """By the number of letters alone, as most programs do."""
    return [word.start for word in timed_words(spoken.shown, spoken.words, [None] * len(spoken.words), speech.seconds)]


METHODS: dict[str, Method] = {
    "aligner": by_aligner,
    "estimated by a reading and pauses": by_lengths,
    "estimated by letters and pauses": by_letters,
    "letters alone": evenly,
}


def measured(method: Method, heard: Callable[[Speech], Speech]) -> tuple[list[float], float]:
    """How far each word is off, and the seconds of processor time a second of sound."""
    off: list[float] = []
    worked = length = 0.0
    for sentence in TOLD:
        speech = heard(sentence.speech)
        started = time.process_time()
        found = method(speech, sentence.spoken, sentence.language)
        worked += time.process_time() - started
        length += speech.seconds
        off += [abs(start - word.start) for start, word in zip(found, speech.words, strict=True)]
    return off, worked / length


def told(off: Sequence[float]) -> str:
    return f"{np.mean(off) * 1000:4.0f} / {np.percentile(off, 90) * 1000:4.0f} / {max(off) * 1000:4.0f}"


def long_reading() -> str:
    """English sentences one after another with pauses of up to two seconds, as a parent reads a story."""
    sentences, samples, words = _read_for(LONG)
    text = "\n".join(sentence.text for sentence in sentences)
    started, before = time.process_time(), _peak()
    alignment = aligned(samples, 22050, as_spoken(text, "en", {}), "en")
    worked = time.process_time() - started
    off = [abs(times[0] - word) for times, word in zip(alignment.times, words, strict=True) if times]
    seconds = len(samples) / 22050
    return (
        f"a reading of {seconds:.0f} s: {told(off)}; {worked / seconds:.3f}; "
        f"{_peak() - before:.0f} MB of memory beside the sound's own {samples.nbytes / 1e6:.0f} MB"
    )


def _read_for(seconds: float) -> tuple[list[Told], NDArray[np.float32], list[float]]:
    english = [sentence for sentence in TOLD if sentence.language == "en"]
    chosen: list[Told] = []
    samples: list[NDArray[np.float32]] = []
    starts: list[float] = []
    passed = 0.0
    while passed < seconds:
        sentence = english[len(chosen) % len(english)]
        chosen.append(sentence)
        starts += [word.start + passed for word in sentence.speech.words]
        samples += [sentence.speech.samples, np.zeros(22050 * (1 + len(chosen) % 4) // 2, np.float32)]
        passed = sum(map(len, samples)) / 22050
    return chosen, np.concatenate(samples), starts


def _peak() -> float:
    """The most memory so far, in MB (Linux counts in kB)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


if __name__ == "__main__":
    main()

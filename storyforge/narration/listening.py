"""A recording is listened to: whether it is of its text, and when each word of it is heard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soxr
from numpy.typing import NDArray

from storyforge.backend import Progress, unseen
from storyforge.errors import BackendFailed
from storyforge.narration.align import ALIKE, Alignment, aligned, words_of
from storyforge.narration.asides import CLEAR, aside_in, crowded
from storyforge.narration.folders import shown
from storyforge.narration.pauses import pauses_of
from storyforge.narration.pronunciation import is_ipa, respelled, spoken_names
from storyforge.narration.reading import Reading, read_aloud
from storyforge.narration.recordings import Recording, content_of
from storyforge.narration.spoken import Spoken, as_spoken
from storyforge.narration.trimming import steadied, trimmed
from storyforge.narration.wav import read_sound
from storyforge.narration.words import timed_words
from storyforge.speech import Speech, Word

_RATE = 48_000  # samples a second that a film has: more is not kept
_SILENT = 0.001  # of full level: −60 dB
_MARGIN = 0.06  # seconds beside the speech that stay before it is trimmed: an f or an h begins softly
# With so few words the aligner errs more often: above this cost it is other words, or noise.
_UNLIKE = {1: 1.0, 2: 1.0, 3: 0.93, 4: 0.93}
_FIRST, _MOST = 0.25, 0.7  # seconds, and share, of a plain reading that is looked at for haste from either end
_HASTE = 0.35  # none of 160 whole lines by four voices of espeak-ng's; half to two thirds of those that were cut short
_ASIDES = 3  # that are cut off one line
_QUOTES = "“”„«»\"' "

AGAIN = "record it again"


@dataclass(frozen=True)
class Sound:
    """`samples`: float32 mono in −1…1, shape (n,), `rate` a second. `name`: what it is, for the user.

    `as_is`: how the file would be called if the user vouched for it.
    """

    samples: NDArray[np.float32]
    rate: int
    name: str
    as_is: str

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate


def sound_of(folder: str, recording: Recording) -> Sound:
    """All of a recording. BackendFailed if it cannot be read, is no sound, or a silent one."""
    name = shown(Path(folder)) + recording.name
    samples, rate = read_sound(content_of(folder, recording, name), f"The recording {name}", AGAIN)
    samples = steadied(samples, rate)
    if np.abs(samples).max() < _SILENT:
        raise BackendFailed(f"The recording {name} is silent", f"{AGAIN}, nearer to the microphone")
    if rate > _RATE:
        samples, rate = soxr.resample(samples, rate, _RATE), _RATE
    return Sound(samples, rate, name, recording.as_is)


def speech_of(
    sound: Sound,
    text: str,
    language: str,
    lexicon: Mapping[str, str],
    progress: Progress = unseen,
    *,
    vouched_for: bool = False,
) -> Speech:
    """The text as it is heard in the sound, without the silence at both ends. BackendFailed for other words.

    What else is heard before or after it, with a pause between, is cut off and noted. `vouched_for`: the user knows
    that all of it is right. Where espeak-ng does not speak the language, that is taken for
    granted.
    """
    spoken = as_spoken(text, language, _said(lexicon, language))
    if not spoken.words:
        return Speech(np.zeros(0, np.float32), sound.rate, (), "engine")
    samples = _speaking(sound)
    reading = None if vouched_for else read_aloud(spoken, language)
    if reading is not None:
        samples = _without_asides(samples, sound, text, spoken, language, reading, progress)
    found = aligned(samples, sound.rate, spoken, language)
    if found.matches:
        words = timed_words(text, spoken.words, found.times, len(samples) / sound.rate)
        if reading is not None:
            usual = timed_words(text, spoken.words, reading.times, len(reading.samples) / reading.rate)
            _stop_if_cut(sound, text, words, usual)
            _stop_if_crowded(sound, samples, text, words, usual)
        return trimmed(Speech(samples, sound.rate, words, "aligned"))
    if not vouched_for:
        _stop_if_other(sound, text, spoken, found, language)
    words, timing = words_of(samples, sound.rate, spoken, language)
    return trimmed(Speech(samples, sound.rate, words, timing))


def heard_as(samples: NDArray[np.float32], rate: int, text: str, language: str, lexicon: Mapping[str, str]) -> Speech:
    """What has just been recorded, as the text. BackendFailed for other words."""
    return speech_of(Sound(steadied(samples, rate), rate, "it", ""), text, language, lexicon)


def _stop_if_other(sound: Sound, text: str, spoken: Spoken, found: Alignment, language: str) -> None:
    most = _UNLIKE.get(len(spoken.words), ALIKE)
    if found.cost <= most or (reading := read_aloud(spoken, language)) is None:
        return
    usual = len(reading.samples) / reading.rate
    differs = f"; the two differ by {found.cost:.2f}, where {most:.2f} is the most" if np.isfinite(found.cost) else ""
    raise BackendFailed(
        f"What is heard in {sound.name} is not {quoted(text)}: it lasts {sound.seconds:.1f} s, where that takes about"
        f" {usual:.1f} s{differs}",
        f"{AGAIN}; or, if it is right, call it {sound.as_is}",
    )


def _without_asides(
    samples: NDArray[np.float32],
    sound: Sound,
    text: str,
    spoken: Spoken,
    language: str,
    reading: Reading,
    progress: Progress,
) -> NDArray[np.float32]:
    """BackendFailed for what is said within the line: who would know which of two readings is meant?"""
    plain = len(reading.samples) / reading.rate
    for _ in range(_ASIDES):
        cost = aligned(samples, sound.rate, spoken, language).cost
        if (aside := aside_in(samples, sound.rate, spoken, language, cost, plain)) is None:
            break
        what = f"Something else is heard {aside.where} {quoted(text)} in {sound.name}, for {aside.said:.1f} s"
        if aside.where == "within" or aside.pause < CLEAR:
            raise BackendFailed(what, f"{AGAIN}, or cut it out; or, if it is right, call it {sound.as_is}")
        progress(note=f"{what}; it is left out – if it belongs to the line, call the file {sound.as_is}")
        samples = aside.left_out(samples, sound.rate)
    return samples


def _stop_if_crowded(
    sound: Sound, samples: NDArray[np.float32], text: str, words: Sequence[Word], usual: Sequence[Word]
) -> None:
    pauses, seconds = pauses_of(samples, sound.rate)
    if (word := crowded(words, usual, pauses, seconds)) is not None:
        raise BackendFailed(
            f"More is heard in {sound.name} than {quoted(text)}: “{word.text}” alone would last"
            f" {word.end - word.start:.1f} s",
            f"{AGAIN}; or, if it is right, call it {sound.as_is}",
        )


def _stop_if_cut(sound: Sound, text: str, words: Sequence[Word], usual: Sequence[Word]) -> None:
    """Where speech is missing at an end, its words are laid into next to no time. `usual`: those of a plain reading."""
    for end, step in (("beginning", 1), ("end", -1)):
        if _haste(words[::step], usual[::step]) < _HASTE:
            raise BackendFailed(
                f"The {end} of {quoted(text)} is missing in {sound.name}: “{words[::step][0].text}” is not heard",
                f"{AGAIN}; or, if it is right, call it {sound.as_is}",
            )


def _haste(words: Sequence[Word], usual: Sequence[Word]) -> float:
    """How long the first few words take, against all of them, and against a plain reading: 1 where none hurries."""
    lengths, plain = (np.cumsum([max(word.end - word.start, 1e-6) for word in each]) for each in (words, usual))
    few = (plain >= _FIRST) & (plain <= _MOST * plain[-1])
    few[int((plain >= min(_FIRST, plain[-1])).argmax())] = True
    return float((lengths / plain)[few].min() * plain[-1] / lengths[-1])


def quoted(text: str) -> str:
    """A line in a sentence for the user; its own quotation marks are left out."""
    return f"“{text.strip(_QUOTES)}”"


def _speaking(sound: Sound) -> NDArray[np.float32]:
    """Without the pauses at both ends, as loud as the room may be in them."""
    pauses, seconds = pauses_of(sound.samples, sound.rate)
    begins = next((end for start, end in pauses if start <= 0), 0.0)
    ends = next((start for start, end in pauses if end >= seconds and start > begins), seconds)
    first = max(0, round((begins - _MARGIN) * sound.rate))
    return sound.samples[first : round((ends + _MARGIN) * sound.rate)]


def _said(lexicon: Mapping[str, str], language: str) -> dict[str, str]:
    """As read_aloud takes them: IPA in double brackets."""
    said = spoken_names(lexicon, language)
    return {name: f"[[{told}]]" if is_ipa(told) else respelled(told) for name, told in said.items()}

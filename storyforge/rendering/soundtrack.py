"""The one soundtrack of the film: every line in its place, as loud as the others, mastered and encoded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, Literal, NamedTuple

import ffmpeg
import numpy as np
import soxr

from storyforge.errors import CannotWrite, EncodingFailed
from storyforge.rendering.ffmpeg import EXACT, address, run
from storyforge.rendering.levels import Samples, levelled
from storyforge.speech import Speech

RATE = 48_000
BITRATE = "160k"
AAC = {"aac_coder": "fast", "aac_ms": 1, "aac_pns": 0, "aac_is": 0, "aac_tns": 0}
"""What both channels share is coded once, and none of the tricks for low rates is played.

On speech 45 dB of signal over noise in 2.4 s for five minutes; the fast coder as it comes needs 3.5 s (50 dB), the
slow one 6 s (38 dB).
"""


FILM_TARGET = -16.0
"""LUFS of the film: what streaming and phones expect of speech."""

HIGHEST_PEAK = -1.0
"""dBTP, measured in the encoded file."""

USUAL = 25.5  # LU below zero that lines come out of the compressor
CLOSE_ENOUGH = 0.2  # LU
NEAR = 1.5  # LU; from there one correction is right within a tenth
ROUNDS = 6
FADE_IN, FADE_OUT = 0.004, 0.012  # seconds; a voice that is cut off clicks

_LIMITER_RATE = 96_000
"""So the limiter sees most peaks between samples; how high they really are is measured afterwards, at 192 kHz."""

_SILENCE = -69.0
_LEVEL_RATE = 1000
_LEVEL_STEP = RATE // _LEVEL_RATE
_LEVEL_EDGE = 20  # ms before and after a line in which the level changes


@dataclass(frozen=True)
class Master:
    """Settings of the chain that are found by listening to its result: dB of gain, dBFS of the limiter."""

    gain: float
    ceiling: float = -1.5


@dataclass(frozen=True)
class Heard:
    """Integrated loudness in LUFS and true peak in dBTP."""

    loudness: float
    peak: float


class Voiced(NamedTuple):
    """A line in the film: when it starts, in seconds, and how much louder it is than a plain one, in dB."""

    start: float
    speech: Speech
    level: float = 0.0


class Tracks(NamedTuple):
    """Files of float32: all lines, equally loud, 48,000 samples a second, and how loud each is to be, 1000 a second.

    Apart, because the compressor would take half of what makes a whisper softer and a shout louder.
    """

    lines: Path
    levels: Path


def mix(
    pieces: Iterable[tuple[float, Speech] | Voiced],
    seconds: float,
    out: Path,
    target_lufs: float = FILM_TARGET,
    fade: float = 0.0,
) -> None:
    """Writes the soundtrack: AAC in MP4, 48 kHz stereo, `seconds` long to the sample; the last `fade` of them fade out.

    `pieces` are `Voiced`, or as much of it as is needed, in any order; they are taken one at a time, so memory does
    not grow with the film. What lies outside the film is cut off. Raises EncodingFailed or CannotWrite; `out` is then
    gone.
    """
    length = round(seconds * RATE)
    try:
        with TemporaryDirectory(dir=out.parent, prefix=".mix-") as folder, _cleaning(out):
            tracks = Tracks(Path(folder) / "lines.f32", Path(folder) / "levels.f32")
            _lay_out(pieces, length, round(fade * RATE), tracks)
            _master(tracks, length, out, target_lufs)
    except OSError as error:
        remedy = "make room, or choose another folder"
        raise CannotWrite(f"The soundtrack cannot be written to {out}: {error}", remedy) from error


def measure(sound: Path) -> Heard:
    """Loudness and true peak of a sound file."""
    heard = ffmpeg.input(address(sound)).audio
    return Heard(_reading(heard, "I"), _reading(heard, "Peak"))


def _lay_out(pieces: Iterable[tuple[float, Speech] | Voiced], length: int, fade: int, tracks: Tracks) -> None:
    levels = np.ones(length // _LEVEL_STEP + 2 * _LEVEL_EDGE, np.float32)
    with tracks.lines.open("w+b") as track:
        track.truncate(length * 4)  # silence, and on most disks a hole that takes no room
        for piece in pieces:
            start, speech, level = Voiced(*piece)
            begin = round(start * RATE)
            samples = _at_film_rate(speech)
            first, after = (at // _LEVEL_STEP for at in (begin, begin + len(samples)))
            levels[max(0, first - _LEVEL_EDGE) : max(0, after + _LEVEL_EDGE)] = 10 ** (level / 20)
            _add(track, length, begin, samples * _falling(begin, len(samples), length, fade))
    ramp = np.full(_LEVEL_EDGE, 1 / _LEVEL_EDGE, np.float32)
    smooth = np.convolve(np.pad(levels, _LEVEL_EDGE, mode="edge"), ramp, "same")[_LEVEL_EDGE:-_LEVEL_EDGE]
    tracks.levels.write_bytes(smooth.astype("<f4").tobytes())


def _falling(begin: int, count: int, length: int, fade: int) -> Samples:
    """What is left of `count` samples from `begin` on, in a film of `length` whose last `fade` fall to nothing."""
    if not fade or begin + count <= length - fade:
        return np.ones(1, np.float32)
    left = length - np.arange(begin, begin + count)
    return np.clip(left / fade, 0, 1).astype(np.float32)


def _add(track: IO[bytes], length: int, start: int, samples: Samples) -> None:
    """Adds to what is there: two may speak at once."""
    samples = samples[max(0, -start) : max(0, length - start)]
    if not samples.size:
        return
    track.seek(max(0, start) * 4)
    there = np.frombuffer(track.read(samples.size * 4), "<f4")
    track.seek(max(0, start) * 4)
    track.write((there + samples).astype("<f4").tobytes())


def _at_film_rate(speech: Speech) -> Samples:
    """One line, levelled, at 48 kHz, with its ends softened."""
    level = levelled(speech.samples, speech.rate)
    samples = np.array(level if speech.rate == RATE else soxr.resample(level, speech.rate, RATE), np.float32)
    rise, fall = (min(round(part * RATE), len(samples) // 2) for part in (FADE_IN, FADE_OUT))
    samples[:rise] *= np.linspace(0, 1, rise, endpoint=False, dtype=np.float32)
    samples[len(samples) - fall :] *= np.linspace(1, 0, fall, dtype=np.float32)
    return samples


def _master(tracks: Tracks, length: int, out: Path, target: float) -> None:
    """Writes the soundtrack at the loudness and under the peak that are asked for.

    Listening costs a third of encoding: the gain is looked for without it, and what is left of it hardly ever matters.
    """
    master = Master(gain=target + USUAL)
    for _ in range(ROUNDS):
        off = _off(_reading(chain(tracks, length, master), "I"), target)
        master = replace(master, gain=master.gain + off)
        if abs(off) <= NEAR:
            break
    for _ in range(ROUNDS):
        off = _off(_encoded(tracks, length, master, out), target)
        # Encoding moves the peaks a little.
        excess = _reading(ffmpeg.input(address(out)).audio, "Peak") - HIGHEST_PEAK
        if abs(off) <= CLOSE_ENOUGH and excess < 0:
            break
        ceiling = master.ceiling - excess - 0.1 if excess >= 0 else master.ceiling
        master = Master(gain=master.gain + off, ceiling=ceiling)


def _off(loudness: float, target: float) -> float:
    """LU that are missing; none in silence."""
    return target - loudness if loudness > _SILENCE else 0.0


def _encoded(tracks: Tracks, length: int, master: Master, out: Path) -> float:
    """Writes the file; the loudness of what went into it."""
    twice = chain(tracks, length, master).filter_multi_output("asplit")
    metered = twice[0].filter("ebur128", framelog="quiet").output("-", format="null")
    return _summed_up(run(ffmpeg.merge_outputs(metered, encoding(twice[1], out)), loglevel="info"), "I")


def chain(tracks: Tracks, length: int, master: Master) -> Any:
    """The lines as a listener shall hear them: loud and soft places nearer to each other, the peaks held down."""
    lines = ffmpeg.input(address(tracks.lines), format="f32le", ar=RATE, ac=1).audio
    lines = lines.filter("highpass", f=70).filter("acompressor", threshold="-26dB", ratio=2, attack=15, release=250)
    levels = ffmpeg.input(address(tracks.levels), format="f32le", ar=_LEVEL_RATE, ac=1).audio
    return (
        ffmpeg.filter([lines, levels.filter("aresample", RATE)], "amultiply")
        .filter("volume", f"{master.gain:.2f}dB")
        .filter("aresample", _LIMITER_RATE)
        .filter("alimiter", limit=f"{master.ceiling:.2f}dB", level="false", latency="true")
        .filter("aresample", RATE)
        .filter("apad", whole_len=length)
        .filter("atrim", end_sample=length)
        .filter("channelmap", map="FC-FL|FC-FR", channel_layout="stereo")
    )


def encoding(sound: Any, out: Path) -> Any:
    """The ffmpeg graph that makes the film's soundtrack of what comes out of the chain."""
    settings = {"audio_bitrate": BITRATE, "threads": 1, **AAC}
    return sound.output(address(out), format="ipod", acodec="aac", movflags="+faststart", **settings, **EXACT)


def _reading(sound: Any, name: Literal["I", "Peak"]) -> float:
    """What ffmpeg's meter says: integrated loudness ("I") or true peak. Only the peak is slow to find."""
    peak = "true" if name == "Peak" else "none"
    metered = sound.filter("ebur128", peak=peak, framelog="quiet").output("-", format="null")
    return _summed_up(run(metered, loglevel="info"), name)


def _summed_up(log: str, name: Literal["I", "Peak"]) -> float:
    if not (value := re.search(rf"{name}:\s+(\S+) (?:LUFS|dBFS)", log.rpartition("Summary:")[2])):
        raise EncodingFailed("ffmpeg does not measure loudness", "use the ffmpeg that came with storyforge")
    return float(value.group(1))


@contextmanager
def _cleaning(out: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        out.unlink(missing_ok=True)
        raise

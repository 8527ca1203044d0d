"""One line said by a speech server: in pieces that it bears, at the pace and the pitch that are wanted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import soxr
from numpy.typing import NDArray

from storyforge.backend import Progress, Voice, unseen
from storyforge.narration.captions import Heard, heard_in
from storyforge.narration.shifting import shifted, stretched
from storyforge.narration.speech_server import SpeechServer, Wish
from storyforge.narration.spoken import Spoken, pieces
from storyforge.narration.trimming import sounding
from storyforge.narration.words import Span

_BETWEEN_PIECES = 0.25  # seconds
_HEEDS_NO_SPEED = re.compile(r"chatterbox|gpt-4o", re.IGNORECASE)  # models that speak as fast as they like
_SPEEDS = (0.25, 4.0)  # OpenAI's bounds, and Kokoro's


@dataclass(frozen=True)
class SaidLine:
    """`samples`: float32 mono. `heard`: None if the server did not tell the times of all pieces' words."""

    samples: NDArray[np.float32]
    rate: int
    heard: Heard | None


def said_line(
    server: SpeechServer, spoken: Spoken, model: str, voice: Voice, captions: bool, progress: Progress = unseen
) -> SaidLine | None:
    """None if nothing in it can be said. BackendFailed; what `progress` raises."""
    parts = [
        _said_piece(server, spoken, piece, model, voice, captions, progress)
        for piece in pieces(spoken.text)
        if any(map(str.isalnum, spoken.text[slice(*piece)]))
    ]
    if not parts:
        return None
    joined = _joined(parts)
    # Not every server heeds how fast it is to speak, so the pitch is changed here, and the tempo left to the server.
    return SaidLine(shifted(joined.samples, joined.rate, voice.pitch), joined.rate, joined.heard)


def _said_piece(
    server: SpeechServer, spoken: Spoken, piece: Span, model: str, voice: Voice, captions: bool, progress: Progress
) -> SaidLine:
    """Without the silence at both ends."""
    longer, speed = 1.0, round(min(max(voice.pace, _SPEEDS[0]), _SPEEDS[1]), 4)
    if _HEEDS_NO_SPEED.search(model):
        longer, speed = 1 / voice.pace, 1.0
    said = server.say(Wish(spoken.text[slice(*piece)].strip(), model, voice.name, speed), captions, progress)
    first, after = sounding(said.samples, said.rate)
    samples = stretched(said.samples[first:after], said.rate, longer)
    heard = None
    if said.captions is not None:
        heard = heard_in(spoken, piece, said.captions, len(said.samples) / said.rate)
    return SaidLine(samples, said.rate, None if heard is None else _moved(heard, -first / said.rate, longer))


def _joined(parts: Sequence[SaidLine]) -> SaidLine:
    rate = parts[0].rate
    gap = np.zeros(round(_BETWEEN_PIECES * rate), np.float32)
    sound: list[NDArray[np.float32]] = []
    heard: Heard = {}
    for part in parts:
        sound += [gap] if sound else []
        for word, (start, end) in _moved(part.heard or {}, sum(map(len, sound)) / rate).items():
            heard[word] = (heard[word][0] if word in heard else start, end)
        sound.append(part.samples if part.rate == rate else soxr.resample(part.samples, part.rate, rate))
    told = all(part.heard is not None for part in parts)
    return SaidLine(np.concatenate(sound), rate, heard if told else None)


def _moved(heard: Heard, later: float, longer: float = 1.0) -> Heard:
    """The times with so many seconds added, and then stretched."""
    return {
        word: (max(0.0, start + later) * longer, max(0.0, end + later) * longer) for word, (start, end) in heard.items()
    }

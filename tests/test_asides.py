"""What is said beside a line is cut off where a pause parts it, and refused within it; a good reading stays whole."""

from __future__ import annotations

import random

import numpy as np
import pytest

from storyforge.backend import Voice
from storyforge.errors import BackendFailed
from storyforge.narration.espeak import Espeak
from storyforge.narration.listening import Sound, speech_of
from storyforge.speech import Speech
from tests.told import RATE, Samples, noise, silence

LINE = "At dawn Mira walked into the forest to look for her mitten."
SHORT = "she asked Bruno."
GOOD = (
    LINE,
    SHORT,
    "The snow was deep and white.",
    "At night they sat in the cosy burrow, and there it was, on his left ear!",
    "Then it rained for three days, and the river rose up to the bridge.",
    "“Have you seen it anywhere?”",
    "Grandmother laughed until her glasses fell into the soup.",
)
VOICES = ("+f4", "+m3", "+klatt4", "+anika", "+Reed", "+steph")


def said(text: str, voice: str = "+f4", pace: float = 0.95, pitch: float = 1.0) -> Samples:
    return Espeak().speak(text, Voice(name=voice, pace=pace, pitch=pitch), "en", {}).samples


def in_a_room(*parts: Samples, gap: float = 0.5, room: float = 0.0005) -> Samples:
    sound = np.concatenate([silence(gap), *(each for part in parts for each in (part, silence(gap)))])
    return (sound + noise(len(sound), room)).astype(np.float32)


def heard(samples: Samples, text: str, *, vouched_for: bool = False) -> tuple[Speech, list[str]]:
    notes: list[str] = []

    def look(fraction: float | None = None, *, note: str = "", preview: bytes = b"") -> None:
        notes.append(note)

    sound = Sound(samples, RATE, "mum.wav", "mum-as-is.wav")
    return speech_of(sound, text, "en", {}, look, vouched_for=vouched_for), notes


@pytest.mark.parametrize(
    ("where", "text", "parts"),
    [
        ("after", LINE, (LINE, "Okay, that was good I think.")),
        ("after", LINE, (LINE, "The snow was deep and white.")),
        ("before", LINE, ("Is it on now?", LINE)),
        ("before", LINE, ("At dawn Mira walked", LINE)),
        ("before", LINE, ("At dawn", LINE)),
        ("", LINE, (LINE, LINE)),
        ("", SHORT, (SHORT, SHORT)),
    ],
)
def test_what_is_said_before_or_after_a_line_is_left_out_and_noted(
    where: str, text: str, parts: tuple[str, ...]
) -> None:
    speech, notes = heard(in_a_room(*map(said, parts)), text)
    truth = Espeak().speak(text, Voice(name="+f4", pace=0.95, pitch=1), "en", {})
    assert abs(speech.seconds - truth.seconds) < 0.2 and speech.timing == "aligned"
    assert np.mean([abs(a.start - b.start) for a, b in zip(speech.words, truth.words, strict=True)]) < 0.1
    [told] = notes
    assert f"Something else is heard {where}" in told and f"{text}” in mum.wav" in told
    assert "it is left out" in told and "mum-as-is.wav" in told


def test_something_before_and_something_after_are_both_left_out() -> None:
    speech, notes = heard(in_a_room(said("Is it on now?"), said(LINE), said("Okay, that was good I think.")), LINE)
    assert len(notes) == 2 and speech.seconds < 4


def test_what_is_said_within_a_line_is_refused() -> None:
    parts = ("At dawn Mira walked into the forest", "Stop it, please, I am reading.", "to look for her mitten.")
    with pytest.raises(
        BackendFailed, match=r"heard within “At dawn .*mum\.wav, for \d\.\d s – record it again, or cut"
    ):
        heard(in_a_room(*map(said, parts)), LINE)


@pytest.mark.parametrize(
    ("texts", "word"),
    [((LINE, "The snow was deep and white."), "mitten."), (("Is it on now?", LINE), "At")],
)
def test_what_is_said_without_a_pause_is_refused_with_the_word_in_whose_place_it_is(
    texts: tuple[str, ...], word: str
) -> None:
    with pytest.raises(BackendFailed, match=rf"More is heard in mum\.wav than “At dawn .*“{word}” alone would last"):
        heard(in_a_room(np.concatenate([said(text) for text in texts])), LINE)


def test_what_the_user_vouches_for_is_left_whole() -> None:
    speech, notes = heard(in_a_room(said(LINE), said("Okay, that was good I think.")), LINE, vouched_for=True)
    assert speech.seconds > 6 and notes == []


def a_good_reading(text: str, seed: int) -> Samples:
    """In any voice and pace, with pauses of up to 1.2 s between words, breaths, and a room that may be loud."""
    chance = random.Random(seed)
    voice, pace, pitch = chance.choice(VOICES), chance.uniform(0.7, 1.3), chance.uniform(-3, 5)
    words = text.split()
    cuts = sorted(chance.sample(range(1, len(words)), min(seed % 3, len(words) - 1)))
    parts: list[Samples] = []
    for first, after in zip([0, *cuts], [*cuts, len(words)], strict=True):
        parts += [silence(chance.uniform(0.1, 1.2))] if parts else []
        if chance.random() < 0.4:
            length = round(chance.uniform(0.15, 0.5) * RATE)
            parts += [(noise(length, 0.02, seed) * np.hanning(length)).astype(np.float32), silence(0.1)]
        bent = pace * chance.uniform(0.8, 1.2)
        parts.append(said(" ".join(words[first:after]), voice, bent, pitch))
    sound = np.concatenate(parts)
    return in_a_room(sound, room=chance.choice([0.0002, 0.0005, 0.002]))


@pytest.mark.parametrize("text", GOOD)
def test_nothing_is_left_out_of_a_good_reading_with_pauses_and_breaths(text: str) -> None:
    for seed in range(8):
        speech, notes = heard(a_good_reading(text, seed), text)
        assert notes == [] and speech.words, f"reading {seed}"

"""Twenty sentences for measuring word times, with when each word is heard, as espeak-ng tells; and other sounds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from storyforge.backend import Voice
from storyforge.narration.espeak import Espeak
from storyforge.narration.spoken import Spoken, as_spoken
from storyforge.speech import Speech

Samples = NDArray[np.float32]
RATE = 22050  # espeak-ng's


def silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * RATE), np.float32)


def noise(count: int, loudness: float, seed: int = 1) -> Samples:
    return np.random.default_rng(seed).normal(0, loudness, count).astype(np.float32)


@dataclass(frozen=True)
class Told:
    """A sentence in a voice other than the aligner's own reading. `speech.words` have the true times."""

    text: str
    language: str
    voice: Voice

    @property
    def speech(self) -> Speech:
        return _speech(self.text, self.language, self.voice)

    @property
    def spoken(self) -> Spoken:
        return as_spoken(self.text, self.language, {})


@cache
def _speech(text: str, language: str, voice: Voice) -> Speech:
    return Espeak().speak(text, voice, language, {})


def _told(text: str, language: str = "en", voice: str = "+f2", pace: float = 1.0, pitch: float = 0.0) -> Told:
    return Told(text, language, Voice(name=voice, pace=pace, pitch=pitch))


TOLD = (
    _told("Nobody in the village of Thistledown had ever seen snow before.", pace=0.9),
    _told("“Is anybody home?” called Marigold, tapping at the tiny window.", voice="en-us+f4", pitch=2),
    _told("“Only me,” squeaked a mouse, “and I was just about to have supper.”", voice="+anika", pace=1.1),
    _told("They sailed for 14 days and 3 nights, past islands made of glass.", voice="en-us+m3"),
    _told("Captain Bartholomew counted 27 gulls, 2 whales and a rather cross octopus.", voice="+Reed", pace=1.2),
    _told("The kettle whistled, the clock struck seven, and still nobody came.", voice="+m7", pitch=-3),
    _told("Slowly, very slowly, the old tortoise lifted one foot.", voice="+grandpa", pace=0.75),
    _told("“Wait for me!” shouted Oliver; but the balloon was already above the trees.", voice="en-us+f2", pace=1.3),
    _told("Why do stars blink, and where do they go in the morning?", voice="+steph"),
    _told("Behind the waterfall there was a door, and behind the door there was a smell of pancakes.", voice="+klatt4"),
    _told("Es war ein kalter Morgen, und der Igel wollte nicht aufstehen.", "de"),
    _told("„Komm mit!“, rief Johanna, „der See ist zugefroren.“", "de", "+m3", 1.15),
    _told("Am Abend zählte der Bäcker 12 Brote und einen sehr dicken Kater.", "de", "+f4", 0.9, 2),
    _told("Le petit renard regardait la lune depuis la fenêtre du grenier.", "fr", "+m7"),
    _told("« Où vas-tu si tard ? » demanda la grenouille, un peu inquiète.", "fr", "+f2", 1.1, 3),
    _told("Había una vez un gigante que tenía miedo de las mariposas.", "es", "+f4"),
    _told("«¡Espera!» gritó Lucía, y los 3 caballos se detuvieron.", "es", "+m3", 0.9),
    _told("La nonna aprì il forno, e tutta la casa profumò di cannella.", "it", "+f2"),
    _told("Op een dag vond Sanne een sleutel die nergens op paste.", "nl", "+m7", 1.1),
    _told("Жил-был старый медведь, который очень любил малину.", "ru", "+f4", 0.95),
)


def bent(speech: Speech) -> Speech:
    """Played slower and quicker by turns, up to 15 %, its pitch with it: lengths are no longer espeak-ng's own."""
    seconds = np.linspace(0, speech.seconds, 2 * len(speech.samples))
    played = seconds + 0.15 * (1 - np.cos(2 * np.pi * seconds / 1.5)) * 1.5 / (2 * np.pi)
    count = round(played[-1] * speech.rate)
    back = np.interp(np.arange(count) / speech.rate, played, seconds)
    samples = np.interp(back * speech.rate, np.arange(len(speech.samples)), speech.samples).astype(np.float32)
    words = tuple(
        word.model_copy(update={key: float(np.interp(getattr(word, key), seconds, played)) for key in ("start", "end")})
        for word in speech.words
    )
    return replace(speech, samples=samples, words=words)

"""The tone in which a whole film is told."""

from __future__ import annotations

from storyforge.sentences import Manner
from storyforge.timeline import Pauses
from storyforge.value import Value


class Telling(Value):
    """How fast and how loud everybody speaks, and how the film ends. `pace` is times each voice's own."""

    pace: float = 1.0
    longer: float = 1.0
    """Times the usual silences."""
    loudness: float = -16.0
    """LUFS of the film: -16 is what streaming and phones expect of speech."""
    fade: float = 0.8
    """Seconds to black and silence at the end."""
    softly: bool = False
    """Whether nobody raises the voice."""
    plainly: bool = False
    """Whether nobody whispers either: each line is as fast and as loud as its speaker always is."""

    def manner(self, manner: Manner) -> Manner:
        return "" if self.plainly or (self.softly and manner in ("loud", "shout")) else manner

    def pauses(self, usual: Pauses) -> Pauses:
        longer = {name: min(60.0, round(getattr(usual, name) * self.longer, 3)) for name in Pauses.model_fields}
        return Pauses(**{**longer, "least": usual.least})


PLAIN = Telling()

BEDTIME = Telling(pace=0.88, longer=1.6, loudness=-20.0, fade=6.0, softly=True)
"""Slower, softer, with longer silences and a slow end. Chosen by what readers of bedtime stories do, not measured."""

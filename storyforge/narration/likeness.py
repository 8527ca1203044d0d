"""Whether a sound is of a text.

How near a reading by a machine comes to one by a person depends on the voice, the room and the language more than on
the text. So it is compared with how near the same reading comes when its parts are in a wrong order.
"""

from __future__ import annotations

import math

import numpy as np

from storyforge.narration.mfcc import Frames
from storyforge.narration.warping import warped

_TURNED = (0.25, 0.5, 0.75)  # of the reading goes behind the rest of it
_CEPSTRA = 13  # numbers of a frame that tell what it is; those behind tell how it changes, and backwards are reversed
_LONGEST = 3000  # frames that are compared: wrong orders of a long reading are all equally far


def likeness(cost: float, reading: Frames, sound: Frames) -> float:
    """The cost of a path against that of paths to the same reading in wrong orders: 1 is no better than those."""
    reading, sound = reading[:_LONGEST], sound[:_LONGEST]
    backwards = reading[::-1].copy()
    backwards[:, _CEPSTRA:] *= -1
    wrong = [backwards, *(np.roll(reading, round(part * len(reading)), axis=0) for part in _TURNED)]
    strangers = float(np.mean([warped(order, sound).cost for order in wrong]))
    return cost / strangers if strangers > 0 else math.inf

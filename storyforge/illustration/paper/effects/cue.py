"""A cue: what an effect needs to know of the moment it is called for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from random import Random

from storyforge.illustration.paper.blocking import Placed
from storyforge.illustration.paper.motions import STILL
from storyforge.illustration.paper.stage import Sheet, Stage
from storyforge.plate import Motion

SKY, BEHIND, BEFORE, LENS = (
    0.12,
    0.58,
    0.68,
    0.95,
)  # depths: with the clouds, behind the actors, before them, at the lens


@dataclass(frozen=True)
class Cue:
    """`x`, `y`: the middle of the effect; `goal`: what it is aimed at; `actor`: who carries it, if anyone does.

    `actors` are all who are on the stage: small things keep clear of their faces.
    """

    stage: Stage
    random: Random
    x: float
    y: float
    goal: tuple[float, float]
    actor: Placed | None
    actors: Sequence[Placed]

    def covers_face(self, x: float, y: float, across: float, up: float, down: float) -> bool:
        """Whether (x, y) is within these distances (for an actor of size 1) of anybody's head."""
        return any(
            abs(x - actor.head[0]) < across * actor.size and -up * actor.size < y - actor.head[1] < down * actor.size
            for actor in self.actors
        )


Effect = Callable[[Cue], Iterable[Sheet]]


def light(name: str, depth: float, svg: str, blur: float = 0, motion: Motion = STILL) -> Sheet:
    """A sheet of light or of loose pieces: no grain, no shadow."""
    return Sheet(name, depth, svg, raw=True, grain=0, blur=blur, motion=motion)

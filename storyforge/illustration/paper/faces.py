"""Where faces are in a picture, for who films it."""

from __future__ import annotations

from collections.abc import Sequence

from storyforge.illustration.paper.blocking import Placed
from storyforge.illustration.paper.view import View
from storyforge.storyboard import Box, Spot

# Design units of an actor of size 1, from the middle of its head: half its width, how far up and how far down.
_HALF, _UP, _DOWN = 112, 100, 104


def faces(actors: Sequence[Placed], view: View) -> tuple[Box, ...]:
    """A box about each actor's face, in the order of the roles: the most important comes first."""
    return tuple(_face(actor, view) for actor in actors)


def seen_at(x: float, y: float, view: View) -> Spot:
    """A point of the stage as shares of the picture, or the nearest that is in it."""
    across, down = (x - view.left) / (view.right - view.left), (y - view.top) / (view.bottom - view.top)
    return min(max(across, 0.0), 1.0), min(max(down, 0.0), 1.0)


def _face(actor: Placed, view: View) -> Box:
    x, y = actor.head
    left, top = seen_at(x - _HALF * actor.size, y - _UP * actor.size, view)
    right, bottom = seen_at(x + _HALF * actor.size, y + _DOWN * actor.size, view)
    return left, top, right - left, bottom - top

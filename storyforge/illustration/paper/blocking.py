"""Blocking: where each actor stands, how large, and which way it looks."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from storyforge.illustration.paper.stage import Stage
from storyforge.illustration.paper.view import View
from storyforge.storyboard import Role

if TYPE_CHECKING:
    from storyforge.illustration.paper.puppets import Figure

MOVING = ("walk", "run", "fly", "leap")
FIGHTING = ("fight", "cast")

_MARGIN = 10.0  # design units between an actor and the edge of the frame
_HEAD = 100.0  # half a head's width, for an actor of size 1
_SHRUNK = (1, 0.92, 0.85, 0.78, 0.72, 0.66, 0.6, 0.55, 0.5, 0.45)  # tried in turn until no head hides another


@dataclass(frozen=True)
class Mark:
    """A place to stand: `x` as a part of the frame's width, how large one is drawn there, and how far to the front.

    `forward` is in design units: below 0 is behind the line where most stand; floors reach back by 40.
    """

    x: float
    size: float = 1.0
    forward: float = 0


# By the number of actors; the most important comes first and gets the best place.
_MARKS: Mapping[int, tuple[Mark, ...]] = {
    0: (),
    1: (Mark(0.36, 1.06),),
    2: (Mark(0.29), Mark(0.70)),
    3: (Mark(0.22), Mark(0.80), Mark(0.52, 0.96)),
    4: (Mark(0.38, 1.02, 62), Mark(0.62, 1.02, 62), Mark(0.14, 0.88), Mark(0.86, 0.88)),
    5: (Mark(0.50, 1.0, 62), Mark(0.31, 0.88), Mark(0.69, 0.88), Mark(0.125, 0.86), Mark(0.875, 0.86)),
}
_IN_TALL_FRAMES: Mapping[int, tuple[Mark, ...]] = {  # one behind the other: there is height, but no width
    2: (Mark(0.32, 1.08, 70), Mark(0.70, 0.88, -36)),
    3: (Mark(0.50, 0.95, 70), Mark(0.25, 0.78, -36), Mark(0.77, 0.78, -36)),
}
_DUEL = (Mark(0.23), Mark(0.78, 1.06))
_WATCHED_DUEL = (Mark(0.33, 0.96), Mark(0.78, 1.06))  # two who fight while others look on …
_WITNESSES = (Mark(0.12, 0.62), Mark(0.93, 0.55, -36), Mark(0.53, 0.48, -36), Mark(0.44, 0.42, -36))


@dataclass(frozen=True)
class Placed:
    """An actor on the stage. `x`, `y`: where the figure's origin is, in design units; `ground`: the floor under it."""

    role: Role
    figure: Figure
    x: float
    y: float
    ground: float
    size: float
    looks_left: bool

    @property
    def facing(self) -> int:
        """1 to the right, -1 to the left."""
        return -1 if self.looks_left else 1

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the figure is on the stage."""
        return self.x + x * self.size * self.facing, self.y + y * self.size

    @property
    def head(self) -> tuple[float, float]:
        return self.at(*self.figure.head)

    @property
    def mouth(self) -> tuple[float, float]:
        """A little before the face: where a beam leaves it."""
        x, y = self.figure.head
        return self.at(x + 104, y + 62)

    @property
    def middle(self) -> tuple[float, float]:
        return self.at(20, -230)

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom on the stage, glow included."""
        left, top, width, height = self.figure.box
        (x1, y1), (x2, y2) = self.at(left, top), self.at(left + width, top + height)
        return min(x1, x2), y1, max(x1, x2), y2

    @property
    def lifted(self) -> float:
        """How high above the ground, in design units."""
        return self.figure.lift * self.size


def marks(roles: Sequence[Role], view: View) -> tuple[Mark, ...]:
    """A mark for each role, in their order."""
    if view.rows > view.columns and len(roles) in _IN_TALL_FRAMES:
        return _IN_TALL_FRAMES[len(roles)]
    fighters = [i for i, role in enumerate(roles) if role.pose in FIGHTING]
    if len(fighters) == 2 and len(roles) <= 2 + len(_WITNESSES):
        duel, free = _WATCHED_DUEL if len(roles) > 2 else _DUEL, iter(_WITNESSES)
        return tuple(duel[fighters.index(i)] if i in fighters else next(free) for i in range(len(roles)))
    return _MARKS.get(len(roles)) or _crowd(len(roles))


def _crowd(count: int) -> tuple[Mark, ...]:
    """More than five: two rows, the important ones in the nearer."""
    front, back = (count + 1) // 2, count // 2
    near = [Mark((i + 0.5) / front, 5.0 / count, 30) for i in range(front)]
    far = [Mark((i + 1) / (back + 1), 4.4 / count, -36) for i in range(back)]
    return (*near, *far)


def looks_left(roles: Sequence[Role], places: Sequence[Mark], i: int) -> bool:
    """Towards the others; runners run the same way; sitters of a group turn their tails in behind the hero."""
    x, others = places[i].x, [place.x for k, place in enumerate(places) if k != i]
    if roles[i].pose in MOVING and len(roles) > 1 and sum(role.pose in MOVING for role in roles) > 1:
        return False
    if len(roles) > 3 and 0.2 < x < 0.8 and roles[i].pose in ("sit", "cheer", "wave"):
        return x < 0.45
    return bool(others) and sum(others) / len(others) < x


def stage_x(mark: Mark, view: View) -> float:
    left, _, right, _ = view.frame
    return left + mark.x * (right - left)


def placed(roles: Sequence[Role], figures: Sequence[Figure], stage: Stage, view: View) -> tuple[Placed, ...]:
    """Every actor on the stage, each wholly within the frame; smaller, if else one would hide another's head."""
    places = marks(roles, view)
    for shrunk in _SHRUNK:
        actors = tuple(
            _place(role, figure, mark, looks_left(roles, places, i), stage, view, shrunk)
            for i, (role, figure, mark) in enumerate(zip(roles, figures, places, strict=True))
        )
        if not _crowded(actors):
            break
    return actors


def _crowded(actors: Sequence[Placed]) -> bool:
    return any(
        math.dist(one.head, other.head) < _HEAD * (one.size + other.size) for one, other in combinations(actors, 2)
    )


def _place(role: Role, figure: Figure, mark: Mark, left: bool, stage: Stage, view: View, shrunk: float) -> Placed:
    size = min(mark.size * figure.scale * shrunk, _largest(figure, view))
    x = stage_x(mark, view)
    ground = stage.ground(x) + mark.forward
    first = Placed(role, figure, x, ground - figure.lift * size, ground, size, left)
    across, down = _into_frame(first.box, view)
    return Placed(role, figure, x + across, first.y + down, ground + min(0, down), size, left)


def _largest(figure: Figure, view: View) -> float:
    """The size at which the figure still fits into the frame."""
    left, top, right, bottom = view.frame
    return min((right - left - 2 * _MARGIN) / figure.box[2], (bottom - top) * 0.86 / figure.box[3])


def _into_frame(box: tuple[float, float, float, float], view: View) -> tuple[float, float]:
    """How far to move what fills `box`, across and down, so that the frame holds it."""
    left, top, right, bottom = view.frame
    across = max(left + _MARGIN - box[0], 0) or min(right - _MARGIN - box[2], 0)
    down = max(top + _MARGIN - box[1], 0) or min(bottom - _MARGIN - box[3], 0)
    return across, down

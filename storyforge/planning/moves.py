"""How near the picture is, and how the camera moves: what fits what happens, and no move three times running."""

from __future__ import annotations

from collections.abc import Sequence

from storyforge.planning.setting import Setting
from storyforge.storyboard import Actor, Framing, Move

_JOURNEYS = ("walk", "run", "sneak")
_STRONG = ("awe", "surprised", "loving", "sad", "scared", "joy", "angry", "fierce", "hurt")
_MOVING = (*_JOURNEYS, "leap", "fight", "cheer")  # these want room about them
_AFLOAT = ("ocean", "space")  # where to fly is to stay
_ROTATION: tuple[Move, ...] = ("push-in", "drift", "pull-out", "pan-left", "pan-right")


def framing_for(setting: Setting, before: Setting | None, actors: Sequence[Actor]) -> Framing:
    """Wide where a place is new or nobody is there, close for a face that alone tells much, else in between."""
    if not actors or before is None or before.place != setting.place:
        return "wide"
    first = actors[0]
    moves = first.pose in _MOVING or (first.pose == "fly" and setting.place not in _AFLOAT)
    return "close" if len(actors) == 1 and first.expression in _STRONG and not moves else "medium"


def move_for(setting: Setting, before: Setting | None, actors: Sequence[Actor], moves: Sequence[Move]) -> Move:
    """The first fitting move that does not repeat the last two. `moves`: those of the scenes so far."""
    tired = moves[-1] if len(moves) > 1 and moves[-1] == moves[-2] else None
    fitting = [*_fitting(setting, before, actors, moves[-1:]), *_ROTATION]
    fresh = [move for move in fitting if move != tired]
    return next((move for move in fresh[:2] if move not in moves[-1:]), fresh[0])


def _fitting(setting: Setting, before: Setting | None, actors: Sequence[Actor], last: Sequence[Move]) -> list[Move]:
    poses = {actor.pose for actor in actors}
    feelings = {actor.expression for actor in actors}
    arrived = before is None or before.place != setting.place
    pan: Move = "pan-left" if last and last[0] == "pan-right" else "pan-right"
    if "fight" in poses:
        return ["push-in", "drift"]
    if poses & {"sleep", "lie"}:
        return ["pull-out", "hold"]
    if poses & {"fly", "leap"} and setting.place != "ocean":
        return ["tilt-up", pan]
    if setting.place == "ocean" and arrived:
        return ["tilt-down", "drift"]
    if arrived:
        return ["pull-out", pan]
    if feelings & {"awe", "surprised", "loving", "sad"}:
        return ["push-in", "drift"]
    if poses & set(_JOURNEYS):
        return [pan, "pull-out"]
    return ["push-in", "drift"]

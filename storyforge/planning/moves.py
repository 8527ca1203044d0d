"""How near the picture is, and how the camera moves: what fits what happens, and no move three times running."""

from __future__ import annotations

from collections.abc import Sequence

from storyforge.planning.setting import Setting
from storyforge.storyboard import Actor, Framing, Move

_JOURNEYS = ("walk", "run", "sneak")
_STRONG = ("awe", "surprised", "loving", "sad", "scared", "joy", "angry", "fierce", "hurt")
_MOVING = (*_JOURNEYS, "leap", "fight", "cheer")  # these want room about them
_TOGETHER = ("walk", "run", "fly", "leap")  # who does this together goes the same way
_AFLOAT = ("ocean", "space")  # where to fly is to stay
_FLOATING = (*_AFLOAT, "sky")
_WONDER = {"awe", "surprised", "curious", "loving", "sad", "joy"}
_FAST = {"fight", "run", "leap"}
_PANS: tuple[Move, ...] = ("pan-left", "pan-right")
_ROTATION: tuple[Move, ...] = ("push-in", "drift", "pull-out", *_PANS)


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
    fitting = [along(move, actors) for move in (*_fitting(setting, before, actors, moves[-1:]), *_ROTATION)]
    fresh = [move for move in fitting if move != tired]
    return next((move for move in fresh[:2] if move not in moves[-1:]), fresh[0])


def heading(actors: Sequence[Actor]) -> Move | None:
    """The pan that goes with who goes somewhere; None if nobody does, or nobody can tell where to.

    As actors are staged: the first stands on the left, and whoever goes alone goes towards the others; who go
    together, go to the right.
    """
    going = [number for number, actor in enumerate(actors) if actor.pose in _TOGETHER]
    if len(going) > 1:
        return "pan-right"
    alone = going or [number for number, actor in enumerate(actors) if actor.pose == "sneak"]
    if alone == [0] and len(actors) < 5:
        return "pan-right"
    return "pan-left" if alone == [1] and len(actors) == 2 else None


def along(move: Move, actors: Sequence[Actor]) -> Move:
    """The move; but a pan never goes against who is on the way."""
    return (heading(actors) or move) if move in _PANS else move


def _fitting(setting: Setting, before: Setting | None, actors: Sequence[Actor], last: Sequence[Move]) -> list[Move]:
    poses = {actor.pose for actor in actors}
    feelings = {actor.expression for actor in actors}
    arrived = before is None or before.place != setting.place
    pan: Move = "pan-left" if last and last[0] == "pan-right" else "pan-right"
    if "fight" in poses:
        return ["push-in", "drift"]
    if not poses & _FAST and ("scared" in feelings or setting.mood == "tense"):
        return ["creep", "push-in"]
    if poses & {"sleep", "lie"}:
        return ["pull-out", "hold"]
    if arrived and setting.place == "ocean":
        return ["tilt-down", "pull-out"]
    if actors and actors[0].pose in ("fly", "leap") and (arrived or setting.place not in _FLOATING):
        return ["tilt-up", "pull-out" if arrived else pan]
    if arrived:
        return ["pull-out", pan]
    if heading(actors) and poses & set(_JOURNEYS):
        return [pan, "drift"]
    wonders = feelings & _WONDER or "look" in poses or setting.mood in ("mysterious", "sad")
    return ["push-in", "drift"] if wonders else ["drift", "push-in"]

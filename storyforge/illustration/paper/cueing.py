"""Cueing: which effects a scene has, about whom each one is, and where it happens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from storyforge.illustration.paper.blocking import FIGHTING, Placed
from storyforge.illustration.paper.effects import EFFECTS, Cue
from storyforge.illustration.paper.effects.weather import weather
from storyforge.illustration.paper.stage import HEIGHT, WIDTH, Sheet, Stage
from storyforge.storyboard import Brief

Spot = tuple[float, float]

_AT_MEETING = ("clash", "explosion", "rays", "shockwave")  # between two who fight
_ABOUT_ONE = ("shield", "sparkles", "beam")
_BESIDE_ONE = ("clash", "explosion", "fire")  # before one who carries it
_ABOVE_ALL = ("hearts", "music")


def effect_sheets(brief: Brief, place: str, stage: Stage, actors: Sequence[Placed]) -> tuple[Sheet, ...]:
    """Everything that glows, falls or flies in this scene. What the place has put up itself comes once only."""
    there = {sheet.name for sheet in (*stage.sheets, *stage.front)}
    sheets = list(weather(brief.weather, place, _cue(stage, actors, "weather", None, _focus(stage))))
    for name, cue in _cues(brief, stage, actors):
        fallen = {sheet.name for sheet in sheets} if name == "lightning" else set()
        if name not in there | fallen:
            sheets += EFFECTS[name](cue)
    return tuple(sheets)


def _cues(brief: Brief, stage: Stage, actors: Sequence[Placed]) -> Iterator[tuple[str, Cue]]:
    carried = {name for actor in actors for name in actor.role.effects}
    for actor in actors:
        for name in dict.fromkeys(actor.role.effects):
            if name in EFFECTS:
                yield name, _carried(name, stage, actors, actor)
    for name in dict.fromkeys(brief.effects):
        if name in EFFECTS and not (name in carried and name in _ABOUT_ONE):
            for bearer in _bearers(name, actors):
                yield name, _carried(name, stage, actors, bearer) if bearer else _free(name, stage, actors)


def _bearers(name: str, actors: Sequence[Placed]) -> Sequence[Placed | None]:
    """Who an effect of the whole scene is about; (None,) if it is about nobody."""
    if not actors or name not in _ABOUT_ONE:
        return (None,)
    fighters = _fighters(actors)
    if name == "beam":
        return fighters[:2] or actors[:1]
    if name == "shield":
        return [actor for actor in actors if actor not in fighters][:1] or actors[:1]
    return [actor for actor in actors if actor.figure.glow][:1] or actors[:1]


def _carried(name: str, stage: Stage, actors: Sequence[Placed], actor: Placed) -> Cue:
    """The effect of one actor. Beams that are aimed at each other meet in the middle."""
    met = _meeting(actors)
    if name in _AT_MEETING and met:
        return _cue(stage, actors, name, actor, met)
    if name == "beam" or (name == "fire" and actor.role.pose in FIGHTING):
        return _cue(stage, actors, name, actor, actor.mouth, _aim(name, stage, actors, actor))
    if name in _BESIDE_ONE:
        return _cue(stage, actors, name, actor, actor.at(actor.figure.head[0] + 250, actor.figure.head[1] + 40))
    if name in _ABOVE_ALL:
        return _cue(stage, actors, name, actor, actor.head)
    return _cue(stage, actors, name, actor, _focus(stage) if name == "portal" else actor.middle)


def _free(name: str, stage: Stage, actors: Sequence[Placed]) -> Cue:
    """An effect of the whole scene, at the place that suits it."""
    spot = (name in _AT_MEETING and _meeting(actors)) or _focus(stage)
    if actors and name in _ABOVE_ALL:
        heads = [actor.head for actor in actors[:2]]
        spot = (sum(x for x, _ in heads) / len(heads), min(y for _, y in heads))
    elif name == "fire" and len(actors) > 1:
        spot = (sum(actor.x for actor in actors[:2]) / 2, spot[1])
    elif actors and name == "shockwave" and not _meeting(actors):
        spot = (actors[0].x, actors[0].y)
    return _cue(stage, actors, name, None, spot)


def _cue(
    stage: Stage, actors: Sequence[Placed], name: str, actor: Placed | None, spot: Spot, goal: Spot | None = None
) -> Cue:
    chance = stage.random("effect", name, actor.role.who if actor else "")
    return Cue(stage, chance, *spot, goal or spot, actor, actors)


def _fighters(actors: Sequence[Placed]) -> list[Placed]:
    return [actor for actor in actors if actor.role.pose in FIGHTING]


def _aim(name: str, stage: Stage, actors: Sequence[Placed], actor: Placed) -> Spot:
    """The middle, if the other answers in kind; else the other; into the air, if there is none."""
    target, met = _opponent(actors, actor), _meeting(actors)
    if target is None:
        return actor.at(actor.figure.head[0] + 620, actor.figure.head[1] - 240)
    alone = name in actor.role.effects and name not in target.role.effects
    return met if met and (not alone or stage.holds("clash", "explosion")) else target.mouth


def _opponent(actors: Sequence[Placed], actor: Placed) -> Placed | None:
    """Whom the actor's beam is aimed at: the nearest fighter that it looks at; if it fights itself, anybody there."""
    ahead = [other for other in actors if (other.x - actor.x) * actor.facing > 0]
    fighters = _fighters(ahead) or (ahead if actor.role.pose in FIGHTING else [])
    return min(fighters, key=lambda other: abs(other.x - actor.x), default=None)


def _meeting(actors: Sequence[Placed]) -> Spot | None:
    """Where the powers of two fighters meet: between them, above their heads' line; None unless two fight."""
    fighters = _fighters(actors)[:2]
    if len(fighters) < 2:
        return None
    (x1, y1), (x2, y2) = (fighter.head for fighter in fighters)
    return (x1 + x2) / 2, (y1 + y2) / 2 - 90


def _focus(stage: Stage) -> Spot:
    return stage.focus or WIDTH / 2, HEIGHT * 0.45

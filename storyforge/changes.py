"""What commands change in a storyboard: each scene remembers how it was before, so that every change can be undone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from storyforge.errors import BadSettings
from storyforge.story import Story
from storyforge.storyboard import Earlier, Repair, Scene, first_seed
from storyforge.value import Value

SEEDS = 2**63
"""Seeds are 0 to SEEDS - 1; after the last comes the first."""

V = TypeVar("V", bound=Value)


def picked(scene: Scene, take: int) -> Scene:
    """Another of the takes in the film. What was repaired was repaired in the one before."""
    return _changed(scene, take=take, repairs=(), picture=None)


def redrawn(scene: Scene, story: Story, takes: int, *, seed: int | None = None, prompt: str | None = None) -> Scene:
    """A new picture, by the `seed` given or else by one that no picture on record here was drawn with.

    On record is what the scene is and what `undone` can still go back to. What was undone is not: drawn again without
    a seed, the scene gets that picture again.
    """
    return _changed(
        scene,
        seed=_unused_seed(scene, story, takes) if seed is None else seed,
        prompt=scene.prompt if prompt is None else prompt,
        take=None,
        repairs=(),
        picture=None,
    )


def repaired(scene: Scene, repair: Repair) -> Scene:
    """One more part of the picture drawn anew."""
    return _changed(scene, repairs=(*scene.repairs, repair))


def undone(scene: Scene, number: int) -> Scene:
    """As it was before the last change. BadSettings if there was none."""
    if not scene.earlier:
        raise BadSettings(f"Nothing has been changed in scene {number}", "only pick, redraw and repair can be undone")
    last, *earlier = scene.earlier
    return possible(Scene, {**dict(scene), **dict(last), "earlier": tuple(earlier)})


def states(scene: Scene) -> tuple[Scene, ...]:
    """The scene as it is, and as it was before each change on record."""
    return (scene, *(scene.model_copy(update=dict(earlier)) for earlier in scene.earlier))


def taken_back(before: Scene, after: Scene) -> Iterator[str]:
    """What `undone` took back, in words: also what the user wrote into the scene since the change."""
    for name in Earlier.model_fields:
        was, now = (getattr(scene, name) for scene in (before, after))
        if was != now:
            yield f"{name} {_shown(was)} → {_shown(now)}"


def possible(kind: type[V], fields: Mapping[str, Any]) -> V:
    """A value of these fields. BadSettings names the options that it cannot have."""
    try:
        return kind.model_validate(dict(fields))
    except ValidationError as error:
        wrong = "; ".join(
            f"--{each['loc'][0]} {each['input']}: {str(each['msg']).lower()}"
            for each in error.errors(include_url=False)
        )
        raise BadSettings(f"That cannot be: {wrong}", "choose another value, or leave it out") from error


def _changed(scene: Scene, **fields: object) -> Scene:
    now = possible(Earlier, {name: getattr(scene, name) for name in Earlier.model_fields})
    return possible(Scene, {**dict(scene), **fields, "earlier": (now, *scene.earlier)})


def _unused_seed(scene: Scene, story: Story, takes: int) -> int:
    """A seed that begins as many unused ones as a state of this scene has takes."""
    states: tuple[Scene | Earlier, ...] = (scene, *scene.earlier)
    had = [first_seed(story, scene.model_copy(update={"seed": each.seed})) for each in states]
    reach = max(takes, *(each.take or 1 for each in states))
    seed = had[0] + reach
    while any((seed - each) % SEEDS < reach or (each - seed) % SEEDS < reach for each in had):
        seed += 1
    return seed % SEEDS


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return str(len(value))
    return "none" if value is None else str(value)

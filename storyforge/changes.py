"""What commands change in a storyboard: each scene remembers how it was before, so that every change can be undone."""

from __future__ import annotations

from storyforge.errors import BadSettings
from storyforge.story import Story
from storyforge.storyboard import Earlier, Repair, Scene, first_seed


def picked(scene: Scene, take: int) -> Scene:
    """Another of the takes in the film. What was repaired was repaired in the one before."""
    return _changed(scene, take=take, repairs=(), picture=None)


def redrawn(scene: Scene, story: Story, takes: int, *, seed: int | None = None, prompt: str | None = None) -> Scene:
    """A new picture, by a seed that none of the `takes` so far has had, unless one is given."""
    if seed is None:
        seed = first_seed(story, scene) + max(takes, scene.take or 1)
    return _changed(
        scene, seed=seed, prompt=scene.prompt if prompt is None else prompt, take=None, repairs=(), picture=None
    )


def repaired(scene: Scene, repair: Repair) -> Scene:
    """One more part of the picture drawn anew."""
    return _changed(scene, repairs=(*scene.repairs, repair))


def undone(scene: Scene, number: int) -> Scene:
    """As it was before the last change. BadSettings if there was none."""
    if not scene.earlier:
        raise BadSettings(f"Nothing has been changed in scene {number}", "only pick, redraw and repair can be undone")
    last, *earlier = scene.earlier
    before = {name: getattr(last, name) for name in Earlier.model_fields}
    return scene.model_copy(update={**before, "earlier": tuple(earlier)})


def _changed(scene: Scene, **fields: object) -> Scene:
    now = Earlier(**{name: getattr(scene, name) for name in Earlier.model_fields})
    return scene.model_copy(update={**fields, "earlier": (now, *scene.earlier)})

"""The paper theatre's pictures in layers: laid one over the other they are the picture; faces are where they say."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from storyforge.illustration.paper import Paper
from storyforge.illustration.paper.bands import banded
from storyforge.illustration.paper.layer import Layer
from storyforge.illustration.paper.motions import BIRDS, SNOW, STARS, STILL
from storyforge.illustration.paper.theatre import in_layers, picture, tableau
from storyforge.plate import Motion, plate_of
from storyforge.story import Character, Style
from storyforge.storyboard import Brief, Role

SIZE = (560, 316)


def brief(place: str, *who: str, **more: object) -> Brief:
    roles = tuple(
        Role(who=name, character=Character(looks=f"a {name}"), pose="stand", expression="happy", effects=())
        for name in who
    )
    plain = {"time": "day", "weather": "clear", "season": "", "mood": "calm", "action": "", "props": (), "effects": ()}
    size = {"width": SIZE[0], "height": SIZE[1]}
    given = {"place": place, "roles": roles, "style": Style(), "seed": 7, "prompt": None, **plain, **size, **more}
    return Brief.model_validate(given)


SCENES = {
    "a village with everything": brief("village", "fox", "boy", time="night"),
    "a castle with birds": brief("castle", "owl", time="sunset"),
    "a blizzard": brief("mountain", "fox", weather="blizzard"),
    "fireflies": brief("forest", "rabbit", time="night", effects=("fireflies", "sparkles")),
    "under water": brief("ocean", "fish", effects=("bubbles",)),
    "a room": brief("home", "cat", "dog", "girl", time="night"),
    "an upright picture": brief("meadow", "fox", weather="rain", width=316, height=560),
}


def laid(plan: Brief, folder: Path) -> np.ndarray:
    """The layers of the picture as drawn, laid one over the other by the book."""
    path = folder / "p.png"
    path.write_bytes(Paper().draw(plan))
    plate, files = plate_of(path)
    canvas = np.zeros((plan.height, plan.width, 3))
    for layer in plate.layers:
        colours = cv2.imdecode(np.frombuffer(files[layer.colours], np.uint8), cv2.IMREAD_COLOR_RGB)
        alpha = np.full(colours.shape[:2], 255, np.uint8)
        if layer.alpha:
            alpha = cv2.imdecode(np.frombuffer(files[layer.alpha], np.uint8), cv2.IMREAD_GRAYSCALE)
        left, top = max(0, layer.left), max(0, layer.top)
        right = min(plan.width, layer.left + colours.shape[1])
        bottom = min(plan.height, layer.top + colours.shape[0])
        here = (slice(top, bottom), slice(left, right))
        there = (slice(top - layer.top, bottom - layer.top), slice(left - layer.left, right - layer.left))
        premultiplied = np.minimum(colours[there], alpha[there][..., None])
        canvas[here] = premultiplied + (1 - alpha[there][..., None] / 255) * canvas[here]
    return canvas


@pytest.mark.parametrize("plan", SCENES.values(), ids=SCENES)
def test_the_layers_are_the_picture(plan: Brief, tmp_path: Path) -> None:
    apart = laid(plan, tmp_path) - picture(plan)
    assert 10 * np.log10(255**2 / np.mean(apart**2)) > 34  # JPEG takes some of the paper's tooth
    assert np.abs(cv2.GaussianBlur(apart, (0, 0), 4)).max() < 20  # no halo: where shadows lie on what shines, a little


@pytest.mark.parametrize("plan", SCENES.values(), ids=SCENES)
def test_few_layers_and_the_first_fills_the_picture(plan: Brief) -> None:
    cuts = in_layers(plan)[1].layers
    assert len([cut for cut in cuts if cut.motion == STILL]) <= 7 and len(cuts) <= 12
    assert not cuts[0].alpha and (cuts[0].left, cuts[0].top) == (0, 0)


def test_what_moves_by_itself_has_a_layer_of_its_own() -> None:
    def names(plan: Brief) -> set[str]:
        return {cut.name for cut in in_layers(plan)[1].layers if cut.motion != STILL}

    assert {"snow", "snow behind", "clouds"} <= names(SCENES["a blizzard"])
    assert {"stars", "fireflies", "sparkles"} <= names(SCENES["fireflies"])
    assert "bubbles" in names(SCENES["under water"]) and "rain" in names(SCENES["an upright picture"])
    assert not names(SCENES["a room"])


@pytest.mark.parametrize("plan", SCENES.values(), ids=SCENES)
def test_faces_are_where_heads_are_the_first_role_first(plan: Brief) -> None:
    plate, scene = in_layers(plan)[1], tableau(plan)
    assert len(plate.faces) == len(plan.roles) and plate.focus is None
    for (left, top, width, height), actor in zip(plate.faces, scene.actors, strict=True):
        x = (actor.head[0] - scene.view.left) * scene.view.scale / plan.width
        y = (actor.head[1] - scene.view.top) * scene.view.scale / plan.height
        assert left < x < left + width <= 1 and top < y < top + height <= 1
        assert 0.01 < width * height < 0.12


def test_a_picture_without_anybody_is_about_what_is_great_in_it() -> None:
    focus = in_layers(brief("volcano"))[1].focus
    assert focus is not None and 0.2 < focus[0] < 0.8 and 0.3 < focus[1] < 0.6


def sheet(name: str, depth: float, box: tuple[int, int, int, int], motion: Motion = STILL) -> Layer:
    x, y, width, height = box
    return Layer(name, depth, np.full((height, width, 4), 255, np.uint8), x, y, motion)


GROUND = np.full((90, 160, 4), 255, np.uint8)


def test_what_hangs_before_stars_hides_them_and_needs_no_layer_more() -> None:
    stars = sheet("stars", 0.03, (0, 0, 160, 60), STARS)
    sky, held = banded([stars, sheet("moon", 0.05, (20, 20, 30, 30))], GROUND)
    assert (sky.name, held.name) == ("sky", "stars")
    assert held.pixels[25, 25].max() == 0 and held.pixels[10, 10].min() == 255


def test_what_lies_over_what_moves_gets_a_layer_of_its_own() -> None:
    birds, far = sheet("birds", 0.18, (10, 10, 40, 20), BIRDS), (0, 40, 160, 50)
    over, beside = sheet("tower", 0.2, (30, 15, 10, 70)), sheet("hill", 0.2, far)
    assert [band.name for band in banded([sheet("x", 0.1, far), birds, over], GROUND)] == ["sky", "far", "birds", "far"]
    assert [band.name for band in banded([sheet("x", 0.1, far), birds, beside], GROUND)] == ["sky", "far", "birds"]
    snow = sheet("snow", 0.95, (0, 0, 160, 10), SNOW)
    assert [band.name for band in banded([snow, sheet("leaf", 0.97, far)], GROUND)] == ["sky", "snow", "front"]

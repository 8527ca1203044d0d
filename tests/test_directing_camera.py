"""How fast the camera goes follows from what happens, unless the storyboard says it."""

from __future__ import annotations

import pytest

from storyforge.directing import QUICK, SLOW, SPEEDS, camera_of, pace_of
from storyforge.storyboard import MOVES, Actor, Camera, Move, Scene


@pytest.mark.parametrize(
    ("scene", "pace"),
    [
        (Scene(text="Mia stood.", characters=(Actor(who="mia"),)), 1.0),
        (Scene(text="Mia ran.", characters=(Actor(who="mia"), Actor(who="bo", pose="run"))), QUICK),
        (Scene(text="They fought.", characters=(Actor(who="mia", pose="fight"),)), QUICK),
        (Scene(text="Boom!", effects=("explosion",)), QUICK),
        (Scene(text="Mia slept.", characters=(Actor(who="mia", pose="sleep"),)), SLOW),
        (Scene(text="Mia yawned.", characters=(Actor(who="mia", expression="sleepy"),)), SLOW),
        (Scene(text="The fire crackled.", mood="cosy"), SLOW),
        (Scene(text="Mia ran.", characters=(Actor(who="m", pose="run"), Actor(who="b", pose="sleep"))), QUICK),
    ],
)  # fmt: skip
def test_action_is_quicker_and_whoever_is_sleepy_is_filmed_slowly(scene: Scene, pace: float) -> None:
    assert pace_of(scene) == pace
    assert camera_of(scene).speed == pytest.approx(SPEEDS["push-in"] * pace)


@pytest.mark.parametrize("move", ["creep", "hold"])
def test_fear_creeps_up_slowly_however_much_happens(move: Move) -> None:
    scene = Scene(text="Boom!", effects=("explosion",), camera=move, characters=(Actor(who="mia", pose="run"),))
    assert camera_of(scene) == Camera(move=move, speed=SPEEDS[move])


def test_what_the_storyboard_says_stands_above_all() -> None:
    scene = Scene(text="Mia ran.", camera="pan-left", speed=3, focus=(0.2, 0.4), handheld=True)
    assert camera_of(scene) == Camera(move="pan-left", speed=0.03, focus=(0.2, 0.4), handheld=True)


def test_no_scene_is_held_by_hand_unasked_and_every_move_has_a_calm_speed() -> None:
    assert not camera_of(Scene(text="They fought.", characters=(Actor(who="mia", pose="fight"),))).handheld
    assert set(SPEEDS) == set(MOVES) and all(0 < speed <= 0.02 for speed in SPEEDS.values())
    assert SPEEDS["hold"] < SPEEDS["creep"] < SPEEDS["push-in"]

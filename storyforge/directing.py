"""How each scene is filmed: how the camera moves, and how fast."""

from __future__ import annotations

from collections.abc import Mapping

from storyforge.storyboard import Camera, Move, Scene

SPEEDS: Mapping[Move, float] = {
    "push-in": 0.015,
    "pull-out": 0.015,
    "pan-left": 0.02,
    "pan-right": 0.02,
    "tilt-up": 0.02,
    "tilt-down": 0.02,
    "drift": 0.02,
    "creep": 0.006,
    "hold": 0.0015,  # a frozen frame looks like a fault; this is felt, hardly seen
}
"""What is calm: parts of the frame a second, at a move's fastest moment; of a zoom, parts by which it enlarges."""

QUICK, SLOW = 1.5, 0.6
"""Times a calm camera's speed: where things happen fast, and where somebody falls asleep."""

_FAST = {"run", "fight", "leap"}
_ASLEEP = {"sleep", "lie"}
_LOUD = {"explosion", "clash", "shockwave", "lightning"}


def camera_of(scene: Scene) -> Camera:
    """As the storyboard says, where it does; the speed there is in per cent of the frame a second."""
    speed = round(SPEEDS[scene.camera] * pace_of(scene), 6) if scene.speed is None else scene.speed / 100
    return Camera(move=scene.camera, speed=speed, focus=scene.focus, handheld=scene.handheld)


def pace_of(scene: Scene) -> float:
    """Times a calm camera's speed. Fear creeps up and stillness stays still, however much happens."""
    poses = {actor.pose for actor in scene.characters}
    feelings = {actor.expression for actor in scene.characters}
    if scene.camera in ("creep", "hold"):
        return 1.0
    if poses & _FAST or _LOUD & {*scene.effects}:
        return QUICK
    return SLOW if poses & _ASLEEP or "sleepy" in feelings or scene.mood == "cosy" else 1.0

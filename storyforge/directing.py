"""How each scene is filmed: where the camera is aimed, how fast it goes, and how one scene becomes the next."""

from __future__ import annotations

from storyforge.storyboard import Camera, Scene, Transition


def camera_of(scene: Scene) -> Camera:
    """As the storyboard says; the speed there is in per cent of the frame a second."""
    speed = None if scene.speed is None else scene.speed / 100
    return Camera(move=scene.camera, speed=speed, focus=scene.focus, handheld=scene.handheld)


def transition_into(scene: Scene, before: Scene | None) -> Transition:
    """How the scene begins. `before` is the scene before it; None for the first, which follows the title card."""
    return scene.transition or "dissolve"

"""The last pass over the whole picture: bloom around what shines, light that falls off from the sun, darker corners."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from storyforge.illustration.paper.color import oklch
from storyforge.illustration.paper.layer import Pixels
from storyforge.illustration.paper.light import Light
from storyforge.illustration.paper.view import View

_GRID = (63, 112)  # rows and columns on which the fall of light is worked out; it is smooth


def graded(canvas: Pixels, view: View, light: Light, sun: tuple[float, float] | None) -> Pixels:
    """The finished picture, (height, width, 3) RGB, from the canvas with all layers laid on it."""
    picture = _bloomed(np.asarray(cv2.cvtColor(canvas, cv2.COLOR_RGBA2RGB), np.uint8), view)
    room = cv2.min(picture, cv2.bitwise_not(picture))  # overlay: middle tones move most, black and white stay
    sway = _falloff(view, light, sun or (960.0, 300.0))
    size = (view.columns, view.rows)
    brighter = cv2.resize(np.clip(sway, 0, 255).astype(np.uint8), size, interpolation=cv2.INTER_LINEAR)
    picture = cv2.add(picture, cv2.multiply(room, brighter, scale=1 / 255))
    darker = cv2.resize(np.clip(-sway, 0, 255).astype(np.uint8), size, interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.subtract(picture, cv2.multiply(room, darker, scale=1 / 255)), np.uint8)


def _bloomed(picture: Pixels, view: View) -> Pixels:
    """Screened with what is brighter than 178, blurred by 48 design units."""
    quarter = (max(1, view.columns // 4), max(1, view.rows // 4))
    small = cv2.resize(picture, quarter, interpolation=cv2.INTER_AREA)
    bright = cv2.multiply(cv2.subtract(small, (178, 178, 178, 0)), (3, 3, 3, 0))
    soft = cv2.convertScaleAbs(cv2.GaussianBlur(bright, (0, 0), 12 * view.scale), alpha=0.26)
    light = cv2.resize(soft, (view.columns, view.rows), interpolation=cv2.INTER_LINEAR)
    dark = cv2.multiply(cv2.bitwise_not(picture), cv2.bitwise_not(light), scale=1 / 255)
    return np.asarray(cv2.bitwise_not(dark), np.uint8)


def _falloff(view: View, light: Light, sun: tuple[float, float]) -> NDArray[np.float64]:
    """How much each colour is swayed, -255…255, (rows, columns, 3) on the grid."""
    x = np.linspace(view.left, view.right, _GRID[1])[None, :]
    y = np.linspace(view.top, view.bottom, _GRID[0])[:, None]
    near = np.clip(1 - np.hypot((x - sun[0]) / 1250, (y - sun[1]) / 900), 0, 1)[..., None]
    across = (x - (view.left + view.right) / 2) / (view.right - view.left) * 2
    down = (y - (view.top + view.bottom) / 2) / (view.bottom - view.top) * 2
    corner = np.clip(across**2 * 0.62 + down**2 * 0.55 - 0.42, 0, 1)[..., None] * 0.36
    key = np.array(light.key.rgb, np.float64)
    ink = np.array(light.ink.mix(oklch(0.5, 0.05, light.ink.hue), 0.4).rgb, np.float64)
    return np.asarray(2 * ((key - 112) * near**2 * 0.42 - (255 - ink) * corner * 0.42))

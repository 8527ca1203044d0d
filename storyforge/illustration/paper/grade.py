"""The last pass over the whole picture: bloom around what shines, light that falls off from the sun, darker corners."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from storyforge.illustration.paper.color import oklch
from storyforge.illustration.paper.layer import Layer, Pixels, alpha_of
from storyforge.illustration.paper.light import Light
from storyforge.illustration.paper.view import View

_GRID = (63, 112)  # rows and columns on which the fall of light is worked out; it is smooth


@dataclass(frozen=True)
class Grade:
    """What the last pass does at each place, (rows, columns, 3) each: light screened in, how much brighter, darker."""

    bloom: Pixels
    brighter: Pixels
    darker: Pixels

    @classmethod
    def of(cls, canvas: Pixels, view: View, light: Light, sun: tuple[float, float] | None) -> Grade:
        """For the canvas with all layers laid on it."""
        sway = _falloff(view, light, sun or (960.0, 300.0))
        size = (view.columns, view.rows)
        grown = (cv2.resize(np.clip(part, 0, 255).astype(np.uint8), size) for part in (sway, -sway))
        return cls(_bloom(np.asarray(cv2.cvtColor(canvas, cv2.COLOR_RGBA2RGB), np.uint8), view), *grown)

    def applied(self, canvas: Pixels) -> Pixels:
        """The finished picture, (rows, columns, 3) RGB."""
        picture, alpha = cv2.cvtColor(canvas, cv2.COLOR_RGBA2RGB), np.full_like(self.bloom, 255)
        return self._graded(np.asarray(picture, np.uint8), alpha, self.bloom, self.brighter, self.darker)

    def carried(self, layer: Layer) -> Layer:
        """The layer as the last pass makes it, so that layers laid one over the other are the finished picture."""
        height, width = layer.pixels.shape[:2]
        fields = (_part(field, layer.x, layer.y, width, height) for field in (self.bloom, self.brighter, self.darker))
        colours = np.asarray(cv2.cvtColor(layer.pixels, cv2.COLOR_RGBA2RGB), np.uint8)
        alpha = alpha_of(layer.pixels)
        graded = self._graded(colours, np.asarray(cv2.cvtColor(alpha, cv2.COLOR_GRAY2RGB), np.uint8), *fields)
        return replace(layer, pixels=np.asarray(cv2.merge([*cv2.split(graded), alpha]), np.uint8))

    @staticmethod
    def _graded(picture: Pixels, alpha: Pixels, bloom: Pixels, brighter: Pixels, darker: Pixels) -> Pixels:
        """All in colours premultiplied with `alpha`: what is not there can neither shine nor darken."""
        picture = np.asarray(
            cv2.add(picture, cv2.multiply(cv2.subtract(alpha, picture), bloom, scale=1 / 255)), np.uint8
        )
        room = cv2.min(picture, cv2.subtract(alpha, picture))  # overlay: middle tones move most, black and white stay
        picture = np.asarray(cv2.add(picture, cv2.multiply(room, brighter, scale=1 / 255)), np.uint8)
        return np.asarray(cv2.subtract(picture, cv2.multiply(room, darker, scale=1 / 255)), np.uint8)


def _part(field: Pixels, x: int, y: int, width: int, height: int) -> Pixels:
    """The field behind a layer; beyond the picture it goes on as at its edge."""
    rows, columns = field.shape[:2]
    top, bottom, left, right = max(0, -y), max(0, y + height - rows), max(0, -x), max(0, x + width - columns)
    inside = field[y + top : y + height - bottom, x + left : x + width - right]
    return np.asarray(cv2.copyMakeBorder(inside, top, bottom, left, right, cv2.BORDER_REPLICATE), np.uint8)


def _bloom(picture: Pixels, view: View) -> Pixels:
    """What is brighter than 178, blurred by 48 design units."""
    quarter = (max(1, view.columns // 4), max(1, view.rows // 4))
    small = cv2.resize(picture, quarter, interpolation=cv2.INTER_AREA)
    bright = cv2.multiply(cv2.subtract(small, (178, 178, 178, 0)), (3, 3, 3, 0))
    soft = cv2.convertScaleAbs(cv2.GaussianBlur(bright, (0, 0), 12 * view.scale), alpha=0.26)
    return np.asarray(cv2.resize(soft, (view.columns, view.rows), interpolation=cv2.INTER_LINEAR), np.uint8)


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

"""A picture in layers under a moving camera: what is near goes by faster than what is far, and some of it lives."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from storyforge.plate import Plate
from storyforge.rendering.band import Band, Damaged, Sheet, sheet_of
from storyforge.rendering.camera import Path
from storyforge.rendering.cover import EMPTY, OPAQUE, Grid
from storyforge.rendering.loose import Loose
from storyforge.rendering.planes import Planes
from storyforge.rendering.scaling import buffer_for
from storyforge.rendering.still import FINENESS, MovingStill
from storyforge.rendering.unfolding import moved
from storyforge.rendering.view import Size, View

FARTHEST_GAIN = 0.3
"""Of the camera's way, what the sky goes along with; what is before the lens goes all of it."""

GAIN_BEND = 0.7
"""The middle of a stage is nearer to its front than to the sky: actors, at a depth of 0.62, go 0.8 of the way."""


def gain(depth: float) -> float:
    """How much of the camera's way a layer is seen to go, 0 … 1. Never more, so none is ever seen beyond its edge."""
    return float(FARTHEST_GAIN + (1 - FARTHEST_GAIN) * depth**GAIN_BEND)


class LayeredStill(MovingStill):
    """A picture in layers, made ready for one path. At rest it is the flat picture. Raises band.Damaged."""

    def __init__(
        self, plate: Plate, files: Mapping[str, bytes], picture: Size, way: Path, size: Size, seconds: float
    ) -> None:
        super().__init__(way, size, seconds)
        scale = size[0] / way.tightest * FINENESS / picture[0]
        sheets = (sheet_of(layer, files, picture) for layer in plate.layers)
        self._layers = [_ready(sheet, picture, scale) for sheet in sheets]
        if not self._layers or not isinstance(self._layers[0], Band) or not self._layers[0].fills:
            raise Damaged("nothing fills the picture behind its layers")
        self._rest = resting(way)
        self._grid, self._buffers = Grid(size), (buffer_for(size), buffer_for(size))

    def film(self, progress: float, into: Planes) -> None:
        seen, seconds = self.way.at(progress), progress * self.duration
        views = [self._view(layer, seen, seconds) for layer in self._layers]
        kinds, hidden = [], np.zeros(self._grid.shape, bool)
        for layer, view in zip(reversed(self._layers), reversed(views), strict=True):
            if isinstance(layer, Loose):
                kinds.append(hidden)
                continue
            found = layer.kinds(view, self.size, self._grid)
            kinds.append(np.where(hidden, EMPTY, found))
            hidden = hidden | (found == OPAQUE)
        for layer, view, kind in zip(self._layers, views, reversed(kinds), strict=True):
            if isinstance(layer, Loose):
                layer.lay(view, seconds, into, kind)
            else:
                layer.lay(view, into, self._grid, kind, self._buffers)

    def close(self) -> None:
        super().close()
        del self._layers, self._buffers

    def _view(self, layer: Band | Loose, seen: View, seconds: float) -> View:
        """What the camera sees of a layer, which does not go all its way, and may have moved by itself."""
        part = gain(layer.depth)
        view = View(*(rest + (now - rest) * part for rest, now in zip(self._rest, seen, strict=True)))
        if isinstance(layer, Loose):
            return view
        across, down = moved(layer.motion, seconds, view, layer.edges)
        return view._replace(x=view.x - across, y=view.y - down)


def resting(way: Path) -> View:
    """Where layers lie as in the picture: the widest view of a zoom, the middle of a pan."""
    if way.start.width != way.end.width:
        return max(way.start, way.end, key=lambda view: view.width)
    return View(*((a + b) / 2 for a, b in zip(way.start, way.end, strict=True)))


def _ready(sheet: Sheet, picture: Size, scale: float) -> Band | Loose:
    return Loose(sheet, picture, scale) if sheet.motion.loose else Band(sheet, picture, scale)

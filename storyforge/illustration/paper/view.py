"""What part of the stage a picture shows, and with how many pixels."""

from __future__ import annotations

from dataclasses import dataclass

from storyforge.illustration.paper.stage import BOTTOM, LEFT, RIGHT, TOP, WIDTH

_OVERSCAN = 1 / 14  # of the canvas, on each side: 160 of 2240, 90 of 1260


@dataclass(frozen=True, slots=True)
class View:
    """A window on the stage, overscan included: left and top edge in design units, size in pixels, pixels a unit."""

    left: float
    top: float
    columns: int
    rows: int
    scale: float

    @property
    def right(self) -> float:
        return self.left + self.columns / self.scale

    @property
    def bottom(self) -> float:
        return self.top + self.rows / self.scale

    @property
    def frame(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of what the film shows while the camera stands still, in design units."""
        across, down = (self.right - self.left) * _OVERSCAN, (self.bottom - self.top) * _OVERSCAN
        return self.left + across, self.top + down, self.right - across, self.bottom - down

    def widened(self, pixels: int) -> View:
        """With so many more pixels of the stage on each side."""
        way = pixels / self.scale
        return View(self.left - way, self.top - way, self.columns + 2 * pixels, self.rows + 2 * pixels, self.scale)


def view_of(columns: int, rows: int) -> View:
    """The window of a picture of this size: the whole stage for 16:9, else as much of it as has the picture's shape.

    A narrower picture keeps the height and the middle; a wider one keeps the width and gives up more sky than ground.
    """
    width, height = RIGHT - LEFT, BOTTOM - TOP
    if columns * height <= rows * width:
        scale = rows / height
        return View(WIDTH / 2 - columns / scale / 2, TOP, columns, rows, scale)
    scale = columns / width
    spare = height - rows / scale
    return View(LEFT, TOP + spare * 0.75, columns, rows, scale)

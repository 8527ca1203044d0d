"""The contact sheet: pictures as prints on one sheet of paper, each with its label, for the user to pick from."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from PIL import Image, ImageOps

from storyforge.rendering import fonts
from storyforge.rendering.cards import CREAM, EVENING
from storyforge.rendering.cut_paper import Colour, Outline, Point, cut, lay, sheet
from storyforge.rendering.lettering import fitted
from storyforge.rendering.picture import load

Size = tuple[int, int]

GROUND: Colour = (222, 208, 184)
HOLE: Colour = (233, 222, 202)  # where a picture is missing
FADED: Colour = (150, 132, 112)

SHAPE = 1.5  # width over height that the whole sheet comes near to
TALLEST = 0.6  # of the sheet's width: a single upright picture still fits a screen

# Lengths are parts of the sheet's width.
MARGIN, GAP, BORDER = 0.03, 0.024, 0.008
HEADING = 0.034
MOST_LABEL = 0.04


@dataclass(frozen=True)
class Grid:
    """Columns and rows of equal cells. A cell has room for a picture of `room`, its border, and its `label` below."""

    columns: int
    rows: int
    width: int
    room: Size
    label: int
    top: int

    @property
    def height(self) -> int:
        return self.top + self.rows * (self._cell[1] + self._gap) - self._gap + round(MARGIN * self.width)

    def foot(self, number: int, count: int) -> Point:
        """Middle of the lower edge of the cell's picture. A last row that is not full stands in the middle."""
        row, column = divmod(number, self.columns)
        here = min(self.columns, count - row * self.columns)
        across = (column - (here - 1) / 2) * (self._cell[0] + self._gap)
        return self.width / 2 + across, self.top + row * (self._cell[1] + self._gap) + self.border + self.room[1]

    @property
    def border(self) -> int:
        return max(3, round(BORDER * self.width))

    @property
    def _gap(self) -> int:
        return round(GAP * self.width)

    @property
    def _cell(self) -> Size:
        return self.room[0] + 2 * self.border, self.room[1] + 2 * self.border + self.label


def contact_sheet(
    pictures: Sequence[tuple[Path, str]], title: str, width: int = 1600, columns: int | None = None
) -> bytes:
    """JPEG bytes of all pictures with their labels, `width` pixels wide and as high as it takes.

    `columns` in a row, or as many as make the best sheet. A picture that is missing or damaged is an empty frame.
    """
    largest = math.ceil(1.5 * width / math.sqrt(max(1, len(pictures))))
    found = [_loaded(path, largest) for path, _ in pictures]
    grid = _grid([each for each in found if isinstance(each, Image.Image)], len(found), width, columns)
    shown = [_fitting(each, grid.room) for each in found]
    card = Image.new("RGB", (width, grid.height), GROUND)
    lay(card, cut(card.size, [(0, 0), (width, 0), (width, grid.height), (0, grid.height)]), GROUND, 0, shade=0)
    feet = [grid.foot(number, len(shown)) for number in range(len(shown))]
    outlines = [_print(grid, each, foot) for each, foot in zip(shown, feet, strict=True)]
    lay(card, cut(card.size, *outlines), CREAM, width * 0.003, shade=0.35)
    for (_, label), each, foot in zip(pictures, shown, feet, strict=True):
        _fill(card, grid, each, foot, label)
    _letter(card, title, (width / 2, grid.top / 2 + grid.border), (round(width * 0.9), round(HEADING * 1.4 * width)))
    file = io.BytesIO()
    card.save(file, "JPEG", quality=92, subsampling=0)
    return file.getvalue()


def _loaded(path: Path, largest: int) -> Image.Image | str:
    """The picture, reduced to sides of at most `largest`; or what to say in its place."""
    if not path.exists():
        return "not there"
    try:
        image = Image.fromarray(load(path))
    except Exception:  # a damaged picture makes Pillow's readers raise nearly anything
        return "damaged"
    image.thumbnail((largest, largest), Image.Resampling.LANCZOS)
    return image


def _grid(images: list[Image.Image], count: int, width: int, columns: int | None) -> Grid:
    shape = min(3.0, max(0.4, median(image.width / image.height for image in images))) if images else 1.0
    choices = [columns] if columns else range(1, max(1, min(count, 12)) + 1)
    grids = [_grid_of(each, max(1, count), width, shape) for each in choices]
    return min(grids, key=lambda grid: _awkward(grid, max(1, count)))


def _grid_of(columns: int, count: int, width: int, shape: float) -> Grid:
    border = max(3, round(BORDER * width))
    free = width - 2 * round(MARGIN * width) - (columns - 1) * round(GAP * width) - columns * 2 * border
    high = min(free / columns / shape, TALLEST * width)
    room = max(8, round(high * shape)), max(8, round(high))
    label = round(min(MOST_LABEL * width, max(0.022 * width, room[0] * 0.17)))
    return Grid(columns, -(-count // columns), width, room, label, round((MARGIN + 2 * HEADING) * width))


def _awkward(grid: Grid, count: int) -> float:
    """How far the sheet is from its best shape, how much of it is empty, and how small its pictures are."""
    shape, empty = grid.width / grid.height, grid.columns * grid.rows - count
    return abs(math.log(shape / SHAPE)) + 0.4 * empty / count + 0.25 * math.log(grid.width / grid.room[0])


def _fitting(found: Image.Image | str, room: Size) -> Image.Image | str:
    return found if isinstance(found, str) else ImageOps.contain(found, room, Image.Resampling.LANCZOS)


def _size(grid: Grid, shown: Image.Image | str) -> Size:
    """Of the print's window: that of its picture, but not so narrow that no label fits under it."""
    wide, high = grid.room if isinstance(shown, str) else shown.size
    return max(wide, min(grid.room[0], 2 * grid.label)), high


def _print(grid: Grid, shown: Image.Image | str, foot: Point) -> Outline:
    (wide, high), (x, y), border = _size(grid, shown), foot, grid.border
    top, bottom = y - high - border, y + border * 0.6 + grid.label
    half = wide / 2 + border, (bottom - top) / 2
    return sheet((x, (top + bottom) / 2), half, border * 0.8, waver=1, tilt=0)


def _fill(card: Image.Image, grid: Grid, shown: Image.Image | str, foot: Point, label: str) -> None:
    """The picture or its word into the print's window, the label under it."""
    (wide, high), (x, y) = _size(grid, shown), foot
    if isinstance(shown, str):
        card.paste(HOLE, (round(x - wide / 2), round(y - high), round(x + wide / 2), round(y)))
        _letter(card, shown, (x, y - high / 2), (round(wide * 0.8), grid.label), FADED)
    else:
        card.paste(shown, (round(x - shown.width / 2), round(y - shown.height)))
    middle = y + (grid.label + grid.border * 0.6) / 2
    _letter(card, label, (x, middle), (wide, grid.label))


def _letter(card: Image.Image, text: str, middle: Point, room: Size, ink: Colour = EVENING) -> None:
    """One line in the middle, as large as its room allows. What no font here covers is left out."""
    text = fonts.without_pictures(text)
    face = fonts.font_for(text, fonts.TITLE)
    if face is None or not text.strip():
        return
    line = fitted(text, face, room, room[1], most_lines=1)
    mask = line.mask(4)
    card.paste(ink, (round(middle[0] - mask.width / 2), round(middle[1] - mask.height / 2)), mask)

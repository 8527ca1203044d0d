"""The cards at the film's start and end: a sheet of cream paper on a picture out of focus, lettered as if cut out."""

from __future__ import annotations

import colorsys
import io
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter, ImageOps

from storyforge.rendering import fonts
from storyforge.rendering.cut_paper import Colour, Outline, Point, cut, hill, lay, sew, sheet, star
from storyforge.rendering.lettering import Lettering, fitted
from storyforge.rendering.picture import load

Size = tuple[int, int]

CREAM: Colour = (255, 247, 229)
GOLD: Colour = (250, 196, 72)
EVENING: Colour = (48, 56, 104)
GLOW: Colour = (226, 150, 120)
HILLS: tuple[Colour, ...] = ((92, 84, 140), (66, 64, 118), (40, 44, 88))

# Lengths are parts of the card's shorter side.
LARGEST_TITLE = 0.17
LARGEST_SMALL = 0.042
OUT_OF_FOCUS = 0.007
ROOM_WIDE, ROOM_HIGH = 0.62, 0.46  # of the card's own width and height: the camera's tightest view shows 0.857


class Palette(NamedTuple):
    """`under` is the sheet beneath the cream one, `ink` the letters."""

    under: Colour
    ink: Colour


def title_card(title: str, byline: str, picture: Path | None, size: Size) -> bytes:
    """PNG bytes of `size` = (width, height). Without lettering if some characters have no font: see `uncovered`."""
    return _card(title, (byline,), picture, size)


def end_card(text: str, credits: tuple[str, ...], picture: Path | None, size: Size) -> bytes:
    """PNG bytes of `size` = (width, height), with the credits as small print. Lettering as on the title card."""
    return _card(text, credits, picture, size)


def uncovered(text: str) -> str:
    """The characters, in order, that keep the text from being lettered in any font of this machine; '' if none do."""
    return fonts.uncovered(text)


def _card(heading: str, small: tuple[str, ...], picture: Path | None, size: Size) -> bytes:
    card = _backdrop(picture, size)
    if blocks := _blocks(heading, [line for line in small if line.strip()], size):
        _lay_sheet(card, _palette(card), blocks)
    file = io.BytesIO()
    card.save(file, "PNG", compress_level=1)
    return file.getvalue()


def _blocks(heading: str, small: list[str], size: Size) -> list[Lettering]:
    """The heading and the lines of small print, fitted into their room; nothing if some character has no font."""
    unit, wide, high = min(size), round(size[0] * ROOM_WIDE), size[1] * ROOM_HIGH
    faces = [fonts.font_for(heading, fonts.TITLE), *(fonts.font_for(line, fonts.SMALL) for line in small)]
    found = [face for face in faces if face]
    if not heading.strip() or len(found) < len(faces):
        return []
    share = max(0.45, 1 - 0.11 * len(small))
    title = fitted(heading, found[0], (wide, round(high * share)), round(unit * LARGEST_TITLE))
    room = (wide, round(high * (1.15 - share) / max(1, len(small))))
    prints = [
        fitted(line, face, room, round(unit * LARGEST_SMALL), 2) for line, face in zip(small, found[1:], strict=True)
    ]
    height = min((block.height for block in prints), default=0)  # one size for all
    return [title, *(Lettering(block.lines, block.font, height) for block in prints)]


def _backdrop(picture: Path | None, size: Size) -> Image.Image:
    """The picture out of focus, darker towards the corners."""
    if picture:
        covering = ImageOps.fit(Image.fromarray(load(picture)), size, Image.Resampling.LANCZOS)
        scene = covering.filter(ImageFilter.GaussianBlur(min(size) * OUT_OF_FOCUS))
    else:
        scene = _evening(size)
    return Image.fromarray((np.asarray(scene) * _vignette(size)[:, :, None]).round().astype(np.uint8))


def _vignette(size: Size) -> NDArray[np.float32]:
    """How much light is left, shape (height, width)."""
    across, down = (np.linspace(-1, 1, side) for side in size)
    shade = np.clip((across[None, :] ** 2 + down[:, None] ** 2) / 2, 0, 1) ** 1.3
    return (0.86 - 0.34 * shade).astype(np.float32)


def _evening(size: Size) -> Image.Image:
    """For films without a picture to show: stars over hills, from evening blue down to a warm glow."""
    height = np.linspace(0, 1, size[1])[:, None, None] ** 1.6
    sky = np.array(EVENING) * (1 - height) + np.array(GLOW) * height
    card = Image.fromarray(np.broadcast_to(sky, (size[1], size[0], 3)).round().astype(np.uint8))
    unit, chances = min(size), np.random.default_rng(11).random((40, 3))
    stars = [star((x * size[0], y * size[1] * 0.6), unit * (0.003 + 0.006 * z), 90 * z) for x, y, z in chances]
    card.paste(CREAM, mask=cut(size, *stars))
    for number, colour in enumerate(HILLS):
        lay(card, cut(size, hill(size, number)), colour, unit * 0.012, shade=0.35)
    return card


def _palette(card: Image.Image) -> Palette:
    """Colours that belong to the picture: its strongest hue, as paper and as ink."""
    pixels = np.asarray(card.resize((32, 18), Image.Resampling.BOX).convert("HSV"), np.float64).reshape(-1, 3) / 255
    strength = pixels[:, 1] * pixels[:, 2]
    hue = float(np.angle((strength * np.exp(2j * np.pi * pixels[:, 0])).sum()) / (2 * np.pi)) % 1.0
    return Palette(under=_colour(hue, 0.52, 0.62), ink=_colour(hue, 0.26, 0.55))


def _colour(hue: float, lightness: float, saturation: float) -> Colour:
    red, green, blue = (round(part * 255) for part in colorsys.hls_to_rgb(hue, lightness, saturation))
    return red, green, blue


def _lay_sheet(card: Image.Image, palette: Palette, blocks: list[Lettering]) -> None:
    """Two sheets, a seam, three stars and the lettering, in the middle of the card."""
    unit, gap = min(card.size), min(card.size) * 0.035
    high = sum(block.size[1] for block in blocks) + (2 * gap if len(blocks) > 1 else 0)
    half = max(block.size[0] for block in blocks) / 2 + unit * 0.105, high / 2 + unit * 0.075
    lay(card, cut(card.size, _sheet(card, half, 0.016, tilt=-1.6)), palette.under, unit * 0.010, shade=0.5)
    lay(card, cut(card.size, _sheet(card, half, 0.0, tilt=0.35)), CREAM, unit * 0.010, shade=0.42)
    sew(card, _sheet(card, half, -0.022, tilt=0.35), palette.under, unit * 0.0036)
    for corner in (_corner_star(card, half, *place) for place in _STARS):
        lay(card, cut(card.size, corner), GOLD, unit * 0.010, shade=0.4)
    _letter(card, palette, blocks, top=(card.height - high) / 2, gap=gap)


def _sheet(card: Image.Image, half: Point, grown: float, tilt: float) -> Outline:
    unit = min(card.size)
    wide, high = half[0] + grown * unit, half[1] + grown * unit
    return sheet((card.width / 2, card.height / 2), (wide, high), (0.075 + grown) * unit, unit * 0.0022, tilt)


def _corner_star(card: Image.Image, half: Point, at: Point, radius: float, tilt: float) -> Outline:
    centre = card.width / 2 + at[0] * half[0], card.height / 2 + at[1] * half[1]
    return star(centre, min(card.size) * radius, tilt)


def _letter(card: Image.Image, palette: Palette, blocks: list[Lettering], top: float, gap: float) -> None:
    """The heading in letters of paper, an ornament, the small print in ink."""
    heading, *small = blocks
    lay(card, _placed(card, heading, top), palette.ink, min(card.size) * 0.004, shade=0.45)
    top += heading.size[1]
    if small:
        card.paste(palette.under, mask=_ornament(card, top + gap * 0.8))
    top += 2 * gap
    for block in small:
        card.paste(palette.ink, mask=_placed(card, block, top))
        top += block.size[1]


def _placed(card: Image.Image, block: Lettering, top: float) -> Image.Image:
    margin = round(min(card.size) * 0.03)
    letters, mask = block.mask(margin), Image.new("L", card.size)
    mask.paste(letters, ((card.width - letters.width) // 2, round(top) - margin))
    return mask


def _ornament(card: Image.Image, middle: float) -> Image.Image:
    """A star between two tapering lines."""
    unit, across = min(card.size), card.width / 2
    thick, shapes = unit * 0.0018, [star((across, middle), unit * 0.014, 0)]
    for side in (-1, 1):
        near, far = across + side * unit * 0.035, across + side * unit * 0.11
        shapes.append(
            [(near, middle - thick), (far, middle - thick / 3), (far, middle + thick / 3), (near, middle + thick)]
        )
    return cut(card.size, *shapes)


# Where on the sheet (in its half sides), how large, how tilted.
_STARS = (((-0.97, -0.9), 0.052, -12.0), ((-0.86, -1.03), 0.026, 20.0), ((0.96, 0.92), 0.044, 14.0))

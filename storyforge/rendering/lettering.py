"""Lettering: text broken into balanced lines, as large as its place allows, as a mask to paint through."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

Size = tuple[int, int]

MOST_LINES = 5
LONGEST_WORD = 24
"""Characters; what is longer is broken anywhere, or the letters would be tiny."""
LEADING = 1.12
"""Distance of baselines, in heights of the letters."""


@dataclass(frozen=True)
class Lettering:
    """Lines set in one font and size; `size` is the block's width and height in pixels."""

    lines: tuple[str, ...]
    font: Path
    height: int

    @property
    def size(self) -> Size:
        face = self._face()
        widest = max(round(face.getlength(line)) for line in self.lines)
        return widest, round(self.height * LEADING * (len(self.lines) - 1) + self._letters())

    def mask(self, margin: int) -> Image.Image:
        """Centred lines, white on black (mode L), with a margin for overhanging letters."""
        width, height = self.size
        image = Image.new("L", (width + 2 * margin, height + 2 * margin))
        pen, face = ImageDraw.Draw(image), self._face()
        for number, line in enumerate(self.lines):
            baseline = margin + face.getmetrics()[0] + number * self.height * LEADING
            pen.text((image.width / 2, baseline), line, font=face, fill=255, anchor="ms")
        return image

    def _face(self) -> ImageFont.FreeTypeFont:
        return ImageFont.truetype(str(self.font), self.height)

    def _letters(self) -> int:
        ascent, descent = self._face().getmetrics()
        return ascent + descent


def fitted(text: str, font: Path, room: Size, largest: int, most_lines: int = MOST_LINES) -> Lettering:
    """The text in the largest letters, up to `largest` pixels, that fit into `room`; fewer lines win a draw."""
    choices = [_filled(lines, font, room, largest) for lines in _breakings(text, font, most_lines)]
    return max(choices, key=lambda choice: (choice.height, -len(choice.lines)))


def _filled(lines: tuple[str, ...], font: Path, room: Size, largest: int) -> Lettering:
    height = largest
    for _ in range(3):  # letters do not scale quite evenly
        width, tall = Lettering(lines, font, height).size
        height = max(4, min(height, int(height * min(room[0] / max(1, width), room[1] / max(1, tall)))))
    return Lettering(lines, font, height)


def _breakings(text: str, font: Path, most_lines: int) -> list[tuple[str, ...]]:
    """The text in one line, two lines …, each broken so that the widest line is as narrow as can be."""
    face = ImageFont.truetype(str(font), 100)
    words = _words(text)
    return [_balanced(words, count, face) for count in range(1, min(most_lines, len(words)) + 1)]


def _balanced(words: list[str], count: int, face: ImageFont.FreeTypeFont) -> tuple[str, ...]:
    """The partition of least summed squares of widths: that keeps the widest narrow and the rest alike."""
    widths = {
        (start, end): face.getlength("".join(words[start:end]).strip())
        for start in range(len(words))
        for end in range(start + 1, len(words) + 1)
    }
    best: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, ())}
    for _ in range(count):
        best = {
            end: min(
                (cost + widths[start, end] ** 2, (*cuts, end)) for start, (cost, cuts) in best.items() if start < end
            )
            for end in range(min(best) + 1, len(words) + 1)
        }
    cuts = best[len(words)][1]
    return tuple("".join(words[start:end]).strip() for start, end in zip((0, *cuts), cuts, strict=False))


def _words(text: str) -> list[str]:
    """What is not broken, each with the space after it: words and their parts, or single characters of scripts
    without spaces."""
    words: list[str] = []
    for character in " ".join(text.split()):
        if character != " " and (not words or _breakable(words[-1], character)):
            words.append(character)
        else:
            words[-1] += character
    return words


def _breakable(word: str, following: str) -> bool:
    if word.endswith(" ") or len(word) >= LONGEST_WORD:
        return True
    return word[-1] in "-–/" or (_wide(word[-1]) and not _mark(following))


def _wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"


def _mark(character: str) -> bool:
    return unicodedata.category(character)[0] in "PM"

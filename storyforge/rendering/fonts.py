"""Fonts for the cards: the two that come along, and whatever the machine has for scripts that those lack."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path

from fontTools.ttLib import TTFont, TTLibError
from PIL import features

from storyforge.value import digest

Faces = tuple[tuple[str, str], ...]
"""Packages and font files in them, the best first."""

TITLE: Faces = (("font_fredoka_one", "FredokaOne-Regular.ttf"), ("font_source_serif_pro", "SourceSerifPro-Bold.ttf"))
SMALL: Faces = (("font_source_serif_pro", "SourceSerifPro-Semibold.ttf"),)

_SYSTEM_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.local/share/fonts",
    "~/.fonts",
    "/System/Library/Fonts",
    "/Library/Fonts",
    "~/Library/Fonts",
    "$WINDIR/Fonts",
    "$LOCALAPPDATA/Microsoft/Windows/Fonts",
)

# Parts of file names that speak for a font in a title, and against it.
_LIKED = {"rounded": 4, "bold": 3, "noto": 2, "sans": 2, "semibold": 1, "medium": 1, "cjk": 1}
_DISLIKED = ("mono", "italic", "oblique", "condensed", "light", "thin", "black", "serif", "code", "emoji", "last")

# Scripts whose letters join, stack or run leftwards: they need libraqm, which lays letters out by their script's rules.
_SHAPED = tuple(
    "ARABIC HEBREW SYRIAC THAANA NKO DEVANAGARI BENGALI GURMUKHI GUJARATI ORIYA TAMIL TELUGU KANNADA MALAYALAM SINHALA "
    "THAI LAO TIBETAN MYANMAR KHMER MONGOLIAN".split()
)


def font_for(text: str, faces: Faces) -> Path | None:
    """A font file with every character of the text: one of `faces` if it can be; None if no font has them all."""
    if _unshapable(text):
        return None
    needed = _needed(text)
    return next((font for font in _fonts(faces) if not _lacking(font, needed)), None)


def without_pictures(text: str) -> str:
    """The text without emoji and their joiners, if no font has them: the words of a title are worth more."""
    if not uncovered(text):
        return text
    kept = "".join(char for char in text if unicodedata.category(char) not in ("So", "Sk", "Cn", "Cf", "Mn", "Me"))
    return " ".join(kept.split()) if kept.strip() and not uncovered(kept) else text


def card_fonts(heading: str, small: tuple[str, ...]) -> tuple[str, ...]:
    """Digests of the font files that a card's heading and lines are lettered in; '' for what no font covers."""
    faces = [font_for(heading, TITLE), *(font_for(line, SMALL) for line in small)]
    return tuple(_font_digest(face) if face else "" for face in faces)


def uncovered(text: str) -> str:
    """The characters, in order, that keep the text from being lettered in any one font; '' if nothing does."""
    if font_for(text, TITLE):
        return ""
    needed = _needed(text)
    fewest = min((_lacking(font, needed) for font in _fonts(TITLE)), key=len)
    missing = {*fewest, *map(ord, _unshapable(text))}
    return "".join(dict.fromkeys(character for character in text if ord(character) in missing))


def _needed(text: str) -> frozenset[int]:
    """Code points that must show: not white space, joiners or variation selectors."""
    shown = (c for c in text if not c.isspace() and unicodedata.category(c) not in ("Cf", "Cc"))
    return frozenset(ord(c) for c in shown if not 0xFE00 <= ord(c) <= 0xFE0F)


def _unshapable(text: str) -> str:
    if features.check("raqm"):
        return ""
    return "".join(c for c in text if unicodedata.name(c, "").startswith(_SHAPED))


def _fonts(faces: Faces) -> Iterator[Path]:
    for package, name in faces:
        with suppress(ModuleNotFoundError):  # somebody packed the program without it
            yield Path(str(files(package))) / "files" / name
    yield from _system_fonts()


@cache
def _system_fonts() -> tuple[Path, ...]:
    """Outline fonts of the machine, the most title-like first."""
    found: set[Path] = set()
    for folder in _SYSTEM_FOLDERS:
        place = Path(os.path.expandvars(folder)).expanduser()
        found.update(font for ending in ("ttf", "otf", "ttc") for font in place.glob(f"**/*.{ending}"))
    return tuple(sorted(found, key=lambda font: (-_likeness(font.name.lower()), str(font))))


def _likeness(name: str) -> int:
    return sum(worth for word, worth in _LIKED.items() if word in name) - 5 * sum(word in name for word in _DISLIKED)


@cache
def _font_digest(font: Path) -> str:
    return digest(font.read_bytes())


@lru_cache(maxsize=4096)
def _lacking(font: Path, needed: frozenset[int]) -> frozenset[int]:
    """What the font lacks of the code points: all, if it cannot be read or holds bitmaps instead of outlines."""
    try:
        with TTFont(font, fontNumber=0, lazy=True) as opened:
            outlined = {"glyf", "CFF ", "CFF2"} & set(opened.keys())
            return needed - (opened.getBestCmap() or {}).keys() if outlined else needed
    except (TTLibError, OSError, KeyError, ValueError, AssertionError):
        return needed

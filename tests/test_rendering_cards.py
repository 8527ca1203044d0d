"""Title and end cards: lettered in a font that has the letters, or not at all."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from storyforge.rendering import fonts
from storyforge.rendering.cards import CREAM, end_card, title_card, uncovered
from storyforge.rendering.lettering import fitted

SIZE = (448, 252)


def pixels(card: bytes) -> np.ndarray:
    image = Image.open(io.BytesIO(card))
    assert image.format == "PNG" and image.mode == "RGB"
    return np.asarray(image, int)


def cream(card: bytes) -> np.ndarray:
    """Where the sheet of paper is."""
    return np.abs(pixels(card) - CREAM).max(axis=2) < 14


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    small = np.random.default_rng(1).integers(0, 200, (9, 16, 3)).astype(np.uint8)
    small[:, :, 2] = 20
    Image.fromarray(small).resize(SIZE, Image.Resampling.BICUBIC).save(tmp_path / "p.png")
    return tmp_path / "p.png"


@pytest.mark.parametrize("size", [SIZE, (252, 448), (300, 300)])
def test_a_card_has_its_size_and_a_sheet_within_the_frame(picture, size):
    card = title_card("The Fox and the Sea", "by Mia", picture, size)
    rows, columns = np.nonzero(cream(card))
    assert pixels(card).shape == (size[1], size[0], 3)
    # 1/14 of each side is beyond the camera's tightest view.
    assert columns.min() > size[0] / 14 and columns.max() < size[0] * 13 / 14
    assert rows.min() > size[1] / 14 and rows.max() < size[1] * 13 / 14


@pytest.mark.parametrize("title", ["O", "Fox " * 49, "W" * 200, "a-very-long-name-" * 8, "Wie der kleine Löwe schlief"])
def test_titles_of_every_length_stay_on_their_sheet(title):
    rows, columns = np.nonzero(cream(title_card(title, "A story by somebody " * 4, None, (672, 378))))
    assert columns.min() > 672 / 14 and columns.max() < 672 * 13 / 14
    assert rows.min() > 378 / 14 and rows.max() < 378 * 13 / 14


def test_the_same_card_has_the_same_bytes(picture):
    makers = ("A story by Mia", "Told by Grandpa", "Drawn with paper")
    assert end_card("The End", makers, picture, SIZE) == end_card("The End", makers, picture, SIZE)


def test_another_title_and_other_credits_are_other_cards(picture):
    cards = {
        title_card("One", "", picture, SIZE),
        title_card("Two", "", picture, SIZE),
        end_card("One", ("x",), picture, SIZE),
        title_card("One", "", None, SIZE),
    }
    assert len(cards) == 4


@pytest.mark.parametrize("text", ["The Fox", "Žluťoučký kůň", "Ночь и день", "Ὀδύσσεια", "“Why?” – ‘Because…’", ""])
def test_the_fonts_that_come_along_cover_europe(text):
    assert uncovered(text) == ""


def test_characters_that_no_font_has_are_told_and_leave_the_card_unlettered(picture):
    nowhere = "\U0001faea\ue123"  # an emoji in colour, and a private character
    assert uncovered(f"Fox {nowhere} Fox \ue123")[-1:] == "\ue123"
    assert cream(title_card("Fox \ue123", "", picture, SIZE)).sum() == 0
    assert cream(title_card("Fox", "by \ue123", picture, SIZE)).sum() == 0
    assert cream(title_card("Fox", "by Me", picture, SIZE)).sum() > 1000


def test_a_title_font_is_found_for_each_script_that_has_one():
    font = fonts.font_for("Fox", fonts.TITLE)
    assert font and font.name == "FredokaOne-Regular.ttf"
    font = fonts.font_for("Ночь", fonts.TITLE)
    assert font and font.name == "SourceSerifPro-Bold.ttf"


@settings(max_examples=40)
@given(st.text(st.sampled_from("abc IWm\n"), min_size=1, max_size=60).filter(str.strip), st.integers(60, 900))
def test_fitted_lettering_fits_and_keeps_every_word(text, wide):
    font = fonts.font_for(text, fonts.TITLE)
    assert font
    block = fitted(text, font, (wide, 200), 120)
    assert "".join("".join(block.lines).split()) == "".join(text.split())
    assert block.height == 4 or (block.size[0] <= wide and block.size[1] <= 200)


def test_a_long_title_is_broken_into_even_lines():
    font = fonts.font_for("x", fonts.TITLE)
    assert font
    block = fitted("The very small dragon who learned to whistle", font, (500, 400), 80)
    lengths = [len(line) for line in block.lines]
    assert len(lengths) > 1 and max(lengths) < 1.7 * min(lengths)

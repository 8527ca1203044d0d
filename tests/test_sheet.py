"""Contact sheets: every picture is seen, whole, beside its number, whatever is handed in."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from storyforge.rendering.cards import EVENING
from storyforge.rendering.sheet import HOLE, contact_sheet

RED, BLUE = (230, 20, 20), (20, 20, 230)


def pixels(sheet: bytes) -> np.ndarray:
    image = Image.open(io.BytesIO(sheet))
    assert image.format == "JPEG" and image.mode == "RGB"
    return np.asarray(image, int)


def near(sheet: bytes, colour: tuple[int, int, int]) -> np.ndarray:
    """Where on the sheet this colour is."""
    return np.abs(pixels(sheet) - colour).max(axis=2) < 24


def plain(folder: Path, name: str, size: tuple[int, int], colour: tuple[int, int, int] = RED) -> Path:
    Image.new("RGB", size, colour).save(folder / name)
    return folder / name


def runs(marks: np.ndarray) -> int:
    """How many stretches of True there are in a row of booleans."""
    return int((np.diff(np.concatenate(([0], marks.astype(int)))) == 1).sum())


@pytest.mark.parametrize("size", [(864, 1152), (1344, 768), (512, 512), (10, 10), (3000, 200), (200, 3000)])
def test_a_picture_is_shown_whole_and_in_its_own_shape(tmp_path, size):
    sheet = contact_sheet([(plain(tmp_path, "p.png", size), "1")], "Mira", 800)
    rows, columns = np.nonzero(near(sheet, RED))
    shown = (columns.max() - columns.min() + 1) / (rows.max() - rows.min() + 1)
    assert shown == pytest.approx(size[0] / size[1], rel=0.15)
    assert pixels(sheet).shape[1] == 800


def test_four_takes_stand_in_one_row_each_over_its_number(tmp_path):
    picture = plain(tmp_path, "p.png", (864, 1152))
    sheet = contact_sheet([(picture, str(number)) for number in range(1, 5)], "", 800)
    red, ink = near(sheet, RED), near(sheet, EVENING)
    assert runs(red.any(axis=0)) == 4 and runs(red.any(axis=1)) == 1
    assert runs(ink.any(axis=0)) == 4
    assert np.nonzero(red.any(axis=1))[0].max() < np.nonzero(ink.any(axis=1))[0].min()


def test_a_number_can_be_read_from_afar(tmp_path):
    picture = plain(tmp_path, "p.png", (864, 1152))
    rows = np.nonzero(near(contact_sheet([(picture, "2")] * 4, ""), EVENING).any(axis=1))[0]
    assert rows.max() - rows.min() > 24  # pixels of a sheet as wide as a screen


@settings(max_examples=12)
@given(count=st.integers(1, 40), shape=st.sampled_from([(30, 40), (40, 30), (64, 36), (36, 64), (40, 40), (90, 10)]))
def test_every_picture_of_one_to_forty_is_on_the_sheet_and_none_lies_on_another(tmp_path_factory, count, shape):
    picture = plain(tmp_path_factory.mktemp("p"), "p.png", shape)
    red = near(contact_sheet([(picture, "1")] * count, "Title", 900), RED)
    below = [row for row in range(1, red.shape[0]) if red[row].any() and not red[row - 1].any()]
    assert sum(runs(red[row + 4]) for row in below) == count
    assert not red[:, 0].any() and not red[:, -1].any() and not red[-1].any()


def test_columns_can_be_set_so_that_each_of_the_cast_has_a_row(tmp_path):
    picture = plain(tmp_path, "p.png", (30, 40))
    red = near(contact_sheet([(picture, "1")] * 6, "", 600, columns=3), RED)
    assert (runs(red.any(axis=0)), runs(red.any(axis=1))) == (3, 2)


@pytest.mark.parametrize("content", [None, b"", b"no picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "cut", "folder"])
def test_a_picture_that_is_missing_or_damaged_is_an_empty_frame(tmp_path, content):
    good, bad = plain(tmp_path, "good.png", (60, 80)), tmp_path / "bad.png"
    if content == "folder":
        bad.mkdir()
    elif content is not None:
        bad.write_bytes(good.read_bytes()[:70] if content == "cut" else content)
    sheet = contact_sheet([(bad, "1"), (good, "2")], "", 600)
    hole, red = near(sheet, HOLE), near(sheet, RED)
    assert red.sum() > 10_000 and hole[:, : red.any(axis=0).argmax()].sum() > 10_000


def test_a_sheet_of_nothing_is_still_a_sheet():
    assert pixels(contact_sheet([], "Nobody", 400)).shape[1] == 400


def test_labels_that_no_font_has_leave_the_pictures_alone(tmp_path):
    picture = plain(tmp_path, "p.png", (30, 40))
    sheet = contact_sheet([(picture, "\ue123"), (picture, "")], "\ue123 \ue124", 400)
    assert not near(sheet, EVENING).any() and runs(near(sheet, RED).any(axis=0)) == 2


def test_pictures_turned_or_transparent_look_as_they_are_meant(tmp_path):
    turned = Image.new("RGB", (80, 40), RED)
    exif = turned.getexif()
    exif[0x0112] = 6  # EXIF orientation: to be turned by 90 degrees
    turned.save(tmp_path / "turned.jpg", exif=exif)
    Image.new("RGBA", (40, 80), (*BLUE, 0)).save(tmp_path / "clear.png")
    sheet = contact_sheet([(tmp_path / "turned.jpg", "1"), (tmp_path / "clear.png", "2")], "", 600)
    rows, columns = np.nonzero(near(sheet, RED))
    assert rows.max() - rows.min() > 1.5 * (columns.max() - columns.min())
    assert not near(sheet, BLUE).any()


def test_the_same_pictures_make_the_same_sheet(tmp_path):
    pictures = [(plain(tmp_path, "p.png", (30, 40)), "1")]
    assert contact_sheet(pictures, "Mira", 400) == contact_sheet(pictures, "Mira", 400)

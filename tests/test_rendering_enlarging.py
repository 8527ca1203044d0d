"""Pictures that are too small for the film are named, once, with what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from storyforge.errors import StoryforgeError
from storyforge.rendering.enlarging import enlarged_told
from storyforge.rendering.picture import extent, load
from storyforge.storyboard import Camera

HD = (1920, 1080)


def picture(folder: Path, width: int, height: int, name: str = "") -> Path:
    path = folder / f"{name or f'{width}x{height}'}.png"
    Image.new("RGB", (width, height)).save(path)
    return path


def told(*pictures: Path) -> str:
    return enlarged_told([(number, path, Camera(), 8.0) for number, path in enumerate(pictures, 1)], HD)


@pytest.mark.parametrize("size", [(2240, 1260), (1920, 1080), (1600, 900), (1600, 3000)])
def test_of_pictures_that_are_large_enough_nothing_is_said(size: tuple[int, int], tmp_path: Path) -> None:
    assert told(picture(tmp_path, *size)) == ""


def test_one_small_picture_is_told_with_its_size_and_the_one_to_give(tmp_path: Path) -> None:
    assert told(picture(tmp_path, 2240, 1260), picture(tmp_path, 512, 512)) == (
        "The picture of scene 2 will look soft: 512 × 512 pixels are enlarged 3.9 times in a film of 1920 × 1080 – "
        "give pictures of 2240 × 1260 pixels, or set a smaller `height`"
    )


def test_many_small_pictures_are_one_note_that_names_the_worst(tmp_path: Path) -> None:
    small, tiny = picture(tmp_path, 1024, 1024), picture(tmp_path, 64, 64)
    assert told(small, tiny, small).startswith(
        "The pictures of scenes 1, 2 and 3 will look soft: 64 × 64 pixels in scene 2 are enlarged 31.2 times"
    )
    assert "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 and 488 more" in told(*[small] * 500)


def test_a_picture_that_cannot_be_read_is_told_elsewhere(tmp_path: Path) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    assert told(broken, tmp_path / "missing.png") == ""
    with pytest.raises(StoryforgeError, match="not a picture"):
        extent(broken)


@pytest.mark.parametrize("turned", range(1, 9))
def test_a_picture_s_extent_is_that_of_its_upright_pixels(turned: int, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = turned
    Image.new("RGB", (60, 40)).save(path := tmp_path / "photo.jpg", exif=exif)
    assert extent(path) == load(path).shape[1::-1] == ((60, 40) if turned < 5 else (40, 60))

"""A picture that knows of its layers is still a picture, and a damaged one is shown as it is."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from storyforge.plate import CHUNK, Layer, Plate, plate_of, with_plate


def png(size: tuple[int, int] = (64, 36)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (200, 120, 40)).save(out, "PNG")
    return out.getvalue()


PLATE = Plate(
    faces=((0.1, 0.2, 0.3, 0.4),),
    layers=(Layer(name="sky", depth=0, colours="0.jpg"), Layer(name="fox", depth=0.6, colours="1.jpg", alpha="1.png")),
    depth="depth.png",
)
FILES = {"0.jpg": b"sky", "1.jpg": b"fox", "1.png": b"alpha", "depth.png": b"depth"}


def test_what_a_picture_knows_is_found_again_and_every_program_still_opens_it(tmp_path: Path) -> None:
    path = tmp_path / "p.png"
    path.write_bytes(with_plate(png(), PLATE, FILES))
    assert plate_of(path) == (PLATE, FILES)
    with Image.open(path) as image:
        assert image.convert("RGB").getpixel((3, 3)) == (200, 120, 40)


def test_an_editor_that_saves_the_picture_leaves_the_plate_out(tmp_path: Path) -> None:
    path = tmp_path / "p.png"
    path.write_bytes(with_plate(png(), PLATE, FILES))
    with Image.open(path) as image:
        image.rotate(90).save(path)
    assert plate_of(path) == (Plate(), {})


@pytest.mark.parametrize("data", [b"", b"\x89PNG", png()[:40], b"GIF89a" + bytes(60), png()])
def test_what_has_no_plate_has_an_empty_one(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "p.png"
    path.write_bytes(data)
    assert plate_of(path) == (Plate(), {})


def test_a_plate_that_names_a_file_it_does_not_hold_is_none(tmp_path: Path) -> None:
    path = tmp_path / "p.png"
    path.write_bytes(with_plate(png(), PLATE, {"0.jpg": b"sky"}))
    assert plate_of(path) == (Plate(), {})


@given(st.data())
def test_a_damaged_plate_is_none_and_no_error(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    whole = with_plate(png(), PLATE, FILES)
    first = whole.index(CHUNK)
    at = data.draw(st.integers(first, first + 4 + 400))
    path = tmp_path_factory.mktemp("plates") / "p.png"
    if data.draw(st.booleans()):
        path.write_bytes(whole[:at])
    else:
        path.write_bytes(whole[:at] + bytes([whole[at] ^ data.draw(st.integers(1, 255))]) + whole[at + 1 :])
    assert plate_of(path) in ((Plate(), {}), (PLATE, FILES))

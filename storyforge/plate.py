"""A plate: a picture that knows more than its pixels. Where faces are, of which layers it is made, how deep it is.

It is an ordinary PNG. The rest stands in a chunk of its own, which other programs pass over, and which an editor that
changes the picture leaves out, as PNG asks of it (W3C PNG, 5.4: the last letter of its name says so). Then the film
shows the picture as edited, flat.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Annotated
from zipfile import BadZipFile, ZipFile, ZipInfo

from pydantic import Field, ValidationError

from storyforge.storyboard import Box, Spot
from storyforge.value import Value

CHUNK = b"sfPL"
"""Ancillary, private, not to be copied by who changes the picture."""

MOST_BYTES = 64 << 20
"""A larger chunk is none of ours."""

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEADER = len(_SIGNATURE) + 25  # with IHDR, which always comes first and has 13 bytes and a frame of 12
_ABOUT = "plate.json"


class Motion(Value):
    """What a layer does by itself. Shares of the picture's width and height, a second."""

    drift: tuple[float, float] = (0.0, 0.0)
    """To the right and down, without an end: no more than its margins allow."""
    fall: tuple[float, float] = (0.0, 0.0)
    """To the right and down, and what leaves at one edge comes in at the other: snow, rain, embers (upwards)."""
    twinkle: Annotated[float, Field(ge=0, le=1)] = 0.0
    """How much of it fades and comes back, every part in its own time: stars, fireflies."""
    sway: Annotated[float, Field(ge=0, le=0.2)] = 0.0
    """How far it swings to either side and back: leaves before the lens, mist."""

    @property
    def moves(self) -> bool:
        """Whether it leaves its place for good."""
        return self.drift != (0.0, 0.0) or self.fall != (0.0, 0.0)

    @property
    def loose(self) -> bool:
        """Whether its parts, which do not hang together, each go their own way."""
        return self.fall != (0.0, 0.0) or self.twinkle > 0


class Layer(Value):
    """`colours` (JPEG or PNG, premultiplied with alpha) and `alpha` (PNG, grey) name files of the plate.

    `left` and `top` say where it lies, in pixels of the picture. `depth`: 0 the sky, 1 before the lens. Without
    `alpha` it is opaque.
    """

    name: str
    depth: Annotated[float, Field(ge=0, le=1)]
    left: int = 0
    top: int = 0
    colours: str
    alpha: str = ""
    motion: Motion = Motion()


class Plate(Value):
    faces: tuple[Box, ...] = ()
    """The most important first."""
    focus: Spot | None = None
    """What the picture is about, where that is no face."""
    layers: tuple[Layer, ...] = ()
    """The farthest first; laid one over the other at rest they are the picture."""
    depth: str = ""
    """Names a grey PNG of the picture's shape, of any size: white is near."""


def with_plate(png: bytes, plate: Plate, files: Mapping[str, bytes] = {}) -> bytes:
    """The PNG picture with its plate; `files` are those that the plate names."""
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:  # stored: pictures are compressed already
        about = plate.model_dump_json(exclude_defaults=True).encode()
        for name, content in {_ABOUT: about, **files}.items():
            archive.writestr(ZipInfo(name), content)  # dated 1980, not now: the same picture has the same bytes
    data = packed.getvalue()
    chunk = struct.pack(">I", len(data)) + CHUNK + data + struct.pack(">I", zlib.crc32(CHUNK + data))
    return png[:_HEADER] + chunk + png[_HEADER:]


def with_plate_of(png: bytes, picture: Path) -> bytes:
    """The PNG, a larger copy of `picture`, with all that this knows but its layers, which have pixels of their own."""
    plate, files = plate_of(picture)
    kept = plate.model_copy(update={"layers": ()})
    named = {name: content for name, content in files.items() if name == plate.depth}
    return with_plate(png, kept, named) if kept != Plate() else png


def plate_of(picture: Path) -> tuple[Plate, Mapping[str, bytes]]:
    """What the picture knows, and the files of it; an empty plate for what is no PNG, has none, or a damaged one."""
    try:
        data = _chunk(picture)
        if not data:
            return Plate(), {}
        with ZipFile(BytesIO(data)) as archive:
            if sum(info.file_size for info in archive.infolist()) > MOST_BYTES:
                return Plate(), {}
            files = {name: archive.read(name) for name in archive.namelist()}
        plate = Plate.model_validate_json(files.pop(_ABOUT))
    except (OSError, BadZipFile, KeyError, NotImplementedError, RuntimeError, ValidationError, zlib.error):
        return Plate(), {}
    named = {name for layer in plate.layers for name in (layer.colours, layer.alpha)} | {plate.depth}
    return (plate, files) if named - {""} <= files.keys() else (Plate(), {})


def _chunk(picture: Path) -> bytes:
    """The chunk's data, which stands right behind the header; empty if there is none."""
    with picture.open("rb") as file:
        if file.read(_HEADER)[: len(_SIGNATURE)] != _SIGNATURE:
            return b""
        frame = file.read(8)
        if len(frame) < 8 or frame[4:] != CHUNK or (length := struct.unpack(">I", frame[:4])[0]) > MOST_BYTES:
            return b""
        data = file.read(length)
        whole = file.read(4) == struct.pack(">I", zlib.crc32(CHUNK + data))
        return data if whole else b""

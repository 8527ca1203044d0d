"""How a clip is encoded: one frozen value, part of each clip's task. Profiles stand on tests/benchmarks/encoders.md."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from storyforge.value import Value

Profile = Literal["draft", "share", "archive"]

Pixels = Literal["yuv420p", "yuv420p10le", "nv12", "p010le", "vaapi"]
"""What the encoder is given; hardware takes chroma interleaved (p010le: in 10 bit), or frames in its own memory."""


class Encoder(Value):
    """One of ffmpeg's encoders and all that decides what it makes of the same frames."""

    name: str
    options: dict[str, str]
    """As ffmpeg takes them: preset, crf, x264-params …"""
    pixels: Pixels = "yuv420p"
    reorder: Annotated[int, Field(ge=0)] = 0
    """Frames by which decoding runs ahead of showing: 0 without B-frames, 1 where nothing refers to them, else 2."""
    threads: Annotated[int, Field(ge=0)] = 1
    """Fixed, as the bytes depend on it; 0: the encoder's own affair. Clips are shot in parallel, which wastes less."""

    @property
    def title(self) -> str:
        """As people call it: x264."""
        return self.name.removeprefix("lib")

    @property
    def hardware(self) -> bool:
        return not self.name.startswith("lib")


LEAN = "rc-lookahead=3:sync-lookahead=0:b-adapt=0:b-pyramid=none:weightp=0:bframes=2:aq-strength=0.7"
"""x264 holds few frames, as each takes it 15 MB at 1080p, and a Ken Burns shot has no surprises to look out for.

Flat places are spared a little less than x264 would: skies band no more for it, and edges get what is saved.
"""

SIMPLE = "me=dia:subme=1:partitions=none"
"""A picture that glides as a whole is found again at once: looking harder costs time and makes nothing better."""

HEVC = "log-level=error:info=0:pools=none:frame-threads=1:open-gop=0:b-pyramid=0:b-adapt=0:bframes=2:rc-lookahead=3"
"""x265 likewise; every clip begins afresh, and the options need not stand in the film."""

SOFTWARE: dict[Profile, Encoder] = {
    "draft": Encoder(
        name="libx264", options={"preset": "veryfast", "crf": "24", "x264-params": f"{LEAN}:{SIMPLE}"}, reorder=1
    ),
    "share": Encoder(
        name="libx264", options={"preset": "veryfast", "crf": "17", "x264-params": f"{LEAN}:{SIMPLE}"}, reorder=1
    ),
    "archive": Encoder(
        name="libx265",
        options={"preset": "superfast", "crf": "14", "x265-params": HEVC, "tag": "hvc1"},
        pixels="yuv420p10le",
        reorder=1,
    ),
}
"""`hvc1`: Apple's players show HEVC under this tag alone."""


def software(profile: Profile, preset: str | None = None, crf: int | None = None) -> Encoder:
    """The profile's encoder, with the user's own preset and CRF, which x264 and x265 both understand."""
    encoder = SOFTWARE[profile]
    options = dict(encoder.options)
    if crf is not None:
        options["crf"] = str(crf)
    if preset is not None:
        options["preset"] = preset
        if "x264-params" in options:
            options["x264-params"] = LEAN  # how hard it looks is the preset's affair
    return encoder.model_copy(update={"options": options})

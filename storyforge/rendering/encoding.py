"""The ffmpeg graph of one clip: raw frames go in, MP4 comes out, as the Encoder says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ffmpeg

from storyforge.rendering.encoders import Encoder
from storyforge.rendering.ffmpeg import EXACT, address

TICKS = 512
"""Time-base ticks to a frame in every clip, so that joining can put each frame exactly on its place."""

HD_COLOUR = {"color_primaries": "bt709", "color_trc": "bt709", "colorspace": "bt709", "color_range": "tv"}

KEYFRAME_SECONDS = 4


def piped(encoder: Encoder, size: tuple[int, int], fps: int, out: Path) -> Any:
    """The graph that takes yuv420p frames from `pipe:0` and makes the clip of them."""
    frames = ffmpeg.input(
        "pipe:0",
        format="rawvideo",
        pix_fmt="yuv420p",
        s=f"{size[0]}x{size[1]}",
        framerate=fps,
        thread_queue_size=1,  # a frame is 3 MB; ffmpeg would keep eight
        **HD_COLOUR,  # said here too, or ffmpeg takes it for unspecified and converts
    )
    return encoded(frames, encoder, fps, out)


def encoded(frames: Any, encoder: Encoder, fps: int, out: Path) -> Any:
    """The same, of frames from anywhere."""
    return frames.output(
        address(out),
        format="mp4",
        vcodec=encoder.name,
        **encoder.options,
        pix_fmt=encoder.pixels,
        g=fps * KEYFRAME_SECONDS,
        threads=encoder.threads,
        movflags="+faststart",
        video_track_timescale=fps * TICKS,
        **HD_COLOUR,
        **EXACT,
    )

"""Graphics cards that encode: what each is told, whether it works here (by trying), and which one a film takes."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ffmpeg

from storyforge.errors import BadSettings, EncodingFailed
from storyforge.rendering.encoders import Encoder, Pixels, Profile, software
from storyforge.rendering.encoding import encoded
from storyforge.rendering.ffmpeg import command, program
from storyforge.value import Value

HARDWARE = ("nvenc", "qsv", "videotoolbox", "amf", "vaapi")
"""NVIDIA, Intel, Apple, AMD, and Linux's own way to Intel and AMD; in the order in which `auto` tries them."""

PATIENCE = 20.0  # seconds until a driver that does not answer is given up

_NOT_HERE = {"linux": {"videotoolbox"}, "win32": {"videotoolbox", "vaapi"}, "darwin": {*HARDWARE} - {"videotoolbox"}}

_PLAINLY = {
    "Unknown encoder": "this ffmpeg was built without it",
    "Cannot load libcuda": "no NVIDIA driver is here",
    "Cannot load nvcuda": "no NVIDIA driver is here",
    "No capable devices": "the NVIDIA card cannot encode this",
    "OpenEncodeSessionEx failed": "the NVIDIA card takes no more films at once",
    "MFX session": "no driver for Intel graphics is here",
    "amfrt64": "no AMD driver is here",
    "libva": "no driver for VAAPI is here",
    "Device creation failed": "no card that VAAPI knows is here",
    "Dimensions": "the film is too large for it",
}
"""Of what ffmpeg complains, and what that means."""


class Choice(Value):
    """What a film is encoded with, and why; the reason is empty where nothing else was thought of."""

    encoder: Encoder
    reason: str = ""


def choose(
    asked: str, profile: Profile, size: tuple[int, int], fps: int, preset: str | None = None, crf: int | None = None
) -> Choice:
    """`asked`: software, auto or a name of HARDWARE. BadSettings if what was asked for by name does not work here."""
    ours = software(profile, preset, crf)
    if asked == "software":
        return Choice(encoder=ours)
    own = " and ".join(name for name, value in (("preset", preset), ("crf", crf)) if value is not None)
    if asked == "auto":
        return (
            Choice(encoder=ours, reason=f"encoder: {ours.title} ({own} is its own)")
            if own
            else _found(ours, profile, size, fps)
        )
    if own:
        raise BadSettings(f"The encoder {asked} does not know `{own}`", f"leave {own} out, or choose encoder: software")
    if why := trouble(asked, profile, size, fps):
        raise BadSettings(f"The encoder {asked} does not work here: {why}", "choose encoder: auto, or software")
    return Choice(encoder=hardware(asked, profile), reason=f"encoder: {asked}")


def here() -> tuple[str, ...]:
    """Those that there can be on such a system."""
    return tuple(name for name in HARDWARE if name not in _NOT_HERE.get(sys.platform, set()))


def hardware(name: str, profile: Profile) -> Encoder:
    """H.264, or for the archive HEVC in 10 bit. No B-frames: cards differ in what they make of them."""
    fine = profile == "archive"
    codec = "hevc" if fine else "h264"
    pixels: Pixels = "p010le" if fine else "nv12"
    options = {"bf": "0", **_quality(name, 30 if profile == "draft" else 20)}
    if fine:
        options["tag"] = "hvc1"
    if name == "vaapi":
        options |= {"init_hw_device": "vaapi", "vf": f"format={pixels.removesuffix('le')},hwupload"}
        pixels = "vaapi"
    return Encoder(name=f"{codec}_{name}", options=options, pixels=pixels, threads=0)


def _quality(name: str, level: int) -> dict[str, str]:
    """`level`: the quantiser, 0…51. Apple's chips count the other way, in per cent."""
    q = str(level)
    return {
        "nvenc": {"preset": "p5", "rc": "vbr", "cq": q, "b:v": "0"},
        "qsv": {"global_quality": q, "look_ahead": "0"},
        "videotoolbox": {"q:v": str(105 - 2 * level), "allow_sw": "0"},
        "amf": {"rc": "cqp", "qp_i": q, "qp_p": q},
        "vaapi": {"rc_mode": "CQP", "qp": q},
    }[name]


def trouble(name: str, profile: Profile, size: tuple[int, int], fps: int) -> str:
    """What keeps it from encoding such a film, in plain words and ffmpeg's own; empty if nothing does."""
    return _tried(name, profile, size, fps, program())


@cache
def _tried(name: str, profile: Profile, size: tuple[int, int], fps: int, _program: str) -> str:
    """Really encodes a second of grey, once in each process."""
    grey = f"color=gray:s={size[0]}x{size[1]}:r={fps}:d=1,format=yuv420p"
    with TemporaryDirectory() as folder:
        frames = ffmpeg.input(grey, format="lavfi")
        return _complaint(encoded(frames, hardware(name, profile), fps, Path(folder) / "second.mp4"))


def _complaint(graph: Any) -> str:
    try:
        tried = subprocess.run(command(graph), stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE)
    except OSError as error:
        raise EncodingFailed(f"ffmpeg does not start: {error}", "see: storyforge doctor") from error
    except subprocess.TimeoutExpired:
        return "its driver does not answer"
    if tried.returncode == 0:
        return ""
    said = [line.strip() for line in tried.stderr.decode(errors="replace").splitlines() if line.strip()]
    first = said[0].rpartition("] ")[2].rstrip(".") if said else f"ffmpeg ended with {tried.returncode}"
    meaning = next((plain for sign, plain in _PLAINLY.items() if any(sign in line for line in said)), "")
    if not meaning:
        return first
    return f"{meaning} ({first})" if len(first) < 60 else meaning


def _found(ours: Encoder, profile: Profile, size: tuple[int, int], fps: int) -> Choice:
    passed: list[str] = []
    for name in here():
        why = trouble(name, profile, size, fps)
        if not why:
            reason = f"encoder: {name}" + (f" ({'; '.join(passed)})" if passed else "")
            return Choice(encoder=hardware(name, profile), reason=reason)
        passed.append(f"not {name}: {why}")
    return Choice(encoder=ours, reason=f"encoder: {ours.title} ({'; '.join(passed)})")

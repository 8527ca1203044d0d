"""MP3, FLAC, Opus and the rest, as WAV: ffmpeg reads them."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import imageio_ffmpeg

from storyforge.errors import BackendFailed

LONGEST = 3600  # seconds of sound that are taken
_PATIENCE = 120.0  # seconds
_KINDS = "wav,w64,mp3,flac,ogg,aac,aiff,caf,amr,mov,mp4,m4a,3gp,3g2,mj2,matroska,webm"
"""None that names further files, as a playlist does: what is read may be a stranger's."""


def decoded(data: bytes, name: str, remedy: str) -> bytes:
    """A WAV of 32-bit floats, with the rate and the channels of the original. BackendFailed if it is no sound."""
    with TemporaryDirectory(prefix="storyforge-") as folder:
        path = Path(folder, "sound")
        path.write_bytes(data)  # not through a pipe: of a telephone's M4A the end is read first
        try:
            done = subprocess.run(_command(path), stdin=subprocess.DEVNULL, capture_output=True, timeout=_PATIENCE)
        except subprocess.TimeoutExpired as error:
            raise BackendFailed(f"{name} cannot be decoded within {_PATIENCE:g} seconds", remedy) from error
        except (OSError, RuntimeError) as error:
            raise BackendFailed(
                f"{name} needs ffmpeg to be decoded, which does not start: {error}", "use WAV, or install ffmpeg"
            ) from error
    if done.returncode or not done.stdout:
        raise BackendFailed(f"{name} is no sound: it begins with {_beginning(data)}", remedy)
    return done.stdout


def _command(path: Path) -> list[str]:
    program = os.environ.get("STORYFORGE_FFMPEG") or imageio_ffmpeg.get_ffmpeg_exe()
    given = ["-protocol_whitelist", "file", "-format_whitelist", _KINDS, "-i", f"file:{path}"]
    wanted = ["-vn", "-map", "0:a:0", "-t", str(LONGEST), "-c:a", "pcm_f32le", "-f", "wav", "pipe:1"]
    return [program, "-nostdin", "-hide_banner", "-loglevel", "error", *given, *wanted]


def _beginning(data: bytes) -> str:
    """As a person would say it: its first words, or its first bytes."""
    text = data[:40].decode("utf-8", "replace").strip()
    return f"“{text}”" if text.isprintable() and "\ufffd" not in text else data[:8].hex(" ")

"""The film: clips and soundtrack are copied together, untouched, with subtitles, chapters and a title."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ffmpeg
import yaml

from storyforge.errors import CannotWrite, StoryforgeError
from storyforge.rendering.encoding import TICKS
from storyforge.rendering.ffmpeg import EXACT, address, run

Chapter = tuple[float, float, str]
"""Start and end in seconds, and title."""

# The clips' own times were rounded to microseconds on the way; each frame goes back to its exact place. Decoding times
# are counted anew: a clip of one or two frames would bring too late ones of its own.
EXACT_TIMES = f"setts=pts={TICKS}*round(PTS/{TICKS}):dts={TICKS}*(N-%d):duration={TICKS}"
"""With the frames by which decoding runs ahead of showing."""


def join(
    clips: Sequence[Path],
    sound: Path,
    srt: str,
    chapters: Sequence[Chapter],
    metadata: Mapping[str, str],
    language: str,
    out: Path,
    reorder: int = 1,
) -> None:
    """Writes the film, MP4. `clips` are of one size, rate and encoder, as `shoot` made them; `srt` may be empty.

    `language` as in the story: en, de, pt-BR. `reorder`: as their encoder has it. Raises EncodingFailed or
    CannotWrite; `out` is then gone.
    """
    try:
        with TemporaryDirectory(dir=out.parent, prefix=".join-") as folder:
            script = _written(Path(folder), clips, srt, chapters, metadata)
            run(joining(script, sound, bool(srt.strip()), language, out, reorder))
    except OSError as error:
        remedy = "make room, or choose another folder"
        raise CannotWrite(f"The film cannot be written to {out}: {error}", remedy) from error
    except BaseException:
        out.unlink(missing_ok=True)
        raise


def language_code(language: str) -> str:
    """The three letters that MP4 wants (ISO 639-2) for a language as stories name it; `und` if it is not known."""
    main = re.split("[-_]", language.lower())[0]
    return main if len(main) == 3 else _codes().get(main, "und")


def describe(chapters: Sequence[Chapter], metadata: Mapping[str, str]) -> str:
    """Titles and chapters in ffmpeg's metadata format (ffmpeg-formats, "Metadata")."""
    lines = [";FFMETADATA1", *(f"{_escaped(key)}={_escaped(value)}" for key, value in metadata.items())]
    for start, end, title in chapters:
        times = [f"START={round(start * 1000)}", f"END={round(end * 1000)}"]
        lines += ["[CHAPTER]", "TIMEBASE=1/1000", *times, f"title={_escaped(title)}"]
    return "\n".join([*lines, ""])


def _written(
    folder: Path, clips: Sequence[Path], srt: str, chapters: Sequence[Chapter], metadata: Mapping[str, str]
) -> Path:
    """The folder, with what ffmpeg is to read in it."""
    contents = {"clips.txt": _script(clips), "words.srt": srt, "about.txt": describe(chapters, metadata)}
    for name, text in contents.items():
        (folder / name).write_bytes(text.encode("utf-8", "replace"))
    return folder


def joining(folder: Path, sound: Path, subtitled: bool, language: str, out: Path, reorder: int = 1) -> Any:
    """The ffmpeg graph that joins what `_written` wrote into `folder`, and the soundtrack."""
    code = language_code(language)
    streams = [
        ffmpeg.input(address(folder / "clips.txt"), format="concat", safe=0).video,
        ffmpeg.input(address(sound)).audio,
        # Nothing is taken from it as a stream ("?": there is none), but so it is input 2.
        ffmpeg.input(address(folder / "about.txt"), format="ffmetadata")["?"],
    ]
    words = {"c:s": "mov_text", "metadata:s:s:0": f"language={code}"} if subtitled else {}
    if subtitled:
        streams.append(ffmpeg.input(address(folder / "words.srt"), format="srt", sub_charenc="UTF-8")["s"])
    return ffmpeg.output(
        *streams,
        address(out),
        format="mp4",
        map_metadata=2,
        map_chapters=2,
        **{"c:v": "copy", "c:a": "copy", "bsf:v": EXACT_TIMES % reorder, "metadata:s:a:0": f"language={code}", **words},
        movflags="+faststart",
        **EXACT,
    )


def _script(clips: Sequence[Path]) -> str:
    """A script for the concat demuxer. In its quotes only the quote itself is special."""
    paths = [address(clip) for clip in clips]
    for path in paths:
        if re.search(r"[\0\r\n]", path):
            raise StoryforgeError(f"A line break in a folder's name: {path!r}", "rename that folder")
    return "".join("file '{}'\n".format(path.replace("'", r"'\''")) for path in paths)


def _escaped(text: str) -> str:
    """`=`, `;`, `#`, backslash and line breaks have a meaning in the metadata format."""
    one_kind = re.sub(r"\r\n?", "\n", text).replace("\0", "")
    return re.sub(r"([=;#\\\n])", r"\\\1", one_kind)


@cache
def _codes() -> dict[str, str]:
    codes: dict[str, str] = yaml.safe_load(files(__package__).joinpath("languages.yaml").read_text("utf-8"))
    return codes

"""Which Piper voices could be got: the server's voices.json as values, kept for a day."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any
from unicodedata import normalize

from pydantic import Field, ValidationError

from storyforge.errors import CannotWrite, UnknownName
from storyforge.files import write_whole
from storyforge.narration.folders import cache_folder
from storyforge.narration.voice_server import VoiceServer
from storyforge.value import Value, digest
from storyforge.web.failures import NoAnswer

_LIST = "voices.json"
_LARGEST = 20 * 2**20  # bytes of a list; the real one has 0.3 MB
_DAY = 24 * 3600
# What comes from a server becomes names of files here and a part of an address: it holds nothing that leads elsewhere.
_NAME = re.compile(r"[a-z]{2,3}_[A-Z0-9]{2,3}-\w[\w.]*-[a-z_]+")


class ListedFile(Value):
    """A file as the list promises it; `path` is from the server's folder, `size` in bytes."""

    path: Annotated[str, Field(pattern=r"^[^\\:?#]+$")]
    size: Annotated[int, Field(ge=1, le=2**32)]
    md5: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


class ListedVoice(Value):
    """`language` is en_GB, `speaks` English (Great Britain). `card` tells the voice's licence."""

    name: str
    language: str
    speaks: str
    quality: str
    speakers: int
    model: ListedFile
    config: ListedFile
    card: ListedFile | None = None

    @property
    def files(self) -> dict[str, ListedFile]:
        """By their names here; the model last: with it, the voice is there."""
        card = {f"{self.name}.MODEL_CARD": self.card} if self.card else {}
        return {**card, f"{self.name}.onnx.json": self.config, f"{self.name}.onnx": self.model}

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files.values())


class VoiceList(Value):
    """`since`: seconds since it was asked for. `trouble`: why it is not of today, where it is not."""

    voices: tuple[ListedVoice, ...]
    since: float = 0
    trouble: str = ""

    def named(self, name: str) -> ListedVoice:
        """UnknownName, with those near it."""
        wanted = normalize("NFC", name.strip())
        for voice in self.voices:
            if voice.name == wanted:
                return voice
        near = near_names(wanted, [voice.name for voice in self.voices])
        remedy = f"did you mean {' or '.join(near)}?" if near else "all there are: storyforge voices --all"
        raise UnknownName(f"There is no Piper voice {name!r} to be got", remedy)


def voice_list(server: VoiceServer, *, fresh: bool = False) -> VoiceList:
    """The list of a day ago at most, or now if `fresh`; without an answer the one kept last. NoAnswer if none is."""
    kept = _kept(server)
    if kept and not fresh and 0 <= kept.since < _DAY:
        return kept
    try:
        data = server.read(_LIST, _LARGEST)
        found = VoiceList(voices=listed(data, server.name))
    except NoAnswer as error:
        if kept is None:
            raise
        return kept.model_copy(update={"trouble": str(error)})
    with suppress(CannotWrite):  # it is asked for again next time
        write_whole(_place(server), data)
    return found


def listed(data: bytes, where: str) -> tuple[ListedVoice, ...]:
    """The voices of a voices.json, by name. Entries that are none are left out; NoAnswer if nothing else is there."""
    try:
        entries = json.loads(data)
    except (ValueError, RecursionError):
        entries = None
    found = [*_voices(entries)] if isinstance(entries, dict) else []
    if not found:
        raise NoAnswer(f"{_LIST} at {where} is no list of Piper voices", "check the address (--from URL)")
    return tuple(sorted(found, key=lambda voice: voice.name))


def near_names(name: str, names: Iterable[str]) -> list[str]:
    """Those that somebody may have meant: `alba` is en_GB-alba-medium, as is en-gb-alba-medum."""
    by_key = {re.sub("[-_]", " ", each.lower()): each for each in names}
    wanted = re.sub("[-_]", " ", name.lower())
    within = [each for key, each in by_key.items() if f" {wanted} " in f" {key} "]
    return within[:3] or [by_key[key] for key in get_close_matches(wanted, by_key, 3, 0.7)]


def _voices(entries: Mapping[str, Any]) -> Iterator[ListedVoice]:
    for name, entry in entries.items():
        with suppress(KeyError, TypeError, AttributeError, ValidationError):
            if _NAME.fullmatch(name := normalize("NFC", name)):
                yield _voice(name, entry)


def _voice(name: str, entry: Mapping[str, Any]) -> ListedVoice:
    language = entry["language"]
    files = {normalize("NFC", path.rpartition("/")[2]): path for path in entry["files"] if _stays(path)}

    def file(called: str) -> ListedFile:
        about = entry["files"][files[called]]
        return ListedFile(path=files[called], size=about["size_bytes"], md5=about["md5_digest"])

    return ListedVoice(
        name=name,
        language=language["code"],
        speaks=f"{language['name_english']} ({language['country_english']})",
        quality=entry["quality"],
        speakers=entry["num_speakers"],
        model=file(f"{name}.onnx"),
        config=file(f"{name}.onnx.json"),
        card=file("MODEL_CARD") if "MODEL_CARD" in files else None,
    )


def _stays(path: str) -> bool:
    return not {"", ".", ".."} & set(path.split("/"))


def _kept(server: VoiceServer) -> VoiceList | None:
    path = _place(server)
    try:
        data, changed = path.read_bytes(), path.stat().st_mtime
        return VoiceList(voices=listed(data, path.name), since=time.time() - changed)
    except (OSError, NoAnswer):
        return None


def _place(server: VoiceServer) -> Path:
    return cache_folder() / f"voices-{digest(server.address.url)[:8]}.json"

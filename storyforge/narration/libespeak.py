"""libespeak-ng through ctypes: what it says of a text, and at which sample each word and phoneme begins.

The library keeps state between utterances that changes the sound. So it is opened, seeded and closed for each (7 ms),
which gives the same bits for the same text in any order, thread and process; one lock lets one thread in at a time.
"""

from __future__ import annotations

import _ctypes
import ctypes
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import espeakng_loader
import numpy as np
from numpy.typing import NDArray

from storyforge.errors import BackendFailed

WORD, PHONEME = 1, 7  # espeak_EVENT_TYPE, speak_lib.h
_LAST_EVENT = 0
_SYNCHRONOUS = 2  # espeak_AUDIO_OUTPUT: samples go to the callback, espeak_Synth returns when all is said
_PHONEME_EVENTS, _IN_IPA, _DO_NOT_EXIT = 0x1, 0x2, 0x8000  # without the last, a bad path ends the whole process
_UTF8, _PHONEMES_IN_BRACKETS = 0x1, 0x100
_SPEED, _VOLUME, _PITCH, _RANGE = 1, 2, 3, 4  # espeak_PARAMETER
_HEADROOM = 50  # of 100: above, some variants clip

_LOCK = threading.Lock()


@dataclass(frozen=True)
class Event:
    """`kind` is WORD or PHONEME; `position` counts the text's characters from 0; `phoneme` is IPA, '' a pause."""

    kind: int
    position: int
    sample: int
    phoneme: str


@dataclass(frozen=True)
class Utterance:
    """`samples`: int16 mono, shape (n,), `rate` a second."""

    samples: NDArray[np.int16]
    rate: int
    events: tuple[Event, ...]


@dataclass(frozen=True)
class Language:
    """A language espeak-ng speaks: `code` in lower case (en-gb), `identifier` what it is loaded by (gmw/en)."""

    code: str
    name: str
    identifier: str


class _Id(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Id),
    )


class _Voice(ctypes.Structure):
    _fields_ = (
        ("name", ctypes.c_char_p),
        ("languages", ctypes.c_char_p),
        ("identifier", ctypes.c_char_p),
        ("gender", ctypes.c_ubyte),
        ("age", ctypes.c_ubyte),
        ("variant", ctypes.c_ubyte),
        ("xx1", ctypes.c_ubyte),
        ("score", ctypes.c_int),
        ("spare", ctypes.c_void_p),
    )


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


def say(text: str, identifier: str, *, speed: int = 150, pitch: int = 50, pitch_range: int = 50) -> Utterance:
    """What espeak-ng says. `identifier`: a language's, with or without `+variant`; phonemes may stand in [[…]].

    `speed` is in words a minute (80…450), `pitch` and `pitch_range` are 0…99. BackendFailed if it cannot.
    """
    data = text.replace("\0", " ").encode("utf-8", "replace") + b"\0"
    with _opened() as (library, rate):
        heard = _Heard()
        callback = _Callback(heard)
        library.espeak_SetSynthCallback(callback)
        _succeed(library.espeak_SetVoiceByName(identifier.encode()), f"espeak-ng cannot load the voice {identifier}")
        for parameter, value in ((_SPEED, speed), (_VOLUME, _HEADROOM), (_PITCH, pitch), (_RANGE, pitch_range)):
            library.espeak_SetParameter(parameter, value, 0)
        status = library.espeak_Synth(data, len(data), 0, 1, 0, _UTF8 | _PHONEMES_IN_BRACKETS, None, None)
        if heard.error is not None:
            raise heard.error
        _succeed(status, "espeak-ng could not speak a line")
    samples = np.concatenate(heard.pieces) if heard.pieces else np.zeros(0, np.int16)
    return Utterance(samples, rate, tuple(heard.events))


@cache
def languages() -> tuple[Language, ...]:
    """All languages of the library, by code. BackendFailed if it does not open."""
    found: dict[str, Language] = {}
    with _opened() as (library, _):
        for voice in _until_null(library.espeak_ListVoices(None)):
            # `languages` is a priority byte and a code, then perhaps more of these pairs.
            code = voice.languages[1:].decode("ascii", "replace").lower()
            name = voice.name.decode("utf-8", "replace").strip()
            found.setdefault(code, Language(code, name, voice.identifier.decode()))
    return tuple(found[code] for code in sorted(found))


@cache
def variants() -> tuple[str, ...]:
    """Names of the voice variants; espeak-ng itself ignores a name that is none of them."""
    return tuple(sorted(file.name for file in _data_folder().glob("voices/!v/*")))


class _Heard:
    """Collects samples and events. An exception (Ctrl-C) cannot leave a C callback: it is kept, the speech stopped."""

    def __init__(self) -> None:
        self.pieces: list[NDArray[np.int16]] = []
        self.events: list[Event] = []
        self.error: BaseException | None = None

    def __call__(self, samples: Any, count: int, events: Any) -> int:
        try:
            if samples and count > 0:
                self.pieces.append(np.ctypeslib.as_array(samples, (count,)).astype(np.int16))
            self.events += _events(events)
        except BaseException as error:
            self.error = error
        return int(self.error is not None)


def _events(events: Any) -> Iterator[Event]:
    index = 0
    while (event := events[index]).type != _LAST_EVENT:
        index += 1
        if event.type in (WORD, PHONEME):
            phoneme = event.id.string.decode("utf-8", "replace") if event.type == PHONEME else ""
            yield Event(event.type, event.text_position - 1, event.sample, phoneme)


def _until_null(pointers: Any) -> Iterator[Any]:
    index = 0
    while pointers[index]:
        yield pointers[index].contents
        index += 1


@contextmanager
def _opened() -> Iterator[tuple[Any, int]]:
    with _LOCK:
        library = _load()
        try:
            options = _PHONEME_EVENTS | _IN_IPA | _DO_NOT_EXIT
            rate = library.espeak_Initialize(_SYNCHRONOUS, 0, os.fsencode(_data_folder()), options)
            if rate <= 0:
                raise BackendFailed("espeak-ng does not find its data", _REINSTALL)
            _seed(library)
            yield library, rate
        finally:
            library.espeak_Terminate()
            _unload(library)


_REINSTALL = "pip install --force-reinstall espeakng-loader, in a folder whose path is shorter than 100 characters"


def _load() -> Any:
    try:
        library = ctypes.CDLL(espeakng_loader.get_library_path())
    except OSError as error:
        raise BackendFailed(f"The espeak-ng library does not load: {error}", _REINSTALL) from error
    byte_string, integer, unsigned = ctypes.c_char_p, ctypes.c_int, ctypes.c_uint
    library.espeak_Initialize.argtypes = [integer, integer, byte_string, integer]
    library.espeak_SetVoiceByName.argtypes = [byte_string]
    library.espeak_Synth.argtypes = [
        byte_string, ctypes.c_size_t, unsigned, integer, unsigned, unsigned, ctypes.c_void_p, ctypes.c_void_p,
    ]  # fmt: skip
    library.espeak_ListVoices.argtypes = [ctypes.c_void_p]
    library.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(_Voice))
    library.espeak_ng_SetRandSeed.argtypes = [ctypes.c_long]
    return library


def _seed(library: Any) -> None:
    """Two sources of chance: the library's own, and for variants that breathe (Reed, f2 …) the C library's rand()."""
    library.espeak_ng_SetRandSeed(1)
    c_library = ctypes.CDLL("ucrtbase") if sys.platform == "win32" else library
    c_library.srand(1)


def _unload(library: Any) -> None:
    if sys.platform == "win32":
        _ctypes.FreeLibrary(library._handle)
    else:
        _ctypes.dlclose(library._handle)


def _data_folder() -> Path:
    return Path(espeakng_loader.get_data_path())


def _succeed(status: int, otherwise: str) -> None:
    if status:
        raise BackendFailed(f"{otherwise} (code {status})", "try another voice, or narrator: piper")

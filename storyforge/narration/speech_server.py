"""A server that speaks, by OpenAI's protocol: Kokoro-FastAPI, speaches, LocalAI, chatterbox-tts-api …

Their sources were read for what they answer; none does all that OpenAI's does, and each does something else besides.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

import numpy as np
import requests
from numpy.typing import NDArray

from storyforge.backend import Progress, unseen
from storyforge.errors import BackendFailed
from storyforge.narration.captions import Caption, captions_of
from storyforge.narration.speech_refusal import Later, Reply, Waiting, refused
from storyforge.narration.wav import read_sound
from storyforge.web.address import Address
from storyforge.web.answer import Answer
from storyforge.web.failures import NoAnswer
from storyforge.web.http import Http
from storyforge.web.program import Program
from storyforge.web.retry_after import retry_after
from storyforge.web.stream import Stream
from storyforge.web.trouble import broke, lost, stands_between

SERVER = Program(
    name="the speech server",
    what="a speech server",
    port=8880,
    start="start it, or check the address and its port (docs/voices.md lists what servers use)",
    login="give its key: name the environment variable that holds it, as in key_from: SPEECH_KEY",
    frozen="look at its window or log, or allow it more time (patience)",
)

SPEECH = "v1/audio/speech"
CAPTIONED = "dev/captioned_speech"  # Kokoro-FastAPI's
_VOICES = ("v1/audio/voices", "v1/voices")  # Kokoro-FastAPI and speaches; chatterbox-tts-api
_ROUTES = re.compile(r"(/v1)?(/audio(/speech|/voices)?|/models)?$")
_CONNECT, _READ = 5.0, 10.0  # seconds
_MOST = 64 * 2**20  # bytes: more than a minute of any sound, and no piece of a line takes a minute
_LONG, _LONG_LETTER = 20.0, 1.0  # seconds: models that lose the thread babble on for minutes
_NO_ROUTE = (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.NOT_IMPLEMENTED)
_LOOK = "look at the server's window or log for the reason"
_ANOTHER_VOICE = "run again; if it comes again, try another voice or model, and look at the server's log"


@dataclass(frozen=True)
class Wish:
    """What is to be said. Where `model` or `voice` is '' the server's own is meant."""

    text: str
    model: str
    voice: str
    speed: float

    def body(self) -> dict[str, Any]:
        named = {"model": self.model, "voice": self.voice}
        return {
            **{name: value for name, value in named.items() if value},
            "input": self.text,
            "response_format": "wav",
            "speed": self.speed,
        }


@dataclass(frozen=True)
class Said:
    """`samples`: float32 mono. `captions`: None where the server tells no times."""

    samples: NDArray[np.float32]
    rate: int
    captions: tuple[Caption, ...] | None = None


class SpeechServer:
    """Used from many threads. `patience`: seconds without a byte, or of being busy, until it is given up."""

    def __init__(self, url: str, key: str, patience: float) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        # Servers print 0.0.0.0 when they listen everywhere: not every system can call that.
        here = url.strip().replace("0.0.0.0", "127.0.0.1") or f"127.0.0.1:{SERVER.port}"
        address = Address.of(SERVER, here, headers)
        self._address = replace(address, url=_ROUTES.sub("", address.url))
        self._key, self._patience = key, patience
        self._http = Http(self._address, SERVER, connect=_CONNECT, read=min(_READ, patience))
        self._captioned = True  # until it turns out that it is not Kokoro-FastAPI

    @property
    def name(self) -> str:
        return self._address.name

    @property
    def at(self) -> str:
        return SERVER.at(self.name)

    def models(self) -> tuple[Mapping[str, Any], ...]:
        """What it tells of its models; none where it has no list. NoAnswer."""
        return tuple(each for each in self._listed("v1/models", "data") if isinstance(each, dict))

    def voices(self, model: str) -> tuple[Any, ...]:
        """What it tells of a model's voices: names, or objects with one; none where it has no list. NoAnswer."""
        own = next((each.get("voices") for each in self.models() if each.get("id") == model), None)
        if isinstance(own, list):  # speaches: its other list mixes those of all models
            return tuple(own)
        return next((found for path in _VOICES if (found := self._listed(path, "voices", sure=True))), ())

    def say(self, wish: Wish, captions: bool, progress: Progress = unseen) -> Said:
        """BackendFailed, with all that can be wrong with a server, its answer, or what it was asked.

        `progress` is called twice a second or more; what it raises breaks off the question.
        """
        if captions and self._captioned and (said := self._said_with_captions(wish, progress)):
            return said
        reply = self._asked(SPEECH, wish.body(), progress)
        if reply.status != HTTPStatus.OK:
            raise refused(reply, SERVER, self.name, SPEECH, wish.model, wish.voice)
        return self._sound(reply.body, wish)

    def _said_with_captions(self, wish: Wish, progress: Progress) -> Said | None:
        """None if it does not know how, or stumbles over that."""
        reply = self._asked(CAPTIONED, {**wish.body(), "stream": False, "return_timestamps": True}, progress)
        if reply.status in _NO_ROUTE:
            self._captioned = False
        if reply.status != HTTPStatus.OK:
            return None  # asked without captions it may well answer, and if not, what it says then is told
        try:
            told = json.loads(reply.body)
            sound, times = base64.b64decode(told["audio"], validate=True), captions_of(told["timestamps"])
        except (ValueError, KeyError, TypeError, RecursionError, binascii.Error):
            self._captioned = False  # a program that answers anything to whatever it is asked
            return None
        return replace(self._sound(sound, wish), captions=times or None)

    def _sound(self, body: bytes, wish: Wish) -> Said:
        if body.lstrip()[:1] in (b"<", b"{"):
            sends = Answer(HTTPStatus.OK, body, self.name).excerpt()
            raise NoAnswer(f"What answers at {self.name} is not {SERVER.what}: it sends {sends}", SERVER.start)
        name = f"What {SERVER.name} at {self.name} sends"
        samples, rate = read_sound(body, name, _ANOTHER_VOICE)
        if not np.abs(samples).max() > 0:
            raise BackendFailed(f"{name} is silence", _ANOTHER_VOICE)
        if (seconds := len(samples) / rate) > _LONG + _LONG_LETTER * len(wish.text):
            raise BackendFailed(f"{self.at} talks for {seconds:.0f} seconds over “{wish.text[:40]}”", _ANOTHER_VOICE)
        return Said(samples, rate)

    def _asked(self, path: str, body: Mapping[str, Any], progress: Progress) -> Reply:
        """The answer, waited for while it is busy, and asked for again once where its connection broke."""
        waiting, broken = Waiting(self._patience, self.at), False
        while True:
            try:
                return self._answer(path, body, progress)
            except Later as later:
                waiting.wait(later, progress)
            except requests.RequestException as error:
                if not broke(error):
                    raise lost(error, SERVER, self.name, self._patience) from error
                if broken:
                    raise NoAnswer(f"The connection to {self.name} breaks in the midst of a line", _LOOK) from error
                broken = True

    def _answer(self, path: str, body: Mapping[str, Any], progress: Progress) -> Reply:
        with Stream(self._address, path, body, connect=_CONNECT, silence=self._patience) as stream:
            head = stream.head(progress)
            data, until = bytearray(), time.monotonic() + self._patience
            for piece in stream.pieces():
                progress()
                data += piece
                if len(data) > _MOST or time.monotonic() > until:
                    raise BackendFailed(f"{self.at} sends sound without an end", _ANOTHER_VOICE)
        kept = bytes(data).replace(self._key.encode(), b"***") if self._key and head.status >= 400 else bytes(data)
        reply = Reply(head.status, kept)
        if reply.busy:
            raise Later(retry_after(head.headers.get("Retry-After")), reply)
        if not reply.no_quota and (wrong := stands_between(head.status, {**head.headers}, SERVER, self.name)):
            raise wrong
        return reply

    def _listed(self, path: str, field: str, *, sure: bool = False) -> tuple[Any, ...]:
        """The list at `path`, in this field or bare; () if it has none.

        `sure`: it is a speech server, and one that answers with a web page has no list.
        """
        answer = self._http.ask("GET", path)
        if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR and answer.status not in _NO_ROUTE:
            raise NoAnswer(f"{self.at} fails to list what it has: {answer.status}, {answer.excerpt()}", _LOOK)
        if not answer.good or (sure and not answer.body.lstrip().startswith((b"{", b"["))):
            return ()
        told = answer.data()
        found = told.get(field) if isinstance(told, dict) else told
        return tuple(each for each in found if isinstance(each, str | dict)) if isinstance(found, list) else ()

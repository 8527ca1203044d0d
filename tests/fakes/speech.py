"""A speech server for tests: real HTTP on one port of this machine, and real speech, by espeak.

    with FakeSpeech("kokoro") as speech:
        speech.failures = [SpeechFail.status(503, retry_after="0"), None]
        ...
        assert speech.asked[0].body["voice"] == "af_heart"

It knows the routes and the lists of the server that it is named after, and answers in its words.
"""

from __future__ import annotations

import asyncio
import base64
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from aiohttp import web
from aiohttp.typedefs import Handler
from numpy.typing import NDArray

from storyforge.narration import libespeak
from storyforge.value import digest
from tests.fakes.on_a_thread import OnAThread
from tests.fakes.sounds import wav
from tests.fakes.speech_fail import SpeechFail

__all__ = ["FakeSpeech", "SpeechFail", "Wanted"]

Program = Literal["kokoro", "speaches", "localai", "chatterbox"]
Packed = Callable[[NDArray[np.float32], int], bytes]

KOKORO = "af_bella af_heart af_sky af_v0sky am_adam am_onyx am_santa bf_emma bm_george ef_dora em_alex".split()
LEAD = 0.3  # seconds of silence before and after what is said
_VARIANTS = ("f2", "f4", "m3", "m7", "steph", "Reed", "Gene", "anika", "klatt4")
_MARKED = re.compile(r"\[([^\[\]]*?)\]\(/[^/()]*?/\)")  # as Kokoro-FastAPI finds it
_TOKEN = re.compile(r"[\w'’]+|[^\w\s]")  # a mark is a token of its own, as Misaki has it

_VOICES: dict[Program, list[dict[str, str]]] = {
    "kokoro": [{"id": name, "name": name} for name in KOKORO],
    "chatterbox": [{"name": "Grandpa Joe", "language": "en"}, {"name": "mama", "language": "en"}],
}
_TOY = {"name": "toy", "language": "en", "id": "toy"}
_MODELS: dict[Program, list[dict[str, Any]]] = {
    "kokoro": [{"id": name, "object": "model"} for name in ("tts-1", "tts-1-hd", "kokoro")],
    "speaches": [
        {"id": "Systran/whisper-tiny", "task": "automatic-speech-recognition"},
        {"id": "speaches-ai/piper-en_US-toy-low", "task": "text-to-speech", "voices": [_TOY]},
    ],
    "localai": [{"id": "qwen3-8b"}, {"id": "piper-en"}],
    "chatterbox": [{"id": "chatterbox-tts-1"}],
}


@dataclass(frozen=True)
class Wanted:
    path: str
    body: dict[str, Any]
    authorization: str


class FakeSpeech(OnAThread):
    """Use as a context manager. All fields may be changed while it runs.

    To be set: `failures`, of which each request for speech takes the first (None: nothing goes wrong); `packed`, which
    makes a file of the sound; `key`; `voices`; `captions`, which may spoil the times that Kokoro tells.
    To be looked at: `asked`, all requests for speech; `hits`, every request as "GET /v1/models"; `told`, the true times
    of the tokens of each answer, in its sound; `gone`, how many clients left before the end of their answer.
    """

    def __init__(self, program: Program = "kokoro", *, key: str = "") -> None:
        super().__init__()
        self.program, self.key = program, key
        self.failures: list[SpeechFail | None] = []
        self.asked: list[Wanted] = []
        self.hits: list[str] = []
        self.told: list[list[dict[str, Any]]] = []
        self.gone = 0
        self.packed: Packed = wav
        self.captions: Callable[[list[dict[str, Any]]], Any] = lambda told: told
        self.voices: Sequence[Any] = _VOICES.get(program, [])
        self.models: Sequence[dict[str, Any]] = _MODELS[program]

    def wait_gone(self, count: int = 1, seconds: float = 10.0) -> int:
        """`gone`, as soon as it is `count`, or when the seconds are over."""
        until = time.monotonic() + seconds
        while self.gone < count and time.monotonic() < until:
            time.sleep(0.002)
        return self.gone

    def _app(self) -> web.Application:
        app = web.Application(middlewares=[self._gate])
        app.router.add_get("/v1/models", self._models)
        app.router.add_post("/v1/audio/speech", self._speech)
        if self.program in ("kokoro", "speaches"):
            app.router.add_get("/v1/audio/voices", self._voices)
        if self.program == "chatterbox":
            app.router.add_get("/v1/voices", self._voices)
        if self.program == "kokoro":
            app.router.add_post("/dev/captioned_speech", self._captioned)
        return app

    @web.middleware
    async def _gate(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self.hits.append(f"{request.method} {request.path}")
        given = request.headers.get("Authorization", "")
        if self.key and given != f"Bearer {self.key}":
            # Some servers say the key that they were given, whole: a client must not pass that on.
            return web.json_response({"error": {"message": f"Incorrect key: {given[7:]}"}}, status=400)
        if request.method == "POST":
            self.asked.append(Wanted(request.path, await request.json(), given))
        try:
            return await handler(request)
        except (asyncio.CancelledError, ConnectionError):
            self.gone += self.running  # when the server itself ends that is no client's doing
            raise

    async def _models(self, request: web.Request) -> web.Response:
        return web.json_response({"object": "list", "data": list(self.models)})

    async def _voices(self, request: web.Request) -> web.Response:
        return web.json_response({"voices": list(self.voices), "count": len(self.voices)})

    async def _speech(self, request: web.Request) -> web.StreamResponse:
        return await self._answered(request, lambda sound, times: web.Response(body=sound, content_type="audio/wav"))

    async def _captioned(self, request: web.Request) -> web.StreamResponse:
        def answer(sound: bytes, times: list[dict[str, Any]]) -> web.Response:
            audio = base64.b64encode(sound).decode()
            told = {"audio": audio, "audio_format": "audio/wav", "timestamps": self.captions(times)}
            return web.json_response(told)

        return await self._answered(request, answer)

    async def _answered(
        self, request: web.Request, answer: Callable[[bytes, list[dict[str, Any]]], web.Response]
    ) -> web.StreamResponse:
        failure = (self.failures.pop(0) if self.failures else None) or SpeechFail("")
        if (failed := await failure.instead(request)) is not None:
            return failed
        body = await request.json()
        if refused := self._refused(body):
            return refused
        samples, rate, times = await asyncio.to_thread(self._said, body)
        self.told.append(times)
        return await failure.spoiling(request, answer(self.packed(samples, rate), times))

    def _refused(self, body: dict[str, Any]) -> web.Response | None:
        names = {each["id"] for each in self.voices} if self.program == "kokoro" else set()
        voice = body.get("voice", "af_heart")
        if names and not names.issuperset(re.findall(r"[a-z]\w+", re.sub(r"\([\d.]+\)", "", voice))):
            said = f"Voice '{voice}' not found. Available voices: {', '.join(sorted(names))}"
            detail = {"error": "validation_error", "message": said, "type": "invalid_request_error"}
            return web.json_response({"detail": detail}, status=400)
        if self.program == "speaches" and not body.get("voice"):
            fault = {"type": "missing", "loc": ["body", "voice"], "msg": "Field required", "input": body}
            return web.json_response({"detail": [fault]}, status=422)
        if self.program == "localai" and body.get("model") not in {each["id"] for each in self.models}:
            return web.json_response({"error": {"code": 404, "message": "model not found", "type": ""}}, status=404)
        return None

    def _said(self, body: dict[str, Any]) -> tuple[NDArray[np.float32], int, list[dict[str, Any]]]:
        text = _MARKED.sub(r"\1", body["input"])
        speed = 1.0 if self.program == "chatterbox" else float(body.get("speed", 1))
        variant = _VARIANTS[int(digest(str(body.get("voice"))), 16) % len(_VARIANTS)]
        said = libespeak.say(text, f"gmw/en+{variant}", speed=round(160 * speed))
        silence = np.zeros(round(LEAD * said.rate), np.float32)
        samples = np.concatenate([silence, said.samples.astype(np.float32) / 32768, silence])
        return samples, said.rate, _times(text, said)


def _times(text: str, said: libespeak.Utterance) -> list[dict[str, Any]]:
    starts = {e.position: e.sample / said.rate + LEAD for e in said.events if e.kind == libespeak.WORD}
    tokens, last = list(_TOKEN.finditer(text)), len(said.samples) / said.rate + LEAD
    known = [next((starts[at] for at in range(*t.span()) if at in starts), None) for t in tokens]
    found = []
    for number, token in enumerate(tokens):
        begin = next((start for start in reversed(known[: number + 1]) if start is not None), LEAD)
        end = next((start for start in known[number + 1 :] if start is not None), last)
        found.append({"word": token[0], "start_time": begin, "end_time": max(begin, end)})
    return found

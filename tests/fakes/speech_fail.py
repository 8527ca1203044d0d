"""What can go wrong with one request for speech, to be put into `FakeSpeech.failures`."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from aiohttp import web

PAGE = "<!doctype html><html><title>502 Bad Gateway</title></html>"


@dataclass(frozen=True)
class SpeechFail:
    """`kind` is the name of the function below that made it; the other fields are what that kind needs."""

    kind: str
    body: bytes = b""
    content: str = ""
    code: int = 200
    retry_after: str | None = None
    seconds: float = 0.0
    after: int = 0

    @classmethod
    def sends(cls, body: bytes, content: str = "audio/wav") -> SpeechFail:
        """This in place of the sound, as if all was well."""
        return cls("sends", body, content)

    @classmethod
    def status(cls, code: int, body: bytes = b"", retry_after: str | None = None) -> SpeechFail:
        """This status with this body, and `Retry-After` if one is given."""
        return cls("sends", body, "application/json", code, retry_after)

    @classmethod
    def page(cls, code: int = 200) -> SpeechFail:
        """A proxy's error page in place of the sound."""
        return cls("sends", PAGE.encode(), "text/html", code)

    @classmethod
    def silent(cls, seconds: float) -> SpeechFail:
        """Not a byte for so long; then the sound as ever."""
        return cls("silent", seconds=seconds)

    @classmethod
    def silent_midway(cls, after: int, seconds: float) -> SpeechFail:
        """The status, the headers and so many bytes of the sound, then for so long not a byte; then the rest."""
        return cls("silent_midway", seconds=seconds, after=after)

    @classmethod
    def cut(cls, after: int) -> SpeechFail:
        """The connection is lost after so many bytes of the answer."""
        return cls("cut", after=after)

    @classmethod
    def endless(cls) -> SpeechFail:
        """Sound without an end, as fast as it is taken."""
        return cls("endless")

    @classmethod
    def trickle(cls) -> SpeechFail:
        """A few bytes now and then, for ever."""
        return cls("trickle")

    async def instead(self, request: web.Request) -> web.StreamResponse | None:
        """The answer in place of speech; None if there is to be speech."""
        if self.kind == "silent":
            await asyncio.sleep(self.seconds)
        if self.kind in ("endless", "trickle"):
            return await self._without_end(request)
        if self.kind != "sends":
            return None
        headers = {"Content-Type": self.content, **({"Retry-After": self.retry_after} if self.retry_after else {})}
        return web.Response(status=self.code, body=self.body, headers=headers)

    async def spoiling(self, request: web.Request, answer: web.Response) -> web.StreamResponse:
        """The answer, or what becomes of it."""
        if self.kind not in ("cut", "silent_midway"):
            return answer
        assert isinstance(answer.body, bytes)
        part = web.StreamResponse(headers={"Content-Type": answer.content_type})
        part.content_length = len(answer.body)
        await part.prepare(request)
        await part.write(answer.body[: self.after])
        if self.kind == "silent_midway":
            await asyncio.sleep(self.seconds)
            await part.write(answer.body[self.after :])
            return part
        assert request.transport is not None
        request.transport.close()
        return part

    async def _without_end(self, request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Type": "audio/wav"})
        answer.enable_chunked_encoding()
        await answer.prepare(request)
        while True:
            if self.kind == "trickle":
                await answer.write(b"RIFF")
                await asyncio.sleep(0.05)
            else:
                await answer.write(bytes(1_000_000))

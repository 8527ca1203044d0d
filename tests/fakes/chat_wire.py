"""Bytes on their way to a client, in chunks that end where they like: within a line, within a character."""

from __future__ import annotations

from aiohttp import web

CHUNK = 600  # bytes: about five pieces of an answer


class Wire:
    """The status goes out with the first bytes, not before."""

    def __init__(self, request: web.Request, kind: str, length: int | None = None) -> None:
        """`length` of the body, where it is known beforehand."""
        self.response = web.StreamResponse(headers={"Content-Type": kind})
        self.response.content_length = length
        self._request = request
        self._waiting = b""

    async def send(self, data: bytes) -> None:
        """Sends it soon: by then there may be more."""
        self._waiting += data
        if len(self._waiting) >= CHUNK:
            await self._write(torn(self._waiting) or len(self._waiting) - 7)

    async def flush(self) -> None:
        """All of it now; a character of several bytes comes in two chunks."""
        await self._write(torn(self._waiting))
        await self._write(len(self._waiting))

    async def end(self) -> web.StreamResponse:
        await self.flush()
        if not self.response.prepared:
            await self.response.prepare(self._request)
        await self.response.write_eof()
        return self.response

    async def cut(self) -> None:
        """What has been said arrives; then the connection is closed without an end mark."""
        await self.flush()
        if self._request.transport is not None:
            self._request.transport.abort()

    async def _write(self, count: int) -> None:
        data, self._waiting = self._waiting[:count], self._waiting[count:]
        if not data:
            return
        if not self.response.prepared:
            await self.response.prepare(self._request)
        await self.response.write(data)


def torn(data: bytes) -> int:
    """A place in the middle of the first character of several bytes; 0 where there is none."""
    return next((at for at, byte in enumerate(data) if 0x80 <= byte < 0xC0), 0)

"""The place on the web where Piper's voices lie: one folder, of which a file is read whole or from a byte on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from urllib.parse import quote, urlsplit

import requests

from storyforge.web.address import Address
from storyforge.web.failures import NoAnswer, TooLarge
from storyforge.web.program import Program
from storyforge.web.session import session_with
from storyforge.web.trouble import lost, stands_between

PIPER_VOICES = "https://huggingface.co/rhasspy/piper-voices/resolve/main"
ELSEWHERE = "try again later, or from another place: --from URL"
_PIECE = 2**14  # bytes; what has come of a piece is lost where the connection breaks in it
_REDIRECTS = 5  # Hugging Face sends one on to where large files lie: one or two steps
_PAGES = (b"<!doctype", b"<html", b"<?xml", b"<head", b"<script")
_PROGRAM = Program(
    name="the voice server",
    what="a folder of Piper voices",
    start="check the network and the address, or name another place: --from URL",
    login="check the name and the password, or name another place: --from URL",
    frozen=ELSEWHERE,
)


class VoiceServer:
    """`url` is the folder that voices.json lies in. BadSettings if it is no address."""

    def __init__(
        self,
        url: str = "",
        *,
        connect: float = 10.0,
        silence: float = 30.0,
        pauses: tuple[float, ...] = (0.5, 1.0, 2.0),
    ) -> None:
        """Seconds: `connect` until a connection stands, `silence` without a byte until it is given up.

        `pauses`: before a file is asked for again, as long as nothing comes of it.
        """
        self.address = Address.of(_PROGRAM, url or PIPER_VOICES)
        self.pauses = pauses
        self._timeout = (connect, silence)

    @property
    def name(self) -> str:
        return self.address.name

    def read(self, path: str, limit: int) -> bytes:
        """A small file. NoAnswer; TooLarge above `limit` bytes."""
        try:
            with self.open(path) as response:
                return b"".join(_limited(self.pieces(response, path), limit, f"{path} at {self.name}"))
        except requests.RequestException as error:
            raise self.lost(error) from error

    @contextmanager
    def open(self, path: str, start: int = 0) -> Iterator[requests.Response]:
        """The answer of status 200, 206 or 416 to the question for a file from a byte on.

        NoAnswer, NotThere; requests.RequestException where the connection itself fails.
        """
        # Else a server may pack what it sends, and bytes would be counted that are none of the file's.
        headers = {**self.address.headers(), "Accept-Encoding": "identity"}
        if start:
            headers["Range"] = f"bytes={start}-"
        with session_with(self.address) as session:
            session.max_redirects = _REDIRECTS
            url = f"{self.address.url}/{quote(path)}"
            with session.get(url, headers=headers, timeout=self._timeout, stream=True) as response:
                self._check(response, path)
                yield response

    def pieces(self, response: requests.Response, path: str) -> Iterator[bytes]:
        """The body as it comes. NoAnswer if it is a web page: the network wants a login, or there is no such folder."""
        first = True
        for piece in response.iter_content(_PIECE):
            if first and piece.lstrip()[:10].lower().startswith(_PAGES):
                raise NoAnswer(
                    f"Instead of {path.rpartition('/')[2]} comes a web page from {self.name}",
                    "check the address; the network may want a login: open any page in a browser, then run again",
                )
            first = False
            yield piece

    def lost(self, error: requests.RequestException) -> NoAnswer:
        if isinstance(error, requests.TooManyRedirects):
            return NoAnswer(f"The voice server at {self.name} sends one round in circles", ELSEWHERE)
        return lost(error, _PROGRAM, self.name, self._timeout[1])

    def _check(self, response: requests.Response, path: str) -> None:
        steps = [urlsplit(each.url).scheme for each in (*response.history, response)]
        if ("https", "http") in pairwise(steps):
            raise NoAnswer(f"{self.name} sends one on to where anybody may listen and meddle (http://)", ELSEWHERE)
        if wrong := stands_between(response.status_code, response.headers, _PROGRAM, self.name):
            raise wrong
        if response.status_code in (404, 410):
            raise NotThere(f"There is no {path} at {self.name}", "check the address, or name another place: --from URL")
        if response.status_code not in (200, 206, 416):
            raise NoAnswer(f"The voice server at {self.name} answers {response.status_code}", ELSEWHERE)


class NotThere(NoAnswer):
    """The server has no such file."""


def _limited(pieces: Iterator[bytes], limit: int, what: str) -> Iterator[bytes]:
    left = limit
    for piece in pieces:
        left -= len(piece)
        if left < 0:
            raise TooLarge(f"{what} is larger than {limit // 2**20} MB", "check the address")
        yield piece

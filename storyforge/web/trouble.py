"""Why no answer came, or one from something in between, said as what it is."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import ProtocolError

from storyforge.web.answer import printable
from storyforge.web.failures import NoAnswer, NobodyThere
from storyforge.web.program import PROXY, Program


def lost(error: requests.RequestException, program: Program, place: str, read: float) -> NoAnswer:
    """Of a request that failed on its way to `place`, or was given up after `read` seconds without a byte."""
    if isinstance(error, requests.exceptions.SSLError):
        return NoAnswer(
            f"The connection to {place} cannot be made safe",
            "if it has no certificate, write http://; if it has one of its own, name that in REQUESTS_CA_BUNDLE",
        )
    if isinstance(error, requests.exceptions.ProxyError):
        return NoAnswer(f"The proxy on the way to {place} does not let one through", PROXY)
    if isinstance(error, requests.ConnectTimeout):
        return NoAnswer(f"{program.at(place)} cannot be reached", "check the address, and that the machine is on")
    if timed_out(error):
        return NoAnswer(f"{program.at(place)} has been silent for {read:g} seconds, it may be frozen", program.frozen)
    kind = NobodyThere if nobody_listens(error) else NoAnswer
    return kind(f"{program.at(place)} does not answer", program.start)


def stands_between(status: int, headers: Mapping[str, str], program: Program, place: str) -> NoAnswer | None:
    """Of an answer that no such program gives, but something in front of it. None if it may be the program's own."""
    if told := program.in_between(status):
        return NoAnswer(f"The server at {place} answers {status}: {told[0]}", told[1])
    if status in (301, 302, 303, 307, 308) and "Location" in headers:  # followed, a POST would arrive as a GET
        to = urlsplit(headers["Location"])
        there = f"{to.scheme}://{to.hostname}{to.path}" if to.hostname else to.path
        return NoAnswer(
            f"The server at {place} sends one on to {printable(there)}", "give the address it names, or log in"
        )
    return None


def nobody_listens(error: BaseException | None) -> bool:
    """Whether the machine itself refused: urllib3 and requests wrap that three times."""
    while error is not None and not isinstance(error, ConnectionRefusedError):
        error = error.__cause__ or error.__context__
    return error is not None


def broke(error: requests.RequestException) -> bool:
    """Whether there was a connection, and it was lost: asking again may help at once."""
    wrapped = isinstance(error, requests.ConnectionError | requests.exceptions.ChunkedEncodingError)
    return wrapped and any(isinstance(each, ProtocolError) for each in error.args) and not timed_out(error)


def timed_out(error: requests.RequestException) -> bool:
    """Also in the midst of an answer, where requests calls it a lost connection."""
    return isinstance(error, requests.Timeout) or "timed out" in str(error)

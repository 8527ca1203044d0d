"""Why a speech server does not speak, in its own words with a remedy; and how one that is busy is waited for."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from storyforge.backend import Progress
from storyforge.errors import BackendFailed
from storyforge.web.answer import Answer
from storyforge.web.failures import NoAnswer
from storyforge.web.program import Program
from storyforge.web.stream import BEAT

_LONGEST = 120.0  # seconds, whatever a server asks for
_FIRST = 0.5  # seconds, doubled each time, where it does not say when to come again
_SAID = 300  # characters
_QUOTA = re.compile(r"insufficient_quota|exceeded your current quota|billing|credits", re.IGNORECASE)
_VOICE = re.compile(r"\bvoices?\b", re.IGNORECASE)
_MODEL = re.compile(r"\bmodels?\b", re.IGNORECASE)


@dataclass(frozen=True)
class Reply:
    status: int
    body: bytes

    @property
    def words(self) -> str:
        """The server's own, in one line, whatever form it gives them."""
        try:
            said = _words(json.loads(self.body[:100_000]))
        except (ValueError, RecursionError):
            said = ""
        return " ".join(said.split())[:_SAID] or Answer(self.status, self.body, "").excerpt()

    @property
    def no_quota(self) -> bool:
        return self.status == HTTPStatus.TOO_MANY_REQUESTS and bool(_QUOTA.search(self.words))

    @property
    def busy(self) -> bool:
        return self.status in (429, 503) and not self.no_quota


class Later(Exception):
    """`seconds` after which the server wants to be asked again; None if it does not say."""

    def __init__(self, seconds: float | None, reply: Reply) -> None:
        super().__init__()
        self.seconds, self.reply = seconds, reply


class Waiting:
    """For the server `at` (a sentence's beginning), `patience` seconds in all."""

    def __init__(self, patience: float, at: str) -> None:
        self._at, self._patience, self._until, self._next = at, patience, time.monotonic() + patience, _FIRST

    def wait(self, later: Later, progress: Progress) -> None:
        """NoAnswer if it would become too long; what `progress` raises."""
        seconds = self._next if later.seconds is None else later.seconds
        again = time.monotonic() + min(max(seconds, BEAT), _LONGEST)
        self._next *= 2
        if again > self._until:
            raise NoAnswer(
                f"{self._at} has no time for longer than {self._patience:g} seconds: "
                f"{later.reply.status}, {later.reply.words}",
                "run storyforge again later, what is finished is kept; or allow it more time (patience)",
            )
        while (left := again - time.monotonic()) > 0:
            progress()
            time.sleep(min(BEAT, left))


def refused(reply: Reply, program: Program, place: str, path: str, model: str, voice: str) -> BackendFailed:
    """Of an answer that is no sound."""
    at, said = program.at(place), f"{reply.status}, {reply.words}"
    if reply.no_quota:
        return BackendFailed(f"The account at {place} is used up: {said}", "look at it, or use another server")
    if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return BackendFailed(f"{at} failed: {said}", "look at the server's window or log for the reason")
    if _VOICE.search(reply.words):
        called = f"the voice {voice!r}" if voice else "a line without a voice"
        return BackendFailed(f"{at} does not take {called}: {said}", "name one that it has, as `voice` and in the cast")
    if _MODEL.search(reply.words):
        called = f"the model {model!r}" if model else "a line without a model"
        return BackendFailed(f"{at} does not take {called}: {said}", "name one that it has, as `model`")
    if reply.status in (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED):
        return NoAnswer(f"What answers at {place} does not know /{path}: {said}", program.start)
    return BackendFailed(f"{at} refuses a line: {said}", "look at its log, or try another voice or model")


def _words(told: Any) -> str:
    """`{"error": {"message": …}}` (OpenAI, LocalAI), `{"detail": …}` with a text, that, or a list (FastAPI)."""
    if isinstance(told, str):
        return told
    if isinstance(told, list):
        return "; ".join(_fault(each) for each in told if isinstance(each, dict))
    if not isinstance(told, Mapping):
        return ""
    return next((said for name in ("message", "detail", "error") if (said := _words(told.get(name)))), "")


def _fault(fault: Mapping[str, Any]) -> str:
    """One of pydantic's: `body.voice: Field required`."""
    where = ".".join(map(str, fault.get("loc") or ()))
    return f"{where}: {fault.get('msg', '')}" if where else str(fault.get("msg", ""))

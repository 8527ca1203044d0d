"""A server of language models, whatever protocol it speaks: one question asked until it is answered or cannot be."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import Any, ClassVar

import requests

from storyforge.errors import BackendFailed
from storyforge.planning.chat.busy import Later, Patience
from storyforge.planning.chat.events import Unreadable, events
from storyforge.planning.chat.failures import NoAnswer, NoSuchModel, TooLong
from storyforge.planning.chat.hearing import Hearing, Piece
from storyforge.planning.chat.question import Hear, Model, Question, Reply
from storyforge.planning.chat.refusal import Refusal
from storyforge.planning.chat.telling import BUSY, Stumbled, failure, in_between, not_told
from storyforge.web.address import Address
from storyforge.web.answer import Answer
from storyforge.web.http import Http
from storyforge.web.program import Program
from storyforge.web.retry_after import retry_after
from storyforge.web.stream import Stream
from storyforge.web.trouble import broke, lost, timed_out

CONNECT = 5.0  # seconds
_READ = 30.0  # seconds without a byte, of short questions: one that generates may be slow to answer them
_MOST = 2**20  # bytes of a refusal
_MOST_A_TOKEN = 7  # characters: no text in words has so many in the mean
_LOOK = "look at the server's window or log for the reason"


class ChatServer(ABC):
    """Used by any number of threads. It remembers what of its protocol this server takes, for each model.

    `silence`: seconds without a byte until it is given up; `patience`: seconds in all that it may be busy.
    """

    path: ClassVar[str]
    """Where questions are sent to."""
    not_read: ClassVar[str]
    """The remedy where it has dropped a part of the prompt without a word."""

    def __init__(
        self, address: Address, program: Program, *, key: str = "", silence: float = 300.0, patience: float = 300.0
    ) -> None:
        self._address, self._program, self._key = address, program, key
        self._silence, self._patience = silence, patience
        self._http = Http(address, program, connect=CONNECT, read=min(_READ, silence))
        self.staying: set[str] = set()
        """Models of which it is known that what they are asked goes no further than this server."""

    @property
    def name(self) -> str:
        """As people know it: 127.0.0.1:11434."""
        return self._address.name.removesuffix("/v1")

    @property
    def program(self) -> str:
        """For sentences: "Ollama", "the server"."""
        return self._program.name

    @abstractmethod
    def models(self) -> tuple[Model, ...]:
        """Those that it has. NoAnswer."""

    @abstractmethod
    def knows_all(self) -> bool:
        """Whether `models` are all that it would answer with, and tell which of them run elsewhere. NoAnswer."""

    @abstractmethod
    def host_by_name(self, model: str) -> str:
        """The host that runs a model of this name, as far as the name tells; '' is this server."""

    def ask(self, question: Question, hear: Hear) -> Reply:
        """The answer, whole or as far as it came (`Reply.end`). Raises what `hear` raises, and those of failures.py."""
        begin, patience = time.monotonic(), Patience(self._patience, self._program.at(self.name))
        first: Stumbled | None = None
        while True:
            try:
                reply = self._asked(question, hear, begin, streamed=first is None or not first.mute)
            except Stumbled as stumbled:
                if first is not None:
                    raise
                first = stumbled
            except Later as later:
                patience.wait(later, hear)
            else:
                if reply is not None:
                    return reply

    def close(self) -> None:
        """Closes the connections kept for later. It can be used again."""
        self._http.close()

    @abstractmethod
    def body(self, question: Question) -> dict[str, Any]:
        """What is sent, as this server is known to take it."""

    @abstractmethod
    def piece(self, event: dict[str, Any]) -> Piece:
        """What one event of a stream says."""

    @abstractmethod
    def adapted(self, question: Question, refusal: Refusal) -> bool:
        """Whether it was about something that can be left out: then `body` will leave it out from now on."""

    def listed(self, path: str, field: str) -> list[dict[str, Any]]:
        """The objects in the list at `path`, in this field or bare (Together AI). NoAnswer if it is none."""
        answer = self._got(path)
        if wrong := not_told(answer, path):
            raise wrong
        told = answer.data() if answer.good else None
        found = told.get(field) if isinstance(told, dict) else told
        if not isinstance(found, list):
            raise self._another(answer)
        return [each for each in found if isinstance(each, dict)]

    @abstractmethod
    def how_to_get(self, model: str) -> str:
        """The remedy where a model is not there."""

    def _asked(self, question: Question, hear: Hear, begin: float, streamed: bool) -> Reply | None:
        """None if the question has to be put in another way, which has been remembered."""
        body = self.body(question)
        if not streamed:
            body = {key: value for key, value in body.items() if key != "stream_options"} | {"stream": False}
        with Stream(self._address, self.path, body, connect=CONNECT, silence=self._silence) as stream:
            try:
                head = stream.head(lambda: hear(""))
            except requests.RequestException as error:
                raise self._lost(error) from error
            if head.status == HTTPStatus.OK:
                hearing = Hearing(question, hear)
                why = self._heard(stream, head.headers.get("Content-Type", ""), hearing)
                return self._reply(hearing, why, question, time.monotonic() - begin)
            answer = self._refusal(stream, head.status, hear)
        self._refused(answer, head.headers, question)
        return None

    def _heard(self, stream: Stream, kind: str, hearing: Hearing) -> str | Refusal:
        """Hears it to its end, or to where it will have none. Why it broke off: '' if it did not."""
        try:
            for event in events(stream.pieces(), kind):
                if event and event.get("error"):
                    return Refusal.in_stream(event, self._key)
                hearing.take(self.piece(event) if event else Piece())
                if hearing.endless:
                    break
        except requests.RequestException as error:
            if timed_out(error):
                raise self._lost(error) from error
            return f"the connection to {self.name} broke"
        except Unreadable as unreadable:
            raise self._another(self._answer(HTTPStatus.OK, unreadable.body)) from None
        return ""

    def _reply(self, hearing: Hearing, why: str | Refusal, question: Question, seconds: float) -> Reply:
        if hearing.endless:
            return hearing.reply("endless", seconds)
        self._check_read(hearing.counted, question)
        if hearing.end and not why:
            return hearing.reply(hearing.end, seconds)
        if hearing.text.strip():
            return hearing.reply("lost", seconds, why.said if isinstance(why, Refusal) else why)
        if isinstance(why, Refusal):
            raise self._failure(why, question)
        raise Stumbled(f"{self._program.at(self.name)} broke off before the first word", _LOOK, mute=not why)

    def _check_read(self, counted: int | None, question: Question) -> None:
        """Some servers drop what is too long without a word: Ollama before 0.12.4, and at its /v1 to this day."""
        if counted and counted * _MOST_A_TOKEN < question.characters:
            raise TooLong(
                f"{self._program.at(self.name)} has read only {counted} tokens of the prompt, and dropped the rest",
                self.not_read,
                min(counted, question.context),
            )

    def _refusal(self, stream: Stream, status: int, hear: Hear) -> Answer:
        body = b""
        with suppress(requests.RequestException):  # the status says most of it
            for piece in stream.pieces():
                hear("")
                body += piece
                if len(body) > _MOST:
                    break
        return self._answer(status, body)

    def _refused(self, answer: Answer, headers: Mapping[str, str], question: Question) -> None:
        """Raises, unless the question can be put in another way."""
        refusal = Refusal.read(answer)
        if refusal.status in BUSY and not refusal.no_quota:
            raise Later(retry_after(headers.get("Retry-After")), refusal)
        if between := in_between(refusal, headers, self._program, self.name):
            raise between
        if refusal.too_long or not self.adapted(question, refusal):
            raise self._failure(refusal, question)

    def _lost(self, error: requests.RequestException) -> NoAnswer:
        if broke(error):
            return Stumbled(f"The connection to {self.name} broke before the first word", _LOOK)
        return lost(error, self._program, self.name, self._silence)

    def _got(self, path: str) -> Answer:
        asked = self._http.ask("GET", path, unsifted=True)
        return self._answer(asked.status, asked.body, asked.headers)

    def _answer(self, status: int, body: bytes, headers: Mapping[str, str] = {}) -> Answer:
        """Without the user's key, which some servers repeat whole when it is wrong."""
        key = self._key.encode()
        return Answer(status, body.replace(key, b"***") if key else body, self.name, self._program, headers)

    def _another(self, answer: Answer) -> NoAnswer:
        return NoAnswer(
            f"What answers at {self.name} is not {self._program.what}: {answer.status}, it sends {answer.excerpt()}",
            self._program.start,
        )

    def _failure(self, refusal: Refusal, question: Question) -> BackendFailed:
        if refusal.no_model:
            return self._no_such_model(question.model, refusal)
        return failure(refusal, self._program, self.name, self.path, question.model)

    def _no_such_model(self, model: str, refusal: Refusal) -> NoSuchModel:
        there = ""
        with suppress(BackendFailed):
            there = ", ".join(each.name for each in self.models() if each.chats)
        has = f"it has {there}" if there else "it tells of none that can chat"
        if "does not support" in refusal.said:
            return NoSuchModel(f"The model {model} cannot chat; {has}", "choose another one")
        return NoSuchModel(f"{self._program.at(self.name)} has no model {model!r}; {has}", self.how_to_get(model))

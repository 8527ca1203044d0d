"""The language-model server at an address, whichever protocol it speaks."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from storyforge.planning.chat.busy import Patience
from storyforge.planning.chat.failures import NoAnswer
from storyforge.planning.chat.ollama import OLLAMA, Ollama
from storyforge.planning.chat.ollama_host import ollama_url, reachable
from storyforge.planning.chat.openai import SERVER, OpenAI
from storyforge.planning.chat.question import Hear, Message, Model, Question, Reply
from storyforge.planning.chat.talking import CONNECT, ChatServer
from storyforge.planning.chat.telling import NotYet, Stumbled, not_told
from storyforge.web.address import Address
from storyforge.web.answer import Answer
from storyforge.web.http import Http

__all__ = ["ChatServer", "Hear", "Message", "Model", "Question", "Reply", "server_at", "when_ready"]

T = TypeVar("T")

_READ = 10.0  # seconds without a byte, of a question that costs a server nothing
_VERSIONED = re.compile(r"/v\d\w*(/|$)")
_ROUTES = re.compile(r"/(chat/completions|completions|models|api/(chat|generate|tags))$")


def server_at(url: str = "", key: str = "", silence: float = 300.0, patience: float = 300.0) -> ChatServer:
    """'' is Ollama on this machine. BadSettings, NoAnswer.

    An address with /v1 in it speaks OpenAI's protocol; another one is asked which it speaks. `key` is sent to nobody
    else, and shown nowhere. `silence`: seconds without a byte until an answer is given up; `patience`: seconds in all
    that a server may be busy.
    """
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    more: dict[str, Any] = {"key": key, "silence": silence, "patience": patience}
    if not url.strip():
        return Ollama(Address.of(OLLAMA, ollama_url(), headers), **more)
    address = Address.of(OLLAMA, reachable(url), headers)
    address = replace(address, url=_ROUTES.sub("", address.url))
    if _VERSIONED.search(address.url.partition("://")[2]):
        return OpenAI(address, **more)
    protocol, address = _asked(address)
    return protocol(address, **more)


def _asked(address: Address) -> tuple[type[Ollama] | type[OpenAI], Address]:
    """Which protocol it speaks, and where. A program that does not know a route may well answer 200."""
    http = Http(address, SERVER, connect=CONNECT, read=_READ)
    try:
        if _got(http, "api/version").has("version"):
            return Ollama, address
        for below in ("/v1", ""):
            if _got(http, f"{below}/models".lstrip("/")).has("data"):
                return OpenAI, replace(address, url=f"{address.url}{below}")
    finally:
        http.close()
    raise NoAnswer(
        f"What answers at {address.name} speaks neither Ollama's protocol nor OpenAI's",
        "check the address and its port; its manual names the address of its API, most often …/v1",
    )


def _got(http: Http, path: str) -> Answer:
    answer = http.ask("GET", path, unsifted=True)
    wrong = not_told(answer, path)
    if wrong and not isinstance(wrong, Stumbled):  # a program may well fail over a route that it does not have
        raise wrong
    return answer


def when_ready(ask: Callable[[], T], patience: float, hear: Hear) -> T:
    """What `ask` gives, as soon as the server has time for it. Busy after so many seconds; what `hear` raises."""
    waiting: Patience | None = None
    while True:
        try:
            return ask()
        except NotYet as busy:
            waiting = waiting or Patience(patience, busy.at)
            waiting.wait(busy.later, hear)

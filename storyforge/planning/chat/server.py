"""The language-model server at an address, whichever protocol it speaks."""

from __future__ import annotations

import re
from dataclasses import replace

from storyforge.planning.chat.failures import NoAnswer
from storyforge.planning.chat.ollama import OLLAMA, Ollama
from storyforge.planning.chat.ollama_host import ollama_url, reachable
from storyforge.planning.chat.openai import SERVER, OpenAI
from storyforge.planning.chat.question import Hear, Message, Model, Question, Reply
from storyforge.planning.chat.talking import CONNECT, ChatServer
from storyforge.web.address import Address
from storyforge.web.http import Http

__all__ = ["ChatServer", "Hear", "Message", "Model", "Question", "Reply", "server_at"]

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
    more = {"key": key, "silence": silence, "patience": patience}
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
        if http.ask("GET", "api/version").has("version"):
            return Ollama, address
        for below in ("/v1", ""):
            if http.ask("GET", f"{below}/models".lstrip("/")).has("data"):
                return OpenAI, replace(address, url=f"{address.url}{below}")
    finally:
        http.close()
    raise NoAnswer(
        f"What answers at {address.name} speaks neither Ollama's protocol nor OpenAI's",
        "check the address and its port; its manual names the address of its API, most often …/v1",
    )

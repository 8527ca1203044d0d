"""Servers that speak OpenAI's protocol, or nearly: llama.cpp, llama-cpp-python, vLLM, LM Studio, LocalAI, OpenAI."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar, Literal

from storyforge.planning.chat.hearing import Piece
from storyforge.planning.chat.ollama import Ollama, cloud
from storyforge.planning.chat.question import Model, Question
from storyforge.planning.chat.refusal import Refusal
from storyforge.planning.chat.talking import ChatServer
from storyforge.planning.chat.wishes import Wishes
from storyforge.web.address import Address
from storyforge.web.answer import count, mapping
from storyforge.web.program import Program

SERVER = Program(
    name="the server",
    what="a language-model server",
    port=8080,
    start="start it, or check the address: it most often ends in /v1",
    login="give its key: name the environment variable that holds it, as in key_from: LLM_KEY",
    frozen="look at its window or log, choose a smaller model, or allow it more time (patience)",
)
_NO_CHAT = re.compile(r"embed|rerank|whisper|\btts\b|dall-e|moderation|transcri|\bbge\b", re.IGNORECASE)


class OpenAI(ChatServer):
    """`address` is that of its API, most often …/v1."""

    path: ClassVar[str] = "chat/completions"
    not_read: ClassVar[str] = "start it with a larger context; if it is Ollama, give its address without /v1"

    def __init__(self, address: Address, **more: Any) -> None:
        super().__init__(address, SERVER, **more)
        self._wishes: dict[str, Wishes] = {}
        beneath = replace(address, url=address.url.removesuffix("/v1"))
        self._ollama = Ollama(beneath, SERVER, **more) if beneath != address else None
        """What it would be in its own protocol: in this one it does not tell of which models it only passes on."""

    def models(self) -> tuple[Model, ...]:
        hosts = self._ollama.hosts() if self._ollama and self.knows_all() else {}
        return tuple(self._model(each, hosts) for each in self.listed("models", "data") if each.get("id"))

    def knows_all(self) -> bool:
        """Ollama does, also at its /v1; others may have more than they list, or no list at all."""
        return self._ollama is not None and self._ollama.answers()

    def host_by_name(self, model: str) -> str:
        """On this machine such a name is Ollama's, whatever stands before it; elsewhere it may mean anything."""
        return cloud(model) if self._address.loopback else ""

    def close(self) -> None:
        super().close()
        if self._ollama:
            self._ollama.close()

    def body(self, question: Question) -> dict[str, Any]:
        return self._wish(question).body(question)

    def adapted(self, question: Question, refusal: Refusal) -> bool:
        if refusal.status not in (400, 404, 422, 500, 501):  # 500: llama-cpp-python, of what it cannot validate
            return False
        fewer = self._wish(question).less(self.body(question), refusal.where, refusal.said)
        if fewer is not None:
            self._wishes[question.model] = fewer
        return fewer is not None

    def piece(self, event: dict[str, Any]) -> Piece:
        usage = mapping(event.get("usage"))
        choices = event.get("choices")
        choice = mapping(choices[0] if isinstance(choices, list) and choices else None)
        said = mapping(choice.get("delta") or choice.get("message"))  # the second where it does not stream
        thought = said.get("reasoning_content") or said.get("reasoning")
        return Piece(
            text=_text(said.get("content")),
            thought=len(thought) if isinstance(thought, str) else 0,
            end=_end(choice.get("finish_reason")),
            tokens_in=count(usage.get("prompt_tokens")),
            tokens_out=count(usage.get("completion_tokens")),
        )

    def how_to_get(self, model: str) -> str:
        return "load it there, or name one that it has"

    def _model(self, told: Mapping[str, Any], hosts: Mapping[str, str]) -> Model:
        name = str(told["id"])
        return _model(told, hosts.get(name) or self.host_by_name(name))

    def _wish(self, question: Question) -> Wishes:
        return self._wishes.get(question.model, Wishes())


def _model(told: Mapping[str, Any], host: str) -> Model:
    """Where vLLM, OpenRouter and llama.cpp tell of its context; OpenAI tells the name alone."""
    meta = mapping(told.get("meta"))
    known = (told.get("max_model_len"), told.get("context_length"), meta.get("n_ctx"), meta.get("n_ctx_train"))
    return Model(
        name=str(told["id"]),
        size=count(meta.get("size")) or 0,
        remote=host,
        chats=not _NO_CHAT.search(str(told["id"])),
        context=next((number for each in known if (number := count(each))), None),
    )


def _text(content: Any) -> str:
    """A text, or a list of parts of which some are thoughts (Mistral)."""
    if isinstance(content, list):
        return "".join(str(mapping(part).get("text") or "") for part in content)
    return content if isinstance(content, str) else ""


def _end(reason: Any) -> Literal["", "stop", "length"]:
    """Without a reason an answer has not ended: llama-cpp-python breaks it off so, for somebody else's question."""
    if reason in (None, "", "error"):
        return ""
    return "length" if reason in ("length", "max_tokens") else "stop"

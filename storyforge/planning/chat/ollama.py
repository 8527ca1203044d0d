"""Ollama, in its own protocol: there it tells how much a model reads at once, and lets one say how much that is.

Left to itself it drops the oldest messages of a prompt that is too long, without a word. So it is told not to
(`truncate`, since 0.12.4); an older one is found out by its own count of what it has read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from storyforge.errors import BackendFailed
from storyforge.planning.chat.hearing import Piece
from storyforge.planning.chat.ollama_host import PORT
from storyforge.planning.chat.question import Model, Question
from storyforge.planning.chat.refusal import Refusal
from storyforge.planning.chat.talking import ChatServer
from storyforge.planning.chat.telling import NotYet, not_told
from storyforge.web.address import Address
from storyforge.web.answer import count, mapping
from storyforge.web.program import Program

OLLAMA = Program(
    name="Ollama",
    what="Ollama",
    port=PORT,
    start="start Ollama, or check the address",
    login="give its key: name the environment variable that holds it, as in key_from: OLLAMA_API_KEY",
    frozen="look at its log, choose a smaller model, or allow it more time (patience)",
)
_CLOUD = re.compile(r"[:-]cloud(:latest)?\s*$", re.IGNORECASE)
"""Ends the names of models that Ollama's makers run; before 0.12 it did not say where."""


def cloud(model: str) -> str:
    """The host that runs a model of this name for Ollama; '' if the name tells of none."""
    return "ollama.com" if _CLOUD.search(model) else ""


class Ollama(ChatServer):
    path: ClassVar[str] = "api/chat"
    not_read: ClassVar[str] = "update Ollama, or choose a model that can read more at once"

    def __init__(self, address: Address, program: Program = OLLAMA, **more: Any) -> None:
        super().__init__(address, program, **more)
        self._unthinking: set[str] = set()
        """Models of which `think` may not even be said."""

    def models(self) -> tuple[Model, ...]:
        return tuple(self._model(each) for each in self.listed("api/tags", "models") if each.get("name"))

    def knows_all(self) -> bool:
        return True

    def host_by_name(self, model: str) -> str:
        return cloud(model)

    def answers(self) -> bool:
        """Whether it is Ollama that answers. NoAnswer if nobody does."""
        answer = self._got("api/version")
        wrong = not_told(answer, "api/version")
        if isinstance(wrong, NotYet):
            raise wrong
        return answer.has("version")

    def hosts(self) -> Mapping[str, str]:
        """Of each of its models the host that runs it; '' is itself. NoAnswer."""
        return {str(each["name"]): _host(each) for each in self.listed("api/tags", "models") if each.get("name")}

    def body(self, question: Question) -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": question.model,
            "messages": [message.model_dump() for message in question.messages],
            "stream": True,
            "truncate": False,
            "shift": False,  # nor is the beginning forgotten while the answer grows: it ends with "length"
            "options": {
                "num_ctx": question.context,
                "num_predict": question.most,
                "temperature": question.temperature,
                "seed": question.seed,
            },
        }
        if question.model not in self._unthinking:
            body["think"] = question.think
        if question.answer is not None:
            body["format"] = question.answer
        return body

    def adapted(self, question: Question, refusal: Refusal) -> bool:
        if "think" not in refusal.said or question.model in self._unthinking:
            return False
        self._unthinking.add(question.model)
        return True

    def piece(self, event: dict[str, Any]) -> Piece:
        message = mapping(event.get("message"))
        return Piece(
            text=str(message.get("content") or ""),
            thought=len(str(message.get("thinking") or "")),
            end=_end(event),
            tokens_in=count(event.get("prompt_eval_count")),
            tokens_out=count(event.get("eval_count")),
        )

    def how_to_get(self, model: str) -> str:
        return f"ollama pull {model}"

    def _model(self, told: Mapping[str, Any]) -> Model:
        """As listed; what older servers leave out of the list is asked for (they tell it of one model at a time)."""
        details = mapping(told.get("details"))
        can, context = told.get("capabilities"), count(details.get("context_length"))
        if can is None or context is None:
            shown = self._shown(str(told["name"]))
            can = shown.get("capabilities") if can is None else can
            context = context or _context(shown)
        return Model(
            name=str(told["name"]),
            size=count(told.get("size")) or 0,
            modified=str(told.get("modified_at") or ""),
            remote=_host(told),
            chats=not isinstance(can, list) or "completion" in can,
            context=context,
        )

    def _shown(self, name: str) -> Mapping[str, Any]:
        try:
            answer = self._http.ask("POST", "api/show", json={"model": name})
            return mapping(answer.data()) if answer.good else {}
        except BackendFailed:  # nothing depends on it
            return {}


def _host(told: Mapping[str, Any]) -> str:
    return str(told.get("remote_host") or cloud(str(told["name"])))


def _context(shown: Mapping[str, Any]) -> int | None:
    """Of `{"model_info": {"qwen3.context_length": 40960}}`."""
    known = mapping(shown.get("model_info")).items()
    return next((count(value) for key, value in known if key.endswith(".context_length")), None)


def _end(event: Mapping[str, Any]) -> Literal["", "stop", "length"]:
    if not event.get("done"):
        return ""
    return "length" if event.get("done_reason") == "length" else "stop"

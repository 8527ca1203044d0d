"""Why a server of language models will not answer, read from what it sends, in any of their ways to say so.

The words were seen in: llama.cpp, llama-cpp-python, vLLM and OpenAI ("context_length_exceeded", "model_not_found"),
Ollama ("the input length exceeds the context length", "model 'x' not found"), FastAPI ({"detail": [{"loc": …}]}).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from storyforge.web.answer import Answer, count, mapping, printable

_LONG = re.compile(
    r"context[ _](?:size|length|window)|maximum context|exceeds? the (?:available |model'?s? )*context"
    r"|prompt is too long|too many tokens|n_prompt_tokens",
    re.IGNORECASE,
)
_CONTEXT = re.compile(
    r"(?:context (?:size|length|window)(?: of)?(?: is)?(?: only)?|n_ctx)\D{0,4}(\d{3,9})\b|> (\d{3,9}) maximum",
    re.IGNORECASE,
)
_NO_MODEL = re.compile(
    r"model[^.]{0,200}?(?:not found|not exist|not available|no such|unknown|invalid model name|not loaded)"
    r"|(?:no such|unknown|invalid|no) model|model_not_found|does not support (?:chat|generate|completion)",
    re.IGNORECASE | re.DOTALL,
)
_MEMORY = re.compile(r"out of memory|more system memory|more memory|cudaMalloc|insufficient memory", re.IGNORECASE)
_QUOTA = re.compile(r"insufficient_quota|exceeded your current quota|billing|credits", re.IGNORECASE)
_LOADING = re.compile(r"loading model", re.IGNORECASE)
_SAID = 300  # characters


@dataclass(frozen=True)
class Refusal:
    status: int
    said: str
    """In one line that can be shown, for people: the server's own words."""
    where: str = ""
    """The part of the request that it names as the fault, as "response_format.type"; '' if it names none."""
    kind: str = ""
    """Its code for the kind of error, where it has one."""
    context: int | None = None
    """Tokens that the model can read at once, if it tells."""
    in_json: bool = False
    """Whether it is in a program's own words; what stands before one sends pages."""
    signin: bool = False
    """Whether Ollama wants its user to sign in, for a model that another host runs."""

    @classmethod
    def read(cls, answer: Answer) -> Refusal:
        """Of the answer to a chat."""
        try:
            return cls._of(json.loads(answer.body), answer.status)
        except (ValueError, RecursionError):
            return cls(answer.status, answer.excerpt())

    @classmethod
    def in_stream(cls, event: Mapping[str, Any], key: str = "") -> Refusal:
        """Of an error in the midst of an answer, which may have a status of its own."""
        code = mapping(event.get("error")).get("code")
        status = code if isinstance(code, int) and 400 <= code < 600 else 500
        try:
            found = cls._of(event, status)
        except RecursionError:  # it could be read, and is too deep to be written
            return cls(status, "an error that nobody can read")
        return replace(found, said=found.said.replace(key, "***")) if key else found

    @classmethod
    def _of(cls, told: Any, status: int) -> Refusal:
        error = mapping(told).get("error", told)
        detail = mapping(told).get("detail")
        faults = [mapping(each) for each in detail] if isinstance(detail, list) else []
        if faults:
            said = "; ".join(str(fault.get("msg", "")) for fault in faults)
            where = " ".join(".".join(map(str, _place(fault.get("loc")))) for fault in faults)
        else:
            said = _message(error) or str(detail or "")
            where = str(mapping(error).get("param") or "")
        return cls(
            status,
            printable(said or json.dumps(told))[:_SAID],
            where,
            f"{mapping(error).get('type') or ''} {mapping(error).get('code') or ''}".strip(),
            _context(mapping(error), said),
            True,
            "signin_url" in mapping(told),
        )

    @property
    def words(self) -> str:
        return f"{self.where} {self.kind} {self.said}"

    @property
    def too_long(self) -> bool:
        return self.status in (400, 413, 422, 500) and bool(_LONG.search(self.words))

    @property
    def no_model(self) -> bool:
        return self.status in (400, 404, 422) and bool(_NO_MODEL.search(self.words))

    @property
    def no_memory(self) -> bool:
        return self.status >= 400 and bool(_MEMORY.search(self.words))

    @property
    def no_quota(self) -> bool:
        return bool(_QUOTA.search(self.words))

    @property
    def loading(self) -> bool:
        return bool(_LOADING.search(self.words))


def _place(loc: Any) -> list[Any]:
    return loc if isinstance(loc, list) else [] if loc is None else [loc]


def _message(error: Any) -> str:
    """`"text"`, `{"message": "text"}`, or what a proxy for other servers makes of theirs."""
    if isinstance(error, str):
        return error
    found = mapping(error).get("message") or mapping(error).get("error") or ""
    return found if isinstance(found, str) else json.dumps(found, ensure_ascii=False)


def _context(error: Mapping[str, Any], said: str) -> int | None:
    if number := count(error.get("n_ctx")):
        return number
    found = _CONTEXT.search(said)
    return int(found[1] or found[2]) if found else None

"""What of OpenAI's protocol a server takes. Its imitators refuse what they do not know, each something else."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from storyforge.planning.chat.question import Message, Question

Form = Literal["strict", "schema", "object with schema", "object", "words"]
_FORMS: tuple[Form, ...] = ("strict", "schema", "object with schema", "object", "words")
_LIMITS = ("max_tokens", "max_completion_tokens", "")

_ABOUT = {
    "thinking": re.compile(r"chat_template_kwargs|enable_thinking"),
    "counts": re.compile(r"stream_options|include_usage"),
    "limit": re.compile(r"max_tokens|max_completion_tokens"),
    "form": re.compile(
        r"response_format|json_schema|json_object|\bschema\b|grammar|samplers|structured|guided", re.IGNORECASE
    ),
    "temperature": re.compile(r"temperature"),
    "seed": re.compile(r"\bseed\b"),
}


@dataclass(frozen=True)
class Wishes:
    """Begins with all that helps, and is given up one by one.

    `form`: how the answer's schema is enforced. llama.cpp, vLLM, LM Studio and OpenAI take json_schema;
    llama-cpp-python json_object with a schema; DeepSeek json_object without. `limit`: the name that the limit of tokens
    goes by; OpenAI's newer models know only the second.
    """

    form: Form = "strict"
    limit: str = "max_tokens"
    counts: bool = True
    thinking: bool = True
    temperature: bool = True
    seed: bool = True

    def body(self, question: Question) -> dict[str, Any]:
        body: dict[str, Any] = {"messages": [message.model_dump() for message in self._messages(question)]}
        if question.model:
            body["model"] = question.model
        if self.limit:
            body[self.limit] = question.most
        if self.temperature:
            body["temperature"] = question.temperature
        if self.seed:
            body["seed"] = question.seed
        if self.counts:
            body["stream_options"] = {"include_usage": True}
        if self.thinking and not question.think:
            body["chat_template_kwargs"] = {"enable_thinking": False}
        if question.answer is not None and self.form != "words":
            body["response_format"] = self._format(question.answer)
        return body | {"stream": True}

    def less(self, body: Mapping[str, Any], where: str, said: str) -> Wishes | None:
        """Without what a refusal of `body` is about: by the place that it names, else by its words. None if neither."""
        for text in filter(None, (where, said)):
            for name, about in _ABOUT.items():
                if about.search(text) and (fewer := self._without(name, body)):
                    return fewer
        return None

    def _without(self, name: str, body: Mapping[str, Any]) -> Wishes | None:
        match name:
            case "form" if "response_format" in body:
                return replace(self, form=_FORMS[_FORMS.index(self.form) + 1])
            case "limit" if self.limit:
                return replace(self, limit=_LIMITS[_LIMITS.index(self.limit) + 1])
            case "thinking" if "chat_template_kwargs" in body:
                return replace(self, thinking=False)
            case "counts" if self.counts:
                return replace(self, counts=False)
            case "temperature" if self.temperature:
                return replace(self, temperature=False)
            case "seed" if self.seed:
                return replace(self, seed=False)
            case _:
                return None

    def _format(self, schema: dict[str, Any]) -> dict[str, Any]:
        match self.form:
            case "strict":
                return {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema, "strict": True}}
            case "schema":
                return {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}}
            case "object with schema":
                return {"type": "json_object", "schema": schema}
            case _:
                return {"type": "json_object"}

    def _messages(self, question: Question) -> tuple[Message, ...]:
        """With the schema in words, where the server may not look at it."""
        if question.answer is None or self.form in ("strict", "schema"):
            return question.messages
        schema = json.dumps(question.answer, ensure_ascii=False, separators=(",", ":"))
        words = f"Answer with one JSON object and nothing else. It must fit this JSON Schema:\n{schema}"
        first, *rest = question.messages
        if first.role != "system":
            return (Message(role="system", content=words), *question.messages)
        return (Message(role="system", content=f"{first.content}\n\n{words}"), *rest)

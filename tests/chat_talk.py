"""A plain client of both chat protocols, for tests of the chat server itself: it takes what comes, mending nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import requests

PATHS = {"ollama": "/api/chat", "openai": "/v1/chat/completions"}


@dataclass(frozen=True)
class Heard:
    """`lines` of the body with something in them; `ended`: with the protocol's own end mark."""

    text: str
    thoughts: str
    finish: str | None
    tokens: tuple[int, int] | None
    lines: list[str]
    ended: bool


class Talk:
    """One client of one server, in one of the protocols."""

    def __init__(self, url: str, protocol: str) -> None:
        self.url, self.protocol = url, protocol

    def post(
        self, prompt: str = "Hello", *, stream: bool = True, timeout: float = 10, key: str = "", **more: Any
    ) -> requests.Response:
        """`more` goes into the request as it is."""
        usage = {"stream_options": {"include_usage": True}} if stream and self.protocol == "openai" else {}
        body = {"model": "toy:8b", "messages": [user(prompt)], "stream": stream, **usage, **more}
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return requests.post(self.url + PATHS[self.protocol], json=body, headers=headers, timeout=timeout, stream=True)

    def ask(self, prompt: str = "Hello", **more: Any) -> Heard:
        with self.post(prompt, **more) as response:
            assert response.status_code == 200, response.text
            return (_ollama if self.protocol == "ollama" else _openai)(response.content.decode())

    def limit(self, tokens: int) -> dict[str, Any]:
        """What this protocol calls the most tokens of an answer."""
        return {"options": {"num_predict": tokens}} if self.protocol == "ollama" else {"max_tokens": tokens}


def user(text: str) -> dict[str, Any]:
    return {"role": "user", "content": text}


def system(text: str) -> dict[str, Any]:
    return {"role": "system", "content": text}


def _ollama(body: str) -> Heard:
    lines = [line for line in body.splitlines() if line.strip()]
    told = [known for line in lines if "message" in (known := _object(line))]
    last = told[-1] if told else {}
    tokens = (last["prompt_eval_count"], last["eval_count"]) if last.get("done") else None
    text, thoughts = ("".join(each["message"].get(name, "") for each in told) for name in ("content", "thinking"))
    return Heard(text, thoughts, last.get("done_reason"), tokens, lines, last.get("done", False))


def _openai(body: str) -> Heard:
    lines = [line for line in body.splitlines() if line.strip()]
    told = [_object(line.removeprefix("data: ")) for line in lines]
    choices = [choice for each in told for choice in each.get("choices", [])]
    said = [choice.get("delta") or choice.get("message") or {} for choice in choices]
    finish = next((choice["finish_reason"] for choice in choices if choice["finish_reason"]), None)
    usage = next((each["usage"] for each in told if each.get("usage")), None)
    tokens = (usage["prompt_tokens"], usage["completion_tokens"]) if usage else None
    text, thoughts = ("".join(each.get(name, "") for each in said) for name in ("content", "reasoning_content"))
    ended = lines[-1:] == ["data: [DONE]"] or bool(choices and choices[0].get("message"))
    return Heard(text, thoughts, finish, tokens, lines, ended)


def _object(line: str) -> dict[str, Any]:
    try:
        known = json.loads(line)
    except ValueError:
        return {}
    return known if isinstance(known, dict) else {}

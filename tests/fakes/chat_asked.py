"""What a chat server has been asked, and what models it has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

Message = dict[str, Any]
Body = dict[str, Any]

CHARACTERS_A_TOKEN = 4


@dataclass(frozen=True)
class Model:
    """`size` in bytes; `context` in tokens, as the model was trained; `remote`: the host of a cloud model."""

    name: str
    size: int = 5_000_000_000
    parameters: str = "8.2B"
    capabilities: tuple[str, ...] = ("completion",)
    modified: str = "2026-11-01T10:00:00Z"
    remote: str = ""
    context: int = 40960


@dataclass(frozen=True)
class Asked:
    """One chat. `messages` are those that the model sees; where the server left some out (`dropped`), `body` still has
    all. `schema` is that of Ollama's `format` or of any of the places where OpenAI's imitators look for one. The names
    in `headers` are in small letters."""

    protocol: Literal["ollama", "openai"]
    model: str
    messages: list[Message]
    schema: dict[str, Any] | None
    body: Body
    headers: dict[str, str]
    dropped: bool = False

    @property
    def system(self) -> str:
        return "\n".join(text_of(each) for each in self.messages if each.get("role") == "system")

    @property
    def prompt(self) -> str:
        """The last thing that the user says."""
        return next((text_of(each) for each in reversed(self.messages) if each.get("role") == "user"), "")

    @property
    def turns(self) -> int:
        """How often the user speaks."""
        return sum(each.get("role") == "user" for each in self.messages)

    @property
    def tokens(self) -> int:
        return tokens_of(self.messages)


def tokens(text: str) -> int:
    """Four characters each, the last one perhaps fewer."""
    return -(-len(text) // CHARACTERS_A_TOKEN)


def tokens_of(messages: Sequence[Message]) -> int:
    return tokens("".join(text_of(each) for each in messages))


def text_of(message: Message) -> str:
    """Its words, also where the content is a list of parts, as OpenAI allows."""
    content = message.get("content") or ""
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)

"""What a language model is asked, and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from storyforge.value import Value

Hear = Callable[[str], None]
"""Called with the whole text so far, at each piece, and at least twice a second while there is none.

What it raises stops the request: the connection is closed, so that the server stops too, and it passes through.
"""

CHARACTERS_A_TOKEN = 4
"""About what English has; other languages and figures have fewer. Where a server counts, its count is used."""


class Message(Value):
    role: Literal["system", "user", "assistant"]
    content: str


class Question(Value):
    model: str
    messages: tuple[Message, ...]
    answer: dict[str, Any] | None = None
    """JSON Schema of the answer; None for plain text."""
    most: int
    """Tokens that the answer may have, thoughts included."""
    context: int
    """Tokens that the server should be able to read at once, prompt and answer together (Ollama: num_ctx)."""
    temperature: float = 0.3
    seed: int = 0
    think: bool = False

    @property
    def characters(self) -> int:
        return sum(len(message.content) for message in self.messages)


class Reply(Value):
    text: str
    """Without the model's thoughts."""
    end: Literal["stop", "length", "lost", "endless"]
    """Said to the end; cut off by the limit of tokens; by a lost connection; by us, as it went on and on."""
    tokens_in: int
    tokens_out: int
    seconds: float
    why: str = ""
    """What was told about a loss, by the server or the network."""


class Model(Value):
    name: str
    size: int = 0
    """Bytes; 0 where the server does not tell."""
    modified: str = ""
    """When it came there, as the server writes it: ISO 8601."""
    remote: str = ""
    """The host that runs it, if that is not this server: what is asked of it leaves the house."""
    chats: bool = True
    context: int | None = None
    """Tokens that it can read at once, as far as known."""


def tokens(characters: int) -> int:
    """An estimate, for servers that do not count."""
    return -(-characters // CHARACTERS_A_TOKEN)

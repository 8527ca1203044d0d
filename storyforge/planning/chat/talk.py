"""Single questions, each of two texts, and what they cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from storyforge.backend import Progress
from storyforge.planning.chat.question import Hear, Message, Reply
from storyforge.storyboard import Costs


@dataclass
class Talk:
    """`put` asks a model: messages, the form of the answer, its tokens at most, who listens."""

    put: Callable[[Sequence[Message], dict[str, Any] | None, int, Hear], Reply]
    progress: Progress
    most: int
    costs: Costs = field(default_factory=Costs)

    def ask(self, system: str, user: str, answer: dict[str, Any] | None = None) -> str:
        messages = (Message(role="system", content=system), Message(role="user", content=user))
        reply = self.put(messages, answer, self.most, lambda text: self.progress())
        self.costs += Costs(requests=1, tokens_in=reply.tokens_in, tokens_out=reply.tokens_out, seconds=reply.seconds)
        return reply.text

"""An answer as it comes in: what was said so far, how it ended, and whether it will ever end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from storyforge.planning.chat.question import Hear, Question, Reply, tokens
from storyforge.planning.chat.thoughts import without_thoughts

_MOST_A_TOKEN = 12  # characters: no text has so many, so a server that goes on does not heed the limit
_TAIL, _PERIOD = 400, 40  # characters that only repeat a piece of so many, spaces and line ends too


@dataclass(frozen=True)
class Piece:
    """Of a stream, in no protocol's words."""

    text: str = ""
    thought: int = 0
    """Characters of what was thought, not said."""
    end: Literal["", "stop", "length"] = ""
    tokens_in: int | None = None
    tokens_out: int | None = None


class Hearing:
    def __init__(self, question: Question, hear: Hear) -> None:
        self._question, self._hear = question, hear
        self._raw, self._thought = "", 0
        self.text = ""
        """What was said so far, without the thoughts."""
        self._tokens_in: int | None = None
        self._tokens_out: int | None = None
        self.end: Literal["", "stop", "length"] = ""

    @property
    def endless(self) -> bool:
        limit = self._question.most * _MOST_A_TOKEN
        return len(self._raw) > limit or self._thought > limit or repeats(self._raw)

    def take(self, piece: Piece) -> None:
        """An empty one is a moment's silence."""
        if piece.text:
            self._raw += piece.text
            self.text = without_thoughts(self._raw)
        self._thought += piece.thought
        self.end = piece.end or self.end
        self._tokens_in = self._tokens_in if piece.tokens_in is None else piece.tokens_in
        self._tokens_out = self._tokens_out if piece.tokens_out is None else piece.tokens_out
        self._hear(self.text)

    @property
    def counted(self) -> int | None:
        """Tokens of the prompt, as the server counted them."""
        return self._tokens_in

    def reply(self, end: Literal["stop", "length", "lost", "endless"], seconds: float, why: str = "") -> Reply:
        read, said = self._tokens_in, self._tokens_out
        return Reply(
            text=self.text,
            end=end,
            tokens_in=tokens(self._question.characters) if read is None else read,
            tokens_out=tokens(len(self._raw) + self._thought) if said is None else said,
            seconds=seconds,
            why=why,
        )


def repeats(text: str) -> bool:
    """Whether the end of it is nothing but one short piece, again and again."""
    tail = text[-_TAIL:]
    return len(tail) == _TAIL and any(tail[period:] == tail[:-period] for period in range(1, _PERIOD + 1))

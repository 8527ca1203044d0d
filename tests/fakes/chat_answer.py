"""An answer, in pieces of a few characters: what goes wrong with the words of it, and where it stops."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, cycle, repeat
from typing import Literal

from tests.fakes.chat_asked import CHARACTERS_A_TOKEN, Asked, tokens
from tests.fakes.chat_fail import ChatFail

LENGTHS = (3, 5, 2, 7, 4)  # of pieces, in characters


class Answer:
    """Iterate over it once; then `text` is what was said and `finish` why it stopped.

    An answer that a test gives in pieces keeps them and is asked for them one by one (`by_piece`).
    """

    def __init__(self, asked: Asked, said: str | Iterable[str], fail: ChatFail, limit: int | None) -> None:
        """`limit` in tokens: of which the thoughts have their share, as in the real ones."""
        self.asked, self.text, self.finish = asked, "", "stop"
        self.reasoning = fail.text if fail.kind == "reasoning" else ""
        self.by_piece = not isinstance(said, str)
        self._pieces = _worded(said, fail)
        self._limit = _characters(limit, len(self.reasoning), fail)
        self._fail = fail

    def __iter__(self) -> Iterator[str]:
        if self._fail.kind == "cut":
            self.finish = "length"
        for piece in self._pieces:
            room = len(piece) if self._limit is None else self._limit - len(self.text)
            self.text += piece[:room]
            if piece[:room]:
                yield piece[:room]
            if room < len(piece):
                self.finish = "length"
                return

    @property
    def tokens(self) -> int:
        return tokens(self.reasoning + self.text)


def pieces(text: str) -> Iterator[str]:
    """The text in pieces of a few characters, always in the same way."""
    start = 0
    for length in cycle(LENGTHS):
        if start >= len(text):
            return
        yield text[start : start + length]
        start += length


def parted(said: Iterable[str], after: int) -> Iterator[str | Literal[0]]:
    """The pieces, and 0 where `after` characters are over, or else at their end."""
    left, done = after, False
    for piece in said:
        if not done and len(piece) >= left:
            yield from (piece[:left], 0, piece[left:])
            done = True
        else:
            yield piece
            left -= len(piece)
    if not done:
        yield 0


def _worded(said: str | Iterable[str], fail: ChatFail) -> Iterable[str]:
    plain = pieces(said) if isinstance(said, str) else said
    match fail.kind:
        case "says" | "empty":
            return pieces(fail.text)
        case "prose" | "fenced" | "thinking":
            return chain(pieces(fail.text), plain, pieces(fail.end))
        case "endless":
            return repeat(fail.text)
        case _:
            return plain


def _characters(limit: int | None, thought: int, fail: ChatFail) -> int | None:
    if fail.kind == "endless":
        return None
    most = [max(0, limit * CHARACTERS_A_TOKEN - thought)] if limit is not None else []
    return min([*most, *([fail.after] if fail.kind == "cut" else [])], default=None)

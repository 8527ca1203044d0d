"""How a question to a server can stay without an answer, whatever the server is for."""

from __future__ import annotations

from storyforge.errors import BackendFailed


class NoAnswer(BackendFailed):
    """The server is not there, went away, froze, or something else answers in its place."""


class NobodyThere(NoAnswer):
    """The machine answers, and nothing on it listens."""


class TooLarge(NoAnswer):
    """More came than anything asked for can be."""

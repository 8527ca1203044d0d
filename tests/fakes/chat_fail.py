"""What can go wrong with one chat, to be put into `FakeChat.failures`: each accepted chat takes the next one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ChatFail:
    """`kind` is the name of the function below that made it; the other fields are what that kind needs."""

    kind: str
    text: str = ""
    end: str = ""
    after: int = 0
    seconds: float = 0.0
    code: int = 0
    retry_after: str | None = None
    body: str | None = None

    # What the model says

    @classmethod
    def says(cls, text: str) -> ChatFail:
        """This in place of the answer."""
        return cls("says", text)

    @classmethod
    def empty(cls) -> ChatFail:
        """An answer without a letter, which ends as if all was well."""
        return cls("empty")

    @classmethod
    def prose(cls, before: str = "Sure! Here it is:\n\n", after: str = "\n\nIs there anything else?") -> ChatFail:
        """The answer between two pieces of chatter."""
        return cls("prose", before, after)

    @classmethod
    def fenced(cls) -> ChatFail:
        """The answer in a code block of Markdown."""
        return cls("fenced", "```json\n", "\n```")

    @classmethod
    def thinking(cls, text: str = "Let me see.") -> ChatFail:
        """`<think>…</think>` in the answer itself, before the rest of it."""
        return cls("thinking", f"<think>\n{text}\n</think>\n\n")

    @classmethod
    def reasoning(cls, text: str = "Let me see.") -> ChatFail:
        """Thoughts in a field of their own: `thinking` of Ollama, `reasoning_content` of OpenAI's imitators."""
        return cls("reasoning", text)

    @classmethod
    def cut(cls, after: int) -> ChatFail:
        """The token limit: after so many characters the answer stops, with "length"."""
        return cls("cut", after=after)

    @classmethod
    def endless(cls, piece: str = "and so on ") -> ChatFail:
        """The same piece again and again, past every limit, until the client goes: see `FakeChat.gone`."""
        return cls("endless", piece)

    # When the bytes come

    @classmethod
    def silent(cls, seconds: float) -> ChatFail:
        """Accepted, and for so long not a byte, nor a status; then the answer as ever."""
        return cls("silent", seconds=seconds)

    @classmethod
    def silent_midway(cls, after: int, seconds: float) -> ChatFail:
        """After so many characters of the answer not a byte for so long; then the rest."""
        return cls("silent_midway", after=after, seconds=seconds)

    @classmethod
    def slow(cls, seconds_per_piece: float) -> ChatFail:
        """Every piece takes so long; none is held back."""
        return cls("slow", seconds=seconds_per_piece)

    @classmethod
    def keepalive(cls) -> ChatFail:
        """Pings (comments, in server-sent events) and blank lines between the pieces, as proxies and Starlette send."""
        return cls("keepalive")

    # What breaks on the way

    @classmethod
    def cut_connection(cls, after: int) -> ChatFail:
        """After so many characters of the answer the connection is closed, without an end mark."""
        return cls("cut_connection", after=after)

    @classmethod
    def error_midway(cls, message: str = "an error was encountered while running the model") -> ChatFail:
        """Status 200, a piece of the answer, and an error in place of the rest."""
        return cls("error_midway", message, after=4)

    @classmethod
    def not_json_stream(cls) -> ChatFail:
        """Status 200, a piece of the answer, lines that are no JSON, the rest of the answer."""
        return cls("not_json_stream", after=4)

    # Refused at the door

    @classmethod
    def html(cls, status: int = 502) -> ChatFail:
        """A proxy's error page in place of the reply."""
        return cls("html", code=status)

    @classmethod
    def status(cls, code: int, retry_after: str | None = None, body: str | None = None) -> ChatFail:
        """This status, `Retry-After` if one is given, and this body: by default an error in the protocol's own form."""
        return cls("status", code=code, retry_after=retry_after, body=body)

    @classmethod
    def loading(cls, seconds: float) -> ChatFail:
        """Every chat is refused with 503 until so many seconds have passed."""
        return cls("loading", seconds=seconds)

    @classmethod
    def refuses_think(cls) -> ChatFail:
        """400, as for a model that can't think; asked again without `think` it answers."""
        return cls("refuses_think")

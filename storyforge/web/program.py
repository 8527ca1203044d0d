"""What is asked, as messages name it, and what a user can do about it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Program:
    name: str = "the server"
    """Within a sentence: "start …"."""
    what: str = "a server"
    """What it is: "what answers is not …"."""
    port: int = 80
    """Where it listens if nobody says otherwise."""
    start: str = "start it, or check the address"
    login: str = "check the name and the password"
    """What to do where a login is wanted."""
    frozen: str = "look at its window, and restart it"
    """What to do when it has been silent for too long."""

    def at(self, place: str) -> str:
        """As a sentence begins: "ComfyUI at gamer:8188", "The server at gamer:8080/v1"."""
        return f"{self.name[:1].upper()}{self.name[1:]} at {place}"

    def in_between(self, status: int) -> tuple[str, str] | None:
        """Cause and remedy of a status that no such program gives, but a proxy, a login or a tunnel before it."""
        none = f"a proxy answers, and finds no {self.what.removeprefix('a ')} behind it"
        return {
            401: ("it wants a login", self.login),
            403: ("it lets nobody through", self.login),
            407: ("a proxy wants a login", PROXY),
            429: ("it lets no more requests through", "wait a little"),
            502: (none, f"start {self.name}"),
            503: (none, f"start {self.name}, or wait until it has started"),
            504: (f"a proxy answers, and {self.name} behind it does not", f"restart {self.name}"),
        }.get(status)


PROXY = "check the proxy that this machine is set up with (HTTP_PROXY, NO_PROXY)"

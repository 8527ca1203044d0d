"""What all tests share: nothing leaves this machine, and property tests are the same in every run."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from storyforge.illustration.comfyui.server import Server
from tests.fakes import FakeChat, FakeComfyUI

settings.register_profile(
    "storyforge", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], database=None
)
settings.load_profile("storyforge")

LOOPBACK = ("127.", "::1", "localhost")


def _only_loopback(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook of the interpreter: no patching, and nothing gets past it."""
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        host = str(arguments[1][0])
        if not host.startswith(LOOPBACK):
            raise AssertionError(f"a test tried to reach {host}")


sys.addaudithook(_only_loopback)

ROOT = Path(__file__).parent.parent


@pytest.fixture
def write(tmp_path: Path) -> Any:
    """write('story.yaml', text) -> its path, in a fresh folder."""

    def written(name: str, text: str | bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return written


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--comfyui", metavar="URL", help="run the protocol's tests against this server too")


@pytest.fixture
def comfyui() -> Iterator[FakeComfyUI]:
    """A ComfyUI of the tests' own, which fails as it is told to."""
    with FakeComfyUI() as fake:
        yield fake


@pytest.fixture
def chat() -> Iterator[FakeChat]:
    """A chat server of the tests' own, which answers and fails as it is told to."""
    with FakeChat() as fake:
        yield fake


@pytest.fixture
def server_url(request: pytest.FixtureRequest) -> str:
    """Address of the server named by --comfyui, or else of a fake one."""
    given: str | None = request.config.getoption("--comfyui")
    if given:
        return given.rstrip("/")
    fake: FakeComfyUI = request.getfixturevalue("comfyui")
    return fake.url


@pytest.fixture
def server(server_url: str) -> Iterator[Server]:
    """The server named by --comfyui, or the tests' own."""
    server = Server(server_url)
    yield server
    server.close()


@pytest.fixture
def fake(comfyui: FakeComfyUI) -> Iterator[Server]:
    """The tests' own server in any case: it can be made to fail."""
    server = Server(comfyui.url, patience=1.0, stall=1.0)
    yield server
    server.close()

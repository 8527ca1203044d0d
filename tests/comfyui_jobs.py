"""Jobs that need no weights, and what can stand between a client and a ComfyUI."""

from __future__ import annotations

import io
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
from PIL import Image

from storyforge.illustration.comfyui.job import Graph, Job

SIZE = (64, 48)


def noise(seed: int = 1, prefix: str = "", size: tuple[int, int] = SIZE, batch: int = 1) -> Graph:
    """EmptyImage → ImageAddNoise → SaveImage: a seeded picture, drawn by any ComfyUI in milliseconds."""
    empty = {"width": size[0], "height": size[1], "batch_size": batch, "color": 0}
    return {
        "1": {"class_type": "EmptyImage", "inputs": empty},
        "2": {"class_type": "ImageAddNoise", "inputs": {"image": ["1", 0], "seed": seed, "strength": 0.5}},
        "3": saved(["2", 0], prefix or f"storyforge-tests/{uuid.uuid4()}"),
    }


def saved(images: list[Any], prefix: str = "") -> dict[str, Any]:
    """A SaveImage node."""
    prefix = prefix or f"storyforge-tests/{uuid.uuid4()}"
    return {"class_type": "SaveImage", "inputs": {"images": images, "filename_prefix": prefix}}


def slow(seed: int = 1) -> Graph:
    """Some seconds on a processor: it keeps a real server busy for a moment."""
    return noise(seed, size=(2048, 2048), batch=6)


def busy_with(request: pytest.FixtureRequest, seconds: float) -> Any:
    """A graph that takes some seconds on whichever server it is."""
    seed = uuid.uuid4().int % 2**50
    if request.config.getoption("--comfyui"):
        return slow(seed)
    request.getfixturevalue("comfyui").seconds = seconds
    return noise(seed)


def a_job(graph: Graph | None = None, *, output: str = "3", **more: Any) -> Job:
    graph = noise() if graph is None else graph
    return Job(**{"id": str(uuid.uuid4()), "graph": graph, "output": output, **more})


def with_lora(name: str, strength: float = 1.0, seed: int = 5) -> Job:
    """Text to picture with a LoRA, as SDXL does it; node "2" loads the LoRA."""
    return a_job(
        {
            "1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "toy.safetensors"}},
            "2": {
                "class_type": "LoraLoader",
                "inputs": {
                    "model": ["1", 0],
                    "clip": ["1", 1],
                    "lora_name": name,
                    "strength_model": strength,
                    "strength_clip": strength,
                },
            },
            "4": {"class_type": "CLIPTextEncode", "inputs": {"text": "a fox", "clip": ["2", 1]}},
            "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 512, "height": 512, "batch_size": 1}},
            "6": {
                "class_type": "KSampler",
                "inputs": {
                    "model": ["2", 0],
                    "positive": ["4", 0],
                    "negative": ["4", 0],
                    "latent_image": ["5", 0],
                    "seed": seed,
                    "steps": 4,
                    "cfg": 1.0,
                    "sampler_name": "euler",
                    "scheduler": "simple",
                    "denoise": 1.0,
                },
            },
            "7": {"class_type": "VAEDecode", "inputs": {"samples": ["6", 0], "vae": ["1", 2]}},
            "3": saved(["7", 0]),
        },
        loras={"2": name},
    )


def png(size: tuple[int, int] = SIZE, color: tuple[int, int, int] = (200, 30, 60), form: str = "PNG") -> bytes:
    """A picture of two colours."""
    image = Image.new("RGB", size, color)
    image.paste((0, 0, 0), (0, 0, size[0] // 2, size[1] // 2))
    buffer = io.BytesIO()
    image.save(buffer, form)
    return buffer.getvalue()


def pixels(data: bytes) -> np.ndarray[Any, np.dtype[np.uint8]]:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


class Relay:
    """Hands connections on to a server, as a tunnel does; its websockets can be refused, or cut.

    `rewrite` changes what is sent to the server, but not its length.
    """

    def __init__(
        self, target: str, *, sockets: bool = True, rewrite: Callable[[bytes], bytes] = lambda data: data
    ) -> None:
        self._rewrite = rewrite
        parts = urlsplit(target)
        self._to, self._prefix = (parts.hostname or "", parts.port or 80), parts.path
        self.sockets = sockets
        self.seen: list[bytes] = []
        """The first lines of each connection."""
        self._cut: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}{self._prefix}"

    def __enter__(self) -> Relay:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut_sockets()

    def cut_sockets(self) -> None:
        while self._cut:
            with suppress(OSError):
                self._cut.pop().shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._connect, args=(client,), daemon=True).start()

    def _connect(self, client: socket.socket) -> None:
        with client, suppress(OSError):
            first = client.recv(65536)
            self.seen.append(first)
            is_socket = b"/ws?" in first.split(b"\r\n")[0]
            if is_socket and not self.sockets:
                client.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                return
            with socket.create_connection(self._to) as server:
                self._cut += [client, server] if is_socket else []
                server.sendall(self._rewrite(first))
                back = threading.Thread(target=_pour, args=(server, client), daemon=True)
                back.start()
                _pour(client, server, self._rewrite)
                back.join()


def _pour(source: socket.socket, into: socket.socket, rewrite: Callable[[bytes], bytes] = lambda data: data) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            into.sendall(rewrite(data))
    with suppress(OSError):
        into.shutdown(socket.SHUT_WR)


@contextmanager
def answering(
    status: int, body: bytes = b"", kind: str = "text/html", headers: Mapping[str, str] = {}
) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """A server that is no ComfyUI and says the same to everything. (its address, headers of each request)"""
    asked: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked.append(dict(self.headers))
            self.send_response(status)
            for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PATCH = _answer  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        server.server_close()


def until(condition: Any, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)

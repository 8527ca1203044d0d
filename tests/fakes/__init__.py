"""Servers that tests talk to: real HTTP and websockets on a thread, with failures on order."""

from tests.fakes.chat import Asked, ChatFail, FakeChat, Model
from tests.fakes.comfyui import FakeComfyUI
from tests.fakes.fail import Fail

__all__ = ["Asked", "ChatFail", "Fail", "FakeChat", "FakeComfyUI", "Model"]

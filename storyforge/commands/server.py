"""Which ComfyUI servers a command asks that belongs to no story."""

from __future__ import annotations

from collections.abc import Mapping

from storyforge.backend import find
from storyforge.illustration.comfyui.illustrator import ComfyUI
from storyforge.settings import Settings, settings_of


def servers(settings: Settings, url: str | None) -> tuple[tuple[str, ...], Mapping[str, str]]:
    """(addresses, headers) of the settings file; of another address that is given, only itself."""
    ours = find("illustrator", {"comfyui": settings_of("illustrator", "comfyui", settings)}, ComfyUI)
    if url is None or url in ours.urls:
        return ((url,) if url else ours.urls), ours.headers
    return (url,), {}

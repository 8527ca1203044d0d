"""What a server says about itself and the machine it runs on (`/system_stats`)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Device:
    name: str
    type: str
    """'cuda', 'mps', 'cpu' …"""
    vram_total: int
    """Bytes; of a processor, the machine's memory."""
    vram_free: int


@dataclass(frozen=True)
class Stats:
    """Sizes in bytes, 0 where the server does not tell."""

    version: str
    """As the server writes it; '' of very old ones, which do not tell."""
    numbers: tuple[int, ...]
    """Of its version, to compare: (0, 3, 64)."""
    devices: tuple[Device, ...]
    """The one it draws on first."""
    argv: tuple[str, ...]
    """The command line it was started with."""
    ram_total: int
    ram_free: int

    @classmethod
    def read(cls, told: Any) -> Stats:
        system = _mapping(_mapping(told).get("system"))
        devices = _mapping(told).get("devices")
        version = str(system.get("comfyui_version") or "")
        return cls(
            version=version,
            numbers=numbers(version),
            devices=tuple(_device(each) for each in devices if isinstance(each, dict))
            if isinstance(devices, list)
            else (),
            argv=tuple(map(str, system.get("argv") or ())),
            ram_total=_bytes(system.get("ram_total")),
            ram_free=_bytes(system.get("ram_free")),
        )

    @property
    def has_card(self) -> bool:
        """Whether it draws on a graphics card; without one a picture takes minutes."""
        return not self.devices or self.devices[0].type != "cpu"

    @property
    def vram_total(self) -> int:
        """Of the device it draws on."""
        return self.devices[0].vram_total if self.devices else 0

    @property
    def vram_free(self) -> int:
        return self.devices[0].vram_free if self.devices else 0


def numbers(version: str) -> tuple[int, ...]:
    """(0, 33, 0) of 'v0.33.0-12-gabcdef'; () of what holds no number."""
    found = re.search(r"\d+(\.\d+)*", version)
    return tuple(map(int, found[0].split("."))) if found else ()


def _device(told: dict[str, Any]) -> Device:
    return Device(
        name=str(told.get("name") or ""),
        type=str(told.get("type") or ""),
        vram_total=_bytes(told.get("vram_total")),
        vram_free=_bytes(told.get("vram_free")),
    )


def _bytes(value: Any) -> int:
    return int(value) if isinstance(value, int | float) else 0


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}

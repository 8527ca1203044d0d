"""Whether a workflow's weights fit the card, told before anything is loaded.

What does not fit stays in main memory, which needs room for it, and travels to the card at every step: that costs
time, and does not fail. Read from ComfyUI's model_management.py and cli_args.py, 0.3.64 and 0.33: so it goes with all
makers' cards, by `dynamic VRAM` or, in older versions and with others than NVIDIA's, by loading a part
(`lowvram_model_memory`). The exceptions are in `pages`.
"""

from __future__ import annotations

from collections.abc import Iterator

from storyforge.illustration.comfyui.catalogue import catalogue
from storyforge.illustration.comfyui.entry import GB, Entry
from storyforge.illustration.comfyui.stats import Stats, numbers
from storyforge.illustration.comfyui.weights import Load, load_by_catalogue

_WHOLE = {"--highvram", "--gpu-only"}
"""Options by which every model has to lie on the card whole, but for the one that goes before them."""

_DYNAMIC = "--enable-dynamic-vram"

TO_CARD = 10.0
"""GB a second from main memory to a card, about, over PCIe 3 ×16 or 4 ×8."""

MAC_SHARE = 0.75
"""Of a Mac's memory, what its graphics part may have."""


def card_of(stats: Stats) -> float:
    """GB that models may have; 0 where the server does not know (DirectML always says 1 GB)."""
    device = stats.devices[0] if stats.devices else None
    if device is None or device.type == "privateuseone":
        return 0.0
    return device.vram_total / GB * (MAC_SHARE if device.type == "mps" else 1)


def pages(stats: Stats) -> bool:
    """Whether what does not fit the card is loaded piece by piece. A Mac has one memory: nothing to load it from."""
    return not _is_mac(stats) and (_DYNAMIC in stats.argv or not _WHOLE & set(stats.argv))


def _is_mac(stats: Stats) -> bool:
    return any(device.type == "mps" for device in stats.devices[:1])


def on_processor(stats: Stats) -> bool:
    return "--cpu" in stats.argv or (bool(stats.devices) and stats.devices[0].type == "cpu")


def too_large(label: str, load: Load, stats: Stats) -> tuple[str, str] | None:
    """(cause, remedy) of weights that can not be drawn with; None if they fit, or if the server pages."""
    card, ram = card_of(stats), stats.ram_total / GB
    if not card or load.gb <= card or on_processor(stats):
        return None
    if not pages(stats):
        cause = f"{label} needs {load.gb:.1f} GB on the card at once, and it has {card:.1f}"
    elif ram and load.gb > card + ram:
        cause = f"{label} needs {load.gb:.1f} GB at once, and the card and main memory have {card + ram:.1f} together"
    else:
        return None
    return cause, "; or ".join([_fitting(card, stats), *_otherwise(stats), "--anyway"])


def _otherwise(stats: Stats) -> Iterator[str]:
    """How to start ComfyUI so that it pages."""
    for option in sorted(_WHOLE & set(stats.argv)):
        if not pages(stats) and not _is_mac(stats):
            yield f"start ComfyUI without {option}, so that it loads what does not fit piece by piece"


def cost(label: str, load: Load, stats: Stats, steps: int | None) -> Iterator[str]:
    """What a server that pages, or has no card, pays: a sentence each. All figures are estimates."""
    if on_processor(stats):
        yield f"ComfyUI has no graphics card to draw on: {label} takes minutes a picture"
        if load.gb > (ram := stats.ram_total / GB) > 0:
            yield f"{label} needs {load.gb:.1f} GB of memory, and the computer has {ram:.1f}"
        return
    card = card_of(stats)
    needs = f"{label} needs {load.gb:.1f} GB on a card of {card:.1f}"
    if not card or load.gb <= card:
        return
    if not pages(stats):
        yield f"{needs}: it may run out of memory"
    elif (over := load.drawing - card) > 0:
        seconds = over * (steps or 1) / TO_CARD
        more = f"; that costs about {seconds:.0f} s a picture" if steps and seconds >= 1 else ""
        yield f"{needs}: {over:.1f} GB travel to it at every step{more}"
    else:
        yield f"{needs}, though not at every step: {load.gb - card:.1f} GB travel to it once a picture"


def _fitting(card: float, stats: Stats) -> str:
    """Names of shipped workflows that fit it and run on this version, the first five."""
    known = [each for each in catalogue().entries if each.main.gb and not _too_new(each, stats)]
    some = [each.name for each in known if each.kind == "text" and load_by_catalogue(each) <= card][:5]
    return f"workflows that fit: {', '.join(some)}" if some else "no shipped workflow fits this card"


def _too_new(entry: Entry, stats: Stats) -> bool:
    return bool(stats.numbers) and stats.numbers < numbers(entry.since)

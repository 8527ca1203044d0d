"""Whether a workflow's weights fit the card, told before anything is loaded.

What is counted is what has to lie on the card at the same time. ComfyUI works in stages and takes the weights of one
stage off the card before those of the next:

    reading the prompt       all text encoders that one loader loads together
    looking at a portrait    the CLIP vision model
    drawing                  the model, with what is patched into it (ControlNet, model patch, IP-Adapter), and room to
                             work in. LoRAs add nothing: they are worked into weights that are there already
    decoding, enlarging      the VAE; the upscaler

So a set of 19 GB in three files runs on a card of 16 GB. A checkpoint holds encoder, model and VAE in one file, and no
server tells how much is which: it counts whole, and no room is added, unless the catalogue knows its largest part.

What does not fit stays in main memory, which needs room for it, and travels to the card at every step: that costs
time, and does not fail. Read from ComfyUI's model_management.py and cli_args.py, 0.3.64 and 0.33: so it goes with all
makers' cards, by `dynamic VRAM` or, in older versions and with others than NVIDIA's, by loading a part
(`lowvram_model_memory`). The exceptions are in `pages`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from storyforge.illustration.comfyui.catalogue import catalogue
from storyforge.illustration.comfyui.entry import GB, Entry, File
from storyforge.illustration.comfyui.job import Graph
from storyforge.illustration.comfyui.stats import Stats, numbers

WORKING = 1.0
"""GB that drawing a picture of one or two megapixels takes beside the weights: an estimate."""

_WHOLE = {"--highvram", "--gpu-only"}
"""Options by which every model has to lie on the card whole, but for the one that goes before them."""

_DYNAMIC = "--enable-dynamic-vram"

TO_CARD = 10.0
"""GB a second from main memory to a card, about, over PCIe 3 ×16 or 4 ×8."""

MAC_SHARE = 0.75
"""Of a Mac's memory, what its graphics part may have."""

_FOLDERS = {
    "ckpt_name": "checkpoints",
    "unet_name": "diffusion_models",
    "clip_name": "text_encoders",
    "vae_name": "vae",
    "control_net_name": "controlnet",
    "ipadapter_file": "ipadapter",
}
_FOLDERS_BY_CLASS = {
    ("CLIPVisionLoader", "clip_name"): "clip_vision",
    ("ModelPatchLoader", "name"): "model_patches",
    ("UpscaleModelLoader", "model_name"): "upscale_models",
}
_PATCHES = ("controlnet", "model_patches", "ipadapter")

Sizes = Mapping[str, Mapping[str, int]]
"""Folder -> file name -> bytes, as far as a server tells."""


@dataclass(frozen=True)
class Load:
    """What a workflow puts on the card at once, in GB, and files that nobody knows the size of."""

    gb: float
    unknown: tuple[str, ...] = ()
    drawing: float = 0.0
    """GB of it that every step needs; the rest only reads the prompt, or works on the picture once."""


def folder_of(kind: str, name: str) -> str:
    """The model folder that this input of a class of nodes takes files from; '' if it takes none, or LoRAs."""
    return _FOLDERS_BY_CLASS.get((kind, name)) or _FOLDERS.get(name.rstrip("1234"), "")


def folders(graph: Graph) -> set[str]:
    return {folder for _, folder, _ in _loaded(graph)}


def load_of(graph: Graph, sizes: Sizes) -> Load:
    known = {file.name: file for entry in catalogue().entries for file in entry.files}
    models, others = list[float](), dict[str, float]()
    patches, unknown = 0.0, []
    for node, folder, name in _loaded(graph):
        gb = _gb(name, sizes.get(folder, {}), known.get(_plain(name)))
        if gb is None:
            unknown.append(name)
        elif folder in _PATCHES:
            patches += gb
        elif folder in ("checkpoints", "diffusion_models"):
            models.append(gb * _cast(graph[node]["inputs"], name) + _room(folder, name, gb, known))
        else:
            others[node] = others.get(node, 0.0) + gb
    drawing = max(models, default=0.0) + patches
    return Load(max((drawing, *others.values())), tuple(unknown), drawing)


def load_by_catalogue(entry: Entry) -> float:
    """GB at once, without a server: of the files as they are downloaded."""
    model = entry.main.holds or entry.main.gb or 0.0
    room = WORKING if entry.main.folder == "diffusion_models" or entry.main.holds else 0.0
    patches = sum(file.gb or 0 for file in entry.files if file.folder in _PATCHES)
    encoders = sum(file.gb or 0 for file in entry.files if file.folder == "text_encoders")
    return max(model + patches + room, encoders)


def card_of(stats: Stats) -> float:
    """GB that models may have; 0 where the server does not know (DirectML always says 1 GB)."""
    device = stats.devices[0] if stats.devices else None
    if device is None or device.type == "privateuseone":
        return 0.0
    return device.vram_total / GB * (MAC_SHARE if device.type == "mps" else 1)


def pages(stats: Stats) -> bool:
    """Whether what does not fit the card is loaded piece by piece. A Mac has one memory: nothing to load it from."""
    if any(device.type == "mps" for device in stats.devices[:1]):
        return False
    return _DYNAMIC in stats.argv or not _WHOLE & set(stats.argv)


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
        if not pages(stats):
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
    if card and (over := load.drawing - card) > 0:
        seconds = over * (steps or 1) / TO_CARD
        more = f"; that costs about {seconds:.0f} s a picture" if steps and seconds >= 1 else ""
        yield f"{needs}: {over:.1f} GB travel to it at every step{more}"
    elif card and load.gb > card:
        yield f"{needs}, though not at every step: {load.gb - card:.1f} GB travel to it once a picture"


def _fitting(card: float, stats: Stats) -> str:
    """Names of shipped workflows that fit it and run on this version, the first five."""
    known = [each for each in catalogue().entries if each.main.gb and not _too_new(each, stats)]
    some = [each.name for each in known if each.kind == "text" and load_by_catalogue(each) <= card][:5]
    return f"workflows that fit: {', '.join(some)}" if some else "no shipped workflow fits this card"


def _too_new(entry: Entry, stats: Stats) -> bool:
    return bool(stats.numbers) and stats.numbers < numbers(entry.since)


def _loaded(graph: Graph) -> Iterator[tuple[str, str, str]]:
    """(node, folder, file) of each model file."""
    for node, content in graph.items():
        for name, value in content["inputs"].items():
            folder = folder_of(str(content["class_type"]), name)
            if folder and isinstance(value, str) and "." in value:
                yield node, folder, value


def _gb(name: str, told: Mapping[str, int], known: File | None) -> float | None:
    """The server's word first: files of one name may differ."""
    spelled = {_slashed(each): size for each, size in told.items()}
    size = spelled.get(_slashed(name), 0) / GB
    if known and known.holds and (not size or abs(size - (known.gb or 0)) < 0.5):
        return known.holds
    return size or (known.gb if known else None)


def _cast(inputs: Mapping[str, object], name: str) -> float:
    """UNETLoader can make weights of 16 bits into 8."""
    halved = str(inputs.get("weight_dtype", "")).startswith("fp8") and not any(b in name for b in ("fp8", "int8"))
    return 0.5 if halved else 1.0


def _room(folder: str, name: str, gb: float, known: Mapping[str, File]) -> float:
    file = known.get(_plain(name))
    part = file is not None and file.holds == gb
    return WORKING if folder == "diffusion_models" or part else 0.0


def _plain(name: str) -> str:
    return _slashed(name).rpartition("/")[2]


def _slashed(name: str) -> str:
    return name.replace("\\", "/")

"""What of a workflow's weights has to lie on the card at the same time.

ComfyUI works in stages and takes the weights of one stage off the card before those of the next:

    reading the prompt       all text encoders that one loader loads together
    looking at a portrait    the CLIP vision model
    drawing                  the model, with what is patched into it (ControlNet, model patch, IP-Adapter), and room to
                             work in. LoRAs add nothing: they are worked into weights that are there already
    decoding, enlarging      the VAE; the upscaler

So a set of 19 GB in three files runs on a card of 16 GB. A checkpoint holds encoder, model and VAE in one file, and no
server tells how much is which: it counts whole, and no room is added, unless the catalogue knows its largest part.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from storyforge.illustration.comfyui.catalogue import catalogue
from storyforge.illustration.comfyui.entry import GB, Entry, File
from storyforge.illustration.comfyui.job import Graph

WORKING = 1.0
"""GB that drawing a picture of one or two megapixels takes beside the weights: an estimate."""

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

"""Pictures made of what the graph asks for: equal requests give equal pixels, others give others.

No model, but what a client can tell apart is as with one: sizes, source pictures, strength of change, masks, batches,
LoRAs. A LoRA that is left out or of strength 0 gives the pixels of the graph without it.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Set
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter, PngImagePlugin

from tests.fakes.disk import Disk

Graph = dict[str, dict[str, Any]]
Pixels = NDArray[np.uint8]
Size = tuple[int, int]  # width, height

PICTURE_INPUTS = ("pixels", "samples", "latent_image", "latent", "image", "images", "input", "image1", "destination")


def signature(graph: Graph, node_id: str, disk: Disk, left_out: Set[str] | None = None, slot: int = 0) -> str:
    """Stands for all that decides what a node gives: its class and inputs, and those of all before it.

    With `left_out` (names of LoRAs) equal signatures mean equal pixels; without, an equal entry of the node cache.
    """
    return _signature(graph, node_id, slot, disk, left_out, {})


def _signature(
    graph: Graph, node_id: str, slot: int, disk: Disk, left_out: Set[str] | None, known: dict[tuple[str, int], str]
) -> str:
    if (node_id, slot) not in known:
        node = graph[node_id]
        inputs = node["inputs"]
        if left_out is not None and (through := _through(node, slot, left_out)):
            known[node_id, slot] = _signature(graph, *through, disk, left_out, known)
        else:
            given = {
                name: _signature(graph, *value, disk, left_out, known) if is_link(value) else value
                for name, value in inputs.items()
            }
            seen = [node["class_type"], slot, given, _loaded(node, disk)]
            known[node_id, slot] = hashlib.sha256(json.dumps(seen, sort_keys=True).encode()).hexdigest()
    return known[node_id, slot]


def is_link(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and isinstance(value[1], int)


def _through(node: dict[str, Any], slot: int, left_out: Set[str]) -> list[Any] | None:
    """The link behind a LoRA that does nothing."""
    inputs = node["inputs"]
    if not node["class_type"].startswith("LoraLoader"):
        return None
    if inputs["lora_name"] not in left_out and (inputs["strength_model"] or inputs.get("strength_clip")):
        return None
    link: list[Any] = inputs["clip" if slot else "model"]
    return link


def _loaded(node: dict[str, Any], disk: Disk) -> str:
    """Files are part of what a node gives: overwriting one runs the graph again."""
    if not node["class_type"].startswith("LoadImage"):
        return ""
    return hashlib.sha256(disk.find(node["inputs"]["image"]) or b"").hexdigest()


class Brush:
    """Paints the picture that a node gives; `index` in a batch."""

    def __init__(self, graph: Graph, disk: Disk, left_out: Set[str] = frozenset(), index: int = 0) -> None:
        self.graph, self.disk, self.left_out, self.index = graph, disk, left_out, index

    def picture(self, link: list[Any]) -> Pixels:
        """Height × width × 3 of what comes out of [node, slot]."""
        node = self.graph[link[0]]
        inputs = node["inputs"]
        match node["class_type"]:
            case "EmptyImage":
                colour = [inputs.get("color", 0) >> shift & 255 for shift in (16, 8, 0)]
                return np.full((inputs["height"], inputs["width"], 3), colour, np.uint8)
            case "LoadImage" | "LoadImageOutput":
                return np.asarray(self._file(inputs["image"]).convert("RGB"))
            case "ImageAddNoise":
                return self._blend(self.picture(inputs["image"]), link, inputs["strength"])
            case "ImageCompositeMasked":
                return self._composite(inputs)
            case "MaskToImage":
                return np.asarray(self._mask_image(inputs["mask"]).convert("RGB"))
            case "VAEEncode" | "VAEEncodeTiled" | "VAEEncodeForInpaint":
                return self._through_vae(self.picture(inputs["pixels"]))
        return self._any(node, link)

    def batch(self, link: list[Any]) -> int:
        """How many pictures come out: the greatest batch_size of what lies before it."""
        inputs = self.graph[link[0]]["inputs"]
        before = [self.batch(value) for value in inputs.values() if is_link(value)]
        return max([1, *before, *([inputs["batch_size"]] if isinstance(inputs.get("batch_size"), int) else [])])

    def _any(self, node: dict[str, Any], link: list[Any]) -> Pixels:
        """Nodes without a rule of their own: samplers change what they get, all others size it or pass it on."""
        inputs = node["inputs"]
        if "latent_image" in inputs:
            return self._blend(self.picture(inputs["latent_image"]), link, self._denoise(inputs))
        source = next((inputs[name] for name in PICTURE_INPUTS if is_link(inputs.get(name))), None)
        if source is None:
            width, height = (self._number(inputs.get(name, 512)) for name in ("width", "height"))
            return np.zeros((height // 8 * 8 or 8, width // 8 * 8 or 8, 3), np.uint8)
        return self._sized(node, self.picture(source))

    def _number(self, value: Any) -> int:
        """A number, or what GetImageSize and the like give for one."""
        if not is_link(value):
            return int(value)
        inputs = self.graph[value[0]]["inputs"]
        if is_link(inputs.get("image")):
            height, width, _ = self.picture(inputs["image"]).shape
            return (width, height)[value[1]] if value[1] < 2 else 1
        return self._number(inputs.get("value", 512))

    def _denoise(self, inputs: dict[str, Any]) -> float:
        if is_link(inputs.get("sigmas")):
            inputs = self.graph[inputs["sigmas"][0]]["inputs"]
        return float(inputs.get("denoise", 1.0))

    def _sized(self, node: dict[str, Any], pixels: Pixels) -> Pixels:
        inputs, (height, width, _) = node["inputs"], pixels.shape
        chosen = str(inputs.get("resize_type", ""))
        if {"width", "height"} <= inputs.keys() and "Scale" in node["class_type"]:
            return _resized(pixels, (self._number(inputs["width"]), self._number(inputs["height"])))
        if "megapixels" in inputs:
            return _resized(pixels, _megapixels(width, height, inputs["megapixels"]))
        if node["class_type"] == "ImageUpscaleWithModel":
            name = self.graph[inputs["upscale_model"][0]]["inputs"]["model_name"].lower()
            factor = 2 if "2x" in name or "x2" in name else 4
            return _resized(pixels, (width * factor, height * factor))
        factor = inputs.get("scale_by", inputs.get("resize_type.multiplier") if "multiplier" in chosen else None)
        return _resized(pixels, (round(width * factor), round(height * factor))) if factor else pixels

    def _blend(self, pixels: Pixels, link: list[Any], strength: float) -> Pixels:
        seen = signature(self.graph, link[0], self.disk, self.left_out)
        seed = int.from_bytes(hashlib.sha256(f"{seen}{self.index}".encode()).digest()[:8], "big")
        height, width, _ = pixels.shape
        grain = np.random.default_rng(seed).integers(0, 256, (8, 8, 3), np.uint8)
        noise = Image.fromarray(grain).resize((width, height), Image.Resampling.BILINEAR)
        return np.asarray(Image.blend(Image.fromarray(pixels), noise, strength))

    def _through_vae(self, pixels: Pixels) -> Pixels:
        """Whole blocks of 8 pixels, and no pixel quite what it was."""
        height, width, _ = pixels.shape
        return np.bitwise_xor(pixels[: height // 8 * 8, : width // 8 * 8], 1)

    def _composite(self, inputs: dict[str, Any]) -> Pixels:
        into, source = self.picture(inputs["destination"]).copy(), self.picture(inputs["source"])
        x, y = self._number(inputs.get("x", 0)), self._number(inputs.get("y", 0))
        if inputs.get("resize_source"):
            source = _resized(source, (into.shape[1], into.shape[0]))
        part = into[y : y + source.shape[0], x : x + source.shape[1]]
        source = source[: part.shape[0], : part.shape[1]]
        mask = self._mask(inputs["mask"], (source.shape[1], source.shape[0])) if "mask" in inputs else 1.0
        part[:] = np.rint(part * (1 - mask) + source * mask)
        return into

    def _mask(self, link: list[Any], size: Size) -> NDArray[np.float64]:
        """Height × width × 1, 1 where the mask is white."""
        return np.asarray(self._mask_image(link).resize(size, Image.Resampling.BILINEAR))[..., None] / 255

    def _mask_image(self, link: list[Any]) -> Image.Image:
        node = self.graph[link[0]]
        inputs = node["inputs"]
        match node["class_type"]:
            case "LoadImage":
                return _inverted(self._channel(inputs["image"], "A"))
            case "LoadImageMask":
                channel = inputs["channel"][0].upper()
                mask = self._channel(inputs["image"], channel)
                return _inverted(mask) if channel == "A" else mask
            case "GrowMask":
                grow = max(0, int(inputs["expand"]))
                return self._mask_image(inputs["mask"]).filter(ImageFilter.MaxFilter(2 * grow + 1))
            case "InvertMask":
                return _inverted(self._mask_image(inputs["mask"]))
            case "ImageToMask":
                pixels = self.picture(inputs["image"])
                return Image.fromarray(pixels[..., "RGB".find(inputs["channel"][0].upper())])
        return self._mask_image(inputs["mask"])

    def _channel(self, name: str, channel: str) -> Image.Image:
        return self._file(name).convert("RGBA").getchannel(channel)

    def _file(self, name: str) -> Image.Image:
        return Image.open(io.BytesIO(self.disk.find(name) or b""))


def _inverted(mask: Image.Image) -> Image.Image:
    return mask.point(lambda value: 255 - value)


def _resized(pixels: Pixels, size: Size) -> Pixels:
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BILINEAR))


def _megapixels(width: int, height: int, megapixels: float) -> Size:
    factor = (megapixels * 1024 * 1024 / (width * height)) ** 0.5
    return round(width * factor), round(height * factor)


def png(pixels: Pixels, graph: Graph | None = None, workflow: Any = None) -> bytes:
    """As SaveImage writes it, with the graph in it unless the server runs with --disable-metadata."""
    text = PngImagePlugin.PngInfo()
    if graph is not None:
        text.add_text("prompt", json.dumps(graph))
    if workflow is not None:
        text.add_text("workflow", json.dumps(workflow))
    return _encoded(pixels, "PNG", compress_level=1, pnginfo=text)


def jpeg(pixels: Pixels, side: int = 128) -> bytes:
    """A preview: small, as a latent is."""
    small = Image.fromarray(pixels)
    small.thumbnail((side, side))
    return _encoded(np.asarray(small), "JPEG")


def _encoded(pixels: Pixels, form: str, **options: Any) -> bytes:
    written = io.BytesIO()
    Image.fromarray(pixels).save(written, form, **options)
    return written.getvalue()

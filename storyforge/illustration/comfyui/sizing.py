"""How large the picture of a graph will be, as far as the graph shows it.

Many exports draw small and enlarge on the way to the output, by a factor or by a model, so that what comes back has
another size than was asked for, rightly. Only where nothing between the node that sets the size and the output can
change it is another size a mistake.
"""

from __future__ import annotations

from storyforge.illustration.comfyui.job import Graph
from storyforge.illustration.comfyui.links import Target, link, literal

_KEEPS = {
    "SaveImage": "images",
    "PreviewImage": "images",
    "SaveImageWebsocket": "images",
    "VAEDecode": "samples",
    "VAEDecodeTiled": "samples",
    "VAEEncode": "pixels",
    "VAEEncodeTiled": "pixels",
    "VAEEncodeForInpaint": "pixels",
    "KSampler": "latent_image",
    "KSamplerAdvanced": "latent_image",
    "SamplerCustom": "latent_image",
    "SamplerCustomAdvanced": "latent_image",
    "SetLatentNoiseMask": "samples",
    "ImageCompositeMasked": "destination",
    "ImageInvert": "image",
    "ImageSharpen": "image",
    "ImageBlur": "image",
    "ImageAddNoise": "image",
    "SeedVR2PostProcessing": "original_resized_images",
}
"""Class of a node that gives a picture as large as the one it gets -> the input where it gets it."""

_SETS = ("ImageScale", "LatentUpscale")
"""Classes that make a picture as large as their `width` and `height` say, beside all that begin with Empty."""


def size_made(graph: Graph, output: str) -> tuple[int, int] | None:
    """(width, height) in pixels of the picture of this node; None where the graph does not show it."""
    node, passed = output, set[str]()
    while node in graph and node not in passed:
        passed.add(node)
        kind = str(graph[node]["class_type"])
        if kind in _SETS or kind.startswith("Empty"):
            return _set(graph, node)
        to = link(graph[node]["inputs"].get(_KEEPS.get(kind, "")))
        if to is None:
            return None
        node = to.node
    return None


def _set(graph: Graph, node: str) -> tuple[int, int] | None:
    width, height = (_number(graph, node, side) for side in ("width", "height"))
    return (width, height) if width and height else None  # 0 keeps the shape: the other side then follows from it


def _number(graph: Graph, node: str, side: str) -> int:
    """0 where it is worked out by other nodes."""
    if side not in graph[node]["inputs"] or (at := literal(graph, Target(node, side))) is None:
        return 0
    value = graph[at.node]["inputs"][at.input]
    return value if isinstance(value, int) else 0

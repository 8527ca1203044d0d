"""What a text encoder makes of a prompt's signs, and how to have it read the words as words.

CLIP and T5 (SD, SDXL, SD3, FLUX.1) take `(x:1.2)` as a weight; a language model as encoder (Z-Image, Qwen-Image,
FLUX.2) does not. All of them look for `embedding:name` after a space. Source: ComfyUI, comfy/sd1_clip.py:
`escape_important` makes `\\(` a plain bracket in both cases; a backslash before anything else is a backslash.
"""

from __future__ import annotations

import re

from storyforge.illustration.comfyui.job import Graph
from storyforge.illustration.comfyui.links import linked, walk

_LANGUAGE_MODELS = re.compile(
    r"qwen(?!_3_06b)|mistral|ministral|gemma_?[34]|gpt_oss"  # file names of encoders; Anima's small Qwen goes with a T5
    r"|z[-_. ]?image|flux[-_. ]?[23]|klein|hidream[-_]o1|krea[-_]?2|moss[-_]image|ernie",  # of checkpoints
    re.IGNORECASE,
)
_LANGUAGE_MODEL_TYPES = {"flux2", "flux3", "qwen_image", "krea2", "moss_image", "longcat_image", "ovis", "ideogram4"}


def reads_weights(graph: Graph, node: str) -> bool:
    """Whether the encoder behind this text takes brackets as weights. True where it cannot be known.

    True is the safe answer: an encoder that knows no weights reads `\\(` as a plain bracket all the same.
    """
    loaders = [each for each in _clip_chain(graph, node) if "clip" not in linked(graph, each)]
    for loader in loaders:
        inputs = graph[loader]["inputs"]
        if inputs.get("type") in _LANGUAGE_MODEL_TYPES:
            return False
        files = [v for name, v in inputs.items() if isinstance(v, str) and ("name" in name or "ckpt" in name)]
        if len(files) == 1 and _LANGUAGE_MODELS.search(files[0]):  # with several, one of them is a CLIP or T5
            return False
    return True


def _clip_chain(graph: Graph, node: str) -> list[str]:
    """What the text goes through and is encoded by. From a primitive, its readers are looked at first."""
    if "clip" not in linked(graph, node):
        readers = [each for each in graph if any(to.node == node for to in linked(graph, each).values())]
        encoders = [each for each in readers if "clip" in linked(graph, each)]
        return [found for each in encoders for found in _clip_chain(graph, each)]

    def onward(at: str) -> list[str]:
        to = linked(graph, at).get("clip")
        return [to.node] if to else []

    return list(walk([node], onward))


def as_words(text: str, weights: bool) -> str:
    """The text so that an encoder reads every sign of it as written. `weights`: it takes brackets as weights."""
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # half an emoji cannot be sent
    text = text.replace("\0", "").replace("embedding:", "embedding :")
    return text.replace("(", "\\(").replace(")", "\\)") if weights else text

"""What a text encoder makes of a prompt's signs, and how to have it read the words as words.

CLIP and T5 (SD, SDXL, SD3, FLUX.1) take `(x:1.2)` as a weight; a language model as encoder (Z-Image, Qwen-Image,
FLUX.2) does not. All of them look for `embedding:name` after a space. Source: ComfyUI, comfy/sd1_clip.py:
`escape_important` makes `\\(` a plain bracket in both cases; a backslash before anything else is a backslash.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from storyforge.illustration.comfyui.job import Graph
from storyforge.illustration.comfyui.links import linked, walk
from storyforge.illustration.prompts import Encoder, Weighed, escaped

_LANGUAGE_MODELS = re.compile(
    r"qwen(?!_3_06b)|mistral|ministral|gemma_?[34]|gpt_oss"  # file names of encoders; Anima's small Qwen goes with a T5
    r"|z[-_. ]?image|flux[-_. ]?[23]|klein|hidream[-_]o1|krea[-_]?2|moss[-_]image|ernie",  # of checkpoints
    re.IGNORECASE,
)
_CLIP_TYPES = {"stable_diffusion", "sdxl"}
_NO_CLIP = re.compile(  # file names of encoders and checkpoints that read whole sentences, alone or beside a CLIP
    r"t5|qwen|gemma|llama|flux|sd[-_. ]?3|aura|pixart|chroma|hidream|lumina|kolors|hunyuan|cascade|wan[-_. ]?2|anima",
    re.IGNORECASE,
)
_LATER = ("EmptySD3Latent", "EmptyFlux", "EmptyHunyuan", "FluxGuidance", "ModelSamplingFlux", "ModelSamplingAuraFlow")
_LANGUAGE_MODEL_TYPES = {"flux2", "flux3", "qwen_image", "krea2", "moss_image", "longcat_image", "ovis", "ideogram4"}


def encoder_of(graph: Graph, node: str) -> Encoder:
    """What reads this text, as far as the graph shows. T5 where it cannot be known: plain sentences do for all."""
    if not reads_weights(graph, node):
        return "llm"
    loaders = [graph[each]["inputs"] for each in _loaders(graph, node)]
    later = any(str(each["class_type"]).startswith(_LATER) for each in graph.values())
    return "clip" if loaders and not later and all(map(_loads_clip, loaders)) else "t5"


def _loads_clip(inputs: Mapping[str, Any]) -> bool:
    if any(_NO_CLIP.search(file) for file in _files(inputs)):
        return False
    return inputs.get("type") in _CLIP_TYPES or ("ckpt_name" in inputs and "type" not in inputs)


def reads_weights(graph: Graph, node: str) -> bool:
    """Whether the encoder behind this text takes brackets as weights. True where it cannot be known.

    True is the safe answer: an encoder that knows no weights reads `\\(` as a plain bracket all the same.
    """
    for loader in _loaders(graph, node):
        inputs = graph[loader]["inputs"]
        if inputs.get("type") in _LANGUAGE_MODEL_TYPES:
            return False
        files = _files(inputs)
        if len(files) == 1 and _LANGUAGE_MODELS.search(files[0]):  # with several, one of them is a CLIP or T5
            return False
    return True


def _loaders(graph: Graph, node: str) -> list[str]:
    """The nodes that load what encodes this text."""
    return [each for each in _clip_chain(graph, node) if "clip" not in linked(graph, each)]


def _files(inputs: Mapping[str, Any]) -> list[str]:
    return [v for name, v in inputs.items() if isinstance(v, str) and ("name" in name or "ckpt" in name)]


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
    """The text so that an encoder reads every sign of it as written. `weights`: it takes brackets as weights.

    Those of a Weighed prompt weigh, and are left alone.
    """
    weighed = isinstance(text, Weighed)
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # half an emoji cannot be sent
    text = text.replace("\0", "").replace("embedding:", "embedding :")
    return escaped(text) if weights and not weighed else text

"""The nodes whose pictures are wanted, among all that save or show one: the picture, and perhaps its depth map."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from pathlib import Path

from storyforge.errors import BadSettings
from storyforge.illustration.comfyui.job import Graph
from storyforge.illustration.comfyui.links import Target, link, readers, shown

ONLY_MAKE = frozenset(
    """
    CheckpointLoaderSimple UNETLoader UnetLoaderGGUF CLIPLoader DualCLIPLoader DualCLIPLoaderGGUF TripleCLIPLoader
    QuadrupleCLIPLoader VAELoader LoraLoader LoraLoaderModelOnly ControlNetLoader CLIPVisionLoader StyleModelLoader
    ModelPatchLoader UpscaleModelLoader LoadImage LoadImageMask CLIPTextEncode ConditioningZeroOut EmptyImage
    EmptyLatentImage EmptySD3LatentImage EmptyFlux2LatentImage KSampler KSamplerAdvanced SamplerCustom
    SamplerCustomAdvanced KSamplerSelect BasicScheduler BasicGuider CFGGuider RandomNoise VAEDecode VAEDecodeTiled
    VAEEncode VAEEncodeTiled ImageScale ImageScaleBy ImageUpscaleWithModel LatentUpscale LatentUpscaleBy
    """.split()
)
"""Classes of nodes that do nothing but make something for others. Of those we do not know, some save or show it."""


def output_of(path: Path, graph: Graph, marked: Sequence[Target], depth: str = "") -> str:
    """The marked output, else the only node that saves pictures, else the only one that previews them.

    `depth`: the node that gives the depth map, which is none of them.
    """
    if depth in [target.node for target in marked]:
        raise BadSettings(
            f"{path}: {shown(graph, depth)} is marked as the output and as its depth map",
            "mark a node of its own for each, and export again",
        )
    saving = [node for node in graph if _saves_picture(graph, node)]
    for nodes in ([target.node for target in marked], _but(depth, saving), _but(depth, _previews(graph))):
        if len(nodes) == 1:
            return nodes[0]
        if nodes:
            names = "; ".join(shown(graph, node) for node in nodes)
            raise BadSettings(
                f"{path}: {len(nodes)} nodes could be the output: {names}",
                "add storyforge:output to the title of the one that is meant, and export again",
            )
    raise BadSettings(f"{path} saves no picture", "end it with a SaveImage node and export it again")


def depth_of(path: Path, graph: Graph, marked: Sequence[Target]) -> Target | None:
    """The node that gives the picture's depth map, if one is marked."""
    if len(marked) > 1:
        names = "; ".join(shown(graph, target.node) for target in marked)
        raise BadSettings(f"{path} has storyforge:depth on {len(marked)} nodes: {names}", "mark one of them")
    for target in marked:
        if not _saves_picture(graph, target.node) and target.node not in _previews(graph):
            raise BadSettings(
                f"{path}: storyforge:depth is on {shown(graph, target.node)}, which saves no picture",
                "mark the SaveImage node that saves the depth map, and export again",
            )
    return marked[0] if marked else None


def _but(left_out: str, nodes: Sequence[str]) -> list[str]:
    return [node for node in nodes if node != left_out]


def _saves_picture(graph: Graph, node: str) -> bool:
    kind = str(graph[node]["class_type"]).lower()
    return "save" in kind and "image" in kind and any(link(value) for value in graph[node]["inputs"].values())


def _previews(graph: Graph) -> list[str]:
    return [node for node in graph if graph[node]["class_type"] == "PreviewImage"]


def save_as(graph: Graph, output: str, marked: Sequence[Target], prefix: str) -> None:
    """A prefix of its own for each job: else an equal graph would give back an old file, which may be gone.

    Nodes that leave no file that can be fetched later (over the websocket, or in the temporary folder) save instead.
    """
    node = graph[output]
    if node["class_type"] in ("SaveImageWebsocket", "PreviewImage"):
        node["class_type"] = "SaveImage"
        node["inputs"]["filename_prefix"] = prefix
    if "filename_prefix" in node["inputs"]:
        node["inputs"]["filename_prefix"] = prefix
    for target in marked:
        graph[target.node]["inputs"][target.input] = prefix


def plain_prefix(prefix: str) -> str:
    """Servers expand %date% and the like, and refuse to leave their folder."""
    parts = [part for part in re.sub(r"[^\w./ -]", "_", prefix).split("/") if part.strip(". ")]
    return "/".join(parts) or "storyforge"


def leave_out_other_outputs(graph: Graph, wanted: Collection[str]) -> None:
    """Other pictures are not saved: each would take time and disk. What feeds them then does not run either."""
    for node in [each for each in graph if _saves_picture(graph, each) or graph[each]["class_type"] == "PreviewImage"]:
        if node not in wanted and not any(True for _ in readers(graph, node)):
            del graph[node]


def leave_out_unread(graph: Graph, wanted: Collection[str]) -> None:
    """What is made for nobody: a loader left beside the workflow, what fed other pictures. Some of it has no file."""
    while unread := [node for node in graph if node not in wanted and _is_unread(graph, node)]:
        for node in unread:
            del graph[node]


def _is_unread(graph: Graph, node: str) -> bool:
    return graph[node]["class_type"] in ONLY_MAKE and not any(True for _ in readers(graph, node))

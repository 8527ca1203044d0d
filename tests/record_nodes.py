"""Writes tests/data/comfyui_nodes.json: how ComfyUI itself describes the nodes that the tests' server knows.

    python -m tests.record_nodes http://127.0.0.1:8188 [address of an older server] > tests/data/comfyui_nodes.json

Only what validation compares with is kept: names, types, limits, choices. Lists of files are emptied, they belong to
one machine. With an older server, classes that it lacks are marked.
"""

from __future__ import annotations

import json
import re
import sys
from typing import Any

import requests

KEPT = ("default", "min", "max", "step", "options", "multiselect", "image_upload", "forceInput")
MOST_CHOICES = 60
FILE = re.compile(r".*\.(safetensors|sft|gguf|ckpt|pt|pth|bin|pkl|png|jpe?g|webp)( \[\w+\])?$")
CLASSES = """
    BasicGuider BasicScheduler BetaSamplingScheduler Canny CFGGuider CFGNorm CheckpointLoaderSimple CLIPLoader
    CLIPSetLastLayer CLIPTextEncode CLIPTextEncodeFlux CLIPTextEncodeSD3 CLIPTextEncodeSDXL CLIPVisionEncode
    CLIPVisionLoader ConditioningCombine ConditioningConcat ConditioningSetTimestepRange ConditioningZeroOut
    ControlNetApply ControlNetApplyAdvanced ControlNetApplySD3 ControlNetInpaintingAliMamaApply ControlNetLoader
    DifferentialDiffusion DualCFGGuider DualCLIPLoader EmptyFlux2LatentImage EmptyHiDreamO1LatentImage EmptyImage
    EmptyLatentImage EmptySD3LatentImage Flux2Scheduler FluxDisableGuidance FluxGuidance FluxKontextImageScale
    FluxKontextMultiReferenceLatentMethod GetImageSize GrowMask ImageAddNoise ImageBatch ImageBlend ImageBlur
    ImageCompositeMasked ImageCrop ImageInvert ImagePadForOutpaint ImageScale ImageScaleBy ImageScaleToMaxDimension
    ImageScaleToTotalPixels ImageSharpen ImageStitch ImageToMask ImageUpscaleWithModel InpaintModelConditioning
    InvertMask KSampler KSamplerAdvanced KSamplerSelect LatentUpscale LatentUpscaleBy LoadImage LoadImageMask
    LoadImageOutput LoraLoader LoraLoaderModelOnly ManualSigmas MaskToImage ModelNoiseScale ModelPatchLoader
    ModelSamplingAuraFlow ModelSamplingDiscrete ModelSamplingFlux ModelSamplingSD3 PreviewAny PreviewImage
    PrimitiveFloat PrimitiveInt PrimitiveString PrimitiveStringMultiline QuadrupleCLIPLoader
    QwenImageDiffsynthControlnet RandomNoise ReferenceLatent RescaleCFG ResizeImageMaskNode SamplerCustom
    SamplerCustomAdvanced SamplerEulerAncestral SamplerLCM SaveImage SaveImageWebsocket SDTurboScheduler
    SeedVR2Conditioning SeedVR2PostProcessing SeedVR2Preprocess SetLatentNoiseMask SetUnionControlNetType
    SkipLayerGuidanceSD3 SolidMask SplitSigmas SplitSigmasDenoise StyleModelApply StyleModelLoader
    TextEncodeQwenImageEdit TextEncodeQwenImageEditPlus TripleCLIPLoader UNETLoader UpscaleModelLoader VAEDecode
    VAEDecodeTiled VAEEncode
    VAEEncodeForInpaint VAEEncodeTiled VAELoader ZImageFunControlnet
""".split()


def main(address: str, older: str = "") -> None:
    described = requests.get(f"{address}/object_info", timeout=60).json()
    known_before = requests.get(f"{older}/object_info", timeout=60).json() if older else described
    version = requests.get(f"{address}/system_stats", timeout=60).json()["system"]["comfyui_version"]
    lines = [
        f"{json.dumps(name)}: {json.dumps(reduced(described[name], name in known_before), separators=(',', ':'))}"
        for name in sorted(CLASSES)
        if name in described
    ]
    print(f'{{"comfyui_version": {json.dumps(version)}, "classes": {{\n' + ",\n".join(lines) + "\n}}")


def reduced(description: dict[str, Any], known_before: bool) -> dict[str, Any]:
    inputs = {
        kind: {name: _input(given) for name, given in some.items()}
        for kind, some in description["input"].items()
        if kind in ("required", "optional")
    }
    kept = {"input": inputs, "output": description["output"], "output_node": description["output_node"]}
    return kept if known_before else {**kept, "new": True}


def _input(given: list[Any]) -> list[Any]:
    kind, options = given[0], (given[1] if len(given) > 1 else {})
    kept = {name: options[name] for name in KEPT if name in options}
    if isinstance(kind, list):
        kind = _choices(kind)
    if kind == "COMBO":
        kept["options"] = _choices(kept.get("options", []))
    if kind == "COMFY_DYNAMICCOMBO_V3":
        kept["options"] = [{"key": each["key"], "inputs": _inner(each["inputs"])} for each in kept["options"]]
    if kind in ("COMFY_AUTOGROW_V3", "COMFY_MATCHTYPE_V3"):
        kept["template"] = {k: v for k, v in options.get("template", {}).items() if k != "input"}
    return [kind, kept] if kept else [kind]


def _inner(inputs: dict[str, Any]) -> dict[str, Any]:
    return {kind: {name: _input(given) for name, given in some.items()} for kind, some in inputs.items()}


def _choices(names: list[Any]) -> list[Any]:
    if any(FILE.match(str(name)) for name in names):
        return []
    return names[:MOST_CHOICES]


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Toy models for a real ComfyUI: its own loaders and samplers run in a second a picture on a processor.

    python -m tests.toy_models FOLDER

writes FOLDER/checkpoints and FOLDER/loras. The model is Stable Diffusion 3 in shape (ComfyUI reads all sizes of that
family from the tensors), two blocks deep, with a tiny autoencoder, and with CLIP-L, whose layers are all zeros, which
take no room on most disks. It bears the name of the default workflow's file: ComfyUI does not care. Nothing is learned
in it: pictures are coloured noise, which depends on the prompt, the seed and the LoRAs, as a real model's pictures do.
Of the LoRAs two fit, one is for another model, and one was cut off while it was downloaded.
"""

from __future__ import annotations

import json
import struct
import sys
from pathlib import Path

import numpy as np

Shape = tuple[int, ...]
Tensors = dict[str, tuple[Shape, float]]  # name -> shape and spread; all are half-precision floats

CHECKPOINT = "z-image-turbo-fp8-aio.safetensors"
DEEP, WIDE, WORDS = 2, 128, 768  # of the diffusion model, 64 wide for each block; of the text encoder


def make_models(folder: Path) -> None:
    (folder / "checkpoints").mkdir(parents=True, exist_ok=True)
    (folder / "loras").mkdir(exist_ok=True)
    parts = {"model.diffusion_model": _diffusion(), "text_encoders.clip_l.transformer": _clip()}
    parts["first_stage_model"] = {**_decoder(), **_encoder()}
    tensors = {f"{part}.{name}": tensor for part, named in parts.items() for name, tensor in named.items()}
    _write(folder / "checkpoints" / CHECKPOINT, tensors, seed=1)
    loras = folder / "loras"
    for seed, name in enumerate(("fox", "girl"), 2):
        _write(loras / f"{name}.safetensors", _lora("diffusion_model.joint_blocks.{}.x_block.attn.qkv"), seed)
    _write(loras / "for-another-model.safetensors", _lora("diffusion_model.double_blocks.{}.img_attn.qkv"), seed=4)
    whole = (loras / "fox.safetensors").read_bytes()
    (loras / "cut-off.safetensors").write_bytes(whole[: len(whole) // 2])


def _linear(name: str, given: int, made: int, gain: float = 1.0) -> Tensors:
    """`gain`: the spread of what comes out to that of what goes in."""
    return {f"{name}.weight": ((made, given), gain / given**0.5), f"{name}.bias": ((made,), 0.0)}


def _diffusion() -> Tensors:
    """Its last layer is as strong as what it is to predict: the noise's spread is 1."""
    tensors = {
        "x_embedder.proj.weight": ((WIDE, 16, 2, 2), 1 / 8),
        "x_embedder.proj.bias": ((WIDE,), 0.0),
        **_linear("t_embedder.mlp.0", 256, WIDE),
        **_linear("t_embedder.mlp.2", WIDE, WIDE),
        **_linear("y_embedder.mlp.0", 2048, WIDE),
        **_linear("y_embedder.mlp.2", WIDE, WIDE),
        **_linear("context_embedder", 4096, WIDE, gain=2.0),
        **_linear("final_layer.adaLN_modulation.1", WIDE, 2 * WIDE, gain=0.3),
        **_linear("final_layer.linear", WIDE, 64),
    }
    for number in range(DEEP):
        for side in ("x_block", "context_block"):
            last = number == DEEP - 1 and side == "context_block"
            block = f"joint_blocks.{number}.{side}"
            tensors |= _linear(f"{block}.adaLN_modulation.1", WIDE, (2 if last else 6) * WIDE)
            tensors |= _linear(f"{block}.attn.qkv", WIDE, 3 * WIDE, gain=2.0)
            if not last:
                tensors |= _linear(f"{block}.attn.proj", WIDE, WIDE)
                tensors |= _linear(f"{block}.mlp.fc1", WIDE, 4 * WIDE)
                tensors |= _linear(f"{block}.mlp.fc2", 4 * WIDE, WIDE)
    return tensors


def _clip() -> Tensors:
    """Of a size that stands in ComfyUI's code. With layers of zeros every word is its own embedding."""
    tensors = {
        "text_model.embeddings.token_embedding.weight": ((49408, WORDS), 1.0),
        "text_model.embeddings.position_embedding.weight": ((77, WORDS), 0.1),
        "text_model.final_layer_norm.weight": ((WORDS,), 1.0),
        "text_model.final_layer_norm.bias": ((WORDS,), 0.0),
    }
    for number in range(12):
        layer = f"text_model.encoder.layers.{number}"
        for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
            tensors |= _linear(f"{layer}.self_attn.{name}", WORDS, WORDS, gain=0.0)
        tensors |= _linear(f"{layer}.mlp.fc1", WORDS, 4 * WORDS, gain=0.0)
        tensors |= _linear(f"{layer}.mlp.fc2", 4 * WORDS, WORDS, gain=0.0)
        for name in ("layer_norm1", "layer_norm2"):
            tensors |= {f"{layer}.{name}.{part}": ((WORDS,), 0.0) for part in ("weight", "bias")}
    return tensors


def _decoder() -> Tensors:
    """Numbered as in madebyollin's TAESD: 0 clamps; blocks stand at 3-5, 8-10, 13-15 and 18."""
    single = {1: (16, 64), 7: (64, 64), 12: (64, 64), 17: (64, 64), 19: (64, 3)}
    return _autoencoder("taesd_decoder", single, blocks=(3, 4, 5, 8, 9, 10, 13, 14, 15, 18), bare=(7, 12, 17))


def _encoder() -> Tensors:
    single = {0: (3, 64), 2: (64, 64), 6: (64, 64), 10: (64, 64), 14: (64, 16)}
    return _autoencoder("taesd_encoder", single, blocks=(1, 3, 4, 5, 7, 8, 9, 11, 12, 13), bare=(2, 6, 10))


def _autoencoder(
    name: str, single: dict[int, tuple[int, int]], blocks: tuple[int, ...], bare: tuple[int, ...]
) -> Tensors:
    """`single`: convolutions that are in no block, by number, with their channels; those of `bare` have no bias."""
    tensors: Tensors = {}
    for number, (given, made) in single.items():
        tensors |= _convolution(f"{name}.{number}", given, made, gain=1.4)
        if number in bare:
            del tensors[f"{name}.{number}.bias"]
    for number in blocks:
        for step in (0, 2, 4):
            tensors |= _convolution(f"{name}.{number}.conv.{step}", 64, 64, gain=1.0)
    return tensors


def _convolution(name: str, given: int, made: int, gain: float) -> Tensors:
    return {f"{name}.weight": ((made, given, 3, 3), gain / (given * 9) ** 0.5), f"{name}.bias": ((made,), 0.0)}


def _lora(target: str, rank: int = 4) -> Tensors:
    tensors: Tensors = {}
    for number in range(DEEP):
        name = target.format(number)
        tensors[f"{name}.lora_down.weight"] = ((rank, WIDE), 1 / WIDE**0.5)
        tensors[f"{name}.lora_up.weight"] = ((3 * WIDE, rank), 0.3)
    return tensors


def _write(path: Path, tensors: Tensors, seed: int) -> None:
    """A safetensors file: length of the header, the header, the numbers. What is all zeros is left a hole."""
    header, end = {}, 0
    for name, (shape, _) in tensors.items():
        start, end = end, end + 2 * int(np.prod(shape))
        header[name] = {"dtype": "F16", "shape": shape, "data_offsets": [start, end]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    random = np.random.default_rng(seed)
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for shape, spread in tensors.values():
            if spread:
                file.write(_numbers(random, shape, spread))
            else:
                file.seek(2 * int(np.prod(shape)), 1)
        file.truncate(8 + len(text) + end)


def _numbers(random: np.random.Generator, shape: Shape, spread: float) -> bytes:
    return (random.standard_normal(shape, np.float32) * np.float32(spread)).astype("<f2").tobytes()


if __name__ == "__main__":
    make_models(Path(sys.argv[1]))

"""What musubi-tuner is told: the settings of a data set, and the commands, for each model and size of card.

Keys and flags are those of musubi-tuner 0.3.4 (github.com/kohya-ss/musubi-tuner: docs/dataset_config.md,
docs/zimage.md, docs/flux_2.md). What fits which card is reckoned from the sizes of the weights, not measured.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Sequence
from pathlib import PurePath
from typing import Literal

from storyforge.value import Value

Memory = Literal[12, 16, 24]
MEMORIES: tuple[Memory, ...] = (12, 16, 24)
"""Gigabytes of the card."""

EPOCH = 100  # steps: short epochs only cost time
SAVED = 250  # steps between two versions of the LoRA, of which the user takes the best


class Fit(Value):
    """How a model is trained on a card: pictures of `side`², weights in 8 bits, so many blocks kept in main memory."""

    side: int
    fp8: bool
    swapped: int = 0


class Model(Value):
    """A model that a LoRA can be trained for. Files are looked for in `models/` of musubi-tuner's folder.

    `script` is what its scripts' names begin with; `version` and `timesteps` are flags of theirs, `encoder_fp8` the one
    for a text encoder in 8 bits. `converted`: whether ComfyUI needs the LoRA in another form.
    """

    title: str
    weights: str
    vae: str
    encoder: str
    sources: tuple[str, ...]
    script: str
    network: str
    version: tuple[str, ...]
    timesteps: tuple[str, ...]
    encoder_fp8: str
    converted: bool
    fits: dict[Memory, Fit]


# The base models, not the quick ones that are distilled from them: docs/zimage.md and docs/flux_2.md say so.
MODELS: dict[str, Model] = {
    "z-image": Model(
        title="Z-Image",
        weights="z_image_bf16.safetensors",
        vae="ae.safetensors",
        encoder="qwen_3_4b.safetensors",
        sources=(
            "z_image_bf16.safetensors   huggingface.co/Comfy-Org/z_image (the base model, not Turbo)",
            "ae.safetensors             huggingface.co/Comfy-Org/z_image_turbo",
            "qwen_3_4b.safetensors      huggingface.co/Comfy-Org/z_image_turbo",
        ),
        script="zimage",
        network="networks.lora_zimage",
        version=(),
        timesteps=("--timestep_sampling", "shift", "--weighting_scheme", "none", "--discrete_flow_shift", "2.0"),
        encoder_fp8="--fp8_llm",
        converted=True,  # github.com/Comfy-Org/ComfyUI/issues/11487
        fits={12: Fit(side=768, fp8=True, swapped=12), 16: Fit(side=1024, fp8=True), 24: Fit(side=1024, fp8=False)},
    ),
    "flux2-klein-4b": Model(
        title="FLUX.2 klein 4B",
        weights="flux-2-klein-base-4b.safetensors",
        vae="ae.safetensors",
        encoder="qwen_3_4b.safetensors",
        sources=(
            "flux-2-klein-base-4b.safetensors   huggingface.co/black-forest-labs/FLUX.2-klein-base-4B",
            "ae.safetensors                     huggingface.co/black-forest-labs/FLUX.2-dev (its own, not Z-Image's)",
            "qwen_3_4b.safetensors              huggingface.co/Comfy-Org/z_image_turbo",
        ),
        script="flux_2",
        network="networks.lora_flux_2",
        version=("--model_version", "klein-base-4b"),
        timesteps=("--timestep_sampling", "flux2_shift", "--weighting_scheme", "none"),
        encoder_fp8="--fp8_text_encoder",
        converted=False,  # github.com/kohya-ss/musubi-tuner/issues/905: loads as it is, and not when converted
        fits={12: Fit(side=768, fp8=True), 16: Fit(side=1024, fp8=True), 24: Fit(side=1024, fp8=False)},
    ),
    "flux2-klein-9b": Model(
        title="FLUX.2 klein 9B (not for commercial use)",
        weights="flux-2-klein-base-9b.safetensors",
        vae="ae.safetensors",
        encoder="qwen_3_8b/model-00001-of-00004.safetensors",
        sources=(
            "flux-2-klein-base-9b.safetensors   huggingface.co/black-forest-labs/FLUX.2-klein-base-9B",
            "ae.safetensors                     huggingface.co/black-forest-labs/FLUX.2-dev (its own, not Z-Image's)",
            "qwen_3_8b/ (all four parts)        huggingface.co/black-forest-labs/FLUX.2-klein-9B, folder text_encoder",
        ),
        script="flux_2",
        network="networks.lora_flux_2",
        version=("--model_version", "klein-base-9b"),
        timesteps=("--timestep_sampling", "flux2_shift", "--weighting_scheme", "none"),
        encoder_fp8="--fp8_text_encoder",
        converted=False,
        fits={
            12: Fit(side=768, fp8=True, swapped=16),  # the most that it allows
            16: Fit(side=1024, fp8=True, swapped=8),
            24: Fit(side=1024, fp8=True),
        },
    ),
}


def repeats(count: int) -> int:
    """How often each of `count` pictures comes in an epoch of about EPOCH steps."""
    return max(1, -(-EPOCH // max(1, count)))


def steps(count: int) -> int:
    """Steps of training for `count` pictures, rounded up to a version that is saved.

    2000 have been enough for 6 to 10 pictures (github.com/Tongyi-MAI/Z-Image/issues/36); fewer pictures are learnt by
    heart long before that, more want more.
    """
    wanted = min(4000, max(500, min(2000, 200 * count), 100 * count))
    return -(-wanted // SAVED) * SAVED


def dataset_toml(pictures: PurePath, cache: PurePath, count: int, fit: Fit) -> str:
    """The settings of the data set; paths are absolute, because musubi-tuner runs in a folder of its own."""
    return f"""\
# Written by storyforge for musubi-tuner. Pictures of any shape are fine: they are sorted by shape, none is enlarged.
[general]
resolution = [{fit.side}, {fit.side}]
caption_extension = ".txt"
batch_size = 1
enable_bucket = true
bucket_no_upscale = true

[[datasets]]
image_directory = {toml_string(str(pictures))}
cache_directory = {toml_string(str(cache))}
num_repeats = {repeats(count)}
"""


def toml_string(text: str) -> str:
    """A basic string of TOML 1.0, which escapes as JSON does, and DEL as well."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def commands(model: Model, fit: Fit, config: PurePath, into: PurePath, name: str, count: int) -> list[list[str]]:
    """Each command as its words: both caches, the training, and the conversion if there is one.

    `into` is the folder of the finished LoRA, `name` its name without suffix.
    """
    vae, encoder = ["--vae", f"models/{model.vae}"], ["--text_encoder", f"models/{model.encoder}"]
    data = ["--dataset_config", str(config)]
    # The text encoder is as large as the model; in 8 bits it fits cards on which it is not needed in full.
    smaller = [model.encoder_fp8] if fit.fp8 else []
    train = [
        *("accelerate", "launch", "--num_cpu_threads_per_process", "1", "--mixed_precision", "bf16"),
        *(_script(model, "train_network"), *model.version, "--dit", f"models/{model.weights}", *vae, *encoder, *data),
        *("--sdpa", "--mixed_precision", "bf16", *model.timesteps),
        *("--optimizer_type", "adamw8bit", "--learning_rate", "1e-4", "--gradient_checkpointing"),
        *(("--fp8_base", "--fp8_scaled") if fit.fp8 else ()),
        *(("--blocks_to_swap", str(fit.swapped)) if fit.swapped else ()),
        *("--max_data_loader_n_workers", "2", "--persistent_data_loader_workers"),
        # Without an alpha of its own musubi-tuner takes 1, and the LoRA learns a sixteenth of what it should.
        *("--network_module", model.network, "--network_dim", "16", "--network_alpha", "16"),
        *("--max_train_steps", str(steps(count)), "--save_every_n_steps", str(SAVED), "--seed", "42"),
        *("--output_dir", str(into), "--output_name", name),
    ]
    found = [
        ["python", _script(model, "cache_latents"), *data, *vae, *model.version],
        ["python", _script(model, "cache_text_encoder_outputs"), *data, *encoder, *smaller, *model.version],
        train,
    ]
    if model.converted:
        files = ["--input", str(into / f"{name}.safetensors"), "--output", str(into / f"{name}-comfyui.safetensors")]
        found.append(["python", "src/musubi_tuner/convert_lora.py", *files, "--target", "other"])
    return found


def _script(model: Model, task: str) -> str:
    return f"src/musubi_tuner/{model.script}_{task}.py"


def shell_line(words: Sequence[str], *, windows: bool) -> str:
    """A command to paste: for PowerShell on Windows, for any POSIX shell elsewhere; a line for each of its flags."""
    quoted = [_powershell(word) if windows else shlex.quote(word) for word in words]
    lines = [quoted[0]]
    for word in quoted[1:]:
        if word.startswith("--"):
            lines.append(f"    {word}")
        else:
            lines[-1] += f" {word}"
    return (" `\n" if windows else " \\\n").join(lines)


def _powershell(word: str) -> str:
    """In single quotes nothing means anything; but PowerShell takes typographic quotes for single ones, too."""
    if re.fullmatch(r"[\w.:=/\\+-]+", word, re.ASCII):
        return word
    return "'" + re.sub("(['‘’‚‛])", r"\1\1", word) + "'"

"""Which nodes the server has and which files their lists name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from tests.fakes.disk import Disk

RECORD = Path(__file__).parent.parent / "data" / "comfyui_nodes.json"
WORKFLOWS = Path(__file__).parent.parent.parent / "storyforge" / "workflows"

Models = Mapping[str, Mapping[str, bytes | int]]
"""Folder -> file name -> its bytes, or how many there would be."""

MODEL_FOLDERS = """checkpoints configs loras vae text_encoders diffusion_models clip_vision style_models embeddings
    diffusers vae_approx controlnet gligen upscale_models latent_upscale_models custom_nodes hypernetworks photomaker
    classifiers model_patches audio_encoders""".split()

LISTS = {
    "ckpt_name": "checkpoints",
    "lora_name": "loras",
    "unet_name": "diffusion_models",
    "clip_name": "text_encoders",
    "vae_name": "vae",
    "control_net_name": "controlnet",
    "style_model_name": "style_models",
}
LISTS_BY_CLASS = {
    ("CLIPVisionLoader", "clip_name"): "clip_vision",
    ("UpscaleModelLoader", "model_name"): "upscale_models",
    ("ModelPatchLoader", "name"): "model_patches",
}


@cache
def recorded() -> dict[str, dict[str, Any]]:
    classes: dict[str, dict[str, Any]] = json.loads(RECORD.read_text("utf-8"))["classes"]
    return classes


def list_folder(class_type: str, name: str) -> str:
    """The model folder that the choices of this input come from; '' if they are not files."""
    return LISTS_BY_CLASS.get((class_type, name)) or LISTS.get(name.rstrip("1234"), "")


@cache
def shipped_files() -> dict[str, tuple[str, ...]]:
    """Folder -> the names that the workflows of storyforge ask for."""
    found: dict[str, set[str]] = {}
    for path in WORKFLOWS.glob("*.json"):
        for node in json.loads(path.read_text("utf-8")).values():
            for name, value in node["inputs"].items():
                folder = list_folder(node["class_type"], name)
                if folder and isinstance(value, str):
                    found.setdefault(folder, set()).add(value)
    return {folder: tuple(sorted(names)) for folder, names in found.items()}


class Nodes:
    """What /object_info tells. A folder named in `models` has exactly these files, any other has what is asked for.

    With `accept_any_file=False` the other folders are empty. `extra`: class -> description, as custom nodes bring.
    """

    def __init__(
        self, disk: Disk, old: bool, models: Models, accept_any_file: bool, extra: Mapping[str, Any] | None = None
    ) -> None:
        self.disk, self.models, self.accept_any_file = disk, models, accept_any_file
        known = {name: each for name, each in recorded().items() if not (old and each.get("new"))}
        self._classes: dict[str, dict[str, Any]] = {**known, **(extra or {})}

    def __contains__(self, class_type: object) -> bool:
        return class_type in self._classes

    def __iter__(self) -> Any:
        return iter(self._classes)

    def outputs(self, class_type: str) -> list[str]:
        outputs: list[str] = self._classes[class_type]["output"]
        return outputs

    def is_output(self, class_type: str) -> bool:
        return bool(self._classes[class_type].get("output_node"))

    def names(self, folder: str) -> list[str]:
        if folder in self.models:
            return sorted(self.models[folder])
        return list(shipped_files().get(folder, ())) if self.accept_any_file else []

    def sizes(self, folder: str) -> dict[str, int]:
        given = self.models.get(folder, {})
        sizes = {name: value if isinstance(value, int) else len(value) for name, value in given.items()}
        return {name: sizes.get(name, 1000) for name in self.names(folder)}

    def accepts_any(self, folder: str) -> bool:
        return self.accept_any_file and folder not in self.models

    def inputs(self, class_type: str, given: Mapping[str, Any]) -> dict[str, tuple[Any, dict[str, Any], bool]]:
        """Name -> (type or choices, options, required), with what a chosen dynamic input brings along."""
        found: dict[str, tuple[Any, dict[str, Any], bool]] = {}
        described = self._with_lists(class_type)["input"]
        for kind in ("required", "optional"):
            for name, one in described.get(kind, {}).items():
                self._add(found, name, one, kind == "required", given)
        return found

    def _add(self, found: dict[str, Any], name: str, one: list[Any], required: bool, given: Mapping[str, Any]) -> None:
        options = one[1] if len(one) > 1 else {}
        found[name] = (one[0], options, required)
        if one[0] == "COMFY_DYNAMICCOMBO_V3":
            chosen = next((each for each in options["options"] if each["key"] == given.get(name)), {"inputs": {}})
            for kind, inner in chosen["inputs"].items():
                for inner_name, inner_one in inner.items():
                    self._add(found, f"{name}.{inner_name}", inner_one, required and kind == "required", given)

    def describe(self, class_type: str) -> dict[str, Any]:
        """As /object_info tells one class."""
        described = self._with_lists(class_type)
        outputs = described["output"]
        return {
            "input": described["input"],
            "input_order": {kind: list(some) for kind, some in described["input"].items()},
            "is_input_list": False,
            "output": outputs,
            "output_is_list": [False] * len(outputs),
            "output_name": outputs,
            "name": class_type,
            "display_name": class_type,
            "description": "",
            "python_module": "nodes",
            "category": "",
            "output_node": described.get("output_node", False),
        }

    def _with_lists(self, class_type: str) -> dict[str, Any]:
        described = self._classes[class_type]
        inputs = {
            kind: {name: self._listed(class_type, name, one) for name, one in some.items()}
            for kind, some in described["input"].items()
        }
        return {**described, "input": inputs}

    def _listed(self, class_type: str, name: str, one: list[Any]) -> list[Any]:
        folder = list_folder(class_type, name)
        options = one[1] if len(one) > 1 else {}
        if options.get("image_upload"):
            names = sorted(name for kept, sub, name in self.disk.files if (kept, sub) == ("input", ""))
        elif folder:
            names = [*self.names(folder), *(one[0] if isinstance(one[0], list) else [])]
        else:
            return one
        return ["COMBO", {**options, "options": names}] if one[0] == "COMBO" else [names, *one[1:]]

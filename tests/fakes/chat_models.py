"""The models of a chat server, as Ollama describes them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from tests.fakes.chat_asked import Body, Model

NOW = "2026-11-01T10:00:00.123456789Z"


def find(models: Sequence[Model], name: str) -> Model | None:
    """By its name, of which ":latest" may be left out."""
    return next((model for model in models if name in (model.name, model.name.removesuffix(":latest"))), None)


def listed(model: Model) -> Body:
    digest = hashlib.sha256(model.name.encode()).hexdigest()
    named = {"name": model.name, "model": model.name, "modified_at": model.modified, **_remote(model)}
    return {**named, "size": model.size, "digest": digest, "details": _details(model)}


def loaded(model: Model, context: int) -> Body:
    known = {name: value for name, value in listed(model).items() if name != "modified_at"}
    return {**known, "expires_at": NOW, "size_vram": model.size, "context_length": context}


def shown(model: Model) -> Body:
    return {
        "modelfile": f"FROM {model.name}",
        "template": "{{ .Prompt }}",
        "details": _details(model),
        "model_info": {"general.architecture": "toy", "toy.context_length": model.context},
        "capabilities": list(model.capabilities),
        "modified_at": model.modified,
        **_remote(model),
    }


def _details(model: Model) -> Body:
    return {
        "parent_model": "",
        "format": "" if model.remote else "gguf",
        "family": "toy",
        "families": ["toy"],
        "parameter_size": model.parameters,
        "quantization_level": "Q4_K_M",
    }


def _remote(model: Model) -> Body:
    return {"remote_model": model.name, "remote_host": model.remote} if model.remote else {}

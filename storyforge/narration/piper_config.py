"""What a Piper voice tells of itself in NAME.onnx.json, looked through before anything relies on it."""

from __future__ import annotations

import json
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

_NEEDED = {"_", "^", "$"}  # phonemes that stand between, before and after all others


class _Part(BaseModel):
    """Other fields there are many of: they are let through."""

    model_config = ConfigDict(frozen=True, strict=True, allow_inf_nan=False)


class _Audio(_Part):
    sample_rate: Annotated[int, Field(ge=8000, le=48000)]


class _Espeak(_Part):
    voice: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[!-~]+$")]


class _Language(_Part):
    code: str = ""
    name_english: str | None = None
    country_english: str | None = None


class _Inference(_Part):
    length_scale: Annotated[float, Field(ge=0.1, le=10)] = 1.0
    noise_scale: Annotated[float, Field(ge=0, le=10)] = 0.0
    noise_w: Annotated[float, Field(ge=0, le=10)] = 0.0


class _Config(_Part):
    audio: _Audio
    espeak: _Espeak
    num_symbols: Annotated[int, Field(gt=0)]
    num_speakers: Annotated[int, Field(ge=0)]
    phoneme_id_map: dict[str, list[Annotated[int, Field(ge=0)]]]
    phoneme_type: str = "espeak"
    speaker_id_map: dict[str, Annotated[int, Field(ge=0)]] | None = None
    language: _Language = _Language()
    inference: _Inference = _Inference()
    hop_length: Annotated[int, Field(gt=0)] = 256

    @field_validator("phoneme_id_map")
    @classmethod
    def _has_marks(cls, found: dict[str, list[int]]) -> dict[str, list[int]]:
        if not set(found) >= _NEEDED:
            raise ValueError("not all phonemes are there")
        return found

    @model_validator(mode="after")
    def _has_its_speakers(self) -> _Config:
        if max((self.speaker_id_map or {}).values(), default=0) >= max(self.num_speakers, 1):
            raise ValueError("speaker_id_map: more speakers than there are")
        return self


def read_config(text: str) -> dict[str, Any]:
    """All that stands in it. ValueError, with what is wrong, if it describes no voice."""
    config = json.loads(text)
    try:
        _Config.model_validate(config)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        what = "not fields in braces" if first["type"] == "model_type" else first["msg"].removeprefix("Value error, ")
        raise ValueError(f"{where}: {what}" if where else what) from error
    found: dict[str, Any] = config
    return found

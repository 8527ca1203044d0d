"""Value: the base of everything that is passed around. Frozen, strict, with one canonical form and its digest."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """Two equal values have the same canonical JSON on every machine and in every run."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


def canonical_json(data: Any) -> str:
    """JSON with sorted keys, no spaces and no escapes, so that equal data gives equal text."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest(data: bytes | str) -> str:
    """A short name for these bytes: 32 hex digits of BLAKE2b (128 bits: chance does not repeat it)."""
    if isinstance(data, str):
        # A lone surrogate (half an emoji, pasted badly) is no valid UTF-8, but it still needs a name.
        data = data.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(data, digest_size=16).hexdigest()

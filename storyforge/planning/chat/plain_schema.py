"""The JSON Schema of a form as servers' grammars understand it: everything in place, nothing to look up."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel


def plain_schema(form: type[BaseModel]) -> dict[str, Any]:
    """Without references, titles and defaults; whoever fills it in may add nothing of their own."""
    whole = form.model_json_schema()
    found: dict[str, Any] = _plain(whole, whole.get("$defs", {}))
    return found


def _plain(schema: Any, parts: dict[str, Any]) -> Any:
    if isinstance(schema, list):
        return [_plain(each, parts) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _plain(parts[schema["$ref"].rpartition("/")[2]], parts)
    if "properties" in schema:
        fields = {name: _plain(each, parts) for name, each in schema["properties"].items()}
        needed = schema.get("required", [])
        return {"type": "object", "properties": fields, "required": needed, "additionalProperties": False}
    return {name: _plain(each, parts) for name, each in schema.items() if name not in ("title", "default")}

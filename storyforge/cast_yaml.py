"""Characters as YAML that people read and edit: plain words where YAML takes them, a comment for what was made up."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from storyforge.story import Character, Key
from storyforge.value import Value


class Entry(Value):
    """A character with its key in the cast. `notes`: what to say of its looks, a comment each."""

    key: Key
    character: Character
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Layout:
    """How a file is written: what stands before a key and before its fields, and how a line ends."""

    indent: str = "  "
    step: str = "  "
    line: str = "\n"
    apart: bool = True  # a blank line between characters


def cast_block(entries: Sequence[Entry]) -> str:
    """The characters as a `cast:` to paste into a story file."""
    return f"cast:\n{block(entries, Layout())}"


def characters_block(entries: Sequence[Entry]) -> str:
    """The characters as a cast file has them."""
    return block(entries, Layout(indent=""))


def block(entries: Sequence[Entry], layout: Layout) -> str:
    lines: list[str] = []
    for entry in entries:
        lines += [""] if lines and layout.apart else []
        lines += [
            f"{layout.indent}{_scalar(entry.key)}:",
            *(layout.indent + layout.step + each for each in _fields(entry)),
        ]
    return "".join(f"{each}{layout.line}" for each in lines)


def _fields(entry: Entry) -> Iterator[str]:
    for name, value in _plain(entry).items():
        if name == "looks":
            yield from (f"# {_printable(note)}" for note in entry.notes)
        yield f"{name}: {_scalar(value) if isinstance(value, str) else _flow(value)}"


def _plain(entry: Entry) -> dict[str, Any]:
    return entry.character.model_dump(mode="json", exclude_defaults=True) or {"looks": ""}


def _flow(value: Any) -> str:
    """In one line: [a, b] or {espeak: f2, pitch: 3}."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_scalar(key, *_LISTED)}: {_flow(each)}' for key, each in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_flow, value))}]"
    return _scalar(value, *_LISTED) if isinstance(value, str) else json.dumps(value)


_LISTED = ("[", "]")  # where a comma would end a word


def _scalar(text: str, before: str = "", behind: str = "") -> str:
    """As it is where every YAML reader takes it for this text; else in quotes."""
    try:
        found = yaml.safe_load(f"{before}{text}{behind}") if text.isprintable() else None
    except yaml.YAMLError:
        found = None
    return text if found == ([text] if before else text) else _quoted(text)


def _quoted(text: str) -> str:
    return "".join(char if char.isprintable() else _escaped(char) for char in json.dumps(text, ensure_ascii=False))


def _escaped(char: str) -> str:
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"


def _printable(note: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in note).split())


def braced(entries: Sequence[Entry], between: str, above: str = "") -> str:
    """As JSON, which is YAML between braces. `above`: what ends a comment above an entry; '' leaves comments out."""
    return between.join(f"{_comments(each, above)}{_quoted(each.key)}: {_json(_plain(each))}" for each in entries)


def _comments(entry: Entry, end: str) -> str:
    return "".join(f"# {_printable(note)}{end}" for note in entry.notes) if end else ""


def _json(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_quoted(key)}: {_json(each)}' for key, each in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_json, value))}]"
    return _quoted(value) if isinstance(value, str) else json.dumps(value)

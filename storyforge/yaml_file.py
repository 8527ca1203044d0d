"""YAML that people wrote: read safely, with the line of every field, all mistakes at once."""

from __future__ import annotations

import difflib
import json
import math
import re
import types
import typing
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from storyforge.errors import BadStory

MAX_BYTES = 16 * 1024 * 1024  # 200,000 words are about 1.2 MB
MAX_NODES = 200_000  # counted with every alias unfolded, so a "billion laughs" ends here
MAX_EVENTS = 4 * MAX_NODES  # a node, its key and its end are an event each
MAX_DEPTH = 40
MAX_NUMBER = 1e300

Place = tuple[str | int, ...]
"""Where in a document: ('cast', 'eevee', 'looks') or ('scenes', 3, 'text')."""

M = TypeVar("M", bound=BaseModel)


class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML as people expect it: `no` is a word (Norwegian), 12:30 is no number and 2026-01-01 is no date."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in rules if tag.rsplit(":", 1)[1] in ("null", "merge")]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
for _tag, _pattern, _first in (
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("int", r"^[-+]?(?:0|[1-9][0-9]*)$", "-+0123456789"),
    ("float", r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", "-+.0123456789"),
):
    Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))


class _RefusedError(Exception):
    """YAML that storyforge does not take: at which node or event, why, and what would do."""

    def __init__(self, at: yaml.Node | yaml.Event, what: str, remedy: str) -> None:
        super().__init__(what)
        self.line = at.start_mark.line + 1 if at.start_mark else 1
        self.what, self.remedy = what, remedy


class Document:
    """A file's plain data, the line of each field, and the mistakes found so far."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.data: Any = None
        self.lines: dict[Place, int] = {}
        self.mistakes: list[tuple[int, str]] = []

    def mistake(self, place: Place, what: str, remedy: str) -> None:
        """Notes `file:line: field – what – remedy`; all are told together by `stop_if_wrong`."""
        line = self.line(place)
        field = ".".join(str(part + 1 if isinstance(part, int) else part) for part in place) or "the file"
        self.mistakes.append((line, f"{_shown(self.path)}:{line}: {field} – {what} – {remedy}"))

    def line(self, place: Place) -> int:
        """The line of this field, or of the nearest one above it that the file has."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def stop_if_wrong(self) -> None:
        if self.mistakes:
            raise mistakes_found(self.path, [text for _, text in sorted(self.mistakes)])

    def validated(self, model: type[M]) -> M | None:
        """The data as a value; None when it does not fit, with every reason noted as a mistake."""
        if not isinstance(self.data, dict):
            self.mistake((), "is not a list of fields", "write fields as `title: The Lost Mitten`, one a line")
            return None
        try:
            return model.model_validate_json(json.dumps(self.data))
        except ValidationError as error:
            for each in _merged(error.errors()):
                self.mistake(each["loc"], *explain(each, model))
            return None


def mistakes_found(path: Path, mistakes: list[str]) -> BadStory:
    count = f"{len(mistakes)} mistakes" if len(mistakes) > 1 else "a mistake"
    return BadStory(f"{_shown(path)} has {count}:", tuple(mistakes))


def read_yaml(path: Path) -> Document:
    """Reads a YAML file. BadStory when it cannot be read as YAML at all; other mistakes wait in the document."""
    document = Document(path)
    try:
        text = _text(path)
        _look_over(text)
        node = yaml.compose(text, Loader=Loader)
        if node is not None:
            document.data = _Builder(document).build(node, (), 0)
    except yaml.MarkedYAMLError as error:
        document.lines[()] = (error.problem_mark.line if error.problem_mark else 0) + 1
        what = " ".join(filter(None, (error.context, error.problem)))
        document.mistake((), f"is not YAML here: {what}", _yaml_remedy(what))
    except yaml.YAMLError as error:
        what = str(error).splitlines()[0]
        document.mistake((), f"cannot be read: {what}", "save the file as plain text in UTF-8")
    except _RefusedError as error:
        document.lines[()] = error.line
        document.mistake((), error.what, error.remedy)
    document.stop_if_wrong()
    return document


def _look_over(text: str) -> None:
    """Refuses what must not be composed: libyaml nests nodes on the C stack, so 60,000 brackets would end Python."""
    depth = 0
    for number, event in enumerate(yaml.parse(text, Loader=Loader)):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise _RefusedError(event, "is nested too deeply", f"nest no deeper than {MAX_DEPTH} levels")
        if number > MAX_EVENTS:
            raise _RefusedError(event, "holds too many fields", "cut the story into parts")
        if tag := getattr(event, "tag", None):
            short = tag.replace("tag:yaml.org,2002:", "!!")
            raise _RefusedError(event, f"has a tag, {short[:60]}", "write the value plainly, without a tag")


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise BadStory(f"{_shown(path)} is larger than {MAX_BYTES // 2**20} MB", remedy="cut the story into parts")
        return path.read_text("utf-8-sig")
    except FileNotFoundError:
        near = difflib.get_close_matches(path.name, [p.name for p in _beside(path)], 3, 0.4)
        remedy = f"beside it lie: {', '.join(near)}" if near else 'make one with: storyforge new "My Story"'
        raise BadStory(f"There is no file {_shown(path)}", remedy=remedy) from None
    except UnicodeDecodeError as error:
        raise BadStory(f"{_shown(path)} is not UTF-8 text (byte {error.start})", remedy="save it as UTF-8") from None
    except OSError as error:
        raise BadStory(
            f"{_shown(path)} cannot be read: {error.strerror}", remedy="check the name and the rights"
        ) from None


def _beside(path: Path) -> Iterable[Path]:
    return (p for p in path.parent.iterdir() if p.suffix in (".yaml", ".yml")) if path.parent.is_dir() else ()


class _Builder:
    """Plain data from YAML nodes, counting them as they unfold."""

    def __init__(self, document: Document) -> None:
        self.document, self.nodes = document, 0
        self.scalars = yaml.SafeLoader("")

    def build(self, node: yaml.Node, place: Place, depth: int) -> Any:
        self.nodes += 1
        if self.nodes > MAX_NODES or depth > MAX_DEPTH:
            raise _RefusedError(node, "unfolds to too much", "use fewer fields and aliases")
        self.document.lines[place] = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place, depth)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(each, (*place, number), depth + 1) for number, each in enumerate(node.value)]
        return self._scalar(node, place)

    def _mapping(self, node: yaml.MappingNode, place: Place, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else "?"
            if key in found:
                self.document.lines[(*place, key)] = key_node.start_mark.line + 1
                self.document.mistake((*place, key), "stands twice", "keep one of the two")
            found[key] = self.build(value_node, (*place, key), depth + 1)
            self.document.lines[(*place, key)] = key_node.start_mark.line + 1
        return found

    def _scalar(self, node: yaml.Node, place: Place) -> Any:
        try:
            value = self.scalars.construct_object(node)
        except ValueError:  # more digits than Python reads
            value = math.inf
        if isinstance(value, (int, float)) and abs(value) > MAX_NUMBER:
            self.document.mistake(place, "is too large a number", "write fewer digits, or put it in quotes")
        if isinstance(value, str) and any("\ud800" <= char <= "\udfff" for char in value):
            self.document.mistake(place, "holds half a character", "type the emoji again")
        return value


def _yaml_remedy(what: str) -> str:
    """What most likely happened when YAML's own words are these."""
    if "'\\t'" in what:
        return "there is a tab: indent with spaces"
    if "mapping values are not allowed" in what:
        return 'put text that has a colon in it in quotes: "My: story"'
    return "look at the spaces at the line's start, colons and quotes"


def _shown(path: Path) -> str:
    """The path from here, if it lies below; else the whole of it."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def _merged(errors: list[Any]) -> list[Any]:
    """One mistake a field: of the ways a field can be written, the reasons are told together."""
    by_place: dict[Place, Any] = {}
    for each in errors:
        place = tuple(part for part in each["loc"] if not _is_branch(part))
        by_place.setdefault(place, {**each, "loc": place})
    # A list is "too short" when its items are wrong: only the items' mistakes help.
    inner = {place[:end] for place in by_place for end in range(len(place))}
    return [each for place, each in by_place.items() if place not in inner or each["type"] == "missing"]


def _is_branch(part: str | int) -> bool:
    """pydantic names the branch of a union in the place of an error: 'str', 'dict[str,any]', 'function-before[…]'."""
    return isinstance(part, str) and (part in ("str", "Style", "Lora") or part.endswith("]"))


def explain(error: Any, model: type[BaseModel]) -> tuple[str, str]:
    """(what is wrong, what would be right) of one of pydantic's errors, in the user's words."""
    kind, given, about = error["type"], error.get("input"), error.get("ctx", {})
    if kind == "extra_forbidden":
        fields = _fields_at(model, error["loc"][:-1])
        if " " in str(error["loc"][-1]):
            return "is no field of storyforge", "if it belongs to the text before it, put that text in quotes"
        near = difflib.get_close_matches(str(error["loc"][-1]), fields, 1, 0.5)
        return "is no field of storyforge", f"did you mean `{near[0]}`?" if near else f"there are: {', '.join(fields)}"
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        fields = _fields_at(model, error["loc"]) if error["loc"] else []
        such = f"`{fields[0]}: …`" if fields else "`looks: …` or `text: …`"
        return f"is {_named(given)}, not fields", f"write its fields below it, such as {such}"
    if kind == "missing":
        return "is missing", f"add `{error['loc'][-1]}: …`"
    if kind == "string_type":
        return f"is {_named(given)}, not text", f'put it in quotes: "{given}"' if isinstance(
            given, (int, float)
        ) else "write text"
    if kind == "string_too_short":
        return "is empty", "write something, or leave the line out"
    if kind == "literal_error":
        near = difflib.get_close_matches(str(given), _options(about), 1, 0.5)
        return f"cannot be {given!r}", f"did you mean `{near[0]}`?" if near else f"it can be {about['expected']}"
    if kind == "string_pattern_mismatch":
        return f"cannot be {given!r}", "write a short code such as en, de or pt-BR" if "language" in error[
            "loc"
        ] else "no spaces, colons or slashes"
    message = str(error["msg"])
    return f"cannot be {_named(given)}", message[0].lower() + message[1:]


def _options(about: dict[str, Any]) -> list[str]:
    return [each.strip(" '") for each in about["expected"].replace(" or ", ",").split(",")]


def _named(given: Any) -> str:
    words = {dict: "a group of fields", list: "a list", bool: "true or false", type(None): "empty"}
    return words.get(type(given), f"{given!r}"[:60])


def _fields_at(model: type[BaseModel], place: Place) -> list[str]:
    """Names of the fields that may stand at a place of the document."""
    current: Any = model
    for part in place:
        if isinstance(current, type) and issubclass(current, BaseModel) and part in current.model_fields:
            current = current.model_fields[str(part)].annotation
        current = _inner(current)
    return list(current.model_fields) if isinstance(current, type) and issubclass(current, BaseModel) else []


def _inner(annotation: Any) -> Any:
    """The model inside `tuple[Model, ...]`, `dict[str, Model]`, `Model | None`, `Annotated[Model, …]`."""
    if isinstance(annotation, type) and not isinstance(annotation, types.GenericAlias):
        return annotation
    if typing.get_origin(annotation) is Annotated:
        return _inner(typing.get_args(annotation)[0])
    models = [_inner(each) for each in typing.get_args(annotation) if each is not Ellipsis]
    return next((m for m in models if isinstance(m, type) and issubclass(m, BaseModel)), annotation)

"""Characters written into a story file, or a cast file, of which all else stays as the user typed it.

Text in, text out. The places are found where YAML itself says that they are, and only there something is put in.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import yaml

from storyforge.cast_yaml import Entry, Layout, block, braced
from storyforge.errors import BadStory
from storyforge.yaml_file import Loader


def with_cast(text: str, entries: Sequence[Entry]) -> str:
    """The story file with these characters behind those in its `cast:`. BadStory where there is no place for them.

    Without a `cast:` there is one before the text (`story:` or `scenes:`), above the comment that belongs to it.
    """
    root = _root(text)
    key, cast = next(((key, value) for key, value in root.value if key.value == "cast"), (None, None))
    if key is None:
        return _with_new_cast(text, root, entries)
    if isinstance(cast, yaml.ScalarNode) and cast.tag.endswith(":null"):  # cast:
        start = max(key.end_mark.index + 1, cast.start_mark.index)
        text = f"{text[:start]}{' ' if text[start - 1] == ':' else ''}{{}}{text[max(start, cast.end_mark.index) :]}"
        return with_cast(text, entries)
    if not isinstance(cast, yaml.MappingNode) or cast.start_mark.index < key.end_mark.index:
        raise _no_place("its `cast:` is no list of characters")
    if not cast.value and not root.flow_style:  # cast: {}
        bare = text[: cast.start_mark.index].rstrip(" ") + text[cast.end_mark.index :]
        layout = Layout(" " * (key.start_mark.column + 2), line=_line_end(text))
        return _put(bare, _next_line(bare, key.end_mark.index), block(entries, layout), layout.line)
    return _added(text, cast, entries)


def with_characters(text: str, entries: Sequence[Entry]) -> str:
    """The cast file with these characters at its end. BadStory where there is no place for them."""
    return _added(text, _root(text), entries)


def _root(text: str) -> yaml.MappingNode:
    try:
        root = yaml.compose(text, Loader=Loader)
    except yaml.YAMLError as error:
        raise _no_place("it is not YAML") from error
    if not isinstance(root, yaml.MappingNode):
        raise _no_place("it is no list of fields")
    return root


def _no_place(why: str) -> BadStory:
    return BadStory(f"There is no place for new characters in the file: {why}", remedy="paste them by hand")


def _with_new_cast(text: str, root: yaml.MappingNode, entries: Sequence[Entry]) -> str:
    told = next((key for key, _ in root.value if key.value in ("story", "scenes")), None)
    if told is None:
        raise _no_place("it has no `story:`")
    at = told.start_mark.index
    if root.flow_style:
        return f'{text[:at]}"cast": {{{braced(entries, ", ")}}}, {text[at:]}'
    at -= told.start_mark.column
    column, line = text[at : told.start_mark.index], _line_end(text)
    if column.strip(" "):
        raise _no_place("`story:` does not begin its line")
    at = _above_comments(text, at)
    before = line if text[:at] and not _BLANK_END.search(text[:at]) else ""
    written = block(entries, Layout(f"{column}  ", line=line))
    return _put(text, at, f"{before}{column}cast:{line}{written}{line}", line)


def _added(text: str, cast: yaml.MappingNode, entries: Sequence[Entry]) -> str:
    """Behind the last character, in the way the others are written."""
    line = _line_end(text)
    if cast.flow_style:
        many_lines = cast.value and cast.start_mark.line < cast.value[-1][0].start_mark.line
        above = f"{line}{' ' * cast.value[0][0].start_mark.column}" if many_lines else ""
        between = f",{above or ' '}"
        at = _end(text, *cast.value[-1]) if cast.value else cast.start_mark.index + 1
        written = braced(entries, between, "" if _is_json(text, cast) else above)
        return f"{text[:at]}{between if cast.value else ''}{written}{text[at:]}"
    last, character = cast.value[-1]
    indent = text[last.start_mark.index - last.start_mark.column : last.start_mark.index]
    if indent.strip(" "):
        raise _no_place("the last character does not begin its line")
    start = _above_comments(text, last.start_mark.index - len(indent))
    apart = len(cast.value) > 1 and bool(_BLANK_END.search(text[:start]))
    written = block(entries, Layout(indent, _step(cast, len(indent)), line, apart))
    at = _below_comments(text, _line_behind(text, last, character), len(indent))
    return _put(text, at, f"{line if apart else ''}{written}", line)


def _step(cast: yaml.MappingNode, column: int) -> str:
    """How much deeper than its name a character's fields stand in this file."""
    inner = (value for _, value in cast.value if isinstance(value, yaml.MappingNode) and not value.flow_style)
    fields = (value.value[0][0] for value in inner)  # an anchor (anna: &a) stands before them
    return " " * next((field.start_mark.column - column for field in fields), 2)


def _is_json(text: str, cast: yaml.MappingNode) -> bool:
    """JSON has no comments."""
    return text.lstrip("\ufeff \t\r\n").startswith("{") or all(key.style == '"' for key, _ in cast.value)


# ---- places in a text

_BREAK = re.compile(r"\r\n|\n|\r")
_BLANK_END = re.compile(r"(?:\A|\r\n|\n|\r)[ \t]*(?:\r\n|\n|\r)\Z")


def _line_end(text: str) -> str:
    """How this file ends its lines."""
    found = _BREAK.search(text)
    return found[0] if found else "\n"


def _next_line(text: str, at: int) -> int:
    found = _BREAK.search(text, at)
    return found.end() if found else len(text)


def _put(text: str, at: int, lines: str, line: str) -> str:
    """The text with a block of whole lines before character `at`, which begins a line or is the text's end."""
    unended = at and text[at - 1] not in "\r\n"
    return f"{text[:at]}{line if unended else ''}{lines}{text[at:]}"


def _end(text: str, key: yaml.Node, value: yaml.Node) -> int:
    """Where the content of a field ends; an alias (*x) has its place elsewhere."""
    if value.end_mark.index <= key.end_mark.index or value.start_mark.index < key.end_mark.index:
        return int(key.end_mark.index)
    if isinstance(value, yaml.MappingNode) and not value.flow_style and value.value:
        return _end(text, *value.value[-1])
    if isinstance(value, yaml.SequenceNode) and not value.flow_style and value.value:
        return _end(text, key, value.value[-1])
    return int(value.end_mark.index)


def _line_behind(text: str, key: yaml.Node, value: yaml.Node) -> int:
    """The start of the line behind a field. Blank lines behind a block of text are its own only where it keeps them."""
    end = _end(text, key, value)
    scalar = _last_scalar(value)
    if scalar is None or scalar.style not in ("|", ">"):
        return _next_line(text, end)
    if "+" in text[scalar.start_mark.index : _next_line(text, scalar.start_mark.index)]:
        return end
    return _next_line(text, len(text[:end].rstrip()))


def _last_scalar(value: yaml.Node) -> yaml.ScalarNode | None:
    while isinstance(value, yaml.CollectionNode) and not value.flow_style and value.value:
        value = value.value[-1][1] if isinstance(value, yaml.MappingNode) else value.value[-1]
    return value if isinstance(value, yaml.ScalarNode) else None


def _above_comments(text: str, at: int) -> int:
    """The start of the comment right above a line; the line itself if the file begins with that comment."""
    start = at
    lines = [*_lines(text[:at])]
    while lines and lines[-1].lstrip(" ").startswith("#"):
        start -= len(lines.pop())
    return start if start else at


def _below_comments(text: str, at: int, column: int) -> int:
    """Behind the comments that stand deeper than this column: they belong to what is above them."""
    for each in _lines(text[at:]):
        if not re.match(rf" {{{column + 1},}}#", each):
            break
        at += len(each)
    return at


def _lines(text: str) -> list[str]:
    """With their ends. Only what YAML counts as one is a line's end."""
    return re.findall(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+\Z", text)

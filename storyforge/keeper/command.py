"""A command line as the user typed it, made ready to run without a shell.

Words are split as the system's shell would, `~` and variables are filled in, and `NAME=value` in front of the program
sets a variable for it. What only a shell can do (`&&`, `|`, `cd`, `source`) is refused with the way to say it.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from storyforge.errors import BadSettings

_WINDOWS = sys.platform == "win32"
_SHELL_WORDS = {"&&", "||", "|", ";", "&", ">", ">>", "<", "2>&1"}
_SHELL_PROGRAMS = {"cd", "source", ".", "export", "set", "activate"}
_ASSIGNED = re.compile(r"([A-Za-z_]\w*)=(.*)", re.DOTALL)
_QUOTED = re.compile(r""""[^"]*"|'[^']*'""")
_DOLLAR = "\0"


@dataclass(frozen=True)
class Command:
    words: tuple[str, ...]
    """The program and its arguments."""
    variables: Mapping[str, str]
    """What the line sets for this program alone."""
    folder: Path


def parsed(line: str, folder: Path | None) -> Command:
    """What to run, and where. BadSettings if it cannot be run as it stands."""
    words = [os.path.expandvars(os.path.expanduser(word)) for word in split(line)]  # noqa: PTH111 - words, not paths
    words = [word.replace(_DOLLAR, "$") for word in words]
    variables: dict[str, str] = {}
    while words and (assigned := _ASSIGNED.fullmatch(words[0])):
        variables[assigned[1]] = assigned[2]
        del words[0]
    if not words:
        raise BadSettings(f"start: {line!r} names no program", "write such as start: python main.py --port 8188")
    _refuse_shell(line, words)
    where = _folder(folder)
    return Command((_program(words[0], where, variables), *words[1:]), variables, where)


def split(line: str, windows: bool = _WINDOWS) -> list[str]:
    """The words of a line. On Windows a backslash is part of a path, and only double quotes hold words together."""
    lexer = shlex.shlex(line if windows else _QUOTED.sub(_kept, line), posix=True)
    lexer.whitespace_split, lexer.commenters = True, ""
    if windows:
        lexer.escape, lexer.quotes = "", '"'
    try:
        return list(lexer)
    except ValueError:
        raise BadSettings(f"start: {line!r} has a quote that is not closed", "close it") from None


def _kept(quoted: re.Match[str]) -> str:
    """In single quotes a $ is a $, as in a shell."""
    return quoted[0].replace("$", _DOLLAR) if quoted[0].startswith("'") else quoted[0]


def _refuse_shell(line: str, words: list[str]) -> None:
    if words[0] not in _SHELL_PROGRAMS and not _SHELL_WORDS & set(words):
        return
    shell = f'cmd /c "{line}"' if _WINDOWS else f"bash -lc {shlex.quote(line)}"
    raise BadSettings(
        f"start: {line!r} needs a shell", f"write start: {shell} – or give the folder as `folder` instead of using cd"
    )


def _folder(folder: Path | None) -> Path:
    where = (folder or Path()).expanduser().absolute()
    if not where.is_dir():
        raise BadSettings(f"There is no folder {where} to start the server in", "check `folder`")
    return where


def _program(word: str, folder: Path, variables: Mapping[str, str]) -> str:
    """Its full path: seen from the folder it starts in (Windows itself would look from ours), or on the PATH."""
    found = None if _has_folder(word) else shutil.which(word, path=variables.get("PATH"))
    if not found and (_has_folder(word) or _WINDOWS):
        found = shutil.which(str(folder / word))
    if found:
        return found
    path = folder / word
    if path.is_file():
        raise BadSettings(f"start: {path} cannot be run as a program", f"write start: bash {word}, or: python {word}")
    near = " – write python3" if word == "python" and shutil.which("python3") else ""
    raise BadSettings(f"start: there is no program {word!r}", f"write its whole path{near}")


def _has_folder(word: str) -> bool:
    return "/" in word or (_WINDOWS and "\\" in word)

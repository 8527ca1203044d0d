"""Who of the cast is meant, and what files of theirs are called."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping

from storyforge.errors import BadStory, UnknownName
from storyforge.story import Story, shown_name
from storyforge.value import digest

LONGEST = 150  # bytes: file systems take 255, and numbers, marks and suffixes come after the name

# What Windows keeps for devices, whatever follows the first dot, and what it drops or cannot have in a name:
# learn.microsoft.com/windows/win32/fileio/naming-a-file. `.before` marks the portrait before the last pick.
_RESERVED = re.compile(r"^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)", re.IGNORECASE)
_UNFIT = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"/\\|?*%]|^\.|[. ]$|\.(?=before(?:-\d+)?$)', re.IGNORECASE)

_JOINERS = "\u200c\u200d"  # in Persian, Hindi and emoji they belong to the letters


def file_name(key: str) -> str:
    """A name for files of this character, without suffix: the key itself wherever any system can have that.

    What cannot be is written as in web addresses: `a?` is `a%3F`. So different keys have different names.
    """
    name = _UNFIT.sub(_escaped, unicodedata.normalize("NFC", key))
    name = "".join(_escape(char) if _invisible(char) else char for char in name)
    name = _RESERVED.sub(lambda found: _escape(found[0][0]) + found[0][1:], name)
    data = name.encode()
    if len(data) <= LONGEST:
        return name
    return f"{data[: LONGEST - 9].decode(errors='ignore')}-{digest(key)[:8]}"


def _escaped(found: re.Match[str]) -> str:
    return _escape(found[0])


def _escape(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


def _invisible(char: str) -> bool:
    """Marks that turn the direction of a name, or hide in it."""
    return unicodedata.category(char) == "Cf" and char not in _JOINERS


def chosen(story: Story, who: Iterable[str]) -> tuple[str, ...]:
    """The keys that are meant, by key or by name; all of the cast if nobody is named. UnknownName, BadStory."""
    if not story.cast:
        raise BadStory(f"“{story.title}” has no cast", remedy="write who is in it under `cast:` in the story file")
    meant = {word.casefold(): key for key, each in story.cast.items() for word in (shown_name(key, each), key)}
    return tuple(dict.fromkeys(_key(story, meant, word) for word in who)) or tuple(story.cast)


def _key(story: Story, meant: Mapping[str, str], word: str) -> str:
    if word in story.cast:
        return word
    if found := meant.get(word.casefold()):
        return found
    near = difflib.get_close_matches(word.casefold(), meant, 1, 0.6)
    remedy = f"did you mean {meant[near[0]]}?" if near else f"there are: {', '.join(story.cast)}"
    raise UnknownName(f"There is no {word!r} in the cast", remedy)

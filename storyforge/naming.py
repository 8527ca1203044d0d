"""Where a text names somebody, in any form of the name: Mira, Miras, MIRA."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from storyforge.word_diff import tokens


def times_named(name: str, text: str) -> int:
    """How often the name stands in the text. An ending of two letters may follow it; after a short name, of one."""
    words = [re.escape(word) for word in folded(name).split()]
    if not words:
        return 0
    spaced = tokens(name).shapes != tuple(name)  # a name in Chinese stands among other words without a gap
    ending = r"\w{0,2}(?!\w)" if len(name) > 3 else r"\w?(?!\w)"
    pattern = r"\s+".join(words)
    return len(re.findall(rf"(?<!\w){pattern}{ending}" if spaced else pattern, folded(text)))


def lost_names(names: Iterable[str], old: str, new: str, *, all_of_them: bool) -> Iterator[str]:
    """Names that stood in the old text and no longer do in the new one; `all_of_them`: or less often."""
    for name in names:
        before, after = times_named(name, old), times_named(name, new)
        if before and (not after or (all_of_them and after < before)):
            yield name


def folded(text: str) -> str:
    """In lower case, with one kind of apostrophe: what nobody counts as another word."""
    return unicodedata.normalize("NFC", text).casefold().replace("’", "'")
